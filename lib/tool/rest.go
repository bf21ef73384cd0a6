package tool

import (
	"slices"
	"strings"
)

// rest adds what a few programs of the table do beside.
func (c *command) rest(p program, a arguments, files, words []word) {
	switch c.Program {
	case "grep", "egrep", "fgrep", "zgrep":
		c.filters(files, p.valuesOf(words, "--include"))
		if len(files) == 0 && slices.ContainsFunc(words[1:], func(x word) bool {
			return has("--recursive --dereference-recursive", x.text) || len(x.text) > 1 && x.text[0] == '-' && x.text[1] != '-' && strings.ContainsAny(x.text, "rR")
		}) {
			c.searches(word{text: ".", known: true})
		}
	case "rg", "ag", "ack":
		if len(p.valuesOf(words, "--pre --hostname-bin")) > 0 {
			c.doubt(DoubtProgram)
		}
		c.filters(files, p.valuesOf(words, "-g --glob --iglob -G"))
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
			c.doubt(DoubtWrite)
		}
		if len(files) > 1 { // names within the archive
			c.Reads = c.Reads[:1]
		}
	case "patch":
		if slices.ContainsFunc(words, func(x word) bool { return has("--dry-run --check -C", x.text) }) {
			c.Writes = c.Writes[:min(c.direct, len(c.Writes))]
		} else if len(files) == 0 {
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
	case "rsync":
		if len(p.valuesOf(words, "--files-from")) > 0 {
			c.doubt(DoubtRead)
		}
	case "gpg", "gpg2", "age":
		c.stranger(words)
	case "gh", "glab", "hub":
		text := program{values: "-b --body -t --title -m --message -n --notes -q --jq --template -l --label -a --assignee -r --reviewer -R --repo -B --base -H --head --search -S"}
		for _, x := range text.split(words, c.Program).operands {
			c.mayUse(x.text, x.glob)
		}
		for _, x := range text.valuesOf(words, "-f -F --field --raw-field --env-file --notes-file --body-file --input --template-file --recover") {
			c.mayUse(x.text, x.glob)
		}
	case "curl":
		for _, x := range p.valuesOf(words, "-b --cookie") {
			if !strings.Contains(x.text, "=") {
				c.mayRead(x)
			}
		}
		for _, x := range files {
			if f, ok := cutFold(x.text, "file:"); ok && !strings.HasPrefix(f, "//") {
				c.reads(word{text: f, known: x.known})
			}
		}
	case "zip":
		if slices.ContainsFunc(words, func(x word) bool { return x.text == "-@" }) {
			c.doubt(DoubtRead)
			for _, f := range strings.Fields(c.stdin) {
				c.mayRead(word{text: f})
			}
		}
	case "ftp", "tftp", "telnet":
		if c.stdin != "" || c.piped || len(c.Reads) > 0 {
			c.doubt(DoubtRead | DoubtWrite)
			for _, f := range strings.Fields(c.stdin) {
				c.mayRead(word{text: f})
			}
		}
	case "yq":
		if len(a.operands) == 1 && !c.piped {
			c.mayRead(a.operands[0])
		}
	case "awk", "gawk", "mawk", "nawk":
		for i, x := range words[:len(words)-1] {
			if x.text == "-i" && words[i+1].text == "inplace" {
				for _, f := range files {
					c.writes(f)
				}
			}
		}
	case "openssl":
		if len(files) > 1 && has("dgst md5 sha1 sha256 sha512", files[0].text) {
			for _, f := range files[1:] {
				c.reads(f)
			}
		}
	case "pax":
		for _, x := range words[1:] {
			if len(x.text) > 1 && x.text[0] == '-' && strings.Contains(x.text, "r") {
				c.doubt(DoubtWrite)
			}
		}
	case "http", "https", "xh", "httpie":
		for _, x := range files { // @file, field@file, field=@file
			if i := strings.IndexByte(x.text, '@'); i >= 0 && !strings.Contains(x.text, "://") {
				c.mayRead(word{text: x.text[i+1:]})
			}
		}
	case "pip", "pip3":
		for _, x := range (program{values: "-i --index-url -t --target"}).valuesOf(words, "-r -c -e --requirement --constraint --editable") {
			c.mayRead(x)
		}
		for _, x := range (program{values: "-i --index-url -r -c -e"}).valuesOf(words, "-t --target --root --prefix -d --dest --log -w --wheel-dir") {
			c.writes(x)
		}
	case "npm", "pnpm", "yarn":
		for _, x := range p.valuesOf(words, "--userconfig --globalconfig") {
			c.mayRead(x)
		}
		if slices.ContainsFunc(words, func(x word) bool { return has("userconfig globalconfig", x.text) }) {
			c.mayRead(words[len(words)-1])
		}
		for _, x := range words[1:] {
			if strings.Contains(x.text, "script-shell") || strings.Contains(x.text, "yarn-path") || strings.Contains(x.text, "yarnPath") {
				c.doubt(DoubtProgram)
			}
		}
		if has("install i ci add update uninstall pack", subcommand(words, "-C --prefix --dir --cwd")) {
			for _, x := range p.valuesOf(words, "--prefix -C --dir --cwd --pack-destination") {
				c.writes(x)
			}
		}
	case "type": // of cmd and PowerShell, which prints files
		for _, x := range files {
			if strings.ContainsAny(x.text, `./\`) {
				c.mayRead(x)
			}
		}
	case "vi", "vim", "nvim", "ex", "ed", "emacs":
		c.editor(words)
	case "less", "more", "view":
		for _, x := range words[1:] {
			if strings.HasPrefix(x.text, "+!") || strings.HasPrefix(x.text, "+|") {
				c.doubt(DoubtProgram)
			}
		}
	case "sort", "split":
		for _, x := range words[1:] {
			if strings.HasPrefix(x.text, "--compress-prog") || strings.HasPrefix(x.text, "--filter") {
				c.doubt(DoubtProgram)
			}
		}
	case "gcc", "g++", "clang", "clang++", "cc", "c++", "rustc":
		for _, x := range files {
			if f, ok := strings.CutPrefix(x.text, "@"); ok {
				c.reads(word{text: f, known: x.known})
			}
		}
	case "test", "[", "printf", "read", "unset":
		for _, x := range words[1:] {
			if x.known && (strings.Contains(x.text, "[$(") || strings.Contains(x.text, "[`")) {
				c.doubt(DoubtProgram) // an index is evaluated
			}
		}
	}
	if p.how != none {
		for _, x := range words[1:] {
			opt, val, ok := strings.Cut(x.text, "=")
			if ok && strings.HasPrefix(opt, "--") && !p.takes(opt) && val != "" && !strings.ContainsAny(val, " \n") {
				c.mayRead(word{text: val})
				c.mayWrite(word{text: val})
			}
		}
	}
}

