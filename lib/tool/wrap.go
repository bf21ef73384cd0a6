package tool

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// shells are the programs that run shell lines.
var shells = map[string]bool{"bash": true, "sh": true, "zsh": true, "dash": true, "ksh": true, "ash": true, "mksh": true, "rbash": true}

// A wrapper is a program that starts another one, which its arguments name.
type wrapper struct {
	values string // options that take a value
	skip   int    // operands before the program
	line   string // options whose value is a shell line
	none   string // options with which nothing is started
	keep   string // options that make it another way: uv run --with
	sets   bool   // NAME=value may stand before the program
	way    bool   // it gives the program another environment or other rights
	joins  bool   // what follows is joined and given to a shell
	stdin  bool   // it adds arguments that it reads
}

// wrappers has the programs, and the subcommands of programs, that are looked
// through.
var wrappers = map[string]wrapper{
	"sudo":       {values: "-u -g -p -C -h -r -t -T -U -D -R --user --group --prompt --host --chdir --chroot", none: "-l -v -k -K -e --list --edit --validate", sets: true, way: true},
	"doas":       {values: "-u -C -a", way: true},
	"su":         {values: "-s -g -G --shell", line: "-c --command", way: true, skip: 1 << 20},
	"env":        {values: "-u -C --unset --chdir -a --argv0", line: "-S --split-string", sets: true},
	"nohup":      {},
	"setsid":     {},
	"nice":       {values: "-n --adjustment"},
	"ionice":     {values: "-c -n --class --classdata", none: "-p --pid"},
	"chrt":       {skip: 1, none: "-p"},
	"taskset":    {skip: 1, none: "-p"},
	"stdbuf":     {values: "-i -o -e --input --output --error"},
	"unbuffer":   {},
	"timeout":    {values: "-k -s --kill-after --signal", skip: 1},
	"gtimeout":   {values: "-k -s --kill-after --signal", skip: 1},
	"time":       {values: "-f -o --format --output"},
	"gtime":      {values: "-f -o --format --output"},
	"command":    {none: "-v -V"},
	"builtin":    {},
	"exec":       {values: "-a"},
	"noglob":     {},
	"caffeinate": {values: "-t -w"},
	"chronic":    {},
	"strace":     {values: "-o -e -p -s -u -E -P -I -O -S -a -b"},
	"ltrace":     {values: "-o -e -p -s -u -l -n -a"},
	"xargs":      {values: "-I -n -P -L -d -s -E -a --max-args --max-procs --max-lines --delimiter --arg-file --replace", stdin: true},
	"parallel":   {values: "-j -a --jobs --arg-file --colsep -I --joblog --tmpdir --timeout", stdin: true},
	"watch":      {values: "-n --interval", joins: true},
	"flock":      {values: "-w -E --timeout --wait --conflict-exit-code", skip: 1, line: "-c --command"},
	"script":     {values: "-T -I -O -B -E", line: "-c --command", skip: 1 << 20},
	"busybox":    {none: "--list --help --install"},
	"chroot":     {skip: 1, way: true},
	"unshare":    {values: "-S -G", way: true},
	"xvfb-run":   {values: "-n -s -f -e -p -w"},
	"dumb-init":  {},
	"tini":       {values: "-p -e"},
	"dbus-run-session": {
		values: "--dbus-daemon --config-file",
	},

	"uv run":       {values: "--with --with-requirements --with-editable --python -p --extra --group --only-group --no-group --project --directory --package --env-file --index --index-url --refresh-package --no-extra --config-file --cache-dir", keep: "--with --with-requirements --with-editable --python -p", way: true},
	"uvx":          {values: "--from --with --python -p --index", keep: "--from --with", way: true},
	"uv x":         {values: "--from --with --python -p", keep: "--from --with", way: true},
	"uv tool run":  {values: "--from --with --python -p", keep: "--from --with", way: true},
	"pipx run":     {values: "--spec --python --pip-args", keep: "--spec", way: true},
	"npx":          {values: "-p --package -w --workspace", line: "-c --call", keep: "-p --package", way: true},
	"npm exec":     {values: "-p --package -w --workspace", line: "-c --call", keep: "-p --package", way: true},
	"npm x":        {values: "-p --package -w --workspace", line: "-c --call", keep: "-p --package", way: true},
	"pnpm exec":    {values: "-C --dir --filter -F", way: true},
	"pnpm dlx":     {values: "--package", keep: "--package", way: true},
	"pnpx":         {values: "--package", way: true},
	"yarn exec":    {values: "--cwd", way: true},
	"yarn dlx":     {values: "-p --package", way: true},
	"bunx":         {values: "-p --package", way: true},
	"bun x":        {values: "-p --package", way: true},
	"poetry run":   {values: "-C --directory -P --project", way: true},
	"pipenv run":   {way: true},
	"pdm run":      {values: "-p --project", way: true},
	"rye run":      {way: true},
	"hatch run":    {values: "-e --env", way: true},
	"pixi run":     {values: "-e --environment --manifest-path", way: true},
	"conda run":    {values: "-n -p --name --prefix --cwd", keep: "-n --name", way: true},
	"mamba run":    {values: "-n -p --name --prefix", keep: "-n --name", way: true},
	"bundle exec":  {values: "--gemfile", way: true},
	"mise exec":    {values: "-C --cd -j", way: true},
	"mise x":       {values: "-C --cd -j", way: true},
	"asdf exec":    {way: true},
	"direnv exec":  {skip: 1, way: true},
	"dotenv":       {values: "-f -e --file", way: true},
	"dotenvx run":  {values: "-f --env-file -e --env", way: true},
	"op run":       {values: "--env-file --account", way: true},
	"doppler run":  {values: "-p -c --project --config", line: "--command", way: true},
	"nix develop":  {values: "--override-input", way: true, skip: 1 << 20},
	"nix-shell":    {line: "--run --command", values: "-p -A -I", way: true, skip: 1 << 20},
	"devbox run":   {values: "-c --config -e --env", way: true},
	"rustup run":   {skip: 1, way: true},
	"corepack":     {none: "enable disable prepare install up use --version"},
	"opam exec":    {values: "--switch", way: true},
	"cross-env":    {sets: true},
	"dotenv-flow":  {way: true},
	"systemd-run":  {values: "-u -p --unit --property -E", way: true},
	"firejail":     {way: true},
	"kcov":         {skip: 1},
	"catchsegv":    {},
	"rtk":          {none: "gain discover init config proxy"},
	"proxychains4": {values: "-f", way: true},
	"torsocks":     {way: true},
}

