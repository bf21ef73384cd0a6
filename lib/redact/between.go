package redact

import "bytes"

// What stands between a name and its value may be more than a sign: the
// sequences of a terminal that colour it, a call, a comparison, a default.

// colour returns the length of the sequence at b[i] that sets the colours of a
// terminal (ECMA-48, SGR), also where its escape is written as \u001b, \x1b,
// \033 or \e, and 0 if there is none.
func colour(b []byte, i int) int {
	j := i
	switch at(b, j) {
	case 0x1b:
		j++
	case '\\':
		for at(b, j) == '\\' && j-i < 16 {
			j++
		}
		switch rest := b[j:min(len(b), j+5)]; {
		case len(rest) == 5 && (string(rest) == "u001b" || string(rest) == "u001B"):
			j += 5
		case bytes.HasPrefix(rest, []byte("x1b")), bytes.HasPrefix(rest, []byte("x1B")), bytes.HasPrefix(rest, []byte("033")):
			j += 3
		case at(rest, 0) == 'e':
			j++
		default:
			return 0
		}
	default:
		return 0
	}
	if at(b, j) != '[' {
		return 0
	}
	for j++; j < len(b) && j-i < 48 && (isDigit(b[j]) || b[j] == ';' || b[j] == ':'); {
		j++
	}
	if c := at(b, j); c != 'm' && c != 'K' {
		return 0 // K clears the rest of the line: grep writes it
	}
	return j + 1 - i
}

// colours returns the index after blanks and sequences of colours.
func colours(b []byte, i int) int {
	for n := 0; n < 8; n++ {
		k := colour(b, i)
		if k == 0 {
			break
		}
		i = blanks(b, i+k)
	}
	return i
}

// coloured returns where an identifier begins that b[from:to] is said to be, if
// it has the end of a sequence of colours before it: 32mNAME.
func coloured(b []byte, from, to int) int {
	if c := at(b, from-1); c != '[' && c != ';' {
		return from
	}
	k := from
	for k < to && k-from < 4 && isDigit(b[k]) {
		k++
	}
	if e := at(b, from-2); k < to-1 && (b[k] == 'm' || b[k] == 'K' && k == from && (e == 0x1b || e|0x20 == 'b')) {
		return k + 1
	}
	return from
}

// arrow returns the length of an arrow at b[i]: → or \u2192.
func arrow(b []byte, i int) int {
	switch rest := b[i:]; {
	case bytes.HasPrefix(rest, []byte("→")):
		return 3
	case bytes.HasPrefix(rest, []byte(`\u2192`)):
		return 6
	}
	return 0
}

// otherwise returns where the value begins that stands at b[i] for a name that
// has none: NAME || "…", NAME ?? "…", NAME ||= "…". It is 0 if there is none.
func otherwise(b []byte, i int) int {
	c := at(b, i)
	if c != '|' && c != '?' || at(b, i+1) != c {
		return 0
	}
	i += 2
	if at(b, i) == '=' {
		i++
	}
	i = blanks(b, i)
	if n, _, _ := opener(b, i); n == 0 {
		return 0
	}
	return i
}

// defaulted returns where the default begins of a variable of Terraform whose
// block is opened at b[i]: variable "token" { default = "…".
func defaulted(b []byte, i int) int {
	body := b[i:min(len(b), i+400)]
	if k := bytes.IndexByte(body, '}'); k >= 0 {
		body = body[:k]
	}
	k := bytes.Index(body, []byte("default"))
	if k < 0 {
		return 0
	}
	j := blanks(b, i+k+7)
	if at(b, j) != '=' {
		return 0
	}
	if j = blanks(b, j+1); j < len(b) {
		if n, _, _ := opener(b, j); n > 0 {
			return j
		}
	}
	return 0
}

// bracketed is the pair of a name and a value in brackets after a blank: token
// [x9…], token (x9…). The value must be plainly drawn.
func (p *pair) bracketed(b []byte, i int) (pair, bool) {
	end := byte(')')
	if b[i] == '[' {
		end = ']'
	}
	j := i + 1
	for j < len(b) && j-i < 200 && (alnum(b[j]) || b[j] == '-' || b[j] == '_' || b[j] == '.') {
		j++
	}
	if natureOf(p.name) == aPassword {
		for j < len(b) && j-i < 64 && b[j] > ' ' && b[j] != end && b[j] != '"' && b[j] != '\\' {
			j++
		}
		if v := b[i+1 : j]; at(b, j) == end && len(v) >= 8 {
			t := traitsOf(v)
			if (t.random(8) && t.uppers > 0 && t.digits > 1 || t.signs > 0 && t.digits > 0) && !identifier(v, &t) && !code(v, &t) && !version(v, &t) && bytes.IndexByte(v, '=') < 0 && v[0] != '$' {
				p.from, p.to, p.at = i+1, j, inQuotes
				return *p, true
			}
		}
	}
	if at(b, j) != end || j-i < 18 {
		return *p, false
	}
	v := b[i+1 : min(j, len(b))]
	if t := traitsOf(v); !t.random(16) || hexadecimal(v) || uuid(v) || t.digits < 2 || identifier(v, &t) || code(v, &t) {
		return *p, false
	}
	p.from, p.to, p.at = i+1, j, inQuotes
	return *p, true
}

