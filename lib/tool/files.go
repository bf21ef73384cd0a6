package tool

import (
	"slices"
	"strings"
)

// arguments is what the words of a command are.
type arguments struct {
	operands []word
	in, out  []word
	at       []word
	given    bool
	writes   bool
}

func (p program) split(words []word, name string) arguments {
	var a arguments
	for i := 1; i < len(words); i++ {
		x := words[i].text
		if x == "--" {
			a.operands = append(a.operands, words[i+1:]...)
			break
		}
		if len(x) < 2 || x[0] != '-' {
			a.operands = append(a.operands, words[i])
			if p.how == script {
				break // the rest is the script's
			}
			continue
		}
		opt, val, joined := option(x)
		if strings.HasPrefix(x, "--") || name == "openssl" || has(p.values, x) {
			a.given = a.given || has(p.given, opt)
			a.writes = a.writes || has(p.writes, opt)
		} else {
			// Options in one word; the value of the last may be in it.
			for k := 1; k < len(x); k++ {
				o := "-" + x[k:k+1]
				if has(p.given, o) {
					a.given = true
				}
				if has(p.writes, o) {
					a.writes = true
					if name != "perl" && name != "jq" {
						break // what follows -i is a suffix
					}
				}
				if p.takes(o) {
					opt, val, joined = o, x[k+1:], k+1 < len(x)
					break
				}
				opt = ""
			}
		}
		takes := p.takes(opt)
		v := word{text: val, known: words[i].known}
		if takes && !joined {
			if i++; i >= len(words) {
				break
			}
			v = words[i]
			if has("--arg --argjson --slurpfile --rawfile", opt) && i+1 < len(words) {
				i++ // jq: a name and a value
				v = words[i]
			}
		}
		switch {
		case has(p.in, opt):
			a.in = append(a.in, v)
		case has(p.out, opt):
			a.out = append(a.out, v)
		case has(p.at, opt):
			a.at = append(a.at, v)
		}
		if a.given && p.how == script {
			break
		}
	}
	return a
}

// takes reports whether an option takes a value.
func (p program) takes(opt string) bool {
	return has(p.values, opt) || has(p.in, opt) || has(p.out, opt) || has(p.at, opt)
}

// operands sets the files and hosts that the words of a command name.
func (c *command) operands(words []word) {
	if has("docker podman nerdctl", c.Program) { // docker image pull is docker pull
		for i := 1; i < len(words)-1 && i < 6; i++ {
			if has("image container", words[i].text) && words[i].text == subcommand(words, dockerGlobal) {
				words = slices.Delete(slices.Clone(words), i, i+1)
				break
			}
		}
	}
	c.hosts(words)
	if w := words[0].text; (strings.Contains(w, "/") || len(w) > 1 && w[0] == '.') && !rooted(w) && !strings.Contains(w, "://") && !c.Remote {
		c.mayRead(words[0]) // to run a file is to read it
	}
	if rest, ok := strings.CutPrefix(words[0].text, "github:"); ok && rest != "" {
		c.host("github.com", true)
	}
	if w := words[0].text; len(c.way) > 0 && has("npx", c.way[len(c.way)-1]) && (strings.HasPrefix(w, "create-") || strings.LastIndexByte(w, '@') > 0) {
		c.host("registry.npmjs.org", true) // of no project
	}
	if strings.Contains(words[0].text, "://") { // npx https://x/y.tgz
		c.host(urlHost(words[0].text, false), words[0].known)
	}
	if !c.special(words) {
		if p, ok := programs()[c.Program]; ok {
			c.known(p, words)
		} else {
			c.stranger(words)
		}
	}
	if len(words) > 2 && strings.HasPrefix(words[1].text, "-mpip") { // joined
		words = slices.Insert(slices.Clone(words), 1, word{text: "-m", known: true})
		words[2].text = words[2].text[len("-m"):]
	}
	if len(words) > 3 && words[1].text == "-m" && strings.HasPrefix(words[2].text, "pip") && strings.HasPrefix(c.Program, "py") {
		inner := *c // python -m pip is pip
		inner.Program = "pip"
		inner.hosts(words[2:])
		inner.known(programs()["pip"], words[2:])
		c.Hosts, c.Doubt, c.Writes = inner.Hosts, inner.Doubt, inner.Writes
	}
	c.code(words)
	c.mayRun(words)
	for i, x := range words[1:] {
		if opt, val, joined := option(x.text); has("--env-file --env-file-if-exists", opt) {
			if !joined && i+2 < len(words) {
				val = words[i+2].text
			}
			c.mayRead(word{text: val})
		}
	}
	if c.more {
		c.guess()
	}
}

