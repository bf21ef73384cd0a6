package store

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"agenttrace/lib/event"
)

// Copy writes the events of a session to w, one a line, put together as the
// package comment says, and then its annotations. problem is told of every
// line that is not an event; the rest is written all the same.
//
// Copy reads the file twice: once for what is told twice, once for the lines.
// It holds ids and offsets, some tens of bytes an event, and no lines.
//
// It returns how much of the file it has read: what is behind that was stored
// since.
func (s *Store) Copy(w io.Writer, sess Session, problem func(error)) (size int64, err error) {
	root, err := s.root(false)
	if err != nil {
		return 0, err
	}
	defer root.Close()
	f, size, err := openWhole(root, filepath.Join(sess.Name, eventsFile))
	if err != nil {
		return 0, fmt.Errorf("cannot read session %s: %w", sess.ID, err)
	}
	defer f.Close()
	j := newJoiner()
	text, err := j.read(f, size)
	if err != nil {
		return 0, fmt.Errorf("cannot read %s: %w", sess.Path(), err)
	}
	j.finish()
	for _, p := range j.problems {
		problem(sess.syntaxError(p))
	}
	switch {
	case !j.plain(size):
		err = (&writer{w: bufio.NewWriterSize(w, 1<<16), f: f, edits: j.edits}).items(j.items)
	case text != nil:
		_, err = w.Write(text)
	default:
		err = copyRange(w, f, 0, size)
	}
	if err != nil {
		return 0, err
	}
	return size, s.copyAnnotations(w, root, sess, problem)
}

// smallSession is the size up to which a session is read in one go, in bytes:
// most are smaller, and several goroutines are not worth their start.
const smallSession = 256 << 10

// read takes the first size bytes of a file. It returns them if they are few.
func (j *joiner) read(f *os.File, size int64) (text []byte, err error) {
	take := func(list []fact) error {
		for i := range list {
			j.add(&list[i])
		}
		return nil
	}
	if size > smallSession {
		return nil, event.Chunks(io.NewSectionReader(f, 0, size), nil, facts, take)
	}
	text = make([]byte, size)
	if _, err := f.ReadAt(text, 0); err != nil && err != io.EOF {
		return nil, err
	}
	return text, take(facts(event.Chunk{Data: text, Line: 1}))
}

func (s Session) syntaxError(p Problem) error {
	return &event.SyntaxError{File: s.Path(), Line: p.Line, Msg: p.Msg}
}

// openWhole opens a file and returns the size up to which nobody is writing.
func openWhole(root *os.Root, name string) (*os.File, int64, error) {
	f, err := root.Open(name)
	if err != nil {
		return nil, 0, err
	}
	lockShared(f)
	info, err := f.Stat()
	unlock(f)
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, info.Size(), nil
}

// copyRange copies a part of f to w.
func copyRange(w io.Writer, f *os.File, from, to int64) error {
	from += spliced(w, f, from, to)
	if from == to {
		return nil
	}
	buf := make([]byte, min(1<<18, to-from))
	_, err := io.CopyBuffer(struct{ io.Writer }{w}, io.NewSectionReader(f, from, to-from), buf)
	return err
}

// A writer writes the items of a session.
type writer struct {
	w     *bufio.Writer
	f     *os.File
	edits []edit
	buf   []byte
}

func (w *writer) items(items []item) error {
	for i := 0; i < len(items); {
		if items[i].edit >= 0 || !items[i].clean {
			if err := w.one(items[i]); err != nil {
				return err
			}
			i++
			continue
		}
		// Neighbours that go out as they are go out together.
		from := items[i].off
		to := from + int64(items[i].n) + 1
		for i++; i < len(items) && items[i].edit < 0 && items[i].clean && items[i].off == to; i++ {
			to += int64(items[i].n) + 1
		}
		if err := w.flat(from, to); err != nil {
			return err
		}
	}
	return w.w.Flush()
}

// flat copies a part of the file as it is.
func (w *writer) flat(from, to int64) error {
	if to-from > 1<<16 {
		if err := w.w.Flush(); err != nil {
			return err
		}
		return copyRange(w.w, w.f, from, to)
	}
	b, err := w.at(ref{from, uint32(to - from)})
	if err == nil {
		_, err = w.w.Write(b)
	}
	return err
}

// at reads a piece of the file; it is valid until the next call.
func (w *writer) at(r ref) ([]byte, error) {
	w.buf = slices.Grow(w.buf[:0], int(r.n))[:r.n]
	_, err := w.f.ReadAt(w.buf, r.off)
	return w.buf, err
}

// one writes an event that is not its line as it stands.
func (w *writer) one(it item) error {
	line, err := w.at(it.ref)
	if err != nil {
		return err
	}
	if it.edit >= 0 {
		if line, err = w.edited(bytes.Clone(line), &w.edits[it.edit]); err != nil {
			return err
		}
	}
	w.w.Write(line)
	return w.w.WriteByte('\n')
}

func (w *writer) edited(line []byte, e *edit) ([]byte, error) {
	if e.mend {
		line = bytes.ToValidUTF8(line, []byte("\uFFFD"))
	}
	for _, o := range e.others {
		b, err := w.at(o)
		if err != nil {
			return nil, err
		}
		line = merge(line, bytes.ToValidUTF8(b, []byte("\uFFFD")))
	}
	ev, err := event.Parse(line)
	if err != nil {
		return line, nil
	}
	if e.repeat > 0 {
		line = setKey(line, "event_id", []byte(`"`+repeatID(ev, e.repeat)+`"`))
	}
	if e.parent.n > 0 {
		b, err := w.at(e.parent)
		if err != nil {
			return nil, err
		}
		if call, err := event.Parse(b); err == nil && call.ID() != "" {
			line = setKey(line, "parent_id", event.AppendString(nil, repeatID(call, e.nth)))
		}
	}
	if _, has := ev.Duration(); e.duration >= 0 && !has {
		line = setKey(line, "duration_ms", event.AppendMillis(nil, time.Duration(e.duration)))
	}
	return line, nil
}

// repeatID returns the id of the nth telling of an event that its source gave
// no id.
func repeatID(e event.Event, nth int) string {
	if nth < 2 {
		return e.ID()
	}
	return event.ID(e.Session(), "repeat", e.ID(), fmt.Sprint(nth))
}
