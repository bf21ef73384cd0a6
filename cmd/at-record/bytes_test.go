//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"agenttrace/lib/event"
	"agenttrace/lib/proxy/proxytest"
	"agenttrace/lib/store"
)

// A wire is a client's end of a server's process that keeps what passes.
type wire struct {
	io.Reader
	io.Writer
	close func() error
}

func (w wire) Close() error { return w.close() }

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// recorded returns the events of the only session of a store, or those of one.
func recorded(t *testing.T, dir, session string) []event.Event {
	t.Helper()
	st := store.At(dir)
	if session == "" {
		list, err := st.Sessions()
		if err != nil || len(list) != 1 {
			t.Fatalf("%d sessions, %v", len(list), err)
		}
		session = list[0].ID
	}
	var events []event.Event
	if _, _, err := st.Scan(session, 0, func(line []byte) error {
		e, err := event.Parse(bytes.Clone(line))
		events = append(events, e)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return events
}

func count(events []event.Event) map[string]int {
	n := map[string]int{}
	for _, e := range events {
		n[e.Type()]++
	}
	return n
}

// TestSDK has the official SDK's client talk to its server through at-record, in
// every revision, and compares the bytes at both ends.
func TestSDK(t *testing.T) {
	for _, version := range []string{"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"} {
		t.Run(version, func(t *testing.T) {
			dir := t.TempDir()
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			defer cancel()
			cmd := exec.CommandContext(ctx, "at-record", "--name", "p", "--trace-dir", filepath.Join(dir, "t"), "--", "mcp-server")
			cmd.Env = append(os.Environ(), "SAW="+filepath.Join(dir, "saw"), "SAID="+filepath.Join(dir, "said"), "CLAUDE_CODE_SESSION_ID=")
			cmd.Stderr = os.Stderr
			stdin, err := cmd.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			var sent, got lockedBuffer
			w := wire{io.TeeReader(stdout, &got), io.MultiWriter(stdin, &sent), stdin.Close}
			lines, err := proxytest.Drive(ctx, &mcp.IOTransport{Reader: io.NopCloser(w.Reader), Writer: w}, version)
			if err != nil {
				t.Fatal(err)
			}
			stdin.Close()
			io.Copy(io.Discard, w.Reader)
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
			if text := strings.Join(lines, "\n") + "\n"; text != proxytest.Want(version) {
				t.Errorf("got\n%s\nwant\n%s", text, proxytest.Want(version))
			}
			same(t, filepath.Join(dir, "saw"), sent.String())
			same(t, filepath.Join(dir, "said"), got.String())

			calls, ends := 6, 6
			if version < "2026" {
				calls, ends = 7, 7
			}
			n := count(recorded(t, filepath.Join(dir, "t"), ""))
			if n["tool_call"] != calls || n["tool_result"]+n["error"] != ends || n["session_end"] != 1 || n["file_read"] != 1 || n["trace_gap"] != 0 {
				t.Errorf("%v", n)
				for _, e := range recorded(t, filepath.Join(dir, "t"), "") {
					if e.Is("error") {
						t.Logf("%s", e.Raw)
					}
				}
			}
			if version < "2026" && (n["llm_request"] != 1 || n["llm_response"] != 1) {
				t.Errorf("%v", n)
			}
		})
	}
}

func same(t *testing.T, file, want string) {
	t.Helper()
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s: %d bytes at the server, %d at the client", filepath.Base(file), len(got), len(want))
	}
}

// run1 runs at-record with a fake server, and returns what it printed and how it
// ended.
func run1(t *testing.T, in string, env []string, args ...string) (out string, events []event.Event, state *os.ProcessState) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "t")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "at-record", append([]string{"--name", "f", "--trace-dir", dir, "--", "fake"}, args...)...)
	cmd.Env = append(append(os.Environ(), "CLAUDE_CODE_SESSION_ID="), env...)
	cmd.Stdin = strings.NewReader(in)
	var buf bytes.Buffer
	cmd.Stdout = &buf
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) && !errors.Is(err, syscall.EPIPE) {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Fatal("it did not end")
	}
	return buf.String(), recorded(t, dir, ""), cmd.ProcessState
}

