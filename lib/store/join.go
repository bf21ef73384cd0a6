package store

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"time"
)

// The spans of time that joining goes by. A hook runs while its agent waits,
// and the agent writes its transcript within seconds; two hooks that are
// configured twice run at once.
const (
	JoinWindow   = 10 * time.Second
	RepeatWindow = 2 * time.Second

	// backJump is how far the clock may go backwards within one capture: an
	// agent writes its transcript from several threads, and their times swap by
	// milliseconds. Further back means that another capture begins, or a line
	// that was written late.
	backJump = 100 * time.Millisecond
)

// A ref is a piece of the file.
type ref struct {
	off int64
	n   uint32
}

// An item is an event of the session in the order of the output.
type item struct {
	ref
	edit  int32 // index of what to change in it, -1 for nothing
	clean bool  // a newline follows in the file
	key   int64 // what the runs of a session are merged by
}

// An edit says how an event differs from its line.
type edit struct {
	others   []ref // what else was told of it
	parent   ref   // the call whose event_id is its parent
	nth      int   // which repetition that call is
	duration int64 // nanoseconds since its call, -1 if not to be set
	repeat   int   // which repetition it is itself, from 2; 0 if it is none
	mend     bool  // replace bytes that are not UTF-8
}

// A Problem is a line of a session that is not an event.
type Problem struct {
	Line int
	Msg  string
}

// A joiner finds what was told twice, in one pass over a session's events.
type joiner struct {
	items    []item
	edits    []edit
	problems []Problem

	byID   map[uint64]int32    // index of the first event with an id
	again  map[uint64]again    // by id: what a source without ids told
	inTurn map[turnKey]int     // which happening under its id that is
	calls  map[uint64]opened   // by id: the call
	byLink map[uint64]uint64   // the agent's id of a call → its id
	byName map[uint64][]uint64 // ids of calls by tool name, oldest first
	told   map[tellKey][]int32 // events that may be told again without an id, by time
	tells  []telling

	lastHook uint64 // the id of the last call that a hook told

	runMax int64
	runs   int
}

// opened is a call that may be answered.
type opened struct {
	item     int32
	answered bool
	hasTS    bool
	ts       int64
}

// tellKey is by what an event is found that was told before: what was told, or
// in which turn, and whether by a transcript.
type tellKey struct {
	what uint64
	uuid bool
}

// telling is an event that another source may tell again.
type telling struct {
	item int32
	ts   int64
	done bool
}

func newJoiner() *joiner {
	return &joiner{
		byID: map[uint64]int32{}, again: map[uint64]again{}, inTurn: map[turnKey]int{},
		calls: map[uint64]opened{}, byLink: map[uint64]uint64{}, byName: map[uint64][]uint64{},
		told: map[tellKey][]int32{}, runs: 1,
	}
}

// add takes the next event of the file.
func (j *joiner) add(f *fact) {
	if f.bad != "" {
		j.problems = append(j.problems, Problem{f.ln, f.bad})
	}
	if f.class == notEvent {
		return
	}
	if f.hook {
		j.lastHook = f.id
	}
	if f.id != 0 {
		n := j.nth(f)
		if first, seen := j.byID[f.id]; n > 1 {
			j.repeated(f, n)
			return
		} else if seen {
			j.merge(first, f)
			return
		}
	}
	if f.class == told {
		if first, ok := j.toldBefore(f); ok {
			j.merge(first, f)
			if f.id != 0 {
				j.byID[f.id] = first
			}
			return
		}
	}
	at := j.push(f)
	if f.id != 0 {
		j.byID[f.id] = at
	}
	j.link(f, at)
}

// link notes what later events may refer to, and what this one refers to.
func (j *joiner) link(f *fact, at int32) {
	switch f.class {
	case call:
		j.open(f, at)
	case outcome:
		j.answer(f, at)
	case told:
		j.tell(f, at)
	}
}

// push adds the event to the output.
func (j *joiner) push(f *fact) int32 {
	if f.hasTS && f.ts < j.runMax-int64(backJump) {
		j.runs++
		j.runMax = f.ts
	} else if f.hasTS {
		j.runMax = max(j.runMax, f.ts)
	}
	it := item{ref: ref{f.off, f.n}, edit: -1, clean: f.clean, key: j.runMax}
	j.items = append(j.items, it)
	at := int32(len(j.items) - 1)
	if f.mend {
		j.editOf(at).mend = true
	}
	return at
}

