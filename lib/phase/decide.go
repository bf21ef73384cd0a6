package phase

// same reports whether a call of class c goes on with what a phase of class p
// does. Linting goes with the tests or the build that it stands beside.
func same(p, c class) bool {
	return p == c || c == lint && (p == test || p == build) || p == lint && (c == test || c == build)
}

// decide is called when a call was held back, as the last of the events that
// are. It gives them to the open phase, begins another one, or leaves them.
func (s *session) decide(c *call) {
	p := s.open
	switch {
	case p.class == none:
		s.commitAll()
	case c.class == none:
		if !s.undecided() {
			s.commitAll()
		}
	case p.class.weak():
		s.decideLooking(c)
	case c.class.weak():
		if s.looks() > maxLooks {
			s.split()
		}
	case same(p.class, c.class):
		if p.stuck() && (s.anotherWay(c) || p.class != c.class && p.class == lint) {
			s.split()
		} else {
			s.commitAll()
		}
	case p.stuck() || c.class == edit || c.class == vcs || c.class == agent || s.detour() > maxDetour:
		s.split()
	}
}

// decideLooking decides about a call in a phase of looking around.
func (s *session) decideLooking(c *call) {
	p := s.open
	if c.class.weak() {
		s.commitAll()
		return
	}
	n := 0
	for _, cl := range []class{look, run, web, history} {
		if cl != history || c.class != vcs {
			n += p.calls[cl].calls
		}
	}
	most := p.leadIn
	if most == 0 {
		most = otherLeadIn
		if c.class == edit {
			most = editLeadIn
		}
	}
	if n <= most {
		s.commitAll()
	} else {
		s.split()
	}
}

// anotherWay reports whether a call does by other means what failed. What was
// tried before is a retry, whatever stands before it.
func (s *session) anotherWay(c *call) bool {
	way := s.open.calls[c.class].way
	return !c.retry && way != "" && c.way != "" && way != c.way
}

// undecided reports whether a call that says something is held back.
func (s *session) undecided() bool {
	for _, f := range s.held {
		if f.kind == calling && f.call.class != none {
			return true
		}
	}
	return false
}

// looks returns how many calls at the end of those held back look around.
func (s *session) looks() (n int) {
	for i := len(s.held) - 1; i >= 0; i-- {
		if f := s.held[i]; f.kind == calling {
			if f.call.class.strong() {
				break
			}
			if f.call.class.weak() {
				n++
			}
		}
	}
	return n
}

// detour returns how many calls held back are steps by themselves.
func (s *session) detour() (n int) {
	for _, f := range s.held {
		if f.kind == calling && f.call.class.strong() {
			n++
		}
	}
	return n
}

// split begins a phase within the events held back, and places those that come
// after its beginning again.
func (s *session) split() {
	at := s.boundary()
	list := s.held
	s.held = nil
	for _, f := range list[:at] {
		s.commit(f)
	}
	s.begin(list[at], "", false)
	for _, f := range list[at:] {
		s.place(f)
	}
}

// boundary returns where in the events held back a phase begins: before the
// first call that is a step by itself and what was looked at for it. If what
// was done before is stuck, what was looked at since was for finding another
// way.
func (s *session) boundary() int {
	at := -1
	for i, f := range s.held {
		if f.kind == calling && f.call.class.strong() {
			at = i
			break
		}
	}
	if at < 0 || s.open.stuck() {
		return 0
	}
	c := s.held[at].call.class
	for i := at - 1; i >= 0; i-- {
		f := s.held[i]
		if f.kind == calling {
			cl := f.call.class
			if cl != none && !(c == vcs && cl == history) && !(c == edit && (cl == look || cl == web)) {
				break
			}
			at = i
		}
	}
	// What the agent said before the call belongs to it.
	for at > 0 && s.held[at-1].kind != ending && s.held[at-1].kind != calling {
		at--
	}
	return at
}

// finish decides about all events held back: nothing more is known that could
// help. A step that was begun is a phase, looking around is none.
func (s *session) finish() {
	if s.slash != nil {
		// Nothing was done about the slash command.
		s.slash = nil
		number := s.phases
		s.held[0].work = false
		for _, f := range s.held {
			if s.open != nil {
				s.commit(f)
			} else {
				s.seg.assign(f.tag, number)
			}
		}
		s.held = nil
		return
	}
	for len(s.held) > 0 {
		if s.detour() == 0 {
			s.commitAll()
		} else {
			s.split()
		}
	}
}
