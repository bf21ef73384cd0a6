package why

import (
	"bytes"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// maxSubjects is how many names a call is looked up for.
const maxSubjects = 32

// A subject is a name that a call is about.
type subject struct {
	hash uint64
	name string // as it was given
	path bool
	base uint64 // hash of its last part, 0 if that is all
}

// asked is what the data of a tool_call says. It refers to the event.
type asked struct {
	tool.Call
	name     string
	args     []byte
	use, req []byte
}

func readCall(e event.Event) *asked {
	r := &asked{}
	event.Fields(e.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "tool_name":
			r.name = gjson.ParseBytes(v).String()
		case "arguments":
			if r.args == nil {
				r.args = v
			}
		case "tool_use_id":
			r.use = v
		case "request_id":
			r.req = v
		}
		return true
	})
	r.Call = tool.Parse(r.name, r.args)
	return r
}

// call takes a tool_call.
func (g *Graph) call(s *session, at int32, e event.Event, q *asked) {
	r := &running{node: at, name: q.name, args: q.args}
	c, use := q.Call, q.use
	act := ""
	if c.Line != "" {
		r.line = g.parse(c.Line)
		c.Reads, c.Writes, act = r.line.reads, r.line.writes, r.line.act
	} else if c.Kind == tool.Search {
		act = tool.ActSearch
	}
	r.tests = act == tool.ActTest || act == tool.ActBuild || act == tool.ActLint
	g.node(at).lists = act == tool.ActSearch
	r.about = s.subjects(c, r.args, r.line)
	r.edits = c.Kind == tool.Edit

	g.parent(at, e.ParentRaw(), Parent)
	g.again(s, at, r, c)
	g.data(s, at, r, c)
	g.link(s.said, Said, rankSaid, 0, "")
	g.fallback(s, at, rankPrompt)

	for _, p := range c.Reads {
		if c.Kind == tool.Read || c.Line != "" {
			s.reads[s.path(p)] = at + 1
		}
	}
	if edits := own(c.Writes); len(edits) > 0 {
		s.edits = append(s.edits, at)
		for _, p := range edits {
			s.writes[s.path(p)] = at + 1
		}
	}
	for _, x := range r.about {
		m := s.names[x.hash]
		m.used = at + 1
		s.names[x.hash] = m
	}
	if r.line != nil {
		r.args = nil // the line says it all
	} else {
		r.args = bytes.Clone(r.args)
	}
	r.ids = [2]uint64{hashBytes(e.IDRaw()), 0}
	if len(use) == 0 {
		use = q.req
	}
	if len(use) > 2 || len(use) > 0 && use[0] != '"' {
		r.ids[1] = hashBytes(use) ^ 0x9e3779b97f4a7c15
	}
	for _, id := range r.ids {
		if id != 0 {
			s.running[id] = r
		}
	}
	s.open = append(s.open, r)
	if len(s.open) > maxOpen {
		s.forget(s.open[0])
	}
}

// maxOpen is how many calls of a session that were not answered yet are kept.
const maxOpen = 2048

func (s *session) forget(r *running) {
	r.done = true
	for _, id := range r.ids {
		if s.running[id] == r {
			delete(s.running, id)
		}
	}
	for i, x := range s.open {
		if x == r {
			s.open = append(s.open[:i], s.open[i+1:]...)
			return
		}
	}
}

// own returns the paths without those of devices and the kernel, which nobody
// edits.
func own(paths []string) (list []string) {
	for _, p := range paths {
		if !strings.HasPrefix(p, "/dev/") && !strings.HasPrefix(p, "/proc/") {
			list = append(list, p)
		}
	}
	return list
}

// intent returns a hash that is equal for calls that try the same.
func (r *running) intent() uint64 {
	if r.tried == 0 {
		if r.line != nil {
			r.tried = r.line.intent()
		} else {
			r.tried = hash(tool.Parse(r.name, r.args).Intent(r.args))
		}
	}
	return r.tried
}

