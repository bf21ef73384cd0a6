package otlp

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// What the telemetry of Claude Code itself tells, by the names in its manual, so
// that dashboards made for it work with every agent. What nothing in the stream
// says is left out: who decided, the language of a file, the time of the user.

// claudeMeter are the counters of Claude Code.
type claudeMeter struct {
	claudeSessions, claudeTokens, claudeCost, claudeLines     *instrument
	claudeCommits, claudePulls, claudeDecisions, claudeActive *instrument
}

func (x *meter) initClaude(add func(name, unit, about string, bounds []float64) *instrument) {
	sum := func(name, unit, about string) *instrument {
		i := add("claude_code."+name, unit, about, nil)
		i.counter = true
		return i
	}
	x.claudeSessions = sum("session.count", "", "Sessions.")
	x.claudeTokens = sum("token.usage", "tokens", "Tokens by type.")
	x.claudeCost = sum("cost.usage", "USD", "What sessions have cost.")
	x.claudeLines = sum("lines_of_code.count", "", "Lines that were added and removed.")
	x.claudeCommits = sum("commit.count", "", "Commits made.")
	x.claudePulls = sum("pull_request.count", "", "Pull requests opened.")
	x.claudeDecisions = sum("code_edit_tool.decision", "", "Edits that were let through or not.")
	x.claudeActive = sum("active_time.total", "s", "The time that models and tools took.")
}

// claudeAbout begins the attributes of a counter.
func (x *meter) claudeAbout(s *openSession) *attrs {
	x.m.a.reset()
	x.m.a.str("session.id", s.id)
	x.m.a.str("user.id", s.facts.user)
	return &x.m.a
}

// claudeChat counts an answer of a model.
func (x *meter) claudeChat(s *openSession, model string, c *chatEnd) {
	source := "main"
	if s.facts.agentType != "" || s.depth > 0 {
		source = "subagent"
	}
	for _, t := range []struct {
		typ string
		n   int64
	}{{"input", c.use.input}, {"output", c.use.output}, {"cacheRead", c.use.read}, {"cacheCreation", c.use.write5m + c.use.write1h}} {
		if t.n > 0 {
			a := x.claudeAbout(s)
			a.str("model", model)
			a.str("query_source", source)
			a.str("type", t.typ)
			x.record(x.claudeTokens, float64(t.n), c.at)
		}
	}
}

// claudeSession counts a session that has ended.
func (x *meter) claudeSession(s *openSession, at int64) {
	a := x.claudeAbout(s)
	switch s.facts.source {
	case "startup", "clear":
		a.str("start_type", "fresh")
	case "resume":
		a.str("start_type", "resume")
	}
	x.record(x.claudeSessions, 1, at)
	if len(s.modelUSD) > 0 {
		for _, m := range s.modelUSD {
			x.claudeAbout(s).str("model", m.model)
			x.record(x.claudeCost, m.usd, at)
		}
	} else if usd, _, ok := s.price(); ok {
		x.claudeAbout(s).str("model", s.facts.model)
		x.record(x.claudeCost, usd, at)
	}
	if s.linesAdded+s.linesRemoved == 0 { // the edits have not told; the agent may have
		s.linesAdded, s.linesRemoved = s.vendorAdded, s.vendorRemoved
	}
	for _, l := range []struct {
		typ string
		n   int64
	}{{"added", s.linesAdded}, {"removed", s.linesRemoved}} {
		if l.n > 0 {
			a := x.claudeAbout(s)
			a.str("type", l.typ)
			a.str("model", s.facts.model)
			x.record(x.claudeLines, float64(l.n), at)
		}
	}
	active := float64(s.vendorActive) / 1e3
	if active == 0 {
		active = float64(s.active) / 1e9
	}
	if active > 0 {
		x.claudeAbout(s).str("type", "cli")
		x.record(x.claudeActive, active, at)
	}
}

// edits are the tools whose calls the decisions are about.
var edits = map[string]bool{"Edit": true, "MultiEdit": true, "Write": true, "NotebookEdit": true}

// claudeCall notes what the arguments of a call are about.
func (c *call) claudeCall(args []byte) {
	if c.program == "" && !strings.Contains(c.name, "ash") && !strings.Contains(c.name, "shell") && c.name != "exec_command" {
		return
	}
	text := string(args)
	if !strings.Contains(text, "commit") && !strings.Contains(text, "pr") {
		return
	}
	for _, cmd := range tool.Commands(tool.Parse(c.name, args).Line) {
		switch {
		case cmd.Program == "git" && slices.Contains(cmd.Args, "commit"):
			c.commits++
		case cmd.Program == "gh" && len(cmd.Args) > 1 && cmd.Args[0] == "pr" && cmd.Args[1] == "create":
			c.pulls++
		}
	}
}

