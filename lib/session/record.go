package session

import (
	"maps"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// Kind is the event_type of the records of this package.
const Kind = "session_summary"

// AppendData adds the data of the record to o.
func (s *Summary) AppendData(o *event.Object) {
	o.Str("agent", s.Agent).Str("agent_version", s.AgentVersion).Strs("models", s.Models)
	if s.Timed {
		o.Seconds("started_at", s.StartedAt).Seconds("ended_at", s.EndedAt).Millis("duration_ms", s.Duration())
	}
	o.Int("events", int64(s.Events)).Int("prompts", int64(s.Prompts)).Str("first_prompt", s.FirstPrompt)
	o.Int("tool_calls", int64(s.ToolCalls)).Raw("tools", s.toolsJSON())
	o.Int("errors", int64(s.Errors)).Int("api_errors", int64(s.APIErrors))
	o.Int("retries", int64(s.Retries)).Int("unfinished_calls", int64(s.UnfinishedCalls))
	o.Raw("evidence", s.evidenceJSON())
	list(o, "files_read", s.FilesRead)
	list(o, "files_written", s.FilesWritten)
	list(o, "files_read_by_shell", s.FilesReadByShell)
	list(o, "files_written_by_shell", s.FilesWrittenByShell)
	o.Int("commands", int64(s.Commands)).Int("llm_requests", int64(s.LLMRequests))
	o.Raw("tokens", tokensJSON(s.Tokens))
	if len(s.UsageByModel) > 0 {
		o.Raw("usage_by_model", s.usageJSON())
	}
	o.Int("compactions", int64(s.Compactions))
	o.Str("host", s.Host).Str("user", s.User).Str("cwd", s.CWD).Str("branch", s.Branch)
	o.Str("repo", s.Repo).Str("remote", s.Remote).Str("commit", s.Commit).Str("title", s.Title)
	if s.Process != "" {
		o.Raw("process", []byte(s.Process))
	}
	o.Str("parent_session_id", s.ParentSession).Str("parent_event_id", s.ParentEvent)
	o.Str("agent_id", s.AgentID).Str("agent_type", s.AgentType)
	o.Count("sessions", int64(s.Sessions))
	if len(s.Slowest) > 0 {
		o.Raw("slowest", s.slowestJSON())
	}
}

// list adds an array of strings, empty or not: that a session read no file is
// known.
func list(o *event.Object, key string, l []string) {
	if len(l) == 0 {
		o.Raw(key, []byte("[]"))
	}
	o.Strs(key, l)
}

func (s *Summary) toolsJSON() []byte {
	var all, o event.Object
	for _, name := range slices.Sorted(maps.Keys(s.Tools)) {
		t := s.Tools[name]
		o.Reset()
		o.Int("calls", int64(t.Calls)).Int("errors", int64(t.Errors))
		if t.Timed {
			o.Millis("total_ms", t.Total)
		}
		if t.Ranked {
			o.Millis("p50_ms", t.P50).Millis("p95_ms", t.P95)
		}
		all.Raw(name, o.Bytes())
	}
	return all.Bytes()
}

func tokensJSON(t *Tokens) []byte {
	if t == nil {
		return nil
	}
	var o event.Object
	t.AppendTo(&o)
	return o.Bytes()
}

func (s *Summary) usageJSON() []byte {
	var all event.Object
	for _, name := range slices.Sorted(maps.Keys(s.UsageByModel)) {
		m := s.UsageByModel[name]
		var o event.Object
		o.Int("requests", int64(m.Requests)).Raw("tokens", tokensJSON(m.Tokens))
		all.Raw(name, o.Bytes())
	}
	return all.Bytes()
}

func (s *Summary) slowestJSON() []byte {
	b := []byte{'['}
	for i, c := range s.Slowest {
		if i > 0 {
			b = append(b, ',')
		}
		var o event.Object
		o.Str("session_id", c.Session).Str("tool", c.Tool).Str("title", c.Title)
		o.Millis("duration_ms", c.Took).Int("event", int64(c.Event))
		b = append(b, o.Bytes()...)
	}
	return append(b, ']')
}

// Record appends the session_summary record to dst, without a newline. Its
// time is the end of the session.
func (s *Summary) Record(dst []byte) []byte {
	var o event.Object
	s.AppendData(&o)
	return event.Append(dst, event.Header{
		Type: Kind, UnixNano: s.EndedAt, Untimed: !s.Timed, ID: event.ID(s.Session, Kind), Session: s.Session,
	}, o.Bytes())
}

// ParseRecord reads a session_summary record.
func ParseRecord(e event.Event) *Summary {
	s := ParseSummary(e.Data())
	s.Session = e.Session()
	return s
}

// ParseSummary reads the data of a session_summary record. Session is not part
// of it. Percentiles cannot be merged any more.
func ParseSummary(data gjson.Result) *Summary {
	number := func(key string) int { return int(data.Get(key).Int()) }
	text := func(key string) string { return data.Get(key).String() }
	s := &Summary{
		Agent: text("agent"), AgentVersion: text("agent_version"), Models: stringsOf(data.Get("models")),
		Events: number("events"), Prompts: number("prompts"), FirstPrompt: text("first_prompt"),
		ToolCalls: number("tool_calls"), Tools: map[string]*Tool{}, Errors: number("errors"),
		APIErrors: number("api_errors"), Retries: number("retries"), UnfinishedCalls: number("unfinished_calls"),
		FilesRead: stringsOf(data.Get("files_read")), FilesWritten: stringsOf(data.Get("files_written")),
		FilesReadByShell:    stringsOf(data.Get("files_read_by_shell")),
		FilesWrittenByShell: stringsOf(data.Get("files_written_by_shell")),
		Evidence:            parseEvidence(data.Get("evidence")),
		Commands:            number("commands"), LLMRequests: number("llm_requests"),
		UsageByModel: map[string]*ModelUsage{}, Compactions: number("compactions"),
		Host: text("host"), User: text("user"), CWD: text("cwd"), Branch: text("branch"), Title: text("title"),
		Repo: text("repo"), Remote: text("remote"), Commit: text("commit"), Process: data.Get("process").Raw,
		ParentSession: text("parent_session_id"), ParentEvent: text("parent_event_id"),
		AgentID: text("agent_id"), AgentType: text("agent_type"), Sessions: number("sessions"),
	}
	var ok bool
	if s.StartedAt, ok = event.Nanos(data.Get("started_at").Raw); ok {
		s.EndedAt, s.Timed = event.Nanos(data.Get("ended_at").Raw)
	}
	s.Tokens = tokensOf(data.Get("tokens"))
	data.Get("tools").ForEach(func(name, v gjson.Result) bool {
		t := &Tool{Calls: int(v.Get("calls").Int()), Errors: int(v.Get("errors").Int())}
		t.Total, t.Timed = millis(v.Get("total_ms"))
		t.P50, t.Ranked = millis(v.Get("p50_ms"))
		t.P95, _ = millis(v.Get("p95_ms"))
		s.Tools[name.String()] = t
		return true
	})
	data.Get("usage_by_model").ForEach(func(name, v gjson.Result) bool {
		s.UsageByModel[name.String()] = &ModelUsage{int(v.Get("requests").Int()), tokensOf(v.Get("tokens"))}
		return true
	})
	data.Get("slowest").ForEach(func(_, v gjson.Result) bool {
		c := Slow{Session: v.Get("session_id").String(), Event: int(v.Get("event").Int()), Tool: v.Get("tool").String(), Title: v.Get("title").String()}
		c.Took, _ = millis(v.Get("duration_ms"))
		s.Slowest = append(s.Slowest, c)
		return true
	})
	return s
}

func stringsOf(v gjson.Result) (l []string) {
	v.ForEach(func(_, s gjson.Result) bool {
		l = append(l, s.String())
		return true
	})
	return l
}

func tokensOf(v gjson.Result) *Tokens {
	if !v.IsObject() {
		return nil
	}
	t := ParseTokens(v)
	return &t
}

// millis reads a number of milliseconds.
func millis(v gjson.Result) (time.Duration, bool) {
	ns, ok := event.Nanos(v.Raw)
	return time.Duration(ns / 1000), ok
}
