package session

import (
	"bytes"
	"slices"

	"agenttrace/lib/event"
)

// A Set folds a stream in which sessions may be interleaved. The zero value is
// empty.
type Set struct {
	folds map[string]*Fold // by the session_id as it stands in the line
	order []*Fold
	last  *Fold
	raw   []byte // the session_id of the event before
}

// Add adds an event to the fold of its session, which is returned: nil for a
// record of a session that has no events yet.
func (s *Set) Add(e event.Event) *Fold {
	f, _ := s.Note(e)
	return f
}

// Note is Add for those who want to know what was found out about the event.
func (s *Set) Note(e event.Event) (*Fold, Note) {
	f := s.of(e)
	if f == nil {
		return nil, Note{}
	}
	return f, f.Add(e)
}

// of returns the fold of an event.
func (s *Set) of(e event.Event) *Fold {
	raw := e.SessionRaw()
	if s.last != nil && bytes.Equal(raw, s.raw) {
		return s.last
	}
	f := s.folds[string(raw)]
	if f == nil {
		// An id may be written in two ways, with escapes and without.
		id := e.Session()
		key := string(event.AppendString(nil, id))
		if f = s.folds[key]; f == nil {
			if e.IsRecord() {
				return nil
			}
			if s.folds == nil {
				s.folds = map[string]*Fold{}
			}
			f = New(id)
			s.name(f, key)
			s.order = append(s.order, f)
		}
		s.name(f, string(raw))
	}
	s.last, s.raw = f, append(s.raw[:0], raw...)
	return f
}

func (s *Set) name(f *Fold, key string) {
	s.folds[key] = f
	f.keys = append(f.keys, key)
}

// Folds returns the sessions, in the order of their first events.
func (s *Set) Folds() []*Fold { return s.order }

// Take returns the fold of a session and forgets it, nil if there is none: its
// memory is wanted back, and nothing more is expected of the session. If
// something comes all the same, a new fold begins.
func (s *Set) Take(id string) *Fold {
	f := s.folds[string(event.AppendString(nil, id))]
	if f == nil {
		return nil
	}
	for _, key := range f.keys {
		delete(s.folds, key)
	}
	i := slices.Index(s.order, f)
	s.order = slices.Delete(s.order, i, i+1)
	s.last = nil
	return f
}

// Trees returns the sessions with their subagents: each list begins with a
// session whose parent is not in the set, and holds all that descend from it.
// Sessions that are each other's parents belong to the first of them. Trees
// are in the order of their first sessions, and so are the sessions of a tree.
func (s *Set) Trees() [][]*Fold {
	byID := make(map[string]*Fold, len(s.order))
	place := make(map[*Fold]int, len(s.order))
	for i, f := range s.order {
		byID[f.id] = f
		place[f] = i
	}
	root := make(map[*Fold]*Fold, len(s.order))
	for _, f := range s.order {
		findRoot(f, byID, place, root)
	}
	var list [][]*Fold
	at := map[*Fold]int{}
	for _, f := range s.order {
		if root[f] == f {
			at[f] = len(list)
			list = append(list, []*Fold{f})
		}
	}
	for _, f := range s.order {
		if r := root[f]; r != f {
			list[at[r]] = append(list[at[r]], f)
		}
	}
	return list
}

// findRoot notes the root of f and of all that it passes on the way up.
func findRoot(f *Fold, byID map[string]*Fold, place map[*Fold]int, root map[*Fold]*Fold) {
	var path []*Fold
	on := map[*Fold]int{}
	top := f
	for {
		if r := root[top]; r != nil {
			top = r
			break
		}
		on[top] = len(path)
		path = append(path, top)
		up := byID[top.Parent()]
		if top.Parent() == "" || up == nil {
			break
		}
		if from, cycle := on[up]; cycle {
			top = up
			for _, g := range path[from:] {
				if place[g] < place[top] {
					top = g
				}
			}
			break
		}
		top = up
	}
	for _, g := range path {
		root[g] = top
	}
}
