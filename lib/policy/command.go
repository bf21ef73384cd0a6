package policy

import (
	"slices"
	"strings"

	"agenttrace/lib/text"
	"agenttrace/lib/tool"
)

// line judges a shell line: each of the commands in it. strange is set where
// it is not a line of a shell that is known here.
func (j *judge) line(line string, strange bool) {
	list := tool.Commands(line)
	for i := range list {
		c := &list[i]
		j.cmd = c
		if strange {
			c.Doubt |= tool.DoubtProgram
		}
		before := len(j.list)
		j.command(c)
		j.accesses(c)
		for _, h := range c.Hosts {
			j.host(h)
		}
		for _, h := range c.MayHosts {
			j.mayHost(h)
		}
		for _, l := range c.MayRun {
			j.mayRun(l, c, 0)
		}
		if j.p.learning || Worst(j.list[before:]) < Deny {
			j.doubts(c)
		}
	}
}

// ran is how a report names a command.
func ran(c *tool.Command) string { return "Ran: " + text.Line(c.Text, 80) }

// command judges which program runs.
func (j *judge) command(c *tool.Command) {
	rules := &j.p.Commands
	if c.Program == "" && len(c.Layers) == 0 {
		return
	}
	f := Finding{Kind: "command", Action: ran(c), Subject: c.Program}
	all := layers(c)
	if w := j.refused(all); w != nil {
		f.Verdict, f.Rule, f.Pattern, f.Reason = Deny, "commands.deny", w.Text, "denied by commands.deny"
		j.add(f)
		return
	}
	switch {
	case c.Program == "":
		return
	case c.Doubt&tool.DoubtProgram != 0 && !certain(c):
		return // told as unknown
	case len(rules.Allow) > 0:
		if w := j.covered(c, all); w != nil {
			f.Verdict, f.Rule, f.Pattern, f.Reason = Allow, "commands.allow", w.Text, "matches commands.allow"
		} else {
			f.Verdict, f.Rule, f.Reason = Deny, "commands.allow", "not in commands.allow"
		}
	case rules.rules():
		f.Verdict, f.Rule, f.Reason = Allow, "commands.deny", "not denied by commands.deny"
	default:
		f.Reason = "no command policy"
	}
	j.add(f)
}

// refused returns the entry of the deny list that means a command.
func (j *judge) refused(all [][]string) *Words {
	deny := j.p.Commands.Deny
	for i := range deny {
		for _, words := range all {
			if deny[i].denies(words) || len(deny[i].words) > 1 && deny[i].denies(part(words)) {
				return &deny[i]
			}
		}
	}
	return nil
}

// mayRun judges a line that a call may run: it matters if what it does is
// denied.
func (j *judge) mayRun(line string, outer *tool.Command, depth int) {
	list := tool.Commands(line)
	for i := range list {
		c := &list[i]
		if w := j.refused(layers(c)); w != nil {
			j.add(Finding{Kind: "command", Action: ran(c), Subject: c.Program, Verdict: Deny, Rule: "commands.deny", Pattern: w.Text, Reason: "denied by commands.deny"})
		}
		each := func(files []string, op, verb string) {
			for _, f := range files {
				for _, dir := range within(outer.Dirs, c.Dirs) {
					j.file(access{op: op, verb: verb, path: f, dir: dir, glob: slices.Contains(c.Globs, f), tree: slices.Contains(c.Trees, f), only: true})
				}
			}
		}
		each(c.Reads, "read", "Read")
		each(c.Searches, "read", "Read")
		each(c.MayRead, "read", "Read")
		each(c.Writes, "write", "Write")
		each(c.MayWrite, "write", "Write")
		for _, h := range c.Hosts {
			j.host(h)
		}
		for _, l := range c.MayRun {
			if depth < 3 {
				j.mayRun(l, outer, depth+1)
			}
		}
	}
}

// within returns directories that are given in others.
func within(outer, inner []string) []string {
	if len(outer) == 0 {
		outer = []string{""}
	}
	if len(inner) == 0 {
		return outer
	}
	var out []string
	for _, o := range outer {
		for _, d := range inner {
			if o == "" || strings.HasPrefix(d, "/") || strings.HasPrefix(d, "~") || strings.HasPrefix(d, "$") {
				out = append(out, d)
			} else {
				out = append(out, o+"/"+d)
			}
		}
	}
	return out
}

// certain reports whether the program of a command is known, whatever it is
// given.
func certain(c *tool.Command) bool {
	return c.Program != "" && !strings.ContainsAny(c.Program, "$`*?[(")
}

