package session

import (
	"bytes"
	"path"
	"strings"
	"time"

	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// unnamed stands for the name of a tool or model that is not known.
const unnamed = "unknown"

// A toolStat is what is counted of the calls of a tool.
type toolStat struct {
	name   string
	calls  int
	errors int
	times  durations
}

// A call is what is kept of a tool call.
type call struct {
	tool   *toolStat
	tried  uint64 // what it tries: calls that try the same have the same; 0 until it is asked for
	ts     int64  // nanoseconds, 0 if not known
	number int32  // of its event
	done   bool   // it has its outcome
	args   []byte // a copy of its arguments, until then
}

// An outcome is a tool_result or error.
type outcome struct {
	failed   bool
	nameless bool  // an error that is not counted for a tool yet
	ts       int64 // nanoseconds, 0 if not known
	took     time.Duration
	timed    bool // took is known
}

// A Slow call is one of the slowest of a session.
type Slow struct {
	Session string // only where sessions are added up, and it is not the first
	Event   int    // number of the call in its session
	Tool    string
	Title   string
	Took    time.Duration
}

// maxSlow is how many of the slowest calls are kept.
const maxSlow = 5

// toolNamed returns the tool of a JSON string, nil if it is none.
func (f *Fold) toolNamed(raw []byte) *toolStat {
	if t := f.tools[string(raw)]; t != nil {
		return t
	}
	name := unquote(raw)
	if name == "" {
		return nil
	}
	return f.toolFor(name, string(raw))
}

// toolFor returns the tool of a name; raw is how a line has it.
func (f *Fold) toolFor(name, raw string) *toolStat {
	key := string(event.AppendString(nil, name))
	t := f.tools[key]
	if t == nil {
		t = &toolStat{name: name}
		f.tools[key] = t
	}
	f.tools[raw] = t
	return t
}

// call takes a tool_call.
func (f *Fold) call(e event.Event, id uint64, note *Note) {
	var name, args, use, request []byte
	var told source
	event.Fields(e.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "tool_name":
			first(&name, v)
		case "arguments":
			first(&args, v)
		case "tool_use_id":
			first(&use, v)
		case "request_id":
			first(&request, v)
		default:
			told |= sourceOf(k)
		}
		return true
	})
	f.evidence.add(told)
	t := f.toolNamed(name)
	if t == nil {
		t = f.toolFor(unnamed, unnamed)
	}
	t.calls++
	f.files(tool.Parse(t.name, args))

	c := call{tool: t, number: int32(note.Number), args: bytes.Clone(args)}
	c.ts, _ = e.UnixNano()
	if f.failed[c.intent(f)] {
		note.Retry = true
		f.retries++
	}
	f.calls = append(f.calls, c)
	note.Call = len(f.calls)
	at := int32(len(f.calls) - 1)
	if link := linkOf(use, request); link != 0 {
		f.callAt[link] = at
	}
	if id == 0 {
		return
	}
	f.callAt[id] = at
	if o, ok := f.early[id]; ok {
		delete(f.early, id)
		f.finish(&f.calls[at], *o)
		if o.nameless {
			t.errors++
		}
	}
}

// intent returns a hash that is equal for calls that try the same, or 0 as long
// as nothing has failed and none is asked for: it takes longer than all the rest.
func (c *call) intent(f *Fold) uint64 {
	if c.tried == 0 && len(f.failed) > 0 {
		c.tried = c.hashIntent()
	}
	return c.tried
}

func (c *call) hashIntent() uint64 {
	return hash([]byte(tool.Parse(c.tool.name, c.args).Intent(c.args)))
}

// files notes what a call reads and writes.
func (f *Fold) files(c tool.Call) {
	for _, p := range c.Reads {
		f.read.add(p)
	}
	for _, p := range c.Writes {
		f.written.add(p)
	}
	if c.Line == "" {
		return
	}
	f.commands++
	for _, cmd := range tool.Commands(c.Line) {
		for _, p := range cmd.Reads {
			f.shRead.add(cmd.From(p))
		}
		for _, p := range cmd.Writes {
			f.shWrote.add(cmd.From(p))
		}
	}
}

// linkOf returns a hash of the id that a call and its outcome share. Traces of
// agent-strace call it request_id in the one and tool_use_id in the other.
func linkOf(use, request []byte) uint64 {
	if h := hash(use); h != 0 {
		return h
	}
	return hash(request)
}

// outcome takes a tool_result or error, and returns the call that it answers,
// nil if there is none.
func (f *Fold) outcome(e event.Event, failed bool, note *Note) *call {
	o := outcome{failed: failed}
	o.ts, _ = e.UnixNano()
	if d, ok := e.Duration(); ok && d >= 0 {
		o.took, o.timed = d, true
	}
	parent := hash(e.ParentRaw())
	at, ok := f.callAt[parent]
	if parent == 0 || !ok {
		at, ok = f.linked(e)
	}
	if !ok {
		if parent != 0 {
			if f.early == nil {
				f.early = map[uint64]*outcome{}
			}
			early := o
			f.early[parent] = &early
		}
		return nil
	}
	c := &f.calls[at]
	note.Call = int(at) + 1
	note.Failed = failed
	if !c.done {
		note.Took, note.Timed = f.finish(c, o)
	}
	return c
}

// linked returns the call with the agent's own id of the outcome. A call that
// has its outcome is not meant: JSON-RPC numbers the requests of the two sides
// separately.
func (f *Fold) linked(e event.Event) (int32, bool) {
	var use, request []byte
	event.Fields(e.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "tool_use_id":
			first(&use, v)
		case "request_id":
			first(&request, v)
		}
		return use == nil
	})
	link := linkOf(use, request)
	at, ok := f.callAt[link]
	return at, ok && link != 0 && !f.calls[at].done
}

// finish gives a call its outcome and returns its duration, if it is known.
func (f *Fold) finish(c *call, o outcome) (took time.Duration, timed bool) {
	f.answered++
	if o.failed && c.tried == 0 {
		c.tried = c.hashIntent()
	}
	if o.failed {
		f.failed[c.tried] = true
	} else {
		delete(f.failed, c.intent(f))
	}
	if !o.timed && c.ts > 0 && o.ts >= c.ts {
		o.took, o.timed = time.Duration(o.ts-c.ts), true
	}
	if o.timed {
		c.tool.times.add(o.took)
		if n := len(f.slowest); n < maxSlow || o.took > f.slowest[n-1].Took {
			title := cutBytes(tool.Title(c.tool.name, c.args), maxText)
			f.slowest = addSlow(f.slowest, Slow{Event: int(c.number), Tool: c.tool.name, Title: title, Took: o.took})
		}
	}
	c.done, c.args = true, nil
	return o.took, o.timed
}

// addSlow puts a call into a list of the slowest, slowest first; of calls that
// took equally long the first comes first.
func addSlow(list []Slow, s Slow) []Slow {
	i := len(list)
	for i > 0 && list[i-1].Took < s.Took {
		i--
	}
	if i >= maxSlow {
		return list
	}
	if len(list) < maxSlow {
		list = append(list, s)
	}
	copy(list[i+1:], list[i:])
	list[i] = s
	return list
}

// resolve returns the path without . and .., below cwd if it is relative. It
// looks nothing up.
func resolve(p, cwd string) string {
	if !strings.HasPrefix(p, "/") && cwd != "" {
		p = cwd + "/" + p
	}
	return path.Clean(p)
}
