package cost

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"agenttrace/lib/clitest"
	"agenttrace/lib/session"
)

// TestFolder captures a whole folder of recorded sessions, in which a message
// may stand in many files, and compares it with a plain count: for each id the
// usage with the largest output.
func TestFolder(t *testing.T) {
	dir := filepath.Join(clitest.Shared(t), "corpus", "claude")
	type usage struct {
		Input   int64 `json:"input_tokens"`
		Output  int64 `json:"output_tokens"`
		Read    int64 `json:"cache_read_input_tokens"`
		Written int64 `json:"cache_creation_input_tokens"`
	}
	ids := map[string]usage{}
	files := map[string]map[string]bool{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".jsonl" {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for line := range bytes.Lines(text) {
			var l struct {
				Type    string
				IsError bool `json:"isApiErrorMessage"`
				Message struct {
					ID, Model string
					Usage     *usage
				}
			}
			if json.Unmarshal(line, &l) != nil || l.Type != "assistant" || l.IsError || l.Message.Usage == nil || l.Message.ID == "" || l.Message.Model == "<synthetic>" {
				continue
			}
			id := l.Message.ID
			if u, ok := ids[id]; !ok || l.Message.Usage.Output > u.Output {
				ids[id] = *l.Message.Usage
			}
			if files[id] == nil {
				files[id] = map[string]bool{}
			}
			files[id][name] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var want usage
	copies := 0
	for id, u := range ids {
		want.Input += u.Input
		want.Output += u.Output
		want.Read += u.Read
		want.Written += u.Written
		if len(files[id]) > 1 {
			copies++
		}
	}
	l := New(Options{NoGuess: true})
	addDir(t, l, dir)
	l.Close()
	var got session.Tokens
	n := 0
	for _, r := range l.requests {
		if r.message != 0 {
			n++
		}
		got.Add(r.tokens)
	}
	t.Logf("%d messages, %d of them in more than one file", len(ids), copies)
	if n != len(ids) || got.Input != want.Input || got.Output != want.Output || got.CacheRead != want.Read || got.CacheWrite5m+got.CacheWrite1h != want.Written {
		t.Errorf("%d messages, %+v; want %d, %+v", n, got, len(ids), want)
	}
}
