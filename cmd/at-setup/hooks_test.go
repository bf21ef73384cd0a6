package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/clitest"
)

// agent is how an agent runs its hooks, and what it tells them.
type agent struct {
	name, file    string
	commands      string // where in the file the commands of an event stand
	start, before string // the events
	payloads      []string
	denied        func(out, err string, status int) bool // how it takes an answer
}

var tellers = []agent{
	{"codex", ".codex/hooks.json", "hooks.EVENT.#.hooks.#.command|@flatten", "SessionStart", "PreToolUse", []string{
		`{"session_id":"s1","transcript_path":null,"cwd":"DIR","hook_event_name":"SessionStart","model":"m","permission_mode":"default","source":"startup"}`,
		`{"session_id":"s1","turn_id":"t1","transcript_path":null,"cwd":"DIR","hook_event_name":"PreToolUse","model":"m","permission_mode":"default","tool_name":"Bash","tool_input":{"command":"rm -rf /x"},"tool_use_id":"c1"}`,
	}, func(out, _ string, status int) bool {
		return status == 2 || status == 0 && gjson.Get(out, "hookSpecificOutput.permissionDecision").Str == "deny"
	}},
	{"gemini", ".gemini/settings.json", "hooks.EVENT.#.hooks.#.command|@flatten", "SessionStart", "BeforeTool", []string{
		`{"session_id":"s1","transcript_path":"/h/.gemini/tmp/p/chats/s.jsonl","cwd":"DIR","hook_event_name":"SessionStart","timestamp":"2026-11-22T07:27:04.000Z","source":"startup"}`,
		`{"session_id":"s1","transcript_path":"/h/.gemini/tmp/p/chats/s.jsonl","cwd":"DIR","hook_event_name":"BeforeTool","timestamp":"2026-11-22T07:27:05.000Z","tool_name":"run_shell_command","tool_input":{"command":"rm -rf /x"}}`,
	}, func(out, _ string, status int) bool {
		return status > 1 || status == 0 && gjson.Get(out, "decision").Str == "deny"
	}},
	{"cursor", ".cursor/hooks.json", "hooks.EVENT.#.command", "sessionStart", "preToolUse", []string{
		`{"conversation_id":"s1","session_id":"s1","model":"m","hook_event_name":"sessionStart","cursor_version":"3.1.0","workspace_roots":["DIR"],"user_email":null,"transcript_path":null,"is_background_agent":false}`,
		`{"conversation_id":"s1","generation_id":"g1","model":"m","hook_event_name":"preToolUse","cursor_version":"3.1.0","workspace_roots":["DIR"],"user_email":null,"transcript_path":null,"tool_name":"Shell","tool_input":{"command":"rm -rf /x"},"tool_use_id":"c1","cwd":"DIR"}`,
	}, func(out, _ string, status int) bool {
		return status == 2 || status == 0 && gjson.Get(out, "permission").Str == "deny"
	}},
	{"copilot", ".github/hooks/agent-trace.json", "hooks.EVENT.#.bash", "SessionStart", "PreToolUse", []string{
		`{"hook_event_name":"SessionStart","session_id":"s1","timestamp":"2026-11-22T07:20:34.000Z","cwd":"DIR","source":"new"}`,
		`{"hook_event_name":"PreToolUse","session_id":"s1","timestamp":"2026-11-22T07:20:35.000Z","cwd":"DIR","tool_name":"Bash","tool_input":{"command":"rm -rf /x"}}`,
	}, func(out, _ string, status int) bool {
		return status != 0 || gjson.Get(out, "permissionDecision").Str == "deny"
	}},
}

const policy = `{"commands":{"deny":["rm"]}}`

// TestHooksRun gives the hooks that are set up what the agents give them: the
// events are stored as that agent's, nothing is said to the agent, and the
// guard denies what the policy denies.
func TestHooksRun(t *testing.T) {
	bin := programs(t, "at-capture", "at-guard", "at-setup")
	t.Run("opencode", func(t *testing.T) { pluginRuns(t, bin) })
	for _, a := range tellers {
		t.Run(a.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, ".agent-scope.json"), policy)
			setUp(t, bin, dir, a.name)
			settings := read1(t, filepath.Join(dir, a.file))
			for i, event := range []string{a.start, a.before} {
				payload := strings.ReplaceAll(a.payloads[i], "DIR", dir)
				answered := false
				for _, line := range gjson.Get(settings, strings.Replace(a.commands, "EVENT", event, 1)).Array() {
					out, errs, status := runLine(t, bin, dir, line.Str, payload)
					if strings.Contains(line.Str, "at-guard") {
						answered = a.denied(out, errs, status)
					} else if out+errs != "" || status != 0 {
						t.Errorf("%s: %q %q %d", event, out, errs, status)
					}
				}
				if answered != (event == a.before) {
					t.Errorf("%s: denied: %v", event, answered)
				}
			}
			events := read1(t, filepath.Join(dir, ".agent-traces/s1/events.ndjson"))
			var types []string
			for line := range strings.Lines(events) {
				types = append(types, gjson.Get(line, "event_type").Str)
			}
			if got := strings.Join(types, " "); got != "session_start tool_call guard_verdict" && got != "session_start guard_verdict tool_call" {
				t.Errorf("stored: %s\n%s", got, events)
			}
			if got := gjson.Get(events, "data.agent").Str; !strings.HasPrefix(got, a.name) {
				t.Errorf("the agent is %q", got)
			}

			// A program that is gone: capturing must not keep a tool from
			// running, the guard must.
			for _, line := range gjson.Get(settings, strings.Replace(a.commands, "EVENT", a.before, 1)).Array() {
				gone := strings.NewReplacer("at-guard", "at-gone", "at-capture", "at-gone").Replace(line.Str)
				out, errs, status := runLine(t, bin, dir, gone, strings.ReplaceAll(a.payloads[1], "DIR", dir))
				if got, want := a.denied(out, errs, status), strings.Contains(line.Str, "at-guard"); got != want {
					t.Errorf("%s: denied: %v", gone, got)
				}
			}
		})
	}
}

