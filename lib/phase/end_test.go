package phase

import (
	"fmt"
	"strings"
	"testing"

	"agenttrace/lib/event"
)

// live returns what a filter gives as soon as it has each event: per event the
// number of its phase, and the records as "[number events title]".
func live(t *testing.T, lines []string) string {
	t.Helper()
	var out []string
	f := NewFilter(func(l []byte) error {
		e, err := event.Parse(l)
		if err != nil {
			t.Fatal(err)
		}
		if e.Is("phase") {
			out = append(out, fmt.Sprintf("[%s %s %s]", e.Get("number"), e.Get("events"), e.Get("title")))
		} else {
			out = append(out, string(l[len(l)-2:len(l)-1]))
		}
		return nil
	})
	for _, l := range lines {
		if err := f.Add(parse(t, l)); err != nil {
			t.Fatal(err)
		}
	}
	out = append(out, "/") // what comes with the end of the input
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(out, " ")
}

// A phase is over with its session, or when the agent waits for the user: its
// record does not wait for the next prompt.
func TestEnd(t *testing.T) {
	const (
		idle    = `{"event_type":"notification","timestamp":1100,"session_id":"s","data":{"notification_type":"idle_prompt"}}`
		asks    = `{"event_type":"notification","timestamp":1100,"session_id":"s","data":{"notification_type":"permission_prompt"}}`
		late    = `{"event_type":"llm_response","timestamp":2,"session_id":"s","data":{"model":"m"}}`
		lateNow = `{"event_type":"llm_response","timestamp":1999,"session_id":"s","data":{"model":"m"}}`
		search  = `{"event_type":"tool_call","timestamp":2,"event_id":"w1","session_id":"s","data":{"tool_name":"WebSearch"}}`
	)
	for _, tt := range []struct{ name, want string }{
		{"P do; E a", "1 1 1 / [1 3 do]"},
		{"P do; E a; Q", "1 1 1 1 [1 4 do] /"},
		{"P do; E a; $ make; Q", "1 1 1 [1 3 do] 2 2 2 [2 3 build] /"},
		{"P do; E a; Q; S; P more; R b; Q", "1 1 1 1 [1 4 do] 1 2 2 2 2 [2 4 more] /"},
		{"P do; E a; Q; Q", "1 1 1 1 [1 4 do] 1 /"},
		{"S; Q", "0 0 /"},
		{"X /exit; Q", "0 0 /"},
		// A subagent that is spoken to again.
		{"P do; E a; Q; $ make; Q", "1 1 1 1 [1 4 do] 2 2 2 [2 3 build] /"},
		// What is told late, such as the usage from a transcript, is no step.
		{"P do; E a; Q; " + late + "; " + lateNow + "; " + search, "1 1 1 1 [1 4 do] 1 1 1 /"},
		{"P do; E a; " + idle, "1 1 1 1 [1 4 do] /"},
		{"P do; E a; $ make; " + idle + "; P more", "1 1 1 [1 3 do] 2 2 2 [2 3 build] 3 / [3 1 more]"},
		{"P do; E a; " + asks, "1 1 1 1 / [1 4 do]"},
		// It is woken, by a task in the background.
		{"P do; E a; " + idle + "; " + late + "; " + lateNow + "; E b", "1 1 1 1 [1 4 do] 1 2 2 2 / [2 3 edit b]"},
		// It asks about a call.
		{"P do; " + search + "; " + idle, "1 1 1 / [1 3 do]"},
	} {
		tr := &trace{session: "s"}
		for _, s := range strings.Split(tt.name, "; ") {
			if strings.HasPrefix(s, "{") {
				tr.lines = append(tr.lines, s)
			} else {
				tr.steps(s)
			}
		}
		if got := live(t, tr.lines); got != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.name, got, tt.want)
		}
	}
}
