package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	coltrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// A collector takes requests on an address, and may be away.
type collector struct {
	mu     sync.Mutex
	addr   string
	server *http.Server
	spans  map[string]int    // by id, how often
	names  map[string]string // by id
	answer func(n int, w http.ResponseWriter) bool
	n      int
	texts  []string // JSON bodies
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{addr: free(t), spans: map[string]int{}, names: map[string]string{}}
	t.Cleanup(c.stop)
	return c
}

func (c *collector) start(t *testing.T) {
	t.Helper()
	l, err := net.Listen("tcp", c.addr)
	if err != nil {
		t.Fatal(err)
	}
	c.refuse(nil)
	c.server = &http.Server{Handler: c}
	go c.server.Serve(l)
}

func (c *collector) stop() {
	if c.server != nil {
		c.server.Close()
	}
}

// leave stops it as a collector stops that is told to: what it has begun to take,
// it takes and answers. A request that comes while connections are being closed
// is not taken. An answer that is lost would have its spans sent twice.
func (c *collector) leave(t *testing.T) {
	t.Helper()
	c.refuse(func(int, http.ResponseWriter) bool { panic(http.ErrAbortHandler) })
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := c.server.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
}

func (c *collector) url() string { return "http://" + c.addr }

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	if c.answer != nil && c.answer(c.n, w) {
		return
	}
	var in io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		in, _ = gzip.NewReader(r.Body)
	}
	body, _ := io.ReadAll(in)
	if r.Header.Get("Content-Type") == "application/json" {
		c.texts = append(c.texts, string(body))
		return
	}
	var req coltrace.ExportTraceServiceRequest
	if proto.Unmarshal(body, &req) != nil || r.URL.Path != "/v1/traces" {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	for _, rs := range req.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			for _, s := range ss.Spans {
				id := hex.EncodeToString(s.SpanId)
				c.spans[id]++
				c.names[id] = s.Name
			}
		}
	}
}

// refuse sets what is asked before a request is taken.
func (c *collector) refuse(answer func(n int, w http.ResponseWriter) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answer = answer
}

// count returns how many spans there are, and how many came more than once.
func (c *collector) count() (spans, twice int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range c.spans {
		if n > 1 {
			twice++
		}
	}
	return len(c.spans), twice
}

// wait waits until there are n spans.
func (c *collector) wait(t *testing.T, n int) {
	t.Helper()
	for range 2000 {
		if got, _ := c.count(); got >= n {
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	got, _ := c.count()
	t.Fatalf("%d spans, want %d", got, n)
}

// program returns the command with arguments: this test binary, which is the
// command under its name.
func program(t *testing.T, in io.Reader, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "at-otlp")
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	cmd.Env = []string{"TMPDIR=" + t.TempDir(), "API_KEY=hunter2"}
	cmd.Stdin = in
	return cmd
}

// runIt runs it and returns what it wrote.
func runIt(t *testing.T, in string, args ...string) (out, msg string, status int) {
	t.Helper()
	cmd := program(t, strings.NewReader(in), args...)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return o.String(), e.String(), cmd.ProcessState.ExitCode()
}

// lines makes calls from..to of a session, with their outcomes.
func lines(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, `{"event_type":"tool_call","timestamp":%d,"event_id":"c%d","session_id":"s","data":{"tool_name":"T"}}`+"\n", 1700000000+i, i)
		fmt.Fprintf(&b, `{"event_type":"tool_result","timestamp":%d.5,"event_id":"r%d","session_id":"s","parent_id":"c%d","data":{}}`+"\n", 1700000000+i, i, i)
	}
	return b.String()
}

const end = `{"event_type":"session_end","timestamp":1700009999,"event_id":"end","session_id":"s","data":{}}` + "\n"

