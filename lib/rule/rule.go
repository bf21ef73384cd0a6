package rule

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"agenttrace/lib/config"
	"agenttrace/lib/policy"
	"agenttrace/lib/tool"
)

// Name is the default name of a rules file.
const Name = ".watch-rules.json"

// An Action is what is to be done when a rule holds.
type Action string

// The actions.
const (
	Alert  Action = "alert"
	Pause  Action = "pause"
	Resume Action = "resume"
	Kill   Action = "kill"
)

// Metrics are the conditions that are numbers.
var Metrics = []string{"cost_usd", "tokens", "context_pct", "files_modified", "consecutive_test_failures", "consecutive_errors",
	"retries", "loops", "duration_minutes", "idle_minutes", "tool_calls"}

// Patterns are the conditions on a call.
var Patterns = []string{"file_path", "command", "host", "tool"}

// A Rule is one rule.
type Rule struct {
	Name      string
	Condition string  // one of Metrics or Patterns
	Op        string  // > >= < <= ==, of a metric
	Threshold float64 // of a metric
	Pattern   string  // of the others
	Action    Action
	Notify    string
	Line      int // in its file

	match      *policy.Policy // denies what the pattern means
	tool, text *regexp.Regexp // of an operation
}

// OnCall reports whether the rule is about a call, and not about a number.
func (r *Rule) OnCall() bool { return r.match != nil || r.tool != nil }

// String returns the condition as it is written in the second form.
func (r *Rule) String() string {
	if r.OnCall() {
		return fmt.Sprintf("%s matches %q", r.Condition, r.Pattern)
	}
	return fmt.Sprintf("%s %s %s", r.Condition, r.Op, strconv.FormatFloat(r.Threshold, 'g', -1, 64))
}

// Load reads a rules file. name is its file, for messages.
func Load(name string, data []byte) ([]*Rule, error) {
	root, err := config.Parse(name, data)
	if err != nil {
		return nil, err
	}
	list := root
	if root.Kind == config.Map {
		if err := root.Only("the rules", "rules"); err != nil {
			return nil, err
		}
		if list = root.Get("rules"); list == nil {
			return nil, root.Errorf("there is no list of rules")
		}
	}
	return FromNode(list)
}

