package redact

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// Compile returns the pattern of a regular expression in the syntax of RE2.
func Compile(name, re string) (Pattern, error) {
	x, err := regexp.Compile(re)
	if err != nil {
		return Pattern{}, fmt.Errorf("bad pattern '%s': %s", re, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	if x.MatchString("") {
		return Pattern{}, fmt.Errorf("bad pattern '%s': it matches the empty text", re)
	}
	return Pattern{Name: name, RE: x}, nil
}

// CheckShape returns what is wrong with the text of a shape.
func CheckShape(text string) error {
	s, err := parseShape(text)
	if err == nil && (len(s.parts) == 0 || len(s.prefix()) < 2) {
		err = fmt.Errorf("shape %q: it must begin with two characters or more that stand as they are", text)
	}
	return err
}

// addPattern adds a rule of the user.
func (r *Redactor) addPattern(p Pattern) error {
	switch {
	case p.Shape != "":
		if err := CheckShape(p.Shape); err != nil {
			return err
		}
		s := mustShape(p.Shape)
		r.addShape(&Rule{Name: p.Name, Provider: "the user", Shape: p.Shape}, s)
	case p.RE != nil:
		r.patterns = append(r.patterns, p)
		if lit := literalOf(p.RE.String()); lit != "" {
			r.table.add(trigger{lit: lit, do: doPattern})
		} else {
			r.all = true
		}
	}
	for _, n := range p.Names {
		n = strings.ToLower(n)
		r.names[n] = p.Name
		if len(n) < 3 {
			r.all = true
			continue
		}
		r.table.add(trigger{lit: n, do: doName})
	}
	return nil
}

// literalOf returns a text of letters and digits that stands in whatever an
// expression matches, in one notation, "" if it has none.
func literalOf(re string) string {
	x, err := syntax.Parse(re, syntax.Perl)
	if err != nil {
		return ""
	}
	return longest(x.Simplify())
}

func longest(x *syntax.Regexp) string {
	switch x.Op {
	case syntax.OpLiteral:
		best, from := "", 0
		s := string(x.Rune)
		for i := 0; i <= len(s); i++ {
			if i < len(s) && (alnum(s[i]) || s[i] == '-' || s[i] == '_') {
				continue
			}
			if i-from > len(best) {
				best = s[from:i]
			}
			from = i + 1
		}
		if len(best) < 3 {
			return ""
		}
		return strings.ToLower(best)
	case syntax.OpCapture, syntax.OpPlus:
		return longest(x.Sub[0])
	case syntax.OpConcat:
		best := ""
		for _, s := range x.Sub {
			if l := longest(s); len(l) > len(best) {
				best = l
			}
		}
		return best
	}
	return ""
}

// IsRuleName reports whether a name can stand in a replacement.
func IsRuleName(s string) bool {
	if s == "" || len(s) > 40 {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; !isLower(c) && !isDigit(c) && c != '-' {
			return false
		}
	}
	return true
}
