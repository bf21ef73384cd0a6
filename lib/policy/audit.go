package policy

import (
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// Kind is the type of the records that an audit makes of violations.
const Kind = "violation"

// SensitiveKind is the type of the records that an audit makes of the uses of
// sensitive files.
const SensitiveKind = "sensitive_access"

// What became of a call.
const (
	Ran       = ""       // it ran, or it is not known
	Failed    = "failed" // it ran, and failed
	Prevented = "denied" // it did not run
)

// An Entry is a finding and the event that it is about.
type Entry struct {
	Finding
	Event   int    // number of the event in its session, from 1
	ID      string // its event_id
	Tool    string
	Nano    int64
	Timed   bool
	Outcome string
}

// A Session is what is known of the audit of one session.
type Session struct {
	ID      string
	Events  int
	Calls   int
	Entries []Entry

	root  string
	calls map[string]span // of Entries, by event_id and by the agent's own id
	early map[string]string
}

type span struct{ from, to int }

// An Audit judges the calls of sessions, which may be interleaved. It holds
// findings, not events.
type Audit struct {
	Policy  *Policy // nil if there is none
	Context Context // Root and Cwd are set for each call
	// Since leaves out calls before it, in nanoseconds since 1970; 0 is none.
	Since int64
	// Links says whether the links of a session's directory are followed; nil
	// is no.
	Links func(root string) bool
	// More, if set, returns what there is to say of an event beside the policy.
	More func(e event.Event) []Finding

	sessions map[string]*Session
	order    []*Session
	contexts map[string]*Context
}

// Sessions returns the sessions in the order of their first events.
func (a *Audit) Sessions() []*Session { return a.order }

func (a *Audit) session(e event.Event) *Session {
	if a.sessions == nil {
		a.sessions, a.contexts = map[string]*Session{}, map[string]*Context{}
	}
	s := a.sessions[string(e.SessionRaw())]
	if s == nil {
		s = &Session{ID: e.Session(), calls: map[string]span{}, early: map[string]string{}}
		a.sessions[string(e.SessionRaw())] = s
		a.order = append(a.order, s)
	}
	return s
}

// Add judges an event. It returns the entries that it adds.
func (a *Audit) Add(e event.Event) []Entry {
	if e.IsRecord() {
		return nil
	}
	s := a.session(e)
	s.Events++
	var more []Finding
	if a.More != nil {
		more = a.More(e)
	}
	if len(more) > 0 && !e.Is("tool_call") && !a.early(e) {
		s.add(e, more, e.Type())
	}
	switch {
	case e.Is("session_start"):
		if s.root == "" {
			s.root = e.Get("cwd").Str
		}
	case e.Is("tool_call"):
		s.Calls++
		return a.call(s, e, more)
	case e.Is("file_read", "file_write"):
		p := e.Get("path").Str
		if p == "" {
			p = e.Get("uri").Str
		}
		if p == "" || a.early(e) {
			return nil
		}
		return s.add(e, a.Policy.JudgeFile(p, e.Is("file_write"), a.context(s, "")), e.Type())
	case e.Is("error"):
		s.outcome(e, errorOutcome(e))
	case e.Is("permission_denied"):
		s.outcome(e, Prevented)
	case e.Is("guard_verdict"):
		if v := e.Get("verdict").Str; v == "deny" {
			s.outcome(e, Prevented)
		}
	}
	return nil
}

func (a *Audit) early(e event.Event) bool {
	ns, ok := e.UnixNano()
	return a.Since > 0 && ok && ns < a.Since
}

// context returns what a call of a session is judged in.
func (a *Audit) context(s *Session, cwd string) *Context {
	root := s.root
	if root == "" {
		root = cwd
	}
	key := root + "\x00" + cwd
	if c := a.contexts[key]; c != nil {
		return c
	}
	c := a.Context.For(root, cwd, a.Links)
	if len(a.contexts) < 1000 {
		a.contexts[key] = c
	}
	return c
}

func (a *Audit) call(s *Session, e event.Event, more []Finding) []Entry {
	cwd := e.Get("cwd").Str
	if s.root == "" {
		s.root = cwd
	}
	if a.early(e) {
		return nil
	}
	call := tool.Parse(e.Get("tool_name").String(), []byte(e.Get("arguments").Raw))
	from := len(s.Entries)
	list := a.Policy.Judge(call, a.context(s, cwd))
	if a.Policy == nil || !a.Policy.learning {
		for i := range list {
			list[i].text, list[i].glob, list[i].at = "", "", nil
		}
	}
	added := s.add(e, append(list, more...), call.Name)
	at := span{from, len(s.Entries)}
	for _, id := range []string{e.ID(), useID(e)} {
		if id == "" {
			continue
		}
		s.calls[id] = at
		if o, ok := s.early[id]; ok {
			delete(s.early, id)
			s.mark(at, o)
		}
	}
	return added
}

func useID(e event.Event) string {
	if id := e.Get("tool_use_id").String(); id != "" {
		return "use:" + id
	}
	return ""
}

func (s *Session) add(e event.Event, list []Finding, name string) []Entry {
	from := len(s.Entries)
	ns, timed := e.UnixNano()
	for _, f := range list {
		f.Subject = strings.Clone(f.Subject) // not the line that it is a part of
		s.Entries = append(s.Entries, Entry{Finding: f, Event: s.Events, ID: e.ID(), Tool: name, Nano: ns, Timed: timed})
	}
	return s.Entries[from:]
}

func (s *Session) mark(at span, outcome string) {
	for i := at.from; i < at.to; i++ {
		if s.Entries[i].Outcome != Prevented {
			s.Entries[i].Outcome = outcome
		}
	}
}

// outcome notes what became of a call. It may come before the call.
func (s *Session) outcome(e event.Event, outcome string) {
	for _, id := range []string{e.Parent(), useID(e)} {
		if id == "" {
			continue
		}
		if at, ok := s.calls[id]; ok {
			s.mark(at, outcome)
			return
		}
		if len(s.early) < 10000 {
			s.early[id] = outcome
		}
		return
	}
}

// refusals begin or are in the message of a call that was not let run, as the
// agents word it.
var refusals = []string{
	"doesn't want to proceed with this tool use", "tool use was rejected", "permission to use", "has been denied",
	"hook blocked", "blocked by hook", "pretooluse", "hook denied", "denied by policy", "rejected by user", "user rejected",
	"permission denied by user", "requires approval", "request was denied", "not allowed by policy", "execution denied", "at-guard:",
}

func errorOutcome(e event.Event) string {
	msg := e.Get("error")
	s := msg.String()
	if m := msg.Get("message"); msg.IsObject() && m.Type == gjson.String {
		s = m.Str
	}
	if s == "" {
		s = e.Get("message").String()
	}
	s = strings.ToLower(s[:min(len(s), 400)])
	for _, r := range refusals {
		if strings.Contains(s, r) {
			return Prevented
		}
	}
	return Failed
}

// Violations returns the entries that a gate does not let pass: those that are
// violations and were not prevented.
func (s *Session) Violations() []Entry {
	var list []Entry
	for _, x := range s.Entries {
		if x.Verdict.Violates() && x.Outcome != Prevented {
			list = append(list, x)
		}
	}
	return list
}
