package rule

import (
	"regexp"
	"strings"

	"agenttrace/lib/config"
	"agenttrace/lib/tool"
)

// Operation returns a rule on calls of a tool with a text, both as patterns of a
// shell in any case of letters: * is any text, ? any character, [a-z] one of
// some. The text is the shell line, or a path, a host, or what is searched for.
// "" is any. It is what agent-strace calls an operation rule.
func Operation(at *config.Node, name, toolPattern, pattern string, action Action) (*Rule, error) {
	r := &Rule{Name: name, Condition: "operation", Pattern: pattern, Action: action, Line: at.Line}
	var err error
	if r.tool, err = wildcards(toolPattern); err == nil {
		r.text, err = wildcards(pattern)
	}
	if err != nil {
		return nil, at.Errorf("%q is no pattern", pattern)
	}
	if r.Name == "" {
		r.Name = strings.TrimSpace(toolPattern + " " + pattern)
	}
	return r, nil
}

// wildcards makes a regular expression, which takes linear time, of a pattern.
func wildcards(s string) (*regexp.Regexp, error) {
	if s == "" {
		s = "*"
	}
	var b strings.Builder
	b.WriteString(`(?is)\A`)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteByte('.')
		case '[':
			n := strings.IndexByte(s[i+1:], ']')
			if n <= 0 {
				b.WriteString(`\[`)
				continue
			}
			class := s[i+1 : i+1+n]
			if strings.HasPrefix(class, "!") {
				class = "^" + class[1:]
			}
			b.WriteString("[" + strings.ReplaceAll(class, `\`, `\\`) + "]")
			i += n + 1
		default:
			b.WriteString(regexp.QuoteMeta(s[i : i+1]))
		}
	}
	b.WriteString(`\z`)
	return regexp.Compile(b.String())
}

// operation reports whether a call is such an operation, and by what.
func (r *Rule) operation(call *tool.Call) (bool, string) {
	if call == nil || !r.tool.MatchString(call.Name) {
		return false, ""
	}
	texts := []string{call.Line}
	if call.Line == "" {
		texts = append(append(append(append(texts[:0], call.Reads...), call.Writes...), call.Searches...), call.Pattern)
		texts = append(append(append(texts, call.Hosts...), call.MayRead...), call.MayWrite...)
	}
	for _, t := range texts {
		if r.text.MatchString(t) {
			return true, strings.TrimSpace(call.Name + ": " + t)
		}
	}
	return false, ""
}