// next is what a wrapper starts: words, or a line of a shell.
type next struct {
	words []word
	line  *word
}

// look looks through one wrapper. It returns nothing if the program is none,
// or starts nothing this time.
func look(c *command, words []word) next {
	name := c.Program
	wr, ok := wrappers[name]
	i := 1
	if !ok {
		// The subcommand may follow options: uv --quiet run.
		for k := 1; k < len(words) && k < 8 && !ok; k++ {
			if words[k].known && !strings.HasPrefix(words[k].text, "-") {
				name = c.Program + " " + words[k].text
				if wr, ok = wrappers[name]; !ok && k+1 < len(words) {
					name += " " + words[k+1].text
					if wr, ok = wrappers[name]; ok {
						k++
					}
				}
				i = k + 1
			}
		}
		if !ok {
			return next{}
		}
	}
	label := name
	module := false
	for i < len(words) {
		x := words[i].text
		if x == "--" {
			i++
			break
		}
		if wr.sets && assignment(x) {
			i++
			continue
		}
		if has(wr.none, x) {
			return next{}
		}
		if len(x) < 2 || x[0] != '-' {
			break
		}
		opt, val, joined := option(x)
		switch {
		case name == "uv run" && (x == "-m" || x == "--module"):
			module = true
			i++
		case name == "nix develop" && (x == "-c" || x == "--command"):
			wr.skip = 0
			i++
			words, i = words[i:], 0
			return started(c, wr, label, words)
		case has(wr.line, opt) || has(wr.line, "-"+x[len(x)-1:]) && x[1] != '-':
			if !joined {
				if i+1 >= len(words) {
					return next{}
				}
				val = words[i+1].text
				i++
			}
			started(c, wr, label, nil)
			return next{line: &word{text: val, known: words[i].known}}
		case joined:
			i++
			if has(wr.keep, opt) {
				label += " " + opt + " " + val
			}
		case has(wr.values, opt) || x[1] != '-' && has(wr.values, "-"+x[len(x)-1:]):
			if has(wr.keep, opt) && i+1 < len(words) {
				label += " " + opt + " " + words[i+1].text
			}
			i += 2
		default:
			i++
		}
	}
	if wr.skip > 0 {
		// Some take a line after their operands: su USER -c LINE.
		for k := i; k+1 < len(words) && wr.line != ""; k++ {
			if has(wr.line, words[k].text) {
				started(c, wr, label, nil)
				return next{line: &words[k+1]}
			}
		}
		i += wr.skip
	}
	if i >= len(words) {
		return next{}
	}
	rest := words[i:]
	if module {
		rest = append([]word{{text: "python", known: true}, {text: "-m", known: true}}, rest...)
	}
	if wr.joins {
		line := join(rest)
		started(c, wr, label, nil)
		return next{line: &line}
	}
	return started(c, wr, label, rest)
}

