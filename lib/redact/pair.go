package redact

import "bytes"

// A pair is a name and a value beside it, in some notation.
type pair struct {
	name     []byte
	from, to int // of the value in the text
	at       spot
	quoted   bool // the name stands in quotes
	more     bool // the value is an array, an object or goes on in another string
	ends     *ends
}

// maxValue is the longest value in quotes that is looked for the end of, in
// bytes.
const maxValue = 16 << 10

// identAt returns the identifier that holds b[at].
func identAt(b []byte, at int) (from, to int) {
	from, to = at, at
	for from > 0 && at-from < maxName && identByte(b[from-1]) {
		if b[from-1] >= 0x80 && ideograph(b, from-1) {
			break
		}
		from--
	}
	for to < len(b) && to-at < maxName && identByte(b[to]) && b[to] < 0xe0 {
		to++
	}
	// The letter of an escape is not a part of it.
	if from > 0 && from < at {
		switch b[from-1] {
		case '\\':
			if b[from] == 'u' && at-from > 5 {
				from += 5
			} else {
				from++
			}
		case '%':
			if at-from > 2 {
				from += 2
			}
		}
	}
	from = coloured(b, from, at+1)
	for from < at && (b[from] == '.' || b[from] == '-') {
		from++
	}
	for to > at && (b[to-1] == '.' || b[to-1] == '-') {
		to--
	}
	return from, to
}

// ideograph reports whether b[i] is a part of a character of three bytes or
// more in UTF-8: no name of a script with blanks holds one, and where there are
// none between words a name ends there.
func ideograph(b []byte, i int) bool {
	for k := i; k >= 0 && i-k < 4 && b[k] >= 0x80; k-- {
		if b[k] >= 0xc0 {
			return b[k] >= 0xe0
		}
	}
	return false
}

func identByte(c byte) bool { return alnum(c) || c == '_' || c == '-' || c == '.' || c >= 0x80 }

// blanks returns the index after blanks, those written as \t among them.
func blanks(b []byte, i int) int {
	for n := 0; i < len(b) && n < 64; n++ {
		switch {
		case b[i] == ' ' || b[i] == '\t':
			i++
		case b[i] == '\\' && i+1 < len(b) && b[i+1] == 't':
			i += 2
		default:
			return i
		}
	}
	return i
}

// opener returns the quote at b[i], with the backslashes before it: how many
// bytes both are, which quote, how many backslashes. n is 0 if there is none.
func opener(b []byte, i int) (n int, quote byte, slashes int) {
	j := i
	for j < len(b) && b[j] == '\\' && j-i < 16 {
		j++
	}
	if j < len(b) && (b[j] == '"' || b[j] == '\'' || b[j] == '`') {
		return j - i + 1, b[j], j - i
	}
	return 0, 0, 0
}

// quotedEnd returns where the value in quotes that begins at b[i] ends, and
// whether its quote is there.
func quotedEnd(b []byte, i int, quote byte, slashes int) (int, bool) {
	limit := min(len(b), i+maxValue)
	run := 0
	for j := i; j < limit; j++ {
		switch c := b[j]; {
		case c == '\\':
			run++
			continue
		case c == quote && run == slashes:
			return j - run, true
		case c == quote && run < slashes:
			// The quote of a string further out: this one is cut.
			return j - run, false
		case c == '\n' && quote != '`':
			return j, false
		}
		run = 0
	}
	return limit, false
}

// alone reports whether what follows a name shows that no value does, for the
// most frequent cases: a word of prose, or of a program, stands there.
func alone(b []byte, from, to int) bool {
	switch c := at(b, to); c {
	case '(':
		n, _, _ := opener(b, to+1)
		return n == 0 || !dense(b, to+1+n)
	case '&':
		return htmlQuoted(b, to) == 0
	case ')', ';', '/', '+', '#', '@', '\n', '$', '^', 0:
		return true
	case ' ':
		j := to + 1
		for j < len(b) && isLower(b[j]) {
			j++
		}
		if j-to < 5 || at(b, from-1) == '-' {
			return false
		}
		switch d := at(b, j); d {
		case '.', ',', ')', ';', '(', 0:
			return true
		case ' ':
			return at(b, j+1) != '=' && at(b, j+1) != ':' && string(b[to+1:j]) != "lautet"
		}
	}
	return false
}

