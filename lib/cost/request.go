package cost

import (
	"bytes"
	"hash/maphash"
	"strconv"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/price"
	"agenttrace/lib/session"
)

// A Provenance says where the number of tokens of a request is from.
type Provenance uint8

const (
	// Exact: the agent recorded what the vendor counted.
	Exact Provenance = iota
	// LowerBound: the agent recorded it before the answer was complete, and
	// output_tokens are too few.
	LowerBound
	// Vendor: only the amount is known, as the vendor or the agent tells it.
	Vendor
	// Estimate: counted here, from the texts.
	Estimate
)

// String returns the provenance as records name it.
func (p Provenance) String() string {
	return [...]string{"exact", "lower_bound", "vendor", "estimate"}[p]
}

// A Request is one answer of a model, however often it is told.
type Request struct {
	session     *Session
	model       string // as recorded
	ns          int64  // 0 if not known
	tokens      session.Tokens
	searches    int64
	ways        price.Ways
	parts       []part // more than one thing was billed; nil if it is just the tokens above
	provenance  Provenance
	side        bool     // told by a subagent's session
	message     uint64   // hash of its message_id, 0 if there is none
	tag         uint64   // of its event, from 1
	place       *Request // the telling whose session, time and phase count
	turn        int32
	epoch       int32 // compactions before it in its session
	phase       int32
	given       int32 // phase as the event itself says; 0 if it does not
	calls       []*call
	vendorNano  int64 // what the vendor says that it cost, if vendorSays
	vendorSays  bool
	bundled     int32 // how many answers it stands for, 0 if it is one
	bundledNano int64

	bill bill
}

// A part of a request is billed by itself: a request within the request, by a
// model of its own (an advisor), or one of several that make up the message.
type part struct {
	model  string
	tokens session.Tokens
}

// tokensOf returns the tokens of an llm_response, in our names or in those of
// other programs. ok is false if it tells none.
func tokensOf(usage, data []byte) (t session.Tokens, ok bool) {
	if len(usage) > 0 && usage[0] == '{' {
		ours, theirs := false, false
		event.Fields(usage, func(k, v []byte) bool {
			switch string(k) {
			case "input_tokens", "output_tokens", "reasoning_tokens":
				ours = true
			case "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens":
				ours = true
			default:
				theirs = true
			}
			return true
		})
		if ours && !theirs {
			return session.Usage(usage)
		}
	}
	return foreign(data)
}

// The names that other programs have for tokens (agent-strace's list, and the
// APIs of the vendors).
var (
	usageAt   = []string{"usage", "usage_metadata", "usageMetadata", "token_usage", "response_metadata.token_usage"}
	inputAt   = []string{"input_tokens", "prompt_tokens", "inputTokens", "promptTokenCount", "prompt_token_count"}
	outputAt  = []string{"output_tokens", "completion_tokens", "outputTokens", "candidatesTokenCount", "completion_token_count", "candidates_token_count"}
	thoughtAt = []string{"thoughtsTokenCount", "thoughts_token_count"}
	cachedAt  = []string{"prompt_tokens_details.cached_tokens", "input_tokens_details.cached_tokens", "cached_input_tokens", "cachedContentTokenCount", "cached_content_token_count"}
	reasonAt  = []string{"reasoning_tokens", "completion_tokens_details.reasoning_tokens", "output_tokens_details.reasoning_tokens", "output_tokens_details.thinking_tokens"}
)

