package main

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"
)

// TestBenchHuge has an answer of 1 GB pass, as JSON and as one event of a stream,
// in bounded memory, and compares the bytes with those that the server sends
// without at-record-http. It runs if AT_BENCH is set.
func TestBenchHuge(t *testing.T) {
	if os.Getenv("AT_BENCH") == "" {
		t.Skip("AT_BENCH is not set")
	}
	const size, most = 1 << 30, 150e6 // bytes of the answer, and of memory
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		end := `"}]}}`
		if r.Header.Get("Accept") == "text/event-stream" {
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, "event: message\nid: 1\ndata: ")
			end += "\n\n"
		} else {
			w.Header().Set("Content-Type", "application/json")
		}
		io.WriteString(w, `{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"`)
		block := strings.Repeat("x", 1<<20)
		for range size >> 20 {
			io.WriteString(w, block)
		}
		io.WriteString(w, end)
	}))
	defer up.Close()
	for _, accept := range []string{"application/json", "text/event-stream"} {
		t.Run(accept, func(t *testing.T) {
			sum := func(url string) (string, int64, time.Duration) {
				req, err := http.NewRequest("POST", url+"/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}`))
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Content-Type", "application/json")
				req.Header.Set("Accept", accept)
				began := time.Now()
				res, err := http.DefaultTransport.RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				defer res.Body.Close()
				h := sha256.New()
				n, err := io.Copy(h, res.Body)
				if err != nil {
					t.Fatal(err)
				}
				return hex.EncodeToString(h.Sum(nil)), n, time.Since(began)
			}
			want, n, direct := sum(up.URL)
			r := record(t, up.URL+"/mcp")
			got, m, with := sum(r.url)
			memory := peak(t, r.cmd.Process.Pid)
			t.Logf("%d bytes: %.0f MB/s without, %.0f MB/s with at-record-http, which takes %d MB", m, float64(n)/1e6/direct.Seconds(), float64(m)/1e6/with.Seconds(), memory/1e6)
			if got != want || n != m || n < size {
				t.Errorf("%d bytes %s, want %d bytes %s", m, got, n, want)
			}
			if memory > most {
				t.Errorf("%d bytes of memory", memory)
			}
			for _, e := range r.end() {
				if e.Is("tool_result") && e.Get("oversize").Bool() && e.Get("bytes").Int() > size && e.Parent() != "" {
					return
				}
			}
			t.Error("no result with its size")
		})
	}
}
