package otlp

import (
	"fmt"
	"strings"
	"testing"
)

// TestEnded checks that the place of a session is told once, and is that of its
// root span, also of a subagent that was read before the session above it.
func TestEnded(t *testing.T) {
	places := map[string]Place{}
	o := Options{Also: []string{"langfuse"}, Ended: func(p Place) {
		if _, ok := places[p.Session]; ok {
			t.Errorf("%s has ended twice", p.Session)
		}
		places[p.Session] = p
	}}
	spans := spansOf(t, mapAll(t, o, `
{"event_type":"session_start","event_id":"a","session_id":"sub","timestamp":1,"data":{"parent_session_id":"top"}}
{"event_type":"session_start","event_id":"b","session_id":"top","timestamp":1,"data":{}}
{"event_type":"score","event_id":"c","session_id":"records","timestamp":1,"data":{"score":1}}
`))
	if len(spans) != 2 || len(places) != 3 {
		t.Fatalf("%d spans, places %v", len(spans), places)
	}
	for _, s := range spans {
		a := attrsOf(s.Attributes)
		p := places[a["session.id"]]
		if string(p.Trace[:]) != string(s.TraceId) || string(p.Root[:]) != string(s.SpanId) || fmt.Sprint(p.Depth) != a["agent_trace.depth"] {
			t.Errorf("%v is at %+v", s, p)
		}
		if tags := a["langfuse.trace.tags"]; !strings.Contains(tags, "agent-trace") {
			t.Errorf("tags %q", tags)
		}
	}
	if p := places["sub"]; p.Trace != TraceID("top") || p.Depth != 1 {
		t.Errorf("the subagent is at %+v", p)
	}
	if p := places["records"]; p.Trace != TraceID("records") || p.Root != RootID("records") {
		t.Errorf("a session with records alone is at %+v", p)
	}
}