// pairAt returns the pair whose name is b[from:to].
func pairAt(b []byte, from, to int, e *ends) (p pair, ok bool) {
	p.ends = e
	p.name = b[from:to]
	i := to
	n, quote, _ := opener(b, i)
	if n > 0 {
		before := from - 1
		if before < 0 || b[before] != quote && !(quote == '`') {
			// The end of a string that the name is the last word of.
			if quote == '"' || quote == '\'' {
				if !sentenceEnd(b, from, quote) && !headless(b, i+n) {
					return p, false
				}
			}
		}
		p.quoted = before >= 0 && b[before] == quote
		if !p.quoted && quote != '`' && p.dashed(b, from) {
			p.quoted = true
			for at(b, before) == '-' {
				before--
			}
			p.quoted = at(b, before) == quote
		}
		i += n
	}
	for i < len(b) && (b[i] == ']' || b[i] == '?' || b[i] == '!' || b[i] == '*') && i-to < 24 {
		i++
	}
	j := blanks(b, i)
	spaced := j > i
	if k := colours(b, j); k > j {
		spaced = spaced || bytes.IndexByte(b[j:k], ' ') >= 0
		i, j = k, k
	}
	if (at(b, j) == '?' || at(b, j) == '+') && at(b, j+1) == '=' {
		j++ // of make
	}
	if j >= len(b) {
		return p, false
	}
	if n > 0 && quote == '`' && j > i {
		if q, ok := p.given(b, j); ok {
			return q, true
		}
	}
	if p.quoted {
		if k := beside(b, j); k > 0 {
			return p.value(b, k, afterWord)
		}
	}
	switch c := b[j]; {
	case c == '{' && j == to:
		if n, _, _ := opener(b, j+1); n > 0 {
			return p.value(b, j+1, inList)
		}
	case c == '{' && p.quoted:
		if k := defaulted(b, j); k > 0 {
			return p.value(b, k, afterWord)
		}
	case c == '(' && j == to:
		if n, _, _ := opener(b, j+1); n > 0 {
			if string(p.name) == "PASSWORD" {
				return p.value(b, j+1, afterWord) // a function of MySQL
			}
			return p.value(b, j+1, inCall)
		}
	case c == '{' && j > i:
		if k := accessors(b, j); k > 0 {
			return p.value(b, k, afterWord)
		}
	case (c == '(' || c == '[') && j > i && n == 0:
		return p.bracketed(b, j)
	case c == '|' && at(b, j+1) == '|', c == '?' && at(b, j+1) == '?':
		if k := otherwise(b, j); k > 0 {
			return p.value(b, k, inList)
		}
	case c == '.' && at(b, j+1) == ' ' && j > i:
		if n, _, _ := opener(b, j+2); n > 0 {
			return p.value(b, j+2, inList) // of Lisp
		}
	case c == '>' && p.quoted:
		return p.element(b, j+1)
	case c == ':':
		switch next := at(b, j+1); {
		case next == '=':
			return p.value(b, j+2, afterWord)
		case next == ':' && at(b, from-1) == '=':
			return p.value(b, j+2, afterWord) // ::set-output name=token::…
		case next == ':' || next == '/' && at(b, j+2) == '/' || next == '\\' && at(b, j+2) == '/':
			return p, false
		}
		return p.typed(b, j+1)
	case c == '=':
		switch at(b, j+1) {
		case '=':
			k := j + 2
			if at(b, k) == '=' {
				k++
			}
			k = blanks(b, k)
			if n, _, _ := opener(b, k); n > 0 {
				return p.value(b, k, inCall)
			}
			return p, false
		case '~':
			return p, false
		case '>':
			return p.value(b, j+2, afterWord)
		}
		sign := afterSign
		if j > i || at(b, j+1) == ' ' {
			sign = afterWord
		}
		if before := at(b, from-1); before == '?' || before == '&' || before == '#' && j == i || before == ';' && j == i {
			sign = inQuery
		}
		if p.dashed(b, from) {
			sign = inOption
		}
		return p.value(b, j+1, sign)
	case c == '%' && at(b, j+1) == '3' && (at(b, j+2) == 'D' || at(b, j+2) == 'd' || at(b, j+2) == 'A' || at(b, j+2) == 'a'):
		return p.value(b, j+3, inQuery)
	case c == ',' && n == 0 && from > 0 && capitals(p.name) && len(p.name) > 5 && p.startsRow(b):
		q, ok := p.value(b, j+1, afterWord)
		if t := traitsOf(b[q.from:max(q.from, q.to)]); ok && t.random(12) && t.digits > 1 {
			return q, true // NAME,value in a file of values
		}
	case c == ',' && (p.quoted || at(b, from-1) == ':'):
		k := blanks(b, j+1)
		if n := newline(b, k); n > 0 && bytes.IndexByte(p.name, '-') > 0 {
			k = blanks(b, k+n) // a flat list of headers
		}
		if c := at(b, k); c == 'b' || c == 'r' || c == 'u' {
			if n, _, _ := opener(b, k+1); n > 0 {
				k++
			}
		}
		if n, _, _ := opener(b, k); n > 0 {
			return p.value(b, k, inList)
		}
	case c == '|' && (n == 0 || quote == '`') && (tableCell(b, from) || spaced && n == 0 && expanded(b, from)):
		return p.value(b, j+1, afterWord)
	case c == 0xe2 && bytes.HasPrefix(b[j:], []byte("│")) && tableCell(b, from):
		return p.value(b, j+len("│"), afterWord)
	case p.quoted && newline(b, j) > 0:
		if k := numbered(b, j+newline(b, j)); k > 0 {
			return p.value(b, k, inList) // the members of a hash of Redis
		}
	case c == ',' && n == 0 && len(b)-j > 20 && equalFold(b[j+1:j+16], "parametervalue="):
		return p.value(b, j+16, afterSign)
	case c == '>' && n == 0 && (at(b, from-1) == '<' || at(b, from-1) == ':' && isLetter(at(b, from-2))):
		return p.element(b, j+1)
	case c == 0xef && bytes.HasPrefix(b[j:], []byte("：")):
		return p.value(b, j+len("："), afterWord)
	case c == '-' && at(b, j+1) == '>':
		return p.value(b, j+2, afterWord)
	case j > i && arrow(b, j) > 0:
		return p.value(b, j+arrow(b, j), afterWord)
	case j > i && p.dashed(b, from):
		return p.value(b, j, inFlag)
	case c == '<' && at(b, j+1) == '-':
		return p.value(b, j+2, afterWord) // of R
	case c == '<' && at(b, from-1) == '>':
		if k := max(plist(b, j), sibling(b, j)); k > 0 {
			return p.element(b, k)
		}
	case c == '&':
		if k := htmlQuoted(b, j); k > 0 {
			return p.value(b, k, afterSign)
		}
	case spaced && at(b, from-1) == '<':
		if k := bytes.IndexByte(b[j:min(len(b), j+96)], '>'); k > 0 && b[j+k-1] != '/' && bytes.IndexByte(b[j:j+k], '<') < 0 {
			return p.element(b, j+k+1) // an element with attributes
		}
	case spaced && n == 0:
		return p.spoken(b, from, j)
	}
	return p, false
}

