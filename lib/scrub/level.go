package scrub

import (
	"sort"
	"unicode/utf8"
)

// A level is a text and the way back to the bytes of the line that it was
// decoded from. The line itself is a level.
type level struct {
	up   *level // what it was decoded from; nil for the line
	text []byte

	// Where text comes from in up: text[0] from up.text[off]; after that byte
	// for byte, but for the escapes.
	off     int
	escapes []escape

	// whole levels have no way back for a part: it is all of up.text[off:end].
	whole bool
	end   int

	// inner levels are another reading of the string that up is, or is another
	// reading of.
	inner bool

	quoting quoting
}

// An escape is a place where decoded and encoded text differ in length.
type escape struct {
	d, s   uint32 // where, in the decoded text and from off
	dl, sl uint8  // how long there and there
}

// quoting is how up has to write a quote that is put into the level.
type quoting uint8

const (
	plain quoting = iota
	jsonString
	percent
)

// origin returns the part of the line that text[from:to] was decoded from. An
// escape goes whole.
func (l *level) origin(from, to int) (int, int) {
	for ; l.up != nil; l = l.up {
		from, to = l.above(from, to)
	}
	return from, to
}

// inString returns the part of the string that text[from:to] is read from.
func (l *level) inString(from, to int) (int, int) {
	for ; l.inner; l = l.up {
		from, to = l.above(from, to)
	}
	return from, to
}

// above returns the part of up that text[from:to] was decoded from.
func (l *level) above(from, to int) (int, int) {
	switch {
	case l.whole:
		return l.off, l.end
	case len(l.escapes) == 0:
		return l.off + from, l.off + to
	}
	return l.encoded(from, false), l.encoded(max(to, from+1)-1, true)
}

// encoded returns where the byte text[i] begins, or ends, in up.
func (l *level) encoded(i int, ends bool) int {
	k := sort.Search(len(l.escapes), func(k int) bool { return int(l.escapes[k].d) > i }) - 1
	if k < 0 {
		if ends {
			i++
		}
		return l.off + i
	}
	e := l.escapes[k]
	past := i - int(e.d) - int(e.dl)
	switch {
	case past >= 0 && ends:
		return l.off + int(e.s) + int(e.sl) + past + 1
	case past >= 0:
		return l.off + int(e.s) + int(e.sl) + past
	case ends:
		return l.off + int(e.s) + int(e.sl)
	}
	return l.off + int(e.s)
}

// quote returns how a quote in the level is written in the line.
func (l *level) quote() string {
	q := `"`
	for ; l.up != nil; l = l.up {
		switch l.quoting {
		case jsonString:
			esc := make([]byte, 0, 2*len(q))
			for i := 0; i < len(q); i++ {
				if q[i] == '"' || q[i] == '\\' {
					esc = append(esc, '\\')
				}
				esc = append(esc, q[i])
			}
			q = string(esc)
		case percent:
			q = "%22"
		}
	}
	return q
}

// unescape appends what raw, the inside of a string, says. lenient is for text
// that only looks like one: it knows the escapes of other languages too, and
// leaves alone what is none.
func unescape(dst []byte, escapes []escape, raw []byte, lenient bool) ([]byte, []escape) {
	base := len(dst)
	for i := 0; i < len(raw); {
		c := raw[i]
		if c != '\\' || i+1 >= len(raw) {
			dst = append(dst, c)
			i++
			continue
		}
		at, n := len(dst), 2
		switch e := raw[i+1]; {
		case e == 'n':
			dst = append(dst, '\n')
		case e == 't':
			dst = append(dst, '\t')
		case e == 'r':
			dst = append(dst, '\r')
		case e == '"' || e == '\\' || e == '/' || e == '\'' && lenient:
			dst = append(dst, e)
		case e == 'b' && !lenient:
			dst = append(dst, '\b')
		case e == 'f' && !lenient:
			dst = append(dst, '\f')
		case e == 'e' && lenient && i+2 < len(raw) && raw[i+2] == '[':
			dst = append(dst, 0x1b)
		case e == 'u' && hexValue(raw, i+2, 4) >= 0:
			r := hexValue(raw, i+2, 4)
			n = 6
			if r >= 0xd800 && r < 0xdc00 && i+7 < len(raw) && raw[i+6] == '\\' && raw[i+7] == 'u' {
				if low := hexValue(raw, i+8, 4); low >= 0xdc00 && low < 0xe000 {
					r = (r-0xd800)<<10 + (low - 0xdc00) + 0x10000
					n = 12
				}
			}
			dst = utf8.AppendRune(dst, rune(r))
		case e == 'x' && lenient && hexValue(raw, i+2, 2) >= 0:
			dst = append(dst, byte(hexValue(raw, i+2, 2)))
			n = 4
		case e == '0' && lenient && i+3 < len(raw) && raw[i+2] == '3' && raw[i+3] == '3':
			dst = append(dst, 0x1b)
			n = 4
		default:
			dst = append(dst, c)
			i++
			continue
		}
		escapes = append(escapes, escape{uint32(at - base), uint32(i), uint8(len(dst) - at), uint8(n)})
		i += n
	}
	return dst, escapes
}

// unpercent appends raw with its percent signs decoded.
func unpercent(dst []byte, escapes []escape, raw []byte) ([]byte, []escape) {
	base := len(dst)
	for i := 0; i < len(raw); {
		if v := -1; raw[i] == '%' {
			if v = hexValue(raw, i+1, 2); v >= 0 {
				escapes = append(escapes, escape{uint32(len(dst) - base), uint32(i), 1, 3})
				dst = append(dst, byte(v))
				i += 3
				continue
			}
		}
		dst = append(dst, raw[i])
		i++
	}
	return dst, escapes
}

// hexValue returns the value of the n hex digits at b[i], -1 if they are none.
func hexValue(b []byte, i, n int) int {
	if i+n > len(b) {
		return -1
	}
	v := 0
	for _, c := range b[i : i+n] {
		d := hexDigit(c)
		if d < 0 {
			return -1
		}
		v = v<<4 | d
	}
	return v
}

func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}
