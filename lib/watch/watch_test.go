package watch

import (
	"fmt"
	"strings"
	"testing"

	"agenttrace/lib/event"
	"agenttrace/lib/policy"
	"agenttrace/lib/rule"
)

func rules(t *testing.T, text string) []*rule.Rule {
	t.Helper()
	list, err := rule.Load("r.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// feed gives events to a watcher and returns the alerts as "rule #event".
func feed(t *testing.T, w *Watcher, lines ...string) (got []string) {
	t.Helper()
	for _, l := range lines {
		e, err := event.Parse([]byte(l))
		if err != nil {
			t.Fatalf("%v: %s", err, l)
		}
		for _, a := range w.Add(e) {
			got = append(got, fmt.Sprintf("%s:%s #%d", a.Session.ID, a.Name(), a.Event))
		}
	}
	return got
}

func call(session, id string, at int, tool, args string) string {
	return fmt.Sprintf(`{"event_type":"tool_call","timestamp":%d,"event_id":%q,"session_id":%q,"data":{"tool_name":%q,"arguments":%s}}`, at, id, session, tool, args)
}

func bash(session, id string, at int, line string) string {
	return call(session, id, at, "Bash", `{"command":`+string(event.AppendString(nil, line))+`}`)
}

func result(session, id string, at int, text string) string {
	return fmt.Sprintf(`{"event_type":"tool_result","timestamp":%d,"event_id":"r%s","session_id":%q,"parent_id":%q,"data":{"tool_name":"Bash","result":%q}}`, at, id, session, id, text)
}

func failed(session, id string, at int) string {
	return fmt.Sprintf(`{"event_type":"error","timestamp":%d,"event_id":"e%s","session_id":%q,"parent_id":%q,"data":{"kind":"tool","tool_name":"Bash","error":"Exit code 1\nboom"}}`, at, id, session, id)
}

func start(session string, at int, more string) string {
	return fmt.Sprintf(`{"event_type":"session_start","timestamp":%d,"event_id":"s%s","session_id":%q,"data":{"agent":"claude-code","cwd":"/p"%s}}`, at, session, session, more)
}

func TestOnTimeAndOnce(t *testing.T) {
	for name, tt := range map[string]struct {
		rules string
		lines []string
		want  string
	}{
		"test failures": {"[{condition: consecutive_test_failures > 1, action: kill}]", []string{
			bash("s", "1", 100, "pytest"), failed("s", "1", 101), bash("s", "2", 102, "pytest -x"), failed("s", "2", 103), bash("s", "3", 104, "pytest"), failed("s", "3", 105),
		}, "s:consecutive_test_failures > 1 #4"},
		"none failed": {"[{condition: consecutive_test_failures > 0}]", []string{bash("s", "1", 100, "pytest"), result("s", "1", 101, "75 passed, 0 failed")}, ""},
		"a path, by whatever means": {"[{condition: file_path matches '**/production.env'}]", []string{
			bash("s", "1", 100, "echo production.env"), bash("s", "2", 101, "cd conf && cat production.env"), bash("s", "3", 102, "cat production.env"),
		}, `s:file_path matches "**/production.env" #2`},
		"a file in the top directory": {"[{condition: file_path matches '**/production.env'}]", []string{
			start("s", 99, ""), call("s", "1", 100, "MultiEdit", `{"file_path":"/p/production.env","edits":[]}`),
		}, `s:file_path matches "**/production.env" #2`},
		"told by another program": {"[{condition: file_path matches 'x.env'}]", []string{
			`{"event_type":"file_write","timestamp":1,"event_id":"f","session_id":"s","data":{"path":"a/x.env"}}`,
		}, `s:file_path matches "x.env" #1`},
		"files": {"[{condition: files_modified > 1}]", []string{
			call("s", "1", 1, "Write", `{"file_path":"/p/a"}`), call("s", "2", 2, "Edit", `{"file_path":"/p/a"}`), bash("s", "3", 3, "echo x > b"), bash("s", "4", 4, "echo x > c"),
		}, "s:files_modified > 1 #3"},
		"a loop of two with results between": {"[{condition: loops >= 3}]", []string{
			bash("s", "1", 1, "make"), failed("s", "1", 2), call("s", "2", 3, "Read", `{"file_path":"a"}`), result("s", "2", 4, "x"),
			bash("s", "3", 5, "make"), failed("s", "3", 6), call("s", "4", 7, "Read", `{"file_path":"a"}`), result("s", "4", 8, "x"),
			bash("s", "5", 9, "make"), failed("s", "5", 10), call("s", "6", 11, "Read", `{"file_path":"a"}`), result("s", "6", 12, "x"),
		}, "s:loops >= 3 #11"},
		"greps that differ are no loop": {"[{condition: loops >= 2}]", []string{
			call("s", "1", 1, "Grep", `{"pattern":"a"}`), call("s", "2", 2, "Grep", `{"pattern":"b"}`), call("s", "3", 3, "Grep", `{"pattern":"c"}`),
		}, ""},
		"duration": {"[{condition: duration_minutes >= 5}]", []string{bash("s", "1", 0, "a"), bash("s", "2", 100, "b"), bash("s", "3", 399, "c"), bash("s", "4", 400, "d"), bash("s", "5", 999, "e")},
			"s:duration_minutes >= 5 #4"},
		"idle, before it goes on": {"[{condition: idle_minutes > 2}]", []string{bash("s", "1", 100, "a"), bash("s", "2", 160, "b"), bash("s", "3", 300, "c")}, "s:idle_minutes > 2 #3"},
		"sessions apart": {"[{condition: tool_calls > 1}]", []string{bash("a", "1", 1, "x"), bash("b", "2", 2, "x"), bash("a", "3", 3, "y"), bash("b", "4", 4, "y"), bash("b", "5", 5, "z")},
			"a:tool_calls > 1 #2 b:tool_calls > 1 #2"},
		"told twice": {"[{condition: tool_calls > 1}]", []string{bash("s", "1", 1, "x"), bash("s", "1", 1, "x")}, ""},
		"resume only after a pause": {"[{condition: consecutive_errors == 0, action: resume}, {condition: consecutive_errors > 0, action: pause}]", []string{
			bash("s", "1", 1, "x"), failed("s", "1", 2), bash("s", "2", 3, "x"), result("s", "2", 4, "ok"),
		}, "s:consecutive_errors > 0 #2 s:consecutive_errors == 0 #4"},
		"money": {"[{condition: cost_usd > 2, action: kill}]", []string{
			`{"event_type":"llm_response","timestamp":1,"event_id":"1","session_id":"s","data":{"model":"claude-sonnet-5","message_id":"m1","usage":{"input_tokens":900000}}}`,
			`{"event_type":"llm_response","timestamp":2,"event_id":"2","session_id":"s","data":{"model":"claude-sonnet-5","message_id":"m1","usage":{"input_tokens":900000}}}`,
			`{"event_type":"llm_response","timestamp":3,"event_id":"3","session_id":"s","data":{"model":"claude-sonnet-5","message_id":"m2","usage":{"input_tokens":900000}}}`,
		}, "s:cost_usd > 2 #3"},
	} {
		w := &Watcher{Rules: rules(t, tt.rules)}
		if got := strings.Join(feed(t, w, tt.lines...), " "); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestProcess(t *testing.T) {
	w := &Watcher{}
	feed(t, w, start("p", 1, `,"process":{"pid":10,"start_time":5.5}`), start("c", 2, `,"parent_session_id":"p"`), start("g", 3, `,"parent_session_id":"c"`), start("x", 4, `,"parent_session_id":"gone"`),
		start("l1", 4, `,"parent_session_id":"l2"`), start("l2", 4, `,"parent_session_id":"l1"`))
	if p := w.Process(w.Session("g")); p == nil || p.PID != 10 || p.StartNano != 5.5e9 {
		t.Errorf("%+v", p)
	}
	for _, id := range []string{"x", "l1"} {
		if p := w.Process(w.Session(id)); p != nil {
			t.Errorf("%s: %+v", id, p)
		}
	}
	// The process of a session that was resumed is the new one.
	feed(t, w, `{"event_type":"session_start","timestamp":9,"event_id":"again","session_id":"p","data":{"process":{"pid":11,"start_time":8}}}`)
	if p := w.Process(w.Session("p")); p.PID != 11 {
		t.Errorf("%+v", p)
	}
}

func TestTick(t *testing.T) {
	w := &Watcher{Rules: rules(t, "[{condition: idle_minutes > 1}, {condition: duration_minutes > 10}]")}
	feed(t, w, bash("live", "1", 1000, "x"), bash("dead", "2", 1000, "x"), bash("over", "3", 1000, "x"), `{"event_type":"session_end","timestamp":1001,"event_id":"4","session_id":"over","data":{}}`)
	asked := 0
	live := func(s *Session) bool { asked++; return s.ID == "live" }
	var got []string
	for _, at := range []int64{1030, 1090, 1100, 1700, 1800} {
		for _, a := range w.Tick(at*1e9, live) {
			got = append(got, fmt.Sprintf("%s %s %d", a.Session.ID, a.Name(), at))
		}
	}
	if s := strings.Join(got, "; "); s != "live idle_minutes > 1 1090; live duration_minutes > 10 1700" {
		t.Error(s)
	}
	if asked != 3 {
		t.Errorf("asked %d times who is alive, want 3", asked)
	}
}

func TestPolicy(t *testing.T) {
	p, err := policy.Load("p.json", []byte(`{"files":{"write":{"deny":["vendor/**"]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	w := &Watcher{Policy: p}
	got := feed(t, w, start("s", 1, ""), call("s", "1", 2, "Write", `{"file_path":"/p/vendor/a"}`), bash("s", "2", 3, "rm vendor/a"), bash("s", "3", 4, "rm vendor/b"))
	if s := strings.Join(got, " "); strings.Count(s, "files.write.deny") != len(got) || len(got) < 2 {
		t.Error(s)
	}
}

func TestConfig(t *testing.T) {
	c, err := LoadConfig("c.json", []byte(`{"watchers":{"retry":{"max":5},"cost":{"max_dollars":2.5},"duration":{"max_minutes":20},"loop":{"sequence_length":3,"max_repeats":3},"scope":{"policy":"p.json"}},
 "webhook":{"url":"http://localhost/x"},"operation_rules":[{"tool":"bash","pattern":"*RM -rf*","action":"block","reason":"no deleting"},{"tool":"*","pattern":"*/Secret?/*"}],"max_context_pct":80}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range c.Rules {
		got = append(got, r.String()+" "+string(r.Action))
	}
	want := `cost_usd > 2.5 alert; retries > 4 alert; loops > 2 alert; duration_minutes > 20 alert; context_pct > 80 alert; operation matches "*RM -rf*" pause; operation matches "*/Secret?/*" alert`
	if s := strings.Join(got, "; "); s != want || c.Policy != "p.json" || c.Webhook != "http://localhost/x" {
		t.Errorf("%s\n%+v", s, c)
	}
	w := &Watcher{Rules: c.Rules}
	alerts := feed(t, w, bash("s", "1", 1, "ls"), bash("s", "2", 2, "rm -rf /tmp/x"), call("s", "3", 3, "Read", `{"file_path":"/a/secrets/b"}`))
	if s := strings.Join(alerts, " "); s != "s:no deleting #2 s:* */Secret?/* #3" {
		t.Error(s)
	}
	for _, bad := range []string{``, `[]`, `{"watcher":{}}`, `{"watchers":{"retry":{"max":"5"}}}`, `{"max_context_pct":-1}`, `{"operation_rules":[{"tool":"x","action":"explode"}]}`, `{"watchers":{"cost":5}}`, `{"rules":[{}]}`} {
		if _, err := LoadConfig("c.json", []byte(bad)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

// A run command that is one too many is told at the sixth run, as agent-strace
// says it.
func TestRetryLimit(t *testing.T) {
	list, err := Limits{-1, 5, -1, -1, -1}.Rules(rule.Kill)
	if err != nil || list[0].Action != rule.Kill {
		t.Fatal(err)
	}
	w := &Watcher{Rules: list}
	var lines []string
	for i := range 8 {
		lines = append(lines, bash("s", fmt.Sprint(i), i+1, "make"), bash("s", fmt.Sprint("x", i), i+1, fmt.Sprint("other ", i)))
	}
	if got := strings.Join(feed(t, w, lines...), " "); got != "s:retries > 4 #11" {
		t.Error(got)
	}
}

func TestRecord(t *testing.T) {
	w := &Watcher{Rules: rules(t, `[{name: "bad\u001b[31m", condition: 'tool matches "Bash"', action: kill, notify: slack}]`)}
	e, _ := event.Parse([]byte(bash("s", "1", 7, "ls")))
	a := w.Add(e)[0]
	got := string(a.Record(nil, Deed{PID: 5}))
	want := `{"event_type":"alert","timestamp":7.000000,"event_id":"`
	if !strings.HasPrefix(got, want) || !strings.Contains(got, `"parent_id":"1","data":{"rule":"bad\u001b[31m","action":"kill","reason":"Tool: Bash","condition":"tool matches \"Bash\"","notify":"slack","event":1,"tool_name":"Bash","pid":5}}`) {
		t.Error(got)
	}
	if m := a.Message(Deed{PID: 5}); strings.Contains(m, "\x1b") || !strings.Contains(m, "kill process 5") {
		t.Error(m)
	}
}
