package replay

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// maxOpen is how many calls without an outcome are remembered in a session.
// Agents have a few at a time; without a bound, a stream that holds calls and
// no results would fill the memory.
const maxOpen = 4096

// A call is what is remembered of a tool call until its outcome is there.
type call struct {
	name string
	at   int64 // nanoseconds since 1970
	ok   bool  // at is known
}

// A session is what is known of one so far.
type session struct {
	id    string
	order int // in the stream

	agent, version, command, source string
	models                          []string
	parent, parentEvent             string
	agentType, description          string

	first, last int64 // nanoseconds since 1970, of events that have a time
	timed       bool  // there is one

	events, toolCalls   int
	requests, responses int // of models
	errors, apiErrors   int
	open                map[string]call // by the event_id of the call

	announced bool // its block was printed; see Printer
	told      int  // events when its totals were printed

	subagents, childCalls, childErrors int // below it, where that is known
}

// sessions are the sessions of a stream, in the order of their first line.
type sessions struct {
	list    []*session
	byID    map[string]*session
	raw     []byte // session_id of the line before, as it stands there
	current *session
	numbers event.Numbers
}

// of returns the session of an event.
func (l *sessions) of(e event.Event) *session {
	raw := e.SessionRaw()
	if l.current != nil && bytes.Equal(raw, l.raw) {
		return l.current
	}
	l.raw = append(l.raw[:0], raw...)
	id := e.Session()
	if l.byID == nil {
		l.byID = make(map[string]*session)
	}
	s := l.byID[id]
	if s == nil {
		s = &session{id: id, order: len(l.list)}
		l.byID[id] = s
		l.list = append(l.list, s)
	}
	l.current = s
	return s
}

// take counts an event in its session and returns both its number and, for
// the outcome of a call, that call.
func (l *sessions) take(e event.Event) (s *session, number int, of call) {
	s = l.of(e)
	number = l.numbers.Next(e)
	if number == 0 {
		return s, 0, call{}
	}
	s.events++
	at, ok := e.UnixNano()
	if ok {
		if !s.timed {
			s.first, s.last, s.timed = at, at, true
		}
		s.last = max(s.last, at)
	}
	switch e.Type() {
	case "session_start":
		s.start(e.Data())
	case "tool_call":
		s.toolCalls++
		s.opened(e.ID(), call{e.Get("tool_name").String(), at, ok})
	case "tool_result":
		of = s.closed(e.Parent())
	case "error":
		if e.Get("kind").String() == "api" {
			s.apiErrors++
		} else {
			s.errors++
		}
		of = s.closed(e.Parent())
	case "llm_request":
		s.requests++
	case "llm_response":
		if !e.Get("usage_in_session").Exists() {
			s.responses++
		}
		s.model(e.Get("model").String())
	}
	return s, number, of
}

// start notes what a session_start tells. What it does not tell again when a
// session is resumed stays as it was.
func (s *session) start(data gjson.Result) {
	data.ForEach(func(key, v gjson.Result) bool {
		switch key.String() {
		case "agent", "agent_name":
			set(&s.agent, v)
		case "agent_version":
			set(&s.version, v)
		case "model":
			s.model(v.String())
		case "source":
			if s.source == "" {
				set(&s.source, v)
			}
		case "command":
			if s.command == "" {
				s.command = commandLine(v)
			}
		case "parent_session_id":
			set(&s.parent, v)
		case "parent_event_id":
			set(&s.parentEvent, v)
		case "agent_type":
			set(&s.agentType, v)
		case "description":
			set(&s.description, v)
		}
		return true
	})
}

func set(field *string, v gjson.Result) {
	if v.Type == gjson.String && v.Str != "" {
		*field = strings.Clone(v.Str)
	}
}

// commandLine returns a command that is a string or a list of arguments.
func commandLine(v gjson.Result) string {
	if !v.IsArray() {
		return strings.Clone(v.String())
	}
	var words []string
	for _, w := range v.Array() {
		words = append(words, w.String())
	}
	return strings.Join(words, " ")
}

// model notes a model. Names in angle brackets stand for answers that no
// model gave.
func (s *session) model(name string) {
	const most = 8
	if name == "" || name[0] == '<' || len(s.models) == most || slices.Contains(s.models, name) {
		return
	}
	s.models = append(s.models, strings.Clone(name))
}

func (s *session) opened(id string, c call) {
	if id == "" {
		return
	}
	if s.open == nil || len(s.open) >= maxOpen {
		s.open = make(map[string]call)
	}
	c.name = strings.Clone(c.name)
	s.open[id] = c
}

func (s *session) closed(id string) call {
	c, ok := s.open[id]
	if ok {
		delete(s.open, id)
	}
	return c
}

// duration is the time from the first event to the last.
func (s *session) duration() (time.Duration, bool) {
	return time.Duration(s.last - s.first), s.timed
}

// started returns the command that the session was started with; where that
// is not told, the agent and how it was started.
func (s *session) started() string {
	if s.command == "" && s.agent != "" && s.source != "" {
		return s.agent + " (" + s.source + ")"
	}
	return s.command
}

// llmRequests is the number of requests to models. Some sources tell of the
// request, some of the answer, some of both.
func (s *session) llmRequests() int { return max(s.requests, s.responses) }

// kin tells what a subagent is: its type and what it was started for.
func (s *session) kin() string {
	switch {
	case s.agentType != "" && s.description != "":
		return s.agentType + ": " + s.description
	case s.agentType != "":
		return s.agentType
	case s.description != "":
		return s.description
	}
	return s.agent
}
