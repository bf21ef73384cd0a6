package policy

import (
	"slices"
	"strings"

	"agenttrace/lib/config"
)

// A Verdict says what is to become of a call. The larger one counts.
type Verdict int

// The verdicts.
const (
	None    Verdict = iota // no rule speaks of it
	Allow                  // a rule allows it
	Unknown                // it cannot be told before it runs
	Ask                    // a person is to be asked
	Deny                   // a rule forbids it
)

var verdictNames = [...]string{"none", "allow", "unknown", "ask", "deny"}

// String returns the verdict as records have it.
func (v Verdict) String() string { return verdictNames[v] }

// Violates reports whether a verdict is one that a gate does not let pass.
func (v Verdict) Violates() bool { return v >= Unknown }

// Names of the policy file, in the order in which they are looked for.
var Names = []string{".agent-scope.json", ".agent-scope.yaml", ".agent-scope.yml"}

// A Policy is a policy file. The zero Policy rules nothing.
type Policy struct {
	Read, Write Files
	Commands    Commands
	Network     Network
	Tools       Tools
	Unknown     UnknownRule
	Sensitive   Verdict // of sensitive files: None, Ask or Deny

	learning bool // every finding is wanted
}

// Files are the rules for one way to use files.
type Files struct{ Allow, Deny []Pattern }

func (f *Files) rules() bool { return len(f.Allow)+len(f.Deny) > 0 }

// Commands are the rules for commands.
type Commands struct{ Allow, Deny []Words }

func (c *Commands) rules() bool { return len(c.Allow)+len(c.Deny) > 0 }

// Network are the rules for hosts.
type Network struct {
	DenyAll     bool
	Allow, Deny []Host
}

func (n *Network) rules() bool { return n.DenyAll || len(n.Allow)+len(n.Deny) > 0 }

// Tools are the rules for tools by name.
type Tools struct{ Allow, Deny []Name }

// An UnknownRule says what is done with what cannot be told before it runs.
type UnknownRule struct {
	Verdict Verdict         // Unknown, Ask, Deny or Allow; None counts as Unknown
	Allow   map[string]bool // texts of commands, white space aside
}

// Load reads a policy. name is its file, for messages.
func Load(name string, data []byte) (*Policy, error) {
	root, err := config.Parse(name, data)
	if err != nil {
		return nil, err
	}
	if err := root.Only("the policy", "files", "commands", "network", "tools", "unknown", "sensitive"); err != nil {
		return nil, err
	}
	p := &Policy{}
	for _, m := range root.Members {
		switch m.Key {
		case "files":
			err = p.files(m.Value)
		case "commands":
			err = lists(m.Value, "commands", &p.Commands.Allow, &p.Commands.Deny, parseWords)
		case "network":
			err = p.network(m.Value)
		case "tools":
			err = lists(m.Value, "tools", &p.Tools.Allow, &p.Tools.Deny, parseName)
		case "unknown":
			err = p.unknown(m.Value)
		case "sensitive":
			p.Sensitive, err = verdict(m.Value, "sensitive", "flag", "ask", "deny")
			if p.Sensitive == Unknown {
				p.Sensitive = None
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *Policy) files(n *config.Node) error {
	if err := n.Only("files", "read", "write"); err != nil {
		return err
	}
	for _, m := range n.Members {
		f := &p.Read
		if m.Key == "write" {
			f = &p.Write
		}
		if err := lists(m.Value, "files."+m.Key, &f.Allow, &f.Deny, ParsePattern); err != nil {
			return err
		}
	}
	return nil
}

func (p *Policy) network(n *config.Node) error {
	if err := n.Only("network", "deny_all", "allow", "deny"); err != nil {
		return err
	}
	for _, m := range n.Members {
		var err error
		switch m.Key {
		case "deny_all":
			if err = m.Value.Want("network.deny_all", config.Bool); err == nil {
				p.Network.DenyAll = m.Value.Text == "true"
			}
		case "allow":
			p.Network.Allow, err = list(m.Value, "network.allow", parseHost)
		case "deny":
			p.Network.Deny, err = list(m.Value, "network.deny", parseHost)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *Policy) unknown(n *config.Node) (err error) {
	if n.Kind != config.Map {
		p.Unknown.Verdict, err = verdict(n, "unknown", "flag", "ask", "deny", "allow")
		return err
	}
	if err := n.Only("unknown", "verdict", "allow"); err != nil {
		return err
	}
	if v := n.Get("verdict"); v != nil {
		if p.Unknown.Verdict, err = verdict(v, "unknown.verdict", "flag", "ask", "deny", "allow"); err != nil {
			return err
		}
	}
	if v := n.Get("allow"); v != nil {
		texts, err := list(v, "unknown.allow", func(s string) (string, string) { return flat(s), "" })
		if err != nil {
			return err
		}
		p.Unknown.Allow = map[string]bool{}
		for _, s := range texts {
			p.Unknown.Allow[s] = true
		}
	}
	return nil
}

// flat is a text without regard to white space.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

func verdict(n *config.Node, what string, names ...string) (Verdict, error) {
	if err := n.Want(what, config.String); err != nil {
		return None, err
	}
	if !slices.Contains(names, n.Text) {
		return None, n.Errorf("%s is %q, want %s", what, n.Text, strings.Join(names, ", "))
	}
	return map[string]Verdict{"flag": Unknown, "ask": Ask, "deny": Deny, "allow": Allow}[n.Text], nil
}

// lists reads an object with an allow and a deny list.
func lists[T any](n *config.Node, what string, allow, deny *[]T, parse func(string) (T, string)) (err error) {
	if err := n.Only(what, "allow", "deny"); err != nil {
		return err
	}
	for _, m := range n.Members {
		into := allow
		if m.Key == "deny" {
			into = deny
		}
		if *into, err = list(m.Value, what+"."+m.Key, parse); err != nil {
			return err
		}
	}
	return nil
}

// list reads a list of strings. parse returns what is wrong with one, or "".
func list[T any](n *config.Node, what string, parse func(string) (T, string)) ([]T, error) {
	if err := n.Want(what, config.List); err != nil {
		return nil, err
	}
	var out []T
	for _, item := range n.Items {
		if err := item.Want("an entry of "+what, config.String); err != nil {
			return nil, err
		}
		v, wrong := parse(item.Text)
		if wrong != "" {
			return nil, item.Errorf("%s: %q %s", what, item.Text, wrong)
		}
		out = append(out, v)
	}
	return out, nil
}

// Only returns a policy that denies one thing: what a pattern means for
// file_path, command, host or tool. wrong says what is wrong with it, or "".
func Only(what, pattern string) (p *Policy, wrong string) {
	p = &Policy{Unknown: UnknownRule{Verdict: Allow}}
	switch what {
	case "file_path":
		var x Pattern
		x, wrong = ParsePattern(pattern)
		p.Read.Deny, p.Write.Deny = []Pattern{x}, []Pattern{x}
	case "command":
		var x Words
		x, wrong = parseWords(pattern)
		p.Commands.Deny = []Words{x}
	case "host":
		var x Host
		x, wrong = parseHost(pattern)
		p.Network.Deny = []Host{x}
	case "tool":
		var x Name
		x, wrong = parseName(pattern)
		p.Tools.Deny = []Name{x}
	default:
		wrong = "is no kind of pattern"
	}
	return p, wrong
}
