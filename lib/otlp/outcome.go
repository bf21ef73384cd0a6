package otlp

import (
	"bytes"
	"strconv"
	"strings"

	"agenttrace/lib/event"
)

// maxEarly is how many outcomes of a session may wait for their call.
const maxEarly = 1000

// outcome takes a tool_result or an error.
func (m *Mapper) outcome(s *openSession, h *head, failed bool) {
	o := outcome{failed: failed, at: h.at, timed: h.timed}
	took, ok := h.e.Duration()
	if o.took = int64(took); ok && took >= 0 {
		o.measured = true
	}
	var fault fault
	var child string
	event.Fields(h.e.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "tool_name":
			o.name = v
		case "tool_use_id", "tool_call_id":
			o.use = v
		case "request_id", "jsonrpc_id":
			if o.use == nil {
				o.use = v
			}
		case "result":
			o.result = v
		case "content", "content_preview", "output":
			if o.result == nil {
				o.result = v
			}
		case "child_session_id":
			child = plain(v)
		default:
			if failed {
				fault.field(k, v)
			}
		}
		return true
	})
	o.size = len(o.result)
	if failed {
		o.fail(&fault)
	}
	s.count(h.turn, &o)
	if child != "" && child != s.id {
		m.spawned(s, h, child)
	}
	if o.api || failed && len(h.e.ParentRaw()) <= 2 && !isSet(o.use) {
		m.fault(s, h, &o)
		return
	}
	m.outcomeLog(s, h, &o)
	if failed {
		m.hear(&s.told, part{role: "tool", kind: "tool_call_response", id: plain(o.use)}, o.message)
	} else {
		m.hear(&s.told, part{role: "tool", kind: "tool_call_response", id: plain(o.use)}, o.result)
	}
	if c := s.answered(m, h.e.ParentRaw(), o.use); c != nil {
		m.tool(s, c, &o)
		return
	}
	o.parent = h.e.Parent()
	if o.parent == "" && !isSet(o.use) {
		m.tool(s, nil, &o) // nothing could ever be its call
		return
	}
	m.early(s, h, &o)
}

// spawned notes which call started a subagent.
func (m *Mapper) spawned(s *openSession, h *head, child string) {
	l := link{session: s.id, has: len(h.e.ParentRaw()) > 2}
	if l.has {
		l.call = SpanID(h.e.Parent())
	}
	if m.sessions[child] == nil && len(m.links) < 100_000 {
		m.links[child] = l
	}
}

func (s *openSession) count(t *turn, o *outcome) {
	switch {
	case o.api:
		s.apiErrors++
		if t != nil {
			t.apiError++
		}
	case o.failed:
		s.errors++
		if t != nil {
			t.errors++
		}
	}
}

// answered returns the open call that an outcome belongs to: that which is its
// parent, else that with the agent's own id. It is open no more.
func (s *openSession) answered(m *Mapper, parent, use []byte) *call {
	for _, raw := range [][]byte{parent, use} {
		if !isSet(raw) {
			continue
		}
		if c := s.calls[m.hash(raw)]; c != nil {
			s.close(c)
			if !c.done {
				return c
			}
		}
	}
	return nil
}

// early keeps an outcome whose call did not come yet.
func (m *Mapper) early(s *openSession, h *head, o *outcome) {
	if len(s.early) >= maxEarly {
		m.tool(s, nil, o)
		return
	}
	key := m.hash(h.e.ParentRaw())
	if o.parent == "" {
		key = m.hash(o.use)
	}
	kept := *o
	kept.use, kept.name = bytes.Clone(o.use), bytes.Clone(o.name)
	kept.result, kept.message = nil, nil
	if m.opt.Content == Full {
		kept.result = event.AppendString(nil, keep(o.result, m.opt.Limit))
	}
	if m.opt.Content >= Meta {
		kept.message = event.AppendString(nil, keep(o.message, m.opt.Limit))
	}
	set(&s.early, key, &kept)
	s.late = append(s.late, key)
}

