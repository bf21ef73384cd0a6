package cost

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"agenttrace/lib/event"
	"agenttrace/lib/price"
	"agenttrace/lib/text"
)

// shownResults is how many results and attempts a report and a record name.
const shownResults = 20

// cost returns what a result cost over its life, in nano-dollars.
func (c *call) cost() int64 { return price.Nano(plus(c.life.wrote, c.life.read)) }

// results returns the calls of a session of which the result was carried, the
// dearest first, and what they come to.
func (s *Session) results() (list []*call, nano int64) {
	for i := range s.carried.steps {
		if c := s.carried.steps[i].call; c != nil && c.life.tokens > 0 {
			list = append(list, c)
			nano = plus(nano, c.cost())
		}
	}
	slices.SortStableFunc(list, func(a, b *call) int { return cmp.Compare(b.cost(), a.cost()) })
	return list, nano
}

// carryJSON is the member carry of a record.
func (s *Session) carryJSON() []byte {
	list, nano := s.results()
	var o event.Object
	o.Int("usd_nano", nano)
	type sum struct {
		tool                     string
		results, tokens, usdNano int64
	}
	index := map[string]*sum{}
	var tools []*sum
	for _, c := range list {
		t := index[c.tool]
		if t == nil {
			t = &sum{tool: c.tool}
			index[c.tool] = t
			tools = append(tools, t)
		}
		t.results++
		t.tokens += c.life.tokens
		t.usdNano = plus(t.usdNano, c.cost())
	}
	slices.SortStableFunc(tools, func(a, b *sum) int {
		return cmp.Or(cmp.Compare(b.usdNano, a.usdNano), strings.Compare(a.tool, b.tool))
	})
	o.Raw("tools", array(tools, func(t *sum) []byte {
		var o event.Object
		o.Str("tool", t.tool).Int("results", t.results).Int("tokens", t.tokens).Int("usd_nano", t.usdNano)
		return o.Bytes()
	}))
	o.Raw("results", array(list[:min(len(list), shownResults)], func(c *call) []byte {
		var o event.Object
		o.Str("tool", c.tool).Str("title", c.title).Int("event", int64(c.number)).Int("tokens", c.life.tokens)
		o.Int("usd_nano", c.cost()).Int("written_usd_nano", price.Nano(c.life.wrote)).Int("reads", int64(c.life.reads))
		return o.Bytes()
	}))
	return o.Bytes()
}

// carryText prints the results that cost most.
func (r *report) carryText(s *Session, whole int64) {
	list, nano := s.results()
	if len(list) == 0 {
		return
	}
	r.printf("\nCarried results of tools: %s (%s) for %s\n\n", USD(nano), percent(nano, whole), text.Count(len(list), "result"))
	for _, c := range list[:min(len(list), shownResults)] {
		r.printf("  %s  %10s  %7s tokens, read %s\n", text.Pad(text.Line(fmt.Sprintf("#%d %s %s", c.number, c.tool, c.title), labelWidth+14), labelWidth+14),
			USD(c.cost()), text.Tokens(c.life.tokens), times(c.life.reads))
	}
	if n := len(list) - shownResults; n > 0 {
		r.printf("  and %d more\n", n)
	}
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// An attempt is a call that failed, and its share of the request that made it.
type attempt struct {
	*call
	nano int64
}

// failures returns the failed attempts of a session, the dearest first, what
// they cost to make, and what their results cost to carry.
func (s *Session) failures() (list []attempt, made, kept int64) {
	for _, r := range s.Requests {
		for i, c := range r.calls {
			if !c.failed {
				continue
			}
			a := attempt{c, portion(r.bill.nano, int64(i), int64(len(r.calls)))}
			list = append(list, a)
			made, kept = plus(made, a.nano), plus(kept, c.cost())
		}
	}
	slices.SortStableFunc(list, func(a, b attempt) int {
		return cmp.Compare(plus(b.nano, b.cost()), plus(a.nano, a.cost()))
	})
	return list, made, kept
}

// wasteJSON is the member waste of a record.
func (s *Session) wasteJSON() []byte {
	list, made, kept := s.failures()
	var o event.Object
	o.Int("usd_nano", made).Int("carry_usd_nano", kept).Int("attempts", int64(len(list)))
	o.Raw("calls", array(list[:min(len(list), shownResults)], func(a attempt) []byte {
		var o event.Object
		o.Str("tool", a.tool).Str("title", a.title).Int("event", int64(a.number)).Int("usd_nano", a.nano).Int("carry_usd_nano", a.cost())
		return o.Bytes()
	}))
	return o.Bytes()
}

// wasteText prints what failed attempts cost.
func (r *report) wasteText(s *Session, whole int64) {
	list, made, kept := s.failures()
	if len(list) == 0 {
		return
	}
	r.printf("\nFailed attempts: %s (%s) to make %d, and %s to carry their results\n\n", USD(made), percent(made, whole), len(list), USD(kept))
	for _, a := range list[:min(len(list), shownResults)] {
		r.printf("  %s  %10s  %10s carried\n", text.Pad(text.Line(fmt.Sprintf("#%d %s %s", a.number, a.tool, a.title), labelWidth+14), labelWidth+14), USD(a.nano), USD(a.cost()))
	}
	if n := len(list) - shownResults; n > 0 {
		r.printf("  and %d more\n", n)
	}
}
