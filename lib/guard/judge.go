package guard

import (
	"fmt"
	"strings"

	"agenttrace/lib/event"
	"agenttrace/lib/policy"
	"agenttrace/lib/rule"
	"agenttrace/lib/text"
	"agenttrace/lib/tool"
)

// A Case is all that a call is judged by.
type Case struct {
	Payload *Payload
	Policy  *policy.Policy // nil if there is none
	Context *policy.Context
	Rules   []*rule.Rule
	// States are those of the session and, of a subagent, of the session that
	// started it; the call is not counted in them yet.
	States []*rule.State
	Now    int64
}

// A Decision is what was found of a call.
type Decision struct {
	Verdict  policy.Verdict
	Findings []policy.Finding
	Fired    []Fired
	Reason   string // for the model
}

// Fired is a rule that holds, and by what.
type Fired struct {
	Rule   *rule.Rule
	Detail string
}

// verdict is what a rule that holds says of the call.
func (f *Fired) verdict() policy.Verdict {
	switch f.Rule.Action {
	case rule.Kill:
		return policy.Deny
	case rule.Pause:
		return policy.Ask
	}
	return policy.None
}

// Judge judges a call.
func (c *Case) Judge() *Decision {
	call := c.Payload.Call()
	d := &Decision{Findings: c.Policy.Judge(call, c.Context)}
	d.Verdict = policy.Worst(d.Findings)
	for _, s := range c.States {
		if _, counted := s.Open[c.Payload.UseID]; c.Payload.UseID == "" || !counted {
			s.Call(&call, c.Payload.Args)
		}
	}
	for _, r := range c.Rules {
		for _, s := range c.states() {
			if holds, detail := r.Holds(s, &call, c.Context, c.Now); holds {
				f := Fired{r, detail}
				d.Fired = append(d.Fired, f)
				d.Verdict = max(d.Verdict, f.verdict())
				break
			}
		}
	}
	d.Reason = d.reason()
	return d
}

func (c *Case) states() []*rule.State {
	if len(c.States) == 0 {
		return []*rule.State{{}}
	}
	return c.States
}

// most is how many reasons are given.
const most = 5

// reason tells the model why, and what that means.
func (d *Decision) reason() string {
	if d.Verdict < policy.Unknown {
		return ""
	}
	var why []string
	for v := policy.Deny; v >= policy.Unknown; v-- {
		for i := range d.Findings {
			if f := &d.Findings[i]; f.Verdict == v {
				s := f.Action + ": " + f.Reason
				if f.Pattern != "" {
					s += " (" + f.Pattern + ")"
				}
				why = append(why, s)
			}
		}
		for i := range d.Fired {
			if f := &d.Fired[i]; f.verdict() == v {
				why = append(why, fmt.Sprintf("the rule %q holds: %s", f.Rule.Name, f.Detail))
			}
		}
	}
	n := len(why)
	why = why[:min(n, most)]
	for i := range why {
		why[i] = text.Line(why[i], 300)
	}
	s := "at-guard: " + strings.Join(why, "; ")
	if n > most {
		s += fmt.Sprintf("; and %d more", n-most)
	}
	switch {
	case d.Verdict == policy.Deny:
		return s + ". This call did not run. Do not try to get around the policy; go on without it, or ask the user."
	default:
		return s + "."
	}
}

// first returns the finding that decided, nil if a rule did.
func (d *Decision) first() *policy.Finding {
	for i := range d.Findings {
		if d.Findings[i].Verdict == d.Verdict {
			return &d.Findings[i]
		}
	}
	return nil
}

// Event appends the guard_verdict to dst. d is nil if nothing could be judged:
// then failure says why.
func (p *Payload) Event(dst []byte, d *Decision, a Answer, nano int64, failure string) []byte {
	var o event.Object
	verdict := policy.None
	if d != nil {
		verdict = d.Verdict
	}
	if failure == "" {
		o.Text("verdict", verdict.String())
	}
	o.Text("answer", a.Said).Str("tool_name", p.Tool).Str("tool_use_id", p.UseID).Str("agent", p.Agent).Str("hook", p.Hook)
	if d != nil {
		if f := d.first(); f != nil && verdict > policy.None {
			o.Str("rule", f.Rule).Str("reason", d.Reason).Str("subject", f.Subject).Str("action", f.Action)
		} else if verdict > policy.None {
			for i := range d.Fired {
				if f := &d.Fired[i]; f.verdict() == verdict {
					o.Str("rule", f.Rule.Name).Str("reason", d.Reason)
					break
				}
			}
		}
		var alerts []string
		for i := range d.Fired {
			if f := &d.Fired[i]; f.verdict() == policy.None {
				alerts = append(alerts, f.Rule.Name+": "+f.Detail)
			}
		}
		o.Strs("alerts", alerts)
	}
	o.Str("failure", failure)
	h := event.Header{Type: "guard_verdict", UnixNano: nano, Session: p.Session}
	if p.UseID != "" {
		h.ID = event.ID(p.Session, "guard_verdict", p.UseID, p.Hook)
		h.Parent = event.ID(p.Session, "tool_call", p.UseID)
	} else {
		h.ID = event.ID(p.Session, "guard_verdict", p.Tool, string(tool.Canonical(p.Args)), fmt.Sprint(nano))
	}
	return event.Append(dst, h, o.Bytes())
}

// AppendExplanation appends what was found, for a person.
func (d *Decision) AppendExplanation(dst []byte, p *Payload, a Answer) []byte {
	dst = fmt.Appendf(dst, "%s: %s (%s, %s)\n", text.Line(p.Tool, 60), d.Verdict, p.Agent, text.Line(p.Hook, 40))
	for i := range d.Findings {
		f := &d.Findings[i]
		dst = fmt.Appendf(dst, "  %-7s %s", f.Verdict, text.Line(f.Action, 100))
		if f.Rule != "" {
			dst = fmt.Appendf(dst, "  ← %s", f.Rule)
			if f.Pattern != "" {
				dst = fmt.Appendf(dst, " %q", f.Pattern)
			}
		}
		if f.Rule == "" || f.Rule == "unknown" {
			dst = fmt.Appendf(dst, "  (%s)", f.Reason)
		}
		if f.Sensitive {
			dst = append(dst, "  🔐"...)
		}
		dst = append(dst, '\n')
	}
	for i := range d.Fired {
		f := &d.Fired[i]
		dst = fmt.Appendf(dst, "  %-7s rule %q, line %d: %s: %s\n", f.verdict(), f.Rule.Name, f.Rule.Line, f.Rule.Action, text.Line(f.Detail, 100))
	}
	return fmt.Appendf(dst, "answer: %s\n", a.Said)
}
