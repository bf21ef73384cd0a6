package diff

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/text"
)

// opposite are the reasons as said of the other side.
var opposite = map[string]string{
	"task completed": "task failed", "fewer errors": "more errors", "more scores passed": "fewer scores passed",
	"cheaper": "more expensive", "fewer tokens": "more tokens", "faster": "slower",
}

// seenFromB returns the reasons as said of B.
func seenFromB(list []Reason) (words []string) {
	for _, r := range list {
		if r.For > 0 {
			words = append(words, r.Text)
		} else {
			words = append(words, opposite[r.Text])
		}
	}
	return words
}

// Semantic returns the report about outcomes.
func (r *Result) Semantic() []byte {
	p := r.printer()
	a, b := r.Numbers()
	p.f("Semantic diff: %s vs %s\n\n", p.a, p.b)
	list := func(name string, l []string) {
		const most = 10
		if len(l) == 0 {
			return
		}
		more := ""
		if len(l) > most+1 {
			more = fmt.Sprintf(" and %d more", len(l)-most)
			l = l[:most]
		}
		var shown []string
		for _, x := range l {
			shown = append(shown, text.Line(x, width))
		}
		p.f("%s%s%s\n", text.Pad(name, 16), strings.Join(shown, ", "), more)
	}
	row := func(name, v string) { p.f("%s%s\n", text.Pad(name, 16), v) }
	list("Tools added:", only(b.Tools, a.Tools))
	list("Tools removed:", only(a.Tools, b.Tools))
	list("Files added:", only(b.Written, a.Written))
	list("Files removed:", only(a.Written, b.Written))
	row("Δ tool calls:", delta(int64(b.ToolCalls-a.ToolCalls)))
	row("Δ errors:", delta(int64(b.Errors-a.Errors)))
	if a.Retries != b.Retries {
		row("Δ retries:", delta(int64(b.Retries-a.Retries)))
	}
	if a.Counted && b.Counted {
		row("Δ tokens:", delta(b.Tokens-a.Tokens))
	}
	if a.Priced && b.Priced {
		row("Δ cost:", signed(b.Cost-a.Cost, text.Dollars))
	}
	if a.Timed && b.Timed && a.Duration != b.Duration {
		row("Δ duration:", signed(int64(b.Duration-a.Duration), nanos))
	}
	for _, s := range r.scores() {
		row("Score:", s)
	}
	row("Outcome:", r.outcomeText())
	return p.Bytes()
}

// outcomeText is the verdict with its reasons, as said of B.
func (r *Result) outcomeText() string {
	v, list := r.Verdict()
	if side := map[Verdict]int{Improved: 1, Regressed: -1}[v]; side != 0 {
		list = slices.DeleteFunc(list, func(x Reason) bool { return x.For != side })
	}
	words := seenFromB(list)
	a, b := r.Numbers()
	same, known := r.SameTask()
	switch {
	case known && !same:
		words = append(words, "prompts differ")
	case a.Judged && b.Judged && a.Completed && b.Completed && known:
		words = append(words, "same task completed")
	case a.Judged && b.Judged && !a.Completed && !b.Completed:
		words = append(words, "neither completed")
	}
	if len(words) == 0 {
		return string(v)
	}
	return string(v) + " (" + strings.Join(words, ", ") + ")"
}

// scores tells how each score changed that a side has.
func (r *Result) scores() (list []string) {
	names := slices.AppendSeq(slices.Collect(maps.Keys(r.A.scores)), maps.Keys(r.B.scores))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		list = append(list, text.Line(name, 40)+" "+r.A.scored(name)+" → "+r.B.scored(name))
	}
	return list
}

// scored returns a score of the session as it is shown.
func (s *Session) scored(name string) string {
	if sc, ok := s.scores[name]; ok {
		return sc.shown()
	}
	return "(none)"
}

func (s score) shown() string {
	v := text.Line(s.value, 20)
	switch s.passed {
	case gjson.True:
		v += " passed"
	case gjson.False:
		v += " failed"
	}
	return strings.TrimSpace(v)
}

func signed(n int64, show func(int64) string) string {
	if n == 0 {
		return "0"
	}
	if n < 0 {
		return "-" + show(-n)
	}
	return "+" + show(n)
}

// nanos is length for a number of nanoseconds.
func nanos(n int64) string { return length(time.Duration(n)) }

// delta returns a difference: +1,200, -2, 0.
func delta(n int64) string {
	return signed(n, text.Thousands)
}

// percent returns by how much b differs from a, in whole per cent, halves away
// from zero; "-" where a is 0.
func percent(a, b int64) string {
	if a == b {
		return "0%"
	}
	if a == 0 {
		return "-"
	}
	d := b - a
	neg := d < 0
	if neg {
		d = -d
	}
	n := int64(float64(d)*100/float64(a) + 0.5)
	switch {
	case n == 0 && neg:
		return "-<1%"
	case n == 0:
		return "+<1%"
	case neg:
		return fmt.Sprintf("-%d%%", n)
	}
	return fmt.Sprintf("+%d%%", n)
}

// A row of the table: both values, and as numbers, for the change.
type row struct {
	name   string
	a, b   string
	x, y   int64
	change bool
}