// TestBytesPass checks that whatever is sent arrives as it is.
func TestBytesPass(t *testing.T) {
	for name, in := range map[string]string{
		"numbers, keys and escapes": `{"jsonrpc":"2.0","id":1.10,"a":1,"a":2,"big":1e400,"é":"\u00e9 é", "s" : [ ] }` + "\n",
		"a batch":                   `[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":2,"method":"ping"}]` + "\n",
		"over several lines":        "{\n\"jsonrpc\":\"2.0\",\r\n\"id\":1,\"method\":\"ping\"}\n\n\n",
		"no JSON, no UTF-8":         "hello\n\x00\xff\xfe\n{\"torn\":\n",
		"a byte order mark":         "\uFEFF{\"jsonrpc\":\"2.0\",\"method\":\"x\"}\n",
		"no newline at the end":     `{"jsonrpc":"2.0","method":"x"}`,
		"Content-Length":            "Content-Length: 32\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"good\"}content-length: 7\r\n\r\n{\"b\":,}Content-Length: -1\r\n\r\nContent-Length: abc\r\n\r\nContent-Length: 99999999999999\r\n\r\n{}",
		"a message that it does not like": `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":null}` + "\n" +
			`{"jsonrpc":"2.0","id":1,"result":[1],"error":"str"}` + "\n" + `{"jsonrpc":"2.0","method":"ping"}` + "\n",
		"nothing":    "",
		"a long one": strings.Repeat("y", 3<<20) + "\n",
	} {
		t.Run(name, func(t *testing.T) {
			out, events, state := run1(t, in, nil, "echo")
			if out != in {
				t.Errorf("%d bytes came back of %d: %.200q", len(out), len(in), out)
			}
			if !state.Success() || count(events)["session_end"] != 1 {
				t.Errorf("%v, %v", state, count(events))
			}
		})
	}
}

// TestFramesAreRead checks that bodies behind a Content-Length are read, and that
// one which is no message does no harm to the next.
func TestFramesAreRead(t *testing.T) {
	in := "Content-Length: 7\r\n\r\n{\"b\":,}content-length: 61\r\nContent-Type: x\r\n\r\n" + `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"n":1}}`[:61] +
		"\n" + `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"x"}}` + "\n"
	_, events, _ := run1(t, in, nil, "drain")
	if n := count(events); n["mcp_message"] != 2 || n["tool_call"] != 1 {
		t.Errorf("%v", n)
	}
}

