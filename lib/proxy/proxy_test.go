package proxy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"agenttrace/lib/capture/mcp"
	"agenttrace/lib/event"
)

// A disk is a Sink that can be slow, or full.
type disk struct {
	mu     sync.Mutex
	full   bool
	wait   chan struct{} // closed when it is slow no more
	held   [][]byte
	events []event.Event
}

func (d *disk) Save(session string, line []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.held = append(d.held, bytes.Clone(line))
	return nil
}

func (d *disk) Flush() error {
	if d.wait != nil {
		<-d.wait
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	held := d.held
	d.held = nil
	if d.full {
		return errors.New("no space left on device")
	}
	for _, line := range held {
		e, err := event.Parse(line)
		if err != nil {
			return err
		}
		d.events = append(d.events, e)
	}
	return nil
}

func (d *disk) set(full bool) {
	d.mu.Lock()
	d.full = full
	d.mu.Unlock()
}

func (d *disk) stored() []event.Event {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.events
}

// recorder returns a recorder on d and a connection of it.
func recorder(d *disk) (*Recorder, *mcp.Conn) {
	r := NewRecorder(d, nil)
	t := &mcp.Tracer{Emit: r.Emit, Name: "s"}
	c := t.Open("S")
	r.main = func() *mcp.Conn { return c }
	return r, c
}

func line(n int) []byte {
	return fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"x"}}`, n)
}

// TestDiskFull checks that nothing waits for a disk that is full, and that the
// trace tells of what is missing when there is room again.
func TestDiskFull(t *testing.T) {
	d := &disk{full: true}
	r, c := recorder(d)
	p := pump{rec: r, conn: c, from: mcp.Client}
	var out bytes.Buffer
	in := append(line(1), '\n')
	p.copy(&out, bytes.NewReader(in))
	if !bytes.Equal(out.Bytes(), in) {
		t.Errorf("%q", out.Bytes())
	}
	wait(t, func() bool { r.mu.Lock(); defer r.mu.Unlock(); return r.bytes == 0 && len(r.jobs) == 0 })
	time.Sleep(20 * time.Millisecond)
	d.set(false)
	p.copy(&out, bytes.NewReader(append(line(2), '\n')))
	lost, cause := r.Stop(time.Minute)
	if lost == 0 || cause == nil {
		t.Errorf("%d lost, %v", lost, cause)
	}
	var calls, gaps int
	for _, e := range d.stored() {
		if e.Is("tool_call") {
			calls++
		}
		if e.Is("trace_gap") && e.Get("events").Int() > 0 && strings.Contains(e.Get("reason").Str, "no space left") {
			gaps++
		}
	}
	if calls != 1 || gaps != 1 {
		t.Errorf("%d calls, %d gaps", calls, gaps)
	}
}

func wait(t *testing.T, ready func() bool) {
	t.Helper()
	for range 15000 {
		if ready() {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
	t.Fatal("it takes too long")
}

// TestSlowDisk checks that memory is bounded and traffic goes on where recording
// is slower than it.
func TestSlowDisk(t *testing.T) {
	d := &disk{wait: make(chan struct{})}
	r, c := recorder(d)
	p := pump{rec: r, conn: c, from: mcp.Client}
	big := append(append(line(1), bytes.Repeat([]byte(" "), 1<<20)...), '\n')
	n := MaxQueue/len(big) + 20
	var in []io.Reader
	for range n {
		in = append(in, bytes.NewReader(big))
	}
	var out counter
	p.copy(&out, io.MultiReader(in...))
	if int(out) != n*len(big) {
		t.Errorf("%d bytes", out)
	}
	r.mu.Lock()
	if r.bytes > MaxQueue {
		t.Errorf("%d bytes wait", r.bytes)
	}
	r.mu.Unlock()
	close(d.wait)
	r.Stop(time.Minute)
	var calls, missed int64
	for _, e := range d.stored() {
		if e.Is("tool_call") {
			calls++
		}
		if e.Is("trace_gap") {
			missed += e.Get("messages").Int()
		}
	}
	if calls == 0 || missed == 0 || calls+missed != int64(n) {
		t.Errorf("%d calls, %d missed of %d", calls, missed, n)
	}
}

type counter int

func (c *counter) Write(p []byte) (int, error) { *c += counter(len(p)); return len(p), nil }

// TestFault checks that a fault of the tracer costs one message.
func TestFault(t *testing.T) {
	d := &disk{}
	r, c := recorder(d)
	r.always(func() error { panic("a fault") })
	r.always(func() error { return c.Line(mcp.Client, 1, true, line(1)) })
	if lost, _ := r.Stop(time.Minute); lost != 1 {
		t.Errorf("%d lost", lost)
	}
	n := 0
	for _, e := range d.stored() {
		if e.Is("tool_call") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d calls", n)
	}
}

// TestSplitter checks what is a message, however a stream is cut.
func TestSplitter(t *testing.T) {
	long := strings.Repeat("x", 100)
	for _, c := range []struct{ in, want string }{
		{"a\nb\r\n\nc", "L:a|L:b\r|L:c"},
		{"Content-Length: 3\r\n\r\n{}\n{}\n", "B:{}\n|L:{}"},
		{"content-type: x\nCONTENT-LENGTH:2\n\nabcd\n", "B:ab|L:cd"},
		{"Content-Length: abc\r\n\r\nx\n", "L:Content-Length: abc\r|L:\r|L:x"},
		{"Content-Length: -1\nx\n", "L:Content-Length: -1|L:x"},
		{"Content-Length: 2\n{\"a\":1}\nb\n", "L:{\"a\":1}|L:b"},
		{"Content-Length: 9\n\nabc", "L:abc"},
		{long + "\nb\n", "big:100|L:b"},
		{"Content-Length: 100\n\n" + long + "b\n", "big:100|L:b"},
		{long, "big:100"},
	} {
		for _, size := range []int{1, 7, 1000} {
			var got []string
			s := &splitter{whole: whole{limit: 40}}
			s.line = func(raw []byte) { got = append(got, "L:"+string(raw)) }
			s.body = func(raw []byte) { got = append(got, "B:"+string(raw)) }
			s.big = func(b *mcp.Big) { got = append(got, fmt.Sprintf("big:%d", b.Bytes)) }
			for in := []byte(c.in); len(in) > 0; {
				n := min(size, len(in))
				s.write(in[:n])
				in = in[n:]
			}
			s.end()
			if g := strings.Join(got, "|"); g != c.want {
				t.Errorf("%.40q by %d: %q, want %q", c.in, size, g, c.want)
			}
		}
	}
}

// TestEventStream checks how messages stand in a stream of events.
func TestEventStream(t *testing.T) {
	in := ": hi\n\nevent: x\nid: 1\ndata: {\"a\":\ndata:1}\n\ndata:b\r\n\r\ndata:c\r\rdatax: no\nretry: 5\n\ndata\n\ndata: " + strings.Repeat("y", 100) + "\n\ndata: end"
	for _, size := range []int{1, 3, 1000} {
		var got []string
		s := &eventStream{whole: whole{limit: 40}}
		s.give = func(w *whole) {
			raw, big := w.take()
			if big != nil {
				raw = fmt.Appendf(nil, "big:%d", big.Bytes)
			}
			got = append(got, string(raw))
		}
		for rest := []byte(in); len(rest) > 0; {
			n := min(size, len(rest))
			s.write(rest[:n])
			rest = rest[n:]
		}
		if g, want := strings.Join(got, "|"), "{\"a\":\n1}|b|c|big:100"; g != want {
			t.Errorf("by %d: %q, want %q", size, g, want)
		}
	}
}

// TestEndpointReader checks that nothing but the endpoint is changed, however
// the stream is cut.
func TestEndpointReader(t *testing.T) {
	for in, want := range map[string]string{
		"event: endpoint\ndata: OLD\n\nevent: endpoint\ndata: OLD\n\n": "event: endpoint\ndata: NEW\n\nevent: endpoint\ndata: OLD\n\n",
		": c\r\n\r\nevent:endpoint\r\ndata:OLD\r\n\r\nx":               ": c\r\n\r\nevent:endpoint\r\ndata:NEW\r\n\r\nx",
		"data: OLD\n\nevent: endpoint\ndata: OLD\n\n":                  "data: OLD\n\nevent: endpoint\ndata: OLD\n\n",
		"event: endpoint\ndata: OLD":                                   "event: endpoint\ndata: OLD",
		"":                                                             "",
	} {
		for _, r := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in)), iotest.DataErrReader(strings.NewReader(in))} {
			e := &endpointReader{ReadCloser: io.NopCloser(r), rewrite: func(s string) (string, bool) { return "NEW", s == "OLD" }}
			if got, err := io.ReadAll(e); err != nil || string(got) != want {
				t.Errorf("%q: %q, %v, want %q", in, got, err, want)
			}
		}
	}
}

func TestEndpointFor(t *testing.T) {
	up, _ := url.Parse("https://h.example/a/sse")
	for _, c := range []struct {
		endpoint, seen, to string
		change             bool
	}{
		{"/m?x=1", "/a/sse", "", false}, {"m", "/a/sse", "", false}, {"m", "/", "/a/m", true},
		{"https://h.example:443/m?x=1", "/a/sse", "/m?x=1", true}, {"//h.example/m", "/", "/m", true},
		{"https://other.example/m", "/", "", false}, {"http://h.example/m", "/", "", false}, {"::", "/", "", false},
	} {
		if _, to, change := endpointFor(c.endpoint, up, c.seen); to != c.to || change != c.change {
			t.Errorf("%s at %s: %s, %v", c.endpoint, c.seen, to, change)
		}
	}
}

func TestPath(t *testing.T) {
	for _, c := range []struct{ up, asked, want string }{
		{"http://h/mcp", "/", "http://h/mcp"}, {"http://h/mcp?k=1", "/?a=2", "http://h/mcp?k=1&a=2"}, {"http://h/mcp", "/x?a", "http://h/x?a"},
		{"http://h", "/", "http://h/"}, {"http://h/b/", "/mcp", "http://h/b/mcp"}, {"http://h/b/", "/b/m", "http://h/b/m"},
		{"http://u:p@h/b/", "/.well-known/x", "http://h/.well-known/x"}, {"http://h/mcp", "/a%2Fb", "http://h/a%2Fb"},
	} {
		up, _ := url.Parse(c.up)
		h := &HTTP{up: up}
		u, _ := url.Parse(c.asked)
		if got := h.target(request(u)).String(); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.up, c.asked, got, c.want)
		}
	}
}

func request(u *url.URL) *http.Request { return &http.Request{URL: u} }
