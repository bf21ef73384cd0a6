package otlp

import (
	"encoding/hex"
	"strings"
	"testing"

	"agenttrace/lib/event"
	collogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	colmetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
)

func TestLogs(t *testing.T) {
	list := mapAll(t, Options{Signals: []Signal{Logs}}, sessionLines)
	r := check(t, list[0]).(*collogs.ExportLogsServiceRequest)
	records := r.ResourceLogs[0].ScopeLogs[0].LogRecords
	var names []string
	for _, l := range records {
		names = append(names, l.EventName)
		if a := attrsOf(l.Attributes); a["event.name"] != l.EventName || a["session.id"] != "s1" || hex.EncodeToString(l.TraceId) != id("s1", 16) || len(l.SpanId) != 8 || l.TimeUnixNano == 0 {
			t.Errorf("%v", l)
		}
		if (l.EventName == "tool_result" && attrsOf(l.Attributes)["error.type"] != "") != (l.SeverityNumber == 17) {
			t.Errorf("severity of %v", l)
		}
	}
	if got := strings.Join(names, " "); got != "session.start user_prompt agent_trace.llm_request gen_ai.client.inference.operation.details tool_call tool_result tool_call tool_result decision tool_call agent_trace.brand_new session.end" {
		t.Errorf("records: %s", got)
	}
	if l := records[5]; hex.EncodeToString(l.SpanId) != id("e05", 8) {
		t.Errorf("the result belongs to the span %x", l.SpanId)
	}
}

