package proxytest

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The packages of npm that the end-to-end tests use, in the versions that they
// were written with. Node is for a conformance suite that needs a newer one than
// there is.
const (
	Everything  = "@modelcontextprotocol/server-everything@2026.8.31"
	Filesystem  = "@modelcontextprotocol/server-filesystem@2026.8.31"
	Conformance = "@modelcontextprotocol/conformance@0.1.16"
	Node        = "node@22"
)

// maxInstall is how long npm may take.
const maxInstall = 3 * time.Minute

// Npm installs packages and returns the folder of their programs, which is gone
// after the test. It skips the test if AT_E2E is not set or npm cannot be
// reached. AT_E2E_LATEST takes the newest versions instead of those named.
func Npm(t testing.TB, packages ...string) (bin string) {
	t.Helper()
	if os.Getenv("AT_E2E") == "" {
		t.Skip("AT_E2E is not set")
	}
	dir := t.TempDir()
	args := []string{"install", "--no-fund", "--no-audit", "--loglevel=error", "--prefix", dir}
	for _, p := range packages {
		if i := strings.LastIndexByte(p, '@'); os.Getenv("AT_E2E_LATEST") != "" && p != Node {
			p = p[:i]
		}
		args = append(args, p)
	}
	ctx, cancel := context.WithTimeout(context.Background(), maxInstall)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", args...)
	npm.WaitDelay = time.Second
	switch out, err := npm.CombinedOutput(); {
	case err != nil && (bytes.Contains(out, []byte("E404")) || bytes.Contains(out, []byte("ETARGET"))):
		t.Fatalf("npm has no %v\n%s", packages, out)
	case err != nil:
		t.Skipf("npm cannot install %v: %v\n%s", packages, err, out)
	}
	return filepath.Join(dir, "node_modules", ".bin")
}

// Start runs an HTTP server until the test has ended, and returns its address
// without a path. command is told the port that it has to listen on.
func Start(t testing.TB, command func(port string) *exec.Cmd) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	_, port, _ := net.SplitHostPort(addr)
	cmd := command(port)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() { cmd.Process.Kill(); <-ended })
	for range 200 {
		c, dial := net.Dial("tcp", addr)
		if dial == nil {
			c.Close()
			return "http://" + addr
		}
		select {
		case <-ended:
			t.Fatalf("%s ended\n%s", cmd, &out)
		case <-time.After(50 * time.Millisecond):
		}
		err = dial
	}
	t.Fatal(err)
	return ""
}
