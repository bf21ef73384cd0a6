package redact

import "bytes"

// A JSON Web Key (RFC 7517, RFC 7518 section 6, RFC 8037) has its secret parts
// under names of one or two letters: d, and for RSA p, q, dp, dq, qi, of which
// the key can be made again, and k, which is a symmetric key. They count where
// "kty" stands in the same object.

// jwkNear is how far around "kty" the parts of a key are looked for, in bytes:
// those of an RSA key of 4096 bits are 700 each.
const jwkNear = 8 << 10

// minJWK is the length of the shortest part: 128 bits in base64url.
const minJWK = 22

// jwkPart reports whether name is that of a secret part.
func jwkPart(name []byte) bool {
	switch string(name) {
	case "d", "p", "q", "dp", "dq", "qi", "k":
		return true
	}
	return false
}

// jwk finds the secret parts of a key with "kty" at i.
func (s *search) jwk(i int) {
	b := s.text
	if n, _, _ := opener(b, i+len("kty")); n == 0 {
		return
	}
	if s.raw {
		s.hit = true
		return
	}
	if i < s.jwkTo {
		return // within what was looked at
	}
	from, to := max(s.jwkTo, i-jwkNear), min(len(b), i+jwkNear)
	s.jwkTo = to
	for k := from; k < to; k++ {
		if b[k] != '"' && b[k] != '\'' {
			continue
		}
		e := k + 1
		for e < to && e-k < 4 && b[e] >= 'a' && b[e] <= 'z' {
			e++
		}
		if !jwkPart(b[k+1 : e]) {
			continue
		}
		n, _, _ := opener(b, e)
		j := blanks(b, e+n)
		if n == 0 || at(b, j) != ':' {
			continue
		}
		j = blanks(b, j+1)
		n, quote, slashes := opener(b, j)
		if n == 0 {
			continue
		}
		if end, closed := quotedEnd(b, j+n, quote, slashes); closed && base64url(b[j+n:end]) {
			s.add(j+n, end, "private-key")
			k = end
		}
	}
}

// base64url reports whether v may be a part of a key.
func base64url(v []byte) bool {
	if len(v) < minJWK || len(v) > 2048 {
		return false
	}
	for _, c := range bytes.TrimRight(v, "=") {
		if !alnum(c) && c != '-' && c != '_' {
			return false
		}
	}
	t := traitsOf(v[:min(len(v), 64)])
	return t.distinct >= 10 && t.uppers > 0 && t.lowers > 0
}
