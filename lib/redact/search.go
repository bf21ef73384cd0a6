package redact

import (
	"bytes"

	"agenttrace/lib/scrub"
)

// A search is the look at one text.
type search struct {
	r                        *Redactor
	text                     []byte
	place                    *scrub.Place
	raw                      bool // text is as it stands in a line: the answer is whether to look closer
	hit                      bool
	found                    []scrub.Match
	seen                     int // where the last name ended that was looked at
	ends                     ends
	cookiesTo, kubeTo, jwkTo int
	spent                    int
	commands, columns        int // so many command lines and tables were looked at
	valueTo, inValue         int // where the last value ended, and how many names it held
	fn                       func(x *trigger, at int) bool
}

func (s *search) add(from, to int, rule string) {
	if to <= from || s.r.off[rule] {
		return
	}
	s.hit = true
	if !s.raw {
		s.found = append(s.found, scrub.Match{From: from, To: to, Rule: rule})
	}
}

// Candidate reports whether a line, or a piece of one, can hold a secret.
func (r *Redactor) Candidate(raw []byte) bool {
	s := r.search(raw, nil, true)
	defer r.done(s)
	r.table.scan(raw, s.fn)
	if s.hit {
		return true
	}
	return packed(raw)
}

func (r *Redactor) search(text []byte, at *scrub.Place, raw bool) *search {
	s := r.pool.Get().(*search)
	s.text, s.place, s.raw, s.hit, s.found, s.seen = text, at, raw, false, nil, -1
	s.cookiesTo, s.kubeTo, s.jwkTo, s.spent, s.commands, s.columns, s.valueTo, s.inValue = 0, 0, 0, 0, 0, 0, 0, 0
	if s.ends.used {
		s.ends = ends{}
	}
	if s.fn == nil {
		s.fn = s.trigger
	}
	return s
}

func (r *Redactor) done(s *search) {
	s.text, s.place, s.found = nil, nil, nil
	r.pool.Put(s)
}

// Find is the Finder of a scrub.Filter.
func (r *Redactor) Find(text []byte, at *scrub.Place, found []scrub.Match) []scrub.Match {
	s := r.search(text, at, false)
	defer r.done(s)
	s.found = found
	if at.Kind == scrub.Number {
		s.number()
		return s.found
	}
	if at.Kind == scrub.String {
		if at.Note > 0 && s.pemLine() {
			return s.found
		}
		s.keyed()
	}
	r.table.scan(text, s.fn)
	for i := range r.patterns {
		s.pattern(&r.patterns[i])
	}
	if at.Strict && at.Kind != scrub.Name {
		s.environment()
	}
	for k := len(found); k < len(s.found) && k < len(found)+maxNext; k++ {
		s.next(s.found[k].To)
	}
	return s.found
}

// maxNext bounds how many matches of a text are looked behind.
const maxNext = 64

// next looks at what goes on right behind a match, as it reads when the match
// is gone: a second run would see it so.
func (s *search) next(from int) {
	to := from
	for to < len(s.text) && to-from < 512 && s.text[to] > ' ' && s.text[to] != '"' && s.text[to] != '\'' {
		to++
	}
	if to-from < 8 || !alnum(s.text[from]) {
		return
	}
	rest := s.r.search(s.text[from:to], s.place, false)
	defer s.r.done(rest)
	s.r.table.scan(rest.text, rest.fn)
	for _, m := range rest.found {
		m.From, m.To = m.From+from, m.To+from
		s.found = append(s.found, m)
	}
}

// pattern finds what a rule of the user matches.
func (s *search) pattern(p *Pattern) {
	for _, m := range p.RE.FindAllSubmatchIndex(s.text, -1) {
		if len(m) > 3 && m[2] >= 0 {
			s.add(m[2], m[3], p.Name)
		} else {
			s.add(m[0], m[1], p.Name)
		}
	}
}

