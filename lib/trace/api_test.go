package trace

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestUsageOf(t *testing.T) {
	for _, x := range []struct {
		name, in string
		want     *Usage
	}{
		{"anthropic", `{"input_tokens":10,"output_tokens":20,"cache_read_input_tokens":30,"cache_creation_input_tokens":50,"cache_creation":{"ephemeral_5m_input_tokens":40,"ephemeral_1h_input_tokens":10}}`,
			&Usage{Input: 10, Output: 20, CacheRead: 30, CacheWrite5m: 40, CacheWrite1h: 10}},
		{"anthropic without the split", `{"usage":{"input_tokens":10,"output_tokens":20,"cache_creation_input_tokens":50,"cache_read_input_tokens":null}}`,
			&Usage{Input: 10, Output: 20, CacheWrite5m: 50}},
		{"openai chat", `{"usage":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120,"prompt_tokens_details":{"cached_tokens":60},"completion_tokens_details":{"reasoning_tokens":5}}}`,
			&Usage{Input: 40, Output: 20, CacheRead: 60, Reasoning: 5}},
		{"openai responses", `{"usage":{"input_tokens":100,"input_tokens_details":{"cached_tokens":60},"output_tokens":20,"output_tokens_details":{"reasoning_tokens":5},"total_tokens":120}}`,
			&Usage{Input: 40, Output: 20, CacheRead: 60, Reasoning: 5}},
		{"google", `{"usageMetadata":{"promptTokenCount":100,"cachedContentTokenCount":60,"candidatesTokenCount":20,"thoughtsTokenCount":5,"totalTokenCount":125}}`,
			&Usage{Input: 40, Output: 25, CacheRead: 60, Reasoning: 5}},
		{"ours", `{"input_tokens":1,"output_tokens":2,"cache_read_tokens":3,"cache_write_5m_tokens":4,"cache_write_1h_tokens":5,"reasoning_tokens":6}`,
			&Usage{1, 2, 3, 4, 5, 6}},
		{"nothing", `{"usage":{}}`, nil},
		{"null", `{"usage":null}`, nil},
		{"no object", `[1]`, nil},
		{"no JSON", `hello`, nil},
		{"odd", `{"usage":{"input_tokens":-5,"output_tokens":"7"}}`, &Usage{}},
	} {
		for _, v := range []any{x.in, []byte(x.in), json.RawMessage(x.in)} {
			if got := UsageOf(v); !reflect.DeepEqual(got, x.want) {
				t.Errorf("%s as %T: got %+v, want %+v", x.name, v, got, x.want)
			}
		}
	}
}

func TestResponseOf(t *testing.T) {
	type reply struct{ Model, Text string }
	for _, x := range []struct {
		in   any
		want Response
	}{
		{`{"id":"msg_1","model":"m","content":[{"type":"thinking","thinking":"hm"},{"type":"text","text":"a"},{"type":"tool_use","id":"toolu_1"},{"type":"text","text":"b"}],"stop_reason":"tool_use","usage":{"service_tier":"standard"}}`,
			Response{Model: "m", Text: "ab", MessageID: "msg_1", StopReason: "tool_use", ServiceTier: "standard"}},
		{`{"id":"c1","model":"m","choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"service_tier":"default"}`,
			Response{Model: "m", Text: "a", MessageID: "c1", StopReason: "stop", ServiceTier: "default"}},
		{`{"id":"c1","model":"m","choices":[{"message":{"content":null},"finish_reason":"tool_calls"}]}`,
			Response{Model: "m", MessageID: "c1", StopReason: "tool_calls"}},
		{`{"id":"resp_1","model":"m","status":"completed","output":[{"type":"reasoning"},{"type":"message","content":[{"type":"output_text","text":"a"}]}]}`,
			Response{Model: "m", Text: "a", MessageID: "resp_1", StopReason: "completed"}},
		{`{"responseId":"r","modelVersion":"m","candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"text":"a"}]},"finishReason":"STOP"}]}`,
			Response{Model: "m", Text: "a", MessageID: "r", StopReason: "STOP"}},
		{reply{"m", "a"}, Response{Model: "m", Text: "a"}},
		{"plain text", Response{Text: "plain text"}},
		{3, Response{}},
		{nil, Response{}},
		{func() {}, Response{Text: "(func())"}},
	} {
		if got := ResponseOf(x.in); !reflect.DeepEqual(got, x.want) {
			t.Errorf("%v: got  %+v\nwant %+v", x.in, got, x.want)
		}
	}
}

func TestRequestOf(t *testing.T) {
	type message struct{ Role, Content string }
	type request struct {
		Model    string
		Messages []message
	}
	for _, x := range []struct {
		in    any
		model string
		n     int
		last  string
	}{
		{`{"model":"m","messages":[{"role":"system"},{"role":"user","content":"x"}]}`, "m", 2, `{"role":"user","content":"x"}`},
		{`{"model":"m","input":"x"}`, "m", 1, `"x"`},
		{`{"contents":[{"parts":[]}]}`, "", 1, `{"parts":[]}`},
		{request{"m", []message{{"user", "x"}}}, "m", 1, `{"Role":"user","Content":"x"}`},
		{[]message{{"user", "x"}}, "", 1, `{"Role":"user","Content":"x"}`},
		{"x", "", 1, `"x"`},
		{3, "", 0, ""},
		{nil, "", 0, ""},
	} {
		q := RequestOf(x.in)
		if last, _ := encode(q.Last); q.Model != x.model || q.Messages != x.n || string(last) != x.last {
			t.Errorf("%v: got %+v, last %s", x.in, q, last)
		}
	}
}
