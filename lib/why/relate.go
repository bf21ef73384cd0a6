package why

import (
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// relate finds the causes of an event.
func (g *Graph) relate(s *session, at int32, e event.Event, p Prepared) {
	n := g.node(at)
	switch n.kind {
	case start:
		g.begin(s, at, e)
	case prompt:
		g.prompted(s, at, e)
	case call:
		g.call(s, at, e, p.call)
	case outcome:
		g.outcome(s, at, e)
	case speech:
		g.said(s, at, e)
	default:
		g.other(s, at, e)
	}
}

// parent links an event to the one that its parent_id names, of its session or
// of the one that started that. A parent that has not come yet may come later.
func (g *Graph) parent(at int32, raw []byte, rule Rule) bool {
	if len(raw) < 3 {
		return false
	}
	s := g.node(at).session
	keys := [2]uint64{s.key(raw), s.key(raw)}
	switch {
	case s.parent == "":
	case rule == Started:
		keys[0] = hashBytes(raw) ^ salt(s.parent)
	default:
		keys[1] = hashBytes(raw) ^ salt(s.parent)
	}
	for _, k := range keys {
		if p, ok := g.byID[k]; ok && p != at {
			g.link(p+1, rule, rankCertain, 0, "")
			return true
		}
	}
	g.late = append(g.late, late{at, keys, rule})
	return false
}

func (g *Graph) begin(s *session, at int32, e event.Event) {
	if s.place.cwd == "" {
		s.place.cwd = strings.TrimRight(e.Get("cwd").String(), "/")
	}
	if p := e.Get("parent_session_id").String(); p != "" {
		s.parent = p
	}
	if p := e.Get("parent_event_id"); p.Type == gjson.String && p.Str != "" {
		s.parentEvent = hashBytes(event.AppendString(nil, p.Str))
		g.parent(at, event.AppendString(nil, p.Str), Started)
	}
	if s.start == 0 {
		s.start = at + 1
	}
}

func (g *Graph) prompted(s *session, at int32, e event.Event) {
	// A subagent's first prompt comes from the call that started it.
	if s.prompt == 0 && s.start != 0 && (s.parentEvent != 0 || s.parent != "") {
		g.link(s.start, Started, rankCertain, 0, "")
	}
	s.prompt, s.said, s.latest = at+1, 0, 0
	g.mention(s, at, e.DataRaw(), nil, false)
}

// fallback links an event to what it must come from: the prompt whose turn it is
// in, or the session.
func (g *Graph) fallback(s *session, at int32, rank uint8) {
	switch {
	case s.prompt != 0:
		g.link(s.prompt, Prompted, rank, 0, "")
	case s.start != 0 && s.start != at+1:
		g.link(s.start, Session, rankSession, 0, "")
	case s.start == 0 && len(s.nodes) > 1:
		g.link(s.nodes[0]+1, Session, rankSession, 0, "")
	}
}

func (g *Graph) other(s *session, at int32, e event.Event) {
	n := g.node(at)
	rule := Parent
	if n.kind == request {
		rule = Answers
	}
	linked := g.parent(at, e.ParentRaw(), rule)
	switch n.kind {
	case request:
		g.link(s.latest, Follows, rankFollows, 0, "")
	default:
		if e.Is("file_write", "file_read") {
			h := s.path(pathOf(e))
			if e.Is("file_write") {
				g.link(s.reads[h], Informed, rankInformed, 0, pathOf(e))
				s.writes[h] = at + 1
				s.edits = append(s.edits, at)
			} else {
				s.reads[h] = at + 1
			}
		}
	}
	if !linked {
		g.fallback(s, at, rankTurn)
	}
}

func pathOf(e event.Event) string {
	if p := e.Get("path").String(); p != "" {
		return p
	}
	return e.Get("uri").String()
}

func (s *session) path(p string) uint64 { return hash(s.place.norm(p)) }

// mention notes the names in what was told, but for those that the call itself
// had named: a result that repeats its question tells nothing.
func (g *Graph) mention(s *session, at int32, raw []byte, r *running, said bool) {
	var asked []subject
	if r != nil {
		asked = r.about
	}
	tokens(raw, func(tok []byte) {
		h := s.place.hashToken(tok)
		for i := range asked {
			if asked[i].hash == h {
				return
			}
		}
		m := s.names[h]
		if said {
			m.said = at + 1
		} else {
			m.info = at + 1
		}
		s.names[h] = m
	})
}

// said takes what the agent says or decides.
func (g *Graph) said(s *session, at int32, e event.Event) {
	g.parent(at, e.ParentRaw(), Parent)
	var raw []byte
	event.Fields(e.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "text", "content", "content_preview", "choice", "reason":
			raw = append(raw, v...)
		}
		return true
	})
	type hit struct {
		at   int32
		name string
	}
	var hits [3]hit
	tokens(raw, func(tok []byte) {
		m, ok := s.names[s.place.hashToken(tok)]
		if !ok || m.info <= s.prompt || m.info <= m.said {
			return // not of this turn, or said before
		}
		for i := range hits {
			if hits[i].at == m.info {
				return
			}
			if hits[i].at < m.info {
				copy(hits[i+1:], hits[i:])
				hits[i] = hit{m.info, string(tok)}
				return
			}
		}
	})
	for _, h := range hits {
		if h.at != 0 {
			g.link(h.at, Named, rankTextName, 0, h.name)
		}
	}
	g.link(s.latest, Follows, rankFollows, 0, "")
	g.fallback(s, at, rankPrompt)
	g.mention(s, at, raw, nil, true)
	s.said = at + 1
}
