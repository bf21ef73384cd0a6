package session

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"agenttrace/lib/event"
)

// fold folds the lines of a session.
func fold(t testing.TB, lines ...string) (*Fold, []Note) {
	t.Helper()
	f := New("s")
	var notes []Note
	for _, l := range lines {
		e, err := event.Parse([]byte(l))
		if err != nil {
			t.Fatalf("%s: %v", l, err)
		}
		notes = append(notes, f.Add(e))
	}
	return f, notes
}

// ev makes a line: type, id, more members of the envelope, and data, in JSON.
func ev(typ, id, envelope, data string) string {
	b := `{"event_type":"` + typ + `"`
	if id != "" {
		b += `,"event_id":"` + id + `"`
	}
	if envelope != "" {
		b += "," + envelope
	}
	if data != "" {
		b += `,"data":` + data
	}
	return b + "}"
}

func bash(id, at, cmd string) string {
	return ev("tool_call", id, `"timestamp":`+at, fmt.Sprintf(`{"tool_name":"Bash","arguments":{"command":%q}}`, cmd))
}
func ok(id, at, parent string) string {
	return ev("tool_result", id, `"timestamp":`+at+`,"parent_id":"`+parent+`"`, `{}`)
}
func fail(id, at, parent string) string {
	return ev("error", id, `"timestamp":`+at+`,"parent_id":"`+parent+`"`, `{"error":"boom"}`)
}

func TestRetries(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lines []string
		want  []int // numbers of the calls that are retries
	}{
		{"again after a failure", []string{bash("a", "1", "go test"), fail("b", "2", "a"), bash("c", "3", "go test")}, []int{3}},
		{"without a failure", []string{bash("a", "1", "go test"), ok("b", "2", "a"), bash("c", "3", "go test")}, nil},
		{"wherever it stands", []string{
			bash("a", "1", "go test"), fail("b", "2", "a"), bash("c", "3", "go vet"), ok("d", "4", "c"), bash("e", "5", "go test"),
		}, []int{5}},
		{"once for each rerun", []string{
			bash("a", "1", "go test"), fail("b", "2", "a"), bash("c", "3", "go test"), fail("d", "4", "c"), bash("e", "5", "go test"),
		}, []int{3, 5}},
		{"a success ends it", []string{
			bash("a", "1", "go test"), fail("b", "2", "a"), bash("c", "3", "go test"), ok("d", "4", "c"), bash("e", "5", "go test"),
		}, []int{3}},
		{"called before the failure is known", []string{bash("a", "1", "go test"), bash("b", "1", "go test"), fail("c", "2", "a")}, nil},
		{"python and python3", []string{bash("a", "1", "python -m pytest"), fail("b", "2", "a"), bash("c", "3", "python3 -m pytest")}, []int{3}},
		{"another runner", []string{bash("a", "1", "pytest"), fail("b", "2", "a"), bash("c", "3", "uv run pytest")}, nil},
		{"another tool, equal arguments in another order", []string{
			ev("tool_call", "a", "", `{"tool_name":"Edit","arguments":{"a":1,"b":[2]}}`), fail("b", "2", "a"),
			ev("tool_call", "c", "", `{"tool_name":"Edit","arguments":{"b":[2],"a":2}}`),
			ev("tool_call", "d", "", `{"tool_name":"Read","arguments":{"b":[2],"a":1}}`),
			ev("tool_call", "e", "", `{"tool_name":"Edit","arguments":{"b": [2], "a":1}}`),
		}, []int{5}},
	} {
		f, notes := fold(t, tt.lines...)
		var got []int
		for _, n := range notes {
			if n.Retry {
				got = append(got, n.Number)
			}
		}
		if !slices.Equal(got, tt.want) || f.Summary().Retries != len(tt.want) {
			t.Errorf("%s: retries %v, counted %d; want %v", tt.name, got, f.Summary().Retries, tt.want)
		}
	}
}

