package otlp

import (
	"crypto/sha256"

	"agenttrace/lib/event"
)

// A turn is what follows from one prompt, with Options.ByTurn: a trace of its own,
// whose root span has a link to that of the session.
type turn struct {
	id    string // of the prompt
	trace [16]byte
	root  [8]byte
	index int

	start, latest                        int64
	timed                                bool
	toolCalls, answers, errors, apiError int
	use                                  usage

	events           []byte
	nEvents, dropped int
}

// TurnID returns the id of the trace of a turn, by the event_id of its prompt.
// That of its root span is the SpanID of the same.
func TurnID(prompt string) (id [16]byte) {
	sum := sha256.Sum256([]byte("turn-" + prompt))
	copy(id[:], sum[:])
	return id
}

// turned begins a turn with a prompt, and ends the one before. A subagent has
// none: it belongs to the turn of the call that started it.
func (m *Mapper) turned(s *openSession, h *head) {
	if !m.opt.ByTurn || s.below {
		return
	}
	m.endTurn(s)
	id := h.e.ID()
	if id == "" {
		id = event.ID(s.id, "user_prompt", string(event.AppendSeconds(nil, h.at)))
	}
	s.turn = &turn{id: id, trace: TurnID(id), root: SpanID(id), index: s.prompts, start: h.at, latest: h.at, timed: h.timed}
	h.turn = s.turn
	h.span = s.turn.root
}

// turnOf returns the turn that an event belongs to: that of the call or request
// that it is the outcome of, else the one that goes on.
func (m *Mapper) turnOf(s *openSession, e event.Event) *turn {
	if s.turn == nil {
		return nil
	}
	if raw := e.ParentRaw(); len(raw) > 2 {
		key := m.hash(raw)
		if c := s.calls[key]; c != nil {
			return c.turn
		}
		if r := s.requests[key]; r != nil {
			return r.turn
		}
	}
	return s.turn
}

// home returns the trace and the root span that what belongs to a turn is in; t
// is nil for what belongs to none.
func (s *openSession) home(t *turn) (trace [16]byte, root [8]byte) {
	if t == nil {
		return s.trace, s.root
	}
	return t.trace, t.root
}

// reach notes a time that belongs to a turn.
func (t *turn) reach(at int64) {
	if t != nil {
		t.latest = max(t.latest, at)
	}
}

// traceBelow returns the trace that a subagent is in whose root span is below a
// span of this session. ok is false if that span has not been seen yet.
func (m *Mapper) traceBelow(s *openSession, span [8]byte) (trace [16]byte, ok bool) {
	if !m.opt.ByTurn || s.below {
		return s.trace, true
	}
	if t, ok := s.turnOfCall[span]; ok {
		trace, _ = s.home(t)
		return trace, true
	}
	if span == s.root {
		trace, _ = s.home(s.turn)
		return trace, true
	}
	return trace, false
}

// endTurn makes the root span of the turn that goes on.
func (m *Mapper) endTurn(s *openSession) {
	t := s.turn
	if t == nil || !m.traces {
		return
	}
	f := &s.facts
	a := &m.a
	a.reset()
	a.int("agent_trace.api_errors", int64(t.apiError))
	a.int("agent_trace.errors", int64(t.errors))
	a.str("agent_trace.event_id", t.id)
	a.int("agent_trace.llm_requests", int64(t.answers))
	if !t.timed {
		a.bool("agent_trace.time_unknown", true)
	}
	a.int("agent_trace.tool_calls", int64(t.toolCalls))
	a.int("agent_trace.turn.index", int64(t.index))
	a.str("gen_ai.agent.name", s.agentName())
	a.str("gen_ai.agent.version", f.version)
	a.str("gen_ai.conversation.id", s.id)
	a.str("gen_ai.operation.name", "invoke_agent")
	a.str("gen_ai.provider.name", f.provider)
	a.str("gen_ai.request.model", f.model)
	t.use.attrs(a)
	link, at := open(nil, 13)
	link = appendBytes(link, 1, s.trace[:])
	link = appendBytes(link, 2, s.root[:])
	m.span(s, &spanHead{
		trace: t.trace, id: t.root, verb: "invoke_agent", name: s.agentName(), kind: internalKind,
		start: t.start, end: t.latest, events: t.events, dropped: t.dropped, links: shut(link, at),
	}, agentThing)
}
