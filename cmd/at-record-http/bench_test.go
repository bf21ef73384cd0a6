package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestBench measures what at-record-http adds to a call, and how much passes in
// bulk. It runs if AT_BENCH is set, and fails where that is worse than it should
// be: 0.5 ms and 100 MB a second.
func TestBench(t *testing.T) {
	if os.Getenv("AT_BENCH") == "" {
		t.Skip("AT_BENCH is not set")
	}
	const size = 256 << 20
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"`)
		if r.URL.Path == "/much" {
			block := strings.Repeat("x", 1<<20)
			for range size >> 20 {
				io.WriteString(w, block)
			}
		}
		io.WriteString(w, `"}]}}`)
	}))
	defer up.Close()
	r := record(t, up.URL+"/mcp")
	call := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"text":"` + strings.Repeat("y", 500) + `"}}}`
	post := func(url string) (int64, time.Duration) {
		began := time.Now()
		res, err := http.Post(url, "application/json", strings.NewReader(call))
		if err != nil {
			t.Fatal(err)
		}
		n, _ := io.Copy(io.Discard, res.Body)
		res.Body.Close()
		return n, time.Since(began)
	}
	median := func(url string) time.Duration {
		var took []time.Duration
		for range 1000 {
			_, d := post(url)
			took = append(took, d)
			time.Sleep(time.Millisecond)
		}
		slices.Sort(took)
		return took[len(took)/2]
	}
	direct, with := median(up.URL+"/mcp"), median(r.url+"/mcp")
	t.Logf("a call: %v without, %v with at-record-http: %v more", direct, with, with-direct)
	if with-direct > 500*time.Microsecond {
		t.Error("a call takes too long")
	}
	n, took := post(r.url + "/much")
	rate := float64(n) / 1e6 / took.Seconds()
	t.Logf("in bulk: %.0f MB/s", rate)
	if rate < 100 || n < size {
		t.Error("too slow")
	}
	r.end()
}
