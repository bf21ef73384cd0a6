package copilot

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

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
	for _, name := range []string{"hooks.ndjson", "events.jsonl"} {
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

// TestHooks is both dialects: the events are told by the keys or the name, and
// calls have their outcomes.
func TestHooks(t *testing.T) {
	got := run(t, "hooks.ndjson", false).Brief("source", "tool_name", "arguments", "^parent_id", "^duration_ms", "exit_code", "rejected", "kind")
	want := `session_start source="startup"
user_prompt
tool_call tool_name="bash" arguments={"command":"make"}
tool_call tool_name="view" arguments={"path":"a.go"}
tool_result tool_name="view" parent=4 duration_ms=100
error tool_name="bash" parent=3 duration_ms=1000 exit_code=2 kind="tool"
tool_call tool_name="edit" arguments={"path":"a.go"}
error tool_name="edit" parent=7 duration_ms=100 rejected=true kind="tool"
permission_request tool_name="bash" arguments={"command":"rm x"}
tool_call tool_name="bash" arguments={"command":"rm x"}
error tool_name="bash" parent=10 duration_ms=100 kind="tool"
error kind="api"
subagent_stop
stop
pre_compact
session_end
session_start source="resume"
user_prompt
tool_call tool_name="Bash" arguments={"command":"make"}
tool_result tool_name="Bash" parent=19 duration_ms=1000
error tool_name="Bash" parent=0 kind="tool"
stop
`
	payloadtest.Compare(t, "hooks", got, want)
}

// TestToldTwice is a hook that is configured twice, under one name or both.
func TestToldTwice(t *testing.T) {
	text := testdata(t, "hooks.ndjson")
	once := payloadtest.New(t, Agent, false).Read(text, dialect.File{})
	var lines []byte
	for line := range bytes.Lines(text) {
		lines = append(append(lines, line...), line...)
	}
	payloadtest.Compare(t, "twice", payloadtest.New(t, Agent, false).Read(lines, dialect.File{}).Text(), once.Text())
	both := `{"sessionId":"c1","timestamp":1795332034000,"cwd":"/p","toolName":"bash","toolArgs":{"command":"make"}}
{"hook_event_name":"PreToolUse","session_id":"c1","timestamp":"2026-11-22T07:20:34.000Z","cwd":"/p","tool_name":"Bash","tool_input":{"command":"make"}}
{"sessionId":"c1","timestamp":1795332034001,"cwd":"/p","toolName":"bash","toolArgs":{"command":"make"}}`
	r := payloadtest.New(t, Agent, false).Read([]byte(both), dialect.File{})
	payloadtest.Compare(t, "both names", r.Brief("tool_name"), "tool_call tool_name=\"bash\"\ntool_call tool_name=\"bash\"\n")
}

// TestEvents is a session with a subagent, a call that never began, usage that
// comes before and after, and two shutdowns.
func TestEvents(t *testing.T) {
	got := run(t, "events.jsonl", false).Brief("^session_id", "uuid", "tool_name", "tool_use_id", "^parent_id", "^duration_ms", "exit_code", "usage", "total", "kind", "child_session_id")
	want := `session_start session_id="c1" uuid="e1"
user_prompt session_id="c1" uuid="e5"
assistant_response session_id="c1" uuid="e8"
assistant_response session_id="c1" uuid="e9"
tool_call session_id="c1" uuid="e10" tool_name="bash" tool_use_id="t1"
tool_call session_id="c1" uuid="e11" tool_name="view" tool_use_id="t2"
permission_requested session_id="c1" uuid="e12" tool_use_id="t1" parent=5
llm_response session_id="c1" uuid="e9" usage={"output_tokens":12}
tool_result session_id="c1" uuid="e13" tool_name="view" tool_use_id="t2" parent=6 duration_ms=100
error session_id="c1" uuid="e14" tool_name="bash" tool_use_id="t1" parent=5 duration_ms=850 exit_code=2 kind="tool"
llm_response session_id="c1" uuid="e15" duration_ms=700 usage={"input_tokens":300,"output_tokens":20,"cache_read_tokens":600,"cache_write_5m_tokens":100,"reasoning_tokens":5}
tool_call session_id="c1" uuid="e17" tool_name="task" tool_use_id="t4"
session_start session_id="agent-t4.c1" uuid="e18" tool_use_id="t4"
assistant_response session_id="agent-t4.c1" uuid="e19"
tool_call session_id="agent-t4.c1" uuid="e20" tool_name="gh-GetIssue" tool_use_id="t5"
llm_response session_id="agent-t4.c1" uuid="e19" usage={"output_tokens":7}
error session_id="agent-t4.c1" uuid="e21" tool_name="gh-GetIssue" tool_use_id="t5" parent=15 duration_ms=100 kind="tool"
session_end session_id="agent-t4.c1" uuid="e22" tool_use_id="t4"
tool_result session_id="c1" uuid="e23" tool_name="task" tool_use_id="t4" parent=12 duration_ms=700 child_session_id="agent-t4.c1"
error session_id="c1" uuid="e24" kind="api"
error session_id="c1" uuid="e25" kind="api"
llm_response session_id="c1" uuid="e26" duration_ms=40 usage={"input_tokens":200,"output_tokens":30,"cache_read_tokens":100}
compaction session_id="c1" uuid="e26"
task_notification session_id="c1" uuid="e27" kind={"type":"agent_completed"}
interrupt session_id="c1" uuid="e28"
tool_call session_id="c1" uuid="m1" tool_name="edit" tool_use_id="t3"
llm_response session_id="c1" uuid="e30" usage={"input_tokens":500,"output_tokens":0} total=true
llm_response session_id="c1" uuid="e30" usage={"input_tokens":1000,"output_tokens":0,"cache_read_tokens":1000} total=true
session_end session_id="c1" uuid="e30"
session_start session_id="c1" uuid="e31"
user_message session_id="c1" uuid="e32"
assistant_response session_id="c1" uuid="e33"
llm_response session_id="c1" uuid="e33" usage={"output_tokens":3}
llm_response session_id="c1" uuid="e34" usage={"input_tokens":100,"output_tokens":0,"cache_read_tokens":900} total=true
session_end session_id="c1" uuid="e34"
session_later_kind session_id="c1" uuid="e35"
`
	payloadtest.Compare(t, "events", got, want)
}

// TestUsage checks that what is told of the tokens of each model is what the
// last shutdown says: nothing is counted twice.
func TestUsage(t *testing.T) {
	got := fmt.Sprint(usage(run(t, "events.jsonl", false)))
	want := "map[claude-haiku-4.5:{500 7 0 0} gpt-5-mini:{1600 65 2600 100}]"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

type tokens struct{ in, out, read, write int64 }

func usage(r *payloadtest.Run) map[string]tokens {
	sums := map[string]tokens{}
	for _, e := range r.Of("llm_response") {
		if !e.Get("usage").Exists() {
			continue
		}
		s, n := sums[e.Get("model").String()], func(name string) int64 { return e.Get("usage." + name).Int() }
		s.in, s.out, s.read, s.write = s.in+n("input_tokens"), s.out+n("output_tokens"), s.read+n("cache_read_tokens"), s.write+n("cache_write_5m_tokens")
		sums[e.Get("model").String()] = s
	}
	return sums
}

// TestSharedIDs checks that hooks and events tell a call under one id.
func TestSharedIDs(t *testing.T) {
	ids := map[string]bool{}
	for _, e := range run(t, "hooks.ndjson", false).Events {
		ids[e.ID()] = true
	}
	shared := ""
	for _, e := range run(t, "events.jsonl", false).Events {
		if ids[e.ID()] {
			shared += e.Type() + " " + e.Get("tool_use_id").String() + "\n"
		}
	}
	payloadtest.Compare(t, "shared", shared, "session_start \ntool_call t1\ntool_call t2\ntool_result t2\nerror t1\ntool_call t3\n")
}

// TestCut checks that a session that is cut, or whose records say little, is
// read as far as it goes.
func TestCut(t *testing.T) {
	lines := bytes.SplitAfter(testdata(t, "events.jsonl"), []byte("\n"))
	for i := range lines {
		r := payloadtest.New(t, Agent, true).Read(bytes.Join(lines[i:], nil), dialect.File{Session: "c1"})
		if len(r.Problems) > 0 {
			t.Errorf("from line %d: %s", i+1, r.Problems)
		}
	}
	for _, text := range []string{
		`{"type":"session.start","data":{},"id":"a","timestamp":"[trimmed]","parentId":null}`,
		`{"type":"tool.execution_complete","data":{},"id":"a","parentId":null}`,
		`{"type":"tool.execution_start","data":{"arguments":7},"id":"a","parentId":null}`,
		`{"type":"assistant.message","data":{"toolRequests":[7,{},{"toolCallId":"x"}],"content":7},"id":"a","parentId":null}`,
		`{"type":"session.shutdown","data":{"modelMetrics":{"m":{"requests":2},"n":7}},"id":"a","parentId":null}`,
		`{"type":"subagent.started","data":{},"id":"a","parentId":null}`, `{"type":"subagent.failed","data":{"error":"x"},"id":"a","parentId":null}`,
		`{"type":"assistant.usage","data":{"outputTokens":"7"},"id":"a","parentId":null,"agentId":"x"}`,
		`{"timestamp":1795332034000,"cwd":"/p","toolName":"bash","toolArgs":"not json","toolResult":"text"}`,
		`{"sessionId":"s","timestamp":1795332034000,"cwd":"/p","later":1}`,
	} {
		payloadtest.New(t, Agent, true).Read([]byte(text), dialect.File{Session: "s"})
		r := payloadtest.New(t, Agent, false).Read([]byte(text), dialect.File{})
		if len(r.Problems) > 0 && !strings.Contains(r.Problems[0], "without a session id") {
			t.Errorf("%s: %s", text, r.Problems)
		}
	}
}

// TestIs is which records are Copilot's.
func TestIs(t *testing.T) {
	for text, want := range map[string]bool{
		`{"sessionId":"s","timestamp":1795332034000,"cwd":"/p","prompt":"x"}`:                                                          true,
		`{"timestamp":1795332034000,"cwd":"/p","toolName":"bash","toolArgs":"{}"}`:                                                     true,
		`{"hook_event_name":"PreToolUse","session_id":"s","timestamp":"2026-11-22T07:20:34Z","cwd":"/p"}`:                              true,
		`{"hook_event_name":"PostToolUse","session_id":"s","tool_result":{"result_type":"success"}}`:                                   true,
		`{"hook_event_name":"PreToolUse","session_id":"s","cwd":"/p","transcript_path":"/h/.claude/x.jsonl"}`:                          false,
		`{"hook_event_name":"SessionStart","session_id":"s","timestamp":"2026-11-22T07:20:34Z","transcript_path":"/h/.gemini/x.json"}`: false,
		`{"hook_event_name":"preToolUse","conversation_id":"s","tool_use_id":"t"}`:                                                     false,
		`{"type":"message","id":"a","parentId":"b","timestamp":"2026-11-22T07:20:34Z","message":{}}`:                                   false,
		`{"type":"custom","customType":"x","data":{},"id":"a","parentId":"b"}`:                                                         false,
		`{"type":"user","uuid":"u","sessionId":"s","timestamp":"2026-11-22T07:20:34Z","cwd":"/p"}`:                                     false,
		`{"sessionId":"s","projectHash":"h"}`:                                                                                          false,
		`{"hookName":"tool_call","timestamp":1795332034000,"taskId":"t"}`:                                                              false,
		`{"timestamp":1795332034000,"type":"x","properties":{"sessionID":""}}`:                                                         false,
	} {
		r := payloadtest.New(t, Agent, false).Read([]byte(text), dialect.File{Session: "s"})
		if known := len(r.Problems) == 0; known != want {
			t.Errorf("known: %v, not %v: %s", known, want, text)
		}
	}
}

func TestFind(t *testing.T) {
	fsys := fstest.MapFS{
		"session-state/c1/events.jsonl": {Data: testdata(t, "events.jsonl")},
		"session-state/c1/workspace.md": {Data: []byte("x")},
		"session-state/c0.jsonl":        {Data: []byte(`{"type":"user.message","data":{"content":"x"},"id":"a","timestamp":"2025-11-22T07:20:34Z","parentId":null}` + "\n")},
		"session-state/x/other.jsonl":   {Data: []byte(`{"type":"user"}` + "\n")},
		"session-state/x/empty.jsonl":   {},
	}
	got := ""
	for _, f := range find(fsys, "session-state", func(err error) { t.Error(err) }) {
		got += fmt.Sprintln(f.Path, f.Session, f.Dir, f.Began.Year())
	}
	payloadtest.Compare(t, "find", got, "session-state/c0.jsonl c0  2025\nsession-state/c1/events.jsonl c1 /home/u/proj 2026\n")
}
