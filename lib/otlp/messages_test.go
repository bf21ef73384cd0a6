package otlp

import (
	"encoding/json"
	"strings"
	"testing"

	collogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
)

const talk = `
{"event_type":"user_prompt","timestamp":1,"event_id":"a","session_id":"s","data":{"prompt":"fix \"it\""}}
{"event_type":"assistant_response","timestamp":2,"event_id":"b","session_id":"s","data":{"text":"hm","thinking":true,"message_id":"m1"}}
{"event_type":"assistant_response","timestamp":2,"event_id":"c","session_id":"s","data":{"text":"I will look.","message_id":"m1"}}
{"event_type":"tool_call","timestamp":2,"event_id":"d","session_id":"s","data":{"tool_name":"Bash","tool_use_id":"t1","message_id":"m1","arguments":{"command":"ls","n":[1,2.5,true,null]}}}
{"event_type":"llm_response","timestamp":3,"event_id":"e","session_id":"s","data":{"model":"claude-x","message_id":"m1","stop_reason":"tool_use"}}
{"event_type":"tool_result","timestamp":4,"event_id":"f","session_id":"s","parent_id":"d","data":{"tool_use_id":"t1","result":"a.go"}}
{"event_type":"assistant_response","timestamp":5,"event_id":"g","session_id":"s","data":{"text":"Done.","message_id":"m2"}}
{"event_type":"llm_response","timestamp":6,"event_id":"h","session_id":"s","data":{"model":"claude-y","message_id":"m2","stop_reason":"end_turn"}}
`

// TestMessages checks that with all content, a request tells what was said: as
// JSON on a span, and as values in a log record.
func TestMessages(t *testing.T) {
	want := map[string][2]string{
		"chat claude-x": {
			`[{"role":"user","parts":[{"type":"text","content":"fix \"it\""}]}]`,
			`[{"role":"assistant","parts":[{"type":"reasoning","content":"hm"},{"type":"text","content":"I will look."},{"type":"tool_call","id":"t1","name":"Bash","arguments":{"command":"ls","n":[1,2.5,true,null]}}],"finish_reason":"tool_call"}]`,
		},
		"chat claude-y": {
			`[{"role":"tool","parts":[{"type":"tool_call_response","id":"t1","response":"a.go"}]}]`,
			`[{"role":"assistant","parts":[{"type":"text","content":"Done."}],"finish_reason":"stop"}]`,
		},
	}
	spans := spansOf(t, mapAll(t, Options{Content: Full}, talk))
	for name, w := range want {
		a := attrsOf(spanNamed(t, spans, name).Attributes)
		if a["gen_ai.input.messages"] != w[0] || a["gen_ai.output.messages"] != w[1] {
			t.Errorf("%s:\n%s\n%s", name, a["gen_ai.input.messages"], a["gen_ai.output.messages"])
		}
	}
	for _, c := range []Content{None, Meta} {
		for _, s := range spansOf(t, mapAll(t, Options{Content: c}, talk)) {
			for _, kv := range s.Attributes {
				if strings.HasSuffix(kv.Key, ".messages") {
					t.Errorf("without content: %v", kv)
				}
			}
		}
	}
	n := 0
	for _, r := range check(t, mapAll(t, Options{Content: Full, Signals: []Signal{Logs}}, talk)[0]).(*collogs.ExportLogsServiceRequest).ResourceLogs[0].ScopeLogs[0].LogRecords {
		for _, kv := range r.Attributes {
			if kv.Key == "gen_ai.output.messages" {
				n++
				first := kv.Value.GetArrayValue().Values[0].GetKvlistValue().Values
				if first[0].Key != "role" || first[0].Value.GetStringValue() != "assistant" || first[1].Value.GetArrayValue() == nil {
					t.Errorf("%v", kv)
				}
			}
		}
	}
	if n != 2 {
		t.Errorf("%d records have messages", n)
	}
}

// TestLongMessages checks that messages for which there is no room are cut, and
// are JSON all the same.
func TestLongMessages(t *testing.T) {
	long := strings.ReplaceAll(talk, "fix", strings.Repeat(`\u0001ä`, 3000))
	long = strings.ReplaceAll(long, "I will look.", strings.Repeat("look ", 3000))
	a := attrsOf(spanNamed(t, spansOf(t, mapAll(t, Options{Content: Full}, long)), "chat claude-x").Attributes)
	for _, key := range []string{"gen_ai.input.messages", "gen_ai.output.messages"} {
		if s := a[key]; !json.Valid([]byte(s)) || len(s) > DefaultLimit || !strings.Contains(s, "…[cut, ") {
			t.Errorf("%s: %d bytes: %.300s", key, len(s), s)
		}
	}
	if a["agent_trace.truncated"] != "true" {
		t.Errorf("%v", a["agent_trace.truncated"])
	}
}
