// Package dialect says what a package that reads one agent's records gives to
// lib/capture: how to tell its records, how to turn them into events, and
// where on a machine its files lie.
package dialect

import (
	"errors"
	"io/fs"
	"time"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// An Agent is one agent whose records can be read.
type Agent struct {
	// Name is how the command line names it: codex, gemini, cursor, …. What
	// session_start says in data.agent is the name of the program: gemini-cli.
	Name string
	// Title is how people write it: Gemini CLI.
	Title string
	// New returns a reader that gives its events to the sink.
	New func(*Sink) Reader
	// Roots returns the folders in which the agent keeps its files on a
	// machine, whether they are there or not; nil if it keeps none. env looks
	// up environment variables, home is the user's home directory.
	Roots func(env func(string) string, home string) []string
	// Find lists the agent's files at and below a directory of fsys. What is
	// not the agent's is left out; what cannot be read is told to problem.
	Find func(fsys fs.FS, root string, problem func(error)) []Found
	// Database says how its data bases are read; nil if it keeps none.
	Database *Database
}

// A Sink takes the events of a reader.
type Sink struct {
	// Emit is given each event as one line without a newline. The bytes may be
	// used again when it returns.
	Emit func(line []byte) error
	// Origin adds to session_start what only the machine knows that the agent
	// runs on: host, user, git, process. Nil where the records are not read on
	// behalf of a running agent.
	Origin func(cwd string, o *event.Object)
	// All keeps bookkeeping records, too.
	All bool
}

// A Reader turns the records of one agent into events. Its state lasts from
// Begin to End, apart from what it must remember over files to count nothing
// twice.
type Reader interface {
	// Is reports whether a record is the agent's. It changes nothing. Readers
	// whose later records say little of themselves may use what they have read
	// since Begin.
	Is(r *record.Record) bool
	// Begin starts an input.
	Begin(f File)
	// Take makes the events of a record that was read at a time, for records
	// that have none of their own. ErrNoSession says that nothing tells whose it
	// is; a Problem, what else could not be used; any other error ends the run.
	Take(r *record.Record, nano int64) error
	// End ends the input: it makes the events that had to wait for what might
	// still have come.
	End() error
}

// A File says what is known of an input beside its bytes.
type File struct {
	Name    string // its path, for messages and where the path tells the session
	Session string // that its name tells, for records that do not say
}

// A Found is a file of an agent.
type Found struct {
	Path     string
	Session  string // as in File
	Dir      string // where the agent worked, if it is easily told
	Size     int64  // bytes
	Began    time.Time
	Modified time.Time
	Database bool // it may be a data base, and stand for the sessions in it
}

// ErrNoSession is returned for a record of which nothing tells the session.
var ErrNoSession = errors.New("a record without a session id")

// A Problem is what is wrong with one record; the rest is read all the same.
type Problem string

func (p Problem) Error() string { return string(p) }
