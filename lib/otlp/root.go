package otlp

import (
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// said takes a prompt or a response.
func (m *Mapper) said(s *openSession, h *head, name, key string) {
	var said, model, message []byte
	thinking := false
	event.Fields(h.e.DataRaw(), func(k, v []byte) bool {
		switch {
		case string(k) == key && v[0] == '"':
			said = v
		case string(k) == "model":
			model = v
		case string(k) == "message_id":
			message = v
		case string(k) == "thinking":
			thinking = v[0] == 't'
		}
		return true
	})
	size := 0
	text := ""
	if said != nil {
		text = event.Unquote(said)
		size = len(text)
	}
	switch {
	case m.opt.Content != Full:
		text = ""
	case name == "user_prompt":
		m.hear(&s.told, part{role: "user", kind: "text"}, said)
	case thinking:
		m.hear(&s.said, part{role: "assistant", kind: "reasoning", message: plain(message)}, said)
	default:
		m.hear(&s.said, part{role: "assistant", kind: "text", message: plain(message)}, said)
	}
	add := func(a *attrs) {
		a.reset()
		if name == "user_prompt" {
			a.int("agent_trace.prompt.length", int64(size))
			a.int("agent_trace.prompt.index", int64(s.prompts))
			a.str("prompt", text)
		} else {
			a.int("agent_trace.response.length", int64(size))
			a.str("text", text)
			a.str("gen_ai.response.model", m.intern(model))
			if thinking {
				a.bool("agent_trace.thinking", true)
			}
		}
		a.str("agent_trace.event_id", h.e.ID())
	}
	m.both(s, h, name, infoLevel, add)
}

// decision takes a decision: its texts are what the agent was made to tell.
func (m *Mapper) decision(s *openSession, h *head) {
	d := h.e.Data()
	add := func(a *attrs) {
		a.reset()
		a.str("agent_trace.event_id", h.e.ID())
		for _, k := range []string{"choice", "reason"} {
			if v := d.Get(k); v.Type == gjson.String {
				a.str(k, v.Str)
			}
		}
		var list []string
		d.Get("alternatives").ForEach(func(_, v gjson.Result) bool {
			list = append(list, v.String())
			return true
		})
		a.strs("alternatives", list)
	}
	m.both(s, h, "decision", infoLevel, add)
}

// both makes an event of the root span and a log record, each if it is asked for,
// with the attributes that add sets.
func (m *Mapper) both(s *openSession, h *head, name string, l level, add func(*attrs)) {
	if m.traces {
		add(&m.ev)
		m.eventHere(s, h, name)
	}
	if m.logs {
		add(&m.a)
		m.log(s, h, name, l)
	}
}

// file takes a file_read or file_write. An open call that it belongs to has the
// path as an attribute, if its arguments do not name one.
func (m *Mapper) file(s *openSession, h *head) {
	d := h.e.Data()
	if c := s.calls[m.hash(h.e.ParentRaw())]; c != nil && c.path == "" {
		if v := d.Get("path"); v.Type == gjson.String {
			c.path = Cut(v.Str, m.opt.Limit)
		}
	}
	m.both(s, h, h.e.Type(), infoLevel, func(a *attrs) {
		a.reset()
		a.str("agent_trace.event_id", h.e.ID())
		if v := d.Get("path"); v.Type == gjson.String {
			a.str("file.path", v.Str)
		}
		if v := d.Get("uri"); v.Type == gjson.String {
			a.str("url.full", v.Str)
		}
	})
}

// cost takes a cost record.
func (m *Mapper) cost(s *openSession, h *head) {
	d := h.e.Data()
	if v := d.Get("usd_nano"); v.Type == gjson.Number {
		s.usd, s.priced = v.Num/1e9, true
	}
	s.estimated = d.Get("provenance.estimate").Num > 0
	if m.claude {
		s.modelUSD = s.modelUSD[:0]
		d.Get("models").ForEach(func(_, v gjson.Result) bool {
			if usd := v.Get("usd_nano"); usd.Type == gjson.Number && len(s.modelUSD) < 100 {
				s.modelUSD = append(s.modelUSD, modelUSD{Cut(v.Get("model").Str, m.opt.Limit), usd.Num / 1e9})
			}
			return true
		})
	}
	m.other(s, h)
}

// vendorCost takes what the agent says that the session has cost. A cost record
// says it better.
func (m *Mapper) vendorCost(s *openSession, h *head) {
	if v := h.e.Get("total_cost_usd"); v.Type == gjson.Number {
		s.vendorUSD, s.vendorPriced = v.Num, true
	}
	if m.claude {
		s.claudeVendor(h.e)
	}
	m.other(s, h)
}

// summary takes a session_summary record.
func (m *Mapper) summary(s *openSession, h *head) {
	d := h.e.Data()
	s.known = true
	s.retries, s.written = d.Get("retries").Int(), int64(len(d.Get("files_written").Array()))
	m.logged(s, h, "agent_trace.session_summary", infoLevel)
}

// score takes a score record.
func (m *Mapper) score(s *openSession, h *head) {
	d := h.e.Data()
	name := first(d, "judge", "name", "scorer")
	value, ok := d.Get("score"), true
	if value.Type != gjson.Number {
		value = d.Get("value")
	}
	ok = value.Type == gjson.Number
	if m.metrics && ok {
		m.m.score(s, name, value.Num, h.at)
	}
	m.both(s, h, "gen_ai.evaluation.result", infoLevel, func(a *attrs) {
		a.reset()
		a.str("agent_trace.event_id", h.e.ID())
		a.str("gen_ai.evaluation.name", name)
		a.str("gen_ai.evaluation.score.label", first(d, "label", "verdict"))
		if ok {
			a.float("gen_ai.evaluation.score.value", value.Num)
		}
		if v := d.Get("passed"); v.IsBool() {
			a.bool("agent_trace.evaluation.passed", v.Bool())
		}
		if m.opt.Content >= Meta {
			a.str("gen_ai.evaluation.explanation", first(d, "reason", "comment", "explanation"))
		}
	})
}

// first returns the first of the texts that is there.
func first(d gjson.Result, keys ...string) string {
	for _, k := range keys {
		if v := d.Get(k); v.Type == gjson.String && v.Str != "" {
			return v.Str
		}
	}
	return ""
}

// warnings are the types of which log records are warnings.
var warnings = map[string]bool{"violation": true, "sensitive_access": true, "alert": true}

// named are the texts in records that are names, not content.
var named = map[string]bool{
	"rule": true, "verdict": true, "kind": true, "intent": true, "label": true, "severity": true, "outcome": true,
	"tool_name": true, "trigger": true, "answer": true, "hook": true, "agent": true, "notification_type": true, "source": true,
}

// other takes an event of any other type: its numbers, truths and names are
// attributes, its texts if content is wanted.
func (m *Mapper) other(s *openSession, h *head) {
	typ := h.e.Type()
	l := infoLevel
	if warnings[typ] {
		l = warnLevel
	}
	m.both(s, h, "agent_trace."+typ, l, func(a *attrs) {
		a.reset()
		a.str("agent_trace.event_id", h.e.ID())
		if d := h.e.Data(); d.IsObject() {
			m.flat(a, "", d, 0)
		}
	})
}

// flat adds the scalars of an object under the names of their keys, joined by
// dots. They are looked for three levels deep; there are at most 1,000 of them
// before the limit is applied.
func (m *Mapper) flat(a *attrs, prefix string, d gjson.Result, depth int) {
	d.ForEach(func(k, v gjson.Result) bool {
		if len(a.list) >= 1000 || len(k.Str) > 100 {
			a.lost++
			return true
		}
		key := prefix + strings.ToValidUTF8(k.Str, "\uFFFD")
		switch {
		case v.IsBool():
			a.bool("agent_trace."+key, v.Bool())
		case v.Type == gjson.Number && isInt(v.Raw):
			a.int("agent_trace."+key, v.Int())
		case v.Type == gjson.Number:
			a.float("agent_trace."+key, v.Num)
		case v.Type == gjson.String && (m.opt.Content == Full || named[k.Str]):
			a.str("agent_trace."+key, v.Str)
		case v.Type == gjson.String && m.opt.Content == Meta:
			a.str("agent_trace."+key, Cut(v.Str, metaLimit))
		case v.IsObject() && depth < 2:
			m.flat(a, key+".", v, depth+1)
		}
		return true
	})
}

func isInt(raw string) bool {
	return len(raw) < 19 && !strings.ContainsAny(raw, ".eE")
}

// finish ends a session: its open calls and requests, and then its root span.
func (m *Mapper) finish(s *openSession) {
	if s.gone {
		return
	}
	for _, key := range s.late {
		if o := s.early[key]; o != nil {
			m.tool(s, nil, o)
		}
	}
	for _, c := range s.queue {
		if !c.done {
			m.tool(s, c, nil)
		}
	}
	for _, r := range s.asked {
		if !r.done {
			m.chat(s, r, nil, nil)
		}
	}
	m.endTurn(s)
	m.rootSpan(s)
	if m.metrics {
		m.m.session(s)
	}
	s.gone = true
	m.giveUp(s)
	m.settle(s)
	m.unblock(s)
	if m.opt.Ended != nil {
		m.opt.Ended(Place{Session: s.id, Trace: s.trace, Root: s.root, Depth: s.depth})
	}
	delete(m.sessions, s.id)
	if m.last == s {
		m.last = nil
	}
	if len(m.ended) < 100_000 {
		last, _ := s.home(s.turn)
		m.ended[s.id] = ending{trace: s.trace, depth: s.depth, parts: s.parts + 1, turn: last}
	}
}

// rootSpan makes the span of a session.
func (m *Mapper) rootSpan(s *openSession) {
	if !m.traces || s.empty() {
		return
	}
	f := &s.facts
	a := &m.a
	a.reset()
	a.int("agent_trace.api_errors", int64(s.apiErrors))
	if usd, estimated, ok := s.price(); ok {
		a.bool("agent_trace.cost.estimated", estimated)
		a.float("agent_trace.cost.usd", usd)
	}
	a.int("agent_trace.depth", int64(s.depth))
	a.int("agent_trace.errors", int64(s.errors))
	if s.known {
		a.int("agent_trace.files_written", s.written)
	}
	if !s.over {
		a.bool("agent_trace.incomplete", true)
	}
	a.int("agent_trace.llm_requests", int64(s.answers))
	a.int("agent_trace.prompts", int64(s.prompts))
	if s.known {
		a.int("agent_trace.retries", s.retries)
	}
	if m.opt.Rebase > 0 && s.first > 0 {
		a.str("agent_trace.original_start", time.Unix(0, s.first).UTC().Format(time.RFC3339Nano))
	}
	a.str("agent_trace.source", f.source)
	if s.first == 0 {
		a.bool("agent_trace.time_unknown", true)
	}
	a.int("agent_trace.tool_calls", int64(s.toolCalls))
	if m.opt.Content >= Meta {
		a.str("agent_trace.title", Cut(f.title, metaLimit))
		a.str("gen_ai.agent.description", Cut(f.task, metaLimit))
		a.str("process.working_directory", f.cwd)
	}
	a.str("gen_ai.agent.id", f.agentID)
	a.str("gen_ai.agent.name", s.agentName())
	a.str("gen_ai.agent.version", f.version)
	a.str("gen_ai.conversation.id", s.id)
	a.str("gen_ai.operation.name", "invoke_agent")
	a.str("gen_ai.provider.name", f.provider)
	a.str("gen_ai.request.model", f.model)
	s.use.attrs(a)
	a.str("host.name", f.host)
	a.str("vcs.ref.head.name", f.branch)
	a.str("vcs.ref.head.revision", f.commit)
	if strings.Contains(f.remote, "://") || strings.HasPrefix(f.remote, "git@") {
		a.str("vcs.repository.url.full", f.remote)
	}
	m.span(s, &spanHead{
		trace: s.trace, id: s.root, parent: s.above, below: s.below, remote: s.remote,
		verb: "invoke_agent", name: s.agentName(), kind: internalKind,
		start: s.first, end: s.latest, events: s.events, dropped: s.dropped,
	}, agentThing)
}

// empty reports whether a session has nothing but records: there is no span
// then, since the session itself is told of elsewhere.
func (s *openSession) empty() bool { return s.plain == 0 }

// agentName is what the root span is named after: the kind of a subagent, else
// the agent.
func (s *openSession) agentName() string {
	if s.facts.agentType != "" {
		return s.facts.agentType
	}
	return s.facts.agent
}

// price returns what a session has cost, if it is known.
func (s *openSession) price() (usd float64, estimated, ok bool) {
	if s.priced {
		return s.usd, s.estimated, true
	}
	return s.vendorUSD, false, s.vendorPriced
}
