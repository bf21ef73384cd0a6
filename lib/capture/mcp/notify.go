package mcp

import (
	"github.com/tidwall/gjson"

	"agenttrace/lib/tool"
)

// notification makes the event of a notification.
func (c *Conn) notification(m *message) error {
	h := c.header("mcp_message", m.nano, m.timed)
	switch m.method {
	case "notifications/resources/updated":
		h.Type = "file_write"
		uri := gjson.GetBytes(m.params, "uri").String()
		c.obj.Str("path", pathOf(uri)).Str("uri", uri).Str("server", c.server()).Str("method", m.method)
		return c.give(h)
	case "notifications/cancelled":
		if call := c.byID(m, idOf([]byte(gjson.GetBytes(m.params, "requestId").Raw))); call != nil {
			call.cancelled, call.reason = true, gjson.GetBytes(m.params, "reason").String()
			h.Session, h.Parent = call.session, call.id
		}
	case "notifications/progress":
		token := idOf([]byte(gjson.GetBytes(m.params, "progressToken").Raw))
		if call := c.byToken(m, token); call != nil {
			h.Session, h.Parent = call.session, call.id
		}
	}
	c.told(m, "notification")
	return c.give(h)
}

// byID returns the open request that the sender of a message has made under an
// id.
func (c *Conn) byID(m *message, id string) *call {
	if call := c.pending[key{m.from, id}]; call != nil {
		return call
	}
	return nil
}

// byToken returns the open request of the other side that asked for progress
// under a token.
func (c *Conn) byToken(m *message, token string) *call {
	if token == "" {
		return nil
	}
	// Nearly every client takes the id for it.
	if call := c.pending[key{m.from.other(), token}]; call != nil && call.progress == token {
		return call
	}
	var found *call
	if len(c.pending) <= 1024 {
		for k, call := range c.pending {
			if k.from == m.from.other() && call.progress == token && (found == nil || call.seq > found.seq) {
				found = call
			}
		}
	}
	return found
}

// canonical returns JSON with the keys of its objects in order.
func canonical(raw []byte) []byte { return tool.Canonical(raw) }
