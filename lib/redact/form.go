package redact

import "bytes"

// url finds the password in the address whose :// is b[i:i+3].
func (s *search) url(i int) {
	b := s.text
	from := i + 3
	end, sign := from, -1
	for end < len(b) && end-from < 1024 {
		c := b[end]
		if c <= ' ' || c == '"' || c == '\'' || c == '`' || c == '<' && end == from || c == '/' || c == '?' || c == '#' || c == '\\' || c >= 0x7f {
			break
		}
		if c == '@' {
			sign = end
		}
		end++
	}
	if sign < 0 {
		if sign = s.unescapedSign(i, from, end); sign < 0 {
			return
		}
	}
	colon := bytes.IndexByte(b[from:sign], ':')
	if colon < 0 {
		// A token in place of a name.
		v := b[from:sign]
		if t := traitsOf(v); t.random(20) && !placeholder(v, nil, false) {
			s.add(from, sign, "url-password")
		}
		return
	}
	from += colon + 1
	v := b[from:sign]
	if len(v) == 0 || len(v) > 512 || placeholder(v, nil, false) || bytes.ContainsAny(v, "{}()<>") && pattern(v) {
		return
	}
	if bytes.IndexByte(v, ',') >= 0 && number(v[:bytes.IndexByte(v, ',')]) {
		return // host:port,host:port@
	}
	if t := traitsOf(v); len(v) < 12 && t.wordy() && bytes.HasSuffix(b[:from-1], v) {
		return // guest:guest, postgres:postgres: what programs come with
	}
	s.add(from, sign, "url-password")
}

// unescapedSign returns where the @ stands behind a password that has a / or #
// in it, which should be written as %2F and %23: b[end] is that sign. It is -1 if
// there is none. Addresses of databases and queues alone have it.
func (s *search) unescapedSign(scheme, from, end int) int {
	b := s.text
	if c := at(b, end); c != '/' && c != '#' || scheme < 3 || b[scheme-1] == 'p' || string(b[max(0, scheme-4):scheme]) == "ttps" || string(b[scheme-3:scheme]) == "git" || string(b[scheme-3:scheme]) == "ssh" {
		return -1
	}
	colon := bytes.IndexByte(b[from:end], ':')
	if colon < 0 || number(b[from+colon+1:end]) {
		return -1 // a port
	}
	for k := end + 1; k < len(b) && k-from < 128; k++ {
		switch c := b[k]; {
		case c == '@':
			if v := b[from+colon+1 : k]; (isLetter(at(b, k+1)) || isDigit(at(b, k+1))) && bytes.ContainsAny(v, digits) {
				return k
			}
			return -1
		case c <= ' ' || c == '"' || c == '\'' || c == '`' || c == '\\' || c == '<' || c == '?' || c == ':' || c == ',' || c == ')' || c >= 0x7f:
			return -1
		}
	}
	return -1
}

// dsn finds the password in user:password@tcp(host), the form of the MySQL
// driver of Go. b[i] is the @.
func (s *search) dsn(i int) {
	b := s.text
	from := i
	for from > 0 && i-from < 128 && b[from-1] > ' ' && b[from-1] != '"' && b[from-1] != '\'' && b[from-1] != '`' && b[from-1] != '=' && b[from-1] != '/' {
		from--
	}
	if k := bytes.IndexByte(b[from:i], ':'); k >= 0 {
		if v := b[from+k+1 : i]; len(v) > 0 && !placeholder(v, nil, false) && v[0] != '%' {
			s.add(from+k+1, i, "url-password")
		}
	}
}

// thin finds the password in jdbc:oracle:thin:user/password@host. b[i] begins
// after thin:.
func (s *search) thin(i int) {
	b := s.text
	end := i
	for end < len(b) && end-i < 256 && b[end] > ' ' && b[end] != '@' && b[end] != '"' {
		end++
	}
	if k := bytes.IndexByte(b[i:end], '/'); k > 0 && at(b, end) == '@' && !placeholder(b[i+k+1:max(end, i+k+2)], nil, false) {
		s.add(i+k+1, end, "url-password")
	}
}

// phrase finds the words of a seed, which begin at from.
func (s *search) phrase(from int) {
	b := s.text
	words, i := 0, from
	for i < len(b) && words < 26 {
		j := i
		for j < len(b) && isLower(b[j]) {
			j++
		}
		if j-i < 3 || j-i > 10 {
			break
		}
		words++
		i = j
		for j < len(b) && (b[j] == ' ' || b[j] == ',') {
			j++
		}
		if j == i || words == 24 {
			break
		}
		if j < len(b) && isLower(b[j]) {
			i = j
		} else {
			break
		}
	}
	if words >= 11 {
		s.add(from, i, "seed-phrase")
	}
}

