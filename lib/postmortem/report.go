package postmortem

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"agenttrace/lib/cost"
	"agenttrace/lib/event"
	"agenttrace/lib/text"
)

// What became of a session.
const (
	OK     = "ok"
	Failed = "failed"
	Killed = "killed"
)

// A Report is what a session came to.
type Report struct {
	Session, Agent string
	Start, End     int64 // nanoseconds since 1970, 0 if unknown
	Events         int
	Status         string
	Cause          *Cause // nil if nothing failed that was not made good
	Others         []Step // failures that were not made good, beside the cause
	Failures       int    // of all
	Open           int    // of them, those that were not made good
	Steps          []Step // of the time line, those that tell
	Left           int    // and how many there are beside them
	Wasted         time.Duration
	After          time.Duration // from the cause to the end
	CostNano       int64         // in 10^-9 dollars; known if Priced
	AfterNano      int64         // of it, after the cause
	Priced         bool
	Instructions   int // that were looked at
	Broken         []Broken
	BrokenMore     int // beside those
	Unfinished     []int
	Advice         []Advice
}

// A Cause is the root cause.
type Cause struct {
	Event  int
	Nano   int64
	Text   string // the call
	Said   string // the failure
	Reason string // why it is taken for the cause
	Tries  int    // how often it failed
	rule   bool   // it is a rule, not a failure
}

// maxShown is how many notable steps the time line shows.
const maxShown = 60

// Report returns what the session came to. No more is added to it afterwards.
func (f *Fold) Report() *Report {
	if !f.closed {
		f.closed = true
		f.phases.Close()
	}
	r := &Report{
		Session: f.ID, Agent: f.Agent, Start: f.started, End: f.ended, Events: f.events, Status: OK, Failures: f.failed,
		Wasted: time.Duration(f.wasted), CostNano: f.state.CostNano, Priced: f.state.Priced, Instructions: len(f.instructions),
		Broken: f.broken, BrokenMore: f.brokenMore,
	}
	r.Open = len(f.failures)
	cause := f.cause()
	if cause != nil {
		r.Cause = &Cause{Event: cause.event, Nano: cause.step.Nano, Text: cause.step.Text, Said: cause.step.Failure, Tries: 1}
		if rep := f.intents[cause.intent]; rep != nil {
			r.Cause.Tries = max(1, len(rep.events))
		}
		r.AfterNano = r.CostNano - cause.cost
		at := cause.at
		if at == 0 {
			at = cause.step.Nano
		}
		if at > 0 && f.ended > at {
			r.After = time.Duration(f.ended - at)
		}
		r.Cause.Reason = "nothing made it good"
		if cause.step.good {
			r.Cause.Reason = "the last failure before the session was ended"
		}
		for _, x := range f.failures {
			if x != cause && x.intent != cause.intent && !x.looksAround() {
				r.Others = append(r.Others, *x.step)
			}
		}
	}
	if f.killed != nil {
		r.Status = Killed
		if r.Cause == nil {
			r.Cause = &Cause{Event: f.killed.event, Nano: f.killed.nano, Text: "rule " + f.killed.rule, Said: f.killed.reason, Reason: "no call had failed", Tries: 1, rule: true}
			r.AfterNano = 0
		}
	} else if cause != nil || f.exit != 0 {
		r.Status = Failed
	}
	unfinished := map[int]bool{}
	for _, a := range f.open {
		unfinished[a.event] = true
	}
	for n := range unfinished {
		r.Unfinished = append(r.Unfinished, n)
	}
	slices.Sort(r.Unfinished)
	r.Advice = f.advice(r)
	f.timeline(r)
	return r
}

// cause returns the failure that is the root cause, nil if there is none.
func (f *Fold) cause() *attempt {
	for _, a := range f.failures {
		if significant(a.act) {
			return a
		}
	}
	for _, a := range f.failures {
		if !a.looksAround() && (f.killed == nil || f.killed.event == 0 || a.event <= f.killed.event) {
			return a
		}
	}
	if f.killed != nil {
		return f.latest
	}
	return nil
}

// timeline picks the steps that tell: all that is notable, and what stands
// around the cause.
func (f *Fold) timeline(r *Report) {
	at := -1
	var pick []int
	for i, s := range f.steps {
		if r.Cause != nil && at < 0 && s.Event == r.Cause.Event {
			at = i
		}
		if s.notable {
			pick = append(pick, i)
		}
	}
	for len(pick) > maxShown { // those in the middle tell least
		half := maxShown / 2
		pick = slices.Concat(pick[:half], pick[len(pick)-half:])
	}
	const around = 3
	for i := max(0, at-around); at >= 0 && i <= min(len(f.steps)-1, at+around); i++ {
		pick = append(pick, i)
	}
	if len(f.steps) <= maxShown/2 {
		for i := range f.steps {
			pick = append(pick, i)
		}
	}
	slices.Sort(pick)
	for _, i := range slices.Compact(pick) {
		r.Steps = append(r.Steps, *f.steps[i])
	}
	r.Left = len(f.steps) + f.dropped - len(r.Steps)
}

