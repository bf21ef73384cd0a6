package curve

import (
	"fmt"
	"strings"
	"testing"

	"agenttrace/lib/event"
	"agenttrace/lib/session"
)

func TestClassify(t *testing.T) {
	for _, test := range []struct {
		prompt string
		want   Task
	}{
		{"write unit tests for the parser", Tests},
		{"add tests for the parser", Tests},
		{"increase the coverage of lib/cost", Tests},
		{"fix the failing test", Debugging},
		{"debug the crash at start-up", Debugging},
		{"refactor the auth module", Refactoring},
		{"clean up the imports", Refactoring},
		{"design the schema of the new database", Architecture},
		{"scaffold a project with a template", Boilerplate},
		{"update the README.md", Documentation},
		{"write docs for the auth module", Documentation},
		{"review my pull request", Review},
		{"look at PR 12 and give feedback", Review},
		{"add a --verbose flag", Feature},
		{"optimize the query, it is slow", Performance},
		{"speed up the build", Performance},
		{"find the XSS vulnerability", Security},
		// Words within words, of which the old tool made reviews, tests and bugs.
		{"npx -y @modelcontextprotocol/server-filesystem /tmp", General},
		{"http-proxy -> https://x", General},
		{"latest build", Feature},
		{"inspect the contest", General},
		{"what is the prefix?", General},
		{"express the process", General},
		{"implement auth", Security},
		{"claude-code claude-code (startup)", General},
		{"look into pkg/test/review.go", General},
		{"", General},
		{"Hello", General},
		{strings.Repeat("x ", 100_000), General},
		{"\xff\xfe test_test <test> a=test", General},
	} {
		if got := Classify(&session.Summary{FirstPrompt: test.prompt}); got != test.want {
			t.Errorf("%.60q: %s, want %s", test.prompt, got, test.want)
		}
	}
}

// TestWork checks that what was done counts beside what was asked for.
func TestWork(t *testing.T) {
	for _, test := range []struct {
		s    session.Summary
		want Task
	}{
		{session.Summary{FirstPrompt: "go on", FilesWritten: []string{"a/b_test.go", "test_c.py", "x.spec.ts", "FooTest.java"}}, Tests},
		{session.Summary{FirstPrompt: "go on", FilesWritten: []string{"a/b_test.go", "a/b.go"}}, General},
		{session.Summary{FirstPrompt: "go on", FilesWrittenByShell: []string{"docs/x.md"}}, Documentation},
		{session.Summary{FirstPrompt: "go on", Title: "Fix the login bug"}, Debugging},
		{session.Summary{FirstPrompt: "fix the bug", FilesWritten: []string{"NOTES.md"}}, Debugging},
	} {
		if got := Classify(&test.s); got != test.want {
			t.Errorf("%+v: %s, want %s", test.s, got, test.want)
		}
	}
}

// run returns the report on some lines.
func run(t *testing.T, o Options, lines ...string) *Report {
	t.Helper()
	m := New(o)
	for _, l := range lines {
		e, err := event.Parse([]byte(l))
		if err != nil {
			t.Fatal(err)
		}
		m.Add(e)
	}
	return m.Close()
}

func prompt(id, text string) string {
	return fmt.Sprintf(`{"event_type":"user_prompt","timestamp":1795332170,"event_id":"p%s","session_id":%q,"data":{"prompt":%q}}`, id, id, text)
}

func costs(id string, nano int64) string {
	return fmt.Sprintf(`{"event_type":"cost","event_id":"c","session_id":%q,"data":{"usd_nano":%d,"unpriced_models":[],"requests":1,"provenance":{"exact":1}}}`, id, nano)
}

func summary(id, prompt, more string) string {
	return fmt.Sprintf(`{"event_type":"session_summary","event_id":"s","session_id":%q,"data":{"events":3,"first_prompt":%q%s}}`, id, prompt, more)
}

func TestVerdicts(t *testing.T) {
	for _, test := range []struct {
		nano  int64
		want  Verdict
		over  int64
		ratio int64
	}{
		{800_000_000, Efficient, 0, 1000},
		{880_000_000, Efficient, 0, 1100},
		{880_000_001, Over, 0, 1100},
		{1_200_000_000, Over, 0, 1500},
		{1_280_000_000, Over, 480_000_000, 1600},
		{1_600_000_000, Over, 800_000_000, 2000},
		{1_600_000_001, Self, 800_000_001, 2000},
	} {
		r := run(t, Options{}, prompt("a", "fix the bug"), costs("a", test.nano))
		row := r.Rows[0]
		if row.Verdict != test.want || row.Over != test.over || row.Ratio != test.ratio {
			t.Errorf("%d: %s, over %d, ratio %d; want %s, %d, %d", test.nano, row.Verdict, row.Over, row.Ratio, test.want, test.over, test.ratio)
		}
	}
}

