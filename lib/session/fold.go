package session

import (
	"hash/maphash"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// A Fold gathers what is known of one session. Events are added in the order
// of the stream.
type Fold struct {
	id    string
	keys  []string // under which a Set has it
	facts facts

	seen            map[uint64]struct{} // hashes of event_ids
	lines           int                 // events, repeated ones too
	events          int
	started, ended  int64 // nanoseconds since 1970
	timed           bool
	prompts         int
	firstPrompt     string
	compactions     int
	errors          int
	apiErrors       int
	failures        []Failure
	startModel      string
	models          []string
	tools           map[string]*toolStat // by the name as it stands in the line
	calls           []call
	callAt          map[uint64]int32    // hashes of event_ids and of the agent's own ids → calls
	early           map[uint64]*outcome // outcomes that came before their call, by its id
	failed          map[uint64]bool     // what was tried: whether it failed the last time
	answered        int
	commands        int
	retries         int
	evidence        Evidence
	slowest         []Slow
	read, written   set
	shRead, shWrote set
	answers         []answer
	answerAt        map[uint64]int32
	unanswered      map[uint64]bool // ids of llm_requests, as long as no answer came
	nameless        int             // llm_requests without an id
}

// facts are what a session_start says of a session.
type facts struct {
	agent, version, host, user, cwd, branch, title string
	repo, remote, commit, process                  string
	parent, parentEvent, agentID, agentType        string
}

// A Note is what Add found out about an event.
type Note struct {
	// Number is that of the event in its session, from 1; see event.Numbers.
	// It is 0 for a record.
	Number int

	// Repeated is set if an event with this event_id came before. It counts no
	// second time, and nothing below is set.
	Repeated bool

	// Call is the number of the tool call that the event makes or answers,
	// from 1; 0 if it does neither.
	Call int

	// Retry is set if the event is a call that tries again what failed.
	Retry bool

	// Failed is set if the event is an error that is the outcome of a call.
	Failed bool

	// Took is the duration of the call that the event answers, if Timed.
	Took  time.Duration
	Timed bool
}

// A Failure is an error event.
type Failure struct {
	Session string // only where sessions are added up, and it is not the first
	Event   int    // number in its session
	Tool    string // "" if it is not known
	API     bool   // of the model's API, not of a tool
	Text    string // the beginning of its message
}

// maxFailures is how many errors are kept with their text.
const maxFailures = 10

// maxText is how much of a text is kept, in bytes.
const maxText = 400

// promptRunes is how much of the first prompt is kept.
const promptRunes = 500

// New returns the fold of a session without events.
func New(id string) *Fold {
	return &Fold{
		id:       id,
		seen:     map[uint64]struct{}{},
		tools:    map[string]*toolStat{},
		callAt:   map[uint64]int32{},
		failed:   map[uint64]bool{},
		answerAt: map[uint64]int32{},
	}
}

// ID returns the id of the session.
func (f *Fold) ID() string { return f.id }

// Parent returns the id of the session that started this one, "" if there is
// none or it is not known.
func (f *Fold) Parent() string { return f.facts.parent }

// hashes are only compared within a process.
var seed = maphash.MakeSeed()

// hash is 0 for an absent value, which is an id of nothing.
func hash(raw []byte) uint64 {
	if len(raw) == 0 || len(raw) == 2 && raw[0] == '"' {
		return 0
	}
	return maphash.Bytes(seed, raw) | 1
}

// Add adds an event. It keeps no part of it.
func (f *Fold) Add(e event.Event) Note {
	if e.IsRecord() {
		return Note{}
	}
	f.lines++
	note := Note{Number: f.lines}
	id := hash(e.IDRaw())
	if id != 0 {
		_, note.Repeated = f.seen[id]
		f.seen[id] = struct{}{}
	}
	kind := string(e.TypeRaw())
	if kind == `"llm_response"` {
		f.answer(e, id) // may say more when it is told again
	}
	if note.Repeated {
		return note
	}
	f.events++
	// Some programs write 0 for a time that they do not know.
	if ns, ok := e.UnixNano(); ok && ns > 0 {
		if !f.timed || ns < f.started {
			f.started = ns
		}
		f.ended = max(f.ended, ns)
		f.timed = true
	}
	switch kind {
	case `"tool_call"`:
		f.call(e, id, &note)
	case `"tool_result"`:
		f.outcome(e, false, &note)
	case `"error"`:
		f.error(e, &note)
	case `"user_prompt"`:
		f.prompt(e)
	case `"session_start"`:
		f.start(e)
	case `"assistant_response"`:
		f.model(str(e.Get("model")))
	case `"llm_request"`:
		f.request(id)
	case `"file_read"`:
		f.read.add(pathOf(e))
	case `"file_write"`:
		f.written.add(pathOf(e))
	case `"compaction"`:
		f.compactions++
	}
	return note
}

func (f *Fold) prompt(e event.Event) {
	f.prompts++
	if f.firstPrompt == "" {
		f.firstPrompt = cutRunes(str(e.Get("prompt")), promptRunes)
	}
}

func (f *Fold) start(e event.Event) {
	d := e.Data()
	fill := func(s *string, paths ...string) {
		for _, p := range paths {
			if *s == "" {
				*s = str(d.Get(p))
			}
		}
	}
	fill(&f.facts.agent, "agent", "agent_name")
	if f.facts.agent == "" && str(d.Get("mode")) == "claude-code-hooks" {
		f.facts.agent = "claude-code"
	}
	fill(&f.facts.version, "agent_version")
	fill(&f.startModel, "model")
	fill(&f.facts.cwd, "cwd")
	fill(&f.facts.branch, "git.branch")
	fill(&f.facts.repo, "git.repo")
	fill(&f.facts.remote, "git.remote")
	fill(&f.facts.commit, "git.commit")
	if p := d.Get("process"); p.IsObject() && f.facts.process == "" {
		f.facts.process = strings.Clone(p.Raw)
	}
	fill(&f.facts.host, "host")
	fill(&f.facts.user, "user")
	fill(&f.facts.title, "title")
	fill(&f.facts.parent, "parent_session_id")
	fill(&f.facts.parentEvent, "parent_event_id")
	fill(&f.facts.agentID, "agent_id")
	fill(&f.facts.agentType, "agent_type")
}

// model notes a model that answered.
func (f *Fold) model(name string) {
	if name == "" || name == synthetic {
		return
	}
	for _, m := range f.models {
		if m == name {
			return
		}
	}
	f.models = append(f.models, name)
}

func (f *Fold) error(e event.Event, note *Note) {
	var kind, name, told, message []byte
	event.Fields(e.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "kind":
			first(&kind, v)
		case "tool_name":
			first(&name, v)
		case "error":
			first(&told, v)
		case "message":
			first(&message, v)
		}
		return true
	})
	fail := Failure{Event: note.Number}
	if string(kind) == `"api"` {
		f.apiErrors++
		fail.API = true
	} else {
		f.errors++
		c := f.outcome(e, true, note)
		t := f.toolNamed(name)
		if t == nil && c != nil {
			t = c.tool
		}
		if t != nil {
			t.errors++
			fail.Tool = t.name
		} else if o, ok := f.early[hash(e.ParentRaw())]; ok {
			o.nameless = true // its call will say which tool it was
		}
	}
	if len(f.failures) < maxFailures {
		fail.Text = messageOf(told)
		if fail.Text == "" {
			fail.Text = messageOf(message)
		}
		f.failures = append(f.failures, fail)
	}
}

