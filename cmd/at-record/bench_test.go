package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestBench measures what at-record adds to a call, and how much passes in bulk.
// It runs if AT_BENCH is set, and fails where that is worse than it should be:
// 0.2 ms and 100 MB a second.
func TestBench(t *testing.T) {
	if os.Getenv("AT_BENCH") == "" {
		t.Skip("AT_BENCH is not set")
	}
	through := []string{"at-record", "--trace-dir", filepath.Join(t.TempDir(), "t"), "--"}
	direct, with := latency(t, "fake", "echo"), latency(t, append(through, "fake", "echo")...)
	t.Logf("a call: %v without, %v with at-record: %v more", direct, with, with-direct)
	if with-direct > 200*time.Microsecond {
		t.Error("a call takes too long")
	}
	const size = 512 << 20
	began := time.Now()
	cmd := exec.Command(through[0], append(through[1:], "fake", fmt.Sprintf("many=%d", size))...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	io.Copy(io.Discard, out)
	took := time.Since(began)
	cmd.Wait()
	rate := float64(size) / 1e6 / took.Seconds()
	t.Logf("in bulk: %.0f MB/s", rate)
	if rate < 100 {
		t.Error("too slow")
	}
}

// latency returns the median time of a call.
func latency(t *testing.T, command ...string) time.Duration {
	t.Helper()
	cmd := exec.Command(command[0], command[1:]...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer in.Close()
	r := bufio.NewReader(out)
	call := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{"text":"` + strings.Repeat("y", 500) + `"}}}` + "\n"
	var took []time.Duration
	for range 1000 {
		began := time.Now()
		io.WriteString(in, call)
		if _, err := r.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
		took = append(took, time.Since(began))
		time.Sleep(time.Millisecond)
	}
	slices.Sort(took)
	return took[len(took)/2]
}
