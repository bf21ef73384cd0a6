package codex

import (
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// TestIs is about records of other agents, which must be left to them.
func TestIs(t *testing.T) {
	for _, line := range []string{
		`{"session_id":"s","transcript_path":"/h/.claude/projects/p/s.jsonl","cwd":"/p","hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{},"tool_use_id":"t"}`,
		`{"session_id":"s","cwd":"/p","hook_event_name":"Stop"}`,
		`{"session_id":"s","transcript_path":"","prompt_id":"p","turn_id":"t","hook_event_name":"Stop"}`,
		`{"conversation_id":"c","generation_id":"g","hook_event_name":"stop","turn_id":"t"}`,
		`{"session_id":"s","transcript_path":null,"timestamp":"2026-11-22T07:21:01Z","hook_event_name":"SessionStart"}`,
		`{"session_id":"s","transcript_path":"/h/.gemini/tmp/x.json","hook_event_name":"BeforeTool","timestamp":"2026-11-22T07:21:01Z"}`,
		`{"type":"user","uuid":"u","sessionId":"s","message":{"role":"user","content":"x"}}`,
		`{"type":"message","uuid":"u","role":"user","content":[]}`,
		`{"type":"message","id":"x","message":{"role":"user"}}`,
		`{"type":"session.start","data":{},"id":"x","timestamp":"2026-11-22T07:21:01Z","payload":{}}`,
		`{"type":"error","message":"x"}`, `{"type":"turn.completed"}`, `{"type":"item.completed"}`,
		`{"jsonrpc":"2.0","id":"1","method":"x"}`, `{"id":"x","msg":{}}`, `{"id":"x","msg":"y"}`, `{"id":"x"}`, `{}`,
		`{"event_type":"tool_call","session_id":"s","data":{}}`, `{"type":"reasoning"}`, `{"type":"function_call"}`,
	} {
		if c := newRun(t).file("", line); len(c.alien) != 1 {
			t.Errorf("taken: %s", line)
		}
	}
}

// TestCutAnywhere is about streams that begin, end or have a hole at any line,
// and lines of which a member is something else.
func TestCutAnywhere(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	odd := []string{`null`, `""`, `7`, `-1e400`, `[]`, `{}`, `[null,{}]`, `{"a":{"b":[]}}`, `"\u0000\u202e"`, `true`}
	files, err := filepath.Glob("testdata/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all := strings.SplitAfter(string(text), "\n")
		for i := range all {
			newRun(t).file("s", strings.Join(all[i:], ""))
			newRun(t).file("s", strings.Join(all[:i], ""))
			newRun(t).file("s", strings.Join(slices.Delete(slices.Clone(all), i, i+1), ""))
			for range 20 {
				x := slices.Clone(all)
				x[i] = mutate(r, x[i], odd)
				newRun(t).file("s", strings.Join(x, ""))
			}
		}
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		newRun(t).file("s", strings.Join(all, ""))
	}
}

// mutate puts something else in the place of one value in a line.
func mutate(r *rand.Rand, line string, odd []string) string {
	var at []int
	for i := range line {
		if line[i] == ':' && i+1 < len(line) {
			at = append(at, i+1)
		}
	}
	if len(at) == 0 {
		return line
	}
	i := at[r.Intn(len(at))]
	n, ok := event.Value([]byte(line[i:]))
	if !ok {
		return line
	}
	return line[:i] + odd[r.Intn(len(odd))] + line[i+n:]
}

func TestFind(t *testing.T) {
	id := "01a20220-cf03-7071-bf1c-c604d3c8f76d"
	fsys := fstest.MapFS{
		"sessions/2026/11/22/rollout-2026-11-22T07-20-34-" + id + ".jsonl":                               {Data: []byte(`{"timestamp":"2026-11-22T07:20:34.100Z","type":"session_meta","payload":{"id":"` + id + `","cwd":"/p","base_instructions":{"text":"` + strings.Repeat("x", 40000) + `"}}}` + "\n")},
		"sessions/2026/11/21/rollout-2026-11-21T07-20-34-01a1fcfa-0000-7071-bf1c-c604d3c8f76d.jsonl.zst": {Data: []byte("(\xb5/\xfd")},
		"archived_sessions/rollout-2025-04-20-981d779b-0000-4000-8000-00000000000e.json":                 {Data: []byte(`{"session":{"timestamp":"2025-04-20T10:00:00.000Z","id":"x"},"items":[]}`)},
		"sessions/2026/11/22/rollout-x.txt":                                                              {Data: []byte("x")},
		"sessions/2026/11/22/notes.jsonl":                                                                {Data: []byte("{}")},
		"history.jsonl":                                                                                  {Data: []byte("{}")},
		"sessions/2026/11/23/rollout-.jsonl":                                                             {Data: nil},
	}
	list := Find(fsys, ".", func(err error) { t.Error(err) })
	var got []string
	for _, f := range list {
		got = append(got, fmt.Sprintf("%s %s %s %v", filepath.Base(f.Path), f.Session, f.Dir, f.Began.Unix()))
	}
	wanted := []string{
		"rollout-.jsonl   -62135596800",
		"rollout-2025-04-20-981d779b-0000-4000-8000-00000000000e.json 981d779b-0000-4000-8000-00000000000e  1745143200",
		"rollout-2026-11-21T07-20-34-01a1fcfa-0000-7071-bf1c-c604d3c8f76d.jsonl.zst 01a1fcfa-0000-7071-bf1c-c604d3c8f76d  1795245604",
		"rollout-2026-11-22T07-20-34-" + id + ".jsonl " + id + " /p 1795332034",
	}
	if strings.Join(got, "\n") != strings.Join(wanted, "\n") {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(wanted, "\n"))
	}
	roots := Roots(func(string) string { return "" }, "/h")
	if fmt.Sprint(roots) != "[/h/.codex/sessions /h/.codex/archived_sessions]" {
		t.Errorf("roots: %v", roots)
	}
	if roots = Roots(func(string) string { return "/c" }, "/h"); roots[0] != "/c/sessions" {
		t.Errorf("roots: %v", roots)
	}
	missing := 0
	Find(fsys, "nowhere", func(error) { missing++ })
	if missing != 1 {
		t.Errorf("%d problems for a folder that is not there", missing)
	}
}

// FuzzTake is about reading or refusing whatever a line is.
func FuzzTake(f *testing.F) {
	files, _ := filepath.Glob("testdata/*")
	for _, name := range files {
		text, _ := os.ReadFile(name)
		for line := range strings.Lines(string(text)) {
			f.Add([]byte(line))
		}
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		var rec record.Record
		if len(line) > 1<<16 || rec.Parse(line) != nil || !gjson.ValidBytes(line) {
			return
		}
		c := newRun(t)
		c.r.Begin(dialect.File{Session: "s"})
		if c.r.Is(&rec) {
			c.r.Take(&rec, now)
		}
		c.r.End()
	})
}
