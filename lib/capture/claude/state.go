package claude

import (
	"hash/maphash"
	"maps"
	"slices"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// A Child is what the file agent-<id>.meta.json beside a subagent's transcript
// says of it.
type Child struct {
	Agent       string // its id, from the name of the file
	Type        string
	Description string
	ToolUseID   string // of the call that started it
}

// A State turns Lines into events. It knows what the lines so far have said,
// in all files of a run.
type State struct {
	Emit func(line []byte) error

	started map[string]bool        // sessions that have their session_start
	answers map[uint64]*told       // API messages by id, of all files
	spawns  map[string]string      // child session → event_id of its call
	prompts map[uint64]string      // what a call told a subagent → event_id
	open    map[string]*answerOpen // by session: the message being written
	calls   map[string]called      // session and tool_use_id → its call
	sides   map[string]string      // uuid of a sidechain's line → of its first
	file    file

	o   event.Object
	buf []byte
	err error
}

// file is what is known of the file being read.
type file struct {
	session string // of lines that do not say
	child   Child
	nano    int64 // the last time
	hasTime bool
}

// told is an API message that had its llm_response.
type told struct {
	session string
	output  int64
}

// answerOpen is an API message of which more lines may come.
type answerOpen struct {
	answer answer
	key    uint64
	uuid   string
	nano   int64
	timed  bool
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
		prompts: map[uint64]string{}, open: map[string]*answerOpen{}, calls: map[string]called{}, sides: map[string]string{},
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
	for _, session := range sortedKeys(s.open) {
		s.close(session)
	}
	clear(s.open)
	clear(s.calls)
	return s.err
}

// Take takes the next line of the file.
func (s *State) Take(l *Line) error {
	if l.Session == "" {
		l.Session = s.file.session
	} else if s.file.session == "" {
		s.file.session = l.Session
	}
	if l.HasTime {
		s.file.nano, s.file.hasTime = l.Nano, true
	} else {
		l.Nano, l.HasTime = s.file.nano, s.file.hasTime
	}
	session := s.sessionOf(l)
	if len(l.Drafts) == 0 && l.Answer == nil || session == "" {
		return s.err
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
				if call, ok := s.prompts[l.Drafts[0].told]; ok {
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
				s.spawns[session] = callID(l.Session, c.ToolUseID)
			}
		}
		s.o.Str("parent_session_id", l.Session).Str("parent_event_id", s.spawns[session])
	}
	s.emit(event.Header{Type: "session_start", UnixNano: l.Nano, Untimed: !l.HasTime, ID: startID(session), Session: session})
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
		s.start(session, &inner)
		nano = d.nano
	}
	h := event.Header{Type: d.typ, UnixNano: nano, Untimed: !timed, ID: event.ID(session, d.kind, d.key), Session: session}
	data := d.data
	switch {
	case d.typ == "tool_call":
		if d.call != "" {
			s.calls[session+"\x00"+d.call] = called{d.tool, nano, timed}
		}
		if d.spawned != 0 {
			s.prompts[d.spawned] = h.ID
		}
	case d.call != "":
		s.closeIfWhole(session)
		data = s.outcome(session, d, &h)
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

// outcome links a result or error to its call.
func (s *State) outcome(session string, d *draft, h *event.Header) []byte {
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
		child := ChildID(session, d.agent)
		s.spawns[child] = h.Parent
		s.o.Str("child_session_id", child)
	}
	if s.o.Len() == 0 {
		return d.data
	}
	return s.o.With(d.data)
}

// answer notes the piece of an API message that a line is.
func (s *State) answer(session string, l *Line) {
	a := l.Answer
	id := a.message
	if id == "" {
		id = a.request
	}
	if id == "" {
		id = l.UUID
	}
	key := maphash.String(hashSeed, id)
	now := s.open[session]
	if now != nil && now.key != key {
		s.close(session)
		now = nil
	}
	if now == nil {
		before := s.answers[key]
		if before != nil && (before.session != session || a.usage.output <= before.output) {
			if before.session != session {
				s.repeats(session, l, before)
			}
			return
		}
		now = &answerOpen{answer: *a, key: key}
		now.answer.keep()
		s.open[session] = now
	} else {
		now.more(a)
	}
	now.uuid, now.nano, now.timed = l.UUID, l.Nano, l.HasTime
}

var hashSeed = maphash.MakeSeed()

