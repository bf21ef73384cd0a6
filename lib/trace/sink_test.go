package trace

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tidwall/gjson"
)

// A fickle writer does what its function says, of the nth Write, from 0.
type fickle struct {
	bytes.Buffer
	n  int
	do func(n int, b []byte) (int, error)
}

func (f *fickle) Write(b []byte) (int, error) {
	n := f.n
	f.n++
	if len(b) == 0 || b[len(b)-1] != '\n' || bytes.Count(bytes.TrimSpace(b), []byte{'\n'}) > 0 {
		return 0, errors.New("not one line")
	}
	if f.do != nil {
		if written, err := f.do(n, b); written < len(b) || err != nil {
			f.Buffer.Write(b[:min(written, len(b))])
			return written, err
		}
	}
	return f.Buffer.Write(b)
}

// use runs an agent that calls a tool n times, and returns how it ended.
func use(t *testing.T, c Config, n int) error {
	t.Helper()
	ctx, s := Start(t.Context(), c)
	tool := Tool("T", func(_ context.Context, s string) (string, error) { return s, nil })
	for range n {
		if got, err := tool(ctx, "x"); got != "x" || err != nil {
			t.Fatalf("the tool gives %q %v", got, err)
		}
		s.Flush(time.Second) // so that writes do not depend on the speed
	}
	return s.End()
}

// whole returns the types of the events in a text of which lines may be torn.
func whole(text string) (types []string, torn int) {
	for line := range strings.Lines(text) {
		if gjson.Valid(line) {
			types = append(types, gjson.Get(line, "event_type").Str)
		} else {
			torn++
		}
	}
	return types, torn
}

// Whatever a writer does, the agent does not notice it, and what is lost is
// told: to the agent at the end, and in the trace as soon as it goes on.
func TestWriters(t *testing.T) {
	full := errors.New("no space left on device")
	for _, x := range []struct {
		name string
		do   func(n int, b []byte) (int, error)
		err  string
		want string // the types of what is written
		torn int
	}{
		{"good", nil, "", "session_start tool_call tool_result tool_call tool_result session_end", 0},
		{"full", func(int, []byte) (int, error) { return 0, full }, "cannot record 6 events: no space left on device", "", 0},
		{"full for a while", func(n int, _ []byte) (int, error) {
			if n == 1 || n == 2 {
				return 0, full
			}
			return 1 << 20, nil
		}, "cannot record 2 events: no space", "session_start trace_gap tool_call tool_result session_end", 0},
		{"torn", func(n int, b []byte) (int, error) {
			if n == 1 {
				return 10, full
			}
			return 1 << 20, nil
		}, "cannot record 1 events: no space", "session_start trace_gap tool_result tool_call tool_result session_end", 1},
		{"short without an error", func(n int, b []byte) (int, error) {
			if n == 5 {
				return len(b) - 1, nil
			}
			return 1 << 20, nil
		}, "cannot record 1 events: short write", "session_start tool_call tool_result tool_call tool_result session_end", 0},
		{"closed", func(int, []byte) (int, error) { return 0, io.ErrClosedPipe }, "closed pipe", "", 0},
		{"panics", func(n int, _ []byte) (int, error) { panic(map[string]int{"n": n}) }, `cannot record 6 events: panic: {"n":0}`, "", 0},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := &fickle{do: x.do}
			err := use(t, Config{Writer: w}, 2)
			if (err == nil) != (x.err == "") || err != nil && !strings.Contains(err.Error(), x.err) {
				t.Errorf("the end says %v, want %s", err, x.err)
			}
			types, torn := whole(w.String())
			if got := strings.Join(types, " "); got != x.want || torn != x.torn {
				t.Errorf("got  %s, %d torn\nwant %s, %d torn", got, torn, x.want, x.torn)
			}
		})
	}
}

func TestGapSaysHowManyAreMissing(t *testing.T) {
	w := &fickle{do: func(n int, _ []byte) (int, error) {
		if n > 0 && n < 4 {
			return 0, io.ErrClosedPipe
		}
		return 1 << 20, nil
	}}
	use(t, Config{Writer: w, Session: "s"}, 3)
	for line := range strings.Lines(w.String()) {
		if e := gjson.Parse(line); e.Get("event_type").Str == "trace_gap" {
			if e.Get("data.events").Int() != 3 || e.Get("session_id").Str != "s" || !strings.Contains(e.Get("data.reason").Str, "closed pipe") {
				t.Errorf("got %s", line)
			}
			return
		}
	}
	t.Errorf("no trace_gap in %s", w.String())
}

// A writer that hangs costs the end its patience, and nothing before it.
func TestWriterThatHangs(t *testing.T) {
	old := patience
	patience = 50 * time.Millisecond
	defer func() { patience = old }()
	r, w := io.Pipe()
	defer r.Close()
	begin := time.Now()
	ctx, s := Start(t.Context(), Config{Writer: w})
	big := strings.Repeat("x", MaxQueue/4)
	tool := Tool("T", func(_ context.Context, n int) (string, error) { return big, nil })
	for n := range 6 {
		tool(ctx, n)
	}
	err := s.End()
	if err == nil || !strings.Contains(err.Error(), "more than 64 MiB wait to be written") || !strings.Contains(err.Error(), "the trace does not take them") {
		t.Errorf("got %v", err)
	}
	if took := time.Since(begin); took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestStoreThatCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := use(t, Config{Dir: file, Redact: true}, 1); err == nil || !strings.Contains(err.Error(), "cannot record 4 events: ") {
		t.Errorf("got %v", err)
	}
}

