package grep

import (
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"

	"agenttrace/lib/event"
)

// MaxAfter is how many steps a sequence may have.
const MaxAfter = 31

// A Grep selects. Its fields are to be set before the first Read.
type Grep struct {
	Query *Query
	After []*Query // an event counts only if these were met before it in its session, in this order

	Not bool // select what is not selected otherwise

	// Before and Trail are how many events of the same session are handed on
	// before and after each that is selected.
	Before, Trail int

	Unit  Unit // what is selected
	Count bool // hand on nothing

	Emit    func(line []byte) error // is handed what is selected; valid during the call
	Problem func(error)             // is told of lines that are not events
	Idle    func() error            // is called when more input has to be waited for; may be nil

	matcher  *matcher
	lean     bool // whether an event is selected does not depend on others
	selected int
	links    links
	sessions map[string]*session // by the session_id as it stands in the line
	order    []*session
	last     *session
	lastRaw  []byte
}

// A Unit is what is selected.
type Unit uint8

// The units. Sessions are selected if one of their events is, and with Not if
// none is.
const (
	Events   Unit = iota
	Sessions      // all lines of a session
	IDs           // the ids of sessions
)

// A session is what is remembered of one.
type session struct {
	id      string
	step    int // how many of After were met
	cwd     string
	ring    [][]byte // the last lines that were not handed on
	next    int      // the oldest of them, once there are Before
	trail   int      // how many lines are still to be handed on
	matched bool
	held    []byte // its lines, each with its newline
}

// A line is a line of a chunk that has to be looked at in order.
type line struct {
	raw     []byte
	session []byte // its session_id as it stands
	verdict verdict
	isEvent bool
	problem error
}

// Read selects from one file. name is for messages. An error of Emit or Idle
// ends it; a file that cannot be read to its end is told to Problem.
func (g *Grep) Read(r io.Reader, name string) error {
	if g.matcher == nil {
		g.matcher = newMatcher(append([]*Query{g.Query}, g.After...))
		g.lean = g.Unit == Events && len(g.After) == 0 && g.Before == 0 && g.Trail == 0 &&
			g.matcher.shared == 0
		g.sessions = map[string]*session{}
	}
	work := func(c event.Chunk) []line { return g.chunk(c, name) }
	take := func(lines []line) error {
		for i := range lines {
			if err := g.take(&lines[i]); err != nil {
				return err
			}
		}
		return nil
	}
	var failed error
	note := func(err error) error {
		failed = err
		return err
	}
	idle := g.Idle
	if idle != nil {
		idle = func() error { return note(g.Idle()) }
	}
	err := event.Chunks(r, idle, work, func(lines []line) error { return note(take(lines)) })
	if failed != nil {
		return failed
	}
	if err != nil {
		g.Problem(fmt.Errorf("%s: %w", name, err))
	}
	return nil
}

// chunk judges the lines of a chunk.
func (g *Grep) chunk(c event.Chunk, name string) []line {
	lines := make([]line, 0, 64)
	var room []byte
	n := c.Line
	for data := c.Data; len(data) > 0; n++ {
		raw := data
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			raw, data = data[:i:i], data[i+1:]
		} else {
			data = nil
		}
		raw = bytes.TrimSuffix(raw, []byte("\r"))
		if n == 1 {
			raw = bytes.TrimPrefix(raw, []byte("\uFEFF"))
		}
		if len(bytes.TrimSpace(raw)) == 0 {
			continue
		}
		if utf8.Valid(raw) {
			if e, err := event.Parse(raw); err == nil {
				lines = g.event(lines, e, nil, &room)
				continue
			}
		}
		lines = g.odd(lines, raw, name, n, &room)
	}
	return lines
}

// odd takes a line that is not quite an event in the way of event.Files: bytes that
// are not UTF-8 are read as U+FFFD, and events that were joined on one line, by
// writers that did not wait for each other, are taken apart.
func (g *Grep) odd(lines []line, raw []byte, name string, n int, room *[]byte) []line {
	pieces, note := []event.Piece{{Raw: raw, Whole: true}}, ""
	if _, err := event.Parse(bytes.ToValidUTF8(raw, []byte("\uFFFD"))); err != nil {
		if joined, msg := event.Joined(raw); joined != nil {
			pieces, note = joined, msg
		}
	}
	for i, p := range pieces {
		text := bytes.ToValidUTF8(p.Raw, []byte("\uFFFD"))
		e, err := event.Parse(text)
		msg := ""
		switch {
		case err != nil:
			msg = err.Error()
		case !utf8.Valid(p.Raw):
			msg = "bytes that are not UTF-8, read as U+FFFD"
		}
		if note != "" && (i == 0 || !p.Whole) {
			msg = note
		}
		var problem error
		if msg != "" {
			problem = &event.SyntaxError{File: name, Line: n, Msg: msg}
		}
		if err != nil {
			lines = append(lines, line{raw: p.Raw, problem: problem})
		} else {
			lines = g.event(lines, e, problem, room)
		}
	}
	return lines
}

// event judges an event, and leaves it out if it is of no further interest.
func (g *Grep) event(lines []line, e event.Event, problem error, room *[]byte) []line {
	v := g.matcher.judge(e, room)
	if g.lean && problem == nil && (v.own&1 == 1) == g.Not {
		return lines
	}
	return append(lines, line{raw: e.Raw, session: e.SessionRaw(), verdict: v, isEvent: true, problem: problem})
}

