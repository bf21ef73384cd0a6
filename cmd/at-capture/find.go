package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"agenttrace/lib/capture"
	"agenttrace/lib/capture/claude"
	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/cli"
	"agenttrace/lib/text"
)

// A found is a file of an agent, which is "" if it is only the extension that
// tells so.
type found struct {
	dialect.Found
	agent string
	child claude.Child
}

func (f *found) input() input {
	return input{File: capture.File{Name: f.Path, Session: f.Session, Child: f.child, Agent: f.agent}, path: f.Path, size: f.Size}
}

// inputs returns what is to be read, in order.
func (o *options) inputs(c *cli.IO) ([]input, error) {
	problem := func(err error) { c.Warnf("%v", err) }
	var list []input
	var below []found
	names := c.Files()
	own := o.own()
	for _, name := range names {
		info, err := os.Stat(name)
		switch {
		case name == "-":
			list = append(list, stdin())
		case err != nil:
			problem(err)
		case info.IsDir():
			below = append(below, findUnder(name, agentNames(), problem)...)
		default:
			f, err := look(name, info)
			if err != nil {
				problem(err)
			} else if o.discover {
				below = append(below, f)
			} else {
				list = append(list, f.input())
			}
		}
	}
	if o.discover && len(names) == 0 && len(own) == 0 {
		own = agentNames()
	}
	for _, agent := range own {
		for _, dir := range roots(agent) {
			below = append(below, findUnder(dir, []string{agent}, problem)...)
		}
	}
	if len(names) == 0 && len(own) == 0 {
		if cli.IsTerminal(c.Stdin) {
			c.Notef("reading records from the terminal")
			c.Hintf("at-capture FILE, or at-capture --claude")
		}
		list = append(list, stdin())
	}
	below = o.recent(below)
	if o.discover {
		return nil, discover(c, below)
	}
	for i := range below {
		list = append(list, below[i].input())
	}
	for i := range list {
		if o.from != "" {
			list[i].Agent = o.from
		}
	}
	return list, nil
}

// recent returns the files that have changed lately enough, the earliest
// first, and sessions before their subagents.
func (o *options) recent(list []found) []found {
	since := o.since.Time(o.clock.Now())
	list = slices.DeleteFunc(list, func(f found) bool { return !since.IsZero() && f.Modified.Before(since) })
	slices.SortStableFunc(list, func(a, b found) int {
		return cmp.Or(a.Began.Compare(b.Began), cmp.Compare(len(a.child.Agent), len(b.child.Agent)), strings.Compare(a.Path, b.Path))
	})
	return slices.CompactFunc(list, func(a, b found) bool { return a.Path == b.Path })
}

// own returns the agents whose own folders are asked for.
func (o *options) own() []string {
	var list []string
	for _, name := range agentNames() {
		if on := o.folders[name]; on != nil && *on {
			list = append(list, name)
		}
	}
	return list
}

// agentNames returns the names of all agents that are known.
func agentNames() []string {
	list := []string{capture.Claude}
	for _, a := range capture.Agents {
		list = append(list, a.Name)
	}
	return list
}

// roots returns the folders in which an agent keeps its files, those that are
// there.
func roots(agent string) []string {
	home, _ := os.UserHomeDir()
	var dirs []string
	if agent == capture.Claude {
		dirs = claude.Roots(os.Getenv, home)
	}
	for _, a := range capture.Agents {
		if a.Name == agent && a.Roots != nil {
			dirs = a.Roots(os.Getenv, home)
		}
	}
	return slices.DeleteFunc(dirs, func(dir string) bool {
		info, err := os.Stat(dir)
		return err != nil || !info.IsDir()
	})
}

// look returns what is known of a file that was named. Pipes and devices are
// not looked at: what is read of them is gone.
func look(name string, info fs.FileInfo) (found, error) {
	f := found{Found: dialect.Found{Path: name}}
	if !info.Mode().IsRegular() {
		return f, nil
	}
	t, err := claude.Look(os.DirFS(filepath.Dir(name)), filepath.Base(name))
	if err == nil {
		f = transcript(t)
		f.Path = name
	}
	return f, err
}

func transcript(t claude.Transcript) found {
	return found{child: t.Child, Found: dialect.Found{
		Path: t.Path, Session: t.Session, Dir: t.Dir, Size: t.Size, Began: t.Began, Modified: t.Modified,
	}}
}

// findUnder returns the files of agents below a directory. Where it is asked
// for those of Claude and of others, what one of the others knows is not
// Claude's.
func findUnder(dir string, agents []string, problem func(error)) []found {
	return findIn(os.DirFS(dir), dir, agents, problem)
}

// findIn is findUnder for a file system that stands for the directory.
func findIn(fsys fs.FS, dir string, agents []string, problem func(error)) []found {
	var list []found
	known := map[string]bool{}
	for _, a := range capture.Agents {
		if a.Find == nil || !slices.Contains(agents, a.Name) {
			continue
		}
		for _, f := range a.Find(fsys, ".", problem) {
			if !known[f.Path] {
				known[f.Path] = true
				list = append(list, found{Found: f, agent: a.Name})
			}
		}
	}
	if slices.Contains(agents, capture.Claude) {
		for _, t := range claude.Find(fsys, ".", problem) {
			if !known[t.Path] {
				list = append(list, transcript(t))
			}
		}
	}
	for i := range list {
		list[i].Path = filepath.Join(dir, filepath.FromSlash(list[i].Path))
	}
	return list
}

// discover lists files: whose they are, when they began, their size, where the
// agent worked, and the file, as the last thing so that it may hold spaces.
func discover(c *cli.IO, list []found) error {
	if len(list) == 0 {
		c.Notef("no files of any agent that is known: %s", strings.Join(agentNames(), ", "))
	}
	for i := range list {
		f := &list[i]
		began := "-"
		if !f.Began.IsZero() {
			began = f.Began.Local().Format("2006-01-02 15:04")
		}
		_, err := fmt.Fprintf(c.Stdout, "%-8s  %-16s %9s  %-36s  %s\n", cmp.Or(f.agent, capture.Claude), began, size(f.Size), text.Safe(cmp.Or(f.Dir, "-")), text.Safe(f.Path))
		if err != nil {
			return err
		}
	}
	return nil
}

func stdin() input { return input{File: capture.File{Name: stdinName}, path: "-"} }
