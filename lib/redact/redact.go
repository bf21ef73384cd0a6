package redact

import (
	"fmt"
	"regexp"
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
		c.wide = c.wide || p.class != nil && (p.class.in['/'] || p.class.in['%'] || p.class.in['&']) || p.class == nil && strings.HasPrefix(p.lit, "/")
	}
	r.shapes = append(r.shapes, c)
	for _, lit := range s.starts() {
		r.table.add(trigger{lit, doShape, n})
	}
	// A slash may be written as \/ or %2F, whichever of them it is.
	prefix := s.prefix()
	for k := range len(prefix) {
		if prefix[k] != '/' {
			continue
		}
		if head := prefix[:k]; len(head) >= 3 {
			r.table.add(trigger{lit: head, do: doSlash})
			continue
		}
		for _, sign := range [...]string{`\/`, `\\`, "%2"} {
			r.table.add(trigger{lit: prefix[:k] + sign, do: doSlash})
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
	add(doName, "pass", "pwd", "secret", "token", "key", "auth", "cred", "cookie", "jwt", "signature", "sig=", "bearer", "bindpw", "rootpw", "mnemonic", "phrase", "seed", "salt", "dsn",
		"pw=", "pw:", `pw"`, "pw'", `pw\`, "pw ", "_pat", "kennwort", "enha", "пароль", "Пароль", "ПАРОЛЬ", "wachtwoord", "hasło", "lösenord", "şifre", "ar.login", "contraseña", "contrase\\u", "hmac", "psk")
	add(doURL, "://", `:\/`, `:\\`)
	add(doPEM, "BEGIN")
	add(doEnd, "END ")
	add(doAuth, "bearer", "basic")
	add(doProgram, programNames()...)
	add(doDSN, "@tcp(", "@unix(", ":thin:")
	add(doHash, "$2a$", "$2b$", "$2y$", "$1$", "$5$", "$6$", "$apr1$", "$argon2", "$pbkdf2", "$y$", "$scrypt$")
	add(doForeign, foreignWords...)
	add(doPattern, foreignEscapes...)
	add(doXMLKey, "SAKeyValue")
	add(doKube, "kind: Secret", "stringData", `"kind":"Secret"`, `"kind": "Secret"`, `kind\":\"Secret`, `kind\": \"Secret`)
	add(doJWK, "kty")
	add(doArgument, `"-p"`, `"-a"`, `"-P"`, `"-w"`, `"-p\`, `"-a\`, `"-P\`, `"-w\`)
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