// again links a call to the failure of an earlier one that tried the same, and to
// the edits since.
func (g *Graph) again(s *session, at int32, r *running, c tool.Call) {
	if len(s.failures) > 0 {
		if failed := s.failures[r.intent()]; failed != 0 {
			g.link(failed, Retry, rankRetry, 0, "")
			for i, k := len(s.edits)-1, 0; i >= 0 && s.edits[i] >= failed && k < 4; i, k = i-1, k+1 {
				g.link(s.edits[i]+1, Retest, rankRetest, failed, "")
			}
		}
	}
	// An edit is made to mend what failed last, if that checks something.
	if s.broken != 0 && len(own(c.Writes)) > 0 {
		g.link(s.broken, Fixed, rankFixed, 0, "")
	}
}

// data links a call to what it uses: files that were read and written, and
// names that were told.
func (g *Graph) data(s *session, at int32, r *running, c tool.Call) {
	for _, p := range c.Writes {
		g.link(s.settled(g, s.reads[s.path(p)]), Informed, rankInformed, 0, s.place.norm(p))
	}
	for _, p := range c.Reads {
		rank := rankUses
		if c.Kind == tool.Read {
			rank = rankReread
		}
		g.link(s.writes[s.path(p)], Uses, rank, 0, s.place.norm(p))
	}
	if r.line != nil {
		for _, p := range r.line.runs {
			g.link(s.writes[s.path(p)], Uses, rankUses, 0, s.place.norm(p))
		}
	}
	for i := range r.about {
		g.told(s, &r.about[i])
	}
}

// settled returns the outcome of a call, if it has one: that is when it is
// known what a read gave.
func (s *session) settled(g *Graph, call int32) int32 {
	if call != 0 && g.node(call-1).pair != 0 {
		return g.node(call - 1).pair
	}
	return call
}

// told links a call to where a name that it uses was told.
func (g *Graph) told(s *session, x *subject) {
	m, ok := s.names[x.hash]
	if ok && m.info != 0 {
		rank := rankNamed
		n := g.node(m.info - 1)
		switch {
		case m.info <= m.used: // nothing new
			rank = rankOld
		case n.kind == outcome && n.failed && x.path:
			g.link(m.info, FailureNamed, rankFailure, 0, x.name)
			return
		case !x.path:
			rank = rankIdent
		}
		g.link(m.info, Named, rank, 0, x.name)
	}
	if ok && m.said > m.used && m.said > m.info {
		g.link(m.said, SaidNamed, rankSaidName, 0, x.name)
	}
	if x.base != 0 && (!ok || m.info <= m.used) {
		if b := s.names[x.base]; b.info > m.used && b.info != 0 && g.node(b.info-1).lists {
			g.link(b.info, Listed, rankListed, 0, x.name)
		}
	}
}

// subjects returns the names that a call is about.
func (s *session) subjects(c tool.Call, args []byte, l *line) (list []subject) {
	add := func(name string, isPath bool) {
		norm := strings.Clone(s.place.norm(name))
		h := hash(norm)
		if h == 0 || len(list) >= maxSubjects || everywhere([]byte(name)) {
			return
		}
		for _, x := range list {
			if x.hash == h {
				return
			}
		}
		x := subject{hash: h, name: norm, path: isPath}
		if i := strings.LastIndexByte(norm, '/'); i >= 0 && telling([]byte(norm[i+1:])) {
			x.base = hash(norm[i+1:])
		}
		list = append(list, x)
	}
	for _, l := range [][]string{c.Reads, c.Writes, c.Searches} {
		for _, p := range l {
			if len(p) <= maxToken {
				add(p, true)
			}
		}
	}
	if l == nil && (c.Kind == tool.Read || c.Kind == tool.Edit || c.Kind == tool.Plan || c.Kind == tool.Agent) {
		return list
	}
	take := func(tok []byte) {
		if len(list) < maxSubjects {
			add(string(tok), bytes.IndexByte(tok, '/') >= 0 || bytes.IndexByte(tok, '.') > 0)
		}
	}
	if l != nil {
		for _, tok := range l.names {
			take(tok)
		}
		return list
	}
	text := args
	const most = 4096
	if len(text) > most {
		text = text[:most]
	}
	tokens(text, take)
	return list
}
