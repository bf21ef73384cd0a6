package tool

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

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
		if len(words) == 1 || strings.HasPrefix(words[1].text, "-") {
			c.searches(word{text: ".", known: true})
		}
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
	case "ls", "tree", "eza", "exa", "dir", "vdir":
		c.Listing = true
		p := program{how: none, values: "-I -w -L -P -T --ignore --hide -d --level --max-depth --exclude -t --threshold -B --block-size"}
		if c.Program != "tree" {
			p.values = "-I -w -T --ignore --hide --level"
		}
		dirs := p.split(words, c.Program).operands
		if len(dirs) == 0 {
			dirs = []word{{text: ".", known: true}}
		}
		for _, x := range dirs {
			c.searches(x)
		}
	case "file", "realpath":
		for _, x := range words[1:] {
			c.mayRead(x)
		}
	case "docker", "podman", "nerdctl":
		c.container(words)
	case "source", ".":
		if len(words) > 1 {
			if streamed(words[1].text) {
				c.doubt(DoubtProgram)
			}
			c.reads(words[1])
		}
	case "install":
		if slices.ContainsFunc(words[1:], func(x word) bool { return x.text == "-d" || x.text == "--directory" }) {
			for _, x := range programs()["install"].split(words, "install").operands {
				c.writes(x)
			}
			return true
		}
		return false
	case "go":
		p := program{values: "-run -bench -count -p -ldflags -tags -timeout -mod -C -gcflags -asmflags", out: "-o -coverprofile -cpuprofile -memprofile -blockprofile -mutexprofile -trace -outputdir"}
		for i, x := range words[1:] {
			opt, val, joined := strings.Cut(strings.Replace(x.text, "--", "-", 1), "=")
			if !joined && i+2 < len(words) {
				val = words[i+2].text
			}
			switch {
			case has("-exec -toolexec -vettool", opt):
				c.doubt(DoubtProgram)
				c.runs(val)
			case has(p.out, opt) && val != "":
				c.writes(word{text: val, known: x.known})
			}
		}
		return false
	case "make", "gmake":
		p := program{values: "-j -l -o -W -I --include-dir --jobs", in: "-f --file --makefile", at: "-C --directory"}
		for _, x := range p.valuesOf(words, "-C --directory") {
			c.place = below(c.place, x.text)
		}
		c.elsewhere()
		files := p.valuesOf(words, "-f --file --makefile")
		for _, x := range files {
			if x.text == "-" || streamed(x.text) {
				c.doubt(DoubtProgram)
				for line := range strings.Lines(c.stdin) {
					if strings.HasPrefix(line, "\t") {
						c.runs(strings.TrimLeft(line, "\t@-+ "))
					}
				}
			}
			c.reads(x)
		}
		for _, x := range p.valuesOf(words, "-I --include-dir") {
			c.mayRead(x)
		}
		if len(files) == 0 {
			c.mayRead(word{text: "Makefile"})
		}
		for _, x := range words[1:] {
			if name, val, ok := strings.Cut(x.text, "="); ok && compilers[name] && val != "" {
				c.MayRun = append(c.MayRun, val+" x")
			} else if ok && syntax.ValidName(name) && strings.ContainsAny(val, "./") {
				c.mayUse(val, x.glob)
			}
			if strings.HasPrefix(x.text, "SHELL=") || strings.HasPrefix(x.text, "--eval") || strings.HasPrefix(x.text, "-E") {
				c.doubt(DoubtProgram)
			}
		}
	case "cpio":
		p := program{values: "-H -C -E -R", in: "-I -F --file", out: "-O", at: "-D --directory"}
		c.known(p, words)
		dir := word{text: ".", known: true}
		if d := p.valuesOf(words, "-D --directory"); len(d) > 0 {
			dir = d[0]
		}
		for _, x := range words[1:] {
			switch {
			case has("--extract --pass-through", x.text), len(x.text) > 1 && x.text[0] == '-' && x.text[1] != '-' && strings.ContainsAny(x.text, "ip") && !strings.Contains(x.text, "t"):
				c.writes(dir)
				c.doubt(DoubtWrite)
			case x.text == "--create", len(x.text) > 1 && x.text[0] == '-' && x.text[1] != '-' && strings.Contains(x.text, "o"):
				c.doubt(DoubtRead)
			}
		}
	case "date", "du":
		p := program{values: "-d --date -s -I --exclude --max-depth --threshold -t -B", in: "-f --file -r --reference --files0-from -X --exclude-from"}
		if c.Program == "du" {
			p.in = "--files0-from -X --exclude-from"
			c.Listing = true
			ops := append(p.split(words, "du").operands, word{text: ".", known: true})
			for _, x := range ops[:max(1, len(ops)-1)] {
				c.searches(x)
			}
		}
		for _, x := range p.valuesOf(words, p.in) {
			c.reads(x)
		}
	case "bind", "hash", "complete":
		if c.Program == "bind" {
			for _, x := range (program{}).valuesOf(words, "-f") {
				c.reads(x)
			}
		}
		if slices.ContainsFunc(words[1:], func(x word) bool { return has("-x -p -C", x.text) }) && len(words) > 3 {
			c.doubt(DoubtProgram)
		}
	case "mapfile", "readarray":
		for i, x := range words[1:] {
			if x.text == "-C" && i+2 < len(words) {
				c.doubt(DoubtProgram)
			}
		}
	case "sqlite3":
		c.sqlite(words)
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
					if has("a u", words[1].text) {
						c.tree(x)
					}
				}
			}
		}
	case "at", "batch", "crontab":
		if c.piped || c.stdin != "" || len(c.Reads) > 0 || c.Program == "crontab" && len(words) > 1 && words[1].text != "-l" {
			c.doubt(DoubtProgram)
			if c.input != nil {
				c.runs(c.input.text)
			}
			if c.runs(c.stdin); c.Program == "crontab" { // after five fields of time
				for _, line := range slices.Clone(c.MayRun) {
					if f := strings.Fields(line); len(f) > 5 {
						c.runs(strings.Join(f[5:], " "))
					}
				}
			}
		}
		c.stranger(words)
	default:
		return false
	}
	return true
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

