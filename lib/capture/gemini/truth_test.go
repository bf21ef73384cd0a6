package gemini

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload/payloadtest"
	"agenttrace/lib/clitest"
)

// conversation is a session file as encoding/json reads it.
type conversation struct {
	SessionID string `json:"sessionId"`
	Messages  []struct {
		Type    string
		Content any
		Model   string
		Tokens  *struct{ Input, Output, Cached, Thoughts, Tool int }
		Calls   []struct {
			Name, Status string
			Result       json.RawMessage
		} `json:"toolCalls"`
	}
}

var failedRun = regexp.MustCompile(`\\nExit Code: [1-9]`)

// figures are what the file says, counted without the reader.
func (c conversation) figures() map[string]int {
	f := map[string]int{}
	for _, m := range c.Messages {
		if text, ok := m.Content.(string); m.Type == "user" && (!ok || !strings.HasPrefix(text, "/")) {
			f["prompts"]++
		}
		if m.Tokens != nil {
			f[m.Model+" requests"]++
			f[m.Model+" input"] += m.Tokens.Input - m.Tokens.Cached
			f[m.Model+" cached"] += m.Tokens.Cached
			f[m.Model+" output"] += m.Tokens.Output + m.Tokens.Thoughts
		}
		for _, call := range m.Calls {
			f["calls of "+call.Name]++
			if call.Status != "success" || call.Name == "run_shell_command" && failedRun.Match(call.Result) {
				f["errors of "+call.Name]++
			}
		}
	}
	return f
}

func figures(r *payloadtest.Run) map[string]int {
	f := map[string]int{}
	calls := map[string]string{}
	for _, e := range r.Events {
		switch {
		case e.Is("user_prompt"):
			f["prompts"]++
		case e.Is("tool_call"):
			calls[e.ID()] = e.Get("tool_name").String()
			f["calls of "+calls[e.ID()]]++
		case e.Is("error") && e.Parent() != "":
			f["errors of "+calls[e.Parent()]]++
		case e.Is("tool_result") && calls[e.Parent()] == "":
			f["results without a call"]++
		case e.Is("llm_response"):
			m := e.Get("model").String()
			f[m+" requests"]++
			f[m+" input"] += int(e.Get("usage.input_tokens").Int())
			f[m+" cached"] += int(e.Get("usage.cache_read_tokens").Int())
			f[m+" output"] += int(e.Get("usage.output_tokens").Int())
		}
	}
	return f
}

// TestTruth compares what is captured of recorded session files with what is
// in them.
func TestTruth(t *testing.T) {
	corpus := filepath.Join(clitest.Shared(t), "corpus")
	n := 0
	filepath.WalkDir(filepath.Join(corpus, "gemini"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var c conversation
		if err := json.Unmarshal(text, &c); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		n++
		r := payloadtest.New(t, Agent, false).Read(text, dialect.File{Name: name})
		if len(r.Problems) > 0 {
			t.Errorf("%s: %s", name, r.Problems)
		}
		if got, want := fmt.Sprint(figures(r)), fmt.Sprint(c.figures()); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
		return nil
	})
	if n == 0 {
		t.Skip("no session files of Gemini CLI")
	}
}

// TestZoo reads one of every record that was seen, with and without
// bookkeeping.
func TestZoo(t *testing.T) {
	corpus := filepath.Join(clitest.Shared(t), "corpus")
	for _, name := range []string{"zoo/gemini-items.jsonl", "zoo/gemini-stream-lines.jsonl", "hooks-run/gemini-1.ndjson", "hooks-run/gemini-mcp.ndjson"} {
		text, err := os.ReadFile(filepath.Join(corpus, name))
		if err != nil {
			t.Error(err)
			continue
		}
		for _, all := range []bool{false, true} {
			r := payloadtest.New(t, Agent, all).Read(text, dialect.File{Name: name, Session: "zoo"})
			if len(r.Problems) > 0 {
				t.Errorf("%s: %s", name, r.Problems)
			}
			if lines := bytes.Count(text, []byte("\n")); len(r.Events) < lines-1 {
				t.Errorf("%s: %d events of %d lines", name, len(r.Events), lines)
			}
		}
	}
}

// TestRealPairs checks the pairs of recorded hooks: every call has its
// outcome.
func TestRealPairs(t *testing.T) {
	corpus := filepath.Join(clitest.Shared(t), "corpus")
	for name, want := range map[string]string{
		"hooks-run/gemini-1.ndjson":   "map[calls of run_shell_command:2 errors of run_shell_command:1 prompts:1]",
		"hooks-run/gemini-mcp.ndjson": "map[calls of mcp_mock_add:1 calls of mcp_mock_boom:1 calls of read_file:1 calls of write_file:1 errors of mcp_mock_boom:1 errors of read_file:1 prompts:1]",
	} {
		text, err := os.ReadFile(filepath.Join(corpus, name))
		if err != nil {
			t.Error(err)
			continue
		}
		r := payloadtest.New(t, Agent, false).Read(text, dialect.File{Name: name})
		if got := fmt.Sprint(figures(r)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, want)
		}
	}
}