// join joins words to a line, as eval does.
func join(words []word) word {
	var b strings.Builder
	known := true
	for k, x := range words {
		if k > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(x.text)
		known = known && x.known
	}
	return word{text: b.String(), known: known}
}

// started notes the wrapper in the command that it starts.
func started(c *command, wr wrapper, label string, rest []word) next {
	c.through(c.Program)
	if wr.way {
		c.way = append(c.way[:len(c.way):len(c.way)], label)
	}
	c.Unknown = c.Unknown || wr.stdin
	return next{words: rest}
}

// option takes an option apart: --name=value, or -n with its value joined.
func option(x string) (opt, val string, joined bool) {
	if strings.HasPrefix(x, "--") {
		opt, val, joined = strings.Cut(x, "=")
		return opt, val, joined
	}
	return x, "", false
}

func assignment(x string) bool {
	name, _, ok := strings.Cut(x, "=")
	return ok && syntax.ValidName(name)
}

// has reports whether a list of words has the word.
func has(list, x string) bool {
	for len(list) > 0 {
		w, rest, _ := strings.Cut(list, " ")
		if w == x {
			return x != ""
		}
		list = rest
	}
	return false
}

// shell reads what a shell in the line is told to run.
func (w *walker) shell(c *command, words []word, in place) {
	i := 1
	var line *word
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
		switch {
		case x == "--rcfile" || x == "--init-file" || x[1] != '-' && !strings.Contains(x, "c") && strings.ContainsAny(x[len(x)-1:], "oO"):
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
			}
			i = len(words)
		}
	}
	switch {
	case dry && line != nil:
	case line != nil:
		c.through(c.Program)
		w.sub(line.text, line.known, c, in)
		if len(c.Reads)+len(c.Writes) > 0 {
			c.Program, c.word = "", "" // for its redirections
			w.emit(c)
		}
		return
	case i < len(words) && words[i].text != "-":
		c.reads(words[i])
	case dry:
	case c.stdin != "" && !has(" --version --help", words[len(words)-1].text):
		c.through(c.Program)
		w.sub(c.stdin, true, c, in)
		return
	case in.piped:
		c.Unknown = true
	}
	c.args(words[1:])
	w.emit(c)
}

// code reads the line that eval or trap is given.
func (w *walker) code(c *command, words []word, in place) {
	rest := words[1:]
	if len(rest) > 0 && rest[0].text == "--" {
		rest = rest[1:]
	}
	if c.Program == "trap" {
		if len(rest) > 1 && rest[0].known && len(rest[0].text) > 1 && rest[0].text[0] != '-' {
			c.through(c.Program)
			w.inside(rest[0].text, c, in)
			return
		}
		c.args(words[1:])
		w.emit(c)
		return
	}
	line := join(rest)
	if !line.known {
		c.Unknown = true
	}
	if c.Unknown || line.text == "" {
		c.args(words[1:])
		w.emit(c)
		return
	}
	c.through(c.Program)
	w.inside(line.text, c, in)
}

// inside is sub for a line that runs in this shell, with its functions.
func (w *walker) inside(line string, c *command, in place) {
	inner := *w
	inner.src, inner.depth, inner.via, inner.way = line, w.depth+1, c.Via, c.way
	inner.line(in)
}

// find tells the find, and what it is told to run on the files.
func (w *walker) find(c *command, words []word, in place) {
	c.args(words[1:])
	c.operands(words)
	if len(c.Via) >= maxWrappers {
		c.Unknown = true
		w.emit(c)
		return
	}
	w.emit(c)
	for i := 1; i < len(words); i++ {
		switch words[i].text {
		case "-exec", "-execdir", "-ok", "-okdir", "-x", "-X", "--exec", "--exec-batch":
			end := i + 1
			for end < len(words) && words[end].text != ";" && words[end].text != "+" {
				end++
			}
			if end > i+1 {
				inner := &command{piped: c.piped, inner: c.inner, way: c.way}
				inner.Text, inner.Via = c.Text, c.Via
				inner.through(c.Program)
				w.run(inner, words[i+1:end], place{inner: in.inner})
			}
			i = end
		}
	}
}
