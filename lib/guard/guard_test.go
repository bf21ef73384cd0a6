package guard

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/policy"
)

// payloads are what the agents tell before a tool runs, in each dialect.
var payloads = []struct{ name, raw, agent, tool, deny, ask string }{
	{"Claude Code",
		`{"session_id":"s","transcript_path":"/t.jsonl","cwd":"/home/u/proj","permission_mode":"default","hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"ls"},"tool_use_id":"t1"}`,
		Claude, "Bash",
		`{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"no"}}`,
		`{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"ask","permissionDecisionReason":"no"}}`},
	{"Codex",
		`{"session_id":"s","turn_id":"u","transcript_path":null,"cwd":"/home/u/proj","hook_event_name":"PreToolUse","model":"gpt-5.5","permission_mode":"default","tool_name":"apply_patch","tool_input":{"command":"*** Begin Patch"},"tool_use_id":"call_1"}`,
		Codex, "apply_patch",
		`{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"no"}}`,
		`{"hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"no A person has to decide this, and cannot be asked here."}}`},
	{"Gemini CLI",
		`{"session_id":"s","transcript_path":"/t.jsonl","cwd":"/home/u/proj","hook_event_name":"BeforeTool","timestamp":"2026-11-22T07:27:04.816Z","tool_name":"run_shell_command","tool_input":{"command":"make test"}}`,
		Gemini, "run_shell_command", `{"decision":"deny","reason":"no"}`, `{"decision":"ask","reason":"no"}`},
	{"Gemini CLI, MCP",
		`{"session_id":"s","transcript_path":"/t.jsonl","cwd":"/home/u/proj","hook_event_name":"BeforeTool","timestamp":"2026-11-22T07:27:04.816Z","tool_name":"mcp_my_fs_read","tool_input":{},"mcp_context":{"server_name":"my_fs","tool_name":"read"}}`,
		Gemini, "mcp__my_fs__read", `{"decision":"deny","reason":"no"}`, `{"decision":"ask","reason":"no"}`},
	{"Cursor, any tool",
		`{"conversation_id":"s","generation_id":"g","hook_event_name":"preToolUse","cursor_version":"3.1.0","workspace_roots":["/home/u/proj"],"tool_name":"Shell","tool_input":{"command":"make"},"tool_use_id":"tu1","cwd":"/home/u/proj"}`,
		Cursor, "Shell", `{"permission":"deny","user_message":"no","agent_message":"no"}`,
		`{"permission":"deny","user_message":"no A person has to decide this, and cannot be asked here.","agent_message":"no A person has to decide this, and cannot be asked here."}`},
	{"Cursor, shell",
		`{"conversation_id":"s","generation_id":"g","hook_event_name":"beforeShellExecution","cursor_version":"3.1.0","workspace_roots":["/home/u/proj"],"command":"make","cwd":"/home/u/proj","sandbox":false}`,
		Cursor, "Shell", `{"permission":"deny","user_message":"no","agent_message":"no"}`, `{"permission":"ask","user_message":"no","agent_message":"no"}`},
	{"Cursor, file",
		`{"conversation_id":"s","hook_event_name":"beforeReadFile","cursor_version":"3.1.0","workspace_roots":["/home/u/proj"],"file_path":"/home/u/proj/a","content":"x"}`,
		Cursor, "Read", `{"permission":"deny","user_message":"no","agent_message":"no"}`, ``},
	{"Cursor, MCP",
		`{"conversation_id":"s","hook_event_name":"beforeMCPExecution","cursor_version":"3.1.0","workspace_roots":["/home/u/proj"],"tool_name":"read_file","tool_input":"{\"path\":\".env\"}"}`,
		Cursor, "MCP:read_file", `{"permission":"deny","user_message":"no","agent_message":"no"}`, `{"permission":"ask","user_message":"no","agent_message":"no"}`},
	{"Cursor, by a hook of Claude Code",
		`{"session_id":"s","conversation_id":"s","hook_event_name":"PreToolUse","cursor_version":"3.1.0","tool_name":"Bash","tool_input":{"command":"ls"}}`,
		Cursor, "Bash",
		`{"permission":"deny","user_message":"no","agent_message":"no","hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"no"}}`, ``},
	{"Copilot",
		`{"sessionId":"s","timestamp":1795332034000,"cwd":"/home/u/proj","toolName":"bash","toolArgs":"{\"command\":\"make\"}"}`,
		Copilot, "bash", `{"permissionDecision":"deny","permissionDecisionReason":"no"}`, `{"permissionDecision":"ask","permissionDecisionReason":"no"}`},
	{"Copilot, the other dialect",
		`{"hook_event_name":"PreToolUse","session_id":"s","timestamp":"2026-11-22T07:20:34.000Z","cwd":"/home/u/proj","tool_name":"Bash","tool_input":{"command":"make"}}`,
		Copilot, "Bash",
		`{"permissionDecision":"deny","permissionDecisionReason":"no","hookSpecificOutput":{"hookEventName":"PreToolUse","permissionDecision":"deny","permissionDecisionReason":"no"}}`, ``},
	{"Claude Code, a permission is asked for",
		`{"session_id":"s","transcript_path":"/t.jsonl","cwd":"/p","hook_event_name":"PermissionRequest","tool_name":"Bash","tool_input":{"command":"ls"}}`,
		Claude, "Bash", `{"hookSpecificOutput":{"hookEventName":"PermissionRequest","decision":{"behavior":"deny","message":"no"}}}`, ``},
}

