package mcp

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/payload"
	"agenttrace/lib/event"
)

// find returns the request that a message answers, nil if it is not known.
func (c *Conn) find(m *message) *call {
	if m.id == "" && !c.only(m) {
		return nil
	}
	asked := []Side{m.from.other()}
	if m.from == Unknown {
		asked = []Side{Client, Server}
	}
	for _, side := range asked {
		if call := c.pending[key{side, m.id}]; call != nil {
			m.from = side.other()
			return call
		}
	}
	return nil
}

// only finds the request that an error without an id answers, and gives it that
// id: a server that has refused a message unread says so in the answer to it,
// which is known by its tag. With more requests than one it can be any of them.
func (c *Conn) only(m *message) bool {
	if c.tag == 0 || m.Record == nil || !m.Has("error") {
		return false
	}
	for k, call := range c.pending {
		if call.tag != c.tag || k.from != m.from.other() {
			continue
		}
		if m.id != "" {
			m.id = ""
			return false
		}
		m.id = k.id
	}
	return m.id != ""
}

// close forgets the request that a message answers.
func (c *Conn) close(m *message) {
	k := key{m.from.other(), m.id}
	delete(c.pending, k)
	switch {
	case c.tag == 0 || m.id == "" || len(m.id) > maxID:
	case len(c.answered) < maxAnswered:
		c.answered = append(c.answered, k)
	default:
		c.answered[c.oldest] = k
		c.oldest = (c.oldest + 1) % maxAnswered
	}
}

// guess makes a call of an answer without its request: what it answers can be
// told by its shape where the shape is that of nothing else.
func guess(m *message) *call {
	call := &call{request: m.Get("id")}
	r := gjson.ParseBytes(m.Get("result"))
	switch {
	case r.Get("serverInfo").IsObject() && r.Get("protocolVersion").Exists():
		call.method = "initialize"
	case r.Get("tools").IsArray():
		call.method = "tools/list"
	case r.Get("content").IsArray():
		call.method = "tools/call"
	case r.Get("stopReason").Exists() && r.Get("model").Exists():
		call.method = "sampling/createMessage"
	}
	return call
}

// answer takes the answer to a request.
func (c *Conn) answer(m *message) error {
	call := c.find(m)
	if call == nil {
		if c.replay && m.id != "" && slices.Contains(c.answered, key{m.from.other(), m.id}) {
			return nil
		}
		call = guess(m)
		call.session, call.outcome = c.session, c.id("mcp_result")
	}
	result, failure := m.Get("result"), m.Get("error")
	if call.a2a && failure == nil && call.method != "message/send" && call.method != "SendMessage" {
		if done, err := c.a2aUpdate(m, call, result); !done {
			return err
		}
	}
	c.close(m)
	if failure != nil {
		return c.failed(m, call, failure)
	}
	switch call.method {
	case "initialize":
		c.initialized(call, result)
		return nil
	case "server/discover":
		c.discovered(result)
		return nil
	case "ping":
		return nil
	case "tools/list":
		return c.listed(m, call, result)
	case "tools/call":
		return c.toolResult(m, call, result)
	case "sampling/createMessage", "completion/create":
		return c.sampled(m, call, result)
	}
	if call.a2a {
		return c.a2aResult(m, call, result)
	}
	return c.give(c.plain(m, call))
}

// outcomeOf begins the event of an answer.
func (c *Conn) outcomeOf(typ string, m *message, call *call) event.Header {
	h := event.Header{Type: typ, UnixNano: m.nano, Untimed: !m.timed, ID: call.outcome, Session: call.session, Parent: call.id}
	if call.timed && m.timed && m.nano >= call.nano {
		took := m.nano - call.nano
		h.Nanos = &took
	}
	return h
}

// plain makes the mcp_message of an answer.
func (c *Conn) plain(m *message, call *call) event.Header {
	h := c.outcomeOf("mcp_message", m, call)
	o := &c.obj
	o.Str("kind", "result").Str("method", call.method).Str("from", m.from.String()).Str("server", c.server())
	o.Raw("request_id", call.request)
	if r := m.Get("result"); r != nil {
		o.Raw("result", r)
	} else {
		o.Raw("error", m.Get("error"))
	}
	return h
}

// failed makes the event of an answer that is an error.
func (c *Conn) failed(m *message, call *call, failure []byte) error {
	if call.method == "server/discover" {
		// Not an error: it is how a client learns that the server is an older one.
		return c.give(c.plain(m, call))
	}
	e := gjson.ParseBytes(failure)
	o := &c.obj
	kind := "mcp"
	if call.tool != "" || call.a2a {
		kind = "tool"
	}
	o.Str("kind", kind).Str("tool_name", call.tool)
	if msg := e.Get("message"); msg.Type == gjson.String {
		o.Text("error", msg.Str)
	} else {
		o.Raw("error", failure)
	}
	if code := e.Get("code"); code.Type == gjson.Number {
		o.Raw("code", []byte(code.Raw))
	}
	o.Str("tool_use_id", call.useID).True("is_interrupt", call.cancelled).Str("method", call.method)
	o.Raw("detail", rawOf(e.Get("data")))
	c.about(call)
	return c.give(c.outcomeOf("error", m, call))
}

