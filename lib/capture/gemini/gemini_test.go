package gemini

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload/payloadtest"
	"agenttrace/lib/clitest"
)

func testdata(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func run(t *testing.T, name string, all bool) *payloadtest.Run {
	t.Helper()
	return payloadtest.New(t, Agent, all).Read(testdata(t, name), dialect.File{Name: name})
}

// TestGolden compares the events of each fixture with those in the file
// beside it.
func TestGolden(t *testing.T) {
	for _, name := range []string{"hooks.ndjson", "session.jsonl", "session.json", "stream.ndjson", "telemetry.json"} {
		got := run(t, name, false)
		if len(got.Problems) > 0 {
			t.Errorf("%s: %s", name, got.Problems)
		}
		file := filepath.Join("testdata", name+".want")
		if clitest.Update() {
			if err := os.WriteFile(file, []byte(got.Text()), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		payloadtest.Compare(t, file, got.Text(), string(testdata(t, name+".want")))
		if again := run(t, name, false).Text(); again != got.Text() {
			t.Errorf("%s: read again, it gives other events", name)
		}
		if all := run(t, name, true); len(all.Events) < len(got.Events) {
			t.Errorf("%s: bookkeeping is not added to what is told without it", name)
		}
	}
}

// TestPairs is how calls and outcomes are paired that have no id: parallel
// ones that come out of order, equal ones, and their durations.
func TestPairs(t *testing.T) {
	got := run(t, "hooks.ndjson", false).Brief("tool_name", "^parent_id", "^duration_ms", "exit_code", "mcp_server", "message_count", "usage", "stop_reason")
	want := `session_start
user_prompt
pre_compress
llm_request message_count=2
llm_response parent=4 usage={"input_tokens":1000,"output_tokens":50,"reasoning_tokens":20} stop_reason="STOP"
tool_call tool_name="run_shell_command"
tool_call tool_name="run_shell_command"
error tool_name="run_shell_command" parent=7 duration_ms=137 exit_code=3
tool_result tool_name="run_shell_command" parent=6 duration_ms=147
tool_call tool_name="mcp_my_db_query" mcp_server={"name":"my_db","tool_name":"query"}
error tool_name="mcp_my_db_query" parent=10 duration_ms=100
tool_call tool_name="write_file"
tool_result tool_name="write_file" parent=12 duration_ms=10
notification
tool_call tool_name="run_shell_command"
tool_result tool_name="run_shell_command" parent=15 duration_ms=50
assistant_response
session_end
`
	payloadtest.Compare(t, "hooks", got, want)
}

// TestRewritten is a session file whose messages are written again with more
// in them, whose history is replaced, and which goes back.
func TestRewritten(t *testing.T) {
	got := run(t, "session.jsonl", false).Brief("uuid", "tool_name", "tool_use_id", "^parent_id", "^duration_ms", "exit_code", "is_interrupt", "child_session_id", "usage", "kind", "command_name")
	want := `session_start kind="main"
user_prompt uuid="m1"
assistant_response uuid="m2"
assistant_response uuid="m2"
llm_response uuid="m2" usage={"input_tokens":400,"output_tokens":50,"cache_read_tokens":600,"reasoning_tokens":20}
tool_call uuid="m2" tool_name="run_shell_command" tool_use_id="run_shell_command__run_shell_command_1795332424815_0"
error tool_name="run_shell_command" tool_use_id="run_shell_command__run_shell_command_1795332424815_0" parent=6 exit_code=3 kind="tool"
tool_call uuid="m2" tool_name="run_shell_command" tool_use_id="run_shell_command__run_shell_command_1795332424815_1"
tool_result tool_name="run_shell_command" tool_use_id="run_shell_command__run_shell_command_1795332424815_1" parent=8
tool_call uuid="m4" tool_name="run_shell_command" tool_use_id="call-a"
llm_response uuid="m4" usage={"input_tokens":105,"output_tokens":10,"cache_read_tokens":1000}
error tool_name="run_shell_command" tool_use_id="call-a" parent=10 is_interrupt=true kind="tool"
tool_call uuid="m4" tool_name="glob" tool_use_id="call-b"
error tool_name="glob" tool_use_id="call-b" parent=13 kind="tool"
tool_call uuid="m4" tool_name="agent" tool_use_id="call-c"
tool_result tool_name="agent" tool_use_id="call-c" parent=15 child_session_id="sub-1"
interrupt uuid="m5"
error uuid="m6" kind="api"
warning uuid="m7"
user_prompt_expansion uuid="m8" command_name="/memory"
user_prompt uuid="m9"
rewind
compaction_summary uuid="n1"
user_prompt uuid="m10"
assistant_response uuid="m11"
llm_response uuid="m11" usage={"input_tokens":500,"output_tokens":7}
tool_call uuid="m11" tool_name="read_file" tool_use_id="call-d"
later_kind uuid="m12"
`
	payloadtest.Compare(t, "session", got, want)
}

// TestShared checks that one happening has one id in all sources.
func TestSharedIDs(t *testing.T) {
	seen := map[string]map[string]bool{} // by type and id: the sources
	for _, name := range []string{"hooks.ndjson", "session.jsonl", "stream.ndjson", "telemetry.json"} {
		for _, e := range run(t, name, false).Events {
			key := e.Type() + " " + e.ID()
			if e.Is("error") || e.Is("tool_result") {
				key = "outcome " + e.ID()
			}
			if seen[key] == nil {
				seen[key] = map[string]bool{}
			}
			seen[key][name] = true
		}
	}
	count := map[string]int{}
	for key, in := range seen {
		for name := range in {
			if len(in) > 1 {
				count[strings.Fields(key)[0]+" "+name]++
			}
		}
	}
	for key, want := range map[string]int{
		"session_start hooks.ndjson": 1, "session_start session.jsonl": 1, "session_start stream.ndjson": 1, "session_start telemetry.json": 1,
		"tool_call hooks.ndjson": 3, "tool_call session.jsonl": 3, "tool_call stream.ndjson": 1, "tool_call telemetry.json": 1,
		"outcome hooks.ndjson": 3, "outcome session.jsonl": 3, "outcome stream.ndjson": 1, "outcome telemetry.json": 1,
		"llm_response hooks.ndjson": 1, "llm_response session.jsonl": 1, "llm_response telemetry.json": 1,
	} {
		if count[key] != want {
			t.Errorf("%s: %d are told by another source too, not %d", key, count[key], want)
		}
	}
}

// TestTold checks that what is told twice is told once, or with the same ids.
func TestToldTwice(t *testing.T) {
	text := testdata(t, "session.jsonl")
	once := payloadtest.New(t, Agent, false).Read(text, dialect.File{})
	twice := payloadtest.New(t, Agent, false).Read(text, dialect.File{}).Read(text, dialect.File{})
	ids := map[string]bool{}
	for _, e := range once.Events {
		ids[e.ID()] = true
	}
	for _, e := range twice.Events {
		if !ids[e.ID()] {
			t.Errorf("the second reading makes another event: %s", e.Raw)
		}
	}
	// A hook that is configured twice, in one process or in two.
	text = testdata(t, "hooks.ndjson")
	once = payloadtest.New(t, Agent, false).Read(text, dialect.File{})
	var lines []byte
	for line := range bytes.Lines(text) {
		lines = append(append(lines, line...), line...)
	}
	payloadtest.Compare(t, "hooks twice", payloadtest.New(t, Agent, false).Read(lines, dialect.File{}).Text(), once.Text())
	for line := range bytes.Lines(text) {
		a, b := payloadtest.New(t, Agent, false).Read(line, dialect.File{}), payloadtest.New(t, Agent, false).Read(line, dialect.File{})
		payloadtest.Compare(t, "a hook in two processes", a.Text(), b.Text())
	}
}

// TestCut checks that a file that is cut, or whose records say little, is
// read as far as it goes.
func TestCut(t *testing.T) {
	for _, name := range []string{"hooks.ndjson", "session.jsonl", "stream.ndjson"} {
		lines := bytes.SplitAfter(testdata(t, name), []byte("\n"))
		for i := range lines[:len(lines)-2] { // the last one says too little alone
			r := payloadtest.New(t, Agent, true).Read(bytes.Join(lines[i:], nil), dialect.File{Name: name, Session: "g1"})
			if len(r.Problems) > 0 {
				t.Errorf("%s from line %d: %s", name, i+1, r.Problems)
			}
		}
	}
	for _, text := range []string{
		`{"id":"m1","timestamp":"x","type":"gemini"}`, `{"id":"m1","type":"gemini","toolCalls":[{}],"thoughts":7,"tokens":[],"content":{}}`,
		`{"id":"m1","type":"gemini","toolCalls":[{"id":"a","name":"b","args":null,"result":null,"status":"success"}]}`,
		`{"$set":null}`, `{"$set":{"messages":7}}`, `{"$set":{"messages":[7,{"id":"m1"}]}}`, `{"$rewindTo":7}`,
		`{"sessionId":"s","projectHash":"h","messages":[null,7,{"type":"user"}],"startTime":7}`,
		`{"session_id":"s","hook_event_name":"AfterTool","tool_response":["a"]}`, `{"session_id":"s","hook_event_name":"AfterTool","tool_response":"text"}`,
		`{"session_id":"s","hook_event_name":"AfterModel","llm_response":{"candidates":[{"finishReason":"STOP"}]}}`,
		`{"session_id":"s","hook_event_name":"BeforeModel","llm_request":{"messages":[]}}`, `{"session_id":"s","hook_event_name":"BeforeModel"}`,
		`{"type":"result","status":"error","error":{"message":"no"}}`, `{"type":"result","status":"success","stats":{"models":{"m":7}}}`,
		`{"attributes":{"event.name":"gemini_cli.tool_call","session.id":"s"}}`, `{"attributes":{"event.name":"gemini_cli.api_response"}}`,
	} {
		payloadtest.New(t, Agent, true).Read([]byte(text), dialect.File{Session: "s"})
		r := payloadtest.New(t, Agent, false).Read([]byte(text), dialect.File{})
		if len(r.Problems) > 0 && !strings.Contains(r.Problems[0], "without a session id") {
			t.Errorf("%s: %s", text, r.Problems)
		}
	}
}

// TestIs is which records are Gemini CLI's.
func TestIs(t *testing.T) {
	mine := []string{
		`{"session_id":"s","hook_event_name":"PreToolUse","transcript_path":"/h/.gemini/tmp/p/chats/session-x.jsonl","timestamp":"2026-11-22T07:27:04Z"}`,
		`{"session_id":"s","hook_event_name":"SessionEnd","transcript_path":"C:\\u\\.gemini\\tmp\\p\\chats\\s.jsonl","timestamp":"2026-11-22T07:27:04Z"}`,
	}
	others := []string{
		`{"session_id":"s","hook_event_name":"PreToolUse","transcript_path":"/h/.claude/projects/p/s.jsonl"}`,
		`{"session_id":"s","hook_event_name":"SessionStart","timestamp":"2026-11-22T07:27:04Z","cwd":"/p"}`,
		`{"conversation_id":"c","hook_event_name":"BeforeTool"}`,
		`{"type":"user","uuid":"u","sessionId":"s","message":{"role":"user","content":"x"}}`,
		`{"type":"result","subtype":"success","session_id":"s","result":"x"}`,
		`{"type":"assistant","message":{"content":[]},"session_id":"s"}`,
		`{"type":"message","id":"x","message":{"role":"user","content":[]}}`,
		`{"type":"user.message","data":{"content":"x"},"id":"e","timestamp":"2026-11-22T07:27:04Z","parentId":null}`,
		`{"id":"msg_1","sessionID":"ses_1","role":"assistant","time":{"created":1}}`,
		`{"attributes":{"event.name":"user_prompt"},"resource":{}}`,
		`{}`,
	}
	for _, text := range append(mine, others...) {
		r := payloadtest.New(t, Agent, false).Read([]byte(text), dialect.File{Session: "s"})
		if known, want := len(r.Problems) == 0, text == mine[0] || text == mine[1]; known != want {
			t.Errorf("known: %v, not %v: %s", known, want, text)
		}
	}
}

// TestFailed is what of a call that did not go well is told.
func TestFailed(t *testing.T) {
	for _, c := range []struct{ response, want string }{
		{`{"llmContent":"Output: x\nError: (none)\nExit Code: 1\nSignal: (none)\nBackground PIDs: (none)\nProcess Group PGID: 7"}`, "error exit_code=1\n"},
		{`{"llmContent":"Output: x\nExit Code: 0\nSignal: (none)\nProcess Group PGID: (none)"}`, "tool_result\n"},
		{`{"llmContent":"Output: Exit Code: 1\nand more"}`, "tool_result\n"},
		{`{"llmContent":[{"text":"a\nExit Code: 2"}]}`, "error exit_code=2\n"},
		{`"text"`, "tool_result\n"},
		{`null`, "tool_result\n"},
		{`{"llmContent":"","error":{"message":"[Operation Cancelled] Reason: User did not allow tool call"}}`, "error\n"},
		{`{"llmContent":"","error":"[Operation Cancelled] Reason: User did not allow tool call"}`, "error rejected=true\n"},
		{`{"llmContent":"","error":"[Operation Cancelled] User cancelled tool execution."}`, "error is_interrupt=true\n"},
	} {
		text := `{"session_id":"s","hook_event_name":"AfterTool","timestamp":"2026-11-22T07:27:04Z","tool_name":"run_shell_command","tool_input":{},"tool_response":` + c.response + `}`
		r := payloadtest.New(t, Agent, false).Read([]byte(text), dialect.File{})
		payloadtest.Compare(t, c.response, r.Brief("exit_code", "rejected", "is_interrupt"), c.want)
	}
}

// TestSubagent is the file of a subagent: a session of its own, which knows who
// started it.
func TestSubagent(t *testing.T) {
	r := payloadtest.New(t, Agent, false).Read(testdata(t, "session.jsonl"), dialect.File{Name: "chats/session-2026-g1.jsonl"})
	call := ""
	for _, e := range r.Of("tool_call") {
		if e.Get("tool_use_id").String() == "call-c" {
			call = e.ID()
		}
	}
	r.Events = nil
	r.Read([]byte(`{"sessionId":"sub-1","projectHash":"h","startTime":"2026-11-22T07:27:05.500Z","kind":"subagent","directories":["/home/u/proj"]}
{"id":"s1","timestamp":"2026-11-22T07:27:05.600Z","type":"user","content":"look"}`), dialect.File{Name: "/h/.gemini/tmp/proj/chats/g1/sub-1.jsonl", Session: "sub-1"})
	want := `session_start session_id="sub-1" parent_session_id="g1" parent_event_id="` + call + `" agent_id="sub-1" cwd="/home/u/proj"
user_prompt session_id="sub-1" prompt="look"
`
	payloadtest.Compare(t, "subagent", r.Brief("^session_id", "parent_session_id", "parent_event_id", "agent_id", "cwd", "prompt"), want)
}

// TestContinued is a session in two files: equal calls in them are two.
func TestContinued(t *testing.T) {
	file := `{"sessionId":"g3","projectHash":"h","startTime":"2026-01-01T00:00:00Z","messages":[{"id":"%s","timestamp":"2026-01-01T00:00:01Z","type":"gemini","content":"","toolCalls":[{"id":"%s","name":"glob","args":{"pattern":"*"},"status":"success","result":[]}],"tokens":{"input":10,"output":1,"total":11},"model":"m"}]}`
	r := payloadtest.New(t, Agent, false)
	r.Read(fmt.Appendf(nil, file, "m1", "c1"), dialect.File{}).Read(fmt.Appendf(nil, file, "m2", "c2"), dialect.File{})
	ids := map[string]bool{}
	for _, e := range r.Events {
		ids[e.ID()] = true
	}
	if calls := r.Of("tool_call"); len(calls) != 2 || len(ids) != 7 {
		t.Errorf("%d calls, %d ids: %s", len(calls), len(ids), r.Text())
	}
}
