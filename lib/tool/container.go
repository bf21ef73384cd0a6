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
	p := programs()["sqlite3"]
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

// dockerGlobal are options before the subcommand that take a value.
const dockerGlobal = "-H --host -c --context --config -l --log-level"

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
			if next.text != "" && (opt != "-f" || slices.ContainsFunc(words, func(x word) bool { return has("build compose buildx stack bake", x.text) })) {
				c.reads(next)
			}
		}
	}
	sub := subcommand(words, dockerGlobal)
	if sub == "compose" && slices.ContainsFunc(words, func(x word) bool { return x.text == "cp" }) {
		sub = "cp"
	}
	switch sub {
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
	case "run", "create", "exec", "container", "compose", "ps", "images", "pull", "push", "logs", "tag":
		for _, x := range (program{values: dockerValues + " --secret --env-from-file"}).valuesOf(words, "--secret --env-from-file --env-file") {
			c.mayUse(x.text, x.glob)
		}
	default:
		c.stranger(words)
	}
}

// A mount is a path of this machine under the name that it has in a container.
type mount struct{ inside, outside string }

// mounted returns the mounts among the words of a command.
func mounted(words []word) (list []mount) {
	add := func(from, to string) {
		for _, pwd := range []string{"$(pwd)", "`pwd`", "${PWD}", "$PWD"} {
			if rest, ok := strings.CutPrefix(from, pwd); ok {
				from = "." + rest
			}
		}
		if strings.HasPrefix(to, "/") && to != "/" && strings.ContainsAny(from[:min(1, len(from))], "/.~$") {
			list = append(list, mount{strings.TrimSuffix(to, "/"), from})
		}
	}
	for i, x := range words[1:] {
		opt, val, joined := option(x.text)
		if !joined && i+2 < len(words) {
			val = words[i+2].text
		}
		switch {
		case has("-v --volume", opt):
			if f := strings.Split(val, ":"); len(f) > 1 {
				add(f[0], f[1])
			}
		case opt == "--mount":
			from, to := "", ""
			for _, f := range strings.Split(val, ",") {
				switch k, v, _ := strings.Cut(f, "="); {
				case has("source src", k):
					from = v
				case has("target dst destination", k):
					to = v
				}
			}
			add(from, to)
		}
	}
	return list
}

// outside adds to paths in a container what they are on this machine.
func outside(list []string, mounts []mount) []string {
	for _, p := range list {
		for _, m := range mounts {
			if rest, ok := strings.CutPrefix(p, m.inside); ok && (rest == "" || rest[0] == '/') && len(list) < maxCommands {
				list = append(list, m.outside+rest)
			}
		}
	}
	return list
}
