package cost

import (
	"fmt"
	"strings"
	"time"

	"agenttrace/lib/price"
	"agenttrace/lib/session"
)

// A bill is the price of a request.
type bill struct {
	nano  int64
	lines []line // what was priced: one for each part
	one   [1]line
}

// A line of a bill is one part of a request: some tokens at some rates.
type line struct {
	model   string // as recorded
	row     *price.Row
	match   price.Match
	factors string // "fast 2, geo 1.1"; "" for none
	tokens  session.Tokens
	rates   price.Rates
	nano    int64
	why     string // it has no price: why
}

// A pricer knows the prices of models, and remembers those that it looked up.
type pricer struct {
	table *price.Table
	model string     // priced as this, whatever was recorded; "" as recorded
	own   *price.Row // prices from the command line; nil if there are none
	rows  map[rowKey]found
	timed map[string]bool // whether the price of a model changes within a day
	key   rowKey          // of the last lookup
	found found
}

type rowKey struct {
	model string
	at    int64 // days since 1970, or minutes if the price changes within a day
}

type found struct {
	row   *price.Row
	match price.Match
}

func (p *pricer) lookup(model string, ns int64) (*price.Row, price.Match) {
	if p.own != nil {
		return p.own, price.Exact
	}
	if p.model != "" {
		model = p.model
	}
	unit := 24 * time.Hour
	if p.byMinute(model) {
		unit = time.Minute
	}
	key := rowKey{model, floor(ns, int64(unit))}
	if ns == 0 {
		key.at = noTime
	}
	if p.found.row != nil && key == p.key {
		return p.found.row, p.found.match
	}
	f, ok := p.rows[key]
	if !ok {
		at := time.Time{}
		if ns != 0 {
			at = time.Unix(0, ns)
		}
		row, match := p.table.Lookup(model, at)
		f = found{&row, match}
		if p.rows == nil || len(p.rows) > 1<<16 {
			p.rows = map[rowKey]found{}
		}
		p.rows[key] = f
	}
	p.key, p.found = key, f
	return f.row, f.match
}

// noTime stands for a time that is not known.
const noTime = -1 << 63

// floor returns a / b, rounded down.
func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// byMinute reports whether the price of a model changes within a day.
func (p *pricer) byMinute(model string) bool {
	if len(p.timed) == 0 || len(p.timed) > 1<<16 {
		p.timed = map[string]bool{}
	}
	timed, ok := p.timed[model]
	if !ok {
		timed = p.table.ByMinute(model)
		p.timed[model] = timed
	}
	return timed
}

// bill prices a request.
func (p *pricer) bill(b *bill, r *Request) {
	if r.bundled > 0 {
		p.bundle(b, r)
		return
	}
	if r.parts == nil {
		b.one[0] = p.line(part{r.model, r.tokens}, r.searches, r.ways, r.ns)
		b.lines, b.nano = b.one[:], b.one[0].nano
	}
	for i, part := range r.parts {
		searches := int64(0)
		if i == 0 {
			searches = r.searches
		}
		l := p.line(part, searches, r.ways, r.ns)
		b.nano = plus(b.nano, l.nano)
		b.lines = append(b.lines, l)
	}
	if r.vendorSays && len(b.lines) == 1 && (b.lines[0].why != "" || r.provenance == Vendor) {
		l := &b.lines[0]
		l.nano, l.why, b.nano = r.vendorNano, "", r.vendorNano
		r.provenance = Vendor
	}
}

// line prices a part of a request.
func (p *pricer) line(q part, searches int64, ways price.Ways, ns int64) line {
	row, match := p.lookup(q.model, ns)
	l := line{model: q.model, row: row, match: match, tokens: q.tokens}
	if match == price.None {
		l.why = "no price is known"
		if q.model == "" {
			l.why = "the model is not known"
		}
		return l
	}
	var factors []price.Factor
	var err error
	if p.own == nil { // prices that were given are the prices
		factors, err = row.Factors(ways)
	}
	if err != nil {
		l.why = err.Error()
		return l
	}
	rates := row.For(inputOf(q.tokens))
	for _, f := range factors {
		rates = rates.Times(f.Permille)
	}
	l.factors, l.rates = factorText(factors), rates
	t := &q.tokens
	pico := int64(0)
	for _, c := range []struct {
		n    int64
		rate price.Rate
		name string
	}{
		{t.Input, rates.Input, "input"}, {t.Output, rates.Output, "output"}, {t.CacheRead, rates.CacheRead, "cache reads"},
		{t.CacheWrite5m, row.WriteRate(rates), "cache writes"}, {t.CacheWrite1h, rates.CacheWrite1h, "cache writes for an hour"},
	} {
		if c.n == 0 {
			continue
		}
		if !c.rate.Known() {
			l.why = "no price is known for its " + c.name
			return l
		}
		pico = plus(pico, c.rate.Cost(c.n))
	}
	if pico == maxInt {
		l.why = "its number of tokens cannot be right"
		return l
	}
	nano := price.Nano(pico)
	if searches > 0 {
		each := row.WebSearch
		if p.own != nil { // which are prices of tokens
			each = p.searchOf(q.model, ns)
		}
		if each < 0 {
			l.why = "no price is known for its web searches"
			return l
		}
		nano = plus(nano, mulDiv(searches, each, 1))
	}
	l.nano = nano
	return l
}

// searchOf returns the price of a search of the web by the table, -1 if none is
// known.
func (p *pricer) searchOf(model string, ns int64) int64 {
	t := pricer{table: p.table, model: p.model}
	row, match := t.lookup(model, ns)
	if match == price.None {
		return -1
	}
	return row.WebSearch
}

// inputOf is all that the model reads: what a tier goes by.
func inputOf(t session.Tokens) int64 {
	t.Output, t.Reasoning = 0, 0
	return t.Total()
}

func factorText(list []price.Factor) string {
	var parts []string
	for _, f := range list {
		parts = append(parts, f.Name+" "+permille(f.Permille))
	}
	return strings.Join(parts, ", ")
}

// permille writes thousandths as a number: 2, 1.1, 0.5.
func permille(n int64) string {
	s := fmt.Sprintf("%d.%03d", n/1000, n%1000)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}
