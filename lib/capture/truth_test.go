package capture

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/claude"
	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
	"agenttrace/lib/session"
)

// truth is what an independent program found in a transcript.
type truth struct {
	File         string         `json:"file"`
	Lines        int            `json:"lines"`
	Malformed    int            `json:"malformed"`
	Tools        map[string]int `json:"tools"`
	Errors       int            `json:"errors"`
	ErrorsByTool map[string]int `json:"errors_by_tool"`
	PromptKinds  map[string]int `json:"prompt_kinds"`
	Usage        map[string]struct {
		Messages int   `json:"messages"`
		Input    int64 `json:"input"`
		Output   int64 `json:"output"`
		Write5m  int64 `json:"cache_write_5m"`
		Write1h  int64 `json:"cache_write_1h"`
		Read     int64 `json:"cache_read"`
	} `json:"usage_by_model"`
	FilesRead    int    `json:"files_read"`
	ReadSHA      string `json:"files_read_sha"`
	FilesWritten int    `json:"files_written"`
	WrittenSHA   string `json:"files_written_sha"`
}

// filesText says how many files there are, and which: the oracle tells the
// SHA-256 of their sorted paths, joined by newlines, in 16 hex digits.
func filesText(n int, sum string) string {
	if n == 0 {
		return "0"
	}
	return fmt.Sprintf("%d, %s", n, sum)
}

func sumOf(paths map[string]bool) string {
	sum := sha256.Sum256([]byte(strings.Join(slices.Sorted(maps.Keys(paths)), "\n")))
	return hex.EncodeToString(sum[:8])
}

// figures are what is compared, as lines of text.
type figures map[string]string

func (t truth) figures() figures {
	f := figures{
		"malformed lines": fmt.Sprint(t.Malformed),
		"errors":          fmt.Sprint(t.Errors),
		"prompts":         fmt.Sprint(t.PromptKinds["plain"]),
		"sidechain":       fmt.Sprint(t.PromptKinds["sidechain"]),
		"interrupts":      fmt.Sprint(t.PromptKinds["interrupted"]),
		"slash commands":  fmt.Sprint(t.PromptKinds["slash_command"]),
		"notifications":   fmt.Sprint(t.PromptKinds["task_notification"]),
		"files read":      filesText(t.FilesRead, t.ReadSHA),
		"files written":   filesText(t.FilesWritten, t.WrittenSHA),
	}
	for name, n := range t.Tools {
		f["calls of "+name] = fmt.Sprint(n)
	}
	for name, n := range t.ErrorsByTool {
		if name == "?" {
			continue // of calls that are not in the file: no event tells their tool
		}
		f["errors of "+name] = fmt.Sprint(n)
	}
	for model, u := range t.Usage {
		if model == "<synthetic>" {
			continue // what the agent says itself
		}
		f["usage of "+model] = usageText(u.Messages, u.Input, u.Output, u.Write5m, u.Write1h, u.Read)
	}
	return f
}

func usageText(n int, input, output, w5, w1, read int64) string {
	return fmt.Sprintf("%d messages, %d in, %d out, %d + %d written, %d read", n, input, output, w5, w1, read)
}

// captureFile captures one transcript, without the files around it, and
// returns the events and what was reported.
func captureFile(t *testing.T, name string) (lines [][]byte, problems []string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	tr, err := claude.Look(fstest.MapFS{path.Base(name): {Data: text}}, path.Base(name))
	if err != nil {
		t.Fatal(err)
	}
	c := &Capture{
		Clock: func() int64 { return 1795332170e9 },
		Emit: func(line []byte) error {
			lines = append(lines, bytes.Clone(line))
			return nil
		},
		Problem: func(err *event.SyntaxError, _ []byte) { problems = append(problems, err.Error()) },
	}
	if err := c.Read(bytes.NewReader(text), File{Name: path.Base(name), Session: tr.Session, Child: tr.Child}); err != nil {
		t.Error(err)
	}
	return lines, problems
}

