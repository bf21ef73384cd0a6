package otlp

// Numbers of opentelemetry-proto.
const (
	internalKind = 1
	clientKind   = 3
	errorStatus  = 2

	// Flags of a span: sampled, and whether its parent is another program's is
	// known, and so.
	flagSampled   = 0x001
	flagHasRemote = 0x100
	flagRemote    = 0x200
)

// A thing is what a span stands for.
type thing uint8

const (
	agentThing thing = iota
	chatThing
	toolThing
)

// A spanHead is all of a span but its attributes.
type spanHead struct {
	trace         [16]byte
	id, parent    [8]byte
	below, remote bool // there is a parent; it is another program's
	verb, name    string
	kind          int
	start, end    int64
	failed        bool
	message       string
	events        []byte
	dropped       int
	links         []byte
}

// span makes the item of a span, with the attributes in m.a.
func (m *Mapper) span(s *openSession, sp *spanHead, t thing) {
	a := &m.a
	a.str("session.id", s.id)
	a.str("user.id", s.facts.user)
	m.dress(s, sp, t)

	b := m.body[:0]
	b = appendBytes(b, 1, sp.trace[:])
	b = appendBytes(b, 2, sp.id[:])
	if sp.below {
		b = appendBytes(b, 4, sp.parent[:])
	}
	b = appendTag(b, 5, wireBytes)
	b = append(b, 0)
	from := len(b)
	b = append(b, sp.verb...)
	if sp.name != "" {
		b = append(b, ' ')
		b = append(b, sp.name...)
	}
	b = shut(b, from)
	b = appendVarint(b, 6, uint64(sp.kind))
	b = appendFixed64(b, 7, uint64(sp.start))
	b = appendFixed64(b, 8, uint64(max(sp.end, sp.start)))
	b = a.appendMost(b, 9, m.opt.MaxAttrs)
	b = append(b, sp.events...)
	if sp.dropped > 0 {
		b = appendVarint(b, 12, uint64(sp.dropped))
	}
	b = append(b, sp.links...)
	if sp.failed {
		b, from = open(b, 15)
		if sp.message != "" {
			b = appendText(b, 2, sp.message, a.limit)
		}
		b = appendVarint(b, 3, errorStatus)
		b = shut(b, from)
	}
	flags := uint32(flagSampled | flagHasRemote)
	if sp.remote {
		flags |= flagRemote
	}
	m.body = appendFixed32(b, 16, flags)
	m.put(Traces, s, traceInSpan)
}

// traceInSpan is where the trace id stands in a span: behind a tag and a length.
const traceInSpan = 2

// maxCallEvents is how much the events of a call may take, in bytes.
const maxCallEvents = 64 << 10

// appendEvent appends an event of a span.
func appendEvent(dst []byte, at int64, name string, a *attrs) []byte {
	dst, from := open(dst, 11)
	dst = appendFixed64(dst, 1, uint64(at))
	dst = appendText(dst, 2, name, a.limit)
	dst = a.appendMost(dst, 3, a.most)
	return shut(dst, from)
}

// roomFor reports whether the root span takes one more event, and counts it. Of
// too many, the first are kept.
func (m *Mapper) roomFor(s *openSession) bool {
	n, dropped := &s.nEvents, &s.dropped
	if s.turn != nil {
		n, dropped = &s.turn.nEvents, &s.turn.dropped
	}
	if *n >= m.opt.MaxEvents {
		*dropped++
		return false
	}
	*n++
	return true
}

// rootEvents are those of the root span: of the turn, if there is one.
func (s *openSession) rootEvents() *[]byte {
	if s.turn != nil {
		return &s.turn.events
	}
	return &s.events
}

// eventHere adds an event with the attributes in m.ev to the open call that a
// record is about, else to the root span.
func (m *Mapper) eventHere(s *openSession, h *head, name string) {
	if raw := h.e.ParentRaw(); len(raw) > 2 {
		if c := s.calls[m.hash(raw)]; c != nil && !c.done {
			if c.nEvents >= m.opt.MaxEvents || len(c.events) >= maxCallEvents {
				c.dropped++
				return
			}
			c.nEvents++
			c.events = appendEvent(c.events, h.at, name, &m.ev)
			return
		}
		m.ev.str("agent_trace.parent_id", h.e.Parent())
	}
	if m.roomFor(s) {
		to := s.rootEvents()
		*to = appendEvent(*to, h.at, name, &m.ev)
	}
}
