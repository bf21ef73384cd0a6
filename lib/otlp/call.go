package otlp

import (
	"bytes"
	"slices"
	"strings"

	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// A call is a tool call that has no outcome yet.
type call struct {
	id             string // its event_id
	use            string // the agent's own id of it
	span           [8]byte
	name           string
	at             int64
	timed          bool
	size           int    // of the arguments, in bytes
	args           string // with Full
	title          string // with Meta and Full
	path           string
	program        string
	target         string // the kind of subagent that is started
	request        string // the id of a JSON-RPC request
	server         string // of MCP
	turn           *turn
	commits, pulls int    // that a shell line makes, for Claude Code
	vendor         bool   // the vendor runs it
	events         []byte // of the span: what records say of it
	nEvents        int
	dropped        int       // events
	keys           [2]uint64 // under which it is open
	done           bool
}

// An outcome is the end of a call: a tool_result or an error. What it holds is
// valid as long as the event.
type outcome struct {
	failed          bool
	parent          string
	use, name       []byte // as they stand in the line
	at              int64
	timed           bool
	took            int64
	measured        bool
	size            int
	result, message []byte // likewise
	exit            int
	exited          bool
	kind            string // error.type
	api             bool
}

// pathKeys are the arguments that name a file, in the order in which they are
// looked for.
var pathKeys = []string{"file_path", "path", "filePath", "notebook_path", "absolute_path", "target_file", "filename"}

// call takes a tool_call.
func (m *Mapper) call(s *openSession, h *head) {
	c := &call{id: h.e.ID(), at: h.at, timed: h.timed, turn: s.turn}
	var use, args, message []byte
	event.Fields(h.e.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "tool_name":
			c.name = m.intern(v)
		case "arguments":
			args = v
		case "tool_use_id", "tool_call_id":
			use = v
		case "request_id", "jsonrpc_id":
			c.request = plain(v)
			if use == nil {
				use = v
			}
		case "message_id":
			message = v
		case "server_side":
			c.vendor = v[0] == 't'
		case "mcp_server":
			event.Fields(v, func(k, v []byte) bool {
				if string(k) == "name" {
					c.server = m.intern(v)
				}
				return true
			})
		}
		return true
	})
	c.use = plain(use)
	c.size = len(args)
	c.look(m, args)
	if m.claude {
		c.claudeCall(args)
	}
	if m.opt.Content >= Meta {
		c.title = Cut(tool.Title(c.name, args), metaLimit)
	}
	if m.opt.Content == Full {
		c.args = keep(args, m.opt.Limit)
		m.hear(&s.said, part{role: "assistant", kind: "tool_call", id: c.use, name: c.name, message: plain(message)}, args)
	}
	if c.id == "" {
		c.id = event.ID(s.id, "tool_call", c.use, string(event.AppendSeconds(nil, h.at)), c.name)
	}
	c.span = SpanID(c.id)
	s.toolCalls++
	if m.opt.ByTurn {
		if c.turn != nil {
			c.turn.toolCalls++
		}
		set(&s.turnOfCall, c.span, c.turn)
		m.unblock(s)
	}
	m.callLog(s, h, c)

	idKey, useKey := m.hash(h.e.IDRaw()), m.hash(use)
	for i, key := range []uint64{idKey, useKey} {
		if i == 0 && len(h.e.IDRaw()) <= 2 || i == 1 && !isSet(use) {
			continue
		}
		if o, ok := s.early[key]; ok {
			delete(s.early, key)
			s.close(c)
			m.tool(s, c, o)
			return
		}
		set(&s.calls, key, c)
		c.keys[i] = key
	}
	s.queue = append(s.queue, c)
	s.shrink()
}

// close forgets the ids of a call that is answered.
func (s *openSession) close(c *call) {
	for _, key := range c.keys {
		if s.calls[key] == c {
			delete(s.calls, key)
		}
	}
}

// shrink forgets answered calls in the queue.
func (s *openSession) shrink() {
	if len(s.queue) < 64 || len(s.queue) < 2*len(s.calls) {
		return
	}
	s.queue = slices.DeleteFunc(s.queue, func(c *call) bool { return c.done })
}

// look finds the file and the program in the arguments. Only what stands there
// plainly is told.
func (c *call) look(m *Mapper, args []byte) {
	best := len(pathKeys)
	event.Fields(args, func(k, v []byte) bool {
		if v[0] != '"' {
			return true
		}
		switch string(k) {
		case "command", "cmd":
			c.program = program(v)
			return true
		case "subagent_type":
			c.target = m.intern(v)
			return true
		}
		for i, p := range pathKeys[:best] {
			if string(k) == p {
				best, c.path = i, Cut(event.Unquote(v), m.opt.Limit)
				break
			}
		}
		return true
	})
}

// program returns the name of the program that a shell line begins with, as far
// as the first word says it without any doubt.
func program(raw []byte) string {
	line := bytes.TrimLeft(raw[1:len(raw)-1], " ")
	n := 0
	for n < len(line) && (line[n] >= 'a' && line[n] <= 'z' || line[n] >= 'A' && line[n] <= 'Z' || line[n] >= '0' && line[n] <= '9' || bytes.IndexByte([]byte("_-./+"), line[n]) >= 0) {
		n++
	}
	if n == 0 || n > 100 || n < len(line) && line[n] != ' ' {
		return ""
	}
	word := line[:n]
	if i := bytes.LastIndexByte(word, '/'); i >= 0 {
		word = word[i+1:]
	}
	return string(word)
}