// take looks at a line in its turn.
func (g *Grep) take(l *line) error {
	if l.problem != nil {
		g.Problem(l.problem)
	}
	if !l.isEvent {
		// It meets no condition, and belongs to no session.
		if g.Unit == Events && (g.Not || len(g.After) == 0 && g.Query.empty()) {
			return g.emit(l.raw)
		}
		return nil
	}
	if g.lean {
		if (l.verdict.own&1 == 1) != g.Not {
			return g.emit(l.raw)
		}
		return nil
	}
	s := g.session(l.session)
	match := g.match(s, &l.verdict)
	if g.Unit != Events {
		return g.unit(s, l.raw, match)
	}
	if match != g.Not {
		return g.hit(s, l.raw)
	}
	return g.miss(s, l.raw)
}

func (g *Grep) emit(raw []byte) error {
	g.selected++
	return g.pass(raw)
}

func (g *Grep) pass(raw []byte) error {
	if g.Count {
		return nil
	}
	return g.Emit(raw)
}

// match reports whether an event meets the query, and notes what it means for
// those that follow.
func (g *Grep) match(s *session, v *verdict) bool {
	m := g.matcher
	if v.starts {
		s.cwd = dir(v.cwd)
	}
	shared := v.shared | ^m.shared
	if v.open != 0 {
		for i, q := range m.queries {
			if v.open&(1<<i) != 0 && v.paths.meets(q, s.cwd, true) == yes {
				shared |= 1 << i
			}
		}
	}
	switch {
	case v.role == call && v.link != 0:
		if set := shared & m.shared; set != 0 {
			g.links.add(v.link, set)
		}
	case v.role == outcome:
		shared |= g.links.get(v.link)
	}
	met := v.own & shared
	match := met&1 == 1 && s.step == len(g.After)
	if s.step < len(g.After) && met&(2<<s.step) != 0 {
		s.step++
	}
	return match
}

// session returns what is remembered of a session.
func (g *Grep) session(raw []byte) *session {
	if g.last != nil && bytes.Equal(raw, g.lastRaw) {
		return g.last
	}
	s := g.sessions[string(raw)]
	if s == nil {
		// An id may be written in two ways, with escapes and without.
		id := text(raw)
		key := string(event.AppendString(nil, id))
		if s = g.sessions[key]; s == nil {
			s = &session{id: id}
			g.sessions[key] = s
			g.order = append(g.order, s)
		}
		g.sessions[string(raw)] = s
	}
	g.last, g.lastRaw = s, append(g.lastRaw[:0], raw...)
	return s
}

// unit takes an event where sessions are selected.
func (g *Grep) unit(s *session, raw []byte, match bool) error {
	first := match && !s.matched
	s.matched = s.matched || match
	hold := g.Unit == Sessions && !g.Count
	switch {
	case g.Not && s.matched:
		s.held = nil
		return nil
	case s.matched && g.Unit == IDs:
		if first {
			return g.emitID(s)
		}
		return nil
	case s.matched:
		if first {
			g.selected++
			if err := g.flush(s); err != nil {
				return err
			}
		}
		return g.pass(raw)
	}
	if hold {
		s.held = append(append(s.held, raw...), '\n')
	}
	return nil
}

func (g *Grep) emitID(s *session) error {
	if s.id == "" {
		return nil // there is nothing to call it by
	}
	return g.emit([]byte(s.id))
}

// flush hands on the lines of a session that were held.
func (g *Grep) flush(s *session) error {
	held := s.held
	s.held = nil
	for len(held) > 0 {
		i := bytes.IndexByte(held, '\n')
		if err := g.pass(held[:i]); err != nil {
			return err
		}
		held = held[i+1:]
	}
	return nil
}

// hit takes an event that is selected.
func (g *Grep) hit(s *session, raw []byte) error {
	for i := range s.ring {
		if err := g.pass(s.ring[(s.next+i)%len(s.ring)]); err != nil {
			return err
		}
	}
	s.ring, s.next = s.ring[:0], 0
	s.trail = g.Trail
	return g.emit(raw)
}

// miss takes one that is not.
func (g *Grep) miss(s *session, raw []byte) error {
	switch {
	case s.trail > 0:
		s.trail--
		return g.pass(raw)
	case g.Count || g.Before == 0:
		return nil
	case len(s.ring) < g.Before:
		// A slot that was used before is used again.
		if n := len(s.ring); n < cap(s.ring) {
			s.ring = s.ring[:n+1]
			s.ring[n] = append(s.ring[n][:0], raw...)
		} else {
			s.ring = append(s.ring, bytes.Clone(raw))
		}
		return nil
	}
	s.ring[s.next] = append(s.ring[s.next][:0], raw...)
	s.next = (s.next + 1) % g.Before
	return nil
}

// Close hands on what could only be known at the end.
func (g *Grep) Close() error {
	if !g.Not || g.Unit == Events {
		return nil
	}
	for _, s := range g.order {
		if s.matched {
			continue
		}
		if g.Unit == IDs {
			if err := g.emitID(s); err != nil {
				return err
			}
			continue
		}
		g.selected++
		if err := g.flush(s); err != nil {
			return err
		}
	}
	return nil
}

// Selected returns how many events or sessions were selected.
func (g *Grep) Selected() int { return g.selected }
