package codex

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"hash/maphash"
	"strconv"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// A reader turns the records of Codex into events.
type reader struct {
	*dialect.Sink

	// Known over all files of a run.
	counted map[uint64]string   // requests by their id → the session that had them
	spawns  map[string]string   // session of a subagent → event_id of the call that started it
	hooks   map[uint64]int      // payloads without any id of their own
	open    map[uint64][]string // calls that hooks told and that have no outcome: what is called → event_ids
	totals  map[string]tokens   // thread → what a stream said last that it has used

	// Of the file being read.
	file    dialect.File
	s       *thread
	running bool // a stream of codex exec is being read

	// Of the record being read.
	payload, inner record.Record
	raw            []byte
	uuid           string
	nano           int64
	timed          bool
	lost           bool // an event had no session

	o   event.Object
	buf []byte
	err error // of Emit
}

func newReader(sink *dialect.Sink) *reader {
	return &reader{Sink: sink, counted: map[uint64]string{}, spawns: map[string]string{}, hooks: map[uint64]int{}, open: map[uint64][]string{}, totals: map[string]tokens{}}
}

// A thread is a session, as far as the file being read tells of it.
type thread struct {
	id      string
	started bool
	parents map[string]bool // threads that it comes from
	copied  copied

	turn  string // the one being read, "" between turns
	model string
	cwd   string
	tier  string // service_tier, if it is not the usual one

	told   map[uint64]tellings // texts
	nth    map[uint64]int      // equal things of a turn
	prompt *prompt             // that may be told again by the next line
	typed  string              // a prompt that the next lines may repeat

	calls   map[string]*call // by the id of the call
	order   []string         // ids of the calls that wait for an outcome told elsewhere
	actions map[string]string

	total   tokens // the last token_count's
	counts  bool   // there was one, or in a stream a turn.completed
	records bool   // there are token_usage_records, and token_count repeats them
	errors  map[uint64]bool

	// What a token_count told last that became an event, and in which turn.
	counted     tokens
	countedTurn string
}

// copied is what is known of the lines at the beginning of a file that are
// those of another thread.
type copied struct {
	on     bool
	start  int64 // the ordinal of the first line that is none of them, 0 if it is not told
	born   int64 // when the thread began
	first  int64 // the time of the file's first line
	byTurn bool  // lines named turns older than the thread
	old    bool  // lines were older than the thread
}

func newThread(id string) *thread {
	return &thread{
		id: id, parents: map[string]bool{}, told: map[uint64]tellings{}, nth: map[uint64]int{}, calls: map[string]*call{},
		actions: map[string]string{}, errors: map[uint64]bool{},
	}
}

// Is reports whether a record is Codex's.
func (r *reader) Is(rec *record.Record) bool { return shapeOf(rec, r.running) != alien }

// Begin starts a file.
func (r *reader) Begin(f dialect.File) {
	r.file, r.s, r.running = f, nil, false
}

// End finishes a file.
func (r *reader) End() error {
	r.close()
	r.running = false
	return r.err
}

// close makes the events of the thread being read that had to wait.
func (r *reader) close() {
	if r.s == nil {
		return
	}
	r.flushPrompt()
	r.settle()
	r.s = nil
}

// Take makes the events of a record.
func (r *reader) Take(rec *record.Record, nano int64) error {
	r.lost = false
	var problem error
	switch shapeOf(rec, r.running) {
	case hook:
		problem = r.hook(rec, nano)
	case notify:
		problem = r.notify(rec, nano)
	case line:
		r.line(rec)
	case meta:
		r.at(rec)
		r.began(rec)
	case bare:
		r.at(rec)
		r.thread()
		if rec.Has("record_type") {
			r.book("state", rec)
			break
		}
		r.item(rec)
	case document:
		r.document(rec)
	case stream:
		r.nano, r.timed, r.raw, r.uuid = nano, true, rec.Raw, ""
		r.stream(rec)
	case protocol:
		r.nano, r.timed, r.raw, r.uuid = nano, true, rec.Raw, ""
		if rec.Sub("msg", &r.payload) {
			r.thread()
			r.message(&r.payload)
		}
	default:
		problem = dialect.Problem("a record that is none of " + Agent.Title)
	}
	switch {
	case r.err != nil:
		return r.err
	case problem != nil:
		return problem
	case r.lost:
		return dialect.ErrNoSession
	}
	return nil
}

