package why

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"agenttrace/lib/event"
)

// trace builds a graph from lines of the form "TYPE PARENT DATA", PARENT being
// the number of an event or -.
func trace(t testing.TB, lines ...string) *Graph {
	t.Helper()
	var g Graph
	for i, l := range lines {
		typ, rest, _ := strings.Cut(l, " ")
		parent, data, _ := strings.Cut(rest, " ")
		up := ""
		if parent != "-" {
			up = fmt.Sprintf(`,"parent_id":"aa%010s"`, parent)
		}
		e, err := event.Parse(fmt.Appendf(nil, `{"event_type":%q,"timestamp":%d,"event_id":"aa%010d","session_id":"s"%s,"data":%s}`, typ, 1000+i, i+1, up, data))
		if err != nil {
			t.Fatal(l, err)
		}
		g.Add(e, Prepare(e))
	}
	g.Close()
	return &g
}

func bash(cmd string) string {
	return fmt.Sprintf(`tool_call - {"tool_name":"Bash","arguments":{"command":%q}}`, cmd)
}

func file(name, path string) string {
	return fmt.Sprintf(`tool_call - {"tool_name":%q,"arguments":{"file_path":%q}}`, name, path)
}

func result(call int, text string) string {
	return fmt.Sprintf(`tool_result %d {"result":%q}`, call, text)
}

func failure(call int, text string) string {
	return fmt.Sprintf(`error %d {"kind":"tool","error":%q}`, call, text)
}

// chain is the numbers and rules of the chain: 1 prompt 2 answers 3.
func chain(t testing.TB, g *Graph, target string) string {
	t.Helper()
	at, err := g.Find(target)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i, x := range g.Chain(at) {
		if i == 0 {
			fmt.Fprint(&b, g.node(x.cause).number)
		}
		fmt.Fprintf(&b, " %s %d", x.rule, g.node(x.effect).number)
	}
	return b.String()
}

// causes are all causes of one event, strongest first: retry 3, prompt 1.
func causes(t testing.TB, g *Graph, target string) string {
	t.Helper()
	at, err := g.Find(target)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, x := range g.sorted(int32(at)) {
		list = append(list, fmt.Sprintf("%s %d", x.rule, g.node(x.cause).number))
	}
	return strings.Join(list, ", ")
}

const (
	begun = `session_start - {"agent":"claude-code","cwd":"/p"}`
	ask   = `user_prompt - {"prompt":"make it work"}`
)

