package goose

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

const readAt = 1795332170e9

func read(t *testing.T, all bool, f dialect.File, text string) (list []gjson.Result, errs []error) {
	t.Helper()
	r := New(&dialect.Sink{All: all, Emit: func(line []byte) error {
		if _, err := event.Parse(bytes.Clone(line)); err != nil {
			t.Errorf("%v: %s", err, line)
		}
		list = append(list, gjson.ParseBytes(bytes.Clone(line)))
		return nil
	}})
	r.Begin(f)
	var rec record.Record
	for line := range strings.Lines(strings.TrimSpace(text)) {
		if err := rec.Parse([]byte(strings.TrimSpace(line))); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if !r.Is(&rec) {
			t.Errorf("not told: %s", line)
		}
		if err := r.Take(&rec, readAt); err != nil {
			errs = append(errs, err)
		}
	}
	if err := r.End(); err != nil {
		t.Error(err)
	}
	return list, errs
}

func types(list []gjson.Result) string {
	var names []string
	for _, e := range list {
		names = append(names, e.Get("event_type").Str)
	}
	return strings.Join(names, " ")
}

func nth(t *testing.T, list []gjson.Result, typ string, n int) gjson.Result {
	t.Helper()
	for _, e := range list {
		if e.Get("event_type").Str == typ {
			if n == 0 {
				return e
			}
			n--
		}
	}
	t.Fatalf("no %s in %s", typ, types(list))
	return gjson.Result{}
}

type check struct {
	typ  string
	n    int
	path string
	want string
}

func checks(t *testing.T, list []gjson.Result, all []check) {
	t.Helper()
	for _, c := range all {
		if got := nth(t, list, c.typ, c.n).Get(c.path).Raw; got != c.want {
			t.Errorf("%s %d: %s is %s, want %s", c.typ, c.n, c.path, got, c.want)
		}
	}
}

func TestHooks(t *testing.T) {
	list, errs := read(t, false, dialect.File{}, `
{"event":"SessionStart","session_id":"20261122_1","matcher_context":null,"working_dir":"/w"}
{"event":"UserPromptSubmit","session_id":"20261122_1","matcher_context":"fix it","message":"fix it"}
{"event":"PreToolUse","session_id":"20261122_1","matcher_context":"developer__shell","tool_call_id":"c1","tool_name":"developer__shell","tool_input":{"command":"make"}}
{"event":"BeforeShellExecution","session_id":"20261122_1","matcher_context":"make"}
{"event":"PreToolUseResult","session_id":"20261122_1","matcher_context":"developer__shell","tool_call_id":"c1","tool_name":"developer__shell","tool_input":{"command":"make"},"decision":"allow","policy_evaluated":false}
{"event":"PostToolUse","session_id":"20261122_1","matcher_context":"developer__shell","tool_call_id":"c1","tool_name":"developer__shell","tool_input":{"command":"make"},"tool_output":[{"type":"text","text":"ok"}]}
{"event":"PreToolUse","session_id":"20261122_1","matcher_context":"developer__shell","tool_call_id":"c2","tool_name":"developer__shell","tool_input":{"command":"rm x"}}
{"event":"PreToolUseResult","session_id":"20261122_1","matcher_context":"developer__shell","tool_call_id":"c2","tool_name":"developer__shell","decision":"deny","policy_evaluated":true,"blocked_by":"guard","reason":"no","cause":"policy_denial"}
{"event":"PostToolUseFailure","session_id":"20261122_1","matcher_context":"developer__shell","tool_call_id":"c2","tool_name":"developer__shell","tool_output":"Command exited with code 3"}
{"event":"Stop","session_id":"20261122_1","matcher_context":null,"last_assistant_message":"done"}
{"event":"Stop","session_id":"20261122_1","matcher_context":null}
{"event":"BrandNew","session_id":"20261122_1","matcher_context":null,"what":1}
{"event":"SessionEnd","session_id":"20261122_1","matcher_context":null}
`)
	want := "session_start user_prompt tool_call before_shell_execution tool_result tool_call permission_denied error assistant_response stop brand_new session_end"
	if got := types(list); got != want || len(errs) > 0 {
		t.Errorf("events:\n%s\nwant\n%s\n%v", got, want, errs)
	}
	checks(t, list, []check{
		{"session_start", 0, "data.agent", `"goose"`},
		{"session_start", 0, "data.cwd", `"/w"`},
		{"session_start", 0, "timestamp", "1795332170.000000"},
		{"user_prompt", 0, "data.prompt", `"fix it"`},
		{"tool_call", 0, "data.arguments.command", `"make"`},
		{"tool_call", 0, "data.tool_use_id", `"c1"`},
		{"before_shell_execution", 0, "data.matcher_context", `"make"`},
		{"tool_result", 0, "data.result.0.text", `"ok"`},
		{"tool_result", 0, "data.arguments", ""},
		{"tool_result", 0, "parent_id", nth(t, list, "tool_call", 0).Get("event_id").Raw},
		{"permission_denied", 0, "parent_id", nth(t, list, "tool_call", 1).Get("event_id").Raw},
		{"permission_denied", 0, "data.blocked_by", `"guard"`},
		{"error", 0, "data.kind", `"tool"`},
		{"error", 0, "data.exit_code", "3"},
		{"error", 0, "data.error", `"Command exited with code 3"`},
		{"error", 0, "parent_id", nth(t, list, "tool_call", 1).Get("event_id").Raw},
		{"assistant_response", 0, "data.text", `"done"`},
	})
	if _, errs := read(t, false, dialect.File{}, `{"event":"Stop","session_id":"","matcher_context":null}`); len(errs) != 1 || errs[0] != dialect.ErrNoSession {
		t.Error(errs)
	}
}

