package phase

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
)

func filter(t testing.TB, lines []string) (out []string) {
	f := NewFilter(func(l []byte) error { out = append(out, string(l)); return nil })
	for _, l := range lines {
		if strings.HasPrefix(l, "{") {
			if err := f.Add(parse(t, l)); err != nil {
				t.Fatal(err)
			}
		} else if err := f.Pass([]byte(l)); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSetPhase(t *testing.T) {
	for in, want := range map[string]string{
		`{"event_type":"a"}`:                                `{"event_type":"a","phase":7}`,
		` {"event_type":"a", "n":1.0e3 } `:                  ` {"event_type":"a", "n":1.0e3 ,"phase":7} `,
		`{"phase": "x","event_type":"a"}`:                   `{"phase": 7,"event_type":"a"}`,
		`{"event_type":"a","data":{"phase":1},"phase":12}`:  `{"event_type":"a","data":{"phase":1},"phase":7}`,
		`{"phase":1,"event_type":"a","phase":[1,{"b":2}] }`: `{"phase":7,"event_type":"a","phase":7 }`,
		`{"event_type":"}","data":{"x":"}"}}`:               `{"event_type":"}","data":{"x":"}"},"phase":7}`,
	} {
		got := string(setPhase(nil, []byte(in), 7))
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", in, got, want)
		}
		if again := string(setPhase(nil, []byte(got), 7)); again != want {
			t.Errorf("twice: %s", again)
		}
	}
}

// The order of the lines is kept, bad lines and other records among them; a
// record stands between the last event of its phase and the next one of the
// session; twice is once.
func TestFilter(t *testing.T) {
	a := (&trace{session: "a"}).steps("S; P do; E a; $! pytest; T hm; R a; E b; $ pytest; T done; P more; R x").lines
	b := (&trace{session: "b"}).steps("P do; $ make; E a; T hm; $ make; Q").lines
	var in []string
	for i, l := range a {
		in = append(in, l)
		if i < len(b) {
			in = append(in, b[i])
		}
		if i%3 == 0 {
			in = append(in, fmt.Sprintf("junk %d", i), fmt.Sprintf(`{"event_type":"cost","session_id":"a","n":%d}`, i))
		}
	}
	out := filter(t, in)
	var back []string
	at := map[string]int{}
	for _, l := range out {
		if !strings.HasPrefix(l, "{") {
			back = append(back, l)
			continue
		}
		e := parse(t, l)
		s := e.Session()
		switch {
		case e.Is("phase"):
			if n := int(e.Get("number").Int()); n != at[s] {
				t.Errorf("record of phase %d of %s after an event of phase %d", n, s, at[s])
			}
			continue
		case e.IsRecord():
			back = append(back, l)
			continue
		}
		i := strings.LastIndex(l, `,"phase":`)
		var n int
		fmt.Sscanf(l[i:], `,"phase":%d}`, &n)
		if n < at[s] || n > at[s]+1 {
			t.Errorf("phase %d of %s after %d", n, s, at[s])
		}
		at[s] = n
		back = append(back, l[:i]+"}")
	}
	if got, want := strings.Join(back, "\n"), strings.Join(in, "\n"); got != want {
		t.Errorf("without the phases\n%s\nwant\n%s", got, want)
	}
	if got, want := strings.Join(filter(t, out), "\n"), strings.Join(out, "\n"); got != want {
		t.Errorf("twice\n%s\nwant\n%s", got, want)
	}
}

// A line does not wait unless it must.
func TestFilterAtOnce(t *testing.T) {
	written := 0
	f := NewFilter(func(l []byte) error { written++; return nil })
	for i, l := range (&trace{session: "a"}).steps("S; P do; R a; R b; N; R c").lines {
		f.Add(parse(t, l))
		if written != i+1 {
			t.Fatalf("event %d waits: %s", i, l)
		}
	}
}

// large is a session of n events as agents have them.
func large(n int) (lines []string) {
	tr := &trace{session: "s", now: 1795332170}
	for i := 0; len(tr.lines) < n; i++ {
		tr.steps(fmt.Sprintf("P do %d; T ok; R a%d; R b; R c; R d; E a%d; T hm; $! pytest; R a; E b; $ pytest; $ git commit -m x; T done", i, i, i))
	}
	return tr.lines[:n]
}

func BenchmarkFilter(b *testing.B) {
	lines := large(20000)
	events := make([][]byte, len(lines))
	size := 0
	for i, l := range lines {
		events[i] = []byte(l)
		size += len(l) + 1
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		f := NewFilter(func(l []byte) error { return nil })
		for _, l := range events {
			f.Add(parse(b, string(l)))
		}
		f.Close()
	}
}

func BenchmarkExplain(b *testing.B) {
	lines := large(20000)
	size := len(strings.Join(lines, "\n"))
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		x := NewExplainer()
		for _, l := range lines {
			x.Add(parse(b, l))
		}
		x.WriteTo(io.Discard)
	}
}

func TestExplainHostile(t *testing.T) {
	tr := &trace{session: "s"}
	tr.steps("P \x1b]0;owned\a\u202e; E /p/\x1b[31ma; E /p/b; $! make \x1b[2J")
	x := NewExplainer()
	for _, l := range tr.lines {
		x.Add(parse(t, strings.NewReplacer(`\x1b`, `\u001b`, `\a`, `\u0007`).Replace(l)))
	}
	var b bytes.Buffer
	x.WriteTo(&b)
	if strings.ContainsAny(b.String(), "\x1b\a\u202e") {
		t.Errorf("%q", b.String())
	}
}
