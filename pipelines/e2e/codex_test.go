//go:build unix

package e2e_test

import (
	"path/filepath"
	"strings"
	"testing"

	"agenttrace/lib/clitest/model"
)

// codexConfig makes the model on loopback Codex's own. Its sandbox is off: it
// needs what a machine for tests may not have.
const codexConfig = `model = "gpt-5.5"
model_provider = "mock"
approval_policy = "never"
sandbox_mode = "danger-full-access"
check_for_update_on_startup = false
[analytics]
enabled = false
[model_providers.mock]
name = "mock"
base_url = "URL/v1"
wire_api = "responses"
env_key = "MOCK_KEY"
requires_openai_auth = false
request_max_retries = 1
stream_max_retries = 1
[projects."PROJECT"]
trust_level = "trusted"
[mcp_servers.calc]
command = "at-record"
args = ["--name", "calc", "--trace-dir", "RECORDED", "--", "SERVER"]
env = { VARIABLE = "1" }
`

// codexRun runs Codex on a prompt.
func codexRun(r *rig) ended {
	server, variable := r.mcpCommand()
	r.write(filepath.Join(r.home, ".codex", "config.toml"), strings.NewReplacer("URL", r.model.URL, "PROJECT", r.proj,
		"RECORDED", r.recorded, "SERVER", server, "VARIABLE", variable).Replace(codexConfig))
	r.env = append(r.env, "MOCK_KEY=sk-mock")
	return r.run("exec", "--skip-git-repo-check", "--dangerously-bypass-hook-trust", "--json", "go")
}

// codexCalls is what Codex is asked to do: by a command that works, and one
// that fails at once; by a patch, and a file that is read by a command; by a
// patch that does not fit; by calls that cannot be begun; by a picture that is
// not there; by tools of an MCP server, of which one fails; and by subagents.
func codexCalls() (model.Script, []asked) {
	const (
		add = "*** Begin Patch\n*** Add File: out.txt\n+abc\n*** End Patch\n"
		bad = "*** Begin Patch\n*** Update File: missing.txt\n@@\n-x\n+y\n*** End Patch\n"
	)
	call := func(id, name, args string) model.Call { return model.Call{ID: "call_" + id, Tool: name, Args: args} }
	list := []asked{
		{Call: call("ok", "exec_command", `{"cmd":"echo hello | tee made.txt"}`)},
		{Call: call("exit3", "exec_command", `{"cmd":"echo oops >&2; exit 3"}`), fate: failed},
		{Call: model.Call{ID: "call_patch", Tool: "apply_patch", Args: add, Text: true}},
		{Call: call("read", "exec_command", `{"cmd":"cat notes.txt"}`)},
		{Call: model.Call{ID: "call_badpatch", Tool: "apply_patch", Args: bad, Text: true}, fate: failed},
		{Call: call("nosuch", "no_such_tool", `{"a":1}`), fate: failed, refused: true},
		{Call: call("badargs", "exec_command", `{"nope":1}`), fate: failed, refused: true},
		{Call: call("image", "view_image", `{"path":"missing.png"}`), fate: failed},
	}
	mcp := func(id, name, args string) model.Call {
		return model.Call{ID: "call_" + id, Tool: name, Space: "mcp__calc", Args: args}
	}
	list = append(list, asked{Call: mcp("add", "add", `{"a":2,"b":3}`)}, asked{Call: mcp("boom", "boom", `{"a":2}`), fate: failed})
	// A subagent that begins with its prompt, and one that begins with a copy of
	// the conversation: the rollout of that one repeats the lines of this one.
	agent := func(id, prompt, fork string) []asked {
		return []asked{
			{Call: model.Call{ID: "call_" + id, Tool: "spawn_agent", Space: "multi_agent_v1", Args: `{"message":"` + prompt + ` please","fork_context":` + fork + `}`}},
			{Call: model.Call{ID: "call_wait" + id, Tool: "wait_agent", Space: "multi_agent_v1", Args: `{"targets":["<<call_` + id + ` agent_id>>"],"timeout_ms":30000}`}},
			{Call: call("sub"+id, "exec_command", `{"cmd":"echo from-`+id+`"}`), sub: prompt},
			{Call: call("fail"+id, "exec_command", `{"cmd":"echo no; exit 4"}`), sub: prompt, fate: failed},
		}
	}
	at := len(list)
	list = append(append(list, agent("agent", "SUBTASK", "false")...), agent("fork", "FORKTASK", "true")...)
	c := func(i ...int) (calls []model.Call) {
		for _, i := range i {
			calls = append(calls, list[i].Call)
		}
		return calls
	}
	return model.Script{
		Main: []model.Turn{
			{Thinking: "let me think", Text: "I will run things.", Calls: c(0, 1)},
			{Calls: c(2, 3)},
			{Calls: c(4)},
			{Calls: c(5, 6)},
			{Calls: c(7)},
			{Calls: c(8, 9)},
			{Text: "A subagent.", Calls: c(at)},
			{Calls: c(at + 1)},
			{Text: "A fork.", Calls: c(at + 4)},
			{Calls: c(at + 5)},
			{Text: "All finished."},
		},
		Subs: map[string][]model.Turn{
			"SUBTASK":  {{Text: "Sub looks.", Calls: c(at+2, at+3)}, {Text: "SUB RESULT 42"}},
			"FORKTASK": {{Text: "Fork looks.", Calls: c(at+6, at+7)}, {Text: "FORK RESULT 43"}},
		},
	}, list
}

