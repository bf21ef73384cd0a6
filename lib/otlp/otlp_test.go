package otlp

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	trace "go.opentelemetry.io/proto/otlp/trace/v1"

	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
)

// session is a small one with everything that has a span.
const sessionLines = `
{"event_type":"session_start","timestamp":1700000000.000001,"event_id":"e01","session_id":"s1","data":{"agent":"claude-code","agent_version":"2.1","model":"claude-sonnet-5","user":"u","host":"h","git":{"branch":"main","commit":"9f2c1d0"}}}
{"event_type":"user_prompt","timestamp":1700000001,"event_id":"e02","session_id":"s1","data":{"prompt":"fix the test"}}
{"event_type":"llm_request","timestamp":1700000001.5,"event_id":"e03","session_id":"s1","data":{"model":"claude-sonnet-5"}}
{"event_type":"llm_response","timestamp":1700000002.5,"event_id":"e04","session_id":"s1","parent_id":"e03","duration_ms":1000,"data":{"model":"claude-sonnet-5","message_id":"msg_1","stop_reason":"tool_use","usage":{"input_tokens":100,"output_tokens":77,"cache_read_tokens":3000,"cache_write_5m_tokens":150,"cache_write_1h_tokens":50,"reasoning_tokens":20}}}
{"event_type":"tool_call","timestamp":1700000001.1234567,"event_id":"e05","session_id":"s1","data":{"tool_name":"Bash","arguments":{"command":"go test ./..."},"tool_use_id":"toolu_1"}}
{"event_type":"tool_result","timestamp":1700000003,"event_id":"e06","session_id":"s1","parent_id":"e05","duration_ms":50,"data":{"tool_name":"Bash","result":{"stdout":"ok"}}}
{"event_type":"tool_call","timestamp":1700000004,"event_id":"e07","session_id":"s1","data":{"tool_name":"Bash","arguments":{"command":"false"},"tool_use_id":"toolu_2"}}
{"event_type":"error","timestamp":1700000005,"event_id":"e08","session_id":"s1","parent_id":"e07","data":{"kind":"tool","tool_name":"Bash","error":"Exit code 1\nsecret stuff","exit_code":1}}
{"event_type":"decision","timestamp":1700000006,"event_id":"e09","session_id":"s1","data":{"choice":"a","reason":"r","alternatives":["a","b"]}}
{"event_type":"tool_call","timestamp":1700000007,"event_id":"e10","session_id":"s1","data":{"tool_name":"Read","arguments":{"file_path":"/p/a.go"}}}
{"event_type":"brand_new","timestamp":1700000008,"event_id":"e11","session_id":"s1","data":{"n":3,"f":1.5,"ok":true,"text":"private","in":{"rule":"r1"}}}
{"event_type":"session_end","timestamp":1700000010,"event_id":"e12","session_id":"s1","data":{"reason":"exit"}}
`

func ns(s *trace.Span) [2]uint64 { return [2]uint64{s.StartTimeUnixNano, s.EndTimeUnixNano} }

func id(text string, n int) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:n])
}

