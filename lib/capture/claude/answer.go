package claude

import (
	"cmp"
	"hash/maphash"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

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
	first  First
	begun  mark
}

// A First is what the first line of an API message says of it. The last one
// counts for its event, but for that of a copy.
type First struct {
	UnixNano int64
	Timed    bool
}

// answer notes the piece of an API message that a line is.
func (s *State) answer(session string, l *Line) {
	a := l.Answer
	key := maphash.String(hashSeed, cmp.Or(a.message, a.request, l.UUID, a.own))
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
		now.first, now.begun = First{l.Nano, l.HasTime}, s.here
		now.begun.alone = len(s.open) == 0
		if s.Mark != nil {
			now.begun.given = s.Mark()
		}
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
		if u, before := a.usage, o.answer; before.raw != nil && u.output == before.usage.output {
			u.fill(before.usage)
			o.answer.usage = u
			if len(a.raw) >= len(before.raw) { // the longer one says more
				o.answer.raw = clone(a.raw)
			}
		} else {
			o.answer.usage, o.answer.raw = u, clone(a.raw)
		}
		if a.model != nil {
			o.answer.model = clone(a.model) // another one can take over
		}
		o.answer.usd = clone(a.usd)
	}
	if a.stop != nil {
		o.answer.stop = clone(a.stop)
	}
	if o.answer.request == "" {
		o.answer.request = a.request
	}
}

// fill adds to the usage what an earlier line told of the same answer and this
// one leaves out: not every line says how the cache was written.
func (u *usage) fill(before usage) {
	u.input, u.read, u.reasoning = max(u.input, before.input), max(u.read, before.read), max(u.reasoning, before.reasoning)
	if now, was := u.write5m+u.write1h, before.write5m+before.write1h; now < was || now == was && before.write1h > 0 {
		u.write5m, u.write1h = before.write5m, before.write1h
	}
}

// keep makes the answer outlive the chunk that it was read from.
func (a *answer) keep() {
	a.model, a.stop, a.raw, a.usd = clone(a.model), clone(a.stop), clone(a.raw), clone(a.usd)
}

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
	s.first = o.first
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
	return event.ID(session, "llm_response", cmp.Or(a.message, a.request, uuid, a.own))
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
	if isNumber(a.usd) {
		s.o.Raw("cost_usd", a.usd)
	}
}

// repeats emits the llm_response of a message that another session had first:
// this one is a copy or a fork of it. The usage is not told again, unless the
// copy was written later and has more of it; then the event may come twice.
func (s *State) repeats(session string, l *Line, before *told) {
	a := l.Answer
	key := maphash.String(hashSeed, session+"\x00"+a.message)
	more := a.raw != nil && a.usage.output > before.output
	if s.answers[key] != nil && !more {
		return
	}
	s.answers[key] = before
	s.first = First{l.Nano, l.HasTime}
	s.o.Raw("model", a.model).Str("message_id", a.message).Str("request_id", a.request).Raw("stop_reason", a.stop)
	if more {
		before.output = a.usage.output
		s.usage(a)
	}
	s.o.Str("usage_in_session", before.session).Str("uuid", l.UUID)
	s.emit(event.Header{Type: "llm_response", UnixNano: l.Nano, Untimed: !l.HasTime, ID: answerID(session, a, l.UUID), Session: session})
}
