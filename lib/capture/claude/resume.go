package claude

// A mark is a place in a file that a message begins at.
type mark struct {
	off   int64 // of the line, negative if that is not known
	line  int
	given int  // what Mark returned there
	timed bool // the line has a time of its own
	alone bool // no other message was open there
}

// Here says which line of its file is taken next: where it begins, in bytes,
// negative if that is not known, and its number.
func (s *State) Here(off int64, line int) {
	s.here = mark{off: off, line: line}
}

// First returns what the first line said of the message that was told last.
func (s *State) First() First { return s.first }

// A Resume is a place in a file from which its reading can go on as if it had
// never stopped.
type Resume struct {
	Off     int64 // in bytes: where a line begins
	Line    int   // its number
	Given   int   // what Mark returned there
	Session string
	Nano    int64 // the last time before it
	HasTime bool
}

// Resume returns where the message begins of which more lines may come, the
// last one of its file; if there is none, end. ok is false if it cannot be told,
// or if more than one place would be needed.
func (s *State) Resume(end Resume) (r Resume, ok bool) {
	r = end
	if len(s.open) > 1 || len(s.sides) > 0 {
		return r, false
	}
	for _, o := range s.open {
		if o.begun.off < 0 || !o.begun.timed || !o.begun.alone {
			return r, false
		}
		r.Off, r.Line, r.Given = o.begun.off, o.begun.line, o.begun.given
	}
	r.Session, r.Nano, r.HasTime = s.file.session, s.file.nano, s.file.hasTime
	return r, true
}

// Place returns the place of a file whose reading goes on.
func (r Resume) Place(child Child) Place {
	return Place{file{session: r.Session, child: child, nano: r.Nano, hasTime: r.HasTime}, map[string]string{}}
}
