package cost

import (
	"bytes"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/phase"
	"agenttrace/lib/price"
)

// Options say how requests are priced, and what is to be found out about them.
type Options struct {
	Prices  *price.Table
	Model   string     // take this for the model of every request; "" as recorded
	Own     *price.Row // take these prices for every request; nil if none are given
	By      By         // how costs are grouped
	Phases  bool       // find the phases, and what failed ones cost
	Carry   bool       // find what tool results cost over their life
	Waste   bool       // find what failed attempts cost
	WhatIf  string     // another model to price everything with
	Zone    *time.Location
	NoGuess bool // no estimates where there is no usage
}

// A Ledger gathers the requests of a stream. Events are added in the order of
// the stream; then Close prices them.
type Ledger struct {
	o        Options
	pricer   pricer
	sessions map[string]*Session // by the session_id as it stands in the line
	order    []*Session
	last     *Session
	raw      []byte
	requests []*Request
	rooms    []Request // memory of requests to come
	byKey    map[uint64]*Request
	later    map[uint64]*Request // tellings in a session that repeats it, by key
	seg      *phase.Segmenter
	told     []*Request // every telling of a request, by its tag - 1
	a        Answer
	children map[string][]*Session // by the id of who started them
}

// A Session is what is known of the cost of a session.
type Session struct {
	ID         string
	Agent      string
	Version    string
	Model      string // at the start
	Parent     string // the session that started this subagent
	AgentID    string
	AgentType  string
	Timed      bool
	Start, End int64 // nanoseconds since 1970
	Requests   []*Request
	Elsewhere  int // answers whose usage belongs to another session
	phases     map[int32]*phaseInfo
	turns      []string // the first line of each prompt
	pending    []*call  // calls that no answer has claimed yet
	calls      map[uint64]*call
	inherited  []uint64 // keys of answers that belong to another session
	vendor     *vendorCost
	context    *replay
	carried    carrier
	hasUsage   bool
	compacted  int32
	events     int
}

type phaseInfo struct {
	title  string
	failed bool
}

