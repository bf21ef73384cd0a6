package phase

import "agenttrace/lib/event"

// A Segmenter cuts the sessions of a stream into phases. The zero value, with
// its functions set, is ready.
type Segmenter struct {
	// Assigned, if set, is called once for each event, with the tag that was
	// given to Add and the number of the phase that the event is in: 0 if it
	// comes before the first. The events of a session are assigned in order.
	Assigned func(tag uint64, number int)

	// Ended, if set, is called when a phase is over, after its last event was
	// assigned and before the next one of the session is; that has the tag
	// before. Where a phase ends before there is a next one, with the event
	// that was given to Add or with the input, before is AtEnd.
	Ended func(p *Phase, before uint64)

	sessions map[string]*session // by the session_id as it stands in the line
	order    []*session
	last     *session
	raw      []byte     // the session_id of the event before
	queue    []*session // those that hold events back, longest first
	at       mark
}

// A mark is a place in the stream.
type mark struct{ events, bytes uint64 }

// AtEnd is the tag of an event that has not come.
const AtEnd = ^uint64(0)

// How far the stream goes on, in events and bytes, before those that a session
// holds back are decided about: it is silent while others go on.
const (
	maxWait      = 4096
	maxWaitBytes = 64 << 20
)

// Add takes the next event, which must not be a record.
func (g *Segmenter) Add(e event.Event, tag uint64) *Session {
	g.at.events++
	g.at.bytes += uint64(len(e.Raw))
	s := g.of(e)
	s.add(e, tag)
	for len(g.queue) > 0 {
		q := g.queue[0]
		switch {
		case len(q.held) == 0:
			q.holding = false
		case q.queued != q.since:
			q.queued = q.since
			g.queue = append(g.queue, q)
		case g.at.events-q.since.events < maxWait && g.at.bytes-q.since.bytes < maxWaitBytes:
			return &s.Session
		default:
			q.holding = false
			q.finish()
		}
		g.queue = g.queue[1:]
	}
	return &s.Session
}

// of returns the session of an event.
func (g *Segmenter) of(e event.Event) *session {
	raw := e.SessionRaw()
	if g.last != nil && string(raw) == string(g.raw) {
		return g.last
	}
	s := g.sessions[string(raw)]
	if s == nil {
		// An id may be written in two ways, with escapes and without.
		id := e.Session()
		key := string(event.AppendString(nil, id))
		if s = g.sessions[key]; s == nil {
			s = &session{Session: Session{ID: id}, seg: g}
			if g.sessions == nil {
				g.sessions = map[string]*session{}
			}
			g.sessions[key] = s
			g.order = append(g.order, s)
		}
		g.sessions[string(raw)] = s
	}
	g.last, g.raw = s, append(g.raw[:0], raw...)
	return s
}

func (g *Segmenter) assign(tag uint64, number int) {
	if g.Assigned != nil {
		g.Assigned(tag, number)
	}
}

// Close ends the phases that are open, in the order in which their sessions
// began.
func (g *Segmenter) Close() {
	for _, s := range g.order {
		s.finish()
	}
	for _, s := range g.order {
		s.close(AtEnd)
	}
}

// Sessions returns the sessions in the order in which they began.
func (g *Segmenter) Sessions() []*Session {
	list := make([]*Session, len(g.order))
	for i, s := range g.order {
		list[i] = &s.Session
	}
	return list
}
