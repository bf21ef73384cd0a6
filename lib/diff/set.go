package diff

import (
	"strconv"

	"agenttrace/lib/event"
)

// A Set gathers the sessions of a stream. Each session is folded in a goroutine
// of its own, so that two take no longer than the longer one. The zero value is
// empty.
type Set struct {
	// PerFile makes sessions of one id in two files two sessions.
	PerFile bool

	byKey map[string]*feed
	order []*feed
	last  *feed
	raw   string
	file  string // of the event before
	line  int
	input int // which file that was, from 1
}

// A feed hands events to a session, some at a time.
type feed struct {
	to    *Session
	batch []event.Event
	size  int
	in    chan []event.Event
	done  chan struct{}
}

// How much a feed gathers, and how many batches may wait.
const (
	batchEvents = 256
	batchBytes  = 1 << 20
	batches     = 4
)

func newFeed(s *Session) *feed {
	f := &feed{to: s, in: make(chan []event.Event, batches), done: make(chan struct{})}
	go func() {
		defer close(f.done)
		for batch := range f.in {
			for _, e := range batch {
				s.Add(e)
			}
		}
	}()
	return f
}

func (f *feed) add(e event.Event) {
	f.batch = append(f.batch, e.Clone())
	f.size += len(e.Raw)
	if len(f.batch) >= batchEvents || f.size >= batchBytes {
		f.flush()
	}
}

func (f *feed) flush() {
	f.in <- f.batch
	f.batch, f.size = nil, 0
}

// Add takes the next event of the stream.
func (g *Set) Add(e event.Event) {
	raw := e.SessionRaw()
	// A file may be given twice: its lines begin anew.
	turned := e.File != g.file || e.Line <= g.line
	if g.file, g.line = e.File, e.Line; turned {
		g.input++
	}
	if g.last == nil || string(raw) != g.raw || g.PerFile && turned {
		g.last, g.raw = g.of(e), string(raw)
	}
	g.last.add(e)
}

func (g *Set) of(e event.Event) *feed {
	key := e.Session()
	if g.PerFile {
		key = strconv.Itoa(g.input) + " " + key
	}
	f := g.byKey[key]
	if f == nil {
		if g.byKey == nil {
			g.byKey = map[string]*feed{}
		}
		s := NewSession(e.Session(), e.File)
		s.input = g.input
		f = newFeed(s)
		g.byKey[key] = f
		g.order = append(g.order, f)
	}
	return f
}

// Sessions ends the stream, and returns the sessions that have events, in the
// order in which they began.
func (g *Set) Sessions() (list []*Session) {
	for _, f := range g.order {
		f.flush()
		close(f.in)
	}
	for _, f := range g.order {
		<-f.done
		if len(f.to.events) > 0 {
			list = append(list, f.to)
		}
	}
	return list
}
