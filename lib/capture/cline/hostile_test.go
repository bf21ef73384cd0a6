package cline

import (
	"testing"

	"agenttrace/lib/capture/payload/payloadtest"
)

func TestHostile(t *testing.T) {
	records := append([]string{
		element("user", "<task>x</task>", environment, "[read_file for 'a'] Result:\nx", "Tool [x] was not executed because"),
		element("assistant", "<write_to_file><path>a</path><content>b</content></write_to_file>"),
		`{"role":"assistant","ts":1769053681000,"content":[{"type":"thinking","thinking":"x"},{"type":"tool_use","id":"t","name":"read_file","input":{"path":"a"}}],"modelInfo":{"modelId":"m","providerId":"p","mode":"act"},"metrics":{"tokens":{"prompt":1,"completion":2,"cached":3},"cost":0.1}}`,
		`{"role":"user","ts":1769053681000,"content":[{"type":"tool_result","tool_use_id":"t","is_error":true,"content":[{"type":"text","text":"x"}]}],"metrics":{}}`,
		`{"hookName":"tool_call","clineVersion":"1","timestamp":"2026-01-15T10:30:00Z","taskId":"T","workspaceRoots":["/w"],"tool_call":{"id":"c","name":"n","input":{"a":1}},"sessionContext":{"rootSessionId":"R"}}`,
		`{"hookName":"PostToolUse","timestamp":"1758700000000","taskId":"T","postToolUse":{"toolName":"n","parameters":{"a":"1"},"result":"x","success":false,"executionTimeMs":1}}`,
		`{"hookName":"tool_result","taskId":"T","tool_result":{"id":"c","name":"n","output":"x","error":"y","durationMs":1,"startedAt":1769053680585,"endedAt":1769053680586}}`,
		`{"hookName":"agent_start","taskId":"T","model":{"provider":"p","slug":"s"},"workspaceInfo":{"rootPath":"/w"}}`,
		`{"hookName":"prompt_submit","taskId":"T","userPromptSubmit":{"prompt":"x","attachments":["a"]}}`,
		`{"version":1,"sessionId":"s","messages":[{"id":"m1","role":"assistant","content":[{"type":"tool_use","id":"c","name":"n","input":{}}],"ts":1795597519654,"modelInfo":{"id":"g","provider":"p"},"metrics":{"inputTokens":1,"outputTokens":5,"cacheReadTokens":6}},{"id":"u2","role":"user","content":[{"type":"tool_result","tool_use_id":"c","content":[{"query":"q","success":false,"error":"exited with code 3"}]}]}]}`,
		`{"session_id":"s","started_at":"2026-11-25T09:05:19.404Z","ended_at":"2026-11-25T09:05:19.913Z","exit_code":0,"status":"x","enable_tools":true,"metadata":{}}`,
		`{"files_in_context":[{"path":"a"}],"model_usage":[]}`,
	}, uiElements...)
	payloadtest.Hostile(t, Agent, records...)
}
