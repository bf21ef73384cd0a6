package cost

import (
	"cmp"
	"slices"
	"strings"

	"agenttrace/lib/event"
	"agenttrace/lib/price"
	"agenttrace/lib/session"
)

// Kind is the event_type of the record of a session's cost.
const Kind = "cost"

// A used is a model as a session used it: one row of prices, one way.
type used struct {
	model, row, factors, why string
	match                    price.Match
	requests                 int
	tokens                   session.Tokens
	nano                     int64
}

// models returns what a session was billed for, by model, row of prices and
// what multiplies them, in the order of the names.
func (s *Session) models() []*used {
	type key struct{ model, row, factors, why string }
	index := map[key]*used{}
	names := map[*price.Row]string{}
	var list []*used
	var last *line
	var u *used
	for _, r := range s.Requests {
		for i := range r.bill.lines {
			l := &r.bill.lines[i]
			if last == nil || last.row != l.row || last.model != l.model || last.factors != l.factors || last.why != l.why {
				k := key{l.model, "", l.factors, l.why}
				if l.match != price.None {
					name, ok := names[l.row]
					if !ok {
						name = l.row.Name()
						names[l.row] = name
					}
					k.row = name
				}
				if u = index[k]; u == nil {
					u = &used{model: l.model, row: k.row, factors: l.factors, why: l.why, match: l.match}
					index[k] = u
					list = append(list, u)
				}
			}
			last = l
			u.requests += r.count()
			u.tokens.Add(l.tokens)
			u.nano = plus(u.nano, l.nano)
		}
	}
	slices.SortFunc(list, func(a, b *used) int {
		return cmp.Or(strings.Compare(a.model, b.model), strings.Compare(a.row, b.row), strings.Compare(a.factors, b.factors), strings.Compare(a.why, b.why))
	})
	return list
}

// unpriced returns the models of a session that have no price.
func unpriced(list []*used) (names []string) {
	for _, u := range list {
		if name := cmp.Or(u.model, noName); u.why != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Record appends the cost record of a session to dst, without a newline. Its
// time is the end of the session.
func (l *Ledger) Record(dst []byte, s *Session) []byte {
	sum := s.Sum()
	models := s.models()
	var o event.Object
	if sum.Priced > 0 || sum.Unpriced == 0 && s.hasUsage {
		o.Int("usd_nano", sum.Nano)
	}
	o.Raw("tokens", tokensJSON(sum.Tokens))
	o.Raw("models", array(models, func(u *used) []byte { return u.json() }))
	o.Raw("unpriced_models", stringsJSON(unpriced(models)))
	o.Int("requests", int64(sum.Requests)).Count("web_searches", sum.Searches)
	o.Count("requests_elsewhere", int64(s.Elsewhere))
	var from event.Object
	for p, n := range sum.From {
		from.Int(Provenance(p).String(), int64(n))
	}
	o.Raw("provenance", from.Bytes())
	l.more(&o, s)
	if l.o.By != ByNothing {
		o.Raw("by", array(l.Groups(l.o.By, s), func(g *Group) []byte { return g.json(l.o.By) }))
	}
	o.Raw("prices", l.pricesJSON())
	return event.Append(dst, event.Header{
		Type: Kind, UnixNano: s.End, Untimed: !s.Timed, ID: event.ID(s.ID, Kind), Session: s.ID,
	}, o.Bytes())
}

func (u *used) json() []byte {
	var o event.Object
	o.Str("model", u.model).Str("price_row", u.row).Text("match", u.match.String())
	if u.factors != "" {
		var f event.Object
		for _, one := range strings.Split(u.factors, ", ") {
			name, n, _ := strings.Cut(one, " ")
			f.Raw(name, []byte(n))
		}
		o.Raw("multipliers", f.Bytes())
	}
	o.Int("requests", int64(u.requests)).Raw("tokens", tokensJSON(u.tokens))
	if u.why == "" {
		o.Int("usd_nano", u.nano)
	}
	o.Str("unpriced", u.why)
	return o.Bytes()
}

func (g *Group) json(by By) []byte {
	var o event.Object
	switch by {
	case ByPhase, ByTurn:
		o.Int(string(by), int64(g.Number)).Str("title", g.Title).True("failed", g.Failed)
	default:
		o.Text(string(by), g.Key)
	}
	if g.Priced > 0 || g.Unpriced == 0 {
		o.Int("usd_nano", g.Nano)
	}
	o.Int("requests", int64(g.Requests)).Raw("tokens", tokensJSON(g.Tokens))
	o.Count("unpriced", int64(g.Unpriced))
	return o.Bytes()
}

func tokensJSON(t session.Tokens) []byte {
	var o event.Object
	t.AppendTo(&o)
	return o.Bytes()
}

// pricesJSON says which prices were taken.
func (l *Ledger) pricesJSON() []byte {
	var o event.Object
	switch {
	case l.o.Own != nil:
		o.Str("source", l.o.Own.Source)
	default:
		o.Str("date", price.TableDate.String()).Str("source", price.Version)
	}
	if day := l.o.Prices.Day(); !day.IsZero() && l.o.Own == nil {
		o.Str("as_of", price.DateOf(day).String())
	}
	o.Str("model", l.o.Model)
	return o.Bytes()
}

func array[T any](list []T, json func(T) []byte) []byte {
	b := []byte{'['}
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, json(v)...)
	}
	return append(b, ']')
}

func stringsJSON(list []string) []byte {
	return array(list, func(s string) []byte { return event.AppendString(nil, s) })
}
