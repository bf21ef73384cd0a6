package codex

import (
	"fmt"
	"strings"
	"testing"
)

func TestStream(t *testing.T) {
	c := newRun(t).testdata("exec.ndjson")
	if len(c.problems)+len(c.alien) > 0 {
		t.Errorf("problems: %q, not taken: %q", c.problems, c.alien)
	}
	var calls []string
	for _, e := range c.ofType("tool_call") {
		calls = append(calls, e.Get("tool_name").String())
	}
	if fmt.Sprint(calls) != "[command_execution file_change mcp__mock__boom web_search]" {
		t.Errorf("calls: %v", calls)
	}
	errors := c.ofType("error")
	if len(errors) != 3 {
		t.Fatalf("%d errors, want 3:\n%s", len(errors), c)
	}
	want(t, errors[0], "exit_code", "3")
	want(t, errors[0], "^parent_id", c.ofType("tool_call")[0].ID())
	want(t, errors[0], "^duration_ms", "") // when lines were read says nothing
	want(t, errors[1], "error.content.0.text", "it failed")
	want(t, errors[2], "kind", "api") // told twice
	usage := c.ofType("llm_response")
	if len(usage) != 2 {
		t.Fatalf("%d answers, want 2", len(usage))
	}
	want(t, usage[0], "usage.input_tokens", "450")
	want(t, usage[1], "usage", `{"input_tokens":100,"output_tokens":10,"cache_read_tokens":1000}`) // totals of the thread
	if said := c.ofType("assistant_response"); len(said) != 3 || said[1].ID() == said[2].ID() {
		t.Errorf("said:\n%s", c)
	}
	want(t, c.one("warning"), "message", "hooks run without review")
	want(t, c.one("session_start"), "^event_id", startID(above))

	// A thread that goes on numbers its items anew.
	again := newRun(t).file("", lines(`{"type":"thread.started","thread_id":"`+above+`"}`,
		`{"type":"item.completed","item":{"id":"item_2","type":"command_execution","command":"ls","aggregated_output":"","exit_code":0,"status":"completed"}}`))
	if again.one("tool_call").ID() == c.ofType("tool_call")[0].ID() {
		t.Error("two calls of one thread have one id")
	}
}

// TestStreamsOfAThread is about the totals of a thread that has two streams.
func TestStreamsOfAThread(t *testing.T) {
	begin := `{"type":"thread.started","thread_id":"s"}`
	old := func(in int) string {
		return fmt.Sprintf(`{"type":"turn.completed","usage":{"input_tokens":%d,"cached_input_tokens":0,"output_tokens":%d}}`, in, in)
	}
	later := func(in int) string {
		return strings.Replace(old(in), `"usage":{`, `"usage":{"reasoning_output_tokens":0,`, 1)
	}
	for name, x := range map[string]struct{ text, want string }{
		"totals begin anew": {lines(begin, old(10), old(30), begin, old(40)), "[10 20 40]"},
		"totals go on":      {lines(begin, later(10), later(30), begin, later(40)), "[10 20 10]"},
		"one that is less":  {lines(begin, later(10), begin, later(4)), "[10 4]"},
	} {
		c := newRun(t).file("", x.text)
		var got []int64
		for _, e := range c.ofType("llm_response") {
			got = append(got, e.Get("usage.input_tokens").Int())
		}
		if fmt.Sprint(got) != x.want {
			t.Errorf("%s: %v, want %s", name, got, x.want)
		}
	}
}
