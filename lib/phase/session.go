package phase

import (
	"strings"

	"agenttrace/lib/event"
)

// kind is what an event is to a phase.
type kind uint8

const (
	idle    kind = iota // it is told by the way, or not known
	saying              // the agent thinks, speaks, decides
	calling             // it calls a tool
	ending              // a call ends, or the model's API fails
	reading             // a file was read
	writing             // or written
	doing               // other work
)

// A fact is what is kept of an event until its phase is known.
type fact struct {
	tag    uint64
	kind   kind
	work   bool // it is part of what the agent did: its time counts for the phase
	timed  bool
	ns     int64
	id     string
	call   *call
	loose  bool
	usage  bool // it only tells what a model was asked or answered
	wasted int64
	path   string
}

// How far looking around may go before it is a step of its own, in calls.
const (
	maxLooks    = 5 // in a row, between calls of the activity
	maxDetour   = 3 // calls of another activity that come back to it
	editLeadIn  = 3 // looks at the beginning that are for an edit
	otherLeadIn = 1 // likewise for anything else
	maxHeld     = 128
)

// session is the state of one session.
type session struct {
	Session
	seg      *Segmenter
	phases   int // number of the last phase
	open     *open
	held     []*fact // events whose phase is not known yet, in order
	slash    *string // held begins with a slash command, of this title
	since    mark    // where in the stream the first stands
	holding  bool    // it stands in the segmenter's queue
	queued   mark    // since when, as the queue has it
	before   int64   // time of the last event that was not the agent's thinking
	attempts attempts
	over     over
}

// over says that the last phase ended before another began.
type over struct {
	is    bool
	ended bool  // with a session_end, and not since the agent is idle
	at    int64 // when, in nanoseconds; 0 if it is not known
}

// late reports whether an event is told of what was before.
func (o over) late(f *fact) bool {
	switch {
	case !o.is:
		return false
	case f.timed && f.ns < o.at:
		return true
	}
	return o.ended && f.kind != calling && f.kind != reading && f.kind != writing
}

// add takes the next event.
func (s *session) add(e event.Event, tag uint64) {
	s.Events++
	f := &fact{tag: tag}
	f.ns, f.timed = e.UnixNano()
	if f.timed {
		if !s.Timed {
			s.Timed, s.Start, s.End = true, f.ns, f.ns
		}
		s.End = max(s.End, f.ns)
	}
	if id := e.IDRaw(); len(id) > 2 && id[0] == '"' {
		f.id = string(id[1 : len(id)-1])
	}
	switch {
	case e.Is("user_prompt"):
		s.prompt(f, e.Get("prompt").String())
	case e.Is("user_prompt_expansion"):
		s.finish()
		title := strings.TrimSpace(e.Get("command_name").String() + " " + e.Get("command_args").String())
		s.slash = &title
		f.work = true
		s.hold(f)
	default:
		s.read(e, f)
		s.event(f)
		switch {
		case e.Is("session_end"):
			s.end(f, true)
		case e.Is("notification") && e.Get("notification_type").String() == "idle_prompt" && !s.busy():
			s.end(f, false)
		}
	}
	if f.timed && f.kind != saying {
		s.before = f.ns
	}
}

// read finds out what an event is.
func (s *session) read(e event.Event, f *fact) {
	f.work = true
	switch {
	case e.Is("assistant_response") && e.Get("model").String() == "<synthetic>":
		// The agent's program says it, not the model: that nothing is to be done.
		f.kind, f.work = idle, false
	case e.Is("assistant_response", "llm_response", "llm_request", "decision"):
		f.kind = saying
		f.usage = !e.Is("assistant_response", "decision")
	case e.Is("tool_call"):
		f.kind = calling
		c := newCall(e)
		c.number, c.began, c.timed = s.Events, f.ns, f.timed
		if c.from = s.before; c.from == 0 || c.from > f.ns {
			c.from = f.ns
		}
		f.call = c
		if !s.attempts.begin(c, [2]uint64{hashRaw(e.IDRaw()), c.link}) {
			f.call, f.kind = nil, doing
		}
	case e.Is("tool_result", "error"):
		f.kind = ending
		s.outcome(e, f)
	case e.Is("file_read"):
		f.kind, f.path = reading, pathOf(e)
	case e.Is("file_write"):
		f.kind, f.path = writing, pathOf(e)
	case e.Is("compaction", "interrupt"):
		f.kind = doing
	default:
		f.work = false
		if e.Is("session_start") && s.Cwd == "" {
			s.Cwd = e.Get("cwd").String()
		}
	}
}

func pathOf(e event.Event) string {
	if p := e.Get("path").String(); p != "" {
		return p
	}
	return e.Get("uri").String()
}