// figuresOf folds events and adds up what the sessions did. Calls that are told
// only in progress lines are left out, since the oracle does not look at them.
func figuresOf(t *testing.T, lines [][]byte, problems []string, onlyProgress map[string]bool) figures {
	t.Helper()
	var set session.Set
	kinds := map[string]int{}
	for _, line := range lines {
		e, err := event.Parse(line)
		if err != nil {
			t.Errorf("%v: %.200s", err, line)
			continue
		}
		if onlyProgress[e.Session()] {
			continue
		}
		if e.Is("llm_response") && !e.Get("usage").Exists() {
			continue // the oracle counts only messages that have it
		}
		set.Add(e)
		kind := e.Type()
		switch {
		case kind == "user_prompt" && e.Get("queued").Bool():
			kind = "queued"
		case kind == "user_prompt" && strings.HasPrefix(e.Session(), "agent-"):
			kind = "sidechain"
		}
		kinds[kind]++
	}
	bad := 0
	for _, p := range problems {
		if !strings.Contains(p, "no record of a known agent") { // which is an object at least
			bad++
		}
	}
	f := figures{
		"malformed lines": fmt.Sprint(bad), "prompts": fmt.Sprint(kinds["user_prompt"]), "sidechain": fmt.Sprint(kinds["sidechain"]),
		"interrupts": fmt.Sprint(kinds["interrupt"]), "slash commands": fmt.Sprint(kinds["user_prompt_expansion"]),
		"notifications": fmt.Sprint(kinds["task_notification"]),
	}
	calls, failed, errors := map[string]int{}, map[string]int{}, 0
	read, written := map[string]bool{}, map[string]bool{}
	usage := map[string]*session.ModelUsage{}
	for _, fold := range set.Folds() {
		s := fold.Summary()
		errors += s.Errors
		for name, tool := range s.Tools {
			calls[name] += tool.Calls
			failed[name] += tool.Errors
		}
		for _, p := range s.FilesRead {
			read[p] = true
		}
		for _, p := range s.FilesWritten {
			written[p] = true
		}
		for model, u := range s.UsageByModel {
			if usage[model] == nil {
				usage[model] = &session.ModelUsage{Tokens: &session.Tokens{}}
			}
			usage[model].Requests += u.Requests
			if u.Tokens != nil {
				usage[model].Tokens.Add(*u.Tokens)
			}
		}
	}
	f["errors"] = fmt.Sprint(errors)
	f["files read"], f["files written"] = filesText(len(read), sumOf(read)), filesText(len(written), sumOf(written))
	for name, n := range calls {
		if n > 0 {
			f["calls of "+name] = fmt.Sprint(n)
		}
		if failed[name] > 0 {
			f["errors of "+name] = fmt.Sprint(failed[name])
		}
	}
	for model, u := range usage {
		k := u.Tokens
		f["usage of "+model] = usageText(u.Requests, k.Input, k.Output, k.CacheWrite5m, k.CacheWrite1h, k.CacheRead)
	}
	return f
}

// progressOnly returns the sessions that only the progress lines of a file tell
// of.
func progressOnly(text []byte) map[string]bool {
	told, own := map[string]bool{}, map[string]bool{}
	for line := range bytes.Lines(text) {
		g := gjson.GetManyBytes(line, "type", "sessionId", "agentId", "data.type", "data.agentId")
		if g[0].Str == "progress" && g[3].Str == "agent_progress" {
			told[claude.ChildID(g[1].Str, g[4].Str)] = true
		} else if g[2].Str != "" {
			own[claude.ChildID(g[1].Str, g[2].Str)] = true
		}
	}
	maps.DeleteFunc(told, func(id string, _ bool) bool { return own[id] })
	return told
}

// TestTruth compares what is captured of recorded sessions with what another
// program found in them.
func TestTruth(t *testing.T) {
	corpus := filepath.Join(clitest.Shared(t), "corpus")
	text, err := os.ReadFile(filepath.Join(corpus, "truth.ndjson"))
	if err != nil {
		t.Skip(err)
	}
	for line := range bytes.Lines(text) {
		var want truth
		if err := json.Unmarshal(line, &want); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(want.File, "shareable/")
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(corpus, filepath.FromSlash(name))
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Skip(err)
			}
			lines, problems := captureFile(t, file)
			got := figuresOf(t, lines, problems, progressOnly(raw))
			compare(t, name, got, want.figures())
			again, _ := captureFile(t, file)
			if !slices.EqualFunc(lines, again, bytes.Equal) {
				t.Error("captured again, it gives other events")
			}
		})
	}
}

func compare(t *testing.T, name string, got, want figures) {
	t.Helper()
	keys := map[string]bool{}
	for k := range got {
		keys[k] = true
	}
	for k := range want {
		keys[k] = true
	}
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		if got[k] == want[k] || (got[k] == "" || got[k] == "0") && (want[k] == "" || want[k] == "0") {
			continue
		}
		if reason := oracleIsWrong[name+": "+k]; reason != "" {
			t.Logf("%s: %s, the oracle says %s: %s", k, got[k], want[k], reason)
			continue
		}
		t.Errorf("%s: %q, the oracle says %q", k, got[k], want[k])
	}
}

// oracleIsWrong are the differences that are the oracle's fault.
var oracleIsWrong = map[string]string{
	"claude/iansherr+claude-code-log/test/test_data/edge_cases.jsonl: prompts": "it does not read a message that is a string",
	"zoo/claude-lines.jsonl: prompts":                                          "it does not read a message that is a string",
	small + ": sidechain":                                                      "it takes a compaction's summary for a prompt where that is in a sidechain",
	"zoo/claude-lines.jsonl: sidechain":                                        "it takes a compaction's summary for a prompt where that is in a sidechain",
	small + ": usage of claude-opus-4-8":                                       trimmed,
	small + ": usage of claude-sonnet-5":                                       trimmed,
	"zoo/claude-lines.jsonl: usage of claude-opus-4-8":                         trimmed,
	"zoo/claude-lines.jsonl: usage of claude-sonnet-5":                         trimmed,
	"zoo/claude-malformed.jsonl: usage of claude-opus-4-5-20251101":            "it does not read the two records of the malformed line, one of which has the last usage of its message",
}

// trimmed is why some usage of 0 tokens has another model: several messages of
// several models were given one id, so that they are one message, whose model
// the oracle takes from its last line.
const trimmed = `the messages whose id is "[trimmed for fixture]" have no model of their own`

const small = "claude/jazzyalex+agent-sessions/Resources/Fixtures/stage0/agents/claude/small.jsonl"
