package watch

import (
	"agenttrace/lib/event"
	"agenttrace/lib/policy"
	"agenttrace/lib/rule"
	"agenttrace/lib/tool"
)

// A Watcher judges the sessions of a stream.
type Watcher struct {
	Rules  []*rule.Rule
	Policy *policy.Policy // what it denies is an alert; nil if there is none
	// Context is what this machine knows; Root and Cwd are set for each call.
	Context policy.Context
	// Links says whether the links of a session's directory are followed; nil
	// is no.
	Links func(root string) bool
	// Every makes a rule on calls hold for each such call, not once.
	Every bool

	sessions map[string]*Session
	order    []*Session
}

// A Session is what is known of a session that is watched.
type Session struct {
	ID, Parent string
	Agent      string
	Host       string // where it runs
	Cwd        string
	Transcript string // the agent's own file of it
	PID        int    // of its process, 0 if it is not known
	StartNano  int64
	Ended      bool
	Paused     bool // by a rule
	Events     int
	Last       int64 // the time of its latest event, 0 if unknown

	state   rule.State
	fired   map[any]bool
	context map[string]*policy.Context
	lastID  string
	quiet   bool // it is not alive: Tick leaves it alone until it says more
}

// An Alert is a rule that holds.
type Alert struct {
	Session *Session
	Rule    *rule.Rule // nil if it is the policy
	Finding *policy.Finding
	Detail  string // by what it holds
	Event   int    // the number of the event that made it hold
	EventID string
	Tool    string // of a call
	Nano    int64
	Timed   bool
}

// Name returns that of the rule.
func (a *Alert) Name() string {
	if a.Rule == nil {
		return a.Finding.Rule
	}
	return a.Rule.Name
}

// Action returns what is to be done.
func (a *Alert) Action() rule.Action {
	if a.Rule == nil {
		return rule.Alert
	}
	return a.Rule.Action
}

// Sessions returns the sessions in the order of their first events.
func (w *Watcher) Sessions() []*Session { return w.order }

// Session returns a session, nil if there is none with that id.
func (w *Watcher) Session(id string) *Session { return w.sessions[id] }

func (w *Watcher) session(id string) *Session {
	if w.sessions == nil {
		w.sessions = map[string]*Session{}
	}
	s := w.sessions[id]
	if s == nil {
		s = &Session{ID: id, fired: map[any]bool{}}
		w.sessions[id] = s
		w.order = append(w.order, s)
	}
	return s
}

// maxFired is how many things that a policy denies are told of a session.
const maxFired = 10000

// maxDepth is how many levels of subagents are looked through.
const maxDepth = 20

// Process returns the session whose process a session runs in: itself, or the
// one that started it. It is nil if none of them tells its process.
func (w *Watcher) Process(s *Session) *Session {
	for range maxDepth {
		if s == nil || s.PID != 0 {
			return s
		}
		s = w.sessions[s.Parent]
	}
	return nil
}

// Add takes an event, and returns which rules it makes hold. Records and what
// at-guard has said are not looked at.
func (w *Watcher) Add(e event.Event) []Alert {
	if e.IsRecord() || e.Session() == "" {
		return nil
	}
	s := w.session(e.Session())
	s.Events++
	if e.Is("guard_verdict") {
		return nil
	}
	s.quiet = false
	var list []Alert
	ns, timed := e.UnixNano()
	if timed && s.Last > 0 && ns > s.Last {
		list = w.judge(list, s, nil, "", ns, func(r *rule.Rule) bool { return r.Condition == "idle_minutes" })
	}
	s.lastID = e.ID()
	s.about(e)
	s.state.Add(e)
	if timed {
		s.Last = max(s.Last, ns)
	}
	var call *tool.Call
	cwd := ""
	switch {
	case e.Is("tool_call"):
		c := tool.Parse(e.Get("tool_name").String(), []byte(e.Get("arguments").Raw))
		call, cwd = &c, e.Get("cwd").Str
	case e.Is("file_read", "file_write"):
		call = fileCall(e)
	}
	return w.judge(list, s, call, cwd, s.Last, func(*rule.Rule) bool { return true })
}

