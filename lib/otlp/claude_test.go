package otlp

import (
	"strings"
	"testing"

	collogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	colmetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
)

const claudeLines = `
{"event_type":"session_start","timestamp":1,"event_id":"a","session_id":"s","data":{"agent":"gemini-cli","agent_version":"1.2","source":"startup","model":"gemini-3"}}
{"event_type":"user_prompt","timestamp":2,"event_id":"b","session_id":"s","data":{"prompt":"go on"}}
{"event_type":"llm_response","timestamp":4,"event_id":"c","session_id":"s","duration_ms":1500,"data":{"model":"gemini-3","request_id":"r1","usage":{"input_tokens":10,"output_tokens":5,"cache_read_tokens":100}}}
{"event_type":"tool_call","timestamp":5,"event_id":"d","session_id":"s","data":{"tool_name":"Edit","tool_use_id":"t1","arguments":{"file_path":"a.go"}}}
{"event_type":"tool_result","timestamp":5.5,"event_id":"e","session_id":"s","parent_id":"d","data":{"tool_name":"Edit","tool_use_id":"t1","result":{"structuredPatch":[{"lines":[" a","-b","+c","+d"]}]}}}
{"event_type":"tool_call","timestamp":6,"event_id":"f","session_id":"s","data":{"tool_name":"Write","tool_use_id":"t2","arguments":{"file_path":"b.go"}}}
{"event_type":"error","timestamp":6.5,"event_id":"g","session_id":"s","parent_id":"f","data":{"tool_name":"Write","tool_use_id":"t2","kind":"tool","rejected":true,"error":"no"}}
{"event_type":"tool_call","timestamp":7,"event_id":"h","session_id":"s","data":{"tool_name":"Bash","tool_use_id":"t3","arguments":{"command":"git add . && git commit -m x && gh pr create --fill"}}}
{"event_type":"tool_result","timestamp":8,"event_id":"i","session_id":"s","parent_id":"h","data":{"tool_name":"Bash","tool_use_id":"t3","result":"ok"}}
{"event_type":"error","timestamp":9,"event_id":"j","session_id":"s","data":{"kind":"api","status":529,"message":"overloaded"}}
{"event_type":"cost","timestamp":9,"event_id":"k","session_id":"s","data":{"usd_nano":3000,"models":[{"model":"gemini-3","usd_nano":2000},{"model":"gemini-3-lite","usd_nano":1000}]}}
{"event_type":"session_end","timestamp":10,"event_id":"l","session_id":"s","data":{}}
`

// TestClaudeMetrics checks the counters of Claude Code, of a session of another
// agent.
func TestClaudeMetrics(t *testing.T) {
	list := mapAll(t, Options{Signals: []Signal{Metrics}, Also: []string{"claude-code"}}, claudeLines)
	got := map[string]float64{}
	for _, m := range check(t, list[0]).(*colmetrics.ExportMetricsServiceRequest).ResourceMetrics[0].ScopeMetrics[0].Metrics {
		for _, p := range m.GetSum().GetDataPoints() {
			a := attrsOf(p.Attributes)
			if a["session.id"] != "s" || !m.GetSum().IsMonotonic {
				t.Errorf("%v", m)
			}
			name := strings.Join([]string{m.Name, a["type"], a["model"], a["decision"], a["tool_name"], a["start_type"]}, " ")
			got[strings.Join(strings.Fields(name), " ")] += p.GetAsDouble()
		}
	}
	want := map[string]float64{
		"claude_code.session.count fresh": 1, "claude_code.token.usage input gemini-3": 10,
		"claude_code.token.usage output gemini-3": 5, "claude_code.token.usage cacheRead gemini-3": 100,
		"claude_code.cost.usage gemini-3": 2e-6, "claude_code.cost.usage gemini-3-lite": 1e-6,
		"claude_code.lines_of_code.count added gemini-3": 2, "claude_code.lines_of_code.count removed gemini-3": 1,
		"claude_code.commit.count": 1, "claude_code.pull_request.count": 1,
		"claude_code.code_edit_tool.decision accept Edit": 1, "claude_code.code_edit_tool.decision reject Write": 1,
		"claude_code.active_time.total cli": 1.5 + 0.5 + 0.5 + 1,
	}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s is %v, want %v", k, got[k], v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%v", got)
	}
}

// TestClaudeLogs checks the log records of Claude Code, which are beside ours.
func TestClaudeLogs(t *testing.T) {
	o := Options{Signals: []Signal{Logs}}
	ours := check(t, mapAll(t, o, claudeLines)[0]).(*collogs.ExportLogsServiceRequest).ResourceLogs[0].ScopeLogs[0].LogRecords
	o.Also = []string{"claude-code"}
	records := check(t, mapAll(t, o, claudeLines)[0]).(*collogs.ExportLogsServiceRequest).ResourceLogs[0].ScopeLogs[0].LogRecords
	var got []string
	for _, r := range records {
		body := r.GetBody().GetStringValue()
		if body == "" {
			if r.EventName != ours[0].EventName || attrsOf(r.Attributes)["event.name"] != r.EventName {
				t.Errorf("%s, want %s", r.EventName, ours[0].EventName)
			}
			ours = ours[1:]
			continue
		}
		a := attrsOf(r.Attributes)
		if r.EventName != body || "claude_code."+a["event.name"] != body || a["session.id"] != "s" {
			t.Errorf("%v", r)
		}
		text := a["event.name"]
		for _, k := range []string{"prompt_length", "model", "input_tokens", "cache_read_tokens", "request_id", "tool_name", "tool_use_id", "success", "decision", "error_type", "status_code"} {
			if a[k] != "" {
				text += " " + k + "=" + a[k]
			}
		}
		got = append(got, text)
	}
	want := []string{
		"user_prompt prompt_length=5",
		"api_request model=gemini-3 input_tokens=10 cache_read_tokens=100 request_id=r1",
		"tool_result tool_name=Edit tool_use_id=t1 success=true", "tool_decision tool_name=Edit tool_use_id=t1 decision=accept",
		"tool_result tool_name=Write tool_use_id=t2 success=false error_type=denied", "tool_decision tool_name=Write tool_use_id=t2 decision=reject",
		"tool_result tool_name=Bash tool_use_id=t3 success=true", "tool_decision tool_name=Bash tool_use_id=t3 decision=accept",
		"api_error status_code=529",
	}
	if len(ours) > 0 || strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%d of ours are not there; those of Claude Code are\n%s\nwant\n%s", len(ours), strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
