package find

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"agenttrace/lib/capture"
	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/sqlite"
)

// A Database is a SQLite data base in which an agent keeps sessions. It is read
// while the agent writes, and left as it is, see [sqlite.Snapshot].
type Database struct {
	Path  string
	agent dialect.Agent
	mu    sync.Mutex
	last  *sqlite.Snapshot // used again while it is the newest
}

// OpenDatabase returns a data base of one of some agents. It is nil if it has
// not the tables of any. Errors name the file.
func OpenDatabase(name string, agents []string) (*Database, error) {
	d := &Database{Path: name}
	tables := map[string]bool{}
	err := d.ask(func(q dialect.Querier) error {
		// Views and virtual tables may be anything.
		return q.Query("SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0", nil, func(r dialect.Row) error {
			tables[string(r.Get("name").Text)] = true
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	for _, a := range capture.Agents {
		if a.Database != nil && slices.Contains(agents, a.Name) &&
			!slices.ContainsFunc(a.Database.Tables, func(t string) bool { return !tables[t] }) {
			d.agent = a
			return d, nil
		}
	}
	if len(tables) > 0 {
		return nil, &fs.PathError{Op: "read", Path: name, Err: errStrange}
	}
	return nil, nil // new
}

var errStrange = errors.New("a SQLite data base that is of no agent which is known")

// snapshot returns the newest state.
func (d *Database) snapshot() (*sqlite.Snapshot, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.last != nil && d.last.Current() {
		return d.last, nil
	}
	s, err := sqlite.Open(d.Path)
	if err != nil {
		return nil, err
	}
	d.last = s // the one before may be in use: it is closed when it is out of reach
	return s, nil
}

// patience is how long it is tried to read something while others write.
const patience = 10 * time.Second

var errRestless = errors.New("it changes faster than it can be read")

// ask calls use, again if the data base has changed under it.
func (d *Database) ask(use func(dialect.Querier) error) error {
	return d.try(func(s *sqlite.Snapshot, q dialect.Querier) (bool, error) { return false, use(q) })
}

// try is ask for what must know the snapshot. use reports whether it got any
// further. Errors name the file.
func (d *Database) try(use func(*sqlite.Snapshot, dialect.Querier) (further bool, err error)) error {
	for end := time.Now().Add(patience); ; {
		s, err := d.snapshot()
		if err != nil {
			return err
		}
		further := false
		c, err := s.Connect()
		if err == nil {
			further, err = use(s, c)
			err = errors.Join(err, c.Close())
		}
		var o over
		switch {
		case errors.As(err, &o):
			return o.result
		case s.Intact() && err == nil:
			return nil
		case s.Intact():
			return &fs.PathError{Op: "read", Path: d.Path, Err: err}
		case further:
			end = time.Now().Add(patience)
		case time.Now().After(end):
			return &fs.PathError{Op: "read", Path: d.Path, Err: errRestless}
		}
	}
}

// over ends try: there is a result, whatever happens to the data base.
type over struct{ result error }

func (over) Error() string { return "over" }

// Sessions lists the sessions. They are files whose path is that of the data
// base, a #, and the session's id.
func (d *Database) Sessions() ([]File, error) {
	var list []File
	err := d.ask(func(q dialect.Querier) error {
		list = list[:0]
		return d.agent.Database.Sessions(q, func(f dialect.Found) {
			f.Path = d.Path + "#" + f.Session
			list = append(list, File{Found: f, Agent: d.agent.Name, base: d})
		})
	})
	return list, err
}

// Stamp returns what changes when a session does.
func (d *Database) Stamp(session string) (stamp string, err error) {
	err = d.ask(func(q dialect.Querier) (err error) {
		stamp, err = d.agent.Database.Stamp(q, session)
		return err
	})
	return stamp, err
}

// block is how much of a session is read before it is seen whether it is what
// the data base held at one moment, in bytes.
const block = 4 << 20

// Records gives the records of a session in order, each on a line of its own;
// several at once, which tell of nothing before at, the time in nanoseconds.
// growing leaves out what is not whole yet. Should the agent change the data
// base meanwhile, so that it must be read again, none is given twice.
func (d *Database) Records(session string, growing bool, give func(lines []byte) error) error {
	return d.records(session, growing, func(int64) bool { return false }, give)
}

// RecordsSince is Records; what tells of the time before since, in
// nanoseconds, is given to old.
func (d *Database) RecordsSince(session string, since int64, old, give func(lines []byte) error) error {
	return d.records(session, true, func(at int64) bool { return at < since }, old, give)
}

// records gives records to one of the last two of gives, by whether it is apart.
func (d *Database) records(session string, growing bool, apart func(at int64) bool, gives ...func(lines []byte) error) error {
	given := map[string]bool{}
	block := block
	return d.try(func(s *sqlite.Snapshot, q dialect.Querier) (further bool, err error) {
		var buf []byte
		var keys []string
		before := false
		flush := func() error {
			if len(buf) == 0 {
				return nil
			}
			if !s.Intact() {
				return errRestless
			}
			further = true
			for _, k := range keys {
				given[k] = true
			}
			give := gives[len(gives)-1]
			if before {
				give = gives[0]
			}
			err := give(buf)
			if buf, keys = buf[:0], keys[:0]; err != nil {
				return over{err}
			}
			return nil
		}
		has := func(key string) bool { return given[key] }
		err = d.agent.Database.Records(q, dialect.Wanted{Session: session, Growing: growing, Has: has, Give: func(key string, at int64, record []byte) error {
			if given[key] {
				return nil
			}
			if len(buf) > block || len(buf) > 0 && before != apart(at) {
				if err := flush(); err != nil {
					return err
				}
			}
			before = apart(at)
			keys = append(keys, key)
			buf = append(append(buf, record...), '\n')
			return nil
		}})
		var flaw dialect.Problem
		var o over
		if errors.As(err, &o) {
			return further, err
		}
		ferr := errRestless
		if err == nil || errors.As(err, &flaw) || s.Intact() {
			ferr = flush()
		}
		if ferr != nil {
			block = min(block, len(buf)) / 2 // a part of it may be read before it changes again
			return further, ferr
		}
		if err != nil {
			err = &fs.PathError{Op: "read", Path: d.Path, Err: err}
		}
		return true, over{err}
	})
}

// reader returns the records of a session as a stream.
func (d *Database) reader(session string) io.ReadCloser {
	r, w := io.Pipe()
	go func() {
		err := d.Records(session, false, func(lines []byte) error {
			_, err := w.Write(lines)
			return err
		})
		var perr *fs.PathError
		if errors.As(err, &perr) {
			err = perr.Err // who reads it knows the path
		}
		w.CloseWithError(err)
	}()
	return r
}

// inDatabases returns the sessions in data bases, and the list without the
// files of those sessions: agents that have come to keep them in a data base
// leave their old files where they were.
func inDatabases(list []File, names, agents []string, problem func(error)) []File {
	var found []File
	for _, name := range names {
		sessions, err := databaseSessions(name, agents)
		if err != nil && Expected(name) {
			problem(err)
		}
		found = append(found, sessions...)
	}
	if len(found) == 0 {
		return list
	}
	has := map[[2]string]bool{}
	for i := range found {
		has[[2]string{found[i].Agent, found[i].Session}] = true
	}
	list = slices.DeleteFunc(list, func(f File) bool { return has[[2]string{f.Agent, f.Session}] })
	return append(list, found...)
}

func databaseSessions(name string, agents []string) ([]File, error) {
	d, err := OpenDatabase(name, agents)
	if d == nil {
		return nil, err
	}
	return d.Sessions()
}

// Expected reports whether a file has the name of some agent's data base.
func Expected(name string) bool {
	return slices.ContainsFunc(capture.Agents, func(a dialect.Agent) bool {
		return a.Database != nil && a.Database.Name == filepath.Base(name)
	})
}

// Agent returns the name of the agent.
func (d *Database) Agent() string { return d.agent.Name }

// Elsewhere returns the sessions in data bases of an agent that are outside of
// its folders, see Roots.
func Elsewhere(agent string, problem func(error)) []File {
	var list []File
	for _, name := range DatabasesElsewhere(agent) {
		found, err := databaseSessions(name, []string{agent})
		if err != nil {
			problem(err)
		}
		list = append(list, found...)
	}
	return list
}

// DatabasesElsewhere returns the data bases of Elsewhere that are there.
func DatabasesElsewhere(agent string) []string {
	home, _ := os.UserHomeDir()
	for _, a := range capture.Agents {
		if a.Name == agent && a.Database != nil && a.Database.Elsewhere != nil {
			return slices.DeleteFunc(a.Database.Elsewhere(os.Getenv, home), func(name string) bool {
				info, err := os.Stat(name)
				return err != nil || !info.Mode().IsRegular()
			})
		}
	}
	return nil
}

// In returns the sessions of a data base that was named, and whether the file
// is one. A name that ends with # and a session's id is of that one alone.
func In(name string) (list []File, is bool, err error) {
	path, session, one := name, "", false
	if _, err := os.Stat(name); err != nil {
		i := strings.LastIndexByte(name, '#')
		if i < 0 {
			return nil, false, nil
		}
		path, session, one = name[:i], name[i+1:], true
	}
	if is, err = isDatabase(path); !is || err != nil {
		return nil, is, err
	}
	if list, err = databaseSessions(path, Agents()); err != nil || !one {
		return list, true, err
	}
	list = slices.DeleteFunc(list, func(f File) bool { return f.Session != session })
	if len(list) == 0 {
		err = &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("no session %s in it", session)}
	}
	return list, true, err
}

// isDatabase reports whether a file is a data base, or seems to be meant for
// one. The error tells why it cannot be read if so.
func isDatabase(name string) (bool, error) {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return false, nil // what is read of a pipe is gone
	}
	f, err := os.Open(name)
	if err != nil {
		return false, nil // which will be found again
	}
	defer f.Close()
	head := make([]byte, 512)
	n, _ := io.ReadFull(f, head)
	head = head[:n]
	ext := filepath.Ext(name)
	switch {
	case bytes.HasPrefix(head, []byte(sqlite.Magic)):
		return true, nil
	case sqlite.IsLog(head):
		return true, &fs.PathError{Op: "read", Path: name, Err: errors.New("the log of a SQLite data base, which is read with it")}
	case ext != ".db" && ext != ".sqlite" && ext != ".sqlite3":
		return false, nil
	case n == 0:
		return true, nil
	case bytes.IndexByte(head, 0) >= 0 || !utf8.Valid(head[:max(0, n-utf8.UTFMax)]):
		return true, &fs.PathError{Op: "read", Path: name, Err: sqlite.ErrNotSQLite}
	}
	return false, nil
}
