package postmortem

import (
	"slices"
	"strconv"
	"strings"

	"agenttrace/lib/event"
	"agenttrace/lib/headline"
	"agenttrace/lib/phase"
	"agenttrace/lib/rule"
	"agenttrace/lib/tool"
)

// Kind is the type of the records of this package.
const Kind = "postmortem"

// Limits of what is held of a session.
const (
	maxSteps    = 20000
	maxFailures = 1000 // that are not made good
	maxOpen     = 2000 // calls without outcome
	maxBroken   = 100  // violated instructions
)

// A Set folds a stream in which sessions may be interleaved.
type Set struct {
	// Instructions returns those that a session had to follow; nil is none.
	Instructions func(*Fold) []*Instruction

	folds map[string]*Fold
	order []*Fold
}

// New returns an empty Set.
func New() *Set { return &Set{folds: map[string]*Fold{}} }

// Sessions returns the sessions in the order of their first events.
func (s *Set) Sessions() []*Fold { return s.order }

// Session returns a session, nil if there is none with that id.
func (s *Set) Session(id string) *Fold { return s.folds[id] }

// Add takes an event. Of records, alerts are looked at.
func (s *Set) Add(e event.Event) {
	if e.IsRecord() && !e.Is("alert") {
		return
	}
	f := s.folds[string(e.SessionRaw())]
	if f == nil {
		id := e.Session()
		if f = s.folds[id]; f == nil {
			if e.IsRecord() {
				return
			}
			f = s.Open(id)
		}
	}
	if e.IsRecord() {
		f.alert(e)
		return
	}
	f.add(e)
}

// Open returns a session, a new one if there is none with that id.
func (s *Set) Open(id string) *Fold {
	f := s.folds[id]
	if f == nil {
		f = newFold(id, s)
		s.folds[id] = f
		s.order = append(s.order, f)
	}
	return f
}

// Events returns how many events were added.
func (f *Fold) Events() int { return f.events }

// Alert takes the record of an alert.
func (s *Set) Alert(record []byte) {
	if e, err := event.Parse(record); err == nil {
		s.Add(e)
	}
}

// A Step is a line of the time line.
type Step struct {
	Event   int // its number, 0 of a record
	Nano    int64
	Kind    string // start, prompt, call, error, compaction, interrupt, denied, alert, end
	Text    string
	Failed  bool
	Retry   bool
	Failure string // the beginning of what it said

	good    bool // what failed was made good later
	notable bool
}

// A Fold is what is known of a session.
type Fold struct {
	ID, Agent, Cwd, Commit string

	set      *Set
	closed   bool
	events   int
	started  int64
	ended    int64
	endText  string
	exit     int64
	state    rule.State
	phases   phase.Segmenter
	wasted   int64 // nanoseconds
	seen     map[string]bool
	steps    []*Step
	dropped  int
	open     map[string]*attempt
	failures []*attempt // that are not made good yet
	latest   *attempt   // the last that failed, made good or not
	failed   int
	apiFails int
	intents  map[string]*repeats
	stuck    []*repeats // what failed three times without a success
	kinds    map[int][]int
	killed   *kill

	instructions []*Instruction
	asked        bool
	learned      bool // the instructions are those that the agent has read
	broken       []Broken
	brokenMore   int
}

// kill is an alert that ended the session.
type kill struct {
	rule, reason string
	event        int
	nano         int64
}

// repeats is how often the same thing failed.
type repeats struct {
	title  string
	events []int
}

// Broken is an instruction that was not followed.
type Broken struct {
	Instruction *Instruction
	Event       int
	Action      string
}

func newFold(id string, s *Set) *Fold {
	f := &Fold{ID: id, set: s, seen: map[string]bool{}, open: map[string]*attempt{}, intents: map[string]*repeats{}}
	f.phases.Ended = func(p *phase.Phase, _ uint64) { f.wasted += int64(p.Wasted) }
	return f
}

func (f *Fold) step(e event.Event, kind, text string) *Step {
	ns, _ := e.UnixNano()
	s := &Step{Event: f.events, Nano: ns, Kind: kind, Text: text, notable: kind != "call"}
	if len(f.steps) >= maxSteps {
		f.dropped++
	} else {
		f.steps = append(f.steps, s)
	}
	return s
}

func (f *Fold) add(e event.Event) {
	if f.closed {
		return
	}
	f.events++
	if id := e.ID(); id != "" && !e.Is("llm_response") {
		if f.seen[id] {
			return
		}
		f.seen[id] = true
	}
	if ns, ok := e.UnixNano(); ok && ns > 0 {
		if f.started == 0 || ns < f.started {
			f.started = ns
		}
		f.ended = max(f.ended, ns)
	}
	f.state.Add(e)
	f.phases.Add(e, uint64(f.events))
	switch e.Type() {
	case "session_start":
		f.start(e)
	case "session_end":
		f.endText = e.Get("reason").String()
		f.exit = e.Get("exit_code").Int()
		text := "session ended"
		if f.endText != "" {
			text += ": " + f.endText
		}
		if f.exit != 0 {
			text += ", exit " + strconv.FormatInt(f.exit, 10)
		}
		f.step(e, "end", text)
	case "user_prompt":
		f.step(e, "prompt", "User: "+headline.Cut(e.Get("prompt").String()))
	case "tool_call":
		f.call(e)
	case "tool_result", "error":
		f.outcome(e)
	case "llm_response", "assistant_response":
		f.good(&attempt{api: true})
	case "compaction":
		f.step(e, "compaction", "context compacted")
	case "interrupt":
		f.step(e, "interrupt", "the user stopped the agent")
	case "guard_verdict":
		if e.Get("answer").Str == "deny" {
			f.step(e, "denied", "denied: "+headline.Cut(e.Get("reason").String()))
			delete(f.open, e.Parent())
		}
	}
}

