package mcp_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"agenttrace/lib/capture"
	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/mcp"
	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
)

// TestRecorded reads recorded logs: every line that is a message becomes an
// event, and those that are not are reported, not passed over.
func TestRecorded(t *testing.T) {
	root := filepath.Join(clitest.Shared(t), "corpus", "mcp")
	before := capture.Agents
	defer func() { capture.Agents = before }()
	capture.Agents = []dialect.Agent{mcp.Agent}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		types := map[string]int{}
		problems := 0
		c := &capture.Capture{Clock: func() int64 { return 1 }}
		c.Emit = func(line []byte) error {
			e, err := event.Parse(line)
			if err != nil {
				t.Errorf("%s: %v", path, err)
			}
			types[e.Type()]++
			return nil
		}
		c.Problem = func(err *event.SyntaxError, raw []byte) { problems++ }
		if err := c.Read(strings.NewReader(string(text)), capture.File{Name: path}); err != nil {
			return err
		}
		t.Logf("%s: %v, %d problems", filepath.Base(path), types, problems)
		if calls := strings.Count(string(text), `"method":"tools/call"`) + strings.Count(string(text), `"type": "request"`); strings.HasSuffix(path, ".client.jsonl") && types["tool_call"] != calls {
			t.Errorf("%s: %d calls, want %d", path, types["tool_call"], calls)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
