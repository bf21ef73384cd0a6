package mcp

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"agenttrace/lib/event"
)

// An End says how a connection ended.
type End struct {
	Reason   string // in words; "" if nothing is to be said
	ExitCode *int   // of the server's process; nil if there is none
	Signal   string // that ended it
}

// Finish tells what was not answered: the tool calls that are open. It is for
// the end of a connection, or of an exchange within one.
func (c *Conn) Finish(nano int64, timed bool) error {
	open := slices.SortedFunc(maps.Values(c.pending), func(a, b *call) int { return cmp.Compare(a.seq, b.seq) })
	clear(c.pending)
	open = append(open, slices.SortedFunc(maps.Values(c.waiting), func(a, b *call) int { return cmp.Compare(a.seq, b.seq) })...)
	clear(c.waiting)
	for _, call := range open {
		if call.tool == "" && !call.a2a {
			continue
		}
		m := &message{nano: nano, timed: timed}
		h := c.outcomeOf("error", m, call)
		if call.last != nil { // a stream that ended before its task
			h.Type = "tool_result"
			if err := c.a2aOutcome(h, call, call.last); err != nil {
				return err
			}
			continue
		}
		said := "no answer"
		if call.cancelled {
			said = "cancelled"
			if call.reason != "" {
				said += ": " + call.reason
			}
		}
		c.obj.Str("kind", "tool").Str("tool_name", call.tool).Str("error", said).
			Str("tool_use_id", call.useID).True("is_interrupt", call.cancelled).True("no_answer", true)
		c.about(call)
		if err := c.give(h); err != nil {
			return err
		}
	}
	return nil
}

// Fail tells that the requests with a tag that are open get no answer, for a
// reason, and returns how many they were. status is that of HTTP, 0 if there was
// none. cancelled says that it was the client that went away.
func (c *Conn) Fail(tag int, nano int64, timed bool, reason string, status int, cancelled bool) (n int, err error) {
	var open []key
	for k, call := range c.pending {
		if call.tag == tag {
			open = append(open, k)
		}
	}
	slices.SortFunc(open, func(a, b key) int { return cmp.Compare(c.pending[a].seq, c.pending[b].seq) })
	for _, k := range open {
		call := c.pending[k]
		delete(c.pending, k)
		n++
		if call.id == "" && call.method != "initialize" {
			continue
		}
		h := c.outcomeOf("error", &message{nano: nano, timed: timed}, call)
		kind := "mcp"
		if call.tool != "" || call.a2a {
			kind = "tool"
		}
		if call.last != nil {
			h.Type = "tool_result"
			err = c.a2aOutcome(h, call, call.last)
		} else {
			c.obj.Str("kind", kind).Str("tool_name", call.tool).Str("error", reason).Count("status", int64(status)).
				Str("tool_use_id", call.useID).True("is_interrupt", cancelled).Str("method", call.method)
			c.about(call)
			err = c.give(h)
		}
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// Error tells of an error that answers no request.
func (c *Conn) Error(nano int64, timed bool, reason string, status int) error {
	if err := c.Begin(nano, timed); err != nil {
		return err
	}
	c.seq++
	c.obj.Str("kind", "mcp").Str("error", reason).Count("status", int64(status)).Str("server", c.server())
	return c.give(c.header("error", nano, timed))
}

// Close tells that the connection ended.
func (c *Conn) Close(nano int64, timed bool, e End) error {
	if !c.started || c.closed {
		return nil
	}
	c.closed = true
	if err := c.unheard(); err != nil {
		return err
	}
	if err := c.Finish(nano, timed); err != nil {
		return err
	}
	h := event.Header{Type: "mcp_server", UnixNano: nano, Untimed: !timed, Session: c.session}
	h.ID = event.ID(c.session, "mcp_server_end", c.t.Name, c.label)
	if c.own {
		h.Type, h.ID = "session_end", event.ID(c.session, "session_end", "mcp")
	} else {
		c.obj.Str("server", c.t.Name).True("ended", true)
	}
	c.obj.Str("reason", e.Reason)
	if timed && c.timed && nano >= c.began {
		c.obj.Millis("duration_ms", time.Duration(nano-c.began))
	}
	if e.ExitCode != nil {
		c.obj.Int("exit_code", int64(*e.ExitCode))
	}
	c.obj.Str("signal", e.Signal)
	return c.give(h)
}

// A Gap is what passed and was not recorded.
type Gap struct {
	Reason   string // why
	Messages int64
	Bytes    int64 // of the messages
	Events   int64 // that were made and could not be stored
}

// Lost tells of a gap.
func (c *Conn) Lost(nano int64, timed bool, g Gap) error {
	if err := c.Begin(nano, timed); err != nil {
		return err
	}
	c.seq++
	c.obj.Str("reason", g.Reason).Count("messages", g.Messages).Count("bytes", g.Bytes).Count("events", g.Events).Str("server", c.server())
	return c.give(c.header("trace_gap", nano, timed))
}

// A Big is a message that is too large to be kept: what is known of it.
type Big struct {
	Head, Tail []byte // its first and last bytes
	Bytes      int64
	SHA256     string // of all of it, in hex
}

// Oversize tells of a message that is too large to be kept. If it answers a
// request, it is the outcome of it all the same.
func (c *Conn) Oversize(from Side, nano int64, timed bool, b Big) error {
	if err := c.Begin(nano, timed); err != nil {
		return err
	}
	c.seq++
	raw, method := b.about()
	m := &message{from: from, nano: nano, timed: timed, id: idOf(raw)}
	h := c.header("mcp_message", nano, timed)
	o := &c.obj
	call := (*call)(nil)
	if method == "" {
		call = c.find(m)
	}
	switch {
	case call != nil && (call.tool != "" || call.a2a):
		h = c.outcomeOf("tool_result", m, call)
		o.Str("tool_name", call.tool).Str("tool_use_id", call.useID)
	case call != nil:
		h = c.outcomeOf("mcp_message", m, call)
		method = call.method
	}
	if h.Type == "mcp_message" {
		o.Str("kind", "oversize").Str("method", method).Str("from", from.String())
	}
	if call != nil {
		c.close(m)
	}
	o.Str("server", c.server()).Raw("request_id", raw).True("oversize", true).Int("bytes", b.Bytes).Str("sha256", b.SHA256)
	return c.give(h)
}

// text tells of what is no message.
func (c *Conn) text(from Side, nano int64, timed bool, raw []byte) error {
	c.seq++
	c.obj.Str("kind", "text").Str("from", from.String()).Str("server", c.server()).Str("text", string(raw)).Int("bytes", int64(len(raw)))
	return c.give(c.header("mcp_message", nano, timed))
}

// Label makes the label of the nth part of a connection.
func Label(label string, n int) string { return label + "." + strconv.Itoa(n) }
