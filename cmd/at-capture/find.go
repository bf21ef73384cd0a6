package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"agenttrace/lib/capture"
	"agenttrace/lib/cli"
	"agenttrace/lib/find"
	"agenttrace/lib/text"
)

// inputs returns what is to be read, in order.
func (o *options) inputs(c *cli.IO) ([]input, error) {
	problem := func(err error) { c.Warnf("%v", err) }
	var list []input
	var below []find.File
	names := c.Files()
	own := o.own()
	for _, name := range names {
		info, err := os.Stat(name)
		sessions, isBase, baseErr := find.In(name)
		switch {
		case name == "-":
			list = append(list, stdin())
		case isBase:
			if baseErr != nil {
				problem(baseErr)
			}
			below = append(below, sessions...)
		case err != nil && isRecord(name):
			list = append(list, input{File: capture.File{Name: stdinName}, path: "-", record: name})
		case err != nil:
			problem(err)
		case info.IsDir():
			below = append(below, find.Under(name, find.Agents(), problem)...)
		default:
			f, err := find.Look(name, info)
			if err != nil {
				problem(err)
			} else if o.discover {
				below = append(below, f)
			} else {
				list = append(list, fileInput(&f))
			}
		}
	}
	if o.discover && len(names) == 0 && len(own) == 0 {
		own = find.Agents()
	}
	for _, agent := range own {
		for _, dir := range find.Roots(agent) {
			below = append(below, find.Under(dir, []string{agent}, problem)...)
		}
		below = append(below, find.Elsewhere(agent, problem)...)
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
		list = append(list, fileInput(&below[i]))
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
func (o *options) recent(list []find.File) []find.File {
	since := o.since.Time(o.clock.Now())
	list = slices.DeleteFunc(list, func(f find.File) bool { return !since.IsZero() && f.Modified.Before(since) })
	return find.Sort(list)
}

// own returns the agents whose own folders are asked for.
func (o *options) own() []string {
	var list []string
	for _, name := range find.Agents() {
		if on := o.folders[name]; on != nil && *on {
			list = append(list, name)
		}
	}
	return list
}

// discover lists files: whose they are, when they began, their size, where the
// agent worked, and the file, as the last thing so that it may hold spaces.
func discover(c *cli.IO, list []find.File) error {
	if len(list) == 0 {
		c.Notef("no files of any agent that is known: %s", strings.Join(find.Agents(), ", "))
	}
	for i := range list {
		f := &list[i]
		began := "-"
		if !f.Began.IsZero() {
			began = f.Began.Local().Format("2006-01-02 15:04")
		}
		bytes := size(f.Size)
		if f.Database() != nil {
			bytes = "-" // to know it, it would have to be read
		}
		_, err := fmt.Fprintf(c.Stdout, "%-8s  %-16s %9s  %-36s  %s\n", cmp.Or(f.Agent, capture.Claude), began, bytes, text.Safe(cmp.Or(f.Dir, "-")), text.Safe(f.Path))
		if err != nil {
			return err
		}
	}
	return nil
}

func fileInput(f *find.File) input {
	return input{File: f.Capture(), path: f.Path, size: f.Size, open: f.Open}
}

// isRecord reports whether an argument is a record itself: Codex gives one to its
// notify program, and nothing on standard input.
func isRecord(arg string) bool { return strings.HasPrefix(arg, "{") && strings.HasSuffix(arg, "}") }

func stdin() input { return input{File: capture.File{Name: stdinName}, path: "-"} }
