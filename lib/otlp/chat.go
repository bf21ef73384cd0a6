package otlp

import (
	"slices"
	"strconv"

	"agenttrace/lib/event"
)

// A request is an llm_request that was not answered yet.
type request struct {
	id    string
	span  [8]byte
	turn  *turn
	model string
	at    int64
	timed bool
	keys  [2]uint64 // under which it is open
	done  bool
}

// usage is the tokens of one answer or of several.
type usage struct {
	input, output, read, write5m, write1h, reasoning int64
	known                                            bool
}

func (u *usage) add(v usage) {
	u.input += v.input
	u.output += v.output
	u.read += v.read
	u.write5m += v.write5m
	u.write1h += v.write1h
	u.reasoning += v.reasoning
	u.known = u.known || v.known
}

// An answer is what an llm_response says.
type answer struct {
	model, id, request string
	stop               string
	use                usage
	elsewhere          bool // the tokens are told by another session
	tier               string
}

// request takes an llm_request.
func (m *Mapper) request(s *openSession, h *head) {
	r := &request{id: h.e.ID(), at: h.at, timed: h.timed, turn: s.turn}
	var native []byte
	event.Fields(h.e.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "model":
			r.model = m.intern(v)
		case "request_id":
			native = v
		}
		return true
	})
	if r.id == "" {
		r.id = event.ID(s.id, "llm_request", plain(native), string(event.AppendSeconds(nil, h.at)))
	}
	r.span = SpanID(r.id)
	s.asked = append(s.asked, r)
	if raw := h.e.IDRaw(); len(raw) > 2 {
		r.keys[0] = m.hash(raw)
		set(&s.requests, r.keys[0], r)
	}
	if isSet(native) {
		r.keys[1] = m.hash(native)
		set(&s.requests, r.keys[1], r)
	}
	if len(s.asked) >= 64 && len(s.asked) >= 2*len(s.requests) {
		s.asked = slices.DeleteFunc(s.asked, func(r *request) bool { return r.done })
	}
	m.logged(s, h, "agent_trace.llm_request", infoLevel)
}

// requestOf returns the request that an event answers.
func (s *openSession) requestOf(m *Mapper, e event.Event) *request {
	if len(s.requests) == 0 {
		return nil
	}
	keys := [][]byte{e.ParentRaw(), []byte(e.Get("request_id").Raw)}
	for _, raw := range keys {
		if !isSet(raw) {
			continue
		}
		if r := s.requests[m.hash(raw)]; r != nil {
			for _, k := range r.keys {
				if s.requests[k] == r {
					delete(s.requests, k)
				}
			}
			if !r.done {
				return r
			}
		}
	}
	return nil
}

// response takes an llm_response.
func (m *Mapper) response(s *openSession, h *head) {
	var x answer
	event.Fields(h.e.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "model":
			x.model = m.intern(v)
		case "message_id":
			x.id = plain(v)
		case "request_id":
			x.request = plain(v)
		case "stop_reason":
			x.stop = m.intern(v)
		case "service_tier":
			x.tier = m.intern(v)
		case "usage_in_session":
			x.elsewhere = true
		case "usage":
			x.use.parse(v)
		case "input_tokens": // in traces of agent-strace
			x.use.set(&x.use.input, v)
		case "output_tokens":
			x.use.set(&x.use.output, v)
		}
		return true
	})
	if x.elsewhere {
		x.use = usage{}
	}
	s.answers++
	s.use.add(x.use)
	if h.turn != nil {
		h.turn.answers++
		h.turn.use.add(x.use)
	}
	if s.facts.model == "" {
		s.facts.model = x.model
	}
	if s.facts.provider == "" {
		s.facts.provider = Provider(x.model, s.facts.agent)
	}
	r := s.requestOf(m, h.e)
	alone := r == nil
	if alone {
		r = &request{id: h.e.ID(), at: h.at, timed: h.timed, model: x.model, turn: s.turn}
		if r.id == "" {
			r.id = event.ID(s.id, "llm_response", x.id, string(event.AppendSeconds(nil, h.at)))
		}
		r.span = SpanID(r.id)
	}
	c := chatEnd{at: h.at, timed: h.timed, alone: alone, answer: x}
	if d, ok := h.e.Duration(); ok && d >= 0 {
		c.took, c.measured = int64(d), true
	}
	m.answerLog(s, h, r, &x)
	m.chat(s, r, &c, nil)
	s.answeredBy(&x)
}

