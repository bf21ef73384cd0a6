package session

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// Evidence says how complete the capture of a session is: who told of its
// calls, and what nobody can have told. Hooks tell a call while it happens; the
// agent's own file (transcript, rollout, session file) tells it, too, and what
// hooks do not.
type Evidence struct {
	ByHooks, ByFile, ByBoth int // calls
	Unsaid                  int // calls of which it is not known who told them
	StrayResults            int // outcomes of calls that nobody has told
}

// source says who told an event.
type source uint8

const (
	byHook source = 1 << iota
	byFile
)

// sourceOf tells by the keys of an event's data who told it: payloads of hooks
// name the directory or the transcript, records of files have an id. See
// lib/capture for each agent.
func sourceOf(key []byte) source {
	switch string(key) {
	case "transcript_path", "cwd", "conversation_id", "generation_id":
		return byHook
	case "uuid", "message_id":
		return byFile
	}
	return 0
}

func (e *Evidence) add(s source) {
	switch s {
	case byHook:
		e.ByHooks++
	case byFile:
		e.ByFile++
	case byHook | byFile:
		e.ByBoth++
	default:
		e.Unsaid++
	}
}

func (e *Evidence) merge(x Evidence) {
	e.ByHooks += x.ByHooks
	e.ByFile += x.ByFile
	e.ByBoth += x.ByBoth
	e.Unsaid += x.Unsaid
	e.StrayResults += x.StrayResults
}

// Sources returns what told of the calls, "" if nothing is known: hooks, file,
// or both.
func (e Evidence) Sources() string {
	hooks, file := e.ByHooks+e.ByBoth > 0, e.ByFile+e.ByBoth > 0
	switch {
	case hooks && file:
		return "both"
	case hooks:
		return "hooks"
	case file:
		return "file"
	}
	return ""
}

// blind is what the hooks of an agent do not tell, by the name in
// session_start.
var blind = map[string][]string{
	"claude-code": {"usage"},
	"codex":       {"failures of shell and MCP calls", "web searches"},
	"gemini-cli":  {"which of equal calls a result is of", "subagents"},
	"cursor":      {"usage"},
	"copilot":     {"usage", "which of equal calls a result is of"},
	"cline":       {"usage"},
	"goose":       {"usage"},
}

// Blind returns what nobody can have told of the session: what the hooks of the
// agent leave out, where no file of the agent was read.
func (s *Summary) Blind() []string {
	if s.Evidence.Sources() != "hooks" {
		return nil
	}
	list := slices.Clone(blind[s.Agent])
	return slices.DeleteFunc(list, func(what string) bool { return what == "usage" && s.Tokens != nil })
}

func (s *Summary) evidenceJSON() []byte {
	var o event.Object
	e := &s.Evidence
	o.Str("sources", e.Sources()).Count("calls_by_hooks", int64(e.ByHooks)).Count("calls_by_file", int64(e.ByFile))
	o.Count("calls_by_both", int64(e.ByBoth)).Count("calls_unsaid", int64(e.Unsaid)).Count("stray_results", int64(e.StrayResults))
	o.Strs("blind", s.Blind())
	if o.Len() == 0 {
		return nil
	}
	return o.Bytes()
}

func parseEvidence(v gjson.Result) Evidence {
	number := func(key string) int { return int(v.Get(key).Int()) }
	return Evidence{
		ByHooks: number("calls_by_hooks"), ByFile: number("calls_by_file"), ByBoth: number("calls_by_both"),
		Unsaid: number("calls_unsaid"), StrayResults: number("stray_results"),
	}
}

// evidence says for people how complete the capture is.
func (s *Summary) evidence() string {
	e := &s.Evidence
	var parts []string
	part := func(n int, what string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	switch e.Sources() {
	case "":
		return ""
	case "both":
		part(e.ByBoth, "calls told by hooks and file")
		part(e.ByHooks, "by hooks alone")
		part(e.ByFile, "by the file alone")
	case "hooks":
		parts = append(parts, "hooks")
	case "file":
		parts = append(parts, "the agent's file")
	}
	part(e.StrayResults, "results of unknown calls")
	return strings.Join(parts, ", ")
}
