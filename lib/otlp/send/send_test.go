package send

import (
	"compress/gzip"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	coltrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"agenttrace/lib/event"
	"agenttrace/lib/otlp"
)

// batch makes a batch of n spans and their root.
func batch(t testing.TB, n int) *otlp.Batch {
	t.Helper()
	var list []*otlp.Batch
	m := otlp.New(otlp.Options{MaxItems: 1 << 20, MaxBytes: 1 << 30}, func(b *otlp.Batch) error { list = append(list, b); return nil })
	for i := range n {
		for _, line := range []string{
			fmt.Sprintf(`{"event_type":"tool_call","timestamp":17.5,"event_id":"c%d","session_id":"s","data":{"tool_name":"Bash"}}`, i),
			fmt.Sprintf(`{"event_type":"tool_result","timestamp":18.5,"event_id":"r%d","session_id":"s","parent_id":"c%d","data":{}}`, i, i),
		} {
			e, err := event.Parse([]byte(line))
			if err != nil {
				t.Fatal(err)
			}
			m.Add(e)
		}
	}
	if m.Close(); len(list) != 1 {
		t.Fatalf("%d batches", len(list))
	}
	return list[0]
}

// A receiver takes requests over HTTP, and does what its script says before.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	script   []func(w http.ResponseWriter, r *http.Request) bool // each for one request; false: it is taken after all
	times    []time.Time
	headers  []http.Header
	spans    map[string]int // how often each arrived
	max      int            // bytes; 413 beyond
	requests int
}

func newReceiver(t *testing.T, script ...func(http.ResponseWriter, *http.Request) bool) *receiver {
	t.Helper()
	rc := &receiver{script: script, spans: map[string]int{}}
	rc.Server = httptest.NewServer(rc)
	t.Cleanup(rc.Close)
	return rc
}

func (rc *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	rc.requests++
	rc.times = append(rc.times, time.Now())
	rc.headers = append(rc.headers, r.Header.Clone())
	if n := rc.requests - 1; n < len(rc.script) && rc.script[n] != nil && rc.script[n](w, r) {
		return
	}
	var in io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		in, _ = gzip.NewReader(r.Body)
	}
	body, _ := io.ReadAll(in)
	if rc.max > 0 && len(body) > rc.max {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	rc.take(body)
	w.Header().Set("Content-Type", "application/x-protobuf")
}

// take notes the spans of a request in protobuf.
func (rc *receiver) take(body []byte) {
	var req coltrace.ExportTraceServiceRequest
	if proto.Unmarshal(body, &req) != nil {
		return
	}
	for _, rs := range req.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			for _, s := range ss.Spans {
				rc.spans[hex.EncodeToString(s.SpanId)]++
			}
		}
	}
}

// answering answers with a status, a header and a body.
func answering(code int, header, value, body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		if header != "" {
			w.Header().Set(header, value)
		}
		w.WriteHeader(code)
		io.WriteString(w, body)
		return true
	}
}

// cut closes the connection with no answer.
func cut(w http.ResponseWriter, _ *http.Request) bool {
	c, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		c.Close()
	}
	return true
}

// halfway cuts the connection in the middle of an answer that says yes.
func halfway(w http.ResponseWriter, _ *http.Request) bool {
	c, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"part")
		c.Close()
	}
	return true
}

// result is what became of a batch.
type result struct {
	dead  []string // why
	items int      // in dead letters
	notes []string
	stats Stats
	left  int
}

