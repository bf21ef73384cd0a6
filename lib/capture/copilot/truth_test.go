package copilot

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload/payloadtest"
	"agenttrace/lib/clitest"
)

// line is an event as encoding/json reads it.
type line struct {
	Type string
	Data struct {
		Content    string
		ToolName   string
		ToolCallID string `json:"toolCallId"`
		Success    *bool
		Requests   []struct {
			Name       string
			ToolCallID string `json:"toolCallId"`
		} `json:"toolRequests"`
		Metrics map[string]struct {
			Usage struct {
				InputTokens, OutputTokens, CacheReadTokens, CacheWriteTokens int64
			}
		} `json:"modelMetrics"`
	}
}

// figures are what a file says, counted without the reader: a call for each id,
// its outcome, prompts, and the totals of the last shutdown.
func figures(t *testing.T, text []byte) (counts map[string]int, sums map[string]tokens) {
	counts, sums = map[string]int{}, map[string]tokens{}
	seen := map[string]bool{}
	s := bufio.NewScanner(bytes.NewReader(text))
	s.Buffer(nil, 1<<24)
	for s.Scan() {
		var l line
		if json.Unmarshal(s.Bytes(), &l) != nil {
			l.Data.Content = "" // a member of another type, of no interest
		}
		d := &l.Data
		switch l.Type {
		case "user.message":
			if d.Content != "" {
				counts["prompts"]++
			}
		case "assistant.message":
			for _, q := range d.Requests { // some are done without a start
				if !seen["call "+q.ToolCallID] {
					counts["calls of "+q.Name]++
				}
				seen["call "+q.ToolCallID] = true
			}
		case "tool.execution_start":
			if !seen["call "+d.ToolCallID] {
				counts["calls of "+d.ToolName]++
			}
			seen["call "+d.ToolCallID] = true
		case "tool.execution_complete":
			if d.Success != nil && !*d.Success && (!seen["outcome "+d.ToolCallID] || !seen["call "+d.ToolCallID]) {
				counts["errors"]++
			}
			seen["outcome "+d.ToolCallID] = true
		case "session.shutdown":
			for m, u := range d.Metrics {
				u := u.Usage
				if x := (tokens{u.InputTokens - u.CacheReadTokens - u.CacheWriteTokens, u.OutputTokens, u.CacheReadTokens, u.CacheWriteTokens}); x != (tokens{}) {
					sums[m] = x
				}
			}
		}
	}
	return counts, sums
}

func counted(r *payloadtest.Run) map[string]int {
	f := map[string]int{}
	for _, e := range r.Events {
		switch {
		case e.Is("user_prompt"):
			f["prompts"]++
		case e.Is("tool_call"):
			f["calls of "+e.Get("tool_name").String()]++
		case e.Is("error") && e.Get("kind").String() == "tool":
			f["errors"]++
		}
	}
	return f
}

// TestTruth compares what is captured of recorded sessions with what is in
// them. Fixtures that others made by cutting lines short have one id for
// everything: they are only read.
func TestTruth(t *testing.T) {
	corpus := filepath.Join(clitest.Shared(t), "corpus")
	n := 0
	filepath.WalkDir(filepath.Join(corpus, "copilot"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		n++
		r := payloadtest.New(t, Agent, false).Read(text, dialect.File{Name: name, Session: "s"})
		if len(r.Problems) > 0 {
			t.Errorf("%s: %s", name, r.Problems)
		}
		if bytes.Contains(text, []byte("[trimmed for fixture]")) {
			return nil
		}
		counts, sums := figures(t, text)
		if got := fmt.Sprint(counted(r)); got != fmt.Sprint(counts) {
			t.Errorf("%s:\n got %s\nwant %s", name, got, fmt.Sprint(counts))
		}
		if len(sums) == 0 {
			return nil // output tokens of messages, without a total
		}
		if got := fmt.Sprint(usage(r)); got != fmt.Sprint(sums) {
			t.Errorf("%s:\n got %s\nwant %s", name, got, fmt.Sprint(sums))
		}
		return nil
	})
	if n == 0 {
		t.Skip("no sessions of Copilot")
	}
	text, err := os.ReadFile(filepath.Join(corpus, "zoo", "copilot-lines.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, all := range []bool{false, true} {
		r := payloadtest.New(t, Agent, all).Read(text, dialect.File{Session: "zoo"})
		if len(r.Problems) > 0 {
			t.Errorf("zoo: %s", r.Problems)
		}
		if lines := bytes.Count(text, []byte("\n")); all && len(r.Events) < lines {
			t.Errorf("zoo: %d events of %d lines", len(r.Events), lines)
		}
	}
}
