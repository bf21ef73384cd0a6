package why

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A Target is an event that is asked about.
type Target int32

// None is the target where there are no events.
const None Target = -1

// Close ends the stream: parents that came after their children are linked.
func (g *Graph) Close() {
	for _, l := range g.late {
		for _, k := range l.parents {
			if p, ok := g.byID[k]; ok && p != l.node {
				if g.more == nil {
					g.more = map[int32]link{}
				}
				g.more[l.node] = link{cause: p, rule: l.rule, rank: rankCertain}
				break
			}
		}
	}
	g.late = nil
}

// Find returns the event that is meant by text: #4 or 4, the fourth event of
// the session; ID#4, of the session whose id begins so; an event_id; or, if it is
// empty, the last failure, else the last thing that the agent did or said.
// Where no session is named it is the first that no other session in the stream
// started.
func (g *Graph) Find(text string) (Target, error) {
	switch {
	case g.count == 0:
		return None, nil
	case text == "":
		return g.byDefault(), nil
	}
	name, number, found := cutLast(text, "#")
	if !found {
		name, number = "", text
	}
	n, err := strconv.Atoi(number)
	if err != nil || !found && len(number) == 12 {
		// Twelve digits are an event_id that happens to have no letters.
		if t := g.byEventID(strings.TrimPrefix(text, "#")); t != None {
			return t, nil
		}
		if err != nil {
			return None, fmt.Errorf("cannot find event '%s' in the input", text)
		}
	}
	s, err := g.session(name)
	if err != nil {
		return None, err
	}
	if n < 1 || n > len(s.nodes) {
		return None, fmt.Errorf("cannot find event #%d: session '%s' has events #1 to #%d", n, s.id, len(s.nodes))
	}
	at := s.nodes[n-1]
	if same := g.node(at).same; same != 0 {
		at = same - 1
	}
	return Target(at), nil
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// byDefault is the last failure, else the last thing that the agent did or said,
// else the last event: by its time, so that it does not depend on how sessions
// are interleaved.
func (g *Graph) byDefault() Target {
	best, class := None, -1
	for i := range int32(g.count) {
		n := g.node(i)
		c := 1
		switch {
		case n.same != 0:
			continue
		case n.failed:
			c = 2
		case n.kind != call && n.kind != outcome && n.kind != speech:
			c = 0 // a prompt is the user's
		}
		if c > class || c == class && !g.before(n, g.node(int32(best))) {
			best, class = Target(i), c
		}
	}
	return best
}

// before reports whether x is earlier than y, which comes before it in the
// stream.
func (g *Graph) before(x, y *node) bool { return x.timed && y.timed && x.ns < y.ns }

func (g *Graph) byEventID(id string) Target {
	for i := range int32(g.count) {
		if g.node(i).id() == id && g.node(i).same == 0 {
			return Target(i)
		}
	}
	return None
}

func (g *Graph) session(name string) (*session, error) {
	if name == "" {
		for _, s := range g.sessions {
			if s.parent == "" || g.byKey[s.parent] == nil || s.parent == s.id {
				return s, nil
			}
		}
		return g.sessions[0], nil
	}
	if s := g.byKey[name]; s != nil {
		return s, nil
	}
	var found []*session
	for _, s := range g.sessions {
		// at-summary shows the ids of subagents without their "agent-".
		if strings.HasPrefix(s.id, name) || strings.HasPrefix(strings.TrimPrefix(s.id, "agent-"), name) {
			found = append(found, s)
		}
	}
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("cannot find session '%s' in the input", name)
	case 1:
		return found[0], nil
	}
	return nil, fmt.Errorf("cannot tell which session '%s' is: %s, %s …", name, found[0].id, found[1].id)
}

// each calls fn for each cause of an event.
func (g *Graph) each(at int32, fn func(*link)) {
	n := g.node(at)
	for i := n.first; i < n.first+n.count; i++ {
		fn(g.links.at(i))
	}
	if l, ok := g.more[at]; ok {
		fn(&l)
	}
}

// best returns the strongest link of an event, of equally strong ones that to
// the latest cause; nil if it has none.
func (g *Graph) best(at int32) (best *link) {
	g.each(at, func(l *link) {
		if best == nil || l.rank > best.rank || l.rank == best.rank && l.cause > best.cause {
			best = l
		}
	})
	return best
}

