package grep

import (
	"bytes"
	"regexp"
	"regexp/syntax"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// A pattern is a text or a regular expression to be found in a string.
type pattern struct {
	re      *regexp.Regexp // nil if literal is looked for
	literal []byte

	// plain must stand in every line that holds a match, unless an escape
	// stands for a part of it. nil if there is no such text.
	plain []byte
	fold  bool // plain is in lower case, and letters of either case will do
}

// newPattern makes a pattern. In regular expressions ^ and $ are the ends of a
// line, as in grep.
func newPattern(expr string, fixed, ignoreCase bool) (*pattern, error) {
	if fixed && !ignoreCase {
		return &pattern{literal: []byte(expr), plain: plainPart([]rune(expr))}, nil
	}
	if fixed {
		expr = regexp.QuoteMeta(expr)
	}
	flags := "(?m)"
	if ignoreCase {
		flags = "(?mi)"
	}
	re, err := regexp.Compile(flags + expr)
	if err != nil {
		// The message is about the expression as it was given.
		if _, own := regexp.Compile(expr); own != nil {
			err = own
		}
		return nil, err
	}
	p := &pattern{re: re}
	tree, err := syntax.Parse(flags+expr, syntax.Perl)
	if err != nil {
		return p, nil
	}
	p.plain, p.fold = required(tree.Simplify())
	if !p.fold && tree.Op == syntax.OpLiteral {
		return &pattern{literal: []byte(string(tree.Rune)), plain: p.plain}, nil
	}
	return p, nil
}

// required returns the longest plain text that every match of the expression
// holds, nil if there is none.
func required(re *syntax.Regexp) (plain []byte, fold bool) {
	switch re.Op {
	case syntax.OpLiteral:
		if re.Flags&syntax.FoldCase != 0 {
			return foldedPart(re.Rune), true
		}
		return plainPart(re.Rune), false
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if p, f := required(sub); len(p) > len(plain) {
				plain, fold = p, f
			}
		}
		return plain, fold
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
	}
	return nil, false
}

// plainPart returns the longest part of a text whose characters JSON lets
// stand as they are.
func plainPart(text []rune) []byte {
	return longest(text, func(r rune) bool {
		return r >= ' ' && r != '"' && r != '\\' && r != utf8.RuneError
	})
}

// foldedPart is plainPart in lower case, for ASCII. Letters beyond ASCII have
// more forms than two.
func foldedPart(text []rune) []byte {
	p := longest(text, func(r rune) bool {
		return r >= ' ' && r < utf8.RuneSelf && r != '"' && r != '\\'
	})
	if p == nil {
		return nil
	}
	return bytes.ToLower(p)
}

func longest(text []rune, ok func(rune) bool) []byte {
	var best, now []byte
	for _, r := range text {
		if !ok(r) {
			now = now[:0]
			continue
		}
		if now = utf8.AppendRune(now, r); len(now) > len(best) {
			best = bytes.Clone(now)
		}
	}
	return best
}

// match reports whether a string holds the pattern.
func (p *pattern) match(s []byte) bool {
	if p.re != nil {
		return p.re.Match(s)
	}
	return bytes.Contains(s, p.literal)
}

// mayHold reports whether a line may hold the pattern. It is wrong only in
// saying yes.
func (p *pattern) mayHold(line []byte) bool {
	if p.plain == nil {
		return true
	}
	if p.fold {
		if containsFold(line, p.plain) {
			return true
		}
	} else if bytes.Contains(line, p.plain) {
		return true
	}
	return p.escaped(line)
}

// The letters k and s are folded with one each that is not ASCII.
var kelvin, longS = []byte("\u212a"), []byte("\u017f")

// containsFold reports whether line holds text, which is ASCII in lower case,
// in letters of any case.
func containsFold(line, text []byte) bool {
	first := text[0]
	for i := 0; i+len(text) <= len(line); i++ {
		if lower[line[i]] != first {
			continue
		}
		k := 1
		for k < len(text) && lower[line[i+k]] == text[k] {
			k++
		}
		if k == len(text) {
			return true
		}
	}
	return bytes.IndexByte(text, 'k') >= 0 && bytes.Contains(line, kelvin) ||
		bytes.IndexByte(text, 's') >= 0 && bytes.Contains(line, longS)
}

