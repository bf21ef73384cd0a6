package grep

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"agenttrace/lib/event"
)

// run selects from a text and returns the lines.
func run(t testing.TB, g *Grep, input string) []string {
	t.Helper()
	var out []string
	g.Emit = func(line []byte) error {
		out = append(out, string(line))
		return nil
	}
	if g.Problem == nil {
		g.Problem = func(err error) { t.Errorf("problem: %v", err) }
	}
	if err := g.Read(strings.NewReader(input), "in"); err != nil {
		t.Fatal(err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

func query(t testing.TB, s Spec) *Query {
	t.Helper()
	q, err := s.Compile(Options{})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// stream makes a stream of interleaved sessions: calls, outcomes, prompts.
func stream(r *rand.Rand, n int) string {
	var b strings.Builder
	words := []string{"npm test", "ls", "cat src/a.go", "go test ./... > out.txt", `echo "x"`}
	for i := range n {
		s := fmt.Sprintf("s%d", r.IntN(3))
		switch r.IntN(5) {
		case 0:
			fmt.Fprintf(&b, `{"event_type":"tool_call","timestamp":%d,"event_id":"c%d","session_id":%q,"data":{"tool_name":"Bash","arguments":{"command":%q}}}`, i, r.IntN(n), s, words[r.IntN(len(words))])
		case 1:
			fmt.Fprintf(&b, `{"event_type":"tool_call","event_id":"c%d","session_id":%q,"data":{"tool_name":"Edit","arguments":{"file_path":"/p/src/%d.go"}}}`, r.IntN(n), s, r.IntN(3))
		case 2:
			fmt.Fprintf(&b, `{"event_type":"error","timestamp":%d,"event_id":"e%d","session_id":%q,"parent_id":"c%d","data":{"error":"Exit code %d"}}`, i, i, s, r.IntN(n), r.IntN(3))
		case 3:
			fmt.Fprintf(&b, `{"event_type":"tool_result","event_id":"r%d","session_id":%q,"parent_id":"c%d","data":{"result":"a\nb"}}`, i, s, r.IntN(n))
		case 4:
			fmt.Fprintf(&b, `{"event_type":"session_start","session_id":%q,"data":{"cwd":"/%c"}}`, s, 'p'+rune(r.IntN(2)))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// specs are queries of every kind.
var specs = []Spec{
	{}, {Error: true}, {Types: []string{"tool_*"}}, {Tools: []string{"bash"}}, {Commands: []string{"^npm"}},
	{Paths: []string{"src/*.go"}}, {Writes: []string{"*.txt", "/p/**"}}, {Reads: []string{"src/**"}},
	{Texts: []string{"code [12]"}}, {Texts: []string{"Exit"}, Error: true}, {ExitCodes: []string{"1-2"}},
	{Sessions: []string{"s1"}}, {Since: time.Unix(5, 0), Until: time.Unix(20, 0)}, {Error: true, Commands: []string{"test"}},
	{Labels: []string{"x"}}, {Types: []string{"nope"}},
}

// TestPartition checks that a selection and what --not selects are the stream,
// each line in one of them, in order; and that no condition selects all.
func TestPartition(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 200 {
		in := stream(r, 40)
		lines := strings.Split(strings.TrimSuffix(in, "\n"), "\n")
		spec := specs[i%len(specs)]
		var after []*Query
		if r.IntN(2) == 0 {
			after = []*Query{query(t, specs[r.IntN(len(specs))])}
		}
		yes := run(t, &Grep{Query: query(t, spec), After: after}, in)
		no := run(t, &Grep{Query: query(t, spec), After: after, Not: true}, in)
		k, l := 0, 0
		for n, line := range lines {
			switch {
			case k < len(yes) && yes[k] == line:
				k++
			case l < len(no) && no[l] == line:
				l++
			default:
				t.Fatalf("%+v: line %d is in neither: %s", spec, n+1, line)
			}
		}
		if k != len(yes) || l != len(no) {
			t.Fatalf("%+v: %d and %d lines of %d", spec, len(yes), len(no), len(lines))
		}
		if i%len(specs) == 0 && after == nil && len(no) > 0 {
			t.Errorf("no condition, and %d lines are not selected", len(no))
		}
	}
}

// TestSessionsPartition checks the same of whole sessions.
func TestSessionsPartition(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 100 {
		in := stream(r, 12)
		spec := specs[i%len(specs)]
		yes := run(t, &Grep{Query: query(t, spec), Unit: Sessions}, in)
		no := run(t, &Grep{Query: query(t, spec), Unit: Sessions, Not: true}, in)
		all := slices.Concat(yes, no)
		want := strings.Split(strings.TrimSuffix(in, "\n"), "\n")
		slices.Sort(all)
		slices.Sort(want)
		if !slices.Equal(all, want) {
			t.Fatalf("%+v: %d and %d lines of %d", spec, len(yes), len(no), len(want))
		}
		ids := run(t, &Grep{Query: query(t, spec), Unit: IDs}, in)
		for _, line := range yes {
			e, _ := event.Parse([]byte(line))
			if !slices.Contains(ids, e.Session()) {
				t.Fatalf("%+v: session %s is selected and not listed", spec, e.Session())
			}
		}
	}
}

// TestPieces checks that it does not matter in what pieces the input comes.
func TestPieces(t *testing.T) {
	in := stream(rand.New(rand.NewPCG(5, 6)), 200)
	for _, spec := range specs {
		want := run(t, &Grep{Query: query(t, spec), Before: 2, Trail: 1}, in)
		g := &Grep{Query: query(t, spec), Before: 2, Trail: 1}
		var got []string
		g.Emit = func(line []byte) error {
			got = append(got, string(line))
			return nil
		}
		if err := g.Read(iotest.OneByteReader(strings.NewReader(in)), "in"); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%+v: %d lines, want %d", spec, len(got), len(want))
		}
	}
}

// TestContext checks context against its definition.
func TestContext(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		var lines, sessions []string
		var hits []bool
		for i := range 30 {
			s, typ := fmt.Sprint(r.IntN(2)), "a"
			if r.IntN(6) == 0 {
				typ = "hit"
			}
			lines = append(lines, fmt.Sprintf(`{"event_type":%q,"n":%d,"session_id":%q}`, typ, i, s))
			sessions, hits = append(sessions, s), append(hits, typ == "hit")
		}
		before, trail := r.IntN(3), r.IntN(3)
		got := run(t, &Grep{Query: query(t, Spec{Types: []string{"hit"}}), Before: before, Trail: trail}, strings.Join(lines, "\n"))
		want := map[string]bool{}
		for _, s := range []string{"0", "1"} {
			var own []int
			for i := range lines {
				if sessions[i] == s {
					own = append(own, i)
				}
			}
			for k, i := range own {
				if hits[i] {
					for _, j := range own[max(0, k-before):min(len(own), k+trail+1)] {
						want[lines[j]] = true
					}
				}
			}
		}
		for _, l := range got {
			if !want[l] {
				t.Fatalf("-B %d -A %d: %s is there, or there twice", before, trail, l)
			}
			delete(want, l)
		}
		if len(want) > 0 {
			t.Fatalf("-B %d -A %d: %v are missing", before, trail, want)
		}
	}
}

// TestTextEscaped checks that a text is found however JSON writes it: every
// character as it is, escaped, or in the short form.
func TestTextEscaped(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, text := range []string{"needle", "Kiss", "a/b", `q"u\o`, "tab\tnew\nline", "é😀x", "k", "\u2028"} {
		for i := range 60 {
			var b strings.Builder
			b.WriteString(`{"event_type":"a","session_id":"s","data":{"k":["x`)
			for _, c := range text {
				switch short := strings.IndexRune("\"\\/\b\f\n\r\t", c); {
				case r.IntN(3) == 0 && c < 0x10000:
					fmt.Fprintf(&b, `\u%04x`, c)
				case r.IntN(2) == 0 && c > 0xffff:
					fmt.Fprintf(&b, `\u%04X\u%04x`, 0xd800+(c-0x10000)>>10, 0xdc00+(c-0x10000)&0x3ff)
				case short >= 0 && (c != '/' || r.IntN(2) == 0):
					b.WriteString([]string{`\"`, `\\`, `\/`, `\b`, `\f`, `\n`, `\r`, `\t`}[strings.Index("\"\\/\b\f\n\r\t", string(c))])
				default:
					b.WriteRune(c)
				}
			}
			b.WriteString(`y"]}}`)
			for _, o := range []Options{{Fixed: true}, {Fixed: true, IgnoreCase: true}} {
				pattern := text
				if o.IgnoreCase {
					pattern = strings.ToUpper(text)
				}
				q, err := (&Spec{Texts: []string{pattern}}).Compile(o)
				if err != nil {
					t.Fatal(err)
				}
				if got := run(t, &Grep{Query: q}, b.String()); len(got) != 1 {
					t.Fatalf("%d: %q, %+v is not found in %s", i, pattern, o, b.String())
				}
			}
		}
	}
	// Letters that are another's other case only in Unicode.
	for _, line := range []string{`{"event_type":"a","data":"\u212Ai\u017fs"}`, "{\"event_type\":\"a\",\"data\":\"\u212ai\u017fs\"}"} {
		q, _ := (&Spec{Texts: []string{"kiss"}}).Compile(Options{IgnoreCase: true})
		if len(run(t, &Grep{Query: q}, line)) != 1 {
			t.Errorf("kiss is not found in %s", line)
		}
	}
}

func TestRequired(t *testing.T) {
	for _, c := range []struct {
		expr  string
		plain string
		lit   bool
	}{
		{"needle", "needle", true}, {`needle\.go`, "needle.go", true}, {"a.*needle+", "needl", false}, {"(abc)+x", "abc", false},
		{"abc|abd", "ab", false}, {"x*", "", false}, {"[ab]c", "c", false}, {`say "hi"`, "say ", true}, {"^needle$", "needle", false},
		{"(?i)Needle", "needle", false}, {"a{2,}", "a", false}, {"(?:ab){0,3}", "", false},
	} {
		p, err := newPattern(c.expr, false, false)
		if err != nil {
			t.Fatal(err)
		}
		if string(p.plain) != c.plain || (p.literal != nil) != c.lit {
			t.Errorf("%s: plain %q, literal %v; want %q, %v", c.expr, p.plain, p.literal != nil, c.plain, c.lit)
		}
	}
}

func TestParseSpec(t *testing.T) {
	for _, c := range []struct {
		text, want string // of the Spec, or of the error
	}{
		{"tool=Bash command=npm test", "{Tools:[Bash] Commands:[npm test]}"},
		{"command=npm   test  tool=Bash", "{Tools:[Bash] Commands:[npm   test]}"},
		{"error", "{Error:true}"},
		{"error tool=Bash", "{Tools:[Bash] Error:true}"},
		{`command="a tool=b \"c\" \d" error`, `{Commands:[a tool=b "c" \d] Error:true}`},
		{`text='a "b\' path=src/*.go`, `{Paths:[src/*.go] Texts:[a "b\]}`},
		{"command=FOO=1 npm test", "{Commands:[FOO=1 npm test]}"},
		{"text=an error", "{Texts:[an error]}"},
		{"type=a type=b exit-code=1", "{Types:[a b] ExitCodes:[1]}"},
		{"text=a=b", "{Texts:[a=b]}"},
		{"", "no condition"}, {"  ", "no condition"}, {"tool=", "tool= has no value"},
		{"tools=x", "'tools' is not a condition; there are type, tool, path, reads, writes, command, text, exit-code, label, session"},
		{`text="a"b`, "text right after a quoted value: b"}, {`text="a`, `no closing " in "a`}, {"not error", "'not' is not a condition; want KEY=VALUE or error"},
	} {
		s, err := ParseSpec(c.text)
		got := describe(s)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%q: %s, want %s", c.text, got, c.want)
		}
	}
}

// describe prints the conditions that are there.
func describe(s Spec) string {
	var parts []string
	for _, l := range []struct {
		name string
		list []string
	}{{"Types", s.Types}, {"Tools", s.Tools}, {"Paths", s.Paths}, {"Commands", s.Commands}, {"Texts", s.Texts}, {"ExitCodes", s.ExitCodes}} {
		if l.list != nil {
			parts = append(parts, fmt.Sprintf("%s:%v", l.name, l.list))
		}
	}
	if s.Error {
		parts = append(parts, "Error:true")
	}
	return "{" + strings.Join(parts, " ") + "}"
}

// FuzzParseSpec checks that what is accepted means the same when it is written
// with quotes.
func FuzzParseSpec(f *testing.F) {
	for _, s := range []string{"tool=Bash command=npm test", `text="a\"b" error`, "error", "path='x y' tool=z", "a=b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSpec(text)
		if err != nil {
			return
		}
		var b strings.Builder
		for _, k := range keys {
			for _, v := range *s.list(k) {
				fmt.Fprintf(&b, `%s="%s" `, k, strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(v))
			}
		}
		if s.Error {
			b.WriteString("error")
		}
		again, err := ParseSpec(b.String())
		if err != nil || fmt.Sprint(again) != fmt.Sprint(s) {
			t.Fatalf("%q is %+v, but %q is %+v, %v", text, s, b.String(), again, err)
		}
		_, _ = s.Compile(Options{IgnoreCase: len(text)%2 == 0})
	})
}

// FuzzText checks that a line is found if and only if one of its strings or
// numbers holds the text.
func FuzzText(f *testing.F) {
	f.Add(`{"a":["x\u0041y",1.5,{"b":"\ud83d\ude00"}]}`, "Ay")
	f.Add(`{"needle":"\\u006eeedle"}`, "needle")
	f.Fuzz(func(t *testing.T, data, text string) {
		line := `{"event_type":"a","data":` + data + `}`
		if strings.ContainsAny(data, "\n\r") || text == "" || !validText(text) {
			return
		}
		e, err := event.Parse([]byte(line))
		if err != nil || string(e.DataRaw()) != strings.TrimSpace(data) {
			return
		}
		want := false
		var room []byte
		values(e.DataRaw(), &room, func(s []byte) bool {
			want = want || bytes.Contains(s, []byte(text))
			return false
		})
		q, _ := (&Spec{Texts: []string{text}}).Compile(Options{Fixed: true})
		g := &Grep{Query: q, Problem: func(error) {}}
		if got := len(run(t, g, line)) == 1; got != want && len(bytes.ToValidUTF8([]byte(line), nil)) == len(line) {
			t.Fatalf("%q in %s: %v, want %v", text, line, got, want)
		}
	})
}

// validText leaves out what no JSON string can hold in one way only.
func validText(s string) bool {
	return strings.ToValidUTF8(s, "") == s && !strings.ContainsRune(s, '\uFFFD')
}

// TestLinksAreBounded checks that the calls of a long stream do not pile up.
func TestLinksAreBounded(t *testing.T) {
	var l links
	for i := range uint64(10 * maxLinks) {
		l.add(i, 1)
	}
	if n := len(l.young) + len(l.old); n > 2*maxLinks {
		t.Errorf("%d calls are kept", n)
	}
	if l.get(10*maxLinks-maxLinks) != 1 || l.get(0) != 0 {
		t.Error("the last calls are not those that are kept")
	}
}

func TestReadError(t *testing.T) {
	var problems []string
	g := &Grep{Query: query(t, Spec{}), Problem: func(err error) { problems = append(problems, err.Error()) }}
	g.Emit = func([]byte) error { return nil }
	if err := g.Read(iotest.ErrReader(fmt.Errorf("broken")), "f"); err != nil || fmt.Sprint(problems) != "[f: broken]" {
		t.Errorf("%v, problems %v", err, problems)
	}
	g = &Grep{Query: query(t, Spec{}), Problem: g.Problem, Emit: func([]byte) error { return fmt.Errorf("full") }}
	if err := g.Read(strings.NewReader(`{"event_type":"a"}`), "f"); err == nil || err.Error() != "full" {
		t.Errorf("%v, want full", err)
	}
}

func BenchmarkGrep(b *testing.B) {
	var in bytes.Buffer
	for i := range 20000 {
		fmt.Fprintf(&in, `{"event_type":"tool_call","timestamp":%d,"event_id":"%012x","session_id":"s","data":{"tool_name":"Bash","arguments":{"command":"go test ./pkg%d/... 2>&1 | tail -20"}}}`+"\n", i, 2*i, i%40)
		fmt.Fprintf(&in, `{"event_type":"tool_result","timestamp":%d,"event_id":"%012x","session_id":"s","parent_id":"%012x","data":{"tool_name":"Bash","result":{"stdout":%q}}}`+"\n", i, 2*i+1, 2*i, strings.Repeat("     1→\tif err := f(\"x\"); err != nil {\n", 60))
	}
	for _, c := range []struct {
		name string
		spec Spec
		o    Options
	}{
		{"literal", Spec{Texts: []string{"needle"}}, Options{}},
		{"folded", Spec{Texts: []string{"needle"}}, Options{IgnoreCase: true}},
		{"regexp", Spec{Texts: []string{"needle[0-9]+"}}, Options{}},
		{"type", Spec{Types: []string{"error"}}, Options{}},
		{"command", Spec{Commands: []string{"^npm test"}}, Options{}},
		{"path", Spec{Paths: []string{"src/*.go"}}, Options{}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(in.Len()))
			for b.Loop() {
				q, _ := c.spec.Compile(c.o)
				g := &Grep{Query: q, Emit: func([]byte) error { return nil }, Problem: func(error) {}}
				if err := g.Read(bytes.NewReader(in.Bytes()), ""); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