// isSet reports whether a JSON value is an id: there, not null and not empty.
func isSet(raw []byte) bool {
	return len(raw) > 0 && raw[0] != 'n' && string(raw) != `""`
}

// plain returns the text of a JSON string or number, cut to a sensible length
// for an id.
func plain(raw []byte) string {
	switch {
	case len(raw) == 0 || raw[0] == 'n' || raw[0] == '{' || raw[0] == '[':
		return ""
	case raw[0] == '"':
		return Cut(event.Unquote(raw), 256)
	}
	return string(raw)
}

// keep returns the text that a JSON value is exported as: that of a string, else
// the JSON, of which not much more than limit bytes are kept.
func keep(raw []byte, limit int) string {
	if len(raw) > 0 && raw[0] == '"' {
		return Cut(event.Unquote(raw), limit)
	}
	return Cut(string(raw), limit)
}

// tool makes the span of a call. o is nil if the outcome is not known; c is nil
// if the call is not.
func (m *Mapper) tool(s *openSession, c *call, o *outcome) {
	unknown := c == nil
	if unknown {
		c = &call{turn: s.turn, id: o.parent, name: m.intern(o.name), use: plain(o.use), at: o.at, timed: o.timed}
		if o.measured && o.timed {
			c.at = o.at - o.took
		}
		if c.id == "" {
			c.id = event.ID(s.id, "tool_call", c.use)
		}
		c.span = SpanID(c.id)
	}
	c.done = true
	if c.name == "" && o != nil {
		c.name = m.intern(o.name)
	}
	end := c.at
	if o != nil {
		switch {
		case o.measured && !unknown:
			end = c.at + o.took
		case o.timed:
			end = max(o.at, c.at)
		}
		s.latest = max(s.latest, end)
		c.turn.reach(end)
	} else {
		end = max(end, s.latest)
	}
	if m.metrics && o != nil && !(unknown && !o.measured) {
		m.m.toolDuration(s, c, o, end-c.at)
	}
	if m.metrics && m.claude && o != nil {
		m.claudeOutcome(s, c, o, end-c.at)
	}
	if !m.traces {
		return
	}
	a := &m.a
	a.reset()
	if c.size > 0 {
		a.int("agent_trace.args.bytes", int64(c.size))
	}
	a.str("agent_trace.command.program", c.program)
	a.str("agent_trace.event_id", c.id)
	if o == nil || unknown && !o.measured {
		a.bool("agent_trace.incomplete", true)
	}
	a.str("agent_trace.mcp.server", c.mcpServer())
	if o != nil && o.size > 0 {
		a.int("agent_trace.result.bytes", int64(o.size))
	}
	if !c.timed {
		a.bool("agent_trace.time_unknown", true)
	}
	a.str("agent_trace.title", c.title)
	if o != nil && o.failed {
		a.str("error.type", o.kind)
	}
	a.str("file.path", c.path)
	a.str("gen_ai.conversation.id", s.id)
	a.str("gen_ai.operation.name", "execute_tool")
	a.str("gen_ai.tool.call.arguments", c.args)
	if c.use != "" {
		a.str("gen_ai.tool.call.id", c.use)
	} else {
		a.str("gen_ai.tool.call.id", c.id)
	}
	if o != nil && m.opt.Content == Full {
		a.str("gen_ai.tool.call.result", keep(o.result, m.opt.Limit))
	}
	a.str("gen_ai.tool.name", c.name)
	a.str("gen_ai.tool.type", c.kind())
	a.str("jsonrpc.request.id", c.request)
	if c.mcp() {
		a.str("mcp.method.name", "tools/call")
		transport := s.transports[c.mcpServer()]
		if transport == "" {
			transport = s.transports[""]
		}
		a.str("network.transport", transport)
	}
	if o != nil && o.exited {
		a.int("process.exit.code", int64(o.exit))
	}
	name := c.name
	if m.opt.Latest && c.target != "" {
		name += " " + c.target // a call that starts a subagent names it
		a.str("gen_ai.transfer.mode", "return_to_caller")
		a.str("gen_ai.transfer.target.name", c.target)
	}
	trace, root := s.home(c.turn)
	sp := spanHead{trace: trace, id: c.span, parent: root, below: true, verb: "execute_tool", name: name, kind: internalKind, start: c.at, end: end, events: c.events, dropped: c.dropped}
	if o != nil && o.failed {
		sp.failed = true
		sp.message = m.told(o)
		sp.events = m.exception(sp.events, o, end)
	}
	m.span(s, &sp, toolThing)
}

func (c *call) mcp() bool {
	return c.server != "" || c.request != "" || strings.HasPrefix(c.name, "mcp__")
}

func (c *call) mcpServer() string {
	if c.server != "" {
		return c.server
	}
	if rest, ok := strings.CutPrefix(c.name, "mcp__"); ok {
		server, _, _ := strings.Cut(rest, "__")
		return server
	}
	return ""
}

// kind is the gen_ai.tool.type: an extension is run on the vendor's side.
func (c *call) kind() string {
	if c.vendor {
		return "extension"
	}
	return "function"
}
