package model

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tidwall/gjson"
)

// gemini is generateContent of the Gemini API. It has no ids of calls: results
// come in the order of the calls.
type gemini struct{}

func (gemini) usage(n int) Usage {
	return Usage{Input: 400 + n, Output: 50 + n, CacheRead: 600, Reasoning: 20}
}

func (gemini) refuse(w http.ResponseWriter, why string) {
	reply(w, http.StatusBadRequest, obj{"error": obj{"code": 400, "status": "INVALID_ARGUMENT", "message": why}})
}

func (gemini) read(w http.ResponseWriter, r *http.Request, body []byte) *request {
	switch {
	case r.Method != http.MethodPost:
		reply(w, http.StatusOK, obj{})
		return nil
	case strings.Contains(r.URL.Path, "countTokens"):
		reply(w, http.StatusOK, obj{"totalTokens": 10})
		return nil
	case !strings.Contains(strings.ToLower(r.URL.Path), "generatecontent"):
		reply(w, http.StatusOK, obj{})
		return nil
	}
	g := gjson.ParseBytes(body)
	_, name, _ := strings.Cut(r.URL.Path, "/models/")
	name, _, _ = strings.Cut(name, ":")
	q := &request{
		model: name, stream: strings.Contains(r.URL.Path, ":stream"), prompt: g.Get("contents.0.parts").Raw,
		aux: !g.Get("tools.#.functionDeclarations.0.name").Get("0").Exists(),
	}
	for _, c := range g.Get("contents").Array() {
		for _, p := range c.Get("parts").Array() {
			if f := p.Get("functionResponse"); f.Exists() {
				q.ordered = append(q.ordered, f.Get("response").Raw)
			}
		}
	}
	return q
}

func (gemini) write(w http.ResponseWriter, q *request, t Turn, a Answer) {
	u := a.Usage
	usage := obj{
		"promptTokenCount": u.Input + u.CacheRead, "candidatesTokenCount": u.Output - u.Reasoning, "thoughtsTokenCount": u.Reasoning,
		"cachedContentTokenCount": u.CacheRead, "totalTokenCount": u.Input + u.CacheRead + u.Output,
	}
	if q.aux {
		// What asks without tools wants JSON: which model is to be taken, who
		// speaks next.
		t.Text = `{"reasoning":"x","model_choice":"pro","complexity_score":10,"complexity_reasoning":"x","next_speaker":"user"}`
	}
	var parts []obj
	if t.Text != "" {
		parts = append(parts, obj{"text": t.Text})
	}
	for _, c := range t.Calls {
		parts = append(parts, obj{"functionCall": obj{"name": c.Tool, "args": json.RawMessage(c.Args)}})
	}
	chunk := func(parts []obj, finish string, usage obj) obj {
		c := obj{"content": obj{"role": "model", "parts": parts}}
		if finish != "" {
			c["finishReason"] = finish
		}
		return obj{"candidates": []obj{c}, "usageMetadata": usage, "responseId": a.ID, "modelVersion": q.model}
	}
	last := chunk(parts, "STOP", usage)
	if !q.stream {
		reply(w, http.StatusOK, last)
		return
	}
	var events []obj
	if t.Thinking != "" {
		// As the API does, an early piece has counts that are too small.
		events = append(events, chunk([]obj{{"text": "**Plan** " + t.Thinking, "thought": true}}, "",
			obj{"promptTokenCount": u.Input + u.CacheRead, "totalTokenCount": u.Input + u.CacheRead}))
	}
	sse(w, append(events, last), false)
}