var lower = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			t[i] += 'a' - 'A'
		}
	}
	return t
}()

// escaped reports whether the line has an escape that may stand for a
// character of plain. The short escapes but \/ stand for none.
func (p *pattern) escaped(line []byte) bool {
	if bytes.IndexByte(p.plain, '/') >= 0 && bytes.Contains(line, []byte(`\/`)) {
		return true
	}
	for rest := line; ; {
		i := bytes.Index(rest, []byte(`\u`))
		if i < 0 || i+6 > len(rest) {
			return false
		}
		if r, ok := hex4(rest[i+2:]); ok && p.has(r) {
			return true
		}
		rest = rest[i+2:]
	}
}

// has reports whether an escape of r may stand for a character of plain.
func (p *pattern) has(r rune) bool {
	switch {
	case utf16.IsSurrogate(r):
		return !p.fold
	case p.fold && r >= utf8.RuneSelf:
		return r == '\u212a' || r == '\u017f'
	case p.fold:
		return bytes.IndexByte(p.plain, lower[r]) >= 0
	case r < utf8.RuneSelf:
		return bytes.IndexByte(p.plain, byte(r)) >= 0
	}
	return bytes.ContainsRune(p.plain, r)
}

// hex4 reads the four digits of an escape.
func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[:4]), 16, 32)
	return rune(n), err == nil
}

// values calls fn for each string and number within a valid JSON value until
// it returns true, and reports whether it did. Keys are passed over. A string
// is given without its escapes; it is valid until the next one. room is
// memory to be used again.
func values(data []byte, room *[]byte, fn func([]byte) bool) bool {
	for i := 0; i < len(data); {
		switch c := data[i]; {
		case c == '"':
			end, plain := stringEnd(data, i+1)
			inside := data[i+1 : end]
			i = end + 1
			for i < len(data) && isSpace(data[i]) {
				i++
			}
			if i < len(data) && data[i] == ':' {
				continue // a key
			}
			if !plain {
				*room = unescape((*room)[:0], inside)
				inside = *room
			}
			if fn(inside) {
				return true
			}
		case c == '-' || '0' <= c && c <= '9' || c == 't' || c == 'f':
			from := i
			for i < len(data) && data[i] != ',' && data[i] != ']' && data[i] != '}' && !isSpace(data[i]) {
				i++
			}
			if fn(data[from:i]) {
				return true
			}
		case c == 'n':
			i += len("null")
		default:
			i++
		}
	}
	return false
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// stringEnd returns where the quote stands that ends the string whose inside
// begins at i, and whether the string has no escapes.
func stringEnd(b []byte, i int) (end int, plain bool) {
	q := bytes.IndexByte(b[i:], '"')
	if q < 0 {
		return len(b), true
	}
	if bytes.IndexByte(b[i:i+q], '\\') < 0 {
		return i + q, true
	}
	for ; i < len(b) && b[i] != '"'; i++ {
		if b[i] == '\\' {
			i++
		}
	}
	return min(i, len(b)), false
}

var shortEscapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape appends the text that the inside of a JSON string stands for. Half
// of a surrogate pair is U+FFFD.
func unescape(dst, s []byte) []byte {
	for {
		i := bytes.IndexByte(s, '\\')
		if i < 0 || i+1 >= len(s) {
			return append(dst, s...)
		}
		dst = append(dst, s[:i]...)
		c := s[i+1]
		s = s[i+2:]
		if c != 'u' {
			dst = append(dst, shortEscapes[c])
			continue
		}
		r, ok := hex4(s)
		if !ok {
			return append(dst, s...)
		}
		s = s[4:]
		if utf16.IsSurrogate(r) {
			low, ok := rune(0), false
			if len(s) >= 6 && s[0] == '\\' && s[1] == 'u' {
				low, ok = hex4(s[2:])
			}
			if r = utf16.DecodeRune(r, low); ok && r != utf8.RuneError {
				s = s[6:]
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
}