// editor tells what an editor is told to run by +LINE, and by what it reads.
func (c *command) editor(words []word) {
	for _, x := range words[1:] {
		if strings.HasPrefix(x.text, "+") && strings.Contains(x.text, "!") {
			c.doubt(DoubtProgram)
		} else if _, f, ok := strings.Cut(x.text, " "); ok && x.text[0] == '+' { // +'r file'
			c.mayRead(word{text: f})
			c.mayWrite(word{text: f})
		}
	}
	if !has("ed ex", c.Program) {
		return
	}
	text := c.stdin
	if c.input != nil {
		text += c.input.text
	}
	for line := range strings.Lines(text) {
		line = strings.TrimLeft(strings.TrimSpace(line), "0123456789$.,%: ")
		verb, name, _ := strings.Cut(line, " ")
		switch {
		case strings.HasPrefix(line, "!") || strings.HasPrefix(name, "!"):
			c.doubt(DoubtProgram)
		case has("r e E f", verb):
			c.mayRead(word{text: strings.TrimSpace(name)})
		case has("w W wq", verb):
			c.mayWrite(word{text: strings.TrimSpace(name)})
		}
	}
}

// elsewhere notes that a command works in a directory which it is told.
func (c *command) elsewhere() {
	if c.place != "" && len(c.Searches) == 0 {
		c.Listing = true
		c.searches(word{text: ".", known: true})
	}
}
