package cost

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/price"
	"agenttrace/lib/session"
	"agenttrace/lib/text"
)

// A vendorCost is what the agent itself says that its session costs.
type vendorCost struct {
	nano   int64
	models map[string]part // by normalized name
}

// vendorCost takes a vendor_cost event; the last one counts.
func (s *Session) vendorCost(e event.Event) {
	v := &vendorCost{models: map[string]part{}}
	var ok bool
	event.Fields(e.DataRaw(), func(key, value []byte) bool {
		switch string(key) {
		case "total_cost_usd":
			v.nano, ok = ParseUSD(bytes.Trim(value, `"`))
		case "usage_by_model":
			gjson.ParseBytes(value).ForEach(func(model, u gjson.Result) bool {
				name, _ := price.Normalize(model.String())
				p := v.models[name]
				p.model = name
				t, _ := session.Usage([]byte(u.Raw))
				p.tokens.Add(t)
				v.models[name] = p
				return true
			})
		}
		return true
	})
	if ok {
		s.vendor = v
	}
}

// A Comparison sets what the agent says against what its events come to.
type Comparison struct {
	Vendor  int64          // what the agent says
	Ours    int64          // the session, its subagents, and what a fork has from its parent
	Missing int64          // what the tokens cost that are in no event
	Tokens  session.Tokens // and those tokens
}

// Compare returns what the agent of a session says that it cost. ok is false
// if it says nothing.
func (l *Ledger) Compare(s *Session) (c Comparison, ok bool) {
	if s.vendor == nil {
		return c, false
	}
	c.Vendor = s.vendor.nano
	have := map[string]session.Tokens{}
	seen := map[*Request]bool{}
	count := func(r *Request) {
		if seen[r] {
			return
		}
		seen[r] = true
		c.Ours = plus(c.Ours, r.bill.nano)
		for i := range r.bill.lines {
			name, _ := price.Normalize(r.bill.lines[i].model)
			t := have[name]
			t.Add(r.bill.lines[i].tokens)
			have[name] = t
		}
	}
	for _, m := range l.tree(s) {
		for _, r := range m.Requests {
			count(r)
		}
		for _, key := range m.inherited {
			if r := l.byKey[key]; r != nil {
				count(r)
			}
		}
	}
	for _, name := range sortedKeys(s.vendor.models) {
		more := less(s.vendor.models[name].tokens, have[name])
		line := l.pricer.line(part{name, more}, 0, price.Ways{}, s.End)
		c.Missing = plus(c.Missing, line.nano)
		c.Tokens.Add(more)
	}
	return c, true
}

// tree returns a session and its subagents, at any depth.
func (l *Ledger) tree(s *Session) []*Session {
	list := []*Session{s}
	for i := 0; i < len(list); i++ {
		for _, child := range l.children[list[i].ID] {
			if !slices.Contains(list, child) {
				list = append(list, child)
			}
		}
	}
	return list
}

// less returns what a has more than b, by class.
func less(a, b session.Tokens) session.Tokens {
	return session.Tokens{
		Input: max(a.Input-b.Input, 0), Output: max(a.Output-b.Output, 0), CacheRead: max(a.CacheRead-b.CacheRead, 0),
		CacheWrite5m: max(a.CacheWrite5m-b.CacheWrite5m, 0), CacheWrite1h: max(a.CacheWrite1h-b.CacheWrite1h, 0),
	}
}

func sortedKeys[V any](m map[string]V) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

// justRounding is how far two amounts may be apart that are the same, of which
// one was added up in floating point.
const justRounding = 1000

func (c Comparison) json() []byte {
	var o event.Object
	o.Int("usd_nano", c.Vendor).Int("ours_usd_nano", c.Ours).Int("difference_usd_nano", c.Vendor-c.Ours)
	o.Int("missing_usd_nano", c.Missing).Raw("missing_tokens", tokensJSON(c.Tokens))
	return o.Bytes()
}

// text says how the two amounts differ.
func (c Comparison) text(agent string) string {
	b := &strings.Builder{}
	fmt.Fprintf(b, "%s itself counts %s", agent, USD(c.Vendor))
	d := c.Vendor - c.Ours
	switch {
	case d <= justRounding && d >= -justRounding:
		b.WriteString(", the same as here, with subagents.")
		return b.String()
	case d > 0:
		fmt.Fprintf(b, ", %s more than is in its transcripts", USD(d))
	default:
		fmt.Fprintf(b, ", %s less than is in its transcripts", USD(-d))
	}
	if c.Tokens.Total() > 0 {
		fmt.Fprintf(b, ": %s input and %s output tokens (%s) of requests that they do not have", text.Tokens(inputOf(c.Tokens)), text.Tokens(c.Tokens.Output), USD(c.Missing))
	}
	if rest := d - c.Missing; rest > justRounding || rest < -justRounding {
		fmt.Fprintf(b, "; %s by other prices", USD(rest))
	}
	b.WriteString(".")
	return b.String()
}