func TestPairs(t *testing.T) {
	call := func(id, use string) string {
		return ev("tool_call", id, `"timestamp":10`, `{"tool_name":"T","tool_use_id":"`+use+`"}`)
	}
	for _, tt := range []struct {
		name       string
		lines      []string
		unfinished int
		took       []time.Duration // of the outcomes that have one
	}{
		{"by parent_id, in another order", []string{
			call("a", "1"), call("b", "2"),
			ev("tool_result", "c", `"timestamp":15,"parent_id":"b"`, `{"tool_use_id":"1"}`),
			ev("tool_result", "d", `"timestamp":11,"parent_id":"a"`, ``),
		}, 0, []time.Duration{5 * time.Second, time.Second}},
		{"by tool_use_id", []string{call("a", "1"), call("b", "2"), ev("error", "c", `"timestamp":13`, `{"tool_use_id":"2"}`)},
			1, []time.Duration{3 * time.Second}},
		{"by tool_use_id where the parent is not there", []string{call("a", "1"),
			ev("tool_result", "c", `"timestamp":13,"parent_id":"gone"`, `{"tool_use_id":"1"}`)}, 0, []time.Duration{3 * time.Second}},
		{"by a request_id that is a number", []string{
			ev("tool_call", "a", "", `{"tool_name":"T","request_id":5}`),
			ev("tool_result", "b", `"duration_ms":7.5`, `{"request_id":5}`),
		}, 0, []time.Duration{7500 * time.Microsecond}},
		{"request_id in the call, tool_use_id in the result", []string{
			ev("tool_call", "a", "", `{"tool_name":"T","request_id":"x"}`),
			ev("tool_result", "b", `"duration_ms":1`, `{"tool_use_id":"x"}`),
		}, 0, []time.Duration{time.Millisecond}},
		{"a request of the other side", []string{
			ev("tool_call", "a", "", `{"tool_name":"T","request_id":5}`), ev("tool_result", "b", `"duration_ms":1,"parent_id":"a"`, `{"request_id":5}`),
			ev("error", "c", `"duration_ms":2`, `{"request_id":5}`),
		}, 0, []time.Duration{time.Millisecond}},
		{"duration_ms before the clock", []string{call("a", "1"), ev("tool_result", "b", `"timestamp":99,"parent_id":"a","duration_ms":2`, ``)},
			0, []time.Duration{2 * time.Millisecond}},
		{"the clock went backwards", []string{call("a", "1"), ev("tool_result", "b", `"timestamp":9,"parent_id":"a"`, ``)}, 0, nil},
		{"a negative duration", []string{call("a", "1"), ev("tool_result", "b", `"parent_id":"a","duration_ms":-2`, ``)}, 0, nil},
		{"no times at all", []string{ev("tool_call", "a", "", ""), ev("tool_result", "b", `"parent_id":"a"`, ``)}, 0, nil},
		{"a second outcome", []string{call("a", "1"), ok("b", "11", "a"), ok("c", "12", "a")}, 0, []time.Duration{time.Second}},
		{"an outcome alone", []string{ok("b", "11", "a")}, 0, nil},
	} {
		f, notes := fold(t, tt.lines...)
		var got []time.Duration
		for _, n := range notes {
			if n.Timed {
				got = append(got, n.Took)
			}
		}
		s := f.Summary()
		if s.UnfinishedCalls != tt.unfinished || !slices.Equal(got, tt.took) {
			t.Errorf("%s: %d unfinished, took %v; want %d, %v", tt.name, s.UnfinishedCalls, got, tt.unfinished, tt.took)
		}
		if n := len(s.Slowest); n != len(tt.took) {
			t.Errorf("%s: %d slowest calls", tt.name, n)
		}
	}
}

// An outcome may stand before its call where a stream was sorted.
func TestOutcomeBeforeCall(t *testing.T) {
	f, _ := fold(t, fail("b", "3", "a"), ok("c", "9", "x"), bash("a", "2", "go test"), bash("d", "4", "go test"))
	s := f.Summary()
	if s.UnfinishedCalls != 1 || s.Errors != 1 || s.Tools["Bash"].Errors != 1 || s.Retries != 1 || s.Tools["Bash"].Total != time.Second {
		t.Errorf("%+v %+v", s, s.Tools["Bash"])
	}
}

