package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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

// A recording is an at-record-http that runs.
type recording struct {
	t   *testing.T
	url string // without a slash at the end
	dir string
	cmd *exec.Cmd
}

// record starts at-record-http for a server.
func record(t *testing.T, up string, args ...string) *recording {
	t.Helper()
	r := &recording{t: t, dir: filepath.Join(t.TempDir(), "t")}
	r.cmd = exec.Command("at-record-http", append([]string{"--port", "0", "--name", "p", "--trace-dir", r.dir, up}, args...)...)
	r.cmd.Env = append(os.Environ(), "NO_PROXY=*")
	stderr, err := r.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.cmd.Process.Kill() })
	line, err := bufio.NewReader(stderr).ReadString('\n')
	_, addr, ok := strings.Cut(line, "listening on ")
	if err != nil || !ok {
		t.Fatal(line, err)
	}
	go io.Copy(io.Discard, stderr)
	r.url = strings.TrimSuffix(strings.TrimSpace(addr), "/")
	return r
}

// end ends it, and returns the events of all sessions.
func (r *recording) end() []event.Event {
	r.t.Helper()
	r.cmd.Process.Signal(syscall.SIGTERM)
	if err := r.cmd.Wait(); err != nil {
		r.t.Error(err)
	}
	list, err := store.At(r.dir).Sessions()
	if err != nil {
		r.t.Fatal(err)
	}
	var events []event.Event
	for _, s := range list {
		if _, _, err := store.At(r.dir).Scan(s.ID, 0, func(line []byte) error {
			e, err := event.Parse(bytes.Clone(line))
			events = append(events, e)
			return err
		}); err != nil {
			r.t.Fatal(err)
		}
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

// TestSDK has the official SDK's client talk to its server through
// at-record-http, over each transport and revision, and compares what the two
// ends have seen of each exchange.
func TestSDK(t *testing.T) {
	server := proxytest.Server()
	get := func(*http.Request) *mcp.Server { return server }
	for _, c := range []struct {
		name, version string
		handler       http.Handler
		sse           bool
	}{
		{"SSE 2024-11-05", "2024-11-05", mcp.NewSSEHandler(get, nil), true},
		{"streamable 2025-03-26", "2025-03-26", mcp.NewStreamableHTTPHandler(get, nil), false},
		{"streamable 2025-06-18", "2025-06-18", mcp.NewStreamableHTTPHandler(get, nil), false},
		{"streamable 2025-11-25", "2025-11-25", mcp.NewStreamableHTTPHandler(get, nil), false},
		{"streamable 2025-11-25 with JSON", "2025-11-25", mcp.NewStreamableHTTPHandler(get, &mcp.StreamableHTTPOptions{JSONResponse: true}), false},
		{"streamable 2026-07-28, falling back", "2026-07-28", mcp.NewStreamableHTTPHandler(get, nil), false},
		{"streamable 2026-07-28", "2026-07-28", mcp.NewStreamableHTTPHandler(get, &mcp.StreamableHTTPOptions{Stateless: true}), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
			defer cancel()
			var atServer, atClient exchangeLog
			up := httptest.NewServer(serverEnd(&atServer, c.handler))
			defer up.Close()
			r := record(t, up.URL+"/mcp")
			client := &http.Client{Transport: clientEnd{&atClient}}
			var transport mcp.Transport = &mcp.StreamableClientTransport{Endpoint: r.url + "/mcp", HTTPClient: client}
			if c.sse {
				transport = &mcp.SSEClientTransport{Endpoint: r.url + "/mcp", HTTPClient: client}
			}
			lines, err := proxytest.Drive(ctx, transport, c.version)
			if err != nil {
				t.Fatal(err)
			}
			direct := httptest.NewServer(c.handler)
			defer direct.Close()
			transport = &mcp.StreamableClientTransport{Endpoint: direct.URL + "/mcp"}
			if c.sse {
				transport = &mcp.SSEClientTransport{Endpoint: direct.URL + "/mcp"}
			}
			want, err := proxytest.Drive(ctx, transport, c.version)
			if err != nil || !slices.Equal(lines, want) || len(lines) < 9 {
				t.Errorf("with the proxy\n%s\nwithout %v\n%s", strings.Join(lines, "\n"), err, strings.Join(want, "\n"))
			}
			events := r.end()
			n := count(events)
			calls := 7
			if c.version > "2026" {
				calls = 6
			}
			if n["tool_call"] != calls || n["tool_result"]+n["error"] < calls || n["file_read"] != 1 || n["trace_gap"] != 0 || n["session_end"] != 1 {
				t.Errorf("%v", n)
			}
			for _, e := range events {
				if (e.Is("tool_result") || e.Is("error") && e.Get("kind").Str == "tool") && e.Parent() == "" {
					t.Errorf("an outcome without its call: %s", e.Raw)
				}
			}
			compare(t, &atClient, &atServer, c.sse)
		})
	}
}

// do sends a request, and returns the status and the body.
func do(t *testing.T, method, url, body string, head map[string]string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range head {
		if k == "Host" {
			req.Host = v
		}
		req.Header.Set(k, v)
	}
	res, err := (&http.Transport{DisableCompression: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	return res.StatusCode, string(text), res.Header
}

// TestHeadersPass checks methods, paths, headers and status codes, both ways.
func TestHeadersPass(t *testing.T) {
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("WWW-Authenticate", `Bearer resource_metadata="x"`)
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
		w.Header().Set("Mcp-Session-Id", "sess-1")
		status := map[string]int{"/400": 400, "/401": 401, "/404": 404, "/405": 405, "/202": 202, "/307": 307}[r.URL.Path]
		if status == 307 {
			w.Header().Set("Location", "/elsewhere?x=1")
		}
		w.WriteHeader(max(status, 200))
		fmt.Fprintf(w, "%s %s", r.Method, r.RequestURI)
		for _, k := range slices.Sorted(maps.Keys(r.Header)) {
			fmt.Fprintf(w, " %s=%s", k, strings.Join(r.Header[k], ","))
		}
		fmt.Fprintf(w, " %v %s", r.TransferEncoding, body)
	}))
	defer up.Close()
	r := record(t, up.URL+"/mcp")
	head := map[string]string{
		"Accept": "application/json, text/event-stream", "Mcp-Session-Id": "sess-1", "Mcp-Protocol-Version": "2025-11-25", "Last-Event-Id": "7",
		"X-Api-Key": "k", "Cookie": "c=1", "Authorization": "Bearer SECRETSECRET", "Origin": "http://localhost:6274", "Mcp-Method": "tools/call",
		"Mcp-Name": "=?base64?eA==?=", "User-Agent": "", "X-Forwarded-For": "10.0.0.1", "Accept-Encoding": "identity",
	}
	for _, method := range []string{"GET", "POST", "DELETE", "OPTIONS", "PUT", "PATCH"} {
		for _, path := range []string{"/mcp", "/x/y?a=1;b=%2F&c", "/.well-known/oauth-protected-resource/mcp", "/a%2Fb", "/400", "/401", "/404", "/405", "/202", "/307"} {
			body := ""
			if method == "POST" {
				body = `{"jsonrpc":"2.0","id":1,"method":"ping"}`
			}
			s1, b1, h1 := do(t, method, up.URL+path, body, head)
			s2, b2, h2 := do(t, method, r.url+path, body, head)
			h1.Del("Date")
			h2.Del("Date")
			if s1 != s2 || b1 != b2 || fmt.Sprint(h1) != fmt.Sprint(h2) {
				t.Errorf("%s %s:\n%d %s %v\n%d %s %v", method, path, s1, b1, h1, s2, b2, h2)
			}
		}
	}
	if _, body, _ := do(t, "POST", r.url+"/", "x", nil); !strings.HasPrefix(body, "POST /mcp ") {
		t.Errorf("the root is not the server's address: %s", body)
	}
	r.end()
	if out, _ := exec.Command("grep", "-r", "SECRETSECRET", r.dir).Output(); len(out) > 0 {
		t.Errorf("a header was recorded: %s", out)
	}
}