func TestSpans(t *testing.T) {
	spans := spansOf(t, mapAll(t, Options{}, sessionLines))
	if len(spans) != 5 {
		t.Fatalf("%d spans, want 5", len(spans))
	}
	root := spanNamed(t, spans, "invoke_agent claude-code")
	a := attrsOf(root.Attributes)
	for k, want := range map[string]string{
		"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "claude-code", "gen_ai.agent.version": "2.1",
		"gen_ai.provider.name": "anthropic", "gen_ai.request.model": "claude-sonnet-5", "gen_ai.conversation.id": "s1",
		"session.id": "s1", "user.id": "u", "host.name": "h", "agent_trace.tool_calls": "3", "agent_trace.errors": "1",
		"agent_trace.llm_requests": "1", "agent_trace.depth": "0", "vcs.ref.head.name": "main", "vcs.ref.head.revision": "9f2c1d0",
		"agent_trace.incomplete": "",
	} {
		if a[k] != want {
			t.Errorf("root: %s is %q, want %q", k, a[k], want)
		}
	}
	if hex.EncodeToString(root.TraceId) != id("s1", 16) || hex.EncodeToString(root.SpanId) != id("root-s1", 8) || len(root.ParentSpanId) > 0 {
		t.Errorf("ids of the root: %x %x %x", root.TraceId, root.SpanId, root.ParentSpanId)
	}
	if root.Kind != trace.Span_SPAN_KIND_INTERNAL || ns(root) != [2]uint64{1700000000000001000, 1700000010000000000} || root.Status != nil {
		t.Errorf("root: %v %v %v", root.Kind, ns(root), root.Status)
	}
	var events []string
	for _, e := range root.Events {
		events = append(events, e.Name)
	}
	if got := strings.Join(events, " "); got != "user_prompt decision agent_trace.brand_new" {
		t.Errorf("events of the root: %s", got)
	}

	chat := spanNamed(t, spans, "chat claude-sonnet-5")
	a = attrsOf(chat.Attributes)
	for k, want := range map[string]string{
		"gen_ai.usage.input_tokens": "3300", "gen_ai.usage.output_tokens": "77", "gen_ai.usage.cache_read.input_tokens": "3000",
		"gen_ai.usage.cache_creation.input_tokens": "200", "gen_ai.usage.reasoning.output_tokens": "20",
		"gen_ai.response.finish_reasons": "[tool_use]", "gen_ai.response.id": "msg_1", "gen_ai.provider.name": "anthropic", "user.id": "u",
	} {
		if a[k] != want {
			t.Errorf("chat: %s is %q, want %q", k, a[k], want)
		}
	}
	if chat.Kind != trace.Span_SPAN_KIND_CLIENT || ns(chat) != [2]uint64{1700000001500000000, 1700000002500000000} || hex.EncodeToString(chat.SpanId) != id("e03", 8) {
		t.Errorf("chat: %v %v %x", chat.Kind, ns(chat), chat.SpanId)
	}

	read := spanNamed(t, spans, "execute_tool Read")
	if a = attrsOf(read.Attributes); a["agent_trace.incomplete"] != "true" || a["file.path"] != "/p/a.go" || read.Status != nil || ns(read)[1] != 1700000010000000000 {
		t.Errorf("an unfinished call: %v %v", a, read)
	}
}

// TestSendTwice checks that the bytes are the same each time.
func TestSendTwice(t *testing.T) {
	a, b := mapAll(t, Options{Signals: Signals}, sessionLines), mapAll(t, Options{Signals: Signals}, sessionLines+sessionLines)
	if len(a) != 3 || len(b) != 3 {
		t.Fatalf("%d and %d batches", len(a), len(b))
	}
	for i := range a {
		if string(a[i].AppendProtobuf(nil)) != string(b[i].AppendProtobuf(nil)) {
			t.Errorf("%v differ if events are told twice", a[i].Signal)
		}
	}
}

const subagents = `
{"event_type":"session_start","timestamp":1,"event_id":"p1","session_id":"parent","data":{"agent":"claude-code"}}
{"event_type":"tool_call","timestamp":2,"event_id":"p2","session_id":"parent","data":{"tool_name":"Agent"}}
{"event_type":"tool_result","timestamp":9,"event_id":"p3","session_id":"parent","parent_id":"p2","data":{"child_session_id":"child"}}
{"event_type":"session_start","timestamp":3,"event_id":"c1","session_id":"child","data":{"agent":"claude-code","agent_type":"Explore","parent_session_id":"parent","parent_event_id":"p2"}}
{"event_type":"tool_call","timestamp":4,"event_id":"c2","session_id":"child","data":{"tool_name":"Agent"}}
{"event_type":"session_start","timestamp":5,"event_id":"g1","session_id":"grandchild","data":{"agent":"claude-code","agent_type":"Plan","parent_session_id":"child","parent_event_id":"c2"}}
{"event_type":"user_prompt","timestamp":6,"event_id":"g2","session_id":"grandchild","data":{"prompt":"x"}}
{"event_type":"tool_call","timestamp":6,"event_id":"g3","session_id":"grandchild","data":{"tool_name":"Read"}}
{"event_type":"tool_result","timestamp":7,"event_id":"g4","session_id":"grandchild","parent_id":"g3","data":{}}
`

