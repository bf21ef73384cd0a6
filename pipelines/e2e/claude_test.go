//go:build unix

package e2e_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"agenttrace/lib/clitest/model"
)

// claudeRun runs Claude Code on a prompt.
func claudeRun(r *rig) ended {
	server, variable := r.mcpCommand()
	r.write(filepath.Join(r.home, "mcp.json"), fmt.Sprintf(`{"mcpServers": {"calc": {"command": "at-record",
		"args": ["--name", "calc", "--trace-dir", %q, "--", %q], "env": {%q: "1"}}}}`, r.recorded, server, variable))
	r.env = append(r.env, "ANTHROPIC_BASE_URL="+r.model.URL, "ANTHROPIC_API_KEY=sk-mock", "DISABLE_AUTOUPDATER=1",
		"CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1")
	return r.run("-p", "go", "--model", "claude-sonnet-5", "--allowedTools", "Bash,Read,Write,Agent,mcp__calc__add,mcp__calc__boom",
		"--mcp-config", filepath.Join(r.home, "mcp.json"), "--strict-mcp-config",
		"--output-format", "stream-json", "--verbose")
}

// claudeCalls is what Claude Code is asked to do: by a command that works, one
// that fails and a file read at once; by a file that is not there and one that
// is written; by a subagent; by calls that it refuses before they begin; and by
// tools of an MCP server, of which one fails.
func claudeCalls(r *rig) (model.Script, []asked) {
	call := func(id, name, args string) model.Call { return model.Call{ID: "toolu_" + id, Tool: name, Args: args} }
	path := func(name string) string { return `"` + filepath.Join(r.proj, name) + `"` }
	list := []asked{
		{Call: call("ok", "Bash", `{"command":"echo hello | tee made.txt","description":"say hello"}`)},
		{Call: call("exit3", "Bash", `{"command":"echo oops >&2; exit 3","description":"fail"}`), fate: failed},
		{Call: call("read", "Read", `{"file_path":`+path("notes.txt")+`}`)},
		{Call: call("missing", "Read", `{"file_path":`+path("missing.txt")+`}`), fate: failed},
		{Call: call("write", "Write", `{"file_path":`+path("out.txt")+`,"content":"abc\n"}`)},
		{Call: call("agent", "Agent", `{"description":"look","prompt":"SUBTASK please","subagent_type":"general-purpose","run_in_background":false}`)},
		{Call: call("nosuch", "NoSuchTool", `{"a":1}`), fate: failed, refused: true},
		{Call: call("badargs", "Read", `{"nope":1}`), fate: failed, refused: true},
		{Call: call("subok", "Bash", `{"command":"echo from-sub","description":"sub"}`), sub: "SUBTASK"},
		{Call: call("subfail", "Read", `{"file_path":`+path("nothing.txt")+`}`), sub: "SUBTASK", fate: failed},
		{Call: call("add", "mcp__calc__add", `{"a":2,"b":3}`)},
		{Call: call("boom", "mcp__calc__boom", `{"a":2}`), fate: failed},
	}
	c := func(i ...int) (calls []model.Call) {
		for _, i := range i {
			calls = append(calls, list[i].Call)
		}
		return calls
	}
	return model.Script{
		Main: []model.Turn{
			{Thinking: "let me think", Text: "I will run things.", Calls: c(0, 1, 2)},
			{Calls: c(3, 4)},
			{Text: "A subagent.", Calls: c(5)},
			{Calls: c(6, 7)},
			{Calls: c(10, 11)},
			{Text: "All finished."},
		},
		Subs: map[string][]model.Turn{"SUBTASK": {{Text: "Sub looks.", Calls: c(8, 9)}, {Text: "SUB RESULT 42"}}},
	}, list
}

func TestClaude(t *testing.T) {
	program := install(t, "claude")
	plain := newRig(t, program, nil)
	script, _ := claudeCalls(plain)
	plain.model = model.New(t, model.Anthropic, script)
	without := claudeRun(plain)

	r := newRig(t, program, nil)
	script, want := claudeCalls(r)
	r.model = model.New(t, model.Anthropic, script)
	r.ours("at-setup", "claude", "--write", "--command", filepath.Join(r.shims, "at-capture"), "--trace-dir", r.store)
	with := claudeRun(r)

	same(r, without, with, plain.model)
	if got := gjson.Get(lastLine(with.stdout), "result").Str; got != "All finished." {
		t.Fatalf("Claude Code did not follow the script: %s\n%s", tail(with.stdout), tail(with.stderr))
	}
	if !r.exists("out.txt") || !r.exists("made.txt") {
		t.Error("what the calls make is not there")
	}
	r.silent(2*(len(want)-2) + 6) // of the calls that were begun, and of the session, its prompt and the subagent

	hooks := r.read("hooks", r.store)
	r.calls(hooks, want, true)
	r.usage(hooks, r.model.Answers()) // taken from the transcripts at the end of the session

	transcripts := filepath.Join(r.home, ".claude", "projects")
	r.vendor(r.joined("transcripts", transcripts, want, true, "Agent"))
	r.withRecorded(want)
}