// at notes the time and the id of a line. A line without a time has that of
// the line before it.
func (r *reader) at(rec *record.Record) {
	if ns, ok := record.Nanos(rec.Get("timestamp")); ok {
		r.nano, r.timed = ns, true
	} else if r.s == nil {
		r.nano, r.timed = 0, false
	}
	r.raw, r.uuid = rec.Raw, ""
}

// lineUUID returns the id of the line being read: that of the item in it, or
// one made of its bytes.
func (r *reader) lineUUID() string {
	if r.uuid == "" {
		r.uuid = lineID(r.raw)
	}
	return r.uuid
}

func lineID(raw []byte) string {
	h := fnv.New64a()
	h.Write(raw)
	return fmt.Sprintf("line-%016x", h.Sum64())
}

// thread returns the thread being read; the name of the file tells which it is
// if no line has.
func (r *reader) thread() *thread {
	if r.s == nil {
		r.s = newThread(r.file.Session)
	}
	return r.s
}

// emit emits the event that has been built, of the thread being read.
func (r *reader) emit(typ, id, parent string, took *int64) {
	r.start()
	if r.lost {
		r.o.Reset()
		return
	}
	r.give(event.Header{Type: typ, UnixNano: r.nano, Untimed: !r.timed, ID: id, Session: r.s.id, Parent: parent, Nanos: took})
}

// start emits the session_start of a thread whose beginning was not told.
func (r *reader) start() {
	s := r.thread()
	if s.id == "" {
		r.lost = true
		return
	}
	if s.started {
		return
	}
	s.started = true
	held := bytes.Clone(r.o.Bytes())
	r.o.Reset()
	r.o.Str("agent", Name).Str("source", "startup").Str("parent_event_id", r.spawns[s.id])
	r.give(event.Header{Type: "session_start", UnixNano: r.nano, Untimed: !r.timed, ID: startID(s.id), Session: s.id})
	r.o = objectOf(held)
}

// objectOf returns an object with the members of another.
func objectOf(object []byte) (o event.Object) {
	event.Fields(object, func(k, v []byte) bool {
		o.RawKey(k, v)
		return true
	})
	return o
}

// give emits an event with the data that has been built.
func (r *reader) give(h event.Header) {
	r.buf = event.Append(r.buf[:0], h, r.o.Fit(h.Type).Bytes())
	r.o.Reset()
	if r.err == nil {
		r.err = r.Emit(r.buf)
	}
}

// own emits the event that has been built and has no id but its line's.
func (r *reader) own(typ string) {
	id := event.ID(r.thread().id, typ, r.lineUUID(), r.again("own", r.lineUUID()))
	r.emit(typ, id, "", nil)
}

// again returns "" for the first of several equal things of the thread, and
// the number of each further one.
func (r *reader) again(what ...string) string {
	s := r.thread()
	k := hashOf(what...)
	s.nth[k]++
	if n := s.nth[k]; n > 1 {
		return strconv.Itoa(n)
	}
	return ""
}

// keep makes an event of a record of a type that is not known, or is
// bookkeeping: of all of it.
func (r *reader) keep(typ string, rec *record.Record) {
	name := record.Snake(typ)
	if bookkeeping[name] && !r.All {
		return
	}
	rec.Each(func(k, v []byte) {
		if string(k) != "type" && string(v) != "null" {
			r.o.RawKey(k, v)
		}
	})
	if !rec.Has("uuid") {
		r.o.Str("uuid", r.lineUUID())
	}
	r.own(eventName(typ))
}

// book is keep for what is only wanted if everything is.
func (r *reader) book(typ string, rec *record.Record) {
	if r.All {
		r.keep(typ, rec)
	}
}

// Ids that hooks and rollouts share.

func startID(session string) string { return event.ID(session, "session_start", "startup") }

func callID(session, call string) string { return event.ID(session, "tool_call", call) }

func outcomeID(session, call string) string { return event.ID(session, "tool_result", call) }

// textID is the id of the nth of equal texts of a turn.
func textID(session, kind, turn, text, nth string) string {
	if nth == "" {
		return event.ID(session, kind, turn, text)
	}
	return event.ID(session, kind, turn, text, nth)
}

var seed = maphash.MakeSeed()

// hashOf is for comparing within a run.
func hashOf(parts ...string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, p := range parts {
		h.WriteString(p)
		h.WriteByte(0)
	}
	return h.Sum64()
}
