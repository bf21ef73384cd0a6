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
	// A prefix of a string: b"…", f'…', $"…", @"…".
	switch b[i] {
	case 'b', 'B', 'f', 'F', 'r', 'R', 'u', 'U', 'L', '$', '@':
		if n, _, _ := opener(b, i+1); n > 0 {
			i++
		}
	}
	p.at = where
	if n, quote, slashes := opener(b, i); n > 0 {
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
	if where == afterWord && p.to-i < 48 && p.to > i+1 && b[p.to-1] == '(' && isLetter(b[i]) {
		// Token("…"): what it is made of.
		if n, _, _ := opener(b, p.to); n > 0 {
			return p.value(b, p.to, inCall)
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

// nameStart returns where the name before i begins: it is a part of b.
func nameStart(b, name []byte) int { return cap(b) - cap(name) }

// atLineStart reports whether the name is the first thing of its line.
func (p *pair) atLineStart(b []byte) bool {
	i := p.from - 1 - len(p.name) - 1
	c := at(b, i)
	return i < 0 || c == '\n' || c == ' ' && i > 6 && bytes.HasSuffix(b[:i], []byte("export")) || c == 'n' && at(b, i-1) == '\\'
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
		case c == '#' && where == inQuery:
			return i
		case where == inHeader && (c == '\\' || c == '\''):
			return i
		}
	}
	return len(b)
}