func TestErrors(t *testing.T) {
	f, _ := fold(t,
		ev("tool_call", "a", "", `{"tool_name":"A","tool_use_id":"1"}`),
		ev("error", "b", `"parent_id":"a"`, `{"error":{"message":"m1"}}`),
		ev("error", "c", ``, `{"tool_name":"B","message":"m2"}`),
		ev("error", "d", ``, `{"kind":"api","tool_name":"B","message":"m3","error":null}`),
		ev("error", "e", ``, `{"error":[1]}`),
		ev("error", "e", ``, `{"error":"told twice"}`),
	)
	s := f.Summary()
	want := []Failure{{Event: 2, Tool: "A", Text: "m1"}, {Event: 3, Tool: "B", Text: "m2"}, {Event: 4, API: true, Text: "m3"}, {Event: 5, Text: "[1]"}}
	if !reflect.DeepEqual(s.Failures, want) {
		t.Errorf("failures %+v", s.Failures)
	}
	if s.Errors != 3 || s.APIErrors != 1 || s.Tools["A"].Errors != 1 || s.Tools["B"].Errors != 1 || s.Tools["B"].Calls != 0 {
		t.Errorf("%+v %+v %+v", s, s.Tools["A"], s.Tools["B"])
	}
	for i := range 20 {
		e, _ := event.Parse([]byte(ev("error", "", "", fmt.Sprintf(`{"error":"%d%s"}`, i, strings.Repeat("é", 500)))))
		f.Add(e)
	}
	s = f.Summary()
	if len(s.Failures) != maxFailures || len(s.Failures[9].Text) > maxText || s.Errors != 23 {
		t.Errorf("%d failures, %d errors", len(s.Failures), s.Errors)
	}
}

func TestTokens(t *testing.T) {
	answer := func(id, model, message, request string, in, out int) string {
		return ev("llm_response", id, "", fmt.Sprintf(`{"model":%q,"message_id":%q,"request_id":%q,"usage":{"input_tokens":%d,"output_tokens":%d}}`,
			model, message, request, in, out))
	}
	f, notes := fold(t,
		answer("a", "m", "1", "r", 10, 1),
		answer("a", "m", "1", "r", 10, 5), // more of it
		answer("a", "m", "1", "r", 10, 2), // less
		answer("b", "m", "1", "r", 11, 6), // another id, the same answer
		answer("c", "m", "1", "q", 1, 1),  // the same message for another request
		answer("d", "n", "", "r", 100, 100),
		answer("e", "n", "", "r", 100, 100), // no message_id: told apart by event_id
		answer("f", "<synthetic>", "9", "9", 7, 7),
		ev("llm_response", "g", "", `{"model":"n","usage_in_session":"other"}`),
		ev("llm_response", "h", "", `{"usage":{}}`),
		ev("llm_response", "i", "", `{"model":"n","usage":{"input_tokens":-5,"output_tokens":"9","cache_write_1h_tokens":9e99,"reasoning_tokens":3}}`),
		ev("llm_response", "j", "", `{"model":"n","usage":{"cache_write_1h_tokens":9223372036854775807}}`),
	)
	s := f.Summary()
	if want := (Tokens{Input: 212, Output: 207, CacheWrite1h: 1<<63 - 1, Reasoning: 3}); s.Tokens == nil || *s.Tokens != want {
		t.Errorf("tokens %+v, want %+v", s.Tokens, want)
	}
	if m := s.UsageByModel["m"]; m.Requests != 2 || *m.Tokens != (Tokens{Input: 12, Output: 7}) {
		t.Errorf("m: %+v %+v", m, m.Tokens)
	}
	if s.UsageByModel["n"].Requests != 4 || s.UsageByModel["unknown"].Requests != 1 || s.UsageByModel["unknown"].Tokens != nil || len(s.UsageByModel) != 3 {
		t.Errorf("%+v", s.UsageByModel)
	}
	if s.LLMRequests != 7 || s.Events != 10 || notes[1] != (Note{Number: 2, Repeated: true}) {
		t.Errorf("%d requests, %d events, %+v", s.LLMRequests, s.Events, notes[1])
	}
	if !slices.Equal(s.Models, []string{"m", "n"}) {
		t.Errorf("models %q", s.Models)
	}
}

func TestRequests(t *testing.T) {
	f, _ := fold(t,
		ev("llm_request", "a", "", `{"model":"m"}`), ev("llm_response", "b", `"parent_id":"a"`, `{"model":"m"}`),
		ev("llm_request", "c", "", `{}`), ev("llm_request", "", "", `{}`))
	if s := f.Summary(); s.LLMRequests != 3 || s.Tokens != nil {
		t.Errorf("%+v", s)
	}
}

