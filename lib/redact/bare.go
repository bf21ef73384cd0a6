package redact

import (
	"bytes"
)

// value finds the value that begins at b[i], after blanks.
func (p *pair) value(b []byte, i int, where spot) (pair, bool) {
	i = blanks(b, i)
	if i = colours(b, i); i >= len(b) {
		return *p, false
	}
	for k := 0; k < 3 && at(b, i) == '*' && where == afterWord; k++ { // **Token:** value
		if i++; at(b, i) == ' ' {
			i = blanks(b, i)
		}
	}
	if i >= len(b) {
		return *p, false
	}
	bold := where == afterWord && i > 1 && b[i-1] == '*' && b[i-2] == '*'
	if where == afterWord && (b[i] == '&' || b[i] == '!') {
		i = tagged(b, i)
	}
	// A prefix of a string: b"…", f'…', $"…", @"…", N'…'.
	switch b[i] {
	case 'N':
		if at(b, i+1) == '\'' {
			i++
		}
	case 'b', 'B', 'f', 'F', 'r', 'R', 'u', 'U', 'L', '$', '@':
		if n, _, _ := opener(b, i+1); n > 0 {
			i++
		}
	}
	p.at = where
	if n, quote, slashes := opener(b, i); n > 0 {
		if quote != '`' && i+3*n < len(b) && bytes.Equal(b[i:i+2*n], b[i+n:i+3*n]) {
			i += 2 * n // three quotes
			n += newline(b, i+n)
		}
		p.from = i + n
		if start := nameStart(b, p.name); !p.quoted && start > slashes && b[start-1] == quote && where != inList && where != inCall && bytes.Count(b[start-1-slashes:start-1], []byte{'\\'}) == slashes && at(b, start-2-slashes) != '\\' {
			return *p, false // the end of the string that the name begins
		}
		end, closed := quotedEnd(b, p.from, quote, slashes)
		p.to = end
		if (where == afterSign || where == afterWord || where == inProse) && quote != '`' {
			p.at = inQuotes
		}
		if !closed {
			p.to = min(p.ends.value(b, p.from, where), end)
		}
		return *p, p.to > p.from
	}
	if where == afterWord && b[i] == '[' && bytes.IndexByte(p.name, '-') > 0 {
		k := i + 1 // X-Api-Key:[…] of a header that Go prints, and = []string{"…"}
		if bytes.HasPrefix(b[i:], []byte("[]string{")) {
			k = i + len("[]string{")
		}
		if n, _, _ := opener(b, k); n > 0 {
			return p.value(b, k, afterWord)
		}
		if j := p.ends.value(b, k, where); at(b, j) == ']' || at(b, j) == ' ' || j > k && b[j-1] == ']' {
			p.from, p.to = k, j
			if b[j-1] == ']' {
				p.to--
			}
			return *p, p.to > p.from
		}
	}
	switch b[i] {
	case '[', '{':
		p.more = true
	case '|', '>':
		// A block of YAML: the value is on the next line.
		for j := i + 1; j < i+4 && where == afterWord; j++ {
			if n := newline(b, j); n > 0 {
				i = blanks(b, j+n)
				break
			}
		}
	}
	p.from, p.to = i, p.ends.value(b, i, where)
	for bold && p.to > p.from && b[p.to-1] == '*' {
		p.to--
	}
	if where == afterWord && p.to-i < 48 && p.to > i+1 && b[p.to-1] == '(' && isLetter(b[i]) {
		// Token("…"): what it is made of.
		if n, _, _ := opener(b, p.to); n > 0 {
			if wrappers[string(b[i:p.to-1])] {
				return p.value(b, p.to, afterWord)
			}
			return p.value(b, p.to, inCall)
		}
	}
	if c := at(b, cap(b)-cap(p.name)-1); (where == afterSign || where == inQuery) && b[i] == '{' && c == ';' {
		// PWD={…} of ODBC, in braces since signs may stand in it.
		if k := bytes.IndexByte(b[i:min(len(b), i+128)], '}'); k > 1 && (at(b, i+k+1) == ';' || i+k+1 == len(b) || at(b, i+k+1) == '"') {
			p.from, p.to, p.at = i+1, i+k, inQuery
			return *p, true
		}
	}
	if where == afterWord && at(b, p.to) == ',' && p.firstOfLine(b) {
		// In YAML a comma is a part of the value, unless a blank follows.
		for n := 0; n < 128 && at(b, p.to) == ',' && at(b, p.to+1) > ' ' && newline(b, p.to+1) == 0 && !p.quoted; n++ {
			next := p.ends.value(b, p.to+1, where)
			if next == p.to+1 {
				break
			}
			p.to = next
		}
	}
	if where == afterSign && p.atLineStart(b) {
		// NAME=value and nothing else: all of the line.
		n := 0
		for i+n < len(b) && b[i+n] > ' ' && !(b[i+n] == '\\' && i+n+1 < len(b) && (b[i+n+1] == 'n' || b[i+n+1] == 'r' || b[i+n+1] == '"')) && b[i+n] != '"' {
			n++
		}
		if i+n > p.to && capitals(p.name) && (i+n == len(b) || b[i+n] != ' ') {
			p.to = i + n
		}
	}
	if p.at != afterSign && p.at != inFlag && p.at != inOption || where == afterWord {
		for p.to > p.from && bytes.IndexByte([]byte(".,;:!?)"), b[p.to-1]) >= 0 {
			p.to--
		}
	}
	return *p, p.to > p.from
}

