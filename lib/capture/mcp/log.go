package mcp

import (
	"errors"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// Name is the name of the reader.
const Name = "mcp"

// Agent is logs of MCP. They have no folder of their own.
var Agent = dialect.Agent{Name: Name, Title: "MCP", New: New}

// New returns a reader that gives its events to the sink.
func New(sink *dialect.Sink) dialect.Reader { return &reader{sink: sink} }

// A reader reads logs.
type reader struct {
	sink  *dialect.Sink
	file  dialect.File
	conns map[string]*Conn // by what the records call their session
	last  *Conn
	opens int // sessions that have no name of their own

	byServer map[string]*Conn // in a text log
	at       int64            // the time of the last line there
	timed    bool
}

// Is reports whether a record is a message, or holds one.
func (r *reader) Is(rec *record.Record) bool {
	if isMessage(rec) || isPython(rec) || rec.Has(textKey) {
		return true
	}
	if rec.Has("hook_event_name") || rec.Has("event_type") || rec.Has("parentUuid") {
		return false
	}
	_, ok := inner(rec)
	return ok
}

func isMessage(rec *record.Record) bool {
	return rec.Is("jsonrpc", "2.0") && (rec.Has("method") || rec.Has("result") || rec.Has("error"))
}

// holders are the members that hold a message in the records of a log.
var holders = []string{"message", "msg", "payload", "data", "body", "content", "raw", "line", "request", "response", "jsonrpc_message"}

// inner returns the message in a record that holds one: as an object, as a
// batch, or as a string.
func inner(rec *record.Record) (raw []byte, ok bool) {
	for _, name := range holders {
		v := rec.Get(name)
		if len(v) < 2 {
			continue
		}
		if v[0] == '"' {
			if !strings.Contains(string(v), `jsonrpc`) {
				continue
			}
			v = []byte(strings.TrimSpace(event.Unquote(v)))
			if _, err := event.Check(v); err != nil || len(v) == 0 {
				continue
			}
		}
		first := v
		if v[0] == '[' {
			first = nil
			record.Elements(v, func(el []byte) {
				if first == nil {
					first = el
				}
			})
		}
		var m record.Record
		if len(first) > 0 && first[0] == '{' && m.Parse(first) == nil && isMessage(&m) {
			return v, true
		}
	}
	return nil, false
}

// Begin starts a file.
func (r *reader) Begin(f dialect.File) {
	r.file, r.conns, r.last = f, map[string]*Conn{}, nil
	r.byServer, r.at, r.timed = map[string]*Conn{}, 0, false
}

// End ends a file. What it leaves open is not known to have no answer.
func (r *reader) End() error {
	var errs []error
	for _, conns := range []map[string]*Conn{r.conns, r.byServer} {
		for _, name := range slices.Sorted(maps.Keys(conns)) {
			c := conns[name]
			for side := range c.parts {
				c.parts[side].buf = nil
			}
			errs = append(errs, c.unheard())
		}
	}
	return errors.Join(errs...)
}

// Take makes the events of a record.
func (r *reader) Take(rec *record.Record, _ int64) error {
	if rec.Has(textKey) {
		return r.text(rec)
	}
	raw := rec.Raw
	var when, who, session []byte
	if !isMessage(rec) {
		var ok bool
		if raw, ok = inner(rec); ok {
			who = first(rec, "direction", "dir", "from", "source", "sender", "side", "role", "type")
		} else if raw, ok = python(rec); ok {
			who = []byte(`"client"`)
			if rec.Is("type", "response") {
				who = []byte(`"server"`)
			}
		} else {
			return dialect.Problem("a record that is not known to be MCP's")
		}
		when = first(rec, "timestamp", "time", "ts", "@timestamp", "at")
		session = first(rec, "session_id", "sessionId", "session", "connection_id", "connectionId")
	}
	at, timed := record.Nanos(when)
	var c *Conn
	if server := rec.Str("server"); server != "" && rec.Has("level") {
		c = r.logged(server, rec.Raw, isHello(raw))
		c.hello = c.hello || isHello(raw)
		r.at, r.timed = at, timed
	} else {
		c = r.of(record.Text(session), raw)
	}
	return c.Message(side(record.Text(who)), at, timed, raw)
}

// first returns the value of the first of these keys that is there.
func first(rec *record.Record, keys ...string) []byte {
	for _, k := range keys {
		if v := rec.Get(k); v != nil {
			return v
		}
	}
	return nil
}

// side reads who sent a message. In and out say nothing: it is not known which
// of the two wrote the log.
func side(s string) Side {
	s = strings.ToLower(s)
	from, _, _ := strings.Cut(s, "to")
	for _, sep := range []string{"->", "→", "=>", "2", ">"} {
		if before, _, ok := strings.Cut(s, sep); ok {
			from = before
			break
		}
	}
	switch strings.Trim(from, " _-") {
	case "client", "c", "host", "agent", "user":
		return Client
	case "server", "s":
		return Server
	}
	return Unknown
}

// of returns the connection that a message belongs to. A record that names no
// session belongs to that of the record before it, until a client says hello
// again.
func (r *reader) of(session string, raw []byte) *Conn {
	if session == "" && r.last != nil && !(r.last.seq > 0 && isHello(raw)) {
		return r.last
	}
	if session == "" {
		session = r.file.Session
		if session == "" || r.opens > 0 {
			session = Name + "-" + event.ID(session, "mcp", base(r.file.Name), string(raw), Label("", r.opens))
		}
		r.opens++
	}
	c := r.conns[session]
	if c == nil {
		t := &Tracer{Emit: r.sink.Emit, Start: r.start}
		c = t.Open(session)
		r.conns[session] = c
	}
	r.last = c
	return c
}

func (r *reader) start(o *event.Object) {
	if r.sink.Origin != nil {
		r.sink.Origin("", o)
	}
}

func base(name string) string { return path.Base(strings.ReplaceAll(name, `\`, "/")) }

func isHello(raw []byte) bool { return gjson.GetBytes(raw, "method").Str == "initialize" }

// pythonMethods are the methods of the Python SDK's ClientSession.
var pythonMethods = map[string]string{
	"initialize": "initialize", "list_tools": "tools/list", "call_tool": "tools/call", "list_resources": "resources/list",
	"list_resource_templates": "resources/templates/list", "read_resource": "resources/read", "list_prompts": "prompts/list",
	"get_prompt": "prompts/get", "send_ping": "ping", "complete": "completion/complete", "set_logging_level": "logging/setLevel",
	"subscribe_resource": "resources/subscribe", "unsubscribe_resource": "resources/unsubscribe",
}

// isPython reports whether a record is of a call of the Python SDK.
func isPython(rec *record.Record) bool {
	if !rec.Is("type", "request") && !rec.Is("type", "response") || !rec.Has("count") {
		return false
	}
	return pythonMethods[rec.Str("method")] != "" && (rec.Has("args") || rec.Has("result") || rec.Has("error"))
}

// python returns the message that a call of the Python SDK, or what it returned,
// stands for.
func python(rec *record.Record) (raw []byte, ok bool) {
	if !isPython(rec) {
		return nil, false
	}
	var o, p event.Object
	o.Str("jsonrpc", "2.0").Raw("id", rec.Get("count"))
	method := pythonMethods[rec.Str("method")]
	if rec.Is("type", "response") {
		switch failure := rec.Get("error"); {
		case failure == nil:
			o.Raw("result", first(rec, "result"))
			if rec.Get("result") == nil {
				o.Raw("result", []byte("{}"))
			}
		case failure[0] == '{':
			o.Raw("error", failure)
		default:
			p.Raw("message", failure)
			o.Raw("error", p.Bytes())
		}
		return o.Bytes(), true
	}
	args, named := gjson.ParseBytes(rec.Get("args")), gjson.ParseBytes(rec.Get("kwargs"))
	add := func(name string, at int) {
		v := named.Get(name)
		if !v.Exists() && args.IsArray() {
			if list := args.Array(); at < len(list) {
				v = list[at]
			}
		}
		p.Raw(name, rawOf(v))
	}
	switch method {
	case "tools/call", "prompts/get":
		add("name", 0)
		add("arguments", 1)
	case "resources/read", "resources/subscribe", "resources/unsubscribe":
		add("uri", 0)
	}
	return o.Str("method", method).Raw("params", p.Bytes()).Bytes(), true
}
