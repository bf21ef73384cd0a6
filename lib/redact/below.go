package redact

import "bytes"

// A name may stand above its value: at the head of a column, in the line before
// value: of YAML, or as the end of a line that ends in a colon.

const (
	maxHeader = 512     // bytes of a line with the names of columns
	maxTable  = 8 << 10 // bytes of the lines below it that are looked at
)

// belowName looks at the lines below the name text[from:to].
func (s *search) belowName(n nature, from, to int) {
	switch n {
	case aPassword, aSecret, aToken, aKey:
	default:
		return
	}
	b := s.text
	k, quote, _ := opener(b, to)
	if k > 0 && at(b, from-1) != quote {
		k = 0
	}
	j := blanks(b, to+k)
	switch c := at(b, j); {
	case newline(b, j) > 0:
		s.yamlValue(n, from, j)
		fallthrough
	case c == '|' || c == ',' || c == '\t' || c == ';':
		s.column(n, from, to)
	case c == ':' && newline(b, j+1) > 0:
		s.yamlValue(n, from, j+1)
		s.nextLine(n, from, to, j+1)
	case n == aPassword && k == 0 && isLower(c) && j > to:
		s.announced(j)
	}
}

// newline returns the length of the newline at b[i], also where it is written
// as \n, and 0 if there is none.
func newline(b []byte, i int) int {
	switch at(b, i) {
	case '\n':
		return 1
	case '\r':
		if at(b, i+1) == '\n' {
			return 2
		}
	case '\\':
		if at(b, i+1) == 'n' {
			return 2
		}
		if at(b, i+1) == 'r' && at(b, i+2) == '\\' && at(b, i+3) == 'n' {
			return 4
		}
	}
	return 0
}

// yamlValue finds the value in the lines
//
//   - name: DB_PASSWORD
//     value: …
//
// after the first, which ends at i.
func (s *search) yamlValue(n nature, from, i int) {
	b := s.text
	i = blanks(b, i+newline(b, i))
	k, _, _ := opener(b, i)
	i += k
	if len(b)-i < 7 || !equalFold(b[i:i+5], "value") {
		return
	}
	i += 5
	k, _, _ = opener(b, i)
	if i = blanks(b, i+k); at(b, i) != ':' {
		return
	}
	s.judged(n, from, i+1, afterSign)
}

// nextLine finds the password that is all of the line after one that ends with
// its name and a colon at i.
func (s *search) nextLine(n nature, from, to, i int) {
	if n != aPassword {
		return
	}
	b := s.text
	for k := 0; k < 2 && newline(b, i) > 0; k++ {
		i = blanks(b, i+newline(b, i))
	}
	end := i
	for end < len(b) && b[end] > ' ' && newline(b, end) == 0 && b[end] != '"' {
		end++
	}
	if end < len(b) && newline(b, end) == 0 && b[end] != '"' || end-i < 8 {
		return
	}
	if v := b[i:end]; v[len(v)-1] != ':' && bytes.IndexByte(v, '=') < 0 && !(bytes.IndexByte(v, '/') >= 0 && bytes.IndexByte(v, ':') >= 0) {
		s.judged(n, from, i, inProse)
	}
}

// judged adds the value at i of the name at from, if it looks like a secret.
func (s *search) judged(n nature, from, i int, where spot) {
	p := pair{name: s.text[from : from+1], ends: &s.ends}
	_, to := identAt(s.text, from)
	p.name = s.text[from:to]
	q, ok := p.value(s.text, i, where)
	if !ok {
		return
	}
	v := s.text[q.from:q.to]
	if s.raw {
		s.hit = s.hit || len(v) >= 4
		return
	}
	if judge(n, p.name, v, q.at, 1) {
		s.add(q.from, q.to, s.ruleOf(n, p.name))
	}
}