func deliver(t *testing.T, b *otlp.Batch, change func(*Target, *Config), url string) result {
	t.Helper()
	var r result
	target := &Target{URL: url + "/v1/traces", Header: http.Header{}, Protocol: Protobuf, Gzip: true, Timeout: 2 * time.Second, Client: NewClient(nil, false)}
	c := Config{
		Targets: map[otlp.Signal]*Target{otlp.Traces: target}, RetryFor: 500 * time.Millisecond, First: 4 * time.Millisecond,
		Dead: func(b *otlp.Batch, why string) error { r.dead = append(r.dead, why); r.items += b.Len(); return nil },
		Note: func(s string) { r.notes = append(r.notes, s) },
	}
	if change != nil {
		change(target, &c)
	}
	s := New(c)
	left, err := s.Send(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range left {
		r.left += l.Len()
	}
	r.stats = s.Stats
	return r
}

// all checks that n spans and the root have arrived, each once.
func (rc *receiver) all(t *testing.T, n int) {
	t.Helper()
	if len(rc.spans) != n+1 {
		t.Errorf("%d spans have arrived, want %d", len(rc.spans), n+1)
	}
	for id, k := range rc.spans {
		if k != 1 {
			t.Errorf("span %s has arrived %d times", id, k)
		}
	}
}

func TestDelivered(t *testing.T) {
	soon := time.Now().Add(time.Second).UTC().Format(http.TimeFormat)
	tests := []struct {
		name     string
		script   []func(http.ResponseWriter, *http.Request) bool
		requests int
	}{
		{"at once", nil, 1},
		{"429, then well", []func(http.ResponseWriter, *http.Request) bool{answering(429, "", "", "")}, 2},
		{"429 with seconds", []func(http.ResponseWriter, *http.Request) bool{answering(429, "Retry-After", "0", "")}, 2},
		{"503 with a date", []func(http.ResponseWriter, *http.Request) bool{answering(503, "Retry-After", soon, "")}, 2},
		{"502 and 504", []func(http.ResponseWriter, *http.Request) bool{answering(502, "", "", ""), answering(504, "", "", "")}, 3},
		{"cut twice", []func(http.ResponseWriter, *http.Request) bool{cut, cut}, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			rc := newReceiver(t, test.script...)
			r := deliver(t, batch(t, 5), func(_ *Target, c *Config) { c.RetryFor = 5 * time.Second }, rc.URL)
			rc.all(t, 5)
			if rc.requests != test.requests || len(r.dead) > 0 || r.stats.Accepted != 6 {
				t.Errorf("%d requests, dead %q, %+v", rc.requests, r.dead, r.stats)
			}
		})
	}
}

// TestSuccess checks that any 2xx is success, whatever its body.
func TestSuccess(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"202, empty":                 answering(202, "", "", ""),
		"201 with text":              answering(201, "Content-Type", "text/plain", "ok"),
		"JSON to protobuf":           answering(200, "Content-Type", "application/json", `{}`),
		"an empty partial success":   answering(200, "Content-Type", "application/json", `{"partialSuccess":{}}`),
		"empty, protobuf":            answering(200, "Content-Type", "application/x-protobuf", "\x0a\x00"),
		"not JSON":                   answering(200, "Content-Type", "application/json", `{"partial`),
		"not protobuf":               answering(200, "Content-Type", "application/x-protobuf", "\xff\xff\xff"),
		"cut in the middle of a yes": halfway,
	} {
		t.Run(name, func(t *testing.T) {
			rc := newReceiver(t, answer)
			r := deliver(t, batch(t, 1), nil, rc.URL)
			if rc.requests != 1 || len(r.dead) > 0 || r.stats.Accepted != 2 {
				t.Errorf("%d requests, dead %q, %+v", rc.requests, r.dead, r.stats)
			}
		})
	}
}

// TestRefused checks what is not tried again.
func TestRefused(t *testing.T) {
	for _, code := range []int{301, 302, 307, 400, 401, 403, 404, 405, 408, 415, 422, 500, 501, 505} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			rc := newReceiver(t, answering(code, "Location", "/elsewhere", "no"), answering(200, "", "", ""))
			r := deliver(t, batch(t, 1), nil, rc.URL)
			if rc.requests != 1 || r.items != 2 || r.stats.Lost != 2 || r.stats.Accepted != 0 {
				t.Errorf("%d requests, %d items dead, %+v", rc.requests, r.items, r.stats)
			}
		})
	}
}

