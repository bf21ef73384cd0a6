// Package rulefile reads files of rules for lib/redact. It stands apart since
// what captures needs the rules and not the files, and starts sooner without
// YAML.
//
// A rule file is YAML, or JSON, which is YAML:
//
//	rules:
//	  - name: acme-token            # stands in the replacement
//	    shape: acme_[a32]           # a shape, or
//	  - name: ticket
//	    pattern: 'TKT-(\d{8})'      # RE2; the first group goes if there is one, or
//	  - name: badge
//	    names: [badge_no, badgeNo]  # names whose values go
//	disable: [sk-key]
//
// A shape is text that stands as it is, and classes of characters in brackets:
// a letter for the class, then how many there are or more, or from-to, or with !
// so many and no more. n are digits, x and X hex digits of lower and upper case,
// h of both, l lower case letters and digits, U capitals and digits, a letters
// and digits, w these and _, d these and - and _, p these and the dot, b base64.
package rulefile

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"agenttrace/lib/redact"
)

// Read reads a rule file. Errors name the file and the line.
func Read(file string, data []byte) (o redact.Options, err error) {
	fail := func(line int, format string, args ...any) (redact.Options, error) {
		return redact.Options{}, fmt.Errorf("%s:%d: %s", file, line, fmt.Sprintf(format, args...))
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		line := 1
		msg := strings.TrimPrefix(err.Error(), "yaml: ")
		if _, e := fmt.Sscanf(msg, "line %d:", &line); e == nil {
			_, msg, _ = strings.Cut(msg, ": ")
		}
		return fail(line, "%s", msg)
	}
	if len(doc.Content) == 0 {
		return fail(1, "no rules")
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return fail(root.Line, "a rule file is a mapping with the keys rules and disable")
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, value := root.Content[i], root.Content[i+1]
		switch key.Value {
		case "rules":
			if value.Kind != yaml.SequenceNode {
				return fail(value.Line, "rules is a list")
			}
			for _, n := range value.Content {
				p, line, err := readRule(n)
				if err != nil {
					return fail(line, "%v", err)
				}
				o.Extra = append(o.Extra, p)
			}
		case "disable":
			if err := value.Decode(&o.Disable); err != nil {
				return fail(value.Line, "disable is a list of names of rules")
			}
		default:
			return fail(key.Line, "unknown key '%s'; want rules or disable", key.Value)
		}
	}
	return o, nil
}

func readRule(n *yaml.Node) (p redact.Pattern, line int, err error) {
	if n.Kind != yaml.MappingNode {
		return p, n.Line, fmt.Errorf("a rule is a mapping with a name and a pattern, a shape or names")
	}
	kinds := 0
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch key.Value {
		case "name":
			if p.Name = value.Value; !redact.IsRuleName(p.Name) {
				return p, value.Line, fmt.Errorf("the name '%s' is not made of lower case letters, digits and hyphens", p.Name)
			}
		case "pattern":
			kinds++
			x, err := redact.Compile(p.Name, value.Value)
			if err != nil {
				return p, value.Line, err
			}
			p.RE = x.RE
		case "shape":
			kinds++
			if err := redact.CheckShape(value.Value); err != nil {
				return p, value.Line, err
			}
			p.Shape = value.Value
		case "names":
			kinds++
			if err := value.Decode(&p.Names); err != nil || len(p.Names) == 0 {
				return p, value.Line, fmt.Errorf("names is a list")
			}
		case "description":
		default:
			return p, key.Line, fmt.Errorf("unknown key '%s' in a rule", key.Value)
		}
	}
	switch {
	case p.Name == "":
		return p, n.Line, fmt.Errorf("a rule without a name")
	case kinds != 1:
		return p, n.Line, fmt.Errorf("rule '%s': it needs one of pattern, shape and names", p.Name)
	}
	return p, n.Line, nil
}