// vendor checks that what the agent itself says of all its requests is what the
// model reported of all, those beside the conversations included.
func (r *rig) vendor(tr trace) {
	r.Helper()
	var want model.Usage
	for _, a := range append(r.model.Answers(), r.model.Aux()...) {
		want = want.Add(a.Usage)
	}
	want.Reasoning = 0 // not told
	costs := tr.of("vendor_cost")
	if len(costs) == 0 {
		r.Errorf("%s: there is no vendor_cost", tr.name)
		return
	}
	var got model.Usage
	costs[len(costs)-1].Get("data.usage_by_model").ForEach(func(_, u gjson.Result) bool {
		n := func(key string) int { return int(u.Get(key).Int()) }
		got = got.Add(model.Usage{Input: n("input_tokens"), Output: n("output_tokens"), CacheRead: n("cache_read_tokens"),
			CacheWrite5m: n("cache_write_5m_tokens"), CacheWrite1h: n("cache_write_1h_tokens")})
		return true
	})
	if got != want {
		r.Errorf("%s: the agent says that all took %+v, and the model reported %+v", tr.name, got, want)
	}
}

// same checks that the agent did the same with hooks as without: its exit
// status, and the number of requests that it made.
func same(r *rig, without, with ended, other *model.Server) {
	r.Helper()
	r.Logf("%.1f s without hooks, %.1f s with them", without.took.Seconds(), with.took.Seconds())
	if without.status != with.status {
		r.Errorf("the agent's exit status is %d without hooks, and %d with them\n%s\n%s", without.status, with.status, tail(with.stdout), tail(with.stderr))
	}
	if a, b := len(other.Answers()), len(r.model.Answers()); a != b {
		r.Errorf("the agent made %d requests without hooks, and %d with them", a, b)
	}
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

func TestClaudeGuard(t *testing.T) {
	r := newRig(t, install(t, "claude"), nil)
	call := func(id, name, args string) model.Call { return model.Call{ID: "toolu_" + id, Tool: name, Args: args} }
	want := []asked{
		{Call: call("denied", "Bash", `{"command":"echo yes && touch denied.txt","description":"make it"}`), fate: failed},
		{Call: call("allowed", "Bash", `{"command":"echo yes | tee allowed.txt","description":"make it"}`)},
		{Call: call("secret", "Read", `{"file_path":"`+filepath.Join(r.proj, "secret.txt")+`"}`), fate: failed},
		{Call: call("agent", "Agent", `{"description":"make it","prompt":"SUBTASK please","subagent_type":"general-purpose","run_in_background":false}`)},
		{Call: call("sub", "Bash", `{"command":"touch denied.txt","description":"make it"}`), sub: "SUBTASK", fate: failed},
	}
	r.model = model.New(t, model.Anthropic, model.Script{
		Main: []model.Turn{
			{Text: "I will try.", Calls: []model.Call{want[0].Call, want[1].Call, want[2].Call}},
			{Text: "A subagent can.", Calls: []model.Call{want[3].Call}},
			{Text: "All finished."},
		},
		Subs: map[string][]model.Turn{"SUBTASK": {{Calls: []model.Call{want[4].Call}}, {Text: "It cannot."}}},
	})
	r.write(filepath.Join(r.proj, ".agent-scope.json"), policy)
	r.ours("at-setup", "claude", "--write", "--guard", "--command", filepath.Join(r.shims, "at-capture"), "--trace-dir", r.store)
	e := claudeRun(r)
	r.ours("at-capture", "--save", "--trace-dir", r.store, filepath.Join(r.home, ".claude", "projects"))
	r.guarded(e, want, true)
}

// A guard that has no policy lets nothing run, and says so.
func TestClaudeGuardWithoutPolicy(t *testing.T) {
	r := newRig(t, install(t, "claude"), nil)
	call := model.Call{ID: "toolu_any", Tool: "Bash", Args: `{"command":"echo yes | tee denied.txt","description":"make it"}`}
	r.model = model.New(t, model.Anthropic, model.Script{Main: []model.Turn{
		{Text: "I will try.", Calls: []model.Call{call}},
		{Text: "All finished."},
	}})
	r.ours("at-setup", "claude", "--write", "--guard", "--command", filepath.Join(r.shims, "at-capture"), "--trace-dir", r.store)
	if e := claudeRun(r); e.status != 0 {
		t.Errorf("the agent's exit status is %d\n%s", e.status, tail(e.stderr))
	}
	told, _ := r.model.Result(call.ID)
	if r.exists("denied.txt") || !strings.Contains(told, "there is no policy") {
		t.Errorf("the model was told: %s", told)
	}
	if tr := r.read("without a policy", r.store); len(tr.of("guard_verdict")) != 1 || !tr.of("guard_verdict")[0].Get("data.failure").Exists() {
		t.Errorf("verdicts: %v", tr.of("guard_verdict"))
	}
}
