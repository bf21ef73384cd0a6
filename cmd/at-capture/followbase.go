package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"agenttrace/lib/capture"
	"agenttrace/lib/find"
)

// The beats of following data bases, whose log changes with all that an agent
// writes.
const (
	// baseAgain is how long after a look the next one is due at the soonest.
	baseAgain = time.Second
	// baseActive is how long after its last change a session is looked at for
	// changes that the session itself does not tell, such as those of a turn
	// that goes on.
	baseActive = 24 * time.Hour
)

// followedBase is a data base that is followed.
type followedBase struct {
	db       *find.Database // nil until it is known whose it is
	tail     *capture.Tail
	sessions map[string]*followedSession
	there    bool // when following began
	listed   bool
	looked   time.Time
	was      [2]fileState // of the data base and its log
	told     string       // the last error
}

type fileState struct {
	size     int64
	modified time.Time
}

// followedSession is a session in it.
type followedSession struct {
	followed // for the ids of its events
	read     bool
	old      bool // it was there before, and was not read
	changed  time.Time
	stamp    string
}

// isBase returns the name of the data base of which a file seems to be a part.
func isBase(name string) (string, bool) {
	name = strings.TrimSuffix(strings.TrimSuffix(name, "-wal"), "-journal")
	return name, filepath.Ext(name) == ".db" && !strings.HasPrefix(filepath.Base(name), ".")
}

// base makes the events of what is new in a data base.
func (f *follower) base(name string) error {
	b := f.bases[name]
	if b == nil {
		b = &followedBase{sessions: map[string]*followedSession{}, there: f.start}
		f.bases[name] = b
	}
	if time.Since(b.looked) < baseAgain {
		return nil // the next look will find it
	}
	now := [2]fileState{stateOf(name), stateOf(name + "-wal")}
	// A change within the same tick of the clock does not show in the time.
	if now == b.was && time.Since(now[0].modified) > quiet && time.Since(now[1].modified) > quiet {
		return nil
	}
	b.was, b.looked = now, time.Now()
	err := f.sessions(name, b)
	var perr *fs.PathError
	switch {
	case err == nil:
		b.told = ""
	case !errors.As(err, &perr) || perr.Path != name:
		return err
	case b.told != err.Error():
		b.told = err.Error()
		if find.Expected(name) || slices.Contains(f.c.Files(), name) {
			f.c.Warnf("%v", err)
		}
	}
	return nil
}

func stateOf(name string) fileState {
	info, err := os.Stat(name)
	if err != nil {
		return fileState{}
	}
	return fileState{info.Size(), info.ModTime()}
}

// sessions looks at the sessions that may have changed.
func (f *follower) sessions(name string, b *followedBase) (err error) {
	if b.db == nil {
		if b.db, err = find.OpenDatabase(name, f.agentsOf(name)); b.db == nil {
			return err
		}
		b.tail = f.k.Tail(capture.File{Name: name, Agent: b.db.Agent(), Log: true})
	}
	list, err := b.db.Sessions()
	if err != nil {
		return err
	}
	first := !b.listed
	b.listed = true
	since := f.o.since.Time(f.o.clock.Now())
	for _, x := range find.Sort(list) {
		s := b.sessions[x.Session]
		if s == nil {
			s = &followedSession{followed: followed{path: name, whole: true, seen: map[string]bool{}}}
			b.sessions[x.Session] = s
			s.old = b.there && first && (since.IsZero() || x.Modified.Before(since))
		}
		if s.changed.Equal(x.Modified) && time.Since(x.Modified) > baseActive {
			continue
		}
		s.changed = x.Modified
		stamp, err := b.db.Stamp(x.Session)
		if err != nil {
			return err
		}
		if stamp == s.stamp {
			continue
		}
		s.stamp = stamp
		if s.old && first && time.Since(x.Modified) > recent {
			continue // of such a one nothing is told until it goes on
		}
		if err := f.session(b, s, x.Session); err != nil {
			return err
		}
	}
	return nil
}

// session makes the events of a session that has changed. Of one that was there
// before, what is older than the start is not told.
func (f *follower) session(b *followedBase, s *followedSession, id string) error {
	f.now, f.active = &s.followed, time.Now()
	defer func() { f.now, f.muted = nil, false }()
	before := int64(0)
	if s.old && !s.read {
		before = f.begun.UnixNano()
	}
	lines := func(muted bool) func([]byte) error {
		return func(data []byte) error {
			f.muted = muted
			return b.tail.Lines(data)
		}
	}
	err := b.db.RecordsSince(id, before, lines(true), lines(false))
	s.read = true
	return errors.Join(err, b.tail.End())
}

// agentsOf returns the agents of which a data base may be.
func (f *follower) agentsOf(name string) []string {
	var list []string
	for dir, agents := range f.folders() {
		if rel, err := filepath.Rel(dir, name); err == nil && filepath.IsLocal(rel) {
			list = append(list, agents...)
		}
	}
	if len(list) == 0 {
		return find.Agents()
	}
	return list
}