// jwt finds a JSON Web Token, whose first part begins at i.
func (s *search) jwt(i int) {
	b := s.text
	in := &classes['d'].in
	j, parts := i, 0
	for parts < 5 {
		k := s.ends.class(classes['d'], b, j)
		if k-j < 10 && parts < 2 {
			break
		}
		j = k
		parts++
		if at(b, j) != '.' || !in[at(b, j+1)] && !(at(b, j+1) == '.') {
			break
		}
		j++
	}
	if parts >= 2 {
		s.add(i, j, "jwt")
	}
}

// middle finds tokens that are known by what stands in them. lit is b[i:i+n].
func (s *search) middle(rule string, i, n int) {
	b := s.text
	back := func(in *[256]bool, most int) int {
		j := i
		for j > 0 && i-j < most && in[b[j-1]] {
			j--
		}
		return j
	}
	ahead := func(c *class) int { return s.ends.class(c, b, i+n) }
	switch rule {
	case "azure-client-secret":
		in := &classes['t'].in
		if from := back(in, 3); i-from == 3 && (from == 0 || !in[b[from-1]] || escapedStart(b, from)) {
			if to := ahead(classes['t']); to-i-n >= 20 && to-i-n <= 44 {
				s.add(from, to, rule)
			}
		}
	case "terraform-token":
		from := back(&classes['a'].in, 14)
		if to := ahead(classes['d']); i-from == 14 && to-i-n >= 36 {
			s.add(from, to, rule)
		}
	case "telegram-token":
		from := back(&classes['n'].in, 11)
		if to := ahead(classes['d']); i-from >= 8 && i-from <= 10 && to-i-n >= 24 && to-i-n <= 40 && (from == 0 || !alnum(b[from-1]) || escapedStart(b, from) || bytes.HasSuffix(b[:from], []byte("bot"))) {
			s.add(from, to, rule)
		}
	case "mailchimp-key":
		from := back(&classes['x'].in, 33)
		if to := ahead(classes['n']); i-from == 32 && to > i+n && to-i-n <= 2 && !isLetter(at(b, to)) {
			s.add(from, to, rule)
		}
	case "azure-devops-token":
		from := back(&classes['a'].in, 80)
		if to := ahead(classes['a']); i-from >= 60 && to-i-n <= 4 {
			s.add(from, to, rule)
		}
	case "openai-key":
		from, to := back(&classes['d'].in, 160), ahead(classes['d'])
		if i-from >= 8 && to-i-n >= 8 {
			s.add(from, to, rule)
		}
	case "discord-token":
		j := s.ends.class(classes['a'], b, i)
		if !s.starts(i) || j-i < 23 || j-i > 28 || at(b, j) != '.' {
			return
		}
		k := s.ends.class(classes['d'], b, j+1)
		if k-j-1 < 6 || k-j-1 > 7 || at(b, k) != '.' {
			return
		}
		end := s.ends.class(classes['d'], b, k+1)
		if end-k-1 >= 20 {
			s.add(i, end, rule)
		}
	}
}

// hash finds the hash of a password as crypt writes it, at i.
func (s *search) hash(i int) {
	b := s.text
	j := s.ends.class(classes['c'], b, i)
	dollars := bytes.Count(b[i:min(j, i+200)], []byte{'$'})
	if dollars >= 3 && j-i >= 28 && (i == 0 || !alnum(b[i-1]) || escapedStart(b, i)) {
		s.add(i, j, "password-hash")
	}
}

// escapedStart reports whether what begins at b[i] follows an escape, so that
// the letter or digit before it is not a part of it: \n, \u001b, %20, or a
// colour of the terminal.
func escapedStart(b []byte, i int) bool {
	if i < 2 {
		return false
	}
	c := b[i-1]
	if b[i-2] == '\\' && (c == 'n' || c == 't' || c == 'r' || c == 'b' || c == 'f' || c == 'e') {
		return true
	}
	if i >= 3 && b[i-3] == '%' && isHex(b[i-2]) && isHex(c) {
		return true
	}
	if i >= 6 && b[i-6] == '\\' && b[i-5] == 'u' || i >= 4 && b[i-4] == '\\' && b[i-3] == 'x' {
		return true
	}
	if c == 'm' || c == 'K' {
		j := i - 2
		for j > 0 && i-j < 20 && (isDigit(b[j]) || b[j] == ';' || b[j] == ':') {
			j--
		}
		return b[j] == '['
	}
	return false
}