func TestDialects(t *testing.T) {
	for _, x := range payloads {
		p, err := Read([]byte(x.raw))
		if err != nil {
			t.Errorf("%s: %v", x.name, err)
			continue
		}
		if p.Agent != x.agent || p.Tool != x.tool || p.Session != "s" || !p.Before {
			t.Errorf("%s: %+v", x.name, p)
		}
		a := p.Answer(policy.Deny, "no")
		if got := strings.TrimSpace(string(a.Stdout)); got != x.deny || a.Status != 0 || a.Said != "deny" || a.Stderr != "" {
			t.Errorf("%s: denial\n got %s\nwant %s", x.name, got, x.deny)
		}
		if a = p.Answer(policy.Allow, ""); len(a.Stdout)+len(a.Stderr) > 0 || a.Status != 0 {
			t.Errorf("%s: to allow is not silent: %+v", x.name, a)
		}
		if a = p.Answer(policy.Unknown, "no"); x.ask != "" && strings.TrimSpace(string(a.Stdout)) != x.ask {
			t.Errorf("%s: question\n got %s\nwant %s", x.name, a.Stdout, x.ask)
		}
	}
}

func TestRead(t *testing.T) {
	for _, raw := range []string{``, ` `, `x`, `[]`, `"x"`, `{"a":`, `{}`, `{"hook_event_name":"PreToolUse"}`, `{"hook_event_name":"beforeShellExecution","cursor_version":"1"}`, `{"tool_input":{"command":"ls"}}`} {
		p, err := Read([]byte(raw))
		if err == nil {
			t.Errorf("%s: no error: %+v", raw, p)
		}
		if a := p.Answer(policy.Deny, "why"); a.Said != "deny" || len(a.Stdout)+len(a.Stderr) == 0 {
			t.Errorf("%s: is not denied: %+v", raw, a)
		}
	}
	if a := (&Payload{}).Answer(policy.Deny, "why"); a.Status != 2 || a.Stderr != "why" {
		t.Errorf("an agent that is not known: %+v", a)
	}
	for _, hook := range []string{"PostToolUse", "SessionStart", "AfterTool", "afterShellExecution", "Stop"} {
		if p, err := Read([]byte(`{"session_id":"s","hook_event_name":"` + hook + `","tool_name":"Bash"}`)); err != nil || p.Before {
			t.Errorf("%s: %+v, %v", hook, p, err)
		}
	}
	// An event that is not known may be one before a tool.
	if p, err := Read([]byte(`{"session_id":"s","hook_event_name":"NewPreTool","tool_name":"Bash","tool_input":{}}`)); err != nil || !p.Before {
		t.Errorf("%+v, %v", p, err)
	}
	p, _ := Read([]byte(`{"session_id":"s","agent_id":"a1","transcript_path":"/t","hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{}}`))
	if p.Session != "agent-a1.s" || p.Outer != "s" {
		t.Errorf("a subagent: %+v", p)
	}
	p, _ = Read([]byte(`{"session_id":"s","agent_id":"a1","turn_id":"t","hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{}}`))
	if p.Session != "a1" || p.Outer != "s" {
		t.Errorf("a subagent of Codex: %+v", p)
	}
}

