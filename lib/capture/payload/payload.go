// Package payload is what the readers of several agents' records have in
// common: how an event is written of a record that is passed on nearly as it
// is, and how calls and outcomes are paired that have no id in common.
package payload

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// An Emitter builds the data of an event and gives it to a sink.
type Emitter struct {
	*dialect.Sink
	event.Object // the data of the next event

	buf []byte
}

// Give gives the event with the data that has been built, and begins the next.
func (e *Emitter) Give(h event.Header) error {
	e.buf = event.Append(e.buf[:0], h, e.Fit(h.Type).Bytes())
	e.Reset()
	return e.Emit(e.buf)
}

// Rest adds all members of a record: under another name if names has one, not
// at all if that is "", and not those that are null or empty strings: absent
// means unknown. Those that are done already are named as in the event.
func (e *Emitter) Rest(r *record.Record, names map[string]string, done ...string) {
	r.Each(func(k, v []byte) {
		name := string(k)
		to, other := names[name]
		if other {
			name = to
		}
		if name == "" || string(v) == "null" || string(v) == `""` {
			return
		}
		for _, d := range done {
			if d == name {
				return
			}
		}
		if other {
			e.Raw(name, v)
		} else {
			e.RawKey(k, v)
		}
	})
}

// Start adds to a session_start what only the machine knows, where the record
// comes from an agent that runs on it.
func (e *Emitter) Start(cwd string) {
	if e.Origin != nil {
		e.Origin(cwd, &e.Object)
	}
}

// StartID is the id of the first session_start of a session, which all that
// tell of it share.
func StartID(session string) string { return event.ID(session, "session_start", "startup") }

// ChildID returns the session id of a subagent that has none of its own: the
// agent's id of it and the session that it belongs to.
func ChildID(session, agent string) string { return "agent-" + agent + "." + session }

// Nanos returns a duration in milliseconds, a JSON number, in nanoseconds; nil
// if it is none.
func Nanos(ms []byte) *int64 { return record.Millis(ms) }

// Count returns a number of tokens, 0 if there is none.
func Count(v gjson.Result) int64 { return record.Count(v) }

// A Usage is tokens as events tell them: exclusive of each other, but for
// Reasoning, which is a part of Output.
type Usage struct{ Input, Output, CacheRead, CacheWrite, Reasoning int64 }

// Bytes returns the usage object of an llm_response.
func (u Usage) Bytes() []byte {
	var o event.Object
	o.Int("input_tokens", u.Input).Int("output_tokens", u.Output)
	o.Count("cache_read_tokens", u.CacheRead).Count("cache_write_5m_tokens", u.CacheWrite)
	o.Count("reasoning_tokens", u.Reasoning)
	return o.Bytes()
}

// Add adds other to u.
func (u *Usage) Add(other Usage) {
	u.Input += other.Input
	u.Output += other.Output
	u.CacheRead += other.CacheRead
	u.CacheWrite += other.CacheWrite
	u.Reasoning += other.Reasoning
}

// Unwrap returns the object or array that a JSON string holds, which is how
// some agents write arguments and results; every other value as it is.
func Unwrap(raw []byte) []byte {
	if len(raw) < 4 || raw[0] != '"' {
		return raw
	}
	in := strings.TrimSpace(event.Unquote(raw))
	if in == "" || in[0] != '{' && in[0] != '[' {
		return raw
	}
	if _, err := event.Check([]byte(in)); err != nil {
		return raw
	}
	return []byte(in)
}

// Text returns what JSON content says to be read: a string, the text of an
// array of parts, or of an object that has one.
func Text(raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	switch raw[0] {
	case '"':
		return event.Unquote(raw)
	case '{':
		return gjson.GetBytes(raw, "text").String()
	case '[':
		var b strings.Builder
		record.Elements(raw, func(part []byte) {
			if part[0] == '"' {
				b.WriteString(event.Unquote(part))
			} else if part[0] == '{' {
				b.WriteString(gjson.GetBytes(part, "text").String())
			}
		})
		return b.String()
	}
	return ""
}

// A Tally tells payloads apart that have no id: the native id of one is its
// bytes, and how many equal ones came before.
type Tally map[string]int

// Native returns the native id of a payload. Hooks in separate processes give
// equal payloads one id; the reader of the store tells by the time whether
// they are one happening.
func (t Tally) Native(session string, raw []byte) string {
	key := string(raw)
	short := event.ID(session, "", key) // payloads may be large
	t[short]++
	if n := t[short]; n > 1 {
		key += "#" + strconv.Itoa(n)
	}
	return key
}