// TestStreaming checks that each event of a stream arrives when it is sent, that
// streams do not keep each other from going on, and that the end of the client
// reaches the server at once.
func TestStreaming(t *testing.T) {
	next, gone := make(chan string), make(chan bool, 1)
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			w.Header().Set("Content-Type", "application/json")
			io.WriteString(w, `{"jsonrpc":"2.0","id":1,"result":{}}`)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		w.WriteHeader(200)
		w.(http.Flusher).Flush()
		for {
			select {
			case s := <-next:
				io.WriteString(w, s)
				w.(http.Flusher).Flush()
			case <-r.Context().Done():
				gone <- true
				return
			}
		}
	}))
	defer up.Close()
	r := record(t, up.URL+"/mcp")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, "GET", r.url+"/mcp", nil)
	req.Header.Set("Mcp-Session-Id", "s1")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{": comment\n\n", "id: 1\nretry: 10\nda", "ta: {\"jsonrpc\":\"2.0\",\ndata: \"method\":\"notifications/x\"}\n\n", "data:{\"jsonrpc\":\"2.0\",\"method\":\"notifications/y\"}\r\n\r\n"} {
		next <- part
		buf := make([]byte, len(part))
		if _, err := io.ReadFull(res.Body, buf); err != nil || string(buf) != part {
			t.Fatalf("%q, %v; want %q", buf, err, part)
		}
		if s, _, _ := do(t, "POST", r.url+"/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, nil); s != 200 {
			t.Error(s)
		}
	}
	cancel()
	select {
	case <-gone:
	case <-time.After(time.Minute):
		t.Error("the server does not learn that the client has gone")
	}
	methods := map[string]int{}
	for _, e := range r.end() {
		methods[e.Get("method").Str+" "+e.Get("kind").Str]++
	}
	if methods["notifications/x notification"] != 1 || methods["notifications/y notification"] != 1 || methods["tools/list result"] != 4 {
		t.Errorf("%v", methods)
	}
}

