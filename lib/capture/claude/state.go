package claude

import (
	"maps"
	"slices"

	"agenttrace/lib/event"
)

// A Child is what the file agent-<id>.meta.json beside a subagent's transcript
// says of it.
type Child struct {
	Agent       string // its id, from the name of the file
	Parent      string // the id of the subagent that started it, "" if the session did
	Type        string
	Description string
	ToolUseID   string // of the call that started it
}

// A State turns Lines into events. It knows what the lines so far have said,
// in all files of a run.
type State struct {
	Emit func(line []byte) error
	// Mark, if set, is called when a message begins; see Place.
	Mark func() int

	started map[string]bool        // sessions that have their session_start
	answers map[uint64]*told       // API messages by id, of all files
	spawns  map[string]string      // child session → event_id of its call
	prompts map[spawn]string       // what a call told a subagent → event_id
	open    map[string]*answerOpen // by session: the message being written
	calls   map[string]called      // session and tool_use_id → its call
	sides   map[string]string      // uuid of a sidechain's line → of its first
	file    file
	here    mark  // the line being taken
	first   First // of the message that was told last

	o   event.Object
	buf []byte
	err error
}

// spawn is by what the call that started a subagent is found.
type spawn struct {
	session string
	told    uint64 // hash of the prompt
}

// file is what is known of the file being read.
type file struct {
	session string // of lines that do not say
	child   Child
	nano    int64 // the last time
	hasTime bool
}

type called struct {
	tool  string
	nano  int64
	timed bool
}

// NewState returns a State that gives each event to emit.
func NewState(emit func(line []byte) error) *State {
	return &State{
		Emit: emit, started: map[string]bool{}, answers: map[uint64]*told{}, spawns: map[string]string{},
		prompts: map[spawn]string{}, open: map[string]*answerOpen{}, calls: map[string]called{}, sides: map[string]string{},
	}
}

// Begin starts a file. session is the session that its name tells, for lines
// that do not say; child says which subagent's file it is, if it is one.
func (s *State) Begin(session string, child Child) {
	s.file = file{session: session, child: child}
	clear(s.sides)
}

// End finishes a file: no more lines of its messages will come.
func (s *State) End() error {
	s.Quiet()
	clear(s.open)
	clear(s.calls)
	return s.err
}

// Quiet takes the messages being written for whole.
func (s *State) Quiet() error {
	for _, session := range sortedKeys(s.open) {
		s.close(session)
	}
	return s.err
}

// A Place is where the reading of a file is, for files that are read in turns.
type Place struct {
	file  file
	sides map[string]string
}

// NewPlace returns the start of a file, see Begin.
func NewPlace(session string, child Child) Place {
	return Place{file{session: session, child: child}, map[string]string{}}
}

// Swap exchanges the place that s is at with another.
func (s *State) Swap(p *Place) {
	s.file, p.file = p.file, s.file
	s.sides, p.sides = p.sides, s.sides
}

// Take takes the next line of the file. A line of which nothing tells the
// session is an error.
func (s *State) Take(l *Line) error {
	if l.Session == "" {
		l.Session = s.file.session
	} else if s.file.session == "" {
		s.file.session = l.Session
	}
	s.here.timed = l.HasTime
	if l.HasTime {
		s.file.nano, s.file.hasTime = l.Nano, true
	} else {
		l.Nano, l.HasTime = s.file.nano, s.file.hasTime
	}
	session := s.sessionOf(l)
	if len(l.Drafts) == 0 && l.Answer == nil && !l.Begins {
		return s.err
	}
	if session == "" {
		return errNoFileSession
	}
	s.start(session, l)
	if l.Answer != nil {
		s.answer(session, l)
	}
	for i := range l.Drafts {
		s.draft(session, l, &l.Drafts[i])
	}
	return s.err
}

// sessionOf returns the session a line belongs to: its sessionId, or that of
// the subagent.
func (s *State) sessionOf(l *Line) string {
	agent := l.Agent
	if agent == "" && l.Sidechain {
		agent = s.file.child.Agent
	}
	if agent == "" && l.Sidechain {
		// An old version, which did not name its subagents: a sidechain is
		// one from its first line on.
		first, ok := s.sides[l.ParentID]
		if !ok {
			first = l.UUID
			if len(l.Drafts) > 0 && l.Drafts[0].told != 0 {
				if call, ok := s.prompts[spawn{l.Session, l.Drafts[0].told}]; ok {
					s.spawns[ChildID(l.Session, first)] = call
				}
			}
		}
		s.sides[l.UUID] = first
		agent = first
	}
	if agent == "" || l.Session == "" {
		return l.Session
	}
	l.Agent = agent
	return ChildID(l.Session, agent)
}

