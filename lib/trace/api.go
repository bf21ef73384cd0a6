package trace

import (
	"strings"

	"github.com/tidwall/gjson"
)

// RequestOf reads what goes to the API of Anthropic, OpenAI or Google: JSON, or
// anything that is encoded as it. It goes by the members model and messages,
// input or contents, in capitals or not, so that most other structs will do.
func RequestOf(v any) (q Request) {
	raw, _ := encode(v)
	body := gjson.ParseBytes(body(raw))
	messages := body
	if body.IsObject() {
		q.Model = member(body, "model").String()
		for _, name := range []string{"messages", "input", "contents", "prompt"} {
			if messages = member(body, name); messages.Exists() {
				break
			}
		}
	}
	switch {
	case messages.IsArray():
		list := messages.Array()
		if q.Messages = len(list); q.Messages > 0 {
			q.Last = jsonText(list[q.Messages-1].Raw)
		}
	case messages.Type == gjson.String:
		q.Messages, q.Last = 1, messages.Str
	}
	return q
}

// ResponseOf reads what the APIs of Anthropic (messages), OpenAI (chat
// completions and responses) and Google (generateContent) answer: JSON, or
// anything that is encoded as it, such as the structs of their Go clients. A
// string that is no JSON is the text of an answer.
func ResponseOf(v any) (r Response) {
	raw, _ := encode(v)
	answer := gjson.ParseBytes(body(raw))
	if answer.Type == gjson.String {
		r.Text = answer.Str
		return r
	}
	if !answer.IsObject() {
		return r
	}
	first := func(paths ...string) string {
		for _, p := range paths {
			if v := answer.Get(p); v.Type == gjson.String && v.Str != "" {
				return v.Str
			}
		}
		return ""
	}
	r.Model = first("model", "Model", "modelVersion")
	r.MessageID = first("id", "responseId")
	r.StopReason = first("stop_reason", "choices.0.finish_reason", "candidates.0.finishReason", "status")
	r.ServiceTier = first("service_tier", "usage.service_tier")
	r.Text = first("choices.0.message.content", "text", "Text")
	if r.Text == "" {
		r.Text = texts(answer)
	}
	r.Usage = usageOf(answer)
	return r
}

// texts returns the text of an answer that consists of parts, without the
// model's thinking.
func texts(answer gjson.Result) string {
	var b strings.Builder
	add := func(_, part gjson.Result) bool {
		kind := part.Get("type").Str
		if text := part.Get("text"); text.Type == gjson.String && (kind == "" || kind == "text" || kind == "output_text") && !part.Get("thought").Bool() {
			b.WriteString(text.Str)
		}
		return true
	}
	answer.Get("content").ForEach(add)
	answer.Get("candidates.0.content.parts").ForEach(add)
	answer.Get("output").ForEach(func(_, item gjson.Result) bool {
		item.Get("content").ForEach(add)
		return true
	})
	return b.String()
}

// UsageOf reads the usage that an API tells, from all of its answer or from the
// usage alone; nil if there is none. OpenAI and Google count tokens from a cache
// as part of the input too, and Google counts thinking beside the output: here
// each token is in one class.
func UsageOf(v any) *Usage {
	raw, _ := encode(v)
	return usageOf(gjson.ParseBytes(body(raw)))
}

func usageOf(answer gjson.Result) *Usage {
	u := answer
	for _, name := range []string{"usage", "usageMetadata", "Usage", "UsageMetadata"} {
		if v := answer.Get(name); v.IsObject() {
			u = v
			break
		}
	}
	known := false
	n := func(paths ...string) int64 {
		for _, p := range paths {
			if v := u.Get(p); v.Type == gjson.Number {
				known = true
				return max(v.Int(), 0)
			}
		}
		return 0
	}
	has := func(path string) bool { return u.Get(path).Exists() }
	var out Usage
	switch {
	case has("promptTokenCount") || has("candidatesTokenCount"): // Google
		out.CacheRead = n("cachedContentTokenCount")
		out.Input = max(n("promptTokenCount")-out.CacheRead, 0) + n("toolUsePromptTokenCount")
		out.Reasoning = n("thoughtsTokenCount")
		out.Output = n("candidatesTokenCount") + out.Reasoning
	case has("prompt_tokens") || has("input_tokens_details"): // OpenAI
		out.CacheRead = n("prompt_tokens_details.cached_tokens", "input_tokens_details.cached_tokens")
		out.Input = max(n("prompt_tokens", "input_tokens")-out.CacheRead, 0)
		out.Output = n("completion_tokens", "output_tokens")
		out.Reasoning = n("completion_tokens_details.reasoning_tokens", "output_tokens_details.reasoning_tokens")
	default: // Anthropic, or the form of lib/event
		out.Input = n("input_tokens")
		out.Output = n("output_tokens")
		out.CacheRead = n("cache_read_input_tokens", "cache_read_tokens")
		out.CacheWrite1h = n("cache_creation.ephemeral_1h_input_tokens", "cache_write_1h_tokens")
		out.CacheWrite5m = n("cache_creation.ephemeral_5m_input_tokens", "cache_write_5m_tokens")
		if all := n("cache_creation_input_tokens"); out.CacheWrite5m == 0 && all > out.CacheWrite1h {
			out.CacheWrite5m = all - out.CacheWrite1h
		}
		out.Reasoning = n("output_tokens_details.thinking_tokens", "reasoning_tokens")
	}
	if !known {
		return nil
	}
	return &out
}

// body returns JSON that stands in a string as that JSON.
func body(raw []byte) []byte {
	if len(raw) == 0 || raw[0] != '"' {
		return raw
	}
	s := gjson.ParseBytes(raw).Str
	if t := strings.TrimSpace(s); strings.HasPrefix(t, "{") && gjson.Valid(t) {
		return []byte(t)
	}
	return raw
}

// member returns a member of an object, whether or not its name begins with a
// capital, as it does for structs without tags.
func member(object gjson.Result, name string) gjson.Result {
	if v := object.Get(name); v.Exists() {
		return v
	}
	return object.Get(strings.ToUpper(name[:1]) + name[1:])
}

// A jsonText is JSON as it was read.
type jsonText string

func (t jsonText) encode() ([]byte, string) { return []byte(t), "" }
