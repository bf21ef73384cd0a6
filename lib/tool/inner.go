package tool

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// shell reads what a shell in the line is told to run.
func (w *walker) shell(c *command, words []word, in place) {
	i, fed := 1, len(c.Reads) > 0
	var line *word
	var args []word
	zero := false // the first of args is $0
	sOnly := false
	dry := false // -n: nothing is run
	for i < len(words) {
		x := words[i].text
		if len(x) < 2 || x[0] != '-' && x[0] != '+' {
			break
		}
		i++
		if x == "--" {
			break
		}
		dry = dry || x[0] == '-' && x[1] != '-' && strings.Contains(x, "n")
		sOnly = sOnly || x[0] == '-' && x[1] != '-' && strings.Contains(x, "s") && !strings.Contains(x, "c")
		switch {
		case x == "--rcfile" || x == "--init-file":
			if i < len(words) {
				c.reads(words[i])
			}
			i++
		case x[1] != '-' && !strings.Contains(x, "c") && strings.ContainsAny(x[len(x)-1:], "oO"):
			i++
		case x[0] == '-' && x[1] != '-' && strings.Contains(x, "c"):
			if strings.HasSuffix(x, "o") {
				i++ // -euxco pipefail
			}
			for i < len(words) && len(words[i].text) > 1 && words[i].text[0] == '-' {
				i++
			}
			if i < len(words) {
				line = &words[i]
				args = words[min(i+2, len(words)):]
				if i+1 < len(words) {
					args = append([]word{words[i+1]}, args...)
					zero = true
				}
			}
			i = len(words)
		}
	}
	switch {
	case dry && line != nil:
	case line != nil:
		c.through(c.Program, words)
		w.script(line.text, line.known, args, zero, c, in)
		if len(c.Reads)+len(c.Writes) > 0 {
			c.Program, c.word = "", "" // for its redirections
			w.emit(c)
		}
		return
	case i < len(words) && streamed(words[i].text) && c.stdin != "":
		c.through(c.Program, words)
		w.sub(c.stdin, true, nil, c, in)
		return
	case i < len(words) && words[i].text != "-" && !sOnly:
		if streamed(words[i].text) {
			c.doubt(DoubtProgram)
		}
		c.reads(words[i])
		c.stranger(words[i:])
	case dry:
	case c.stdin != "" && !has(" --version --help", words[len(words)-1].text):
		c.through(c.Program, words)
		w.sub(c.stdin, true, nil, c, in)
		return
	case in.piped && c.input != nil && c.input.globs == nil:
		c.through(c.Program, words)
		w.sub(c.input.text, true, nil, c, in)
		return
	case in.piped || c.piped || fed:
		c.doubt(DoubtProgram)
	}
	c.args(words)
	w.emit(c)
}

// script is sub for a shell's -c, whose first argument is $0.
func (w *walker) script(line string, known bool, args []word, zero bool, c *command, in place) {
	st := w.st
	if zero {
		w.st = w.st.set("0", value{list: []string{args[0].text}, known: args[0].known, glob: args[0].glob, exported: true})
		args = args[1:]
	}
	if args == nil {
		args = []word{}
	}
	w.sub(line, known, args, c, in)
	w.st = st
}

// code reads the line that eval or trap is given.
func (w *walker) code(c *command, words []word, in place) {
	rest := words[1:]
	if len(rest) > 0 && rest[0].text == "--" {
		rest = rest[1:]
	}
	if c.Program == "trap" {
		if len(rest) > 1 && rest[0].known && rest[0].text != "" && rest[0].text[0] != '-' {
			c.through(c.Program, words)
			w.inside(rest[0].text, c, in)
			return
		}
		c.args(words)
		w.emit(c)
		return
	}
	line := join(rest)
	if !line.known {
		c.doubt(DoubtProgram)
	}
	if c.Unknown || line.text == "" {
		c.args(words)
		w.emit(c)
		return
	}
	c.through(c.Program, words)
	w.inside(line.text, c, in)
}

// inside is sub for a line that runs in this shell, with its functions.
func (w *walker) inside(line string, c *command, in place) {
	inner := *w
	inner.src, inner.depth, inner.via, inner.way, inner.layers, inner.span = line, w.depth+1, c.Via, c.way, c.Layers, c.Span
	inner.line(in)
	w.st = otherwise(inner.st, inner.failed)
}

