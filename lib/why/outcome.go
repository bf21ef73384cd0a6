package why

import (
	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// outcome takes a tool_result or error.
func (g *Graph) outcome(s *session, at int32, e event.Event) {
	n := g.node(at)
	r := s.answered(e)
	switch {
	case r != nil:
		n.pair, n.lists = r.node+1, g.node(r.node).lists
		if g.node(r.node).pair == 0 {
			g.node(r.node).pair = at + 1
		}
		rank := rankCertain
		if !r.named(e) {
			rank = rankOnly
		}
		g.link(r.node+1, Answers, rank, 0, "")
		s.forget(r)
		if n.failed || !e.Is("error") { // a call that was stopped tells nothing
			g.settle(s, at, r)
		}
	case g.parent(at, e.ParentRaw(), Answers):
	default:
		g.fallback(s, at, rankPrompt)
	}
	if r == nil || !r.edits || n.failed {
		// What an edit gives is what the agent wrote itself: no news.
		g.mention(s, at, told(e), r, false)
	}
	if r != nil && n.failed && r.line == nil {
		s.undo(g, at, r)
	}
	s.latest, s.said = at+1, 0
}

// undo takes back what a call that failed did not do, and notes that its files
// are what the failure is about.
func (s *session) undo(g *Graph, at int32, r *running) {
	if k := len(s.edits); k > 0 && s.edits[k-1] == r.node {
		s.edits = s.edits[:k-1]
	}
	for i := range r.about {
		x := &r.about[i]
		if !x.path {
			continue
		}
		for _, m := range []map[uint64]int32{s.reads, s.writes} {
			if m[x.hash] == r.node+1 {
				delete(m, x.hash)
			}
		}
		m := s.names[x.hash]
		m.info = at + 1
		s.names[x.hash] = m
	}
}

// told returns what an outcome tells, without the keys of the envelope: the
// name of its tool is no news.
func told(e event.Event) (raw []byte) {
	event.Fields(e.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "result", "error", "message", "content", "content_preview":
			if len(v) > len(raw) {
				raw = v
			}
		}
		return true
	})
	return raw
}

// settle notes whether what a call tried failed.
func (g *Graph) settle(s *session, at int32, r *running) {
	if g.node(at).failed {
		s.failures[r.intent()] = at + 1
		if r.tests {
			s.broken, s.brokenBy = at+1, r.intent()
		}
		return
	}
	if len(s.failures) == 0 {
		return
	}
	failed := s.failures[r.intent()]
	if failed == 0 {
		return
	}
	for i, k := len(s.edits)-1, 0; i >= 0 && k < 8; i-- {
		switch {
		case s.edits[i] < failed:
			i = 0
		case s.edits[i] < r.node:
			k++
			g.link(s.edits[i]+1, Tested, rankTested, failed, "")
		}
	}
	delete(s.failures, r.intent())
	if s.brokenBy == r.intent() {
		s.broken = 0
	}
}

// answered returns the call that an outcome belongs to, nil if it is not
// known: the one that its ids name; without any ids the only one that runs.
func (s *session) answered(e event.Event) *running {
	if r := s.running[hashBytes(e.ParentRaw())]; r != nil && len(e.ParentRaw()) > 2 {
		return r
	}
	var use, req []byte
	name := ""
	event.Fields(e.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "tool_use_id":
			use = v
		case "request_id":
			req = v
		case "tool_name":
			name = gjson.ParseBytes(v).String()
		}
		return true
	})
	if len(use) < 3 {
		use = req
	}
	if len(use) > 0 {
		if r := s.running[hashBytes(use)^0x9e3779b97f4a7c15]; r != nil {
			return r
		}
	}
	if len(use) > 2 || len(e.ParentRaw()) > 2 || e.Get("kind").String() == "api" {
		return nil
	}
	var only *running
	for _, r := range s.open {
		if name == "" || r.name == name {
			if only != nil {
				return nil
			}
			only = r
		}
	}
	return only
}

// named reports whether an outcome has an id that is its call's.
func (r *running) named(e event.Event) bool {
	return len(e.ParentRaw()) > 2 || e.Get("tool_use_id").Exists() || e.Get("request_id").Exists()
}
