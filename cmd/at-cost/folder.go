package main

import (
	"runtime/debug"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"agenttrace/lib/capture"
	"agenttrace/lib/cli"
	"agenttrace/lib/cost"
	"agenttrace/lib/event"
	"agenttrace/lib/find"
	"agenttrace/lib/usage"
)

// folders are the directories of agents that are read.
type folders struct {
	own     map[string]*bool // by agent: whether to read its own
	noCache bool
	dirs    int
}

// flags adds the flags and FILE….
func (f *folders) flags(app *kingpin.Application) *cli.IO {
	f.own = map[string]*bool{capture.Claude: app.Flag(capture.Claude, "Read the transcripts in Claude Code's own folder.").Bool()}
	for _, a := range capture.Agents {
		if a.Roots != nil {
			f.own[a.Name] = app.Flag(a.Name, "Read the files in the folders of "+a.Title+".").Bool()
		}
	}
	app.Flag("no-cache", "Read all files of folders again, and remember nothing of them.").BoolVar(&f.noCache)
	std := cli.Std(app)
	std.Elsewhere = f.given
	return std
}

// given reports whether any directory was asked for, even if it is not there.
func (f *folders) given() bool {
	for _, on := range f.own {
		if *on {
			return true
		}
	}
	return f.dirs > 0
}

// roots returns the directories that are to be read.
func (f *folders) roots(c *cli.IO) (roots []usage.Root) {
	for _, dir := range c.Dirs() {
		f.dirs++
		roots = append(roots, usage.Root{Dir: dir, Agents: find.Agents()})
	}
	for _, agent := range find.Agents() {
		if on := f.own[agent]; on != nil && *on {
			for _, dir := range find.Roots(agent) {
				roots = append(roots, usage.Root{Dir: dir, Agents: []string{agent}})
			}
		}
	}
	return roots
}

// whole reports whether more of a session is needed than the answers.
func (o *options) whole() bool {
	switch o.By {
	case cost.ByPhase, cost.ByTool, cost.ByFile, cost.ByTurn:
		return true
	}
	return o.Carry || o.Waste || o.report.Tee
}

// garbage is how much memory may be used beside what is needed, in percent of
// it: what is needed is little, and collecting takes a good part of the time.
const garbage = 300

// folder adds to the ledger what the files in directories tell.
func (o *options) folder(c *cli.IO, l *cost.Ledger, roots []usage.Root) error {
	r := &usage.Reader{
		Version: cli.Version, Whole: o.whole(), Alone: len(c.Files()) == 0, Guess: !o.NoGuess,
		Clock:   func() int64 { return time.Now().UnixNano() },
		Problem: func(err error) { c.Warnf("%v", err) },
		Emit: func(line []byte) error {
			e, err := event.Parse(line)
			if err != nil || e.Is(cost.Kind) {
				return err
			}
			if o.report.Tee {
				if err := c.Out.Write(line); err != nil {
					return err
				}
			}
			l.Add(e)
			return nil
		},
	}
	debug.SetGCPercent(garbage)
	if !o.noCache {
		r.Cache = usage.Dir()
	}
	return r.Read(l, roots...)
}