// FromNode reads a list of rules that stands in another file.
func FromNode(list *config.Node) ([]*Rule, error) {
	if err := list.Want("the list of rules", config.List); err != nil {
		return nil, err
	}
	var rules []*Rule
	for _, n := range list.Items {
		r, err := load(n)
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	return rules, nil
}

func load(n *config.Node) (*Rule, error) {
	if err := n.Only("a rule", "name", "condition", "threshold", "glob", "pattern", "action", "notify"); err != nil {
		return nil, err
	}
	r := &Rule{Line: n.Line, Action: Alert}
	text := func(key string) (string, *config.Node, error) {
		v := n.Get(key)
		if v == nil {
			return "", nil, nil
		}
		return v.Text, v, v.Want(key, config.String)
	}
	var err error
	if r.Name, _, err = text("name"); err != nil {
		return nil, err
	}
	if r.Notify, _, err = text("notify"); err != nil {
		return nil, err
	}
	if action, at, err := text("action"); err != nil {
		return nil, err
	} else if at != nil {
		r.Action = Action(action)
		if !slices.Contains([]Action{Alert, Pause, Resume, Kill}, r.Action) {
			return nil, at.Errorf("the action is %q, want alert, pause, resume or kill", action)
		}
	}
	cond, at, err := text("condition")
	switch {
	case err != nil:
		return nil, err
	case at == nil:
		return nil, n.Errorf("a rule without a condition")
	}
	if err := r.condition(n, at, strings.TrimSpace(cond)); err != nil {
		return nil, err
	}
	if r.Name == "" {
		r.Name = r.String()
	}
	return r, nil
}

// condition reads a condition: a name alone, with threshold or glob beside it,
// or all of it in one text.
func (r *Rule) condition(n, at *config.Node, cond string) error {
	threshold, glob := n.Get("threshold"), n.Get("glob")
	if glob == nil {
		glob = n.Get("pattern")
	} else if n.Get("pattern") != nil {
		return n.Errorf("a rule with a glob and a pattern")
	}
	name, rest := cond, ""
	if i := strings.IndexAny(cond, " \t<>=!"); i >= 0 {
		name, rest = cond[:i], strings.TrimSpace(cond[i:])
	}
	r.Condition = name
	switch {
	case slices.Contains(Metrics, name):
		if glob != nil {
			return glob.Errorf("%s is a number and takes no pattern", name)
		}
		if rest == "" {
			if threshold == nil {
				return at.Errorf("%s needs a threshold", name)
			}
			if err := threshold.Want("threshold", config.Number); err != nil {
				return err
			}
			r.Op = ">"
			return r.number(threshold, threshold.Text)
		}
		if threshold != nil {
			return threshold.Errorf("the condition has a threshold already")
		}
		for _, op := range []string{">=", "<=", "==", ">", "<"} {
			if num, ok := strings.CutPrefix(rest, op); ok {
				r.Op = op
				return r.number(at, strings.TrimSpace(num))
			}
		}
		return at.Errorf("the condition %q has no operator, want > >= < <= ==", cond)
	case slices.Contains(Patterns, name):
		if threshold != nil {
			return threshold.Errorf("%s is a pattern and takes no threshold", name)
		}
		if rest == "" {
			if glob == nil {
				return at.Errorf("%s needs a glob or pattern", name)
			}
			if err := glob.Want("the pattern", config.String); err != nil {
				return err
			}
			return r.pattern(glob, glob.Text)
		}
		quoted, ok := strings.CutPrefix(rest, "matches")
		if !ok || glob != nil {
			return at.Errorf("the condition is %q, want %s matches \"PATTERN\"", cond, name)
		}
		quoted = strings.TrimSpace(quoted)
		if len(quoted) < 2 || quoted[0] != quoted[len(quoted)-1] || quoted[0] != '"' && quoted[0] != '\'' || strings.IndexByte(quoted[1:len(quoted)-1], quoted[0]) >= 0 {
			return at.Errorf("the condition is %q, want %s matches \"PATTERN\"", cond, name)
		}
		return r.pattern(at, quoted[1:len(quoted)-1])
	}
	return at.Errorf("unknown condition %q, want %s", name, strings.Join(append(slices.Clone(Metrics), Patterns...), ", "))
}

func (r *Rule) number(at *config.Node, s string) error {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) || strings.ContainsAny(s, "xX_pP") {
		return at.Errorf("%q is not a number", s)
	}
	r.Threshold = v
	return nil
}

func (r *Rule) pattern(at *config.Node, s string) error {
	r.Pattern = s
	p, wrong := policy.Only(r.Condition, s)
	if wrong != "" {
		return at.Errorf("%q %s", s, wrong)
	}
	r.match = p
	return nil
}

// Holds reports whether the rule holds for a session, and for a call if call is
// not nil. now is the present in nanoseconds. detail says by what.
func (r *Rule) Holds(s *State, call *tool.Call, ctx *policy.Context, now int64) (holds bool, detail string) {
	if r.tool != nil {
		return r.operation(call)
	}
	if r.match != nil {
		if call == nil {
			return false, ""
		}
		for _, f := range r.match.Judge(*call, ctx) {
			if f.Verdict == policy.Deny {
				return true, f.Action
			}
		}
		return false, ""
	}
	v, ok := s.Value(r.Condition, now)
	if !ok {
		return false, ""
	}
	switch r.Op {
	case ">":
		holds = v > r.Threshold
	case ">=":
		holds = v >= r.Threshold
	case "<":
		holds = v < r.Threshold
	case "<=":
		holds = v <= r.Threshold
	case "==":
		holds = v == r.Threshold
	}
	return holds, fmt.Sprintf("%s is %s", r.Condition, strconv.FormatFloat(math.Round(v*1e4)/1e4, 'f', -1, 64))
}
