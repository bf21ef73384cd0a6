package gemini

import (
	"fmt"
	"testing"
	"testing/fstest"
)

// TestFind finds session files, and leaves out what is none, and what was
// carried over to a newer format.
func TestFind(t *testing.T) {
	meta := `{"sessionId":"%s","projectHash":"h","startTime":"2026-11-22T07:2%d:04.524Z"}` + "\n" + `{"id":"m1"}` + "\n"
	file := func(id string, n int) *fstest.MapFile { return &fstest.MapFile{Data: fmt.Appendf(nil, meta, id, n)} }
	fsys := fstest.MapFS{
		"tmp/proj/.project_root":                    {Data: []byte("/home/u/proj\n")},
		"tmp/proj/logs.json":                        {Data: []byte(`[{"sessionId":"a","messageId":0,"type":"user","message":"x"}]`)},
		"tmp/proj/chats/session-2026-11-22-b.jsonl": file("b-1", 5),
		"tmp/proj/chats/session-2026-11-22-a.jsonl": file("a-1", 1),
		"tmp/proj/chats/session-2026-11-22-a.json":  file("a-1", 1),
		"tmp/proj/chats/a-1/sub-1.jsonl":            file("sub-1", 2),
		"tmp/hash/chats/session-2025-01-01-c.json":  {Data: []byte(`{"lastUpdated":"x","messages":[` + "\n" + `{"id":"x"}],"projectHash":"h","sessionId":"c"}`)},
		"tmp/proj/chats/notes.txt":                  {Data: []byte("x")},
		"tmp/proj/chats/other.jsonl":                {Data: []byte(`{"type":"x"}` + "\n")},
	}
	var got string
	for _, f := range find(fsys, "tmp", func(err error) { t.Error(err) }) {
		got += fmt.Sprintln(f.Path, f.Session, f.Dir, f.Began.Minute())
	}
	want := `tmp/hash/chats/session-2025-01-01-c.json c  0
tmp/proj/chats/session-2026-11-22-a.jsonl a-1 /home/u/proj 21
tmp/proj/chats/a-1/sub-1.jsonl sub-1 /home/u/proj 22
tmp/proj/chats/session-2026-11-22-b.jsonl b-1 /home/u/proj 25
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if p := parentOf("/h/.gemini/tmp/proj/chats/a-1/sub-1.jsonl"); p != "a-1" {
		t.Errorf("the subagent's file belongs to %q", p)
	}
}
