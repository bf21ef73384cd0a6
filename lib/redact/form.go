package redact

import (
	"bytes"

	"agenttrace/lib/scrub"
)

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
		return
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
	s.add(from, sign, "url-password")
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

// auth finds the credentials after the word Bearer or Basic, which ends at i.
func (s *search) auth(basic bool, start, i int) {
	b := s.text
	if start > 0 && alnum(b[start-1]) && !escapedStart(b, start) || i >= len(b) {
		return
	}
	j := i
	switch {
	case b[j] == '%' && bytes.HasPrefix(b[j:], []byte("%20")):
		j += 3
	case b[j] == '+':
		j++
	default:
		if b[j] == ':' || b[j] == '=' || b[j] == ',' {
			j++
		}
		j = blanks(b, j)
		if j == i {
			return
		}
	}
	if n, _, _ := opener(b, j); n > 0 {
		j += n
	}
	end := s.ends.class(classes['e'], b, j)
	v := bytes.TrimRight(b[j:end], ".%")
	if len(v) < 8 || placeholder(v, nil, false) {
		return
	}
	t := traitsOf(v)
	if basic {
		if !basicPair(v) || identifier(v, &t) && v[len(v)-1] != '=' {
			return
		}
	} else if t.wordy() || identifier(v, &t) || t.digits == 0 && t.n < 24 || version(v, &t) || t.distinct < 5 {
		return
	}
	s.add(j, j+len(v), "authorization")
}

// basicPair reports whether v is user:password in base64.
func basicPair(v []byte) bool {
	plain := scrub.Unpack(nil, head(v))
	colon := false
	for _, c := range plain {
		if c < ' ' || c == 0x7f {
			return false
		}
		colon = colon || c == ':'
	}
	return colon
}

// header finds the credentials in the value of an Authorization header, which
// is b[from:to] or more.
func (s *search) header(from, to int, sure bool) {
	b := s.text
	end := min(len(b), from+48)
	for i := from; i < end; i++ {
		switch b[i] {
		case '\n', '\r', '"', '\'', '`', '\\':
			end = i
		}
	}
	v := b[from:end]
	scheme := bytes.IndexByte(v, ' ')
	if scheme > 0 && scheme <= 20 && !bytes.ContainsAny(v[:scheme], digits+"=") || scheme > 0 && bytes.HasPrefix(v, []byte("AWS4")) {
		if at(b, end) != ' ' && v[len(v)-1] == '=' && len(v)-scheme < 24 && end < len(b) && v[len(v)-2] != '=' {
			return // profile="…"
		}
		if eq := bytes.IndexByte(v[scheme:], '='); eq > 0 && eq < 24 && scheme+eq+3 < len(v) && v[scheme+eq+1] != '=' || bytes.HasPrefix(v, []byte("AWS4")) {
			return // it is made of pairs
		}
		from += scheme + 1
		from += len(b[from:end]) - len(bytes.TrimLeft(b[from:end], " "))
	}
	end = s.ends.value(b, from, inHeader)
	v = b[from:end]
	if len(v) < 4 || placeholder(v, nil, false) || address(v) {
		return
	}
	t := traitsOf(v)
	if sure && len(v) >= 6 || !sure && (!t.wordy() && !code(v, &t) && !identifier(v, &t) && len(v) >= 8) {
		s.add(from, end, "authorization")
	}
}

// cookies finds the values in a Cookie header that look like credentials.
func (s *search) cookies(from, to int) {
	b := s.text
	if from < s.cookiesTo {
		return
	}
	end := to
	defer func() { s.cookiesTo = end }()
	for end < len(b) && end-from < 8192 && b[end] != '\n' && b[end] != '\r' && b[end] != '"' && b[end] != '\'' && b[end] != '\\' {
		end++
	}
	for from < end {
		semi := bytes.IndexByte(b[from:end], ';')
		stop := end
		if semi >= 0 {
			stop = from + semi
		}
		if eq := bytes.IndexByte(b[from:stop], '='); eq > 0 && identByte(b[from+eq-1]) {
			v := bytes.TrimSpace(b[from+eq+1 : stop])
			t := traitsOf(v)
			if t.n >= 16 && t.drawn(3) && t.longest >= 9 && t.spaces == 0 && !placeholder(v, nil, false) {
				at := from + eq + 1 + bytes.Index(b[from+eq+1:stop], v)
				s.add(at, at+len(v), "authorization")
			}
		}
		from = stop + 1
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
