package mcp

import (
	"strconv"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// A Side is one end of a connection.
type Side uint8

// The sides. Unknown is for logs that do not tell.
const (
	Unknown Side = iota
	Client
	Server
)

func (s Side) String() string { return [...]string{"", "client", "server"}[s] }

// other returns the side that a message goes to.
func (s Side) other() Side {
	switch s {
	case Client:
		return Server
	case Server:
		return Client
	}
	return Unknown
}

// A Tracer is what the connections to one server have in common.
type Tracer struct {
	// Emit is given each event as one line without a newline. The bytes may be
	// used again when it returns.
	Emit func(line []byte) error
	// Name is how the agent calls the server; "" if that is not known.
	Name string
	// URL is where the server is reached, without user and query; "" on stdio.
	URL string
	// Start adds to a session_start what is known of the process or the log.
	Start func(*event.Object)

	tools map[string]digest // what each tool was when it was listed last
}

// A Conn is one connection. It is for one goroutine at a time.
type Conn struct {
	t       *Tracer
	session string
	own     bool   // the session is this connection and nothing else
	label   string // tells the connection apart from others in its session

	began   int64
	timed   bool
	started bool
	closed  bool
	hello   bool // initialize was sent, where a log tells it
	peers   *peers
	tag     int  // of the messages that are being read, see Tag
	replay  bool // they may have been read before, see Replay

	answered []key // the latest of the requests with a tag that were answered
	oldest   int   // of these, when they are maxAnswered

	seq     int // of messages
	pending map[key]*call
	waiting map[string]*call // calls that asked for input, by requestState
	parts   [3]partial       // by Side
	buf     []byte
	obj     event.Object
}

// peers is what the two sides say of themselves.
type peers struct {
	parent string // the session of the agent, where messages tell it

	version, client, server, clientCan, serverCan, instructions []byte

	known   bool // some of that
	changed bool // since it was told
}

// A key is the id of a request and the side that made it.
type key struct {
	from Side
	id   string
}

// A call is a request that has not been answered.
type call struct {
	seq       int
	tag       int
	method    string
	session   string
	id        string // of its event; "" if it has none
	outcome   string // of the event of its answer
	tool      string // the tool_name
	useID     string // the agent's id of it
	request   []byte // the JSON-RPC id
	progress  string // the token of its progress notifications
	nano      int64
	timed     bool
	params    []byte // of initialize
	cancelled bool
	reason    string // of that
	a2a       bool
	last      []byte // the latest of several answers
}

// maxPending bounds the requests that are remembered of a connection. Those
// beyond it are told, and their answers are not paired.
const maxPending = 1 << 16

// Join returns a connection within a session of the agent. label tells it apart
// from every other connection in that session.
func (t *Tracer) Join(session, label string) *Conn {
	return &Conn{t: t, session: session, label: label, pending: map[key]*call{}, peers: &peers{}}
}

// Open returns a connection that is a session of its own.
func (t *Tracer) Open(session string) *Conn {
	c := t.Join(session, "")
	c.own = true
	return c
}

// Within returns a connection whose events go to the session of c, and whose
// requests are paired apart from those of c: a client that keeps no state. c
// must have begun.
func (c *Conn) Within(label string) *Conn {
	n := c.t.Join(c.session, label)
	n.own, n.started, n.began, n.timed, n.peers = c.own, true, c.began, c.timed, c.peers
	return n
}

// Session returns the id of the session.
func (c *Conn) Session() string { return c.session }

// Tag marks the requests that are read from now on, for Fail.
func (c *Conn) Tag(tag int) { c.tag = tag }

// Replay says whether the messages that are read from now on are of a stream that
// goes on where another ended: the server sends again what the client may not
// have got. Answers that were told are not told again.
func (c *Conn) Replay(on bool) { c.replay = on }

// maxAnswered bounds the answered requests that are remembered of a connection,
// and maxID the length of an id that is.
const (
	maxAnswered = 64
	maxID       = 64
)

// Begin tells that the connection began, unless that was told.
func (c *Conn) Begin(nano int64, timed bool) error {
	if c.started {
		return nil
	}
	c.started, c.began, c.timed = true, nano, timed
	return c.start()
}

// start tells what is known of the connection. It is told again, with the same
// id, when more is known.
func (c *Conn) start() error {
	c.peers.changed = false
	h := event.Header{Type: "mcp_server", UnixNano: c.began, Untimed: !c.timed, Session: c.session}
	h.ID = event.ID(c.session, "mcp_server", c.t.Name, c.label)
	o := &c.obj
	if c.own {
		h.Type, h.ID = "session_start", payload.StartID(c.session)
		o.Str("agent", "mcp").Str("title", c.t.Name).Str("parent_session_id", c.peers.parent)
	}
	if c.t.Start != nil {
		c.t.Start(o)
	}
	o.Str("server", c.t.Name)
	if c.peers.known {
		var m event.Object
		m.Raw("protocol_version", c.peers.version).Raw("client", c.peers.client).Raw("server_info", c.peers.server)
		m.Raw("client_capabilities", c.peers.clientCan).Raw("server_capabilities", c.peers.serverCan)
		m.Raw("instructions", c.peers.instructions)
		o.Raw("mcp", m.Bytes())
	}
	return c.give(h)
}

// give emits the event with the data in c.obj.
func (c *Conn) give(h event.Header) error {
	c.buf = event.Append(c.buf[:0], h, c.obj.Bytes())
	c.obj.Reset()
	err := c.t.Emit(c.buf)
	if cap(c.buf) > 1<<20 { // memory is not kept for the one large message
		c.buf = nil
		c.obj = event.Object{}
	}
	return err
}

// id returns the id of an event of the message that is being read.
func (c *Conn) id(kind string) string { return event.ID(c.session, kind, c.label, strconv.Itoa(c.seq)) }

// header begins an event of the message that is being read.
func (c *Conn) header(typ string, nano int64, timed bool) event.Header {
	return event.Header{Type: typ, UnixNano: nano, Untimed: !timed, ID: c.id(typ), Session: c.session}
}

// Message makes the events of a message or a batch of them: one JSON value,
// which from has sent. What is none is told as text.
func (c *Conn) Message(from Side, nano int64, timed bool, raw []byte) error {
	if err := c.Begin(nano, timed); err != nil {
		return err
	}
	if _, err := event.Check(raw); err != nil {
		return c.text(from, nano, timed, raw)
	}
	return c.value(from, nano, timed, raw)
}

// value is Message for what is valid JSON.
func (c *Conn) value(from Side, nano int64, timed bool, raw []byte) error {
	v := gjson.ParseBytes(raw)
	if v.IsArray() {
		var err error
		n := 0
		record.Elements([]byte(v.Raw), func(el []byte) {
			n++
			if err == nil {
				err = c.one(from, nano, timed, el)
			}
		})
		if n == 0 {
			return c.text(from, nano, timed, raw)
		}
		return err
	}
	return c.one(from, nano, timed, []byte(v.Raw))
}

// one makes the events of a single message.
func (c *Conn) one(from Side, nano int64, timed bool, raw []byte) error {
	var r record.Record
	if len(raw) == 0 || raw[0] != '{' || r.Parse(raw) != nil {
		return c.text(from, nano, timed, raw)
	}
	c.seq++
	m := message{Record: &r, from: from, nano: nano, timed: timed}
	m.method = r.Str("method")
	m.params, m.id = r.Get("params"), idOf(r.Get("id"))
	var err error
	switch {
	case m.method != "":
		if from == Unknown {
			m.from = sender(m.method, m.id == "")
		}
		if m.id == "" && !r.Has("id") {
			err = c.notification(&m)
		} else {
			err = c.request(&m)
		}
	case r.Has("result") || r.Has("error"):
		err = c.answer(&m)
	default:
		return c.text(from, nano, timed, raw)
	}
	if err == nil && c.peers.changed {
		err = c.start()
	}
	return err
}

// A message is one JSON-RPC message.
type message struct {
	*record.Record
	from   Side
	nano   int64
	timed  bool
	method string
	params []byte
	id     string // see idOf
}

// idOf returns what ids are compared by, "" if there is none.
func idOf(raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	switch v := gjson.ParseBytes(raw); v.Type {
	case gjson.String:
		return "s" + v.Str
	case gjson.Number:
		if v.Num == float64(int64(v.Num)) && v.Num < 1<<53 && v.Num > -1<<53 {
			return strconv.FormatInt(int64(v.Num), 10)
		}
		return string(raw)
	}
	return ""
}

// sender returns the side that sends a method.
func sender(method string, notification bool) Side {
	switch method {
	case "sampling/createMessage", "elicitation/create", "roots/list", "notifications/message",
		"notifications/resources/updated", "notifications/resources/list_changed", "notifications/tools/list_changed",
		"notifications/prompts/list_changed", "notifications/elicitation/complete", "notifications/tasks/status":
		return Server
	case "notifications/progress":
		return Server
	}
	if notification && method != "notifications/initialized" && method != "notifications/cancelled" && method != "notifications/roots/list_changed" {
		return Server
	}
	return Client
}

// metaOf returns params._meta.
func metaOf(params []byte) gjson.Result { return gjson.GetBytes(params, "_meta") }

// rawOf returns the bytes of a value, nil if there is none.
func rawOf(v gjson.Result) []byte {
	if !v.Exists() || v.Type == gjson.Null {
		return nil
	}
	return []byte(v.Raw)
}
