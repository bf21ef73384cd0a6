package usage

import (
	"encoding/binary"

	"agenttrace/lib/cost"
	"agenttrace/lib/event"
)

// The kinds of steps.
const (
	stepEvent  = 1 // an event, reduced to what the ledger reads
	stepAnswer = 2
)

// The flags of an answer.
const (
	isTimed = 1 << iota
	hasTokens
	isElsewhere
	isStopped
	isUnended
	hasIterations
	hasUSD
	firstTimed
)

// A step is one that was read back. Its bytes belong to the decoder's input.
type step struct {
	event   []byte // the line, if it is an event
	session []byte // a JSON value, if it is an answer
	key     []byte // by what answers are told apart
	uuid    []byte
	answer  cost.Answer
	bundle  cost.Bundle // it is one if N is not 0
	first   int64       // nanoseconds: the time of its first line
	timed   bool        // first is known
}

// An encoder writes steps. Texts that repeat are written once.
type encoder struct {
	b     []byte
	index map[string]int
	nano  int64
}

func (e *encoder) uint(n uint64)   { e.b = binary.AppendUvarint(e.b, n) }
func (e *encoder) int(n int64)     { e.b = binary.AppendVarint(e.b, n) }
func (e *encoder) bytes(v []byte)  { e.uint(uint64(len(v))); e.b = append(e.b, v...) }
func (e *encoder) string(v string) { e.uint(uint64(len(v))); e.b = append(e.b, v...) }

// text writes a text that is likely to come again.
func (e *encoder) text(v string) {
	if n, ok := e.index[v]; ok {
		e.uint(uint64(n))
		return
	}
	if e.index == nil {
		e.index = map[string]int{}
	}
	e.index[v] = len(e.index) + 1
	e.uint(0)
	e.string(v)
}

func (e *encoder) event(line []byte) {
	e.b = append(e.b, stepEvent)
	e.bytes(line)
}

// answer writes an answer. uuid stands in for its ids if it has none.
func (e *encoder) answer(session []byte, a *cost.Answer, uuid []byte, first int64, timed bool) {
	flags := uint64(0)
	for bit, on := range []bool{a.Timed, a.HasTokens, a.Elsewhere, a.Stopped, a.Unended, len(a.Iterations) > 0, len(a.USD) > 0, timed} {
		if on {
			flags |= 1 << bit
		}
	}
	e.b = append(e.b, stepAnswer)
	e.uint(flags)
	e.text(string(session))
	e.text(a.Model)
	e.bytes(a.Message)
	if len(a.Message) == 0 {
		e.bytes(a.Request)
		e.bytes(a.ID)
		e.bytes(uuid)
	}
	if a.Timed {
		e.int(a.UnixNano - e.nano)
		e.nano = a.UnixNano
	}
	if timed {
		e.int(e.nano - first)
	}
	if a.Elsewhere && !a.HasTokens {
		return
	}
	t := &a.Tokens
	for _, n := range []int64{t.Input, t.Output, t.CacheRead, t.CacheWrite5m, t.CacheWrite1h, t.Reasoning, a.Searches} {
		e.int(n)
	}
	e.text(a.Ways.Tier)
	e.text(a.Ways.Speed)
	e.text(a.Ways.Geo)
	if len(a.Iterations) > 0 {
		e.bytes(a.Iterations)
	}
	if len(a.USD) > 0 {
		e.bytes(a.USD)
	}
}

// A decoder reads what an encoder wrote. After anything that cannot have been
// written so, bad is set, and all that is read is zero.
type decoder struct {
	b     []byte
	texts []string
	nano  int64
	bad   bool
}

func (d *decoder) uint() uint64 {
	n, size := binary.Uvarint(d.b)
	if size <= 0 {
		d.b, d.bad = nil, true
		return 0
	}
	d.b = d.b[size:]
	return n
}

func (d *decoder) int() int64 {
	n, size := binary.Varint(d.b)
	if size <= 0 {
		d.b, d.bad = nil, true
		return 0
	}
	d.b = d.b[size:]
	return n
}

func (d *decoder) bytes() []byte {
	n := d.uint()
	if n > uint64(len(d.b)) {
		d.b, d.bad = nil, true
	}
	if n == 0 || d.bad {
		return nil
	}
	v := d.b[:n:n]
	d.b = d.b[n:]
	return v
}

func (d *decoder) text() string {
	n := d.uint()
	switch {
	case n == 0 && !d.bad:
		v := string(d.bytes())
		d.texts = append(d.texts, v)
		return v
	case n > uint64(len(d.texts)) || d.bad:
		d.b, d.bad = nil, true
		return ""
	}
	return d.texts[n-1]
}

// next reads the next step. It returns false at the end, and if d is bad.
func (d *decoder) next(s *step) bool {
	if len(d.b) == 0 || d.bad {
		return false
	}
	kind := d.b[0]
	d.b = d.b[1:]
	switch kind {
	case stepEvent:
		s.event = d.bytes()
		d.bad = d.bad || len(s.event) == 0
		return !d.bad
	case stepAnswer:
		s.event, s.bundle.N = nil, 0
		d.answer(s)
		return !d.bad
	case stepBundle:
		s.event = nil
		d.bundle(s)
		return !d.bad
	}
	d.bad = true
	return false
}

