package goose

import (
	"testing"

	"agenttrace/lib/capture/payload/payloadtest"
)

func TestHostile(t *testing.T) {
	payloadtest.Hostile(t, Agent, head, said, asked, given, other, inner,
		`{"id":"s","working_dir":"/w","name":"n","created_at":"2025-04-18T18:13:20Z","conversation":[`+asked+`]}`,
		`{"event":"PreToolUse","session_id":"s","matcher_context":"x","tool_call_id":"c1","tool_name":"x","tool_input":{"command":"make"}}`,
		`{"event":"PreToolUseResult","session_id":"s","matcher_context":"x","tool_name":"x","decision":"deny","reason":"no"}`,
		`{"event":"PostToolUse","session_id":"s","matcher_context":"x","tool_name":"x","tool_input":{"a":1},"tool_output":[{"type":"text","text":"ok"}]}`,
		`{"event":"PostToolUseFailure","session_id":"s","tool_name":"x","message":"m"}`,
		`{"event":"Stop","session_id":"s","last_assistant_message":"done"}`,
		`{"event":"SessionStart","session_id":"s","working_dir":"/w"}`,
	)
}
