package opencode

import (
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// event takes an event of the server: {type, properties}.
func (r *reader) event(e gjson.Result) error {
	typ, p := e.Get("type").Str, e.Get("properties")
	session := first(p, "sessionID", "info.sessionID", "part.sessionID", "info.id")
	switch typ {
	case "session.created", "session.updated":
		news := !r.started[p.Get("info.id").Str]
		r.session(p.Get("info"))
		if news || !r.sink.All {
			return r.err
		}
	case "message.updated":
		info := p.Get("info")
		if session = first(p, "info.sessionID", "sessionID"); session == "" {
			return dialect.ErrNoSession
		}
		m := r.message(info, session)
		if m.completed > 0 || info.Get("error").IsObject() {
			r.flush(m.session, m.id)
		}
		if m.role == "user" {
			r.flush(m.session, m.id) // its text may have come before
		}
		r.finish(m, info)
		return r.err
	case "message.part.updated":
		if session = first(p, "part.sessionID", "sessionID"); session == "" {
			return dialect.ErrNoSession
		}
		d := p.Get("part")
		r.part(r.of(session, first(p, "part.messageID", "messageID")), d, d.Get("id").Str)
		return r.err
	case "session.idle":
		r.flush(session, "")
	case "session.error":
		if session != "" {
			r.sessionError(session, p.Get("error"))
			return r.err
		}
	case "session.status":
		if st := p.Get("status"); st.Get("type").Str == "retry" && session != "" {
			r.start(session, gjson.Result{})
			r.o.Str("kind", "api").Str("message", st.Get("message").Str)
			if n := st.Get("attempt"); n.Type == gjson.Number {
				r.o.Raw("retry_attempt", []byte(n.Raw))
			}
			r.emit("error", session, r.at(session), event.ID(session, "retry", e.Raw), "", nil)
			return r.err
		}
	case "command.executed":
		if session != "" {
			r.start(session, gjson.Result{})
			r.o.Str("command_name", p.Get("name").Str).Str("command_args", p.Get("arguments").Str).Str("message_id", p.Get("messageID").Str)
			r.emit("user_prompt_expansion", session, r.at(session), event.ID(session, "user_prompt_expansion", p.Get("messageID").Str, p.Get("name").Str), "", nil)
			return r.err
		}
	}
	if bookkeeping(typ) && !r.sink.All {
		return r.err
	}
	if session == "" {
		if bookkeeping(typ) {
			return r.err // it is of the server, not of a session
		}
		return dialect.ErrNoSession
	}
	r.start(session, gjson.Result{})
	r.rest(p, "sessionID")
	native := e.Get("id").Str
	if native == "" {
		native = e.Raw
	}
	r.emit(record.Snake(typ), session, r.at(session), event.ID(session, "event", native), "", nil)
	return r.err
}

// bookkeeping reports whether events of a type say nothing of what the agent
// did that others do not tell.
func bookkeeping(typ string) bool {
	switch typ {
	case "session.updated", "session.status", "session.diff", "session.compacted", "session.deleted", "message.part.delta", "file.edited":
		return true
	}
	area, _, _ := strings.Cut(typ, ".")
	switch area {
	case "server", "lsp", "installation", "ide", "tui", "pty", "vcs", "project", "storage", "workspace", "worktree", "global", "mcp", "catalog", "models-dev", "plugin", "integration", "reference", "command", "skill", "config":
		return true
	}
	return strings.HasPrefix(typ, "file.watcher")
}

// sessionError takes an error of a session, which its message also tells.
func (r *reader) sessionError(session string, e gjson.Result) {
	r.start(session, gjson.Result{})
	native := "session"
	if m := r.latest[session]; m != nil {
		if m.failed {
			return
		}
		m.failed = true
		native = m.id
	}
	if native == "session" {
		native = e.Raw
	}
	r.failure(session, native, e, r.at(session))
}

// run takes a line of opencode run --format json. It tells of the agent's
// messages only, each part when it is whole.
func (r *reader) run(line gjson.Result) {
	session := r.keep(line.Get("sessionID").Str)
	if ns := nanos(line.Get("timestamp")); ns > 0 {
		r.last[session] = max(r.last[session], ns)
	}
	if p := line.Get("part"); p.IsObject() {
		m := r.of(session, p.Get("messageID").Str)
		if m.role == "" {
			m.role = "assistant"
			r.latest[session] = m
		}
		if id := p.Get("id").Str; id != "" {
			r.part(m, p, id)
			return
		}
	}
	if line.Get("type").Str == "error" {
		r.sessionError(session, line.Get("error"))
		return
	}
	r.start(session, gjson.Result{})
	r.rest(line, "sessionID", "type", "timestamp")
	r.emit(record.Snake(line.Get("type").Str), session, r.at(session), event.ID(session, "event", line.Raw), "", nil)
}

// hook takes what a plugin's hook was given: {hook, input, output}.
func (r *reader) hook(line gjson.Result) error {
	in, out := line.Get("input"), line.Get("output")
	name := line.Get("hook").Str
	if name == "event" || in.Get("event.properties").IsObject() {
		return r.event(in.Get("event"))
	}
	session := r.keep(in.Get("sessionID").Str)
	if session == "" {
		return dialect.ErrNoSession
	}
	for _, k := range []string{"timestamp", "time", "ts"} {
		if ns := nanos(line.Get(k)); ns > 0 {
			r.nano = ns
		}
	}
	r.last[session] = max(r.last[session], r.nano)
	id := in.Get("callID").Str
	switch {
	case name == "chat.message" && out.Get("message").IsObject():
		m := r.message(out.Get("message"), session)
		r.inner(m, out.Get("parts"))
	case name == "tool.execute.before" && id != "":
		r.start(session, gjson.Result{})
		r.o.Str("tool_name", in.Get("tool").Str).Str("tool_use_id", id)
		if args := out.Get("args"); args.Exists() {
			r.o.Raw("arguments", []byte(args.Raw))
		}
		r.emit("tool_call", session, r.nano, event.ID(session, "tool_call", id), "", nil)
	case name == "tool.execute.after" && id != "":
		r.start(session, gjson.Result{})
		exit := out.Get("metadata.exit")
		typ := "tool_result"
		if exit.Type == gjson.Number && exit.Num != 0 {
			typ = "error"
			r.o.Str("kind", "tool").Raw("exit_code", []byte(exit.Raw)).Raw("error", []byte(out.Get("output").Raw))
		} else {
			r.o.Raw("result", []byte(out.Get("output").Raw))
		}
		r.o.Str("tool_name", in.Get("tool").Str).Str("tool_use_id", id).Str("child_session_id", first(out, "metadata.sessionId"))
		r.rest(out, "output")
		r.emit(typ, session, r.nano, event.ID(session, "tool_result", id), event.ID(session, "tool_call", id), nil)
	default:
		r.start(session, gjson.Result{})
		r.rest(line, "hook", "timestamp", "time", "ts")
		r.emit(record.Snake(name), session, r.nano, event.ID(session, "event", line.Raw), "", nil)
	}
	return r.err
}
