package watch

import (
	"fmt"
	"strconv"
	"strings"

	"agenttrace/lib/event"
	"agenttrace/lib/policy"
	"agenttrace/lib/rule"
	"agenttrace/lib/text"
)

// Kind is the type of the records of this package.
const Kind = "alert"

// A Deed is what was done at an alert.
type Deed struct {
	PID     int    // of the process that is signalled, 0 if none is
	DryRun  bool   // nothing is done
	Refused string // why nothing could be done
}

// Record appends the alert record to dst, without a newline.
func (a *Alert) Record(dst []byte, d Deed) []byte {
	var o event.Object
	o.Str("rule", a.Name()).Str("action", string(a.Action())).Str("reason", a.Detail)
	line := ""
	if r := a.Rule; r != nil {
		o.Str("condition", r.String()).Str("notify", r.Notify)
		line = strconv.Itoa(r.Line)
	} else {
		o.Str("subject", a.Finding.Subject)
		line = a.Finding.Subject
	}
	o.Count("event", int64(a.Event)).Str("tool_name", a.Tool).Count("pid", int64(d.PID)).True("dry_run", d.DryRun).Str("refused", d.Refused)
	h := event.Header{Type: Kind, UnixNano: a.Nano, Untimed: !a.Timed, Session: a.Session.ID, Parent: a.EventID}
	h.ID = event.ID(h.Session, Kind, a.Name(), line, a.EventID)
	return event.Append(dst, h, o.Bytes())
}

// what a person is told of an action.
var doing = map[rule.Action]string{rule.Kill: "kill", rule.Pause: "pause", rule.Resume: "resume"}

// Message returns the alert in a line, for a person. It is safe for a terminal.
func (a *Alert) Message(d Deed) string {
	var b strings.Builder
	b.WriteString(text.Line(a.Session.ID, 60))
	b.WriteString(": ")
	b.WriteString(text.Line(a.Name(), 60))
	if detail := text.Line(a.Detail, 200); detail != "" {
		b.WriteString(": " + detail)
	}
	b.WriteString(" (#" + strconv.Itoa(a.Event) + ")")
	word := doing[a.Action()]
	switch {
	case word == "":
	case d.DryRun:
		b.WriteString(": would " + word + " the agent")
	case d.Refused != "":
		b.WriteString(": cannot " + word + " the agent: " + d.Refused)
	case d.PID != 0:
		b.WriteString(": " + word + " process " + strconv.Itoa(d.PID) + " and what belongs to it")
	}
	return b.String()
}

// Findings returns a function that says which rules an event makes hold, as
// findings: to kill is to deny, to pause is to ask. Rules that only alert find
// nothing. It is what at-guard says of the same call.
func (w *Watcher) Findings() func(event.Event) []policy.Finding {
	w.Every = true
	return func(e event.Event) (list []policy.Finding) {
		for _, a := range w.Add(e) {
			v := policy.None
			switch a.Action() {
			case rule.Kill:
				v = policy.Deny
			case rule.Pause:
				v = policy.Ask
			default:
				continue
			}
			list = append(list, policy.Finding{
				Verdict: v, Kind: "rule", Rule: a.Name(), Pattern: a.Rule.String(),
				Reason: fmt.Sprintf("the rule %q: %s", a.Name(), a.Action()), Action: a.Detail, Subject: a.Detail,
			})
		}
		return list
	}
}