func TestRules(t *testing.T) {
	for name, c := range map[string]struct {
		lines  []string
		target string
		chain  string
		all    string
	}{
		"a retry": {
			lines:  []string{ask, bash("pytest tests/"), failure(2, "exit 1"), bash("python3 -m pytest tests/"), bash("pytest -q tests/")},
			target: "5", chain: "1 prompt 2 answers 3 retry 5", all: "retry 3, prompt 1",
		},
		"another command is none": {
			lines:  []string{ask, bash("pytest tests/"), failure(2, "exit 1"), bash("ls")},
			target: "4", chain: "1 prompt 4",
		},
		"a success in between ends it": {
			lines:  []string{ask, bash("make"), failure(2, "exit 2"), bash("make"), result(4, "ok"), bash("make")},
			target: "6", chain: "1 prompt 6",
		},
		"calls at the same time: the retry of the one that failed": {
			lines:  []string{ask, bash("make a"), bash("make b"), result(3, "ok"), failure(2, "exit 2"), bash("make b"), bash("make a")},
			target: "7", chain: "1 prompt 2 answers 5 retry 7",
		},
		"and not of the one beside it": {
			lines:  []string{ask, bash("make a"), bash("make b"), result(3, "ok"), failure(2, "exit 2"), bash("make b")},
			target: "6", chain: "1 prompt 6",
		},
		"edits between a failure and the next attempt": {
			lines: []string{ask, bash("go test ./..."), failure(2, "a.go:3: boom"), file("Read", "a.go"), result(4, "x"),
				file("Edit", "a.go"), result(6, "done"), bash("go test ./..."), result(8, "ok")},
			target: "9", chain: "1 prompt 2 answers 3 failure 4 answers 5 informed 6 retest 8 answers 9", all: "answers 8, tested 6",
		},
		"an edit after a failure that names nothing": {
			lines:  []string{ask, bash("go test ./..."), failure(2, "boom"), file("Write", "b.go")},
			target: "4", all: "fixed 3, prompt 1", chain: "1 prompt 2 answers 3 fixed 4",
		},
		"a path is a whole word": {
			lines:  []string{ask, bash("cat list"), result(2, "banana a.python xsrc/auth.py src/auth.pyc"), file("Read", "a"), file("Read", "src/auth.py"), file("Read", "a.py")},
			target: "4", chain: "1 prompt 4",
		},
		"nor this": {
			lines:  []string{ask, bash("cat list"), result(2, "banana a.python xsrc/auth.py src/auth.pyc"), file("Read", "src/auth.py")},
			target: "4", chain: "1 prompt 4",
		},
		"a result that names a path": {
			lines:  []string{begun, ask, bash("grep -rn foo ."), result(3, "./src/auth.py:12:foo\nx"), file("Read", "/p/src/auth.py")},
			target: "5", chain: "2 prompt 3 answers 4 named 5",
		},
		"a path in a shell line": {
			lines:  []string{begun, ask, bash("git status"), result(3, "modified: src/auth.py"), bash("cat /p/src/auth.py | head")},
			target: "5", chain: "2 prompt 3 answers 4 named 5",
		},
		"a path in a line that goes elsewhere first": {
			lines:  []string{begun, ask, file("Write", "/p/sub/run_it.py"), result(3, "x"), bash("cd sub && python run_it.py"), bash("cd /p/sub; cat run_it.py | head")},
			target: "5", chain: "2 prompt 3 uses 5",
		},
		"what repeats the question names nothing": {
			lines:  []string{ask, bash("grep foo src/auth.py"), result(2, "src/auth.py: foo"), file("Read", "src/auth.py")},
			target: "4", chain: "1 prompt 4",
		},
		"what was used since is no news": {
			lines: []string{ask, bash("git status"), result(2, "src/auth.py"), file("Read", "src/auth.py"), result(4, "x"),
				bash("make"), result(6, "x"), file("Read", "src/auth.py")},
			target: "8", all: "prompt 1, named 3", chain: "1 prompt 8",
		},
		"an identifier": {
			lines:  []string{ask, bash("cat x"), result(2, "call parseConfig(x)"), `tool_call - {"tool_name":"Grep","arguments":{"pattern":"parseConfig"}}`},
			target: "4", chain: "1 prompt 2 answers 3 named 4",
		},
		"a word is none": {
			lines:  []string{ask, bash("cat x"), result(2, "some error in function"), `tool_call - {"tool_name":"Grep","arguments":{"pattern":"error"}}`},
			target: "4", chain: "1 prompt 4",
		},
		"the prompt names it": {
			lines:  []string{`user_prompt - {"prompt":"look at src/auth.py"}`, file("Read", "src/auth.py")},
			target: "2", chain: "1 named 2",
		},
		"the agent said so": {
			lines:  []string{ask, bash("ls"), result(2, "x"), `assistant_response - {"text":"I will look at config/app.yaml."}`, file("Read", "config/app.yaml")},
			target: "5", chain: "1 prompt 2 answers 3 follows 4 said_named 5",
		},
		"a read informs a write": {
			lines:  []string{ask, file("Read", "a.py"), result(2, "x"), file("Edit", "a.py")},
			target: "4", chain: "1 prompt 2 answers 3 informed 4",
		},
		"also through its parent": {
			lines:  []string{ask, file("Read", "a.py"), result(2, "x"), file("Edit", "a.py"), result(4, "x")},
			target: "5", chain: "1 prompt 2 answers 3 informed 4 answers 5",
		},
		"a read in the shell, too": {
			lines:  []string{ask, bash("cat a.py"), result(2, "x"), file("Edit", "a.py")},
			target: "4", chain: "1 prompt 2 answers 3 informed 4",
		},
		"a script that was written": {
			lines:  []string{ask, file("Write", "run_it.py"), result(2, "x"), bash("python run_it.py")},
			target: "4", chain: "1 prompt 2 uses 4",
		},
		"an edit that failed wrote nothing": {
			lines:  []string{ask, file("Edit", "a.py"), failure(2, "read it first"), file("Read", "a.py")},
			target: "4", chain: "1 prompt 2 answers 3 failure 4",
		},
		"a call that was stopped did not fail": {
			lines:  []string{ask, bash("make"), `error 2 {"error":"no","rejected":true}`, bash("make")},
			target: "4", chain: "1 prompt 4",
		},
		"an outcome without ids is that of the only call": {
			lines:  []string{ask, bash("make"), `error - {"message":"exit 1"}`, bash("make")},
			target: "4", chain: "1 prompt 2 answers 3 retry 4",
		},
		"but not if two run": {
			lines:  []string{ask, bash("make"), bash("make x"), `error - {"message":"exit 1"}`, bash("make")},
			target: "5", chain: "1 prompt 5",
		},
		"the listing of a directory": {
			lines:  []string{ask, bash("ls src"), result(2, "auth.py util.py"), file("Read", "src/auth.py")},
			target: "4", chain: "1 prompt 2 answers 3 listed 4",
		},
		"a parent that is not there": {
			lines:  []string{ask, `tool_result 99 {"result":"x"}`},
			target: "2", chain: "1 prompt 2",
		},
		"nothing before": {lines: []string{ask}, target: "1"},
		"no prompt":      {lines: []string{begun, bash("ls")}, target: "2", chain: "1 session 2"},
		"parents in a circle": {
			lines:  []string{`x 2 {}`, `x 1 {}`},
			target: "2", chain: "1 parent 2",
		},
		"the last failure": {
			lines:  []string{ask, bash("make"), failure(2, "x"), bash("ls")},
			target: "", chain: "1 prompt 2 answers 3",
		},
		"without a failure, the last that the agent did": {
			lines:  []string{ask, bash("make"), result(2, "x"), `session_start - {}`, `user_prompt - {"prompt":"/exit"}`, `session_end - {}`},
			target: "", chain: "1 prompt 2 answers 3",
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := trace(t, c.lines...)
			if got := chain(t, g, c.target); got != c.chain {
				t.Errorf("chain\n got %s\nwant %s", got, c.chain)
			}
			if got := causes(t, g, c.target); c.all != "" && got != c.all {
				t.Errorf("causes\n got %s\nwant %s", got, c.all)
			}
		})
	}
}

