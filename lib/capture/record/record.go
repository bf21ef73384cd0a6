// Package record reads the raw records of agents: JSON objects of which only
// the top level is taken apart, since most of a record is passed on as it is.
package record

import (
	"bytes"
	"errors"
	"math"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// A Record is one JSON object. Its parts refer to its bytes.
type Record struct {
	Raw    []byte
	keys   [][]byte
	values [][]byte
}

// ErrNotObject is what Parse returns for valid JSON of another kind.
var ErrNotObject = errors.New("not a JSON object")

// Parse takes raw apart, which must be one JSON object. The record may be used
// again for the next.
func (r *Record) Parse(raw []byte) error {
	r.Raw, r.keys, r.values = raw, r.keys[:0], r.values[:0]
	if i := bytes.TrimLeft(raw, " \t\r\n"); len(i) > 0 && i[0] != '{' {
		if _, err := event.Check(raw); err != nil {
			return err
		}
		return ErrNotObject
	}
	end := 0
	ok := event.Fields(raw, func(k, v []byte) bool {
		r.keys = append(r.keys, k)
		r.values = append(r.values, v)
		end = cap(raw) - cap(v) + len(v)
		return true
	})
	// Behind the last member only its brace can be, and white space.
	closing := "}"
	if len(r.keys) == 0 {
		closing = "{}"
	}
	if !ok || !isOnly(raw[end:], closing) {
		_, err := event.Check(raw)
		if err == nil {
			err = ErrNotObject
		}
		return err
	}
	return nil
}

// isOnly reports whether text is these bytes but for white space.
func isOnly(text []byte, want string) bool {
	for _, c := range text {
		switch {
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
		case want != "" && c == want[0]:
			want = want[1:]
		default:
			return false
		}
	}
	return want == ""
}

// Get returns the bytes of the value of a key, nil if it is not there or null.
// Where a key stands twice, the first counts.
func (r *Record) Get(key string) []byte {
	for i, k := range r.keys {
		if string(k) == key {
			if string(r.values[i]) == "null" {
				return nil
			}
			return r.values[i]
		}
	}
	return nil
}

// Has reports whether the key is there, null or not.
func (r *Record) Has(key string) bool {
	for _, k := range r.keys {
		if string(k) == key {
			return true
		}
	}
	return false
}

// Str returns the text of a string value, "" if there is none.
func (r *Record) Str(key string) string { return Text(r.Get(key)) }

// Is reports whether the value of a key is this string, which needs no escapes.
func (r *Record) Is(key, s string) bool {
	v := r.Get(key)
	return len(v) == len(s)+2 && v[0] == '"' && string(v[1:len(v)-1]) == s
}

// True reports whether the value of a key is true.
func (r *Record) True(key string) bool { return string(r.Get(key)) == "true" }

// Each calls fn for each member in order.
func (r *Record) Each(fn func(key, value []byte)) {
	for i, k := range r.keys {
		fn(k, r.values[i])
	}
}

// Sub returns the object that is the value of a key, in a record given for it,
// and whether there is one.
func (r *Record) Sub(key string, into *Record) bool {
	v := r.Get(key)
	return len(v) > 0 && v[0] == '{' && into.Parse(v) == nil
}

// Text returns the text of a JSON string, "" if raw is anything else.
func Text(raw []byte) string {
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	return event.Unquote(raw)
}

// Elements calls fn for each element of a JSON array.
func Elements(array []byte, fn func(element []byte)) {
	i := 1
	for i < len(array) {
		for i < len(array) && (array[i] == ' ' || array[i] == ',' || array[i] == '\n' || array[i] == '\r' || array[i] == '\t') {
			i++
		}
		n, ok := event.Value(array[i:])
		if !ok || n == 0 {
			return
		}
		fn(array[i : i+n])
		i += n
	}
}

// Count returns a number of tokens, which may stand in a string; 0 if there is
// none.
func Count(v gjson.Result) int64 { return max(Int(v), 0) }

// Int returns an integer, which may stand in a string; 0 if there is none that
// can be a count of something.
func Int(v gjson.Result) int64 {
	if v.Type == gjson.String {
		v = gjson.Parse(v.Str)
	}
	if v.Type != gjson.Number || !(v.Num > -1<<53) || v.Num > 1<<53 {
		return 0
	}
	return v.Int()
}

// Millis returns a duration in milliseconds, a JSON number or one in a string,
// in nanoseconds; nil if it is none.
func Millis(ms []byte) *int64 {
	v := gjson.ParseBytes(ms)
	if v.Type == gjson.String {
		v = gjson.Parse(v.Str)
	}
	if v.Type != gjson.Number || !(v.Num >= 0) || v.Num > 1e12 {
		return nil
	}
	ns := int64(math.Round(v.Num * 1e6))
	return &ns
}

// Nanos returns the time in a JSON value: an ISO 8601 string, or a number of
// seconds or milliseconds since 1970.
func Nanos(raw []byte) (ns int64, ok bool) {
	if len(raw) == 0 {
		return 0, false
	}
	if raw[0] != '"' {
		ns, ok = event.Nanos(raw)
		if !ok || ns <= 0 {
			// So many seconds do not fit: they are milliseconds.
			v := gjson.ParseBytes(raw)
			return int64(v.Num) * 1e6, v.Type == gjson.Number && v.Num > 1e11 && v.Num < 9e12
		}
		return ns, true
	}
	if ns, ok := isoNanos(raw[1 : len(raw)-1]); ok {
		return ns, true
	}
	s := Text(raw)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UnixNano(), true
		}
	}
	return 0, false
}

// isoNanos reads 2026-11-22T07:22:51.767Z, the form that nearly all times
// have, without the general parser.
func isoNanos(b []byte) (int64, bool) {
	if len(b) < 20 || len(b) > 30 || b[len(b)-1] != 'Z' || b[4] != '-' || b[7] != '-' || b[10] != 'T' || b[13] != ':' || b[16] != ':' {
		return 0, false
	}
	num := func(b []byte) int {
		n := 0
		for _, c := range b {
			if c < '0' || c > '9' {
				return -1 << 20
			}
			n = n*10 + int(c-'0')
		}
		return n
	}
	y, mo, d := num(b[:4]), num(b[5:7]), num(b[8:10])
	h, mi, s := num(b[11:13]), num(b[14:16]), num(b[17:19])
	frac := 0
	if rest := b[19 : len(b)-1]; len(rest) > 0 {
		if rest[0] != '.' || len(rest) < 2 || len(rest) > 10 {
			return 0, false
		}
		frac = num(rest[1:])
		for k := len(rest) - 1; k < 9; k++ {
			frac *= 10
		}
	}
	if y < 1970 || mo < 1 || mo > 12 || d < 1 || d > 31 || h < 0 || h > 23 || mi < 0 || mi > 59 || s < 0 || s > 60 || frac < 0 {
		return 0, false
	}
	return time.Date(y, time.Month(mo), d, h, mi, s, frac, time.UTC).UnixNano(), true
}