// startUp are variables whose value is a line that a program runs.
var startUp = words("BASH_ENV ENV PROMPT_COMMAND GIT_SSH_COMMAND GIT_SSH GIT_EXTERNAL_DIFF GIT_PAGER PAGER EDITOR VISUAL GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_ASKPASS GIT_PROXY_COMMAND SSH_ASKPASS MANPAGER LESSOPEN")

// proxies are variables that name the host which programs talk to instead.
var proxies = words("http_proxy https_proxy all_proxy ftp_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY FTP_PROXY")

// fetchesBy reports whether a variable, by its name, tells programs where to
// fetch from. Of others it is not known that what is given them is contacted.
func fetchesBy(name string) bool {
	name = strings.ToUpper(name)
	for _, k := range []string{"PROXY", "REGISTRY", "INDEX", "MIRROR", "HOST", "REMOTE"} {
		if strings.Contains(name, k) {
			return true
		}
	}
	return false
}

// prompts are variables in which a shell runs substitutions.
var prompts = words("PS0 PS1 PS2 PS4")

// anyonesDir reports whether a directory is one where anybody puts files.
func anyonesDir(d string) bool {
	for _, t := range []string{"/tmp", "/var/tmp", "/dev/shm"} {
		if d == t || strings.HasPrefix(d, t+"/") {
			return true
		}
	}
	return false
}

// loaded are variables that make a program load code.
var loaded = words("LD_PRELOAD LD_AUDIT DYLD_INSERT_LIBRARIES PYTHONSTARTUP PERL5OPT PERL5DB RUBYOPT NODE_OPTIONS JAVA_TOOL_OPTIONS")

// settings reads the lines that variables give to programs.
// given says that a program is given them, or those to come.
func (w *walker) settings(c *command, list []*syntax.Assign, given bool) {
	for _, a := range list {
		if a.Name == nil || a.Naked || a.Value == nil {
			continue
		}
		name := a.Name.Value
		one := *c
		one.Program, one.word, one.Args, one.Layers = "", "", nil, nil
		one.Reads, one.Writes, one.Hosts = nil, nil, nil
		switch {
		case proxies[name], hostVars[name], given && !startUp[name] && (c.Program != "export" || fetchesBy(name)):
			if one.setting(name, w.word(a.Value)); len(one.Hosts) > 0 || one.Unknown && !c.Unknown {
				w.emit(&one)
				continue
			}
		}
		switch {
		case has("GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE", name) && given:
			if x := w.word(a.Value); x.text != ".git" && x.text != "." {
				one.reads(x)
				w.emit(&one)
			}
		case prompts[name]:
			if x := w.source(a.Value); strings.Contains(x, "$(") || strings.Contains(x, "`") {
				one.doubt(DoubtProgram)
				w.emit(&one)
			}
		case name == "CDPATH":
			one.doubt(DoubtProgram) // cd goes somewhere else
			w.emit(&one)
		case name == "PATH" && given:
			if x := w.word(a.Value); slices.ContainsFunc(strings.Split(x.text, ":"), anyonesDir) {
				one.doubt(DoubtProgram)
				w.emit(&one)
			}
		case loaded[name]:
			x := w.word(a.Value)
			if name == "NODE_OPTIONS" && x.known && !strings.Contains(x.text, "require") && !strings.Contains(x.text, "import") && !strings.Contains(x.text, "loader") {
				continue
			}
			one.doubt(DoubtProgram)
			w.emit(&one)
		case compilers[name]:
			if x := w.word(a.Value); x.text != "" {
				one.MayRun = []string{x.text + " x"}
				w.emit(&one)
			}
		case startUp[name]:
			x := w.word(a.Value)
			if x.text == "" || has("cat less more true : echo vi vim nano", x.text) {
				continue
			}
			if one = *c; name == "BASH_ENV" || name == "ENV" {
				file := *c
				file.Program, file.word, file.Args, file.Layers = "", "", nil, nil
				file.Reads, file.Writes, file.Hosts = nil, nil, nil
				file.mayRead(x)
				w.emit(&file)
			}
			one.Via, one.Layers = append(slices.Clip(c.Via), name), slices.Clip(c.Layers)
			w.sub(x.text, x.known, nil, &one, place{})
		}
	}
}
