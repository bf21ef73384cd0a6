package phase

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"agenttrace/lib/event"
)

// A trace is a session told in words, for tests; see steps.
type trace struct {
	session string
	now     int64 // seconds
	n       int
	lines   []string
}

func (t *trace) add(typ, parent, data string) string {
	t.n++
	id := fmt.Sprintf("e%s%d", t.session, t.n)
	if parent != "" {
		parent = `,"parent_id":"` + parent + `"`
	}
	t.lines = append(t.lines, fmt.Sprintf(`{"event_type":%q,"timestamp":%d.000000,"event_id":%q,"session_id":%q%s,"data":%s}`,
		typ, t.now, id, t.session, parent, data))
	return id
}

func (t *trace) call(name, args string) string {
	t.now++
	return t.add("tool_call", "", fmt.Sprintf(`{"tool_name":%q,"arguments":%s}`, name, args))
}

func (t *trace) end(id string, failed bool) {
	t.now++
	if failed {
		t.add("error", id, `{"kind":"tool","error":"no"}`)
	} else {
		t.add("tool_result", id, `{"result":"ok"}`)
	}
}

// steps adds steps, separated by "; ":
//
//	P text   a prompt          T text  the agent speaks    X text  a slash command
//	R file   reads             E file  edits               W file  writes
//	$ line   runs              A text  starts a subagent   M       a tool of an MCP server
//	L        looks for files   N       plans               F url   fetches
//	S, Q     session_start, session_end                    API     the model's API fails
//
// A "!" after the letter makes a call fail; a call and its outcome take a second
// each, as does all else. "~n" lets n seconds pass.
func (t *trace) steps(text string) *trace {
	for s := range strings.SplitSeq(text, "; ") {
		verb, arg, _ := strings.Cut(strings.TrimSpace(s), " ")
		verb, failed := strings.CutSuffix(verb, "!")
		q := fmt.Sprintf("%q", arg)
		name, args := "", ""
		switch verb {
		case "P":
			t.now++
			t.add("user_prompt", "", `{"prompt":`+q+`}`)
		case "X":
			t.now++
			t.add("user_prompt_expansion", "", `{"command_name":`+q+`}`)
		case "T":
			t.now++
			t.add("assistant_response", "", `{"text":`+q+`}`)
		case "S":
			t.add("session_start", "", `{"cwd":"/p"}`)
		case "Q":
			t.add("session_end", "", `{}`)
		case "API":
			t.now++
			t.add("error", "", `{"kind":"api","error":"overloaded"}`)
		case "R":
			name, args = "Read", `{"file_path":`+q+`}`
		case "L":
			name, args = "Glob", `{"pattern":"*"}`
		case "E":
			name, args = "Edit", `{"file_path":`+q+`}`
		case "W":
			name, args = "Write", `{"file_path":`+q+`}`
		case "$":
			name, args = "Bash", `{"command":`+q+`}`
		case "A":
			name, args = "Task", `{"description":`+q+`}`
		case "M":
			name, args = "mcp__db__query", `{"sql":"x"}`
		case "N":
			name, args = "TodoWrite", `{"todos":[]}`
		case "F":
			name, args = "WebFetch", `{"url":`+q+`}`
		default:
			if n, ok := strings.CutPrefix(verb, "~"); ok {
				var d int64
				fmt.Sscan(n, &d)
				t.now += d
				continue
			}
			panic("unknown step " + s)
		}
		if name != "" {
			t.end(t.call(name, args), failed)
		}
	}
	return t
}

func parse(t testing.TB, line string) event.Event {
	t.Helper()
	e, err := event.Parse([]byte(line))
	if err != nil {
		t.Fatalf("%v: %s", err, line)
	}
	return e
}

// phases returns the phases of a stream, and checks that each event was given
// its number, in order.
func phases(t testing.TB, lines []string) (list []*Phase) {
	t.Helper()
	numbers := map[uint64]int{}
	ended := map[*Session]int{}
	counts := map[[2]any]int{}
	session := map[uint64]*Session{}
	var seg Segmenter
	seg.Assigned = func(tag uint64, n int) {
		if _, ok := numbers[tag]; ok {
			t.Errorf("event %d has two numbers", tag)
		}
		numbers[tag] = n
	}
	seg.Ended = func(p *Phase, before uint64) {
		list = append(list, p)
		ended[p.Session]++
		if p.Number != ended[p.Session] {
			t.Errorf("phase %d ends as number %d", p.Number, ended[p.Session])
		}
	}
	for i, l := range lines {
		// Tags are given before the session is known.
		s := seg.Add(parse(t, l), uint64(i))
		session[uint64(i)] = s
	}
	seg.Close()
	last := map[*Session]int{}
	for i := range lines {
		n, ok := numbers[uint64(i)]
		s := session[uint64(i)]
		if !ok || n < last[s] {
			t.Errorf("event %d has number %d (%v) after %d", i, n, ok, last[s])
		}
		last[s] = n
		counts[[2]any{s, n}]++
	}
	for _, p := range list {
		if got := counts[[2]any{p.Session, p.Number}]; got != p.Events {
			t.Errorf("phase %d says %d events, %d have its number", p.Number, p.Events, got)
		}
	}
	return list
}

