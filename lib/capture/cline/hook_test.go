package cline

import (
	"strings"
	"testing"
)

func TestHooks(t *testing.T) {
	payload := func(name, more string) string {
		return `{"hookName":"` + name + `","clineVersion":"3.40.0","timestamp":"2026-01-15T10:30:00.5Z","taskId":"T","workspaceRoots":["/w"],"userId":"u"` + more + `}`
	}
	g := newReading(t, false).file("hooks.jsonl",
		payload("agent_start", `,"taskStart":{"taskMetadata":{}},"agent_id":"a","parent_agent_id":null`),
		payload("prompt_submit", `,"userPromptSubmit":{"prompt":"fix it","attachments":[]}`),
		payload("tool_call", `,"iteration":1,"tool_call":{"id":"c1","name":"run_commands","input":{"commands":["make"]}},"preToolUse":{"toolName":"run_commands","parameters":{"commands":"[\"make\"]"}}`),
		payload("tool_result", `,"tool_result":{"id":"c1","name":"run_commands","input":{"commands":["make"]},"output":"ok","error":null,"durationMs":45},"postToolUse":{"toolName":"run_commands","result":"ok","success":true,"executionTimeMs":45}`),
		payload("tool_call", `,"tool_call":{"id":"c2","name":"run_commands","input":{"commands":["x"]}}`),
		payload("tool_result", `,"tool_result":{"id":"c2","name":"run_commands","input":{"commands":["x"]},"output":"Command failed with exit code 3","error":"Command failed with exit code 3","durationMs":1.5}`),
		payload("agent_end", `,"turn":{"outputText":"done"}`),
		payload("agent_abort", `,"reason":"stopped"`),
		payload("agent_error", `,"error":{"name":"E","message":"bad"}`),
		payload("session_shutdown", `,"reason":"exit"`),
	)
	g.is("session_start user_prompt tool_call tool_result tool_call error agent_end interrupt error session_end")
	g.want("session_start", 0, "data.agent_version", `"3.40.0"`)
	g.want("session_start", 0, "data.cwd", `"/w"`)
	g.want("session_start", 0, "timestamp", "1768473000.500000")
	g.want("tool_call", 0, "data.arguments.commands.0", `"make"`)
	g.want("tool_result", 0, "duration_ms", "45")
	g.want("tool_result", 0, "data.result", `"ok"`)
	g.answers("tool_result", 0, 0)
	g.answers("error", 0, 1)
	g.want("error", 0, "data.exit_code", "3")
	g.want("error", 0, "duration_ms", "1.5")
	g.want("error", 1, "data.message", `"bad"`)
	g.want("session_end", 0, "data.reason", `"exit"`)
}