// pluginRuns loads the plugin of OpenCode and gives it events.
func pluginRuns(t *testing.T, bin string) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("there is no node to run a plugin with")
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, ".agent-scope.json"), policy)
	setUp(t, bin, dir, "opencode")
	write(t, filepath.Join(dir, "run.mjs"), `
import { AgentTrace } from "./plugin.mjs"
const hooks = await AgentTrace({ directory: process.cwd() })
const send = (type, properties) => hooks.event({ event: { type, properties } })
await send("session.created", { info: { id: "ses_1", directory: process.cwd(), time: { created: 1795332034000 } } })
await send("message.updated", { info: { id: "msg_1", sessionID: "ses_1", role: "assistant", time: { created: 1795332034000 } } })
await send("message.part.updated", { part: { id: "prt_0", sessionID: "ses_1", messageID: "msg_1", type: "text", text: "half", time: { start: 1795332034100 } } })
await send("message.part.updated", { part: { id: "prt_1", sessionID: "ses_1", messageID: "msg_1", type: "tool", callID: "c1", tool: "bash",
  state: { status: "completed", input: { command: "make" }, output: "ok", title: "make", metadata: { exit: 0 }, time: { start: 1795332034500, end: 1795332034900 } } } })
await send("server.heartbeat", {})
const before = hooks["tool.execute.before"]
const judged = async (command) => {
  try {
    await before({ tool: "bash", sessionID: "ses_1", callID: "c" + command.length }, { args: { command } })
    return "runs"
  } catch (e) {
    return "denied: " + e.message
  }
}
console.log(await judged("ls"))
console.log(await judged("rm -rf /x"))
`)
	text := read1(t, filepath.Join(dir, ".opencode/plugins/agent-trace.js"))
	// The recorder outlives OpenCode: the test must know when it has ended.
	done := filepath.Join(dir, "done")
	write(t, filepath.Join(dir, "recorder"), "#!/bin/sh\nat-capture \"$@\"\necho end > "+done+"\n")
	if err := os.Chmod(filepath.Join(dir, "recorder"), 0o700); err != nil {
		t.Fatal(err)
	}
	text = strings.Replace(text, `["at-capture"`, `["`+filepath.Join(dir, "recorder")+`"`, 1)
	write(t, filepath.Join(dir, "plugin.mjs"), text)
	out := command1(t, bin, dir, node, "run.mjs")
	lines := strings.Split(out, "\n")
	if lines[0] != "runs" || !strings.HasPrefix(lines[1], "denied: ") || !strings.Contains(lines[1], "rm") {
		t.Errorf("the guard said:\n%s", out)
	}
	waitFor(t, done, "end")
	events := read1(t, filepath.Join(dir, ".agent-traces/ses_1/events.ndjson"))
	if strings.Count(events, `"event_type":"tool_call"`) != 1 || strings.Count(events, `"event_type":"tool_result"`) != 1 || strings.Contains(events, "half") || strings.Contains(events, "heartbeat") {
		t.Errorf("stored:\n%s", events)
	}
	write(t, filepath.Join(dir, "plugin.mjs"), strings.NewReplacer(`at-guard"`, `at-gone"`, `recorder"`, `gone"`).Replace(text))
	if out := command1(t, bin, dir, node, "run.mjs"); strings.Contains(out, "runs") {
		t.Errorf("without at-guard:\n%s", out)
	}
}

// programs builds commands into a folder of their own.
func programs(t *testing.T, names ...string) (bin string) {
	t.Helper()
	if testing.Short() {
		t.Skip("it builds commands")
	}
	clitest.DependsOn("../at-capture", "../at-guard", "../../lib")
	bin = t.TempDir()
	args := []string{"build", "-ldflags=-s -w", "-o", bin + "/"}
	for _, n := range names {
		args = append(args, "agenttrace/cmd/"+n)
	}
	if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}

func environ(bin, dir string) []string {
	return []string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + dir, "TMPDIR=" + os.TempDir()}
}

func setUp(t *testing.T, bin, dir, name string) {
	t.Helper()
	command1(t, bin, dir, filepath.Join(bin, "at-setup"), name, "--write", "--guard")
}

func command1(t *testing.T, bin, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env = dir, environ(bin, dir)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, errs.String())
	}
	return string(out)
}

// runLine runs a hook as agents do: by a shell, with the payload.
func runLine(t *testing.T, bin, dir, line, payload string) (out, errs string, status int) {
	t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir, cmd.Env = dir, environ(bin, dir)
	cmd.Stdin = strings.NewReader(payload)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	if err := cmd.Run(); err != nil {
		if _, ok := err.(*exec.ExitError); !ok {
			t.Fatal(err)
		}
	}
	return o.String(), e.String(), cmd.ProcessState.ExitCode()
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read1(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// waitFor waits until a file holds something: who writes it goes on by itself.
func waitFor(t *testing.T, path, what string) string {
	t.Helper()
	var b []byte
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if b, _ = os.ReadFile(path); bytes.Contains(b, []byte(what)) {
			return string(b)
		}
	}
	t.Fatalf("%s is not in %s:\n%s", what, path, b)
	return ""
}
