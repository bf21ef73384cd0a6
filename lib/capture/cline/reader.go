package cline

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// New returns a reader that gives its events to the sink.
func New(sink *dialect.Sink) dialect.Reader {
	return &reader{
		out: payload.Emitter{Sink: sink}, all: sink.All, started: map[string]bool{}, usage: map[string]source{},
		prompts: map[string]*said{}, tally: payload.Tally{}, ends: map[string]ending{},
	}
}

// A source is a file of a task.
type source uint8

const (
	nowhere source = iota
	ui
	history
	hooks
	sources
)

// said counts how often a text was a prompt, by who told it.
type said [sources]int

type reader struct {
	out payload.Emitter
	all bool

	// Of all files: the files of one task tell one story.
	started map[string]bool
	usage   map[string]source // by session: who tells its tokens
	prompts map[string]*said  // by session and text
	pairs   payload.Calls     // of hooks without an id
	tally   payload.Tally
	ends    map[string]ending // by session, that is still to be told

	// Of this input.
	file    source
	session string
	number  int   // of the element
	nano    int64 // the last time told, 0 if none was
	open    []*call
}

func (r *reader) Begin(f dialect.File) {
	r.file, r.number, r.nano, r.open = nowhere, 0, 0, nil
	r.session = taskOf(f.Name)
	if r.session == "" {
		r.session = f.Session
	}
}

func (r *reader) End() error {
	r.file, r.open = nowhere, nil
	return nil
}

// shape says what a record is.
type shape uint8

const (
	none shape = iota
	hook
	shown    // an element of ui_messages.json
	turn     // of api_conversation_history.json
	metadata // task_metadata.json
	about    // <id>.json of a session of the command line
	whole    // <id>.messages.json
)

func starts(r *record.Record, key string, c byte) bool {
	v := r.Get(key)
	return len(v) > 0 && v[0] == c
}

// shapeOf tells a record by its keys. What has only role and content may be
// anybody's: it is a turn if it says so, or stands behind one.
func (r *reader) shapeOf(rec *record.Record) shape {
	switch {
	case rec.Has("hook_event_name") || rec.Has("event_type"):
		return none
	case starts(rec, "hookName", '"') && (rec.Has("taskId") || rec.Has("clineVersion") || rec.Has("workspaceRoots") || rec.Has("tool_call") || rec.Has("tool_result")):
		return hook
	case rec.Has("ts") && (rec.Is("type", "say") && starts(rec, "say", '"') || rec.Is("type", "ask") && starts(rec, "ask", '"')):
		return shown
	case starts(rec, "files_in_context", '['):
		return metadata
	case starts(rec, "sessionId", '"') && starts(rec, "messages", '[') && rec.Has("version"):
		return whole
	case starts(rec, "session_id", '"') && rec.Has("started_at") && rec.Has("enable_tools"):
		return about
	case (rec.Is("role", "user") || rec.Is("role", "assistant")) && (starts(rec, "content", '[') || starts(rec, "content", '"')):
		if rec.Has("type") || rec.Has("uuid") || rec.Has("created") || rec.Has("sessionID") || rec.Has("session_id") || rec.Has("model") {
			return none
		}
		if r.file == history || starts(rec, "modelInfo", '{') || starts(rec, "metrics", '{') || marked(rec.Get("content")) {
			return turn
		}
	}
	return none
}

// marked reports whether content begins as Cline's user messages do.
func marked(content []byte) bool {
	text := record.Text(content)
	if content[0] == '[' {
		g := gjson.GetBytes(content, "0.text")
		text = g.Str
	}
	text = strings.TrimSpace(text)
	for _, tag := range []string{"<task>", "<user_input", "<environment_details>", "<feedback>", "<user_message>", "[TASK RESUMPTION]"} {
		if strings.HasPrefix(text, tag) {
			return true
		}
	}
	_, _, ok := resultOf(text)
	return ok
}

func (r *reader) Is(rec *record.Record) bool { return r.shapeOf(rec) != none }

// Take makes the events of a record.
func (r *reader) Take(rec *record.Record, nano int64) error {
	switch r.shapeOf(rec) {
	case hook:
		return r.hook(rec, nano)
	case shown:
		if r.session == "" {
			return dialect.ErrNoSession
		}
		r.file = ui
		return r.shown(rec)
	case turn:
		if r.session == "" {
			return dialect.ErrNoSession
		}
		r.file = history
		return r.turn(rec)
	case about:
		return r.about(rec)
	case whole:
		return r.wholeSession(rec)
	case metadata:
		if !r.all {
			return nil
		}
		if r.session == "" {
			return dialect.ErrNoSession
		}
		r.out.Rest(rec, nil)
		return r.give("task_metadata", event.ID(r.session, "task_metadata", r.session), "", nil)
	}
	return dialect.Problem("a record that is not known to be Cline's")
}

// begin emits the session_start of the task of a file.
func (r *reader) begin(cwd string) error {
	if r.started[r.session] {
		return nil
	}
	r.started[r.session] = true
	o := &r.out
	o.Str("agent", Name).Str("source", "startup")
	o.Start(cwd)
	o.Str("cwd", cwd)
	at := began(r.session)
	if at == 0 {
		at = r.nano
	}
	return o.Give(event.Header{Type: "session_start", UnixNano: at, Untimed: at == 0, ID: payload.StartID(r.session), Session: r.session})
}

// give emits what has been built as an event of the task, at the last time
// that was told.
func (r *reader) give(typ, id, parent string, dur *int64) error {
	at := r.nano
	if at == 0 {
		at = began(r.session)
	}
	return r.out.Give(event.Header{Type: typ, UnixNano: at, Untimed: at == 0, ID: id, Session: r.session, Parent: parent, Nanos: dur})
}

// prompt returns the id of a prompt, and whether it was not told by another
// source: the nth with this text has an id of both.
func (r *reader) prompt(session, text string, by source) (id string, isNew bool) {
	text = strings.TrimSpace(text)
	key := event.ID(session, "", text)
	s := r.prompts[key]
	if s == nil {
		s = &said{}
		r.prompts[key] = s
	}
	s[by]++
	isNew = true
	for other, n := range s {
		if source(other) != by && n >= s[by] {
			isNew = false
		}
	}
	native := text
	if n := s[by]; n > 1 {
		native += "\x00" + strconv.Itoa(n)
	}
	return event.ID(session, "user_prompt", native), isNew
}

// userSaid emits a prompt of a file.
func (r *reader) userSaid(text, uuid string) error {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil
	}
	id, isNew := r.prompt(r.session, text, r.file)
	if !isNew {
		return nil
	}
	r.out.Text("prompt", text).Str("uuid", uuid)
	return r.give("user_prompt", id, "", nil)
}