// A call that failed in a batch, told by a tool_use_id alone, as transcripts do.
func TestToolUseID(t *testing.T) {
	g := trace(t, ask,
		`tool_call - {"tool_name":"Bash","arguments":{"command":"make a"},"tool_use_id":"t1"}`,
		`tool_call - {"tool_name":"Bash","arguments":{"command":"make b"},"tool_use_id":"t2"}`,
		`error - {"error":"x","tool_use_id":"t1"}`, `tool_result - {"result":"x","tool_use_id":"t2"}`,
		bash("make a"))
	if got, want := chain(t, g, "6"), "1 prompt 2 answers 4 retry 6"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestFind(t *testing.T) {
	g := trace(t, ask, bash("ls"))
	for in, want := range map[string]Target{"1": 0, "#2": 1, "s#2": 1, "aa0000000002": 1, "#aa0000000001": 0, "": 1} {
		if got, err := g.Find(in); got != want || err != nil {
			t.Errorf("Find(%q) = %d, %v, want %d", in, got, err, want)
		}
	}
	for _, in := range []string{"0", "3", "-1", "x#1", "bb0000000001", "#"} {
		if got, err := g.Find(in); err == nil {
			t.Errorf("Find(%q) = %d, want an error", in, got)
		}
	}
	var none Graph
	if got, err := none.Find(""); got != None || err != nil {
		t.Errorf("without events: %d, %v", got, err)
	}
}

func TestForward(t *testing.T) {
	g := trace(t, ask, bash("make"), failure(2, "x"), bash("make"), result(4, "ok"), `user_prompt - {"prompt":"thanks"}`)
	at, _ := g.Find("3")
	var got []string
	for _, x := range g.Forward(at, false) {
		got = append(got, fmt.Sprint(g.node(x.effect).number))
	}
	if s := strings.Join(got, " "); s != "4 5" {
		t.Errorf("what came of #3: %s, want 4 5", s)
	}
}

// A subagent is caused by the call that started it, in whichever order the
// sessions come.
func TestSubagent(t *testing.T) {
	parent := []string{
		`{"event_type":"user_prompt","event_id":"aa0000000001","session_id":"p","data":{"prompt":"go"}}`,
		`{"event_type":"tool_call","event_id":"aa0000000002","session_id":"p","data":{"tool_name":"Task","arguments":{"prompt":"x"}}}`,
	}
	child := []string{
		`{"event_type":"session_start","event_id":"bb0000000001","session_id":"c","data":{"parent_session_id":"p","parent_event_id":"aa0000000002"}}`,
		`{"event_type":"user_prompt","event_id":"bb0000000002","session_id":"c","data":{"prompt":"x"}}`,
		`{"event_type":"tool_call","event_id":"bb0000000003","session_id":"c","data":{"tool_name":"Bash","arguments":{"command":"ls"}}}`,
	}
	for _, lines := range [][]string{append(append([]string{}, parent...), child...), append(append([]string{}, child...), parent...)} {
		var g Graph
		for _, l := range lines {
			e, err := event.Parse([]byte(l))
			if err != nil {
				t.Fatal(err)
			}
			g.Add(e, Prepare(e))
		}
		g.Close()
		if got, want := chain(t, &g, "c#3"), "1 prompt 2 started 1 started 2 prompt 3"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if at, _ := g.Find("2"); g.node(int32(at)).session.id != "p" {
			t.Error("a number without a session is not of the session that started the other")
		}
	}
}

func TestTokens(t *testing.T) {
	var got []string
	tokens([]byte(`see src/auth.py:12, (./lib/x.go) a/b https://example.com/a/b?q=1 foo_bar parseConfig error 12 3.14 v1.2.3 e.g. and/or \n/tmp/x\tnew well-known /dev/null deadbeef12 Makefile.\u0041bcdef1`),
		func(tok []byte) { got = append(got, string(tok)) })
	want := "src/auth.py lib/x.go example.com/a/b foo_bar parseConfig /tmp/x deadbeef12 Makefile bcdef1"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

// FuzzGraph: whatever comes, the answers end, and a chain leads to its target.
func FuzzGraph(f *testing.F) {
	f.Add(`{"event_type":"tool_call","event_id":"a","data":{"tool_name":"Bash","arguments":{"command":"x"}}}` + "\n" + `{"event_type":"error","parent_id":"a"}`)
	f.Add(`{"event_type":"x","event_id":"a","parent_id":"b"}` + "\n" + `{"event_type":"x","event_id":"b","parent_id":"a"}`)
	f.Fuzz(func(t *testing.T, in string) {
		var g Graph
		for l := range strings.Lines(in) {
			if e, err := event.Parse([]byte(strings.TrimSuffix(l, "\n"))); err == nil {
				g.Add(e, Prepare(e))
			}
		}
		g.Close()
		at, err := g.Find("")
		if err != nil || at == None {
			return
		}
		for _, forward := range []bool{false, true} {
			for _, all := range []bool{false, true} {
				var b bytes.Buffer
				if err := g.WriteText(&b, at, forward, all); err != nil || b.Len() == 0 {
					t.Fatal("no answer", err)
				}
				validDot(t, string(g.Dot(at, g.Edges(at, forward, all))))
				for _, x := range g.Edges(at, forward, all) {
					if _, err := event.Parse(g.Record(nil, x, at)); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	})
}

// BenchmarkChain asks about the last of a million events that all led to one
// another.
func BenchmarkChain(b *testing.B) {
	const n = 1_000_000
	list := make([]event.Event, 0, n)
	for i := range n / 2 {
		for _, l := range []string{
			fmt.Sprintf(`{"event_type":"tool_call","timestamp":%d,"event_id":"%012x","session_id":"s","data":{"tool_name":"Bash","arguments":{"command":"pytest tests/"}}}`, i, 2*i),
			fmt.Sprintf(`{"event_type":"error","timestamp":%d,"event_id":"%012x","parent_id":"%012x","session_id":"s","data":{"error":"Exit code 1\nFAILED tests/test_a.py::test_x"}}`, i, 2*i+1, 2*i),
		} {
			e, err := event.Parse([]byte(l))
			if err != nil {
				b.Fatal(err)
			}
			list = append(list, e)
		}
	}
	b.ResetTimer()
	for b.Loop() {
		var g Graph
		for _, e := range list {
			g.Add(e, Prepare(e))
		}
		g.Close()
		at, _ := g.Find("")
		if got := len(g.Chain(at)); got != n-1 {
			b.Fatalf("a chain of %d links, want %d", got, n-1)
		}
	}
}