// trigger handles a place where a literal stands. It returns false if there is
// nothing more to know.
func (s *search) trigger(x *trigger, i int) bool {
	switch x.do {
	case doShape:
		s.shape(x.rule, i)
	case doName:
		if i >= s.seen {
			s.name(i)
		}
	case doURL:
		if x.lit == "://" {
			s.url(i)
		} else if _, n := slashes(s.text, i+1); s.raw && n && bytes.IndexByte(s.text[i:min(len(s.text), i+512)], '@') > 0 {
			s.hit = true
		}
	case doPEM:
		s.pem(i)
	case doEnd:
		s.pemTail(i)
	case doAuth:
		s.auth(x.lit == "basic", i, i+len(x.lit))
	case doEscape:
		s.escape(i)
	case doPercent:
		s.hit = s.hit || s.raw
	case doSlash:
		c := at(s.text, i+len(x.lit))
		s.hit = s.hit || s.raw && (c == '\\' || c == '%' || len(x.lit) < 6)
	case doMiddle:
		s.mid(x.lit, i)
	case doProgram:
		s.program(x.lit, i)
	case doDSN:
		if x.lit == ":thin:" {
			s.thin(i + len(x.lit))
		} else {
			s.dsn(i)
		}
	case doHash:
		s.hash(i)
	case doKube:
		s.kube(i)
	case doJWK:
		s.jwk(i)
	case doForeign:
		s.foreign(i + len(x.lit))
	case doXMLKey:
		s.xmlKey(i)
	case doPattern, doArgument:
		s.hit = s.hit || s.raw
	}
	return !(s.raw && s.hit)
}

// slashes returns where the backslashes at b[i] end, and whether a slash is
// there.
func slashes(b []byte, i int) (int, bool) {
	for at(b, i) == '\\' {
		i++
	}
	return i, at(b, i) == '/'
}

// escape says that a line is to be looked at if it has a letter, digit or sign
// of a token as an escape. What no token holds does not count: encoders write
// < > & and control characters that way.
func (s *search) escape(i int) {
	if !s.raw || at(s.text, i-1) != '\\' || i+5 > len(s.text) {
		return
	}
	switch c := s.text[i+3]; {
	case c >= '4' && c <= '7':
		s.hit = true
	case c == '2':
		d := s.text[i+4]
		s.hit = s.hit || d != '6' && d != '7' && d != '0'
	case c == '3':
		d := s.text[i+4]
		s.hit = s.hit || isDigit(d) || d == 'a' || d == 'A' || d == 'd' || d == 'D'
	}
}

func (s *search) mid(lit string, i int) {
	switch {
	case lit == "eyJ":
		if s.starts(i) {
			s.jwt(i)
		}
	case lit == "Private-Lines: ":
		j := i + len(lit)
		for isDigit(at(s.text, j)) {
			j++
		}
		if end, n := keyBody(s.text, j, nil); n >= 40 {
			s.add(j, end, "private-key")
		}
	case lit == ".atlasv1.":
		s.middle("terraform-token", i, len(lit))
	case lit == ":AA":
		s.middle("telegram-token", i, len(lit))
	case lit == "-us":
		s.middle("mailchimp-key", i, len(lit))
	case lit == "AZDO":
		s.middle("azure-devops-token", i, len(lit))
	case lit == "T3BlbkFJ":
		s.middle("openai-key", i, len(lit))
	case lit[1] == 'Q' && lit[2] == '~':
		s.middle("azure-client-secret", i, len(lit))
	default:
		s.middle("discord-token", i, len(lit))
	}
}

// starts reports whether a token can begin at i.
func (s *search) starts(i int) bool {
	return i == 0 || !alnum(s.text[i-1]) || escapedStart(s.text, i)
}

// shape looks for a token of a shape at i.
func (s *search) shape(n, i int) {
	c := &s.r.shapes[n]
	if !s.starts(i) {
		return
	}
	lit := len(c.shape.prefix())
	if s.raw && c.wide {
		// It may go on with \/ or %2B: anything that is long enough.
		j := i + lit
		for j < len(s.text) && j-i-lit < 8 && s.text[j] > ' ' && s.text[j] != '"' {
			j++
		}
		s.hit = s.hit || j-i-lit >= 8
		return
	}
	k := c.shape.match(s.text, i, &s.ends)
	if k == 0 {
		return
	}
	if before := at(s.text, i-1); (before == '-' || before == '_') && lit < 6 && c.rule.Weak {
		return
	}
	if body := head(s.text[i+lit : i+k]); c.rule.Weak && (!drawn(body) || number(s.text[i:i+lit]) && hexadecimal(body)) || uniform(body) || bytes.Contains(body, []byte("xxxxxxx")) || bytes.Contains(body, []byte("XXXXXXX")) {
		return
	}
	s.add(i, i+k, c.rule.Name)
}

// drawn reports whether what follows a prefix that is no proof is drawn from
// an alphabet.
func drawn(body []byte) bool {
	t := traitsOf(body)
	if t.signs+t.uppers == 0 && bytes.Count(body, []byte{'-'}) >= 3 && len(body) > 36 {
		return false // a UUID with something before it
	}
	return t.distinct >= 6 && (t.drawn(2) || t.uppers > 1 && t.lowers > 1 && (t.digits > 0 || t.switches*5 >= t.n))
}
