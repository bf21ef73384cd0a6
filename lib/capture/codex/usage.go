package codex

import (
	"strconv"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// tokens are the counts of a usage as the agent writes them: cached and written
// tokens are parts of in, reasoning is a part of out.
type tokens struct{ in, cached, written, out, reasoning int64 }

func readTokens(g gjson.Result) tokens {
	n := func(key string) int64 { return record.Count(g.Get(key)) }
	return tokens{
		in: n("input_tokens"), cached: n("cached_input_tokens"), written: n("cache_write_input_tokens"),
		out: n("output_tokens"), reasoning: n("reasoning_output_tokens"),
	}
}

// since returns what t has more than an earlier total, and whether it is one of
// the same count: a total can begin anew.
func (t tokens) since(u tokens) (d tokens, ok bool) {
	d = tokens{t.in - u.in, t.cached - u.cached, t.written - u.written, t.out - u.out, t.reasoning - u.reasoning}
	return d, d.in >= 0 && d.cached >= 0 && d.written >= 0 && d.out >= 0 && d.reasoning >= 0
}

// key is what a hook and the rollout tell of one request alike.
func (t tokens) key() string {
	b := strconv.AppendInt(nil, t.in, 10)
	for _, n := range []int64{t.cached, t.written, t.out, t.reasoning} {
		b = strconv.AppendInt(append(b, '/'), n, 10)
	}
	return string(b)
}

// appendTo adds the usage object of an event, in which the classes of tokens
// exclude each other.
func (t tokens) appendTo(o *event.Object) {
	var u event.Object
	u.Int("input_tokens", max(t.in-t.cached-t.written, 0)).Int("output_tokens", t.out)
	u.Count("cache_read_tokens", t.cached).Count("cache_write_5m_tokens", t.written).Count("reasoning_tokens", t.reasoning)
	o.Raw("usage", u.Bytes())
}

// requestID is the event_id of a request, which a hook and the rollout share.
// Requests of a turn have their tokens apart: each has the ones before in its
// input.
func requestID(session, turn string, t tokens, nth string) string {
	return textID(session, "llm_response", turn, t.key(), nth)
}

// usageRecord reads a token_usage_record: one request.
func (r *reader) usageRecord(p *record.Record) {
	s := r.s
	if s.parents[p.Str("thread_id")] {
		return // told in that thread's own file
	}
	first := !s.records
	s.records = true
	raw := p.Get("usage")
	if !isObject(raw) {
		r.keep("token_usage_record", p)
		return
	}
	t := readTokens(gjson.ParseBytes(raw))
	response := p.Str("response_id")
	if first && t == s.counted && s.turn == s.countedTurn {
		// The token_count of the same request stood before it, when it was not
		// known yet that there are records.
		if response != "" {
			r.counted[hashOf("response", response, s.turn)] = s.id
		}
		return
	}
	r.answered(t, response)
}

// answered emits the llm_response of a request.
func (r *reader) answered(t tokens, response string) {
	s := r.s
	r.o.Str("model", s.model)
	elsewhere := ""
	if response != "" {
		k := hashOf("response", response, s.turn)
		before, ok := r.counted[k]
		if ok && before == s.id {
			r.o.Reset()
			return
		}
		if elsewhere = before; !ok {
			r.counted[k] = s.id
		}
	}
	if elsewhere == "" {
		t.appendTo(&r.o)
	}
	r.o.Str("usage_in_session", elsewhere).Str("message_id", response).Str("service_tier", s.tier)
	r.o.Str("turn_id", s.turn).Str("uuid", r.lineUUID())
	r.emit("llm_response", requestID(s.id, s.turn, t, r.again("llm_response", s.turn, t.key())), "", nil)
}

// counts returns the total and the last request of a token_count, nil if it does
// not tell that; ok is false if it tells no total, as one that is about rate
// limits.
func counts(p *record.Record) (total tokens, last *tokens, ok bool) {
	g := gjson.ParseBytes(p.Get("info"))
	sum := g.Get("total_token_usage")
	if !sum.IsObject() {
		return total, last, false
	}
	total = readTokens(sum)
	if l := g.Get("last_token_usage"); l.IsObject() {
		t := readTokens(l)
		last = &t
	}
	return total, last, true
}

// tokenCount reads a token_count, which comes after each request and again when
// nothing was used.
func (r *reader) tokenCount(p *record.Record) {
	s := r.s
	total, last, ok := counts(p)
	if !ok {
		return
	}
	before, had := s.total, s.counts
	s.total, s.counts = total, true
	if s.records || had && total == before || total == (tokens{}) {
		return
	}
	// A total that is the last request alone begins anew: that of a session which
	// goes on does in some versions (0.72). What was used before the first one
	// was not told in this file.
	used := total
	if last != nil {
		used = *last
	}
	if had && (last == nil || total != *last) {
		if d, grew := total.since(before); grew {
			used = d
		}
	}
	if used != (tokens{}) {
		r.answered(used, "")
		s.counted, s.countedTurn = used, s.turn
	}
}

// turnUsage reads the usage of a turn.completed: the total of its thread. In
// versions that do not tell reasoning apart, it begins anew with each stream
// (0.72); in later ones it goes on (0.169).
func (r *reader) turnUsage(raw []byte) {
	s := r.s
	if !isObject(raw) {
		return
	}
	usage := gjson.ParseBytes(raw)
	total, before := readTokens(usage), r.totals[s.id]
	if !s.counts && !usage.Get("reasoning_output_tokens").Exists() {
		before = tokens{}
	}
	s.counts = true
	used := total
	if d, grew := total.since(before); grew {
		used = d
	}
	r.totals[s.id] = total
	if used != (tokens{}) {
		r.answered(used, "")
	}
}
