package otlp

import (
	"strings"
	"testing"

	"agenttrace/lib/event"
)

// FuzzMapper checks that every stream leads to valid requests, which are the
// same in both encodings.
func FuzzMapper(f *testing.F) {
	f.Add(`{"event_type":"tool_call","timestamp":1.5,"event_id":"a","session_id":"s","data":{"tool_name":"T","arguments":{"path":"p"}}}` + "\n" + `{"event_type":"error","timestamp":2,"event_id":"b","session_id":"s","parent_id":"a","data":{"exit_code":1}}`)
	f.Add(`{"event_type":"session_start","session_id":"c","data":{"parent_session_id":"p"}}` + "\n" + `{"event_type":"llm_response","timestamp":3,"session_id":"c","data":{"usage":{"input_tokens":1}}}`)
	f.Add(`{"event_type":"tool_call","data":{"tool_name":"mcp__a__b","arguments":{"command":"A=1 ls"},"request_id":1}}` + "\n" + `{"event_type":"score","timestamp":1e9,"data":{"judge":"\ud83d","value":1e308}}`)
	f.Add(`{"event_type":"user_prompt","timestamp":1,"event_id":"p","session_id":"s","data":{"prompt":"x"}}` + "\n" + `{"event_type":"session_start","session_id":"c","data":{"parent_session_id":"s","parent_event_id":"a"}}`)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 2000 {
			t.Skip("longer than it needs to be")
		}
		o := Options{Signals: Signals, Content: Full, Also: Dialects(), Limit: 200, MaxBytes: 4000, MaxOpen: 3}
		fuzzed(t, o, text)
		o.ByTurn, o.Rebase, o.MeasuredNow, o.MaxAttrs, o.MaxEventAttrs, o.MaxLogAttrs, o.MaxEvents = true, 2e18, true, 5, 2, 3, 2
		fuzzed(t, o, text)
	})
}

func fuzzed(t *testing.T, o Options, text string) {
	var list []*Batch
	m := New(o, func(b *Batch) error { list = append(list, b); return nil })
	for line := range strings.Lines(text) {
		line = strings.ToValidUTF8(strings.TrimSpace(line), "?")
		if e, err := event.Parse([]byte(line)); err == nil {
			m.Add(e)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	for _, b := range list {
		check(t, b)
		if first, second, ok := b.Split(); ok {
			check(t, first)
			check(t, second)
		}
	}
}

// FuzzRequests checks that bytes which are no request do no harm.
func FuzzRequests(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte("\x0a\x02\x12\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, s := range Signals {
			AppendJSON(nil, s, b)
			list, _ := Requests(s, b)
			for _, x := range list {
				x.AppendProtobuf(nil)
				x.Split()
			}
		}
	})
}
