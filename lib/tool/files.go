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
	switch c.Program {
	case "dd":
		for _, x := range words[1:] {
			if f, ok := strings.CutPrefix(x.text, "of="); ok {
				c.writes(word{text: f, known: x.known})
			} else if f, ok := strings.CutPrefix(x.text, "if="); ok {
				c.reads(word{text: f, known: x.known})
			}
		}
		return
	case "tar", "bsdtar":
		c.tar(words)
		return
	case "apply_patch", "applypatch":
		var paths set
		for _, x := range words[1:] {
			patchPaths(x.text, &paths)
		}
		patchPaths(c.stdin, &paths)
		for _, p := range paths.list {
			c.writes(word{text: p, known: true})
		}
		return
	case "find":
		if slices.ContainsFunc(words, func(x word) bool { return x.text == "-delete" }) {
			for _, x := range words[1:] {
				if strings.HasPrefix(x.text, "-") {
					break
				}
				c.writes(x)
			}
		}
		for i, x := range words[:len(words)-1] {
			if x.text == "-fprint" || x.text == "-fprintf" || x.text == "-fls" {
				c.writes(words[i+1])
			}
		}
		return
	}
	p, ok := programs[c.Program]
	if !ok {
		return
	}
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
		if i == 0 || i > 0 && x.text[i-1] == '=' {
			f, _, _ := strings.Cut(x.text[i+1:], ";")
			c.reads(word{text: f, known: x.known})
		}
	}
	files := a.operands
	if a.writes && len(files) > 0 && files[0].text == "" {
		files = files[1:] // the suffix of sed -i on BSD systems
	}
	if p.first > 0 && !a.given {
		files = files[min(p.first, len(files)):]
	}
	last := len(files) - 1
	target := len(a.out) > 0 // cp -t DIR: all operands are sources
	for i, x := range files {
		switch p.how {
		case read:
			c.reads(x)
			if a.writes {
				c.writes(x)
			}
		case written:
			c.writes(x)
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
			case p.how != linked:
				c.reads(x)
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
}

func (c *command) tar(words []word) {
	mode, file := byte(0), -1
	for i, x := range words[1:] {
		t := x.text
		if strings.HasPrefix(t, "--") {
			switch opt, _, _ := strings.Cut(t, "="); opt {
			case "--create", "--append", "--update":
				mode = 'c'
			case "--extract", "--list", "--get":
				mode = 'x'
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
			case 'x', 't':
				mode = 'x'
			case 'f':
				file = i + 2
			}
		}
	}
	for i, x := range words[1:] {
		switch {
		case i+1 == file && mode == 'c':
			c.writes(x)
		case i+1 == file:
			c.reads(x)
		case mode == 'c' && i > 0 && !strings.HasPrefix(x.text, "-"):
			c.reads(x)
		}
	}
}
