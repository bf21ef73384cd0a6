package tree

import (
	"cmp"
	"slices"

	"agenttrace/lib/session"
)

// A grower is what Trees needs while it works.
type grower struct {
	*Builder
	nodes    map[string]*Node // sessions of the stream and missing ones
	order    []*Node          // sessions in the order of the stream, then missing ones
	calls    map[string]*Node // A2A calls by session and event
	referred map[[2]*Node]bool
}

// Trees returns the roots, in the order of their first events; those that are
// missing come last.
func (b *Builder) Trees() []*Node {
	g := &grower{Builder: b, nodes: map[string]*Node{}, calls: map[string]*Node{}, referred: map[[2]*Node]bool{}}
	for _, f := range b.set.Folds() {
		g.session(f.Summary())
	}
	for _, n := range slices.Clone(g.order) {
		if p := n.Summary.ParentSession; p == n.ID && p != "" {
			g.refer(n, n, n, n.Summary.ParentEvent)
		} else if p != "" {
			g.hang(n, g.named(p), n.Summary.ParentEvent)
		}
	}
	for _, c := range b.a2a {
		g.a2aCall(c)
	}
	for _, l := range b.links {
		g.claim(g.nodes[l.session], l.child, l.event)
	}
	roots := g.cut()
	for _, r := range roots {
		addUp(r)
	}
	return roots
}

func (g *grower) session(s *session.Summary) {
	n := &Node{Shape: Session, ID: s.Session, Summary: s, Task: cmp.Or(g.tasks[s.Session], s.Title, s.FirstPrompt)}
	n.Own = Numbers{
		Sessions: 1, ToolCalls: s.ToolCalls, Errors: s.Errors + s.APIErrors,
		Start: s.StartedAt, End: s.EndedAt, Timed: s.Timed, Tokens: s.Tokens,
	}
	if cost, ok := g.costs[s.Session]; ok {
		n.Own.Cost, n.Own.Priced = cost, true
	}
	n.at = s.StartedAt
	g.know(n)
}

// named returns the node of a session, which may be missing.
func (g *grower) named(id string) *Node {
	n := g.nodes[id]
	if n == nil {
		n = &Node{Shape: Missing, ID: id}
		g.know(n)
	}
	return n
}

func (g *grower) know(n *Node) {
	n.seq = len(g.order)
	g.nodes[n.ID] = n
	g.order = append(g.order, n)
}

// hang makes n a child of parent. event is the call in the parent's session.
func (g *grower) hang(n, parent *Node, event string) {
	n.Parent = parent
	parent.Children = append(parent.Children, n)
	g.place(n, parent, event)
}

func (g *grower) place(n, parent *Node, event string) {
	n.Event = event
	if c, ok := g.Builder.calls[g.key(parent.ID, event)]; ok && event != "" {
		n.Number = c.number
		if n.at == 0 {
			n.at = c.at
		}
	}
}

// claim notes that a session says it has started a child. The child is hung below
// it if it has no parent yet; if it has another one, a reference is put there.
func (g *grower) claim(by *Node, child, event string) {
	if by == nil || child == "" {
		return
	}
	holder := by
	if c := g.calls[g.key(by.ID, event)]; c != nil {
		holder = c
	}
	n := g.named(child)
	switch {
	case n.Parent == holder || n.Parent == by:
		if n.Event == "" {
			g.place(n, by, event)
		}
	case n.Parent == nil && n != by:
		g.hang(n, holder, event)
		g.place(n, by, event)
	default:
		g.refer(n, holder, by, event)
	}
}

// refer puts a reference below a node, once.
func (g *grower) refer(to, holder, by *Node, event string) {
	if g.referred[[2]*Node{holder, to}] {
		return
	}
	g.referred[[2]*Node{holder, to}] = true
	r := &Node{Shape: Reference, ID: to.ID, Parent: holder}
	holder.Children = append(holder.Children, r)
	g.place(r, by, event)
}