// Calls without an id are paired by what they do, first in, first out, also
// when each payload is read by a process of its own.
func TestHooksWithoutIDs(t *testing.T) {
	call := `{"event":"PreToolUse","session_id":"s","matcher_context":"x","tool_name":"x","tool_input":{"a":1}}` + "\n"
	post := `{"event":"PostToolUse","session_id":"s","matcher_context":"x","tool_name":"x","tool_input":{"a": 1},"tool_output":1}` + "\n"
	list, _ := read(t, false, dialect.File{}, call+call+post+post)
	for n := range 2 {
		if a, b := nth(t, list, "tool_call", n).Get("event_id").Str, nth(t, list, "tool_result", n).Get("parent_id").Str; a != b {
			t.Errorf("call %d is %s, its result's %s", n, a, b)
		}
	}
	if nth(t, list, "tool_call", 0).Get("event_id").Str == nth(t, list, "tool_call", 1).Get("event_id").Str {
		t.Error("two calls are one")
	}
	alone, _ := read(t, false, dialect.File{}, post)
	if a, b := alone[0].Get("parent_id").Str, list[0].Get("event_id").Str; a != b {
		t.Errorf("read alone the result's call is %s, want %s", a, b)
	}
}

const (
	head  = `{"working_dir":"/w","description":"Fix it","message_count":4,"total_tokens":100,"accumulated_total_tokens":900}`
	said  = `{"role":"user","created":1745000000,"content":[{"type":"text","text":"fix it"}]}`
	asked = `{"id":"m1","role":"assistant","created":1745000002,"content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"I run it."},{"type":"toolRequest","id":"c1","toolCall":{"status":"success","value":{"name":"developer__shell","arguments":{"command":"make"}}}},{"type":"toolRequest","id":"c2","toolCall":{"status":"success","value":{"name":"x__y","arguments":{}}}},{"type":"toolRequest","id":"c3","toolCall":{"status":"error","error":"bad arguments"}}]}`
	given = `{"role":"user","created":1745000005,"content":[{"type":"toolResponse","id":"c1","toolResult":{"status":"success","value":[{"type":"text","text":"ok"}]}},{"type":"toolResponse","id":"c2","toolResult":{"status":"error","error":"no such tool"}},{"type":"toolResponse","id":"c3","toolResult":{"status":"success","value":{"content":[{"type":"text","text":"bad"}],"isError":true}}}]}`
	other = `{"role":"assistant","created":1745000006,"content":[{"type":"systemNotification","msg":"hi"}]}`
	inner = `{"role":"user","created":1745000007,"metadata":{"userVisible":false,"agentVisible":true},"content":[{"type":"text","text":"summary"}]}`
)

