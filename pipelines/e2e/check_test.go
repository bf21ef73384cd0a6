//go:build unix

package e2e_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/clitest/model"
	"agenttrace/lib/tool"
)

// An asked is a call that the model asked for, and what must be told of it.
type asked struct {
	model.Call
	name string // of the tool in the trace, if it is another one
	args string // likewise
	sub  string // the subagent's word, if one was to do it
	fate fate
	// refused is whether the agent refuses it before it begins.
	refused bool
}

// A fate is how a call ended.
type fate int

const (
	ok     fate = iota
	failed      // there is an error, not a result
	open        // the source does not tell: any outcome, or none
)

// A trace is what is known of a run.
type trace struct {
	name   string
	events []gjson.Result
}

// read returns all that a store holds.
func (r *rig) read(name, store string) trace {
	r.Helper()
	return parse(name, r.ours("at-cat", "--trace-dir", store, "--all"))
}

func parse(name, text string) trace {
	tr := trace{name: name}
	for line := range strings.Lines(text) {
		tr.events = append(tr.events, gjson.Parse(line))
	}
	return tr
}

func (tr *trace) of(types ...string) (list []gjson.Result) {
	for _, e := range tr.events {
		if slices.Contains(types, e.Get("event_type").Str) {
			list = append(list, e)
		}
	}
	return list
}

// main returns the session that is no subagent's and no connection's.
func (tr *trace) main() string {
	for _, e := range tr.of("session_start") {
		if !e.Get("data.parent_session_id").Exists() && e.Get("data.agent").Str != "mcp" {
			return e.Get("session_id").Str
		}
	}
	return ""
}

// calls checks that the trace has each call once, with one outcome that is the
// right one, and no other call.
func (r *rig) calls(tr trace, want []asked, ids bool) {
	r.Helper()
	taken := map[int]bool{}
	calls, outcomes := tr.of("tool_call"), tr.of("tool_result", "error")
	main := tr.main()
	for _, w := range want {
		found := -1
		for i, c := range calls {
			if taken[i] || !w.is(c, ids) {
				continue
			}
			if found >= 0 {
				r.Errorf("%s: %s is there twice:\n%s\n%s", tr.name, w.ID, calls[found].Raw, c.Raw)
			}
			found, taken[i] = i, true
			if !ids {
				break // an equal call follows
			}
		}
		if found < 0 {
			r.Errorf("%s: there is no call %s (%s %s)", tr.name, w.ID, w.Tool, w.Args)
			continue
		}
		c := calls[found]
		if session := c.Get("session_id").Str; (w.sub == "") != (session == main) {
			r.Errorf("%s: the call %s is in session %s, and the main one is %s", tr.name, w.ID, session, main)
		}
		var got []gjson.Result
		for _, o := range outcomes {
			if o.Get("parent_id").Str == c.Get("event_id").Str && o.Get("session_id").Str == c.Get("session_id").Str {
				got = append(got, o)
			}
		}
		isError := len(got) == 1 && got[0].Get("event_type").Str == "error"
		switch {
		case w.fate == open && len(got) == 0:
		case len(got) != 1:
			r.Errorf("%s: the call %s has %d outcomes: %v", tr.name, w.ID, len(got), got)
		case w.fate == ok && isError || w.fate == failed && !isError:
			r.Errorf("%s: the call %s has the wrong outcome: %s", tr.name, w.ID, got[0].Raw)
		}
	}
	for i, c := range calls {
		if !taken[i] {
			r.Errorf("%s: nobody asked for the call %s", tr.name, c.Raw)
		}
	}
	for _, o := range outcomes {
		if o.Get("event_type").Str == "error" && !o.Get("parent_id").Exists() {
			r.Errorf("%s: an error of no call: %s", tr.name, o.Raw)
		}
	}
}

// lineage checks that each subagent's session names the session and the call
// that started it.
func (r *rig) lineage(tr trace, starter string) {
	r.Helper()
	starts := map[string]bool{}
	for _, c := range tr.of("tool_call") {
		if c.Get("data.tool_name").Str == starter {
			starts[c.Get("event_id").Str] = true
		}
	}
	main, subs := tr.main(), 0
	for _, e := range tr.of("session_start") {
		if e.Get("session_id").Str == main {
			continue
		}
		subs++
		if e.Get("data.parent_session_id").Str != main || !starts[e.Get("data.parent_event_id").Str] {
			r.Errorf("%s: a subagent of nobody's: %s", tr.name, e.Raw)
		}
		delete(starts, e.Get("data.parent_event_id").Str)
	}
	if subs == 0 || len(starts) > 0 {
		r.Errorf("%s: %d subagents, and %d more were to be started", tr.name, subs, len(starts))
	}
}

