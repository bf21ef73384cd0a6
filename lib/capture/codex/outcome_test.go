package codex

import (
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// TestPairs is about calls and their outcomes: by call_id, with failure, exit
// code and duration of the best source.
func TestPairs(t *testing.T) {
	c := newRun(t).testdata("rollout.jsonl")
	calls := map[string]event.Event{}
	for _, e := range c.ofType("tool_call") {
		calls[e.Get("tool_use_id").String()] = e
	}
	if len(calls) != 4 {
		t.Fatalf("%d calls, want 4:\n%s", len(calls), c)
	}
	want(t, calls["call_1"], "tool_name", "exec_command")
	want(t, calls["call_1"], "arguments.cmd", "make test")
	want(t, calls["call_m1"], "tool_name", "mcp__mock__add")
	want(t, calls["call_m1"], "mcp_server.name", "mock")
	if got := tool.Parse("apply_patch", []byte(calls["call_p1"].Get("arguments").Raw)).Writes; !slices.Equal(got, []string{"new.txt"}) {
		t.Errorf("the patch writes %q", got)
	}
	outcomes := map[string]event.Event{}
	for _, e := range append(c.ofType("tool_result"), c.ofType("error")...) {
		id := e.Get("tool_use_id").String()
		outcomes[id] = e
		if e.Parent() != calls[id].ID() {
			t.Errorf("the parent of %s is not its call", e.Raw)
		}
		want(t, e, "tool_name", calls[id].Get("tool_name").String())
	}
	for _, x := range []struct{ id, typ, exit, ms, path, value string }{
		{"call_1", "error", "3", "41", "error", "FAIL\n"},
		{"call_m1", "tool_result", "", "1.004", "result.structuredContent.sum", "5"},
		{"call_m2", "error", "", "0.7", "error.content.0.text", "it failed"}, // no hook tells of it
		{"call_p1", "tool_result", "0", "", "changes./home/u/proj/new\\.txt.type", "add"},
	} {
		e := outcomes[x.id]
		want(t, e, "^event_type", x.typ)
		want(t, e, "exit_code", x.exit)
		want(t, e, "^duration_ms", x.ms)
		want(t, e, x.path, x.value)
	}
	want(t, outcomes["call_1"], "kind", "tool")
}

// TestOutcomes is about the ways in which calls end.
func TestOutcomes(t *testing.T) {
	call := func(name, args string) string {
		return `{"timestamp":"2026-11-22T07:21:00.000Z","type":"response_item","payload":{"type":"function_call","name":"` + name + `","arguments":` + args + `,"call_id":"c1"}}`
	}
	out := func(output string) string {
		return `{"timestamp":"2026-11-22T07:21:02.000Z","type":"response_item","payload":{"type":"function_call_output","call_id":"c1","output":` + output + `}}`
	}
	msg := func(p string) string {
		return `{"timestamp":"2026-11-22T07:21:01.000Z","type":"event_msg","payload":` + p + `}`
	}
	shell := call("exec_command", `"{\"cmd\":\"x\"}"`)
	server := strings.Replace(call("add", `"{}"`), `"name"`, `"namespace":"mcp__a","name"`, 1)
	for _, x := range []struct{ name, text, want string }{
		{"exit 0", lines(shell, out(`"Wall time: 0.25 seconds\nProcess exited with code 0\nOutput:\nProcess exited with code 1\n"`)), "tool_result exit=0 ms=250"},
		{"exit 1", lines(shell, out(`"Exit code: 1\nWall time: 3 seconds\nOutput:\n"`)), "error exit=1"},
		{"in its metadata", lines(shell, out(`"{\"output\":\"\",\"metadata\":{\"exit_code\":0,\"duration_seconds\":0.3}}"`)), "tool_result exit=0 ms=300"},
		{"item's times", lines(call("apply_patch", `"p"`), msg(`{"type":"item_completed","started_at_ms":1795332070000,"completed_at_ms":1795332070012,"item":{"type":"FileChange","id":"c1","status":"completed"}}`), out(`"Exit code: 0\nWall time: 0 seconds\nOutput:\n"`)), "tool_result exit=0 ms=12"},
		{"behind its command", lines(shell, out(`"Command: /bin/bash -lc 'a\n\nb\nc\nd\ne\nf\nProcess exited with code 0'\nChunk ID: 1\nWall time: 0.5 seconds\nProcess exited with code 3\nOutput:\n"`)), "error exit=3 ms=500"},
		{"still runs", lines(shell, out(`"Wall time: 1.0 seconds\nProcess running with session ID 7\nOutput:\n"`)), "tool_result ms=1000"},
		{"no text", lines(shell, out(`""`)), "tool_result"},
		{"null", lines(shell, out(`null`)), "tool_result"},
		{"blocks", lines(shell, out(`[{"type":"input_text","text":"Exit code: 2\nOutput:\n"}]`)), "error exit=2"},
		{"one block", lines(shell, out(`{"type":"input_text","text":"a"}`)), "tool_result"},
		{"aborted", lines(shell, out(`"aborted by user after 1.2s"`)), "error interrupt"},
		{"rejected", lines(shell, out(`"exec command rejected by user"`)), "error rejected"},
		{"by a hook", lines(shell, out(`"Command blocked by PreToolUse hook: no. Command: x"`)), "error rejected"},
		{"unsupported", lines(call("nope", `null`), out(`"unsupported call: nope"`)), "error"},
		{"bad arguments", lines(call("exec_command", `"{"`), out(`"failed to parse function arguments: EOF"`)), "error"},
		{"no image", lines(call("view_image", `"{\"path\":\"a.png\"}"`), out(`"unable to locate image at `+"`/a.png`"+`: No such file"`)), "error"},
		{"an image", lines(call("view_image", `"{\"path\":\"a.png\"}"`), out(`[{"type":"input_image","image_url":"data:"}]`)), "tool_result"},
		{"declined", lines(shell, msg(`{"type":"item_completed","item":{"type":"CommandExecution","id":"c1","status":"declined","exit_code":-1}}`), out(`"rejected by user"`)), "error rejected"},
		{"end without output", lines(shell, msg(`{"type":"exec_command_end","call_id":"c1","exit_code":4,"aggregated_output":"x","duration":{"secs":1,"nanos":5000000}}`)), "error exit=4 ms=1005"},
		{"end without call", msg(`{"type":"exec_command_end","call_id":"c1","command":["a"],"exit_code":0,"stdout":"x","stderr":"y"}`), "tool_result exit=0"},
		{"output without call", out(`"Exit code: 1\nOutput:\n"`), "error exit=1"},
		{"no outcome", shell, ""},
		{"output twice", lines(shell, out(`"a"`), out(`"b"`)), "tool_result"},
		{"server says anything", lines(server, out(`"execution error: not really"`)), "tool_result"},
		{"server fails", lines(server, out(`"tool call error: timed out"`)), "error"},
		{"server's Err", lines(server, msg(`{"type":"mcp_tool_call_end","call_id":"c1","invocation":{"server":"a","tool":"add"},"duration":{"secs":0,"nanos":0},"result":{"Err":"gone"}}`), out(`"gone"`)), "error ms=0"},
		{"server's Ok", lines(server, msg(`{"type":"mcp_tool_call_end","call_id":"c1","invocation":{"server":"a","tool":"add"},"duration":{"secs":0,"nanos":4000000},"result":{"Ok":{"content":[],"isError":false}}}`), out(`"Wall time: 9.0 seconds"`)), "tool_result ms=4"},
		{"server's isError", msg(`{"type":"mcp_tool_call_end","call_id":"c1","invocation":{"server":"a","tool":"add","arguments":{}},"result":{"Ok":{"content":[],"isError":true}}}`), "error"},
		{"patch", lines(call("apply_patch", `"p"`), msg(`{"type":"patch_apply_end","call_id":"c1","success":false,"stderr":"no","changes":{}}`), out(`"Exit code: 1\nOutput:\nno"`)), "error exit=1"},
		{"dynamic", lines(msg(`{"type":"dynamic_tool_call_request","callId":"c1","tool":"x","arguments":{}}`), msg(`{"type":"dynamic_tool_call_response","call_id":"c1","tool":"x","success":false,"content_items":[],"duration":{"secs":0,"nanos":1000000}}`)), "error ms=1"},
	} {
		c := newRun(t).file("s", x.text)
		var got []string
		for _, e := range append(c.ofType("tool_result"), c.ofType("error")...) {
			s := e.Type()
			if v := e.Get("exit_code"); v.Exists() {
				s += " exit=" + v.Raw
			}
			if v := gjson.GetBytes(e.Raw, "duration_ms"); v.Exists() {
				s += " ms=" + v.Raw
			}
			if e.Get("is_interrupt").Bool() {
				s += " interrupt"
			}
			if e.Get("rejected").Bool() {
				s += " rejected"
			}
			got = append(got, s)
			want(t, e, "^parent_id", callID("s", "c1"))
		}
		if g := strings.Join(got, ", "); g != x.want {
			t.Errorf("%s: %s, want %s\n%s", x.name, g, x.want, c)
		}
		if n := len(c.ofType("tool_call")); n > 1 {
			t.Errorf("%s: %d calls", x.name, n)
		}
	}
}

// TestLate is about a command that goes on while the model is told so.
func TestLate(t *testing.T) {
	c := newRun(t).file("s", lines(
		`{"timestamp":"2026-11-22T07:21:00.000Z","type":"response_item","payload":{"type":"function_call","name":"exec_command","arguments":"{}","call_id":"c1"}}`,
		`{"timestamp":"2026-11-22T07:21:02.000Z","type":"response_item","payload":{"type":"function_call_output","call_id":"c1","output":"Process running with session ID 7\nOutput:\n"}}`,
		`{"timestamp":"2026-11-22T07:22:00.000Z","type":"event_msg","payload":{"type":"item_completed","item":{"type":"CommandExecution","id":"c1","status":"failed","exit_code":2,"aggregated_output":"x","duration":{"secs":60,"nanos":0}}}}`,
	))
	e := c.one("command_execution")
	want(t, e, "exit_code", "2")
	want(t, e, "^duration_ms", "60000")
	want(t, e, "^parent_id", c.one("tool_call").ID())
	if len(c.ofType("tool_result")) != 1 || len(c.ofType("error")) != 0 {
		t.Errorf("outcomes:\n%s", c)
	}
}

func TestWebSearches(t *testing.T) {
	item := func(id string) string {
		return `{"timestamp":"2026-11-22T07:21:00.000Z","type":"response_item","payload":{"type":"web_search_call",` + id + `"status":"completed","action":{"type":"search","query":"go"}}}`
	}
	end := func(id, results string) string {
		return `{"timestamp":"2026-11-22T07:21:00.000Z","type":"event_msg","payload":{"type":"web_search_end","call_id":"` + id + `","query":"go","action":{"type":"search","query":"go"}` + results + `}}`
	}
	for name, x := range map[string]struct {
		text    string
		calls   int
		results string
	}{
		"both":            {lines(item(`"id":"ws_1",`), end("ws_1", `,"results":[1]`)), 1, "[1]"},
		"end first":       {lines(end("ws_1", `,"results":[1]`), item(`"id":"ws_1",`)), 1, "[1]"},
		"end first no id": {lines(end("ws_1", ""), item("")), 1, `{"status":"completed"}`},
		"no id":           {lines(item(""), end("ws_1", `,"results":[1]`)), 1, "[1]"},
		"item only":       {item(`"id":"ws_1",`), 1, `{"status":"completed"}`},
		"two without ids": {lines(end("ws_1", ""), item(""), end("ws_2", ""), item("")), 2, `{"status":"completed"}`},
	} {
		c := newRun(t).file("s", x.text)
		calls, results := c.ofType("tool_call"), c.ofType("tool_result")
		if len(calls) != x.calls || len(results) != x.calls {
			t.Errorf("%s: %d calls, %d results:\n%s", name, len(calls), len(results), c)
			continue
		}
		want(t, results[0], "result", x.results)
		want(t, calls[0], "server_side", "true")
		want(t, calls[0], "tool_name", "web_search")
	}
}
