package mask

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// ones and highs have a 1 and the highest bit in each byte. Of a word v, the
// bytes that are 0 have their bit in (v-ones)&^v&highs, and at times one above.
const ones, highs = 0x0101010101010101, 0x8080808080808080

// labels finds dates of birth, security codes and the like in running text,
// by the word or key before them.
func (s *scan) labels() {
	t := s.text
	i := 0
	for ; i+8 <= len(t) && !s.done; i += 8 {
		v := binary.LittleEndian.Uint64(t[i:])
		c, e := v^ones*':', v^ones*'='
		for m := ((c-ones)&^c | (e-ones)&^e) & highs; m != 0 && !s.done; m &= m - 1 {
			s.labelAt(i + bits.TrailingZeros64(m)>>3)
		}
	}
	for ; i < len(t) && !s.done; i++ {
		s.labelAt(i)
	}
}

// labelAt looks at the key before t[i], which is : or =, and the value after.
func (s *scan) labelAt(i int) {
	t := s.text
	if t[i] != ':' && t[i] != '=' {
		return // the search is not exact
	}
	if i+1 < len(t) && t[i+1] == '=' || i > 0 && (t[i-1] == ':' || t[i-1] == '=' || t[i-1] == '!') {
		return // := == ::
	}
	to := i
	quoted := false
	if to > 0 && t[to-1] == ' ' {
		to--
	}
	if to > 0 && (t[to-1] == '"' || t[to-1] == '\'') {
		to--
		quoted = true
		for to > 0 && t[to-1] == '\\' {
			to--
		}
	}
	if to < 3 {
		return
	}
	c := t[to-1]
	if class[c]&isWord == 0 || c >= 0x80 {
		return
	}
	if k, ok := lastTwo(t[to-2], c); ok && keyEnds[k].lengths == 0 || !ok && class[c]&isDigit == 0 {
		return
	}
	from := to
	low := max(0, to-longestKey)
	for from > low && (class[t[from-1]]&isWord != 0 && t[from-1] < 0x80 || t[from-1] == '-' || t[from-1] == '.' || t[from-1] == ' ' && from-1 > low && isLetter(t[from-2])) {
		from--
	}
	if s.line && from > 0 && from < to && t[from-1] == '\\' && (t[from] == 'n' || t[from] == 't' || t[from] == 'r') {
		from++ // of an escape
	}
	// A label of words: the date of birth. The whole of it need not be a key.
	r, ok := ruleOf(t[from:to])
	if !ok || !s.on[r.kind] {
		return
	}
	vFrom, vTo, vQuoted := s.valueAt(i + 1)
	if s.line && quoted && (vTo <= vFrom || !vQuoted && (t[vFrom] == '[' || t[vFrom] == '{')) {
		// An array, an object, an escape: the decoded text will tell.
		if i+1 < len(t) && (t[i+1] == '[' || t[i+1] == '{' || t[i+1] == '\\' || t[i+1] == '"') || vFrom < len(t) && (t[vFrom] == '[' || t[vFrom] == '{') {
			s.done = true
		}
		return
	}
	if vTo <= vFrom {
		return
	}
	v := t[vFrom:vTo]
	if s.line && quoted {
		// What is escaped is for the decoded text to tell.
		s.done = bytes.IndexByte(v, '\\') >= 0 || fits(r, v, !vQuoted)
		return
	}
	if s.line && bytes.Contains(t[vFrom:min(len(t), vTo+2)], []byte(`\u`)) {
		s.done = true // a control byte, where the text may see an end
		return
	}
	if !labelFits(r, v, quoted && vQuoted) {
		return
	}
	s.add(vFrom, vTo, r.kind)
}

// How far the value after a label is followed, in bytes, in quotes and without.
const (
	longestValue = 300
	longestBare  = 48
)

// valueAt returns the value that begins after spaces at t[i]: what is in
// quotes, or the rest up to the end of the line, a comma or the like.
func (s *scan) valueAt(i int) (from, to int, quoted bool) {
	t := s.text
	for i < len(t) && t[i] == ' ' {
		i++
	}
	if i >= len(t) {
		return i, i, false
	}
	for k := i; k < len(t) && k < i+4; k++ {
		if t[k] == '"' || t[k] == '\'' {
			if k > i && t[i] != '\\' {
				break
			}
			q := t[k]
			from = k + 1
			for to = from; to < len(t) && to < from+longestValue; to++ {
				if t[to] == q {
					for to > from && t[to-1] == '\\' {
						to--
					}
					return from, to, true
				}
				if t[to] == '\n' {
					break
				}
			}
			return from, from, false
		}
		if t[k] != '\\' {
			break
		}
	}
	from = i
	for to = from; to < len(t) && to < from+longestBare; to++ {
		switch c := t[to]; c {
		case ':', '=', '\n', '\r', '"', '\'', ',', ';', '&', '|', '}', ')', ']', '<', '\\', '\t', '`', '*':
			return from, trimSpace(t, from, to), false
		case ' ':
			if to+1 < len(t) && t[to+1] == ' ' {
				return from, to, false
			}
		}
	}
	return from, trimSpace(t, from, to), false
}

func trimSpace(t []byte, from, to int) int {
	for to > from && (t[to-1] == ' ' || t[to-1] == '.') {
		to--
	}
	return to
}

// labelFits reports whether v is data of its kind in running text, which is
// full of code: stricter than fits. json says that key and value are quoted.
func labelFits(r keyRule, v []byte, json bool) bool {
	if !fits(r, v, false) {
		return false
	}
	if json {
		return true
	}
	d := 0
	for _, c := range v {
		if class[c]&isDigit != 0 {
			d++
		}
	}
	switch r.kind {
	case birthDate:
		return d >= 4 && len(v) <= 24 && !code(v) && class[v[len(v)-1]]&isWord != 0 && looksLikeDate(v)
	case card:
		return r.code || d == len(v) && cardLike(v)
	case ssn:
		return d == 9 && len(v) <= 11
	case document:
		return len(v) >= 6 && d >= 5 && bytes.IndexByte(v, ' ') < 0 && bytes.IndexByte(v, '.') < 0
	case awsAccount:
		return true
	}
	return false
}

func cardLike(v []byte) bool { return len(v) >= 13 && len(v) <= 19 && luhn(v) }

// looksLikeDate reports whether v has a year and a day or month: digits with
// separators, or the name of a month.
func looksLikeDate(v []byte) bool {
	groups, digits, letters := 0, 0, 0
	in := false
	for _, c := range v {
		switch {
		case class[c]&isDigit != 0:
			if !in {
				groups++
			}
			digits++
			in = true
			continue
		case isLetter(c):
			letters++
		case c != '-' && c != '/' && c != '.' && c != ' ' && c != ',':
			return false
		}
		in = false
	}
	return groups == 3 && digits >= 4 && digits <= 8 && letters <= 2 || groups == 2 && digits >= 5 && digits <= 6 && letters >= 3 && letters <= 12 || groups == 1 && digits == 8 && letters == 0
}
