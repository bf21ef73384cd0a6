package gemini

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// speech is what the agent is saying, piece by piece.
type speech struct {
	text  strings.Builder
	on    bool
	nano  int64
	timed bool
	nth   int
}

// isStream reports whether a record is a line of stream-json.
func (g *reader) isStream(r *record.Record) bool {
	if r.Has("message") && !r.Has("severity") || r.Has("sessionId") || r.Has("uuid") || r.Has("id") {
		return false
	}
	switch r.Str("type") {
	case "init":
		return r.Str("session_id") != "" && r.Has("model")
	case "message":
		return isText(r.Get("content")) && (r.Is("role", "user") || r.Is("role", "assistant"))
	case "tool_use":
		return r.Str("tool_id") != "" && r.Has("tool_name")
	case "tool_result":
		return r.Str("tool_id") != "" && r.Has("status")
	case "error":
		return r.Has("severity") && r.Has("message")
	case "result":
		return r.Has("status") && !r.Has("subtype") && (r.Has("stats") || r.Has("error") || g.inStream)
	}
	return false
}

func isText(raw []byte) bool { return len(raw) > 0 && raw[0] == '"' }

// renamedLine are the keys of a line under their names in events.
var renamedLine = map[string]string{"type": "", "timestamp": "", "session_id": "", "delta": ""}

// stream makes the events of a line.
func (g *reader) stream(r *record.Record) error {
	typ := r.Str("type")
	if typ == "init" {
		g.session, g.inStream = r.Str("session_id"), true
	}
	if g.session == "" {
		return dialect.ErrNoSession
	}
	nano, timed := g.time(r.Get("timestamp"))
	piece := typ == "message" && r.Is("role", "assistant")
	if !piece {
		if err := g.said(); err != nil {
			return err
		}
	}
	h := event.Header{UnixNano: nano, Untimed: !timed, Session: g.session}
	switch typ {
	case "init":
		g.model = r.Str("model")
		g.Str("agent", agentName).Str("source", "startup").Str("model", g.model)
		g.Rest(r, renamedLine, "model")
		return g.begin(g.session, nano, timed)
	case "message":
		if piece {
			g.piece(r, nano, timed)
			return nil
		}
		h.Type, h.ID = "user_prompt", event.ID(g.session, "user_prompt", string(r.Raw))
		g.Text("prompt", r.Str("content"))
		g.Rest(r, renamedLine, "content", "role")
		return g.Give(h)
	case "tool_use":
		return g.toolUse(r, h)
	case "tool_result":
		return g.toolDone(r, h)
	case "error":
		h.Type = "error"
		if r.Is("severity", "warning") {
			h.Type = "warning"
		} else {
			g.Str("kind", errorKind(r.Str("message")))
		}
		g.Rest(r, renamedLine)
		h.ID = event.ID(g.session, h.Type, string(r.Raw))
		return g.Give(h)
	}
	return g.result(r, h)
}

// piece adds to what the agent is saying.
func (g *reader) piece(r *record.Record, nano int64, timed bool) {
	s := &g.speaking
	if !s.on {
		s.on, s.nano, s.timed = true, nano, timed
	}
	s.text.WriteString(r.Str("content"))
}

// said tells what the agent said, when something else comes.
func (g *reader) said() error {
	s := &g.speaking
	if !s.on {
		return nil
	}
	text, nth := s.text.String(), s.nth
	h := event.Header{Type: "assistant_response", UnixNano: s.nano, Untimed: !s.timed, Session: g.session}
	g.speaking = speech{nth: nth + 1}
	if strings.TrimSpace(text) == "" {
		return nil
	}
	h.ID = event.ID(g.session, "assistant_response", "stream", itoa(nth), text)
	g.Text("text", text).Str("model", g.model)
	return g.Give(h)
}

func (g *reader) toolUse(r *record.Record, h event.Header) error {
	id := r.Str("tool_id")
	call, isNew := g.calls[stream].Begin(g.session, id, r.Str("tool_name"), r.Get("parameters"))
	if !isNew {
		return nil
	}
	g.running++
	g.together = g.together || g.running > 1
	if g.own {
		call.At(h.UnixNano)
	}
	g.Raw("tool_name", r.Get("tool_name")).Raw("arguments", r.Get("parameters")).Str("tool_use_id", id)
	g.Rest(r, renamedLine, "tool_name", "parameters", "tool_id")
	h.Type, h.ID = "tool_call", call.ID
	return g.Give(h)
}

func (g *reader) toolDone(r *record.Record, h event.Header) error {
	id := r.Str("tool_id")
	call := g.calls[stream].Known(g.session, id)
	switch {
	case call == nil:
		// The stream was cut: nothing tells what was called.
		call = &payload.Call{ID: event.ID(g.session, "tool_call", id), Outcome: event.ID(g.session, "tool_result", id)}
	case call.Done:
		return nil
	}
	call.Done = true
	h.ID, h.Parent = call.Outcome, call.ID
	if !g.together {
		h.Nanos = call.Took(h.UnixNano, g.own)
	}
	if g.running--; g.running <= 0 {
		g.running, g.together = 0, false
	}
	var name []byte
	if call.Name != "" {
		name = event.AppendString(nil, call.Name)
	}
	done := []string{"tool_id", "status"}
	if r.Is("status", "error") {
		told := r.Get("error")
		if len(told) == 0 {
			told = r.Get("output")
		}
		g.failed(&h, name, told, nil)
		done = append(done, "error")
	} else if code, ok := exitCode(call.Name, r.Str("output")); ok && code != 0 {
		g.failed(&h, name, r.Get("output"), &code)
		done = append(done, "output")
	} else {
		h.Type = "tool_result"
		g.Raw("tool_name", name).Raw("result", r.Get("output"))
		done = append(done, "output")
	}
	g.Str("tool_use_id", id)
	g.Rest(r, renamedLine, done...)
	return g.Give(h)
}

// result takes the last line: whether the run went well, and its totals.
func (g *reader) result(r *record.Record, h event.Header) error {
	stats := gjson.ParseBytes(r.Get("stats"))
	models := stats.Get("models").Map()
	if len(models) == 0 && stats.Get("total_tokens").Exists() {
		models = map[string]gjson.Result{g.model: stats}
	}
	names := make([]string, 0, len(models))
	for name := range models {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		m := models[name]
		prompt, out, total := count(m, "input_tokens"), count(m, "output_tokens"), count(m, "total_tokens")
		if prompt == 0 && out == 0 && total == 0 {
			continue
		}
		u := usage(prompt, out, count(m, "cached"), rest(prompt, out, total), 0)
		l := h
		l.Type, l.ID = "llm_response", event.ID(g.session, "llm_response", "stats", name, string(r.Get("timestamp")))
		g.Str("model", name).Raw("usage", u.Bytes()).True("total", true)
		if err := g.Give(l); err != nil {
			return err
		}
	}
	if fail := r.Get("error"); len(fail) > 0 {
		l := h
		l.Type, l.ID = "error", event.ID(g.session, "error", string(r.Raw))
		g.Str("kind", "api").Raw("error", fail).Str("message", gjson.GetBytes(fail, "message").String())
		if err := g.Give(l); err != nil {
			return err
		}
	}
	h.Type, h.ID = "session_end", event.ID(g.session, "session_end", string(r.Raw))
	g.Raw("reason", r.Get("status"))
	if d := stats.Get("duration_ms"); d.Type == gjson.Number {
		g.Raw("duration_ms", []byte(d.Raw))
	}
	g.Rest(r, renamedLine, "status", "error")
	return g.Give(h)
}
