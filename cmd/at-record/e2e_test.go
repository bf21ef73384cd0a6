//go:build unix

package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"agenttrace/lib/proxy/proxytest"
)

// TestE2E records the servers of the protocol's authors. It runs if AT_E2E is
// set and npm can be reached.
func TestE2E(t *testing.T) {
	bin := proxytest.Npm(t, proxytest.Everything, proxytest.Filesystem)
	t.Run("everything", func(t *testing.T) {
		use := func(command ...string) *proxytest.Used {
			return used(t, "trigger-sampling-request", proxytest.LongSteps, proxytest.EverythingCalls(), command)
		}
		server := []string{filepath.Join(bin, "mcp-server-everything"), "stdio"}
		n := compareUsed(t, use, server)
		if n["llm_request"] != 1 || n["llm_response"] != 1 {
			t.Errorf("%v", n)
		}
	})
	t.Run("filesystem", func(t *testing.T) {
		dir, err := filepath.EvalSymlinks(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		use := func(command ...string) *proxytest.Used {
			root := filepath.Join(dir, "root") // the same each time
			if err := os.RemoveAll(root); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(root, 0o755); err != nil {
				t.Fatal(err)
			}
			return used(t, "read_text_file", 0, fileCalls(root), append(command, root))
		}
		compareUsed(t, use, []string{filepath.Join(bin, "mcp-server-filesystem")})
		if text, err := os.ReadFile(filepath.Join(dir, "root", "sub", "a.txt")); string(text) != "one\n2\nthree\n" {
			t.Errorf("%q, %v", text, err)
		}
	})
}

// fileCalls writes, edits, finds, reads and moves files, and asks for what it
// may not have.
func fileCalls(root string) [][]proxytest.Call {
	file := filepath.Join(root, "sub", "a.txt")
	long := filepath.Join(root, "long.txt")
	var calls [][]proxytest.Call
	for _, c := range []proxytest.Call{
		{Tool: "create_directory", Args: map[string]any{"path": filepath.Join(root, "sub")}},
		{Tool: "write_file", Args: map[string]any{"path": file, "content": "one\ntwo\nthree\n"}},
		{Tool: "edit_file", Args: map[string]any{"path": file, "edits": []any{map[string]any{"oldText": "two", "newText": "2"}}}},
		{Tool: "read_text_file", Args: map[string]any{"path": file}},
		{Tool: "write_file", Args: map[string]any{"path": long, "content": strings.Repeat("é\u2028\t", 200_000)}},
		{Tool: "read_text_file", Args: map[string]any{"path": long}},
		{Tool: "list_directory", Args: map[string]any{"path": root}},
		{Tool: "directory_tree", Args: map[string]any{"path": root}},
		{Tool: "search_files", Args: map[string]any{"path": root, "pattern": "**/*.txt"}},
		{Tool: "move_file", Args: map[string]any{"source": long, "destination": filepath.Join(root, "moved.txt")}},
		{Tool: "read_text_file", Args: map[string]any{"path": long}},
		{Tool: "read_text_file", Args: map[string]any{"path": "/etc/passwd"}},
		{Tool: "list_allowed_directories", Args: map[string]any{}},
	} {
		calls = append(calls, []proxytest.Call{c})
	}
	return calls
}

// compareUsed uses a server without at-record and with it, and compares what the
// client got, and what the trace has of it. It returns how many events of each
// type there are.
func compareUsed(t *testing.T, use func(command ...string) *proxytest.Used, server []string) map[string]int {
	t.Helper()
	direct := use(server...)
	store := filepath.Join(t.TempDir(), "t")
	with := use(append([]string{"at-record", "--name", "p", "--trace-dir", store, "--"}, server...)...)
	if !reflect.DeepEqual(direct, with) {
		t.Errorf("without\n%+v\nwith at-record\n%+v", direct, with)
	}
	events := recorded(t, store, "")
	for _, wrong := range proxytest.Check(events, "p", with.Calls) {
		t.Error(wrong)
	}
	n := count(events)
	if n["session_end"] != 1 || n["trace_gap"] != 0 {
		t.Errorf("%v", n)
	}
	t.Logf("%d tools, %d calls, %d times progress, asked %d times; %v", len(with.Tools), len(with.Calls), with.Progress, len(with.Asked), n)
	return n
}

func used(t *testing.T, need string, progress int, calls [][]proxytest.Call, command []string) *proxytest.Used {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), "CLAUDE_CODE_SESSION_ID=")
	u, err := proxytest.Use(ctx, &mcp.CommandTransport{Command: cmd}, need, progress, calls)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
