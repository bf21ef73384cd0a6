package cost

import (
	"fmt"

	"agenttrace/lib/event"
	"agenttrace/lib/price"
	"agenttrace/lib/session"
	"agenttrace/lib/text"
)

// A WhatIf is what a session would have cost with another model: the same
// text, cut into tokens as that model does, at that model's prices.
type WhatIf struct {
	Model          string
	Mid, Low, High int64  // nano-dollars
	Note           string // what is not known about it, "" if nothing
	Why            string // it has no price: why
}

// whatIf prices a session with another model.
func (l *Ledger) whatIf(s *Session) WhatIf {
	w := WhatIf{Model: l.o.WhatIf}
	p := pricer{table: l.o.Prices}
	to, sure := price.TokenizerOf(w.Model)
	if to != price.UnknownTokenizer && !sure {
		w.Note = "nobody has measured how " + w.Model + " cuts text into tokens; it is taken for that of its version"
	}
	for _, r := range s.Requests {
		for i := range r.bill.lines {
			b := &r.bill.lines[i]
			from, _ := price.TokenizerOf(b.model)
			ratio, ok := price.RatioOf(from, to)
			if !ok {
				w.Note = fmt.Sprintf("tokens are counted alike, since those of %s or %s are not known", b.model, w.Model)
			}
			for _, f := range []struct {
				by int64
				to *int64
			}{{ratio.Mid, &w.Mid}, {ratio.Low, &w.Low}, {ratio.High, &w.High}} {
				searches := int64(0)
				if i == 0 {
					searches = r.searches
				}
				line := p.line(part{w.Model, oneWrite(b.tokens, f.by, w.Model)}, searches, price.Ways{}, r.ns)
				if line.why != "" {
					w.Why = line.why
				}
				*f.to = plus(*f.to, line.nano)
			}
		}
	}
	return w
}

// oneWrite returns tokens multiplied by thousandths. Only Claude has caches of
// two lifetimes: to other models all writes are of one kind.
func oneWrite(t session.Tokens, permille int64, model string) session.Tokens {
	by := func(n int64) int64 { return mulDiv(n, permille, 1000) }
	u := session.Tokens{
		Input: by(t.Input), Output: by(t.Output), CacheRead: by(t.CacheRead),
		CacheWrite5m: by(t.CacheWrite5m), CacheWrite1h: by(t.CacheWrite1h), Reasoning: by(t.Reasoning),
	}
	if k, _ := price.TokenizerOf(model); k != price.ClaudeLegacy && k != price.Claude47 {
		u.CacheWrite5m, u.CacheWrite1h = plus(u.CacheWrite5m, u.CacheWrite1h), 0
	}
	return u
}

func (w WhatIf) json() []byte {
	var o event.Object
	o.Str("model", w.Model)
	if w.Why == "" {
		o.Int("usd_nano", w.Mid).Int("low_usd_nano", w.Low).Int("high_usd_nano", w.High)
	}
	o.Str("unpriced", w.Why).Str("note", w.Note)
	return o.Bytes()
}

func (w WhatIf) text(now int64) string {
	if w.Why != "" {
		return fmt.Sprintf("With %s: unpriced: %s.", text.Line(w.Model, 60), w.Why)
	}
	s := fmt.Sprintf("With %s: about %s", text.Line(w.Model, 60), USD(w.Mid))
	if w.Low != w.High {
		s += fmt.Sprintf(" (%s to %s)", USD(w.Low), USD(w.High))
	}
	s += fmt.Sprintf(", %s of this", percent(w.Mid, now))
	if w.Note != "" {
		s += "; " + text.Line(w.Note, 0)
	}
	return s + "."
}
