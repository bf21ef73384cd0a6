package claude

import (
	"io/fs"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// Stream reads what claude -p --output-format stream-json prints, and the one
// object that --output-format json prints.
//
// A line of type assistant or user is a line of the transcript under other
// names, and makes the same events with the same ids: its uuid, message.id and
// tool_use ids are those of the transcript. What else there is:
//
//	system init              session_start
//	system compact_boundary  compaction
//	system api_retry         error of kind api
//	system permission_denied permission_denied, as of the hook
//	system task_*            task_notification; else bookkeeping
//	result                   vendor_cost, and result for what else it says
//	stream_event             final usage and stop_reason of a message, with
//	                         --include-partial-messages
//
// Lines of older versions, and of other types, have no time and are stamped
// with the time at which they were read.
// parent_tool_use_id puts a line into the session of the subagent that this
// call started. The subagent's own id is agent_id, or stands in a line of type
// system, subtype task_started before; in older versions it is not told, and
// the id of the call stands in.
//
// A line of type assistant is printed when its block is whole, which is before
// the message is: its output_tokens is a placeholder (1 was seen) and is left
// out. What was used in all tells the result: total_cost_usd and modelUsage.
var Stream = dialect.Agent{
	Name:  "claude-stream",
	Title: "Claude Code stream-json",
	New:   newStream,
	Roots: func(func(string) string, string) []string { return nil },
	Find:  func(fs.FS, string, func(error)) []dialect.Found { return nil },
}

// stream reads the lines of one or more runs.
type stream struct {
	sink   *dialect.Sink
	state  *State
	parser Parser
	// agents has the id of the subagent that a call started, by session and
	// tool_use_id.
	agents map[string]string
	open   map[string]*streamed // by session: the message being printed
	closed map[string]bool      // session and message, told
	rec    record.Record
	sub    record.Record
}

// streamed is a message of which more lines may come.
type streamed struct {
	answer  answer
	uuid    string
	nano    int64
	written bool // its usage is final
}

func newStream(sink *dialect.Sink) dialect.Reader {
	s := &stream{sink: sink, state: NewState(sink.Emit), agents: map[string]string{}, open: map[string]*streamed{}, closed: map[string]bool{}}
	s.parser.All = sink.All
	return s
}

func (s *stream) Begin(f dialect.File) { s.state.Begin(f.Session, Child{}) }

func (s *stream) End() error {
	s.closeAll()
	return s.state.End()
}

// Is tells the lines from those of a transcript by session_id in the place of
// sessionId, and from those of agents that print a like stream by uuid and
// parent_tool_use_id.
func (s *stream) Is(r *record.Record) bool {
	typ := r.Str("type")
	if typ == "" || r.Str("session_id") == "" || r.Has("sessionId") || r.Has("parentUuid") || r.Has("hook_event_name") || r.Has("event_type") {
		return false
	}
	switch typ {
	case "system":
		return r.Has("subtype") && (r.Has("uuid") || r.Has("tools"))
	case "assistant", "user":
		return isObject(r.Get("message")) && (r.Has("parent_tool_use_id") || r.Has("uuid"))
	case "result":
		return r.Has("subtype") && (r.Has("uuid") || r.Has("num_turns") || r.Has("total_cost_usd"))
	case "stream_event":
		return isObject(r.Get("event"))
	}
	return r.Has("uuid")
}

func isObject(v []byte) bool { return len(v) > 0 && v[0] == '{' }

// Take makes the events of a line.
func (s *stream) Take(r *record.Record, nano int64) error {
	session := r.Str("session_id")
	if session == "" {
		return dialect.ErrNoSession
	}
	switch r.Str("type") {
	case "assistant", "user":
		s.message(r, session, nano)
	case "system":
		s.system(r, session, nano)
	case "result":
		s.result(r, session, nano)
	case "stream_event":
		if s.sink.All {
			s.other(r, session, nano, "stream_event")
		}
		s.partial(r, session, nano)
	default:
		if typ := r.Str("type"); s.sink.All || !streamBookkeeping[typ] {
			s.other(r, session, nano, record.Snake(typ))
		}
	}
	return s.state.err
}

// streamBookkeeping are the types of lines, and the subtypes of system lines,
// that say nothing of what the agent did (the message types of the vendor's
// Agent SDK, 0.3.330).
var streamBookkeeping = map[string]bool{
	"keep_alive": true, "tool_progress": true, "rate_limit_event": true, "auth_status": true, "tool_use_summary": true,
	"prompt_suggestion": true, "control_request": true, "control_response": true, "control_cancel_request": true,
	"status": true, "hook_started": true, "hook_progress": true, "hook_response": true, "task_started": true,
	"task_progress": true, "task_updated": true, "files_persisted": true, "session_state_changed": true,
	"post_turn_summary": true, "init": true, "thinking_tokens": true,
}

// owner returns the session that a line belongs to and, if it is a subagent's,
// the subagent's id. From the first line on a subagent has one id.
func (s *stream) owner(r *record.Record, session string) (own, agent string) {
	call := r.Str("parent_tool_use_id")
	if call == "" {
		return session, ""
	}
	key := session + "\x00" + call
	if agent = s.agents[key]; agent == "" {
		if agent = r.Str("agent_id"); agent == "" {
			agent = call
		}
		s.agents[key] = agent
	}
	own = ChildID(session, agent)
	if s.state.spawns[own] == "" {
		s.state.spawns[own] = callID(session, call)
	}
	return own, agent
}

// message takes a line of type assistant or user: it is made a line of a
// transcript.
func (s *stream) message(r *record.Record, session string, nano int64) {
	own, agent := s.owner(r, session)
	var o event.Object
	o.Raw("type", r.Get("type")).Str("sessionId", session).Raw("uuid", r.Get("uuid"))
	o.True("isSidechain", agent != "").Str("agentId", agent)
	o.Raw("requestId", r.Get("request_id")).Raw("timestamp", r.Get("timestamp"))
	o.True("isMeta", r.True("isSynthetic"))
	if e := r.Get("error"); len(e) > 0 && r.Is("type", "assistant") {
		o.True("isApiErrorMessage", true).Raw("error", e)
	}
	o.Raw("toolUseResult", r.Get("tool_use_result")).Raw("message", r.Get("message"))
	if s.rec.Parse(o.Bytes()) != nil {
		return
	}
	l := s.parser.Parse(&s.rec)
	if !l.HasTime {
		l.Nano, l.HasTime = nano, true
	}
	for i := range l.Drafts {
		if d := &l.Drafts[i]; d.call != "" && d.typ != "tool_call" {
			if known := s.agents[session+"\x00"+d.call]; known != "" {
				d.agent = known
			}
		}
	}
	a := l.Answer
	if l.Answer = nil; a != nil {
		s.answered(own, a, &l)
	} else if len(l.Drafts) > 0 {
		s.closeWritten(own)
	}
	s.state.Take(&l)
}

// system takes a line of type system.
func (s *stream) system(r *record.Record, session string, nano int64) {
	sub := r.Str("subtype")
	switch sub {
	case "init":
		if !s.state.started[session] {
			s.start(r, session, nano)
			return
		}
	case "compact_boundary":
		r.Sub("compact_metadata", &s.sub)
		o := &s.state.o
		o.Raw("trigger", s.sub.Get("trigger")).Raw("pre_tokens", s.sub.Get("pre_tokens")).Raw("post_tokens", s.sub.Get("post_tokens"))
		o.Raw("compact_duration_ms", s.sub.Get("duration_ms")).Raw("uuid", r.Get("uuid"))
		s.give("compaction", "compaction", r, session, nano)
		return
	case "api_retry":
		o := &s.state.o
		o.Str("kind", "api").Raw("error", r.Get("error"))
		if v := r.Get("error_status"); isNumber(v) {
			o.Raw("status", v)
		}
		o.Raw("retry_attempt", r.Get("attempt")).Raw("retry_in_ms", r.Get("retry_delay_ms")).Raw("uuid", r.Get("uuid"))
		s.give("error", "api_error", r, session, nano)
		return
	case "task_started":
		key := session + "\x00" + r.Str("tool_use_id")
		if id := r.Str("task_id"); id != "" && r.Has("tool_use_id") && s.agents[key] == "" && !r.Is("task_type", "local_bash") {
			s.agents[key] = id
		}
	case "task_notification":
		s.other(r, session, nano, "task_notification")
		return
	case "permission_denied":
		if id := r.Str("tool_use_id"); id != "" {
			own, _ := s.owner(r, session)
			rest(r, &s.state.o, "type", "subtype", "session_id", "timestamp", "parent_tool_use_id")
			s.state.emit(event.Header{Type: sub, UnixNano: timeOf(r, nano), ID: event.ID(own, sub, id), Session: own, Parent: callID(own, id)})
			return
		}
	}
	if s.sink.All || !streamBookkeeping[sub] {
		s.other(r, session, nano, "system_"+record.Snake(sub))
	}
}

// start emits the session_start that an init line is.
func (s *stream) start(r *record.Record, session string, nano int64) {
	s.state.started[session] = true
	o := &s.state.o
	o.Str("agent", Agent).Raw("agent_version", nonEmpty(r.Get("claude_code_version"))).Raw("model", nonEmpty(r.Get("model"))).Str("source", "startup")
	if s.sink.Origin != nil {
		s.sink.Origin(r.Str("cwd"), o)
	}
	rest(r, o, "type", "subtype", "session_id", "claude_code_version", "model", "timestamp")
	s.state.emit(event.Header{Type: "session_start", UnixNano: timeOf(r, nano), ID: startID(session), Session: session})
}

// result takes the last line of a run: what it cost, and how it ended.
func (s *stream) result(r *record.Record, session string, nano int64) {
	s.closeAll()
	o := &s.state.o
	if total := r.Get("total_cost_usd"); isNumber(total) {
		o.Raw("total_cost_usd", total)
		usageByModel(o, r.Get("modelUsage"))
		if v := r.Get("duration_api_ms"); isNumber(v) {
			o.Raw("api_duration_ms", v)
		}
		s.give("vendor_cost", "vendor_cost", r, session, nano)
	}
	rest(r, o, "type", "session_id", "timestamp", "total_cost_usd", "modelUsage", "duration_api_ms")
	s.give("result", "result", r, session, nano)
}

// other keeps a line under its own name.
func (s *stream) other(r *record.Record, session string, nano int64, typ string) {
	own, _ := s.owner(r, session)
	rest(r, &s.state.o, "type", "session_id", "timestamp", "parent_tool_use_id")
	s.give(typ, "line", r, own, nano)
}

// give emits what has been built as an event of the line.
func (s *stream) give(typ, kind string, r *record.Record, session string, nano int64) {
	data := append([]byte(nil), s.state.o.Fit(typ).Bytes()...)
	s.state.o.Reset()
	l := Line{Session: session, UUID: r.Str("uuid"), Nano: timeOf(r, nano), HasTime: true}
	if outer := r.Str("session_id"); outer != session {
		_, l.Agent = s.owner(r, outer)
		l.Session = outer
	}
	s.parser.line, s.parser.raw = &l, r.Raw
	l.Drafts = []draft{{typ: typ, kind: kind, key: s.parser.own(0), data: data}}
	s.state.Take(&l)
}

func timeOf(r *record.Record, nano int64) int64 {
	if ns, ok := record.Nanos(r.Get("timestamp")); ok {
		return ns
	}
	return nano
}

// rest adds the members of a record but those named.
func rest(r *record.Record, o *event.Object, but ...string) {
	r.Each(func(k, v []byte) {
		for _, b := range but {
			if b == string(k) {
				return
			}
		}
		if string(v) != "null" {
			o.RawKey(k, v)
		}
	})
}
