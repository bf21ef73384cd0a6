//go:build unix

package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// TestE2E records the server of the protocol's authors that has everything. It
// runs if AT_E2E is set and npm can be reached.
func TestE2E(t *testing.T) {
	if os.Getenv("AT_E2E") == "" {
		t.Skip("AT_E2E is not set")
	}
	const name = "@modelcontextprotocol/server-everything"
	dir := t.TempDir()
	install := exec.Command("npm", "install", "--no-fund", "--no-audit", "--prefix", dir, name)
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("npm cannot install it: %v\n%s", err, out)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	store := filepath.Join(dir, "t")
	cmd := exec.CommandContext(ctx, "at-record", "--name", "everything", "--trace-dir", store, "--", filepath.Join(dir, "node_modules", ".bin", "mcp-server-everything"), "stdio")
	cmd.Env = append(os.Environ(), "CLAUDE_CODE_SESSION_ID=")
	s, err := mcp.NewClient(&mcp.Implementation{Name: "e2e", Version: "1"}, nil).Connect(ctx, &mcp.CommandTransport{Command: cmd}, nil)
	if err != nil {
		t.Fatal(err)
	}
	tools, err := s.ListTools(ctx, nil)
	if err != nil || len(tools.Tools) == 0 {
		t.Fatal(err)
	}
	if _, err := s.CallTool(ctx, &mcp.CallToolParams{Name: "echo", Arguments: map[string]any{"message": "hi"}}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	n := count(recorded(t, store, ""))
	if n["tool_call"] != 1 || n["tool_result"] != 1 || n["session_end"] != 1 {
		t.Errorf("%v", n)
	}
	t.Logf("%d tools, %v", len(tools.Tools), n)
}