// guess tells what a command may do with arguments that are not known.
func (c *command) guess() {
	p, ok := programs()[c.Program]
	switch {
	case c.Program == "git" && len(c.Args) > 0 && has("branch tag fetch remote push switch stash merge cherry-pick revert rebase reset worktree", c.Args[0]):
	case has("curl wget ssh scp nc http", c.Program):
		c.doubt(DoubtHost | DoubtRead)
	case !ok:
		c.doubt(DoubtRead)
	case p.how == none:
		if has("ls find du tree", c.Program) {
			c.doubt(DoubtRead)
		}
	case p.how == read && p.writes == "":
		c.doubt(DoubtRead)
	case p.how == script:
		c.doubt(DoubtProgram)
	default:
		c.doubt(DoubtRead | DoubtWrite)
	}
}

// stranger takes what may be a path among the words of a program of which
// nothing is known.
func (c *command) stranger(words []word) {
	if copiesAll(c.Program, words) {
		for _, x := range words[2:] {
			if !strings.HasPrefix(x.text, "-") && !strings.Contains(x.text, ":") {
				c.mayRead(x)
				c.tree(x)
			}
		}
	}
	for _, x := range words[1:] {
		t := x.text
		if strings.HasPrefix(t, "-") {
			_, val, ok := strings.Cut(t, "=")
			switch {
			case ok:
				t = val
			case len(t) > 2 && t[1] != '-' && strings.ContainsAny(t[2:], "./"):
				t = t[2:] // -f.env
			default:
				continue
			}
		}
		c.mayUse(t, x.glob)
	}
}

// copiesAll reports whether a program copies directories, with all that is in
// them, to where others have them.
func copiesAll(name string, words []word) bool {
	any := func(list string) bool {
		return slices.ContainsFunc(words[1:], func(x word) bool { return has(list, x.text) })
	}
	switch name {
	case "aws", "gcloud", "gsutil", "mc", "s3cmd", "s5cmd", "oci", "b2":
		return any("sync mirror rsync") || any("cp put mv upload") && any("--recursive -r -R")
	case "rclone", "azcopy", "restic", "borg", "duplicity":
		return any("sync copy move backup create cp")
	}
	return false
}

// mayUse notes a word of which nothing is known, and what in it may be a path:
// what follows a =, a : and an @, and the parts between commas and quotes.
func (c *command) mayUse(t string, glob bool) {
	may := func(t string) {
		c.mayRead(word{text: t, known: true, glob: glob})
		c.mayWrite(word{text: t, known: true, glob: glob})
	}
	for _, s := range []string{"file://", "fileb://"} {
		if f, ok := cutFold(t, s); ok {
			may(f)
			return
		}
	}
	t = strings.TrimPrefix(t, "@")
	if t == "" || strings.ContainsAny(t, " \t\n") || strings.Contains(t, "://") {
		return
	}
	may(t)
	if !strings.ContainsAny(t, "=:@,\"'") || len(t) > 512 {
		return
	}
	for _, part := range strings.FieldsFunc(t, func(r rune) bool { return strings.ContainsRune("=:@,{}[]()\"'", r) }) {
		if strings.ContainsAny(part, "./") && strings.Trim(part, "./0123456789") != "" {
			may(part)
		}
	}
}

func (c *command) mayRead(x word) {
	if !strings.HasPrefix(x.text, "-") {
		c.file(&c.MayRead, word{text: x.text, known: true, glob: x.glob}, 0)
	}
}

func (c *command) mayWrite(x word) {
	if !strings.HasPrefix(x.text, "-") {
		c.file(&c.MayWrite, word{text: x.text, known: true, glob: x.glob}, 0)
	}
}