// foreign reads usage as APIs and other programs write it. Where cached tokens
// are a part of the input, they are taken out of it.
func foreign(data []byte) (t session.Tokens, ok bool) {
	g := gjson.ParseBytes(data)
	u := gjson.Result{}
	for _, at := range usageAt {
		if u = g.Get(at); u.IsObject() {
			break
		}
	}
	if !u.IsObject() {
		u = g
	}
	input, okIn := firstNumber(u, inputAt)
	output, okOut := firstNumber(u, outputAt)
	if !okIn && !okOut {
		return t, false
	}
	thoughts, _ := firstNumber(u, thoughtAt)
	t.Input, t.Output = input, output+thoughts
	t.Reasoning, _ = firstNumber(u, reasonAt)
	t.Reasoning = max(t.Reasoning, thoughts)
	if cached, ok := firstNumber(u, cachedAt); ok {
		t.CacheRead = cached
		t.Input = max(0, t.Input-cached)
	}
	if w, ok := firstNumber(u, []string{"cache_write_input_tokens"}); ok {
		t.CacheWrite5m = w
		t.Input = max(0, t.Input-w)
	}
	vendorCache(u, &t)
	if r, ok := firstNumber(u, []string{"cache_read_tokens"}); ok {
		t.CacheRead = r
	}
	if w, ok := firstNumber(u, []string{"cache_write_5m_tokens"}); ok {
		t.CacheWrite5m = w
	}
	if w, ok := firstNumber(u, []string{"cache_write_1h_tokens"}); ok {
		t.CacheWrite1h = w
	}
	return t, true
}

// vendorCache reads the cached tokens as Anthropic's API tells them, beside
// the input. The total of the writes and its split by lifetime may each be
// missing; what the split does not explain was written for five minutes.
func vendorCache(u gjson.Result, t *session.Tokens) {
	if r, ok := firstNumber(u, []string{"cache_read_input_tokens"}); ok {
		t.CacheRead = r
	}
	w5, ok5 := firstNumber(u, []string{"cache_creation.ephemeral_5m_input_tokens"})
	w1, ok1 := firstNumber(u, []string{"cache_creation.ephemeral_1h_input_tokens"})
	total, okT := firstNumber(u, []string{"cache_creation_input_tokens"})
	if ok5 || ok1 || okT {
		t.CacheWrite5m, t.CacheWrite1h = max(w5, total-w1), w1
	}
}

func firstNumber(u gjson.Result, paths []string) (int64, bool) {
	for _, p := range paths {
		if v := u.Get(p); v.Type == gjson.Number {
			return max(v.Int(), 0), true
		}
	}
	return 0, false
}

// partsOf reads the requests within a request. Those of type message make up
// its usage: a long one is priced by its own length, not by their sum. Those
// of an advisor or a compaction are not in it.
func partsOf(iterations []byte, model string, whole session.Tokens) (parts []part) {
	if len(iterations) < 3 || iterations[0] != '[' {
		return nil
	}
	var within, beside []part
	var sum session.Tokens
	gjson.ParseBytes(iterations).ForEach(func(_, it gjson.Result) bool {
		var t session.Tokens
		t.Input, _ = firstNumber(it, []string{"input_tokens"})
		t.Output, _ = firstNumber(it, []string{"output_tokens"})
		vendorCache(it, &t)
		p := part{model, t}
		if m := it.Get("model"); m.Type == gjson.String && m.Str != "" {
			p.model = m.Str
		}
		switch it.Get("type").Str {
		case "advisor_message", "compaction":
			if t != (session.Tokens{}) {
				beside = append(beside, p)
			}
		default:
			within = append(within, p)
			sum.Add(t)
		}
		return true
	})
	sum.Reasoning = whole.Reasoning
	if len(within) < 2 || sum != whole {
		within = []part{{model, whole}}
	}
	if len(within) == 1 && len(beside) == 0 {
		return nil
	}
	return append(within, beside...)
}

var seed = maphash.MakeSeed()

// hash returns a number for a JSON value, 0 for none.
func hash(raw []byte) uint64 {
	if len(raw) < 3 && (len(raw) == 0 || raw[0] == '"') || string(raw) == "null" {
		return 0
	}
	return maphash.Bytes(seed, raw) | 1
}

func unquote(raw []byte) string {
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	if bytes.IndexByte(raw, '\\') >= 0 {
		return gjson.ParseBytes(raw).String()
	}
	return string(raw[1 : len(raw)-1])
}

func integer(raw []byte) int64 {
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		return 0
	}
	return max(n, 0)
}
