package model

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

// anthropic is the Messages API, as Claude Code uses it.
type anthropic struct{}

func (anthropic) usage(n int) Usage {
	return Usage{Input: 100 + n, Output: 70 + n, CacheRead: 3000, CacheWrite5m: 150, CacheWrite1h: 50, Reasoning: 20}
}

func (anthropic) refuse(w http.ResponseWriter, why string) {
	reply(w, http.StatusBadRequest, obj{"type": "error", "error": obj{"type": "invalid_request_error", "message": why}})
}

func (anthropic) read(w http.ResponseWriter, r *http.Request, body []byte) *request {
	g := gjson.ParseBytes(body)
	switch {
	case r.Method != http.MethodPost:
		reply(w, http.StatusOK, obj{"data": []any{}})
		return nil
	case strings.Contains(r.URL.Path, "count_tokens"):
		reply(w, http.StatusOK, obj{"input_tokens": 10})
		return nil
	case !strings.HasSuffix(r.URL.Path, "/v1/messages"):
		reply(w, http.StatusOK, obj{})
		return nil
	}
	q := &request{
		model: g.Get("model").Str, stream: g.Get("stream").Bool(), aux: !g.Get("tools.0").Exists(),
		prompt: g.Get("messages.0.content").String(), results: map[string]string{},
	}
	for _, m := range g.Get("messages").Array() {
		for _, b := range m.Get("content").Array() {
			if b.Get("type").Str == "tool_result" {
				q.results[b.Get("tool_use_id").Str] = b.Get("content").String()
			}
		}
	}
	return q
}

func (anthropic) write(w http.ResponseWriter, q *request, t Turn, a Answer) {
	var content []obj
	if t.Thinking != "" {
		content = append(content, obj{"type": "thinking", "thinking": t.Thinking, "signature": "c2ln"})
	}
	if t.Text != "" {
		content = append(content, obj{"type": "text", "text": t.Text})
	}
	stop := "end_turn"
	for _, c := range t.Calls {
		stop = "tool_use"
		content = append(content, obj{"type": "tool_use", "id": c.ID, "name": c.Tool, "input": json.RawMessage(c.Args)})
	}
	u := a.Usage
	usage := obj{
		"input_tokens": u.Input, "cache_read_input_tokens": u.CacheRead,
		"cache_creation_input_tokens": u.CacheWrite5m + u.CacheWrite1h,
		"cache_creation":              obj{"ephemeral_5m_input_tokens": u.CacheWrite5m, "ephemeral_1h_input_tokens": u.CacheWrite1h},
		"output_tokens":               u.Output, "output_tokens_details": obj{"thinking_tokens": u.Reasoning}, "service_tier": "standard",
	}
	message := obj{"id": "msg_" + a.ID, "type": "message", "role": "assistant", "model": q.model, "content": content,
		"stop_reason": stop, "stop_sequence": nil, "usage": usage}
	w.Header().Set("Request-Id", "req_"+a.ID)
	if !q.stream {
		reply(w, http.StatusOK, message)
		return
	}
	// As the API does, the usage at the beginning has an output that is too
	// small.
	early := obj{}
	for k, v := range usage {
		early[k] = v
	}
	early["output_tokens"] = 1
	delete(early, "output_tokens_details")
	begin := obj{}
	for k, v := range message {
		begin[k] = v
	}
	begin["content"], begin["stop_reason"], begin["usage"] = []any{}, nil, early
	events := []obj{{"type": "message_start", "message": begin}}
	for i, c := range content {
		open, deltas := obj{"type": c["type"]}, []obj(nil)
		switch c["type"] {
		case "thinking":
			open["thinking"], open["signature"] = "", ""
			deltas = []obj{{"type": "thinking_delta", "thinking": c["thinking"]}, {"type": "signature_delta", "signature": "c2ln"}}
		case "text":
			open["text"] = ""
			deltas = []obj{{"type": "text_delta", "text": c["text"]}}
		default:
			open["id"], open["name"], open["input"] = c["id"], c["name"], obj{}
			deltas = []obj{{"type": "input_json_delta", "partial_json": string(c["input"].(json.RawMessage))}}
		}
		events = append(events, obj{"type": "content_block_start", "index": i, "content_block": open})
		for _, d := range deltas {
			events = append(events, obj{"type": "content_block_delta", "index": i, "delta": d})
		}
		events = append(events, obj{"type": "content_block_stop", "index": i})
	}
	events = append(events,
		obj{"type": "message_delta", "delta": obj{"stop_reason": stop, "stop_sequence": nil}, "usage": usage},
		obj{"type": "message_stop"})
	sse(w, events, true)
}
