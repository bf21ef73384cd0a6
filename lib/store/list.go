package store

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"agenttrace/lib/event"
)

// A Session is a session in the store.
type Session struct {
	ID   string // as its agent calls it
	Name string // the name of its directory
	Size int64  // of its events, in bytes

	store *Store
	// firstNano and lastNano are the times of its first and last event, as
	// far as they have been looked up.
	firstNano, lastNano int64
	summary             []byte // data of its cached summary, if fresh
	parent              string
	started             bool // parent says all that its session_start does
}

// Path returns the file that holds its events.
func (s Session) Path() string { return filepath.Join(s.store.dir, s.Name, eventsFile) }

// Parent returns the session that started this one, "" if none is known. That
// is told by a session_start near the beginning; see LookUpParents.
func (s Session) Parent() string { return s.parent }

// Start returns the time of the first event.
func (s Session) Start() time.Time { return time.Unix(0, s.firstNano) }

// End returns the time of the last event.
func (s Session) End() time.Time { return time.Unix(0, s.lastNano) }

// Sessions returns the sessions of the store, sorted by the time of their
// first event, then by id. A store that does not exist has none.
func (s *Store) Sessions() ([]Session, error) {
	root, err := s.root(false)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	defer root.Close()
	names, err := readNames(root)
	if err != nil {
		return nil, fmt.Errorf("cannot read the trace store: %w", err)
	}
	return s.lookAll(root, names), nil
}

// byStart is the order of sessions: by their first event, then by id.
func byStart(a, b Session) int {
	return cmp.Or(cmp.Compare(a.firstNano, b.firstNano), cmp.Compare(a.ID, b.ID))
}

// readNames returns the names of the directories that may be sessions.
func readNames(root *os.Root) ([]string, error) {
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(-1)
	var names []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names, err
}

// each calls fn for 0 … n-1 on a few goroutines: looking at a session is
// mostly waiting for the file system.
func each(n int, fn func(int)) {
	workers := min(2*runtime.GOMAXPROCS(0), n)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				fn(i)
			}
		})
	}
	wg.Wait()
}

// look finds out a session's id and times: from its cached summary if that
// covers all of it, else from its first and last events. It returns nil if the
// directory holds no events.
func (s *Store) look(root *os.Root, name string) *Session {
	file := filepath.Join(name, eventsFile)
	info, err := root.Stat(file)
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	sess := &Session{ID: name, Name: name, Size: info.Size(), store: s}
	if !sess.readMeta(root) {
		if f, err := root.Open(file); err == nil {
			sess.readEnds(f)
			f.Close()
		}
	}
	return sess
}

// readEnds finds the id and the times in the events.
func (s *Session) readEnds(f *os.File) {
	named := s.Name[0] != '~'
	head, tail := ends(f, s.Size)
	read := 0
	for e := range head {
		if ns, ok := e.UnixNano(); ok && s.firstNano == 0 {
			s.firstNano, s.lastNano = ns, ns
		}
		if e.Is("session_start") {
			s.started = true
			if s.parent == "" {
				s.parent = e.Get("parent_session_id").String()
			}
		}
		if !named && DirName(e.Session()) == s.Name {
			s.ID, named = e.Session(), true
		}
		// A session_start that is not the first event mostly stands near it.
		read += len(e.Raw)
		if s.firstNano != 0 && named && (s.started || read > tailSize) {
			break
		}
	}
	for e := range tail {
		if ns, ok := e.UnixNano(); ok {
			s.lastNano = max(s.lastNano, ns)
		}
	}
}

// tailSize is how much of the end of a session is read to find its last event.
// A longer last event is looked for in all of the file.
const tailSize = 8 << 10

// ends returns the events at the start and at the end of a file.
func ends(f *os.File, size int64) (head, tail func(func(event.Event) bool)) {
	head = func(yield func(event.Event) bool) {
		eachEvent(event.NewLineReaderSize(io.NewSectionReader(f, 0, size), tailSize), yield)
	}
	tail = func(yield func(event.Event) bool) {
		for n := int64(tailSize); ; n *= 16 {
			from := max(0, size-n)
			found := false
			lines := event.NewLineReaderSize(io.NewSectionReader(f, from, size-from), tailSize)
			if from > 0 {
				lines.Read() // the end of a line that begins before
			}
			eachEvent(lines, func(e event.Event) bool {
				found = true
				return yield(e)
			})
			if found || from == 0 {
				return
			}
		}
	}
	return head, tail
}

// LookUpParents looks for the parents of those sessions of a list whose
// session_start does not stand near their beginning, such as where a transcript
// was captured after what hooks had told. Their files are read until it is
// found.
func (s *Store) LookUpParents(list []Session) {
	root, err := s.root(false)
	if err != nil {
		return
	}
	defer root.Close()
	each(len(list), func(i int) {
		sess := &list[i]
		if sess.started || sess.parent != "" {
			return
		}
		if f, err := root.Open(filepath.Join(sess.Name, eventsFile)); err == nil {
			sess.findParent(f)
			f.Close()
		}
	})
}

// findParent reads all of the events. Only lines that may tell are parsed.
func (s *Session) findParent(f *os.File) {
	lines := event.NewLineReaderSize(io.NewSectionReader(f, 0, s.Size), 1<<16)
	for s.parent == "" {
		line, err := lines.Read()
		if err != nil {
			return
		}
		if !bytes.Contains(line, []byte(`"parent_session_id"`)) {
			continue
		}
		if e, err := event.Parse(bytes.TrimSpace(line)); err == nil && e.Is("session_start") {
			s.parent = e.Get("parent_session_id").String()
		}
	}
}

func eachEvent(lines *event.LineReader, yield func(event.Event) bool) {
	for {
		line, err := lines.Read()
		if err != nil {
			return
		}
		if e, err := event.Parse(bytes.TrimSpace(line)); err == nil && !yield(e) {
			return
		}
	}
}

// Latest returns the session whose last event is the latest; ok is false if
// there is no session.
func Latest(list []Session) (latest Session, ok bool) {
	for _, s := range list {
		if !ok || s.lastNano > latest.lastNano || s.lastNano == latest.lastNano && s.ID > latest.ID {
			latest, ok = s, true
		}
	}
	return latest, ok
}
