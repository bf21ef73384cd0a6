package otlp

import (
	"slices"
	"strconv"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/session"
)

// An openSession is a session that has not ended.
type openSession struct {
	id    string
	trace [16]byte
	root  [8]byte

	// below is set if the root span has a span above it: that of the call which
	// started this subagent, or one of another program (remote). linked is set if
	// it is known for good what is above.
	above                 [8]byte
	below, remote, linked bool
	depth                 int
	parts                 int // root spans that the session had before

	facts facts

	// Times of events: the first, the one before, and the latest. 0 is unknown.
	first, last, latest int64

	over    bool // session_end was seen
	gone    bool // the root span is made
	touched int64

	prompts, toolCalls, answers, errors, apiErrors int
	use                                            usage
	usd, vendorUSD                                 float64 // by a cost record; by the agent itself
	priced, estimated, vendorPriced                bool
	plain                                          int   // events, not records
	retries, written                               int64 // from a session_summary
	known                                          bool  // there was one

	calls    map[uint64]*call    // by the hashes of their event_id and of the agent's own id
	early    map[uint64]*outcome // that came before their call, by its id
	requests map[uint64]*request
	late     []uint64 // keys of early, in order
	queue    []*call  // open and answered calls, in order
	asked    []*request
	seen     map[uint64]struct{}

	turn       *turn             // nil if there is none
	turnOfCall map[[8]byte]*turn // by span, with Options.ByTurn

	told, said []part // to the model since its last answer, and by it

	events  []byte // of the root span, in protobuf
	nEvents int
	dropped int

	// For the counters of Claude Code: lines of edits and as the agent tells them,
	// nanoseconds that models and tools took, and milliseconds as it tells them.
	linesAdded, linesRemoved, vendorAdded, vendorRemoved, active, vendorActive int64
	modelUSD                                                                   []modelUSD

	transports map[string]string // network.transport of MCP servers, by name; "" is the one of the session

	settled bool // trace will not change
	held    *held
	fold    *session.Fold
}

// facts are what a session_start says.
type facts struct {
	agent, version, model, provider, user, host, title, cwd  string
	agentID, agentType, task, commit, branch, remote, source string
}

// repeated reports whether an event with this event_id came before.
func (s *openSession) repeated(m *Mapper, e event.Event) bool {
	id := e.IDRaw()
	if len(id) <= 2 {
		return false
	}
	n := len(s.seen)
	set(&s.seen, m.hash(id), struct{}{}) // one look-up, not two: they miss the cache
	return len(s.seen) == n
}

// time notes the time of an event.
func (s *openSession) time(at int64) {
	if s.first == 0 || at < s.first {
		s.first = at
	}
	s.last = at
	s.latest = max(s.latest, at)
}

// rootName is the text whose hash is the id of a root span. A session that goes
// on after its end has further ones.
func rootName(id string, part int) string {
	if part == 0 {
		return "root-" + id
	}
	return "root-" + id + "-" + strconv.Itoa(part+1)
}

// start takes a session_start.
func (m *Mapper) start(s *openSession, h *head) {
	d := h.e.Data()
	f := &s.facts
	fill := func(to *string, paths ...string) {
		for _, p := range paths {
			if v := d.Get(p); *to == "" && v.Type == gjson.String {
				*to = Cut(v.Str, m.opt.Limit)
			}
		}
	}
	fill(&f.agent, "agent", "agent_name")
	if f.agent == "" && d.Get("mode").Str == "claude-code-hooks" {
		f.agent = "claude-code"
	}
	fill(&f.version, "agent_version")
	fill(&f.model, "model")
	fill(&f.user, "user")
	fill(&f.host, "host")
	fill(&f.title, "title")
	fill(&f.cwd, "cwd")
	fill(&f.agentID, "agent_id")
	fill(&f.agentType, "agent_type")
	fill(&f.task, "description")
	fill(&f.commit, "git.commit")
	fill(&f.branch, "git.branch")
	fill(&f.remote, "git.remote", "git.repo")
	fill(&f.source, "source")
	m.connected(s, h) // the session may be that of a connection to an MCP server
	f.provider = Provider(f.model, f.agent)
	var parent, call string
	fill(&parent, "parent_session_id")
	fill(&call, "parent_event_id")
	if parent != "" && parent != s.id {
		l := link{session: parent, has: call != ""}
		if l.has {
			l.call = SpanID(call)
		}
		m.link(s, l)
	} else if !s.linked {
		m.settle(s)
	}
	s.over = false // if it was, it goes on
	m.logged(s, h, "session.start", infoLevel)
}

// end takes a session_end.
func (m *Mapper) end(s *openSession, h *head) {
	s.over = true
	m.logged(s, h, "session.end", infoLevel)
}

// connected notes how an MCP server is reached, by a session_start or a record
// mcp_server: over the pipes of a process, or over the net.
func (m *Mapper) connected(s *openSession, h *head) {
	var server string
	var command, remote, mcp bool
	event.Fields(h.e.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "server":
			server = m.intern(v)
		case "command":
			command = true
		case "remote_url":
			remote = true
		case "mcp":
			mcp = v[0] == '{'
		}
		return true
	})
	transport := ""
	switch {
	case h.e.Is("session_start") && !mcp:
		return // the command is that of the agent
	case remote:
		transport = "tcp"
	case command:
		transport = "pipe"
	}
	if transport != "" && len(s.transports) < 1000 {
		set(&s.transports, server, transport)
		if h.e.Is("session_start") {
			s.transports[""] = transport
		}
	}
}

// set adds to a map that is made when it is first needed.
func set[K comparable, V any](to *map[K]V, k K, v V) {
	if *to == nil {
		*to = map[K]V{}
	}
	(*to)[k] = v
}

// remove takes an element out of a list, keeping the order.
func remove[T comparable](list []T, x T) []T {
	if i := slices.Index(list, x); i >= 0 {
		return slices.Delete(list, i, i+1)
	}
	return list
}