func TestFullDisk(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no /dev/full")
	}
	defer f.Close()
	if err := use(t, Config{Writer: f}, 1); err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("got %v", err)
	}
}

// Nothing is written that could not be redacted.
func TestRedactFailsClosed(t *testing.T) {
	var out bytes.Buffer
	if err := use(t, Config{Writer: &out, Redact: true, Patterns: []string{"good", "("}}, 1); err == nil || !strings.Contains(err.Error(), "nothing is recorded") {
		t.Errorf("got %v", err)
	}
	if out.Len() > 0 {
		t.Errorf("written all the same: %s", out.String())
	}
	k := &sink{write: lineWriter(&out), clean: func([]byte) ([]byte, error) { panic("a fault") }}
	_, s := startOn(t, k)
	if err := s.End(); err == nil || !strings.Contains(err.Error(), "cannot record 2 events: panic: a fault") || out.Len() > 0 {
		t.Errorf("got %v, and %s", err, out.String())
	}
}

func startOn(t *testing.T, k *sink) (context.Context, *Session) {
	s := &Session{sink: k, root: true}
	s.start(Config{})
	return s.Context(t.Context()), s
}

// Secrets are out of every event before it is written, in whatever place.
func TestRedact(t *testing.T) {
	key := "ghp_" + strings.Repeat("a1B2c3", 6)
	var out bytes.Buffer
	ctx, s := Start(t.Context(), Config{Writer: &out, Redact: true, Patterns: []string{`INT-[0-9]{6}`}, Title: key, Command: []string{"agent", "--token", key}})
	Prompt(ctx, "use "+key)
	Decide(ctx, key, "INT-123456", "x", key)
	Do(ctx, "T", map[string]any{key: 1, "password": "hunter22-hunter"}, func(context.Context) (string, error) { return "", errors.New(key) })
	Do(ctx, "T", nil, func(context.Context) (map[string]any, error) { return map[string]any{"f": func() {}, "k": key}, nil })
	Ask(ctx, Request{Last: key}, func(context.Context) (string, error) { return key, nil }, nil)
	func() {
		defer func() { recover() }()
		Do(ctx, "T", nil, func(context.Context) (string, error) { panic(key) })
	}()
	_, sub := Subagent(ctx, Config{Description: key})
	sub.EndWith(key)
	if err := s.End(); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{key, "a1B2c3a1B2c3", "INT-123456", "hunter22-hunter"} {
		if strings.Contains(out.String(), secret) {
			t.Errorf("%s is in %s", secret, out.String())
		}
	}
	if types, torn := whole(out.String()); len(types) != 15 || torn > 0 {
		t.Errorf("%d events, %d torn", len(types), torn)
	}
}

// No goroutine stays behind, be the session ended or not.
func TestNothingStaysBehind(t *testing.T) {
	_, s := Start(t.Context(), Config{Writer: io.Discard})
	var g sync.WaitGroup
	for range 10 {
		g.Go(func() { Prompt(s.Context(t.Context()), "x") })
	}
	g.Wait()
	if err := s.Flush(time.Second); err != nil {
		t.Fatal(err)
	}
	if s.sink.running != nil || len(s.sink.queue) > 0 || s.sink.bytes != 0 {
		t.Errorf("left: %d events, %d bytes", len(s.sink.queue), s.sink.bytes)
	}
}

func BenchmarkTool(b *testing.B) {
	type in struct {
		Path  string `json:"path"`
		Query string `json:"query"`
	}
	fn := func(context.Context, in) (string, error) { return "three lines of text", nil }
	arg := in{"src/main.go", "authenticate"}
	run := func(name string, c Config, tool func(context.Context) func(context.Context, in) (string, error)) {
		b.Run(name, func(b *testing.B) {
			ctx, s := Start(b.Context(), c)
			call := tool(ctx)
			b.ReportAllocs()
			for b.Loop() {
				call(ctx, arg)
			}
			b.StopTimer()
			s.Flush(time.Minute)
		})
	}
	tool := func(context.Context) func(context.Context, in) (string, error) { return Tool("Grep", fn) }
	run("writer", Config{Writer: io.Discard}, tool)
	run("redact", Config{Writer: io.Discard, Redact: true}, tool)
	run("store", Config{Dir: b.TempDir()}, tool)
	run("func", Config{Writer: io.Discard}, func(ctx context.Context) func(context.Context, in) (string, error) { return Func(ctx, "Grep", fn) })
	b.Run("untraced", func(b *testing.B) {
		call := Tool("Grep", fn)
		for b.Loop() {
			call(b.Context(), arg)
		}
	})
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		Start(b.Context(), Config{Writer: io.Discard})
	}
}
