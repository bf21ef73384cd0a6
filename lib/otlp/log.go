package otlp

import (
	"slices"

	"agenttrace/lib/event"
)

// A level is the severity of a log record: its number and its name.
type level struct {
	number int
	name   string
}

var (
	infoLevel  = level{9, "INFO"}
	warnLevel  = level{13, "WARN"}
	errorLevel = level{17, "ERROR"}
)

// place returns the span that the log record of an event belongs to: that of
// the call or request, else the root span.
func (m *Mapper) place(s *openSession, e event.Event) [8]byte {
	switch {
	case e.Is("tool_call", "llm_request") && len(e.IDRaw()) > 2:
		return SpanID(e.ID())
	case len(e.ParentRaw()) > 2:
		return SpanID(e.Parent())
	case e.Is("llm_response") && len(e.IDRaw()) > 2:
		return SpanID(e.ID())
	}
	_, root := s.home(s.turn)
	return root
}

// logged makes a log record of an event of which no more is told than that it
// was.
func (m *Mapper) logged(s *openSession, h *head, name string, l level) {
	if !m.logs {
		return
	}
	m.a.reset()
	m.a.str("agent_trace.event_id", h.e.ID())
	if h.e.Is("session_start", "session_end") {
		for _, k := range []string{"agent", "agent_version", "model", "source", "reason"} {
			m.a.str("agent_trace."+k, first(h.e.Data(), k))
		}
	}
	m.log(s, h, name, l)
}

// log makes the item of a log record, with the attributes in m.a.
func (m *Mapper) log(s *openSession, h *head, name string, l level) {
	a := &m.a
	a.str("event.name", name)
	a.str("gen_ai.conversation.id", s.id)
	a.str("session.id", s.id)
	a.str("user.id", s.facts.user)
	if !h.timed {
		a.bool("agent_trace.time_unknown", true)
	}
	var kept []attr // a record is sorted, and cut to its limits
	if m.claude {
		kept = slices.Clone(a.list)
	}
	m.record(s, h, name, "", l)
	if m.claude {
		m.claudeLog(s, h, name, l, kept)
	}
}

// record makes the item of a log record with the attributes in m.a. A body is
// left out if it is "".
func (m *Mapper) record(s *openSession, h *head, name, body string, l level) {
	a := &m.a
	b := m.body[:0]
	// The trace id comes first, so that its place is known.
	trace, _ := s.home(h.turn)
	b = appendBytes(b, 9, trace[:])
	b = appendBytes(b, 10, h.span[:])
	if h.at > 0 {
		b = appendFixed64(b, 1, uint64(h.at))
		b = appendFixed64(b, 11, uint64(h.at))
	}
	b = appendVarint(b, 2, uint64(l.number))
	b = appendBytes(b, 3, l.name)
	if body != "" {
		var at int
		b, at = open(b, 5)
		b = shut(appendBytes(b, 1, body), at)
	}
	a.deep = true
	b = a.appendMost(b, 6, m.opt.MaxLogAttrs)
	a.deep = false
	b = appendFixed32(b, 8, flagSampled)
	m.body = appendText(b, 12, name, a.limit)
	m.put(Logs, s, traceInSpan)
}

// callLog makes the log record of a tool_call.
func (m *Mapper) callLog(s *openSession, h *head, c *call) {
	if !m.logs {
		return
	}
	a := &m.a
	a.reset()
	a.int("agent_trace.args.bytes", int64(c.size))
	a.str("agent_trace.command.program", c.program)
	a.str("agent_trace.event_id", c.id)
	a.str("agent_trace.title", c.title)
	a.str("file.path", c.path)
	a.str("gen_ai.tool.call.arguments", c.args)
	a.str("gen_ai.tool.call.id", c.use)
	a.str("gen_ai.tool.name", c.name)
	m.log(s, h, "tool_call", infoLevel)
}

// outcomeLog makes the log record of the outcome of a call.
func (m *Mapper) outcomeLog(s *openSession, h *head, o *outcome) {
	if !m.logs {
		return
	}
	a := &m.a
	a.reset()
	a.str("agent_trace.event_id", h.e.ID())
	a.str("agent_trace.parent_id", h.e.Parent())
	a.int("agent_trace.result.bytes", int64(o.size))
	if o.measured {
		a.float("agent_trace.duration_ms", float64(o.took)/1e6)
	}
	a.bool("agent_trace.success", !o.failed)
	l := infoLevel
	if o.failed {
		l = errorLevel
		a.str("error.type", o.kind)
		a.str("exception.message", m.told(o))
		a.str("exception.type", o.kind)
	}
	if o.exited {
		a.int("process.exit.code", int64(o.exit))
	}
	a.str("gen_ai.tool.call.id", plain(o.use))
	a.str("gen_ai.tool.name", m.intern(o.name))
	if m.opt.Content == Full {
		a.str("gen_ai.tool.call.result", keep(o.result, m.opt.Limit))
	}
	m.log(s, h, "tool_result", l)
}

// answerLog makes the log record of an llm_response.
func (m *Mapper) answerLog(s *openSession, h *head, r *request, x *answer) {
	if !m.logs {
		return
	}
	h.span = r.span
	a := &m.a
	a.reset()
	a.str("agent_trace.event_id", h.e.ID())
	a.str("agent_trace.request_id", x.request)
	a.str("gen_ai.operation.name", "chat")
	a.str("gen_ai.provider.name", Provider(x.model, s.facts.agent))
	a.str("gen_ai.request.model", r.model)
	if x.stop != "" {
		a.strs("gen_ai.response.finish_reasons", []string{x.stop})
	}
	a.str("gen_ai.response.id", x.id)
	a.str("gen_ai.response.model", x.model)
	x.use.attrs(a)
	m.messages(s, a, x)
	m.log(s, h, "gen_ai.client.inference.operation.details", infoLevel)
}
