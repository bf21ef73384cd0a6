package capture

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/claude"
	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
)

// result is what became of an input.
type result struct {
	lines    []string
	problems []string // line number and message
	lost     []string // what was reported as not used
}

// capture captures a text. Its clock goes on by a second with each reading.
func capture(t testing.TB, text string, f File, all bool) (r result) {
	t.Helper()
	now := int64(1795332170e9)
	c := &Capture{
		Emit: func(line []byte) error {
			r.lines = append(r.lines, string(line))
			return nil
		},
		Problem: func(err *event.SyntaxError, raw []byte) {
			r.problems = append(r.problems, fmt.Sprintf("%d: %s", err.Line, err.Msg))
			if raw != nil {
				r.lost = append(r.lost, string(raw))
			}
		},
		Clock: func() int64 {
			now += 1e9
			return now
		},
		All: all,
	}
	if err := c.Read(strings.NewReader(text), f); err != nil {
		t.Fatal(err)
	}
	check(t, text, r)
	return r
}

// check checks what holds of every result: lines are events, each on one line
// and in UTF-8, and problems say where.
func check(t testing.TB, text string, r result) {
	t.Helper()
	last := bytes.Count([]byte(text), []byte("\n")) + 1
	for _, l := range r.lines {
		if _, err := event.Parse([]byte(l)); err != nil || strings.Contains(l, "\n") || !utf8.ValidString(l) {
			t.Fatalf("%v: %q", err, l)
		}
	}
	for _, p := range r.problems {
		var n int
		if _, err := fmt.Sscanf(p, "%d: ", &n); err != nil || n < 1 || n > last {
			t.Fatalf("a problem in line %d of %d: %s", n, last, p)
		}
	}
}

// types returns the types of events, with what tells them apart.
func types(lines []string) string {
	var list []string
	for _, l := range lines {
		g := gjson.GetMany(l, "event_type", "data.tool_use_id", "data.prompt", "data.text", "data.n")
		s := g[0].Str
		for _, x := range g[1:] {
			if x.Exists() {
				s += ":" + x.String()
			}
		}
		list = append(list, s)
	}
	return strings.Join(list, " ")
}

const (
	ev1  = `{"event_type":"x","timestamp":1.0e3,"session_id":"s","data":{"n":12345678901234567890},"odd" : [1 ,2]}`
	pre1 = `{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"ls"},"tool_use_id":"t1"}`
	pre2 = `{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"ls"},"tool_use_id":"t2"}`
	user = `{"parentUuid":null,"isSidechain":false,"type":"user","sessionId":"s","uuid":"u1","timestamp":"2026-11-22T07:22:51.000Z","message":{"role":"user","content":"hi"}}`
)

// pretty returns an object over several lines.
func pretty(object string) string {
	return strings.NewReplacer(`,"`, ",\n  \"", `{"`, "{\n  \"").Replace(object)
}

