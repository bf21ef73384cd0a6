package curve

import (
	"cmp"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/cost"
	"agenttrace/lib/event"
	"agenttrace/lib/price"
	"agenttrace/lib/session"
)

// Options say what tasks are held against.
type Options struct {
	Prices *price.Table
	Own    bool           // take what such tasks cost the user before, where it is known
	Given  map[Task]int64 // what they should cost, in nano-dollars, as the user says
}

// A Meter takes the events and records of a stream, in which sessions may be
// interleaved.
type Meter struct {
	o         Options
	ledger    *cost.Ledger
	set       session.Set
	summaries map[string]*session.Summary // from records
	costs     map[string]amount           // from records
	order     []string                    // ids of records
}

// An amount is what a session cost, without its subagents.
type amount struct {
	nano     int64
	priced   bool // all of it has a price
	rough    bool // an estimate, a lower bound, or from totals alone
	copied   bool // its answers belong to another session
	nothing  bool // no request is known
	requests int64
}

// New returns an empty meter.
func New(o Options) *Meter {
	if o.Prices == nil {
		o.Prices = price.Default
	}
	return &Meter{
		o: o, ledger: cost.New(cost.Options{Prices: o.Prices}),
		summaries: map[string]*session.Summary{}, costs: map[string]amount{},
	}
}

// Add takes the next event or record.
func (m *Meter) Add(e event.Event) {
	switch {
	case e.Is(session.Kind):
		id := e.Session()
		m.note(id)
		m.summaries[id] = session.ParseRecord(e)
	case e.Is(cost.Kind):
		id := e.Session()
		m.note(id)
		m.costs[id] = readCost(e.Data())
	case !e.IsRecord():
		m.set.Add(e)
		m.ledger.Add(e)
	}
}

func (m *Meter) note(id string) {
	if _, ok := m.summaries[id]; ok {
		return
	}
	if _, ok := m.costs[id]; !ok {
		m.order = append(m.order, id)
	}
}

// readCost reads a cost record.
func readCost(data gjson.Result) (a amount) {
	g := data.Get("usd_nano")
	a.nano, a.priced = max(g.Int(), 0), g.Type == gjson.Number && len(data.Get("unpriced_models").Array()) == 0
	a.requests = data.Get("requests").Int()
	a.copied = a.requests == 0 && data.Get("requests_elsewhere").Int() > 0
	a.nothing = a.requests == 0
	a.rough = data.Get("provenance.estimate").Int()+data.Get("provenance.lower_bound").Int() > 0
	return a
}

// A one is a session with its subagents.
type one struct {
	id         string
	parent     string
	summary    *session.Summary
	cost       amount
	timed      bool
	start, end int64
}

// Close works out the kinds of task that there were, those with most sessions
// first. Nothing can be added after it.
func (m *Meter) Close() *Report {
	list := m.gather()
	roots := fold(list)
	r := &Report{}
	var byTask [tasks][]*one
	for _, s := range roots {
		if s.cost.copied {
			continue
		}
		t := Classify(s.summary)
		byTask[t] = append(byTask[t], s)
		r.Sessions++
		if s.timed {
			if !r.Timed {
				r.Timed, r.Start, r.End = true, s.start, s.end
			}
			r.Start, r.End = min(r.Start, s.start), max(r.End, s.end)
		}
	}
	for t, list := range byTask {
		if len(list) > 0 {
			r.Rows = append(r.Rows, m.row(Task(t), list))
		}
	}
	slices.SortStableFunc(r.Rows, func(a, b *Row) int { return cmp.Compare(b.Sessions, a.Sessions) })
	return r
}