// start emits the session_start of a session at its first line.
func (s *State) start(session string, l *Line) {
	if s.started[session] {
		return
	}
	s.started[session] = true
	s.o.Str("agent", Agent).Raw("agent_version", nonEmpty(l.Facts.version)).Str("source", "startup")
	s.o.Raw("cwd", nonEmpty(l.Facts.cwd))
	if b := nonEmpty(l.Facts.branch); b != nil {
		s.o.Raw("git", append(append([]byte(`{"branch":`), b...), '}'))
	}
	s.o.Raw("entrypoint", nonEmpty(l.Facts.entrypoint))
	if session != l.Session {
		s.o.Str("agent_id", l.Agent)
		if c := s.file.child; c.Agent == l.Agent {
			s.o.Str("agent_type", c.Type).Str("description", c.Description)
			if c.ToolUseID != "" {
				s.spawns[session] = callID(s.parent(l), c.ToolUseID)
			}
		}
		s.o.Str("parent_session_id", s.parent(l)).Str("parent_event_id", s.spawns[session])
	}
	s.emit(event.Header{Type: "session_start", UnixNano: l.Nano, Untimed: !l.HasTime, ID: startID(session), Session: session})
}

// parent returns the session that started the subagent that l belongs to: the
// file's session, or another subagent of it.
func (s *State) parent(l *Line) string {
	if c := s.file.child; c.Agent == l.Agent && c.Parent != "" {
		return ChildID(l.Session, c.Parent)
	}
	return l.Session
}

func nonEmpty(raw []byte) []byte {
	if len(raw) <= 2 || raw[0] != '"' {
		return nil
	}
	return raw
}

// startID is the id of the first session_start of a session, which hooks and
// transcript share.
func startID(session string) string { return event.ID(session, "session_start", "startup") }

func callID(session, toolUseID string) string { return event.ID(session, "tool_call", toolUseID) }

// draft emits one event of a line.
func (s *State) draft(session string, l *Line, d *draft) {
	nano, timed := l.Nano, l.HasTime
	if d.inner != "" {
		outer := session
		session = ChildID(l.Session, d.inner)
		if d.parent != "" {
			s.spawns[session] = callID(outer, d.parent)
		}
		inner := *l
		inner.Agent = d.inner
		if d.nano != 0 {
			inner.Nano, inner.HasTime = d.nano, true
			nano, timed = d.nano, true
		}
		s.start(session, &inner)
	}
	h := event.Header{Type: d.typ, UnixNano: nano, Untimed: !timed, ID: event.ID(session, d.kind, d.key), Session: session}
	data := d.data
	switch {
	case d.typ == "tool_call":
		if d.call != "" {
			s.calls[session+"\x00"+d.call] = called{d.tool, nano, timed}
		}
		if d.spawned != 0 {
			s.prompts[spawn{l.Session, d.spawned}] = h.ID
		}
	case d.call != "":
		s.closeIfWhole(session)
		data = s.outcome(session, l.Session, d, &h)
	case closing[d.typ]:
		s.close(session) // whatever was said before is complete
	}
	s.buf = event.Append(s.buf[:0], h, data)
	s.give()
}

// closing are the events that come only when the agent has done: the message
// before them is whole.
var closing = map[string]bool{
	"user_prompt": true, "user_prompt_expansion": true, "user_command": true, "compaction": true, "interrupt": true,
}

// outcome links a result or error to its call. outer is the session that the
// agent knows, which all its subagents belong to.
func (s *State) outcome(session, outer string, d *draft, h *event.Header) []byte {
	h.Parent = callID(session, d.call)
	key := session + "\x00" + d.call
	c, ok := s.calls[key]
	if ok {
		delete(s.calls, key)
		if c.timed && !h.Untimed && h.UnixNano >= c.nano {
			ns := h.UnixNano - c.nano
			h.Nanos = &ns
		}
		s.o.Str("tool_name", c.tool)
	}
	if d.agent != "" {
		child := ChildID(outer, d.agent)
		s.spawns[child] = h.Parent
		s.o.Str("child_session_id", child)
	}
	if s.o.Len() == 0 {
		return d.data
	}
	return s.o.With(d.data)
}

// emit emits an event whose data has been built.
func (s *State) emit(h event.Header) {
	s.buf = event.Append(s.buf[:0], h, s.o.Fit(h.Type).Bytes())
	s.o.Reset()
	s.give()
}

func (s *State) give() {
	if s.err == nil {
		s.err = s.Emit(s.buf)
	}
}

// sortedKeys returns the keys in an order that does not change from run to run.
func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
