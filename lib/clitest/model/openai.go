package model

import (
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

// openAI is the Responses API, as Codex uses it.
type openAI struct{}

func (openAI) usage(n int) Usage {
	return Usage{Input: 350 + n, Output: 50 + n, CacheRead: 600, CacheWrite5m: 50, Reasoning: 20}
}

func (openAI) refuse(w http.ResponseWriter, why string) {
	reply(w, http.StatusBadRequest, obj{"error": obj{"type": "invalid_request_error", "message": why}})
}

func (openAI) read(w http.ResponseWriter, r *http.Request, body []byte) *request {
	switch {
	case r.Method != http.MethodPost:
		reply(w, http.StatusOK, obj{"data": []any{}, "models": []any{}})
		return nil
	case !strings.HasSuffix(r.URL.Path, "/responses"):
		reply(w, http.StatusNotFound, obj{})
		return nil
	}
	g := gjson.ParseBytes(body)
	q := &request{model: g.Get("model").Str, stream: true, aux: !g.Get("tools.0").Exists(), results: map[string]string{}}
	for _, item := range g.Get("input").Array() {
		switch item.Get("type").Str {
		case "message":
			if item.Get("role").Str == "user" {
				q.prompt += item.Get("content").Raw
			}
		case "function_call_output", "custom_tool_call_output":
			q.results[item.Get("call_id").Str] = item.Get("output").String()
		}
	}
	return q
}

func (openAI) write(w http.ResponseWriter, q *request, t Turn, a Answer) {
	id := "resp_" + a.ID
	events := []obj{{"type": "response.created", "response": obj{"id": id}}}
	done := func(item obj) {
		events = append(events, obj{"type": "response.output_item.done", "item": item})
	}
	if t.Thinking != "" {
		done(obj{"type": "reasoning", "id": "rs_" + a.ID, "summary": []obj{{"type": "summary_text", "text": t.Thinking}}})
	}
	if t.Text != "" {
		done(obj{"type": "message", "role": "assistant", "id": "msg_" + a.ID, "content": []obj{{"type": "output_text", "text": t.Text}}})
	}
	for _, c := range t.Calls {
		if c.Text {
			done(obj{"type": "custom_tool_call", "id": "ctc_" + c.ID, "call_id": c.ID, "name": c.Tool, "input": c.Args})
			continue
		}
		item := obj{"type": "function_call", "id": "fc_" + c.ID, "call_id": c.ID, "name": c.Tool, "arguments": c.Args}
		if c.Space != "" {
			item["namespace"] = c.Space
		}
		done(item)
	}
	u := a.Usage
	in := u.Input + u.CacheRead + u.CacheWrite5m
	events = append(events, obj{"type": "response.completed", "response": obj{"id": id, "usage": obj{
		"input_tokens": in, "input_tokens_details": obj{"cached_tokens": u.CacheRead, "cache_write_tokens": u.CacheWrite5m},
		"output_tokens": u.Output, "output_tokens_details": obj{"reasoning_tokens": u.Reasoning}, "total_tokens": in + u.Output,
	}}})
	sse(w, events, true)
}