// messageOf returns the beginning of what was told of an error: a string, or
// an object with a message.
func messageOf(raw []byte) string {
	v := gjson.ParseBytes(raw)
	if v.IsObject() {
		if m := v.Get("message"); m.Type == gjson.String {
			v = m
		}
	}
	if v.Type == gjson.Null {
		return ""
	}
	return cutBytes(v.String(), maxText)
}

// pathOf returns what a file event is about.
func pathOf(e event.Event) string {
	if p := str(e.Get("path")); p != "" {
		return p
	}
	return str(e.Get("uri"))
}

// str returns a string, "" for everything else.
func str(v gjson.Result) string {
	if v.Type != gjson.String {
		return ""
	}
	return v.Str
}

// unquote returns the string in a JSON value, "" if it is none.
func unquote(raw []byte) string {
	if len(raw) < 2 || raw[0] != '"' {
		return ""
	}
	return gjson.ParseBytes(raw).Str
}

// first keeps the first of several values of a key, as gjson does.
func first(dst *[]byte, v []byte) {
	if *dst == nil {
		*dst = v
	}
}

// cutBytes returns a copy of the first n bytes of s, less a rune cut in two.
func cutBytes(s string, n int) string {
	if len(s) > n {
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	return strings.Clone(s)
}

// cutRunes returns a copy of the first n runes of s.
func cutRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			s = s[:i]
			break
		}
		n--
	}
	return strings.Clone(s)
}

// A set of strings. The zero value is empty.
type set map[string]struct{}

func (s *set) add(x string) {
	if x == "" {
		return
	}
	if *s == nil {
		*s = set{}
	}
	(*s)[x] = struct{}{}
}
