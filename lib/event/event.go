package event

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
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
// twice, the first counts, as in gjson; a key of it that is written with escapes
// is not one. The event refers to line.
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
	return Unquote(raw)
}

// Unquote returns the text of a valid JSON string. An escaped surrogate without
// its other half becomes U+FFFD, as in encoding/json.
func Unquote(raw []byte) string {
	in := raw[1 : len(raw)-1]
	if bytes.IndexByte(in, '\\') < 0 {
		return string(in)
	}
	out := make([]byte, 0, len(in))
	for i := 0; i < len(in); i++ {
		if in[i] != '\\' {
			out = append(out, in[i])
			continue
		}
		i++
		switch in[i] {
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r := hex4(in[i+1:])
			i += 4
			if utf16.IsSurrogate(r) {
				pair := rune(utf8.RuneError)
				if rest := in[i+1:]; len(rest) >= 6 && rest[0] == '\\' && rest[1] == 'u' {
					pair = utf16.DecodeRune(r, hex4(rest[2:]))
				}
				if r = pair; r != utf8.RuneError {
					i += 6
				}
			}
			out = utf8.AppendRune(out, r)
		default: // a quote, a slash or a backslash
			out = append(out, in[i])
		}
	}
	return string(out)
}

// hex4 returns the number in the four hex digits at the start of b.
func hex4(b []byte) (r rune) {
	for _, c := range b[:4] {
		switch {
		case c >= 'a':
			c -= 'a' - 10
		case c >= 'A':
			c -= 'A' - 10
		default:
			c -= '0'
		}
		r = r<<4 | rune(c)
	}
	return r
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
	if len(s) == 0 || s[len(s)-1] < '0' || s[len(s)-1] > '9' {
		return 0, false
	}
	frac := -1
	for _, c := range s {
		switch {
		case c == '.' && frac < 0:
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

// bigDecimal is decimal for numbers with exponents and very long ones: it moves
// the decimal point in the text.
func bigDecimal(text string, shift int) (int64, bool) {
	if _, err := Check([]byte(text)); err != nil {
		return 0, false
	}
	s, neg := strings.CutPrefix(text, "-")
	point, digits := 0, strings.Builder{}
	mantissa, exp, _ := strings.Cut(strings.ToLower(s), "e")
	whole, frac, _ := strings.Cut(mantissa, ".")
	digits.WriteString(whole)
	digits.WriteString(frac)
	d := digits.String()
	if exp != "" {
		var err error
		if point, err = strconv.Atoi(exp); err != nil {
			// Out of range: far too large, or nothing but a fraction.
			point = math.MaxInt32
			if exp[0] == '-' {
				point = math.MinInt32
			}
		}
	}
	lead := len(d) - len(strings.TrimLeft(d, "0"))
	point += len(whole) + shift - lead
	d = d[lead:]
	switch {
	case len(d) == 0 || point <= 0:
		return 0, true
	case point > 19: // more digits than an int64 has
		return 0, false
	case point <= len(d):
		d = d[:point]
	default:
		d += strings.Repeat("0", point-len(d))
	}
	if neg {
		d = "-" + d
	}
	n, err := strconv.ParseInt(d, 10, 64)
	if err != nil {
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