// mark returns what stands behind a step.
func (r *Report) mark(s *Step) string {
	switch {
	case r.Cause != nil && s.Event == r.Cause.Event && s.Event > 0 && (s.Failed && !r.Cause.rule || s.Kind == "alert" && r.Cause.rule):
		return "ROOT CAUSE"
	case s.Failed && s.Retry:
		return "retry, failed again"
	case s.Failed && s.good:
		return "failed, made good later"
	case s.Failed:
		return "failed"
	case s.Retry:
		return "retry"
	}
	return ""
}

func (r *Report) clock(nano int64) string {
	if nano <= 0 || r.Start == 0 {
		return "-"
	}
	return text.Clock(time.Duration(nano - r.Start))
}

// Duration returns the time from the first event to the last.
func (r *Report) Duration() time.Duration { return time.Duration(r.End - r.Start) }

// status in words.
func (r *Report) status() string {
	after := ""
	if r.Start > 0 {
		after = " after " + text.Duration(r.Duration())
	}
	switch r.Status {
	case Killed:
		return "Killed by a rule" + after
	case Failed:
		return "Failed" + after
	}
	s := "OK"
	switch {
	case r.Failures > 0 && r.Open > 0:
		s += ": " + text.Count(r.Failures, "failure") + ", made good but for looking around"
	case r.Failures > 0:
		s += ": " + text.Count(r.Failures, "failure") + ", made good"
	}
	return s
}

func events(list []int) string {
	var b strings.Builder
	for i, n := range list {
		if i == maxEvidence {
			fmt.Fprintf(&b, " and %d more", len(list)-i)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "#%d", n)
	}
	return b.String()
}

// cost says what was spent after the root cause.
func (r *Report) cost() string {
	if !r.Priced {
		return ""
	}
	return cost.USD(r.AfterNano) + " of " + cost.USD(r.CostNano)
}

// Record appends the postmortem record to dst, without a newline.
func (r *Report) Record(dst []byte) []byte {
	var o event.Object
	o.Text("status", r.Status).Str("agent", r.Agent).Int("failures", int64(r.Failures))
	if r.Start > 0 {
		o.Millis("duration_ms", r.Duration())
	}
	if c := r.Cause; c != nil {
		var x event.Object
		x.Count("event", int64(c.Event)).Str("text", c.Text).Str("said", c.Said).Str("reason", c.Reason).Int("tries", int64(c.Tries))
		if c.Nano > 0 && r.Start > 0 {
			x.Millis("offset_ms", time.Duration(c.Nano-r.Start))
		}
		o.Raw("root_cause", x.Bytes())
		if r.Start > 0 {
			o.Millis("after_ms", r.After)
		}
	}
	if r.Start > 0 {
		o.Millis("wasted_ms", r.Wasted)
	}
	if r.Priced {
		o.Int("usd_nano", r.CostNano)
		if r.Cause != nil {
			o.Int("after_usd_nano", r.AfterNano)
		}
	}
	array(&o, "not_made_good", len(r.Others), func(i int, x *event.Object) {
		s := r.Others[i]
		x.Int("event", int64(s.Event)).Str("text", s.Text).Str("said", s.Failure)
	})
	array(&o, "violated", len(r.Broken), func(i int, x *event.Object) {
		b := r.Broken[i]
		x.Str("file", b.Instruction.File).Int("line", int64(b.Instruction.Line)).Str("instruction", b.Instruction.Text).Str("action", b.Action).Int("event", int64(b.Event))
	})
	array(&o, "recommendations", len(r.Advice), func(i int, x *event.Object) {
		x.Str("text", r.Advice[i].Text).Raw("events", numbers(r.Advice[i].Events))
	})
	array(&o, "timeline", len(r.Steps), func(i int, x *event.Object) {
		s := r.Steps[i]
		x.Count("event", int64(s.Event))
		if s.Nano > 0 && r.Start > 0 {
			x.Millis("offset_ms", time.Duration(s.Nano-r.Start))
		}
		x.Str("kind", s.Kind).Str("text", s.Text).Str("said", s.Failure).Str("mark", r.mark(&s))
	})
	o.Raw("unfinished", numbers(r.Unfinished))
	h := event.Header{Type: Kind, UnixNano: r.End, Untimed: r.End == 0, Session: r.Session, ID: event.ID(r.Session, Kind)}
	return event.Append(dst, h, o.Bytes())
}

func array(o *event.Object, key string, n int, fill func(int, *event.Object)) {
	if n == 0 {
		return
	}
	b := []byte{'['}
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		var x event.Object
		fill(i, &x)
		b = append(b, x.Bytes()...)
	}
	o.Raw(key, append(b, ']'))
}

func numbers(list []int) []byte {
	if len(list) == 0 {
		return nil
	}
	return []byte(strings.ReplaceAll(fmt.Sprint(list), " ", ","))
}