func (j *joiner) editOf(at int32) *edit {
	it := &j.items[at]
	if it.edit < 0 {
		it.edit = int32(len(j.edits))
		j.edits = append(j.edits, edit{duration: -1})
	}
	return &j.edits[it.edit]
}

func (j *joiner) merge(first int32, f *fact) {
	e := j.editOf(first)
	e.others = append(e.others, ref{f.off, f.n})
}

// open notes a call.
func (j *joiner) open(f *fact, at int32) {
	id := f.id
	if id == 0 {
		id = hash([]byte(strconv.FormatInt(f.off, 10))) // it is only found by link or name
	}
	j.calls[id] = opened{item: at, hasTS: f.hasTS, ts: f.ts}
	if f.link != 0 {
		j.byLink[f.link] = id
	}
	if f.name != 0 {
		j.byName[f.name] = append(j.byName[f.name], id)
	}
}

// answer links an outcome to its call: by its parent_id, else by the agent's
// id of the call, else to the oldest unanswered call of the tool.
func (j *joiner) answer(f *fact, at int32) {
	id := f.parent
	if id == 0 && f.link != 0 {
		id = j.byLink[f.link]
	}
	c, ok := j.calls[id] // nothing has the id 0
	if !ok && f.parent == 0 && f.link == 0 {
		id, c, ok = j.oldest(f.name)
	}
	if !ok {
		return
	}
	c.answered = true
	j.calls[id] = c
	nth := 0
	if e := j.items[c.item].edit; e >= 0 {
		nth = j.edits[e].repeat
	}
	if f.parent == 0 || nth > 0 || !f.own && j.again[f.parent].n > 1 {
		e := j.editOf(at)
		e.parent, e.nth = j.items[c.item].ref, nth
	}
	if !f.hasMS && f.hasTS && c.hasTS && f.ts >= c.ts {
		j.editOf(at).duration = f.ts - c.ts
	}
}

// oldest returns the oldest unanswered call of a tool.
func (j *joiner) oldest(name uint64) (uint64, opened, bool) {
	list := j.byName[name]
	for len(list) > 0 {
		id := list[0]
		list = list[1:]
		j.byName[name] = list
		if c := j.calls[id]; !c.answered {
			return id, c, true
		}
	}
	return 0, opened{}, false
}

// tell notes an event that another source may tell as well.
func (j *joiner) tell(f *fact, at int32) {
	if !f.hasTS {
		return
	}
	n := int32(len(j.tells))
	j.tells = append(j.tells, telling{at, f.ts, false})
	for _, k := range []uint64{f.text, f.turn} {
		if k != 0 {
			key := tellKey{k, f.uuid}
			list := j.told[key]
			j.told[key] = slices.Insert(list, j.after(list, f.ts), n)
		}
	}
}

// after returns the place in a list, which is in the order of time, behind the
// events that are not later than ts.
func (j *joiner) after(list []int32, ts int64) int {
	i := len(list)
	if i > 0 && j.tells[list[i-1]].ts > ts {
		i = sort.Search(i, func(k int) bool { return j.tells[list[k]].ts > ts })
	}
	return i
}

// toldBefore returns the event that a hook told and f, of a transcript, tells
// again; or the other way round.
func (j *joiner) toldBefore(f *fact) (int32, bool) {
	if !f.hasTS {
		return 0, false
	}
	for _, k := range []uint64{f.text, f.turn} {
		if k == 0 {
			continue
		}
		list := j.told[tellKey{k, !f.uuid}]
		for _, n := range list[j.after(list, f.ts-int64(JoinWindow)-1):] {
			t := &j.tells[n]
			if t.ts > f.ts+int64(JoinWindow) {
				break
			}
			if !t.done {
				t.done = true
				return t.item, true
			}
		}
	}
	return 0, false
}

// finish puts the items in the order of the output.
func (j *joiner) finish() {
	if j.runs > 1 {
		slices.SortStableFunc(j.items, func(a, b item) int { return cmp.Compare(a.key, b.key) })
	}
}

// plain reports whether the output is the file as it is.
func (j *joiner) plain(size int64) bool {
	if j.runs > 1 || len(j.edits) > 0 {
		return false
	}
	at := int64(0)
	for _, it := range j.items {
		if it.off != at || !it.clean {
			return false
		}
		at += int64(it.n) + 1
	}
	return at == size
}
