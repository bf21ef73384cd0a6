package otlp

import (
	"fmt"
	"strings"
	"testing"

	collogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	colmetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
)

// TestCounts checks that there are as many attributes and events as the limits
// say, that the names of the conventions stay, and that the rest is counted.
func TestCounts(t *testing.T) {
	var in strings.Builder
	in.WriteString(`{"event_type":"tool_call","timestamp":1,"event_id":"c","session_id":"s","data":{"tool_name":"Bash","tool_use_id":"u","arguments":{"command":"ls"}}}` + "\n")
	for i := range 10 {
		fmt.Fprintf(&in, `{"event_type":"violation","timestamp":2,"event_id":"v%d","session_id":"s","parent_id":"c","data":{"a":1,"b":2,"c":3,"rule":"r"}}`+"\n", i)
		fmt.Fprintf(&in, `{"event_type":"user_prompt","timestamp":3,"event_id":"p%d","session_id":"s","data":{"prompt":"x"}}`+"\n", i)
	}
	o := Options{MaxAttrs: 6, MaxEventAttrs: 2, MaxLogAttrs: 3, MaxEvents: 4}
	for _, s := range spansOf(t, mapAll(t, o, in.String())) {
		a := attrsOf(s.Attributes)
		if len(a) != 6 || s.DroppedAttributesCount == 0 || len(s.Events) != 4 || s.DroppedEventsCount != 6 || a["gen_ai.operation.name"] == "" || a["session.id"] == "" {
			t.Errorf("%v", s)
		}
		for _, e := range s.Events {
			if len(e.Attributes) > 2 || e.Name == "agent_trace.violation" && e.DroppedAttributesCount != 3 {
				t.Errorf("%v", e)
			}
		}
	}
	o.Signals = []Signal{Logs}
	for _, r := range check(t, mapAll(t, o, in.String())[0]).(*collogs.ExportLogsServiceRequest).ResourceLogs[0].ScopeLogs[0].LogRecords {
		if len(r.Attributes) != 3 || r.DroppedAttributesCount == 0 {
			t.Errorf("%v", r)
		}
	}
	// Without them, nothing is lost here.
	for _, s := range spansOf(t, mapAll(t, Options{}, in.String())) {
		if s.DroppedAttributesCount > 0 || s.DroppedEventsCount > 0 || len(s.Events) != 10 {
			t.Errorf("%v", s)
		}
	}
}

// TestRebase checks that each trace ends now, whole, with its shape.
func TestRebase(t *testing.T) {
	const now = 2_000_000_000_000_000_000
	other := strings.ReplaceAll(sessionLines, `"s1"`, `"s2"`) + strings.ReplaceAll(`{"event_type":"user_prompt","timestamp":1700000500,"event_id":"x","session_id":"s2","data":{}}`, "\n", "")
	was := spansOf(t, mapAll(t, Options{}, sessionLines+other))
	spans := spansOf(t, mapAll(t, Options{Rebase: now}, sessionLines+other))
	if len(spans) != len(was) {
		t.Fatalf("%d spans, want %d", len(spans), len(was))
	}
	shift := map[string]uint64{id("s1", 16): now - 1700000010e9, id("s2", 16): now - 1700000500e9}
	for i, s := range spans {
		d := shift[fmt.Sprintf("%x", s.TraceId)]
		if ns(s) != [2]uint64{was[i].StartTimeUnixNano + d, was[i].EndTimeUnixNano + d} || s.Name != was[i].Name {
			t.Errorf("%s: %v, was %v", s.Name, ns(s), ns(was[i]))
		}
		for j, e := range s.Events {
			if e.TimeUnixNano != was[i].Events[j].TimeUnixNano+d {
				t.Errorf("%s, %s: %v", s.Name, e.Name, e.TimeUnixNano)
			}
		}
		if strings.HasPrefix(s.Name, "invoke_agent") && (s.EndTimeUnixNano != now || attrsOf(s.Attributes)["agent_trace.original_start"] != "2023-11-14T22:13:20.000001Z") {
			t.Errorf("%v", s)
		}
	}
	last := uint64(0)
	for _, r := range check(t, mapAll(t, Options{Rebase: now, Signals: []Signal{Logs}}, sessionLines)[0]).(*collogs.ExportLogsServiceRequest).ResourceLogs[0].ScopeLogs[0].LogRecords {
		last = max(last, r.TimeUnixNano)
		if r.TimeUnixNano != r.ObservedTimeUnixNano {
			t.Errorf("%v", r)
		}
	}
	if last != now {
		t.Errorf("the last log record is at %d", last)
	}
}

// TestMeasuredNow checks that points have the time of day if that is wanted.
func TestMeasuredNow(t *testing.T) {
	const now = 2_000_000_000_000_000_000
	var list []*Batch
	m := New(Options{Signals: []Signal{Metrics}, MeasuredNow: true}, func(b *Batch) error { list = append(list, b); return nil })
	m.Tick(now)
	for line := range strings.Lines(strings.TrimSpace(sessionLines)) {
		m.Add(parse(t, line))
	}
	m.Close()
	n := 0
	for _, x := range check(t, list[0]).(*colmetrics.ExportMetricsServiceRequest).ResourceMetrics[0].ScopeMetrics[0].Metrics {
		for _, p := range x.GetGauge().GetDataPoints() {
			n++
			if p.TimeUnixNano != now {
				t.Errorf("%s: %d", x.Name, p.TimeUnixNano)
			}
		}
		for _, p := range x.GetHistogram().GetDataPoints() {
			n++
			if p.TimeUnixNano != now || p.StartTimeUnixNano >= now {
				t.Errorf("%s: %d to %d", x.Name, p.StartTimeUnixNano, p.TimeUnixNano)
			}
		}
	}
	if n < 8 {
		t.Errorf("%d points", n)
	}
}

// TestTransport checks that calls of MCP tools tell how their server is reached,
// where that is known.
func TestTransport(t *testing.T) {
	call := func(id, session, name string) string {
		return `{"event_type":"tool_call","timestamp":2,"event_id":"` + id + `","session_id":"` + session + `","data":{"tool_name":"` + name + `","mcp_server":{"name":"files"}}}` + "\n"
	}
	for want, in := range map[string]string{
		"pipe": `{"event_type":"mcp_server","timestamp":1,"event_id":"a","session_id":"s","data":{"server":"files","command":["mcp-files"],"mcp":{}}}` + "\n" + call("c", "s", "read"),
		"tcp":  `{"event_type":"session_start","timestamp":1,"event_id":"a","session_id":"s","data":{"mcp":{},"remote_url":"http://x/mcp"}}` + "\n" + call("c", "s", "read"),
		"":     `{"event_type":"session_start","timestamp":1,"event_id":"a","session_id":"s","data":{"command":["claude"]}}` + "\n" + call("c", "s", "read"),
	} {
		a := attrsOf(spanNamed(t, spansOf(t, mapAll(t, Options{}, in)), "execute_tool read").Attributes)
		if a["network.transport"] != want || a["mcp.method.name"] != "tools/call" {
			t.Errorf("want %q: %v", want, a)
		}
	}
}
