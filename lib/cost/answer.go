package cost

import (
	"bytes"

	"agenttrace/lib/event"
	"agenttrace/lib/price"
	"agenttrace/lib/session"
)

// An Answer is what an llm_response says that matters to its cost.
type Answer struct {
	// The ids as JSON values, nil if there is none: of the API's message, of its
	// request, and of the event.
	Message, Request, ID []byte

	Model      string
	UnixNano   int64
	Timed      bool
	Tokens     session.Tokens
	HasTokens  bool // it tells tokens
	Elsewhere  bool // its usage belongs to another session
	Stopped    bool // it tells why it ended
	Unended    bool // its usage was told before its end
	Searches   int64
	Ways       price.Ways
	Iterations []byte // the requests within the request, a JSON array or nil
	USD        []byte // what it cost as the agent says, a JSON value or nil
}

// Read makes a of an event. It refers to the event's bytes.
func (a *Answer) Read(e event.Event) {
	var model, usage, tier, speed, geo, searches, elsewhere, stop []byte
	*a = Answer{ID: e.IDRaw()}
	a.UnixNano, a.Timed = e.UnixNano()
	data := e.DataRaw()
	event.Fields(data, func(k, v []byte) bool {
		var to *[]byte
		switch string(k) {
		case "model":
			to = &model
		case "message_id":
			to = &a.Message
		case "request_id":
			to = &a.Request
		case "usage_in_session":
			to = &elsewhere
		case "stop_reason":
			to = &stop
		case "usage":
			to = &usage
		case "iterations":
			to = &a.Iterations
		case "service_tier":
			to = &tier
		case "speed":
			to = &speed
		case "inference_geo":
			to = &geo
		case "web_search_requests":
			to = &searches
		case "cost_usd", "total_cost_usd":
			to = &a.USD
		}
		if to != nil && *to == nil && string(v) != "null" {
			*to = v
		}
		return true
	})
	a.Model = unquote(model)
	if a.Elsewhere = elsewhere != nil; a.Elsewhere && usage == nil {
		return
	}
	a.Stopped, a.Unended = stop != nil, unended(usage)
	a.Tokens, a.HasTokens = tokensOf(usage, data)
	a.Searches = integer(searches)
	a.Ways = price.Ways{Tier: unquote(tier), Speed: unquote(speed), Geo: unquote(geo)}
}

// key tells answers apart. Without the API's id it is the event that does.
func (a *Answer) key() uint64 {
	key := hash(a.Message)
	if key == 0 {
		if key = hash(a.ID); key == 0 {
			key = hash(a.Request)
		}
		key *= 0x9e3779b97f4a7c15
	}
	return key
}

// Expect makes room for about n answers.
func (l *Ledger) Expect(n int) {
	if len(l.requests) == 0 {
		l.requests = make([]*Request, 0, n)
		l.byKey = make(map[uint64]*Request, n)
	}
}

// AddAnswer takes the next event, an llm_response that has been read. session
// is its session_id as a JSON value. It is for ledgers that find no phases.
func (l *Ledger) AddAnswer(session []byte, a *Answer) {
	s := l.ofRaw(session)
	s.events++
	if a.Timed {
		s.at(a.UnixNano)
	}
	l.response(s, a, 0)
}

// synthetic is the model of answers that Claude Code writes itself.
const synthetic = "<synthetic>"

// response takes an llm_response. given is the phase that its event names.
func (l *Ledger) response(s *Session, a *Answer, given int32) *Request {
	pending := s.pending
	s.pending = nil
	if a.Model == synthetic {
		return nil
	}
	key := a.key()
	if a.Elsewhere {
		l.elsewhere(s, a, key)
		return nil
	}
	vendorNano, vendorSays := int64(0), false
	if a.USD != nil {
		vendorNano, vendorSays = ParseUSD(bytes.Trim(a.USD, `"`))
		vendorSays = vendorSays && vendorNano >= 0
	}
	if !a.HasTokens && !vendorSays {
		return nil
	}
	r := l.read(s, a)
	r.vendorNano, r.vendorSays, r.given, r.calls = vendorNano, vendorSays, given, pending
	if !a.HasTokens {
		r.provenance = Vendor
	}
	s.hasUsage, s.context = true, nil
	if l.seg != nil {
		l.told = append(l.told, r)
		r.tag = uint64(len(l.told))
	}
	before := l.byKey[key]
	if before == nil || key == 0 {
		l.requests = append(l.requests, r)
		if key != 0 {
			l.byKey[key] = r
		}
		s.carried.request(r)
		return r
	}
	before.again(r)
	return r
}

// elsewhere takes an answer that another session had first. If this telling
// was written later and has more output, its usage is that session's.
func (l *Ledger) elsewhere(s *Session, a *Answer, key uint64) {
	s.hasUsage, s.context = true, nil
	if a.HasTokens && key != 0 {
		if l.later == nil {
			l.later = map[uint64]*Request{}
		}
		r := l.read(s, a)
		if before := l.later[key]; before != nil {
			before.more(r)
			return
		}
		l.later[key] = r
	}
	s.Elsewhere++
	if len(s.inherited) < 1<<20 {
		s.inherited = append(s.inherited, key)
	}
}

// read returns the request that an answer tells.
func (l *Ledger) read(s *Session, a *Answer) *Request {
	r := l.room()
	*r = Request{
		session: s, model: a.Model, message: hash(a.Message), side: s.Parent != "", ns: a.UnixNano, tokens: a.Tokens,
		searches: a.Searches, ways: a.Ways, turn: int32(len(s.turns)), epoch: s.compacted, place: r,
	}
	if r.model == "" {
		r.model = s.Model
	}
	r.parts = partsOf(a.Iterations, r.model, r.tokens)
	if !a.Stopped && (s.early(vendors(a.Message)) || a.Unended) {
		r.provenance = LowerBound
	}
	return r
}

// room returns the memory of a request.
func (l *Ledger) room() *Request {
	if len(l.rooms) == 0 {
		l.rooms = make([]Request, 128)
	}
	r := &l.rooms[0]
	l.rooms = l.rooms[1:]
	return r
}
