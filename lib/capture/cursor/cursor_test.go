package cursor

import (
	"bytes"
	"fmt"
	"io/fs"
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
	return payloadtest.New(t, Agent, all).Read(testdata(t, name), dialect.File{Name: name, Session: "k9"})
}

// TestGolden compares the events of each fixture with those in the file
// beside it.
func TestGolden(t *testing.T) {
	for _, name := range []string{"hooks.ndjson", "transcript.jsonl"} {
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
		if n := bytes.Count(testdata(t, name), []byte("\n")); len(got.Events) < n {
			t.Errorf("%s: %d events of %d lines", name, len(got.Events), n)
		}
	}
}

// TestHooks is one call for each call, whatever hooks tell of it.
func TestHooks(t *testing.T) {
	got := run(t, "hooks.ndjson", false).Brief("tool_name", "arguments", "result", "path", "^parent_id", "^duration_ms", "exit_code", "rejected", "user_email")
	want := `session_start user_email="u@example.com"
user_prompt
assistant_response duration_ms=120
tool_call tool_name="Shell" arguments={"command":"make"}
before_shell_execution parent=4
after_shell_execution parent=4 duration_ms=400
tool_result tool_name="Shell" result={"exitCode":0,"stdout":"ok"} parent=4 duration_ms=410
tool_call tool_name="Shell" arguments={"command":"make"}
error tool_name="Shell" parent=8 duration_ms=90.5 exit_code=2
tool_call tool_name="MCP:query" arguments={"q":"x"}
before_mcp_execution tool_name="query" arguments="{\"q\":\"x\"}" parent=10
error tool_name="MCP:query" parent=10 duration_ms=3 rejected=true
tool_call tool_name="Read" arguments={"file_path":"/home/u/proj/a.go"}
file_read path="/home/u/proj/a.go" parent=13
tool_result tool_name="Read" result="package a" parent=13 duration_ms=2
file_write path="/home/u/proj/a.go" parent=13
session_start
session_end
subagent_stop
compaction
assistant_response
stop
interrupt
workspace_open
session_end
tool_call tool_name="Shell" arguments={"command":"ls"}
tool_result tool_name="Shell" result="a.go" parent=26 duration_ms=12
tool_call tool_name="MCP:query" arguments={"q":"x"}
tool_result tool_name="MCP:query" result={"content":[]} parent=28 duration_ms=7
tool_call tool_name="Shell" arguments={"command":"true"}
tool_result tool_name="Shell" result={"stdout":""} parent=30
`
	payloadtest.Compare(t, "hooks", got, want)
}

// TestTranscript is a transcript, in which calls have no ids.
func TestTranscript(t *testing.T) {
	got := run(t, "transcript.jsonl", false).Brief("prompt", "text", "thinking", "tool_name", "tool_use_id", "^parent_id", "^timestamp")
	want := `session_start
user_prompt prompt="list the files"
assistant_response text="With ls." thinking=true
assistant_response text="I list them."
tool_call tool_name="Shell"
tool_call tool_name="Read"
tool_result tool_name="Shell" tool_use_id="t1" parent=5
error tool_name="Read" parent=6
tool_result tool_use_id="t9"
user_prompt prompt="Thanks."
assistant_response text="[REDACTED]"
tool_call tool_name="read_file" tool_use_id="x1"
custom_block text="new"
tool_result tool_name="read_file" tool_use_id="x1" parent=12
assistant_response text="plain"
turn_ended
later_line
`
	payloadtest.Compare(t, "transcript", got, want)
}

// TestToldTwice is a hook that both Cursor's settings and Claude Code's name.
func TestToldTwice(t *testing.T) {
	line := `{"conversation_id":"k1","generation_id":"g1","hook_event_name":"%s","cursor_version":"3.1.0","tool_name":"Shell","tool_input":{},"tool_use_id":"tu1","prompt":"x"}` + "\n"
	for _, names := range [][2]string{{"preToolUse", "PreToolUse"}, {"postToolUse", "PostToolUse"}, {"beforeSubmitPrompt", "beforeSubmitPrompt"}, {"afterAgentResponse", "afterAgentResponse"}} {
		text := fmt.Sprintf(line, names[0]) + fmt.Sprintf(line, names[1])
		r := payloadtest.New(t, Agent, false).Read([]byte(text), dialect.File{})
		if len(r.Events) != 2 || r.Events[0].ID() != r.Events[1].ID() || r.Events[0].Type() != r.Events[1].Type() {
			t.Errorf("told twice, it is two: %s", r.Text())
		}
	}
}

