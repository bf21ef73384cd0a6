package main

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// TestBenchStreams holds a thousand streams open at once, in at most 200 MB of
// memory. It runs if AT_BENCH is set.
func TestBenchStreams(t *testing.T) {
	if os.Getenv("AT_BENCH") == "" {
		t.Skip("AT_BENCH is not set")
	}
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"}\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer up.Close()
	r := record(t, up.URL+"/mcp")
	for i := range 1000 {
		req, _ := http.NewRequest("GET", r.url+"/mcp", nil)
		req.Header.Set("Mcp-Session-Id", strconv.Itoa(i))
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if _, err := bufio.NewReader(res.Body).ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	memory := peak(t, r.cmd.Process.Pid)
	t.Logf("%d MB", memory/1e6)
	if memory > 200e6 {
		t.Error("too much")
	}
}

// peak returns the memory that a process has taken at most, in bytes.
func peak(t *testing.T, pid int) int {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Skip(err)
	}
	kib, _ := strconv.Atoi(string(regexp.MustCompile(`VmHWM:\s+(\d+)`).FindSubmatch(status)[1]))
	return kib << 10
}