// told returns phases in short: title [intent] FAILED retries wasted.
func told(list []*Phase) string {
	var b strings.Builder
	for _, p := range list {
		fmt.Fprintf(&b, "%s [%s]", p.Title, p.Intent)
		if p.Failed {
			b.WriteString(" FAILED")
		}
		if p.Retries > 0 {
			fmt.Fprintf(&b, " r%d", p.Retries)
		}
		if p.Wasted > 0 {
			fmt.Fprintf(&b, " w%d", p.Wasted/time.Second)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// The rules of the package comment, one by one.
func TestRules(t *testing.T) {
	for _, tt := range []struct{ name, steps, want string }{
		{"nothing", "S", ""},
		{"start and end", "S; Q", ""},
		{"only talk", "S; P hello; T hi; P bye; T bye", "hello [talk]|bye [talk]"},
		{"no prompt", "S; T hm; R a; R b", "explore [explore]"},
		{"orphan talk", "T hm", "talk [talk]"},
		{"prompts", "P one; R a; P two; R b", "one [explore]|two [explore]"},
		{"long prompt", "P  a prompt that is a good deal longer than fifty columns; R a", "a prompt that is a good deal longer than fifty co… [explore]"},

		{"activities", "P do; R a; R b; R c; R d; E a; $ go test ./...; $ go build; $ git commit -m x; $ npm install",
			"do [explore]|edit a [edit]|run tests [test]|build [build]|commit [vcs]|install packages [install]"},
		{"explore, then test", "P do; R a; R b; $ pytest", "do [explore]|run tests [test]"},
		{"one look before the tests", "P do; R a; $ pytest", "do [test]"},
		{"looks before an edit", "P do; R a; R b; R c; E a", "do [edit]"},
		{"many looks before an edit", "P do; R a; R b; R c; R d; E a", "do [explore]|edit a [edit]"},
		{"status before commit", "P commit; $ git status; $ git diff; $ git log -5; $ git add . && git commit -m x", "commit [vcs]"},
		{"status before commit, within", "P do; E a; $ git status; $ git diff; $ git commit -m x; $ git push", "do [edit]|commit, push [vcs]"},
		{"plans", "P do; N; R a; R b; N; $ pytest; N", "do [explore]|run tests [test]"},
		{"only plans", "P do; N; T ok", "do [other]"},
		{"web", "P do; E a; F http://a/; F http://b/; F http://c/; F http://d/; F http://e/; F http://f/", "do [edit]|web research [web]"},
		{"run", "$ node a.js; $ node b.js", "run node [run]"},
		{"subagents", "P do; E a; A find it", "do [edit]|subagent: find it [agent]"},
		{"two subagents", "P do; E a; A one; A two", "do [edit]|2 subagents [agent]"},
		{"mcp", "P do; E a; M; M; M; M", "do [edit]|use db [mcp]"},
		{"two files", "P do; $ pytest; E a; E b", "do [test]|edit 2 files [edit]"},
		{"lint goes with the tests", "P do; E a; $ pytest; $ ruff check; E b; $ ruff check; $ pytest", "do [edit]|run tests [test]"},
		{"lint alone", "P do; E a; $ ruff check", "do [edit]|lint [lint]"},
		{"tests upgrade lint", "P do; E a; $ ruff check; $ pytest", "do [edit]|run tests [test]"},
		{"chores", "P do; E a; $ mkdir b; E b", "do [edit]"},
		{"output put aside", "P do; $ pytest; $ ls > /tmp/x; $ pytest -v", "do [test]"},

		{"detour: look", "P do; E a; R b; E b", "do [edit]"},
		{"detour: look at the end", "P do; E a; R a", "do [edit]"},
		{"exploring is no detour", "P do; E a; R b; R c; R d; R e; R f; R g; E b", "do [edit]|explore [explore]|edit b [edit]"},
		{"detour: tests between edits", "P do; E a; $ pytest; E b; $ pytest; E c; $ pytest", "do [edit]|run tests [test]"},
		{"detour: failing tests between edits", "P do; E a; $! pytest; R a; E b; $! pytest; E c; $ pytest", "do [edit] r1 w4|run tests [test] r1"},
		{"detour too long", "P do; E a; $ go test; $ go build; $ go test; $ go build; E b", "do [edit]|run tests [test]|build [build]|edit b [edit]"},
		{"a commit is no detour", "P do; E a; $ git commit -m x; E b", "do [edit]|commit [vcs]|edit b [edit]"},
		{"an edit is no detour", "P do; $ pytest; E a; $ pytest", "do [test]|edit a [edit]|run tests [test]"},
		{"a build between tests", "P do; $ pytest; $ make; $ pytest", "do [test]"},

		{"another runner", "P do; R a; R b; $! python -m pytest; $! python3 -m pytest -v; $ uv run pytest", "do [explore]|run tests [test] FAILED r1 w4|run tests [test]"},
		{"another runner, after a look", "P do; R a; R b; $! python -m pytest; $ which pytest; R c; $ uv run pytest", "do [explore]|run tests [test] FAILED w2|run tests [test]"},
		{"the same tests elsewhere", "P do; $! pytest a; $ pytest b", "do [test] w2"},
		{"another runner after success", "P do; $ pytest; $ uv run pytest", "do [test]"},
		{"another tool", "P do; E a; E! b; W b", "do [edit] FAILED w2|edit b [edit]"},
		{"look and retry", "P do; $! pytest; R a; $ pytest", "do [test] r1 w2"},
		{"fix and retry", "P do; $! pytest; E a; $ pytest", "do [test] FAILED w2|edit a [edit]|run tests [test] r1"},
		{"look, fix and retry", "P do; $! pytest; R a; R b; R c; R d; E a; $ pytest", "do [test] FAILED w2|edit a [edit]|run tests [test] r1"},
		{"install what is missing", "P do; $! pytest; $ pip install pytest; $ pytest", "do [test] FAILED w2|install packages [install]|run tests [test] r1"},
		{"push refused", "P do; $ git commit -m x; $! git push; E a; $ git commit -m y; $ git push", "do [vcs] FAILED w2|edit a [edit]|commit, push [vcs] r1"},
		{"retry across prompts", "P do; $! make; P again; $ make", "do [build] FAILED w2|again [build] r1"},
		{"success ends a retry", "P do; $! make; $ make; $ make", "do [build] r1 w2"},
		{"edit done over", "P do; E! a; R a; E a", "do [edit] r1 w2"},

		{"nothing found", "P do; R! a; R b; R! c", "do [explore] w4"},
		{"all looking failed", "P do; R! a; L!", "do [explore] FAILED w4"},
		{"failing script", "P do; $! node a.js", "do [run] FAILED w2"},
		{"api failure", "P do; T hm; API", "do [talk] FAILED w2"},
		{"api failure made good", "P do; API; T hm", "do [talk] w1"},

		{"slash command", "X /review; R a; X /exit; Q", "/review [explore]"},
		{"slash commands that do nothing", "S; X /clear; P do; R a; X /exit", "do [explore]"},
		{"slash command and prompt", "X /model; P do; R a", "do [explore]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tr := (&trace{session: "s"}).steps(tt.steps)
			want := ""
			if tt.want != "" {
				want = strings.ReplaceAll(tt.want, "|", "\n") + "\n"
			}
			if got := told(phases(t, tr.lines)); got != want {
				t.Errorf("%s\ngot:\n%s\nwant:\n%s", tt.steps, got, want)
			}
		})
	}
}

// Any session can be cut anywhere, and interleaved with another, without a
// difference to the other.
func TestInterleaved(t *testing.T) {
	a := (&trace{session: "a"}).steps("S; P do; R a; R b; $! pytest; T hm; $! pytest; $ uv run pytest; E a; T done; Q").lines
	b := (&trace{session: "b"}).steps("S; P do; E a; $ pytest; R x; E b; T done; P more; $! make; Q").lines
	var mixed []string
	for i := range max(len(a), len(b)) {
		if i < len(a) {
			mixed = append(mixed, a[i])
		}
		if i < len(b) {
			mixed = append(mixed, b[i])
		}
	}
	all := phases(t, mixed)
	for _, lines := range [][]string{a, b} {
		want := told(phases(t, lines))
		var own []*Phase
		for _, p := range all {
			if strings.Contains(lines[0], `"session_id":"`+p.Session.ID+`"`) {
				own = append(own, p)
			}
		}
		if got := told(own); got != want {
			t.Errorf("interleaved:\n%s\nalone:\n%s", got, want)
		}
		for i := range lines {
			phases(t, lines[i:])
			phases(t, lines[:i])
		}
	}
}

func TestFixture(t *testing.T) {
	data, err := os.ReadFile("../../testdata/explain.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	list := phases(t, strings.Split(strings.TrimSpace(string(data)), "\n"))
	want := "fix the auth module [explore]\nrun tests [test] FAILED r1 w75\nrun tests [test]\n"
	if got := told(list); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if s := list[0].Session; s.Events != 47 || s.Duration() != 125*time.Second {
		t.Errorf("session: %d events, %v", s.Events, s.Duration())
	}
}