// outcome takes a tool_result or error.
func (s *session) outcome(e event.Event, f *fact) {
	o := readOutcome(e)
	f.loose = o.loose
	c := s.attempts.answered(hashRaw(e.ParentRaw()), o)
	took, hasTook := e.Duration()
	if c == nil {
		if o.failed && f.timed {
			// Of a call that was not seen only its own duration is known.
			if from := f.ns - int64(took); hasTook {
				f.wasted = s.attempts.wasted.add(from, f.ns)
			} else if o.loose && s.before > 0 {
				f.wasted = s.attempts.wasted.add(s.before, f.ns)
			}
		}
		return
	}
	c.outcome = s.Events
	s.attempts.settle(c, o)
	if o.failed && c.timed {
		end := f.ns
		if !f.timed && hasTook {
			end = c.began + int64(took)
		}
		c.wasted = s.attempts.wasted.add(c.from, end)
	}
	if c.phase == nil {
		return // held back: its phase gets the outcome with the call
	}
	c.phase.settle(c)
	if c.phase == s.open {
		s.open.wasted += c.wasted
	} else {
		f.wasted = c.wasted // that phase is over
	}
}

// prompt begins a phase.
func (s *session) prompt(f *fact, prompt string) {
	s.finish()
	f.work = true
	s.begin(f, promptTitle(prompt), true)
	s.commit(f)
}

// begin closes the open phase and opens one that begins with f.
func (s *session) begin(f *fact, title string, prompted bool) {
	before := s.close(f.tag)
	s.over = over{}
	s.phases++
	s.open = &open{number: s.phases, title: title, about: f.id, class: none, leadIn: maxLooks}
	if prompted || before == nil {
		s.open.leadIn = 0 // as the class says
	}
	// What the agent does of itself begins where it ended what was before: it
	// thought about this.
	if !prompted && before != nil && before.timed {
		s.open.timed, s.open.start, s.open.end = true, before.end, before.end
	}
}

// end ends the open phase after f, so that nobody waits for its record until
// the next prompt.
func (s *session) end(f *fact, ended bool) {
	s.finish()
	if s.close(AtEnd) != nil {
		s.over = over{is: true, ended: ended, at: f.ns}
	}
}

// busy reports whether a call of the open phase has no outcome yet.
func (s *session) busy() bool {
	for _, r := range s.attempts.order {
		if !r.call.done && (r.call.phase == nil || r.call.phase == s.open) {
			return true
		}
	}
	return false
}

// close ends the open phase. at is the tag of the event before which its
// record stands.
func (s *session) close(at uint64) *open {
	p := s.open
	if p != nil {
		s.open = nil
		for _, r := range s.attempts.order {
			if c := r.call; c.phase == p && !c.done {
				p.touch(c) // nothing says that it failed
			}
		}
		if s.seg.Ended != nil {
			s.seg.Ended(p.record(&s.Session), at)
		}
	}
	return p
}

// event places an event that is no prompt.
func (s *session) event(f *fact) {
	if s.slash != nil {
		if !f.work || f.usage {
			// What a model answered may be told late, of what was before.
			if s.hold(f); len(s.held) > maxHeld {
				s.finish()
			}
			return
		}
		// The slash command is a prompt: something was done about it.
		title, list := *s.slash, s.held
		s.slash, s.held = nil, nil
		s.begin(list[0], promptTitle(title), true)
		for _, h := range list {
			s.commit(h)
		}
	}
	if s.open == nil {
		if !f.work || s.over.late(f) {
			s.seg.assign(f.tag, s.phases)
			return
		}
		s.begin(f, "", false)
	}
	s.place(f)
	if len(s.held) > maxHeld {
		s.finish()
	}
}

// place puts an event where it belongs, or holds it back.
func (s *session) place(f *fact) {
	switch {
	case f.kind == calling:
		s.hold(f)
		s.decide(f.call)
	case f.kind == ending && !calls(s.held):
		// The agent spoke while the call ran.
		s.commitAll()
		s.commit(f)
	case len(s.held) > 0 || f.kind == saying && s.open.class != none:
		s.hold(f)
	default:
		s.commit(f)
	}
}

func calls(list []*fact) bool {
	for _, f := range list {
		if f.kind == calling {
			return true
		}
	}
	return false
}

// commit gives an event to the open phase.
func (s *session) commit(f *fact) {
	s.open.take(f)
	s.seg.assign(f.tag, s.open.number)
}

func (s *session) commitAll() {
	for _, f := range s.held {
		s.commit(f)
	}
	s.held = s.held[:0]
}

func (s *session) hold(f *fact) {
	s.held = append(s.held, f)
	if len(s.held) == 1 {
		s.since = s.seg.at
		if !s.holding {
			s.holding, s.queued = true, s.since
			s.seg.queue = append(s.seg.queue, s)
		}
	}
}