func at(b []byte, i int) byte {
	if i < 0 || i >= len(b) {
		return 0
	}
	return b[i]
}

// sentenceEnd reports whether the string that ends after a name began on the
// same line: "The password": value.
func sentenceEnd(b []byte, from int, quote byte) bool {
	for i := from - 1; i >= 0 && from-i < 64; i-- {
		if b[i] == quote {
			return true
		}
		if b[i] == '\n' {
			break
		}
	}
	return false
}

// dashed reports whether the name is an option: it has a hyphen before it and
// a blank or a quote before that.
func (p *pair) dashed(b []byte, from int) bool {
	i := from - 1
	if at(b, i) != '-' {
		return false
	}
	for i >= 0 && b[i] == '-' && from-i < 4 {
		i--
	}
	c := at(b, i)
	return i < 0 || c == ' ' || c == '\t' || c == '\n' || c == '"' || c == '\'' || c == '`' || c == 'n' && at(b, i-1) == '\\'
}

// typed is value for what follows a colon, which may be a type first:
// password: str = "…".
func (p *pair) typed(b []byte, i int) (pair, bool) {
	j := blanks(b, i)
	k := j
	for k < len(b) && k-j < 24 && (isLetter(b[k]) || bytes.IndexByte([]byte("?[]&<>_."), b[k]) >= 0) {
		k++
	}
	if k > j {
		if m := blanks(b, k); at(b, m) == '=' && at(b, m+1) != '=' && m+1 < len(b) {
			return p.value(b, m+1, afterWord)
		}
	}
	return p.value(b, i, afterWord)
}