// TestSubagents checks the tree, in whatever order the sessions come.
func TestSubagents(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(subagents), "\n")
	reversed := append(append(append([]string{}, lines[5:]...), lines[3:5]...), lines[:3]...)
	for name, in := range map[string][]string{"in order": lines, "last first": reversed} {
		t.Run(name, func(t *testing.T) {
			spans := spansOf(t, mapAll(t, Options{Signals: []Signal{Traces, Logs}}, strings.Join(in, "\n")))
			for span, parent := range map[string]string{
				"invoke_agent Explore": id("p2", 8), "invoke_agent Plan": id("c2", 8), "execute_tool Read": id("root-grandchild", 8), "invoke_agent claude-code": "",
			} {
				s := spanNamed(t, spans, span)
				if hex.EncodeToString(s.ParentSpanId) != parent || hex.EncodeToString(s.TraceId) != id("parent", 16) {
					t.Errorf("%s: trace %x, parent %x", span, s.TraceId, s.ParentSpanId)
				}
			}
			if d := attrsOf(spanNamed(t, spans, "invoke_agent Plan").Attributes)["agent_trace.depth"]; d != "2" {
				t.Errorf("depth %s", d)
			}
		})
	}
	// The session above is not in the input; a session that is its own parent, and
	// two that are each other's: nothing is lost.
	for _, in := range []string{
		strings.Join(lines[3:], "\n"),
		`{"event_type":"session_start","timestamp":5,"event_id":"a","session_id":"a","data":{"parent_session_id":"a"}}`,
		`{"event_type":"session_start","timestamp":5,"event_id":"a","session_id":"a","data":{"parent_session_id":"b"}}
{"event_type":"session_start","timestamp":5,"event_id":"b","session_id":"b","data":{"parent_session_id":"a"}}`,
	} {
		spans := spansOf(t, mapAll(t, Options{}, in))
		roots := 0
		for _, s := range spans {
			if strings.HasPrefix(s.Name, "invoke_agent") {
				roots++
			}
		}
		if want := strings.Count(in, "session_start"); roots != want {
			t.Errorf("%d root spans, want %d", roots, want)
		}
	}
	// Known by the outcome of the call alone.
	spans := spansOf(t, mapAll(t, Options{}, `{"event_type":"tool_call","timestamp":2,"event_id":"p2","session_id":"parent","data":{"tool_name":"Agent"}}
{"event_type":"tool_result","timestamp":9,"event_id":"p3","session_id":"parent","parent_id":"p2","data":{"child_session_id":"child"}}
{"event_type":"user_prompt","timestamp":6,"event_id":"g2","session_id":"child","data":{"prompt":"x"}}`))
	if s := spanNamed(t, spans, "invoke_agent"); len(spans) != 3 || hex.EncodeToString(s.TraceId) != id("parent", 16) {
		t.Errorf("%d spans, trace %x", len(spans), s.TraceId)
	}
}

func TestContent(t *testing.T) {
	in := sessionLines + `{"event_type":"user_prompt","timestamp":1700000009,"event_id":"e99","session_id":"s1","data":{"prompt":"` + strings.Repeat("é", 5000) + `"}}`
	text := func(c Content) string {
		var b strings.Builder
		for _, x := range mapAll(t, Options{Signals: Signals, Content: c}, in) {
			check(t, x)
			j, _ := AppendJSON(nil, x.Signal, x.AppendProtobuf(nil))
			b.Write(j)
		}
		return b.String()
	}
	none, meta, full := text(None), text(Meta), text(Full)
	for _, private := range []string{"fix the test", "go test ./...", "secret stuff", "private", "éé", `stdout`} {
		if strings.Contains(none, private) {
			t.Errorf("content that was not asked for: %q", private)
		}
		if !strings.Contains(full, private) {
			t.Errorf("content is missing: %q", private)
		}
	}
	if !strings.Contains(meta, "$ go test ./...") || !strings.Contains(meta, "Exit code 1") || strings.Contains(meta, "secret stuff") || strings.Contains(meta, "fix the test") {
		t.Error("meta is not titles and first lines")
	}
	if !strings.Contains(full, "…[cut, 10000 bytes]") || !strings.Contains(full, `"agent_trace.truncated"`) || strings.Contains(full, strings.Repeat("é", 2000)) {
		t.Error("a long text has no marker")
	}
}