func TestRead(t *testing.T) {
	for name, tt := range map[string]struct{ in, types, problems string }{
		"nothing":           {"", "", ""},
		"blank lines":       {"\n \r\n\t\n", "", ""},
		"an event":          {ev1, "x:12345678901234567890", ""},
		"all kinds":         {ev1 + "\n" + pre1 + "\n" + user + "\n", "x:12345678901234567890 tool_call:t1 session_start user_prompt:hi", ""},
		"CRLF":              {pre1 + "\r\n" + pre2 + "\r\n", "tool_call:t1 tool_call:t2", ""},
		"BOM":               {"\uFEFF" + pre1 + "\n" + pre2, "tool_call:t1 tool_call:t2", ""},
		"over lines":        {pretty(pre1) + "\n" + pretty(pre2), "tool_call:t1 tool_call:t2", ""},
		"over lines, mixed": {pre1 + "\n" + pretty(pre2) + "\n" + user + "\n" + pretty(ev1), "tool_call:t1 tool_call:t2 session_start user_prompt:hi x:12345678901234567890", ""},
		"over lines, CRLF":  {strings.ReplaceAll(pretty(pre1)+"\n"+pretty(ev1)+"\n", "\n", "\r\n"), "tool_call:t1 x:12345678901234567890", ""},
		"an array":          {"[" + pre1 + "," + pre2 + "]", "tool_call:t1 tool_call:t2", ""},
		"an array of lines": {"[\n" + pre1 + ",\n" + pre2 + "\n]\n" + ev1, "tool_call:t1 tool_call:t2 x:12345678901234567890", ""},
		"a pretty array":    {"[\n" + pretty(pre1) + ",\n" + pretty(pre2) + "\n]\n", "tool_call:t1 tool_call:t2", ""},
		"an empty array":    {"[]\n" + pre1, "tool_call:t1", ""},
		"array of others":   {"[1,2," + pre1 + ",\"x\"]\n" + pre2, "tool_call:t1 tool_call:t2", "1: a JSON array; elements that are no records: 3"},
		"array, a bad one":  {"[\n{\"a\":1},\n" + pre1 + "]", "tool_call:t1", "2: a JSON object that is no record of a known agent"},
		"junk":              {"junk\n" + pre1 + "\nmore junk", "tool_call:t1", "1: not a record: unexpected 'j' at byte 1|3: not a record: unexpected 'm' at byte 1"},
		"other JSON":        {"42\n\"x\"\n{}\nnull\n" + pre1, "tool_call:t1", "1: not a JSON object|2: not a JSON object|3: a JSON object that is no record of a known agent|4: not a JSON object"},
		"NUL":               {"\x00\x00\n" + pre1, "tool_call:t1", "1: not a record: unexpected '\\x00' at byte 1"},
		"not UTF-8":         {strings.Replace(pre1, "ls", "\xff", 1) + "\n" + pre2, "tool_call:t1 tool_call:t2", "1: bytes that are not UTF-8, read as U+FFFD"},
		"over lines, not UTF-8": {strings.Replace(pretty(pre1), "ls", "\xff", 1) + "\n" + pre2, "tool_call:t1 tool_call:t2",
			"6: bytes that are not UTF-8, read as U+FFFD"},
		"joined":               {pre1 + pre2 + "\n" + user, "tool_call:t1 tool_call:t2 session_start user_prompt:hi", "1: 2 records joined without a newline, all of them read"},
		"torn":                 {pre1[:40] + "\n" + pre2, "tool_call:t2", "1: not a record: the line ends too soon at byte 41"},
		"torn, joined":         {pre1[:40] + pre2 + "\n", "tool_call:t2", "1: a torn line, with a record joined to it that was read"},
		"torn, joined to two":  {user[:90] + user + pre2 + "\n", "session_start user_prompt:hi tool_call:t2", "1: a torn line, with a record joined to it that was read"},
		"joined, torn":         {user + pre2[:30] + "\n" + pre1, "session_start user_prompt:hi tool_call:t1", "1: a torn line, with a record joined to it that was read"},
		"torn at the end":      {pre1 + "\n" + pre2[:60], "tool_call:t1", "2: not a record: the line ends too soon at byte 61"},
		"torn before a pretty": {pre1[:50] + "\n" + pretty(pre2), "tool_call:t2", "1: not a record: the line ends too soon at byte 51"},
		"torn after a brace":   {`{"session_id":"s","tool_input":{` + "\n" + pre2 + "\n" + pretty(pre1), "tool_call:t2 tool_call:t1", "1: not a record: the line ends too soon at byte 33"},
		"torn in an array":     {"[\n" + pre1 + ",\n" + pre2[:30] + "\n" + user + "\n", "tool_call:t1 session_start user_prompt:hi", "1: not a record: the line ends too soon at byte 2|2: a comma behind a record that was read|3: not a record: the line ends too soon at byte 31"},
		"torn pretty":          {strings.Join(strings.Split(pretty(pre1), "\n")[:3], "\n") + "\n" + pre2, "tool_call:t2", "1: not a record: the line ends too soon at byte 2|2: not a record: more text after the JSON value at byte 13|3: not a record: more text after the JSON value at byte 18"},
		"wrapped":              {`{"timestamp":"2026-11-22T07:22:51Z","input_data":` + pre1 + `}`, "tool_call:t1", ""},
		"wrapped, no session":  {`{"input_data":{"hook_event_name":"Stop"}}` + "\n" + pre1, "tool_call:t1", "1: a hook payload without a session_id"},
		"wrapped, no hook":     {`{"input_data":{"x":1}}` + "\n" + pre1, "tool_call:t1", "1: a JSON object that is no record of a known agent"},
		"hook, no session":     {`{"hook_event_name":"Stop"}` + "\n" + `{"hook_event_name":"Stop","session_id":7}` + "\n" + pre1, "tool_call:t1", "1: a hook payload without a session_id|2: a hook payload without a session_id"},
		"hook name no string":  {`{"hook_event_name":12345,"session_id":"s"}`, "", "1: a JSON object that is no record of a known agent"},
		"line, no session":     {strings.Replace(user, `"sessionId":"s",`, "", 1) + "\n" + user, "session_start user_prompt:hi", "1: a line of a transcript without a sessionId"},
		"event type no string": {`{"event_type":7,"session_id":"s"}`, "", "1: a JSON object that is no record of a known agent"},
		"a bare event":         {`{"event_type":"decision","data":{"n":1}}`, "decision:1", ""},
		"duplicate keys":       {`{"event_type":"x","session_id":"a","session_id":"b","data":{"n":1,"n":2}}`, "x:1", ""},
		"null values":          {`{"session_id":"s","hook_event_name":"Stop","last_assistant_message":null,"stop_hook_active":null}`, "stop", ""},
	} {
		r := capture(t, tt.in, File{Name: "in"}, false)
		if got := types(r.lines); got != tt.types {
			t.Errorf("%s:\n got %s\nwant %s", name, got, tt.types)
		}
		if got := strings.Join(r.problems, "|"); got != tt.problems {
			t.Errorf("%s: problems\n got %s\nwant %s", name, got, tt.problems)
		}
	}
}

