package mcp

import (
	"net/url"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// ToolName returns the name under which an agent knows a server's tool, as
// Claude Code spells it: what is no letter, digit, _ or - in the server's name
// becomes _. Two underscores in it would be taken for its end, and become one.
func ToolName(server, tool string) string {
	name := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '_', r == '-':
			return r
		}
		return '_'
	}, server)
	for strings.Contains(name, "__") {
		name = strings.ReplaceAll(name, "__", "_")
	}
	if name = strings.Trim(name, "_"); name == "" {
		name = "mcp"
	}
	return "mcp__" + name + "__" + tool
}

// server returns the name of the server: as the agent calls it, or else as it
// calls itself.
func (c *Conn) server() string {
	if c.t.Name != "" {
		return c.t.Name
	}
	return gjson.GetBytes(c.peers.server, "name").String()
}

// request takes a request. One with an id of null cannot be answered.
func (c *Conn) request(m *message) error {
	c.learn(m)
	call := &call{
		seq: c.seq, tag: c.tag, method: m.method, session: c.session, nano: m.nano, timed: m.timed,
		request: append([]byte(nil), m.Get("id")...), outcome: c.id("mcp_result"),
	}
	if tok := metaOf(m.params).Get("progressToken"); tok.Exists() {
		call.progress = idOf([]byte(tok.Raw))
	}
	err := c.begin(m, call)
	if m.id != "" && len(c.pending) < maxPending {
		c.pending[key{m.from, m.id}] = call
	}
	return err
}

// begin makes the event of a request.
func (c *Conn) begin(m *message, call *call) error {
	o := &c.obj
	switch {
	case m.method == "initialize":
		call.params = append([]byte(nil), m.params...)
		return nil
	case m.method == "server/discover" || m.method == "ping":
		return nil
	case m.method == "tools/call":
		return c.toolCall(m, call)
	case isA2ASend(m.method):
		return c.a2aCall(m, call)
	case m.method == "resources/read":
		h := c.header("file_read", m.nano, m.timed)
		uri := gjson.GetBytes(m.params, "uri").String()
		o.Str("path", pathOf(uri)).Str("uri", uri)
		call.id = h.ID
		c.about(call)
		return c.give(h)
	case m.method == "sampling/createMessage" || m.method == "completion/create":
		return c.sampling(m, call)
	}
	h := c.header("mcp_message", m.nano, m.timed)
	call.id = h.ID
	c.told(m, "request")
	return c.give(h)
}

// told adds a message as it is.
func (c *Conn) told(m *message, kind string) {
	o := &c.obj
	o.Str("kind", kind).Str("method", m.method).Str("from", m.from.String()).Str("server", c.server())
	if isA2A(m.method, m.params) {
		o.Str("protocol", "a2a")
	}
	o.Raw("request_id", m.Get("id")).Raw("params", m.params)
}

// about adds what a call and its outcome have in common.
func (c *Conn) about(call *call) {
	c.obj.Str("server", c.server()).Raw("request_id", call.request)
}

// toolCall makes a tool_call.
func (c *Conn) toolCall(m *message, call *call) error {
	p := gjson.ParseBytes(m.params)
	if state := p.Get("requestState"); state.Exists() || p.Get("inputResponses").Exists() {
		if first := c.waiting[state.Raw]; first != nil {
			// The same call, which asked for input and now gets it.
			delete(c.waiting, state.Raw)
			request := call.request
			*call = *first
			call.request = request
			h := c.header("mcp_message", m.nano, m.timed)
			h.Session, h.Parent = call.session, call.id
			c.told(m, "request")
			return c.give(h)
		}
	}
	c.whose(p.Get("_meta"), call)
	call.tool = ToolName(c.server(), p.Get("name").String())
	h := c.header("tool_call", m.nano, m.timed)
	h.Session = call.session
	if call.useID != "" {
		h.ID = event.ID(call.session, "tool_call", call.useID)
		call.outcome = event.ID(call.session, "tool_result", call.useID)
	} else {
		call.outcome = c.id("tool_result")
	}
	call.id = h.ID
	o := &c.obj
	o.Str("tool_name", call.tool).Raw("arguments", rawOf(p.Get("arguments"))).Str("tool_use_id", call.useID)
	var s event.Object
	s.Str("name", c.server())
	if s.Len() > 0 {
		o.Raw("mcp_server", s.Bytes())
	}
	if msg := p.Get("arguments.message"); msg.Get("parts").IsArray() && msg.Get("messageId").Exists() && msg.Get("role").Exists() {
		// A tool that passes an A2A message on.
		o.Str("event_subtype", "a2a_call").True("a2a_guessed", true).Str("agent_id", c.server()).Str("task", partsText(msg))
	}
	o.Raw("request_id", call.request).Str("prompt_id", p.Get("_meta.x-codex-turn-metadata.turn_id").String())
	return c.give(h)
}

// whose reads what the agent says of a call: its own id of it, and the session.
func (c *Conn) whose(meta gjson.Result, call *call) {
	if id := meta.Get("claudecode/toolUseId"); id.Type == gjson.String {
		call.useID = id.Str
	} else if id := meta.Get("callId"); id.Type == gjson.String {
		call.useID = id.Str
	}
	if !c.own {
		return
	}
	for _, path := range []string{"x-codex-turn-metadata.thread_id", "x-codex-turn-metadata.session_id", "threadId", "sessionId"} {
		if id := meta.Get(path); id.Type == gjson.String && id.Str != "" && len(id.Str) <= 256 {
			call.session = id.Str
			if c.peers.parent == "" {
				c.peers.parent, c.peers.changed = id.Str, true
			}
			return
		}
	}
}

// sampling makes an llm_request: the server asks for an answer of the client's
// model.
func (c *Conn) sampling(m *message, call *call) error {
	h := c.header("llm_request", m.nano, m.timed)
	call.id, call.outcome = h.ID, c.id("llm_response")
	p := gjson.ParseBytes(m.params)
	o := &c.obj
	model := p.Get("model")
	if model.Type != gjson.String {
		model = p.Get("modelPreferences.hints.0.name")
	}
	o.Str("model", model.String())
	if list := p.Get("messages"); list.IsArray() {
		all := list.Array()
		o.Int("message_count", int64(len(all)))
		if n := len(all); n > 0 && all[n-1].IsObject() {
			o.Raw("last_message", []byte(all[n-1].Raw))
		}
	}
	if id := gjson.ParseBytes(call.request); id.Exists() {
		o.Str("request_id", id.String())
	}
	o.Str("method", m.method).Str("server", c.server()).Raw("params", m.params)
	return c.give(h)
}

// learn reads what requests of protocol 2026-07-28 say of the client: there is
// no initialize.
func (c *Conn) learn(m *message) {
	if m.from != Client || c.peers.client != nil {
		return
	}
	meta := metaOf(m.params)
	info := rawOf(meta.Get(`io\.modelcontextprotocol/clientInfo`))
	if info == nil {
		return
	}
	c.peers.client = info
	c.peers.clientCan = rawOf(meta.Get(`io\.modelcontextprotocol/clientCapabilities`))
	c.peers.version = rawOf(meta.Get(`io\.modelcontextprotocol/protocolVersion`))
	c.peers.known = true
	c.peers.changed = m.method != "server/discover" // which tells more
}

// pathOf returns the path of a file URI, "" if it is another one.
func pathOf(uri string) string {
	path, ok := strings.CutPrefix(uri, "file://")
	if !ok || !strings.HasPrefix(path, "/") {
		return ""
	}
	plain, err := url.PathUnescape(path)
	if err != nil {
		return path
	}
	return plain
}