// fault is what an error event says beside what a result says.
type fault struct {
	kind, err, message, status, code, exit []byte
	interrupt, rejected                    bool
}

func (f *fault) field(k, v []byte) {
	switch string(k) {
	case "kind":
		f.kind = v
	case "error":
		f.err = v
	case "message":
		f.message = v
	case "exit_code":
		f.exit = v
	case "code":
		f.code = v
	case "status":
		f.status = v
	case "is_interrupt":
		f.interrupt = v[0] == 't'
	case "rejected":
		f.rejected = v[0] == 't'
	}
}

// fail tells how a call failed. The kinds of failure are few, as error.type
// asks for.
func (o *outcome) fail(f *fault) {
	o.message = f.err
	if len(o.message) == 0 || o.message[0] == 'n' {
		o.message = f.message
	}
	if n, err := strconv.Atoi(string(f.exit)); err == nil {
		o.exit, o.exited = n, true
	}
	o.api = string(f.kind) == `"api"`
	o.kind = "_OTHER"
	switch {
	case o.api && isDigits(f.status):
		o.kind = string(f.status)
	case f.rejected:
		o.kind = "denied"
	case f.interrupt:
		o.kind = "interrupted"
	case timedOut(o.message):
		o.kind = "timeout"
	case o.exited:
		o.kind = "exit_code_" + strconv.Itoa(o.exit)
	case isDigits(bytes.TrimPrefix(f.code, []byte("-"))):
		o.kind = "jsonrpc_" + string(f.code)
	case len(f.kind) == 0 || string(f.kind) == `"tool"`:
		o.kind = "tool_error"
	}
}

func isDigits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0 && len(b) < 8
}

// timedOut reports whether the beginning of a message says so.
func timedOut(message []byte) bool {
	b := bytes.ToLower(message[:min(len(message), 200)])
	return bytes.Contains(b, []byte("timed out")) || bytes.Contains(b, []byte("timeout"))
}

// told returns what the status of a span says of a failure. Without content
// that is the kind of failure in words.
func (m *Mapper) told(o *outcome) string {
	if m.opt.Content == None || len(o.message) == 0 {
		return inWords(o.kind)
	}
	s := keep(o.message, m.opt.Limit)
	if m.opt.Content == Meta {
		s, _, _ = strings.Cut(s, "\n")
		s = Cut(s, metaLimit)
	}
	return s
}

func inWords(kind string) string {
	switch {
	case strings.HasPrefix(kind, "exit_code_"):
		return "exit code " + kind[len("exit_code_"):]
	case strings.HasPrefix(kind, "jsonrpc_"):
		return "JSON-RPC error " + kind[len("jsonrpc_"):]
	case isDigits([]byte(kind)):
		return "HTTP status " + kind
	case kind == "tool_error":
		return "the tool failed"
	case kind == "_OTHER":
		return "failed"
	}
	return kind
}

// exception appends the event that an error is on a span.
func (m *Mapper) exception(dst []byte, o *outcome, at int64) []byte {
	a := &m.ev
	a.reset()
	a.str("exception.message", m.told(o))
	a.str("exception.type", o.kind)
	return appendEvent(dst, at, "exception", a)
}

// fault takes an error that is the outcome of no tool call.
func (m *Mapper) fault(s *openSession, h *head, o *outcome) {
	if r := s.requestOf(m, h.e); r != nil {
		m.chat(s, r, nil, o)
	} else if m.roomFor(s) {
		to := s.rootEvents()
		*to = m.exception(*to, o, h.at)
	}
	if m.logs {
		a := &m.a
		a.reset()
		a.str("error.type", o.kind)
		a.str("exception.message", m.told(o))
		a.str("exception.type", o.kind)
		if o.name != nil {
			a.str("gen_ai.tool.name", m.intern(o.name))
		}
		m.log(s, h, "exception", errorLevel)
	}
}