func (f *Fold) start(e event.Event) {
	if f.Agent == "" {
		f.Agent = e.Get("agent").String()
	}
	if f.Cwd == "" {
		f.Cwd = e.Get("cwd").Str
	}
	if f.Commit == "" {
		f.Commit = e.Get("git.commit").Str
	}
	text := "session started"
	if s := e.Get("source").Str; s != "" && s != "startup" {
		text += ": " + s
	}
	f.step(e, "start", text)
}

func (f *Fold) alert(e event.Event) {
	if f.closed {
		return
	}
	action := e.Get("action").String()
	text := "rule " + e.Get("rule").String() + ": " + e.Get("reason").String()
	if action != "" && action != "alert" {
		text += ": " + action
	}
	s := f.step(e, "alert", text)
	s.Event = int(e.Get("event").Int())
	if action == "kill" && !e.Get("dry_run").Bool() && !e.Get("refused").Exists() && f.killed == nil {
		f.killed = &kill{e.Get("rule").String(), e.Get("reason").String(), s.Event, s.Nano}
	}
}

// call takes a tool_call.
func (f *Fold) call(e event.Event) {
	name, args := headline.CallOf(e)
	if f.Cwd == "" {
		f.Cwd = e.Get("cwd").Str
	}
	c := tool.Parse(name, args)
	a := newAttempt(&c, args)
	a.step = f.step(e, "call", headline.Call(name, args))
	a.event = f.events
	a.cost, a.priced = f.state.CostNano, f.state.Priced
	if r := f.intents[a.intent]; r != nil && len(r.events) > 0 {
		a.step.Retry, a.step.notable = true, true
	}
	f.check(e, &c)
	if len(f.open) >= maxOpen {
		clear(f.open)
	}
	for _, id := range []string{e.ID(), "use:" + e.Get("tool_use_id").String()} {
		if id != "" && id != "use:" {
			f.open[id] = a
		}
	}
}

// outcome takes what became of a call.
func (f *Fold) outcome(e event.Event) {
	use := "use:" + e.Get("tool_use_id").String()
	a := f.open[e.Parent()]
	if a == nil {
		a = f.open[use]
	}
	delete(f.open, e.Parent())
	delete(f.open, use)
	said := said(e)
	test := ""
	if a != nil && a.act == tool.ActTest && a.hides && e.Is("tool_result") {
		test, _ = rule.TestFailure(e)
	}
	switch {
	case denied(said):
		if a != nil {
			a.step.Text += "  (denied)"
			a.step.notable = true
		}
	case phase.Failed(e), e.Is("error") && e.Get("kind").Str == "api":
		f.fail(e, a, said)
	case test != "":
		f.fail(e, a, headline.Cut(test))
	case a != nil && e.Is("tool_result"):
		f.learn(e, a)
		f.good(a)
		delete(f.intents, a.intent)
	}
}

// fail notes a failure; a is nil if its call is not known.
func (f *Fold) fail(e event.Event, a *attempt, said string) {
	if a == nil {
		api := e.Get("kind").Str == "api"
		kind, text := "error", "error: "
		if api {
			text = "API error: "
			f.apiFails++
		}
		a = &attempt{api: api, event: f.events, cost: f.state.CostNano, priced: f.state.Priced, intent: "error\x00" + said, lone: !api}
		if name := e.Get("tool_name").String(); name != "" {
			c := tool.Parse(name, nil)
			a.act, a.name = newAttempt(&c, nil).act, name
		}
		a.step = f.step(e, kind, text+said)
	}
	f.failed++
	a.step.Failed, a.step.notable, a.step.Failure = true, true, said
	a.failedAt = f.events
	if ns, ok := e.UnixNano(); ok {
		a.at = ns
	}
	f.latest = a
	r := f.intents[a.intent]
	if r == nil {
		r = &repeats{title: a.step.Text}
		if len(f.intents) >= maxFailures {
			clear(f.intents)
		}
		f.intents[a.intent] = r
	}
	r.events = append(r.events, a.event)
	if len(f.failures) < maxFailures {
		f.failures = append(f.failures, a)
	}
	if len(r.events) == stuckAfter {
		f.stuck = append(f.stuck, r)
	}
	f.classify(e, a)
}

// good takes an attempt that succeeded.
func (f *Fold) good(a *attempt) {
	rest := f.failures[:0]
	for _, x := range f.failures {
		if a.makesGood(x) {
			x.step.good = true
		} else {
			rest = append(rest, x)
		}
	}
	f.failures = rest
}

// told are the beginnings of lines that agents put around what a command
// said.
var told = []string{"Exit code", "Exit Code", "Command: ", "Directory: ", "Signal: ", "Background PIDs: ", "Process Group PGID: "}

// firstLine returns the first line of what a failure says that says something,
// "" if none does.
func firstLine(s string) string {
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(strings.TrimPrefix(line, "<tool_use_error>"))
		line = strings.TrimSuffix(line, "</tool_use_error>")
		for _, key := range []string{"Stderr: ", "Output: ", "Stdout: "} {
			line = strings.TrimPrefix(line, key)
		}
		about := slices.ContainsFunc(told, func(t string) bool { return strings.HasPrefix(line, t) })
		if line != "" && !about && !strings.HasSuffix(line, "(none)") && !strings.HasSuffix(line, "(empty)") {
			return headline.Cut(line)
		}
	}
	return ""
}

// said returns what an outcome says in a line.
func said(e event.Event) string {
	whole := failureText(e)
	if s := firstLine(whole); s != "" {
		return s
	}
	if v := e.Get("exit_code"); v.Exists() {
		return "exit code " + v.Raw
	}
	return headline.Cut(strings.TrimSpace(whole))
}
