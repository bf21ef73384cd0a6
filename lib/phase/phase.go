package phase

import (
	"bytes"
	"strconv"
	"time"

	"agenttrace/lib/event"
)

// A Phase is a stretch of a session in which the agent did one thing.
type Phase struct {
	Session      *Session
	Number       int    // in its session, from 1
	Title        string // the prompt, or what was done; as it came, not safe for a terminal
	Intent       string // the kind of activity; see the package comment
	Failed       bool   // it ended with a failure that nothing made good
	About        string // event_id of its first event, as it stands in the line, without quotes
	Timed        bool   // Start and End are known
	Start, End   int64  // nanoseconds since 1970
	Events       int
	FilesRead    []string // as the agent gave them
	FilesWritten []string
	Commands     []Command
	Retries      int
	Wasted       time.Duration // of failed attempts
}

// A Command is a shell line that was run.
type Command struct {
	Line   string // cut to 500 bytes
	Event  int    // number of its tool_call in the session
	Failed bool
	Retry  bool
}

// A Session is what is known of a session as a whole.
type Session struct {
	ID     string
	Cwd    string // where it was started, "" if it is not known
	Events int    // without records
	Timed  bool   // Start and End are known
	Start  int64  // nanoseconds since 1970, of the first event that has a time
	End    int64  // of the latest event
}

// Duration returns the time from the first event to the last, 0 if it is not
// known.
func (s *Session) Duration() time.Duration { return time.Duration(s.End - s.Start) }

// Append appends the phase as a record, one line without a newline.
func (p *Phase) Append(dst []byte) []byte {
	var d event.Object
	d.Int("number", int64(p.Number)).Text("title", p.Title).Str("intent", p.Intent).True("failed", p.Failed)
	if p.Timed {
		d.Int("start", p.offset(p.Start).Milliseconds()).Int("end", p.offset(p.End).Milliseconds())
	}
	d.Int("events", int64(p.Events))
	d.Raw("files_read", list(p.FilesRead)).Raw("files_written", list(p.FilesWritten))
	d.Raw("commands", p.commands())
	d.Int("retries", int64(p.Retries)).Int("wasted_ms", p.Wasted.Milliseconds())
	h := event.Header{
		Type: "phase", UnixNano: p.End, ID: event.ID(p.Session.ID, "phase", strconv.Itoa(p.Number)),
		Session: p.Session.ID, Parent: p.About,
	}
	if p.Timed {
		return event.Append(dst, h, d.Bytes())
	}
	// A time that is not known is not told.
	h.UnixNano = 0
	line := event.Append(nil, h, d.Bytes())
	return append(dst, bytes.Replace(line, []byte(`"timestamp":0.000000,`), nil, 1)...)
}

// offset returns a time as the distance from the session's first event.
func (p *Phase) offset(ns int64) time.Duration { return time.Duration(max(0, ns-p.Session.Start)) }

// list returns the names as a JSON array, empty or not.
func list(names []string) []byte {
	b := []byte{'['}
	for i, n := range names {
		if i > 0 {
			b = append(b, ',')
		}
		b = event.AppendString(b, n)
	}
	return append(b, ']')
}

func (p *Phase) commands() []byte {
	b := []byte{'['}
	for i, c := range p.Commands {
		if i > 0 {
			b = append(b, ',')
		}
		var o event.Object
		o.Text("command", c.Line).Int("event", int64(c.Event)).True("failed", c.Failed).True("retry", c.Retry)
		b = append(b, o.Bytes()...)
	}
	return append(b, ']')
}