// TestGivenUp checks that a retry ends, and that what follows is not waited for
// again.
func TestGivenUp(t *testing.T) {
	always := make([]func(http.ResponseWriter, *http.Request) bool, 1000)
	for i := range always {
		always[i] = answering(503, "", "", "")
	}
	rc := newReceiver(t, always...)
	var dead int
	target := &Target{URL: rc.URL, Header: http.Header{}, Protocol: Protobuf, Client: NewClient(nil, false)}
	s := New(Config{Targets: map[otlp.Signal]*Target{otlp.Traces: target}, RetryFor: 60 * time.Millisecond, First: 4 * time.Millisecond,
		Dead: func(b *otlp.Batch, _ string) error { dead += b.Len(); return nil }})
	s.Send(context.Background(), batch(t, 1))
	n := rc.requests
	if n < 3 || dead != 2 {
		t.Errorf("%d requests, %d dead", n, dead)
	}
	s.Send(context.Background(), batch(t, 1))
	if rc.requests != n+1 || dead != 4 {
		t.Errorf("the next one was tried %d times, %d dead", rc.requests-n, dead)
	}
	// A Retry-After that is longer than we wait is not waited for.
	rc2 := newReceiver(t, answering(429, "Retry-After", "3600", ""))
	if r := deliver(t, batch(t, 1), nil, rc2.URL); rc2.requests != 1 || r.items != 2 {
		t.Errorf("%d requests, %d dead", rc2.requests, r.items)
	}
}

func TestBackoff(t *testing.T) {
	rc := newReceiver(t, answering(503, "", "", ""), answering(503, "", "", ""), answering(503, "", "", ""))
	deliver(t, batch(t, 1), func(_ *Target, c *Config) { c.First = 40 * time.Millisecond; c.RetryFor = time.Minute }, rc.URL)
	for i, least := range []time.Duration{20, 40, 80} {
		if got := rc.times[i+1].Sub(rc.times[i]); got < least*time.Millisecond {
			t.Errorf("pause %d is %v, want at least %v ms", i+1, got, least)
		}
	}
}

func TestSplit(t *testing.T) {
	for name, tooLarge := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"413": answering(413, "", "", ""),
		"400": answering(400, "Content-Type", "text/plain", "request body too large"),
	} {
		t.Run(name, func(t *testing.T) {
			rc := newReceiver(t, tooLarge)
			r := deliver(t, batch(t, 9), nil, rc.URL)
			rc.all(t, 9)
			if rc.requests != 3 || r.stats.Accepted != 10 || len(r.dead) > 0 {
				t.Errorf("%d requests, %+v, %q", rc.requests, r.stats, r.dead)
			}
		})
	}
	// One that is too large alone is given up; the others arrive.
	rc := newReceiver(t)
	root := batch(t, 6)
	for ok := true; ok; {
		var last *otlp.Batch
		if _, last, ok = root.Split(); ok {
			root = last
		}
	}
	rc.max = root.Size() - 1
	r := deliver(t, batch(t, 6), nil, rc.URL)
	if r.stats.Accepted+r.items != 7 || r.items == 0 || len(rc.spans)+r.items != 7 {
		t.Errorf("%+v, %d dead, %d arrived", r.stats, r.items, len(rc.spans))
	}
}

