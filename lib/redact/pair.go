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
		from--
	}
	for to < len(b) && to-at < maxName && identByte(b[to]) {
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
	for from < at && (b[from] == '.' || b[from] == '-') {
		from++
	}
	for to > at && (b[to-1] == '.' || b[to-1] == '-') {
		to--
	}
	return from, to
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
	case '(', ')', ';', '/', '+', '&', '#', '@', '\n', '$', '^', 0:
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
			return at(b, j+1) != '=' && at(b, j+1) != ':'
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
				if !sentenceEnd(b, from, quote) {
					return p, false
				}
			}
		}
		p.quoted = before >= 0 && b[before] == quote
		if !p.quoted && quote != '`' && p.dashed(b, from) {
			p.quoted = true
			for b[before] == '-' {
				before--
			}
			p.quoted = b[before] == quote
		}
		i += n
	}
	for i < len(b) && (b[i] == ']' || b[i] == '?' || b[i] == '!' || b[i] == '*') && i-to < 24 {
		i++
	}
	j := blanks(b, i)
	if (at(b, j) == '?' || at(b, j) == '+') && at(b, j+1) == '=' {
		j++ // of make
	}
	if j >= len(b) {
		return p, false
	}
	if p.quoted {
		if k := beside(b, j); k > 0 {
			return p.value(b, k, inList)
		}
	}
	switch c := b[j]; {
	case c == '{' && j == to:
		if n, _, _ := opener(b, j+1); n > 0 {
			return p.value(b, j+1, inList)
		}
	case c == '>' && p.quoted:
		return p.element(b, j+1)
	case c == ':':
		switch next := at(b, j+1); {
		case next == '=':
			return p.value(b, j+2, afterWord)
		case next == ':' || next == '/' && at(b, j+2) == '/' || next == '\\' && at(b, j+2) == '/':
			return p, false
		}
		return p.typed(b, j+1)
	case c == '=':
		switch at(b, j+1) {
		case '=', '~':
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
	case c == ',' && (p.quoted || at(b, from-1) == ':'):
		k := blanks(b, j+1)
		if n, _, _ := opener(b, k); n > 0 {
			return p.value(b, k, inList)
		}
	case c == '|' && n == 0 && tableCell(b, from):
		return p.value(b, j+1, afterWord)
	case c == '>' && n == 0 && at(b, from-1) == '<':
		return p.element(b, j+1)
	case c == '-' && at(b, j+1) == '>':
		return p.value(b, j+2, afterWord)
	case j > i && p.dashed(b, from):
		return p.value(b, j, inFlag)
	case j > i && n == 0:
		return p.spoken(b, from, j)
	}
	return p, false
}

