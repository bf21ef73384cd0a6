package diff

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"agenttrace/lib/event"
)

// A script writes a session.
type script struct {
	id, cwd string
	lines   []string
	ms      int
}

func (s *script) add(typ, envelope, data string) int {
	n := len(s.lines) + 1
	s.ms += 1000
	s.lines = append(s.lines, fmt.Sprintf(`{"event_type":%q,"timestamp":%d.%03d,"event_id":"%s%08d","session_id":%q%s,"data":%s}`,
		typ, 1795332170+s.ms/1000, s.ms%1000, "aa01", n, s.id, envelope, data))
	return n
}

// call adds a call and its outcome; text that begins with ! is an error.
func (s *script) call(name, args, text string) *script {
	n := s.add("tool_call", "", fmt.Sprintf(`{"tool_name":%q,"arguments":%s}`, name, args))
	parent := fmt.Sprintf(`,"parent_id":"aa01%08d"`, n)
	if msg, bad := strings.CutPrefix(text, "!"); bad {
		s.add("error", parent, fmt.Sprintf(`{"kind":"tool","tool_name":%q,"error":%q}`, name, msg))
	} else {
		s.add("tool_result", parent, fmt.Sprintf(`{"tool_name":%q,"result":%q}`, name, text))
	}
	return s
}

func (s *script) sh(line, text string) *script {
	return s.call("Bash", fmt.Sprintf(`{"command":%q}`, line), text)
}

func (s *script) file(name, path string) *script {
	return s.call(name, fmt.Sprintf(`{"file_path":%q}`, path), "ok")
}

func (s *script) say(text string) *script {
	s.add("assistant_response", "", fmt.Sprintf(`{"text":%q}`, text))
	return s
}

func (s *script) ask(text string) *script {
	s.add("user_prompt", "", fmt.Sprintf(`{"prompt":%q}`, text))
	return s
}

func (s *script) wait(seconds int) *script {
	s.ms += seconds * 1000
	return s
}

func begin(id, cwd string) *script {
	s := &script{id: id, cwd: cwd}
	s.add("session_start", "", fmt.Sprintf(`{"agent":"claude-code","cwd":%q}`, cwd))
	return s
}

func (s *script) session(t testing.TB) *Session {
	t.Helper()
	x := NewSession(s.id, s.id)
	for _, l := range s.lines {
		e, err := event.Parse([]byte(l))
		if err != nil {
			t.Fatal(l, err)
		}
		x.Add(e)
	}
	return x
}

func compare(t testing.TB, a, b *script) *Result { return Compare(a.session(t), b.session(t)) }

func contains(t *testing.T, report []byte, wants ...string) {
	t.Helper()
	for _, w := range wants {
		if !strings.Contains(string(report), w) {
			t.Errorf("the report lacks %q:\n%s", w, report)
		}
	}
}

func TestPhaseOfOneSide(t *testing.T) {
	a := begin("aaa", "/p").ask("fix it").file("Read", "/p/x.py").sh("pytest", "!boom").file("Edit", "/p/x.py").sh("rm -rf build && make", "ok")
	b := begin("bbb", "/p").ask("fix it").file("Read", "/p/x.py").sh("pytest", "!boom").file("Edit", "/p/x.py")
	r := compare(t, a, b)
	contains(t, r.Text(), "(aaa only)", "aaa only:  $ rm -rf build && make", "bbb   -  did no more")
	contains(t, compare(t, b, a).Text(), "(aaa only)", "aaa only:  $ rm -rf build && make")
	if r.Diverged.Kind != KindEnd || r.Diverged.A.Event != 9 || r.Diverged.B.Event != 0 {
		t.Errorf("diverged at %+v", r.Diverged)
	}
}

func TestReordered(t *testing.T) {
	a := begin("aaa", "/p").ask("do").sh("make", "ok").sh("npm test", "ok").sh("git push", "ok")
	b := begin("bbb", "/p").ask("do").sh("npm test", "ok").sh("make", "ok").sh("git push", "ok")
	r := compare(t, a, b)
	if !r.Differs() || len(r.Phases) == 0 || r.Diverged.A.Event != 3 || r.Diverged.B.Event != 3 {
		t.Fatalf("%+v", r.Diverged)
	}
	contains(t, r.Text(), "Diverged at phase", "$ make", "$ npm test", "First divergence:\n  aaa  #3  tool_call: Bash  $ make\n  bbb  #3  tool_call: Bash  $ npm test\n")
}

func TestLabels(t *testing.T) {
	long := "cccc3333cccc"
	for _, c := range [][2]string{{"abc123", "def456"}, {long + "1", long + "2"}} {
		r := compare(t, begin(c[0], "/p").sh("make", "ok"), begin(c[1], "/p").sh("make x", "ok"))
		if a, b := r.labels(); a == b {
			t.Errorf("both sides are called %s", a)
		}
	}
}

