package cost

import (
	"agenttrace/lib/event"
	"agenttrace/lib/price"
	"agenttrace/lib/session"
)

// Model returns the model as it was recorded, "" if it was not.
func (r *Request) Model() string { return r.model }

// UnixNano returns when the answer was told, 0 if that is not known.
func (r *Request) UnixNano() int64 { return r.ns }

// Tokens returns what was counted of the request.
func (r *Request) Tokens() session.Tokens { return r.tokens }

// Provenance says where the tokens are from.
func (r *Request) Provenance() Provenance { return r.provenance }

// Epoch returns how many compactions came before the request in its session.
func (r *Request) Epoch() int { return int(r.epoch) }

// Nano returns the price of the request. ok is false if some of it has none.
func (r *Request) Nano() (nano int64, ok bool) {
	for i := range r.bill.lines {
		if r.bill.lines[i].why != "" {
			return 0, false
		}
	}
	return r.bill.nano, len(r.bill.lines) > 0
}

// Context returns how many tokens the model read: the size of the context. Of a
// message that was made by several requests it is that of the largest: the
// usage of the message is their sum, and no context was that large.
func (r *Request) Context() int64 {
	if len(r.parts) == 0 || same(r.parts[0].tokens, r.tokens) {
		return inputOf(r.tokens)
	}
	var sum session.Tokens
	most := int64(0)
	for _, p := range r.parts { // those that make up the message come first
		sum.Add(p.tokens)
		most = max(most, inputOf(p.tokens))
		if same(sum, r.tokens) {
			return most
		}
	}
	return inputOf(r.tokens)
}

// same reports whether tokens are equal but for the reasoning, which parts of
// a message do not tell.
func same(a, b session.Tokens) bool {
	a.Reasoning, b.Reasoning = 0, 0
	return a == b
}

// ContextBand returns within what the context of the last request lies if it
// is an estimate. ok is false if it is not.
func (s *Session) ContextBand() (low, high int64, ok bool) {
	if s.context == nil || len(s.context.steps) == 0 {
		return 0, 0, false
	}
	return s.context.least, s.context.most, true
}

// Compactions returns how often the context was summarised.
func (s *Session) Compactions() int { return int(s.compacted) }

// A Pricer prices tokens that no request had.
type Pricer struct{ p pricer }

// NewPricer returns a pricer that takes the prices of a table.
func NewPricer(t *price.Table) *Pricer { return &Pricer{pricer{table: t}} }

// Price returns what a request of a model costs in nano-dollars, at a time in
// nanoseconds since 1970 (0: the date of the table), served as standard. To
// models that have one kind of cache all writes are of that kind. why says why
// it has no price; it is "" if it has one.
func (p *Pricer) Price(model string, t session.Tokens, ns int64) (nano int64, why string) {
	l := p.p.line(part{model, oneWrite(t, 1000, model)}, 0, price.Ways{}, ns)
	return l.nano, l.why
}

// MulDiv returns a × b / c, cut, for numbers that are not negative; what does
// not fit is the largest.
func MulDiv(a, b, c int64) int64 { return mulDiv(a, b, c) }

// Add returns a + b, or the largest number if that does not fit.
func Add(a, b int64) int64 { return plus(a, b) }

// Shown returns the text of the first of the members of an event's data that is
// there, as a model is likely to see it.
func Shown(e event.Event, keys ...string) string { return shown(e, keys...) }
