package gemini

import (
	"bytes"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// operation is the name of the records that say what api_response and
// api_error say, in the words of OpenTelemetry.
const operation = "gen_ai.client.inference.operation.details"

// isTelemetry reports whether a record is one of the telemetry file: a log
// record, or what comes of the same program as span or metrics.
func isTelemetry(r *record.Record) bool {
	name := attribute(r, `event\.name`).String()
	switch {
	case strings.HasPrefix(name, "gemini_cli."), strings.HasPrefix(name, "gemini."), name == operation:
		return true
	case r.Has("scopeMetrics"), r.Has("instrumentationScope"), r.Has("hrTime"), r.Has("_spanContext"):
		return bytes.Contains(r.Get("resource"), []byte(`gemini`)) || bytes.Contains(r.Get("instrumentationScope"), []byte(`gemini`))
	}
	return false
}

func attribute(r *record.Record, name string) gjson.Result {
	return gjson.GetBytes(r.Get("attributes"), name)
}

// renamedAttribute are the attributes that events have elsewhere.
var renamedAttribute = map[string]string{"session.id": "", "event.name": "", "event.timestamp": ""}

// telemetry makes the events of a record of the telemetry file.
func (g *reader) telemetry(r *record.Record) error {
	name := attribute(r, `event\.name`).String()
	session := attribute(r, `session\.id`).String()
	if session != "" {
		g.session = session
	}
	book := name == "" || name == operation || name == "gemini_cli.hook_call"
	if book && !g.All {
		return nil
	}
	if g.session == "" {
		return dialect.ErrNoSession
	}
	nano, timed := g.time([]byte(attribute(r, `event\.timestamp`).Raw))
	h := event.Header{UnixNano: nano, Untimed: !timed, Session: g.session}
	var a record.Record
	if book || !r.Sub("attributes", &a) {
		h.Type, h.ID = "telemetry", event.ID(g.session, "telemetry", string(r.Raw))
		g.Rest(r, nil)
		return g.Give(h)
	}
	name = name[strings.IndexByte(name, '.')+1:]
	switch name {
	case "config":
		g.Str("agent", agentName).Str("source", "startup").Raw("model", a.Get("model"))
		g.Rest(&a, renamedAttribute, "model")
		return g.begin(g.session, nano, timed)
	case "user_prompt":
		h.Type, h.ID = "user_prompt", event.ID(g.session, "user_prompt", a.Str("prompt_id"), string(a.Get("event.timestamp")))
		g.Raw("prompt", a.Get("prompt"))
		g.Rest(&a, renamedAttribute, "prompt")
		return g.Give(h)
	case "tool_call":
		return g.loggedCall(&a, h)
	case "api_request":
		h.Type, h.ID = "llm_request", event.ID(g.session, "llm_request", string(r.Raw))
		key := g.session + "\x00" + a.Str("prompt_id") + "\x00" + a.Str("model")
		g.asked[key] = append(g.asked[key], h.ID)
		g.Rest(&a, renamedAttribute)
		return g.Give(h)
	case "api_response":
		return g.loggedAnswer(&a, h)
	case "api_error":
		h.Type, h.ID = "error", event.ID(g.session, "api_error", string(r.Raw))
		h.Parent = g.request1(&a)
		h.Nanos = payload.Nanos(a.Get("duration_ms"))
		g.Str("kind", "api").Raw("error", a.Get("error")).Raw("message", a.Get("error.message")).Raw("status", number(a.Get("status_code")))
		g.Rest(&a, renamedAttribute, "error", "error.message", "status_code", "duration_ms", "duration")
		return g.Give(h)
	case "chat_compression":
		h.Type, h.ID = "compaction", event.ID(g.session, "compaction", string(r.Raw))
		g.Raw("pre_tokens", a.Get("tokens_before")).Raw("post_tokens", a.Get("tokens_after"))
		g.Rest(&a, renamedAttribute, "tokens_before", "tokens_after")
		return g.Give(h)
	}
	h.Type = record.Snake(name)
	h.ID = event.ID(g.session, h.Type, string(r.Raw))
	g.Rest(&a, renamedAttribute)
	return g.Give(h)
}

// number returns a JSON number, also of one in a string.
func number(raw []byte) []byte {
	text := []byte(strings.Trim(string(raw), `"`))
	if len(text) == 0 || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return nil
	}
	if _, err := event.Check(text); err != nil {
		return nil
	}
	return text
}