func (d *decoder) answer(s *step) {
	a := &s.answer
	flags := d.uint()
	*a = cost.Answer{
		Timed: flags&isTimed != 0, HasTokens: flags&hasTokens != 0, Elsewhere: flags&isElsewhere != 0,
		Stopped: flags&isStopped != 0, Unended: flags&isUnended != 0,
	}
	s.session = append(s.session[:0], d.text()...)
	a.Model = d.text()
	a.Message = d.bytes()
	s.key = a.Message
	if len(a.Message) == 0 {
		a.Request = d.bytes()
		a.ID = d.bytes()
		s.uuid = d.bytes()
		if s.key = a.Request; len(s.key) == 0 {
			s.key = s.uuid
		}
		if len(s.key) == 0 {
			s.key = a.ID
		}
	}
	if a.Timed {
		d.nano += d.int()
		a.UnixNano = d.nano
	}
	if s.timed = flags&firstTimed != 0; s.timed {
		s.first = d.nano - d.int()
	}
	if a.Elsewhere && !a.HasTokens {
		return
	}
	t := &a.Tokens
	t.Input, t.Output, t.CacheRead = d.int(), d.int(), d.int()
	t.CacheWrite5m, t.CacheWrite1h, t.Reasoning = d.int(), d.int(), d.int()
	a.Searches = d.int()
	a.Ways.Tier, a.Ways.Speed, a.Ways.Geo = d.text(), d.text(), d.text()
	if flags&hasIterations != 0 {
		a.Iterations = d.bytes()
	}
	if flags&hasUSD != 0 {
		a.USD = d.bytes()
	}
}

// maker makes steps of the events of one file.
type maker struct {
	encoder
	started map[string]bool // sessions of which the start is told; whether an answer of them tells its usage, or where it is told
	usage   bool            // one of any session does
	first   func() (nano int64, timed bool)
	a       cost.Answer
}

// take makes the step of an event, if it tells of cost.
func (m *maker) take(line []byte) error {
	e, err := event.Parse(line)
	if err != nil {
		return err
	}
	switch string(e.TypeRaw()) {
	case `"llm_response"`:
		m.a.Read(e)
		m.answered(e.SessionRaw(), &m.a)
		nano, timed := m.first()
		m.answer(e.SessionRaw(), &m.a, []byte(e.Get("uuid").Raw), nano, timed)
	case `"session_start"`:
		if id := string(e.SessionRaw()); !m.has(id) {
			m.started[id] = false
			m.event(reduce(e, "agent", "agent_version", "model", "parent_session_id", "agent_id", "agent_type"))
		}
	case `"vendor_cost"`:
		m.event(reduce(e, "total_cost_usd", "usage_by_model"))
	case `"tool_call"`:
		m.event(reduce(e, "tool_name", "tool_use_id", "message_id"))
	case `"tool_result"`:
		m.event(reduce(e, "tool_use_id", "result.searchCount"))
	}
	return nil
}

func (m *maker) has(session string) bool {
	_, ok := m.started[session]
	return ok
}

// answered notes an answer of a session.
func (m *maker) answered(session []byte, a *cost.Answer) {
	if !tells(a) {
		return
	}
	m.usage = true
	if has, ok := m.started[string(session)]; ok && !has {
		m.started[string(session)] = true
	}
}

// silent reports whether no answer of a session tells its usage.
func (m *maker) silent() bool {
	for _, answered := range m.started {
		if !answered {
			return true
		}
	}
	return false
}

// tells reports whether an answer tells its usage, or that another session has
// it.
func tells(a *cost.Answer) bool { return a.HasTokens || a.Elsewhere || len(a.USD) > 0 }

// reduce returns an event with nothing but its envelope and some members of
// its data.
func reduce(e event.Event, paths ...string) []byte {
	var data, result event.Object
	for _, p := range paths {
		v := e.Get(p)
		if !v.Exists() {
			continue
		}
		if p == "result.searchCount" {
			result.Raw("searchCount", []byte(v.Raw))
			data.Raw("result", result.Bytes())
			continue
		}
		data.Raw(p, []byte(v.Raw))
	}
	ns, timed := e.UnixNano()
	return event.Append(nil, event.Header{
		Type: e.Type(), UnixNano: ns, Untimed: !timed, ID: e.ID(), Session: e.Session(), Parent: e.Parent(),
	}, data.Bytes())
}

// resumed returns a maker that goes on behind the steps given.
func resumed(steps []byte) (*maker, bool) {
	m := &maker{started: map[string]bool{}}
	d, s := decoder{b: steps}, step{}
	for d.next(&s) {
		if s.event == nil {
			m.answered(s.session, &s.answer)
		} else if e, err := event.Parse(s.event); err == nil && e.Is("session_start") {
			m.started[string(e.SessionRaw())] = false
		}
	}
	m.b = append(m.b, steps...)
	m.nano = d.nano
	m.index = make(map[string]int, len(d.texts))
	for i, v := range d.texts {
		m.index[v] = i + 1
	}
	return m, !d.bad
}
