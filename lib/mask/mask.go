package mask

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"agenttrace/lib/scrub"
)

// A Pattern is a kind of one's own: what the expression matches is masked.
type Pattern struct {
	Name string
	RE   *regexp.Regexp
}

// ParsePattern reads NAME=RE, in the syntax of package regexp. A name has small
// letters, digits and hyphens: it stands in the replacement.
func ParsePattern(s string) (Pattern, error) {
	name, expr, ok := strings.Cut(s, "=")
	if !ok || !validName(name) {
		return Pattern{}, fmt.Errorf("%q is not a pattern: want NAME=RE, with a name of small letters, digits and hyphens", s)
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return Pattern{}, fmt.Errorf("pattern %s: %w", name, err)
	}
	if re.MatchString("") {
		return Pattern{}, fmt.Errorf("pattern %s: it matches nothing at all, and so everywhere", name)
	}
	return Pattern{name, re}, nil
}

func validName(s string) bool {
	for _, c := range s {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && c != '-' {
			return false
		}
	}
	return s != ""
}

// Options say what is masked.
type Options struct {
	Only, Except []string // names of kinds; Only nil means all but ip
	IP           bool     // ip too
	Patterns     []Pattern
}

// A Masker finds personal data. It may be used from several goroutines.
type Masker struct {
	on       [kinds]bool
	patterns []Pattern
}

// New returns a masker. An unknown kind is an error.
func New(o Options) (*Masker, error) {
	m := &Masker{patterns: o.Patterns}
	only, err := parseKinds(o.Only)
	if err != nil {
		return nil, err
	}
	except, err := parseKinds(o.Except)
	if err != nil {
		return nil, err
	}
	for k := none + 1; k < kinds; k++ {
		m.on[k] = k != ip || o.IP
		if o.Only != nil {
			m.on[k] = only[k] || k == ip && o.IP
		}
		if except[k] {
			m.on[k] = false
		}
	}
	return m, nil
}

// A scan is one pass over a text.
type scan struct {
	*Masker
	text  []byte
	found []scrub.Match
	done  bool // stop: one match is enough, or there is nothing more to find
	first bool // one match is enough
	line  bool // text is a line as it stands, not a decoded text

	groups  []group
	scratch []byte
	rooms   struct {
		groups  [maxKept + maxGroups]group
		scratch [64]byte
	}
}

// add notes a match.
func (s *scan) add(from, to int, k kind) {
	if s.first {
		s.done = true
		return
	}
	s.found = append(s.found, scrub.Match{From: from, To: to, Rule: kindInfo[k].name})
}

// Find is the Finder of a scrub.Filter.
func (m *Masker) Find(text []byte, at *scrub.Place, found []scrub.Match) []scrub.Match {
	if k := m.keyed(text, at); k != none {
		return append(found, scrub.Match{From: 0, To: len(text), Rule: kindInfo[k].name})
	}
	if at.Kind == scrub.Number {
		return found
	}
	n := len(found)
	if found = m.plain(text, found); len(found) > n {
		found = append(found[:n], m.again(text, found[n:])...)
	}
	return found
}

// plain adds what is found in a text wherever it stands.
func (m *Masker) plain(text []byte, found []scrub.Match) []scrub.Match {
	s := scan{Masker: m, text: text, found: found}
	s.groups, s.scratch = s.rooms.groups[:0], s.rooms.scratch[:0]
	s.all()
	for _, p := range m.patterns {
		for _, span := range p.RE.FindAllIndex(text, -1) {
			if span[1] > span[0] {
				s.found = append(s.found, scrub.Match{From: span[0], To: span[1], Rule: p.Name})
			}
		}
	}
	return s.found
}

// Candidate reports whether Find can find anything in a line as it stands.
func (m *Masker) Candidate(line []byte) bool {
	if len(m.patterns) > 0 || hidden(line) {
		return true
	}
	s := scan{Masker: m, text: line, first: true, line: true}
	s.groups, s.scratch = s.rooms.groups[:0], s.rooms.scratch[:0]
	s.all()
	return s.done
}

// all looks for every kind.
func (s *scan) all() {
	if s.on[email] {
		s.emails()
	}
	if !s.done && s.on[user] {
		s.homes()
	}
	if !s.done {
		s.numbers()
	}
	if !s.done && s.on[ip] {
		s.addresses()
	}
	if !s.done {
		s.labels()
	}
}

// hidden reports whether a character that counts may be written in another
// way: printable ASCII, the no-break space and the other separators of numbers
// as \u0020 to \u007e, \u00a0 and \u20.., @ and + as %40 and %2B, the signs
// around the name of a user and in an ARN as %2F and %3A. Neither can be told
// what begins behind a control byte: the digits of its escape run into it.
func hidden(line []byte) bool {
	for i := unicodeEscape(line, 0); i >= 0 && i+6 <= len(line); i = unicodeEscape(line, i+2) {
		e := line[i+2 : i+5]
		if e[0] == '0' && ('2' <= e[2] && e[2] <= '7' || e[2]|0x20 == 'a') || e[0] == '2' {
			return true
		}
		if next := i + 6; next < len(line) && (isHex(line[next]) || line[next] == ':') {
			return true
		}
	}
	for i := 0; ; i++ {
		k := bytes.IndexByte(line[i:], '%')
		if i += k; k < 0 || i+3 > len(line) {
			return false
		}
		switch e := line[i+1 : i+3]; {
		case e[0] == '4' && e[1] == '0' || e[0] == '2' && e[1]|0x20 == 'b':
			return true
		case e[0] == '2' && e[1]|0x20 == 'f' && (hasPrefix(line[i+3:], "Users") || hasPrefix(line[i+3:], "home")):
			return true
		case e[0] == '3' && e[1]|0x20 == 'a' && hasSuffix(line[:i], "arn"):
			return true
		}
	}
}

// escapeByte has the first four bytes of the escapes that hidden looks for.
var escapeByte = [256]bool{'\\': true, 'u': true, '0': true, '2': true}

// unicodeEscape returns the index of the first \u00 or \u20 in b from i on, -1
// if there is none. Backslashes are too frequent in JSON to be looked for
// alone: it leaps.
func unicodeEscape(b []byte, i int) int {
	for i += 3; i < len(b); i += 4 {
		if !escapeByte[b[i]] {
			continue
		}
		for k := i - 3; k <= i && k+4 <= len(b); k++ {
			if b[k] == '\\' && b[k+1] == 'u' && (b[k+2] == '0' || b[k+2] == '2') && b[k+3] == '0' {
				return k
			}
		}
	}
	return -1
}
