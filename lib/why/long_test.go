package why

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"agenttrace/lib/event"
)

// A chain has no length at which it ends, and takes time by its length,
// whichever way its events stand in the stream.
func TestLongChain(t *testing.T) {
	const n = 30_000
	lines := make([][]byte, n)
	for i := range lines {
		lines[i] = fmt.Appendf(nil, `{"event_type":"x","timestamp":%d,"event_id":"%012x","parent_id":"%012x","session_id":"s","data":{}}`, i, i+1, i)
	}
	for _, turned := range []bool{false, true} {
		first, last := "1", fmt.Sprint(n)
		if turned {
			slices.Reverse(lines)
			first, last = last, first
		}
		var g Graph
		for _, l := range lines {
			e, err := event.Parse(l)
			if err != nil {
				t.Fatal(err)
			}
			g.Add(e, Prepare(e))
		}
		g.Close()
		root, _ := g.Find(first)
		leaf, _ := g.Find(last)
		// Events of no known kind are weakly linked to the first of the session,
		// too, where their parent is not there yet.
		if got := len(g.Chain(leaf)); got != n-1 {
			t.Errorf("turned %v: a chain of %d links, want %d", turned, got, n-1)
		}
		if got := len(g.All(leaf)); got < n-1 {
			t.Errorf("turned %v: %d causes, want %d", turned, got, n-1)
		}
		if got := len(g.Forward(root, false)); got != n-1 {
			t.Errorf("turned %v: %d effects, want %d", turned, got, n-1)
		}
		if got := len(g.Forward(root, true)); got < n-1 {
			t.Errorf("turned %v: %d effects of all, want %d", turned, got, n-1)
		}
		if dot := g.Dot(leaf, g.Chain(leaf)); bytes.Count(dot, []byte(" -> ")) != n-1 {
			t.Errorf("turned %v: a graph of %d links, want %d", turned, bytes.Count(dot, []byte(" -> ")), n-1)
		}
	}
}

// Sessions may have the same event_ids.
func TestSameIDs(t *testing.T) {
	var g Graph
	for _, l := range []string{
		`{"event_type":"user_prompt","event_id":"1","session_id":"a"}`, `{"event_type":"user_prompt","event_id":"1","session_id":"b"}`,
		`{"event_type":"llm_request","event_id":"2","session_id":"a"}`, `{"event_type":"llm_request","event_id":"2","session_id":"b"}`,
		`{"event_type":"llm_response","event_id":"3","parent_id":"2","session_id":"a"}`, `{"event_type":"llm_response","event_id":"3","parent_id":"2","session_id":"b"}`,
		`{"event_type":"user_prompt","event_id":"1","session_id":"a"}`,
	} {
		e, err := event.Parse([]byte(l))
		if err != nil {
			t.Fatal(err)
		}
		g.Add(e, Prepare(e))
	}
	g.Close()
	for _, id := range []string{"a", "b"} {
		at, _ := g.Find(id + "#3")
		for _, x := range g.Chain(at) {
			if s := g.node(x.cause).session.id; s != id {
				t.Errorf("session %s: event #3 has a cause in session %s", id, s)
			}
		}
		if got := chain(t, &g, id+"#3"); got != "1 prompt 2 answers 3" {
			t.Errorf("session %s: %s", id, got)
		}
	}
	if got := chain(t, &g, "a#4"); got != "" {
		t.Errorf("a copy has causes: %s", got)
	}
	if at, _ := g.Find("a#4"); at != 0 {
		t.Errorf("a copy is not the event it is a copy of, but %d", at)
	}
}

// Numbers are those of at-replay: copies have one, records have none.
func TestNumbers(t *testing.T) {
	lines := []string{
		`{"event_type":"user_prompt","event_id":"a","session_id":"s"}`,
		`{"event_type":"user_prompt","event_id":"b","session_id":"t"}`,
		`{"event_type":"user_prompt","event_id":"a","session_id":"s"}`,
		`{"event_type":"phase","event_id":"p","session_id":"s"}`,
		`{"event_type":"tool_call","session_id":"s"}`,
		`{"event_type":"annotation","event_id":"n","session_id":"s"}`,
		`{"event_type":"unheard_of","event_id":"c","session_id":"s"}`,
		`{"event_type":"tool_call","session_id":"t"}`,
	}
	var g Graph
	var want event.Numbers
	at := 0
	for _, l := range lines {
		e, err := event.Parse([]byte(l))
		if err != nil {
			t.Fatal(err)
		}
		g.Add(e, Prepare(e))
		if n := want.Next(e); n > 0 {
			if got := int(g.node(int32(at)).number); got != n {
				t.Errorf("%s is #%d, want #%d", l, got, n)
			}
			at++
		}
	}
	if g.count != at {
		t.Errorf("%d events, want %d", g.count, at)
	}
}
