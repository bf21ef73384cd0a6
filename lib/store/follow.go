package store

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"agenttrace/lib/event"
)

// The beats of following. Changes are told by the file system; looking is for
// what it cannot tell: a store that does not exist yet, a change between the
// first look at a directory and the watch on it, file systems that tell nothing.
const (
	waitForStore = 50 * time.Millisecond
	lookAgain    = time.Second
)

// A Follower writes events as they are stored.
type Follower struct {
	Store *Store
	Out   io.Writer // each event is written as soon as it is stored
	// Wants says which sessions are followed; nil means all.
	Wants func(id string) bool
	// From says how much of a session has been written already, by its ID; a
	// session that is not there is written from its start.
	From    map[string]int64
	Problem func(error) // told of lines that are not events

	tails map[string]*tail
}

// A tail is a session that is followed.
type tail struct {
	sess Session
	size int64 // of the part that is done
	skip bool  // not wanted
	j    *joiner
	line int
}

// Run follows until ctx is done.
func (fl *Follower) Run(ctx context.Context) error {
	fl.tails = map[string]*tail{}
	for {
		if info, err := os.Stat(fl.Store.dir); err == nil && info.IsDir() {
			break
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(waitForStore):
		}
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("cannot watch the trace store: %w", err)
	}
	defer w.Close()
	// An error to watch is made up for by looking again.
	w.Add(fl.Store.dir)
	if err := fl.look(w); err != nil {
		return err
	}
	again := time.NewTicker(lookAgain)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case ev, ok := <-w.Events:
			if !ok {
				return errors.New("cannot watch the trace store any more")
			}
			err = fl.changed(w, ev.Name)
		case <-w.Errors:
			err = fl.look(w)
		case <-again.C:
			err = fl.look(w)
		}
		if err != nil {
			return err
		}
	}
}

// changed looks at the session that a path belongs to.
func (fl *Follower) changed(w *fsnotify.Watcher, path string) error {
	rel, err := filepath.Rel(fl.Store.dir, path)
	if err != nil || rel == "." || strings.HasPrefix(rel, ".") {
		return nil
	}
	name, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
	return fl.session(w, name)
}

// look looks at every session.
func (fl *Follower) look(w *fsnotify.Watcher) error {
	root, err := fl.Store.root(false)
	if err != nil {
		return nil // gone: it may come again
	}
	names, err := readNames(root)
	root.Close()
	if err != nil {
		return nil
	}
	for _, name := range names {
		if err := fl.session(w, name); err != nil {
			return err
		}
	}
	return nil
}

// session writes what is new in a session.
func (fl *Follower) session(w *fsnotify.Watcher, name string) error {
	t := fl.tails[name]
	if t == nil {
		// A name that is not encoded is the id: what is not wanted costs no
		// watch and no look.
		t = &tail{skip: fl.Wants != nil && name[0] != '~' && !fl.Wants(name)}
		fl.tails[name] = t
		if !t.skip {
			w.Add(filepath.Join(fl.Store.dir, name))
		}
	}
	if t.skip {
		return nil
	}
	root, err := fl.Store.root(false)
	if err != nil {
		return nil
	}
	defer root.Close()
	file := filepath.Join(name, eventsFile)
	info, err := root.Stat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() == t.size {
		return nil
	}
	if t.sess.Name == "" {
		sess := fl.Store.look(root, name)
		if sess == nil || sess.Size == 0 {
			return nil
		}
		t.sess, t.size = *sess, fl.From[sess.ID]
		if t.skip = fl.Wants != nil && !fl.Wants(sess.ID); t.skip || t.size == info.Size() {
			return nil
		}
	}
	f, err := root.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	} else if err != nil {
		return fmt.Errorf("cannot read session %s: %w", t.sess.ID, err)
	}
	defer f.Close()
	return fl.read(t, f, info.Size())
}

// read writes the whole lines of a session up to size that are not done yet.
func (fl *Follower) read(t *tail, f *os.File, size int64) error {
	if size < t.size {
		fl.Problem(fmt.Errorf("%s became shorter, reading it from its start", t.sess.Path()))
		t.size, t.j = 0, nil
	}
	if t.j == nil {
		t.j = newJoiner()
		if _, err := t.j.read(f, t.size); err != nil {
			return fmt.Errorf("cannot read %s: %w", t.sess.Path(), err)
		}
		t.j.problems = nil
		t.line = 1
		if t.size > 0 {
			t.line += countLines(f, t.size)
		}
	}
	data := make([]byte, size-t.size)
	n, err := f.ReadAt(data, t.size)
	if err != nil && err != io.EOF {
		return fmt.Errorf("cannot read %s: %w", t.sess.Path(), err)
	}
	data = data[:bytes.LastIndexByte(data[:n], '\n')+1]
	if len(data) == 0 {
		return nil
	}
	out := &writer{w: bufio.NewWriter(fl.Out), f: f}
	for _, ft := range facts(event.Chunk{Data: data, Off: t.size, Line: t.line}) {
		had := len(t.j.items)
		t.j.add(&ft)
		out.edits = t.j.edits
		if err := out.items(t.j.items[had:]); err != nil {
			return err
		}
	}
	for _, p := range t.j.problems {
		fl.Problem(t.sess.syntaxError(p))
	}
	t.j.problems = nil
	t.size += int64(len(data))
	t.line += bytes.Count(data, []byte{'\n'})
	return out.w.Flush()
}

func countLines(f *os.File, size int64) (n int) {
	buf := make([]byte, 64<<10)
	for off := int64(0); off < size; {
		k, err := f.ReadAt(buf[:min(int64(len(buf)), size-off)], off)
		n += bytes.Count(buf[:k], []byte{'\n'})
		if off += int64(k); err != nil {
			break
		}
	}
	return n
}