// known sets the files of a program in the table.
func (c *command) known(p program, words []word) {
	a := p.split(words, c.Program)
	for _, x := range a.in {
		c.reads(x)
	}
	for _, x := range a.out {
		c.writes(x)
	}
	for _, x := range a.at {
		// -d @file, -F name=@file, -F name=<file
		i := strings.IndexAny(x.text, "@<")
		if i == 0 || i > 0 && x.text[i-1] == '=' || i > 0 && !strings.ContainsAny(x.text[:i], " =&{") && x.text[i] == '@' {
			f, _, _ := strings.Cut(x.text[i+1:], ";")
			if i == 0 || x.text[i-1] == '=' {
				c.reads(word{text: f, known: x.known})
			} else {
				c.mayRead(word{text: f}) // --data-urlencode name@file
			}
		}
	}
	files := a.operands
	if a.writes && len(files) > 0 && files[0].text == "" {
		files = files[1:] // the suffix of sed -i on BSD systems
	}
	if p.first > 0 && !a.given {
		files = files[min(p.first, len(files)):]
	}
	deep := recursive(c.Program, words)
	last := len(files) - 1
	target := len(a.out) > 0 && strings.Contains(p.out, "-t") // cp -t DIR: all operands are sources
	for i, x := range files {
		switch p.how {
		case read:
			c.reads(x)
			if a.writes {
				c.writes(x)
			}
		case written:
			c.writes(x)
			if deep {
				c.tree(x)
			}
			if c.Program == "zip" && i > 0 {
				c.Writes = c.Writes[:len(c.Writes)-1]
				c.reads(x)
			}
		case edited:
			c.reads(x)
			c.writes(x)
			if c.Program == "code" { // file:line
				c.mayUse(x.text, x.glob)
			}
		case copied, moved, linked:
			if scpHost(x.text) != "" && has("scp sftp rsync", c.Program) {
				continue // a file of another machine
			}
			switch {
			case i == last && !target && last > 0:
				c.writes(x)
			case p.how == linked:
				c.linkRead(words, files, x)
			default:
				c.reads(x)
				if deep {
					c.tree(x)
				}
				c.into(a, files, x, target)
			}
			if p.how == moved && (i < last || target) {
				c.writes(x)
			}
		case script:
			if a.writes {
				c.reads(x)
				c.writes(x)
			} else if i == 0 && !a.given {
				if streamed(x.text) {
					c.doubt(DoubtProgram)
				}
				c.reads(x)
			}
		}
	}
	if p.how == script && !a.writes { // the arguments of a script
		k := 1
		for k < len(words) && (len(files) == 0 || words[k].text != files[0].text) && !has("-m", words[k].text) {
			k++
		}
		if k+1 < len(words) && !(len(files) == 0 && words[k].text != "-m") {
			c.stranger(words[k:])
		}
	}
	if p.how == linked && len(files) == 1 {
		c.writes(word{text: base(files[0].text), known: files[0].known})
	}
	// perl -i: all that follows the options is edited in place.
	if p.how == script && a.writes && a.given {
		k := len(words)
		for k > 2 && !strings.HasPrefix(words[k-2].text, "-") {
			k--
		}
		for _, x := range words[k:] {
			c.reads(x)
			c.writes(x)
		}
	}
	c.rest(p, a, files, words)
}

// into adds the file that a copy makes if its target is a directory.
func (c *command) into(a arguments, files []word, x word, target bool) {
	dir := files[len(files)-1]
	if target {
		dir = a.out[0]
	}
	if len(files) < 2 && !target || x.text == dir.text {
		return
	}
	// A name with an ending is hardly one of a directory.
	if name := strings.TrimLeft(base(dir.text), "."); !target && len(files) == 2 && strings.Contains(name, ".") {
		return
	}
	c.mayWrite(word{text: strings.TrimSuffix(dir.text, "/") + "/" + base(strings.TrimSuffix(x.text, "/")), glob: x.glob})
	if (strings.HasSuffix(x.text, "/") && c.Program == "rsync" || strings.HasSuffix(x.text, "/.")) && scpHost(dir.text) == "" {
		c.doubt(DoubtWrite) // what is in it, under its own names
	}
}
