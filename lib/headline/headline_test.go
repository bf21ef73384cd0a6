package headline

import (
	"strings"
	"testing"

	"agenttrace/lib/event"
)

func TestLongType(t *testing.T) {
	for name, want := range map[string]string{"call": "tool_call", "end": "session_end", "tool_call": "tool_call", "thinking": "thinking", "": ""} {
		if got := LongType(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestOf(t *testing.T) {
	for in, want := range map[string]string{
		`"tool_call","data":{"tool_name":"Bash","arguments":{"command":"pytest tests/"}}`:               "tool_call: Bash  $ pytest tests/",
		`"tool_call","data":{"tool_name":"Read","arguments":{"file_path":"/p/a.go"}}`:                   "tool_call: Read  /p/a.go",
		`"tool_call","data":{"event_subtype":"a2a_call","agent_id":"billing","task":"refund\norder 7"}`: "tool_call: a2a billing  refund order 7",
		`"tool_call","data":{}`:                                                                 "tool_call",
		`"user_prompt","data":{"prompt":"run the test suite"}`:                                  `user_prompt: "run the test suite"`,
		`"user_prompt","data":{"content":[{"type":"image"},{"type":"text","text":"this one"}]}`: `user_prompt: "this one"`,
		`"assistant_response","data":{"text":"\n\nOne.\nTwo."}`:                                 `assistant_response: "One."`,
		`"assistant_response","data":{"text":"hm","thinking":true}`:                             `thinking: "hm"`,
		`"error","data":{"message":"exit 1"}`:                                                   "error: exit 1",
		`"error","data":{"error":"Exit code 1\nboom"}`:                                          "error: Exit code 1: boom",
		`"error","data":{"error":{"message":"boom"}}`:                                           "error: boom",
		`"tool_result","data":{"tool_name":"Bash","result":{"stdout":"ok","stderr":""}}`:        "tool_result: Bash  ok",
		`"tool_result","data":{"content":[{"type":"text","text":"x"}]}`:                         "tool_result: x",
		`"tool_result","data":null`:                                                             "tool_result",
		`"notification","data":{"message":"hi"}`:                                                "notification: hi",
		`"x"`:                                                                                   "x",
	} {
		e, err := event.Parse([]byte(`{"event_type":` + in + `}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := Of(e); got != want {
			t.Errorf("%s\n got %q\nwant %q", in, got, want)
		}
	}
	e, _ := event.Parse([]byte(`{"event_type":"user_prompt","data":{"prompt":"` + strings.Repeat("ä", 1000) + `"}}`))
	if got := Of(e); len(got) > Max+20 || !strings.HasSuffix(got, `ä…"`) {
		t.Errorf("not cut well: %q", got)
	}
}
