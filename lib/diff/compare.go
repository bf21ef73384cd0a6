package diff

import (
	"slices"
	"strings"
)

// A Result says how session B differs from session A.
type Result struct {
	A, B *Session

	// Diverged is where they go apart, nil if they are the same.
	Diverged *Divergence

	// Told is the first event that says something else, nil if that is the event
	// of Diverged.
	Told *Divergence

	// Phases are those that differ, in order, if the steps differ.
	Phases []PhasePair

	// Common is how many phases have a partner.
	Common int

	numbers [2]Numbers
}

// DivergenceKind is what differs.
type DivergenceKind string

// The kinds of divergence.
const (
	KindStep    DivergenceKind = "step"    // another prompt or call
	KindOutcome DivergenceKind = "outcome" // the same call ended otherwise
	KindEnd     DivergenceKind = "end"     // one side did no more
	KindText    DivergenceKind = "text"    // no step differs, but something that was told
)

// A Divergence is a pair of events that differ.
type Divergence struct {
	Kind DivergenceKind
	A, B At
}

// An At is an event. Event is 0 where the session was over already.
type At struct {
	Event  int
	Phase  int // 0 if it is in none
	ID     string
	Title  string
	Failed bool // KindOutcome: whether the call failed
}

// A PhasePair is a phase of each side, or of one side alone.
type PhasePair struct {
	A, B *Phase // nil if the side has none

	// OnlyA and OnlyB are the steps that only one side took, or took more often;
	// Moved are those that both took, in another order.
	OnlyA, OnlyB []Step
	Moved        []string

	// FailedA and FailedB are the steps that both took and that failed on one
	// side only.
	FailedA, FailedB []Step
}

// A Phase is one of a session's.
type Phase struct {
	Number        int
	Title, Intent string
	Failed        bool
	First, Last   int // numbers of its events
}

// A Step is something that was done, with how often each side did it.
type Step struct {
	Text         string
	Times, Other int
	Event        int // the number of the first
}

// Differs reports whether the sessions are structurally different.
func (r *Result) Differs() bool { return r.Diverged != nil && r.Diverged.Kind != KindText }

// Identical reports whether nothing differs at all.
func (r *Result) Identical() bool { return r.Diverged == nil && r.Told == nil }

// Compare compares two sessions, which it closes.
func Compare(a, b *Session) *Result {
	a.Close()
	b.Close()
	r := &Result{A: a, B: b, numbers: [2]Numbers{a.Numbers(), b.Numbers()}}
	r.Diverged = stepDivergence(a, b)
	told := textDivergence(a, b)
	switch {
	case r.Diverged == nil:
		r.Diverged = told
	case told != nil && (told.A.Event != r.Diverged.A.Event || told.B.Event != r.Diverged.B.Event):
		r.Told = told
	}
	if r.Differs() {
		r.phases()
	}
	return r
}

// stepDivergence finds the first step, or outcome of one, that differs.
func stepDivergence(a, b *Session) *Divergence {
	n := min(len(a.steps), len(b.steps))
	first := n
	for i := range n {
		if a.steps[i].key != b.steps[i].key {
			first = i
			break
		}
	}
	var d *Divergence
	if first < n || len(a.steps) != len(b.steps) {
		d = &Divergence{Kind: KindStep, A: a.atStep(first), B: b.atStep(first)}
		if d.A.Event == 0 || d.B.Event == 0 {
			d.Kind = KindEnd
		}
	}
	for i := range first {
		x, y := &a.steps[i], &b.steps[i]
		if x.outcome == y.outcome || x.outcome == unknown || y.outcome == unknown {
			continue
		}
		o := &Divergence{KindOutcome, a.atOutcome(x), b.atOutcome(y)}
		if d == nil || before(o, d) {
			d = o
		}
	}
	return d
}

// before reports whether x comes before y, on both sides taken together.
func before(x, y *Divergence) bool { return x.A.place()+x.B.place() < y.A.place()+y.B.place() }

// place orders events; what is not there comes last.
func (a At) place() int {
	if a.Event == 0 {
		return 1 << 40
	}
	return a.Event
}

func (s *Session) atStep(i int) At {
	if i >= len(s.steps) {
		return At{}
	}
	st := &s.steps[i]
	return At{Event: int(st.number), Phase: int(st.phase), ID: st.id, Title: st.title}
}

func (s *Session) atOutcome(st *step) At {
	return At{Event: int(st.closed), Phase: int(st.phase), ID: st.closedID, Title: st.closedTitle, Failed: st.outcome == failed}
}

// textDivergence finds the first event that tells something else.
func textDivergence(a, b *Session) *Divergence {
	i := 0
	for i < min(len(a.events), len(b.events)) && a.events[i].sum == b.events[i].sum {
		i++
	}
	if i == len(a.events) && i == len(b.events) {
		return nil
	}
	return &Divergence{KindText, a.atEvent(i), b.atEvent(i)}
}

