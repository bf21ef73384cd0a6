//go:build unix

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestBenchHuge has an answer of 1 GB pass, in bounded memory, and compares the
// bytes with those that the server sends without at-record. It runs if AT_BENCH
// is set.
func TestBenchHuge(t *testing.T) {
	if os.Getenv("AT_BENCH") == "" {
		t.Skip("AT_BENCH is not set")
	}
	const most = 100e6 // bytes of memory, for messages of 16 MiB
	dir := filepath.Join(t.TempDir(), "t")
	server := []string{"fake", "read", fmt.Sprintf("many=%d", 1<<30)}
	want, n, _, direct := sum(t, server)
	got, m, memory, with := sum(t, append([]string{"at-record", "--trace-dir", dir, "--"}, server...))
	t.Logf("%d bytes: %.0f MB/s without, %.0f MB/s with at-record, which takes %d MB", m, float64(n)/1e6/direct.Seconds(), float64(m)/1e6/with.Seconds(), memory/1e6)
	if got != want || n != m || n < 1<<30 {
		t.Errorf("%d bytes %s, want %d bytes %s", m, got, n, want)
	}
	if memory > most {
		t.Errorf("%d bytes of memory", memory)
	}
	for _, e := range recorded(t, dir, "") {
		if e.Is("tool_result") && e.Get("oversize").Bool() && e.Get("bytes").Int() == n-1 && e.Parent() != "" {
			return
		}
	}
	t.Error("no result with its size")
}

// sum runs a command, and returns the SHA-256 and the length of what it prints,
// the memory that it takes at most, in bytes, and how long it runs.
func sum(t *testing.T, command []string) (hash string, n int64, memory int64, took time.Duration) {
	t.Helper()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "CLAUDE_CODE_SESSION_ID=")
	cmd.Stdin = strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}` + "\n")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	if n, err = io.Copy(h, out); err != nil {
		t.Fatal(err)
	}
	took = time.Since(began)
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(h.Sum(nil)), n, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10, took
}
