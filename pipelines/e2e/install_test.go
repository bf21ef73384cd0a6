//go:build unix

package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A release is what is installed from npm. These are the versions that the
// tests were written with; AT_E2E_LATEST takes the newest ones instead.
type release struct{ name, pkg, version string }

var releases = map[string]release{
	"claude": {"claude", "@anthropic-ai/claude-code", "2.1.331"},
	"codex":  {"codex", "@openai/codex", "0.169.0"},
	"gemini": {"gemini", "@google/gemini-cli", "0.61.0"},
}

// How long npm may take to say that a package is there, and to install it.
const (
	maxAsk     = 30 * time.Second
	maxInstall = 5 * time.Minute
)

// cache is the folder that the agents are installed into.
var cache = os.Getenv("AT_E2E_CACHE")

// withCache runs the tests with a cache: a folder that is gone afterwards, if
// no other is given.
func withCache(run func() int) int {
	if cache != "" {
		return run()
	}
	dir, err := os.MkdirTemp("", "at-e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	cache = dir
	return run()
}

// install returns the program of an agent, which is installed if the cache does
// not have it, and skips the test where it is not to be had.
func install(t *testing.T, agent string) string {
	t.Helper()
	if os.Getenv("AT_E2E") == "" {
		t.Skip("AT_E2E is not set: the real agents are not run; see make e2e-agents")
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("there is no npm: the real agents cannot be had")
	}
	r := releases[agent]
	if os.Getenv("AT_E2E_LATEST") != "" {
		r.version = "latest"
	}
	spec := r.pkg + "@" + r.version
	dir := filepath.Join(cache, r.name+"-"+r.version)
	program := filepath.Join(dir, "node_modules", ".bin", r.name)
	if _, err := os.Stat(filepath.Join(dir, "installed")); err == nil {
		return program
	}
	out, err := npmRun(maxAsk, npm, "view", spec, "version", "--fetch-retries=0")
	switch {
	case err != nil && strings.Contains(out, "E404"):
		t.Fatalf("npm has no %s", spec)
	case err != nil:
		t.Skipf("npm cannot be reached: %v", err)
	}
	t.Logf("%s %s from npm", r.pkg, strings.TrimSpace(out))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if out, err := npmRun(maxInstall, npm, "install", "--prefix", dir, "--no-audit", "--no-fund", "--no-save", "--loglevel=error", spec); err != nil {
		t.Fatalf("cannot install %s: %v\n%s", spec, err, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "installed"), []byte(out), 0o644); err != nil {
		t.Fatal(err)
	}
	return program
}

func npmRun(most time.Duration, npm string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), most)
	defer cancel()
	c := exec.CommandContext(ctx, npm, args...)
	c.WaitDelay = time.Second
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	err := c.Run()
	return out.String(), err
}