func TestSessionFile(t *testing.T) {
	list, errs := read(t, false, dialect.File{Name: "sessions/20250418_1.jsonl", Session: "20250418_1"}, strings.Join([]string{head, said, asked, given, other, inner}, "\n"))
	want := "session_start user_prompt assistant_response assistant_response tool_call tool_call tool_call tool_result error error system_notification"
	if got := types(list); got != want || len(errs) > 0 {
		t.Errorf("events:\n%s\nwant\n%s\n%v", got, want, errs)
	}
	checks(t, list, []check{
		{"session_start", 0, "data.title", `"Fix it"`},
		{"session_start", 0, "data.accumulated_total_tokens", "900"},
		{"session_start", 0, "timestamp", ""},
		{"user_prompt", 0, "timestamp", "1745000000.000000"},
		{"tool_call", 0, "data.tool_name", `"developer__shell"`},
		{"tool_call", 0, "data.arguments.command", `"make"`},
		{"tool_result", 0, "data.tool_name", `"developer__shell"`},
		{"tool_result", 0, "data.result.0.text", `"ok"`},
		{"tool_result", 0, "duration_ms", "3000"},
		{"tool_result", 0, "parent_id", nth(t, list, "tool_call", 0).Get("event_id").Raw},
		{"error", 0, "data.error", `"no such tool"`},
		{"error", 1, "data.error.isError", "true"},
	})
	exported, _ := read(t, false, dialect.File{}, `{"id":"20250418_1","working_dir":"/w","name":"Fix it","created_at":"2025-04-18T18:13:20Z","conversation":[`+strings.Join([]string{said, asked, given, other, inner}, ",")+`]}`)
	if got := types(exported); got != want {
		t.Errorf("exported:\n%s\nwant\n%s", got, want)
	}
	for i := range exported {
		if exported[i].Get("event_id").Str != list[i].Get("event_id").Str {
			t.Errorf("exported, %s has another id", exported[i].Raw)
		}
	}
	if _, errs := read(t, false, dialect.File{}, said); len(errs) != 1 {
		t.Error("a message without a session was taken")
	}
}

func TestIs(t *testing.T) {
	r := New(&dialect.Sink{})
	for _, line := range []string{
		`{"hook_event_name":"PreToolUse","session_id":"s","event":"PreToolUse"}`,
		`{"event":"login","session_id":"s"}`,
		`{"role":"user","content":[{"type":"text","text":"x"}]}`,
		`{"event_type":"tool_call","session_id":"s"}`,
		`{}`,
	} {
		var rec record.Record
		if err := rec.Parse([]byte(line)); err != nil {
			t.Fatal(err)
		}
		if r.Is(&rec) {
			t.Errorf("Is(%s)", line)
		}
	}
}

func TestFind(t *testing.T) {
	fsys := fstest.MapFS{
		"s/b.jsonl":     {Data: []byte(head + "\n" + said + "\n")},
		"s/a.jsonl":     {Data: []byte(strings.ReplaceAll(said, "1745000000", "1745000001"))},
		"s/other.jsonl": {Data: []byte("{\"x\":1}\n")},
		"s/sessions.db": {}, // of which others tell what it holds
	}
	var got []string
	for _, f := range Find(fsys, "s", func(err error) { t.Error(err) }) {
		got = append(got, f.Path+" "+f.Session+" "+f.Dir+" "+f.Began.Format("15:04:05"))
	}
	if want := []string{"s/sessions.db   00:00:00", "s/b.jsonl b /w 18:13:20", "s/a.jsonl a  18:13:21"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