// What is captured already passes byte for byte.
func TestEventsPass(t *testing.T) {
	for _, line := range []string{ev1, `{"event_type":"x","timestamp":1,"é":"\u00e9","a":[ ]}`, `{ "session_id":"s" , "event_type" : "x" }`} {
		for _, in := range []string{line, line + "\n", "[1]\n" + line, "  " + line + "\r\n", "[" + line + "]"} {
			if r := capture(t, in, File{}, false); len(r.lines) != 1 || r.lines[0] != line {
				t.Errorf("%q became %q", in, r.lines)
			}
		}
	}
	if r := capture(t, pretty(ev1), File{}, false); len(r.lines) != 1 || r.lines[0] != strings.NewReplacer(" : ", ":", "1 ,2", "1,2").Replace(ev1) {
		t.Errorf("over lines: %q", r.lines)
	}
	long := strings.Replace(ev1, `[1 ,2]`, `"`+strings.Repeat("x", 64<<20)+`"`, 1)
	if r := capture(t, long+"\n"+pre1, File{}, false); len(r.lines) != 2 || r.lines[0] != long {
		t.Error("a line of 64 MB is lost")
	}
}

// However the bytes come, the events are the same.
func TestReaders(t *testing.T) {
	in := ev1 + "\n" + pretty(pre1) + "\n" + user + "\njunk\n" + pre1[:40] + pre2
	want := capture(t, in, File{}, false)
	for name, reader := range map[string]func(io.Reader) io.Reader{"one byte": iotest.OneByteReader, "half": iotest.HalfReader, "data and EOF": iotest.DataErrReader} {
		var got []string
		c := &Capture{
			Emit:    func(l []byte) error { got = append(got, string(l)); return nil },
			Problem: func(*event.SyntaxError, []byte) {}, Clock: func() int64 { return 1795332171e9 },
		}
		if err := c.Read(reader(strings.NewReader(in)), File{}); err != nil || types(got) != types(want.lines) {
			t.Errorf("%s: %v, %s", name, err, types(got))
		}
	}
}

func TestReadErrors(t *testing.T) {
	broken := errors.New("broken")
	n := 0
	c := &Capture{Emit: func([]byte) error { n++; return nil }, Problem: func(*event.SyntaxError, []byte) {}, Clock: func() int64 { return 0 }}
	err := c.Read(io.MultiReader(strings.NewReader(pre1+"\n"), iotest.ErrReader(broken)), File{Name: "f"})
	if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "f: ") || n != 1 {
		t.Errorf("of the reader: %v, %d events", err, n)
	}
	for _, in := range []string{pre1, user, ev1, pretty(pre1)} {
		c = &Capture{Emit: func([]byte) error { return broken }, Problem: func(*event.SyntaxError, []byte) {}, Clock: func() int64 { return 0 }}
		if err := c.Read(strings.NewReader(in), File{}); !errors.Is(err, broken) {
			t.Errorf("of Emit: %v", err)
		}
	}
}