// rows returns the table of Compare.
func (r *Result) rows() []row {
	a, b := r.Numbers()
	opt := func(name string, known, other bool, x, y int64, show func(int64) string) row {
		w := row{name: name, a: "-", b: "-", x: x, y: y, change: known && other}
		if known {
			w.a = show(x)
		}
		if other {
			w.b = show(y)
		}
		return w
	}
	count := func(name string, x, y int) row {
		return opt(name, true, true, int64(x), int64(y), text.Thousands)
	}
	cost := opt("Total cost", a.Priced, b.Priced, a.Cost, b.Cost, text.Dollars)
	if a.AtLeast {
		cost.a = "≥ " + text.Dollars(a.Cost)
	}
	if b.AtLeast {
		cost.b = "≥ " + text.Dollars(b.Cost)
	}
	return []row{
		opt("Duration", a.Timed, b.Timed, int64(a.Duration), int64(b.Duration), nanos),
		cost,
		opt("Tokens", a.Counted, b.Counted, a.Tokens, b.Tokens, text.Tokens),
		count("Tool calls", a.ToolCalls, b.ToolCalls),
		count("Retries", a.Retries, b.Retries),
		count("Redundant reads", a.Redundant, b.Redundant),
		count("Context resets", a.Resets, b.Resets),
		count("Files modified", len(a.Written), len(b.Written)),
		count("Errors", a.Errors, b.Errors),
	}
}

// maxApproach is how many phases that differ are shown.
const maxApproach = 3

// Compare returns the table of both sides, where their approaches part, and the
// verdict.
func (r *Result) Compare() []byte {
	p := r.printer()
	col := max(p.wide, 10) + 2
	line := func(name, a, b, c string) {
		s := text.Pad(name, 18)
		for _, v := range []string{a, b} {
			s += strings.Repeat(" ", max(0, col-text.Width(v))) + v
		}
		p.f("%s\n", strings.TrimRight(s+fmt.Sprintf("%9s", c), " "))
	}
	line("", p.a, p.b, "change")
	p.f("%s\n", text.Rule(18+2*col+9))
	for _, w := range r.rows() {
		change := ""
		if w.change {
			change = percent(w.x, w.y)
		}
		line(w.name, w.a, w.b, change)
	}
	for _, s := range r.scores() {
		p.f("Score %s\n", s)
	}
	p.approach()
	p.verdict()
	return p.Bytes()
}

func (p *printer) approach() {
	if !p.Differs() {
		return
	}
	p.f("\nApproach, from %s:\n", p.where())
	for i := range p.Phases {
		if i == maxApproach {
			p.f("\n  ... and %s more\n", text.Count(len(p.Phases)-i, "phase"))
			break
		}
		p.phase(&p.Phases[i])
	}
}

func (p *printer) verdict() {
	v, list := p.Verdict()
	p.f("\nVerdict: ")
	switch v {
	case Improved, Regressed:
		who, side := p.b, 1
		if v == Regressed {
			who, side = p.a, -1
		}
		p.f("%s is better: %s", who, explain(list, side))
		if against := explain(list, -side); against != "" {
			p.f("; but not %s", against)
		}
	case Mixed:
		p.f("inconclusive: %s is %s; %s is %s", p.a, explain(list, -1), p.b, explain(list, 1))
	default:
		p.f("inconclusive: neither completion, errors, cost nor duration differ by enough")
	}
	p.f("\n")
}

// explain tells the reasons for a side, with what both have.
func explain(list []Reason, side int) string {
	var words []string
	for _, r := range list {
		if r.For == side {
			words = append(words, fmt.Sprintf("%s (%s, not %s)", r.Text, r.To, r.From))
		}
	}
	return strings.Join(words, ", ")
}

// Matrix returns a table of comparisons with one session: a line each.
func Matrix(base *Session, list []*Result) []byte {
	if len(list) == 0 {
		return nil
	}
	rows := [][]string{{"session", "diverged", "phases", "calls", "errors", "retries", "tokens", "cost", "duration", "outcome"}}
	for _, r := range list {
		_, name := r.labels()
		a, b := r.Numbers()
		differ, onlyA, onlyB := r.count()
		at, phases := "no", "="
		switch {
		case r.Differs():
			at = r.Diverged.short()
			phases = fmt.Sprintf("~%d -%d +%d", differ, onlyA, onlyB)
		case r.Diverged != nil:
			at = "text " + r.Diverged.short()
		}
		w := []string{name, at, phases, delta(int64(b.ToolCalls - a.ToolCalls)), delta(int64(b.Errors - a.Errors)), delta(int64(b.Retries - a.Retries)), "-", "-", "-", r.outcomeText()}
		if a.Counted && b.Counted {
			w[6] = delta(b.Tokens - a.Tokens)
		}
		if a.Priced && b.Priced {
			w[7] = signed(b.Cost-a.Cost, text.Dollars)
		}
		if a.Timed && b.Timed {
			w[8] = signed(int64(b.Duration-a.Duration), nanos)
		}
		rows = append(rows, w)
	}
	n := base.Numbers()
	took := ""
	if n.Timed {
		took = text.Duration(n.Duration) + ", "
	}
	out := fmt.Appendf(nil, "Against %s (%s%s, %s, %s)\n\n", label(base.ID), took,
		text.Count(n.Events, "event"), text.Count(n.ToolCalls, "tool"), text.Count(n.Errors, "error"))
	wide := make([]int, len(rows[0]))
	for _, w := range rows {
		for i, c := range w {
			wide[i] = max(wide[i], text.Width(c))
		}
	}
	for _, w := range rows {
		line := ""
		for i, c := range w {
			if i > 0 {
				line += "  "
			}
			if i < 3 || i == len(w)-1 {
				line += text.Pad(c, wide[i])
			} else {
				line += strings.Repeat(" ", wide[i]-text.Width(c)) + c
			}
		}
		out = append(out, strings.TrimRight(line, " ")...)
		out = append(out, '\n')
	}
	return out
}
