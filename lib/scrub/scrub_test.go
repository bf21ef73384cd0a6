package scrub

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"agenttrace/lib/event"
)

// literal finds the word SECRET, and numbers under the key pin.
func literal(text []byte, at *Place, found []Match) []Match {
	if at.Kind == Number {
		if string(at.Key) == "pin" {
			found = append(found, Match{0, len(text), "pin"})
		}
		return found
	}
	if string(at.Pair) == "token" && at.Kind == String {
		return append(found, Match{0, len(text), "pair"})
	}
	for i := 0; ; {
		k := bytes.Index(text[i:], []byte("SECRET"))
		if k < 0 {
			return found
		}
		found = append(found, Match{i + k, i + k + 6, "word"})
		i += k + 6
	}
}

func marker(rule string, _ []byte) string { return "[REDACTED:" + rule + "]" }

func TestLine(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"nothing", `{"event_type":"x","a":1}`, `{"event_type":"x","a":1}`},
		{"value", `{"event_type":"x","a": "see SECRET here"}`, `{"event_type":"x","a": "see [REDACTED:word] here"}`},
		{"key", `{"event_type":"x","SECRET":1}`, `{"event_type":"x","[REDACTED:word]":1}`},
		{"twice", `{"event_type":"x","a":"SECRET","a":"SECRET"}`, `{"event_type":"x","a":"[REDACTED:word]","a":"[REDACTED:word]"}`},
		{"deep", `{"event_type":"x","a":[[{"b":["SECRET"]}]]}`, `{"event_type":"x","a":[[{"b":["[REDACTED:word]"]}]]}`},
		{"escaped", `{"event_type":"x","a":"\u0053E\u0043RET\n"}`, `{"event_type":"x","a":"[REDACTED:word]\n"}`},
		{"after a pair of surrogates", `{"event_type":"x","a":"\ud83d\ude00SECRET\ud83d\ude00"}`, `{"event_type":"x","a":"\ud83d\ude00[REDACTED:word]\ud83d\ude00"}`},
		{"after a lone surrogate", `{"event_type":"x","a":"\ud83dSECRET"}`, `{"event_type":"x","a":"\ud83d[REDACTED:word]"}`},
		{"JSON in a string", `{"event_type":"x","a":"{\"b\": \"\\u0053ECRET\"}"}`, `{"event_type":"x","a":"{\"b\": \"[REDACTED:word]\"}"}`},
		{"in that again", `{"event_type":"x","a":"{\"b\": \"{\\\"c\\\":\\\"SECRET\\\\n\\\"}\"}"}`, `{"event_type":"x","a":"{\"b\": \"{\\\"c\\\":\\\"[REDACTED:word]\\\\n\\\"}\"}"}`},
		{"JSON in text", `{"event_type":"x","a":"got {\"b\":\"\\u0053ECRET\"} ok"}`, `{"event_type":"x","a":"got {\"b\":\"[REDACTED:word]\"} ok"}`},
		{"number", `{"event_type":"x","pin":1234}`, `{"event_type":"x","pin":"[REDACTED:pin]"}`},
		{"number in a list", `{"event_type":"x","pin":[1.5e3]}`, `{"event_type":"x","pin":["[REDACTED:pin]"]}`},
		{"number in a string", `{"event_type":"x","a":"{\"pin\":1234}"}`, `{"event_type":"x","a":"{\"pin\":\"[REDACTED:pin]\"}"}`},
		{"number in that again", `{"event_type":"x","a":"{\"a\":\"{\\\"pin\\\":12}\"}"}`, `{"event_type":"x","a":"{\"a\":\"{\\\"pin\\\":\\\"[REDACTED:pin]\\\"}\"}"}`},
		{"percent", `{"event_type":"x","a":"q=%53ECRET&b"}`, `{"event_type":"x","a":"q=[REDACTED:word]&b"}`},
		{"base64", `{"event_type":"x","a":"x aGVsbG8gU0VDUkVUIHdvcmxkIQ== y"}`, `{"event_type":"x","a":"x [REDACTED:word] y"}`},
		{"hex", `{"event_type":"x","a":"x 68656c6c6f2053454352455421 y"}`, `{"event_type":"x","a":"x [REDACTED:word] y"}`},
		{"source code", `{"event_type":"x","a":"s = '\\x53ECRET'"}`, `{"event_type":"x","a":"s = '[REDACTED:word]'"}`},
		{"pair", `{"event_type":"x","a":[{"value":"abc","name":"token"}]}`, `{"event_type":"x","a":[{"value":"[REDACTED:pair]","name":"token"}]}`},
		{"markers stay", `{"event_type":"x","a":"[REDACTED:SECRET] [REDACTED] [MASKED:email:ab12]"}`, `{"event_type":"x","a":"[REDACTED:[REDACTED:word]] [REDACTED] [MASKED:email:ab12]"}`},
		{"the envelope stays", `{"event_type":"SECRET","event_id":"SECRET","session_id":"SECRET","parent_id":"SECRET"}`, `{"event_type":"SECRET","event_id":"SECRET","session_id":"SECRET","parent_id":"SECRET"}`},
		{"but not further down", `{"event_type":"x","a":{"event_id":"SECRET"}}`, `{"event_type":"x","a":{"event_id":"[REDACTED:word]"}}`},
		{"no event", `{"a":"SECRET"}`, `{"a":"[REDACTED:word]"}`},
		{"no object", `["SECRET"]`, `["[REDACTED:word]"]`},
		{"no JSON", `so SECRET it is`, `so [REDACTED:word] it is`},
		{"torn", `{"event_type":"x","a":"\u0053ECR\u0045T and`, `{"event_type":"x","a":"[REDACTED:word] and`},
		{"joined", `{"event_type":"x","pin":1}{"event_type":"x","pin":2}`, `{"event_type":"x","pin":"[REDACTED:pin]"}{"event_type":"x","pin":"[REDACTED:pin]"}`},
	} {
		f := New(Options{Find: literal, Replace: marker, Decode: true})
		out, n, err := f.Line(nil, []byte(tt.in))
		if string(out) != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, out, tt.want)
		}
		if changed := tt.in != tt.want; changed != (n > 0) {
			t.Errorf("%s: %d places", tt.name, n)
		}
		if _, perr := event.Parse([]byte(tt.in)); (perr == nil) != (err == nil) {
			t.Errorf("%s: error %v, want %v", tt.name, err, perr)
		}
	}
}

