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
	c.hosts(words)
	if !c.special(words) {
		if p, ok := programs[c.Program]; ok {
			c.known(p, words)
		} else {
			c.stranger(words)
		}
	}
	c.code(words)
	if c.more {
		c.guess()
	}
}

// guess tells what a command may do with arguments that are not known.
func (c *command) guess() {
	p, ok := programs[c.Program]
	switch {
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

// special does what operands does for programs that the table does not fit.
func (c *command) special(words []word) bool {
	switch c.Program {
	case "dd":
		for _, x := range words[1:] {
			if f, ok := strings.CutPrefix(x.text, "of="); ok {
				c.writes(word{text: f, known: x.known})
			} else if f, ok := strings.CutPrefix(x.text, "if="); ok {
				c.reads(word{text: f, known: x.known})
			}
		}
	case "tar", "bsdtar", "gtar":
		c.tar(words)
	case "apply_patch", "applypatch":
		var paths set
		for _, x := range words[1:] {
			patchPaths(x.text, &paths)
		}
		patchPaths(c.stdin, &paths)
		for _, p := range paths.list {
			c.writes(word{text: p, known: true})
		}
		if len(paths.list) == 0 {
			c.doubt(DoubtWrite)
		}
	case "find":
		deletes := slices.ContainsFunc(words, func(x word) bool { return x.text == "-delete" })
		found := finds(c, words)
		c.Listing = true
		for _, x := range words[1:] {
			if has("-L -H -P", x.text) {
				continue
			}
			if strings.HasPrefix(x.text, "-") || x.text == "(" || x.text == "!" {
				break
			}
			if deletes && found == nil {
				c.writes(x)
				c.tree(x)
			} else {
				c.searches(x)
			}
		}
		if deletes {
			for _, f := range found {
				c.writes(word{text: f, known: true, glob: true})
			}
		}
		for i, x := range words[:len(words)-1] {
			switch x.text {
			case "-fprint", "-fprintf", "-fls", "-fprint0":
				c.writes(words[i+1])
			case "-newer", "-files0-from":
				c.reads(words[i+1])
			}
		}
	case "git":
		c.git(words)
	case "ls", "tree", "du", "eza", "exa", "dir", "vdir":
		c.Listing = true
		p := program{how: none, values: "-I -w -L -P -T --ignore --hide -d --level --max-depth --exclude -t --threshold -B --block-size"}
		if c.Program != "tree" && c.Program != "du" {
			p.values = "-I -w -T --ignore --hide --level"
		}
		for _, x := range p.split(words, c.Program).operands {
			c.searches(x)
		}
	case "file", "realpath":
		for _, x := range words[1:] {
			c.mayRead(x)
		}
	case "docker", "podman", "nerdctl":
		c.container(words)
	case "make", "gmake":
		for i, x := range words[:len(words)-1] {
			switch x.text {
			case "-C":
				c.place = below(c.place, words[i+1].text)
			case "-f":
				c.reads(words[i+1])
			}
		}
	case "7z", "7za", "7zr":
		if len(words) > 2 {
			for i, x := range words[2:] {
				switch {
				case strings.HasPrefix(x.text, "-o"):
					c.writes(word{text: x.text[2:], known: x.known})
				case strings.HasPrefix(x.text, "-"):
				case i == 0 && has("a u d", words[1].text):
					c.writes(x)
				default:
					c.reads(x)
				}
			}
		}
	case "at", "batch", "crontab":
		if c.piped || c.stdin != "" || len(c.Reads) > 0 || c.Program == "crontab" && len(words) > 1 && words[1].text != "-l" {
			c.doubt(DoubtProgram)
		}
		c.stranger(words)
	default:
		return false
	}
	return true
}

// stranger takes what may be a path among the words of a program of which
// nothing is known.
func (c *command) stranger(words []word) {
	for _, x := range words[1:] {
		t := x.text
		if strings.HasPrefix(t, "-") {
			_, val, ok := strings.Cut(t, "=")
			if !ok {
				continue
			}
			t = val
		}
		if f, ok := strings.CutPrefix(t, "@"); ok {
			t = f
		}
		if t == "" || strings.ContainsAny(t, " \t\n") || strings.Contains(t, "://") {
			continue
		}
		c.mayRead(word{text: t, known: true, glob: x.glob})
		c.mayWrite(word{text: t, known: true, glob: x.glob})
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

// recursive reports whether a command is told to take directories with all
// that is in them.
func recursive(name string, words []word) bool {
	switch name {
	case "mv", "gmv":
		return true
	case "rm", "cp", "gcp", "chmod", "chown", "chgrp", "zip", "scp", "rsync", "trash":
	default:
		return false
	}
	for _, x := range words[1:] {
		t := x.text
		switch {
		case t == "--":
			return false
		case has("--recursive --archive", t):
			return true
		case strings.HasPrefix(t, "--"), len(t) < 2 || t[0] != '-':
		case strings.ContainsAny(t, "rR") || strings.Contains(t, "a") && has("cp gcp rsync", name):
			return true
		}
	}
	return name == "trash"
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
				c.reads(x)
			}
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
	c.mayWrite(word{text: strings.TrimSuffix(dir.text, "/") + "/" + base(strings.TrimSuffix(x.text, "/")), glob: x.glob})
}

// linkRead adds the target of a link: whoever makes one can read it.
func (c *command) linkRead(words, files []word, x word) {
	soft := slices.ContainsFunc(words[1:], func(w word) bool {
		return w.text == "--symbolic" || len(w.text) > 1 && w.text[0] == '-' && w.text[1] != '-' && strings.Contains(w.text, "s")
	})
	if soft && !rooted(x.text) && len(files) > 1 {
		name := files[len(files)-1].text
		if strings.HasSuffix(name, "/") {
			name += "x"
		}
		x.text = below(parent(name), x.text)
		if x.text == "" {
			x.text = "."
		}
	}
	c.mayRead(x)
	c.mayWrite(x)
}

// rest adds what a few programs of the table do beside.
func (c *command) rest(p program, a arguments, files, words []word) {
	switch c.Program {
	case "grep", "egrep", "fgrep", "zgrep":
		if len(files) == 0 && slices.ContainsFunc(words[1:], func(x word) bool {
			return has("--recursive --dereference-recursive", x.text) || len(x.text) > 1 && x.text[0] == '-' && x.text[1] != '-' && strings.ContainsAny(x.text, "rR")
		}) {
			c.searches(word{text: ".", known: true})
		}
	case "rg", "ag", "ack":
		if len(files) == 0 && !c.piped && c.stdin == "" && len(c.Reads) == 0 && len(words) > 1 && !has("--version --help --type-list", words[1].text) {
			c.searches(word{text: ".", known: true})
		}
	case "unzip":
		dir := word{text: ".", known: true}
		for i, x := range words[:len(words)-1] {
			if x.text == "-d" {
				dir = words[i+1]
			}
		}
		if !slices.ContainsFunc(words[1:], func(x word) bool { return has("-l -p -t -v -Z", x.text) }) && len(files) > 0 {
			c.writes(dir)
		}
		if len(files) > 1 { // names within the archive
			c.Reads = c.Reads[:1]
		}
	case "patch":
		if len(files) == 0 {
			var paths set
			if patchPaths(c.stdin, &paths); len(paths.list) == 0 {
				c.doubt(DoubtWrite)
			}
			for _, f := range paths.list {
				c.writes(word{text: f, known: true})
			}
		} else if len(files) > 1 && len(c.Writes) > 0 { // patch FILE PATCH
			c.Writes = slices.DeleteFunc(c.Writes, func(f string) bool { return f == files[1].text })
		}
	case "gpg", "gpg2", "age":
		c.stranger(words)
	}
}

func (c *command) tar(words []word) {
	mode, file, dir := byte(0), -1, ""
	for i, x := range words[1:] {
		t := x.text
		if strings.HasPrefix(t, "--") {
			switch opt, val, joined := option(t); opt {
			case "--create", "--append", "--update":
				mode = 'c'
			case "--extract", "--get":
				mode = 'x'
			case "--list":
				mode = 't'
			case "--file":
				if !joined {
					file = i + 2
				} else if mode == 'c' {
					c.writes(word{text: val, known: x.known})
				} else {
					c.reads(word{text: val, known: x.known})
				}
			case "--directory":
				if dir = val; !joined && i+2 < len(words) {
					dir = words[i+2].text
				}
			case "--to-command", "--use-compress-program", "--checkpoint-action", "--rsh-command", "--info-script", "--new-volume-script":
				c.doubt(DoubtProgram)
			case "--files-from", "--exclude-from":
				if joined {
					c.reads(word{text: val, known: x.known})
				}
			}
			continue
		}
		if i > 0 && !strings.HasPrefix(t, "-") {
			continue
		}
		for k := range len(t) {
			switch t[k] {
			case 'c', 'r', 'u':
				mode = 'c'
			case 'x':
				mode = 'x'
			case 't':
				mode = 't'
			case 'f':
				file = i + 2
			case 'C':
				if i+2 < len(words) {
					dir = words[i+2].text
				}
			case 'I':
				c.doubt(DoubtProgram)
			}
		}
	}
	for i, x := range words[1:] {
		switch {
		case i+1 == file && mode == 'c':
			c.writes(x)
		case i+1 == file:
			c.reads(x)
		case mode == 'c' && i > 0 && !strings.HasPrefix(x.text, "-") && x.text != dir:
			if dir != "" {
				x.text = below(dir, x.text)
				if x.text == "" {
					x.text = "."
				}
			}
			c.reads(x)
			c.tree(x)
		}
	}
	if mode == 'x' {
		if dir == "" {
			dir = "."
		}
		c.writes(word{text: dir, known: true})
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
				c.reads(next)
				c.writes(next)
			}
		case opt == "--mount":
			if joined {
				next.text = val
			}
			for _, f := range strings.Split(next.text, ",") {
				for _, k := range []string{"source=", "src="} {
					if from, ok := strings.CutPrefix(f, k); ok {
						c.reads(word{text: from, known: true})
						c.writes(word{text: from, known: true})
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
