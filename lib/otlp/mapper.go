package otlp

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"maps"
	"slices"

	"agenttrace/lib/event"
	"agenttrace/lib/session"
)

// A Mapper makes batches of a stream of events.
type Mapper struct {
	opt   Options
	emit  func(*Batch) error
	about *about
	also  []*dialect

	traces, logs, metrics bool
	claude                bool // what Claude Code itself would tell is told, too

	batch [3]*Batch
	free  []*Batch
	body  []byte // of the item that is made
	a     attrs
	ev    attrs // of an event of the item
	err   error // of emit

	sessions map[string]*openSession // by id
	order    []*openSession          // in the order of their first events; nil where one has ended
	links    map[string]link         // by the id of a subagent: the call that started it
	ended    map[string]ending       // sessions that are over, as far as their subagents need them
	names    map[string]string       // of tools and models, each once
	seed     maphash.Seed
	last     *openSession // the session of the event before
	lastRaw  []byte
	waiting  map[string][]*openSession // subagents whose items are held back, by the id of the session above
	heldSize int
	rebased  rebased
	now      int64

	m meter
}

// A link is the call that started a subagent.
type link struct {
	session string
	call    [8]byte
	has     bool // there is a call
}

// An ending is what remains of a session.
type ending struct {
	trace [16]byte
	depth int
	parts int // how many root spans it has had
	turn  [16]byte
}

// New returns a Mapper that hands its batches to emit, which then owns them. An
// error of emit ends the mapping: the method that was called returns it, and so
// does every later one.
func New(o Options, emit func(*Batch) error) *Mapper {
	o.Limit = cmp.Or(o.Limit, DefaultLimit)
	o.MaxItems = cmp.Or(o.MaxItems, 512)
	o.MaxBytes = cmp.Or(o.MaxBytes, 900_000)
	o.MaxOpen = cmp.Or(o.MaxOpen, 10_000)
	o.Service = cmp.Or(o.Service, "agent-trace")
	m := &Mapper{
		opt: o, emit: emit, about: aboutOf(&o),
		traces: o.has(Traces), logs: o.has(Logs), metrics: o.has(Metrics),
		sessions: map[string]*openSession{}, links: map[string]link{}, ended: map[string]ending{},
		names: map[string]string{}, waiting: map[string][]*openSession{}, seed: maphash.MakeSeed(),
	}
	m.opt.MaxAttrs = cmp.Or(o.MaxAttrs, maxCount)
	m.opt.MaxEventAttrs = cmp.Or(o.MaxEventAttrs, maxCount)
	m.opt.MaxLogAttrs = cmp.Or(o.MaxLogAttrs, maxCount)
	m.opt.MaxEvents = cmp.Or(o.MaxEvents, maxCount)
	m.a.limit, m.ev.limit = o.Limit, o.Limit
	m.ev.most = m.opt.MaxEventAttrs
	for _, name := range o.Also {
		if d := dialects[name]; d != nil {
			m.also = append(m.also, d)
			m.claude = m.claude || d.claude
		}
	}
	m.m.init(m)
	return m
}

// Recycle gives a batch back whose memory is not needed any more.
func (m *Mapper) Recycle(b *Batch) {
	if len(m.free) < 4 {
		b.Reset()
		m.free = append(m.free, b)
	}
}

// Add takes the next event. It keeps no part of it.
func (m *Mapper) Add(e event.Event) error {
	s := m.session(e)
	if s.repeated(m, e) {
		return m.err
	}
	s.touched = m.now
	at, timed := e.UnixNano()
	record := e.IsRecord()
	if timed = timed && at > 0; timed && !record {
		s.time(at)
	}
	if !timed {
		at = s.last
	}
	if !record {
		s.plain++
	}
	if m.metrics && !record {
		if s.fold == nil {
			s.fold = session.New(s.id)
		}
		s.fold.Add(e)
	}
	h := head{e: e, at: at, timed: timed, turn: m.turnOf(s, e)}
	if m.logs {
		h.span = m.place(s, e)
	}
	m.take(s, &h)
	if timed && !record {
		h.turn.reach(at)
	}
	return m.err
}

// head is an event that is taken.
type head struct {
	e     event.Event
	at    int64
	timed bool
	span  [8]byte // that its log record belongs to
	turn  *turn
}

// take looks at an event by its type.
func (m *Mapper) take(s *openSession, h *head) {
	switch string(h.e.TypeRaw()) {
	case `"tool_call"`:
		m.call(s, h)
	case `"tool_result"`:
		m.outcome(s, h, false)
	case `"error"`:
		m.outcome(s, h, true)
	case `"llm_request"`:
		m.request(s, h)
	case `"llm_response"`:
		m.response(s, h)
	case `"session_start"`:
		m.start(s, h)
	case `"session_end"`:
		m.end(s, h)
	case `"user_prompt"`:
		s.prompts++
		m.turned(s, h)
		m.said(s, h, "user_prompt", "prompt")
	case `"assistant_response"`:
		m.said(s, h, "assistant_response", "text")
	case `"decision"`:
		m.decision(s, h)
	case `"file_read"`, `"file_write"`:
		m.file(s, h)
	case `"cost"`:
		m.cost(s, h)
	case `"vendor_cost"`:
		m.vendorCost(s, h)
	case `"session_summary"`:
		m.summary(s, h)
	case `"mcp_server"`:
		m.connected(s, h)
		m.other(s, h)
	case `"score"`:
		m.score(s, h)
	default:
		m.other(s, h)
	}
}

