package tree

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"agenttrace/lib/event"
	"agenttrace/lib/session"
	"agenttrace/lib/text"
)

// maxLead is how many levels are indented; deeper ones stand below each other.
const maxLead = 40

// A row is a line of the text.
type row struct {
	lead, below string
	n           *Node
	hidden      int // nodes that are left out, if n is nil
}

// AppendText appends a tree as text: a line for each node, and one with the
// totals if there are several. depth is how many levels below the root are
// shown; less than 0 means all.
func AppendText(dst []byte, root *Node, depth int) []byte {
	rows := layout(root, depth)
	cols := make([][]string, len(rows))
	var width []int
	for i, r := range rows {
		cols[i] = r.columns()
		for k, c := range cols[i] {
			if k == len(width) {
				width = append(width, 0)
			}
			width[k] = max(width[k], text.Width(c))
		}
	}
	for i := range rows {
		dst = appendRow(dst, cols[i], width)
	}
	if len(root.Children) > 0 {
		dst = append(append(dst, "Total: "...), root.Total.text()...)
		dst = append(dst, '\n')
	}
	return dst
}

// layout returns the rows of a tree.
func layout(root *Node, depth int) []row {
	var rows []row
	stack := []row{{n: root}}
	for len(stack) > 0 {
		r := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		rows = append(rows, r)
		if r.n == nil {
			continue
		}
		if kids := r.n.Children; depth >= 0 && r.n.Depth >= depth && len(kids) > 0 {
			stack = append(stack, row{lead: r.below + "└─ ", hidden: len(preorder(r.n)) - 1})
			continue
		}
		for i := len(r.n.Children) - 1; i >= 0; i-- {
			lead, below := "├─ ", "│  "
			if i == len(r.n.Children)-1 {
				lead, below = "└─ ", "   "
			}
			if r.n.Depth >= maxLead {
				below = ""
			}
			stack = append(stack, row{lead: r.below + lead, below: r.below + below, n: r.n.Children[i]})
		}
	}
	return rows
}

// columns returns what a row shows: who, what kind, duration, tool calls,
// errors, tokens, cost, and what for.
func (r row) columns() []string {
	c := make([]string, 8)
	c[0] = r.lead
	n := r.n
	if n == nil {
		c[0] += fmt.Sprintf("… %d more", r.hidden)
		return c
	}
	if n.Number > 0 && (n.Parent == nil || n.Parent.Shape != A2A) { // an A2A call has it already
		c[0] += fmt.Sprintf("#%d ", n.Number)
	}
	id := cmp.Or(text.Line(n.ID, 60), "-")
	switch n.Shape {
	case A2A:
		n.Call.columns(c)
		if n.Own.Priced {
			c[6] = text.Dollars(max(n.Own.Cost, 0))
		}
		return c
	case Missing:
		c[0], c[1] = c[0]+id, "(not in the input)"
		return c
	case Reference:
		c[0], c[1] = c[0]+id, "(shown elsewhere)"
		if n.Cycle {
			c[1] = "(cycle)"
		}
		return c
	}
	c[0] += id
	s := n.Summary
	c[1] = cmp.Or(text.Line(s.AgentType, 30), text.Line(s.Agent, 30), "-")
	n.Own.columns(c)
	c[7] = text.Line(n.Task, 60)
	return c
}

func (x *Call) columns(c []string) {
	c[0] += "a2a " + text.Line(cmp.Or(x.Agent, x.URL, "-"), 40)
	switch {
	case x.Failed:
		c[1] = "failed"
	case x.Known:
		c[1] = "ok"
	default:
		c[1] = "-"
	}
	if x.Timed {
		c[2] = text.Latency(x.Took)
	}
	c[7] = text.Line(x.Task, 60)
	if x.Error != "" {
		c[7] = strings.TrimSpace(c[7] + " ✗ " + text.Line(x.Error, 60))
	}
}

func (n *Numbers) columns(c []string) {
	if n.Timed {
		c[2] = length(n.Duration())
	}
	c[3] = text.Count(n.ToolCalls, "tool")
	if n.Errors > 0 {
		c[4] = text.Count(n.Errors, "error")
	}
	if n.Tokens != nil {
		c[5] = text.Tokens(n.Tokens.Total()) + " tokens"
	}
	if n.Priced {
		c[6] = text.Dollars(max(n.Cost, 0))
	}
}

