package tree

import (
	"bytes"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/session"
)

// Kind is the event_type of the records of this package.
const Kind = "tree"

// A Builder gathers the links of a stream. Its zero value is empty. It holds
// what lib/session holds of each session, and about 50 bytes a tool call.
type Builder struct {
	set   session.Set
	calls map[string]callInfo // by session and event_id, as they stand in the line
	links []link
	a2a   []*a2aCall
	costs map[string]int64  // by session, in 10^-9 dollars
	tasks map[string]string // by session: what it was started for
	fails map[string]bool   // A2A calls whose outcome is an error event, by session and event
}

// callInfo is where a call stands.
type callInfo struct {
	number int
	at     int64
}

// A link is what an outcome says of the session that did the work.
type link struct{ session, child, event string }

// An a2aCall is a call of another agent.
type a2aCall struct {
	session, event       string
	number               int
	at                   int64
	agent, url, task     string
	child, err           string
	took                 time.Duration
	timed                bool
	cost                 int64
	priced, failed, done bool
}

var (
	a2aMark   = []byte(`"a2a_call"`)
	childMark = []byte(`"child_session_id"`)
)

// Add takes an event.
func (b *Builder) Add(e event.Event) {
	_, note := b.set.Note(e)
	switch {
	case e.Is("cost"):
		b.cost(e)
	case note.Repeated:
	case e.Is("tool_call"):
		at, _ := e.UnixNano()
		if len(e.IDRaw()) > 2 {
			set(&b.calls, b.key(e.Session(), e.ID()), callInfo{note.Number, at})
		}
		if bytes.Contains(e.DataRaw(), a2aMark) {
			b.call(e, note.Number, at)
		}
	case e.Is("session_start"):
		if d := str(e.Data(), "description"); d != "" && b.tasks[e.Session()] == "" {
			set(&b.tasks, e.Session(), d)
		}
	case e.Is("tool_result", "error"):
		b.outcome(e)
	}
}

func (b *Builder) outcome(e event.Event) {
	if e.Is("error") && len(b.a2a) > 0 {
		set(&b.fails, b.key(e.Session(), e.Parent()), true)
	}
	if !bytes.Contains(e.DataRaw(), childMark) {
		return
	}
	if child := str(e.Data(), "child_session_id"); child != "" {
		b.links = append(b.links, link{e.Session(), child, e.Parent()})
	}
}

func set[V any](m *map[string]V, key string, v V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = v
}

func (b *Builder) key(session, event string) string { return session + "\x00" + event }

func (b *Builder) cost(e event.Event) {
	if v := e.Get("usd_nano"); v.Type == gjson.Number {
		set(&b.costs, e.Session(), v.Int())
	}
}

// call takes an A2A call.
func (b *Builder) call(e event.Event, number int, at int64) {
	d := e.Data()
	if d.Get("event_subtype").String() != "a2a_call" {
		return
	}
	c := &a2aCall{
		session: e.Session(), event: e.ID(), number: number, at: at,
		agent: str(d, "agent_id"), url: str(d, "agent_url"), task: str(d, "task"),
		child: str(d, "sub_session_id"), err: str(d, "error"),
	}
	if v := d.Get("success"); v.IsBool() {
		c.done, c.failed = true, !v.Bool()
	}
	c.failed = c.failed || c.err != ""
	if c.took, c.timed = e.Duration(); !c.timed {
		if ns, ok := event.Nanos(d.Get("duration_ms").Raw); ok && ns > 0 {
			c.took, c.timed = time.Duration(ns/1000), true
		}
	}
	if v := d.Get("cost_usd"); v.Type == gjson.Number {
		if n, ok := event.Nanos(v.Raw); ok && n > 0 {
			c.cost, c.priced = n, true
		}
	}
	b.a2a = append(b.a2a, c)
}

func str(d gjson.Result, key string) string {
	if v := d.Get(key); v.Type == gjson.String {
		return v.Str
	}
	return ""
}

// A Shape says what a node is.
type Shape string

// The shapes of nodes.
const (
	Session   Shape = "session"   // a session of the stream
	A2A       Shape = "a2a_call"  // a call of another agent
	Missing   Shape = "missing"   // a session that is named and not in the stream
	Reference Shape = "reference" // a session that stands elsewhere in the tree
)

// A Node is a session or an A2A call in the tree.
type Node struct {
	Shape    Shape
	ID       string           // of the session; of the caller, for an A2A call
	Summary  *session.Summary // of a session
	Event    string           // the event_id of the call that led here, "" if it is not known
	Number   int              // and its number in its session, 0 if it is not known
	Cycle    bool             // a reference to one of its ancestors
	Call     *Call            // of an A2A call
	Own      Numbers
	Total    Numbers // with all below
	Depth    int     // below its root
	Parent   *Node
	Children []*Node

	Task string // what a session was started for, "" if it is not known

	at  int64 // for the order among its siblings
	seq int   // of a session: its place in the stream
}

// A Call is what an A2A call tells.
type Call struct {
	Agent, URL, Task, Error string
	Child                   string // the session of the agent called
	Failed, Known           bool   // Known if it told how it ended
	Took                    time.Duration
	Timed                   bool
}

// Numbers are what is added up.
type Numbers struct {
	Sessions, A2ACalls, ToolCalls, Errors int

	Start, End int64 // nanoseconds since 1970, if Timed
	Timed      bool
	Tokens     *session.Tokens // nil if none were told
	Cost       int64           // in 10^-9 dollars, if Priced
	Priced     bool
}

// Duration is the time from the first event to the last.
func (n *Numbers) Duration() time.Duration { return time.Duration(n.End - n.Start) }

func (n *Numbers) add(o *Numbers) {
	n.Sessions += o.Sessions
	n.A2ACalls += o.A2ACalls
	n.ToolCalls += o.ToolCalls
	n.Errors += o.Errors
	switch {
	case n.Timed && o.Timed:
		n.Start, n.End = min(n.Start, o.Start), max(n.End, o.End)
	case o.Timed:
		n.Start, n.End, n.Timed = o.Start, o.End, true
	}
	if o.Tokens != nil {
		sum := session.Tokens{}
		if n.Tokens != nil {
			sum = *n.Tokens
		}
		sum.Add(*o.Tokens)
		n.Tokens = &sum
	}
	if o.Priced {
		n.Cost, n.Priced = n.Cost+o.Cost, true
	}
}