func TestSend(t *testing.T) {
	c := newCollector(t)
	c.start(t)
	c.answer = func(n int, w http.ResponseWriter) bool {
		if n == 2 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		return n == 2
	}
	out, msg, status := runIt(t, lines(0, 1000)+end, "--endpoint", c.url()+"/v1/traces", "--first-retry", "5ms", "--header", "api-key: ${API_KEY}")
	if n, twice := c.count(); n != 1001 || twice > 0 || status != 0 || out != "" || strings.Contains(msg, "hunter2") {
		t.Errorf("%d spans, %d twice, status %d, output %q, messages %s", n, twice, status, out, msg)
	}
	// Again: nothing new.
	runIt(t, lines(0, 1000)+end, "--endpoint", c.url())
	if n, _ := c.count(); n != 1001 {
		t.Errorf("%d spans after it was sent twice", n)
	}
}

func TestDeadLetters(t *testing.T) {
	c := newCollector(t)
	c.start(t)
	c.answer = func(_ int, w http.ResponseWriter) bool { w.WriteHeader(http.StatusBadRequest); return true }
	dead := filepath.Join(t.TempDir(), "dead.jsonl")
	_, msg, status := runIt(t, lines(0, 600)+end, "--endpoint", c.url(), "--dead-letter", dead)
	text, err := os.ReadFile(dead)
	if err != nil || status != 2 || strings.Count(string(text), "\n") != 2 || strings.Count(string(text), `"spanId"`) != 601 || !strings.Contains(msg, "601 of 601 items were not accepted; see "+dead) {
		t.Errorf("status %d, %d bytes, %v, %s", status, len(text), err, msg)
	}
	// Its lines are requests.
	c.answer = nil
	for line := range strings.Lines(string(text)) {
		resp, err := http.Post(c.url()+"/v1/traces", "application/json", strings.NewReader(line))
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("%v %v", resp, err)
		}
		resp.Body.Close()
	}
	if len(c.texts) != 2 {
		t.Errorf("%d requests", len(c.texts))
	}
	// Without the file, it is said that it would help.
	if _, msg, status := runIt(t, lines(0, 1), "--endpoint", "http://127.0.0.1:1", "--retry-for", "10ms", "--first-retry", "5ms"); status != 2 || !strings.Contains(msg, "hint: --dead-letter FILE keeps them") {
		t.Errorf("status %d, %s", status, msg)
	}
}

func TestDryRun(t *testing.T) {
	out, msg, status := runIt(t, lines(0, 10), "--dry-run", "--endpoint", "http://user:pa55@127.0.0.1:1/x", "--header", "api-key=${API_KEY}")
	if status != 0 || msg != "" || !strings.Contains(out, `"headers":["Api-Key"]`) || !strings.Contains(out, `"items":11`) || strings.Contains(out, "hunter2") || strings.Contains(out, "pa55") {
		t.Errorf("status %d, %s%s", status, out, msg)
	}
}

// TestFollow sends while the input goes on, with a collector that is away at
// first and once more later. All spans arrive, once.
func TestFollow(t *testing.T) {
	c := newCollector(t)
	r, w := io.Pipe()
	cmd := program(t, r, "--follow", "--endpoint", c.url(), "--first-retry", "20ms", "--grace", "100ms")
	var msg bytes.Buffer
	cmd.Stderr = &msg
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, lines(0, 700))
	time.Sleep(1500 * time.Millisecond)
	c.start(t)
	c.wait(t, 700)
	c.leave(t)
	io.WriteString(w, lines(700, 1500))
	time.Sleep(1500 * time.Millisecond)
	c.start(t)
	c.wait(t, 1500)
	io.WriteString(w, end)
	c.wait(t, 1501) // the root span, without the end of the input
	w.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("%v: %s", err, msg.String())
	}
	if n, twice := c.count(); n != 1501 || twice > 0 {
		t.Errorf("%d spans, %d of them twice", n, twice)
	}
}