// withRecorded checks that the calls of MCP tools, of which at-record has told
// as well, are still one each when its trace is put to that of the agent.
func (r *rig) withRecorded(want []asked) {
	r.Helper()
	recorded := r.read("recorded", r.recorded)
	mcp := slices.DeleteFunc(slices.Clone(want), func(w asked) bool {
		return w.Space != "mcp__calc" && !strings.HasPrefix(w.Tool, "mcp__calc__")
	})
	if n := len(recorded.of("tool_call")); n != len(mcp) || n == 0 {
		r.Errorf("%s: %d calls, want %d", recorded.name, n, len(mcp))
	}
	c := r.exec("bash", "-o", "pipefail", "-c", `at-cat --trace-dir "$1" --all | at-save --trace-dir "$2"`, "bash", r.recorded, r.store)
	if c.status != 0 {
		r.Fatalf("at-save: status %d\n%s", c.status, c.stderr)
	}
	r.calls(r.read("all together", r.store), want, true)
}

// is reports whether a tool_call is the call that was asked for.
func (w *asked) is(c gjson.Result, ids bool) bool {
	name, args := w.Tool, w.Args
	if w.name != "" {
		name = w.name
	}
	if w.args != "" {
		args = w.args
	}
	if ids {
		return c.Get("data.tool_use_id").Str == w.ID
	}
	return c.Get("data.tool_name").Str == name &&
		string(tool.Canonical([]byte(c.Get("data.arguments").Raw))) == string(tool.Canonical([]byte(args)))
}

// usage checks that the trace has each answer of the model once, with the usage
// that it reported.
func (r *rig) usage(tr trace, want []model.Answer) {
	r.Helper()
	var got, expected []string
	for _, e := range tr.of("llm_response") {
		if e.Get("data.usage_in_session").Exists() {
			continue
		}
		u := e.Get("data.usage")
		n := func(key string) int { return int(u.Get(key).Int()) }
		got = append(got, fmt.Sprintf("%+v", model.Usage{
			Input: n("input_tokens"), Output: n("output_tokens"), CacheRead: n("cache_read_tokens"),
			CacheWrite5m: n("cache_write_5m_tokens"), CacheWrite1h: n("cache_write_1h_tokens"), Reasoning: n("reasoning_tokens"),
		}))
	}
	for _, a := range want {
		expected = append(expected, fmt.Sprintf("%+v", a.Usage))
	}
	slices.Sort(got)
	slices.Sort(expected)
	if !slices.Equal(got, expected) {
		r.Errorf("%s: the usage of the answers is\n%s\nand the model reported\n%s", tr.name, strings.Join(got, "\n"), strings.Join(expected, "\n"))
	}
}

// joined captures the files that the agent itself has written, alone and then into
// the store of its hooks, and checks that either way the trace holds what was
// wanted, once. starter is the tool that starts subagents, "" if none were started.
// It returns the joined trace. what is what messages call the files.
func (r *rig) joined(what, files string, want []asked, ids bool, starter string) trace {
	r.Helper()
	alone := filepath.Join(filepath.Dir(r.store), "alone")
	var tr trace
	for _, x := range []struct{ name, store string }{{what, alone}, {"hooks and " + what, r.store}} {
		r.ours("at-capture", "--save", "--trace-dir", x.store, files)
		tr = r.read(x.name, x.store)
		r.calls(tr, want, ids)
		r.usage(tr, r.model.Answers())
		if starter != "" {
			r.lineage(tr, starter)
		}
	}
	if a, b := r.counts(alone), r.counts(r.store); a != b {
		r.Errorf("at-summary of the %s: %s\nof hooks and %s: %s", what, a, what, b)
	}
	return tr
}

// counts returns the figures of at-summary of a store: those of all sessions
// together.
func (r *rig) counts(store string) string {
	r.Helper()
	c := r.exec("bash", "-o", "pipefail", "-c", `at-cat --trace-dir "$1" --all | at-summary --format json`, "bash", store)
	if c.status != 0 {
		r.Fatalf("at-summary: status %d\n%s", c.status, c.stderr)
	}
	sum := map[string]int64{}
	for line := range strings.Lines(c.stdout) {
		d := gjson.Get(line, "data")
		for _, key := range []string{"tool_calls", "errors", "prompts", "commands"} {
			sum[key] += d.Get(key).Int()
		}
		d.Get("tokens").ForEach(func(k, v gjson.Result) bool {
			sum["tokens."+k.Str] += v.Int()
			return true
		})
	}
	return fmt.Sprint(sum)
}
