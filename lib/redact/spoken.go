package redact

import "bytes"

// spoken is the pair of a name and a value in prose, or of a command that sets
// a variable.
func (p *pair) spoken(b []byte, from, i int) (pair, bool) {
	if len(p.name) == 4 && equalFold(p.name, "pass") {
		return *p, false // a verb
	}
	line := b[max(0, from-64):from]
	line = line[bytes.LastIndexByte(line, '\n')+1:]
	word := lastWord(line)
	if n := len(bytes.TrimRight(line, " \t")) - len(word); n > 0 && line[n-1] == '-' {
		word = lastWord(line[:n-1]) // set -gx NAME value
	}
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
			if w == "to " && p.at != inList && !changed(line) {
				return *p, false
			}
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