// TestEndWaits checks that the end of the input does not cut a request that is
// under way off, which would be sent once more.
func TestEndWaits(t *testing.T) {
	c := newCollector(t)
	c.start(t)
	came := make(chan bool, 10)
	c.refuse(func(int, http.ResponseWriter) bool {
		came <- true
		time.Sleep(500 * time.Millisecond)
		return false
	})
	r, w := io.Pipe()
	cmd := program(t, r, "--follow", "--endpoint", c.url())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, lines(0, 10))
	<-came
	w.Close()
	err := cmd.Wait()
	if n, twice := c.count(); n != 11 || twice > 0 || err != nil {
		t.Errorf("%d spans, %d of them twice, %v", n, twice, err)
	}
}

// spooled counts the spans in a spool that a program writes to.
func spooled(t *testing.T, dir string) (spans int) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, "[0-9]*.pb"))
	for _, path := range files {
		var req coltrace.ExportTraceServiceRequest
		if text, err := os.ReadFile(path); err != nil || proto.Unmarshal(text, &req) != nil {
			t.Fatalf("%s: %v", path, err)
		}
		for _, rs := range req.ResourceSpans {
			for _, ss := range rs.ScopeSpans {
				spans += len(ss.Spans)
			}
		}
	}
	return spans
}

// TestStop checks that a signal sends what there is, and that a spool keeps what
// cannot be sent for the next run.
func TestStop(t *testing.T) {
	c := newCollector(t)
	spool := filepath.Join(t.TempDir(), "spool")
	live := func(in string) (*exec.Cmd, *os.File, *bytes.Buffer) {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd := program(t, r, "--follow", "--endpoint", c.url(), "--first-retry", "20ms", "--spool", spool)
		msg := &bytes.Buffer{}
		cmd.Stderr = msg
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		r.Close()
		io.WriteString(w, in)
		return cmd, w, msg
	}
	cmd, w, msg := live(lines(0, 100))
	for n := 0; spooled(t, spool) < 100; n++ {
		if time.Sleep(25 * time.Millisecond); n == 1000 {
			t.Fatalf("%d spans in the spool", spooled(t, spool))
		}
	}
	cmd.Process.Kill() // nothing is lost even so, but for the root
	cmd.Wait()
	w.Close()
	if n := spooled(t, spool); n != 100 {
		t.Fatalf("%d spans in the spool: %s", n, msg.String())
	}
	c.start(t)
	cmd, w, msg = live(strings.ReplaceAll(lines(100, 101), `"s"`, `"s2"`) + `{"event_type":"tool_call","timestamp":1700000001,"event_id":"open","session_id":"s2","data":{"tool_name":"T"}}` + "\n")
	c.wait(t, 101)
	cmd.Process.Signal(syscall.SIGTERM)
	err := cmd.Wait()
	w.Close()
	// 101 calls, the one that is open, and the root of the second session.
	if n, twice := c.count(); n != 103 || twice > 0 || err != nil {
		t.Errorf("%d spans, %d twice, %v, %s", n, twice, err, msg.String())
	}
	if files, _ := os.ReadDir(spool); len(files) != 0 {
		t.Errorf("%d files are left", len(files))
	}
}

// TestFull checks that what the spool has no room for is in the dead letters.
func TestFull(t *testing.T) {
	dead := filepath.Join(t.TempDir(), "dead.jsonl")
	_, msg, status := runIt(t, lines(0, 4000)+end, "--follow", "--endpoint", "http://127.0.0.1:1", "--first-retry", "10ms", "--retry-for", "200ms", "--spool-max", "1", "--dead-letter", dead)
	text, err := os.ReadFile(dead)
	if err != nil || status != 2 || strings.Count(string(text), `"spanId"`) != 4001 || !strings.Contains(msg, "the spool is full") || !strings.Contains(msg, "4001 of 4001 items were not accepted") {
		t.Errorf("status %d, %d spans, %v, %s", status, strings.Count(string(text), `"spanId"`), err, msg)
	}
}