// column finds the values in the column of a table whose head text[from:to] is.
// Tables are those of Markdown and of psql and mysql, and CSV.
func (s *search) column(n nature, from, to int) {
	b := s.text
	if s.columns++; s.columns > 16+len(b)/maxHeader {
		s.hit = s.hit || s.raw
		return
	}
	start := from
	for start > 0 && from-start < maxHeader && b[start-1] != '\n' && !(b[start-1] == 'n' && at(b, start-2) == '\\') && !(s.raw && b[start-1] == '"' && at(b, start-2) != '\\') {
		start--
	}
	end := to
	for end < len(b) && end-to < maxHeader && newline(b, end) == 0 {
		end++
	}
	if newline(b, end) == 0 {
		return
	}
	head := b[start:end]
	if s.raw && bytes.Contains(head, []byte(`\t`)) {
		s.hit = true
		return
	}
	delim := byte(',')
	switch {
	case bytes.IndexByte(head, '|') >= 0:
		delim = '|'
	case bytes.IndexByte(head, '\t') >= 0:
		delim = '\t'
	case bytes.IndexByte(head, ';') >= 0:
		delim = ';'
	}
	if bytes.IndexByte(head, delim) < 0 || delim != '|' && !csvHead(head, delim) {
		return
	}
	if s.raw {
		s.hit = true
		return
	}
	nth, cells := bytes.Count(b[start:from], []byte{delim}), bytes.Count(head, []byte{delim})
	i := end + newline(b, end)
	if delim == '|' {
		rule := i + lineLen(b[i:])
		if bytes.Count(b[i:rule], []byte{'-'}) < 3 || len(bytes.Trim(b[i:rule], "|+-: \t\r")) > 0 {
			return
		}
		i = rule + 1
	}
	for stop := i + maxTable; i < len(b) && i < stop; {
		line := b[i : i+lineLen(b[i:])]
		if bytes.Count(line, []byte{delim}) != cells {
			return
		}
		at := 0
		for range nth {
			at += bytes.IndexByte(line[at:], delim) + 1
		}
		cell := line[at:]
		if k := bytes.IndexByte(cell, delim); k >= 0 {
			cell = cell[:k]
		}
		const around = " \t\r`\"'*"
		v := bytes.TrimRight(bytes.TrimLeft(cell, around), around)
		if len(v) > 0 && judge(n, b[from:to], v, afterWord, 1) {
			k := i + at + len(cell) - len(bytes.TrimLeft(cell, around))
			s.add(k, k+len(v), s.ruleOf(n, b[from:to]))
		}
		i += len(line) + 1
	}
}

// csvHead reports whether a line may be the names of columns with a delimiter
// between them: no list of one thing a line.
func csvHead(line []byte, delim byte) bool {
	last := delim
	for _, c := range line {
		if !identByte(c) && c != delim && c != '"' && c != '\r' && c != '\\' && !(c == ' ' && last != delim) || c == delim && last == delim {
			return false
		}
		last = c
	}
	return last != delim
}

// announced finds the password that stands alone on the line after a sentence
// about it, which goes on at i and ends with a colon: use the following password
// to proceed.
func (s *search) announced(i int) {
	b := s.text
	for end := min(len(b), i+64); i < end && (isLetter(b[i]) || b[i] == ' '); {
		i++
	}
	if at(b, i) != ':' {
		return
	}
	i++
	for k := 0; k < 2 && newline(b, i) > 0; k++ {
		i += newline(b, i)
		for at(b, i) == ' ' {
			i++
		}
	}
	if !alnum(at(b, i)) || at(b, i-1) == ':' {
		return
	}
	end := i
	for end < len(b) && end-i < 80 && b[end] > ' ' && newline(b, end) == 0 && b[end] != '"' {
		end++
	}
	v := b[i:end]
	if end < len(b) && newline(b, end) == 0 && b[end] != '"' || len(v) < 10 {
		return
	}
	if t := traitsOf(v); t.random(10) && t.digits > 2 && !identifier(v, &t) && !code(v, &t) && !version(v, &t) && !filePath(v, &t) && !speaks(v, &t) && !placeholder(v, nil, false) && bytes.IndexByte(v, '=') < 0 && bytes.IndexByte(v, '/') < 0 {
		s.add(i, end, "password")
	}
}
