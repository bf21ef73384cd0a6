package grep

import (
	"bytes"
	"hash/maphash"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"agenttrace/lib/event"
)

// role is what an event is for those that are linked to it.
type role uint8

const (
	other   role = iota
	call         // others may name it as their parent
	outcome      // it names a call
)

// A verdict is what can be said of an event by itself. Bit i of a set stands
// for query i.
type verdict struct {
	own    uint32 // the conditions about the event alone are met
	shared uint32 // those that an outcome shares with its call are met
	open   uint32 // whether they are depends on the working directory
	role   role
	link   uint64   // hash of the event's id, or of its parent's
	paths  *touched // what the event is about, if it is open
	cwd    string   // of a session_start
	starts bool     // the event is a session_start that tells its directory
}

// touched are the paths that a call names.
type touched struct{ all, read, written []string }

// hashes are only compared within a process.
var seed = maphash.MakeSeed()

func linkOf(session, id []byte) uint64 {
	if len(id) <= 2 {
		return 0
	}
	var h maphash.Hash
	h.SetSeed(seed)
	h.Write(session)
	h.Write(id)
	return h.Sum64()
}

// A matcher finds verdicts. It is not changed by doing so, and each goroutine
// has its own scratch.
type matcher struct {
	queries []*Query
	shared  uint32 // those with conditions that outcomes share with their call
	needs   uint32 // those that only the call can tell
	dirs    bool   // working directories are needed
	fields  bool   // some condition is about a member of data
}

func newMatcher(queries []*Query) *matcher {
	m := &matcher{queries: queries}
	for i, q := range queries {
		if q.ofCalls() {
			m.shared |= 1 << i
		}
		if q.needsCall() {
			m.needs |= 1 << i
		}
		m.dirs = m.dirs || q.needsDir()
		m.fields = m.fields || q.ofCalls() || len(q.exits) > 0 || len(q.labels) > 0 || q.thinking
	}
	return m
}

// fields are the members of data that conditions are about.
type fields struct {
	tool, args, label, exit, result, err, message, content, path, uri, command, cwd, thinking []byte
}

func (f *fields) read(e event.Event) {
	event.Fields(e.DataRaw(), func(k, v []byte) bool {
		var into *[]byte
		switch string(k) {
		case "tool_name":
			into = &f.tool
		case "arguments", "tool_input":
			into = &f.args
		case "label":
			into = &f.label
		case "exit_code":
			into = &f.exit
		case "result":
			into = &f.result
		case "error":
			into = &f.err
		case "message":
			into = &f.message
		case "content":
			into = &f.content
		case "path":
			into = &f.path
		case "uri":
			into = &f.uri
		case "command":
			into = &f.command
		case "cwd":
			into = &f.cwd
		case "thinking":
			into = &f.thinking
		}
		if into != nil && *into == nil {
			*into = v
		}
		return true
	})
}

// judge returns the verdict on an event.
func (m *matcher) judge(e event.Event, room *[]byte) verdict {
	var v verdict
	var f fields
	if m.fields {
		f.read(e)
	}
	if m.shared != 0 {
		m.judgeCall(e, &f, &v)
	}
	for i, q := range m.queries {
		if q.own(e, &f, room) {
			v.own |= 1 << i
		}
	}
	if m.dirs && e.Is("session_start") && f.cwd != nil {
		v.cwd, v.starts = text(f.cwd), true
	}
	return v
}

// own reports whether the conditions about the event alone are met.
func (q *Query) own(e event.Event, f *fields, room *[]byte) bool {
	if q.error && !e.Is("error") || !q.ofType(e, f) || !q.ofSession(e) {
		return false
	}
	if q.timed {
		if ns, ok := e.UnixNano(); !ok || ns < q.since || ns >= q.until {
			return false
		}
	}
	if len(q.labels) > 0 && !q.labelled(f) {
		return false
	}
	if len(q.exits) > 0 {
		code, ok := f.exitCode()
		if !ok || !slices.ContainsFunc(q.exits, func(s span) bool { return s.low <= code && code <= s.high }) {
			return false
		}
	}
	return len(q.texts) == 0 || q.says(e, room)
}

func (q *Query) ofType(e event.Event, f *fields) bool {
	if len(q.types) == 0 || e.Is(q.types...) {
		return true
	}
	typ := e.Type()
	for _, t := range q.types {
		if strings.ContainsAny(t, "*?[{") && doublestar.MatchUnvalidated(t, typ) {
			return true
		}
	}
	return q.thinking && typ == "assistant_response" && string(f.thinking) == "true"
}

func (q *Query) ofSession(e event.Event) bool {
	if len(q.sessions) == 0 {
		return true
	}
	id := e.Session()
	return slices.ContainsFunc(q.sessions, func(s string) bool { return strings.HasPrefix(id, s) })
}

func (q *Query) labelled(f *fields) bool {
	l := text(f.label)
	if l == "" {
		return false
	}
	l = q.folded(l)
	return slices.ContainsFunc(q.labels, func(g string) bool { return g == l || doublestar.MatchUnvalidated(g, l) })
}

// says reports whether a text of the query is in the event's data.
func (q *Query) says(e event.Event, room *[]byte) bool {
	var likely []*pattern
	for _, p := range q.texts {
		if p.mayHold(e.Raw) {
			likely = append(likely, p)
		}
	}
	if likely == nil {
		return false
	}
	return values(e.DataRaw(), room, func(s []byte) bool {
		for _, p := range likely {
			if p.match(s) {
				return true
			}
		}
		return false
	})
}

// judgeCall finds out what is about calls.
func (m *matcher) judgeCall(e event.Event, f *fields, v *verdict) {
	switch {
	case e.Is("tool_result", "error"):
		if id := e.ParentRaw(); len(id) > 2 {
			v.role, v.link = outcome, linkOf(e.SessionRaw(), id)
		}
	case e.Is("tool_call"):
		v.role, v.link = call, linkOf(e.SessionRaw(), e.IDRaw())
	}
	name := text(f.tool)
	var c *calls
	if m.needs != 0 {
		c = f.calls(e, name)
	}
	for i, q := range m.queries {
		bit := uint32(1) << i
		if m.shared&bit == 0 || len(q.tools) > 0 && !q.named(name) {
			continue
		}
		if m.needs&bit != 0 {
			switch c.meets(q, "", false) {
			case no:
				continue
			case open:
				v.open |= bit
				v.paths = &c.touched
				continue
			}
		}
		v.shared |= bit
	}
}

func (q *Query) named(tool string) bool {
	if tool == "" {
		return false
	}
	tool = strings.ToLower(tool)
	return slices.ContainsFunc(q.tools, func(g string) bool { return g == tool || doublestar.MatchUnvalidated(g, tool) })
}

// text returns the string in a JSON value, "" if it is none.
func text(raw []byte) string {
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	return string(unescape(nil, raw[1:len(raw)-1]))
}

// dir returns a working directory in the form that globs are compared with.
func dir(cwd string) string {
	if cwd == "" {
		return ""
	}
	return path.Clean(cwd)
}