// TestLevels checks that events and records give the same answer.
func TestLevels(t *testing.T) {
	answer := `{"event_type":"llm_response","timestamp":1795332180,"event_id":"r","session_id":"a","data":{"model":"claude-opus-4-8","message_id":"m","stop_reason":"end_turn","usage":{"input_tokens":100000,"output_tokens":1000}}}`
	events := run(t, Options{}, prompt("a", "fix the bug"), answer)
	both := run(t, Options{}, summary("a", "fix the bug", ""), costs("a", 525_000_000))
	totals := run(t, Options{}, summary("a", "fix the bug", `,"usage_by_model":{"claude-opus-4-8":{"requests":1,"tokens":{"input":100000,"output":1000}}}`))
	for name, r := range map[string]*Report{"events": events, "records": both, "totals": totals} {
		if len(r.Rows) != 1 || r.Rows[0].Task != Debugging || r.Rows[0].Avg != 525_000_000 || r.Rows[0].Priced != 1 {
			t.Errorf("%s: %+v", name, r.Rows)
		}
	}
	if totals.Rows[0].Rough != 1 || both.Rows[0].Rough != 0 {
		t.Error("what is priced by totals alone is rough, and nothing else")
	}
}

// TestUnpriced checks that what has no price is in no average.
func TestUnpriced(t *testing.T) {
	r := run(t, Options{}, prompt("a", "fix the bug"), prompt("b", "fix the bug"), costs("a", 2_000_000_000),
		`{"event_type":"cost","session_id":"b","data":{"usd_nano":5,"unpriced_models":["x"],"requests":2}}`, prompt("c", "fix the bug"))
	row := r.Rows[0]
	if row.Sessions != 3 || row.Priced != 1 || row.Avg != 2_000_000_000 {
		t.Errorf("%+v", row)
	}
	r = run(t, Options{}, summary("a", "fix it", `,"usage_by_model":{"claude-opus-9":{"requests":1,"tokens":{"input":1}}}`))
	if r.Rows[0].Verdict != Unknown {
		t.Errorf("%+v", r.Rows[0])
	}
}

// TestSubagents checks that a session is taken with all that it started.
func TestSubagents(t *testing.T) {
	child := func(id, parent string) string { return summary(id, "look", `,"parent_session_id":"`+parent+`"`) }
	r := run(t, Options{}, summary("a", "fix the bug", ""), costs("a", 100), child("b", "a"), costs("b", 20), child("c", "b"), costs("c", 3))
	if r.Sessions != 1 || r.Rows[0].Total != 123 {
		t.Errorf("%d sessions, %+v", r.Sessions, r.Rows[0])
	}
	// One whose parent is not here stands alone, and so does one that is its own;
	// those in a circle belong to the first of them.
	r = run(t, Options{}, child("x", "nowhere"), costs("x", 1), child("y", "z"), child("z", "y"), child("w", "w"))
	if r.Sessions != 3 {
		t.Errorf("%d sessions, want 3", r.Sessions)
	}
}

func TestOwn(t *testing.T) {
	var lines []string
	for i, n := range []int64{10, 20, 30, 40, 5000} {
		id := fmt.Sprint("s", i)
		lines = append(lines, summary(id, "fix the bug", `,"tool_calls":10,"errors":1`), costs(id, n))
	}
	r := run(t, Options{Own: true}, lines...)
	if row := r.Rows[0]; row.Baseline != "own" || row.Sweet != 30 || row.Avg != 1020 || row.Verdict != Self {
		t.Errorf("%+v", row)
	}
	// Too few that went well: the table.
	r = run(t, Options{Own: true}, append(lines[2:], summary("bad", "fix the bug", `,"tool_calls":10,"errors":2`), costs("bad", 1))...)
	if row := r.Rows[0]; row.Baseline != "table" || row.Sessions != 5 {
		t.Errorf("%+v", row)
	}
	r = run(t, Options{Own: true, Given: map[Task]int64{Debugging: 7}}, lines...)
	if row := r.Rows[0]; row.Baseline != "given" || row.Sweet != 7 {
		t.Errorf("%+v", row)
	}
}

// TestMonth checks that there is no month of less than a week.
func TestMonth(t *testing.T) {
	r := &Report{Timed: true, End: int64(week) - 1}
	if _, ok := r.month(100); ok {
		t.Error("a month of less than a week")
	}
	r.End = 15 * int64(week) / 7
	if n, ok := r.month(100); !ok || n != 200 {
		t.Errorf("%d, want 200", n)
	}
}

func TestFixed(t *testing.T) {
	for _, test := range []struct {
		n, unit  int64
		decimals int
		want     string
	}{{0, 1e9, 2, "0.00"}, {1_234_567_891, 1e9, 4, "1.2346"}, {5_000_000, 1e9, 2, "0.01"}, {4_999_999, 1e9, 2, "0.00"}, {1750, 1000, 2, "1.75"}, {1<<63 - 1, 1e9, 2, "9223372036.85"}} {
		if got := fixed(test.n, test.unit, test.decimals); got != test.want {
			t.Errorf("fixed(%d, %d, %d) = %s, want %s", test.n, test.unit, test.decimals, got, test.want)
		}
	}
}