// The table and the verdict tell the same numbers, and the verdict does not
// rest on a cost that nobody told.
func TestVerdict(t *testing.T) {
	good := begin("good", "/p").ask("fix").wait(60).sh("pytest", "ok")
	bad := begin("bad", "/p").ask("fix").sh("pytest", "!boom").sh("pytest", "!boom")
	r := compare(t, bad, good)
	if v, _ := r.Verdict(); v != Improved {
		t.Errorf("the run that passed is %s", v)
	}
	contains(t, r.Compare(), "Errors                       2           0    -100%", "good is better: task completed (completed, not failed), fewer errors (0, not 2)")
	contains(t, r.Semantic(), "Δ errors:       -2\n", "improved (task completed, fewer errors")
	if v, _ := compare(t, good, bad).Verdict(); v != Regressed {
		t.Errorf("swapped: %s", v)
	}
	if v, _ := compare(t, good, good).Verdict(); v != Unchanged {
		t.Errorf("itself: %s", v)
	}
}

// Counts are those of the events.
func TestCounts(t *testing.T) {
	a := begin("a", "/p").ask("x").file("Read", "q").file("Read", "q").sh("ls", "!no")
	n := a.session(t).Numbers()
	if n.ToolCalls != 3 || n.Errors != 1 || n.Events != 8 || n.Redundant != 1 {
		t.Errorf("%+v", n)
	}
}

func TestCommands(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"pytest -x", "pytest   -x  # again", true},
		{"cd /home/u/p && pytest", "pytest", true},
		{`echo "a"`, "echo a", true},
		{"cat /home/u/p/src/a.py", "cat src/a.py", true},
		{"cat ./src/a.py", "cat src/a.py", true},
		{"pytest --root=/home/u/p/x", "pytest --root=x", true},
		{"cat /home/u/project/a", "cat roject/a", false},
		{"pytest -x", "pytest", false},
		{"pytest -x -q", "pytest -q -x", false},
		{"pytest", "python -m pytest", false},
		{"make; make test", "make test; make", false},
		{"sort a > b", "sort a > c", false},
	} {
		r := compare(t, begin("a", "/home/u/p").sh(c.a, "ok"), begin("b", "/q").sh(c.b, "ok"))
		if r.Differs() == c.same {
			t.Errorf("%q and %q: same %v, want %v", c.a, c.b, !c.same, c.same)
		}
	}
	// Order and number are kept.
	one := begin("one", "/p").ask("go").sh("make a", "ok").sh("make b", "ok")
	two := begin("two", "/p").ask("go").sh("make a", "ok").sh("make b", "ok").sh("make a", "ok")
	contains(t, compare(t, one, two).Text(), "two more:  $ make a  (2 times; one 1)")
	three := begin("three", "/p").ask("go").sh("make b", "ok").sh("make a", "ok")
	contains(t, compare(t, one, three).Text(), "in another order:  $ make")
	// One file, written in two ways.
	x := begin("x", "/home/u/p").file("Read", "/home/u/p/src/a.py")
	y := begin("y", "/work").file("Read", "./src/a.py")
	if r := compare(t, x, y); r.Differs() {
		t.Errorf("relative and absolute: %s", r.Text())
	}
}

// Files are named from the session's directory, wherever a shell line went.
func TestWritten(t *testing.T) {
	a := begin("a", "/home/u/p").sh("cd sub && echo x > out.txt", "").sh("cd /home/u/p/sub; sed -i s/x/y/ ../b.go", "").file("Write", "./c.go")
	b := begin("b", "/q").file("Write", "sub/out.txt").file("Edit", "/q/b.go").sh("echo > /q/sub/../c.go", "")
	x, y := a.session(t).Numbers().Written, b.session(t).Numbers().Written
	if want := []string{"b.go", "c.go", "sub/out.txt"}; !slices.Equal(x, want) || !slices.Equal(y, want) {
		t.Errorf("wrote %q and %q, want %q", x, y, want)
	}
}

// Calls of other agents are told apart.
func TestA2A(t *testing.T) {
	a2a := func(id, task string) *script {
		s := begin(id, "/p").ask("go")
		s.add("tool_call", "", fmt.Sprintf(`{"event_subtype":"a2a_call","agent_id":"billing","task":%q}`, task))
		return s
	}
	r := compare(t, a2a("one", "refund order 7"), a2a("two", "refund order 8"))
	if !r.Differs() || r.Diverged.A.Event != 3 || r.Diverged.B.Event != 3 {
		t.Errorf("diverged at %+v", r.Diverged)
	}
	contains(t, r.Text(), "one only:  a2a billing  refund order 7", "two  #3  tool_call: a2a billing  refund order 8")
	if r := compare(t, a2a("one", "x"), a2a("two", "x")); r.Differs() {
		t.Errorf("the same call: %s", r.Text())
	}
}

