package redact

import (
	"bytes"
	"slices"
)

// keyed looks at a string of JSON whose key, or what stands beside it, says
// that it is a secret.
func (s *search) keyed() {
	if len(s.text) == 0 {
		return
	}
	p := s.place
	if jwkPart(p.Key) && base64url(s.text) && p.Beside("kty") {
		s.add(0, len(s.text), "private-key")
		return
	}
	if string(p.Key) == "value" && (string(p.Outer(1)) == "cookies" || p.Beside("httpOnly")) {
		// What a browser or a HAR file tells of a cookie.
		if t := traitsOf(s.text); credential(s.text, &t) {
			s.add(0, len(s.text), "authorization")
			return
		}
	}
	if len(p.Prev) > 1 && s.element(p.Prev) || s.ofProgram(p.Program(), p.Prev) {
		return
	}
	name := p.Key
	n := noSecret
	if len(p.Pair) > 0 {
		if n = s.natureOf(p.Pair); n != noSecret && n != aConnect {
			name = p.Pair
		}
	}
	if n == noSecret && len(name) > 0 && !bytes.Contains(name, []byte("::")) {
		n = s.natureOf(name)
	}
	if n == noSecret || n == aConnect {
		s.below()
		return
	}
	s.value(n, name)
}

// value judges the text as the value of a name.
func (s *search) value(n nature, name []byte) {
	switch n {
	case anAuth:
		s.header(0, len(s.text), s.place.Depth == 0)
	case aCookie:
		s.cookies(0, len(s.text))
	case aPhrase:
		s.phrase(0)
	default:
		if len(s.text) > 8192 && n != aPassword {
			return
		}
		if judge(n, name, s.text, inJSON, s.place.Depth) {
			s.add(0, len(s.text), s.ruleOf(n, name))
		}
	}
}

// element judges the text as what follows a word in an array: ["--token", "…"]
// and the flat lists of headers of HTTP libraries.
func (s *search) element(prev []byte) bool {
	if prev[0] == '-' {
		name := bytes.TrimLeft(prev, "-")
		if n := s.natureOf(name); n != noSecret && n != aConnect && bytes.IndexByte(prev, '=') < 0 {
			if n == someKey || n == aSigned {
				n = aKey
			}
			if judge(n, name, s.text, inFlag, 0) {
				s.add(0, len(s.text), s.ruleOf(n, name))
				return true
			}
		}
		return false
	}
	switch n := natureOf(prev); {
	case n == anAuth:
		s.header(0, len(s.text), false)
	case n == aCookie:
		s.cookies(0, len(s.text))
	case (n == aKey || n == aToken || n == aSecret || n == aPassword) && bytes.IndexByte(prev, ' ') < 0:
		t := traitsOf(s.text)
		if (t.random(12) || n == aPassword && t.n >= 8 && t.digits > 0 && t.signs > 0 && t.spaces == 0 && !version(s.text, &t)) && judge(n, prev, s.text, inQuotes, 1) {
			s.add(0, len(s.text), n.rule())
			return true
		}
	}
	return false
}

// below judges the text as a part of an object under a name of credentials.
func (s *search) below() {
	for n := 1; n <= 2; n++ {
		outer := s.place.Outer(n)
		if outer == nil {
			return
		}
		if n == 1 && (string(outer) == "data" || string(outer) == "stringData") && s.place.Kin() == "Secret" && len(s.text) >= 4 && !placeholder(s.text, nil, false) {
			s.add(0, len(s.text), "secret") // of Kubernetes
			return
		}
		nature := s.natureOf(outer)
		if k := s.place.Key; n == 1 && len(k) == 5 && equalFold(k, "value") && nature != noSecret && nature != aConnect && nature != anAuth && nature != aCookie && nature != aPhrase {
			if !address(s.text) && judge(nature, outer, s.text, inJSON, 1) {
				s.add(0, len(s.text), s.ruleOf(nature, outer))
				return
			}
		}
		switch nature {
		case aToken:
			if t := traitsOf(s.text); n == 1 && t.n >= 32 && (hexadecimal(s.text) || t.random(20)) && bytes.HasSuffix(outer, []byte("oauth")) {
				s.add(0, len(s.text), "token")
			}
			return
		case aSecret, aPassword, aKey:
			if t := traitsOf(s.text); !harmlessName(s.place.Key) && t.random(8) && !placeholder(s.text, nil, false) && !address(s.text) && !filePath(s.text, &t) && !uuid(s.text) && !version(s.text, &t) {
				s.add(0, len(s.text), "secret")
			}
			return
		}
	}
}

// benign are names below credentials that are not secret.
var benign = set("type $ref description title format name user username login email host hostname url uri region id client_id clientid project project_id projectid account expires expiry " +
	"expires_at expiration created created_at updated updated_at scope scopes role path file kind version provider issuer audience algorithm alg tenant tenant_id domain endpoint " +
	"client_email auth_uri token_uri default enum pattern minlength maxlength example status state source label")

// harmlessName reports whether a name below credentials is not that of a secret:
// it is one of the benign, or ends in the word for what it names.
func harmlessName(name []byte) bool {
	if benign[string(bytes.ToLower(name))] {
		return true
	}
	var room [maxName]byte
	w := newWords(room[:0], name[max(0, len(name)-maxName):])
	last, ok := w.next()
	if !ok {
		return false
	}
	if string(last) == "key" {
		before, more := w.next()
		return more && (string(before) == "public" || string(before) == "host")
	}
	return benignEnds[string(last)]
}

var benignEnds = set("arn url uri id ids name class module type path file host region email date time expiration version status")

// number judges a number of JSON by its key.
func (s *search) number() {
	if len(s.place.Key) == 0 || len(s.text) < 4 || bytes.IndexByte(s.text, '.') >= 0 {
		return
	}
	switch n := s.natureOf(s.place.Key); n {
	case aPassword:
		if k := s.place.Key; len(k) > 4 || k[len(k)-1] == 'd' || k[len(k)-1] == 'w' {
			s.add(0, len(s.text), s.ruleOf(n, k))
		}
	case aSecret, aKey:
		if len(s.text) >= 6 {
			s.add(0, len(s.text), n.rule())
		}
	case aToken:
		if len(s.text) >= 9 {
			s.add(0, len(s.text), n.rule())
		}
	}
}

// remember reports whether a secret is looked for in the rest of the session,
// wherever it stands: not if it is short or a word, which may stand anywhere.
func remember(rule string, found []byte) bool {
	if len(found) < 8 || len(found) > 512 || slices.Contains([]string{"private-key", "environment", "known", "seed-phrase", "signature"}, rule) {
		return false
	}
	t := traitsOf(found)
	if t.spaces > 0 || number(found) {
		return false
	}
	return t.digits >= 1 && t.uppers+t.lowers >= 3 && t.distinct >= 6 && !identifier(found, &t)
}
