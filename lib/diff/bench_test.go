package diff

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"agenttrace/lib/event"
)

// long makes a session of about n events, as real ones are.
func long(tb testing.TB, id string, n int, seed uint64) []event.Event {
	r := rand.New(rand.NewPCG(seed, 1))
	var list []event.Event
	add := func(typ, parent, data string) string {
		eid := fmt.Sprintf("%012x", len(list))
		if parent != "" {
			parent = `,"parent_id":"` + parent + `"`
		}
		e, err := event.Parse([]byte(fmt.Sprintf(`{"event_type":"%s","timestamp":%d.000000,"event_id":"%s","session_id":"%s"%s,"data":%s}`,
			typ, 1795332170+len(list), eid, id, parent, data)))
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, e)
		return eid
	}
	add("session_start", "", `{"agent":"claude-code","cwd":"/home/u/proj"}`)
	for len(list) < n {
		if r.IntN(50) == 0 {
			add("user_prompt", "", fmt.Sprintf(`{"prompt":"do number %d"}`, r.IntN(1000)))
		}
		add("assistant_response", "", fmt.Sprintf(`{"text":"I will look at file%d.go now."}`, r.IntN(300)))
		var call string
		switch k := r.IntN(10); {
		case k < 4:
			call = add("tool_call", "", fmt.Sprintf(`{"tool_name":"Bash","arguments":{"command":"cd /home/u/proj && go test ./lib/pkg%d/... -run Test%d 2>&1 | tail -20"}}`, r.IntN(50), len(list)))
		case k < 7:
			call = add("tool_call", "", fmt.Sprintf(`{"tool_name":"Read","arguments":{"file_path":"/home/u/proj/src/file%d.go"}}`, r.IntN(300)))
		default:
			call = add("tool_call", "", fmt.Sprintf(`{"tool_name":"Edit","arguments":{"file_path":"/home/u/proj/src/file%d.go","old_string":"x","new_string":"y"}}`, r.IntN(300)))
		}
		add("llm_response", "", `{"model":"m","usage":{"input_tokens":5,"output_tokens":9}}`)
		if r.IntN(10) == 0 {
			add("error", call, fmt.Sprintf(`{"kind":"tool","error":"Exit code 1\nFAIL src/file%d.go:12 TestFoo"}`, r.IntN(300)))
		} else {
			add("tool_result", call, `{"result":"ok agenttrace/lib/session 0.012s"}`)
		}
	}
	return list
}

// BenchmarkCompare compares two sessions of 100,000 events.
func BenchmarkCompare(b *testing.B) {
	x, y := long(b, "a", 100_000, 1), long(b, "b", 100_000, 2)
	for b.Loop() {
		var g Set
		for _, e := range x {
			g.Add(e)
		}
		for _, e := range y {
			g.Add(e)
		}
		all := g.Sessions()
		Compare(all[0], all[1]).Text()
	}
}