func TestCodex(t *testing.T) {
	program := install(t, "codex")
	script, want := codexCalls()
	plain := newRig(t, program, model.New(t, model.OpenAI, script))
	without := codexRun(plain)

	r := newRig(t, program, model.New(t, model.OpenAI, script))
	r.ours("at-setup", "codex", "--global", "--write", "--command", filepath.Join(r.shims, "at-capture"), "--trace-dir", r.store)
	with := codexRun(r)
	same(r, without, with, plain.model)
	if !strings.Contains(with.stdout, "All finished.") {
		t.Fatalf("Codex did not follow the script: %s\n%s", tail(with.stdout), tail(with.stderr))
	}
	if !r.exists("out.txt") || !r.exists("made.txt") {
		t.Error("what the calls make is not there")
	}
	r.silent(len(want) + 6)

	hooks := r.read("hooks", r.store)
	r.calls(hooks, blind(want), true)
	r.usage(hooks, r.model.Answers())

	r.joined("rollout", filepath.Join(r.home, ".codex", "sessions"), want, true, "spawn_agent")
	r.withRecorded(want)
}

// blind returns what hooks can tell of the calls. They are told what a command
// that fails prints, and not that it failed; they are told nothing of how other
// calls failed, and nothing at all of those that could not be begun.
func blind(want []asked) (seen []asked) {
	for _, w := range want {
		if w.fate == failed {
			w.fate = open
		}
		if !w.refused {
			seen = append(seen, w)
		}
	}
	return seen
}

func TestCodexGuard(t *testing.T) {
	call := func(id, args string) model.Call {
		return model.Call{ID: "call_" + id, Tool: "exec_command", Args: args}
	}
	want := []asked{
		{Call: call("denied", `{"cmd":"echo yes && touch denied.txt"}`), fate: failed},
		{Call: call("allowed", `{"cmd":"echo yes | tee allowed.txt"}`)},
		{Call: call("secret", `{"cmd":"cat secret.txt"}`), fate: failed},
		{Call: model.Call{ID: "call_agent", Tool: "spawn_agent", Space: "multi_agent_v1", Args: `{"message":"SUBTASK please"}`}},
		{Call: model.Call{ID: "call_wait", Tool: "wait_agent", Space: "multi_agent_v1", Args: `{"targets":["<<call_agent agent_id>>"],"timeout_ms":30000}`}},
		{Call: call("sub", `{"cmd":"touch denied.txt"}`), sub: "SUBTASK", fate: failed},
	}
	r := newRig(t, install(t, "codex"), model.New(t, model.OpenAI, model.Script{
		Main: []model.Turn{
			{Text: "I will try.", Calls: []model.Call{want[0].Call, want[1].Call, want[2].Call}},
			{Text: "A subagent can.", Calls: []model.Call{want[3].Call}},
			{Calls: []model.Call{want[4].Call}},
			{Text: "All finished."},
		},
		Subs: map[string][]model.Turn{"SUBTASK": {{Calls: []model.Call{want[5].Call}}, {Text: "It cannot."}}},
	}))
	r.write(filepath.Join(r.proj, ".agent-scope.json"), policy)
	// Here the hooks are those of the project, in a folder that is trusted.
	r.ours("at-setup", "codex", "--write", "--guard", "--command", filepath.Join(r.shims, "at-capture"), "--trace-dir", r.store)
	e := codexRun(r)
	r.ours("at-capture", "--save", "--trace-dir", r.store, filepath.Join(r.home, ".codex", "sessions"))
	r.guarded(e, want, true)
}