// fileCall is the call that a program does not tell which says what it read or
// wrote.
func fileCall(e event.Event) *tool.Call {
	p := e.Get("path").Str
	if p == "" {
		p = e.Get("uri").Str
	}
	c := &tool.Call{Name: e.Type()}
	switch {
	case p == "":
		return nil
	case e.Is("file_write"):
		c.Writes = []string{p}
	default:
		c.Reads = []string{p}
	}
	return c
}

// about notes what an event says of its session.
func (s *Session) about(e event.Event) {
	if p := e.Get("transcript_path"); p.Str != "" {
		s.Transcript = p.Str
	}
	switch {
	case e.Is("session_end"):
		s.Ended = true
	case e.Is("session_start"):
		s.Ended = false
		set(&s.Agent, e.Get("agent").Str)
		set(&s.Host, e.Get("host").Str)
		set(&s.Parent, e.Get("parent_session_id").Str)
		if s.Cwd == "" {
			s.Cwd = e.Get("cwd").Str
		}
		if pid := e.Get("process.pid"); pid.Exists() {
			s.PID = int(pid.Int())
			s.StartNano, _ = event.Nanos(e.Get("process.start_time").Raw)
		}
	case s.Ended && e.Is("user_prompt", "tool_call", "llm_response"):
		s.Ended = false // it was resumed
	}
}

func set(to *string, s string) {
	if s != "" {
		*to = s
	}
}

// Spent takes an answer of a model that only the agent's own transcript tells.
func (w *Watcher) Spent(s *Session, e event.Event) []Alert {
	s.state.Add(e)
	return w.judge(nil, s, nil, "", s.Last, func(r *rule.Rule) bool { return r.Condition != "idle_minutes" })
}

// Tick looks at the rules with the present time. live says whether a session
// still runs; it is asked only of those of which a rule would hold.
func (w *Watcher) Tick(now int64, live func(*Session) bool) []Alert {
	var list []Alert
	for _, s := range w.order {
		if s.Ended || s.quiet || s.Last == 0 || now <= s.Last {
			continue
		}
		asked := false
		list = w.judge(list, s, nil, "", now, func(r *rule.Rule) bool {
			if s.quiet || r.Condition != "idle_minutes" && r.Condition != "duration_minutes" {
				return false
			}
			if holds, _ := r.Holds(&s.state, nil, nil, now); !holds {
				return false
			}
			if !asked {
				asked, s.quiet = true, !live(s)
			}
			return !s.quiet
		})
	}
	return list
}

// judge adds the rules that hold of those that are asked for.
func (w *Watcher) judge(list []Alert, s *Session, call *tool.Call, cwd string, now int64, ask func(*rule.Rule) bool) []Alert {
	var ctx *policy.Context
	if call != nil {
		ctx = w.contextOf(s, cwd)
	}
	alert := Alert{Session: s, Event: s.Events, EventID: s.lastID, Nano: now, Timed: now > 0}
	if call != nil {
		alert.Tool = call.Name
	}
	for _, r := range w.Rules {
		if r.OnCall() && call == nil || s.fired[r] && !(w.Every && r.OnCall()) || r.Action == rule.Resume && !s.Paused && !w.Every || !ask(r) {
			continue
		}
		holds, detail := r.Holds(&s.state, call, ctx, now)
		if !holds {
			continue
		}
		s.fired[r] = true
		switch r.Action {
		case rule.Pause:
			s.Paused = true
		case rule.Resume:
			s.Paused = false
		}
		a := alert
		a.Rule, a.Detail = r, detail
		list = append(list, a)
	}
	if call == nil || w.Policy == nil {
		return list
	}
	for _, f := range w.Policy.Judge(*call, ctx) {
		key := f.Rule + "\x00" + f.Subject
		if f.Verdict != policy.Deny || s.fired[key] || len(s.fired) > maxFired {
			continue
		}
		s.fired[key] = true
		a := alert
		a.Finding, a.Detail = &f, f.Action+": "+f.Reason
		list = append(list, a)
	}
	return list
}

// contextOf returns what a call is judged in.
func (w *Watcher) contextOf(s *Session, cwd string) *policy.Context {
	root := s.state.Root
	if root == "" {
		root = cwd
	}
	if c := s.context[cwd]; c != nil && c.Root == root {
		return c
	}
	if s.context == nil || len(s.context) > 100 {
		s.context = map[string]*policy.Context{}
	}
	c := w.Context.For(root, cwd, w.Links)
	s.context[cwd] = c
	return c
}
