package session

import (
	"strconv"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// Tokens are numbers of tokens by class. The classes exclude each other, but
// for Reasoning, which is a part of Output.
type Tokens struct {
	Input        int64 // not from a cache, not written to one
	Output       int64
	CacheRead    int64
	CacheWrite5m int64 // into a cache that lives 5 minutes, or as long as the vendor's one kind
	CacheWrite1h int64
	Reasoning    int64
}

// Add adds u to t.
func (t *Tokens) Add(u Tokens) {
	t.Input = plus(t.Input, u.Input)
	t.Output = plus(t.Output, u.Output)
	t.CacheRead = plus(t.CacheRead, u.CacheRead)
	t.CacheWrite5m = plus(t.CacheWrite5m, u.CacheWrite5m)
	t.CacheWrite1h = plus(t.CacheWrite1h, u.CacheWrite1h)
	t.Reasoning = plus(t.Reasoning, u.Reasoning)
}

// Total returns the number of all tokens.
func (t Tokens) Total() int64 {
	return plus(plus(plus(t.Input, t.Output), t.CacheRead), plus(t.CacheWrite5m, t.CacheWrite1h))
}

// AppendTo adds the classes to o under the keys that every record uses. A
// reasoning of 0 is left out, as hardly any agent tells it.
func (t Tokens) AppendTo(o *event.Object) {
	o.Int("input", t.Input).Int("output", t.Output).Int("cache_read", t.CacheRead).
		Int("cache_write_5m", t.CacheWrite5m).Int("cache_write_1h", t.CacheWrite1h).
		Count("reasoning", t.Reasoning)
}

// ParseTokens reads the tokens object of a record.
func ParseTokens(v gjson.Result) Tokens { return readTokens([]byte(v.Raw), "") }

// Usage reads the usage of an llm_response. ok is false if it says nothing.
func Usage(usage []byte) (t Tokens, ok bool) {
	ok = event.Fields(usage, func(_, _ []byte) bool { return true })
	return readTokens(usage, "_tokens"), ok && len(usage) > len(`{}`)
}

// readTokens reads the members whose name is that of a class and the suffix.
func readTokens(object []byte, suffix string) (t Tokens) {
	event.Fields(object, func(k, v []byte) bool {
		n := len(k) - len(suffix)
		if n < 0 || string(k[n:]) != suffix {
			return true
		}
		into := (*int64)(nil)
		switch string(k[:n]) {
		case "input":
			into = &t.Input
		case "output":
			into = &t.Output
		case "cache_read":
			into = &t.CacheRead
		case "cache_write_5m":
			into = &t.CacheWrite5m
		case "cache_write_1h":
			into = &t.CacheWrite1h
		case "reasoning":
			into = &t.Reasoning
		}
		if into != nil && *into == 0 {
			*into = count(v)
		}
		return true
	})
	return t
}

// count reads a number of tokens; what cannot be one is 0.
func count(raw []byte) int64 {
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return max(n, 0)
	}
	if f, err := strconv.ParseFloat(string(raw), 64); err == nil && f > 0 && f < 1<<53 {
		return int64(f)
	}
	return 0
}

// synthetic is the model of answers that Claude Code writes itself.
const synthetic = "<synthetic>"

// An answer is what is kept of an llm_response.
type answer struct {
	model string
	used  Tokens
	known bool // its usage is
}

// answer takes an llm_response.
func (f *Fold) answer(e event.Event, id uint64) {
	var model, usage, message, request, elsewhere []byte
	event.Fields(e.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "model":
			first(&model, v)
		case "usage":
			first(&usage, v)
		case "message_id":
			first(&message, v)
		case "request_id":
			first(&request, v)
		case "usage_in_session":
			first(&elsewhere, v)
		}
		return true
	})
	if elsewhere != nil || string(model) == `"`+synthetic+`"` {
		return
	}
	delete(f.unanswered, hash(e.ParentRaw()))
	a := answer{model: f.modelNamed(model)}
	if usage != nil {
		a.used, a.known = Usage(usage)
	}
	native := uint64(0)
	if h := hash(message); h != 0 {
		native = h*0x9e3779b97f4a7c15 ^ hash(request) | 1
	}
	at, ok := f.answerAt[id]
	if !ok || id == 0 {
		at, ok = f.answerAt[native]
		ok = ok && native != 0
	}
	if !ok {
		at = int32(len(f.answers))
		f.answers = append(f.answers, a)
	} else if old := &f.answers[at]; a.known && (!old.known || a.used.Output > old.used.Output || a.used.Output == old.used.Output && a.used.CacheRead > 0 && old.used.CacheRead == 0) {
		if a.model == "" {
			a.model = old.model
		}
		*old = a
	}
	if id != 0 {
		f.answerAt[id] = at
	}
	if native != 0 {
		f.answerAt[native] = at
	}
}

// modelNamed returns the model of a JSON string, "" if it is none, and notes
// that it answered.
func (f *Fold) modelNamed(raw []byte) string {
	for _, m := range f.models {
		if len(raw) == len(m)+2 && string(raw[1:len(raw)-1]) == m {
			return m
		}
	}
	name := unquote(raw)
	f.model(name)
	return name
}

// request takes an llm_request.
func (f *Fold) request(id uint64) {
	if id == 0 {
		f.nameless++
		return
	}
	if f.unanswered == nil {
		f.unanswered = map[uint64]bool{}
	}
	f.unanswered[id] = true
}