// TestOdd checks that no stream leads to a panic or to a request that is not
// valid.
func TestOdd(t *testing.T) {
	odd := []string{
		`{"event_type":"tool_call"}`, `{"event_type":"tool_call","data":[]}`, `{"event_type":"tool_call","data":{"tool_name":7,"arguments":[1],"tool_use_id":9}}`,
		`{"event_type":"tool_result","session_id":"x"}`, `{"event_type":"tool_result","session_id":"x","parent_id":"gone","timestamp":5,"duration_ms":-4,"data":{"result":null}}`,
		`{"event_type":"error","timestamp":-5}`, `{"event_type":"error","event_id":"e","data":{"error":{"a":1},"kind":"api","status":529}}`,
		`{"event_type":"llm_response","event_id":"m","duration_ms":1e300,"data":{"usage":null,"model":"\ud800"}}`, `{"event_type":"llm_request","data":"?"}`,
		`{"event_type":"decision","data":{"alternatives":"x"}}`, `{"event_type":"session_start","data":{"git":7}}`, `{"event_type":"session_end"}`, `{"event_type":"\u0000","data":{"":"x","a":{"b":{"c":{"d":1}}},"n":1e999}}`,
		`{"event_type":"score","data":{"judge":"j","score":0.5}}`, `{"event_type":"cost","data":{"usd_nano":"x"}}`, `{"event_type":"violation","parent_id":"q","data":{"rule":"r","verdict":"deny","at":[0,8]}}`,
		`{"event_type":"session_summary","data":{"files_written":7}}`, `{"event_type":"vendor_cost","data":{"total_cost_usd":1e400}}`, `{"event_type":"user_prompt","data":{"prompt":{}}}`,
		`{"event_type":"tool_call","event_id":"t","timestamp":9,"data":{"tool_name":"` + strings.Repeat("n", 9000) + `","arguments":{"command":"","path":""}}}`,
	}
	for _, c := range []Content{None, Meta, Full} {
		for i := range odd {
			in := append(append([]string{}, odd[i:]...), odd[:i]...)
			for _, b := range mapAll(t, Options{Signals: Signals, Content: c, Also: Dialects(), Limit: 300}, strings.Join(in, "\n")) {
				check(t, b)
			}
		}
	}
	if list := mapAll(t, Options{Signals: Signals}, ""); len(list) != 0 {
		t.Errorf("nothing in, %d requests out", len(list))
	}
}

func TestBatches(t *testing.T) {
	lines := string(calls(100))
	list := mapAll(t, Options{MaxItems: 30}, lines)
	if len(list) != 4 || list[0].Len() != 30 || list[3].Len() != 11 {
		t.Errorf("%d batches", len(list))
	}
	for _, b := range mapAll(t, Options{MaxBytes: 5000}, lines) {
		check(t, b)
		if b.Size() > 5000 {
			t.Errorf("a batch of %d bytes", b.Size())
		}
	}
	// Requests that stand behind each other are one.
	var all []byte
	for _, b := range list {
		all = b.AppendProtobuf(all)
	}
	back, err := Requests(Traces, all)
	if err != nil || len(back) != 4 {
		t.Fatalf("%d, %v", len(back), err)
	}
	for i := range back {
		check(t, back[i])
		if string(back[i].AppendProtobuf(nil)) != string(list[i].AppendProtobuf(nil)) {
			t.Errorf("batch %d is not what it was", i)
		}
	}
	first, second, ok := back[0].Split()
	if !ok || first.Len()+second.Len() != 30 {
		t.Error("a half is missing")
	}
	check(t, first)
	check(t, second)
}