// beside returns where the value begins in "name" value="…", and in
// "name","value":"…": at b[i] stands what follows the name. It returns 0 if
// something else stands there.
func beside(b []byte, i int) int {
	if at(b, i) == ',' {
		i = blanks(b, i+1)
	}
	n, _, _ := opener(b, i)
	i += n
	if len(b)-i < 7 || !equalFold(b[i:i+5], "value") {
		return 0
	}
	i += 5
	n, _, _ = opener(b, i)
	if i = blanks(b, i+n); at(b, i) != '=' && at(b, i) != ':' {
		return 0
	}
	if i = blanks(b, i+1); i < len(b) {
		if n, _, _ := opener(b, i); n > 0 {
			return i
		}
	}
	return 0
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

// tableCell reports whether a name is the content of a cell.
func tableCell(b []byte, from int) bool {
	i := from - 1
	for i >= 0 && (b[i] == ' ' || b[i] == '`' || b[i] == '*') {
		i--
	}
	return at(b, i) == '|'
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

// element is the pair of an XML element: its text.
func (p *pair) element(b []byte, i int) (pair, bool) {
	j := i
	for j < len(b) && b[j] != '<' && b[j] != '\n' && j-i < 1024 {
		j++
	}
	if _, closes := slashes(b, j+1); at(b, j) != '<' || !closes || j == i { // </ may be written as <\/
		return *p, false
	}
	p.from, p.to, p.at = i, j, inQuotes
	return *p, true
}

// spoken is the pair of a name and a value in prose, or of a command that sets
// a variable.
func (p *pair) spoken(b []byte, from, i int) (pair, bool) {
	if len(p.name) == 4 && equalFold(p.name, "pass") {
		return *p, false // a verb
	}
	line := b[max(0, from-64):from]
	line = line[bytes.LastIndexByte(line, '\n')+1:]
	word := lastWord(line)
	if setters[string(word)] {
		return p.value(b, i, afterWord)
	}
	// A type between the name and its value: var key string = "…".
	k := i
	for k < len(b) && k-i < 24 && (isLetter(b[k]) || b[k] == '*') {
		k++
	}
	if m := blanks(b, k); k > i && at(b, m) == '=' && at(b, m+1) != '=' {
		return p.value(b, m+1, afterWord)
	}
	for _, w := range [...]string{"for ", "of ", "on "} {
		if len(b)-i > len(w) && string(b[i:i+len(w)]) == w {
			return p.whose(b, i+len(w))
		}
	}
	for _, w := range [...]string{"is ", "was ", "to ", "= ", "is: ", "as "} {
		if len(b)-i > len(w) && string(b[i:i+len(w)]) == w {
			// The blank before the value takes the place of the name.
			if j := i + len(w); alone(b, j, j-1) {
				return *p, false
			}
			return p.value(b, i+len(w), inProse)
		}
	}
	// Nothing between them: what is not plainly drawn is prose.
	if b[i] == '`' || b[i] == '\\' && at(b, i+1) == '`' {
		return *p, false
	}
	q, ok := p.value(b, i, inProse)
	if q.at == inQuotes {
		q.at = inList
	}
	if !ok || q.at == inProse && q.to-q.from < 8 {
		return q, false // too short for all that follows
	}
	if t := traitsOf(b[q.from:q.to]); q.at == inProse && !t.random(16) && !(t.random(8) && (bytes.Contains(line, []byte("login ")) || with[string(bytes.ToLower(word))])) &&
		!(t.n >= 8 && t.digits > 0 && t.signs > 0 && t.spaces == 0) &&
		!(t.random(8) && startsLine(line) && (q.to == len(b) || b[q.to] == '\n' || b[q.to] == '\\' || b[q.to] == '"') && natureOf(p.name) == aPassword) {
		return q, false
	}
	return q, true
}

// startsLine reports whether what follows a part of a line is the first thing
// in it, or in a string.
func startsLine(line []byte) bool {
	line = bytes.TrimRight(line, " \t")
	return len(line) == 0 || line[len(line)-1] == '"' || bytes.HasSuffix(line, []byte(`\n`))
}

// whose is the pair of a name that says whose it is: Password for bob: value.
func (p *pair) whose(b []byte, i int) (pair, bool) {
	for j := i; j < len(b) && j-i < 48 && b[j] != '\n'; j++ {
		switch {
		case b[j] == ':' && at(b, j+1) == ' ' || b[j] == '=':
			return p.value(b, j+1, inProse)
		case !identByte(b[j]) && b[j] != ' ' && b[j] != '@' && b[j] != '\'':
			return *p, false
		case b[j] == ' ' && bytes.HasPrefix(b[j:], []byte(" is ")):
			return p.value(b, j+4, inProse)
		}
	}
	return *p, false
}

// with are the words before a password that is given to be used: with password
// x9…
var with = set("use using with and enter try is")

var setters = set("ENV ARG set setx export put add create default login user")

func lastWord(line []byte) []byte {
	line = bytes.TrimRight(line, " \t")
	i := len(line)
	for i > 0 && isLetter(line[i-1]) {
		i--
	}
	return line[i:]
}
