package event

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strconv"
)

// MaxDepth is how deep arrays and objects may nest in a line. It is the limit
// of encoding/json, and keeps a line of brackets from exhausting the stack of
// a reader further down the pipe.
const MaxDepth = 10000

// A span is a part of a line: b[from:to].
type span struct{ from, to uint32 }

func (s span) of(b []byte) []byte { return b[s.from:s.to] }
func (s span) ok() bool           { return s.to > s.from }

// scanError tells where a text stops being JSON, and why. At == len(text)
// means that the text is the beginning of a JSON value and ends too soon.
type scanError struct {
	At  int
	Msg string
}

func (e *scanError) Error() string { return fmt.Sprintf("%s at byte %d", e.Msg, e.At+1) }

// Check reports whether b, apart from white space around it, is one valid
// JSON value. end is len(b) if so. Otherwise err says what is wrong at b[end];
// end == len(b) with an error means that the value is not complete.
func Check(b []byte) (end int, err error) {
	i, e := skipValue(b, skipSpace(b, 0), 0)
	if e != nil {
		return e.At, e
	}
	if i = skipSpace(b, i); i != len(b) {
		return i, &scanError{i, "more text after the JSON value"}
	}
	return i, nil
}

// Value returns the end of the JSON value that begins at b[0], and whether
// there is one. What follows the value is not looked at.
func Value(b []byte) (end int, ok bool) {
	i, e := skipValue(b, 0, 0)
	return i, e == nil
}

