package tool

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// strangers are tools that are known and are of no kind, and names that stand
// in recordings for want of a tool.
var strangers = map[string]bool{
	"Skill": true, "ToolSearch": true, "AskUserQuestion": true, "ReportFindings": true, "StructuredOutput": true,
	"EnterWorktree": true, "ExitWorktree": true, "FailingTool": true, "__proto__": true, "[trimmed for fixture]": true,
	"NoSuchTool": true,
}

// TestCorpus reads recorded sessions, if there are any on this machine.
func TestCorpus(t *testing.T) {
	shared := os.Getenv("AT_SHARED")
	if shared == "" {
		t.Skip("AT_SHARED is not set")
	}
	calls, unread, lines := 0, 0, 0
	call := func(block gjson.Result) {
		name, args := block.Get("name").String(), []byte(block.Get("input").Raw)
		if len(name) > 60 {
			return
		}
		calls++
		c := Parse(name, args)
		Title(name, args)
		c.Activity()
		c.Intent(args)
		if c.Kind == Other && !strangers[name] {
			t.Errorf("%s is not known", name)
		}
		if c.Kind == Shell && c.Line == "" && strings.EqualFold(name, "bash") {
			t.Errorf("no line: %.200s", args)
		}
		if c.Line != "" && name != "PowerShell" {
			lines++
			if list := Commands(c.Line); len(list) == 1 && list[0].Program == "" && list[0].Unknown {
				unread++
				t.Logf("cannot be read: %.300q", c.Line)
			}
		}
	}
	err := filepath.WalkDir(filepath.Join(shared, "corpus", "claude"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".jsonl") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for line := range bytes.Lines(data) {
			for _, at := range []string{"message.content", "data.message.message.content"} {
				gjson.GetBytes(line, at).ForEach(func(_, block gjson.Result) bool {
					if block.Get("type").String() == "tool_use" {
						call(block)
					}
					return true
				})
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if calls == 0 {
		t.Error("no calls")
	}
	t.Logf("%d calls, %d lines, %d of them cannot be read", calls, lines, unread)
}

func BenchmarkParse(b *testing.B) {
	args := []byte(`{"file_path":"/home/u/proj/a.go","old_string":"` + strings.Repeat(`x\n`, 500) + `","new_string":"` + strings.Repeat(`y\n`, 500) + `"}`)
	b.SetBytes(int64(len(args)))
	for b.Loop() {
		Parse("Edit", args)
	}
}

func BenchmarkCommands(b *testing.B) {
	for b.Loop() {
		Commands("cd /home/u/proj && python3 -m pytest tests/ -v 2>&1 | tail -20")
	}
}