// session returns the session of an event.
func (m *Mapper) session(e event.Event) *openSession {
	raw := e.SessionRaw()
	if m.last != nil && bytes.Equal(raw, m.lastRaw) {
		return m.last
	}
	id := e.Session()
	s := m.sessions[id]
	if s == nil {
		s = m.begin(id)
	}
	m.last, m.lastRaw = s, append(m.lastRaw[:0], raw...)
	return s
}

// begin makes the session with an id.
func (m *Mapper) begin(id string) *openSession {
	if len(m.sessions) >= m.opt.MaxOpen {
		m.evict()
	}
	s := &openSession{id: id, trace: TraceID(id), root: RootID(id)}
	if p := m.opt.Parent; p != nil {
		s.trace, s.above, s.below, s.remote = p.Trace, p.Span, true, true
	}
	if x, ok := m.ended[id]; ok {
		// It goes on after its end: another invocation, in the same trace.
		s.trace, s.depth, s.parts = x.trace, x.depth, x.parts
		s.above, s.below, s.linked, s.settled = RootID(id), true, true, true
		s.root = SpanID(rootName(id, s.parts))
	}
	m.sessions[id] = s
	m.order = append(m.order, s)
	if l, ok := m.links[id]; ok {
		delete(m.links, id)
		m.link(s, l)
	}
	return s
}

// Tick tells the time of day, in nanoseconds since 1970, and ends the sessions
// that are over by it. See Options.Live.
func (m *Mapper) Tick(now int64) error {
	m.now = now
	if !m.opt.Live {
		return m.err
	}
	for _, s := range m.order {
		if s == nil {
			continue
		}
		if s.touched == 0 {
			s.touched = now // it began before the first Tick
		}
		quiet := now - s.touched
		if s.over && quiet >= m.opt.Grace || quiet >= m.opt.Idle {
			m.finish(s)
		}
	}
	m.compact()
	return m.err
}

// evict ends a tenth of the sessions: those that have had their session_end, and
// then those that had their last event first.
func (m *Mapper) evict() {
	list := slices.Collect(maps.Values(m.sessions))
	slices.SortFunc(list, func(a, b *openSession) int {
		if a.over != b.over {
			if a.over {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.last, b.last), cmp.Compare(a.id, b.id))
	})
	for _, s := range list[:max(1, len(list)/10)] {
		m.finish(s)
	}
	m.compact()
}

// compact forgets the places of sessions that have ended.
func (m *Mapper) compact() {
	m.order = slices.DeleteFunc(m.order, func(s *openSession) bool { return s == nil || s.gone })
}

// Flush hands on the batches that are not full.
func (m *Mapper) Flush() error {
	for _, sig := range Signals {
		if b := m.batch[sig]; b != nil && b.Len() > 0 {
			m.hand(sig)
		}
	}
	return m.err
}

// Close ends all sessions and flushes. A session that the stream did not end, and
// its open calls, are marked as incomplete.
func (m *Mapper) Close() error {
	// Subagents first: a session ends when they have.
	for _, s := range slices.Backward(m.order) {
		if s != nil && !s.gone && s.depth > 0 {
			m.finish(s)
		}
	}
	for _, s := range m.order {
		if s != nil && !s.gone {
			m.finish(s)
		}
	}
	m.order = nil
	m.rebase(m.opt.Rebase)
	m.m.close()
	return m.Flush()
}

// Measure makes metrics of what was measured so far, for a stream that goes on.
func (m *Mapper) Measure() error {
	m.m.close()
	return m.err
}

// Open returns the number of sessions that have not ended.
func (m *Mapper) Open() int { return len(m.sessions) }

// put adds the item in m.body to the batch of a signal. at is where the trace id
// stands in it, 0 if it has none.
func (m *Mapper) put(sig Signal, s *openSession, at int) {
	if s != nil && s.held != nil {
		m.hold(s, sig, at)
		return
	}
	m.add(sig, m.body)
}

func (m *Mapper) add(sig Signal, body []byte) {
	if m.opt.Rebase > 0 && sig != Metrics {
		m.rebased.wait(sig, body)
		return
	}
	m.batched(sig, body)
}

// batched adds an item to the batch of its signal.
func (m *Mapper) batched(sig Signal, body []byte) {
	b := m.batch[sig]
	if b != nil && (b.Len() >= m.opt.MaxItems || b.Len() > 0 && b.Size()+len(body)+8 > m.opt.MaxBytes) {
		m.hand(sig)
		b = m.batch[sig]
	}
	if b == nil {
		b = m.fresh(sig)
	}
	b.add(body)
}

func (m *Mapper) fresh(sig Signal) *Batch {
	var b *Batch
	if n := len(m.free); n > 0 {
		b, m.free = m.free[n-1], m.free[:n-1]
	} else {
		b = &Batch{about: m.about}
	}
	b.Signal = sig
	m.batch[sig] = b
	return b
}

// hand gives a batch to emit.
func (m *Mapper) hand(sig Signal) {
	b := m.batch[sig]
	m.batch[sig] = nil
	if err := m.emit(b); err != nil && m.err == nil {
		m.err = err
	}
}

// intern returns the text of a JSON string, each text once.
func (m *Mapper) intern(raw []byte) string {
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	if s, ok := m.names[string(raw)]; ok {
		return s
	}
	s := string(valid([]byte(event.Unquote(raw))))
	if len(s) > m.opt.Limit {
		s = Cut(s, m.opt.Limit)
	}
	if len(m.names) < 10_000 {
		m.names[string(raw)] = s
	}
	return s
}

func (m *Mapper) hash(raw []byte) uint64 { return maphash.Bytes(m.seed, raw) }
