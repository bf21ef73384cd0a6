package diff

import (
	"cmp"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/headline"
	"agenttrace/lib/phase"
	"agenttrace/lib/session"
	"agenttrace/lib/tool"
)

// A Session is one side of a comparison.
type Session struct {
	ID   string
	File string // where its first event was read

	input int // which of the files that was, from 1

	fold   *session.Fold
	seg    phase.Segmenter
	place  place
	steps  []step
	byCall map[int]int // number of a call → its step
	events []told
	phases []segment
	closed bool

	prompts   int
	task      sum // of the first prompt
	redundant int
	resets    int
	read      map[string]map[sum]bool // since the file was written
	at        int64                   // time of the event before
	asked     int64                   // and of the llm_request before
	usd       int64
	priced    bool // usd is known
	atLeast   bool // and is only a part of what it cost
	scores    map[string]score
}

// told is what is kept of each event.
type told struct {
	sum    sum
	number int32
	phase  int32
	title  string
	id     string
}

// A segment is a phase with its steps.
type segment struct {
	Phase
	steps []step
}

type score struct {
	value  string
	passed gjson.Type // Null if it is not told
}

// resetGap is how long a pause is that agent-strace takes for a reset of the
// context (diff.py of its version 0.32).
const resetGap = int64(120 * time.Second)

// NewSession returns a session without events.
func NewSession(id, file string) *Session {
	s := &Session{ID: id, File: file, fold: session.New(id), byCall: map[int]int{}, read: map[string]map[sum]bool{}}
	s.seg.Assigned = func(tag uint64, number int) {
		i, k := tag>>32, tag&0xffffffff
		s.events[i].phase = int32(number)
		if k > 0 {
			s.steps[k-1].phase = int32(number)
		}
	}
	s.seg.Ended = func(p *phase.Phase, _ uint64) {
		s.phases = append(s.phases, segment{Phase: Phase{Number: p.Number, Title: p.Title, Intent: p.Intent, Failed: p.Failed}})
	}
	return s
}

// Add takes the next event of the session.
func (s *Session) Add(e event.Event) {
	if e.IsRecord() {
		s.record(e)
		return
	}
	note := s.fold.Add(e)
	if note.Repeated {
		return
	}
	if s.place.cwd == "" && e.Is("session_start") {
		s.place.cwd = cleanDir(e.Get("cwd").String())
	}
	t := told{sum: s.place.told(e), number: int32(note.Number), id: e.ID()}
	k := s.step(e, note)
	if k > 0 && e.Is("tool_call", "user_prompt", "user_prompt_expansion") {
		t.title = s.steps[k-1].title
	} else {
		t.title = s.place.within(headline.Of(e))
	}
	if e.Is("session_start") {
		// Which version it was, and of what, is what differs most often.
		for _, k := range []string{"agent_version", "model"} {
			if v := e.Get(k); v.Type == gjson.String && v.Str != "" {
				t.title += " " + headline.Cut(v.Str)
			}
		}
	}
	if k > 0 && note.Call > 0 && !e.Is("tool_call") {
		s.close(&s.steps[k-1], e, t)
		k = 0
	}
	s.events = append(s.events, t)
	s.pause(e)
	s.seg.Add(e, uint64(len(s.events)-1)<<32|uint64(k))
}