// TestClientEnds checks that the end of the client's input ends the server, and
// that replies which are on their way arrive.
func TestClientEnds(t *testing.T) {
	call := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}` + "\n"
	out, events, state := run1(t, call, nil, "drain", "sleep=300", `say={"jsonrpc":"2.0","id":1,"result":{"content":[]}}`)
	if !strings.Contains(out, `"result"`) || !state.Success() {
		t.Errorf("%q, %v", out, state)
	}
	if n := count(events); n["tool_call"] != 1 || n["tool_result"] != 1 || n["session_end"] != 1 {
		t.Errorf("%v", n)
	}
}

// TestServerEnds checks that a server may end first, with what it has written.
func TestServerEnds(t *testing.T) {
	pr, pw := io.Pipe()
	defer pw.Close()
	cmd := exec.Command("at-record", "--trace-dir", t.TempDir(), "--", "fake", "say=bye", "exit=3")
	in, err := cmd.StdinPipe() // stays open
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	_ = pr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 3 || string(out) != "bye\n" {
		t.Errorf("%q, %v", out, err)
	}
}

// TestChildHoldsOutput checks that a server's child which lives on does not keep
// the client waiting.
func TestChildHoldsOutput(t *testing.T) {
	began := time.Now()
	out, _, state := run1(t, "", nil, "say=a", "child=20000", "exit=0")
	if took := time.Since(began); took > 15*time.Second || out != "a\n" || !state.Success() {
		t.Errorf("%v, %q, %v", took, out, state)
	}
}

// TestSignal checks that a client which stops a server by a signal stops this
// one, and that the trace is whole.
func TestSignal(t *testing.T) {
	for _, c := range []struct {
		args string
		code int
		sig  syscall.Signal
	}{{"trap", 9, 0}, {"say=ready sleep=20000", -1, syscall.SIGTERM}} {
		dir := filepath.Join(t.TempDir(), "t")
		cmd := exec.Command("at-record", append([]string{"--trace-dir", dir, "--", "fake"}, strings.Fields(c.args)...)...)
		cmd.Env = append(os.Environ(), "CLAUDE_CODE_SESSION_ID=")
		in, _ := cmd.StdinPipe()
		out, _ := cmd.StdoutPipe()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		io.WriteString(in, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}`+"\n")
		io.ReadFull(out, make([]byte, len("ready\n")))
		for range 3000 {
			if count(recordedMaybe(dir))["tool_call"] == 1 {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		cmd.Process.Signal(syscall.SIGTERM)
		io.Copy(io.Discard, out)
		cmd.Wait()
		ws := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if cmd.ProcessState.ExitCode() != c.code || c.sig != 0 && ws.Signal() != c.sig {
			t.Errorf("%s: %v", c.args, cmd.ProcessState)
		}
		n := count(recorded(t, dir, ""))
		if n["tool_call"] != 1 || n["error"] != 1 || n["session_end"] != 1 {
			t.Errorf("%s: %v", c.args, n)
		}
	}
}

// TestKilled checks that the server dies with at-record, and that every event
// was stored when it happened.
func TestKilled(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "t")
	cmd := exec.Command("at-record", "--trace-dir", dir, "--", "fake", "say=ready", "sleep=30000")
	cmd.Env = append(os.Environ(), "CLAUDE_CODE_SESSION_ID=")
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	io.WriteString(in, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}`+"\n")
	io.ReadFull(out, make([]byte, len("ready\n")))
	var n map[string]int
	for range 3000 {
		if n = count(recordedMaybe(dir)); n["tool_call"] == 1 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if n["tool_call"] != 1 || n["session_start"] != 1 {
		t.Errorf("%v", n)
	}
	cmd.Process.Kill()
	ended := make(chan struct{})
	go func() { io.Copy(io.Discard, out); close(ended) }()
	select {
	case <-ended: // the server has let go of the output
	case <-time.After(time.Minute):
		t.Error("the server lives on")
	}
	cmd.Wait()
}

func recordedMaybe(dir string) (events []event.Event) {
	list, _ := store.At(dir).Sessions()
	for _, s := range list {
		store.At(dir).Scan(s.ID, 0, func(line []byte) error {
			e, err := event.Parse(bytes.Clone(line))
			events = append(events, e)
			return err
		})
	}
	return events
}

// TestHuge has a message pass that is larger than what is held, with its size
// and hash in the trace, and memory bounded.
func TestHuge(t *testing.T) {
	const size = 400 << 20
	dir := filepath.Join(t.TempDir(), "t")
	cmd := exec.Command("at-record", "--trace-dir", dir, "--", "fake", "read", fmt.Sprintf("many=%d", size))
	cmd.Env = append(os.Environ(), "CLAUDE_CODE_SESSION_ID=")
	cmd.Stdin = strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}` + "\n")
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	n, _ := io.Copy(io.Discard, out)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if n < size {
		t.Errorf("%d bytes", n)
	}
	if use, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok && use.Maxrss > 250<<10 { // with the race detector, which takes some
		t.Errorf("%d KiB of memory", use.Maxrss)
	}
	for _, e := range recorded(t, dir, "") {
		if e.Is("tool_result") && e.Get("oversize").Bool() && e.Get("bytes").Int() == n-1 && len(e.Get("sha256").String()) == 64 && e.Parent() != "" {
			return
		}
	}
	t.Error("no result with its size")
}