func TestPartialSuccess(t *testing.T) {
	wire, _ := proto.Marshal(&coltrace.ExportTraceServiceResponse{PartialSuccess: &coltrace.ExportTracePartialSuccess{RejectedSpans: 3, ErrorMessage: "too old"}})
	for name, answer := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"protobuf": answering(200, "Content-Type", "application/x-protobuf", string(wire)),
		"JSON":     answering(200, "Content-Type", "application/json", `{"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}}`),
		"number":   answering(200, "Content-Type", "application/json; charset=utf-8", `{"partialSuccess":{"rejectedSpans":3,"errorMessage":"too old"}}`),
	} {
		t.Run(name, func(t *testing.T) {
			rc := newReceiver(t, answer)
			r := deliver(t, batch(t, 9), nil, rc.URL)
			if rc.requests != 1 || r.stats.Rejected != 3 || r.stats.Accepted != 7 || r.items != 10 || !strings.Contains(strings.Join(r.notes, "\n"), "3 of 10 spans rejected: too old") {
				t.Errorf("%d requests, %+v, %d dead, %q", rc.requests, r.stats, r.items, r.notes)
			}
		})
	}
	// Nothing rejected, but a warning: it is told, and all is well.
	rc := newReceiver(t, answering(200, "Content-Type", "application/json", `{"partialSuccess":{"errorMessage":"use gzip"}}`))
	if r := deliver(t, batch(t, 1), nil, rc.URL); r.stats.Accepted != 2 || len(r.dead) > 0 || len(r.notes) != 1 {
		t.Errorf("%+v %q %q", r.stats, r.dead, r.notes)
	}
}

// TestSlow checks that a receiver that says nothing is left in time.
func TestSlow(t *testing.T) {
	rc := newReceiver(t, func(w http.ResponseWriter, r *http.Request) bool {
		select {
		case <-r.Context().Done():
		case <-time.After(2 * time.Second):
		}
		return true
	})
	r := deliver(t, batch(t, 1), func(x *Target, c *Config) { x.Timeout = 100 * time.Millisecond; c.RetryFor = time.Minute }, rc.URL)
	if r.stats.Accepted != 2 || r.stats.Retries == 0 || !slices.ContainsFunc(r.notes, func(s string) bool { return strings.Contains(s, "no answer in time") }) {
		t.Errorf("%+v %q", r.stats, r.notes)
	}
}

func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := New(Config{Targets: map[otlp.Signal]*Target{otlp.Traces: {URL: "http://127.0.0.1:1", Header: http.Header{}, Client: NewClient(nil, false)}}})
	if left, err := s.Send(ctx, batch(t, 1)); err != nil || len(left) != 1 || s.Stats.Lost != 0 {
		t.Errorf("left %d, %v, %+v", len(left), err, s.Stats)
	}
}

// TestHeaders checks the headers of a request, and that no message has them.
func TestHeaders(t *testing.T) {
	rc := newReceiver(t, answering(401, "", "", "who are you"), nil)
	r := deliver(t, batch(t, 1), func(x *Target, c *Config) {
		x.Header.Set("api-key", "hunter2")
		x.URL = strings.Replace(x.URL, "http://", "http://user:pa55word@", 1) + "?token=t0ken"
		c.UserAgent = "agent-trace-at-otlp/1"
	}, rc.URL)
	h := rc.headers[0]
	if h.Get("Api-Key") != "hunter2" || h.Get("Content-Type") != "application/x-protobuf" || h.Get("Content-Encoding") != "gzip" || h.Get("User-Agent") != "agent-trace-at-otlp/1" || h.Get("Content-Length") == "" {
		t.Errorf("headers: %v", h)
	}
	said := strings.Join(append(r.notes, r.dead...), "\n")
	for _, secret := range []string{"hunter2", "pa55word", "t0ken"} {
		if strings.Contains(said, secret) {
			t.Errorf("a message has the secret %s: %s", secret, said)
		}
	}
}

func TestJSON(t *testing.T) {
	var got []byte
	rc := newReceiver(t, func(w http.ResponseWriter, r *http.Request) bool {
		got, _ = io.ReadAll(r.Body)
		return true
	})
	deliver(t, batch(t, 1), func(x *Target, _ *Config) { x.Protocol, x.Gzip = JSON, false }, rc.URL)
	if h := rc.headers[0]; h.Get("Content-Type") != "application/json" || h.Get("Content-Encoding") != "" || !strings.HasPrefix(string(got), `{"resourceSpans":[`) {
		t.Errorf("%v %s", h, got)
	}
}
