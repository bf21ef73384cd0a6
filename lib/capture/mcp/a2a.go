package mcp

import (
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// The operations of A2A, versions 1.0 and 0.3: https://a2a-protocol.org,
// sections "Protocol Binding" and "JSON-RPC". tasks/get, tasks/list and
// tasks/cancel are MCP's as well.
var a2aMethods = map[string]bool{
	"SendMessage": true, "SendStreamingMessage": true, "GetTask": true, "ListTasks": true, "CancelTask": true,
	"SubscribeToTask": true, "CreateTaskPushNotificationConfig": true, "GetTaskPushNotificationConfig": true,
	"ListTaskPushNotificationConfigs": true, "ListTaskPushNotificationConfig": true, "DeleteTaskPushNotificationConfig": true,
	"GetExtendedAgentCard": true,
	"message/send":         true, "message/stream": true, "tasks/resubscribe": true, "tasks/pushNotificationConfig/set": true,
	"tasks/pushNotificationConfig/get": true, "tasks/pushNotificationConfig/list": true,
	"tasks/pushNotificationConfig/delete": true, "agent/getAuthenticatedExtendedCard": true,
	"tasks/send": true, "tasks/sendSubscribe": true, // before 0.2
}

// isA2A reports whether a request is A2A and not MCP. MCP calls the id of a task
// taskId, A2A id.
func isA2A(method string, params []byte) bool {
	switch method {
	case "tasks/get", "tasks/cancel":
		return gjson.GetBytes(params, "id").Exists() && !gjson.GetBytes(params, "taskId").Exists()
	}
	return a2aMethods[method]
}

// isA2ASend reports whether a request gives another agent something to do.
func isA2ASend(method string) bool {
	switch method {
	case "SendMessage", "SendStreamingMessage", "message/send", "message/stream", "tasks/send", "tasks/sendSubscribe":
		return true
	}
	return false
}

// partsText returns what the parts of an A2A message say.
func partsText(message gjson.Result) string {
	var b strings.Builder
	for _, p := range message.Get("parts").Array() {
		if t := p.Get("text"); t.Type == gjson.String {
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(t.Str)
		}
	}
	return b.String()
}

// a2aCall makes the tool_call of a message to another agent.
func (c *Conn) a2aCall(m *message, call *call) error {
	h := c.header("tool_call", m.nano, m.timed)
	call.id, call.outcome, call.a2a = h.ID, c.id("tool_result"), true
	msg := gjson.GetBytes(m.params, "message")
	o := &c.obj
	o.Str("event_subtype", "a2a_call").Str("agent_id", c.server()).Str("agent_url", c.t.URL).Str("task", partsText(msg))
	o.Str("method", m.method).Str("context_id", msg.Get("contextId").String()).Str("task_id", msg.Get("taskId").String())
	o.Raw("arguments", m.params).Raw("request_id", call.request)
	return c.give(h)
}

// stateOf returns the state of the task in an answer, in lower case, with
// hyphens: completed, input-required. "" if there is none.
func stateOf(result []byte) string {
	r := gjson.ParseBytes(result)
	for _, path := range []string{"status.state", "task.status.state", "statusUpdate.status.state"} {
		if s := r.Get(path); s.Type == gjson.String {
			s := strings.TrimPrefix(strings.ToLower(s.Str), "task_state_")
			return strings.ReplaceAll(s, "_", "-")
		}
	}
	return ""
}

// ended reports whether a task in this state is done.
func ended(state string) bool {
	switch state {
	case "completed", "failed", "canceled", "rejected":
		return true
	}
	return false
}

// a2aUpdate takes one of the answers to a streaming request. The last is its
// outcome; the others are messages.
func (c *Conn) a2aUpdate(m *message, call *call, result []byte) (done bool, err error) {
	r := gjson.ParseBytes(result)
	if ended(stateOf(result)) || r.Get("final").Bool() || r.Get("parts").IsArray() || r.Get("message.parts").IsArray() {
		return true, nil
	}
	if len(result) <= 1<<20 {
		call.last = append(call.last[:0], result...)
	}
	h := c.plain(m, call)
	h.ID, h.Nanos = c.id("mcp_result"), nil
	return false, c.give(h)
}

// a2aResult makes the outcome of a message to another agent.
func (c *Conn) a2aResult(m *message, call *call, result []byte) error {
	return c.a2aOutcome(c.outcomeOf("tool_result", m, call), call, result)
}

func (c *Conn) a2aOutcome(h event.Header, call *call, result []byte) error {
	state := stateOf(result)
	o := &c.obj
	o.Str("event_subtype", "a2a_call").Str("state", state)
	if state == "failed" || state == "rejected" {
		h.Type = "error"
		said := partsText(gjson.GetBytes(result, "status.message"))
		if said == "" {
			said = partsText(gjson.GetBytes(result, "task.status.message"))
		}
		if said == "" {
			said = "the task was " + state
			if state == "failed" {
				said = "the task failed"
			}
		}
		o.Str("kind", "tool").Str("error", said)
	}
	o.Raw("result", result)
	c.about(call)
	return c.give(h)
}
