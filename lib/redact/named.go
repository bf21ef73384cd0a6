package redact

import (
	"bytes"

	"agenttrace/lib/scrub"
)

// name looks at the name that has a word in b[i:].
func (s *search) name(i int) {
	from, to := identAt(s.text, i)
	s.seen = to
	if from >= to || to-from > maxName {
		return
	}
	c := at(s.text, to)
	list := (c == ')' || c == ',' || c == '`' || c == '"') && s.inserts(from, to)
	if alone(s.text, from, to) && newline(s.text, to) == 0 && !list && !(c == ';' && identByte(at(s.text, to+1))) {
		return
	}
	n := s.natureOf(s.text[from:to])
	if list {
		s.inserted(n, from, to)
		return
	}
	if k := to - len("setPassword"); n == noSecret && c == '(' && k >= from && equalFold(s.text[k:to], "setpassword") {
		n = aPassword
	}
	if n == someKey && to-from < 5 {
		if w := lastWord(s.text[max(0, from-16):from]); len(w) > 0 && at(s.text, from-1) == ' ' && keyFor[string(bytes.ToLower(w))] {
			n = aKey // an API key
		}
	}
	if at(s.text, from-1) == ':' && at(s.text, from-2) == ':' && !(c == ':' && at(s.text, to+1) == ' ' && isLower(s.text[from])) {
		return // a type: A::B::Secret, but not a key of Puppet: db::password: …
	}
	if n == aToken && at(s.text, from-1) == ' ' {
		switch string(lastWord(s.text[max(0, from-16):from])) {
		case "cursor", "page", "pagination", "continuation", "sync":
			return
		}
	}
	if n == noSecret || n == aConnect || scrub.InMarker(s.text, from) {
		return
	}
	if n == aPassword && (c == ':' || c == '?' || c == '*') {
		s.sent(to)
	}
	sure := n != someKey || capitals(s.text[from:to])
	if s.belowName(n, from, to); s.raw && s.hit {
		return
	}
	if s.raw && sure && s.rawName(n, from, to) {
		s.hit = true
		return
	}
	if s.raw && at(s.text, to) == '%' && isHex(at(s.text, to+1)) && sure {
		s.hit = true
		return
	}
	if n == aCookie {
		if k, _, _ := opener(s.text, to); s.raw && k > 0 && at(s.text, to+k) == ':' {
			s.hit = true // it may be an array of cookies
			return
		}
		j := to
		for j < len(s.text) && j-to < 64 && bytes.IndexByte([]byte(`"':= \\`), s.text[j]) >= 0 {
			j++
		}
		s.cookies(j, j)
		return
	}
	p, ok := pairAt(s.text, from, to, &s.ends)
	if !ok {
		return
	}
	if p.at == inCall && n == someKey {
		return
	}
	if p.to != s.valueTo {
		s.valueTo, s.inValue = p.to, 0
	} else if s.inValue++; s.inValue > maxInValue {
		return
	}
	switch {
	case n == anAuth && p.at == inOption:
		n = aToken
	case n == anAuth:
		s.header(p.from, p.to, false)
		return
	case n == aPhrase:
		s.phrase(p.from)
		return
	}
	v := s.text[p.from:p.to]
	where := p.at
	if s.raw {
		if p.more && sure || bytes.IndexByte(v, '\\') >= 0 && !(n == someKey && len(v) < 16) {
			s.hit = true
			return
		}
		if p.quoted && where == inQuotes || p.quoted && number(v) {
			where = inJSON
		}
		if s.hit = judge(n, p.name, v, where, 0) || number(v) && n != someKey && len(v) > 3 && p.quoted || n == someKey && s.shown(from, p.from, p.to); s.hit {
			return
		}
	}
	if k := bytes.IndexByte(v, ':'); n == aSecret && k > 0 && k+4 < len(v) && (where == afterWord || where == inProse) && login(p.name) {
		if judge(aPassword, []byte("password"), v[k+1:], inProse, 1) {
			s.add(p.from+k+1, p.to, "password") // credentials: user:password
		}
		return
	}
	if judge(n, p.name, v, where, 1) || n == someKey && s.shown(from, p.from, p.to) {
		s.add(p.from, p.to, s.ruleOf(n, p.name))
	}
}

// maxInValue is how many names within one value without a blank are looked at.
const maxInValue = 8

// rawName reports whether a name in a raw line may be the name of a value that
// does not follow it: that of {"name":"…","value":"…"}, or of an escape that
// hides what follows. Headers stand in flat lists, too.
func (s *search) rawName(n nature, from, to int) bool {
	b := s.text
	k, quote, _ := opener(b, to)
	if k == 0 {
		return at(b, to) == '\\' && (bytes.HasPrefix(b[to:], []byte(`\u00`)) || bytes.HasPrefix(b[to:], []byte(`\uff1a`)))
	}
	if c := at(b, from-1); c != quote && c != '/' {
		return false // the name of a parameter may be a path
	}
	j := blanks(b, to+k)
	switch at(b, j) {
	case '}':
		// The value may stand before its name.
		s.spent++
		return s.spent > 64 || containsValue(b[max(0, from-8192):from])
	case ',':
		if n == anAuth || n == aCookie {
			return true
		}
		j = blanks(b, j+1)
		near := b[j:min(len(b), j+96)]
		if k := bytes.IndexByte(near, '}'); k >= 0 && containsValue(near[:k]) {
			return true
		}
		k, _, _ := opener(b, j)
		return k > 0 && len(b) > j+k+3 && (equalFold(b[j+k:j+k+3], "val") || b[j+k]|0x20 == 'v' && !alnum(b[j+k+1]))
	}
	return false
}

// containsValue reports whether a name for values stands in b.
func containsValue(b []byte) bool {
	return bytes.Contains(b, []byte("val")) || bytes.Contains(b, []byte("Val")) || bytes.Contains(b, []byte("VAL")) || bytes.Contains(b, []byte(`"v`))
}

func (s *search) natureOf(name []byte) nature {
	if len(s.r.names) > 0 && s.r.names[string(bytes.ToLower(name))] != "" {
		return aPassword
	}
	return natureOf(name)
}

func (s *search) ruleOf(n nature, name []byte) string {
	if len(s.r.names) > 0 {
		if rule := s.r.names[string(bytes.ToLower(name))]; rule != "" {
			return rule
		}
	}
	return n.rule()
}

// login reports whether a name is one for a user and a password together.
func login(name []byte) bool {
	return len(name) >= 5 && (equalFold(name[:5], "creds") || len(name) >= 10 && equalFold(name[:10], "credential"))
}
