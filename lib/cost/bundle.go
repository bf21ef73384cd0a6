package cost

import (
	"bytes"
	"time"

	"agenttrace/lib/price"
	"agenttrace/lib/session"
)

// A Bundle stands for answers of a session that are told once, were priced by
// the same row, and came within the same quarter of an hour: no zone's day
// begins within one.
type Bundle struct {
	BundleKey
	N           int
	Tokens      session.Tokens
	Searches    int64
	Nano        int64 // what they cost by the table
	First, Last int64 // nanoseconds since 1970
}

// A BundleKey is what the answers of a bundle share.
type BundleKey struct {
	Session string // a JSON value
	Model   string
	Quarter int64 // since 1970
	Ways    price.Ways
	// Whether their provenance may be LowerBound: of no answer that tells why
	// it ended; else it may follow from the session's version.
	Stopped, Unended, Vendors bool
}

const quarter = int64(15 * time.Minute)

// A Bundler makes bundles, with the prices of the table that is compiled in.
type Bundler struct {
	p pricer
	// Bundles are those made so far.
	Bundles []*Bundle
	index   map[BundleKey]*Bundle
	last    *Bundle
}

// NewBundler returns a bundler without bundles.
func NewBundler() *Bundler {
	return &Bundler{p: pricer{table: price.Default}, index: map[BundleKey]*Bundle{}}
}

// Reset forgets the bundles, and keeps what is known of prices.
func (b *Bundler) Reset() {
	b.Bundles, b.last = nil, nil
	clear(b.index)
}

// Add puts an answer into a bundle. It returns false if it is not one of those
// that can be.
func (b *Bundler) Add(session []byte, a *Answer) bool {
	if !a.Timed || !a.HasTokens || a.Elsewhere || len(a.Iterations) > 0 || len(a.USD) > 0 || a.Model == "" || a.Model == synthetic || a.UnixNano == 0 ||
		len(a.Message) == 0 || b.p.byMinute(a.Model) {
		return false
	}
	l := b.p.line(part{a.Model, a.Tokens}, a.Searches, a.Ways, a.UnixNano)
	if l.why != "" {
		return false
	}
	v := b.last
	q := floor(a.UnixNano, quarter)
	if v == nil || v.Quarter != q || v.Session != string(session) || v.Model != a.Model || v.Ways != a.Ways || v.Stopped != a.Stopped || !a.Stopped {
		k := BundleKey{Session: string(session), Model: a.Model, Quarter: q, Ways: a.Ways, Stopped: a.Stopped}
		if !a.Stopped {
			k.Unended, k.Vendors = a.Unended, vendors(a.Message)
		}
		if v = b.index[k]; v == nil {
			v = &Bundle{BundleKey: k, First: a.UnixNano, Last: a.UnixNano}
			b.index[k] = v
			b.Bundles = append(b.Bundles, v)
		}
		b.last = v
	}
	v.N++
	v.Tokens.Add(a.Tokens)
	v.Searches = plus(v.Searches, a.Searches)
	v.Nano = plus(v.Nano, l.nano)
	v.First, v.Last = min(v.First, a.UnixNano), max(v.Last, a.UnixNano)
	return true
}

// vendors reports whether an id is one of Anthropic's API.
func vendors(message []byte) bool { return bytes.HasPrefix(message, []byte(`"msg_`)) }

// Bundles reports whether the ledger can take bundles: whether all that is
// asked of it can be told of them.
func (l *Ledger) Bundles() bool {
	o := &l.o
	switch o.By {
	case ByNothing, BySession, ByModel, ByAgent, ByDay:
	default:
		return false
	}
	return o.Prices == price.Default && o.Model == "" && o.Own == nil && o.WhatIf == "" && !o.Phases && !o.Carry && !o.Waste
}

// AddBundle takes answers that no other event tells.
func (l *Ledger) AddBundle(session []byte, b *Bundle) {
	s := l.ofRaw(session)
	s.events += b.N
	s.at(b.First)
	s.at(b.Last)
	s.pending = nil
	s.hasUsage, s.context = true, nil
	r := l.room()
	*r = Request{
		session: s, model: b.Model, side: s.Parent != "", ns: b.First, tokens: b.Tokens, searches: b.Searches, ways: b.Ways,
		place: r, epoch: s.compacted, bundled: int32(b.N), bundledNano: b.Nano,
	}
	if !b.Stopped && (b.Unended || s.early(b.Vendors)) {
		r.provenance = LowerBound
	}
	l.requests = append(l.requests, r)
}

// bundle prices a bundle.
func (p *pricer) bundle(b *bill, r *Request) {
	row, match := p.lookup(r.model, r.ns)
	l := &b.one[0]
	*l = line{model: r.model, row: row, match: match, tokens: r.tokens, nano: r.bundledNano}
	if factors, err := row.Factors(r.ways); err == nil {
		l.factors = factorText(factors)
	}
	b.lines, b.nano = b.one[:], l.nano
}

// count is how many answers a request stands for.
func (r *Request) count() int {
	if r.bundled > 0 {
		return int(r.bundled)
	}
	return 1
}