func cleanDir(dir string) string {
	if len(dir) > 1 && dir[1] == ':' {
		dir = strings.ReplaceAll(dir, `\`, "/")
	}
	for len(dir) > 1 && dir[len(dir)-1] == '/' {
		dir = dir[:len(dir)-1]
	}
	return dir
}

// step returns the number of the step that the event is, or is the outcome of;
// 0 if there is none.
func (s *Session) step(e event.Event, note session.Note) int {
	switch {
	case e.Is("tool_call"):
		st, c, ok := s.place.call(e)
		s.files(e, c)
		if !ok {
			return 0
		}
		s.byCall[note.Call] = len(s.steps) + 1
		return s.push(st, e, note)
	case e.Is("user_prompt", "user_prompt_expansion"):
		st := s.place.prompt(e)
		if s.prompts == 0 {
			s.task = st.key
		}
		s.prompts++
		return s.push(st, e, note)
	case note.Call > 0:
		return s.byCall[note.Call]
	}
	return 0
}

func (s *Session) push(st step, e event.Event, note session.Note) int {
	st.number, st.id = int32(note.Number), e.ID()
	s.steps = append(s.steps, st)
	return len(s.steps)
}

// close notes how a call ended.
func (s *Session) close(st *step, e event.Event, t told) {
	if st.outcome != unknown {
		return
	}
	st.outcome = passed
	if headline.Failed(e) {
		st.outcome = failed
	} else if e.Is("error") {
		st.outcome = unknown // the user stopped it: nobody knows what would have come of it
	}
	st.closed, st.closedID, st.closedTitle = t.number, t.id, t.title
}

// files counts reads that tell nothing new.
func (s *Session) files(e event.Event, c tool.Call) {
	for _, w := range c.Writes {
		delete(s.read, s.place.rel(w))
	}
	if c.Kind != tool.Read {
		return
	}
	args := add(sumStart, tool.Canonical([]byte(e.Get("arguments").Raw)))
	for _, r := range c.Reads {
		r = s.place.rel(r)
		if s.read[r] == nil {
			s.read[r] = map[sum]bool{}
		}
		if s.read[r][args] {
			s.redundant++
		}
		s.read[r][args] = true
	}
}

// pause counts resets of the context.
func (s *Session) pause(e event.Event) {
	ns, ok := e.UnixNano()
	switch {
	case e.Is("compaction"):
		s.resets++
		clear(s.read)
	case !ok:
		return
	case e.Is("user_prompt", "user_prompt_expansion"):
		if s.at > 0 && ns-s.at > resetGap {
			s.resets++
			s.asked = ns // the request for it is no second one
		}
	case e.Is("llm_request"):
		if s.asked > 0 && ns-s.asked > resetGap {
			s.resets++
		}
		s.asked = ns
	}
	if ok {
		s.at = ns
	}
}

// record notes what a record says that others made of the session.
func (s *Session) record(e event.Event) {
	switch {
	case e.Is("cost"):
		if v := e.Get("usd_nano"); v.Type == gjson.Number {
			// One session has one cost; a later record knows better.
			s.usd, s.priced = v.Int(), true
			s.atLeast = len(e.Get("unpriced_models").Array()) > 0
		}
	case e.Is("score"):
		name := cmp.Or(e.Get("scorer").String(), e.Get("judge").String(), e.Get("name").String())
		if name == "" {
			return
		}
		v := e.Get("score")
		if !v.Exists() {
			v = e.Get("value")
		}
		if s.scores == nil {
			s.scores = map[string]score{}
		}
		sc := score{value: v.Raw}
		if p := e.Get("passed"); p.IsBool() {
			sc.passed = p.Type
		}
		s.scores[name] = sc
	}
}

// Close ends the session. It is called by Compare, too.
func (s *Session) Close() {
	if s.closed {
		return
	}
	s.closed = true
	s.seg.Close()
	at := map[int]int{}
	for i := range s.phases {
		at[s.phases[i].Number] = i
	}
	for _, t := range s.events {
		if i, ok := at[int(t.phase)]; ok {
			if s.phases[i].First == 0 {
				s.phases[i].First = int(t.number)
			}
			s.phases[i].Last = int(t.number)
		}
	}
	for _, st := range s.steps {
		if i, ok := at[int(st.phase)]; ok {
			s.phases[i].steps = append(s.phases[i].steps, st)
		}
	}
}

// Parent returns the id of the session that started this one, "" if it is not
// known.
func (s *Session) Parent() string { return s.fold.Parent() }
