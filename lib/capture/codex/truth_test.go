package codex

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
	"agenttrace/lib/session"
)

// figures are what is compared, as lines of text.
type figures map[string]string

// A naive counts what a rollout says in another way than the reader does: it
// knows nothing of pairs, order or copies, and looks at totals only.
type naive struct {
	calls    map[string]map[string]bool // tool → ids of calls
	failed   map[string]bool            // ids of calls
	prompts  map[string]int             // texts by how often they were typed
	asked    map[string]int             // texts of the user's items
	total    map[string]int64           // the largest
	sessions map[string]bool
	bad      int
	n        int
}

func (v *naive) id(m map[string]any, keys ...string) string {
	for _, k := range keys {
		if s, _ := m[k].(string); s != "" {
			return s
		}
	}
	v.n++
	return fmt.Sprint("line ", v.n)
}

// object returns a member that is an object, empty if it is none.
func object(m map[string]any, path ...string) map[string]any {
	for _, k := range path {
		m, _ = m[k].(map[string]any)
	}
	return m
}

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case []any:
		var list []string
		for _, x := range v {
			if m, ok := x.(map[string]any); ok {
				s, _ := m["text"].(string)
				list = append(list, s)
			}
		}
		return strings.Join(list, "\n")
	}
	return ""
}

func (v *naive) line(text string) {
	var m map[string]any
	if json.Unmarshal([]byte(text), &m) != nil {
		v.bad++
		return
	}
	p := object(m, "payload")
	if p == nil {
		p = m
	}
	typ, _ := p["type"].(string)
	if m["type"] == "session_meta" {
		v.sessions[v.id(p, "id")] = true
	}
	name, _ := p["name"].(string)
	switch typ {
	case "function_call", "custom_tool_call", "tool_call":
		if ns, _ := p["namespace"].(string); strings.HasPrefix(ns, "mcp__") {
			name = ns + "__" + name
			name = strings.ReplaceAll(name, "___", "_")
		}
		if f, _ := object(p, "function")["name"].(string); f != "" {
			name = f
		}
		v.call(name, v.id(p, "call_id"))
	case "tool_search_call":
		v.call("tool_search", v.id(p, "call_id"))
	case "web_search_call":
		v.call("web_search", v.id(p, "id"))
	case "web_search_end":
		v.call("web_search", v.id(p, "call_id"))
	case "function_call_output", "custom_tool_call_output":
		out := textOf(p["output"])
		head, _, _ := strings.Cut(out, "Output:")
		for _, mark := range []string{"exited with code ", "Exit code: "} {
			if _, code, ok := strings.Cut(head, mark); ok && !strings.HasPrefix(code, "0") {
				v.failed[v.id(p, "call_id")] = true
			}
		}
	case "user_message":
		v.prompts[textOf(p["message"])]++
	case "message", "":
		if p["role"] == "user" {
			if text := textOf(p["content"]); !strings.HasPrefix(text, "<") && !strings.HasPrefix(text, "# AGENTS.md") {
				v.asked[text]++
			}
		}
	case "token_count":
		for k, n := range object(p, "info", "total_token_usage") {
			f, _ := n.(float64)
			v.total[k] = max(v.total[k], int64(f))
		}
	}
}

func (v *naive) call(name, id string) {
	if v.calls[name] == nil {
		v.calls[name] = map[string]bool{}
	}
	v.calls[name][id] = true
}

func (v *naive) figures() figures {
	f := figures{"malformed lines": fmt.Sprint(v.bad), "failed calls": fmt.Sprint(len(v.failed)), "sessions": fmt.Sprint(len(v.sessions))}
	for name, ids := range v.calls {
		f["calls of "+name] = fmt.Sprint(len(ids))
	}
	n := 0
	for text, typed := range v.prompts {
		v.asked[text] = max(v.asked[text], typed)
	}
	for _, k := range v.asked {
		n += k
	}
	f["prompts"] = fmt.Sprint(n)
	if t := v.total; t["total_tokens"] > 0 {
		f["tokens"] = fmt.Sprintf("%d in, %d read, %d out, %d reasoning", t["input_tokens"]-t["cached_input_tokens"]-t["cache_write_input_tokens"],
			t["cached_input_tokens"], t["output_tokens"], t["reasoning_output_tokens"])
	}
	return f
}

// figuresOf folds events and adds up what the sessions did.
func figuresOf(c *run) figures {
	var set session.Set
	prompts := 0
	sessions := map[string]bool{}
	for _, e := range c.events {
		set.Add(e)
		if e.Is("user_prompt") {
			prompts++
		}
		if e.Is("session_start") {
			sessions[e.Session()] = true
		}
	}
	f := figures{"malformed lines": fmt.Sprint(len(c.problems)), "prompts": fmt.Sprint(prompts), "sessions": fmt.Sprint(len(sessions))}
	var tokens session.Tokens
	errors := 0
	for _, fold := range set.Folds() {
		s := fold.Summary()
		errors += s.Errors
		for name, tool := range s.Tools {
			if tool.Calls > 0 {
				f["calls of "+name] = fmt.Sprint(tool.Calls)
			}
		}
		for _, u := range s.UsageByModel {
			if u.Tokens != nil {
				tokens.Add(*u.Tokens)
			}
		}
	}
	f["failed calls"] = fmt.Sprint(errors)
	if tokens.Total() > 0 {
		f["tokens"] = fmt.Sprintf("%d in, %d read, %d out, %d reasoning", tokens.Input, tokens.CacheRead, tokens.Output, tokens.Reasoning)
	}
	return f
}