// appendRow appends a row; numbers stand right, and columns that no row has
// are left out.
func appendRow(dst []byte, c []string, width []int) []byte {
	var b strings.Builder
	for k, s := range c {
		if width[k] == 0 {
			continue
		}
		if k > 0 {
			b.WriteString("  ")
		}
		if fill := strings.Repeat(" ", width[k]-text.Width(s)); k >= 2 && k <= 6 {
			b.WriteString(fill + s)
		} else {
			b.WriteString(s + fill)
		}
	}
	dst = append(dst, strings.TrimRight(b.String(), " ")...)
	return append(dst, '\n')
}

func (n *Numbers) text() string {
	parts := []string{text.Count(n.Sessions, "session")}
	if n.A2ACalls > 0 {
		parts = append(parts, text.Count(n.A2ACalls, "A2A call"))
	}
	parts = append(parts, text.Count(n.ToolCalls, "tool call"), text.Count(n.Errors, "error"))
	if n.Tokens != nil {
		parts = append(parts, text.Tokens(n.Tokens.Total())+" tokens")
	}
	if n.Priced {
		parts = append(parts, text.Dollars(max(n.Cost, 0)))
	}
	if n.Timed {
		parts = append(parts, length(n.Duration()))
	}
	return strings.Join(parts, ", ")
}

// length is short for what took less than a minute.
func length(d time.Duration) string {
	if d < time.Minute {
		return text.Latency(d)
	}
	return text.Duration(d)
}

// Records calls emit with a record for each node of a tree, parents before
// their children. depth is as in AppendText. The bytes are valid during the
// call.
func Records(root *Node, depth int, emit func([]byte) error) error {
	var buf []byte
	for _, n := range preorder(root) {
		if depth >= 0 && n.Depth > depth {
			continue
		}
		buf = n.record(buf[:0], root)
		if err := emit(buf); err != nil {
			return err
		}
	}
	return nil
}

func (n *Node) record(dst []byte, root *Node) []byte {
	var o event.Object
	o.Str("shape", string(n.Shape)).Str("root", root.ID).Int("depth", int64(n.Depth))
	h := event.Header{Type: Kind, Session: n.ID, UnixNano: n.Own.Start, Untimed: !n.Own.Timed}
	above := ""
	if p := n.Parent; p != nil && n.Shape != A2A {
		above = p.ID
		o.Str("parent_session_id", above).Str("parent_event_id", n.Event)
	}
	o.Count("number", int64(n.Number)).True("cycle", n.Cycle)
	switch n.Shape {
	case Session:
		s := n.Summary
		o.Str("agent", s.Agent).Str("agent_type", s.AgentType).Str("task", n.Task)
		n.Own.appendTo(&o)
		h.ID = event.ID(n.ID, Kind)
	case A2A:
		c := n.Call
		h.Parent, h.UnixNano, h.Untimed = n.Event, n.at, n.at == 0
		o.Str("agent", c.Agent).Str("agent_url", c.URL).Str("task", c.Task).Str("child_session_id", c.Child)
		if c.Known {
			o.Raw("success", fmt.Append(nil, !c.Failed))
		}
		o.Str("error", c.Error)
		if c.Timed {
			o.Millis("duration_ms", c.Took)
		}
		if n.Own.Priced {
			o.Int("usd_nano", n.Own.Cost)
		}
		h.ID = event.ID(n.ID, Kind, string(A2A), n.Event, fmt.Sprint(n.Number))
	default:
		h.ID = event.ID(n.ID, Kind, string(n.Shape), above, n.Event)
	}
	var total event.Object
	total.Int("sessions", int64(n.Total.Sessions)).Int("a2a_calls", int64(n.Total.A2ACalls))
	n.Total.appendTo(&total)
	if n.Shape != Reference {
		o.Raw("total", total.Bytes())
	}
	return event.Append(dst, h, o.Bytes())
}

func (n *Numbers) appendTo(o *event.Object) {
	if n.Timed {
		o.Millis("duration_ms", n.Duration())
	}
	o.Int("tool_calls", int64(n.ToolCalls)).Int("errors", int64(n.Errors))
	if n.Tokens != nil {
		o.Raw("tokens", tokens(n.Tokens))
	}
	if n.Priced {
		o.Int("usd_nano", n.Cost)
	}
}

func tokens(t *session.Tokens) []byte {
	var o event.Object
	t.AppendTo(&o)
	return o.Bytes()
}
