package usage

import (
	"hash/maphash"

	"agenttrace/lib/cost"
	"agenttrace/lib/event"
)

// owner is who had an answer first, as in lib/capture/claude.
type owner struct {
	session int32
	output  int64
}

// A fold gives the steps of files, in order, to a ledger: each session starts
// once, and an answer counts in the session that had it first.
type fold struct {
	l        *cost.Ledger
	sessions map[string]int32 // by session_id, in the order of their starts
	owners   map[uint64]owner
	copies   map[uint64]bool // answers that a session has from another
	seed     maphash.Seed
	last     []byte // session_id of the last answer
	number   int32
	s        step
}

// answerSize is about what an answer takes among the steps, in bytes.
const answerSize = 64

// newFold returns a fold for about so many bytes of steps.
func newFold(l *cost.Ledger, size int) *fold {
	n := size / answerSize
	l.Expect(n)
	return &fold{l: l, sessions: map[string]int32{}, owners: make(map[uint64]owner, n), copies: map[uint64]bool{}, seed: maphash.MakeSeed()}
}

// file takes the steps of a file. It returns false if they cannot be read.
func (f *fold) file(steps []byte) bool {
	d := decoder{b: steps}
	for d.next(&f.s) {
		switch {
		case f.s.event != nil:
			f.event(f.s.event)
		case f.s.bundle.N > 0:
			f.l.AddBundle(f.s.session, &f.s.bundle)
		default:
			f.answer(&f.s)
		}
	}
	return !d.bad
}

func (f *fold) event(line []byte) {
	e, err := event.Parse(line)
	if err != nil {
		return
	}
	if e.Is("session_start") {
		id := string(e.SessionRaw())
		if _, told := f.sessions[id]; told {
			return
		}
		f.sessions[id] = int32(len(f.sessions))
	}
	f.l.Add(e)
}

// of returns the number of a session.
func (f *fold) of(id []byte) int32 {
	if f.last != nil && string(f.last) == string(id) {
		return f.number
	}
	n, ok := f.sessions[string(id)]
	if !ok {
		n = int32(len(f.sessions))
		f.sessions[string(id)] = n
	}
	f.last, f.number = append(f.last[:0], id...), n
	return n
}

func (f *fold) answer(s *step) {
	a := &s.answer
	session := f.of(s.session)
	key := maphash.Bytes(f.seed, s.key)
	before, told := f.owners[key]
	more := a.HasTokens && a.Tokens.Output > before.output
	switch {
	case told && before.session != session:
		// As there: of answers without an id, one copy is told.
		copied := maphash.Bytes(f.seed, a.Message) ^ uint64(session+1)*0x9e3779b97f4a7c15
		if f.copies[copied] && !more {
			return
		}
		f.copies[copied] = true
		a.Elsewhere, a.UnixNano, a.Timed = true, s.first, s.timed
		if a.HasTokens = more; more {
			f.owners[key] = owner{before.session, a.Tokens.Output}
		}
	case told && !more:
		return
	case told || !a.Elsewhere:
		a.Elsewhere = false
		f.owners[key] = owner{session, a.Tokens.Output}
	}
	f.l.AddAnswer(s.session, a)
}
