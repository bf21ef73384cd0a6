//go:build unix

package e2e_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"agenttrace/lib/clitest/model"
)

// geminiSettings are the user's: how to log in is not asked for, and nothing is
// told to the vendor.
const geminiSettings = `{"security": {"auth": {"selectedType": "gemini-api-key"}}, "privacy": {"usageStatisticsEnabled": false},
	"general": {"enableAutoUpdate": false, "enableAutoUpdateNotification": false},
	"mcpServers": {"calc": {"command": %q, "env": {%q: "1"}, "trust": true}}}
`

// geminiRun runs Gemini CLI on a prompt.
func geminiRun(r *rig) ended {
	server, variable := r.mcpCommand()
	r.write(filepath.Join(r.home, ".gemini", "settings.json"), fmt.Sprintf(geminiSettings, server, variable))
	r.env = append(r.env, "GEMINI_API_KEY=mock", "GOOGLE_GEMINI_BASE_URL="+r.model.URL, "GEMINI_CLI_TRUST_WORKSPACE=true",
		"GEMINI_TELEMETRY_ENABLED=false")
	return r.run("-m", "gemini-2.5-pro", "--yolo", "-o", "stream-json", "-p", "go")
}

// geminiCalls is what Gemini CLI is asked to do: by two commands at once, of
// which one fails; by a file that is read and one that is written; by one that
// is not there, and a tool that does not exist; by one command three times; by tools of
// an MCP server, of which one fails.
func geminiCalls() (model.Script, []asked) {
	call := func(id, name, args string) model.Call { return model.Call{ID: id, Tool: name, Args: args} }
	list := []asked{
		{Call: call("ok", "run_shell_command", `{"command":"echo hello | tee made.txt","description":"say hello"}`)},
		{Call: call("exit3", "run_shell_command", `{"command":"echo oops >&2; exit 3","description":"fail"}`), fate: failed},
		{Call: call("read", "read_file", `{"file_path":"notes.txt"}`)},
		{Call: call("write", "write_file", `{"file_path":"out.txt","content":"abc\n"}`)},
		{Call: call("missing", "read_file", `{"file_path":"missing.txt"}`), fate: failed},
		{Call: call("nosuch", "no_such_tool", `{"a":1}`), fate: failed, refused: true},
		{Call: call("badargs", "read_file", `{"nope":1}`), fate: failed, refused: true},
		{Call: call("again1", "run_shell_command", `{"command":"cat notes.txt"}`)},
		{Call: call("again2", "run_shell_command", `{"command":"cat notes.txt"}`)},
		{Call: call("again3", "run_shell_command", `{"command":"cat notes.txt"}`)},
		{Call: call("add", "mcp_calc_add", `{"a":2,"b":3}`)},
		{Call: call("boom", "mcp_calc_boom", `{"a":2}`), fate: failed},
	}
	c := func(i ...int) (calls []model.Call) {
		for _, i := range i {
			calls = append(calls, list[i].Call)
		}
		return calls
	}
	return model.Script{Main: []model.Turn{
		{Thinking: "let me think", Text: "I will run things.", Calls: c(0, 1)},
		{Calls: c(2, 3)},
		{Calls: c(4, 5, 6)},
		{Calls: c(7)},
		{Calls: c(8)},
		{Calls: c(9)},
		{Calls: c(10, 11)},
		{Text: "All finished."},
	}}, list
}

func TestGemini(t *testing.T) {
	program := install(t, "gemini")
	script, want := geminiCalls()
	plain := newRig(t, program, model.New(t, model.Gemini, script))
	without := geminiRun(plain)

	r := newRig(t, program, model.New(t, model.Gemini, script))
	r.ours("at-setup", "gemini", "--write", "--command", filepath.Join(r.shims, "at-capture"), "--trace-dir", r.store)
	with := geminiRun(r)
	same(r, without, with, plain.model)
	if !strings.Contains(with.stdout, "All finished.") {
		t.Fatalf("Gemini CLI did not follow the script: %s\n%s", tail(with.stdout), tail(with.stderr))
	}
	if !r.exists("out.txt") || !r.exists("made.txt") {
		t.Error("what the calls make is not there")
	}
	r.silent(2 * len(want))

	hooks := r.read("hooks", r.store)
	// No hook tells of calls that are refused. The usage is taken from the session
	// file at the end of the session.
	r.calls(hooks, slices.DeleteFunc(slices.Clone(want), func(a asked) bool { return a.refused }), false)
	r.usage(hooks, r.model.Answers())

	r.joined("session file", filepath.Join(r.home, ".gemini", "tmp"), want, false, "")
}

func TestGeminiGuard(t *testing.T) {
	call := func(id, name, args string) model.Call { return model.Call{ID: id, Tool: name, Args: args} }
	want := []asked{
		{Call: call("denied", "run_shell_command", `{"command":"echo yes && touch denied.txt"}`), fate: failed},
		{Call: call("allowed", "run_shell_command", `{"command":"echo yes | tee allowed.txt"}`)},
		{Call: call("secret", "read_file", `{"file_path":"secret.txt"}`), fate: failed},
	}
	r := newRig(t, install(t, "gemini"), model.New(t, model.Gemini, model.Script{Main: []model.Turn{
		{Text: "I will try.", Calls: []model.Call{want[0].Call, want[1].Call, want[2].Call}},
		{Text: "All finished."},
	}}))
	r.write(filepath.Join(r.proj, ".agent-scope.json"), policy)
	r.ours("at-setup", "gemini", "--write", "--guard", "--command", filepath.Join(r.shims, "at-capture"), "--trace-dir", r.store)
	e := geminiRun(r)
	r.ours("at-capture", "--save", "--trace-dir", r.store, filepath.Join(r.home, ".gemini", "tmp"))
	r.guarded(e, want, false)
}
