package gemini

import (
	"strings"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// agentName is what session_start says in data.agent.
const agentName = "gemini-cli"

// Agent is Gemini CLI.
var Agent = dialect.Agent{
	Name:  "gemini",
	Title: "Gemini CLI",
	New:   func(s *dialect.Sink) dialect.Reader { return newReader(s) },
	Roots: roots,
	Find:  find,
}

// A source is a kind of record. Each has calls of its own: the second `ls` of
// the hooks is the second of the session file.
type source uint8

const (
	foreign source = iota
	hook
	document // of a session file: metadata, perhaps with all messages
	message
	patch // $set, $rewindTo
	stream
	telemetry
	sources
)

// reader turns the records of Gemini CLI into events.
type reader struct {
	payload.Emitter
	tally payload.Tally
	heard map[string]bool // payloads of hooks, by their hash
	calls [sources]payload.Calls
	told  map[string]*telling // messages of session files, by session and id
	begun map[string]bool     // sessions that have their session_start
	sums  map[string]int      // answers with equal numbers of tokens
	texts map[string]bool     // what messages said, of the input
	asked map[string][]string // requests of telemetry without an answer
	spawn map[string]string   // subagents → the tool_call that started them

	// Of the input:
	file     dialect.File
	session  string
	parent   string // the session that started this one
	last     int64
	timed    bool
	own      bool // the record's time is its own
	speaking speech
	model    string
	inStream bool
	running  int  // calls of a stream without an outcome
	together bool // more than one of them began before the last ended
	inFile   bool
	lines    bool // a message was told that is not of a whole new history
}

func newReader(s *dialect.Sink) *reader {
	return &reader{
		Emitter: payload.Emitter{Sink: s}, tally: payload.Tally{}, heard: map[string]bool{},
		told: map[string]*telling{}, begun: map[string]bool{}, sums: map[string]int{}, asked: map[string][]string{}, spawn: map[string]string{},
		texts: map[string]bool{},
	}
}

// Begin starts an input.
func (g *reader) Begin(f dialect.File) {
	g.file, g.session, g.parent = f, f.Session, parentOf(f.Name)
	g.speaking, g.running, g.together = speech{}, 0, false
	g.last, g.timed, g.model, g.inStream, g.inFile, g.lines = 0, false, "", false, false, false
	clear(g.texts)
}

// End ends the input.
func (g *reader) End() error { return g.said() }

// hookNames are the events of hooks; those that other agents have too are
// false.
var hookNames = map[string]bool{
	"BeforeTool": true, "AfterTool": true, "BeforeAgent": true, "AfterAgent": true, "BeforeModel": true, "AfterModel": true,
	"BeforeToolSelection": true, "PreCompress": true, "SessionStart": false, "SessionEnd": false, "Notification": false,
}

// Is reports whether a record is Gemini CLI's.
func (g *reader) Is(r *record.Record) bool { return g.kind(r) != foreign }

func (g *reader) kind(r *record.Record) source {
	if name := r.Str("hook_event_name"); name != "" {
		if isHook(r, name) {
			return hook
		}
		return foreign
	}
	switch {
	case r.Has("$set") || r.Has("$rewindTo"):
		return patch
	case r.Has("projectHash") && r.Str("sessionId") != "":
		return document
	case isTelemetry(r):
		return telemetry
	case g.isStream(r):
		return stream
	case isMessage(r), g.inFile && isLaterMessage(r):
		return message
	}
	return foreign
}

// isHook reports whether a payload is of Gemini CLI. Other agents can borrow
// its configuration, and it theirs: then the events have the names of the one
// and the path is that of the other, and the names count.
func isHook(r *record.Record, name string) bool {
	own, known := hookNames[name]
	if own {
		return !r.Has("conversation_id")
	}
	path := r.Str("transcript_path")
	within := strings.Contains(path, "/.gemini/") || strings.Contains(path, `\.gemini\`)
	_, timed := record.Nanos(r.Get("timestamp"))
	return timed && within || known && timed && path == "" && r.Has("transcript_path") && r.Has("cwd")
}

// isMessage reports whether a record is a message of a session file.
func isMessage(r *record.Record) bool {
	if r.Str("id") == "" || r.Has("message") || r.Has("role") || r.Has("uuid") || r.Has("sessionId") || r.Has("session_id") {
		return false
	}
	switch r.Str("type") {
	case "gemini":
		return true
	case "user", "info", "error", "warning":
		return r.Has("content") && r.Has("timestamp")
	}
	return false
}

// isLaterMessage reports whether a record within a session file may be a
// message of a type that is not known.
func isLaterMessage(r *record.Record) bool {
	for _, other := range []string{"message", "role", "uuid", "sessionId", "session_id", "sessionID", "data", "payload"} {
		if r.Has(other) {
			return false
		}
	}
	_, timed := record.Nanos(r.Get("timestamp"))
	return timed && r.Str("id") != "" && r.Str("type") != ""
}

// Take makes the events of a record.
func (g *reader) Take(r *record.Record, nano int64) error {
	kind := g.kind(r)
	if kind != stream {
		if err := g.said(); err != nil {
			return err
		}
	}
	switch kind {
	case hook:
		return g.hook(r, nano)
	case document:
		return g.document(r)
	case message:
		return g.message(r, false)
	case patch:
		return g.patch(r)
	case stream:
		return g.stream(r)
	case telemetry:
		return g.telemetry(r)
	}
	return dialect.Problem("a JSON object that is no record of Gemini CLI")
}

// time returns the time of a record, or of the one before it.
func (g *reader) time(raw []byte) (nano int64, timed bool) {
	ns, ok := record.Nanos(raw)
	if g.own = ok; ok {
		g.last, g.timed = ns, true
	}
	return g.last, g.timed
}

// begin emits the session_start of a session, whose data has been built, at
// its first record.
func (g *reader) begin(session string, nano int64, timed bool) error {
	if g.begun[session] {
		g.Reset()
		return nil
	}
	g.begun[session] = true
	return g.Give(event.Header{Type: "session_start", UnixNano: nano, Untimed: !timed, ID: payload.StartID(session), Session: session})
}

// answer emits the llm_response of an answer whose model and what else is
// known are built. Its id is that of the numbers of its tokens, which every
// source tells alike: the prompt is longer with every request.
func (g *reader) answer(h event.Header, from source, prompt, candidates, total int64, u payload.Usage) error {
	key := answerKey(prompt, candidates, total)
	count := h.Session + "\x00" + string(rune('0'+from)) + key
	g.sums[count]++
	h.Type, h.ID = "llm_response", event.ID(h.Session, "llm_response", key)
	if n := g.sums[count]; n > 1 {
		h.ID = event.ID(h.Session, "repeat", h.ID, itoa(n))
	}
	g.Raw("usage", u.Bytes())
	return g.Give(h)
}
