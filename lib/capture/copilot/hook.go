package copilot

import (
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
	tools "agenttrace/lib/tool"
)

// camelHook tells by its keys which hook a payload without a name is of; "hook"
// if they tell nothing.
func camelHook(r *record.Record) string {
	switch {
	case r.Has("toolInput"), r.Has("permissionSuggestions"):
		return "permissionRequest"
	case r.Has("toolName") && r.Has("toolResult"):
		return "postToolUse"
	case r.Has("toolName") && r.Has("error"):
		return "postToolUseFailure"
	case r.Has("toolName"):
		return "preToolUse"
	case r.Has("error"), r.Has("errorContext"):
		return "errorOccurred"
	case r.Has("agentName") && (r.Has("stopReason") || r.Has("transcriptPath")):
		return "subagentStop"
	case r.Has("agentName"):
		return "subagentStart"
	case r.Has("stopReason"), r.Has("stop_hook_active"):
		return "agentStop"
	case r.Has("transformedPrompt"):
		return "userPromptTransformed"
	case r.Has("initialPrompt"), r.Has("source"):
		return "sessionStart"
	case r.Has("prompt"):
		return "userPromptSubmitted"
	case r.Has("reason"):
		return "sessionEnd"
	case r.Has("trigger"), r.Has("customInstructions"):
		return "preCompact"
	case r.Has("notificationType"), r.Has("message"):
		return "notification"
	}
	return "hook"
}

// renamed are the keys of payloads that have another name in events, and those
// that the envelope has ("").
var renamed = map[string]string{
	"sessionId": "", "session_id": "", "timestamp": "", "hook_event_name": "",
	"toolName": "tool_name", "toolArgs": "arguments", "tool_input": "arguments", "toolInput": "arguments",
	"toolResult": "result", "tool_result": "result", "transcriptPath": "transcript_path",
}

// either returns the value of the one key or the other.
func either(r *record.Record, a, b string) []byte {
	if v := r.Get(a); v != nil {
		return v
	}
	return r.Get(b)
}

// hook makes the events of a payload that was read at a time.
func (c *reader) hook(r *record.Record, nano int64) error {
	session := record.Text(either(r, "sessionId", "session_id"))
	if session == "" {
		session = c.session
	}
	if session == "" {
		return dialect.ErrNoSession
	}
	native := string(r.Raw)
	if ns, ok := record.Nanos(r.Get("timestamp")); ok {
		nano = ns // two payloads of one time are one happening
	} else {
		native = c.tally.Native(session, r.Raw)
	}
	name := r.Str("hook_event_name")
	if name == "" {
		name = camelHook(r)
	}
	h := event.Header{UnixNano: nano, Session: session, Type: record.Snake(name)}
	args := payload.Unwrap(either(r, "toolArgs", "tool_input"))
	tool := either(r, "toolName", "tool_name")
	if c.repeated(r, h, tool, args) {
		return nil
	}
	switch h.Type {
	case "session_start":
		return c.sessionStart(r, h, native)
	case "user_prompt_submitted", "user_prompt_submit":
		h.Type = "user_prompt"
		c.Raw("prompt", r.Get("prompt"))
		c.Rest(r, renamed, "prompt")
		h.ID = event.ID(session, "user_prompt", native)
		return c.Give(h)
	case "pre_tool_use":
		call, _ := c.hooks.Begin(session, "", strings.ToLower(record.Text(tool)), args)
		call.At(nano)
		c.Raw("tool_name", tool).Raw("arguments", args)
		c.Rest(r, renamed, "tool_name", "arguments")
		h.Type, h.ID = "tool_call", call.ID
		return c.Give(h)
	case "post_tool_use", "post_tool_use_failure":
		return c.postToolUse(r, h, tool, args)
	case "agent_stop":
		h.Type = "stop"
	case "error_occurred":
		return c.errorOccurred(r, h, native)
	}
	c.Rest(r, renamed)
	h.ID = event.ID(session, h.Type, native)
	return c.Give(h)
}

// heard is what was told of a moment: the hash of the payload, and its dialect.
type heard struct {
	raw    string
	pascal bool
}

// repeated reports whether a payload tells what another has told: the hook is
// configured twice, perhaps under both of its names.
func (c *reader) repeated(r *record.Record, h event.Header, name, args []byte) bool {
	if !r.Has("timestamp") {
		return false
	}
	now := heard{event.ID(h.Session, "", string(r.Raw)), r.Has("hook_event_name")}
	typ := h.Type
	if typ == "user_prompt_submit" {
		typ = "user_prompt_submitted"
	}
	key := event.ID(h.Session, typ, string(event.AppendSeconds(nil, h.UnixNano)), strings.ToLower(record.Text(name)), string(tools.Canonical(args)), r.Str("prompt"))
	before, ok := c.heard[key]
	if !ok {
		c.heard[key] = now
	}
	return ok && (before.raw == now.raw || before.pascal != now.pascal)
}

func (c *reader) sessionStart(r *record.Record, h event.Header, native string) error {
	source := r.Str("source")
	if source == "" || source == "new" {
		source = "startup"
	}
	h.ID = payload.StartID(h.Session)
	if source != "startup" {
		h.ID = event.ID(h.Session, "session_start", source, native)
	}
	c.Str("agent", Agent.Name).Str("source", source)
	c.Start(r.Str("cwd"))
	c.Rest(r, renamed, "source")
	return c.Give(h)
}

func (c *reader) postToolUse(r *record.Record, h event.Header, tool, args []byte) error {
	name := record.Text(tool)
	call := c.hooks.End(h.Session, "", strings.ToLower(name), args)
	h.ID, h.Parent, h.Nanos = call.Outcome, call.ID, call.Took(h.UnixNano, true)
	result := either(r, "toolResult", "tool_result")
	g := gjson.ParseBytes(result)
	kind := g.Get("resultType").String() + g.Get("result_type").String()
	text := g.Get("textResultForLlm").String() + g.Get("text_result_for_llm").String()
	if text == "" && g.Type == gjson.String {
		text = g.Str
	}
	code, coded := exitCode(name, text)
	done := []string{"tool_name", "arguments"}
	switch told := r.Get("error"); {
	case len(told) > 0 || h.Type == "post_tool_use_failure":
		if len(told) == 0 {
			told = result
		}
		failure, isCoded := exitCode(name, payload.Text(told))
		c.failed(&h, tool, told, kind, failure, isCoded)
		done = append(done, "error")
	case kind != "" && kind != "success", coded && code != 0:
		c.failed(&h, tool, event.AppendString(nil, text), kind, code, coded)
	default:
		h.Type = "tool_result"
		c.Raw("tool_name", tool).Raw("result", result)
		done = append(done, "result")
	}
	c.Rest(r, renamed, done...)
	return c.Give(h)
}

// errorOccurred takes an error that is not of a call; those of calls are told
// by their own hook.
func (c *reader) errorOccurred(r *record.Record, h event.Header, native string) error {
	context := record.Text(either(r, "errorContext", "error_context"))
	kind := "agent"
	if context == "" || strings.Contains(context, "model") {
		kind = "api"
	}
	told := r.Get("error")
	c.Str("kind", kind).Raw("error", told).Str("message", gjson.GetBytes(told, "message").String())
	c.Rest(r, renamed, "error")
	h.Type, h.ID = "error", event.ID(h.Session, "error", native)
	return c.Give(h)
}
