package replay

import (
	"bytes"
	"io"
	"sort"
	"strings"

	"agenttrace/lib/event"
)

// kinship is who started whom among the sessions of a stream.
type kinship struct {
	sessions
	named map[string]naming // by the id of a session that the outcome of a call names
}

// A naming is the outcome of a call that names the session that did the work.
type naming struct {
	by      *session
	call    string // the event_id of the call, "" if not told
	outcome int    // the number of the outcome
}

var childKey = []byte(`"child_session_id"`)

// note notes the session that the outcome of a call names.
func (k *kinship) note(e event.Event, s *session, number int) {
	if !e.Is("tool_result", "error") || !bytes.Contains(e.Raw, childKey) {
		return
	}
	child := e.Get("child_session_id").String()
	if child == "" {
		return
	}
	if k.named == nil {
		k.named = make(map[string]naming)
	}
	if _, ok := k.named[child]; !ok {
		k.named[child] = naming{s, e.Parent(), number}
	}
}

// parent returns the session that started s, nil if it is not in the stream.
func (k *kinship) parent(s *session) *session {
	p := k.byID[s.parent]
	if s.parent == "" {
		p = k.named[s.id].by
	}
	if p == s {
		return nil
	}
	return p
}

// forest returns the sessions that nobody in the stream started, and below
// each the ones that it did. A session is in it once: of a circle of sessions
// that started each other, the first in the stream is taken for the top.
func (k *kinship) forest() (roots []*session, children map[*session][]*session) {
	cut := k.circles()
	children = make(map[*session][]*session)
	for _, s := range k.list {
		if p := k.parent(s); p == nil || cut[s] {
			roots = append(roots, s)
		} else {
			children[p] = append(children[p], s)
		}
	}
	return roots, children
}

// circles returns the first session of each circle.
func (k *kinship) circles() map[*session]bool {
	cut := make(map[*session]bool)
	walks := make(map[*session]int) // the walk upwards that came by
	for i, s := range k.list {
		walk := i + 1
		for s != nil && walks[s] == 0 {
			walks[s] = walk
			s = k.parent(s)
		}
		if s == nil || walks[s] != walk {
			continue // at the top, or where an earlier walk has been
		}
		least := s
		for m := k.parent(s); m != s; m = k.parent(m) {
			if m.order < least.order {
				least = m
			}
		}
		cut[least] = true
	}
	return cut
}

// addUp counts the sessions below each session.
func addUp(roots []*session, children map[*session][]*session) {
	var order []*session // parents before children
	order = append(order, roots...)
	for i := 0; i < len(order); i++ {
		order = append(order, children[order[i]]...)
	}
	for i := len(order) - 1; i >= 0; i-- {
		s := order[i]
		s.subagents, s.childCalls, s.childErrors = 0, 0, 0
		for _, c := range children[s] {
			s.subagents += 1 + c.subagents
			s.childCalls += c.toolCalls + c.childCalls
			s.childErrors += c.errors + c.childErrors
		}
	}
}

// A Family prints sessions with the sessions of their subagents: below the
// call that started one stands a line that names it and then its entries,
// indented. It holds the entries of all sessions, as they will be printed,
// until the end of the stream.
type Family struct {
	view
	kinship
	out     io.Writer
	entries map[*session][]entry
	buf     []byte
}

// NewFamily returns a Family that prints to out.
func NewFamily(out io.Writer, o Options) *Family {
	return &Family{view: newView(o), out: out, entries: make(map[*session][]entry)}
}

// Event takes an event.
func (f *Family) Event(e event.Event) error {
	s, number, of := f.take(e)
	f.note(e, s, number)
	var x entry
	if f.shows(e) {
		x = f.entry(e, s, number, of).kept()
	} else {
		x = entry{hidden: true, number: number}
	}
	x.id = e.ID()
	x.at, x.timed = e.UnixNano()
	f.entries[s] = append(f.entries[s], x)
	return nil
}

// kept returns the entry with its texts copied, so that it does not hold on
// to the event that they are parts of.
func (x entry) kept() entry {
	x.head, x.notes = strings.Clone(x.head), strings.Clone(x.notes)
	for i, line := range x.detail {
		x.detail[i] = strings.Clone(line)
	}
	return x
}

// Close prints the sessions.
func (f *Family) Close() error {
	roots, children := f.forest()
	addUp(roots, children)
	for i, s := range roots {
		if i > 0 {
			f.buf = append(f.buf, '\n')
		}
		if !f.NoSummary {
			f.buf = append(f.block(f.buf, s, true), '\n')
		} else if len(roots) > 1 {
			f.buf = f.heading(f.buf, "", s)
		}
		if err := f.tell(s, children); err != nil {
			return err
		}
	}
	return f.flush(0)
}

// maxIndent is how deep subagents of subagents are indented.
const maxIndent = 12

// A frame is a session that is being told: its children stand at places in
// its entries.
type frame struct {
	s      *session
	at     int // the next entry
	places []place
}

// A place is where a child is told: before the entry at.
type place struct {
	at    int
	child *session
}

// tell prints a session and all below it. It keeps its own stack, since
// sessions may be nested as deep as whoever wrote the stream likes.
func (f *Family) tell(root *session, children map[*session][]*session) error {
	stack := []frame{{s: root, places: f.places(root, children[root])}}
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		indent := strings.Repeat("│  ", min(len(stack)-1, maxIndent))
		entries := f.entries[top.s]
		switch {
		case len(top.places) > 0 && top.places[0].at <= top.at:
			child := top.places[0].child
			top.places = top.places[1:]
			f.buf = f.heading(f.buf, strings.Repeat("│  ", min(len(stack), maxIndent)), child)
			stack = append(stack, frame{s: child, places: f.places(child, children[child])})
		case top.at < len(entries):
			if x := &entries[top.at]; !x.hidden {
				f.buf = f.append(f.buf, indent, x)
			}
			top.at++
		default:
			stack = stack[:len(stack)-1]
		}
		if err := f.flush(64 << 10); err != nil {
			return err
		}
	}
	return nil
}

// flush writes what is printed if it is more than n bytes.
func (f *Family) flush(n int) error {
	if len(f.buf) <= n {
		return nil
	}
	_, err := f.out.Write(f.buf)
	f.buf = f.buf[:0]
	return err
}

// places finds where the children of a session are shown: after the call that the
// child names as the one that started it, else after the call whose outcome names
// the child, else by the time at which it began.
func (f *Family) places(s *session, children []*session) []place {
	if len(children) == 0 {
		return nil
	}
	entries := f.entries[s]
	byID := make(map[string]int, len(entries))
	for i := range entries {
		if id := entries[i].id; id != "" && entries[i].number > 0 {
			if _, ok := byID[id]; !ok {
				byID[id] = i
			}
		}
	}
	var list []place
	for _, c := range children {
		list = append(list, place{f.placeOf(c, s, entries, byID), c})
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].at < list[j].at })
	return list
}

func (f *Family) placeOf(c, s *session, entries []entry, byID map[string]int) int {
	if i, ok := byID[c.parentEvent]; ok {
		return i + 1
	}
	if n, ok := f.named[c.id]; ok && n.by == s {
		if i, ok := byID[n.call]; ok {
			return i + 1
		}
		for i := range entries {
			if entries[i].number == n.outcome {
				return i
			}
		}
	}
	for i := range entries {
		if c.timed && entries[i].timed && entries[i].number > 0 && entries[i].at > c.first {
			return i
		}
	}
	return len(entries)
}
