package cost

import (
	"cmp"
	"fmt"
	"strings"

	"agenttrace/lib/price"
	"agenttrace/lib/session"
	"agenttrace/lib/text"
)

// labelWidth is how wide the names of phases, tools and so on are.
const labelWidth = 40

// A report is text that is being made.
type report struct{ b []byte }

func (r *report) printf(format string, args ...any) { r.b = fmt.Appendf(r.b, format, args...) }

// AppendText appends the report of all sessions: the phases of each, or, if
// costs are grouped, the groups over all of them.
func (l *Ledger) AppendText(dst []byte) []byte {
	r := &report{dst}
	var total Sum
	n := 0
	var shown []*Session
	for _, s := range l.order {
		if len(s.Requests) == 0 && (s.Elsewhere > 0 || s.events == 0) {
			total.Add(s.Sum())
			continue // a copy of another session: nothing was spent in it
		}
		shown = append(shown, s)
		total.Add(s.Sum())
		n++
	}
	if l.o.By != ByNothing {
		l.grouped(r, total, n)
	} else {
		for i, s := range shown {
			if i > 0 {
				r.printf("\n")
			}
			l.session(r, s)
		}
		if n > 1 && total.Requests > 0 {
			r.printf("\nTotal: %s in %s\n", amount(total), text.Count(n, "session"))
		}
	}
	if total.Requests > 0 {
		l.prices(r)
	}
	return r.b
}

// amount shows what a sum comes to, and how sure that is.
func amount(s Sum) string {
	if s.Priced == 0 && s.Unpriced > 0 {
		return "unpriced"
	}
	a := USD(s.Nano)
	if s.From[LowerBound] > 0 || s.Unpriced > 0 {
		a = "at least " + a
	}
	return a
}

// session prints a session and its phases.
func (l *Ledger) session(r *report, s *Session) {
	sum := s.Sum()
	word := "Cost"
	if sum.From[Estimate] > 0 {
		word = "Estimated cost"
	}
	id := text.Line(s.ID, 0)
	if sum.Requests == 0 {
		r.printf("Session: %s — no usage was recorded\n", id)
		l.notes(r, s, sum, nil)
		return
	}
	r.printf("Session: %s — %s: %s%s\n", id, word, amount(sum), s.band())
	models := s.models()
	r.printf("Model: %s  |  %s\n", modelNames(models), tokensText(sum.Tokens))
	groups := l.Groups(ByPhase, s)
	if l.o.Phases && (len(groups) > 1 || groups[0].Number > 0) {
		r.printf("\n")
		var wasted int64
		for _, g := range groups {
			name := "Before the first phase"
			if g.Number > 0 {
				name = fmt.Sprintf("Phase %d: %s", g.Number, g.Title)
				if g.Failed {
					name += " — FAILED"
					wasted = plus(wasted, g.Nano)
				}
			}
			mark := ""
			if g.Failed {
				mark = "  ← wasted"
			}
			r.row(name, g.Sum, sum.Nano, mark)
		}
		if wasted > 0 {
			r.printf("\nWasted on failed phases: %s (%s)\n", USD(wasted), percent(wasted, sum.Nano))
		}
	}
	if l.o.Waste {
		r.wasteText(s, sum.Nano)
	}
	if l.o.Carry {
		r.carryText(s, sum.Nano)
	}
	l.notes(r, s, sum, models)
}

// row prints one group.
func (r *report) row(name string, s Sum, whole int64, mark string) {
	usd := USD(s.Nano)
	share := "(" + percent(s.Nano, whole) + ")"
	if s.Priced == 0 && s.Unpriced > 0 {
		usd, share = "unpriced", ""
	}
	r.printf("  %s  %10s  %6s  %sin %sout%s\n", text.Pad(text.Line(name, labelWidth), labelWidth), usd, share,
		group(inputOf(s.Tokens)), group(s.Tokens.Output), mark)
}

// grouped prints the groups over all sessions.
func (l *Ledger) grouped(r *report, total Sum, n int) {
	groups := l.Groups(l.o.By, l.order...)
	if len(groups) == 0 {
		return
	}
	r.printf("Cost by %s: %s in %s\n\n", l.o.By, amount(total), text.Count(n, "session"))
	for _, g := range groups {
		name, mark := g.Key, ""
		switch l.o.By {
		case ByPhase, ByTurn:
			word := "Phase"
			if l.o.By == ByTurn {
				word = "Turn"
			}
			name = fmt.Sprintf("%s %d: %s", word, g.Number, g.Title)
			if g.Number == 0 {
				name = "Before the first " + strings.ToLower(word)
			}
			if n > 1 {
				name = short(g.ID) + " " + name
			}
			if g.Failed {
				mark = "  ← wasted"
			}
		}
		r.row(name, g.Sum, total.Nano, mark)
	}
	l.allNotes(r, total)
}

