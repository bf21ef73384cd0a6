package cost

import (
	"agenttrace/lib/event"
	"agenttrace/lib/session"
)

// A carrier notes, in order, what came into the context of a session and which
// requests read it.
type carrier struct {
	on    bool
	steps []step
}

// A step is something that happened to the context: one of these.
type step struct {
	request   *Request
	call      *call // the result of which came in
	other     int64 // bytes of anything else that did
	compacted bool
}

func (c *carrier) request(r *Request) {
	if c.on {
		c.steps = append(c.steps, step{request: r})
	}
}

func (c *carrier) result(call *call) {
	if c.on {
		c.steps = append(c.steps, step{call: call})
	}
}

// other takes an event of which the model is shown something.
func (c *carrier) other(e event.Event) {
	if c.on {
		c.steps = append(c.steps, step{other: int64(len(e.DataRaw()))})
	}
}

func (c *carrier) compacted() {
	if c.on {
		c.steps = append(c.steps, step{compacted: true})
	}
}

// carried is what the result of a call costs over its life.
type carried struct {
	tokens int64 // that it is, of what the next request's context grew by
	wrote  int64 // picodollars that it cost to come in
	read   int64 // and to be there, in all later requests until a compaction
	reads  int   // how many those were
	start  int64
	at     int
}

// weigh works out the life of each result: it comes into the context with the
// next request, whose context grew by it, is paid for as what is new in it, and
// again by every later request as what is old in it.
//
// How much the context grew is exact: the difference of two requests' inputs
// less the output between them. It is divided among what came in between by
// size.
func (c *carrier) weigh() {
	var before *Request
	var fresh []*call // results that came since the last request
	var live []*call  // those that are in the context
	var freshSize, otherSize int64
	// rate is the sum, over requests, of what an old token cost, in
	// femtodollars: what a result was read for is the difference of two.
	rate, kept, n := int64(0), int64(0), 0
	settle := func() {
		for _, k := range live {
			k.life.read = mulDiv(rate-k.life.start, k.life.tokens, 1000)
			k.life.reads = n - k.life.at
		}
		live, kept = live[:0], 0
	}
	for i := range c.steps {
		st := &c.steps[i]
		switch {
		case st.call != nil:
			fresh = append(fresh, st.call)
			freshSize += st.call.size
		case st.compacted:
			settle()
			before = nil
		case st.request == nil:
			otherSize += st.other
		case len(st.request.bill.lines) > 0:
			r := st.request
			b := &r.bill.lines[0]
			size := inputOf(b.tokens)
			grown, said := int64(0), int64(0)
			if before != nil {
				was := &before.bill.lines[0].tokens
				said = min(was.Output, size)
				grown = max(0, size-inputOf(*was)-was.Output)
				if kept > size-grown || size < inputOf(*was)/2 {
					settle() // something was taken out of the context
				}
			}
			isNew, old := b.split(grown + said)
			n++
			rate = plus(rate, mulDiv(old, 1000, size-grown-said))
			came := max(freshSize+otherSize, 1)
			size, tokens := int64(0), int64(0) // of the results so far: their shares lose nothing to rounding
			for _, k := range fresh {
				size += k.size
				k.life.tokens = mulDiv(grown, size, came) - tokens
				k.life.wrote = mulDiv(isNew, tokens+k.life.tokens, grown+said) - mulDiv(isNew, tokens, grown+said)
				tokens += k.life.tokens
				k.life.start, k.life.at = rate, n
				kept += k.life.tokens
				live = append(live, k)
			}
			fresh, freshSize, otherSize, before = nil, 0, 0, r
		}
	}
	settle()
}

// split divides what the input of a request cost into what is new in its
// context and what is old. What is new was not read from a cache, as far as
// that goes.
func (l *line) split(grown int64) (isNew, old int64) {
	if l.why != "" {
		return 0, 0
	}
	t := l.tokens
	write := l.row.WriteRate(l.rates)
	read := l.rates.CacheRead.Cost(t.CacheRead)
	dear := plus(plus(l.rates.Input.Cost(t.Input), write.Cost(t.CacheWrite5m)), l.rates.CacheWrite1h.Cost(t.CacheWrite1h))
	n := inputOf(session.Tokens{Input: t.Input, CacheWrite5m: t.CacheWrite5m, CacheWrite1h: t.CacheWrite1h})
	if grown <= n {
		isNew = mulDiv(dear, grown, n)
	} else {
		isNew = plus(dear, mulDiv(read, grown-n, t.CacheRead))
	}
	return isNew, plus(dear, read) - isNew
}