// claudeOutcome counts the outcome of a call.
func (m *Mapper) claudeOutcome(s *openSession, c *call, o *outcome, took int64) {
	x := &m.m
	s.active += max(took, 0)
	count := func(i *instrument, n int) {
		if n > 0 && !o.failed {
			x.claudeAbout(s)
			x.record(i, float64(n), o.at)
		}
	}
	count(x.claudeCommits, c.commits)
	count(x.claudePulls, c.pulls)
	if !edits[c.name] {
		return
	}
	a := x.claudeAbout(s)
	a.str("decision", decided(o))
	a.str("tool_name", c.name)
	x.record(x.claudeDecisions, 1, o.at)
	if o.failed {
		return
	}
	// The result of an edit holds its hunks: lines that begin with + or -.
	hunks := gjson.GetBytes(o.result, "structuredPatch")
	hunks.ForEach(func(_, hunk gjson.Result) bool {
		hunk.Get("lines").ForEach(func(_, line gjson.Result) bool {
			switch {
			case strings.HasPrefix(line.Str, "+"):
				s.linesAdded++
			case strings.HasPrefix(line.Str, "-"):
				s.linesRemoved++
			}
			return true
		})
		return true
	})
	if len(hunks.Array()) == 0 && gjson.GetBytes(o.result, "type").Str == "create" {
		text := gjson.GetBytes(o.result, "content").Str
		n := strings.Count(text, "\n")
		if text != "" && !strings.HasSuffix(text, "\n") {
			n++
		}
		s.linesAdded += int64(n)
	}
}

// decided tells whether a call was let through.
func decided(o *outcome) string {
	if o.kind == "denied" {
		return "reject"
	}
	return "accept"
}

// claudeVendor takes what the agent says of lines and times.
func (s *openSession) claudeVendor(e event.Event) {
	number := func(key string) int64 {
		if v := e.Get(key); v.Type == gjson.Number && v.Num > 0 {
			return int64(v.Num)
		}
		return 0
	}
	s.vendorAdded, s.vendorRemoved = number("lines_added"), number("lines_removed")
	s.vendorActive = number("api_duration_ms") + number("tool_duration_ms")
}

// A modelUSD is what a model has cost in a session.
type modelUSD struct {
	model string
	usd   float64
}

// claudeNamesOf are the names of Claude Code for log records.
var claudeNamesOf = map[string]string{
	"user_prompt": "user_prompt", "assistant_response": "assistant_response", "tool_result": "tool_result",
	"gen_ai.client.inference.operation.details": "api_request",
}

// claudeLog makes the log record that Claude Code would, from the attributes of
// ours, and with the outcome of a call that of the decision before it.
func (m *Mapper) claudeLog(s *openSession, h *head, name string, l level, from []attr) {
	mine := claudeNamesOf[name]
	if name == "exception" && h.e.Get("kind").Str == "api" {
		mine = "api_error"
	}
	if mine == "" {
		return
	}
	m.claudeRecord(s, h, mine, l, from)
	if mine == "tool_result" {
		var o outcome
		for _, x := range from {
			if x.key == "error.type" {
				o.kind = x.s
			}
		}
		kept := from[:0]
		for _, x := range from {
			if x.key == "gen_ai.tool.name" || x.key == "gen_ai.tool.call.id" {
				kept = append(kept, x)
			}
		}
		m.claudeRecord(s, h, "tool_decision", infoLevel, append(kept, attr{key: "decision", s: decided(&o)}))
	}
}

// claudeRecord makes a record with an event name, of attributes of another.
func (m *Mapper) claudeRecord(s *openSession, h *head, name string, l level, from []attr) {
	a := &m.a
	a.reset()
	a.str("event.name", name)
	a.str("session.id", s.id)
	a.str("user.id", s.facts.user)
	a.str("app.version", s.facts.version)
	for _, x := range from {
		switch x.key {
		case "agent_trace.prompt.length":
			x.key = "prompt_length"
		case "agent_trace.response.length":
			x.key = "response_length"
		case "agent_trace.duration_ms":
			x.key = "duration_ms"
		case "gen_ai.response.model":
			x.key = "model"
		case "exception.message":
			x.key = "error"
		case "prompt", "decision":
		case "text":
			x.key = "response"
		case "agent_trace.success":
			x = attr{key: "success", s: strconv.FormatBool(x.n != 0)}
		case "error.type":
			x.key = "error_type"
			if name == "api_error" && isDigits([]byte(x.s)) {
				x.key = "status_code"
			}
		case "gen_ai.usage.input_tokens":
			a.list = append(a.list, x)
			continue
		default:
			keys := claudeNames[x.key]
			if len(keys) == 0 {
				continue
			}
			x.key = keys[0]
		}
		a.list = append(a.list, x)
	}
	// Those of Claude Code exclude each other.
	if x, ok := a.get("gen_ai.usage.input_tokens"); ok {
		a.drop("gen_ai.usage.input_tokens")
		a.int("input_tokens", max(x.n-a.count("cache_read_tokens")-a.count("cache_creation_tokens"), 0))
	}
	m.record(s, h, "claude_code."+name, "claude_code."+name, l)
}