// Fields calls fn for each member of the JSON object at the start of b, in
// order: key is the text between the quotes as it stands, value the bytes of
// the value. A key that is there twice is given twice. Fields stops early when
// fn returns false, and reports whether b begins with a valid object.
func Fields(b []byte, fn func(key, value []byte) bool) bool {
	_, e := scanObject(b, skipSpace(b, 0), 0, fn)
	return e == nil
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

func tooSoon(b []byte) *scanError { return &scanError{len(b), "the line ends too soon"} }

func unexpected(b []byte, i int) *scanError {
	if i >= len(b) {
		return tooSoon(b)
	}
	return &scanError{i, "unexpected " + quoteByte(b[i])}
}

func quoteByte(c byte) string {
	if c < 0x80 {
		return strconv.QuoteRune(rune(c))
	}
	return fmt.Sprintf("byte 0x%02x", c)
}

// skipValue returns the index after the JSON value at b[i].
func skipValue(b []byte, i, depth int) (int, *scanError) {
	if i >= len(b) {
		return i, tooSoon(b)
	}
	switch c := b[i]; {
	case c == '"':
		return skipString(b, i)
	case c == '{':
		return scanObject(b, i, depth, nil)
	case c == '[':
		return skipArray(b, i, depth)
	case c == 't':
		return skipWord(b, i, "true")
	case c == 'f':
		return skipWord(b, i, "false")
	case c == 'n':
		return skipWord(b, i, "null")
	case c == '-' || '0' <= c && c <= '9':
		return skipNumber(b, i)
	}
	return i, unexpected(b, i)
}

func skipWord(b []byte, i int, word string) (int, *scanError) {
	for k := 0; k < len(word); k++ {
		if i+k >= len(b) || b[i+k] != word[k] {
			return i, unexpected(b, i+k)
		}
	}
	return i + len(word), nil
}

func skipNumber(b []byte, i int) (int, *scanError) {
	if b[i] == '-' {
		i++
	}
	if i < len(b) && b[i] == '0' {
		i++
	} else if j := digits(b, i); j > i {
		i = j
	} else {
		return i, unexpected(b, i)
	}
	if i < len(b) && b[i] == '.' {
		j := digits(b, i+1)
		if j == i+1 {
			return j, unexpected(b, j)
		}
		i = j
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		j := digits(b, i)
		if j == i {
			return j, unexpected(b, j)
		}
		i = j
	}
	return i, nil
}

func digits(b []byte, i int) int {
	for i < len(b) && '0' <= b[i] && b[i] <= '9' {
		i++
	}
	return i
}

func skipArray(b []byte, i, depth int) (int, *scanError) {
	if depth >= MaxDepth {
		return i, &scanError{i, "nested too deep"}
	}
	i = skipSpace(b, i+1)
	if i < len(b) && b[i] == ']' {
		return i + 1, nil
	}
	for {
		var e *scanError
		if i, e = skipValue(b, i, depth+1); e != nil {
			return i, e
		}
		i = skipSpace(b, i)
		switch {
		case i < len(b) && b[i] == ',':
			i = skipSpace(b, i+1)
		case i < len(b) && b[i] == ']':
			return i + 1, nil
		default:
			return i, unexpected(b, i)
		}
	}
}

// scanObject returns the index after the object at b[i], and calls fn, if
// there is one, for each member.
func scanObject(b []byte, i, depth int, fn func(key, value []byte) bool) (int, *scanError) {
	if depth >= MaxDepth {
		return i, &scanError{i, "nested too deep"}
	}
	if i >= len(b) || b[i] != '{' {
		return i, unexpected(b, i)
	}
	i = skipSpace(b, i+1)
	if i < len(b) && b[i] == '}' {
		return i + 1, nil
	}
	for {
		if i >= len(b) || b[i] != '"' {
			return i, unexpected(b, i)
		}
		key := i + 1
		var e *scanError
		if i, e = skipString(b, i); e != nil {
			return i, e
		}
		keyEnd := i - 1
		if i = skipSpace(b, i); i >= len(b) || b[i] != ':' {
			return i, unexpected(b, i)
		}
		i = skipSpace(b, i+1)
		value := i
		if i, e = skipValue(b, i, depth+1); e != nil {
			return i, e
		}
		if fn != nil && !fn(b[key:keyEnd], b[value:i]) {
			return i, nil
		}
		i = skipSpace(b, i)
		switch {
		case i < len(b) && b[i] == ',':
			i = skipSpace(b, i+1)
		case i < len(b) && b[i] == '}':
			return i + 1, nil
		default:
			return i, unexpected(b, i)
		}
	}
}

// The bytes of a string are looked at eight at a time: most of a trace is the
// output of tools, inside strings.
const (
	ones    = 0x0101010101010101
	highs   = 0x8080808080808080
	quotes  = ones * '"'
	slashes = ones * '\\'
	blanks  = ones * ' '
)

// skipString returns the index after the string at b[i], which is a quote.
func skipString(b []byte, i int) (int, *scanError) {
	i++
	for {
		for i+8 <= len(b) {
			v := binary.LittleEndian.Uint64(b[i:])
			q, s := v^quotes, v^slashes
			// A byte of m is high where b has a quote, a backslash or a
			// control byte. Borrows can only spoil bytes above the lowest hit.
			m := ((q-ones)&^q | (s-ones)&^s | (v-blanks)&^v) & highs
			if m != 0 {
				i += bits.TrailingZeros64(m) >> 3
				break
			}
			i += 8
		}
		for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= ' ' {
			i++
		}
		if i >= len(b) {
			return i, tooSoon(b)
		}
		switch b[i] {
		case '"':
			return i + 1, nil
		case '\\':
			n, e := skipEscape(b, i)
			if e != nil {
				return i, e
			}
			i = n
		default:
			return i, &scanError{i, "control byte " + quoteByte(b[i]) + " in a string"}
		}
	}
}

func skipEscape(b []byte, i int) (int, *scanError) {
	if i+1 >= len(b) {
		return i, tooSoon(b)
	}
	switch b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2, nil
	case 'u':
		for k := i + 2; k < i+6; k++ {
			if k >= len(b) || !isHex(b[k]) {
				return i, unexpected(b, k)
			}
		}
		return i + 6, nil
	}
	return i, unexpected(b, i+1)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
