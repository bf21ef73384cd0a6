package cost

import (
	"cmp"

	"agenttrace/lib/event"
	"agenttrace/lib/text"
)

// more adds to a session's record what is not in every one.
func (l *Ledger) more(o *event.Object, s *Session) {
	if s.context != nil && s.context.high > 0 {
		var band event.Object
		band.Int("low_usd_nano", s.context.low).Int("high_usd_nano", s.context.high)
		o.Raw("band", band.Bytes())
	}
	if c, ok := l.Compare(s); ok {
		o.Raw("vendor", c.json())
	}
	if l.o.Carry {
		o.Raw("carry", s.carryJSON())
	}
	if l.o.Waste {
		o.Raw("waste", s.wasteJSON())
	}
	if l.o.WhatIf != "" {
		o.Raw("what_if", l.whatIf(s).json())
	}
}

// moreNotes are notes on a session that not every one has.
func (l *Ledger) moreNotes(s *Session, sum Sum) (notes []string) {
	if sum.From[Estimate] > 0 {
		notes = append(notes, "Estimated: no usage was recorded. The context was replayed with a tokenizer; what the agent adds to every request, and thinking, are assumed.")
	}
	if c, ok := l.Compare(s); ok {
		name := cmp.Or(s.Agent, "The agent")
		if name == "claude-code" {
			name = "Claude Code"
		}
		notes = append(notes, c.text(text.Line(name, labelWidth)))
	}
	if l.o.WhatIf != "" && sum.Requests > 0 {
		notes = append(notes, l.whatIf(s).text(sum.Nano))
	}
	return notes
}