// more puts together what two lines say of one message. Lines are written
// while the message comes in, each with the usage so far: the largest output
// counts, and of equals the last.
func (o *answerOpen) more(a *answer) {
	if a.raw != nil && (o.answer.raw == nil || a.usage.output >= o.answer.usage.output) {
		o.answer.usage, o.answer.raw = a.usage, clone(a.raw)
	}
	if a.stop != nil {
		o.answer.stop = clone(a.stop)
	}
	if o.answer.request == "" {
		o.answer.request = a.request
	}
}

// keep makes the answer outlive the chunk that it was read from.
func (a *answer) keep() { a.model, a.stop, a.raw = clone(a.model), clone(a.stop), clone(a.raw) }

func clone(b []byte) []byte {
	if b == nil {
		return nil
	}
	return append([]byte(nil), b...)
}

// close emits the llm_response of the message being written in a session.
func (s *State) close(session string) {
	o := s.open[session]
	if o == nil {
		return
	}
	delete(s.open, session)
	s.answers[o.key] = &told{session, o.answer.usage.output}
	a := &o.answer
	s.o.Raw("model", a.model).Str("message_id", a.message).Str("request_id", a.request).Raw("stop_reason", a.stop)
	if a.raw != nil {
		s.usage(a)
	}
	s.o.Str("uuid", o.uuid)
	s.emit(event.Header{Type: "llm_response", UnixNano: o.nano, Untimed: !o.timed, ID: answerID(session, a, o.uuid), Session: session})
}

// closeIfWhole closes the message being written if its usage is known to be
// final: then its llm_response stands before the results of its calls, as it
// should. Results may come between the lines of a message; lines written
// before its end have no stop_reason, and then the rest is waited for.
func (s *State) closeIfWhole(session string) {
	if o := s.open[session]; o != nil && o.answer.stop != nil {
		s.close(session)
	}
}

func answerID(session string, a *answer, uuid string) string {
	switch {
	case a.message != "":
		return event.ID(session, "llm_response", a.message)
	case a.request != "":
		return event.ID(session, "llm_response", a.request)
	}
	return event.ID(session, "llm_response", uuid)
}

// usage adds the tokens and what else the price depends on.
func (s *State) usage(a *answer) {
	var u event.Object
	u.Int("input_tokens", max(a.usage.input, 0)).Int("output_tokens", max(a.usage.output, 0))
	u.Count("cache_read_tokens", max(a.usage.read, 0))
	u.Count("cache_write_5m_tokens", max(a.usage.write5m, 0)).Count("cache_write_1h_tokens", max(a.usage.write1h, 0))
	u.Count("reasoning_tokens", max(a.usage.reasoning, 0))
	s.o.Raw("usage", u.Bytes())
	var raw, server record.Record
	if raw.Parse(a.raw) != nil {
		return
	}
	s.o.Raw("service_tier", nonEmpty(raw.Get("service_tier"))).Raw("speed", nonEmpty(raw.Get("speed")))
	s.o.Raw("inference_geo", nonEmpty(raw.Get("inference_geo")))
	if raw.Sub("server_tool_use", &server) {
		for _, kind := range []string{"web_search_requests", "web_fetch_requests"} {
			if v := server.Get(kind); len(v) > 0 && string(v) != "0" {
				s.o.Raw(kind, v)
			}
		}
	}
	if it := raw.Get("iterations"); len(it) > 2 && it[0] == '[' {
		s.o.Raw("iterations", it)
	}
}

// repeats emits the llm_response of a message that another session had first:
// this one is a copy or a fork of it. The usage is not told again.
func (s *State) repeats(session string, l *Line, before *told) {
	a := l.Answer
	key := maphash.String(hashSeed, session+"\x00"+a.message)
	if s.answers[key] != nil {
		return
	}
	s.answers[key] = before
	s.o.Raw("model", a.model).Str("message_id", a.message).Str("request_id", a.request).Raw("stop_reason", a.stop)
	s.o.Str("usage_in_session", before.session).Str("uuid", l.UUID)
	s.emit(event.Header{Type: "llm_response", UnixNano: l.Nano, Untimed: !l.HasTime, ID: answerID(session, a, l.UUID), Session: session})
}

// emit emits an event whose data has been built.
func (s *State) emit(h event.Header) {
	s.buf = event.Append(s.buf[:0], h, s.o.Bytes())
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