// given finds the token or key that is said in prose to be set: the value in
// `NAME` set to `…`, and in the key x9… .
func (p *pair) given(b []byte, i int) (pair, bool) {
	for _, w := range [...]string{"set to ", "to ", "is ", "as ", "= ", "=", ": ", "with value ", "with "} {
		if len(b)-i > len(w) && string(b[i:i+len(w)]) == w {
			j := i + len(w)
			if n, quote, _ := opener(b, j); n > 0 && quote == '`' {
				return p.value(b, j, inList)
			}
		}
	}
	return *p, false
}

// shown reports whether a value of hex digits beside the name key is that of an
// API: a log tells that a request with it was refused, or somebody says that it
// was used. Else such a value is a digest as often as not. The name begins at
// name, the value is text[from:to].
func (s *search) shown(name, from, to int) bool {
	v := s.text[from:to]
	if len(v) < 24 || len(v) > 128 || !hexadecimal(v) && !uuid(v) || from < name {
		return false
	}
	b := s.text[max(0, name-96):name]
	b = b[bytes.LastIndexByte(b, '\n')+1:]
	if c := at(s.text, from-1); c == '=' || c == ':' {
		after := s.text[to:min(len(s.text), to+96)]
		if k := bytes.IndexByte(after, '\n'); k >= 0 {
			after = after[:k]
		}
		return refusal(b) || refusal(after)
	}
	b = bytes.ToLower(b[max(0, len(b)-24):])
	for _, w := range [...]string{"used the ", "use the ", "using the ", "with the ", "use this ", "used this ", "pasted the ", "try the ", "api ", "the access ", "the secret ", "your ", "my "} {
		if bytes.HasSuffix(b, []byte(w)) {
			return true
		}
	}
	return false
}

// refusal reports whether a part of a line tells that credentials were not
// accepted.
func refusal(line []byte) bool {
	for _, w := range [...]string{"401", "403", "nauthorized", "nauthenticated", "orbidden", "request failed", "auth failed", "invalid key", "nvalid api"} {
		if bytes.Contains(line, []byte(w)) {
			return true
		}
	}
	return false
}

// changed reports whether a line tells that something was given a value: set the
// password to x9… .
func changed(line []byte) bool {
	low := bytes.ToLower(line)
	for _, w := range [...]string{"set", "chang", "updat", "rotat"} {
		if bytes.Contains(low, []byte(w)) {
			return true
		}
	}
	return false
}

// dense reports whether no blank, quote or escape stands in the first bytes from
// b[i] on, but a digit: it is the least that a drawn value has.
func dense(b []byte, i int) bool {
	digit := false
	for k := i; k < i+12; k++ {
		switch c := at(b, k); {
		case c <= ' ' || c == '"' || c == '\'' || c == '`' || c == '\\':
			return k >= i+8 && digit
		case isDigit(c):
			digit = true
		}
	}
	return true
}

// headless reports whether a quote that ends at b[i] is that of a key of JSON
// whose beginning is cut: a colon and a quote follow.
func headless(b []byte, i int) bool {
	if at(b, i) != ':' {
		return false
	}
	n, _, _ := opener(b, blanks(b, i+1))
	return n > 0
}

// accessors returns where the value begins that a property of C# is given after
// its accessors, which begin at b[i]: { get; set; } = "…". It is 0 if there is
// none.
func accessors(b []byte, i int) int {
	body := b[i:min(len(b), i+48)]
	k := bytes.IndexByte(body, '}')
	if k < 0 || !bytes.Contains(body[:k], []byte("get;")) {
		return 0
	}
	if i = blanks(b, i+k+1); at(b, i) != '=' {
		return 0
	}
	i = blanks(b, i+1)
	if n, _, _ := opener(b, i); n == 0 {
		return 0
	}
	return i
}