func TestLive(t *testing.T) {
	var spans []*trace.Span
	m := New(Options{Live: true, Grace: 2, Idle: 100, MaxItems: 1}, func(b *Batch) error { spans = append(spans, spansOf(t, []*Batch{b})...); return nil })
	add := func(line string) {
		e, err := event.Parse([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		m.Add(e)
	}
	m.Tick(1)
	for line := range strings.Lines(strings.TrimSpace(sessionLines)) {
		add(strings.TrimSpace(line))
	}
	m.Tick(2)
	m.Flush()
	if len(spans) != 3 || m.Open() != 1 {
		t.Errorf("%d spans and %d sessions before the end is sure", len(spans), m.Open())
	}
	m.Tick(3)
	m.Flush()
	if len(spans) != 5 || m.Open() != 0 {
		t.Errorf("%d spans, %d open", len(spans), m.Open())
	}
	// It goes on: another root span, in the same trace, below the first.
	add(`{"event_type":"user_prompt","timestamp":1700000100,"event_id":"late","session_id":"s1","data":{}}`)
	m.Tick(50)
	m.Tick(103)
	m.Flush()
	last := spans[len(spans)-1]
	if len(spans) != 6 || hex.EncodeToString(last.TraceId) != id("s1", 16) || hex.EncodeToString(last.ParentSpanId) != id("root-s1", 8) || hex.EncodeToString(last.SpanId) != id("root-s1-2", 8) {
		t.Errorf("%d spans, the last is %v", len(spans), last)
	}
	m.Close()
	seen := map[string]bool{}
	for _, s := range spans {
		if seen[string(s.SpanId)] {
			t.Errorf("%s is there twice", s.Name)
		}
		seen[string(s.SpanId)] = true
	}
}

func TestOpenBound(t *testing.T) {
	m := New(Options{MaxOpen: 10}, func(*Batch) error { return nil })
	for i := range 1000 {
		e, _ := event.Parse([]byte(`{"event_type":"user_prompt","timestamp":1,"event_id":"e","session_id":"s` + strings.Repeat("x", i) + `","data":{}}`))
		if m.Add(e); m.Open() > 10 {
			t.Fatalf("%d sessions are open", m.Open())
		}
	}
}

func TestTraceparent(t *testing.T) {
	p, ok := ParseTraceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
	if !ok {
		t.Fatal("not read")
	}
	spans := spansOf(t, mapAll(t, Options{Parent: &p}, subagents))
	root := spanNamed(t, spans, "invoke_agent claude-code")
	if hex.EncodeToString(root.TraceId) != "4bf92f3577b34da6a3ce929d0e0e4736" || hex.EncodeToString(root.ParentSpanId) != "00f067aa0ba902b7" || root.Flags != 0x301 {
		t.Errorf("%v", root)
	}
	for _, s := range spans {
		if string(s.TraceId) != string(root.TraceId) {
			t.Errorf("%s is in another trace", s.Name)
		}
	}
	for _, bad := range []string{"", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
		"00-4BF92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"} {
		if _, ok := ParseTraceparent(bad); ok {
			t.Errorf("%q is taken", bad)
		}
	}
}

// TestReal maps recorded sessions, of agent-strace itself.
func TestReal(t *testing.T) {
	dir := filepath.Join(clitest.Shared(t), "corpus/agent-trace")
	n := 0
	filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".ndjson" {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		var lines []string
		for line := range strings.Lines(string(text)) {
			if _, err := event.Parse([]byte(strings.TrimSpace(line))); err == nil {
				lines = append(lines, strings.TrimSpace(line))
			}
		}
		for _, b := range mapAll(t, Options{Signals: Signals, Content: Full, Also: Dialects()}, strings.Join(lines, "\n")) {
			check(t, b)
			n += b.Len()
		}
		return nil
	})
	if n == 0 {
		t.Error("nothing was mapped")
	}
}
