package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"agenttrace/lib/capture"
	"agenttrace/lib/cli"
	"agenttrace/lib/event"
	"agenttrace/lib/find"
	"agenttrace/lib/join"
	"agenttrace/lib/origin"
	"agenttrace/lib/store"
)

// runHook is a run with --save on standard input: whatever happens, the agent
// is left in peace. It returns if the command line asks for something else.
func runHook(app *kingpin.Application, c *cli.IO, o *options) {
	_, err := app.Parse(os.Args[1:])
	if err == nil {
		err = o.badPattern()
	}
	if err != nil {
		fmt.Fprintf(c.Stderr, "at-capture: %v, try --help\n", err)
		os.Exit(1)
	}
	files := c.Files()
	isHook := len(files) == 0 || len(files) == 1 && (files[0] == "-" || isRecord(files[0]))
	if !isHook || len(o.own()) > 0 || o.discover || o.follow {
		os.Exit(c.Exec(func(c *cli.IO) error { return run(c, o) }))
	}
	defer os.Exit(0)
	defer func() { _ = recover() }()
	if !cli.IsTerminal(os.Stderr) {
		c.Stderr = io.Discard // some agents read it as an answer
	}
	c.Exec(func(c *cli.IO) error { return run(c, o) })
}

// input is something that is read.
type input struct {
	capture.File
	path   string
	size   int64
	record string // what standard input would hold, if it is an argument
	open   func(count func(io.ReadCloser) io.ReadCloser) (io.ReadCloser, error)
}

func run(c *cli.IO, o *options) error {
	var inputs []input
	if !o.follow {
		var err error
		if inputs, err = o.inputs(c); err != nil || o.discover {
			return err
		}
	}
	k := &capture.Capture{All: o.all, Usage: o.usage, Clock: o.now()}
	k.Problem = func(err *event.SyntaxError, raw []byte) { c.Warnf("%v", err) }
	k.Emit, k.Idle = c.Out.Write, c.Out.Flush
	var saver *store.Saver
	var ended []string
	if o.save {
		st, err := o.where.Open()
		if err != nil {
			return err
		}
		saver = st.NewSaver()
		k.Emit = func(line []byte) error {
			e, err := save(saver, line)
			if err == errNoSession {
				c.Warnf("%v", err)
				return st.Reject(k.Clock(), err.Error(), line)
			} else if err != nil {
				return err
			}
			if e.Is("session_end") && !e.Get("agent_id").Exists() && e.Get("transcript_path").Exists() {
				ended = append(ended, e.Session())
			}
			return nil
		}
		k.Idle = saver.Flush
		k.Problem = func(err *event.SyntaxError, raw []byte) {
			c.Warnf("%v", err)
			if raw != nil && err.File == stdinName {
				st.Reject(k.Clock(), err.Msg, raw)
			}
		}
	}
	if err := o.redacted(c, k); err != nil {
		return err
	}
	if o.follow {
		return follow(c, k, o)
	}
	bar := newBar(c, inputs)
	readAll(c, k, inputs, bar)
	bar.done()
	if saver == nil {
		return nil
	}
	if err := saver.Flush(); err != nil || len(ended) == 0 {
		return err
	}
	return copyUsage(c, o, ended)
}

// maxJoin is how long a hook takes at most. Agents wait 1 to 1.5 seconds for
// one that a session's end calls.
const maxJoin = 700 * time.Millisecond

// copyUsage saves what the transcripts of sessions that have ended say of their
// cost: the agent will delete them.
func copyUsage(c *cli.IO, o *options, sessions []string) error {
	st, err := o.where.Open()
	if err != nil {
		return err
	}
	j := &join.Joiner{Store: st, Problem: func(err error) { c.Warnf("%v", err) }, Deadline: o.started.Add(maxJoin), Clean: o.clean}
	_, err = j.Sessions(sessions...)
	return err
}

const stdinName = "<stdin>"

// now returns the clock: the first record has the time of the start, and those
// after it the time at which they are read, so that their order can be told.
func (o *options) now() func() int64 {
	if o.clock.IsSet() {
		fixed := o.clock.Now().UnixNano() - 1000
		return func() int64 {
			fixed += 1000
			return fixed
		}
	}
	first := true
	return func() int64 {
		if first {
			first = false
			return o.started.UnixNano()
		}
		return time.Now().UnixNano()
	}
}

var errNoSession = errors.New("an event without a session_id is not saved")

// save stores an event, and returns it.
func save(saver *store.Saver, line []byte) (event.Event, error) {
	e, err := event.Parse(line)
	if err != nil {
		return e, err
	}
	session := e.Session()
	if session == "" {
		return e, errNoSession
	}
	return e, saver.Save(session, line)
}

// readAll captures the inputs in order: files some ahead of their turn, but
// standard input when it is reached, since it may be waited for.
func readAll(c *cli.IO, k *capture.Capture, inputs []input, bar *bar) {
	failed := func(err error) { c.Warnf("%v", err) }
	var files []capture.Input
	for _, in := range inputs {
		if in.path != "-" {
			files = append(files, capture.Input{File: in.File, Open: func() (io.ReadCloser, error) {
				return in.open(bar.count)
			}})
			continue
		}
		k.ReadAll(files, failed)
		files = nil
		k.Origin = func(agent, cwd string, obj *event.Object) { origin.Add(obj, cwd, agent) }
		from := io.NopCloser(c.Stdin)
		if in.record != "" {
			from = io.NopCloser(strings.NewReader(in.record))
		}
		if r, err := find.Inflate(from); err != nil {
			failed(err)
		} else if err := k.Read(r, in.File); err != nil {
			failed(err)
		}
		k.Origin = nil
	}
	k.ReadAll(files, failed)
}
