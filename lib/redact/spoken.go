package redact

import "bytes"

// spoken is the pair of a name and a value in prose, or of a command that sets
// a variable.
func (p *pair) spoken(b []byte, from, i int) (pair, bool) {
	if len(p.name) == 4 && equalFold(p.name, "pass") {
		if string(p.name) == "PASS" && bytes.Contains(b[max(0, from-64):from], []byte("USER ")) {
			q, ok := p.value(b, i, afterSign) // of POP3 and FTP
			return q, ok && bytes.ContainsAny(b[q.from:q.to], digits)
		}
		return *p, false // a verb
	}
	switch rest := b[i:]; {
	case bytes.HasPrefix(rest, []byte("REG_SZ ")):
		return p.value(b, i+len("REG_SZ "), afterWord)
	case bytes.HasPrefix(rest, []byte("--plaintext ")):
		return p.value(b, i+len("--plaintext "), afterWord)
	case bytes.HasPrefix(rest, []byte("- ")) && natureOf(p.name) == aPassword && startsLine(b[max(0, from-16):from]):
		return p.value(b, i+2, inProse)
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
	if len(b)-i > 3 && equalFold(b[i:i+3], "as ") {
		k = i + 3 // of Visual Basic
	}
	for k < len(b) && k-i < 24 && (isLetter(b[k]) || b[k] == '*') {
		k++
	}
	if m := blanks(b, k); k > i && at(b, m) == '=' && at(b, m+1) != '=' {
		return p.value(b, m+1, afterWord)
	}
	for _, w := range [...]string{"for ", "of ", "on ", "для ", "für "} {
		if len(b)-i > len(w) && string(b[i:i+len(w)]) == w {
			return p.whose(b, i+len(w))
		}
	}
	for _, w := range [...]string{"has been ", "was ", "is now ", "is "} {
		// The password has been reset to …, is generated for bob: …
		if len(b)-i < len(w) || string(b[i:i+len(w)]) != w {
			continue
		}
		j := i + len(w)
		k := j
		for k < len(b) && k-j < 16 && isLower(b[k]) {
			k++
		}
		if verbs[string(b[j:k])] && at(b, k) == ' ' {
			switch rest := b[k+1:]; {
			case bytes.HasPrefix(rest, []byte("to ")):
				if j := k + 4; !alone(b, j, j-1) {
					return p.value(b, j, inProse)
				}
			case bytes.HasPrefix(rest, []byte("for ")):
				return p.whose(b, k+5)
			}
		}
	}
	for _, w := range [...]string{"is ", "was ", "to ", "= ", "is: ", "as ", "lautet ", "est ", "è "} {
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
		return p.cited(b, i)
	}
	q, ok := p.value(b, i, inProse)
	if q.at == inQuotes && !(b[i] == '\'' && ofUser(line)) {
		q.at = inList
	}
	if ok && q.at == inProse && natureOf(p.name) == aPassword && netrc(b[max(0, from-256):from]) {
		return q, true
	}
	if !ok || q.at == inProse && q.to-q.from < 8 {
		return q, false // too short for all that follows
	}
	if t := traitsOf(b[q.from:q.to]); q.at == inProse && !t.random(16) && !(t.random(8) && (bytes.Contains(line, []byte("login ")) || with[string(bytes.ToLower(word))])) &&
		!(t.n >= 10 && t.digits > 1 && t.spaces == 0 && with[string(bytes.ToLower(word))] && !code(b[q.from:q.to], &t) && !version(b[q.from:q.to], &t) && isDigit(b[q.to-1])) &&
		!(t.n >= 8 && t.digits > 0 && t.signs > 0 && t.spaces == 0) &&
		!((t.random(8) || t.n >= 10 && t.digits > 1 && isDigit(b[q.to-1]) && !version(b[q.from:q.to], &t)) && startsLine(line) && endsLine(b, q.to) && natureOf(p.name) == aPassword) {
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

// endsLine reports whether nothing but the end of a sentence follows in a line,
// or in a string.
func endsLine(b []byte, i int) bool {
	for n := 0; n < 2 && (at(b, i) == '!' || at(b, i) == '.'); n++ {
		i++
	}
	return i == len(b) || b[i] == '\n' || b[i] == '\r' || b[i] == '\\' || b[i] == '"'
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

var setters = set("ENV ARG set setx setenv SetEnv export put add create default login user")

func lastWord(line []byte) []byte {
	line = bytes.TrimRight(line, " \t")
	i := len(line)
	for i > 0 && isLetter(line[i-1]) {
		i--
	}
	return line[i:]
}

// verbs tell that something was given a value.
var verbs = set("reset changed set updated rotated generated created")

// cited is the pair of a name and a value in backquotes after it, which must
// look drawn: a name stands there more often.
func (p *pair) cited(b []byte, i int) (pair, bool) {
	q, ok := p.value(b, i, inList)
	if !ok {
		return q, false
	}
	v := b[q.from:q.to]
	t := traitsOf(v)
	return q, t.random(16) && t.digits >= 2 && !hexadecimal(v) && !uuid(v) && !identifier(v, &t) && !code(v, &t)
}

// ofUser reports whether a part of a line is that of a statement of SQL about a
// user.
func ofUser(line []byte) bool {
	low := bytes.ToLower(line)
	for _, w := range [...]string{"user ", "role ", "login ", "mapping "} {
		if bytes.Contains(low, []byte(w)) {
			return true
		}
	}
	return false
}

// netrc reports whether a text before the word password is that of a .netrc
// file: machine NAME login NAME.
func netrc(before []byte) bool {
	k := max(bytes.LastIndex(before, []byte("machine ")), bytes.LastIndex(before, []byte("default login ")))
	return k >= 0 && bytes.Contains(before[k:], []byte("login ")) && !bytes.Contains(before[k:], []byte("password"))
}
