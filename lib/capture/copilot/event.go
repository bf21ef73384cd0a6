package copilot

import (
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// bookkeeping are the types of events that say nothing of what the agent did
// (the types of copilot-sdk 1.0.14).
var bookkeeping = map[string]bool{
	"hook.start": true, "hook.end": true, "hook.progress": true, "system.message": true,
	"assistant.turn_start": true, "assistant.turn_end": true, "assistant.intent": true, "assistant.idle": true,
	"assistant.message_start": true, "assistant.message_delta": true, "assistant.reasoning_delta": true,
	"assistant.streaming_delta": true, "assistant.tool_call_delta": true, "assistant.server_tool_progress": true,
	"tool.execution_partial_result": true, "tool.execution_progress": true, "tool.user_requested": true,
	"session.usage_checkpoint": true, "session.usage_info": true, "session.binary_asset": true, "session.idle": true,
	"session.tools_updated": true, "session.skills_loaded": true, "session.custom_agents_updated": true,
	"session.mcp_servers_loaded": true, "session.extensions_loaded": true, "session.background_tasks_changed": true,
	"session.managed_settings_resolved": true, "session.compaction_start": true, "pending_messages.modified": true,
	"commands.changed": true, "capabilities.changed": true, "model.call_finished": true,
}

// skipped are the keys of data that stand elsewhere in the event, or that
// nobody can read.
var skipped = map[string]string{
	"parentToolCallId": "", "encryptedContent": "", "reasoningOpaque": "", "toolRequests": "", "toolCallId": "", "messageId": "message_id",
	"toolName": "tool_name", "statusCode": "status",
}

// event makes the events of one of a session.
func (c *reader) event(r *record.Record) error {
	var d record.Record
	if !r.Sub("data", &d) {
		return dialect.Problem("an event of Copilot without data")
	}
	typ := r.Str("type")
	if id := d.Str("sessionId"); id != "" && id != c.session && (typ == "session.start" || typ == "session.resume") {
		if err := c.End(); err != nil {
			return err
		}
		c.session = id
	}
	if c.session == "" && typ == "hook.start" {
		c.session = gjson.GetBytes(d.Get("input"), "sessionId").String()
	}
	if c.session == "" {
		if bookkeeping[typ] && !c.All {
			return nil
		}
		return dialect.ErrNoSession
	}
	nano, timed := c.time(r.Get("timestamp"))
	h := event.Header{UnixNano: nano, Untimed: !timed, Session: c.whose(r, &d)}
	id := r.Str("id")
	if h.Session == c.session && typ != "session.start" && typ != "session.resume" && !c.begun[c.session] {
		c.begun[c.session] = true
		c.Str("agent", Agent.Name).Str("source", "startup")
		s := h
		s.Type, s.ID = "session_start", payload.StartID(c.session)
		if err := c.Give(s); err != nil {
			return err
		}
	}
	switch typ {
	case "session.start", "session.resume":
		return c.sessionBegins(typ, &d, h, id)
	case "session.shutdown":
		return c.shutdown(&d, h, id)
	case "session.model_change":
		c.models[h.Session] = d.Str("newModel")
	case "session.error", "model.call_failure":
		return c.apiError(&d, h, id)
	case "session.compaction_complete":
		return c.compacted(&d, h, id)
	case "session.snapshot_rewind":
		h.Type, h.ID = "rewind", event.ID(h.Session, "rewind", id)
		c.Raw("rewind_to", d.Get("upToEventId")).Str("uuid", id)
		c.Rest(&d, skipped, "upToEventId")
		return c.Give(h)
	case "user.message":
		return c.userMessage(&d, h, id)
	case "assistant.message":
		return c.assistant(&d, h, id)
	case "assistant.reasoning":
		c.reason[h.Session] = d.Str("content")
		return c.say(&d, h, id, "content", true)
	case "assistant.usage":
		return c.used(&d, h, id)
	case "tool.execution_start":
		return c.toolStart(&d, h, id)
	case "tool.execution_complete":
		return c.toolDone(&d, h, id)
	case "subagent.started":
		return c.subagentStarted(&d, h, id)
	case "subagent.completed", "subagent.failed":
		return c.subagentEnded(typ, &d, h, id)
	case "system.notification":
		h.Type, h.ID = "task_notification", event.ID(h.Session, "task_notification", id)
		c.Raw("text", d.Get("content")).Str("uuid", id)
		c.Rest(&d, skipped, "content")
		return c.Give(h)
	case "abort":
		h.Type, h.ID = "interrupt", event.ID(h.Session, "interrupt", id)
		c.Raw("text", d.Get("reason")).Str("uuid", id)
		c.Rest(&d, skipped, "reason")
		return c.Give(h)
	case "assistant.turn_end":
		delete(c.early, h.Session)
		if err := c.close(h.Session); err != nil {
			return err
		}
	}
	if bookkeeping[typ] && !c.All {
		return nil
	}
	h.Type, h.ID = record.Snake(typ), event.ID(h.Session, "line", id)
	if call := c.calls.Known(h.Session, d.Str("toolCallId")); call != nil {
		h.Parent = call.ID
	}
	c.Rest(&d, map[string]string{"parentToolCallId": "", "toolCallId": "tool_use_id"})
	c.Str("uuid", id)
	return c.Give(h)
}

// whose returns the session of an event: a subagent has one of its own, named
// by its own id, or else by the call that started it.
func (c *reader) whose(r, d *record.Record) string {
	agent := r.Str("agentId")
	if agent == "" {
		if agent = d.Str("parentToolCallId"); agent == "" {
			return c.session
		}
		if child := c.spawns[c.session+"\x00"+agent]; child != "" {
			return child
		}
	}
	return payload.ChildID(c.session, agent)
}

func (c *reader) sessionBegins(typ string, d *record.Record, h event.Header, id string) error {
	h.Session = c.session
	source := "startup"
	h.ID = payload.StartID(h.Session)
	if typ == "session.resume" {
		source = "resume"
		h.ID = event.ID(h.Session, "session_start", source, id)
	} else {
		delete(c.told, c.session) // what is told from here on is the whole
	}
	if m := d.Str("selectedModel"); m != "" {
		c.models[h.Session] = m
	}
	c.begun[h.Session] = true
	var context record.Record
	d.Sub("context", &context)
	c.Str("agent", Agent.Name).Raw("agent_version", d.Get("copilotVersion")).Raw("model", d.Get("selectedModel")).Str("source", source)
	c.Raw("cwd", context.Get("cwd"))
	var git event.Object
	git.Str("repo", context.Str("gitRoot")).Str("remote", record.Address(context.Str("repository"))).Raw("branch", context.Get("branch")).Raw("commit", context.Get("headCommit"))
	if git.Len() > 0 {
		c.Raw("git", git.Bytes())
	}
	c.Raw("parent_session_id", d.Get("detachedFromSpawningParentSessionId")).Str("uuid", id)
	c.Rest(d, map[string]string{"sessionId": "", "copilotVersion": "", "selectedModel": "", "detachedFromSpawningParentSessionId": ""})
	h.Type = "session_start"
	return c.Give(h)
}

func (c *reader) apiError(d *record.Record, h event.Header, id string) error {
	native := id
	if s := record.Text(either(d, "serviceRequestId", "providerCallId")); s != "" {
		native = s // both types tell of one failure
	}
	h.Type, h.ID = "error", event.ID(h.Session, "api_error", native)
	c.Str("kind", "api").Raw("message", either(d, "message", "errorMessage")).Raw("status", d.Get("statusCode")).Str("uuid", id)
	c.Rest(d, map[string]string{"statusCode": "", "errorMessage": ""}, "message")
	return c.Give(h)
}

func (c *reader) userMessage(d *record.Record, h event.Header, id string) error {
	if err := c.closeAll(); err != nil {
		return err
	}
	if err := c.unanswered(); err != nil {
		return err
	}
	text := d.Str("content")
	h.Type = "user_prompt"
	if strings.TrimSpace(text) == "" && !c.All {
		return nil // a reminder of the agent's to the model
	}
	if strings.TrimSpace(text) == "" || d.Str("source") != "" && !d.Is("source", "user") || d.True("isAutopilotContinuation") {
		h.Type = "user_message"
	}
	c.Text("prompt", text).Str("uuid", id)
	c.Rest(d, map[string]string{"content": "", "messageId": "message_id"})
	h.ID = event.ID(h.Session, "user_prompt", id)
	return c.Give(h)
}

func (c *reader) subagentStarted(d *record.Record, h event.Header, id string) error {
	toolCall := d.Str("toolCallId")
	parent := c.session
	if h.Session == c.session { // the event does not say who it is
		h.Session = payload.ChildID(c.session, toolCall)
	}
	c.spawns[c.session+"\x00"+toolCall] = h.Session
	if call := c.calls.Known(parent, toolCall); call != nil {
		c.Str("parent_event_id", call.ID)
	}
	agentID := strings.TrimSuffix(strings.TrimPrefix(h.Session, "agent-"), "."+c.session)
	c.Str("agent", Agent.Name).Str("source", "startup").Str("parent_session_id", parent).Str("agent_id", agentID)
	c.Raw("agent_type", either(d, "agentType", "agentName")).Raw("description", d.Get("agentDescription")).Str("uuid", id)
	c.Rest(d, map[string]string{"toolCallId": "tool_use_id", "agentType": "", "agentDescription": ""})
	c.begun[h.Session] = true
	if m := d.Str("model"); m != "" {
		c.models[h.Session] = m
	}
	h.Type, h.ID = "session_start", payload.StartID(h.Session)
	return c.Give(h)
}

func (c *reader) subagentEnded(typ string, d *record.Record, h event.Header, id string) error {
	if child := c.spawns[c.session+"\x00"+d.Str("toolCallId")]; child != "" {
		h.Session = child
	} else if h.Session == c.session {
		h.Session = payload.ChildID(c.session, d.Str("toolCallId"))
	}
	if err := c.close(h.Session); err != nil {
		return err
	}
	h.Type, h.ID = "session_end", event.ID(h.Session, "session_end", id)
	c.Str("reason", strings.TrimPrefix(typ, "subagent.")).Raw("duration_ms", d.Get("durationMs")).Str("uuid", id)
	c.Rest(d, map[string]string{"toolCallId": "tool_use_id", "durationMs": ""})
	return c.Give(h)
}
