package store

import (
	"bytes"
	"hash/maphash"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// class says what joining has to do with an event.
type class uint8

const (
	other    class = iota
	call           // tool_call
	outcome        // tool_result and error
	told           // told by hooks without an id that transcripts share
	notEvent       // not an event at all
)

// A fact is what is known of a line when it has been parsed: enough to join
// events without keeping their lines.
type fact struct {
	off   int64  // in the file
	n     uint32 // bytes, without newline
	class class
	clean bool // the line and its newline can be copied as they stand
	uuid  bool // told by a transcript
	own   bool // has an id of its agent
	loose bool // has only that of its turn, see joiner.inTurn
	hook  bool // a call told by a hook that tells the turn
	hasTS bool
	hasMS bool
	mend  bool // has bytes that are not UTF-8

	ts     int64  // nanoseconds
	id     uint64 // session and event_id
	parent uint64 // session and parent_id
	link   uint64 // session and the agent's id of the call
	name   uint64 // session and the name of the tool
	text   uint64 // session, type and what was told
	turn   uint64 // session, type and the agent's id of the turn
	named  *names // of a call or outcome without an id of its agent, or what is loose

	bad string // what is wrong with the line
	ln  int    // its number, if anything is
}

// hashes are only compared within a process, so they may differ from run to
// run.
var seed = maphash.MakeSeed()

func hash(parts ...[]byte) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	for _, p := range parts {
		h.Write(p)
		h.WriteByte(0)
	}
	return h.Sum64() | 1 // 0 means none
}

// facts parses the lines of a chunk.
func facts(c event.Chunk) []fact {
	list := make([]fact, 0, len(c.Data)/600+4)
	ln := c.Line
	for off := 0; off < len(c.Data); ln++ {
		end := bytes.IndexByte(c.Data[off:], '\n')
		clean := end >= 0
		if end < 0 {
			end = len(c.Data) - off
		}
		line := c.Data[off : off+end]
		list = lineFacts(list, line, c.Off+int64(off), ln, clean)
		off += end + 1
	}
	return list
}

// lineFacts adds the facts of the events of one line: one, unless something is
// wrong.
func lineFacts(list []fact, line []byte, off int64, ln int, clean bool) []fact {
	trimmed := bytes.TrimSpace(line)
	if off == 0 {
		trimmed = bytes.TrimPrefix(trimmed, []byte("\uFEFF"))
	}
	if len(trimmed) == 0 {
		return list
	}
	if len(trimmed) != len(line) {
		off += int64(bytes.Index(line, trimmed))
		line, clean = trimmed, false
	}
	e, err := event.Parse(line)
	if err == nil {
		return append(list, newFact(e, off, ln, clean))
	}
	pieces, note := event.Joined(line)
	if pieces == nil {
		note = err.Error()
	}
	list = append(list, fact{class: notEvent, off: off, ln: ln, bad: note})
	for _, p := range pieces {
		if e, err := event.Parse(p.Raw); err == nil {
			at := int64(cap(line) - cap(p.Raw)) // both end where the chunk does
			list = append(list, newFact(e, off+at, ln, false))
		}
	}
	return list
}

// newFact returns what is known of an event.
func newFact(e event.Event, off int64, ln int, clean bool) fact {
	f := fact{off: off, n: uint32(len(e.Raw)), clean: clean}
	if !utf8.Valid(e.Raw) {
		f.mend, f.clean, f.ln, f.bad = true, false, ln, "bytes that are not UTF-8, read as U+FFFD"
	}
	f.read(e)
	return f
}

// read fills in what the event says.
func (f *fact) read(e event.Event) {
	session := e.SessionRaw()
	f.ts, f.hasTS = e.UnixNano()
	if id := e.IDRaw(); len(id) > 2 {
		f.id = hash(session, id)
	}
	switch {
	case e.Is("tool_call"):
		f.class = call
		f.links(e, session)
	case e.Is("tool_result", "error"):
		f.class = outcome
		_, f.hasMS = e.Duration()
		if p := e.Parent(); p != "" {
			f.parent = hash(session, []byte(`"`+p+`"`))
		}
		f.links(e, session)
	case e.Is("user_prompt", "assistant_response", "compaction", "session_start"):
		f.class = told
		f.tellings(e, session)
	default:
		f.own = e.Get("uuid").Exists() || e.Get("message_id").Exists()
		if !f.own && e.Get("prompt_id").Exists() {
			f.own = e.Get("tool_use_id").Exists()
			f.loose = !f.own
		}
	}
	if (f.class == call || f.class == outcome || f.loose) && !f.own && f.id != 0 {
		f.named = &names{session, e.Session(), e.ID()}
	}
}

// turnNear is how far behind the names of a call the turn stands, at most, where
// a hook tells it: there are two paths between them.
const turnNear = 1 << 10

// links notes what a call and its outcome have in common.
func (f *fact) links(e event.Event, session []byte) {
	var rest []byte
	event.Fields(e.DataRaw(), func(key, value []byte) bool {
		rest = value
		switch string(key) {
		case "tool_use_id", "request_id":
			f.link = hash(session, value)
			f.own = true
		case "tool_name":
			f.name = hash(session, value)
		}
		return f.link == 0 || f.name == 0
	})
	if f.class != call {
		return
	}
	// What comes next is looked at, and not parsed: it may be long.
	end := min(cap(rest), len(rest)+turnNear, cap(rest)-cap(e.Raw)+len(e.Raw))
	f.hook = bytes.Contains(rest[:max(len(rest), end)], []byte(`"prompt_id":"`))
}

// tellings notes by what a hook and a transcript can be seen to tell the same.
func (f *fact) tellings(e event.Event, session []byte) {
	what := ""
	switch e.Type() {
	case "user_prompt":
		what = "prompt"
	case "assistant_response":
		what = "text"
	case "session_start":
		what = "source"
	}
	var text string
	event.Fields(e.DataRaw(), func(key, value []byte) bool {
		switch string(key) {
		case what:
			text = gjson.ParseBytes(value).String()
			// A session starts up once. A transcript begins with the first
			// prompt, which may come long after the hook.
			f.own = f.own || what == "source" && text == "startup"
		case "uuid":
			f.uuid, f.own = true, true
		case "message_id":
			f.own = true
		case "prompt_id":
			f.own = true
			if what == "prompt" {
				f.turn = hash(session, []byte(what), value)
			}
		}
		return true
	})
	if what == "source" && text == "startup" {
		f.own = true // a session starts once; see claude.startID
	}
	if text != "" || what == "" {
		f.text = hash(session, []byte(e.Type()), bytes.TrimSpace([]byte(text)))
	}
}
