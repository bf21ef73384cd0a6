package event

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"time"
	"unicode/utf8"
)

// ID returns the event_id of a happening: the first 12 hex digits of the
// SHA-256 of the session, the kind of happening and the ids that its source
// gave it. It does not depend on who saw it: a hook and the transcript that
// tell of one tool call give it one id. Each part is hashed with its length,
// so that no two lists of parts are the same text.
func ID(session, kind string, native ...string) string {
	var room [512]byte
	b := appendPart(room[:0], session)
	b = appendPart(b, kind)
	for _, n := range native {
		b = appendPart(b, n)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:6])
}

func appendPart(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// A Header is all of an event but its data.
type Header struct {
	Type     string
	UnixNano int64 // written as seconds with 6 decimals
	Untimed  bool  // the time is not known and is left out
	ID       string
	Session  string
	Parent   string // left out if ""
	Nanos    *int64 // how long it took, in nanoseconds; left out if nil
}

// Append appends the event to dst as one line, without a newline. data is the
// JSON object of the event, on one line; nil means {}.
func Append(dst []byte, h Header, data []byte) []byte {
	dst = append(dst, `{"event_type":`...)
	dst = AppendString(dst, h.Type)
	if !h.Untimed {
		dst = append(dst, `,"timestamp":`...)
		dst = AppendSeconds(dst, h.UnixNano)
	}
	dst = append(dst, `,"event_id":`...)
	dst = AppendString(dst, h.ID)
	dst = append(dst, `,"session_id":`...)
	dst = AppendString(dst, h.Session)
	if h.Parent != "" {
		dst = append(dst, `,"parent_id":`...)
		dst = AppendString(dst, h.Parent)
	}
	if h.Nanos != nil {
		dst = append(dst, `,"duration_ms":`...)
		dst = AppendMillis(dst, time.Duration(*h.Nanos))
	}
	dst = append(dst, `,"data":`...)
	if data == nil {
		data = []byte("{}")
	}
	dst = append(dst, data...)
	return append(dst, '}')
}

// AppendSeconds appends a time as seconds since 1970 with six decimals, cut,
// not rounded, so that order is kept.
func AppendSeconds(dst []byte, unixNano int64) []byte {
	us := unixNano / 1000
	if us < 0 {
		dst = append(dst, '-')
		us = -us
	}
	dst = strconv.AppendInt(dst, us/1e6, 10)
	dst = append(dst, '.')
	frac := us % 1e6
	for p := int64(100000); p > 0; p /= 10 {
		dst = append(dst, byte('0'+frac/p%10))
	}
	return dst
}

// AppendMillis appends a duration in milliseconds with as many decimals as it
// needs, three at most.
func AppendMillis(dst []byte, d time.Duration) []byte {
	us := d.Microseconds()
	if us < 0 {
		dst = append(dst, '-')
		us = -us
	}
	dst = strconv.AppendInt(dst, us/1000, 10)
	if us %= 1000; us == 0 {
		return dst
	}
	dst = append(dst, '.', byte('0'+us/100), byte('0'+us/10%10), byte('0'+us%10))
	for dst[len(dst)-1] == '0' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

const hexDigits = "0123456789abcdef"

// AppendString appends s as a JSON string. Bytes that are not UTF-8 become
// U+FFFD. U+2028 and U+2029 are escaped, since some readers take them for the
// end of a line. Nothing else is escaped that need not be.
func AppendString[T string | []byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			dst = append(dst, s[from:i]...)
			dst = appendEscape(dst, c)
			i++
			from = i
			continue
		}
		r, n := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
		switch {
		case r == utf8.RuneError && n == 1:
			dst = append(dst, s[from:i]...)
			dst = append(dst, "\uFFFD"...)
			from = i + n
		case r == '\u2028' || r == '\u2029':
			dst = append(dst, s[from:i]...)
			dst = append(dst, `\u202`...)
			dst = append(dst, hexDigits[r&0xF])
			from = i + n
		}
		i += n
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xF])
}

