package mcp

import (
	"bytes"
	"regexp"
	"strings"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// desktopLine is a line of the logs that Claude Desktop writes of its MCP
// servers (mcp-server-<name>.log, mcp.log), as seen in logs of 2025 and 2026:
//
//	2026-11-22T07:00:00.000Z [files] [info] Message from client: {…}
var desktopLine = regexp.MustCompile(`^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z) \[([^\]]*)\] \[(error|warn|info|debug|verbose|silly)\] (.*)$`)

// metadata is what newer versions write behind what they say.
var metadata = []byte("{ metadata: undefined }")

// textKey is the member of a record that holds the text of a line.
const textKey = "mcp_log_text"

// IsTextLog reports whether a line is one of a log that is text, with the
// messages of a server among what the client and the server said. It needs to
// be asked only of lines that are not JSON.
func IsTextLog(line []byte) bool {
	return len(line) > 20 && line[0] >= '0' && line[0] <= '9' && desktopLine.Match(line)
}

// IsTextRecord reports whether a record was made by TextRecord, of a line without
// a message.
func IsTextRecord(r *record.Record) bool { return r.Has(textKey) }

// TextRecord makes a record of a line of such a log. A line that has not its
// form is what the server wrote to its standard error.
func TextRecord(line []byte) []byte {
	var o event.Object
	m := desktopLine.FindSubmatch(line)
	if m == nil {
		return o.Str("from", "server").Text(textKey, string(line)).Bytes()
	}
	o.Str("timestamp", string(m[1])).Str("server", string(m[2])).Str("level", string(m[3]))
	said := bytes.TrimSpace(bytes.TrimSuffix(bytes.TrimSpace(m[4]), metadata))
	for _, side := range []Side{Client, Server} {
		message, ok := bytes.CutPrefix(said, []byte("Message from "+side.String()+": "))
		if !ok {
			continue
		}
		o.Str("from", side.String())
		if _, err := event.Check(message); err == nil {
			return o.Raw("message", message).Bytes()
		}
		said = message // cut, since it was long
		break
	}
	return o.Text(textKey, string(said)).Bytes()
}

// text takes a line of a text log that holds no message: what a server wrote to
// its standard error, or what the client says of the connection, which is
// bookkeeping unless something went wrong.
func (r *reader) text(rec *record.Record) error {
	said := rec.Str(textKey)
	at, timed := record.Nanos(rec.Get("timestamp"))
	c := r.logged(rec.Str("server"), rec.Raw, strings.HasPrefix(said, "Initializing server"))
	if !timed {
		at, timed = r.at, r.timed
	}
	r.at, r.timed = at, timed
	from := Unknown
	switch rec.Str("from") {
	case "client":
		from = Client
	case "server":
		from = Server
	}
	if from != Unknown || rec.Is("level", "error") || rec.Is("level", "warn") || r.sink.All {
		if err := c.Begin(at, timed); err != nil {
			return err
		}
		if err := c.text(from, at, timed, []byte(said)); err != nil {
			return err
		}
	}
	if strings.HasPrefix(said, "Server transport closed") {
		return c.Close(at, timed, End{Reason: said})
	}
	return nil
}

// logged returns the connection to a server that a line of a text log belongs
// to: of one that names no server, that of the line before it. isNew says that
// another one begins, unless nothing was said in the one before.
func (r *reader) logged(server string, raw []byte, isNew bool) *Conn {
	c := r.byServer[server]
	if server == "" {
		c = r.last
	}
	if c == nil || isNew && (c.closed || c.hello) {
		session := Name + "-" + event.ID(r.file.Session, "mcp", base(r.file.Name), string(raw))
		t := &Tracer{Emit: r.sink.Emit, Name: server, Start: r.start}
		c = t.Open(session)
		if server != "" {
			r.byServer[server] = c
		}
	}
	r.last = c
	return c
}