// set reads a number of tokens.
func (u *usage) set(to *int64, v []byte) {
	if n, err := strconv.ParseInt(string(v), 10, 64); err == nil && n >= 0 {
		*to, u.known = n, true
	}
}

func (u *usage) parse(v []byte) {
	event.Fields(v, func(k, v []byte) bool {
		switch string(k) {
		case "input_tokens":
			u.set(&u.input, v)
		case "output_tokens":
			u.set(&u.output, v)
		case "cache_read_tokens":
			u.set(&u.read, v)
		case "cache_write_5m_tokens":
			u.set(&u.write5m, v)
		case "cache_write_1h_tokens":
			u.set(&u.write1h, v)
		case "reasoning_tokens":
			u.set(&u.reasoning, v)
		}
		return true
	})
}

// chatEnd is how a request ended.
type chatEnd struct {
	answer
	at       int64
	timed    bool
	took     int64
	measured bool
	alone    bool // the request is not known
}

// chat makes the span of a request. c is nil if it was not answered, and o is
// set if it failed.
func (m *Mapper) chat(s *openSession, r *request, c *chatEnd, o *outcome) {
	r.done = true
	start, end := r.at, r.at
	incomplete := false
	switch {
	case c != nil && c.alone:
		if c.measured && c.timed {
			start = c.at - c.took
		} else {
			incomplete = true
		}
	case c != nil && c.measured:
		end = start + c.took
	case c != nil:
		end = max(start, c.at)
	case o != nil:
		end = max(start, o.at)
	default:
		end, incomplete = max(start, s.latest), true
	}
	s.latest = max(s.latest, end)
	r.turn.reach(end)
	if start < s.first {
		s.first = start
	}
	model := r.model
	if model == "" && c != nil {
		model = c.model
	}
	if m.metrics && c != nil {
		m.m.chat(s, model, c, end-start, !incomplete)
	}
	if !m.traces {
		return
	}
	a := &m.a
	a.reset()
	a.str("agent_trace.event_id", r.id)
	if incomplete {
		a.bool("agent_trace.incomplete", true)
	}
	if !r.timed {
		a.bool("agent_trace.time_unknown", true)
	}
	if o != nil {
		a.str("error.type", o.kind)
	}
	a.str("gen_ai.conversation.id", s.id)
	a.str("gen_ai.operation.name", "chat")
	a.str("gen_ai.provider.name", Provider(model, s.facts.agent))
	a.str("gen_ai.request.model", model)
	if c != nil {
		if c.stop != "" {
			a.strs("gen_ai.response.finish_reasons", []string{c.stop})
		}
		a.str("gen_ai.response.id", c.id)
		a.str("gen_ai.response.model", c.model)
		a.str("agent_trace.request_id", c.request)
		a.str("agent_trace.service_tier", c.tier)
		c.use.attrs(a)
		m.messages(s, a, &c.answer)
	}
	trace, root := s.home(r.turn)
	sp := spanHead{trace: trace, id: r.span, parent: root, below: true, verb: "chat", name: model, kind: clientKind, start: start, end: end}
	if o != nil {
		sp.failed, sp.message = true, m.told(o)
		sp.events = m.exception(nil, o, end)
	}
	m.span(s, &sp, chatThing)
}

// attrs adds the usage under the names of the conventions: input counts what was
// read from a cache and written to one, too.
func (u *usage) attrs(a *attrs) {
	if !u.known {
		return
	}
	if n := u.write5m + u.write1h; n > 0 {
		a.int("gen_ai.usage.cache_creation.input_tokens", n)
	}
	if u.read > 0 {
		a.int("gen_ai.usage.cache_read.input_tokens", u.read)
	}
	a.int("gen_ai.usage.input_tokens", u.total())
	a.int("gen_ai.usage.output_tokens", u.output)
	if u.reasoning > 0 {
		a.int("gen_ai.usage.reasoning.output_tokens", u.reasoning)
	}
}

// total is all that went into the model.
func (u *usage) total() int64 { return u.input + u.read + u.write5m + u.write1h }