func TestMetrics(t *testing.T) {
	in := sessionLines + `{"event_type":"cost","timestamp":1700000010,"event_id":"k","session_id":"s1","data":{"usd_nano":2500000}}
{"event_type":"score","timestamp":1700000010,"event_id":"k2","session_id":"s1","data":{"judge":"tests","score":0.75}}`
	list := mapAll(t, Options{Signals: []Signal{Metrics}, Also: []string{"claude-code"}}, in)
	r := check(t, list[0]).(*colmetrics.ExportMetricsServiceRequest)
	gauges := map[string]float64{}
	sums := map[string]float64{}
	for _, m := range r.ResourceMetrics[0].ScopeMetrics[0].Metrics {
		for _, p := range m.GetGauge().GetDataPoints() {
			gauges[m.Name] = p.GetAsDouble()
			if p.TimeUnixNano != 1700000010000000000 {
				t.Errorf("%s: time %d", m.Name, p.TimeUnixNano)
			}
		}
		for _, p := range m.GetHistogram().GetDataPoints() {
			var n uint64
			for _, c := range p.BucketCounts {
				n += c
			}
			if n != p.Count || len(p.BucketCounts) != len(p.ExplicitBounds)+1 || m.GetHistogram().AggregationTemporality != 2 {
				t.Errorf("%s: %v", m.Name, p)
			}
			sums[m.Name] += p.GetSum()
		}
		for _, p := range m.GetSum().GetDataPoints() {
			sums[m.Name] += p.GetAsDouble()
		}
	}
	for name, want := range map[string]float64{
		"cost_usd": 0.0025, "error_rate": 1.0 / 3, "retry_rate": 0, "blast_radius": 0, "duration_s": 9.999999, "tool_calls": 3,
	} {
		if got, ok := gauges["agent_strace.session."+name]; !ok || got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if gauges["agent_strace.eval.score"] != 0.75 {
		t.Errorf("score: %v", gauges["agent_strace.eval.score"])
	}
	for name, want := range map[string]float64{
		"gen_ai.client.token.usage": 3377, "gen_ai.client.operation.duration": 1, "gen_ai.execute_tool.duration": 1.05,
		"gen_ai.invoke_agent.tool_calls": 3, "claude_code.token.usage": 3377, "claude_code.cost.usage": 0.0025, "claude_code.session.count": 1,
	} {
		if got := sums[name]; got < want-1e-9 || got > want+1e-9 {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	for _, b := range mapAll(t, Options{Signals: []Signal{Metrics}, Delta: true}, in) {
		for _, m := range check(t, b).(*colmetrics.ExportMetricsServiceRequest).ResourceMetrics[0].ScopeMetrics[0].Metrics {
			if h := m.GetHistogram(); h != nil && h.AggregationTemporality != 1 {
				t.Errorf("%s is not a delta", m.Name)
			}
		}
	}
}

func TestDialects(t *testing.T) {
	plain := spansOf(t, mapAll(t, Options{}, sessionLines))
	for name, want := range map[string]map[string]string{
		"legacy":        {"gen_ai.system": "anthropic", "gen_ai.usage.prompt_tokens": "3300", "agent.session_id": "s1"},
		"openinference": {"openinference.span.kind": "LLM", "llm.token_count.prompt": "3300", "llm.token_count.total": "3377", "llm.model_name": "claude-sonnet-5"},
		"langfuse":      {"langfuse.observation.type": "generation", "langfuse.observation.usage_details": `{"input":100,"input_cached_tokens":3000,"input_cache_creation":200,"output":57,"output_reasoning_tokens":20}`},
		"claude-code":   {"model": "claude-sonnet-5", "input_tokens": "100", "cache_read_tokens": "3000"},
	} {
		spans := spansOf(t, mapAll(t, Options{Also: []string{name}}, sessionLines))
		got := attrsOf(spanNamed(t, spans, "chat claude-sonnet-5").Attributes)
		for k, v := range want {
			if got[k] != v {
				t.Errorf("%s: %s is %q, want %q", name, k, got[k], v)
			}
		}
		for k, v := range attrsOf(spanNamed(t, plain, "chat claude-sonnet-5").Attributes) {
			if got[k] != v {
				t.Errorf("%s has taken %s away", name, k)
			}
		}
	}
	list := mapAll(t, Options{Latest: true}, sessionLines)
	j, _ := AppendJSON(nil, Traces, list[0].AppendProtobuf(nil))
	if s := string(j); !strings.Contains(s, "cache_write.input_tokens") || strings.Contains(s, "cache_creation") || strings.Contains(s, "schemaUrl") {
		t.Errorf("latest: %s", s)
	}
	// A call that starts a subagent names it there.
	const start = `{"event_type":"tool_call","timestamp":1,"event_id":"a","session_id":"s","data":{"tool_name":"Agent","arguments":{"subagent_type":"Explore"}}}`
	j, _ = AppendJSON(nil, Traces, mapAll(t, Options{Latest: true}, start)[0].AppendProtobuf(nil))
	if s := string(j); !strings.Contains(s, `"name":"execute_tool Agent Explore"`) || !strings.Contains(s, `"gen_ai.transfer.target.name","value":{"stringValue":"Explore"}`) {
		t.Errorf("latest: %s", s)
	}
	spanNamed(t, spansOf(t, mapAll(t, Options{}, start)), "execute_tool Agent")
}

// TestForgets checks that what is answered is not held.
func TestForgets(t *testing.T) {
	m := New(Options{}, func(*Batch) error { return nil })
	for line := range strings.Lines(string(calls(5000))) {
		e, err := event.Parse([]byte(strings.TrimSpace(line)))
		if err != nil {
			t.Fatal(err)
		}
		m.Add(e)
	}
	s := m.last
	if len(s.calls) > 0 || len(s.queue) > 200 || len(s.early) > 0 {
		t.Errorf("%d calls, %d in the queue, %d early", len(s.calls), len(s.queue), len(s.early))
	}
}

// TestRecords checks that what analyses say is on the span of the call that it
// is about as long as that is open, else on the root span; and in the logs.
func TestRecords(t *testing.T) {
	const in = `{"event_type":"tool_call","timestamp":1,"event_id":"a","session_id":"s","data":{"tool_name":"Bash"}}
{"event_type":"violation","timestamp":1,"event_id":"v","session_id":"s","parent_id":"a","data":{"rule":"files.read.deny","verdict":"deny","subject":".env","at":[0,4],"event":1}}
{"event_type":"tool_result","timestamp":2,"event_id":"b","session_id":"s","parent_id":"a","data":{}}
{"event_type":"alert","timestamp":2,"event_id":"w","session_id":"s","parent_id":"a","data":{"rule":"r"}}
{"event_type":"phase","timestamp":2,"event_id":"p","session_id":"s","data":{"number":1,"title":"secret title","intent":"test","failed":false,"start":0,"end":5000}}
{"event_type":"score","timestamp":2,"event_id":"j","session_id":"s","data":{"judge":"tests","score":0.5}}
{"event_type":"cost","timestamp":2,"event_id":"k","session_id":"s","data":{"usd_nano":1500000,"provenance":{"estimate":2}}}
{"event_type":"session_summary","timestamp":2,"event_id":"m","session_id":"s","data":{"retries":3,"files_written":["a","b"]}}`
	list := mapAll(t, Options{Signals: []Signal{Traces, Logs}}, in)
	spans := spansOf(t, list)
	call := spanNamed(t, spans, "execute_tool Bash")
	if len(call.Events) != 1 || call.Events[0].Name != "agent_trace.violation" {
		t.Fatalf("events of the call: %v", call.Events)
	}
	a := attrsOf(call.Events[0].Attributes)
	if a["agent_trace.rule"] != "files.read.deny" || a["agent_trace.verdict"] != "deny" || a["agent_trace.event"] != "1" || a["agent_trace.subject"] != "" {
		t.Errorf("violation: %v", a)
	}
	root := spanNamed(t, spans, "invoke_agent")
	var names []string
	for _, e := range root.Events {
		names = append(names, e.Name)
		if strings.Contains(e.String(), "secret title") {
			t.Errorf("content that was not asked for: %v", e)
		}
	}
	if got := strings.Join(names, " "); got != "agent_trace.alert agent_trace.phase gen_ai.evaluation.result agent_trace.cost" {
		t.Errorf("events of the root: %s", got)
	}
	if a := attrsOf(root.Attributes); a["agent_trace.cost.usd"] != "0.0015" || a["agent_trace.cost.estimated"] != "true" || a["agent_trace.retries"] != "3" || a["agent_trace.files_written"] != "2" {
		t.Errorf("root: %v", a)
	}
	for _, b := range list {
		r, ok := check(t, b).(*collogs.ExportLogsServiceRequest)
		if !ok {
			continue
		}
		for _, l := range r.ResourceLogs[0].ScopeLogs[0].LogRecords {
			warns := l.EventName == "agent_trace.violation" || l.EventName == "agent_trace.alert"
			if warns != (l.SeverityNumber == 13) || warns && hex.EncodeToString(l.SpanId) != id("a", 8) {
				t.Errorf("%v", l)
			}
		}
	}
	files := spansOf(t, mapAll(t, Options{}, `{"event_type":"tool_call","timestamp":1,"event_id":"a","session_id":"s","data":{"tool_name":"T"}}
{"event_type":"file_write","timestamp":1,"event_id":"f","session_id":"s","parent_id":"a","data":{"path":"x.go"}}`))
	if a := attrsOf(spanNamed(t, files, "execute_tool T").Attributes); a["file.path"] != "x.go" {
		t.Errorf("the call that wrote a file: %v", a)
	}
	// Records alone make no span.
	if list := mapAll(t, Options{}, strings.Split(in, "\n")[4]); len(list) != 0 {
		t.Errorf("%d requests of a record", len(list))
	}
}