// Hostile input costs no more than in proportion to its length.
func TestReadIsLinear(t *testing.T) {
	for name, make := range map[string]func(n int) string{
		"brackets":            func(n int) string { return strings.Repeat("[\n", n) },
		"braces":              func(n int) string { return strings.Repeat("{\n", n) },
		"keys":                func(n int) string { return strings.Repeat("{\"a\":\n", n) },
		"long open lines":     func(n int) string { return strings.Repeat(`["`+strings.Repeat("x", 1000)+"\",\n", n/10) },
		"nested, then broken": func(n int) string { return strings.Repeat(strings.Repeat("{\"a\":[\n", 30)+"x\n", n/30) },
		"open, then strings":  func(n int) string { return strings.Repeat("[\n"+strings.Repeat("\"x\",\n", 500), n/500) },
		"elements":            func(n int) string { return "[" + strings.Repeat("1,", 50*n) + "1]" },
		"joined":              func(n int) string { return strings.Repeat(`{"a":1}`, n) },
		"begins":              func(n int) string { return strings.Repeat(`{"type":`, 10*n) },
		"bare open":           func(n int) string { return strings.Repeat("{\"type\":\"user\",\"message\":[\n", n/10) + pre1 },
	} {
		clitest.Linear(t, name, 8_000, func(n int) {
			if r := capture(t, make(n), File{}, false); name == "elements" && len(r.problems) != 1 {
				t.Errorf("%s: %d problems", name, len(r.problems))
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		ev1, pre1 + "\n" + user, pretty(pre1) + "\n[" + pre2 + ",7]", pre1[:40] + pre2 + pre1 + user[:30], "\uFEFF{\n[\n\x00\xff", "{\"a\":\n[\n{\n}",
		`{"type":"assistant","sessionId":"s","uuid":"a","requestId":"r","message":{"id":"m","model":"x","content":[{"type":"thinking","thinking":"t"},{"type":"text","text":"x"},{"type":"tool_use","id":"t1","name":"Task","input":{"prompt":"hi"}}],"stop_reason":null,"usage":{"input_tokens":1,"output_tokens":2,"cache_creation":{"ephemeral_5m_input_tokens":1}}}}`,
		`{"type":"user","sessionId":"s","isSidechain":true,"uuid":"u","message":{"content":[{"type":"tool_result","tool_use_id":"t1","is_error":true,"content":"Exit code 2"},{"type":"tool_result"}]},"toolUseResult":{"agentId":"z"}}`,
		`{"type":"progress","sessionId":"s","parentToolUseID":"t1","data":{"type":"agent_progress","agentId":"a","message":{"type":"assistant","timestamp":"2026-11-22T07:22:51.000Z","message":{"content":"x"}}}}`,
		`{"type":"system","subtype":"compact_boundary","sessionId":"s","compactMetadata":{"trigger":"auto"}}` + "\n" + `{"type":"attachment","sessionId":"s","attachment":{"type":"queued_command","prompt":[{"type":"text","text":"x"}]}}`,
		`{"input_data":{"hook_event_name":"PostToolBatch","session_id":"s","tool_calls":[{"tool_use_id":"t","tool_response":"<tool_use_error>x"},3]}}`,
	} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, in string, all bool) {
		if len(in) > 1<<16 {
			return
		}
		start := time.Now()
		file := File{Name: "f", Session: "s", Child: claude.Child{Agent: "k", ToolUseID: "t1"}}
		a := capture(t, in, file, all)
		if time.Since(start) > 10*time.Second {
			t.Fatalf("%d bytes took %v", len(in), time.Since(start))
		}
		b := capture(t, in, file, all)
		if strings.Join(a.lines, "\n") != strings.Join(b.lines, "\n") || strings.Join(a.problems, "\n") != strings.Join(b.problems, "\n") {
			t.Fatalf("captured again, it gives something else")
		}
		if !all && len(b.lines) > 0 { // what was captured passes
			c := capture(t, strings.Join(b.lines, "\n"), File{Name: "f"}, false)
			if strings.Join(c.lines, "\n") != strings.Join(b.lines, "\n") {
				t.Fatalf("events do not pass:\n%s\n%s", strings.Join(b.lines, "\n"), strings.Join(c.lines, "\n"))
			}
		}
	})
}