func TestPaths(t *testing.T) {
	var got []string
	f := New(Options{Find: literal, Replace: marker, Decode: true, Found: func(x Finding) {
		got = append(got, fmt.Sprintf("%d %s %s %d+%d %v", x.Line, x.Event, x.Path, x.Offset, x.Length, x.InKey))
	}})
	in := `{"event_type":"x","event_id":"e1","a":{"b.c":["", "so SECRET"]}}
{"event_type":"x","event_id":"e2","d":"{\"in\":[0,\"SECRET\"]}"}
`
	if err := f.Copy(new(bytes.Buffer), strings.NewReader(in), nil); err != nil {
		t.Fatal(err)
	}
	want := []string{`1 e1 a.b\.c.1 3+6 false`, `2 e2 d.in.1 0+6 false`}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A line that is no event is told of though its ends are those of one: if an
// event is joined to it, and if there is something to be scrubbed in it.
func TestProblems(t *testing.T) {
	lines := []string{
		`{"event_type":"x","a":"clean"}`, `{"event_type":"x","a":"SECRET"}`,
		`{"event_type":"x","a":"cle{"event_type":"x","a":"an"}`, `{"event_type":"x"}{"event_type":"x"}`, ` {"a":1,"event_type":"x"}{"event_type":"x"} `,
		`{"event_type":"x","a":"{\"event_type\":1}"}`, `{"event_type":"x","a":{"event_type":1}}`,
		`{"event_type":"x","a":SECRET}`, `{"event_type":"x",,"pin":1}`, `{"a":{"event_type":"SECRET"}}`,
	}
	const want = `3: not an event: unexpected 'e' at byte 29|4: not an event: more text after the JSON object at byte 19|5: not an event: more text after the JSON object at byte 25|8: not an event: unexpected 'S' at byte 23|9: not an event: unexpected ',' at byte 19|10: not an event: no "event_type"`
	clean := func(raw []byte) bool {
		return bytes.Contains(raw, []byte("SECRET")) || bytes.Contains(raw, []byte("pin"))
	}
	var got, single []string
	f := New(Options{Find: literal, Replace: marker, Candidate: clean, Problem: func(line int, msg string) { got = append(got, fmt.Sprintf("%d: %s", line, msg)) }})
	if err := f.Copy(new(bytes.Buffer), strings.NewReader(strings.Join(lines, "\n")), nil); err != nil {
		t.Fatal(err)
	}
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
	f = New(Options{Find: literal, Replace: marker, Candidate: clean})
	for i, l := range lines {
		var bad *event.SyntaxError
		if _, _, err := f.Line(nil, []byte(l)); errors.As(err, &bad) {
			single = append(single, fmt.Sprintf("%d: %s", i+1, bad.Msg))
		}
	}
	if s := strings.Join(single, "|"); s != want {
		t.Errorf("by the line %s\nwant %s", s, want)
	}
}

// TestSession checks what is known from earlier lines, however the stream is
// cut into chunks.
func TestSession(t *testing.T) {
	o := Options{
		Find: func(text []byte, at *Place, found []Match) []Match {
			if string(at.Key) == "token" || at.Strict && at.Kind == String {
				found = append(found, Match{0, len(text), "token"})
			}
			return found
		},
		Candidate:  func(line []byte) bool { return bytes.Contains(line, []byte("token")) },
		Replace:    func(rule string, _ []byte) string { return "[REDACTED:" + rule + "]" },
		Remember:   func(_ string, found []byte) bool { return len(found) > 7 },
		Strict:     func(e *event.Event) bool { return e.Is("open") },
		StrictLine: func(line []byte) bool { return bytes.Contains(line, []byte("open")) },
		Known:      []Known{{"hunter2", "known"}},
	}
	in := `{"event_type":"a","session_id":"s1","d":"abcdefgh"}
{"event_type":"a","session_id":"s1","token":"abcdefgh"}
{"event_type":"a","session_id":"s1","d":"the abcdefgh, abc\u0064efgh"}
{"event_type":"a","session_id":"s2","d":"the abcdefgh"}
{"event_type":"a","session_id":"s2","d":"hunter2"}
{"event_type":"back","session_id":"s1","parent_id":"c1","d":"early"}
{"event_type":"open","session_id":"s1","event_id":"c1"}
{"event_type":"back","session_id":"s1","parent_id":"c1","d":"late"}
{"event_type":"back","session_id":"s2","parent_id":"c1","d":"another"}
`
	want := `{"event_type":"a","session_id":"s1","d":"abcdefgh"}
{"event_type":"a","session_id":"s1","token":"[REDACTED:token]"}
{"event_type":"a","session_id":"s1","d":"the [REDACTED:token], abc\u0064efgh"}
{"event_type":"a","session_id":"s2","d":"the abcdefgh"}
{"event_type":"a","session_id":"s2","d":"[REDACTED:known]"}
{"event_type":"back","session_id":"s1","parent_id":"c1","d":"early"}
{"event_type":"open","session_id":"s1","event_id":"c1"}
{"event_type":"back","session_id":"s1","parent_id":"c1","d":"[REDACTED:token]"}
{"event_type":"back","session_id":"s2","parent_id":"c1","d":"another"}
`
	want = strings.Replace(want, `abc\u0064efgh`, "[REDACTED:token]", 1)
	var out bytes.Buffer
	f := New(o)
	for line := range strings.Lines(in) {
		got, _, err := f.Line(nil, []byte(strings.TrimSuffix(line, "\n")))
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(bytes.Clone(got), '\n'))
	}
	if out.String() != want {
		t.Errorf("line by line:\n%s\nwant\n%s", out.String(), want)
	}
	for range 20 {
		out.Reset()
		if err := New(o).Copy(&out, iotest.HalfReader(strings.NewReader(in)), nil); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Fatalf("in chunks:\n%s\nwant\n%s", out.String(), want)
		}
		out.Reset()
		if err := New(o).Copy(&out, iotest.OneByteReader(strings.NewReader(in)), nil); err != nil {
			t.Fatal(err)
		}
		if out.String() != want {
			t.Fatalf("in small chunks:\n%s\nwant\n%s", out.String(), want)
		}
	}
}