// streamed reports whether a script is read from what another command prints.
func streamed(name string) bool {
	return strings.HasPrefix(name, "<(") || strings.HasPrefix(name, "/dev/fd/") || strings.HasPrefix(name, "/proc/self/fd/") || name == "/dev/stdin"
}

// linkRead adds the target of a link: whoever makes one can read it.
func (c *command) linkRead(words, files []word, x word) {
	soft := slices.ContainsFunc(words[1:], func(w word) bool {
		return w.text == "--symbolic" || len(w.text) > 1 && w.text[0] == '-' && w.text[1] != '-' && strings.Contains(w.text, "s")
	})
	for _, wd := range []string{"$PWD", "${PWD}"} {
		if rest, ok := strings.CutPrefix(x.text, wd); ok && (rest == "" || rest[0] == '/') {
			x.text, soft = "."+rest, false
		}
	}
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

func (c *command) tar(words []word) {
	mode, file, dir, list := byte(0), -1, "", false
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
				if !joined && i+2 < len(words) {
					val = words[i+2].text
				}
				c.runs(strings.TrimPrefix(val, "exec="))
			case "--files-from", "--exclude-from":
				if joined {
					c.reads(word{text: val, known: x.known})
				}
				list = list || opt == "--files-from"
			case "--add-file":
				if joined {
					c.reads(word{text: val, known: x.known})
				}
			case "--compare", "--diff", "--catenate", "--concatenate":
				mode = 'c'
			}
			continue
		}
		if i > 0 && !strings.HasPrefix(t, "-") {
			continue
		}
		for k := range len(t) {
			switch t[k] {
			case 'c', 'r', 'u', 'd', 'A':
				mode = 'c'
			case 'T':
				list = true
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
				if i+2 < len(words) {
					c.runs(words[i+2].text)
				}
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
	if list && mode == 'c' {
		c.doubt(DoubtRead) // the files that the list has
	}
	if mode == 'x' {
		if dir == "" {
			dir = "."
		}
		c.writes(word{text: dir, known: true})
		c.doubt(DoubtWrite) // which files in it
	}
}
