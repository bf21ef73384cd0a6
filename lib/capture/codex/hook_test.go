package codex

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/event"
)

// TestHooksJoin is about one event having one id, whoever tells of it.
func TestHooksJoin(t *testing.T) {
	hooks, rollout := newRun(t).testdata("hooks.ndjson"), newRun(t).testdata("rollout.jsonl")
	if len(hooks.problems)+len(hooks.alien) > 0 {
		t.Errorf("problems: %q, not taken: %q", hooks.problems, hooks.alien)
	}
	told := map[string]event.Event{}
	for _, e := range rollout.events {
		told[e.ID()] = e
	}
	only := map[string]int{}
	for _, e := range hooks.events {
		other, ok := told[e.ID()]
		if !ok {
			only[e.Type()]++
			continue
		}
		if e.Type() != other.Type() && !(e.Is("tool_result") && other.Is("error")) {
			t.Errorf("%s is %s in the rollout", e.Raw, other.Raw)
		}
		if e.Parent() != other.Parent() {
			t.Errorf("%s has another parent in the rollout", e.Raw)
		}
	}
	wantOnly := map[string]int{"llm_request": 2, "permission_request": 1, "session_end": 1}
	if fmt.Sprint(only) != fmt.Sprint(wantOnly) {
		t.Errorf("only hooks tell %v, want %v", only, wantOnly)
	}
	want(t, hooks.one("session_start"), "model", "gpt-5.5")
	want(t, hooks.ofType("llm_response")[0], "usage.input_tokens", "350")
	want(t, hooks.ofType("tool_call")[2], "mcp_server.name", "mock")
}

// TestHookFailures is about responses that say themselves that a call failed.
func TestHookFailures(t *testing.T) {
	post := func(name, response string) string {
		return `{"session_id":"s","turn_id":"t","hook_event_name":"PostToolUse","model":"m","tool_name":"` + name +
			`","tool_input":{},"tool_response":` + response + `,"tool_use_id":"c"}`
	}
	for _, x := range []struct{ name, response, typ, exit string }{
		{"Bash", `"Exit code: 1\nprinted by the command"`, "tool_result", ""}, // a shell's response is its output
		{"Bash", `"hello\n"`, "tool_result", ""},
		{"Bash", `null`, "tool_result", ""},
		{"Bash", `["a",1]`, "tool_result", ""},
		{"apply_patch", `"Exit code: 1\nWall time: 0 seconds\nOutput:\nno"`, "error", "1"},
		{"apply_patch", `"Exit code: 0\nOutput:\n"`, "tool_result", "0"},
		{"mcp__a__b", `{"content":[],"isError":true}`, "error", ""},
		{"mcp__a__b", `{"content":[],"isError":false}`, "tool_result", ""},
	} {
		c := newRun(t).file("", post(x.name, x.response))
		if len(c.events) != 1 {
			t.Fatalf("%s %s: %d events", x.name, x.response, len(c.events))
		}
		want(t, c.events[0], "^event_type", x.typ)
		want(t, c.events[0], "exit_code", x.exit)
		want(t, c.events[0], "^parent_id", callID("s", "c"))
	}
}

// TestOtherHooks is about the hooks that no run of the agent has shown, by
// their schema.
func TestOtherHooks(t *testing.T) {
	head := `{"session_id":"root","turn_id":"t1","cwd":"/p","transcript_path":null,"model":"m","hook_event_name":`
	c := newRun(t).file("", lines(
		head+`"SubagentStart","agent_id":"`+child+`","agent_type":"explorer"}`,
		head+`"PreToolUse","agent_id":"`+child+`","agent_type":"explorer","tool_name":"Bash","tool_input":{"command":"ls"},"tool_use_id":"c1"}`,
		head+`"SubagentStop","agent_id":"`+child+`","agent_type":"explorer","agent_transcript_path":null,"last_assistant_message":"found","stop_hook_active":false}`,
		head+`"Interrupt"}`,
		head+`"PostCompact","trigger":"manual"}`,
		head+`"PreCompact","trigger":"manual"}`,
		head+`"Stop","stop_hook_active":false,"last_assistant_message":null}`,
		head+`"PostModelRequest","status":"failed","error":{"message":"overloaded"},"token_usage":null}`,
		head+`"PostModelRequest","status":"failed","error":"broken"}`,
		head+`"BrandNew","x":1}`,
		`{"turn_id":"t1","hook_event_name":"Stop"}`,
	))
	var got []string
	for _, e := range c.events {
		got = append(got, e.Type()+" "+strings.TrimSuffix(e.Session(), child[8:]))
	}
	wanted := "session_start 01a20229, tool_call 01a20229, assistant_response 01a20229, session_end 01a20229, interrupt root, compaction root, " +
		"pre_compact root, stop root, error root, error root, brand_new root"
	if g := strings.Join(got, ", "); g != wanted {
		t.Errorf("got  %s\nwant %s", g, wanted)
	}
	want(t, c.one("session_start"), "parent_session_id", "root")
	want(t, c.one("session_start"), "agent_type", "explorer")
	want(t, c.one("compaction"), "trigger", "manual")
	want(t, c.ofType("error")[0], "message", "overloaded")
	want(t, c.ofType("error")[0], "kind", "api")
	want(t, c.ofType("error")[1], "message", "broken")
	if fmt.Sprint(c.problems) != fmt.Sprint([]string{dialect.ErrNoSession.Error()}) {
		t.Errorf("problems: %q", c.problems)
	}
}