// toolResult makes a tool_result, or an error if the tool says that it failed.
func (c *Conn) toolResult(m *message, call *call, result []byte) error {
	r := gjson.ParseBytes(result)
	if r.Get("resultType").String() == "input_required" {
		if state := r.Get("requestState"); len(c.waiting) < maxPending {
			c.wait(state.Raw, call)
		}
		h := c.plain(m, call)
		h.ID = c.id("mcp_result")
		return c.give(h)
	}
	o := &c.obj
	if r.Get("isError").Type == gjson.True {
		said := payload.Text(rawOf(r.Get("content")))
		o.Str("kind", "tool").Str("tool_name", call.tool)
		if said != "" {
			o.Str("error", said)
		} else {
			o.Raw("error", result)
		}
		o.Raw("result", result).Str("tool_use_id", call.useID).True("cancelled", call.cancelled)
		c.about(call)
		return c.give(c.outcomeOf("error", m, call))
	}
	o.Str("tool_name", call.tool).Raw("result", result).Str("tool_use_id", call.useID).True("cancelled", call.cancelled)
	c.about(call)
	return c.give(c.outcomeOf("tool_result", m, call))
}

// wait keeps a call that has asked for input.
func (c *Conn) wait(state string, asked *call) {
	if c.waiting == nil {
		c.waiting = map[string]*call{}
	}
	c.waiting[state] = asked
}

// sampled makes an llm_response. What it cost is not told to the server.
func (c *Conn) sampled(m *message, call *call, result []byte) error {
	r := gjson.ParseBytes(result)
	o := &c.obj
	o.Str("model", r.Get("model").String()).Str("stop_reason", r.Get("stopReason").String())
	o.Str("method", call.method).Str("server", c.server()).Raw("result", result)
	return c.give(c.outcomeOf("llm_response", m, call))
}

// initialized notes what the two sides say of themselves.
func (c *Conn) initialized(call *call, result []byte) {
	asked, r := gjson.ParseBytes(call.params), gjson.ParseBytes(result)
	p := c.peers
	set := func(to *[]byte, v gjson.Result) {
		if raw := rawOf(v); raw != nil {
			*to = append([]byte(nil), raw...)
		}
	}
	set(&p.client, asked.Get("clientInfo"))
	set(&p.clientCan, asked.Get("capabilities"))
	set(&p.version, r.Get("protocolVersion"))
	set(&p.server, r.Get("serverInfo"))
	set(&p.serverCan, r.Get("capabilities"))
	set(&p.instructions, r.Get("instructions"))
	p.known, p.changed = true, true
}

// unheard tells what a client said of itself that no server answered.
func (c *Conn) unheard() error {
	if c.peers.known || !c.started {
		return nil
	}
	for _, call := range c.pending {
		if call.method == "initialize" && gjson.GetBytes(call.params, "clientInfo").Exists() {
			c.initialized(call, nil)
			return c.start()
		}
	}
	return nil
}

// discovered is initialized for protocol 2026-07-28.
func (c *Conn) discovered(result []byte) {
	r := gjson.ParseBytes(result)
	p := c.peers
	for _, v := range []gjson.Result{r.Get("serverInfo"), r.Get(`_meta.io\.modelcontextprotocol/serverInfo`)} {
		if raw := rawOf(v); raw != nil {
			p.server = raw
		}
	}
	p.serverCan, p.instructions = rawOf(r.Get("capabilities")), rawOf(r.Get("instructions"))
	if v := rawOf(r.Get("supportedVersions.0")); v != nil && p.version == nil {
		p.version = v
	}
	p.known, p.changed = true, true
}

// A digest is what a tool was when it was listed. It holds no text of it.
type digest struct{ description, definition string }

// maxTools bounds the tools that are remembered.
const maxTools = 1 << 14

func hash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// listed makes the event of a tools/list: the list as it came, and the hashes
// of its tools: of the description, which the model reads, and of all of the
// definition, whatever the order of its keys. A tool that is not what it was
// when it was listed before is told of.
func (c *Conn) listed(m *message, call *call, result []byte) error {
	h := c.plain(m, call)
	var changed []func() error
	var tools []byte
	for i, t := range gjson.GetBytes(result, "tools").Array() {
		if !t.IsObject() {
			continue
		}
		name := t.Get("name").String()
		now := digest{hash([]byte(t.Get("description").String())), hash(canonical([]byte(t.Raw)))}
		var o event.Object
		o.Str("name", name).Str("description_sha256", now.description).Str("definition_sha256", now.definition)
		tools = append(append(tools, ','), o.Bytes()...)
		was, known := c.t.tools[name]
		if known && was != now {
			changed = append(changed, func() error { return c.toolChanged(m, call, i, t, was, now) })
		}
		if known || len(c.t.tools) < maxTools {
			if c.t.tools == nil {
				c.t.tools = map[string]digest{}
			}
			c.t.tools[name] = now
		}
	}
	if len(tools) > 0 {
		tools[0] = '['
		c.obj.Raw("tools", append(tools, ']'))
	}
	if err := c.give(h); err != nil {
		return err
	}
	for _, tell := range changed {
		if err := tell(); err != nil {
			return err
		}
	}
	return nil
}

// toolChanged tells that a tool is not what it was.
func (c *Conn) toolChanged(m *message, call *call, i int, t gjson.Result, was, now digest) error {
	name := t.Get("name").String()
	h := c.header("tool_changed", m.nano, m.timed)
	h.ID, h.Parent = event.ID(c.session, "tool_changed", c.label, fmt.Sprint(c.seq), fmt.Sprint(i)), call.outcome
	what := "definition"
	if was.description != now.description {
		what = "description"
	}
	c.obj.Str("tool_name", ToolName(c.server(), name)).Str("server", c.server()).Str("changed", what)
	c.obj.Str("description", t.Get("description").String()).Raw("definition", []byte(t.Raw))
	c.obj.Str("description_sha256", now.description).Str("was_description_sha256", was.description)
	c.obj.Str("definition_sha256", now.definition).Str("was_definition_sha256", was.definition)
	return c.give(h)
}
