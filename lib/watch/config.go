package watch

import (
	"fmt"
	"math"
	"strconv"

	"agenttrace/lib/config"
	"agenttrace/lib/rule"
)

// A Limits is what is watched without a rules file. A limit that is negative is
// none.
type Limits struct {
	Cost       float64 // in USD
	Runs       int     // of one shell command
	Loops      int     // how often a series of calls is repeated
	Minutes    float64 // since the session began
	ContextPct float64 // of the model's window
}

// NoLimits are none.
func NoLimits() Limits { return Limits{-1, -1, -1, -1, -1} }

// DefaultLimits are those that agent-strace watches a session by.
func DefaultLimits() Limits {
	return Limits{Cost: 10, Runs: 5, Loops: 2, Minutes: 30, ContextPct: 90}
}

// Rules returns the limits as rules with an action.
func (l Limits) Rules(action rule.Action) ([]*rule.Rule, error) {
	var text []byte
	add := func(metric string, limit float64) {
		if limit < 0 || math.IsNaN(limit) || math.IsInf(limit, 0) {
			return
		}
		text = fmt.Appendf(text, "- {condition: %s > %s, action: %s}\n", metric, strconv.FormatFloat(limit, 'g', -1, 64), action)
	}
	add("cost_usd", l.Cost)
	if l.Runs >= 0 {
		add("retries", float64(max(0, l.Runs-1)))
	}
	add("loops", float64(l.Loops))
	add("duration_minutes", l.Minutes)
	add("context_pct", l.ContextPct)
	if text == nil {
		return nil, nil
	}
	return rule.Load("limits.yaml", text)
}

// A Config is a configuration file as agent-strace has it.
type Config struct {
	Rules   []*rule.Rule
	Webhook string
	Policy  string // a file, as it is named there
}

// LoadConfig reads a configuration file: watchers with retry (max), cost
// (max_dollars), duration (max_minutes), loop (max_repeats) and scope (policy);
// webhook (url); operation_rules, a list of tool, pattern, action (alert or
// block) and reason; max_context_pct; and rules, as in a rules file. What has
// been done cannot be blocked: to block is to pause here.
func LoadConfig(name string, data []byte) (*Config, error) {
	root, err := config.Parse(name, data)
	if err != nil {
		return nil, err
	}
	if err := root.Only("the configuration", "watchers", "webhook", "operation_rules", "max_context_pct", "rules"); err != nil {
		return nil, err
	}
	c := &Config{}
	limits := NoLimits()
	r := reader{}
	if w := r.object(root, "watchers", "retry", "cost", "duration", "loop", "scope"); w != nil {
		if n := r.object(w, "retry", "max", "alert"); n != nil {
			limits.Runs = int(r.number(n, "max", 5))
		}
		if n := r.object(w, "cost", "max_dollars", "alert"); n != nil {
			limits.Cost = r.number(n, "max_dollars", 10)
		}
		if n := r.object(w, "duration", "max_minutes", "alert"); n != nil {
			limits.Minutes = r.number(n, "max_minutes", 30)
		}
		if n := r.object(w, "loop", "sequence_length", "max_repeats", "alert"); n != nil {
			limits.Loops = max(1, int(r.number(n, "max_repeats", 3))-1) // the third time is one too many
		}
		if n := r.object(w, "scope", "policy", "alert"); n != nil {
			c.Policy = r.text(n, "policy")
		}
	}
	if n := r.object(root, "webhook", "url"); n != nil {
		c.Webhook = r.text(n, "url")
	}
	limits.ContextPct = r.number(root, "max_context_pct", -1)
	r.operations(c, root.Get("operation_rules"))
	if r.err != nil {
		return nil, r.err
	}
	list, err := limits.Rules(rule.Alert)
	if err != nil {
		return nil, err
	}
	c.Rules = append(list, c.Rules...)
	if n := root.Get("rules"); n != nil {
		more, err := rule.FromNode(n)
		if err != nil {
			return nil, err
		}
		c.Rules = append(c.Rules, more...)
	}
	return c, nil
}

// A reader reads parts of a file until there is an error.
type reader struct{ err error }

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) object(n *config.Node, key string, keys ...string) *config.Node {
	v := n.Get(key)
	if v == nil {
		return nil
	}
	if err := v.Only(key, keys...); err != nil {
		r.fail(err)
		return nil
	}
	return v
}

func (r *reader) number(n *config.Node, key string, otherwise float64) float64 {
	v := n.Get(key)
	if v == nil {
		return otherwise
	}
	if err := v.Want(key, config.Number); err != nil {
		r.fail(err)
		return otherwise
	}
	f, err := strconv.ParseFloat(v.Text, 64)
	if err != nil || f < 0 {
		r.fail(v.Errorf("%s is %s, want a number that is not negative", key, v.Text))
	}
	return f
}

func (r *reader) text(n *config.Node, key string) string {
	v := n.Get(key)
	if v == nil {
		return ""
	}
	if err := v.Want(key, config.String); err != nil {
		r.fail(err)
	}
	return v.Text
}

func (r *reader) operations(c *Config, list *config.Node) {
	if list == nil {
		return
	}
	if err := list.Want("operation_rules", config.List); err != nil {
		r.fail(err)
		return
	}
	for _, n := range list.Items {
		if err := n.Only("an operation rule", "tool", "pattern", "action", "reason", "name"); err != nil {
			r.fail(err)
			return
		}
		action := rule.Alert
		switch a := r.text(n, "action"); a {
		case "", "alert":
		case "block":
			action = rule.Pause
		case "pause", "kill":
			action = rule.Action(a)
		default:
			r.fail(n.Get("action").Errorf("the action is %q, want alert, block, pause or kill", a))
			return
		}
		name := r.text(n, "name")
		if name == "" {
			name = r.text(n, "reason")
		}
		op, err := rule.Operation(n, name, r.text(n, "tool"), r.text(n, "pattern"), action)
		if err != nil {
			r.fail(err)
			return
		}
		c.Rules = append(c.Rules, op)
	}
}
