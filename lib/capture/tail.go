package capture

import (
	"bytes"
	"errors"

	"agenttrace/lib/capture/claude"
	"agenttrace/lib/event"
)

// A Tail reads a file while it grows. The Tails of a Capture may take turns;
// what must be known over files, so that nothing is counted twice, they share.
type Tail struct {
	c       *Capture
	file    File
	docs    documents
	others  []foreign
	current *foreign
	textLog bool
	place   claude.Place
	line    int
	off     int64
}

// Tail returns a Tail that is at the start of a file.
func (c *Capture) Tail(f File) *Tail {
	c.init()
	t := &Tail{c: c, file: f, others: c.readers(), place: claude.NewPlace(f.Session, f.Child), line: 1}
	return t
}

// swap makes the Tail's place in its file that of the Capture, and back.
func (t *Tail) swap() {
	c := t.c
	c.file, t.file = t.file, c.file
	c.docs, t.docs = t.docs, c.docs
	c.others, t.others = t.others, c.others
	c.current, t.current = t.current, c.current
	c.textLog, t.textLog = t.textLog, c.textLog
	c.claude.Swap(&t.place)
}

// Lines makes the events of the next lines of the file, whole ones.
func (t *Tail) Lines(data []byte) error {
	t.swap()
	defer t.swap()
	err := t.c.take(t.c.parse(event.Chunk{Data: data, Off: t.off, Line: t.line}))
	t.off += int64(len(data))
	t.line += bytes.Count(data, []byte{'\n'})
	return err
}

// End makes the events that have waited for what might still have come.
func (t *Tail) End() error {
	t.swap()
	defer t.swap()
	return errors.Join(t.c.docs.end(t.c), t.c.endForeign())
}

// TailFrom returns a Tail that is at a place in a transcript of Claude Code.
func (c *Capture) TailFrom(f File, r claude.Resume) *Tail {
	t := c.Tail(f)
	t.place, t.line, t.off = r.Place(f.Child), r.Line, r.Off
	return t
}

// Resume returns the place from which the reading of the file can go on, see
// [claude.State.Resume]. given is what Mark would return here.
func (t *Tail) Resume(given int) (r claude.Resume, ok bool) {
	if t.docs.open() || t.c.mixed {
		return r, false
	}
	t.swap()
	defer t.swap()
	return t.c.claude.Resume(claude.Resume{Off: t.off, Line: t.line, Given: given})
}

// Quiet is to be called when no file has grown for a while: the messages at
// their ends are taken for whole. Should more of one come, it is told again.
func (c *Capture) Quiet() error {
	c.init()
	return c.claude.Quiet()
}
