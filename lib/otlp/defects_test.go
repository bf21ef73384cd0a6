package otlp

import (
	"encoding/hex"
	"strings"
	"testing"

	trace "go.opentelemetry.io/proto/otlp/trace/v1"
)

// TestExactTimes checks that times are those of the digits, to the nanosecond.
func TestExactTimes(t *testing.T) {
	spans := spansOf(t, mapAll(t, Options{}, `{"event_type":"tool_call","timestamp":1700000001.1234567,"event_id":"a","session_id":"s","data":{"tool_name":"A"}}
{"event_type":"tool_result","timestamp":1700000002,"event_id":"b","session_id":"s","parent_id":"a","duration_ms":50,"data":{}}
{"event_type":"tool_call","timestamp":1795338835.09,"event_id":"c","session_id":"s","data":{"tool_name":"B"}}
{"event_type":"tool_result","timestamp":1795338836.123456789,"event_id":"d","session_id":"s","parent_id":"c","data":{}}
{"event_type":"tool_call","timestamp":1795338840,"event_id":"e","session_id":"s","data":{"tool_name":"C"}}
{"event_type":"tool_result","timestamp":1795338839,"event_id":"f","session_id":"s","parent_id":"e","data":{}}`))
	for name, want := range map[string][2]uint64{
		"execute_tool A": {1700000001123456700, 1700000001173456700},
		"execute_tool B": {1795338835090000000, 1795338836123456789}, // until the result, if no duration is told
		"execute_tool C": {1795338840000000000, 1795338840000000000}, // never less than nothing
	} {
		if got := ns(spanNamed(t, spans, name)); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// TestPairs checks that calls are paired by the agent's own id where an outcome
// has no parent_id, as in sessions that agent-strace has imported, and that the
// order does not matter.
func TestPairs(t *testing.T) {
	const call = `{"event_type":"tool_call","timestamp":10,"event_id":"a","session_id":"s","data":{"tool_name":"Bash","arguments":{"command":"ls"},"tool_use_id":"toolu_9"}}`
	const result = `{"event_type":"tool_result","timestamp":12,"event_id":"b","session_id":"s","data":{"tool_use_id":"toolu_9","content_preview":"a.go"}}`
	for name, in := range map[string]string{"in order": call + "\n" + result, "result first": result + "\n" + call} {
		spans := spansOf(t, mapAll(t, Options{Content: Full}, in))
		if len(spans) != 2 {
			t.Fatalf("%s: %d spans, want the call and the root", name, len(spans))
		}
		s := spanNamed(t, spans, "execute_tool Bash")
		a := attrsOf(s.Attributes)
		if ns(s) != [2]uint64{10e9, 12e9} || a["gen_ai.tool.call.result"] != "a.go" || a["gen_ai.tool.call.id"] != "toolu_9" || a["agent_trace.incomplete"] != "" {
			t.Errorf("%s: %v %v", name, ns(s), a)
		}
	}
	// By the number of a JSON-RPC request.
	one := spansOf(t, mapAll(t, Options{}, `{"event_type":"tool_call","timestamp":1,"event_id":"a","session_id":"s","data":{"tool_name":"T","request_id":7}}
{"event_type":"tool_result","timestamp":4,"event_id":"d","session_id":"s","data":{"request_id":7}}`))
	if s := spanNamed(t, one, "execute_tool T"); len(one) != 2 || ns(s) != [2]uint64{1e9, 4e9} || attrsOf(s.Attributes)["jsonrpc.request.id"] != "7" || attrsOf(s.Attributes)["mcp.method.name"] != "tools/call" {
		t.Errorf("%v", one)
	}
	// Parallel calls of one tool, answered the other way round.
	spans := spansOf(t, mapAll(t, Options{}, `{"event_type":"tool_call","timestamp":1,"event_id":"a","session_id":"s","data":{"tool_name":"T","tool_use_id":"1"}}
{"event_type":"tool_call","timestamp":2,"event_id":"b","session_id":"s","data":{"tool_name":"T","tool_use_id":"2"}}
{"event_type":"error","timestamp":3,"event_id":"c","session_id":"s","parent_id":"b","data":{"kind":"tool","error":"x"}}
{"event_type":"tool_result","timestamp":4,"event_id":"d","session_id":"s","parent_id":"a","data":{}}`))
	for _, s := range spans {
		if hex.EncodeToString(s.SpanId) == id("a", 8) && (s.Status != nil || ns(s) != [2]uint64{1e9, 4e9}) {
			t.Errorf("the first call: %v", s)
		}
		if hex.EncodeToString(s.SpanId) == id("b", 8) && (s.Status == nil || ns(s) != [2]uint64{2e9, 3e9}) {
			t.Errorf("the second call: %v", s)
		}
	}
}

// TestOneName checks that a call has one name, kind and set of keys, whether it
// went well, failed or was not answered.
func TestOneName(t *testing.T) {
	call := func(n string) string {
		return `{"event_type":"tool_call","timestamp":1,"event_id":"` + n + `","session_id":"s","data":{"tool_name":"Bash"}}` + "\n"
	}
	spans := spansOf(t, mapAll(t, Options{}, call("a")+call("b")+call("c")+`{"event_type":"tool_result","timestamp":2,"event_id":"ra","session_id":"s","parent_id":"a","data":{}}
{"event_type":"error","timestamp":2,"event_id":"rb","session_id":"s","parent_id":"b","data":{"error":"x"}}`))
	n := 0
	for _, s := range spans {
		if strings.HasPrefix(s.Name, "invoke_agent") {
			continue
		}
		n++
		a := attrsOf(s.Attributes)
		if s.Name != "execute_tool Bash" || s.Kind != trace.Span_SPAN_KIND_INTERNAL || a["gen_ai.tool.name"] != "Bash" || a["gen_ai.operation.name"] != "execute_tool" || a["tool.name"] != "" || a["gen_ai.system"] != "" {
			t.Errorf("%s %v %v", s.Name, s.Kind, a)
		}
	}
	if n != 3 {
		t.Errorf("%d calls", n)
	}
}

// TestAnswers checks that answers of models are spans, with their tokens, whether
// or not their request is known.
func TestAnswers(t *testing.T) {
	spans := spansOf(t, mapAll(t, Options{}, `{"event_type":"llm_response","timestamp":10,"event_id":"a","session_id":"s","duration_ms":1500,"data":{"model":"gpt-6","usage":{"input_tokens":3,"output_tokens":4}}}
{"event_type":"llm_response","timestamp":20,"event_id":"b","session_id":"s","data":{"model":"m"}}
{"event_type":"llm_request","timestamp":30,"event_id":"c","session_id":"s","data":{"model":"n"}}
{"event_type":"error","timestamp":31,"event_id":"d","session_id":"s","parent_id":"c","data":{"kind":"api","status":529,"message":"overloaded"}}
{"event_type":"llm_request","timestamp":40,"event_id":"e","session_id":"s","data":{"model":"o"}}
{"event_type":"user_prompt","timestamp":42,"event_id":"f","session_id":"s","data":{}}`))
	for name, want := range map[string]struct {
		at   [2]uint64
		open string
	}{
		"chat gpt-6": {[2]uint64{8.5e9, 10e9}, ""}, "chat m": {[2]uint64{20e9, 20e9}, "true"},
		"chat n": {[2]uint64{30e9, 31e9}, ""}, "chat o": {[2]uint64{40e9, 42e9}, "true"},
	} {
		s := spanNamed(t, spans, name)
		if a := attrsOf(s.Attributes); ns(s) != want.at || a["agent_trace.incomplete"] != want.open || s.Kind != trace.Span_SPAN_KIND_CLIENT {
			t.Errorf("%s: %v %v", name, ns(s), a)
		}
	}
	a := attrsOf(spanNamed(t, spans, "chat gpt-6").Attributes)
	if a["gen_ai.usage.input_tokens"] != "3" || a["gen_ai.usage.output_tokens"] != "4" || a["gen_ai.provider.name"] != "openai" {
		t.Errorf("%v", a)
	}
	if s := spanNamed(t, spans, "chat n"); s.GetStatus().GetCode() != trace.Status_STATUS_CODE_ERROR || attrsOf(s.Attributes)["error.type"] != "529" {
		t.Errorf("a request that failed: %v", s)
	}
	if a := attrsOf(spanNamed(t, spans, "chat m").Attributes); a["gen_ai.usage.input_tokens"] != "" || a["gen_ai.provider.name"] != "" {
		t.Errorf("what is not known is told: %v", a)
	}
}

// TestArguments checks that arguments of any shape are one attribute, and lists
// are lists.
func TestArguments(t *testing.T) {
	for _, args := range []string{`["a","b"]`, `"text"`, `7`, `null`, `{"a":{"b":1},"c":[2]}`} {
		spans := spansOf(t, mapAll(t, Options{Content: Full}, `{"event_type":"tool_call","timestamp":1,"event_id":"a","session_id":"s","data":{"tool_name":"T","arguments":`+args+`}}`))
		a := attrsOf(spanNamed(t, spans, "execute_tool T").Attributes)
		if got := a["gen_ai.tool.call.arguments"]; got != strings.Trim(args, `"`) {
			t.Errorf("%s is told as %s", args, got)
		}
		for k := range a {
			if strings.HasPrefix(k, "tool.input") {
				t.Errorf("an attribute for an argument: %s", k)
			}
		}
	}
	root := spanNamed(t, spansOf(t, mapAll(t, Options{}, sessionLines)), "invoke_agent claude-code")
	for _, e := range root.Events {
		if e.Name == "decision" {
			if a := attrsOf(e.Attributes); a["alternatives"] != "[a b]" || a["choice"] != "a" || a["reason"] != "r" {
				t.Errorf("decision: %v", a)
			}
		}
	}
}

// TestFailed checks that a failure is one of its call, not of the session, and of
// few kinds.
func TestFailed(t *testing.T) {
	spans := spansOf(t, mapAll(t, Options{}, sessionLines))
	for _, s := range spans {
		failed := s.GetStatus().GetCode() == trace.Status_STATUS_CODE_ERROR
		if want := hex.EncodeToString(s.SpanId) == id("e07", 8); failed != want {
			t.Errorf("%s: status %v", s.Name, s.Status)
		}
		if failed {
			a := attrsOf(s.Attributes)
			if s.Status.Message != "exit code 1" || a["error.type"] != "exit_code_1" || a["process.exit.code"] != "1" || len(s.Events) != 1 || s.Events[0].Name != "exception" || attrsOf(s.Events[0].Attributes)["exception.type"] != "exit_code_1" {
				t.Errorf("%v", s)
			}
		}
	}
	for data, want := range map[string]string{
		`{"kind":"tool","rejected":true}`: "denied", `{"kind":"tool","is_interrupt":true}`: "interrupted",
		`{"kind":"tool","error":"Command timed out after 2m"}`: "timeout", `{"kind":"tool","exit_code":137}`: "exit_code_137",
		`{"code":-32601,"message":"no such method"}`: "jsonrpc_-32601", `{"error":"x"}`: "tool_error", `{"kind":"odd"}`: "_OTHER",
	} {
		spans := spansOf(t, mapAll(t, Options{}, `{"event_type":"tool_call","timestamp":1,"event_id":"a","session_id":"s","data":{"tool_name":"T"}}
{"event_type":"error","timestamp":2,"event_id":"b","session_id":"s","parent_id":"a","data":`+data+`}`))
		if got := attrsOf(spanNamed(t, spans, "execute_tool T").Attributes)["error.type"]; got != want {
			t.Errorf("%s: %s, want %s", data, got, want)
		}
	}
	// One that is of no call is an event of the root, and no span.
	spans = spansOf(t, mapAll(t, Options{}, `{"event_type":"error","timestamp":2,"event_id":"b","session_id":"s","data":{"kind":"api","status":529}}`))
	if len(spans) != 1 || len(spans[0].Events) != 1 || spans[0].Events[0].Name != "exception" || spans[0].Status != nil {
		t.Errorf("%v", spans)
	}
}

// TestOngoing checks that the root span of a session that goes on ends with its
// last event.
func TestOngoing(t *testing.T) {
	spans := spansOf(t, mapAll(t, Options{}, `{"event_type":"session_start","timestamp":1,"event_id":"a","session_id":"s","data":{}}
{"event_type":"tool_call","timestamp":5,"event_id":"b","session_id":"s","data":{"tool_name":"T"}}
{"event_type":"tool_result","timestamp":6,"event_id":"c","session_id":"s","parent_id":"b","duration_ms":3000,"data":{}}`))
	if s := spanNamed(t, spans, "invoke_agent"); ns(s) != [2]uint64{1e9, 8e9} || attrsOf(s.Attributes)["agent_trace.incomplete"] != "true" {
		t.Errorf("%v", s)
	}
}

// TestJoin checks that the ids of the stream are attributes of every span and
// log record, since those of OpenTelemetry are hashes.
func TestJoin(t *testing.T) {
	for _, s := range spansOf(t, mapAll(t, Options{}, sessionLines)) {
		a := attrsOf(s.Attributes)
		if a["session.id"] != "s1" || a["gen_ai.conversation.id"] != "s1" || a["user.id"] != "u" {
			t.Errorf("%s: %v", s.Name, a)
		}
		if e := a["agent_trace.event_id"]; !strings.HasPrefix(s.Name, "invoke_agent") && hex.EncodeToString(s.SpanId) != id(e, 8) {
			t.Errorf("%s: event %q, span %x", s.Name, e, s.SpanId)
		}
	}
}