// OpenCode's plugin speaks as Claude Code does, and cannot ask.
func TestOpenCode(t *testing.T) {
	p, err := Read([]byte(`{"hook_event_name":"PreToolUse","session_id":"s","cwd":"/p","tool_name":"bash","tool_input":{"command":"ls"},"tool_use_id":"c1"}`))
	if err != nil {
		t.Fatal(err)
	}
	p.Agent = Agents["opencode"]
	a := p.Answer(policy.Unknown, "why.")
	if a.Said != "deny" || a.Status != 0 || gjson.GetBytes(a.Stdout, "hookSpecificOutput.permissionDecision").Str != "deny" || !strings.Contains(string(a.Stdout), "cannot be asked") {
		t.Errorf("%+v", a)
	}
}

// TestCodexSchema checks that a denial has the keys that Codex knows and no
// others: it refuses an answer with another key, and lets the tool run.
func TestCodexSchema(t *testing.T) {
	p, _ := Read([]byte(payloads[1].raw))
	var out struct {
		Hook map[string]any `json:"hookSpecificOutput"`
	}
	dec := json.NewDecoder(strings.NewReader(string(p.Answer(policy.Deny, " ").Stdout)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&out); err != nil {
		t.Fatal(err)
	}
	if len(out.Hook) != 3 || out.Hook["permissionDecisionReason"] == " " {
		t.Errorf("%v", out.Hook)
	}
}

func TestEvent(t *testing.T) {
	p, _ := Read([]byte(payloads[0].raw))
	pol, err := policy.Load("p.json", []byte(`{"commands":{"deny":["ls"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	c := Case{Payload: p, Policy: pol, Context: &policy.Context{Root: "/home/u/proj"}}
	d := c.Judge()
	a := p.Answer(d.Verdict, d.Reason)
	e, err := event.Parse(p.Event(nil, d, a, 1795332171e9, ""))
	if err != nil {
		t.Fatal(err)
	}
	if e.Parent() != event.ID("s", "tool_call", "t1") || e.Get("verdict").Str != "deny" || e.Get("rule").Str != "commands.deny" || e.Get("action").Str != "Ran: ls" {
		t.Errorf("%s", e.Raw)
	}
	if !strings.Contains(d.Reason, "denied by commands.deny (ls)") {
		t.Error(d.Reason)
	}
	known := map[string]bool{}
	for _, typ := range event.Schema {
		if typ.Name == "guard_verdict" {
			for _, f := range typ.Fields {
				known[f.Name] = true
			}
		}
	}
	e.Data().ForEach(func(k, _ gjson.Result) bool {
		if !known[k.Str] {
			t.Errorf("%s is not documented", k.Str)
		}
		return true
	})
}

func TestUsage(t *testing.T) {
	line := `{"type":"assistant","requestId":"r1","message":{"id":"m1","model":"claude-sonnet-5","usage":{"input_tokens":3,"output_tokens":5,"cache_read_input_tokens":7,"cache_creation_input_tokens":9,"cache_creation":{"ephemeral_5m_input_tokens":4,"ephemeral_1h_input_tokens":5}}}}`
	e, err := event.Parse(Usage([]byte(line), "s"))
	if err != nil {
		t.Fatal(err)
	}
	if got := e.Get("usage").Raw; got != `{"input_tokens":3,"output_tokens":5,"cache_read_tokens":7,"cache_write_5m_tokens":4,"cache_write_1h_tokens":5}` {
		t.Error(got)
	}
	for _, other := range []string{``, `x`, `{"type":"user"}`, `{"type":"assistant","message":{"usage":`} {
		if u := Usage([]byte(other), "s"); u != nil {
			t.Errorf("%s: %s", other, u)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, x := range payloads {
		f.Add([]byte(x.raw))
	}
	pol, err := policy.Load("p.json", []byte(`{"files":{"read":{"deny":[".env"]}},"commands":{"allow":["ls"]},"network":{"deny_all":true}}`))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := Read(raw)
		if err != nil || !p.Before {
			return
		}
		c := Case{Payload: p, Policy: pol, Context: &policy.Context{Root: "/home/u/proj"}}
		d := c.Judge()
		a := p.Answer(d.Verdict, d.Reason)
		if d.Verdict >= policy.Unknown && len(a.Stdout)+len(a.Stderr) == 0 && a.Said != "ask" {
			t.Errorf("%s: %v, and nothing is said", raw, d.Verdict)
		}
		if len(a.Stdout) > 0 && !json.Valid(a.Stdout) {
			t.Errorf("%s", a.Stdout)
		}
		if _, err := event.Parse(p.Event(nil, d, a, 1, "")); err != nil {
			t.Error(err)
		}
	})
}