// allNotes prints what a reader must know about the figures of all sessions.
func (l *Ledger) allNotes(r *report, total Sum) {
	var notes []string
	if n := total.From[LowerBound]; n > 0 {
		notes = append(notes, fmt.Sprintf("At least: the output of %d of %s was recorded before it was complete; more was spent.", n, text.Count(total.Requests, "answer")))
	}
	if n := total.From[Vendor]; n > 0 {
		notes = append(notes, fmt.Sprintf("Of %d of %s the amount is the agent's own.", n, text.Count(total.Requests, "answer")))
	}
	if n := total.From[Estimate]; n > 0 {
		notes = append(notes, fmt.Sprintf("Estimated: no usage was recorded of %d of %s.", n, text.Count(total.Requests, "answer")))
	}
	all := &Session{}
	elsewhere := 0
	for _, s := range l.order {
		all.Requests = append(all.Requests, s.Requests...)
		elsewhere += s.Elsewhere
	}
	notes = append(notes, unpricedNotes(all.models())...)
	if elsewhere > 0 {
		notes = append(notes, text.Count(elsewhere, "answer")+" in copies of sessions were counted once.")
	}
	if l.o.WhatIf != "" && total.Requests > 0 {
		notes = append(notes, l.whatIf(all).text(total.Nano))
	}
	r.notes(notes)
}

func (r *report) notes(notes []string) {
	if len(notes) > 0 {
		r.printf("\n")
	}
	for _, n := range notes {
		r.printf("%s\n", n)
	}
}

// unpricedNotes name what has no price, and what has that of its family.
func unpricedNotes(models []*used) (notes []string) {
	for _, u := range models {
		if u.why != "" {
			notes = append(notes, fmt.Sprintf("Unpriced: %s (%s, %s tokens): %s.", text.Line(cmp.Or(u.model, noName), 60),
				text.Count(u.requests, "request"), text.Tokens(u.tokens.Total()), text.Line(u.why, 0)))
		}
	}
	for _, u := range models {
		if u.why == "" && u.match == price.Family {
			notes = append(notes, fmt.Sprintf("Price of %s taken for %s, of the same family.", u.row, text.Line(u.model, 60)))
		}
	}
	return notes
}

// short is the beginning of a session's id.
func short(id string) string { return text.Cut(text.Line(id, 0), 9) }

// notes prints what a reader must know about the figures of a session.
func (l *Ledger) notes(r *report, s *Session, sum Sum, models []*used) {
	var notes []string
	if n := sum.From[LowerBound]; n > 0 {
		by := s.Agent
		if s.Version != "" {
			by += " " + s.Version
		}
		notes = append(notes, fmt.Sprintf("At least: %s recorded the output of %d of %s before %s complete; more was spent.",
			text.Line(cmp.Or(by, "the agent"), labelWidth), n, text.Count(sum.Requests, "answer"), map[bool]string{true: "it was", false: "they were"}[n == 1]))
	}
	if n := sum.From[Vendor]; n > 0 {
		notes = append(notes, fmt.Sprintf("Of %d of %s the amount is the agent's own.", n, text.Count(sum.Requests, "answer")))
	}
	notes = append(notes, unpricedNotes(models)...)
	if s.Elsewhere > 0 {
		verb := "belong"
		if s.Elsewhere == 1 {
			verb = "belongs"
		}
		notes = append(notes, fmt.Sprintf("%s in it %s to the session that it is a copy of.", text.Count(s.Elsewhere, "answer"), verb))
	}
	notes = append(notes, l.moreNotes(s, sum)...)
	r.notes(notes)
}

// prices prints which prices were taken.
func (l *Ledger) prices(r *report) {
	switch {
	case l.o.Own != nil:
		r.printf("\nPrices: %s\n", l.o.Own.Source)
		return
	}
	as := ""
	if day := l.o.Prices.Day(); !day.IsZero() {
		as = ", as of " + price.DateOf(day).String()
	}
	if l.o.Model != "" {
		as += ", all as " + text.Line(l.o.Model, 60)
	}
	r.printf("\nPrices: %s (%s)%s\n", price.TableDate, price.Version, as)
}

func modelNames(list []*used) string {
	var names []string
	for _, u := range list {
		name := text.Line(cmp.Or(u.model, noName), 60)
		if u.factors != "" {
			name += " (" + u.factors + ")"
		}
		if len(names) == 0 || names[len(names)-1] != name {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func tokensText(t session.Tokens) string {
	in := inputOf(t)
	cached := ""
	if t.CacheRead > 0 {
		cached = fmt.Sprintf(" (%s from cache)", percent(t.CacheRead, in))
	}
	return fmt.Sprintf("%s input tokens%s, %s output tokens", group(in), cached, group(t.Output))
}
