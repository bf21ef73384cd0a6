package redact

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"agenttrace/lib/scrub"
)

// Options say what a Redactor looks for, beside the rules of this package.
type Options struct {
	Extra   []Pattern // more rules
	Disable []string  // names of rules that are left out
}

// A Pattern is a rule of the user.
type Pattern struct {
	Name  string
	RE    *regexp.Regexp // what it matches goes, or its first group, if it has one
	Shape string         // or a shape, as in Rule
	Names []string       // or names whose values are secrets
}

// A Redactor finds secrets. It may be used from several goroutines.
type Redactor struct {
	table    table
	shapes   []compiled
	off      map[string]bool
	patterns []Pattern
	extra    []Pattern
	names    map[string]string // names of the user, folded, and their rules
	all      bool              // a pattern has nothing that can be looked for quickly
	pool     sync.Pool
}

type compiled struct {
	rule  *Rule
	shape shape
	wide  bool // its characters may be written with escapes or percent signs
}

// New returns a Redactor. The error names a rule that is not known, or one that
// cannot be used.
func New(o Options) (*Redactor, error) {
	r := &Redactor{off: map[string]bool{}, names: map[string]string{}}
	r.pool.New = func() any { return &search{r: r} }
	if err := r.disable(o); err != nil {
		return nil, err
	}
	for _, family := range families() {
		for i := range family {
			if rule := &family[i]; !r.off[rule.Name] {
				r.addShape(rule, mustShape(rule.Shape))
			}
		}
	}
	r.addForms()
	for _, p := range o.Extra {
		if r.off[p.Name] {
			continue
		}
		if err := r.addPattern(p); err != nil {
			return nil, err
		}
		r.extra = append(r.extra, p)
	}
	return r, nil
}

func (r *Redactor) disable(o Options) error {
	if len(o.Disable) == 0 {
		return nil
	}
	known := map[string]bool{}
	for _, rule := range Rules() {
		known[rule.Name] = true
	}
	for _, p := range o.Extra {
		known[p.Name] = true
	}
	for _, name := range o.Disable {
		if !known[name] {
			return fmt.Errorf("there is no rule '%s'", name)
		}
		r.off[name] = true
	}
	return nil
}

// addShape adds the triggers of a shape: its prefix, or where that is short
// all that it can go on with.
func (r *Redactor) addShape(rule *Rule, s shape) {
	n := len(r.shapes)
	c := compiled{rule: rule, shape: s}
	for _, p := range s.parts {
		c.wide = c.wide || p.class != nil && (p.class.in['/'] || p.class.in['%'])
	}
	r.shapes = append(r.shapes, c)
	for _, lit := range s.starts() {
		r.table.add(trigger{lit, doShape, n})
	}
	// A slash may be written as \/ or %2F.
	if head, _, ok := strings.Cut(s.prefix(), "/"); ok && len(head) >= 3 {
		r.table.add(trigger{lit: head, do: doSlash})
	} else if ok {
		for _, sign := range [...]string{`\/`, `\\`, "%2"} {
			r.table.add(trigger{lit: head + sign, do: doSlash})
		}
	}
}

// starts returns the texts of three bytes or more that the shape begins with.
func (s *shape) starts() []string {
	list := []string{""}
	for _, p := range s.parts {
		if len(list[0]) >= 3 {
			break
		}
		if p.class == nil {
			for i := range list {
				list[i] += p.lit
			}
			continue
		}
		for n := 0; n < p.min && len(list[0]) < 3; n++ {
			var longer []string
			for _, l := range list {
				for i := 0; i < len(p.class.chars); i++ {
					longer = append(longer, l+p.class.chars[i:i+1])
				}
			}
			list = longer
		}
	}
	return list
}

