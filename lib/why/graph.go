package why

import (
	"bytes"

	"agenttrace/lib/event"
	"agenttrace/lib/headline"
)

// A Graph is the events of a stream with the links between them. The zero
// value is empty.
type Graph struct {
	nodes    pieces[node]
	links    pieces[link]
	count    int // of nodes
	linked   int // and links
	sessions []*session
	byKey    map[string]*session
	byID     map[uint64]int32 // keys of event_ids → nodes; see session.key
	last     *session
	raw      []byte
	lines    map[string]*line
	found    []link
	late     []late
	more     map[int32]link // by node: its link to a parent that came after it
}

// kind is what an event is to the graph.
type kind uint8

const (
	other kind = iota
	prompt
	call
	outcome
	speech
	request
	start
)

type node struct {
	session *session
	number  int32
	first   int32 // of its links
	count   int32
	pair    int32 // of an outcome its call, of a call its outcome; as a node + 1
	same    int32 // the node that has told this already, + 1
	kind    kind
	failed  bool
	lists   bool // the outcome of a search or listing
	timed   bool
	idLen   uint8
	ns      int64
	text    string // the event_id and the headline
}

func (n *node) id() string    { return n.text[:n.idLen] }
func (n *node) title() string { return n.text[n.idLen:] }

// pieces is a list that grows without being copied.
type pieces[T any] [][]T

const pieceLen = 1 << 12

func (p *pieces[T]) add(x T) {
	k := len(*p)
	if k == 0 || len((*p)[k-1]) == pieceLen {
		*p = append(*p, make([]T, 0, pieceLen))
		k++
	}
	(*p)[k-1] = append((*p)[k-1], x)
}

func (p pieces[T]) at(i int32) *T { return &p[i/pieceLen][i%pieceLen] }

func (g *Graph) node(i int32) *node { return g.nodes.at(i) }

// A link says that a cause led to the event whose links it is among.
type link struct {
	cause  int32
	rule   Rule
	aux    int32  // another event that the reason names, as a node + 1
	detail string // what ties the two
	rank   uint8
}

// late is a parent that was not there yet when its child came.
type late struct {
	node    int32
	parents [2]uint64 // keys under which it may be found
	rule    Rule
}

// A session is what is known of one.
type session struct {
	id     string
	salt   uint64 // of the keys of its events
	place  place
	parent string
	nodes  []int32 // by number

	start, prompt, said, latest int32 // nodes + 1: the last of its kind; latest is the last outcome
	running                     map[uint64]*running
	open                        []*running
	failures                    map[uint64]int32 // by intent: the outcome, as a node + 1
	broken                      int32            // the last outcome that failed, of a command that checks something
	brokenBy                    uint64
	edits                       []int32
	reads, writes               map[uint64]int32 // by path: the last that did so, as a node + 1
	names                       map[uint64]mention
	parentEvent                 uint64
}

// A mention says where a name stands.
type mention struct{ info, said, used int32 }

// running is a call without an outcome.
type running struct {
	node  int32
	name  string
	args  []byte
	tried uint64
	line  *line
	tests bool // builds, lints
	edits bool // with a file tool
	about []subject
	ids   [2]uint64
	done  bool
}

// Prepared is what can be said of an event without those before it.
type Prepared struct {
	title  string
	failed bool   // it is the outcome of a call that failed
	call   *asked // if it is one
}

// Prepare does that part of the work with an event that may be done ahead, on
// another goroutine. The result refers to the event.
func Prepare(e event.Event) Prepared {
	p := Prepared{title: headline.Of(e)}
	switch kindOf(e) {
	case call:
		p.call = readCall(e)
	case outcome:
		p.failed = headline.Failed(e)
	}
	return p
}

// Add takes the next event of the stream, prepared. It keeps no part of it.
func (g *Graph) Add(e event.Event, p Prepared) {
	if e.IsRecord() {
		return
	}
	s := g.of(e)
	n := node{session: s, number: int32(len(s.nodes) + 1), first: int32(g.linked)}
	at := int32(g.count)
	s.nodes = append(s.nodes, at)
	n.ns, n.timed = e.UnixNano()
	id := e.ID()
	if len(id) > 255 {
		id = "" // no id that is worth its room
	}
	if id != "" {
		h := s.key(e.IDRaw())
		if g.byID == nil {
			g.byID = map[uint64]int32{}
		}
		if first, ok := g.byID[h]; ok {
			n.same = first + 1
			g.push(n)
			return
		}
		g.byID[h] = at
	}
	n.kind = kindOf(e)
	n.failed = p.failed
	n.idLen, n.text = uint8(len(id)), id+s.place.within(p.title)
	g.push(n)
	g.found = g.found[:0]
	g.relate(s, at, e, p)
	g.keep(at)
}

func (g *Graph) push(n node) {
	g.nodes.add(n)
	g.count++
}

func kindOf(e event.Event) kind {
	switch string(e.TypeRaw()) {
	case `"user_prompt"`, `"user_prompt_expansion"`:
		return prompt
	case `"tool_call"`:
		return call
	case `"tool_result"`, `"error"`:
		return outcome
	case `"assistant_response"`, `"decision"`:
		return speech
	case `"llm_request"`, `"llm_response"`:
		return request
	case `"session_start"`:
		return start
	}
	return other
}

// salt makes keys of a session's event_ids: another session may have the same
// ids.
func salt(session string) uint64 { return hash(session) * 0x9e3779b97f4a7c15 }

// key is that of an event_id of the session in byID.
func (s *session) key(id []byte) uint64 { return hashBytes(id) ^ s.salt }

// of returns the session of an event.
func (g *Graph) of(e event.Event) *session {
	raw := e.SessionRaw()
	if g.last != nil && bytes.Equal(raw, g.raw) {
		return g.last
	}
	id := e.Session()
	s := g.byKey[id]
	if s == nil {
		s = &session{id: id, salt: salt(id), running: map[uint64]*running{}, failures: map[uint64]int32{},
			reads: map[uint64]int32{}, writes: map[uint64]int32{}, names: map[uint64]mention{}}
		if g.byKey == nil {
			g.byKey = map[string]*session{}
		}
		g.byKey[id] = s
		g.sessions = append(g.sessions, s)
	}
	g.last, g.raw = s, append(g.raw[:0], raw...)
	return s
}

// link notes a cause of the event at hand. cause and aux are nodes + 1.
func (g *Graph) link(cause int32, rule Rule, rank uint8, aux int32, detail string) {
	if cause == 0 {
		return
	}
	for i := range g.found {
		if l := &g.found[i]; l.cause == cause-1 {
			if l.rank < rank {
				*l = link{cause - 1, rule, aux, detail, rank}
			}
			return
		}
	}
	g.found = append(g.found, link{cause - 1, rule, aux, detail, rank})
}

// maxLinks is how many causes of an event are kept: the strongest.
const maxLinks = 12

// keep stores the links of a node.
func (g *Graph) keep(at int32) {
	for len(g.found) > maxLinks {
		worst := 0
		for i, l := range g.found {
			if l.rank < g.found[worst].rank {
				worst = i
			}
		}
		g.found = append(g.found[:worst], g.found[worst+1:]...)
	}
	g.node(at).first = int32(g.linked)
	g.node(at).count = int32(len(g.found))
	for _, l := range g.found {
		g.links.add(l)
		g.linked++
	}
}
