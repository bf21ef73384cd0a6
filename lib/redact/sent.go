package redact

import "bytes"

// sent finds the password that a script sends when it is asked for one, which
// it waits for up to i: expect "password:" and then send "…\r", or
// child.sendline("…").
func (s *search) sent(i int) {
	b := s.text
	near := b[i:min(len(b), i+80)]
	k := bytes.Index(near, []byte("send"))
	if k < 0 || bytes.IndexByte(near[:k], '\n') < 0 && bytes.IndexByte(near[:k], '{') < 0 && !bytes.Contains(near[:k], []byte(`\n`)) {
		return
	}
	j := i + k + len("send")
	if w := b[j:min(len(b), j+4)]; string(w) == "line" {
		j += len("line")
	}
	j = blanks(b, j)
	if at(b, j) == '(' {
		j++
	}
	if bytes.HasPrefix(b[j:], []byte("-- ")) {
		j = blanks(b, j+3)
	}
	n, quote, slashes := opener(b, j)
	if n == 0 {
		return
	}
	end, _ := quotedEnd(b[:min(len(b), j+256)], j+n, quote, slashes)
	v := b[j+n : end]
	for len(v) > 2 && v[len(v)-2] == '\\' && (v[len(v)-1] == 'r' || v[len(v)-1] == 'n') {
		v = bytes.TrimRight(v[:len(v)-2], `\`)
	}
	if t := traitsOf(v); t.n < 5 || t.spaces > 0 || pattern(v) || v[0] == '$' || t.wordy() && t.n < 8 || common[string(v)] {
		return
	}
	s.argument(word{j + n, j + n + len(v)})
}

// inserts reports whether the name text[from:to] stands in a list of columns
// before VALUES.
func (s *search) inserts(from, to int) bool {
	b := s.text
	switch at(b, from-1) {
	case '(', ',', ' ', '`', '"', '[':
	default:
		return false
	}
	j := to
	for j < len(b) && j-to < 256 && (identByte(b[j]) || b[j] == ',' || b[j] == ' ' || b[j] == '`' || b[j] == '"' || b[j] == '\\') {
		j++
	}
	if at(b, j) != ')' {
		return false
	}
	j = blanks(b, j+1)
	if n := newline(b, j); n > 0 {
		j = blanks(b, j+n)
	}
	return len(b)-j > 8 && equalFold(b[j:j+6], "values")
}

// maxTuples bounds how many rows of a statement are looked at.
const maxTuples = 256

// inserted finds the values of a column in INSERT INTO t (…, NAME, …) VALUES (…).
func (s *search) inserted(n nature, from, to int) {
	switch n {
	case aPassword, aSecret, aToken, aKey:
	default:
		return
	}
	if s.columns++; s.raw || s.columns > 64 {
		s.hit = s.hit || s.raw
		return
	}
	b := s.text
	nth, j := 0, from
	for j > 0 && from-j < 512 && b[j-1] != '(' {
		if j--; b[j] == ',' {
			nth++
		}
	}
	j = to + bytes.IndexByte(b[to:], ')')
	for rows := 0; rows < maxTuples; rows++ {
		k := bytes.IndexByte(b[j:min(len(b), j+64)], '(')
		if k < 0 {
			return
		}
		j += k + 1
		for col := 0; ; col++ {
			for at(b, j) == ' ' || at(b, j) == '\n' || at(b, j) == '\t' || at(b, j) == 'N' && at(b, j+1) == '\'' {
				j++
			}
			start, end := j, j
			if q := at(b, j); q == '\'' || q == '"' {
				e, closed := quotedEnd(b, j+1, q, 0)
				if !closed {
					return
				}
				start, end, j = j+1, e, e+1
			}
			for j < len(b) && b[j] != ',' && b[j] != ')' && b[j] != '\n' {
				j++
			}
			if col == nth && end > start && judge(n, b[from:to], b[start:end], inQuotes, 1) {
				s.add(start, end, s.ruleOf(n, b[from:to]))
			}
			if at(b, j) != ',' {
				break
			}
			j++
		}
		if at(b, j) != ')' {
			return
		}
	}
}