// TestFault checks that a line is left out if the finder fails on it.
func TestFault(t *testing.T) {
	o := Options{
		Find: func(text []byte, _ *Place, found []Match) []Match {
			if string(text) == "bad" {
				panic("a fault")
			}
			return found
		},
		Replace: marker,
	}
	var problems []int
	o.Problem = func(line int, _ string) { problems = append(problems, line) }
	in := `{"event_type":"x","a":"good"}
{"event_type":"x","a":"bad"}
{"event_type":"x","a":"good"}
`
	var out bytes.Buffer
	if err := New(o).Copy(&out, strings.NewReader(in), nil); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); strings.Contains(got, "bad") || strings.Count(got, "\n") != 2 || !slices.Equal(problems, []int{2}) {
		t.Errorf("%q, problems %v", got, problems)
	}
	if out, _, err := New(o).Line(nil, []byte(`{"event_type":"x","a":"bad"}`)); out != nil || err == nil {
		t.Errorf("%s, %v", out, err)
	}
}

func TestMarkerAt(t *testing.T) {
	for s, want := range map[string]int{
		"[REDACTED]": 10, "[REDACTED:a-1:0f]x": 17, "[MASKED:card:12ab:4491]": 23, "[MASKED]": 8,
		"[REDACTED": 0, "[REDACTEDx]": 0, "[REDACTED:A]": 0, "[REDACTED:a b]": 0, "REDACTED]": 0, "": 0, "[": 0,
		"[REDACTED:" + strings.Repeat("a", 100) + "]": 0,
	} {
		if got := MarkerAt([]byte(s)); got != want {
			t.Errorf("%q: %d, want %d", s, got, want)
		}
	}
}

