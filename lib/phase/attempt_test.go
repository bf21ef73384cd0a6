package phase

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"
)

// line is an event of the session s.
func line(typ string, sec float64, id, parent, data string) string {
	if parent != "" {
		parent = `,"parent_id":"` + parent + `"`
	}
	return fmt.Sprintf(`{"event_type":%q,"timestamp":%f,"event_id":%q,"session_id":"s"%s,"data":%s}`, typ, sec, id, parent, data)
}

func bash(command string) string {
	return fmt.Sprintf(`{"tool_name":"Bash","arguments":{"command":%q}}`, command)
}

const fails = `{"kind":"tool","tool_name":"Bash","error":"no"}`

// What counts as failed, as a retry and as wasted, where it is not a plain
// sequence of calls and outcomes.
func TestAttempts(t *testing.T) {
	prompt := line("user_prompt", 100, "p", "", `{"prompt":"do"}`)
	for _, tt := range []struct {
		name  string
		lines []string
		want  string
	}{
		{"thinking is a part of the attempt", []string{prompt,
			line("assistant_response", 105, "t", "", `{"text":"hm"}`),
			line("tool_call", 106, "a", "", bash("pytest")),
			line("error", 110, "b", "a", fails),
		}, "do [test] FAILED w10\n"},
		{"parallel, one fails after the other began", []string{prompt,
			line("tool_call", 101, "a", "", bash("pytest a")),
			line("tool_call", 102, "b", "", bash("pytest b")),
			line("error", 105, "c", "a", fails),
			line("tool_result", 109, "d", "b", `{}`),
		}, "do [test] FAILED w5\n"},
		{"parallel, both fail: the time counts once", []string{prompt,
			line("tool_call", 101, "a", "", bash("pytest a")),
			line("tool_call", 102, "b", "", bash("pytest b")),
			line("error", 105, "d", "b", fails),
			line("error", 109, "c", "a", fails),
		}, "do [test] FAILED w9\n"},
		{"parallel, the longer one ends last and began first", []string{prompt,
			line("tool_call", 110, "a", "", bash("pytest a")),
			line("tool_call", 112, "b", "", bash("pytest b")),
			line("error", 115, "d", "b", fails),
			line("error", 120, "c", "a", fails),
		}, "do [test] FAILED w20\n"},
		{"not a retry: the first has not failed yet", []string{prompt,
			line("tool_call", 101, "a", "", bash("make")),
			line("tool_call", 101, "b", "", bash("make")),
			line("error", 102, "c", "a", fails),
			line("error", 102, "d", "b", fails),
		}, "do [build] FAILED w2\n"},
		{"the user stopped it", []string{prompt,
			line("tool_call", 101, "a", "", bash("make")),
			line("error", 109, "b", "a", `{"kind":"tool","error":"stopped","is_interrupt":true}`),
			line("tool_call", 111, "c", "", bash("make")),
			line("tool_result", 119, "d", "c", `{}`),
		}, "do [build]\n"},
		{"the user refused it", []string{prompt,
			line("tool_call", 101, "a", "", bash("make")),
			line("error", 109, "b", "a", `{"kind":"tool","error":"The user doesn't want to proceed with this tool use. The tool use was rejected"}`),
		}, "do [build]\n"},
		{"is_error and exit_code", []string{prompt,
			line("tool_call", 101, "a", "", bash("make")),
			line("tool_result", 102, "b", "a", `{"is_error":true}`),
			line("tool_call", 103, "c", "", bash("make")),
			line("tool_result", 104, "d", "c", `{"exit_code":2}`),
			line("tool_call", 105, "e", "", bash("make")),
			line("tool_result", 106, "f", "e", `{"exit_code":0,"is_error":false}`),
		}, "do [build] r2 w4\n"},
		{"linked by tool_use_id", []string{prompt,
			line("tool_call", 101, "a", "", `{"tool_name":"Bash","arguments":{"command":"make"},"tool_use_id":"t1"}`),
			line("error", 104, "b", "", `{"tool_name":"Bash","tool_use_id":"t1","error":"no"}`),
		}, "do [build] FAILED w4\n"},
		{"no link, but only one call of the tool runs", []string{prompt,
			line("tool_call", 101, "a", "", bash("make")),
			line("error", 104, "b", "", fails),
		}, "do [build] FAILED w4\n"},
		{"no link, and two calls of the tool run", []string{prompt,
			line("tool_call", 101, "a", "", bash("make")),
			line("tool_call", 101, "b", "", bash("make x")),
			line("error", 104, "c", "", fails),
		}, "do [build]\n"},
		{"a call that was not seen", []string{prompt,
			`{"event_type":"error","timestamp":109.0,"session_id":"s","parent_id":"gone","duration_ms":2000,"data":` + fails + `}`,
		}, "do [talk] w2\n"},
		{"a call that was not seen, nor its time", []string{prompt,
			line("error", 109, "b", "gone", fails),
		}, "do [talk]\n"},
		{"an outcome after its phase", []string{prompt,
			line("tool_call", 101, "a", "", bash("make")),
			line("user_prompt", 103, "q", "", `{"prompt":"and","queued":true}`),
			line("error", 105, "b", "a", fails),
			line("tool_call", 107, "c", "", bash("make")),
		}, "do [build]\nand [build] r1 w5\n"},
		{"no times", []string{
			`{"event_type":"user_prompt","session_id":"s","data":{"prompt":"do"}}`,
			`{"event_type":"tool_call","session_id":"s","event_id":"a","data":` + bash("make") + `}`,
			`{"event_type":"error","session_id":"s","parent_id":"a","data":` + fails + `}`,
		}, "do [build] FAILED\n"},
		{"times that go back", []string{prompt,
			line("tool_call", 90, "a", "", bash("make")),
			line("error", 95, "b", "a", fails),
		}, "do [build] FAILED w5\n"},
		{"the event is there twice", []string{prompt,
			line("tool_call", 101, "a", "", bash("make")),
			line("tool_call", 101, "a", "", bash("make")),
			line("error", 103, "b", "a", fails),
		}, "do [build] FAILED w3\n"},
		{"no result yet", []string{prompt, line("tool_call", 101, "a", "", bash("make"))}, "do [build]\n"},
		{"odd data", []string{
			`{"event_type":"tool_call"}`,
			`{"event_type":"tool_call","data":[]}`,
			`{"event_type":"tool_call","data":{"tool_name":7,"arguments":"x"}}`,
			`{"event_type":"error","data":"x","parent_id":7}`,
			`{"event_type":"user_prompt","timestamp":"soon","data":{"prompt":["x"]}}`,
		}, "work [other]\n[\"x\"] [talk]\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := told(phases(t, tt.lines)); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}

func TestTimes(t *testing.T) {
	tr := &trace{session: "s", now: 1000}
	tr.steps("S; ~5; P do; R a; R b; ~10; T hm; $ pytest; T done; ~600; P more; T ok; ~100; Q")
	var got []string
	for _, p := range phases(t, tr.lines) {
		got = append(got, fmt.Sprintf("%s %v-%v", p.Title, p.offset(p.Start), p.offset(p.End)))
	}
	want := "do 6s-10s, run tests 10s-24s, more 10m25s-10m26s"
	if s := strings.Join(got, ", "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

// spans gives the same as a list of seconds, as long as it holds them all.
func TestSpans(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	for range 300 {
		var s spans
		var seconds [100]bool
		for range 20 {
			from := rnd.Int63n(95)
			to := from + rnd.Int63n(6) - 1
			var want int64
			for k := from; k < to; k++ {
				if !seconds[k] {
					seconds[k] = true
					want++
				}
			}
			if got := s.add(from, to); got != want {
				t.Fatalf("add(%d, %d) = %d, want %d: %v", from, to, got, want, s)
			}
		}
	}
}

func TestShown(t *testing.T) {
	for _, tt := range []struct{ path, cwd, want string }{
		{"/p/a/b.go", "/p", "a/b.go"},
		{"/p/a/b.go", "/p/", "a/b.go"},
		{"/pq/b.go", "/p", "/pq/b.go"},
		{"/p", "/p", "/p"},
		{"./b.go", "/p", "b.go"},
		{"b.go", "/p", "b.go"},
		{`C:\w\b.go`, `C:\w`, "b.go"},
		{"/a", "", "/a"},
		{"/a", "/", "a"},
		{"file:///p/a", "/p", "file:///p/a"},
	} {
		if got := shown(tt.path, tt.cwd); got != tt.want {
			t.Errorf("shown(%q, %q) = %q, want %q", tt.path, tt.cwd, got, tt.want)
		}
	}
}

func TestClasses(t *testing.T) {
	for _, tt := range []struct {
		line  string
		class class
		way   string
	}{
		{"git status && git diff", history, "git"},
		{"git -C /x log -3", history, "git"},
		{"git branch", history, "git"},
		{"git branch new", vcs, "git"},
		{"git stash list", history, "git"},
		{"git add . && git commit -m 'a b' && git push", vcs, "git"},
		{"gh pr view 7", history, "gh"},
		{"gh pr create --fill", vcs, "gh"},
		{"gh api repos/x", history, "gh"},
		{"gh api -X POST repos/x", vcs, "gh"},
		{"cd x && python3.12 -m pytest -q | tail", test, "python -m pytest"},
		{"python -m pytest", test, "python -m pytest"},
		{"timeout 60 pytest", test, "pytest"},
		{"uv run pytest", test, "uv pytest"},
		{"curl -s localhost:8080/health", run, "curl"},
		{"curl -s https://example.com", web, "curl"},
		{"mkdir -p a", run, "mkdir"},
		{"sed -i s/a/b/ x.go", edit, "sed"},
		{"echo hi", none, ""},
	} {
		e := parse(t, `{"event_type":"tool_call","data":`+bash(tt.line)+`}`)
		c := newCall(e)
		if c.class != tt.class || tt.way != "" && c.way != tt.way {
			t.Errorf("%s: class %d (%s), way %q; want %d, %q", tt.line, c.class, intents[c.class], c.way, tt.class, tt.way)
		}
	}
}

func TestHeldBackForever(t *testing.T) {
	tr := (&trace{session: "a"}).steps("P do; E a; $ pytest")
	other := (&trace{session: "b"}).steps("P do")
	for range maxWait {
		other.add("assistant_response", "", `{}`)
	}
	lines := append(append([]string{}, tr.lines...), other.lines...)
	var seg Segmenter
	assigned, most := 0, 0
	seg.Assigned = func(uint64, int) { assigned++ }
	for i, l := range lines {
		seg.Add(parse(t, l), uint64(i))
		most = max(most, i+1-assigned)
	}
	if most > maxWait+maxHeld+8 {
		t.Errorf("%d events held back", most)
	}
	if got := told(phases(t, lines)); got != "do [edit]\ndo [talk]\nrun tests [test]\n" && got != "do [edit]\nrun tests [test]\ndo [talk]\n" {
		t.Errorf("got\n%s", got)
	}
}

func TestRecord(t *testing.T) {
	p := &Phase{
		Session: &Session{ID: `a"b`, Timed: true, Start: int64(time.Second)}, Number: 2, Title: "x\ny", Intent: "test", Failed: true,
		About: "e1", Timed: true, Start: 3e9, End: 5e9, Events: 4, FilesRead: []string{"a"},
		Commands: []Command{{Line: "make", Event: 3, Failed: true}, {Line: "make", Event: 5, Retry: true}},
		Retries:  1, Wasted: 1500 * time.Millisecond,
	}
	want := `{"event_type":"phase","timestamp":5.000000,"event_id":"` + "ID" + `","session_id":"a\"b","parent_id":"e1","data":{"number":2,"title":"x\ny","intent":"test","failed":true,"start":2000,"end":4000,"events":4,"files_read":["a"],"files_written":[],"commands":[{"command":"make","event":3,"failed":true},{"command":"make","event":5,"retry":true}],"retries":1,"wasted_ms":1500}}`
	e := parse(t, string(p.Append(nil)))
	if got := strings.Replace(string(e.Raw), e.ID(), "ID", 1); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	p.Timed = false
	if got := string(p.Append(nil)); strings.Contains(got, "timestamp") || strings.Contains(got, "start") {
		t.Errorf("times that are not known: %s", got)
	}
}
