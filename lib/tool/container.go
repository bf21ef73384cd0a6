package tool

import (
	"slices"
	"strings"
)

// filters notes which files a search in directories is told to look into.
func (c *command) filters(dirs, globs []word) {
	if len(dirs) == 0 {
		dirs = []word{{text: ".", known: true}}
	}
	for _, g := range globs {
		for _, d := range dirs {
			if g.text != "" && !strings.HasPrefix(g.text, "!") {
				c.Filters = append(c.Filters, below(c.place, strings.TrimSuffix(d.text, "/")+"/**/"+strings.TrimPrefix(g.text, "/")))
			}
		}
	}
}

// sqlite tells what a session of sqlite3 does with its database.
func (c *command) sqlite(words []word) {
	p := programs["sqlite3"]
	a := p.split(words, "sqlite3")
	for _, x := range a.in {
		c.reads(x)
	}
	if len(a.operands) == 0 {
		return
	}
	db := a.operands[0]
	if db.text == ":memory:" {
		return
	}
	c.reads(db)
	looks := len(a.operands) > 1
	for _, x := range a.operands[1:] {
		for _, st := range strings.Split(x.text, ";") {
			st = strings.ToLower(strings.TrimSpace(st))
			first, _, _ := strings.Cut(st, " ")
			looks = looks && x.known && (st == "" || has("select explain with pragma values .tables .schema .dump .mode .headers .indexes .databases .help .width .timeout", first))
		}
	}
	if !looks && !slices.ContainsFunc(words, func(x word) bool { return has("-readonly --readonly", x.text) }) {
		c.writes(db)
	}
}

// mounts adds a directory that a container is given with all that is in it.
// A project is what it is given as a rule, and what lines do with that is told
// by their own words: so that holds for what lies far above only.
func (c *command) mounts(x word) {
	c.reads(x)
	c.writes(x)
	if rooted(x.text) && strings.Count(x.text, "/") <= 2 || strings.HasPrefix(x.text, "..") {
		c.tree(x)
	}
}

// container tells what a container is given of this machine.
func (c *command) container(words []word) {
	for i, x := range words[1:] {
		opt, val, joined := option(x.text)
		next := word{}
		if i+2 < len(words) {
			next = words[i+2]
		}
		switch {
		case has("-v --volume", opt):
			if joined {
				next = word{text: val, known: x.known}
			}
			from, _, ok := strings.Cut(next.text, ":")
			if ok && (strings.ContainsAny(from, "/.~$")) {
				next.text = from
				c.mounts(next)
			}
		case opt == "--mount":
			if joined {
				next.text = val
			}
			for _, f := range strings.Split(next.text, ",") {
				for _, k := range []string{"source=", "src="} {
					if from, ok := strings.CutPrefix(f, k); ok {
						c.mounts(word{text: from, known: true})
					}
				}
			}
		case has("--env-file -f --file", opt):
			if joined {
				next = word{text: val, known: x.known}
			}
			c.reads(next)
		}
	}
	switch sub := subcommand(words, "-H --host -c --context --config -l"); sub {
	case "cp":
		for _, x := range words[2:] {
			if !strings.HasPrefix(x.text, "-") && !strings.Contains(x.text, ":") {
				c.reads(x)
				c.writes(x)
			}
		}
	case "save", "export":
		for i, x := range words[:len(words)-1] {
			if has("-o --output", x.text) {
				c.writes(words[i+1])
			}
		}
	}
}