// TestEndpoint checks that the messages of a client of HTTP+SSE come through the
// proxy, and that nothing but the endpoint is changed.
func TestEndpoint(t *testing.T) {
	posted := make(chan string, 8)
	var up *httptest.Server
	up = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "POST" {
			posted <- r.RequestURI
			w.WriteHeader(202)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		endpoint := r.URL.Query().Get("as")
		endpoint = strings.ReplaceAll(endpoint, "UP", up.URL)
		fmt.Fprintf(w, ": hi\n\nevent: endpoint\ndata: %s\n\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[],\"at\":\"%s/a\"}}\n\n", endpoint, up.URL)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer up.Close()
	r := record(t, up.URL+"/sse")
	for as, want := range map[string]string{
		"/messages?sessionId=abc": "/messages?sessionId=abc", "UP/messages?sessionId=def": "/messages?sessionId=def",
		"messages": "messages", "http://other.example/m": "http://other.example/m",
	} {
		res, err := http.Get(r.url + "/sse?as=" + as)
		if err != nil {
			t.Fatal(err)
		}
		full := fmt.Sprintf(": hi\n\nevent: endpoint\ndata: %s\n\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[],\"at\":\"%s/a\"}}\n\n", want, up.URL)
		buf := make([]byte, len(full))
		if _, err := io.ReadFull(res.Body, buf); err != nil || string(buf) != full {
			t.Errorf("%s: got %q, want %q", as, buf, full)
		}
		if strings.HasPrefix(want, "/") {
			do(t, "POST", r.url+want, `{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"x"}}`, nil)
			if got := <-posted; got != want {
				t.Errorf("posted to %s, want %s", got, want)
			}
		}
		res.Body.Close()
	}
	for _, e := range r.end() {
		if e.Is("tool_call") && e.Session() == "" {
			t.Error("no session")
		}
	}
}

// TestPages checks that web pages of others are kept out.
func TestPages(t *testing.T) {
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	defer up.Close()
	r := record(t, up.URL, "--allow-origin", "https://ok.example")
	for _, c := range []struct {
		head map[string]string
		want int
	}{
		{nil, 200}, {map[string]string{"Origin": "http://localhost:6274"}, 200}, {map[string]string{"Origin": "http://127.0.0.1"}, 200},
		{map[string]string{"Origin": "https://ok.example"}, 200}, {map[string]string{"Origin": "https://evil.example"}, 403},
		{map[string]string{"Origin": "null"}, 403}, {map[string]string{"Origin": "http://localhost.evil.example"}, 403},
		{map[string]string{"Host": "rebound.example:5100"}, 403}, {map[string]string{"Host": "localhost:5100"}, 200}, {map[string]string{"Host": "[::1]:5100"}, 200},
	} {
		if got, _, _ := do(t, "POST", r.url+"/", "{}", c.head); got != c.want {
			t.Errorf("%v: %d, want %d", c.head, got, c.want)
		}
	}
	r.end()
}

// TestServerGone checks what a client is told, and the trace, when the server
// cannot be reached or breaks off.
func TestServerGone(t *testing.T) {
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch body, _ := io.ReadAll(r.Body); {
		case bytes.Contains(body, []byte("break")):
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, ": hi\n\n")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		default:
			http.Error(w, "no such session", 404)
		}
	}))
	r := record(t, up.URL+"/mcp")
	call := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"%s"}}`
	if s, _, _ := do(t, "POST", r.url+"/", fmt.Sprintf(call, "lost"), map[string]string{"Mcp-Session-Id": "old"}); s != 404 {
		t.Error(s)
	}
	do(t, "POST", r.url+"/", fmt.Sprintf(call, "break"), nil)
	up.Close()
	if s, _, _ := do(t, "POST", r.url+"/", fmt.Sprintf(call, "gone"), nil); s != 502 {
		t.Error(s)
	}
	if s, _, _ := do(t, "GET", r.url+"/", "", nil); s != 502 {
		t.Error(s)
	}
	var got []string
	for _, e := range r.end() {
		if e.Is("error") {
			got = append(got, fmt.Sprintf("%s %.20s %s %v", e.Get("tool_name").Str, e.Get("error").Str, e.Get("status").Raw, e.Parent() != ""))
		}
	}
	slices.Sort(got)
	want := []string{" Proxy error: dial tc 502 false", "mcp__p__break the connection broke  true", "mcp__p__gone Proxy error: dial tc 502 true", "mcp__p__lost HTTP 404 Not Found 404 true"}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}

// TestTwoClients checks that clients which use one id at a time are kept apart,
// with and without sessions.
func TestTwoClients(t *testing.T) {
	var both sync.WaitGroup
	both.Add(2)
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		both.Done()
		both.Wait()
		w.Header().Set("Content-Type", "application/json")
		name := "one"
		if bytes.Contains(body, []byte("two")) {
			name = "two"
		}
		fmt.Fprintf(w, `{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"%s"}]}}`, name)
	}))
	defer up.Close()
	r := record(t, up.URL)
	for _, sessions := range [][]string{{"", ""}, {"a", "b"}} {
		both = sync.WaitGroup{}
		both.Add(2)
		var done sync.WaitGroup
		for i, name := range []string{"one", "two"} {
			done.Go(func() {
				head := map[string]string{}
				if sessions[i] != "" {
					head["Mcp-Session-Id"] = sessions[i]
				}
				do(t, "POST", r.url+"/", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"`+name+`"}}`, head)
			})
		}
		done.Wait()
	}
	events := r.end()
	names := map[string]string{}
	results := 0
	for _, e := range events {
		if e.Is("tool_call") {
			names[e.ID()] = e.Get("tool_name").Str
		}
	}
	for _, e := range events {
		if e.Is("tool_result") {
			results++
			if got := "mcp__p__" + e.Get("result.content.0.text").Str; names[e.Parent()] != got {
				t.Errorf("%s is the result of %s", got, names[e.Parent()])
			}
		}
	}
	if results != 4 {
		t.Errorf("%d results", results)
	}
}