// a2aCall adds the node of an A2A call, with the session that it called.
func (g *grower) a2aCall(c *a2aCall) {
	by := g.nodes[c.session]
	if by == nil {
		return
	}
	n := &Node{Shape: A2A, ID: c.session, Event: c.event, Number: c.number, Parent: by, at: c.at}
	n.Call = &Call{
		Agent: c.agent, URL: c.url, Task: c.task, Error: c.err, Child: c.child,
		Failed: c.failed, Known: c.done || c.failed, Took: c.took, Timed: c.timed,
	}
	n.Own = Numbers{A2ACalls: 1, Cost: c.cost, Priced: c.priced}
	if c.event != "" && g.fails[g.key(c.session, c.event)] {
		n.Call.Failed, n.Call.Known = true, true // the session has counted it
	} else if c.failed {
		n.Own.Errors = 1
	}
	by.Children = append(by.Children, n)
	if c.event != "" {
		g.calls[g.key(c.session, c.event)] = n
	}
	if c.child == "" {
		return
	}
	if sub := g.nodes[c.child]; sub != nil && sub.Parent == by && (sub.Event == "" || sub.Event == c.event) {
		// It says itself who has called it: it stands below the call.
		by.Children = slices.DeleteFunc(by.Children, func(x *Node) bool { return x == sub })
		sub.Parent = n
		n.Children = append(n.Children, sub)
		g.place(sub, by, c.event)
		return
	}
	if sub := g.named(c.child); sub.Parent == nil && sub != by {
		g.hang(sub, n, c.event)
		g.place(sub, by, c.event)
	} else {
		g.refer(sub, n, by, c.event)
	}
}

// cut opens the circles and returns the roots.
func (g *grower) cut() []*Node {
	walks := map[*Node]int{}
	for i, n := range g.order {
		walk := i + 1
		x := n
		for x != nil && walks[x] == 0 {
			walks[x] = walk
			x = x.Parent
		}
		if x == nil || walks[x] != walk {
			continue // at the top, or where an earlier walk has been
		}
		// x is in a circle; it is cut above the session that came first.
		first := g.first(x)
		p := first.Parent
		for i, c := range p.Children {
			if c == first {
				p.Children[i] = &Node{Shape: Reference, ID: first.ID, Event: first.Event, Number: first.Number, Parent: p, at: first.at}
			}
		}
		first.Parent = nil
	}
	var roots []*Node
	for _, n := range g.order {
		if n.Parent == nil {
			roots = append(roots, n)
		}
	}
	return roots
}

// first returns the session of a circle that comes first in the stream.
func (g *grower) first(x *Node) *Node {
	var first *Node
	for n := x; ; {
		if n.Shape != A2A && (first == nil || n.seq < first.seq) {
			first = n
		}
		if n = n.Parent; n == x {
			return first
		}
	}
}

// addUp sorts the children of a tree, notes the depths, marks the references to
// ancestors and adds up the totals. It does not recurse: a chain may be as long
// as the stream.
func addUp(root *Node) {
	list := preorder(root)
	for _, n := range list {
		if n.Parent != nil {
			n.Depth = n.Parent.Depth + 1
		}
	}
	markCycles(root)
	for i := len(list) - 1; i >= 0; i-- {
		n := list[i]
		own := n.Own
		if n.Shape == A2A && slices.ContainsFunc(n.Children, func(c *Node) bool { return c.Total.Priced }) {
			own.Priced, own.Cost = false, 0 // the session called knows better
		}
		n.Total.add(&own)
		if n.Parent != nil {
			n.Parent.Total.add(&n.Total)
		}
	}
}

// preorder returns the nodes of a tree, parents before their children, and
// children in the order of time.
func preorder(root *Node) []*Node {
	var list []*Node
	stack := []*Node{root}
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		list = append(list, n)
		slices.SortStableFunc(n.Children, func(a, b *Node) int { return cmp.Compare(a.at, b.at) })
		for _, c := range slices.Backward(n.Children) {
			stack = append(stack, c)
		}
	}
	return list
}

// markCycles finds the references to ancestors.
func markCycles(root *Node) {
	above := map[string]int{}
	type visit struct {
		n    *Node
		done bool
	}
	stack := []visit{{n: root}}
	for len(stack) > 0 {
		v := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		n := v.n
		if v.done {
			above[n.ID]--
			continue
		}
		if n.Shape == Reference {
			n.Cycle = above[n.ID] > 0
		}
		if n.Shape == Session || n.Shape == Missing {
			above[n.ID]++
			stack = append(stack, visit{n, true})
		}
		for _, c := range n.Children {
			stack = append(stack, visit{n: c})
		}
	}
}
