package copilot

import (
	"path"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// Agent is GitHub Copilot CLI.
var Agent = dialect.Agent{
	Name:  "copilot",
	Title: "GitHub Copilot CLI",
	New:   func(s *dialect.Sink) dialect.Reader { return newReader(s) },
	Roots: roots,
	Find:  find,
}

// reader turns the records of Copilot CLI into events.
type reader struct {
	payload.Emitter
	tally  payload.Tally
	heard  map[string]heard // by what was told, and when
	hooks  payload.Calls
	calls  payload.Calls
	begun  map[string]bool   // sessions that have their session_start
	spawns map[string]string // session and the call that started a subagent → its id
	told   map[string]*totals
	asked  map[string]*request // calls that messages asked for, by session and id
	order  []string            // their keys
	open   map[string]*answer  // messages whose usage may come, by session
	early  map[string]int64    // output tokens of a usage that came before its message
	closed map[string]bool     // API calls that were told, by session
	reason map[string]string   // what was thought last, by session
	models map[string]string   // of sessions, as far as they say

	// Of the input:
	session string
	last    int64
	timed   bool
	own     bool // the record's time is its own
}

func newReader(s *dialect.Sink) *reader {
	return &reader{
		Emitter: payload.Emitter{Sink: s}, tally: payload.Tally{}, heard: map[string]heard{}, begun: map[string]bool{}, spawns: map[string]string{},
		told: map[string]*totals{}, asked: map[string]*request{}, open: map[string]*answer{}, early: map[string]int64{},
		closed: map[string]bool{}, reason: map[string]string{}, models: map[string]string{},
	}
}

// Begin starts an input.
func (c *reader) Begin(f dialect.File) {
	c.session, c.last, c.timed = f.Session, 0, false
	if name := strings.ReplaceAll(f.Name, `\`, "/"); path.Base(name) == "events.jsonl" && strings.Contains(name, "/") {
		c.session = sessionOf(name) // the folder has its name
	}
}

// End ends the input.
func (c *reader) End() error {
	if err := c.closeAll(); err != nil {
		return err
	}
	return c.unanswered()
}

// Is reports whether a record is Copilot's.
func (c *reader) Is(r *record.Record) bool { return isEvent(r) || isCamel(r) || isPascal(r) }

// isEvent reports whether a record is an event of a session.
func isEvent(r *record.Record) bool {
	typ := r.Str("type")
	data := r.Get("data")
	return len(data) > 0 && data[0] == '{' && (r.Has("parentId") || isEventName(typ) && r.Str("timestamp") != "") &&
		r.Str("id") != "" && (strings.Contains(typ, ".") || typ == "abort")
}

// isEventName reports whether an event without a parentId may be Copilot's.
func isEventName(typ string) bool {
	family, _, _ := strings.Cut(typ, ".")
	switch family {
	case "session", "user", "assistant", "tool", "subagent", "system", "model", "hook", "skill":
		return true
	}
	return false
}

// isCamel reports whether a record is the payload of a hook whose name was
// written in camelCase.
func isCamel(r *record.Record) bool {
	if r.Has("hook_event_name") || r.Has("type") || r.Has("hookName") || r.Has("event") || r.Has("conversation_id") {
		return false
	}
	switch v := gjson.ParseBytes(r.Get("timestamp")); {
	case v.Type == gjson.String:
		return r.Str("cwd") != "" && r.Str("sessionId") != "" && camelHook(r) != "hook"
	case v.Type != gjson.Number || v.Num < 1e12:
		return false
	}
	return r.Str("cwd") != "" && (r.Str("sessionId") != "" || camelHook(r) != "hook") || r.Str("sessionId") != "" && r.Has("toolName")
}

// isPascal reports whether a record is the payload of a hook whose name was
// written in PascalCase. Gemini CLI's have a time as well, and a path.
func isPascal(r *record.Record) bool {
	name := r.Str("hook_event_name")
	if name == "" || strings.HasPrefix(name, "Before") || strings.HasPrefix(name, "After") || r.Str("session_id") == "" || r.Has("conversation_id") || r.Has("turn_id") {
		return false
	}
	var result record.Record
	if r.Sub("tool_result", &result) && result.Has("result_type") {
		return true
	}
	path := r.Str("transcript_path")
	stamp := r.Get("timestamp")
	_, timed := record.Nanos(stamp)
	return timed && stamp[0] == '"' && !r.Has("tool_use_id") && (strings.Contains(path, ".copilot") || !r.Has("transcript_path"))
}

// Take makes the events of a record.
func (c *reader) Take(r *record.Record, nano int64) error {
	if isEvent(r) {
		return c.event(r)
	}
	return c.hook(r, nano)
}

// time returns the time of an event, or of the one before it.
func (c *reader) time(raw []byte) (nano int64, timed bool) {
	ns, ok := record.Nanos(raw)
	if c.own = ok; ok {
		c.last, c.timed = ns, true
	}
	return c.last, c.timed
}

// shells are the tools whose results end with an exit code.
var shells = map[string]bool{"bash": true, "shell": true, "powershell": true, "local_shell": true, "read_bash": true, "read_powershell": true}

// exitCode returns the exit code that the result of a command tells.
func exitCode(name, text string) (int, bool) {
	if !shells[strings.ToLower(name)] {
		return 0, false
	}
	return tool.ExitCode(text)
}

// failed begins the error of a call that failed.
func (c *reader) failed(h *event.Header, name, told []byte, kind string, code int, coded bool) {
	h.Type = "error"
	c.Str("kind", "tool").Raw("tool_name", name).Raw("error", told)
	if coded {
		c.Int("exit_code", int64(code))
	}
	c.True("rejected", kind == "denied" || kind == "rejected")
}
