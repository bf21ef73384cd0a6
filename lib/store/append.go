package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"agenttrace/lib/event"
)

// ErrNoSession is the error of storing an event that names no session. There is
// no place for it: no id can be made up under which it would be found, and a
// session of strays would show in every report.
var ErrNoSession = errors.New("no session_id")

// Append adds lines to a session: text is one line or several, each with its
// newline. They go out in one write. Either all are stored or none: where the
// disk is full, what was written of them is taken back. A session without a
// name is ErrNoSession.
func (s *Store) Append(session string, text []byte) error {
	if session == "" {
		return ErrNoSession
	}
	return s.append(filepath.Join(DirName(session), eventsFile), text)
}

// Reject keeps what could not be read as a record of an agent, so that it is
// not lost: one line in rejected.jsonl with the time and the cause. Bytes that
// are not UTF-8 become U+FFFD.
func (s *Store) Reject(unixNano int64, cause string, raw []byte) error {
	var o event.Object
	o.Seconds("timestamp", unixNano).Str("cause", cause).Str("raw", string(raw))
	return s.append(rejectedFile, append(o.Bytes(), '\n'))
}

func (s *Store) append(name string, text []byte) error {
	root, err := s.root(true)
	if err != nil {
		return err
	}
	defer root.Close()
	f, err := openLocked(root, name)
	if err != nil {
		return fmt.Errorf("cannot open %s: %w", filepath.Join(s.dir, name), err)
	}
	defer f.Close() // which gives up the lock
	if err := appendLocked(f, text); err != nil {
		return fmt.Errorf("cannot write to %s: %w", filepath.Join(s.dir, name), err)
	}
	return nil
}

// openLocked opens a file for appending, with the lock on it. Who waits for the
// lock may get it on a file that another one has taken the place of, with the
// name: then what is written would be lost.
func openLocked(root *os.Root, name string) (*os.File, error) {
	for {
		f, err := openAppend(root, name)
		if err != nil {
			return nil, err
		}
		if err := lock(f); err != nil {
			f.Close()
			return nil, err
		}
		have, err := f.Stat()
		if err != nil {
			f.Close()
			return nil, err
		}
		if there, err := root.Stat(name); err == nil && os.SameFile(have, there) {
			return f, nil
		}
		f.Close()
	}
}

// appendLocked appends to a file that is locked.
func appendLocked(f *os.File, text []byte) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	size := info.Size()
	if torn(f, size) {
		text = append([]byte{'\n'}, text...)
	}
	n, err := f.Write(text)
	if err == nil || n == 0 {
		return err
	}
	// Take back the part that was written, unless somebody who knows nothing
	// of the lock has written behind it.
	if info, serr := f.Stat(); serr == nil && info.Size() == size+int64(n) {
		f.Truncate(size)
	}
	return err
}

// torn reports whether a file of the given size ends in the middle of a line.
func torn(f *os.File, size int64) bool {
	if size == 0 {
		return false
	}
	var last [1]byte
	_, err := f.ReadAt(last[:], size-1)
	return err == nil && last[0] != '\n'
}

// maxBatch is how many bytes a Saver holds before it writes them.
const maxBatch = 1 << 20

// A Saver appends events to their sessions. It holds lines back and writes
// those of one session together; Flush writes out the rest.
type Saver struct {
	store   *Store
	batches map[string]*bytes.Buffer
	order   []string // of first appearance, for writing in a fixed order
	held    int
}

// NewSaver returns a Saver for the store.
func (s *Store) NewSaver() *Saver {
	return &Saver{store: s, batches: map[string]*bytes.Buffer{}}
}

// Save adds an event. Without a session it is ErrNoSession, and not held.
func (v *Saver) Save(session string, line []byte) error {
	if session == "" {
		return ErrNoSession
	}
	b := v.batches[session]
	if b == nil {
		b = &bytes.Buffer{}
		v.batches[session] = b
		v.order = append(v.order, session)
	}
	b.Write(line)
	b.WriteByte('\n')
	if v.held += len(line) + 1; v.held >= maxBatch {
		return v.Flush()
	}
	return nil
}

// Flush writes out what is held. The first error is returned; the sessions
// after it are written all the same.
func (v *Saver) Flush() error {
	var first error
	for _, session := range v.order {
		if err := v.store.Append(session, v.batches[session].Bytes()); err != nil && first == nil {
			first = err
		}
	}
	clear(v.batches)
	v.order, v.held = v.order[:0], 0
	return first
}
