package inflation

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"agenttrace/lib/cost"
	"agenttrace/lib/event"
	"agenttrace/lib/price"
	"agenttrace/lib/session"
)

// Options say what is compared.
type Options struct {
	Prices    *price.Table
	Base, New string // models
	Sessions  int    // take only the latest so many; 0 for all
	NoGuess   bool   // no estimates where there is no usage
}

// A Meter takes the events of a stream, in which sessions may be interleaved.
type Meter struct {
	o        Options
	ledger   *cost.Ledger
	mixes    map[string]*mix
	last     *mix
	raw      []byte
	sessions int // that were in the input
}

// New returns an empty meter.
func New(o Options) *Meter {
	if o.Prices == nil {
		o.Prices = price.Default
	}
	return &Meter{o: o, mixes: map[string]*mix{}, ledger: cost.New(cost.Options{Prices: o.Prices, NoGuess: o.NoGuess})}
}

// Add takes the next event.
func (m *Meter) Add(e event.Event) {
	m.ledger.Add(e)
	if e.IsRecord() {
		return
	}
	if raw := e.SessionRaw(); m.last == nil || !bytes.Equal(raw, m.raw) {
		m.raw = append(m.raw[:0], raw...)
		id := e.Session()
		if m.last = m.mixes[id]; m.last == nil {
			m.last = &mix{}
			m.mixes[id] = m.last
		}
	}
	m.last.add(e)
}

// Tokens are tokens of the two models: as the base counts them, and as the new
// one does, with the least and the most that is likely.
type Tokens struct{ Base, New, Low, High int64 }

// Add adds others.
func (t *Tokens) Add(o Tokens) {
	t.Base, t.New = cost.Add(t.Base, o.Base), cost.Add(t.New, o.New)
	t.Low, t.High = cost.Add(t.Low, o.Low), cost.Add(t.High, o.High)
}

// A Session is what a session is to both models.
type Session struct {
	ID         string
	Timed      bool
	Start, End int64 // nanoseconds since 1970
	Requests   int
	Estimated  int     // requests whose tokens were not recorded
	Lower      int     // and those that were recorded before they were complete
	Tokens     Tokens  // read and written
	Nano       Tokens  // what they cost, in nano-dollars
	NoPrice    [2]bool // a part of it has no price with the base, with the new model
	Billed     int64   // what the session cost as it was; see Priced
	Priced     bool    // all of it has a price
	Parts      [parts]Tokens
	Classes    [classes]Tokens
	Notes      []string // what is not known
}

// Close works out the sessions that have tokens, in the order of their first
// events. Nothing can be added after it.
func (m *Meter) Close() []*Session {
	m.ledger.Close()
	var list []*Session
	for _, s := range m.ledger.Sessions() {
		if len(s.Requests) == 0 && s.Elsewhere > 0 {
			continue // a copy
		}
		m.sessions++
		if r := m.measure(s); r.Tokens.Base > 0 {
			list = append(list, r)
		}
	}
	if n := m.o.Sessions; n > 0 && len(list) > n {
		latest := slices.Clone(list)
		slices.SortStableFunc(latest, func(a, b *Session) int { return cmp.Compare(b.End, a.End) })
		latest = latest[:n]
		list = slices.DeleteFunc(list, func(s *Session) bool { return !slices.Contains(latest, s) })
	}
	return list
}

// A grow is by how much tokens grow that were read, and that were written, in
// millionths.
type grow struct{ read, written price.Ratio }

// factors are by how much the requests of one tokenizer grow: from what was
// recorded to the base, and from the base to the new model. What lies between
// the least and the most is the step from the base to the new model, whichever
// of them was recorded. exact is set if the new model's tokens were.
type factors struct {
	toBase, growth grow
	exact          bool
}

func (m *Meter) measure(s *cost.Session) *Session {
	r := &Session{ID: s.ID, Timed: s.Timed, Start: s.Start, End: s.End, Priced: true}
	base, baseSure := price.TokenizerOf(m.o.Base)
	to, toSure := price.TokenizerOf(m.o.New)
	r.unsure(m.o.Base, base, baseSure)
	r.unsure(m.o.New, to, toSure)

	// The tokenizer of most of it, and how much it is.
	var read, written int64
	by := map[price.Tokenizer]int64{}
	for _, q := range s.Requests {
		t := q.Tokens()
		kind, _ := price.TokenizerOf(q.Model())
		by[kind] = cost.Add(by[kind], t.Total())
		read, written = cost.Add(read, t.Total()-t.Output), cost.Add(written, t.Output)
	}
	own := price.UnknownTokenizer
	for _, k := range []price.Tokenizer{price.ClaudeLegacy, price.Claude47, price.O200k, price.Gemini} {
		if by[k] > by[own] {
			own = k
		}
	}
	if by[price.UnknownTokenizer] > 0 {
		r.note("how the recorded model counts is not known: its tokens are taken as those of " + m.o.Base)
	}
	made := m.mixes[s.ID]
	if made == nil {
		made = &mix{}
	}
	w := made.weights(own, read, written)
	r.split(&w, own, base, to)

	seen := map[price.Tokenizer]factors{}
	prices := cost.NewPricer(m.o.Prices)
	for _, q := range s.Requests {
		kind, _ := price.TokenizerOf(q.Model())
		if kind == price.UnknownTokenizer {
			kind = base
		}
		f, ok := seen[kind]
		if !ok {
			f = factors{exact: kind == to, toBase: grow{mixed(w[:Written], kind, base), mixed(w[Written:], kind, base)},
				growth: grow{mixed(w[:Written], base, to), mixed(w[Written:], base, to)}}
			seen[kind] = f
		}
		r.request(prices, m.o, q, f)
	}
	return r
}