func (s *Session) atEvent(i int) At {
	if i >= len(s.events) {
		return At{}
	}
	t := &s.events[i]
	return At{Event: int(t.number), Phase: int(t.phase), ID: t.id, Title: t.title}
}

// phases aligns the phases and finds out what differs in them.
func (r *Result) phases() {
	a, b := r.A.phases, r.B.phases
	x, y := 0, 0
	for _, p := range append(alignPhases(a, b), pair{len(a), len(b)}) {
		for ; x < p.x; x++ {
			r.Phases = append(r.Phases, PhasePair{A: &a[x].Phase, OnlyA: alone(a[x].steps)})
		}
		for ; y < p.y; y++ {
			r.Phases = append(r.Phases, PhasePair{B: &b[y].Phase, OnlyB: alone(b[y].steps)})
		}
		if x == len(a) || y == len(b) {
			continue
		}
		r.Common++
		if pp := comparePhases(&a[x], &b[y]); pp != nil {
			r.Phases = append(r.Phases, *pp)
		}
		x++
		y++
	}
}

// alignPhases returns the pairs of phases: by intent and title, and in the gaps
// between those by intent.
func alignPhases(a, b []segment) []pair {
	sure := align(phaseKeys(a, true), phaseKeys(b, true))
	var list []pair
	x, y := 0, 0
	for _, p := range append(sure, pair{len(a), len(b)}) {
		for _, q := range align(phaseKeys(a[x:p.x], false), phaseKeys(b[y:p.y], false)) {
			list = append(list, pair{x + q.x, y + q.y})
		}
		if p.x < len(a) && p.y < len(b) {
			list = append(list, p)
		}
		x, y = p.x+1, p.y+1
	}
	return list
}

func phaseKeys(list []segment, titled bool) []uint64 {
	keys := make([]uint64, len(list))
	for i, p := range list {
		s := add(sumStart, p.Intent)
		if titled {
			s = add(s, strings.Join(strings.Fields(strings.ToLower(p.Title)), " "))
		}
		keys[i] = uint64(s)
	}
	return keys
}

// alone returns the steps of a phase that has no partner, without its prompt,
// which is its title already.
func alone(steps []step) []Step {
	return gather(steps, nil, nil)
}

// comparePhases returns how two phases differ, nil if they do not.
func comparePhases(a, b *segment) *PhasePair {
	keys := func(steps []step) []uint64 {
		list := make([]uint64, len(steps))
		for i := range steps {
			list[i] = uint64(steps[i].key)
		}
		return list
	}
	inA, inB := make([]bool, len(a.steps)), make([]bool, len(b.steps))
	var failedA, failedB []step
	for _, p := range align(keys(a.steps), keys(b.steps)) {
		inA[p.x], inB[p.y] = true, true
		switch x, y := a.steps[p.x], b.steps[p.y]; {
		case x.outcome == failed && y.outcome == passed:
			failedA = append(failedA, x)
		case x.outcome == passed && y.outcome == failed:
			failedB = append(failedB, y)
		}
	}
	// What is left on both sides was done in another order.
	left := map[sum]int{}
	for i := range b.steps {
		if !inB[i] {
			left[b.steps[i].key]++
		}
	}
	pp := &PhasePair{A: &a.Phase, B: &b.Phase}
	moved := map[sum]int{}
	for i, st := range a.steps {
		if !inA[i] && left[st.key] > 0 {
			left[st.key]--
			inA[i] = true
			if moved[st.key] == 0 {
				pp.Moved = append(pp.Moved, st.label)
			}
			moved[st.key]++
		}
	}
	for i, st := range b.steps {
		if !inB[i] && moved[st.key] > 0 {
			moved[st.key]--
			inB[i] = true
		}
	}
	slices.Sort(pp.Moved) // in an order that belongs to neither side
	pp.OnlyA = gather(a.steps, b.steps, inA)
	pp.OnlyB = gather(b.steps, a.steps, inB)
	pp.FailedA, pp.FailedB = gather(failedA, nil, nil), gather(failedB, nil, nil)
	if pp.OnlyA == nil && pp.OnlyB == nil && pp.Moved == nil && pp.FailedA == nil && pp.FailedB == nil && a.Failed == b.Failed {
		return nil
	}
	return pp
}

// gather returns the steps that have no partner, each once.
func gather(steps, other []step, paired []bool) (list []Step) {
	at := map[sum]int{}
	for i, st := range steps {
		if paired != nil && paired[i] || paired == nil && st.prompt {
			continue
		}
		if _, ok := at[st.key]; !ok {
			at[st.key] = len(list)
			list = append(list, Step{Text: st.label, Event: int(st.number)})
		}
	}
	for _, st := range steps {
		if k, ok := at[st.key]; ok {
			list[k].Times++
		}
	}
	for _, st := range other {
		if k, ok := at[st.key]; ok {
			list[k].Other++
		}
	}
	return list
}
