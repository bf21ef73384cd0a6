package diff

import (
	"bytes"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"agenttrace/lib/headline"
	"agenttrace/lib/text"
)

// How much of a phase a report shows.
const (
	maxSteps = 8
	width    = 100 // of a step, in columns
	idWidth  = 12  // of a session's id, in bytes
)

// labels returns what the sides are called: their ids, as short as is clear;
// of one session in two files the names of the files.
func (r *Result) labels() (string, string) {
	a, b := label(r.A.ID), label(r.B.ID)
	if a != b {
		return a, b
	}
	if r.A.ID != r.B.ID {
		return text.Line(r.A.ID, 0), text.Line(r.B.ID, 0)
	}
	a, b = path.Base(r.A.File), path.Base(r.B.File)
	if a == b {
		a, b = r.A.File, r.B.File
	}
	if a == b {
		a, b = "a", "b"
	}
	return text.Line(a, 0), text.Line(b, 0)
}

func label(id string) string {
	if id == "" {
		return "(no id)"
	}
	id = text.Line(id, 0)
	if len(id) > idWidth {
		n := idWidth
		for n > 0 && !utf8.RuneStart(id[n]) {
			n--
		}
		id = id[:n]
	}
	return id
}

// A printer prints a result.
type printer struct {
	bytes.Buffer
	*Result
	a, b string // the labels
	wide int    // of the longer
}

func (r *Result) printer() *printer {
	p := &printer{Result: r}
	p.a, p.b = r.labels()
	p.wide = max(text.Width(p.a), text.Width(p.b))
	return p
}

func (p *printer) f(format string, args ...any) { fmt.Fprintf(p, format, args...) }

// Text returns the structural report.
func (r *Result) Text() []byte {
	p := r.printer()
	p.f("Comparing: %s vs %s\n\n", p.a, p.b)
	p.headline()
	if r.Differs() {
		for i := range r.Phases {
			p.phase(&r.Phases[i])
		}
	}
	p.f("\n")
	p.sums()
	p.divergence()
	return p.Bytes()
}

func (p *printer) headline() {
	r := p.Result
	switch {
	case r.Identical():
		p.f("Sessions are identical.\n")
	case !r.Differs():
		p.f("Sessions are structurally identical.\n")
	case r.Common == 0:
		p.f("Sessions diverge from the start (no common phases).\n")
	case p.Diverged.A.Phase+p.Diverged.B.Phase == 0:
		p.f("Diverged before the first phase:\n")
	default:
		p.f("Diverged at %s:\n", p.where())
	}
}

// where names the phase in which the sessions diverge.
func (p *printer) where() string {
	a, b := p.Diverged.A, p.Diverged.B
	switch {
	case a.Phase+b.Phase == 0:
		return "the start"
	case a.Phase == 0:
		return fmt.Sprintf("phase %d of %s", b.Phase, p.b)
	case b.Phase == 0:
		return fmt.Sprintf("phase %d of %s", a.Phase, p.a)
	case a.Phase != b.Phase:
		return fmt.Sprintf("phase %d of %s and %d of %s", a.Phase, p.a, b.Phase, p.b)
	}
	return fmt.Sprintf("phase %d", a.Phase)
}

func (p *printer) phase(pp *PhasePair) {
	switch {
	case pp.B == nil:
		p.f("\n  Phase %d: %s (%s only)%s\n", pp.A.Number, text.Line(pp.A.Title, width), p.a, failedMark(pp.A))
	case pp.A == nil:
		p.f("\n  Phase %d: %s (%s only)%s\n", pp.B.Number, text.Line(pp.B.Title, width), p.b, failedMark(pp.B))
	default:
		number, title := fmt.Sprint(pp.A.Number), text.Line(pp.A.Title, width)
		if pp.A.Number != pp.B.Number {
			number += fmt.Sprintf(" | %d", pp.B.Number)
		}
		if pp.A.Title != pp.B.Title {
			title += " | " + text.Line(pp.B.Title, width)
		}
		p.f("\n  Phase %s: %s\n", number, title)
		if pp.A.Failed != pp.B.Failed {
			p.f("    %s: %s    %s: %s\n", p.a, ended(pp.A), p.b, ended(pp.B))
		}
	}
	p.steps(p.a, p.b, pp.OnlyA)
	p.steps(p.b, p.a, pp.OnlyB)
	p.failures(p.a, p.b, pp.FailedA)
	p.failures(p.b, p.a, pp.FailedB)
	for i, m := range pp.Moved {
		if i == maxSteps {
			p.f("    ... and %d more in another order\n", len(pp.Moved)-i)
			break
		}
		p.f("    in another order:  %s\n", headline.Line(m, width))
	}
}

func failedMark(ph *Phase) string {
	if ph.Failed {
		return " — FAILED"
	}
	return ""
}

func ended(ph *Phase) string {
	if ph.Failed {
		return "FAILED"
	}
	return "passed"
}

