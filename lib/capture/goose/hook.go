package goose

import (
	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// renamed are the keys of payloads that have another name in events, and those
// that the envelope has or that repeat another ("").
var renamed = map[string]string{
	"event": "", "session_id": "", "matcher_context": "",
	"tool_call_id": "tool_use_id", "tool_input": "arguments", "tool_output": "result", "working_dir": "cwd",
}

// hook makes the event of a payload.
func (r *reader) hook(p *record.Record, nano int64) error {
	session, name := p.Str("session_id"), p.Str("event")
	if session == "" {
		return dialect.ErrNoSession
	}
	give := func(typ, id, parent string) error {
		r.emit(typ, session, nano, id, parent, nil)
		return r.err
	}
	o := &r.o
	switch name {
	case "SessionStart":
		r.started[session] = true
		o.Str("agent", Name).Str("source", "startup")
		if r.sink.Origin != nil {
			r.sink.Origin(p.Str("working_dir"), o)
		}
		r.rest(p)
		return give("session_start", event.ID(session, "session_start", "startup"), "")
	case "UserPromptSubmit":
		o.Text("prompt", p.Str("message"))
		r.rest(p, "message")
		return give("user_prompt", event.ID(session, "user_prompt", r.tally.Native(session, p.Raw)), "")
	case "PreToolUse":
		r.rest(p)
		id, _ := r.call(p, session, true)
		return give("tool_call", id, "")
	case "PreToolUseResult":
		id := p.Str("tool_call_id")
		if !p.Is("decision", "deny") {
			if !r.sink.All {
				return nil
			}
			break
		}
		r.rest(p, "arguments")
		if id == "" {
			return give("permission_denied", event.ID(session, "permission_denied", r.tally.Native(session, p.Raw)), "")
		}
		return give("permission_denied", event.ID(session, "permission_denied", id), event.ID(session, "tool_call", id))
	case "PostToolUse":
		r.rest(p, "arguments") // the call has told them
		id, outcome := r.call(p, session, false)
		return give("tool_result", outcome, id)
	case "PostToolUseFailure":
		o.Str("kind", "tool")
		cause, but := p.Get("tool_output"), "result"
		if len(cause) == 0 {
			cause, but = p.Get("message"), "message"
		}
		if code, ok := tool.ExitCode(record.Text(cause)); ok {
			o.Int("exit_code", int64(code))
		}
		o.Raw("error", cause)
		r.rest(p, "arguments", but)
		id, outcome := r.call(p, session, false)
		return give("error", outcome, id)
	case "SessionEnd":
		r.rest(p)
		return give("session_end", event.ID(session, "session_end", r.tally.Native(session, p.Raw)), "")
	case "Stop":
		if text := p.Str("last_assistant_message"); text != "" {
			o.Str("text", text)
			r.rest(p, "last_assistant_message")
			return give("assistant_response", event.ID(session, "stop", r.tally.Native(session, p.Raw)), "")
		}
	}
	r.rest(p)
	return give(record.Snake(name), event.ID(session, "hook_"+name, r.tally.Native(session, p.Raw)), "")
}

// rest adds the members of a payload under the names of events, but those
// named, and what the matcher saw if nothing else says it.
func (r *reader) rest(p *record.Record, but ...string) {
	if !p.Has("tool_name") && !p.Has("message") {
		r.o.Raw("matcher_context", p.Get("matcher_context"))
	}
	p.Each(func(k, v []byte) {
		name := string(k)
		if to, ok := renamed[name]; ok {
			name = to
			k = []byte(to)
		}
		if name == "" || string(v) == "null" {
			return
		}
		for _, b := range but {
			if b == name {
				return
			}
		}
		r.o.RawKey(k, v)
	})
}

// call returns the ids of a call and of its outcome.
func (r *reader) call(p *record.Record, session string, begins bool) (call, outcome string) {
	if id := p.Str("tool_call_id"); id != "" {
		return event.ID(session, "tool_call", id), event.ID(session, "tool_result", id)
	}
	name, args := p.Str("tool_name"), p.Get("tool_input")
	var c *payload.Call
	if begins {
		c, _ = r.pairs.Begin(session, "", name, args)
	} else {
		c = r.pairs.End(session, "", name, args)
	}
	return c.ID, c.Outcome
}
