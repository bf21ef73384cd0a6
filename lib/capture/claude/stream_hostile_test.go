package claude_test

import (
	"strings"
	"testing"

	"agenttrace/lib/capture/claude"
	"agenttrace/lib/capture/payload/payloadtest"
)

func TestStreamHostile(t *testing.T) {
	records := append(strings.Split(strings.TrimSpace(streamRun), "\n"),
		`{"type":"stream_event","event":{"type":"message_start","message":{"id":"m","model":"x","usage":{"input_tokens":1,"cache_creation":{"ephemeral_5m_input_tokens":1}}}},"parent_tool_use_id":"t","agent_id":"a","session_id":"S","uuid":"e1"}`,
		`{"type":"stream_event","event":{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":42}},"session_id":"S","uuid":"e3"}`,
		`{"type":"system","subtype":"compact_boundary","compact_metadata":{"trigger":"auto","pre_tokens":1},"session_id":"S","uuid":"c1"}`,
		`{"type":"system","subtype":"api_retry","attempt":1,"retry_delay_ms":600,"error_status":529,"error":"x","session_id":"S","uuid":"x1"}`,
		`{"type":"system","subtype":"permission_denied","tool_use_id":"t","parent_tool_use_id":"p","session_id":"S","uuid":"p1"}`,
		`{"type":"system","subtype":"task_started","task_id":"a","tool_use_id":"t","session_id":"S","uuid":"t1"}`,
		`{"type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"x"}]},"tool_use_result":{"agentId":"a"},"parent_tool_use_id":"p","session_id":"S","uuid":"r1"}`,
	)
	payloadtest.Hostile(t, claude.Stream, records...)
}
