package codex

import (
	"os"
	"strings"
	"testing"
)

// TestSubagent is about what a file has from another thread.
func TestSubagent(t *testing.T) {
	text, err := os.ReadFile("testdata/subagent.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	whole := string(text)
	noOrdinal := strings.ReplaceAll(whole, `,"subagent_history_start_ordinal":8`, "")
	// Before turns were named, only the time tells: what is copied is written
	// at once, or with the times that it had.
	noTurns := strings.ReplaceAll(strings.ReplaceAll(noOrdinal, `"turn_id":"`+turn+`",`, ""), `"turn_id":"01a20229-0100-7000-8000-00000000000c"`, `"x":1`)
	late := strings.NewReplacer("00.109Z", "09.109Z", "00.108Z", "09.108Z", "00.200Z", "09.200Z", "00.300Z", "09.300Z", "00.400Z", "09.400Z", "00.500Z", "09.500Z")
	early := strings.NewReplacer("07:30:00.102Z", "07:20:34.102Z", "07:30:00.103Z", "07:20:34.103Z", "07:30:00.104Z", "07:20:34.104Z",
		"07:30:00.105Z", "07:20:34.105Z", "07:30:00.106Z", "07:20:34.106Z", "07:30:00.107Z", "07:20:34.107Z")
	for name, text := range map[string]string{
		"by number": whole, "by turn": noOrdinal, "by pause": late.Replace(noTurns), "by time": early.Replace(noTurns),
	} {
		c := newRun(t).file("", text)
		if got := len(c.ofType("tool_call")); got != 1 {
			t.Errorf("%s: %d calls, want 1:\n%s", name, got, c)
			continue
		}
		want(t, c.one("tool_call"), "arguments.cmd", "ls")
		want(t, c.one("llm_response"), "usage", `{"input_tokens":200,"output_tokens":5,"cache_read_tokens":100}`)
		want(t, c.one("llm_response"), "model", "gpt-5.5-mini")
		start := c.one("session_start")
		want(t, start, "parent_session_id", above)
		want(t, start, "forked_from_id", above)
		want(t, start, "agent_id", child)
		want(t, start, "agent_type", "explorer")
		want(t, start, "source", "startup")
		want(t, start, "root_session_id", above)
		for _, typ := range []string{"user_prompt", "interrupt"} {
			if n := len(c.ofType(typ)); n > 0 {
				t.Errorf("%s: %d events of type %s", name, n, typ)
			}
		}
		for _, e := range c.events {
			if e.Session() != child {
				t.Errorf("%s: not the subagent's: %s", name, e.Raw)
			}
		}
	}
}

// TestSpawn is about the call that started a subagent, in all forms in which
// the agent tells of it.
func TestSpawn(t *testing.T) {
	call := `{"timestamp":"2026-11-22T07:21:00.000Z","type":"response_item","payload":{"type":"function_call","name":"spawn_agent","namespace":"collaboration","arguments":"{}","call_id":"c1"}}`
	out := `{"timestamp":"2026-11-22T07:21:01.000Z","type":"response_item","payload":{"type":"function_call_output","call_id":"c1","output":"{\"agent_id\":\"` + child + `\"}"}}`
	other := strings.Replace(out, "agent_id", "task_name", 1)
	msg := func(p string) string {
		return `{"timestamp":"2026-11-22T07:21:00.500Z","type":"event_msg","payload":` + p + `}`
	}
	sub, err := os.ReadFile("testdata/subagent.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"output":    lines(call, out),
		"activity":  lines(call, msg(`{"type":"sub_agent_activity","event_id":"c1","agent_thread_id":"`+child+`","kind":"started"}`), other),
		"item":      lines(call, msg(`{"type":"item_completed","item":{"type":"SubAgentActivity","id":"c1","kind":"started","agent_thread_id":"`+child+`"}}`), other),
		"spawn end": lines(call, msg(`{"type":"collab_agent_spawn_end","call_id":"c1","new_thread_id":"`+child+`","status":"running"}`), other),
	} {
		c := newRun(t).file(above, text).file(child, string(sub))
		want(t, c.ofType("tool_result")[0], "child_session_id", child)
		want(t, c.ofType("session_start")[1], "parent_event_id", callID(above, "c1"))
		want(t, c.ofType("tool_call")[0], "tool_name", "spawn_agent")
		_ = name
	}
}

// TestForksAndJoinedFiles is about files with more than one session_meta, and
// files that are read twice.
func TestForksAndJoinedFiles(t *testing.T) {
	text, err := os.ReadFile("testdata/rollout.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	whole := string(text)
	second := strings.ReplaceAll(whole, above, "01a20220-0000-7000-8000-000000000009")
	c := newRun(t).file("", whole+second)
	if n := len(c.ofType("tool_call")); n != 8 {
		t.Errorf("%d calls in two joined files, want 8", n)
	}
	if n := len(c.ofType("session_start")); n != 2 {
		t.Errorf("%d sessions in two joined files, want 2", n)
	}
	// The session goes on in the same file.
	c = newRun(t).file("", whole+strings.SplitAfter(whole, "\n")[0])
	if n := len(c.ofType("session_start")); n != 1 {
		t.Errorf("%d sessions in a file that goes on, want 1", n)
	}
	// The same file again: requests are counted once.
	c = newRun(t).file("", whole).file("", whole)
	if n := len(c.ofType("llm_response")); n != 2 {
		t.Errorf("%d requests in a file read twice, want 2", n)
	}
}