// Compactions and pauses reset the context, with and without llm events.
func TestResets(t *testing.T) {
	quick := begin("a", "/p").ask("x").wait(30).ask("y")
	slow := begin("b", "/p").ask("x").say("done").wait(200).ask("y")
	compacted := begin("c", "/p").ask("x")
	compacted.add("compaction", "", `{"trigger":"auto"}`)
	llm := begin("d", "/p").ask("x")
	llm.add("llm_request", "", `{"model":"m"}`)
	llm.wait(200).add("llm_request", "", `{"model":"m"}`)
	both := begin("e", "/p").ask("x")
	both.add("llm_request", "", `{"model":"m"}`)
	both.wait(200).ask("y").add("llm_request", "", `{"model":"m"}`)
	working := begin("f", "/p").ask("x")
	working.add("tool_call", "", `{"tool_name":"Bash","arguments":{"command":"make"}}`)
	working.wait(500).add("tool_result", "", `{"result":"x"}`)
	for _, c := range []struct {
		s    *script
		want int
	}{{quick, 0}, {slow, 1}, {compacted, 1}, {llm, 1}, {both, 1}, {working, 0}} {
		if n := c.s.session(t).Numbers(); n.Resets != c.want {
			t.Errorf("%s: %d resets, want %d", c.s.id, n.Resets, c.want)
		}
	}
}

func TestRedundantReads(t *testing.T) {
	part := func(s *script, offset int) *script {
		return s.call("Read", fmt.Sprintf(`{"file_path":"/p/a","offset":%d}`, offset), "x")
	}
	for name, c := range map[string]struct {
		s    *script
		want int
	}{
		"again":                        {begin("a", "/p").file("Read", "/p/a").file("Read", "a").file("Read", "/p/a"), 1},
		"written between":              {begin("a", "/p").file("Read", "/p/a").file("Edit", "a").file("Read", "/p/a"), 0},
		"by the shell":                 {begin("a", "/p").file("Read", "/p/a").sh("echo x > a", "").file("Read", "/p/a"), 0},
		"in the shell, gone elsewhere": {begin("a", "/p").file("Read", "/p/sub/a").sh("cd sub && echo x > a", "").file("Read", "/p/sub/a"), 0},
		"another part":                 {part(part(begin("a", "/p"), 1), 100), 0},
		"three, two files":             {begin("a", "/p").file("Read", "/p/a").file("Read", "/p/b").file("Read", "/p/a"), 1},
	} {
		if got := c.s.session(t).Numbers().Redundant; got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

// Costs and scores are those of records.
func TestRecords(t *testing.T) {
	a := begin("a", "/p").ask("x").sh("make", "ok")
	b := begin("b", "/p").ask("x").sh("make", "ok")
	if r := compare(t, a, b); strings.Contains(string(r.Semantic()), "cost") {
		t.Errorf("a cost that nobody told:\n%s", r.Semantic())
	}
	for s, n := range map[*script][2]string{a: {"2000000000", "false"}, b: {"500000000", "true"}} {
		s.add("cost", "", `{"usd_nano":`+n[0]+`}`)
		s.add("score", "", `{"scorer":"tests","score":0.5,"passed":`+n[1]+`}`)
	}
	r := compare(t, a, b)
	contains(t, r.Semantic(), "Δ cost:         -$1.5000\n", "Score:          tests 0.5 failed → 0.5 passed\n", "improved (more scores passed, cheaper")
	contains(t, r.Compare(), "Total cost             $2.0000     $0.5000     -75%\n")
}

func TestOutcome(t *testing.T) {
	a := begin("a", "/p").ask("x").say("hm").sh("make", "ok").sh("ls", "ok")
	b := begin("b", "/p").ask("x").say("ah").sh("make", "!no").sh("ls", "ok")
	r := compare(t, a, b)
	if d := r.Diverged; d.Kind != KindOutcome || d.A.Event != 5 || d.B.Event != 5 || d.A.Failed || !d.B.Failed {
		t.Errorf("%+v", d)
	}
	if r.Told == nil || r.Told.A.Event != 3 {
		t.Errorf("told otherwise at %+v, want #3", r.Told)
	}
}

// FuzzCompare: whatever comes, there is an answer, and it is whole.
func FuzzCompare(f *testing.F) {
	f.Add(strings.Join(begin("a", "/p").ask("x").sh("make", "!no").lines, "\n"), strings.Join(begin("b", "").sh("make", "ok").lines, "\n"))
	f.Add(`{"event_type":"tool_call"}`, `{"event_type":"error","data":{"error":[{}]}}`)
	f.Fuzz(func(t *testing.T, a, b string) {
		read := func(text, id string) *Session {
			s := NewSession(id, "f")
			for l := range strings.Lines(text) {
				if e, err := event.Parse([]byte(strings.TrimSuffix(l, "\n"))); err == nil {
					s.Add(e)
				}
			}
			return s
		}
		r := Compare(read(a, "a"), read(b, "b"))
		for _, text := range [][]byte{r.Text(), r.Compare(), r.Semantic(), r.Stat(), Matrix(r.A, []*Result{r})} {
			if len(text) == 0 {
				t.Fatal("no answer")
			}
		}
		if _, err := event.Parse(r.Record(nil)); err != nil {
			t.Fatal(err)
		}
		if self := Compare(read(a, "a"), read(a, "a")); !self.Identical() {
			t.Fatalf("differs from itself: %s", self.Text())
		}
	})
}
