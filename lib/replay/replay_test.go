package replay

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"agenttrace/lib/event"
)

// stream parses events, one a line.
func stream(t testing.TB, lines string) (list []event.Event) {
	t.Helper()
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		e, err := event.Parse([]byte(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		list = append(list, e)
	}
	return list
}

type shower interface {
	Event(event.Event) error
	Close() error
}

func show(t testing.TB, p shower, events []event.Event) {
	t.Helper()
	for _, e := range events {
		if err := p.Event(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOffset(t *testing.T) {
	for _, tt := range []struct {
		d    time.Duration
		want string
	}{
		{0, "+  0.00s"},
		{70 * time.Millisecond, "+  0.07s"},
		{59994 * time.Millisecond, "+ 59.99s"},
		{59996 * time.Millisecond, "+1m00.00s"},
		{103670 * time.Millisecond, "+1m43.67s"},
		{time.Hour + 2*time.Minute + 3670*time.Millisecond, "+1h02m03.67s"},
		{-1500 * time.Millisecond, "-  1.50s"},
		{-time.Hour, "-1h00m00.00s"},
	} {
		if got := offset(tt.d); got != tt.want {
			t.Errorf("offset(%v) = %q, want %q", tt.d, got, tt.want)
		}
	}
}

func TestUnmarked(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"plain text", "plain text"},
		{"# Head\n###### Six\n#no", "Head\nSix\n#no"},
		{"a **strong** and **`code`** word", "a strong and code word"},
		{"`a ** b` and ``c ` d``", "a ** b and c ` d"},
		{"2 ** 3 ** 4, a*b*c, my_func_name", "2 ** 3 ** 4, a*b*c, my_func_name"},
		{"```go\nx := a ** `b` # c\n```\nend", "x := a ** `b` # c\nend"},
		{"~~~\n```\n~~~\n**x**", "```\nx"},
		{"an open ` mark and ** another", "an open ` mark and ** another"},
		{"****", "****"},
	} {
		if got := unmarked(tt.in); got != tt.want {
			t.Errorf("unmarked(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestPreview(t *testing.T) {
	v := view{Options: Options{Lines: 2, Width: 10}}
	for _, tt := range []struct {
		in   string
		want string
		more int
	}{
		{"", "", 0},
		{"\n\n  \n", "", 0},
		{"\n one  \r\n\ntwo\n\n", " one|two", 0},
		{"1\n2\n3\n\n4\n", "1|2", 3},
		{"0123456789abc", "012345678…", 0},
		{"\ta", "    a", 0},
		{"\xffx", `\xffx`, 0},
		{strings.Repeat("é", 1000), "ééééééééé…", 0},
		{strings.Repeat("世", 1000), "世世世世…", 0},
	} {
		got, more := v.preview(tt.in, v.Width)
		if s := strings.Join(got, "|"); s != tt.want || more != tt.more {
			t.Errorf("preview(%.20q) = %q, %d, want %q, %d", tt.in, s, more, tt.want, tt.more)
		}
	}
}

func TestPace(t *testing.T) {
	events := stream(t, `
		{"event_type":"a","timestamp":100}
		{"event_type":"a","timestamp":101}
		{"event_type":"a","timestamp":101}
		{"event_type":"a"}
		{"event_type":"phase","timestamp":500}
		{"event_type":"a","timestamp":1000}
		{"event_type":"a","timestamp":10}
		{"event_type":"a","timestamp":14}
		{"event_type":"a","timestamp":18}`)
	p := Pace{Speed: 2, MaxGap: 3 * time.Second}
	now := time.Unix(5000, 0)
	for i, tt := range []struct{ passes, want time.Duration }{
		{0, 0},
		{0, 500 * time.Millisecond},
		{500 * time.Millisecond, 0},
		{0, 0},
		{0, 0},
		{time.Second, 2 * time.Second},
		{2 * time.Second, 0},
		{500 * time.Millisecond, 1500 * time.Millisecond},
		{time.Minute, 0}, // the stream is slower than the pace
	} {
		now = now.Add(tt.passes)
		if got := p.Wait(events[i], now); got != tt.want {
			t.Errorf("event %d: wait %v, want %v", i, got, tt.want)
		}
	}
}

func prompts(session string, from, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `{"event_type":"user_prompt","timestamp":%d,"session_id":%q,"data":{"prompt":"p"}}`+"\n", from+i, session)
	}
	return b.String()
}

// What is over the bound goes out without totals, and these follow.
func TestHold(t *testing.T) {
	events := stream(t, prompts("a", 100, 3)+prompts("b", 200, 50)+prompts("c", 300, 2)+prompts("a", 400, 1))
	var out bytes.Buffer
	show(t, NewPrinter(&out, Options{Lines: 1, Width: 80, Hold: 1000}), events)
	var heads []string
	for line := range strings.Lines(out.String()) {
		if f := strings.Fields(line); len(f) > 1 && (f[0] == "Session:" || f[0] == "Duration:" || f[0] == "──") {
			heads = append(heads, strings.Join(f, " "))
		}
	}
	want := []string{
		"Session: a", "Duration: 2.00s", // complete, as far as one can tell
		"Session: b", // cut at the bound
		"Session: c", "Duration: 1.00s",
		"── session a",
		"Session: a", "Duration: 300.00s", // so it was not complete
		"Session: b", "Duration: 49.00s",
	}
	if got := strings.Join(heads, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestRelease(t *testing.T) {
	var out bytes.Buffer
	p := NewPrinter(&out, Options{Lines: 1, Width: 80, Hold: DefaultHold})
	events := stream(t, prompts("a", 100, 3))
	for i, e := range events {
		if i == 2 {
			if out.Len() > 0 || !p.Holds() {
				t.Error("text is out before its summary is known")
			}
			p.Release()
			if !strings.Contains(out.String(), "#2") || p.Holds() {
				t.Errorf("not released: %q", &out)
			}
		}
		if err := p.Event(e); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(out.String(), "#3") {
		t.Error("kept back after Release")
	}
	if p.Close(); strings.Count(out.String(), "Session Summary") != 1 {
		t.Errorf("want one summary, at the end: %q", &out)
	}
}

// Nobody is made to wait by data as deep as may be, by long texts or by
// sessions nested without end.
func TestExtremes(t *testing.T) {
	deep := strings.Repeat("[", 9990) + strings.Repeat("]", 9990)
	var b strings.Builder
	for _, f := range []string{
		`{"event_type":"tool_call","data":{"tool_name":"Read","arguments":%s}}`,
		`{"event_type":"tool_result","data":{"tool_name":"Read","result":%s}}`,
		`{"event_type":"tool_result","data":{"tool_name":"Read","result":{"content":%s}}}`,
		`{"event_type":"error","data":{"error":%s}}`,
		`{"event_type":"user_prompt","data":{"prompt":%s}}`,
		`{"event_type":"session_start","data":{"command":%s,"agent":%[1]s}}`,
		`{"event_type":"from_the_future","data":%s}`,
		`{"event_type":"score","data":{"x":%s}}`,
		`{"event_type":"cost","data":{"unpriced_models":%s}}`,
	} {
		fmt.Fprintf(&b, f+"\n", deep)
	}
	fmt.Fprintf(&b, `{"event_type":"assistant_response","data":{"text":%q}}`+"\n", strings.Repeat("` **a *b", 1<<17))
	for _, ts := range []string{"9e18", "-9e18", "1e300", "9223372036.854775807", "-9223372036.8"} {
		fmt.Fprintf(&b, `{"event_type":"user_prompt","timestamp":%s,"duration_ms":%[1]s,"data":{}}`+"\n", ts)
	}
	for i := range 3000 {
		fmt.Fprintf(&b, `{"event_type":"session_start","timestamp":%d,"session_id":"s%d","data":{"parent_session_id":"s%d"}}`+"\n", i, i, i-1)
	}
	events := stream(t, b.String())
	for _, lines := range []int{0, 3} {
		o := Options{Lines: lines, Width: 80, Hold: DefaultHold}
		for _, p := range []func(*bytes.Buffer) shower{
			func(b *bytes.Buffer) shower { return NewPrinter(b, o) },
			func(b *bytes.Buffer) shower { return NewFamily(b, o) },
			func(b *bytes.Buffer) shower { return NewTree(b, o) },
		} {
			var out bytes.Buffer
			begin := time.Now()
			show(t, p(&out), events)
			if d := time.Since(begin); d > 20*time.Second {
				t.Errorf("took %v", d)
			}
			if out.Len() == 0 || out.Len() > 20<<20 {
				t.Errorf("%d bytes of output", out.Len())
			}
		}
	}
}

// Calls that never end do not fill the memory.
func TestOpenCalls(t *testing.T) {
	var s session
	for i := range 10 * maxOpen {
		s.opened(fmt.Sprint(i), call{})
	}
	if len(s.open) > maxOpen {
		t.Errorf("%d open calls", len(s.open))
	}
}

func BenchmarkPrinter(b *testing.B) {
	text := strings.Repeat("some output of a tool, as long as a line is\\n", 100)
	events := stream(b, `
		{"event_type":"tool_call","timestamp":1795332171.769000,"event_id":"bf1207728ee6","session_id":"s","data":{"tool_name":"Bash","arguments":{"command":"go test ./... && echo done","description":"run"}}}
		{"event_type":"tool_result","timestamp":1795332171.968000,"event_id":"4a6f1be02c3d","session_id":"s","parent_id":"bf1207728ee6","data":{"tool_name":"Bash","result":{"stdout":"`+text+`","stderr":"","interrupted":false}}}`)
	var size int64
	for _, e := range events {
		size += int64(len(e.Raw))
	}
	b.SetBytes(size)
	p := NewPrinter(discard{}, Options{Lines: 3, Width: 120, NoSummary: true})
	for b.Loop() {
		for _, e := range events {
			p.Event(e)
		}
	}
}

type discard struct{}

func (discard) Write(b []byte) (int, error) { return len(b), nil }
