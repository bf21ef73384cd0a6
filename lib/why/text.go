package why

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"

	"agenttrace/lib/event"
	"agenttrace/lib/headline"
	"agenttrace/lib/text"
)

// width is that of an event's headline, in columns.
const width = 100

// number is how an event is shown: #4, with the beginning of its session's id
// where that is not the one asked about.
func (g *Graph) number(at int32, of *session) string {
	n := g.node(at)
	if n.session == of {
		return fmt.Sprintf("#%d", n.number)
	}
	return g.prefix(n.session) + fmt.Sprintf("#%d", n.number)
}

func (g *Graph) prefix(s *session) string {
	id := text.Line(strings.TrimPrefix(s.id, "agent-"), 0)
	r := []rune(id)
	return string(r[:min(len(r), 6)])
}

// padded is number in the column of numbers.
func (g *Graph) padded(at int32, of *session) string {
	n := g.node(at)
	if n.session == of {
		return fmt.Sprintf("#%3d", n.number)
	}
	return g.number(at, of)
}

// title is the headline of an event. That of an outcome has the call, unless
// that is told next.
func (g *Graph) title(at int32, again bool) string {
	n := g.node(at)
	t := n.title()
	if n.kind == outcome && n.pair != 0 {
		what := strings.TrimPrefix(g.node(n.pair-1).title(), "tool_call: ")
		switch {
		case !strings.HasPrefix(t, "error"):
			t = "tool_result: " + what
		case !again:
			t = text.Cut(t, 48) + "  ← " + what
		}
	}
	return headline.Line(t, width)
}

// why says the reason of a link, and how strong it is unless it is strong.
func (g *Graph) why(x *Edge, of *session) string {
	aux := ""
	if x.aux != 0 {
		aux = g.number(x.aux-1, of)
	}
	c := g.node(x.cause)
	r := headline.Line(x.reason(c.kind.noun(), g.number(x.cause, of), aux), 2*width)
	if s := x.strength(); s == Likely || s == Weak {
		r += ", " + string(s)
	}
	return r
}

// chainText prints the chain that led to the target, for people. An outcome
// stands for its call, too.
func (g *Graph) chainText(b *bufio.Writer, t Target) {
	n := g.node(int32(t))
	fmt.Fprintf(b, "Why did event #%d happen?\n\n  %s  %s\n", n.number, g.padded(int32(t), n.session), headline.Line(n.title(), width))
	chain := g.Chain(t)
	if len(chain) == 0 {
		b.WriteString("\nNo prior causal events found.\n")
		return
	}
	b.WriteString("\nCausal chain (root → target):\n\n")
	steps := []int32{chain[0].cause}
	var links []Edge
	for i := range chain {
		x := chain[i]
		if x.rule == Answers && len(links) > 0 && g.node(x.effect).pair == x.cause+1 && steps[len(steps)-1] == x.cause {
			steps[len(steps)-1] = x.effect // the outcome of what is there already
			continue
		}
		steps = append(steps, x.effect)
		links = append(links, x)
	}
	for i, at := range steps {
		arrow := "  "
		if i > 0 {
			arrow = "←  "
		}
		again := i < len(links) && links[i].rule == Retry
		fmt.Fprintf(b, "  %s%s  %s\n", arrow, g.padded(at, n.session), g.title(at, again))
		if i < len(links) {
			fmt.Fprintf(b, "       (%s)\n", g.why(&links[i], n.session))
		}
	}
}

// allText prints every event that led to the target with its causes.
func (g *Graph) allText(b *bufio.Writer, t Target) {
	n := g.node(int32(t))
	fmt.Fprintf(b, "Why did event #%d happen?\n", n.number)
	edges := g.All(t)
	if len(edges) == 0 {
		fmt.Fprintf(b, "\n  %s  %s\n\nNo prior causal events found.\n", g.padded(int32(t), n.session), g.title(int32(t), false))
	}
	g.grouped(b, edges, n.session)
}