// gather returns all sessions, each with its summary and its cost, by whatever
// told of them. Where events and a record do, the events tell what was done,
// and the cost record what it cost.
func (m *Meter) gather() (list []*one) {
	m.ledger.Close()
	sums := map[string]*cost.Session{}
	for _, s := range m.ledger.Sessions() {
		sums[s.ID] = s
	}
	seen := map[string]bool{}
	for _, f := range m.set.Folds() {
		s := &one{id: f.ID(), summary: f.Summary()}
		seen[s.id] = true
		if c, ok := m.costs[s.id]; ok {
			s.cost = c
		} else if l := sums[s.id]; l != nil {
			s.cost = amountOf(l)
		}
		list = append(list, s)
	}
	for _, id := range m.order {
		if seen[id] {
			continue
		}
		s := &one{id: id, summary: m.summaries[id]}
		c, ok := m.costs[id]
		switch {
		case s.summary == nil:
			s.summary = &session.Summary{Session: id}
			s.cost = c
		case ok:
			s.cost = c
		default:
			s.cost = m.fromTotals(s.summary)
		}
		list = append(list, s)
	}
	for _, s := range list {
		s.parent = s.summary.ParentSession
		s.timed, s.start, s.end = s.summary.Timed, s.summary.StartedAt, s.summary.EndedAt
	}
	return list
}

// amountOf returns what a session of the ledger cost.
func amountOf(s *cost.Session) amount {
	sum := s.Sum()
	return amount{
		nano: sum.Nano, priced: sum.Requests > 0 && sum.Unpriced == 0, requests: int64(sum.Requests),
		copied: sum.Requests == 0 && s.Elsewhere > 0, nothing: sum.Requests == 0,
		rough: sum.From[cost.Estimate]+sum.From[cost.LowerBound] > 0,
	}
}

// fromTotals prices a summary: what the session used of each model, at the
// rates of short requests, as it does not tell how long each was.
func (m *Meter) fromTotals(s *session.Summary) (a amount) {
	at := time.Time{}
	if s.Timed {
		at = time.Unix(0, s.EndedAt)
	}
	a.priced, a.nothing, a.rough = len(s.UsageByModel) > 0, len(s.UsageByModel) == 0, true
	for name, u := range s.UsageByModel {
		if u.Tokens == nil || *u.Tokens == (session.Tokens{}) {
			continue
		}
		a.requests += int64(u.Requests)
		row, match := m.o.Prices.Lookup(name, at)
		if match == price.None {
			a.priced = false
			continue
		}
		pico := int64(0)
		for _, c := range []struct {
			n    int64
			rate price.Rate
		}{
			{u.Tokens.Input, row.Input}, {u.Tokens.Output, row.Output}, {u.Tokens.CacheRead, row.CacheRead},
			{u.Tokens.CacheWrite5m, row.WriteRate(row.Rates)}, {u.Tokens.CacheWrite1h, row.CacheWrite1h},
		} {
			if c.n > 0 && !c.rate.Known() {
				a.priced = false
			}
			pico = cost.Add(pico, c.rate.Cost(c.n))
		}
		a.nano = cost.Add(a.nano, price.Nano(pico))
	}
	return a
}

// fold adds subagents to the sessions that started them, at any depth, and
// returns those that no other session in the input has started.
func fold(list []*one) (roots []*one) {
	byID := map[string]*one{}
	for _, s := range list {
		byID[s.id] = s
	}
	rootOf := func(s *one) *one {
		for range len(list) + 1 { // of sessions that are each other's parents, there is none
			up := byID[s.parent]
			if up == nil || up == s {
				return s
			}
			s = up
		}
		return nil
	}
	for _, s := range list {
		r := rootOf(s)
		switch {
		case r == nil: // the first of a circle: it is opened there
			s.parent = ""
			roots = append(roots, s)
		case r == s:
			roots = append(roots, s)
		}
	}
	for _, s := range list {
		if r := rootOf(s); r != nil && r != s {
			r.cost.add(s.cost)
			if s.timed && r.timed {
				r.start, r.end = min(r.start, s.start), max(r.end, s.end)
			}
		}
	}
	return roots
}

// add adds the cost of a subagent.
func (a *amount) add(o amount) {
	if o.nothing || o.copied {
		return
	}
	if a.nothing {
		a.priced, a.nothing, a.copied = true, false, false
	}
	a.nano = cost.Add(a.nano, o.nano)
	a.priced = a.priced && o.priced
	a.rough = a.rough || o.rough
	a.requests += o.requests
}