func TestValues(t *testing.T) {
	v := &values{}
	for i := range 3000 {
		v.add(value{text: fmt.Sprintf("value-%04d-end", i), rule: "r"})
	}
	v.add(value{text: "a/b", rule: "short"})
	for _, pad := range []string{"", "x", "xx", "xxx"} {
		text := []byte(pad + "value-0007-end and a/b value-9999-end")
		got := v.find(text, nil, 1, nil)
		if len(got) != 2 || got[0].From != len(pad) || string(text[got[1].From:got[1].To]) != "a/b" {
			t.Errorf("%q: %v", text, got)
		}
	}
	if v.add(value{text: "value-0007-end", rule: "r"}) {
		t.Error("a value was added twice")
	}
	// Values that have all in common but their ends must not make it slow: they
	// are not taken.
	before := len(v.list)
	for i := range 1000 {
		v.add(value{text: fmt.Sprintf("aaaaaaaaaaaa/%d", i), rule: "r"})
	}
	if n := len(v.list) - before; n > maxChain {
		t.Errorf("%d values with the same pieces", n)
	}
}

func FuzzLine(f *testing.F) {
	f.Add([]byte(`{"event_type":"x","a":"SECRET \u0053ECRET {\"b\":\"SECRET\",\"pin\":1}"}`))
	f.Add([]byte(`{"a":"%53ECRET aGVsbG8gU0VDUkVUIHdvcmxkIQ== \\u0053ECRET"}`))
	f.Add([]byte(`"\ud83d SECRET [REDACTED:SECRET]`))
	o := Options{Find: literal, Replace: marker, Decode: true}
	f.Fuzz(func(t *testing.T, line []byte) {
		if bytes.ContainsAny(line, "\n\r") {
			return
		}
		in := bytes.Clone(line)
		out, _, _ := New(o).Line(nil, line)
		if !bytes.Equal(in, line) {
			t.Fatal("the input was changed")
		}
		if json.Valid(line) && !json.Valid(out) {
			t.Fatalf("%s\nbecame %s", line, out)
		}
		again, n, _ := New(o).Line(nil, out)
		if n > 0 && !bytes.Contains(out, []byte("[REDACTED")) {
			t.Fatalf("%s\nbecame %s\nand then %s", line, out, again)
		}
	})
}