// grouped prints edges below the event that they are the causes of.
func (g *Graph) grouped(b *bufio.Writer, edges []Edge, of *session) {
	last := int32(-1)
	for i := range edges {
		x := &edges[i]
		if x.effect != last {
			last = x.effect
			fmt.Fprintf(b, "\n  %s  %s\n", g.padded(x.effect, of), g.title(x.effect, false))
		}
		fmt.Fprintf(b, "    ← %s  %s\n", g.padded(x.cause, of), g.whyAll(x, of))
	}
}

// whyAll always says how strong a link is.
func (g *Graph) whyAll(x *Edge, of *session) string {
	r := g.why(x, of)
	if s := x.strength(); s == Certain || s == Strong {
		r += ", " + string(s)
	}
	return "(" + r + ")"
}

// forwardText prints what came of the target.
func (g *Graph) forwardText(b *bufio.Writer, t Target, all bool) {
	n := g.node(int32(t))
	fmt.Fprintf(b, "What came of event #%d?\n\n  %s  %s\n", n.number, g.padded(int32(t), n.session), g.title(int32(t), false))
	edges := g.Forward(t, all)
	if len(edges) == 0 {
		b.WriteString("\nNothing that can be told.\n")
		return
	}
	if all {
		g.grouped(b, edges, n.session)
		return
	}
	b.WriteByte('\n')
	for i := range edges {
		x := &edges[i]
		fmt.Fprintf(b, "  →  %s  %s\n       (%s)\n", g.padded(x.effect, n.session), g.title(x.effect, false), g.why(x, n.session))
	}
}

// Kind is the event_type of the records of this package.
const Kind = "cause"

// Record appends the record of a link to dst, without a newline.
func (g *Graph) Record(dst []byte, x Edge, t Target) []byte {
	e, c := g.node(x.effect), g.node(x.cause)
	var o event.Object
	o.Int("event", int64(e.number)).Int("cause", int64(c.number)).Str("cause_event_id", c.id())
	if c.session != e.session {
		o.Str("cause_session_id", c.session.id)
	}
	aux := ""
	if x.aux != 0 {
		aux = g.number(x.aux-1, e.session)
	}
	o.Str("rule", string(x.rule)).Str("reason", x.reason(c.kind.noun(), g.number(x.cause, e.session), aux))
	o.Str("strength", string(x.strength())).Str("detail", x.detail)
	o.Int("of", int64(g.node(int32(t)).number))
	return event.Append(dst, event.Header{
		Type: Kind, UnixNano: e.ns, Untimed: !e.timed, Session: e.session.id, Parent: e.id(),
		ID: event.ID(e.session.id, Kind, fmt.Sprint(e.number), c.session.id, fmt.Sprint(c.number), string(x.rule)),
	}, o.Bytes())
}

// Dot returns the links as a graph for Graphviz.
func (g *Graph) Dot(t Target, edges []Edge) []byte {
	var b bytes.Buffer
	b.WriteString("digraph why {\n\trankdir=LR;\n\tnode [shape=box];\n")
	shown := map[int32]bool{}
	of := g.node(int32(t)).session
	node := func(at int32) {
		if shown[at] {
			return
		}
		shown[at] = true
		style := ""
		switch {
		case at == int32(t):
			style = ", penwidth=2"
		case g.node(at).failed:
			style = ", color=red"
		}
		fmt.Fprintf(&b, "\tn%d [label=%s%s];\n", at, quote(g.number(at, of)+" "+headline.Line(g.node(at).title(), 60)), style)
	}
	node(int32(t))
	for i := range edges {
		x := &edges[i]
		node(x.cause)
		node(x.effect)
		style := map[Strength]string{Certain: "bold", Strong: "solid", Likely: "dashed", Weak: "dotted"}[x.strength()]
		fmt.Fprintf(&b, "\tn%d -> n%d [label=%s, style=%s];\n", x.cause, x.effect, quote(g.why(x, of)), style)
	}
	b.WriteString("}\n")
	return b.Bytes()
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ").Replace(s) + `"`
}

// WriteText writes the answer for people; see Edges.
func (g *Graph) WriteText(w io.Writer, t Target, forward, all bool) error {
	b := bufio.NewWriterSize(w, 64<<10)
	switch {
	case forward:
		g.forwardText(b, t, all)
	case all:
		g.allText(b, t)
	default:
		g.chainText(b, t)
	}
	return b.Flush()
}
