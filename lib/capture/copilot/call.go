package copilot

import (
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// A request is a call that a message asked for.
type request struct {
	h           event.Header
	id, message string
	name        string
	args, title []byte
}

// request notes the calls that a message asks for. They are told when they
// begin, with what is known then.
func (c *reader) request(d *record.Record, h event.Header, message string) {
	list := d.Get("toolRequests")
	if len(list) == 0 || list[0] != '[' {
		return
	}
	record.Elements(list, func(raw []byte) {
		var r record.Record
		if raw[0] != '{' || r.Parse(raw) != nil {
			return
		}
		id := r.Str("toolCallId")
		key := h.Session + "\x00" + id
		if id == "" || c.asked[key] != nil || c.calls.Known(h.Session, id) != nil {
			return
		}
		c.asked[key] = &request{h: h, id: id, message: message, name: r.Str("name"), args: clone(payload.Unwrap(r.Get("arguments"))), title: clone(r.Get("intentionSummary"))}
		c.order = append(c.order, key)
	})
}

// unanswered tells the calls that were asked for and did not begin.
func (c *reader) unanswered() error {
	for _, key := range c.order {
		if q := c.asked[key]; q != nil {
			delete(c.asked, key)
			if err := c.neverBegan(q); err != nil {
				return err
			}
		}
	}
	c.order = c.order[:0]
	return nil
}

// neverBegan tells a call of which only the message that asks for it tells.
func (c *reader) neverBegan(q *request) error {
	call, isNew := c.calls.Begin(q.h.Session, q.id, strings.ToLower(q.name), q.args)
	if !isNew {
		return nil
	}
	call.Name = q.name
	q.h.Type, q.h.ID = "tool_call", call.ID
	c.Str("tool_name", q.name).Raw("arguments", q.args).Str("tool_use_id", q.id).Str("message_id", q.message)
	c.Raw("intentionSummary", q.title).Str("uuid", q.message)
	return c.Give(q.h)
}

func (c *reader) toolStart(d *record.Record, h event.Header, id string) error {
	native, name, args := d.Str("toolCallId"), d.Str("toolName"), payload.Unwrap(d.Get("arguments"))
	key := h.Session + "\x00" + native
	q := c.asked[key]
	delete(c.asked, key)
	if native == "" {
		native = id
	}
	call, isNew := c.calls.Begin(h.Session, native, strings.ToLower(name), args)
	if !isNew {
		return nil
	}
	call.Name = name
	if c.own {
		call.At(h.UnixNano)
	}
	h.Type, h.ID = "tool_call", call.ID
	c.Str("tool_name", name).Raw("arguments", args).Str("tool_use_id", native)
	if server := either(d, "mcpServerName", "mcpConfigServerName"); len(server) > 0 {
		var o event.Object
		o.Raw("name", server).Raw("source", d.Get("mcpConfigSource")).Raw("tool_name", d.Get("mcpToolName"))
		c.Raw("mcp_server", o.Bytes())
	}
	if q != nil {
		c.Str("message_id", q.message).Raw("intentionSummary", q.title)
	}
	c.Str("uuid", id)
	c.Rest(d, map[string]string{"parentToolCallId": "", "toolCallId": "", "toolName": "tool_name", "mcpServerName": "", "mcpConfigServerName": "", "mcpConfigSource": "", "mcpToolName": "", "toolDescription": ""},
		"tool_name", "arguments")
	return c.Give(h)
}

func (c *reader) toolDone(d *record.Record, h event.Header, id string) error {
	if err := c.close(h.Session); err != nil {
		return err
	}
	native := d.Str("toolCallId")
	if q := c.asked[h.Session+"\x00"+native]; q != nil {
		delete(c.asked, h.Session+"\x00"+native)
		if err := c.neverBegan(q); err != nil {
			return err
		}
	}
	call := c.calls.Known(h.Session, native)
	switch {
	case call == nil:
		// The stream was cut: nothing tells what was called.
		if native == "" {
			native = id
		}
		call = &payload.Call{ID: event.ID(h.Session, "tool_call", native), Outcome: event.ID(h.Session, "tool_result", native)}
	case call.Done:
		return nil
	}
	call.Done = true
	h.ID, h.Parent, h.Nanos = call.Outcome, call.ID, call.Took(h.UnixNano, c.own)
	all := gjson.ParseBytes(d.Raw)
	if took := payload.Nanos([]byte(all.Get("toolTelemetry.metrics.durationMs").Raw)); took != nil {
		h.Nanos = took
	}
	text := all.Get("result.content").String()
	code, coded := exitCode(call.Name, text)
	if exit := all.Get("shellExecution.exitCode"); exit.Type == gjson.Number {
		code, coded = int(exit.Int()), true
	}
	var name []byte
	if call.Name != "" {
		name = event.AppendString(nil, call.Name)
	}
	done := []string{}
	if string(d.Get("success")) == "false" || coded && code != 0 {
		told := d.Get("error")
		if len(told) == 0 {
			told = []byte(all.Get("result.content").Raw)
		}
		c.failed(&h, name, told, all.Get("error.code").String(), code, coded)
		done = append(done, "error")
	} else {
		h.Type = "tool_result"
		c.Raw("tool_name", name).Raw("result", d.Get("result"))
		done = append(done, "result")
	}
	c.Str("tool_use_id", d.Str("toolCallId")).Str("child_session_id", c.spawns[c.session+"\x00"+native]).Str("uuid", id)
	c.Rest(d, map[string]string{"parentToolCallId": "", "toolCallId": "", "success": "", "toolDescription": ""}, done...)
	return c.Give(h)
}