// TestHookOrigin is about what the machine knows of a session that starts.
func TestHookOrigin(t *testing.T) {
	c := newRun(t)
	c.r = New(&dialect.Sink{Emit: c.emit, Origin: func(cwd string, o *event.Object) { o.Str("host", "h of "+cwd) }})
	c.testdata("hooks.ndjson")
	want(t, c.one("session_start"), "host", "h of /home/u/proj")
}

// TestPermissionsAndRequests is about hooks without any id: the same payload
// twice is two happenings.
func TestPermissionsAndRequests(t *testing.T) {
	c := newRun(t).testdata("hooks.ndjson")
	list := c.ofType("llm_request")
	if list[0].ID() == list[1].ID() {
		t.Error("two requests have one id")
	}
	if c.one("permission_request").Get("arguments.command").String() != "make test" {
		t.Error("the permission request does not say for what")
	}
}

func TestNotify(t *testing.T) {
	c := newRun(t).file("", `{"type":"agent-turn-complete","thread-id":"`+above+`","turn-id":"`+turn+
		`","cwd":"/p","client":"codex_exec","input-messages":["run the tests"],"last-assistant-message":"The tests fail."}`)
	rollout := newRun(t).testdata("rollout.jsonl")
	if c.one("user_prompt").ID() != rollout.one("user_prompt").ID() {
		t.Error("the prompt has another id than in the rollout")
	}
	if c.one("assistant_response").ID() != rollout.ofType("assistant_response")[1].ID() {
		t.Error("the answer has another id than in the rollout")
	}
}

// TestHooksTwice is about a hook that is configured twice, and about sessions
// whose start was not told: calls and outcomes have the ids that they would
// have otherwise.
func TestHooksTwice(t *testing.T) {
	text, err := os.ReadFile("testdata/hooks.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	once := newRun(t).testdata("hooks.ndjson")
	_, late, _ := strings.Cut(string(text), "\n")
	twice := newRun(t)
	for line := range strings.Lines(late) {
		twice.file("", line+line)
	}
	ids := map[string]bool{}
	for _, e := range once.events {
		ids[e.ID()] = true
	}
	for _, e := range twice.events {
		if !ids[e.ID()] && !e.Is("llm_request", "permission_request", "session_end") {
			t.Errorf("another id: %s", e.Raw)
		}
	}
}

// TestHooksInParallel is about equal calls that run at once: each has its own
// outcome, in whatever order they end.
func TestHooksInParallel(t *testing.T) {
	hook := func(event, id, more string) string {
		return `{"session_id":"s","turn_id":"t","hook_event_name":"` + event + `","tool_name":"Bash","tool_input":{"command":"x"},` + more + `"tool_use_id":"` + id + `"}`
	}
	ask := `{"session_id":"s","turn_id":"t","hook_event_name":"PermissionRequest","tool_name":"Bash","tool_input":{ "command": "x" }}`
	c := newRun(t).file("", lines(ask, hook("PreToolUse", "a", ""), ask, hook("PreToolUse", "b", ""), ask,
		hook("PostToolUse", "b", `"tool_response":"B",`), ask, hook("PostToolUse", "a", `"tool_response":"A",`), ask))
	for i, e := range c.ofType("tool_result") {
		want(t, e, "^parent_id", callID("s", []string{"b", "a"}[i]))
		want(t, e, "result", []string{"B", "A"}[i])
	}
	a := callID("s", "a")
	for i, e := range c.ofType("permission_request") {
		want(t, e, "^parent_id", []string{"", a, "", a, ""}[i])
	}
}