// request1 returns the event_id of the oldest request without an answer that
// this may be the answer of, "" if there is none.
func (g *reader) request1(a *record.Record) string {
	key := g.session + "\x00" + a.Str("prompt_id") + "\x00" + a.Str("model")
	list := g.asked[key]
	if len(list) == 0 {
		return ""
	}
	if len(list) == 1 {
		delete(g.asked, key)
	} else {
		g.asked[key] = list[1:]
	}
	return list[0]
}

// loggedCall makes the call and the outcome of a record, which is written when
// the call is done.
func (g *reader) loggedCall(a *record.Record, h event.Header) error {
	name, args := a.Str("function_name"), payload.Unwrap(a.Get("function_args"))
	var call *payload.Call
	if len(args) > 0 {
		call, _ = g.calls[telemetry].Begin(g.session, string(a.Get("event.timestamp"))+string(a.Get("start_time"))+name+string(args), name, args)
	} else {
		native := name + "\x00" + string(a.Get("start_time")) + string(a.Get("event.timestamp"))
		call = &payload.Call{ID: event.ID(g.session, "tool_call", native), Outcome: event.ID(g.session, "tool_result", native)}
	}
	if call.Done {
		return nil // logged twice
	}
	call.Done = true
	began, done := h, h
	if ns, ok := record.Nanos(a.Get("start_time")); ok {
		began.UnixNano, began.Untimed = ns, false
	} else if d := payload.Nanos(a.Get("duration_ms")); d != nil && !h.Untimed {
		began.UnixNano -= *d
	}
	if ns, ok := record.Nanos(a.Get("end_time")); ok {
		done.UnixNano, done.Untimed = ns, false
	}
	began.Type, began.ID = "tool_call", call.ID
	g.Str("tool_name", name).Raw("arguments", args)
	if server := a.Str("mcp_server_name"); server != "" {
		var o event.Object
		o.Str("name", server)
		g.Raw("mcp_server", o.Bytes())
	}
	g.Raw("prompt_id", a.Get("prompt_id"))
	if err := g.Give(began); err != nil {
		return err
	}
	done.ID, done.Parent, done.Nanos = call.Outcome, call.ID, payload.Nanos(a.Get("duration_ms"))
	if string(a.Get("success")) == "false" {
		g.failed(&done, event.AppendString(nil, name), a.Get("error"), nil)
	} else {
		done.Type = "tool_result"
		g.Str("tool_name", name)
	}
	g.Rest(a, renamedAttribute, "function_name", "function_args", "duration_ms", "error", "error.message", "mcp_server_name", "start_time", "end_time")
	return g.Give(done)
}

// loggedAnswer makes the llm_response of a record.
func (g *reader) loggedAnswer(a *record.Record, h event.Header) error {
	v := gjson.ParseBytes(a.Raw)
	prompt, candidates, total := count(v, "input_token_count"), count(v, "output_token_count"), count(v, "total_token_count")
	u := usage(prompt, candidates, count(v, "cached_content_token_count"), count(v, "thoughts_token_count"), count(v, "tool_token_count"))
	h.Parent, h.Nanos = g.request1(a), payload.Nanos(a.Get("duration_ms"))
	g.Raw("model", a.Get("model"))
	g.Rest(a, renamedAttribute, "model", "duration_ms", "input_token_count", "output_token_count", "total_token_count",
		"cached_content_token_count", "thoughts_token_count", "tool_token_count")
	return g.answer(h, telemetry, prompt, candidates, total, u)
}
