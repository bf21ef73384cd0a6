package cursor

import (
	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// renamed are the keys of payloads that have another name in events, and those
// that the envelope has ("").
var renamed = map[string]string{
	"conversation_id": "", "session_id": "", "hook_event_name": "", "user_email": "", "duration": "",
	"tool_input": "arguments", "tool_output": "result", "tool_response": "result", "error_message": "error",
}

// hook makes the events of a payload that was read at a time.
func (c *reader) hook(r *record.Record, nano int64) error {
	session := r.Str("conversation_id")
	if session == "" {
		session = r.Str("session_id")
	}
	if session == "" {
		return dialect.ErrNoSession
	}
	// The same hook in one turn, told twice, is one happening.
	native := string(r.Raw)
	if r.Str("generation_id") == "" {
		native = c.tally.Native(session, r.Raw)
	}
	h := event.Header{UnixNano: nano, Session: session, Type: record.Snake(r.Str("hook_event_name")), Nanos: payload.Nanos(r.Get("duration"))}
	switch h.Type {
	case "session_start":
		return c.sessionStart(r, h)
	case "before_submit_prompt", "user_prompt_submit":
		h.Type, h.ID = "user_prompt", event.ID(session, "user_prompt", native)
		c.Text("prompt", payload.Text(r.Get("prompt"))).Raw("prompt_id", r.Get("generation_id"))
		c.Rest(r, renamed, "prompt")
		return c.Give(h)
	case "pre_tool_use":
		return c.preToolUse(r, h)
	case "post_tool_use", "post_tool_use_failure":
		return c.postToolUse(r, h)
	case "before_shell_execution", "before_mcp_execution":
		return c.before(r, h, native)
	case "after_shell_execution", "after_mcp_execution":
		return c.after(r, h, native)
	case "before_read_file":
		return c.file1(r, h, "file_read", native)
	case "after_file_edit":
		return c.file1(r, h, "file_write", native)
	case "after_agent_response", "after_agent_thought":
		return c.said(r, h, native)
	case "subagent_start":
		return c.subagentStart(r, h)
	case "subagent_stop":
		return c.subagentStop(r, h, native)
	case "pre_compact":
		h.Type = "compaction"
		c.Raw("trigger", r.Get("trigger")).Raw("pre_tokens", r.Get("context_tokens"))
		c.Rest(r, renamed, "trigger", "context_tokens")
		h.ID = event.ID(session, h.Type, native)
		return c.Give(h)
	case "stop":
		if r.Is("status", "aborted") {
			h.Type = "interrupt"
			c.Str("text", "aborted")
		}
	}
	c.Rest(r, renamed)
	h.ID = event.ID(session, h.Type, native)
	return c.Give(h)
}

func (c *reader) sessionStart(r *record.Record, h event.Header) error {
	cwd := r.Str("cwd")
	if cwd == "" {
		cwd = gjson.GetBytes(r.Get("workspace_roots"), "0").String()
	}
	c.Str("agent", Agent.Name).Raw("agent_version", r.Get("cursor_version")).Str("source", "startup").Str("cwd", cwd)
	c.Start(cwd)
	c.Rest(r, map[string]string{"conversation_id": "", "session_id": "", "hook_event_name": "", "cursor_version": ""}, "cwd", "source")
	h.ID = payload.StartID(h.Session)
	return c.Give(h)
}

// whatKey is by what the hooks of one call find it.
func whatKey(session, name string, args []byte) string {
	g := gjson.ParseBytes(args)
	if cmd := g.Get("command"); cmd.Type == gjson.String {
		return session + "\x00shell\x00" + cmd.Str
	}
	for _, key := range []string{"file_path", "path", "target_file"} {
		if p := g.Get(key); p.Type == gjson.String {
			return session + "\x00file\x00" + p.Str
		}
	}
	return session + "\x00" + name + "\x00" + string(tool.Canonical(args))
}

func (c *reader) preToolUse(r *record.Record, h event.Header) error {
	id, name, args := r.Str("tool_use_id"), r.Str("tool_name"), payload.Unwrap(r.Get("tool_input"))
	if id != "" {
		h.ID = callID(h.Session, id)
	} else {
		call, _ := c.calls.Begin(h.Session, "", name, args)
		h.ID = call.ID
	}
	c.doing[whatKey(h.Session, name, args)] = h.ID
	h.Type = "tool_call"
	c.Str("tool_name", name).Raw("arguments", args).Str("tool_use_id", id)
	c.Rest(r, renamed, "tool_name", "arguments", "tool_use_id")
	return c.Give(h)
}

func (c *reader) postToolUse(r *record.Record, h event.Header) error {
	id, name := r.Str("tool_use_id"), r.Str("tool_name")
	if id != "" {
		h.ID, h.Parent = resultID(h.Session, id), callID(h.Session, id)
	} else {
		call := c.calls.End(h.Session, "", name, payload.Unwrap(r.Get("tool_input")))
		h.ID, h.Parent = call.Outcome, call.ID
	}
	result := payload.Unwrap(r.Get("tool_output"))
	if len(result) == 0 {
		result = payload.Unwrap(r.Get("tool_response"))
	}
	code, coded := exitCode(result)
	failed := h.Type == "post_tool_use_failure"
	done := []string{"tool_name", "arguments", "tool_use_id", "result"}
	if failed || coded && code != 0 {
		h.Type = "error"
		told := r.Get("error_message")
		if len(told) == 0 {
			told = r.Get("error")
		}
		if len(told) == 0 {
			told = result
		} else if len(result) > 0 {
			done = done[:3]
		}
		c.Str("kind", "tool").Str("tool_name", name).Raw("error", told).Str("tool_use_id", id)
		if coded {
			c.Int("exit_code", int64(code))
		}
		c.True("is_interrupt", r.True("is_interrupt")).True("rejected", r.Is("failure_type", "permission_denied"))
		done = append(done, "error", "is_interrupt", "rejected")
	} else {
		h.Type = "tool_result"
		c.Str("tool_name", name).Raw("result", result).Str("tool_use_id", id)
	}
	c.Rest(r, renamed, done...)
	return c.Give(h)
}

// exitCode returns the exit code in the result of a command.
func exitCode(result []byte) (int, bool) {
	for _, key := range []string{"exitCode", "exit_code"} {
		if v := gjson.GetBytes(result, key); v.Type == gjson.Number {
			return int(v.Int()), true
		}
	}
	return 0, false
}

// particular returns what a hook of commands or MCP servers tells of its call.
func particular(r *record.Record) (name string, args []byte) {
	if tool := r.Str("tool_name"); tool != "" {
		return "MCP:" + tool, payload.Unwrap(r.Get("tool_input"))
	}
	var o event.Object
	return "Shell", append([]byte(nil), o.Raw("command", r.Get("command")).Bytes()...)
}

// before takes beforeShellExecution and beforeMCPExecution.
func (c *reader) before(r *record.Record, h event.Header, native string) error {
	name, args := particular(r)
	if !isOld(r.Str("cursor_version")) {
		h.Parent = c.doing[whatKey(h.Session, name, args)]
		h.ID = event.ID(h.Session, h.Type, native)
		c.Rest(r, renamed)
		return c.Give(h)
	}
	call, _ := c.calls.Begin(h.Session, "", name, args)
	h.Type, h.ID = "tool_call", call.ID
	c.Str("tool_name", name).Raw("arguments", args)
	done := []string{"tool_name", "arguments"}
	if name == "Shell" {
		done = append(done, "command")
	}
	c.Rest(r, renamed, done...)
	return c.Give(h)
}

// after takes afterShellExecution and afterMCPExecution.
func (c *reader) after(r *record.Record, h event.Header, native string) error {
	name, args := particular(r)
	if !isOld(r.Str("cursor_version")) {
		h.Parent = c.doing[whatKey(h.Session, name, args)]
		h.ID = event.ID(h.Session, h.Type, native)
		c.Rest(r, renamed)
		return c.Give(h)
	}
	call := c.calls.End(h.Session, "", name, args)
	h.Type, h.ID, h.Parent = "tool_result", call.Outcome, call.ID
	result := r.Get("output")
	if name != "Shell" {
		result = payload.Unwrap(r.Get("result_json"))
	}
	c.Str("tool_name", name).Raw("result", result)
	c.Rest(r, renamed, "tool_name", "arguments", "command", "output", "result_json")
	return c.Give(h)
}

// file1 takes a hook of a file that is read or was edited.
func (c *reader) file1(r *record.Record, h event.Header, typ, native string) error {
	path := r.Str("file_path")
	h.Parent = c.doing[h.Session+"\x00file\x00"+path]
	h.Type, h.ID = typ, event.ID(h.Session, typ, native)
	c.Str("path", path)
	c.Rest(r, renamed, "file_path")
	return c.Give(h)
}

func (c *reader) said(r *record.Record, h event.Header, native string) error {
	thinking := h.Type == "after_agent_thought"
	h.Nanos = payload.Nanos(r.Get("duration_ms"))
	h.ID = event.ID(h.Session, h.Type, native)
	h.Type = "assistant_response"
	c.Text("text", r.Str("text")).True("thinking", thinking).Raw("model", r.Get("model")).Raw("prompt_id", r.Get("generation_id"))
	c.Rest(r, renamed, "text", "model", "duration_ms")
	return c.Give(h)
}

// subagentStart begins the session of a subagent: its conversation, if it has
// one of its own, else one named by its id.
func (c *reader) subagentStart(r *record.Record, h event.Header) error {
	parent, id := r.Str("parent_conversation_id"), r.Str("subagent_id")
	if parent == "" || parent == h.Session {
		parent = h.Session
		h.Session = payload.ChildID(parent, id)
	}
	c.children[parent] = append(c.children[parent], h.Session)
	c.Str("agent", Agent.Name).Raw("agent_version", r.Get("cursor_version")).Str("source", "startup")
	c.Raw("model", r.Get("subagent_model")).Str("parent_session_id", parent)
	if call := r.Str("tool_call_id"); call != "" {
		c.Str("parent_event_id", callID(parent, call))
	}
	c.Str("agent_id", id).Raw("agent_type", r.Get("subagent_type")).Raw("description", r.Get("task"))
	c.Rest(r, map[string]string{
		"conversation_id": "", "hook_event_name": "", "user_email": "", "cursor_version": "", "parent_conversation_id": "",
		"subagent_id": "", "subagent_type": "", "subagent_model": "", "tool_call_id": "tool_use_id", "task": "",
	}, "model")
	h.Type, h.ID = "session_start", payload.StartID(h.Session)
	return c.Give(h)
}

// subagentStop ends the session of a subagent. The payload does not say which
// one: it is known if it is the only one that has not ended.
func (c *reader) subagentStop(r *record.Record, h event.Header, native string) error {
	h.Nanos = nil
	if open := c.children[h.Session]; len(open) == 1 {
		h.Session = open[0]
		delete(c.children, r.Str("conversation_id"))
		h.Type = "session_end"
		c.Raw("reason", r.Get("status"))
		c.Rest(r, renamed, "status", "reason")
	} else {
		c.Rest(r, renamed)
	}
	h.ID = event.ID(h.Session, h.Type, native)
	return c.Give(h)
}
