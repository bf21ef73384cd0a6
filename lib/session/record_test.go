package session

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
)

func TestRecordRoundTrip(t *testing.T) {
	f, _ := fold(t,
		ev("session_start", "a", `"timestamp":1795339370.123456`, `{"agent":"claude-code","agent_version":"2","cwd":"/p","host":"h","user":"u","title":"T","git":{"repo":"/r","remote":"https://h/r","branch":"b","commit":"9f"},"process":{"pid":7,"ancestry":["zsh"]},"parent_session_id":"p","parent_event_id":"e","agent_id":"i","agent_type":"t"}`),
		ev("user_prompt", "b", `"timestamp":1795339371`, `{"prompt":"x\ny"}`),
		ev("llm_response", "c", "", `{"model":"a.b","usage":{"input_tokens":1,"reasoning_tokens":2}}`),
		ev("llm_response", "d", "", `{"model":"c"}`),
		ev("tool_call", "e", `"timestamp":1795339372`, `{"tool_name":"odd.\"name*","arguments":{"file_path":"/p/x"}}`),
		fail("f", "1795339373.5", "e"),
		bash("g", "1795339374", "cat z > y"), ok("h", "1795339374.001", "g"), bash("i", "1795339375", "cat z > y"),
		ev("compaction", "j", "", ""),
	)
	s := f.Summary()
	line := Merge(s, New("child").Summary()).Record(nil)
	e, err := event.Parse(line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	if again := ParseRecord(e).Record(nil); string(again) != string(line) {
		t.Errorf("written %s\nand     %s", line, again)
	}
	if e.Session() != "s" || !e.Is(Kind) || e.Get("sessions").Int() != 2 || !gjson.ValidBytes(line) {
		t.Errorf("%s", line)
	}
	checkKeys(t, e)
}

// checkKeys looks every key of the record up in the schema.
func checkKeys(t *testing.T, e event.Event) {
	fields := map[string]event.Kind{}
	for _, s := range event.Schema {
		if s.Name == Kind {
			for _, f := range s.Fields {
				fields[f.Name] = f.Kind
			}
		}
	}
	n := 0
	e.Data().ForEach(func(k, v gjson.Result) bool {
		n++
		if _, ok := fields[k.String()]; !ok {
			t.Errorf("%s is not in the schema", k)
		}
		return true
	})
	if n != len(fields) {
		t.Errorf("the record has %d of the %d keys of the schema", n, len(fields))
	}
}

// Whatever a stream holds, a fold takes it.
func FuzzFold(f *testing.F) {
	f.Add(`{"event_type":"tool_call","event_id":"a","data":{"tool_name":"Bash","arguments":{"command":"cat x"}}}` + "\n" +
		`{"event_type":"error","parent_id":"a","data":{"error":{}}}`)
	f.Add(`{"event_type":"llm_response","event_id":"a","data":{"usage":{"input_tokens":1e400}}}`)
	f.Add(`{"event_type":"session_start","timestamp":-1,"data":[]}`)
	f.Add(`{"event_type":"tool_result","timestamp":1e18,"duration_ms":1e99,"parent_id":{},"data":{"tool_use_id":[1]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		var set Set
		for line := range strings.Lines(text) {
			if e, err := event.Parse([]byte(strings.TrimSpace(line))); err == nil {
				set.Add(e)
			}
		}
		for _, tree := range set.Trees() {
			s := tree[0].Summary()
			for _, c := range tree[1:] {
				s = Merge(s, c.Summary())
			}
			line := s.Record(nil)
			e, err := event.Parse(line)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if again := ParseRecord(e).Record(nil); string(again) != string(line) {
				t.Fatalf("written %s\nand     %s", line, again)
			}
			if out := s.AppendText(nil, time.UTC); strings.ContainsFunc(string(out), func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f }) {
				t.Fatalf("control bytes in %q", out)
			}
		}
	})
}

// Recorded traces of agent-strace are folded without contradictions.
func TestRecordedTraces(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(clitest.Shared(t), "corpus/agent-trace/*/*/events.ndjson"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no traces: %v", err)
	}
	for _, name := range files {
		in := event.Files{Names: []string{name}}
		var set Set
		lines := 0
		for in.Scan() {
			e, err := in.Event()
			if err != nil {
				t.Fatal(err)
			}
			set.Add(e)
			lines++
		}
		events := 0
		for _, f := range set.Folds() {
			s := f.Summary()
			events += s.Events
			calls := 0
			for _, tool := range s.Tools {
				calls += tool.Calls
			}
			if calls != s.ToolCalls || s.Duration() < 0 || s.UnfinishedCalls > s.ToolCalls {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if in.Err() != nil || events != lines {
			t.Errorf("%s: %d events of %d lines, %v", name, events, lines, in.Err())
		}
	}
}
