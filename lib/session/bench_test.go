package session

import (
	"fmt"
	"strings"
	"testing"

	"agenttrace/lib/event"
	"agenttrace/lib/text"
)

func textWidth(s string) int { return text.Width(s) }

// stream makes the events of a session of n turns, of the sizes that real ones
// have: answers, calls of several tools, results of some kilobytes.
func stream(n int) []event.Event {
	var list []event.Event
	add := func(typ, id, envelope, data string) {
		e, err := event.Parse([]byte(`{"event_type":"` + typ + `","timestamp":1795332170.000001,"event_id":"` + id + `","session_id":"s"` + envelope + `,"data":` + data + `}`))
		if err != nil {
			panic(err)
		}
		list = append(list, e)
	}
	output := strings.Repeat(`ok  \tagenttrace/lib/session\t0.012s\n`, 80)
	for i := range n {
		id := func(k int) string { return fmt.Sprintf("%012x", i*16+k) }
		add("assistant_response", id(0), "", fmt.Sprintf(`{"text":"I will look at file %d now, then run the tests.","model":"m","message_id":"m%d"}`, i, i))
		add("tool_call", id(1), "", fmt.Sprintf(`{"tool_name":"Read","arguments":{"file_path":"/p/src/file%d.go"},"tool_use_id":"r%d"}`, i%200, i))
		add("tool_call", id(2), "", fmt.Sprintf(`{"tool_name":"Bash","arguments":{"command":"cd /p && go test ./lib/pkg%d/... 2>&1 | tail -20"},"tool_use_id":"b%d"}`, i%50, i))
		add("llm_response", id(3), "", fmt.Sprintf(`{"model":"m","message_id":"m%d","request_id":"q%d","usage":{"input_tokens":5,"output_tokens":%d,"cache_read_tokens":40000}}`, i, i, i))
		add("tool_result", id(4), `,"parent_id":"`+id(1)+`","duration_ms":12`, `{"tool_name":"Read","result":"`+output+`","tool_use_id":"r"}`)
		if i%10 == 0 {
			add("error", id(5), `,"parent_id":"`+id(2)+`","duration_ms":2000`, `{"kind":"tool","tool_name":"Bash","error":"Exit code 1\n`+output+`"}`)
		} else {
			add("tool_result", id(5), `,"parent_id":"`+id(2)+`","duration_ms":2000`, `{"tool_name":"Bash","result":{"stdout":"`+output+`"}}`)
		}
		add("tool_call", id(6), "", fmt.Sprintf(`{"tool_name":"Edit","arguments":{"file_path":"/p/src/file%d.go","old_string":"%s","new_string":"x"},"tool_use_id":"e%d"}`, i%200, output[:600], i))
		add("tool_result", id(7), `,"parent_id":"`+id(6)+`"`, `{"tool_name":"Edit","result":"done"}`)
	}
	return list
}

// BenchmarkFold adds a session of 16,000 events that are parsed already.
func BenchmarkFold(b *testing.B) {
	list := stream(2000)
	size := 0
	for _, e := range list {
		size += len(e.Raw) + 1
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		f := New("s")
		for _, e := range list {
			f.Add(e)
		}
	}
}

// BenchmarkSummary makes the summary of that session.
func BenchmarkSummary(b *testing.B) {
	f := New("s")
	for _, e := range stream(2000) {
		f.Add(e)
	}
	for b.Loop() {
		f.Summary()
	}
}