// New returns an empty ledger.
func New(o Options) *Ledger {
	if o.Prices == nil {
		o.Prices = price.Default
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	l := &Ledger{
		o: o, sessions: map[string]*Session{}, byKey: map[uint64]*Request{},
		pricer: pricer{table: o.Prices, model: o.Model, own: o.Own},
	}
	if o.Phases || o.By == ByPhase {
		l.seg = &phase.Segmenter{
			Assigned: func(tag uint64, number int) {
				if tag > 0 {
					l.told[tag-1].phase = int32(number)
				}
			},
			Ended: func(p *phase.Phase, _ uint64) {
				if s := l.sessions[string(event.AppendString(nil, p.Session.ID))]; s != nil {
					s.phase(int32(p.Number)).set(p.Title, p.Failed)
				}
			},
		}
	}
	return l
}

func (s *Session) phase(n int32) *phaseInfo {
	if s.phases == nil {
		s.phases = map[int32]*phaseInfo{}
	}
	p := s.phases[n]
	if p == nil {
		p = &phaseInfo{}
		s.phases[n] = p
	}
	return p
}

func (p *phaseInfo) set(title string, failed bool) { p.title, p.failed = title, failed }

// of returns the session of an event.
func (l *Ledger) of(e event.Event) *Session { return l.ofRaw(e.SessionRaw()) }

// ofRaw returns the session of an id as it stands in a line.
func (l *Ledger) ofRaw(raw []byte) *Session {
	if l.last != nil && bytes.Equal(raw, l.raw) {
		return l.last
	}
	s := l.sessions[string(raw)]
	if s == nil {
		// An id may be written in two ways, with escapes and without.
		id := ""
		if len(raw) > 1 && raw[0] == '"' {
			id = event.Unquote(raw)
		}
		key := string(event.AppendString(nil, id))
		if s = l.sessions[key]; s == nil {
			s = &Session{ID: id, carried: carrier{on: l.o.Carry || l.o.Waste}}
			l.sessions[key] = s
			l.order = append(l.order, s)
		}
		l.sessions[string(raw)] = s
	}
	l.last, l.raw = s, append(l.raw[:0], raw...)
	return s
}

// Add takes the next event. Of records, those of phases tell the titles of
// phases that events name; the rest is passed over.
func (l *Ledger) Add(e event.Event) {
	if e.IsRecord() {
		if e.Is("phase") && l.seg != nil && len(e.SessionRaw()) > 2 {
			g := gjson.GetManyBytes(e.DataRaw(), "number", "title", "failed")
			l.of(e).told(int32(g[0].Int()), g[1].String(), g[2].Bool())
		}
		return
	}
	s := l.of(e)
	s.events++
	if ns, ok := e.UnixNano(); ok {
		s.at(ns)
	}
	tag := uint64(0)
	switch string(e.TypeRaw()) {
	case `"llm_response"`:
		l.a.Read(e)
		given := int32(0)
		if l.seg != nil {
			given = int32(gjson.GetBytes(e.Raw, "phase").Int())
		}
		if r := l.response(s, &l.a, given); r != nil {
			tag = r.tag
		}
	case `"session_start"`:
		s.start(e)
	case `"vendor_cost"`:
		s.vendorCost(e)
	case `"user_prompt"`:
		if l.o.By == ByTurn {
			s.turns = append(s.turns, firstLine(e.Get("prompt").String()))
		}
		s.carried.other(e)
	case `"tool_call"`:
		l.call(s, e)
	case `"tool_result"`, `"error"`:
		l.outcome(s, e)
	case `"compaction"`:
		s.compacted++
		s.carried.compacted()
	}
	if !l.o.NoGuess && !s.hasUsage {
		if r := s.replay(e, int32(len(s.turns))); r != nil && l.seg != nil {
			l.told = append(l.told, r)
			r.tag = uint64(len(l.told))
			tag = r.tag
		}
	}
	if l.seg != nil {
		l.seg.Add(e, tag)
	}
}

// at notes the time of an event.
func (s *Session) at(ns int64) {
	if !s.Timed {
		s.Timed, s.Start, s.End = true, ns, ns
	}
	s.Start, s.End = min(s.Start, ns), max(s.End, ns)
}

// told notes the title of a phase that a record tells.
func (s *Session) told(number int32, title string, failed bool) {
	if number > 0 {
		s.phase(-number).set(title, failed)
	}
}

func (s *Session) start(e event.Event) {
	event.Fields(e.DataRaw(), func(k, v []byte) bool {
		var to *string
		switch string(k) {
		case "agent":
			to = &s.Agent
		case "agent_version":
			to = &s.Version
		case "model":
			to = &s.Model
		case "parent_session_id":
			to = &s.Parent
		case "agent_id":
			to = &s.AgentID
		case "agent_type":
			to = &s.AgentType
		}
		if to != nil && *to == "" {
			*to = unquote(v)
		}
		return true
	})
}

// more takes the usage of another telling of a request. The larger output is
// the later and the right one.
func (r *Request) more(o *Request) {
	if o.tokens.Output > r.tokens.Output || o.tokens.Output == r.tokens.Output && (o.tokens.Total() > r.tokens.Total() || r.tokens.CacheRead == 0 && o.tokens.CacheRead > 0) {
		r.tokens, r.parts, r.provenance = o.tokens, o.parts, o.provenance
		r.searches = max(r.searches, o.searches)
		r.ways = o.ways
		if o.model != "" {
			r.model = o.model
		}
		if o.vendorSays {
			r.vendorNano, r.vendorSays = o.vendorNano, true
		}
	} else if o.tokens == r.tokens && o.provenance < r.provenance {
		r.provenance = o.provenance
	}
}

// again takes another telling of a request, of which the session is the one
// that had it first, and no subagent's copy of its parent's.
func (r *Request) again(o *Request) {
	r.more(o)
	p := r.place
	earlier := o.ns != 0 && (p.ns == 0 || o.ns < p.ns)
	switch {
	case o.session == p.session:
		p.calls = append(p.calls, o.calls...)
	case p.side && !o.side || p.side == o.side && earlier:
		r.place = o
	}
}

// unended reports whether a usage tells the input of a request and not its
// output: it was told before the answer was.
func unended(usage []byte) bool {
	return bytes.Contains(usage, []byte(`"input_tokens"`)) && !bytes.Contains(usage, []byte(`"output_tokens"`))
}

// early reports whether an answer without a stop_reason was recorded before
// its end. Claude Code up to 2.1.50 did so for most answers; later versions
// record the final usage.
func (s *Session) early(vendors bool) bool {
	if s.Version == "" {
		return (s.Agent == "claude-code" || s.Agent == "") && vendors
	}
	return s.Agent == "claude-code" && versionUpTo(s.Version, [3]int{2, 1, 50})
}

// versionUpTo reports whether a version is at most the one given.
func versionUpTo(v string, last [3]int) bool {
	n := [3]int{}
	i := 0
	for _, c := range []byte(v) {
		switch {
		case c >= '0' && c <= '9' && n[i] < 1e6:
			n[i] = n[i]*10 + int(c-'0')
		case c == '.' && i < 2:
			i++
		default:
			goto done
		}
	}
done:
	for i := range n {
		if n[i] != last[i] {
			return n[i] < last[i]
		}
	}
	return true
}

// Close prices what was added. Nothing can be added after it.
func (l *Ledger) Close() {
	if l.seg != nil {
		l.seg.Close()
	}
	for _, s := range l.order {
		if s.context != nil {
			l.requests = append(l.requests, s.context.finish(s, &l.pricer)...)
		}
	}
	for key, o := range l.later {
		if r := l.byKey[key]; r != nil {
			r.more(o)
		}
	}
	for _, r := range l.requests {
		if p := r.place; p != r {
			r.session, r.side, r.ns, r.turn, r.given, r.phase, r.calls = p.session, p.side, p.ns, p.turn, p.given, p.phase, p.calls
			r.epoch = p.epoch
		}
	}
	l.children = map[string][]*Session{}
	for _, s := range l.order {
		if s.Parent != "" {
			l.children[s.Parent] = append(l.children[s.Parent], s)
		}
	}
	l.claim()
	for _, r := range l.requests {
		l.pricer.bill(&r.bill, r)
		r.session.Requests = append(r.session.Requests, r)
	}
	for _, s := range l.order {
		s.carried.weigh()
	}
}

// Sessions returns the sessions in the order of their first events.
func (l *Ledger) Sessions() []*Session { return l.order }
