package opencode

import (
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// tool takes a tool part in one of its states: pending (its input is not whole
// yet), running, completed, error.
func (r *reader) tool(m *message, p gjson.Result, k *part) {
	switch p.Get("state.status").Str {
	case "completed", "error":
		r.call(m, p, k)
		r.outcome(m, p, k)
	case "running":
		r.call(m, p, k)
	default:
		if r.live && !k.called {
			r.wait(k, p)
			return
		}
		r.call(m, p, k)
	}
}

// native returns the id of a call: its callID, unless another part has it.
func (r *reader) native(m *message, p gjson.Result, k *part) string {
	id := toolUseID(p, k)
	key := m.session + "\x00" + id
	has := r.calls[key]
	if has == "" {
		r.calls[key] = strings.Clone(k.id)
	} else if has != k.id {
		id += "#" + k.id
	}
	return id
}

func (r *reader) call(m *message, p gjson.Result, k *part) {
	if k.called {
		return
	}
	k.called = true
	id := r.native(m, p, k)
	o := &r.o
	o.Str("tool_name", p.Get("tool").Str).Str("tool_use_id", toolUseID(p, k)).Str("message_id", m.id)
	r.source(k.id)
	input := p.Get("state.input")
	switch {
	case input.Exists() && input.Type != gjson.Null:
		o.Raw("arguments", []byte(input.Raw))
	case p.Get("state.raw").Str != "": // as the model wrote it so far
		o.Str("arguments", p.Get("state.raw").Str)
	default:
		o.Raw("arguments", []byte("{}"))
	}
	at := r.at(m.session, p.Get("state.time.start"))
	if nanos(p.Get("state.time.start")) == 0 && m.created > at {
		at = m.created
	}
	r.emit("tool_call", m.session, at, event.ID(m.session, "tool_call", id), "", nil)
	if child := childOf(p); child != "" {
		r.spawns[strings.Clone(child)] = event.ID(m.session, "tool_call", id)
	}
}

func toolUseID(p gjson.Result, k *part) string {
	if id := first(p, "callID", "id"); id != "" {
		return id
	}
	return k.id
}

// childOf returns the session of the subagent that a call started.
func childOf(p gjson.Result) string {
	return first(p, "state.metadata.sessionId", "state.metadata.sessionID")
}

func (r *reader) outcome(m *message, p gjson.Result, k *part) {
	if k.done {
		return
	}
	k.done = true
	k.raw = ""
	id := r.native(m, p, k)
	st := p.Get("state")
	exit := st.Get("metadata.exit")
	failed := st.Get("status").Str == "error" || exit.Type == gjson.Number && exit.Num != 0
	o := &r.o
	if failed {
		o.Str("kind", "tool")
	}
	o.Str("tool_name", p.Get("tool").Str).Str("tool_use_id", toolUseID(p, k))
	child := childOf(p)
	if child != "" {
		o.Str("child_session_id", child)
		r.spawns[strings.Clone(child)] = event.ID(m.session, "tool_call", id)
	}
	typ, but := "tool_result", []string{"status", "input", "raw", "time", "output", "error"}
	if failed {
		typ = "error"
		if exit.Type == gjson.Number {
			o.Raw("exit_code", []byte(exit.Raw))
		}
		text := st.Get("error").String()
		o.True("is_interrupt", strings.HasPrefix(text, "Tool execution aborted") || st.Get("metadata.interrupted").Bool())
		o.True("rejected", rejected(text))
		if e := st.Get("error"); e.Exists() {
			o.Raw("error", []byte(e.Raw))
			but = but[:4]
			but = append(but, "error")
		} else {
			o.Raw("error", []byte(st.Get("output").Raw))
		}
	} else {
		o.Raw("result", []byte(st.Get("output").Raw))
	}
	r.rest(st, but...)
	r.source(k.id)
	start, end := nanos(st.Get("time.start")), nanos(st.Get("time.end"))
	var dur *int64
	if start > 0 && end >= start {
		ns := end - start
		dur = &ns
	}
	r.emit(typ, m.session, r.at(m.session, st.Get("time.end"), st.Get("time.start")), event.ID(m.session, "tool_result", id), event.ID(m.session, "tool_call", id), dur)
}

// rejected reports whether a tool did not run because the user or a rule said
// no (the messages of OpenCode's permission errors).
func rejected(text string) bool {
	for _, s := range []string{"The user rejected permission", "The user has specified a rule which prevents", "The user dismissed"} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}
