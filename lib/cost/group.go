package cost

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"agenttrace/lib/session"
)

// By is what costs are grouped by.
type By string

// The groupings. Whatever they are, the groups add up to the total.
const (
	ByNothing By = ""
	BySession By = "session"
	ByPhase   By = "phase"
	ByModel   By = "model"
	ByAgent   By = "agent"
	ByTool    By = "tool"
	ByFile    By = "file"
	ByDay     By = "day"
	ByTurn    By = "turn"
)

// Groupings are the values of By that a user may ask for.
var Groupings = []string{"session", "phase", "model", "agent", "tool", "file", "day", "turn"}

// A Sum is what requests come to.
type Sum struct {
	Nano     int64 // of those that have a price
	Tokens   session.Tokens
	Requests int
	Searches int64
	Priced   int    // lines of bills that have a price
	Unpriced int    // and that have none
	From     [4]int // requests by provenance
}

// A Group is a part of the cost.
type Group struct {
	Key    string // what it is of: a model, a tool, a file …
	Number int    // of the phase or turn
	Title  string // and its title
	Failed bool   // the phase failed
	ID     string // the session, where groups are of one session
	Sum
}

func (s *Sum) add(r *Request) {
	s.Requests += r.count()
	s.Searches += r.searches
	s.From[r.provenance] += r.count()
	for i := range r.bill.lines {
		s.line(&r.bill.lines[i], r.count())
	}
}

// line adds a line of the bill of n answers.
func (s *Sum) line(l *line, n int) {
	s.Tokens.Add(l.tokens)
	if l.why != "" {
		s.Unpriced += n
		return
	}
	s.Priced += n
	s.Nano = plus(s.Nano, l.nano)
}

// share adds the i-th of n equal shares of a request. What does not divide
// goes to the first shares, so that all of them add up to the request.
func (s *Sum) share(r *Request, i, n int) {
	s.Requests++
	if i == 0 {
		s.Searches += r.searches
		s.From[r.provenance]++
	}
	of := func(v int64) int64 { return portion(v, int64(i), int64(n)) }
	for j := range r.bill.lines {
		l := r.bill.lines[j]
		t := l.tokens
		l.tokens = session.Tokens{
			Input: of(t.Input), Output: of(t.Output), CacheRead: of(t.CacheRead),
			CacheWrite5m: of(t.CacheWrite5m), CacheWrite1h: of(t.CacheWrite1h), Reasoning: of(t.Reasoning),
		}
		l.nano = of(l.nano)
		s.line(&l, 1)
	}
}

// portion returns the i-th of n parts of v, which add up to v.
func portion(v, i, n int64) int64 {
	p := v / n
	if i < v%n {
		p++
	}
	return p
}

// Sum returns what a session comes to.
func (s *Session) Sum() (sum Sum) {
	for _, r := range s.Requests {
		sum.add(r)
	}
	return sum
}

// Groups returns the parts of the cost of some sessions.
func (l *Ledger) Groups(by By, sessions ...*Session) []*Group {
	g := grouper{index: map[string]*Group{}}
	for _, s := range sessions {
		for _, r := range s.Requests {
			l.group(&g, by, s, r)
		}
	}
	switch by {
	case ByDay:
		slices.SortStableFunc(g.list, func(a, b *Group) int { return strings.Compare(a.Key, b.Key) })
	case ByPhase, ByTurn:
		if len(sessions) == 1 {
			slices.SortStableFunc(g.list, func(a, b *Group) int { return cmp.Compare(a.Number, b.Number) })
		}
	default:
		slices.SortStableFunc(g.list, func(a, b *Group) int {
			return cmp.Or(cmp.Compare(b.Nano, a.Nano), strings.Compare(a.Key, b.Key))
		})
	}
	return g.list
}

type grouper struct {
	index map[string]*Group
	list  []*Group
}

func (g *grouper) at(key string) *Group {
	v := g.index[key]
	if v == nil {
		v = &Group{Key: key}
		g.index[key] = v
		g.list = append(g.list, v)
	}
	return v
}

// Keys of what has no tool, file or day.
const (
	noTool = "(answer)"  // the model called no tool
	noFile = "(no file)" // nothing that the request called for names a file
	noDay  = "(no time)"
	noName = "(unknown)"
)

func (l *Ledger) group(g *grouper, by By, s *Session, r *Request) {
	switch by {
	case BySession, ByNothing:
		v := g.at(s.ID)
		v.ID = s.ID
		v.add(r)
	case ByModel:
		for i := range r.bill.lines {
			v := g.at(cmp.Or(r.bill.lines[i].model, noName))
			if i == 0 {
				v.Requests += r.count()
				v.Searches += r.searches
				v.From[r.provenance] += r.count()
			}
			v.line(&r.bill.lines[i], r.count())
		}
	case ByAgent:
		g.at(s.agentName()).add(r)
	case ByDay:
		day := noDay
		if r.ns != 0 {
			day = time.Unix(0, r.ns).In(l.o.Zone).Format(time.DateOnly)
		}
		g.at(day).add(r)
	case ByTurn:
		v := g.at(s.ID + "#" + strconv.Itoa(int(r.turn)))
		v.ID, v.Number = s.ID, int(r.turn)
		if r.turn > 0 {
			v.Title = s.turns[r.turn-1]
		}
		v.add(r)
	case ByPhase:
		n := r.phase
		info := s.phases[n]
		if r.given > 0 {
			n = r.given
			if told := s.phases[-n]; told != nil {
				info = told
			}
		}
		v := g.at(s.ID + "#" + strconv.Itoa(int(n)))
		v.ID, v.Number = s.ID, int(n)
		if info != nil {
			v.Title, v.Failed = info.title, info.failed
		}
		v.add(r)
	case ByTool:
		if len(r.calls) == 0 {
			g.at(noTool).add(r)
		}
		for i, c := range r.calls {
			g.at(cmp.Or(c.tool, noName)).share(r, i, len(r.calls))
		}
	case ByFile:
		var files []string
		for _, c := range r.calls {
			for _, f := range c.files {
				if f = path.Clean(f); !slices.Contains(files, f) {
					files = append(files, f)
				}
			}
		}
		if len(files) == 0 {
			g.at(noFile).add(r)
		}
		for i, f := range files {
			g.at(f).share(r, i, len(files))
		}
	}
}

// agentName is the agent of a session, with the kind of subagent.
func (s *Session) agentName() string {
	name := cmp.Or(s.Agent, noName)
	if s.Parent != "" || s.AgentID != "" {
		name += "/" + cmp.Or(s.AgentType, s.AgentID, "subagent")
	}
	return name
}

// Add adds another sum.
func (s *Sum) Add(o Sum) {
	s.Nano = plus(s.Nano, o.Nano)
	s.Tokens.Add(o.Tokens)
	s.Requests += o.Requests
	s.Searches += o.Searches
	s.Priced += o.Priced
	s.Unpriced += o.Unpriced
	for i, n := range o.From {
		s.From[i] += n
	}
}