// unsure notes what is not known of a tokenizer.
func (r *Session) unsure(model string, t price.Tokenizer, sure bool) {
	switch {
	case t == price.UnknownTokenizer:
		r.note("how " + model + " counts is not known: the text is taken to be as many tokens")
	case !sure:
		r.note("nobody has measured how " + model + " counts: it is taken for its version's")
	}
}

func (r *Session) note(s string) {
	if !slices.Contains(r.Notes, s) {
		r.Notes = append(r.Notes, s)
	}
}

// split fills in the parts and classes.
func (r *Session) split(w *sizes, own, base, to price.Tokenizer) {
	if own == price.UnknownTokenizer {
		own = base
	}
	for p := range w {
		for c, n := range w[p] {
			if n == 0 {
				continue
			}
			g := Class(c).ratio(base, to)
			b := cost.MulDiv(n, Class(c).ratio(own, base).Mid, 1000)
			t := Tokens{b, cost.MulDiv(b, g.Mid, 1000), cost.MulDiv(b, g.Low, 1000), cost.MulDiv(b, g.High, 1000)}
			if own == to {
				t.New = n
			}
			r.Parts[p].Add(t)
			r.Classes[c].Add(t)
		}
	}
}

// mixed returns the ratio of a mix: that of each class by its weight. It is in
// millionths, since thousandths of many requests add up.
func mixed(list [][classes]int64, a, b price.Tokenizer) price.Ratio {
	var sum, mid, low, high int64
	whole := max(total(list), 1)
	for _, p := range list {
		for c, n := range p {
			share := cost.MulDiv(n, 1_000_000, whole)
			r := Class(c).ratio(a, b)
			sum, mid, low, high = sum+share, mid+share*r.Mid, low+share*r.Low, high+share*r.High
		}
	}
	if sum == 0 {
		r := Unseen.ratio(a, b)
		return price.Ratio{Mid: r.Mid * 1000, Low: r.Low * 1000, High: r.High * 1000}
	}
	// Of equal tokenizers exactly one million, whatever the shares are cut to.
	return price.Ratio{Mid: mid * 1000 / sum, Low: low * 1000 / sum, High: high * 1000 / sum}
}

// request adds a request: its tokens and what they cost.
func (r *Session) request(prices *cost.Pricer, o Options, q *cost.Request, f factors) {
	t := q.Tokens()
	r.Requests++
	switch q.Provenance() {
	case cost.Estimate:
		r.Estimated++
	case cost.LowerBound:
		r.Lower++
	}
	nano, ok := q.Nano()
	r.Billed, r.Priced = cost.Add(r.Billed, nano), r.Priced && ok
	base := times(t, f.toBase.read.Mid, f.toBase.written.Mid)
	to := times(base, f.growth.read.Mid, f.growth.written.Mid)
	if f.exact {
		to = t
	}
	for i, one := range []struct {
		model        string
		t            session.Tokens
		tokens, nano *int64
	}{
		{o.Base, base, &r.Tokens.Base, &r.Nano.Base},
		{o.New, to, &r.Tokens.New, &r.Nano.New},
		{o.New, times(base, f.growth.read.Low, f.growth.written.Low), &r.Tokens.Low, &r.Nano.Low},
		{o.New, times(base, f.growth.read.High, f.growth.written.High), &r.Tokens.High, &r.Nano.High},
	} {
		*one.tokens = cost.Add(*one.tokens, one.t.Total())
		n, why := prices.Price(one.model, one.t, 0)
		if why != "" {
			r.NoPrice[min(i, 1)] = true
			r.note(fmt.Sprintf("with %s a part of it is unpriced: %s", one.model, why))
		}
		*one.nano = cost.Add(*one.nano, n)
	}
}

// times returns tokens multiplied by millionths.
func times(t session.Tokens, read, written int64) session.Tokens {
	by := func(n, f int64) int64 {
		if f == 1_000_000 {
			return n
		}
		return cost.MulDiv(n, f, 1_000_000)
	}
	return session.Tokens{
		Input: by(t.Input, read), CacheRead: by(t.CacheRead, read), CacheWrite5m: by(t.CacheWrite5m, read),
		CacheWrite1h: by(t.CacheWrite1h, read), Output: by(t.Output, written), Reasoning: by(t.Reasoning, written),
	}
}
