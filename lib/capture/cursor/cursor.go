package cursor

import (
	"strings"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// Agent is Cursor.
var Agent = dialect.Agent{
	Name:  "cursor",
	Title: "Cursor",
	New:   func(s *dialect.Sink) dialect.Reader { return newReader(s) },
	Roots: roots,
	Find:  find,
}

// reader turns the records of Cursor into events.
type reader struct {
	payload.Emitter
	tally    payload.Tally
	calls    payload.Calls       // of hooks without a tool_use_id
	doing    map[string]string   // by session and what is done: the tool_call
	children map[string][]string // by session: subagents that have not ended

	// Of the input:
	file    dialect.File
	session string
	line    int
	begun   bool
	open    []*call // calls of the transcript without a result
}

// call is a call of a transcript.
type call struct{ id, outcome, native, name string }

func newReader(s *dialect.Sink) *reader {
	return &reader{Emitter: payload.Emitter{Sink: s}, tally: payload.Tally{}, doing: map[string]string{}, children: map[string][]string{}}
}

// Begin starts an input.
func (c *reader) Begin(f dialect.File) {
	c.file, c.session, c.line, c.begun, c.open = f, f.Session, 0, false, nil
}

// End ends the input.
func (c *reader) End() error { return nil }

// Is reports whether a record is Cursor's.
func (c *reader) Is(r *record.Record) bool { return isHook(r) || c.isLine(r) }

func isHook(r *record.Record) bool {
	return r.Str("hook_event_name") != "" && (r.Str("conversation_id") != "" || r.Has("cursor_version"))
}

// isLine reports whether a record is a line of a transcript.
func (c *reader) isLine(r *record.Record) bool {
	if r.Has("uuid") || r.Has("sessionId") || r.Has("session_id") || r.Has("id") || r.Has("hook_event_name") {
		return false
	}
	m := r.Get("message")
	if len(m) > 0 && m[0] == '{' && !r.Has("type") {
		return r.Is("role", "user") || r.Is("role", "assistant") || c.line > 0 && r.Str("role") != ""
	}
	if r.Is("type", "turn_ended") {
		return true
	}
	for _, other := range []string{"timestamp", "payload", "leafUuid", "parentUuid", "snapshot", "item", "thread_id", "data", "tool_id"} {
		if r.Has(other) {
			return false
		}
	}
	typ := r.Str("type")
	return c.line > 0 && typ != "" && !strings.Contains(typ, ".")
}

// Take makes the events of a record.
func (c *reader) Take(r *record.Record, nano int64) error {
	if isHook(r) {
		return c.hook(r, nano)
	}
	return c.transcript(r)
}

// callID and resultID are the ids of a call with an id of Cursor's, and of its
// outcome.
func callID(session, toolUseID string) string { return event.ID(session, "tool_call", toolUseID) }

func resultID(session, toolUseID string) string { return event.ID(session, "tool_result", toolUseID) }

// isOld reports whether a version has no hooks for tools of every kind. Up to
// 2.0 only the particular ones were seen; of a version that is not told it is
// assumed to be newer, for then no call is told twice.
func isOld(version string) bool {
	return strings.HasPrefix(version, "0.") || strings.HasPrefix(version, "1.") || strings.HasPrefix(version, "2.0.")
}