// An Edge is a link of an answer.
type Edge struct {
	effect int32
	link
}

// Chain returns the strongest chain that led to the target, from the root: each
// event's strongest cause.
func (g *Graph) Chain(t Target) []Edge {
	list := make([]Edge, g.walk(t, func(int, int32, *link) {}))
	last := len(list) - 1
	g.walk(t, func(i int, at int32, l *link) { list[last-i] = Edge{at, *l} })
	return list
}

// walk calls fn for each link of the strongest chain, from the target on, and
// returns how many there are.
func (g *Graph) walk(t Target, fn func(i int, at int32, l *link)) (n int) {
	seen := make([]bool, g.count)
	for at := int32(t); ; n++ {
		seen[at] = true
		l := g.best(at)
		if l == nil || seen[l.cause] {
			return n // parents that go round in a circle are no cause
		}
		fn(n, at, l)
		at = l.cause
	}
}

// All returns every link that led to the target, latest effect first, and of an
// effect the strongest first.
func (g *Graph) All(t Target) []Edge {
	seen := make([]bool, g.count)
	todo := []int32{int32(t)}
	seen[t] = true
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		g.each(at, func(l *link) {
			if !seen[l.cause] {
				seen[l.cause] = true
				todo = append(todo, l.cause)
			}
		})
	}
	var list []Edge
	for at := g.count - 1; at >= 0; at-- {
		if seen[at] {
			list = append(list, g.sorted(int32(at))...)
		}
	}
	return list
}

func (g *Graph) sorted(at int32) (list []Edge) {
	g.each(at, func(l *link) {
		i := len(list)
		list = append(list, Edge{at, *l})
		for ; i > 0 && (list[i-1].rank < l.rank || list[i-1].rank == l.rank && list[i-1].cause < l.cause); i-- {
			list[i] = list[i-1]
		}
		list[i] = Edge{at, *l}
	})
	return list
}

// Forward returns what came of the target: the events whose strongest chain goes
// through it or, with all, that any link leads to, in the order of the stream.
func (g *Graph) Forward(t Target, all bool) []Edge {
	reached := g.reached(t, all)
	var list []Edge
	for at := range int32(g.count) {
		switch {
		case at == int32(t) || !reached[at]:
		case !all:
			list = append(list, Edge{at, *g.best(at)})
		default:
			for _, x := range g.sorted(at) {
				if reached[x.cause] {
					list = append(list, x)
				}
			}
		}
	}
	return list
}

// reached marks what the target led to. A parent may stand behind its children
// in the stream, so links are followed from cause to effect.
func (g *Graph) reached(t Target, all bool) []bool {
	each := func(at int32, fn func(cause int32)) {
		switch {
		case at == int32(t) || g.node(at).same != 0:
		case all:
			g.each(at, func(l *link) { fn(l.cause) })
		default:
			if l := g.best(at); l != nil {
				fn(l.cause)
			}
		}
	}
	// The effects of a cause are effects[from[cause]:from[cause+1]].
	from := make([]int32, g.count+1)
	for at := range int32(g.count) {
		each(at, func(cause int32) { from[cause+1]++ })
	}
	for i := range g.count {
		from[i+1] += from[i]
	}
	effects, next := make([]int32, from[g.count]), slices.Clone(from)
	for at := range int32(g.count) {
		each(at, func(cause int32) {
			effects[next[cause]] = at
			next[cause]++
		})
	}
	reached := make([]bool, g.count)
	reached[t] = true
	todo := []int32{int32(t)}
	for len(todo) > 0 {
		cause := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, at := range effects[from[cause]:from[cause+1]] {
			if !reached[at] {
				reached[at] = true
				todo = append(todo, at)
			}
		}
	}
	return reached
}

// Edges returns the links of an answer: the chain, or with all every link; and
// with forward those that lead from the target.
func (g *Graph) Edges(t Target, forward, all bool) []Edge {
	switch {
	case forward:
		return g.Forward(t, all)
	case all:
		return g.All(t)
	}
	return g.Chain(t)
}