// different says why figures of a file differ from those that are counted
// another way.
var different = map[string]string{
	raw + ": tokens": "the naive count does not know turn.completed in a rollout: 980 and 1620 tokens in, of which 980 are read from a cache",
}

const raw = "jazzyalex+agent-sessions/Resources/Fixtures/codex_052_raw.jsonl"

// trimmed are files of lines whose ids are all "[trimmed for fixture]" or that
// have been put together: they are read, but what belongs together in them
// cannot be told.
var trimmed = map[string]bool{"jazzyalex+agent-sessions/Resources/Fixtures/stage0/agents/codex/small.jsonl": true}

// TestTruth compares what is made of recorded rollouts with what is counted in
// them in another way.
func TestTruth(t *testing.T) {
	root := filepath.Join(clitest.Shared(t), "corpus/codex")
	seen := map[string]bool{}
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, _ := filepath.Rel(root, path)
		c := newRun(t).file("", string(text))
		if len(c.alien) > 0 || len(c.problems) > 0 {
			t.Errorf("%s: not taken: %q, problems: %q", name, c.alien, c.problems)
		}
		if trimmed[name] {
			return nil
		}
		v := &naive{calls: map[string]map[string]bool{}, failed: map[string]bool{}, prompts: map[string]int{}, asked: map[string]int{}, total: map[string]int64{}, sessions: map[string]bool{}}
		for line := range strings.Lines(string(text)) {
			v.line(line)
		}
		got, counted := figuresOf(c), v.figures()
		keys := maps.Clone(got)
		maps.Copy(keys, counted)
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			if got[key] == counted[key] {
				continue
			}
			id := name + ": " + key
			seen[id] = true
			if different[id] == "" {
				t.Errorf("%s: %q, counted %q", id, got[key], counted[key])
			}
		}
		return nil
	})
	for id := range different {
		if !seen[id] {
			t.Errorf("%s: does not differ any more", id)
		}
	}
}

// TestSharedHooks reads the payloads that the agent's hooks were given in two
// runs: 4 calls of which one has no outcome, and two requests each.
func TestSharedHooks(t *testing.T) {
	root := clitest.Shared(t)
	for name, counts := range map[string]string{
		"codex-1.ndjson":   "assistant_response 1, llm_request 2, llm_response 2, session_end 1, session_start 1, tool_call 1, tool_result 1, user_prompt 1",
		"codex-mcp.ndjson": "assistant_response 1, llm_request 2, llm_response 2, session_end 1, session_start 1, tool_call 3, tool_result 2, user_prompt 1",
	} {
		text, err := os.ReadFile(filepath.Join(root, "corpus/hooks-run", name))
		if err != nil {
			t.Fatal(err)
		}
		c := newRun(t).file("", string(text))
		n := map[string]int{}
		for _, e := range c.events {
			n[e.Type()]++
		}
		var got []string
		for _, typ := range slices.Sorted(maps.Keys(n)) {
			got = append(got, fmt.Sprint(typ, " ", n[typ]))
		}
		if g := strings.Join(got, ", "); g != counts || len(c.problems)+len(c.alien) > 0 {
			t.Errorf("%s: %s, want %s; problems: %q", name, g, counts, c.problems)
		}
		var in, read, written, out, reasoning int64
		for _, e := range c.ofType("llm_response") {
			u := e.Get("usage")
			in, read, out = in+u.Get("input_tokens").Int(), read+u.Get("cache_read_tokens").Int(), out+u.Get("output_tokens").Int()
			written, reasoning = written+u.Get("cache_write_5m_tokens").Int(), reasoning+u.Get("reasoning_tokens").Int()
		}
		if g := fmt.Sprint(in, read, written, out, reasoning); g != "450 1600 50 60 20" {
			t.Errorf("%s: tokens %s", name, g)
		}
	}
}

// TestZoo reads one line of every kind that was seen.
func TestZoo(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(clitest.Shared(t), "corpus/zoo/codex-lines.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	c := newRun(t).file("zoo", string(text))
	if len(c.problems)+len(c.alien) > 0 {
		t.Errorf("problems: %q, not taken: %q", c.problems, c.alien)
	}
	// With everything kept, no line is without an event but those that repeat
	// another.
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		one := newRun(t)
		one.r = New(sinkAll(one))
		one.file("zoo", line)
		if len(one.events) < 2 && !strings.Contains(line, `"session_meta"`) && !strings.Contains(line, `"instructions":null`) {
			t.Errorf("line %d leaves no event: %.200s", i+1, line)
		}
	}
	for _, e := range c.events {
		if _, err := event.Parse(e.Raw); err != nil {
			t.Error(err)
		}
	}
}