// AppendCompact appends the JSON value in raw without the white space between
// its tokens, so that it fits on a line. raw must be valid.
func AppendCompact(dst, raw []byte) []byte {
	for i := 0; i < len(raw); {
		switch c := raw[i]; c {
		case ' ', '\t', '\n', '\r':
			i++
		case '"':
			end, err := skipString(raw, i)
			if err != nil {
				return append(dst, raw[i:]...)
			}
			dst = append(dst, raw[i:end]...)
			i = end
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst
}

// An Object builds the JSON object of an event's data. The zero value is an
// empty object. Members are added in the order of the calls; a member whose
// value is not known is not added.
type Object struct{ b []byte }

// Reset empties the object and keeps its memory.
func (o *Object) Reset() { o.b = o.b[:0] }

// Len returns the number of bytes built so far.
func (o *Object) Len() int { return len(o.b) }

// Bytes returns the object. It is valid until the next change.
func (o *Object) Bytes() []byte {
	if len(o.b) == 0 {
		return []byte("{}")
	}
	return append(o.b, '}')
}

// With returns the members built so far followed by those of another object,
// and empties the first. The result is valid until the next change.
func (o *Object) With(object []byte) []byte {
	n := len(o.b)
	if n == 0 {
		return object
	}
	rest := bytes.TrimLeft(object, " \t\n\r")
	if rest = rest[1:]; len(bytes.Trim(rest, " \t\n\r")) > 1 {
		o.b = append(o.b, ',')
	}
	o.b = append(o.b, rest...)
	b := o.b
	o.b = o.b[:0]
	return b
}

func (o *Object) key(key string) {
	if len(o.b) == 0 {
		o.b = append(o.b, '{')
	} else {
		o.b = append(o.b, ',')
	}
	o.b = AppendString(o.b, key)
	o.b = append(o.b, ':')
}

// Str adds a string, unless it is empty.
func (o *Object) Str(key, s string) *Object {
	if s != "" {
		o.Text(key, s)
	}
	return o
}

// Text adds a string, empty or not.
func (o *Object) Text(key, s string) *Object {
	o.key(key)
	o.b = AppendString(o.b, s)
	return o
}

// Strs adds an array of strings, unless it is empty.
func (o *Object) Strs(key string, list []string) *Object {
	if len(list) == 0 {
		return o
	}
	o.key(key)
	for i, s := range list {
		o.b = append(o.b, ",["[b2i(i == 0)])
		o.b = AppendString(o.b, s)
	}
	o.b = append(o.b, ']')
	return o
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Int adds an integer.
func (o *Object) Int(key string, n int64) *Object {
	o.key(key)
	o.b = strconv.AppendInt(o.b, n, 10)
	return o
}

// Count adds an integer, unless it is 0.
func (o *Object) Count(key string, n int64) *Object {
	if n != 0 {
		o.Int(key, n)
	}
	return o
}

// Millis adds a duration in milliseconds.
func (o *Object) Millis(key string, d time.Duration) *Object {
	o.key(key)
	o.b = AppendMillis(o.b, d)
	return o
}

// Seconds adds a time, as in AppendSeconds.
func (o *Object) Seconds(key string, unixNano int64) *Object {
	o.key(key)
	o.b = AppendSeconds(o.b, unixNano)
	return o
}

// True adds true if on is set. Absent means no.
func (o *Object) True(key string, on bool) *Object {
	if on {
		o.key(key)
		o.b = append(o.b, "true"...)
	}
	return o
}

// Raw adds a valid JSON value as it stands, apart from white space if it
// spans lines. A value of no bytes is not added.
func (o *Object) Raw(key string, value []byte) *Object {
	if len(value) == 0 {
		return o
	}
	o.key(key)
	o.b = appendOneLine(o.b, value)
	return o
}

// RawKey is Raw for a key that is already the inside of a JSON string.
func (o *Object) RawKey(key, value []byte) *Object {
	if len(o.b) == 0 {
		o.b = append(o.b, '{', '"')
	} else {
		o.b = append(o.b, ',', '"')
	}
	o.b = append(o.b, key...)
	o.b = append(o.b, '"', ':')
	o.b = appendOneLine(o.b, value)
	return o
}

// appendOneLine appends a value, compacted if it spans lines.
func appendOneLine(dst, value []byte) []byte {
	if bytes.IndexByte(value, '\n') >= 0 || bytes.IndexByte(value, '\r') >= 0 {
		return AppendCompact(dst, value)
	}
	return append(dst, value...)
}
