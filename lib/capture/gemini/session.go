package gemini

import (
	"regexp"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// A telling is what has been told of a message, which is written again with
// more in it.
type telling struct {
	thoughts int
	texts    []string // ids of what was said
	answer   string   // the event_id of its llm_response
	output   int64    // its output tokens
}

// metadata are the keys of a session's metadata that have another name in
// session_start, and those that are told otherwise.
var metadata = map[string]string{
	"sessionId": "", "messages": "", "startTime": "", "lastUpdated": "", "summary": "title", "projectHash": "project_hash",
	"source": "written_by",
}

// document takes the metadata of a session, with all its messages in older
// versions.
func (g *reader) document(r *record.Record) error {
	g.session, g.inFile = r.Str("sessionId"), true
	nano, timed := g.time(r.Get("startTime"))
	g.Str("agent", agentName).Str("source", "startup")
	if r.Is("kind", "subagent") {
		g.Str("cwd", gjson.GetBytes(r.Get("directories"), "0").String())
		g.Str("agent_id", g.session).Str("parent_session_id", g.parent).Str("parent_event_id", g.spawn[g.session])
	}
	g.Rest(r, metadata)
	if err := g.begin(g.session, nano, timed); err != nil {
		return err
	}
	return g.messages(r.Get("messages"), false)
}

func (g *reader) messages(list []byte, again bool) (err error) {
	if len(list) == 0 || list[0] != '[' {
		return nil
	}
	record.Elements(list, func(raw []byte) {
		var m record.Record
		if err == nil && raw[0] == '{' && m.Parse(raw) == nil {
			err = g.message(&m, again)
		}
	})
	return err
}

// patch takes a record that changes what was written before.
func (g *reader) patch(r *record.Record) error {
	if g.session == "" {
		g.session = gjson.GetBytes(r.Get("$set"), "sessionId").String()
	}
	if g.session == "" {
		return dialect.ErrNoSession
	}
	h := event.Header{UnixNano: g.last, Untimed: !g.timed, Session: g.session}
	if to := r.Str("$rewindTo"); to != "" {
		h.Type, h.ID = "rewind", event.ID(g.session, "rewind", to, string(event.AppendSeconds(nil, g.last)))
		g.Str("rewind_to", to)
		return g.Give(h)
	}
	var set record.Record
	if !r.Sub("$set", &set) {
		return nil
	}
	h.UnixNano, _ = g.time(set.Get("lastUpdated"))
	h.Untimed = !g.timed
	if g.All {
		g.Rest(&set, map[string]string{"messages": ""})
		h.Type, h.ID = "metadata_update", event.ID(g.session, "line", string(r.Raw))
		if err := g.Give(h); err != nil {
			return err
		}
	}
	return g.messages(set.Get("messages"), true)
}

// renamedMessage are the keys of messages under their names in events.
var renamedMessage = map[string]string{"id": "uuid", "type": "", "timestamp": "", "content": "text"}

// message makes the events of a message: what has not been told of it. One
// that is told again in a whole new history may be one that the agent put
// there.
func (g *reader) message(r *record.Record, again bool) error {
	if g.session == "" {
		return dialect.ErrNoSession
	}
	nano, timed := g.time(r.Get("timestamp"))
	g.lines, g.inFile = g.lines || !again, true
	if !g.begun[g.session] {
		g.Str("agent", agentName).Str("source", "startup")
		if err := g.begin(g.session, nano, timed); err != nil {
			return err
		}
	}
	id := r.Str("id")
	key := g.session + "\x00" + id
	t := g.told[key]
	isNew := t == nil
	if isNew {
		t = &telling{}
		g.told[key] = t
	}
	h := event.Header{UnixNano: nano, Untimed: !timed, Session: g.session}
	typ := r.Str("type")
	if typ == "gemini" {
		return g.gemini(r, h, t, isNew && again)
	}
	if !isNew {
		return nil
	}
	text := payload.Text(r.Get("content"))
	switch {
	case typ == "user":
		return g.user(r, h, text, again)
	case typ == "error":
		g.Str("kind", errorKind(text)).Str("message", text)
		h.Type = "error"
	case typ == "info" && strings.TrimSpace(text) == "Request cancelled.":
		h.Type = "interrupt"
	default:
		h.Type = record.Snake(typ)
	}
	h.ID = event.ID(g.session, h.Type, id)
	if h.Type != "error" {
		g.Text("text", text)
	}
	g.Rest(r, renamedMessage, "text")
	return g.Give(h)
}

// errorKind tells an error of the API from what the program itself found
// wrong.
func errorKind(text string) string {
	if strings.Contains(text, "API Error") {
		return "api"
	}
	return "agent"
}

// command is how a slash command looks: not a path.
var command = regexp.MustCompile(`^/([A-Za-z][\w:-]*)(?:\s+(.*))?$`)

// user takes a message of type user: a prompt, or what the agent put there.
func (g *reader) user(r *record.Record, h event.Header, text string, again bool) error {
	id, content := r.Str("id"), r.Get("content")
	typed, trimmed := text, strings.TrimSpace(text)
	if shown := payload.Text(r.Get("displayContent")); shown != "" {
		typed = shown
	}
	others, err := g.responses(content, h)
	if err != nil {
		return err
	}
	m := command.FindStringSubmatch(strings.TrimSpace(typed))
	switch {
	case m != nil:
		h.Type = "user_prompt_expansion"
		g.Str("command_name", "/"+m[1]).Str("command_args", m[2])
	case strings.HasPrefix(trimmed, "<state_snapshot>"):
		h.Type = "compaction_summary"
		g.Str("compact_summary", text)
	case trimmed == "" && others == 0, strings.HasPrefix(trimmed, "<session_context>"), strings.HasPrefix(trimmed, "<hook_context>"),
		again && g.lines:
		// A new history holds the prompts that were told, and what is new in
		// it nobody typed.
		if !g.All {
			return nil
		}
		h.Type = "user_context"
		g.Raw("content", content)
	default:
		h.Type = "user_prompt"
		g.Text("prompt", typed)
		if others > 0 || typed != text {
			g.Raw("content", content)
		}
	}
	g.Str("uuid", id)
	g.Rest(r, renamedMessage, "uuid", "text", "content", "displayContent")
	h.ID = event.ID(g.session, h.Type, id)
	return g.Give(h)
}

// responses takes the results of tools in the content of a message. They stand
// with their calls, too; one that does not is told here. others is how many
// parts are neither results nor text.
func (g *reader) responses(content []byte, h event.Header) (others int, err error) {
	if len(content) == 0 || content[0] != '[' {
		return 0, nil
	}
	record.Elements(content, func(raw []byte) {
		part := gjson.ParseBytes(raw)
		f := part.Get("functionResponse")
		switch {
		case f.IsObject():
			call := g.calls[document].Known(g.session, f.Get("id").String())
			if call == nil || call.Done || err != nil {
				return
			}
			err = g.outcome(h, call, toolCall{
				id: f.Get("id").String(), name: f.Get("name").String(), status: "success",
				result: []byte(f.Get("response").Raw), nano: h.UnixNano, timed: !h.Untimed,
			})
		case part.IsObject() && !part.Get("text").Exists():
			others++
		}
	})
	return others, err
}

// gemini takes a message of the model.
func (g *reader) gemini(r *record.Record, h event.Header, t *telling, again bool) error {
	id, model := r.Str("id"), r.Get("model")
	thoughts := gjson.ParseBytes(r.Get("thoughts")).Array()
	for ; t.thoughts < len(thoughts); t.thoughts++ {
		if err := g.thought(h, thoughts[t.thoughts], id, model, t.thoughts); err != nil {
			return err
		}
	}
	said, thinking, asked := parts(r.Get("content"))
	if len(thoughts) == 0 {
		if err := g.say(h, t, thinking, id, model, true, again); err != nil {
			return err
		}
	}
	if err := g.say(h, t, said, id, model, false, again); err != nil {
		return err
	}
	if err := g.tokens(r, h, t); err != nil {
		return err
	}
	for _, f := range asked {
		native := f.Get("id").String()
		if native == "" || g.calls[document].Known(g.session, native) != nil {
			continue // it comes with toolCalls when it is done
		}
		c := toolCall{id: native, name: f.Get("name").String(), args: []byte(f.Get("args").Raw)}
		if err := g.call(h, c, id); err != nil {
			return err
		}
	}
	nth := 0
	var err error
	if list := r.Get("toolCalls"); len(list) > 0 && list[0] == '[' {
		alone := gjson.GetBytes(list, "#").Int() == 1
		record.Elements(list, func(raw []byte) {
			if err == nil && raw[0] == '{' {
				err = g.toolCall(raw, h, id, nth, alone)
			}
			nth++
		})
	}
	return err
}

// parts takes content apart: what is said, what is thought, and the calls.
func parts(content []byte) (said, thought string, calls []gjson.Result) {
	if len(content) == 0 || content[0] != '[' {
		return payload.Text(content), "", nil
	}
	record.Elements(content, func(raw []byte) {
		part := gjson.ParseBytes(raw)
		switch f := part.Get("functionCall"); {
		case f.IsObject():
			calls = append(calls, f)
		case part.Get("thought").Bool():
			thought += part.Get("text").String()
		default:
			said += payload.Text(raw)
		}
	})
	return said, thought, calls
}

func (g *reader) thought(h event.Header, th gjson.Result, id string, model []byte, nth int) error {
	subject, text := th.Get("subject").String(), th.Get("description").String()
	if text == "" {
		text = subject
	}
	if ns, ok := record.Nanos([]byte(th.Get("timestamp").Raw)); ok {
		h.UnixNano, h.Untimed = ns, false
	}
	h.Type, h.ID = "assistant_response", event.ID(g.session, "assistant_response", id, "thought", itoa(nth))
	g.Text("text", text).True("thinking", true).Str("subject", subject).Raw("model", model).Str("message_id", id).Str("uuid", id)
	return g.Give(h)
}

// say tells a text of a message, unless it was told.
func (g *reader) say(h event.Header, t *telling, text, id string, model []byte, thinking, again bool) error {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	what := event.ID(g.session, "text", text)
	for _, told := range t.texts {
		if told == what {
			return nil
		}
	}
	nth := len(t.texts)
	t.texts = append(t.texts, what)
	if before := g.texts[what]; again && before {
		return nil
	}
	g.texts[what] = true
	h.Type, h.ID = "assistant_response", event.ID(g.session, "assistant_response", id, "text", itoa(nth))
	g.Text("text", text).True("thinking", thinking).Raw("model", model).Str("message_id", id).Str("uuid", id)
	return g.Give(h)
}

// tokens tells the usage of a message once, or again if it has grown.
func (g *reader) tokens(r *record.Record, h event.Header, t *telling) error {
	k := gjson.ParseBytes(r.Get("tokens"))
	if !k.IsObject() {
		return nil
	}
	prompt, candidates, total := count(k, "input"), count(k, "output"), count(k, "total")
	u := usage(prompt, candidates, count(k, "cached"), count(k, "thoughts"), count(k, "tool"))
	if t.answer != "" && u.Output <= t.output {
		return nil
	}
	g.Raw("model", r.Get("model")).Str("message_id", r.Str("id")).Str("uuid", r.Str("id"))
	t.output = u.Output
	if t.answer != "" {
		h.Type, h.ID = "llm_response", t.answer
		g.Raw("usage", u.Bytes())
		return g.Give(h)
	}
	t.answer = answerKey(prompt, candidates, total)
	key := g.session + "\x00" + string(rune('0'+document)) + t.answer
	err := g.answer(h, document, prompt, candidates, total, u)
	t.answer = event.ID(g.session, "llm_response", t.answer)
	if n := g.sums[key]; n > 1 {
		t.answer = event.ID(g.session, "repeat", t.answer, itoa(n))
	}
	return err
}