// steps prints what one side did, or did more often.
func (p *printer) steps(who, other string, list []Step) {
	for i, s := range list {
		if i == maxSteps {
			p.f("    ... and %d more of %s\n", len(list)-i, who)
			break
		}
		word, times := "only", ""
		switch {
		case s.Other > 0 && s.Times > s.Other:
			word, times = "more", fmt.Sprintf("  (%d times; %s %d)", s.Times, other, s.Other)
		case s.Other > 0:
			word = "here" // as often on both sides, or less often
			times = fmt.Sprintf("  (%d times; %s %d)", s.Times, other, s.Other)
		case s.Times > 1:
			times = fmt.Sprintf("  (%d times)", s.Times)
		}
		p.f("    %s %s:  %s%s\n", who, word, headline.Line(s.Text, width), times)
	}
}

// failures prints what both sides did, and what failed for one only.
func (p *printer) failures(who, other string, list []Step) {
	for i, s := range list {
		if i == maxSteps {
			p.f("    ... and %d more that failed for %s\n", len(list)-i, who)
			break
		}
		times := ""
		if s.Times > 1 {
			times = fmt.Sprintf("%d times, ", s.Times)
		}
		p.f("    %s failed:  %s  (%snot for %s)\n", who, headline.Line(s.Text, width), times, other)
	}
}

// sums prints a line of numbers for each side.
func (p *printer) sums() {
	a, b := p.Numbers()
	for _, s := range []struct {
		who string
		n   Numbers
	}{{p.a, a}, {p.b, b}} {
		took := ""
		if s.n.Timed {
			took = text.Duration(s.n.Duration) + ", "
		}
		p.f("  %s: %s%s, %s, %s\n", text.Pad(s.who, 0), took, text.Count(s.n.Events, "event"),
			text.Count(s.n.ToolCalls, "tool"), text.Count(s.n.Retries, "retry"))
	}
}

// divergence prints the events at which the sides go apart.
func (p *printer) divergence() {
	if d := p.Diverged; d != nil {
		switch d.Kind {
		case KindText:
			p.f("\nThe same was done; the first that was told differs:\n")
		case KindOutcome:
			p.f("\nFirst divergence, in what came of the same call:\n")
		default:
			p.f("\nFirst divergence:\n")
		}
		p.events(d)
	}
	if d := p.Told; d != nil && before(d, p.Diverged) {
		p.f("\nWhat is told differs before:\n")
		p.events(d)
	}
}

func (p *printer) events(d *Divergence) {
	numbers := max(len(fmt.Sprint(d.A.Event)), len(fmt.Sprint(d.B.Event))) + 1
	for _, s := range []struct {
		who string
		at  At
		of  *Session
	}{{p.a, d.A, p.A}, {p.b, d.B, p.B}} {
		number, title := fmt.Sprintf("#%d", s.at.Event), headline.Line(s.at.Title, width)
		if s.at.Event == 0 {
			number, title = "-", "did no more"
			if d.Kind == KindText {
				title = "has no more events"
			}
		}
		p.f("  %s  %*s  %s\n", text.Pad(s.who, p.wide), numbers, number, title)
	}
	if d.A.Event > 0 && d.B.Event > 0 && d.A.Title == d.B.Title {
		p.f("  (they differ in what is not shown here)\n")
	}
}

// Stat returns the report in one line.
func (r *Result) Stat() []byte {
	p := r.printer()
	p.f("%s..%s: ", p.a, p.b)
	switch {
	case r.Identical():
		p.f("identical")
	case !r.Differs():
		p.f("structurally identical, told otherwise at %s", r.Diverged.short())
	default:
		p.f("diverged at %s", r.Diverged.short())
		differ, onlyA, onlyB := r.count()
		p.f(", phases: %d differ, -%d, +%d", differ, onlyA, onlyB)
	}
	a, b := r.Numbers()
	var parts []string
	num := func(name string, x, y int64, show func(int64) string) {
		if x != y {
			parts = append(parts, fmt.Sprintf("%s %s→%s", name, show(x), show(y)))
		}
	}
	plain := func(n int64) string { return fmt.Sprint(n) }
	num("calls", int64(a.ToolCalls), int64(b.ToolCalls), plain)
	num("errors", int64(a.Errors), int64(b.Errors), plain)
	num("retries", int64(a.Retries), int64(b.Retries), plain)
	if a.Counted && b.Counted {
		num("tokens", a.Tokens, b.Tokens, text.Tokens)
	}
	if a.Priced && b.Priced {
		num("cost", a.Cost, b.Cost, text.Dollars)
	}
	if a.Timed && b.Timed && length(a.Duration) != length(b.Duration) {
		parts = append(parts, fmt.Sprintf("time %s→%s", length(a.Duration), length(b.Duration)))
	}
	if len(parts) > 0 {
		p.f(", %s", strings.Join(parts, ", "))
	}
	v, _ := r.Verdict()
	if !r.Identical() {
		p.f(": %s", v)
	}
	p.f("\n")
	return p.Bytes()
}

// short names the two events.
func (d *Divergence) short() string {
	name := func(a At) string {
		if a.Event == 0 {
			return "the end"
		}
		return fmt.Sprintf("#%d", a.Event)
	}
	if a, b := name(d.A), name(d.B); a != b {
		return a + " | " + b
	}
	return name(d.A)
}

// count returns how many phases differ, and how many only one side has.
func (r *Result) count() (differ, onlyA, onlyB int) {
	for _, pp := range r.Phases {
		switch {
		case pp.A == nil:
			onlyB++
		case pp.B == nil:
			onlyA++
		default:
			differ++
		}
	}
	return differ, onlyA, onlyB
}
