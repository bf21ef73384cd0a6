package redact

import (
	"bytes"

	"agenttrace/lib/scrub"
)

// Credentials in the headers of HTTP.

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
		if k := blanks(b, j); at(b, k) == '+' {
			if k = blanks(b, k+1); k < len(b) {
				if n, _, _ := opener(b, k); n > 0 {
					j = k + n // "Bearer " + "…"
				}
			}
		}
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
		if bytes.HasPrefix(v, []byte("Digest ")) || bytes.HasPrefix(v, []byte("digest ")) {
			s.digest(from)
			return
		}
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

// digest finds the answer of a client in the value of an Authorization header
// (RFC 7616, section 3.4), which begins at i: passwords can be tried against it.
func (s *search) digest(i int) {
	b := s.text
	near := b[i:min(len(b), i+1024)]
	if k := bytes.IndexByte(near, '\n'); k >= 0 {
		near = near[:k]
	}
	k := bytes.Index(near, []byte("response="))
	if k < 0 {
		return
	}
	from := i + k + len("response=")
	n, _, _ := opener(b, from)
	if to := s.ends.class(classes['x'], b, from+n); to-from-n >= 32 {
		s.add(from+n, to, "authorization")
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
			if credential(v, &t) {
				at := from + eq + 1 + bytes.Index(b[from+eq+1:stop], v)
				s.add(at, at+len(v), "authorization")
			}
		}
		from = stop + 1
	}
}

// credential reports whether the value of a cookie looks like credentials.
func credential(v []byte, t *traits) bool {
	return t.n >= 16 && t.drawn(3) && t.longest >= 9 && t.spaces == 0 && !placeholder(v, nil, false)
}
