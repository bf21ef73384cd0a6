package otlp

// maxHeld is how much may be held back, in bytes.
const maxHeld = 8 << 20

// held are the items of a subagent that was read before the session that
// started it: it is not known which trace they belong to.
type held struct {
	parent string // the id of the session above
	items  []byte
	list   []heldItem
}

type heldItem struct {
	signal Signal
	end    int
	at     int // of the trace id in the item; 0 for none
}

// link puts a subagent below the call that started it, in the trace of that
// session. Until that session has told whose subagent it is in its turn, what
// is made of this one is held back.
func (m *Mapper) link(s *openSession, l link) {
	if s.linked {
		return
	}
	s.linked, s.below, s.remote = true, true, false
	s.above = RootID(l.session)
	if l.has {
		s.above = l.call
	}
	if x, ok := m.ended[l.session]; ok {
		s.trace, s.depth = x.trace, x.depth+1
		if m.opt.ByTurn {
			s.trace = x.turn
		}
		m.settle(s)
		return
	}
	if p := m.sessions[l.session]; p != nil && p.settled {
		if trace, ok := m.traceBelow(p, s.above); ok {
			s.trace, s.depth = trace, p.depth+1
			m.settle(s)
			return
		}
	}
	s.depth = 1
	s.held = &held{parent: l.session}
	m.waiting[l.session] = append(m.waiting[l.session], s)
}

// settle says that the trace of a session will not change: what its subagents
// have held back can go.
func (m *Mapper) settle(s *openSession) {
	if s.settled {
		return
	}
	s.settled = true
	m.unblock(s)
}

// unblock lets the subagents of a session go whose trace is known.
func (m *Mapper) unblock(s *openSession) {
	list := m.waiting[s.id]
	if len(list) == 0 {
		return
	}
	delete(m.waiting, s.id)
	for _, c := range list {
		trace, ok := m.traceBelow(s, c.above)
		if !ok && !s.gone {
			m.waiting[s.id] = append(m.waiting[s.id], c)
			continue
		}
		if !ok {
			trace, _ = s.home(s.turn)
		}
		c.trace, c.depth = trace, s.depth+1
		m.release(c)
		m.settle(c)
	}
}

// hold keeps the item in m.body.
func (m *Mapper) hold(s *openSession, sig Signal, at int) {
	h := s.held
	h.items = append(h.items, m.body...)
	h.list = append(h.list, heldItem{sig, len(h.items), at})
	if m.heldSize += len(m.body); m.heldSize > maxHeld {
		for _, o := range m.order {
			if o != nil {
				m.giveUp(o)
			}
		}
	}
}

// release hands the items that were held on, in the trace of the session.
func (m *Mapper) release(s *openSession) {
	h := s.held
	if h == nil {
		return
	}
	s.held = nil
	m.heldSize -= len(h.items)
	from := 0
	for _, it := range h.list {
		item := h.items[from:it.end]
		if it.at > 0 {
			copy(item[it.at:], s.trace[:])
		}
		m.add(it.signal, item)
		from = it.end
	}
}

// giveUp hands the items on that are held for a session, in the trace that is
// the most likely.
func (m *Mapper) giveUp(s *openSession) {
	if s.held == nil {
		return
	}
	m.waiting[s.held.parent] = remove(m.waiting[s.held.parent], s)
	s.trace = m.guess(s)
	m.release(s)
	m.settle(s)
}

// guess returns the trace of the topmost session above that is known of.
func (m *Mapper) guess(s *openSession) [16]byte {
	for range 100 {
		if s.held == nil {
			return s.trace
		}
		p := m.sessions[s.held.parent]
		if p == nil {
			if m.opt.Parent != nil {
				return m.opt.Parent.Trace
			}
			return TraceID(s.held.parent)
		}
		s = p
	}
	return s.trace
}
