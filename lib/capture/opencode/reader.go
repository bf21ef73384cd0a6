package opencode

import (
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// New returns a reader that gives its events to the sink.
func New(sink *dialect.Sink) dialect.Reader {
	return &reader{
		sink: sink, started: map[string]bool{}, messages: map[string]*message{}, calls: map[string]string{},
		spawns: map[string]string{}, last: map[string]int64{}, parts: map[string]*part{}, latest: map[string]*message{}, names: map[string]string{},
	}
}

// reader knows what has been read. Files of the storage folder hold one object
// each, so that nearly all of it must outlive them.
type reader struct {
	sink     *dialect.Sink
	started  map[string]bool     // sessions
	messages map[string]*message // by session and id
	latest   map[string]*message // of the assistant, by session
	calls    map[string]string   // session and callID → the part that has it
	spawns   map[string]string   // subagent's session → the event_id of its call
	last     map[string]int64    // the latest time that a session has told
	names    map[string]string   // of sessions and models, see keep

	// Of this input.
	parts map[string]*part // that were sent, by session and id
	queue []*part          // those that wait for their end, in order

	nano int64 // of the record; 0 if it was not just sent
	live bool  // the record is of an event stream
	o    event.Object
	buf  []byte
	err  error
}

// keep returns a string that is no part of the record it was read from, which
// may be large: that would be kept with it. It is for what comes often.
func (r *reader) keep(s string) string {
	kept, ok := r.names[s]
	if !ok {
		kept = strings.Clone(s)
		r.names[kept] = kept
	}
	return kept
}

// Begin forgets what was sent in the input before.
func (r *reader) Begin(dialect.File) {
	clear(r.parts)
	r.queue = r.queue[:0]
}

// End makes the events of the parts that were never sent whole.
func (r *reader) End() error {
	r.flush("", "")
	return r.err
}

// shape says what a record is.
type shape uint8

const (
	none shape = iota
	export
	streamed // {type, properties}
	wrapped  // {payload: {type, properties}}
	run      // {type, timestamp, sessionID, …}
	hooked   // {hook, input, output}
	storedSession
	storedMessage
	storedPart
)

func is(v []byte, first byte) bool { return len(v) > 0 && v[0] == first }

func shapeOf(r *record.Record) shape {
	if r.Has("hook_event_name") || r.Has("event_type") {
		return none
	}
	typed, id := is(r.Get("type"), '"'), is(r.Get("id"), '"')
	session := is(r.Get("sessionID"), '"')
	switch {
	case is(r.Get("info"), '{') && is(r.Get("messages"), '['):
		return export
	case typed && is(r.Get("properties"), '{'):
		return streamed
	case is(r.Get("payload"), '{') && gjson.GetBytes(r.Get("payload"), "properties").IsObject():
		return wrapped
	case is(r.Get("hook"), '"') && is(r.Get("input"), '{') && strings.Contains(r.Str("hook"), "."):
		return hooked
	case typed && id && session && is(r.Get("messageID"), '"'):
		return storedPart
	case id && session && is(r.Get("role"), '"'):
		return storedMessage
	case typed && session && (is(r.Get("part"), '{') || r.Has("timestamp")):
		return run
	case id && strings.HasPrefix(r.Str("id"), "ses_") && is(r.Get("time"), '{') && (r.Has("directory") || r.Has("projectID") || r.Has("title")):
		return storedSession
	}
	return none
}

// Is tells a record by its shape alone.
func (r *reader) Is(rec *record.Record) bool { return shapeOf(rec) != none }

// Take makes the events of a record.
func (r *reader) Take(rec *record.Record, nano int64) error {
	doc := gjson.ParseBytes(rec.Raw)
	r.live, r.nano = false, 0
	s := shapeOf(rec)
	if (s == run || s == storedMessage || s == storedPart) && doc.Get("sessionID").Str == "" {
		return dialect.ErrNoSession
	}
	switch s {
	case export:
		return r.export(doc)
	case streamed:
		r.live, r.nano = true, nano
		return r.event(doc)
	case wrapped:
		r.live, r.nano = true, nano
		return r.event(doc.Get("payload"))
	case run:
		r.live, r.nano = true, nano
		r.run(doc)
	case hooked:
		r.live, r.nano = true, nano
		return r.hook(doc)
	case storedSession:
		r.session(doc)
	case storedMessage:
		m := r.message(doc, doc.Get("sessionID").Str)
		r.inner(m, doc.Get("parts"))
		r.finish(m, doc)
	case storedPart:
		r.part(r.of(doc.Get("sessionID").Str, doc.Get("messageID").Str), doc, doc.Get("id").Str)
	default:
		return dialect.Problem("a record that is not known to be OpenCode's")
	}
	return r.err
}

// export takes an exported session.
func (r *reader) export(doc gjson.Result) error {
	info := doc.Get("info")
	session := info.Get("id").Str
	if session == "" {
		session = doc.Get("messages.0.info.sessionID").Str
	}
	if session == "" {
		return dialect.ErrNoSession
	}
	session = r.keep(session)
	r.session(info)
	doc.Get("messages").ForEach(func(_, d gjson.Result) bool {
		i := d.Get("info")
		if !i.IsObject() {
			return true
		}
		own := i.Get("sessionID").Str
		if own == "" {
			own = session
		}
		m := r.message(i, own)
		r.inner(m, d.Get("parts"))
		r.finish(m, i)
		return r.err == nil
	})
	return r.err
}

// session takes what is told of a session.
func (r *reader) session(info gjson.Result) {
	id := r.keep(info.Get("id").Str)
	if id == "" || r.started[id] {
		return
	}
	r.started[id] = true
	o := &r.o
	o.Str("agent", Name).Str("agent_version", info.Get("version").Str)
	o.Str("model", first(info, "model.modelID", "model.id", "modelID")).Str("source", "startup")
	cwd := info.Get("directory").Str
	if cwd == "" {
		cwd = info.Get("path.cwd").Str
	}
	if r.sink.Origin != nil {
		r.sink.Origin(cwd, o)
	}
	o.Str("cwd", cwd)
	if parent := info.Get("parentID").Str; parent != "" {
		o.Str("parent_session_id", parent).Str("parent_event_id", r.spawns[id])
		o.Str("agent_type", info.Get("agent").Str).Str("description", info.Get("title").Str)
	}
	o.Str("title", info.Get("title").Str)
	for _, k := range []string{"projectID", "slug", "workspaceID", "permission"} {
		if v := info.Get(k); v.Exists() && v.Type != gjson.Null {
			o.Raw(k, []byte(v.Raw))
		}
	}
	r.emit("session_start", id, r.at(id, info.Get("time.created")), event.ID(id, "session_start", "startup"), "", nil)
}

// start begins the session of a message or part of which no more is told.
func (r *reader) start(session string, info gjson.Result) {
	if r.started[session] {
		return
	}
	session = r.keep(session)
	r.started[session] = true
	o := &r.o
	o.Str("agent", Name).Str("source", "startup")
	cwd := info.Get("path.cwd").Str
	if r.sink.Origin != nil {
		r.sink.Origin(cwd, o)
	}
	o.Str("cwd", cwd)
	r.emit("session_start", session, r.at(session, info.Get("time.created"), info.Get("time.start")), event.ID(session, "session_start", "startup"), "", nil)
}

// first returns the first of these strings that is there.
func first(g gjson.Result, paths ...string) string {
	for _, p := range paths {
		if s := g.Get(p); s.Type == gjson.String && s.Str != "" {
			return s.Str
		}
	}
	return ""
}

// at returns the first time that is known: of those given, or the last of the
// session, or when the record was sent. 0 is not known.
func (r *reader) at(session string, times ...gjson.Result) int64 {
	for _, t := range times {
		if ns := nanos(t); ns > 0 {
			r.last[r.keep(session)] = max(r.last[session], ns)
			return ns
		}
	}
	if ns := r.last[session]; ns > 0 {
		return ns
	}
	return r.nano
}

// nanos returns a time in milliseconds as one in nanoseconds, 0 if it is none.
func nanos(t gjson.Result) int64 {
	if ns, ok := record.Nanos([]byte(t.Raw)); ok && t.Exists() {
		return ns
	}
	return 0
}

// emit emits the event whose data has been built.
func (r *reader) emit(typ, session string, at int64, id, parent string, dur *int64) {
	r.buf = event.Append(r.buf[:0], event.Header{Type: typ, UnixNano: at, Untimed: at == 0, ID: id, Session: session, Parent: parent, Nanos: dur}, r.o.Fit(typ).Bytes())
	r.o.Reset()
	if r.err == nil {
		r.err = r.sink.Emit(r.buf)
	}
}
