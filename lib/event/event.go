package event

import (
	"bytes"
	"errors"
	"math/big"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// An Event is one line of the stream. Its bytes are kept as they came; the
// accessors read from them.
type Event struct {
	Raw  []byte // the line, without its newline; belongs to the reader
	File string // where it was read: a file name or "<stdin>"
	Line int    // and the line there, from 1

	typ, timestamp, id, session, parent, duration, data span
}

var errNoType = errors.New(`not an event: no "event_type"`)

// Parse makes an event of a line. It checks the whole line, which must be one
// JSON object with a string event_type. Where a key of the envelope stands
// twice, the first counts, as in gjson. The event refers to line.
func Parse(line []byte) (Event, error) {
	e := Event{Raw: line}
	base := uint32(0)
	i := skipSpace(line, 0)
	end, serr := scanObject(line, i, 0, func(key, value []byte) bool {
		s := e.field(key)
		if s != nil && !s.ok() {
			// value is a part of line: its offset is what is left of line's
			// capacity less its own.
			base = uint32(cap(line) - cap(value))
			*s = span{base, base + uint32(len(value))}
		}
		return true
	})
	if serr == nil {
		if end = skipSpace(line, end); end != len(line) {
			serr = &scanError{end, "more text after the JSON object"}
		}
	}
	switch {
	case serr != nil && i < len(line) && line[i] == '[':
		return Event{Raw: line}, errors.New("not an event: a JSON array, not an object")
	case serr != nil:
		return Event{Raw: line}, errors.New("not an event: " + serr.Error())
	case !e.typ.ok() || line[e.typ.from] != '"':
		return Event{Raw: line}, errNoType
	}
	return e, nil
}

// field returns where the value of a key of the envelope is noted.
func (e *Event) field(key []byte) *span {
	switch string(key) {
	case "event_type":
		return &e.typ
	case "timestamp":
		return &e.timestamp
	case "event_id":
		return &e.id
	case "session_id":
		return &e.session
	case "parent_id":
		return &e.parent
	case "duration_ms":
		return &e.duration
	case "data":
		return &e.data
	}
	return nil
}

// Clone returns an event that stays valid when the reader goes on.
func (e Event) Clone() Event {
	e.Raw = bytes.Clone(e.Raw)
	return e
}

// Type returns the event_type.
func (e Event) Type() string { return e.str(e.typ) }

// Is reports whether the event is of one of the types.
func (e Event) Is(types ...string) bool {
	for _, t := range types {
		if s := e.typ.of(e.Raw); len(s) == len(t)+2 && string(s[1:len(s)-1]) == t {
			return true
		}
	}
	return false
}

// ID returns the event_id, "" if there is none.
func (e Event) ID() string { return e.str(e.id) }

// Session returns the session_id, "" if there is none.
func (e Event) Session() string { return e.str(e.session) }

// Parent returns the parent_id, "" if there is none.
func (e Event) Parent() string { return e.str(e.parent) }

// Data returns the value of data; it does not exist if there is none.
func (e Event) Data() gjson.Result { return gjson.ParseBytes(e.data.of(e.Raw)) }

// DataRaw returns the bytes of data, nil if there is none.
func (e Event) DataRaw() []byte {
	if !e.data.ok() {
		return nil
	}
	return e.data.of(e.Raw)
}

// Get returns the value at a gjson path under data.
func (e Event) Get(path string) gjson.Result {
	if !e.data.ok() {
		return gjson.Result{}
	}
	return gjson.GetBytes(e.data.of(e.Raw), path)
}

// SessionRaw returns the session_id as it stands in the line, quotes and all.
// It is for telling sessions apart without a copy.
func (e Event) SessionRaw() []byte { return e.session.of(e.Raw) }

// IDRaw returns the event_id as it stands in the line, quotes and all.
func (e Event) IDRaw() []byte { return e.id.of(e.Raw) }

// TypeRaw returns the event_type as it stands in the line, quotes and all.
func (e Event) TypeRaw() []byte { return e.typ.of(e.Raw) }

// ParentRaw returns the parent_id as it stands in the line, quotes and all.
func (e Event) ParentRaw() []byte { return e.parent.of(e.Raw) }

func (e Event) str(s span) string {
	raw := s.of(e.Raw)
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	if bytes.IndexByte(raw, '\\') >= 0 {
		return gjson.ParseBytes(raw).String()
	}
	return string(raw[1 : len(raw)-1])
}

// UnixNano returns the timestamp in nanoseconds since 1970, UTC. It is
// computed from the digits, without floating point. ok is false if there is
// no timestamp, or none that fits in 64 bits.
func (e Event) UnixNano() (ns int64, ok bool) { return decimal(e.timestamp.of(e.Raw), 9) }

// Time returns the timestamp, the zero time if there is none.
func (e Event) Time() time.Time {
	ns, ok := e.UnixNano()
	if !ok {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}

// Duration returns duration_ms. ok is false if it is absent.
func (e Event) Duration() (d time.Duration, ok bool) {
	ns, ok := decimal(e.duration.of(e.Raw), 6)
	return time.Duration(ns), ok
}

// decimal returns the JSON number in text times 10^shift, cut to an integer.
func decimal(text []byte, shift int) (n int64, ok bool) {
	if len(text) == 0 || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return 0, false
	}
	s, neg := text, false
	if s[0] == '-' {
		s, neg = s[1:], true
	}
	frac := -1
	for _, c := range s {
		switch {
		case c == '.':
			frac = 0
		case c < '0' || c > '9' || n > (1<<63-1-9)/10:
			return bigDecimal(string(text), shift)
		case frac < shift:
			n = n*10 + int64(c-'0')
			if frac >= 0 {
				frac++
			}
		}
	}
	for k := max(frac, 0); k < shift; k++ {
		if n > (1<<63-1)/10 {
			return 0, false
		}
		n *= 10
	}
	if neg {
		n = -n
	}
	return n, true
}

// bigDecimal is decimal for numbers with exponents and very long ones.
func bigDecimal(text string, shift int) (int64, bool) {
	if len(text) > 400 {
		return 0, false
	}
	f, _, err := big.ParseFloat(text, 10, 128, big.ToZero)
	if err != nil || f.MantExp(nil) > 70 {
		return 0, false
	}
	scale := new(big.Float).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(shift)), nil))
	n, acc := f.Mul(f, scale).Int64()
	if n == 1<<63-1 && acc == big.Below || n == -1<<63 && acc == big.Above {
		return 0, false
	}
	return n, true
}

// repair returns line with every byte that is not UTF-8 replaced by U+FFFD,
// and whether it was fine as it was.
func repair(line []byte) ([]byte, bool) {
	if utf8.Valid(line) {
		return line, true
	}
	return bytes.ToValidUTF8(line, []byte("\uFFFD")), false
}

// Nanos returns the nanoseconds that a JSON number of seconds says, computed
// from its digits. ok is false if text is no number or does not fit.
func Nanos[T string | []byte](text T) (ns int64, ok bool) { return decimal([]byte(text), 9) }