func TestFacts(t *testing.T) {
	f, _ := fold(t,
		ev("user_prompt", "a", `"timestamp":100`, fmt.Sprintf(`{"prompt":%q}`, strings.Repeat("é", 600))),
		ev("session_start", "b", `"timestamp":50.25`, `{"mode":"claude-code-hooks","model":"start","cwd":"/one"}`),
		ev("session_start", "c", `"timestamp":0`, `{"agent":"later","cwd":"/two","host":"h","user":"u","git":{"branch":"b"},"parent_session_id":"p","parent_event_id":"e","agent_id":"i","agent_type":"t","title":"T"}`),
		ev("phase", "d", `"timestamp":999`, `{}`),
		ev("compaction", "e", `"timestamp":"no"`, `{}`),
	)
	s := f.Summary()
	if len([]rune(s.FirstPrompt)) != promptRunes {
		t.Errorf("first prompt of %d characters", len([]rune(s.FirstPrompt)))
	}
	s.FirstPrompt = ""
	want := &Summary{
		Session: "s", Agent: "claude-code", Models: []string{"start"}, CWD: "/one", Host: "h", User: "u", Branch: "b", Title: "T",
		ParentSession: "p", ParentEvent: "e", AgentID: "i", AgentType: "t",
		StartedAt: 50.25e9, EndedAt: 100e9, Timed: true, Events: 4, Prompts: 1, Compactions: 1,
		Tools: map[string]*Tool{}, UsageByModel: map[string]*ModelUsage{},
	}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got  %+v\nwant %+v", s, want)
	}
}

func TestFiles(t *testing.T) {
	use := func(name, args string) string {
		return ev("tool_call", "", "", `{"tool_name":"`+name+`","arguments":`+args+`}`)
	}
	f, _ := fold(t,
		ev("session_start", "", "", `{"cwd":"/p"}`),
		use("Read", `{"file_path":"/p/b"}`), use("Read", `{"file_path":"/p/b"}`), use("Read", `{"file_path":"a"}`),
		use("Grep", `{"pattern":"x","path":"/p/searched"}`),
		use("Write", `{"file_path":"/p/w"}`),
		ev("file_read", "", "", `{"uri":"file:///u"}`), ev("file_write", "", "", `{"path":"x","uri":"y"}`), ev("file_write", "", "", ``),
		use("Bash", `{"command":"cat ./b c /p/a; echo > w; echo > out"}`),
	)
	s := f.Summary()
	for _, tt := range []struct {
		name      string
		got, want []string
	}{
		{"read", s.FilesRead, []string{"/p/b", "a", "file:///u"}},
		{"written", s.FilesWritten, []string{"/p/w", "x"}},
		{"read by shell", s.FilesReadByShell, []string{"c"}},
		{"written by shell", s.FilesWrittenByShell, []string{"out"}},
	} {
		if !slices.Equal(tt.got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.name, tt.got, tt.want)
		}
	}
	if s.Commands != 1 {
		t.Errorf("%d commands", s.Commands)
	}
}

// The numbers of a fold are those of event.Numbers: a reader who follows #12
// from one report finds the same event in another.
func TestNumbersAgree(t *testing.T) {
	lines := []string{
		ev("user_prompt", "a", "", ""), ev("phase", "x", "", ""), ev("user_prompt", "a", "", ""),
		ev("whatever", "", "", ""), ev("annotation", "", "", ""), ev("error", "b", "", ""),
	}
	_, notes := fold(t, lines...)
	var n event.Numbers
	for i, l := range lines {
		e, _ := event.Parse([]byte(l))
		if want := n.Next(e); notes[i].Number != want {
			t.Errorf("%s: number %d, want %d", l, notes[i].Number, want)
		}
	}
}

// A summary does not change when the session goes on, and can be had at any
// time.
func TestLive(t *testing.T) {
	f := New("s")
	f.Summary()
	var before, record []byte
	var s *Summary
	for i, l := range []string{bash("a", "1", "cat x"), ok("b", "2", "a"), bash("c", "3", "cat y"), fail("d", "5", "c")} {
		e, _ := event.Parse([]byte(l))
		f.Add(e)
		if i == 1 {
			s = f.Summary()
			before = s.Record(nil)
		}
	}
	f.Summary()
	if record = s.Record(nil); string(record) != string(before) {
		t.Errorf("before %s\nafter  %s", before, record)
	}
}