// covered returns the entry of the allow list that allows a command.
func (j *judge) covered(c *tool.Command, all [][]string) *Words {
	rules := &j.p.Commands
	own := len(c.Layers) - 1
	for i := range rules.Allow {
		w := &rules.Allow[i]
		for k, words := range all {
			if len(words) == 0 {
				continue
			}
			if k < own && !runners[base(words[0])] && !w.reaches(words, c.Layers[k+1]) {
				continue // that a wrapper is allowed says nothing of what it starts
			}
			if w.covers(words, j.ctx) || w.covers(shorter(words), j.ctx) {
				return w
			}
		}
	}
	return nil
}

// reaches reports whether the pattern names the program that a wrapper starts.
func (w *Words) reaches(outer, inner []string) bool {
	n := len(outer) - len(inner)
	return n > 0 && len(w.words) > n && len(inner) > 0
}

// shorter returns the words of a git command without the options that say
// where it works and how it prints.
func shorter(words []string) []string {
	if len(words) < 2 || base(words[0]) != "git" {
		return words
	}
	for i := 1; i < len(words); i++ {
		switch words[i] {
		case "-C":
			i++
		case "--no-pager", "-P", "-p", "--paginate", "--no-optional-locks", "--literal-pathspecs":
		default:
			return append([]string{words[0]}, words[i:]...)
		}
	}
	return words
}

// accesses judges the files of a command.
func (j *judge) accesses(c *tool.Command) {
	globs, trees := set(c.Globs), set(c.Trees)
	dirs := c.Dirs
	if dirs == nil {
		dirs = []string{""}
	}
	each := func(list []string, op, verb string, d tool.Doubt, only bool) {
		for _, p := range list {
			a := access{op: op, verb: verb, path: p, glob: globs[p], tree: trees[p], only: only, list: c.Listing && verb == "List", hidden: c.Hidden}
			a.far = op == "read" && searchers[c.Program] && !only
			a.deep = a.tree && c.Program != "mv" && c.Program != "gmv"
			a.doubt = c.Doubt&d != 0 && strings.ContainsAny(p, "$`")
			for _, dir := range dirs {
				a.dir = dir
				if c.Doubt&tool.DoubtDir != 0 && !strings.HasPrefix(j.ctx.expand(p), "/") {
					a.doubt = true
				}
				j.file(a)
			}
			a.only = true
			for _, dir := range c.MayDirs {
				a.dir = dir
				j.file(a)
			}
		}
	}
	each(c.Reads, "read", "Read", tool.DoubtRead, false)
	each(c.Writes, "write", "Write", tool.DoubtWrite, false)
	verb := "Grep"
	if c.Listing {
		verb = "List"
	}
	each(c.Searches, "read", verb, tool.DoubtRead, false)
	for _, f := range c.Filters {
		for _, dir := range dirs {
			j.filter(f, dir)
		}
	}
	each(c.MayRead, "read", "Read", 0, true)
	each(c.MayWrite, "write", "Write", 0, true)
}

// searchers look into all files of a directory.
var searchers = set(fields("grep egrep fgrep zgrep rg ag ack ugrep"))

func set(list []string) map[string]bool {
	if len(list) == 0 {
		return nil
	}
	m := make(map[string]bool, len(list))
	for _, x := range list {
		m[x] = true
	}
	return m
}

// doubts tells what is not known of a command, as far as a section could rule
// it.
func (j *judge) doubts(c *tool.Command) {
	p := j.p
	files := p.Read.rules() || p.Write.rules()
	var what []string
	add := func(d tool.Doubt, ruled bool, name string) {
		if c.Doubt&d != 0 && ruled {
			what = append(what, name)
		}
	}
	switch {
	case c.Doubt&tool.DoubtProgram == 0:
	case certain(c):
		add(tool.DoubtProgram, files || p.Commands.rules() || p.Network.rules(), "what it does")
	default:
		add(tool.DoubtProgram, files || p.Commands.rules() || p.Network.rules(), "what runs")
	}
	add(tool.DoubtRead, p.Read.rules(), "which files are read")
	add(tool.DoubtWrite, p.Write.rules(), "which files are written")
	add(tool.DoubtHost, p.Network.rules(), "which host is contacted")
	if len(c.Reads)+len(c.Writes)+len(c.Searches) > 0 {
		add(tool.DoubtDir, files, "in which directory it runs")
	}
	if len(what) == 0 {
		return
	}
	f := Finding{Kind: "unknown", Rule: "unknown", Action: ran(c), Subject: c.Program, Verdict: j.unknownVerdict(), text: c.Text}
	f.Reason = strings.Join(what, ", ") + " cannot be told before it runs"
	if f.Verdict == Allow || p.Unknown.Allow[flat(c.Text)] {
		f.Verdict, f.Reason = Allow, "allowed by unknown"
	}
	j.add(f)
}