// TestCut checks that what is cut or says little is read as far as it goes.
func TestCut(t *testing.T) {
	for _, name := range []string{"hooks.ndjson", "transcript.jsonl"} {
		lines := bytes.SplitAfter(testdata(t, name), []byte("\n"))
		for i := range lines[:len(lines)-2] { // the last one says too little alone
			r := payloadtest.New(t, Agent, true).Read(bytes.Join(lines[i:], nil), dialect.File{Session: "k1"})
			if len(r.Problems) > 0 {
				t.Errorf("%s from line %d: %s", name, i+1, r.Problems)
			}
		}
	}
	for _, text := range []string{
		`{"conversation_id":"k","hook_event_name":"preToolUse"}`, `{"conversation_id":"k","hook_event_name":"postToolUse","tool_output":7}`,
		`{"conversation_id":"k","hook_event_name":"postToolUseFailure"}`, `{"cursor_version":"3","hook_event_name":"stop"}`,
		`{"conversation_id":"k","hook_event_name":"beforeShellExecution"}`, `{"conversation_id":"k","hook_event_name":"afterMCPExecution","cursor_version":"1.7","tool_input":"no json"}`,
		`{"conversation_id":"k","hook_event_name":"subagentStart"}`, `{"conversation_id":"k","hook_event_name":"beforeReadFile","file_path":7}`,
		`{"role":"user","message":{}}`, `{"role":"assistant","message":{"content":[7,{},{"type":"tool_use"},{"type":"tool_result"},{"type":7}]}}`,
	} {
		payloadtest.New(t, Agent, true).Read([]byte(text), dialect.File{Session: "k"})
		r := payloadtest.New(t, Agent, false).Read([]byte(text), dialect.File{})
		if len(r.Problems) > 0 && !strings.Contains(r.Problems[0], "without a session id") {
			t.Errorf("%s: %s", text, r.Problems)
		}
	}
}

// TestIs is which records are Cursor's.
func TestIs(t *testing.T) {
	for text, want := range map[string]bool{
		`{"conversation_id":"k","hook_event_name":"Stop"}`:                                   true,
		`{"role":"user","message":{"content":"x"}}`:                                          true,
		`{"hook_event_name":"PreToolUse","session_id":"s"}`:                                  false,
		`{"type":"user","message":{"role":"user","content":"x"},"uuid":"u","sessionId":"s"}`: false,
		`{"role":"user","content":"x"}`:                                                      false,
		`{"type":"message","id":"a","message":{"role":"user"},"timestamp":"x"}`:              false,
		`{"type":"user","message":{"role":"user","content":"x"}}`:                            false,
		`{"id":"msg_1","sessionID":"ses_1","role":"assistant","message":{}}`:                 false,
		`{"type":"turn.started"}`:                                                            false,
		`{"type":"summary","leafUuid":"x","summary":"y"}`:                                    false,
	} {
		r := payloadtest.New(t, Agent, false).Read([]byte(text), dialect.File{Session: "s"})
		if known := len(r.Problems) == 0; known != want {
			t.Errorf("known: %v, not %v: %s", known, want, text)
		}
	}
}

func TestFind(t *testing.T) {
	line := []byte(`{"role":"user","message":{"content":"x"}}` + "\n")
	fsys := fstest.MapFS{
		"projects/home-u-proj/agent-transcripts/k1.jsonl":                 {Data: line},
		"projects/home-u-proj/agent-transcripts/k2/k2.jsonl":              {Data: line},
		"projects/home-u-proj/agent-transcripts/k2/subagents/sub-1.jsonl": {Data: line},
		"projects/home-u-proj/agent-transcripts/k3.txt":                   {Data: []byte("user:\nx")},
		"projects/home-u-proj/mcps/x.json":                                {Data: []byte("{}")},
		"projects/copied/k4.jsonl":                                        {Data: line},
		"projects/copied/other.jsonl":                                     {Data: []byte(`{"type":"user"}`)},
		"projects/copied/empty.jsonl":                                     {},
	}
	got := ""
	for _, f := range find(fsys, "projects", func(err error) { t.Error(err) }) {
		got += f.Session + " " + parentOf(f.Path) + "\n"
	}
	payloadtest.Compare(t, "find", got, "k4 \nk1 \nk2 \nsub-1 k2\n")
}

// TestReal reads recorded transcripts: as many prompts and calls as there are
// blocks of them.
func TestReal(t *testing.T) {
	corpus := filepath.Join(clitest.Shared(t), "corpus", "cursor")
	filepath.WalkDir(corpus, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r := payloadtest.New(t, Agent, false).Read(text, dialect.File{Name: name, Session: "s"})
		if len(r.Problems) > 0 {
			t.Errorf("%s: %s", name, r.Problems)
		}
		count := func(parts ...string) (n int) {
			for _, p := range parts {
				n += bytes.Count(text, []byte(p))
			}
			return n
		}
		results := count(`"type":"tool_result"`, `"type":"tool-result"`)
		got := fmt.Sprint(len(r.Of("tool_call")), len(r.Of("tool_result")), len(r.Of("user_prompt")))
		want := fmt.Sprint(count(`"type":"tool_use"`, `"type":"tool_call"`), results, count(`{"role":"user"`)-results)
		if got != want {
			t.Errorf("%s: calls, results and prompts are %s, not %s", name, got, want)
		}
		for _, e := range r.Of("tool_result") {
			if e.Parent() == "" {
				t.Errorf("%s: a result without a call: %s", name, e.Raw)
			}
		}
		return nil
	})
}
