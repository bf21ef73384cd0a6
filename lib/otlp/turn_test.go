package otlp

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	collogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
)

const turns = `
{"event_type":"session_start","timestamp":1,"event_id":"a","session_id":"s","data":{"agent":"claude-code"}}
{"event_type":"user_prompt","timestamp":2,"event_id":"p1","session_id":"s","data":{"prompt":"one"}}
{"event_type":"tool_call","timestamp":3,"event_id":"c1","session_id":"s","data":{"tool_name":"Agent"}}
{"event_type":"tool_call","timestamp":4,"event_id":"c2","session_id":"s","data":{"tool_name":"Bash"}}
{"event_type":"llm_response","timestamp":4,"event_id":"l1","session_id":"s","duration_ms":500,"data":{"model":"claude-x","usage":{"input_tokens":7}}}
{"event_type":"user_prompt","timestamp":10,"event_id":"p2","session_id":"s","data":{"prompt":"two"}}
{"event_type":"tool_result","timestamp":11,"event_id":"r2","session_id":"s","parent_id":"c2","data":{}}
{"event_type":"tool_call","timestamp":12,"event_id":"c3","session_id":"s","data":{"tool_name":"Read"}}
{"event_type":"error","timestamp":13,"event_id":"r3","session_id":"s","parent_id":"c3","data":{"kind":"tool","error":"x"}}
{"event_type":"session_end","timestamp":20,"event_id":"z","session_id":"s","data":{}}
`

const below = `
{"event_type":"session_start","timestamp":3.5,"event_id":"k","session_id":"kid","data":{"agent":"claude-code","agent_type":"Explore","parent_session_id":"s","parent_event_id":"c1"}}
{"event_type":"user_prompt","timestamp":3.6,"event_id":"kp","session_id":"kid","data":{"prompt":"task"}}
{"event_type":"tool_call","timestamp":3.7,"event_id":"kc","session_id":"kid","data":{"tool_name":"Grep"}}
{"event_type":"tool_result","timestamp":3.8,"event_id":"kr","session_id":"kid","parent_id":"kc","data":{}}
`

// TestTurns checks that each turn is a trace, whose root has a link to that of
// the session, and that subagents are in the trace of the call that started them,
// whichever is read first.
func TestTurns(t *testing.T) {
	one, two := TurnID("p1"), TurnID("p2")
	session := TraceID("s")
	for name, in := range map[string]string{"in order": turns + below, "subagent first": below + turns} {
		list := mapAll(t, Options{ByTurn: true}, in)
		spans := spansOf(t, list)
		if len(spans) != 9 {
			t.Fatalf("%s: %d spans", name, len(spans))
		}
		for _, s := range spans {
			e := attrsOf(s.Attributes)["agent_trace.event_id"]
			if strings.HasPrefix(s.Name, "invoke_agent") && e == "" {
				e = s.Name
			}
			want, parent := one, id("p1", 8)
			switch e {
			case "p1":
				parent = ""
				if ns(s) != [2]uint64{2e9, 4e9} || attrsOf(s.Attributes)["gen_ai.usage.input_tokens"] != "7" || attrsOf(s.Attributes)["agent_trace.tool_calls"] != "2" || len(s.Events) != 1 {
					t.Errorf("%s: %v", name, s)
				}
			case "p2":
				want, parent = two, ""
				if ns(s) != [2]uint64{10e9, 20e9} || attrsOf(s.Attributes)["agent_trace.turn.index"] != "2" || attrsOf(s.Attributes)["agent_trace.errors"] != "1" || s.Status != nil {
					t.Errorf("%s: %v", name, s)
				}
			case "c3":
				want, parent = two, id("p2", 8)
			case "invoke_agent claude-code":
				want, parent = session, ""
			case "invoke_agent Explore":
				parent = id("c1", 8)
			case "kc":
				parent = id("root-kid", 8)
			}
			if [16]byte(s.TraceId) != want || hex.EncodeToString(s.ParentSpanId) != parent {
				t.Errorf("%s: %s %s is in %x, below %x", name, s.Name, e, s.TraceId, s.ParentSpanId)
			}
			if linked := len(s.Links) == 1; linked != slices.Contains([]string{"p1", "p2"}, e) || linked && (hex.EncodeToString(s.Links[0].SpanId) != id("root-s", 8) || [16]byte(s.Links[0].TraceId) != session) {
				t.Errorf("%s: links of %s: %v", name, s.Name, s.Links)
			}
		}
	}
	for _, r := range check(t, mapAll(t, Options{ByTurn: true, Signals: []Signal{Logs}}, turns)[0]).(*collogs.ExportLogsServiceRequest).ResourceLogs[0].ScopeLogs[0].LogRecords {
		want := session
		switch attrsOf(r.Attributes)["agent_trace.event_id"] {
		case "p1", "c1", "c2", "l1", "r2":
			want = one
		case "p2", "c3", "r3", "z":
			want = two
		}
		if [16]byte(r.TraceId) != want {
			t.Errorf("%s is in %x", r.EventName, r.TraceId)
		}
	}
}
