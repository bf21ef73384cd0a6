package store

import (
	"encoding/binary"
	"strconv"

	"agenttrace/lib/event"
)

// An again tells how often something happened that a source without ids tells
// under one id.
type again struct {
	n        int   // so many times
	ts       int64 // when it was told first for the last time
	answered bool  // of a call: it has its outcome,
	answer   int64 // since then
}

// nth returns which happening under its id an event tells of. A call that was
// answered is called anew, and so is what is told again after some time; what
// is told twice at once is one happening, told by two hooks. An outcome is that
// of the last call.
func (j *joiner) nth(f *fact) int {
	if f.own || !f.hasTS {
		return 1
	}
	if f.loose {
		return j.nthInTurn(f)
	}
	a, seen := j.again[f.id]
	call, called := j.again[f.parent]
	switch {
	case !seen:
		a = again{n: 1, ts: f.ts}
		if f.class == outcome && called {
			a.n = call.n
		}
	case f.class == outcome && called && call.n > a.n:
		a.n, a.ts = call.n, f.ts
	case a.answered && f.ts > a.answer, f.ts > a.ts+int64(RepeatWindow):
		a.n, a.ts, a.answered = a.n+1, f.ts, false
	}
	j.again[f.id] = a
	if f.class == outcome && called && !call.answered {
		call.answered, call.answer = true, max(f.ts, call.ts)
		j.again[f.parent] = call
	}
	return a.n
}

// turnKey is what a hook tells under an id after a call.
type turnKey struct{ id, after uint64 }

// nthInTurn is nth for what has no id but that of its turn, such as the
// notification that a permission is asked for. What is told again after the
// same call is the same: the hooks were captured twice. After another call it
// is told of anew, unless it is told twice at once.
func (j *joiner) nthInTurn(f *fact) int {
	key := turnKey{f.id, j.lastHook}
	if n := j.inTurn[key]; n > 0 {
		return n
	}
	a, seen := j.again[f.id]
	if !seen || f.ts > a.ts+int64(RepeatWindow) {
		a.n, a.ts = a.n+1, f.ts
	}
	j.again[f.id], j.inTurn[key] = a, a.n
	return a.n
}

// repeated adds an event that tells of the nth happening under its id, and gets
// an id of its own. A source that has ids may have told of it already.
func (j *joiner) repeated(f *fact, n int) {
	var id uint64
	if f.named != nil {
		id = hash(f.named.session, event.AppendString(nil, event.ID(f.named.sessionID, "repeat", f.named.id, strconv.Itoa(n))))
	} else {
		// No other source gives it the id that it gets.
		id = hash(binary.BigEndian.AppendUint64(nil, f.id), []byte(strconv.Itoa(n)))
	}
	if first, told := j.byID[id]; told {
		j.merge(first, f)
		if f.class == call && j.calls[f.id].item != first {
			j.calls[f.id] = opened{item: first, hasTS: f.hasTS, ts: f.ts}
		}
		return
	}
	at := j.push(f)
	j.editOf(at).repeat = n
	j.link(f, at)
	j.byID[id] = at
	if f.class == call {
		j.calls[id] = j.calls[f.id]
	}
}

// names are the session and the id of an event, of which that of its next
// happening is made.
type names struct {
	session       []byte // as it stands in the line
	sessionID, id string
}