// addForms adds the triggers of the rules that are code.
func (r *Redactor) addForms() {
	add := func(do action, lits ...string) {
		for _, l := range lits {
			r.table.add(trigger{lit: l, do: do})
		}
	}
	add(doName, "pass", "pwd", "secret", "token", "key", "auth", "cred", "cookie", "jwt", "signature", "sig=", "mnemonic", "phrase", "seed", "salt", "dsn",
		"pw=", "pw:", `pw"`, "pw'", `pw\`, "pw ", "_pat", "kennwort", "contraseña", "contrase\\u", "hmac")
	add(doURL, "://", `:\/`, `:\\`)
	add(doPEM, "BEGIN")
	add(doEnd, "END ")
	add(doAuth, "bearer", "basic")
	add(doProgram, programNames()...)
	add(doDSN, "@tcp(", "@unix(", ":thin:")
	add(doHash, "$2a$", "$2b$", "$2y$", "$1$", "$5$", "$6$", "$apr1$", "$argon2", "$pbkdf2", "$y$", "$scrypt$")
	add(doKube, "kind: Secret", "stringData")
	add(doEscape, "u00")
	for _, d := range "4567" {
		for _, e := range "0123456789abcdefABCDEF" {
			add(doPercent, "%"+string(d)+string(e))
		}
	}
	add(doMiddle, ".atlasv1.", ":AA", "-us", "AZDO", "T3BlbkFJ", "eyJ", "Private-Lines: ")
	for _, d := range digits {
		add(doMiddle, string(d)+"Q~")
	}
	for _, lead := range [...]string{"MD", "MT", "Mj", "Mz", "ND", "NT", "Nj", "Nz", "OD", "OT"} {
		for _, c := range "AEIMQUYcgk" {
			add(doMiddle, lead+string(c))
		}
	}
}

// Filter returns the options of a scrub.Filter that takes out secrets. Replace
// and what else the caller decides is left open.
func (r *Redactor) Filter() scrub.Options {
	o := scrub.Options{
		Find: r.Find, Decode: true, Remember: remember, Strict: strict, StrictLine: strictLine,
	}
	if !r.all {
		o.Candidate = r.Candidate
	}
	return o
}

// NewFilter returns a filter that takes out secrets, and what the patterns, in
// the syntax of RE2, match. It is for what captures: replace gives what stands
// for a secret.
func NewFilter(patterns []string, replace func(rule string, found []byte) string) (*scrub.Filter, error) {
	var o Options
	for _, re := range patterns {
		p, err := Compile("custom", re)
		if err != nil {
			return nil, err
		}
		o.Extra = append(o.Extra, p)
	}
	r, err := New(o)
	if err != nil {
		return nil, err
	}
	f := r.Filter()
	f.Replace = replace
	return scrub.New(f), nil
}

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
	cookiesTo, kubeTo, spent int
	commands                 int // so many command lines were looked at
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
	s.cookiesTo, s.kubeTo, s.spent, s.commands, s.valueTo, s.inValue = 0, 0, 0, 0, 0, 0
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
		s.keyed()
	}
	r.table.scan(text, s.fn)
	for i := range r.patterns {
		s.pattern(&r.patterns[i])
	}
	if at.Strict && at.Kind != scrub.Name {
		s.environment()
	}
	return s.found
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
	case doPattern:
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
		if end, n := keyBody(s.text, j); n >= 40 {
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
		for j < len(s.text) && j-i-lit < 8 && (classes['e'].in[s.text[j]] || s.text[j] == '\\') {
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

// name looks at the name that has a word in b[i:].
func (s *search) name(i int) {
	from, to := identAt(s.text, i)
	s.seen = to
	if from >= to || to-from > maxName || alone(s.text, from, to) {
		return
	}
	n := s.natureOf(s.text[from:to])
	if n == noSecret || n == aConnect {
		return
	}
	sure := n != someKey || capitals(s.text[from:to])
	if s.raw && sure && s.rawName(n, from, to) {
		s.hit = true
		return
	}
	p, ok := pairAt(s.text, from, to, &s.ends)
	if !ok {
		return
	}
	if p.to != s.valueTo {
		s.valueTo, s.inValue = p.to, 0
	} else if s.inValue++; s.inValue > maxInValue {
		return
	}
	switch {
	case n == anAuth:
		s.header(p.from, p.to, false)
		return
	case n == aCookie:
		s.cookies(p.from, p.to)
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
		if s.hit = judge(n, p.name, v, where, 0) || number(v) && n != someKey && len(v) > 3 && p.quoted; s.hit {
			return
		}
	}
	if judge(n, p.name, v, where, 1) {
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
		return at(b, to) == '\\' && bytes.HasPrefix(b[to:], []byte(`\u00`))
	}
	if at(b, from-1) != quote {
		return false
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

// keyed looks at a string of JSON whose key, or what stands beside it, says
// that it is a secret.
func (s *search) keyed() {
	if len(s.text) == 0 {
		return
	}
	p := s.place
	if len(p.Prev) > 1 && s.element(p.Prev) {
		return
	}
	name := p.Key
	n := noSecret
	if len(p.Pair) > 0 {
		if n = s.natureOf(p.Pair); n != noSecret && n != aConnect {
			name = p.Pair
		}
	}
	if n == noSecret && len(name) > 0 {
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
		if t.random(12) && judge(n, prev, s.text, inQuotes, 1) {
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
		switch s.natureOf(outer) {
		case aSecret, aPassword, aKey:
			if t := traitsOf(s.text); !benign[string(bytes.ToLower(s.place.Key))] && t.random(8) && !placeholder(s.text, nil, false) && !address(s.text) && !filePath(s.text, &t) && !uuid(s.text) && !version(s.text, &t) {
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
