package cline

import (
	"math"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// base are the keys of payloads that have another name in events, and those
// that the envelope has.
var base = map[string]string{"hookName": "", "taskId": "", "timestamp": "", "ts": ""}

// withConversation is base where the session is not known by taskId.
var withConversation = map[string]string{"hookName": "", "taskId": "conversation_id", "timestamp": "", "ts": ""}

// A fired hook is a payload while it becomes an event.
type fired struct {
	*record.Record
	r       *reader
	session string
	nano    int64
}

// hook makes the event of a payload.
func (r *reader) hook(rec *record.Record, nano int64) error {
	f := fired{Record: rec, r: r, session: rec.Str("taskId"), nano: nano}
	// The command line has an id for the conversation and one for the
	// session, by which its files go; only subagents are known by theirs.
	if root := gjson.GetBytes(rec.Raw, "sessionContext.rootSessionId").Str; root != "" && (f.session == "" || rec.Str("parent_agent_id") == "") {
		f.session = root
	}
	if f.session == "" {
		return dialect.ErrNoSession
	}
	if ns, ok := timestamp(rec.Get("timestamp")); ok {
		f.nano = ns
	}
	name := rec.Str("hookName")
	switch name {
	case "TaskStart", "agent_start":
		return f.start("startup")
	case "TaskResume", "agent_resume":
		return f.start("resume")
	case "UserPromptSubmit", "prompt_submit":
		return f.prompt()
	case "PreToolUse", "tool_call":
		return f.call()
	case "PostToolUse", "tool_result":
		return f.result()
	case "TaskCancel", "agent_abort":
		r.out.Str("text", rec.Str("reason"))
		return f.whole("interrupt", "reason")
	case "agent_error":
		e := gjson.ParseBytes(rec.Get("error"))
		r.out.Raw("error", rec.Get("error")).Str("message", e.Get("message").Str)
		return f.whole("error", "error")
	case "session_shutdown":
		return f.whole("session_end")
	}
	return f.whole(record.Snake(name))
}

// timestamp reads the time of a payload: ISO 8601, or milliseconds in a string
// or as a number.
func timestamp(raw []byte) (int64, bool) {
	if ns, ok := record.Nanos(raw); ok {
		return ns, true
	}
	if ns := began(record.Text(raw)); ns > 0 {
		return ns, true
	}
	return 0, false
}

func (f *fired) give(typ, id, parent string, dur *int64) error {
	return f.r.out.Give(event.Header{Type: typ, UnixNano: f.nano, ID: id, Session: f.session, Parent: parent, Nanos: dur})
}

// rest adds the members of the payload that are not added yet.
func (f *fired) rest(done ...string) {
	names := base
	if f.Str("taskId") != f.session {
		names = withConversation
	}
	f.r.out.Rest(f.Record, names, done...)
}

// whole emits the payload as it is.
func (f *fired) whole(typ string, done ...string) error {
	f.rest(done...)
	return f.give(typ, event.ID(f.session, "hook_"+f.Str("hookName"), f.r.tally.Native(f.session, f.Raw)), "", nil)
}

func (f *fired) start(how string) error {
	o := &f.r.out
	o.Str("agent", Name).Str("agent_version", f.Str("clineVersion"))
	model := gjson.ParseBytes(f.Get("model"))
	if model.IsObject() {
		o.Str("model", model.Get("slug").Str).Str("provider", model.Get("provider").Str)
	}
	o.Str("source", how)
	cwd := gjson.GetBytes(f.Raw, "workspaceInfo.rootPath").Str
	if cwd == "" {
		cwd = gjson.GetBytes(f.Raw, "workspaceRoots.0").Str
	}
	o.Start(cwd)
	o.Str("cwd", cwd)
	if root := gjson.GetBytes(f.Raw, "sessionContext.rootSessionId").Str; root != f.session {
		o.Str("parent_session_id", root)
	}
	done := []string{"clineVersion"}
	if model.IsObject() {
		done = append(done, "model")
	}
	f.rest(done...)
	id := payload.StartID(f.session)
	if how != "startup" {
		id = event.ID(f.session, "session_start", how, f.r.tally.Native(f.session, f.Raw))
	}
	f.r.started[f.session] = true
	return f.give("session_start", id, "", nil)
}

func (f *fired) prompt() error {
	text := gjson.GetBytes(f.Raw, "userPromptSubmit.prompt").String()
	id, isNew := f.r.prompt(f.session, text, hooks)
	if !isNew {
		return nil
	}
	o := &f.r.out
	o.Text("prompt", text)
	if a := gjson.GetBytes(f.Raw, "userPromptSubmit.attachments"); len(a.Raw) > 2 {
		o.Raw("attachments", []byte(a.Raw))
	}
	f.rest("userPromptSubmit")
	return f.give("user_prompt", id, "", nil)
}

// told returns what a payload says of a call, in either of its forms.
func (f *fired) told(ids, old string) (g, was gjson.Result, name, use string, args []byte) {
	g, was = gjson.ParseBytes(f.Get(ids)), gjson.ParseBytes(f.Get(old))
	in := was.Get("parameters")
	name = was.Get("toolName").Str
	if g.IsObject() {
		name, use, in = g.Get("name").Str, g.Get("id").String(), g.Get("input")
	}
	if in.Exists() && in.Type != gjson.Null {
		args = []byte(in.Raw)
	}
	return g, was, name, use, args
}

func (f *fired) call() error {
	_, _, name, use, args := f.told("tool_call", "preToolUse")
	id := event.ID(f.session, "tool_call", use)
	if use == "" {
		c, _ := f.r.pairs.Begin(f.session, "", name, args)
		id = c.ID
	}
	if args == nil {
		args = []byte("{}")
	}
	f.r.out.Str("tool_name", name).Str("tool_use_id", use).Raw("arguments", args)
	f.rest("tool_call", "preToolUse")
	return f.give("tool_call", id, "", nil)
}

func (f *fired) result() error {
	g, was, name, use, args := f.told("tool_result", "postToolUse")
	id, parent := event.ID(f.session, "tool_result", use), event.ID(f.session, "tool_call", use)
	if use == "" {
		c := f.r.pairs.End(f.session, "", name, args)
		id, parent = c.Outcome, c.ID
	}
	result, ms := was.Get("result"), was.Get("executionTimeMs")
	cause := g.Get("error")
	failed := was.Get("success").Type == gjson.False
	if g.IsObject() {
		result, ms = g.Get("output"), g.Get("durationMs")
		failed = cause.Exists() && cause.Type != gjson.Null && cause.Type != gjson.False && cause.Raw != `""`
	}
	o, typ := &f.r.out, "tool_result"
	code := 0
	if isParts(result) && !failed {
		failed, code = partsFailed(result)
	}
	if !failed {
		if code := exitCode(result.String()); code != 0 && result.Type == gjson.String {
			failed = true
		}
	}
	if failed {
		typ = "error"
		if !cause.Exists() || cause.Type == gjson.Null {
			cause = result
		}
		o.Str("kind", "tool")
		if code == 0 {
			code = exitCode(cause.String())
		}
		o.Count("exit_code", int64(code))
	}
	o.Str("tool_name", name).Str("tool_use_id", use)
	switch {
	case failed:
		o.Raw("error", []byte(cause.Raw))
		if result.Raw != cause.Raw && result.Exists() && result.Type != gjson.Null {
			o.Raw("result", []byte(result.Raw))
		}
	case result.Exists():
		o.Raw("result", []byte(result.Raw))
	}
	f.rest("tool_result", "postToolUse")
	var dur *int64
	if ms.Type == gjson.Number && ms.Num >= 0 && ms.Num < 1e12 {
		ns := int64(math.Round(ms.Num * 1e6))
		dur = &ns
	} else if a, ok := timestamp([]byte(g.Get("startedAt").Raw)); ok {
		if b, ok := timestamp([]byte(g.Get("endedAt").Raw)); ok && b >= a {
			ns := b - a
			dur = &ns
		}
	}
	return f.give(typ, id, parent, dur)
}
