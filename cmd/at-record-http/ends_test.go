package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// An exchangeLog keeps what one end has seen of each exchange.
type exchangeLog struct {
	mu   sync.Mutex
	list map[string]int
}

func (l *exchangeLog) add(method string, head http.Header, body []byte, status int, rhead http.Header, answer []byte) {
	names := func(h http.Header) []string {
		h = h.Clone()
		h.Del("Date")
		h.Del("Content-Length")
		h.Del("Connection") // which is of each connection
		var list []string
		for _, k := range slices.Sorted(maps.Keys(h)) {
			list = append(list, k+"="+strings.Join(h[k], ","))
		}
		return list
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.list == nil {
		l.list = map[string]int{}
	}
	l.list[fmt.Sprintf("%s %v %s -> %d %v %s", method, names(head), body, status, names(rhead), answer)]++
}

// The client's end.
type clientEnd struct{ log *exchangeLog }

type endBody struct {
	io.ReadCloser
	buf  bytes.Buffer
	once sync.Once
	end  func([]byte)
}

func (b *endBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.buf.Write(p[:n])
	if err == io.EOF {
		b.once.Do(func() { b.end(b.buf.Bytes()) })
	}
	return n, err
}

func (c clientEnd) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	head := r.Header.Clone()
	if head.Get("User-Agent") == "" {
		head.Set("User-Agent", "Go-http-client/1.1")
	}
	if head.Get("Accept-Encoding") == "" {
		head.Set("Accept-Encoding", "gzip")
	}
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	status, rhead := res.StatusCode, res.Header.Clone()
	res.Body = &endBody{ReadCloser: res.Body, end: func(answer []byte) { c.log.add(r.Method, head, body, status, rhead, answer) }}
	return res, nil
}

// The server's end.
func serverEnd(log *exchangeLog, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		head := r.Header.Clone()
		rec := &recWriter{ResponseWriter: w, status: 200}
		h.ServeHTTP(rec, r)
		log.add(r.Method, head, body, rec.status, rec.Header(), rec.buf.Bytes())
	})
}

type recWriter struct {
	http.ResponseWriter
	status int
	buf    bytes.Buffer
}

func (w *recWriter) WriteHeader(n int)           { w.status = n; w.ResponseWriter.WriteHeader(n) }
func (w *recWriter) Flush()                      { w.ResponseWriter.(http.Flusher).Flush() }
func (w *recWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
func (w *recWriter) Write(p []byte) (int, error) {
	w.buf.Write(p)
	return w.ResponseWriter.Write(p)
}

// compare checks that every exchange of which the client has seen the end is one
// that the server has seen. Of HTTP+SSE the client sees no end of any.
func compare(t *testing.T, client, server *exchangeLog, sse bool) {
	client.mu.Lock()
	defer client.mu.Unlock()
	server.mu.Lock()
	defer server.mu.Unlock()
	if len(client.list) < 3 && !sse {
		t.Errorf("%d exchanges", len(client.list))
	}
	for x, n := range client.list {
		if server.list[x] != n {
			t.Errorf("the client has seen %d of these, the server %d:\n%.600s", n, server.list[x], x)
			for y := range server.list {
				if len(y) > 20 && len(x) > 20 && y[len(y)-20:] == x[len(x)-20:] {
					t.Logf("the server's:\n%.600s", y)
				}
			}
		}
	}
}