// wrappers are the calls and constructors whose text is the value.
var wrappers = set("Some Secret SecretStr SecretString SecretBox Just Ok PASSWORD Password OLD_PASSWORD N String::from optional Optional.of Redacted.make")

// tagged returns the index after the anchor or tag of YAML at b[i], as in
// &pw "…" and !!str "…", where a value in quotes follows it. Else it is i.
func tagged(b []byte, i int) int {
	k := i + 1
	for k < len(b) && k-i < 32 && (identByte(b[k]) || b[k] == '!') {
		k++
	}
	if j := blanks(b, k); j > k && j < len(b) && k > i+1 {
		if n, _, _ := opener(b, j); n > 0 {
			return j
		}
	}
	return i
}

// firstOfLine reports whether nothing but blanks, a bullet or the number of the
// line stands before the name.
func (p *pair) firstOfLine(b []byte) bool {
	i := nameStart(b, p.name) - 1
	for i >= 0 && (b[i] == ' ' || b[i] == '-' || isDigit(b[i]) || b[i] == '\t') {
		i--
	}
	return i < 0 || b[i] == '\n' || b[i] == 'n' && at(b, i-1) == '\\'
}

// nameStart returns where the name before i begins: it is a part of b.
func nameStart(b, name []byte) int { return cap(b) - cap(name) }

// atLineStart reports whether the name is the first thing of its line.
func (p *pair) atLineStart(b []byte) bool {
	i := p.from - 1 - len(p.name) - 1
	c := at(b, i)
	return i < 0 || c == '\n' || c == '"' || c == ' ' && i > 6 && bytes.HasSuffix(b[:i], []byte("export")) || c == 'n' && at(b, i-1) == '\\'
}

// wideSign reports whether b begins with one of the wide forms of the signs of
// ASCII, U+FF01 to U+FF0F and U+FF1A to U+FF1F.
func wideSign(b []byte) bool {
	return at(b, 1) == 0xbc && (at(b, 2) <= 0x8f || at(b, 2) >= 0x9a && at(b, 2) <= 0x9f)
}

// bareEnd returns where a value without quotes ends.
func bareEnd(b []byte, where spot) int {
	for i, c := range b {
		switch {
		case c <= ' ' || c == 0x7f || c == '"' || c == '`':
			return i
		case c == '\\' && i+1 < len(b) && (b[i+1] == 'n' || b[i+1] == 'r' || b[i+1] == 't' || b[i+1] == '"' || b[i+1] == '\\' || b[i+1] == 'u'):
			return i
		case c == '\'' && (where != inFlag && where != inOption || i > 0):
			return i
		case c == '&' && where != inFlag && where != inOption:
			return i
		case c == ';' && where != inFlag && where != inOption:
			return i
		case (c == ',' || c == '<' || c == '|') && where != inFlag && where != inOption:
			return i
		case (c == ')' || c == '}' || c == ']') && where != inFlag && where != inOption && i > 0 && !bytes.ContainsAny(b[:i], "([{"):
			return i
		case c == 0xef && wideSign(b[i:]) || c == 0xe3 && at(b, i+1) == 0x80:
			return i // ， ； ） and the like, 、 。 」
		case c == '#' && where == inQuery:
			return i
		case where == inHeader && (c == '\\' || c == '\''):
			return i
		}
	}
	return len(b)
}