// The command line gives a conversation an id and a session another, and tells
// the failure of a part of a call in its output.
func TestCommandLine(t *testing.T) {
	payload := func(name, more string) string {
		return `{"clineVersion":"","timestamp":"2026-11-25T09:05:19.533Z","taskId":"conv_1","sessionContext":{"rootSessionId":"1795597519397_x"},"workspaceRoots":["/w"],"workspaceInfo":{"rootPath":"/w"},"agent_id":"agent_1","parent_agent_id":null,"hookName":"` + name + `"` + more + `}`
	}
	parts := `[{"query":"echo hi","result":"hi","success":true},{"query":"exit 3","result":"","error":"Command exited with code 3","success":false}]`
	g := newReading(t, false).file("hooks.jsonl",
		payload("agent_start", `,"taskStart":{"taskMetadata":{}}`),
		payload("tool_call", `,"tool_call":{"id":"call_1","name":"run_commands","input":{"commands":["echo hi","exit 3"]}}`),
		payload("tool_result", `,"tool_result":{"id":"call_1","name":"run_commands","output":`+parts+`,"durationMs":7},"postToolUse":{"toolName":"run_commands","result":"x","success":true}`),
		strings.Replace(payload("agent_start", ""), `"parent_agent_id":null`, `"parent_agent_id":"agent_1"`, 1),
	)
	g.is("session_start tool_call error session_start")
	g.want("session_start", 0, "session_id", `"1795597519397_x"`)
	g.want("session_start", 0, "data.conversation_id", `"conv_1"`)
	g.want("error", 0, "data.exit_code", "3")
	g.answers("error", 0, 0)
	g.want("session_start", 1, "session_id", `"conv_1"`)
	g.want("session_start", 1, "data.parent_session_id", `"1795597519397_x"`)

	f := newReading(t, false).file("sessions/1795597519397_x/1795597519397_x.json",
		`{"version":1,"session_id":"1795597519397_x","source":"cli","pid":1,"started_at":"2026-11-25T09:05:19.404Z","ended_at":"2026-11-25T09:05:19.913Z","exit_code":0,"status":"completed","provider":"p","model":"gpt-x","cwd":"/w","enable_tools":true}`)
	f.file("sessions/1795597519397_x/1795597519397_x.messages.json",
		`{"version":1,"updated_at":"2026-11-25T09:05:19.896Z","agent":"lead","sessionId":"1795597519397_x","messages":[
		{"id":"u1","role":"user","content":[{"type":"text","text":"<user_input mode=\"act\">MAIN go</user_input>"}],"ts":1795597519516},
		{"id":"m1","role":"assistant","content":[{"type":"text","text":"I run."},{"type":"tool_use","id":"call_1","name":"run_commands","input":{"commands":["echo hi","exit 3"]}},{"type":"tool_use","id":"call_2","name":"read_files","input":{}}],"ts":1795597519654,"modelInfo":{"id":"gpt-x","provider":"p"},"metrics":{"inputTokens":1001,"outputTokens":50,"cacheReadTokens":600,"cacheWriteTokens":0}},
		{"id":"u2","role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","name":"run_commands","content":`+parts+`}],"ts":1795597519753},
		{"id":"u3","role":"user","content":[{"type":"tool_result","tool_use_id":"call_2","name":"read_files","content":[{"query":"/a","result":"x","success":true}]}],"ts":1795597519776}],"system_prompt":"long"}`)
	f.is("session_start user_prompt assistant_response tool_call tool_call llm_response error tool_result session_end")
	f.want("session_start", 0, "data.cwd", `"/w"`)
	f.want("session_start", 0, "timestamp", "1795597519.404000")
	f.want("user_prompt", 0, "data.prompt", `"MAIN go"`)
	f.want("llm_response", 0, "data.usage", `{"input_tokens":401,"output_tokens":50,"cache_read_tokens":600}`)
	f.want("llm_response", 0, "data.model", `"gpt-x"`)
	f.want("error", 0, "data.exit_code", "3")
	f.want("error", 0, "duration_ms", "99")
	f.answers("error", 0, 0)
	f.want("tool_result", 0, "data.result.0.result", `"x"`)
	f.want("session_end", 0, "data.reason", `"completed"`)
	f.want("session_end", 0, "data.exit_code", "0")
	for _, typ := range []string{"tool_call", "error"} {
		if a, b := g.nth(typ, 0).Get("event_id").Str, f.nth(typ, 0).Get("event_id").Str; a != b {
			t.Errorf("%s: hooks give it the id %s, files %s", typ, a, b)
		}
	}
}

// The extension's hooks have no ids: equal calls are paired in order.
func TestOldHooks(t *testing.T) {
	pre := `{"hookName":"PreToolUse","timestamp":"1758700000000","taskId":"T","workspaceRoots":[],"preToolUse":{"toolName":"read_file","parameters":{"path":"a"}}}`
	post := `{"hookName":"PostToolUse","timestamp":"1758700001000","taskId":"T","workspaceRoots":[],"postToolUse":{"toolName":"read_file","parameters":{"path":"a"},"result":"x","success":true,"executionTimeMs":7}}`
	bad := strings.NewReplacer(`"success":true`, `"success":false`, `"result":"x"`, `"result":"no"`).Replace(post)
	g := newReading(t, false).file("hooks", pre, pre, post, bad)
	g.is("tool_call tool_call tool_result error")
	g.want("tool_call", 0, "timestamp", "1758700000.000000")
	g.answers("tool_result", 0, 0)
	g.answers("error", 0, 1)
	g.want("error", 0, "data.error", `"no"`)
	g.want("tool_result", 0, "duration_ms", "7")
}
