package tool

import (
	"encoding/base64"
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// shells are the programs that run shell lines.
var shells = map[string]bool{"bash": true, "sh": true, "zsh": true, "dash": true, "ksh": true, "ash": true, "mksh": true, "rbash": true}

// dockerValues are the options of docker run and exec that take a value.
const dockerValues = "-e --env -v --volume -w --workdir -u --user -p --publish --name --network --net --mount --entrypoint --env-file -h --hostname --platform -l --label --memory -m --cpus --add-host --gpus --device --cap-add --cap-drop --security-opt --shm-size --restart --pull --index --ulimit --tmpfs --ip --dns --log-driver -a --attach --cidfile --detach-keys --runtime --ipc --pid"

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
	remote bool   // what it starts runs on another machine, or in a container
	after  bool   // the program stands after a --
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

	"ssh":                   {values: "-p -l -o -J -L -R -D -b -c -e -m -O -Q -S -W -w -E -B -I -i -F", skip: 1, joins: true, remote: true},
	"vagrant ssh":           {line: "-c --command", skip: 1 << 20, remote: true},
	"docker run":            {values: dockerValues, skip: 1, remote: true},
	"docker exec":           {values: dockerValues, skip: 1, remote: true},
	"docker container run":  {values: dockerValues, skip: 1, remote: true},
	"docker container exec": {values: dockerValues, skip: 1, remote: true},
	"docker compose exec":   {values: dockerValues, skip: 1, remote: true},
	"docker compose run":    {values: dockerValues, skip: 1, remote: true},
	"docker-compose exec":   {values: dockerValues, skip: 1, remote: true},
	"docker-compose run":    {values: dockerValues, skip: 1, remote: true},
	"podman run":            {values: dockerValues, skip: 1, remote: true},
	"podman exec":           {values: dockerValues, skip: 1, remote: true},
	"kubectl exec":          {after: true, remote: true},
	"git bisect run":        {},
	"git submodule foreach": {joins: true},
	"git rebase":            {values: "--onto -X -s --strategy", line: "-x --exec", skip: 1 << 20},
	"entr":                  {stdin: true},
	"setarch":               {skip: 1},
	"runuser":               {values: "-u -g -G", line: "-c --command", way: true},
	"pkexec":                {values: "--user", way: true},
	"nsenter":               {values: "-t -S -G", way: true},
	"bwrap":                 {values: "--bind --ro-bind --dev --proc --tmpfs --chdir --setenv", way: true},
	"fakeroot":              {},
	"eatmydata":             {},
	"hyperfine":             {values: "-w -r -m -M -p -s -c -n --warmup --runs --prepare --setup --cleanup --export-json --export-markdown", joins: true},
	"tmux new-session":      {values: "-s -n -c -x -y -t -e", joins: true},
	"tmux new":              {values: "-s -n -c -x -y -t -e", joins: true},
	"screen":                {values: "-S -h -e -p -c -t"},
	"concurrently":          {values: "-n -c --names --prefix", joins: true},

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
func look(c *command, words []word) (n next) {
	name := c.Program
	wr, ok := wrappers[name]
	i := 1
	all := words
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
			return started(c, wr, label, all, words)
		case name == "docker run" && opt == "--entrypoint":
			entry := word{text: val, known: words[i].known}
			if i++; !joined && i < len(words) {
				entry = words[i]
				i++
			}
			defer func() {
				if len(n.words) > 0 {
					n.words = append([]word{entry}, n.words...)
				} else {
					n = started(c, wr, label, all, []word{entry})
					c.Remote = true
				}
			}()
		case has(wr.line, opt) || has(wr.line, "-"+x[len(x)-1:]) && x[1] != '-':
			if !joined {
				if i+1 >= len(words) {
					return next{}
				}
				val = words[i+1].text
				i++
			}
			started(c, wr, label, all, nil)
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
	if wr.after {
		for i < len(words) && words[i].text != "--" {
			i++
		}
		i++
	}
	if wr.skip > 0 {
		// Some take a line after their operands: su USER -c LINE.
		for k := i; k+1 < len(words) && wr.line != ""; k++ {
			if has(wr.line, words[k].text) {
				started(c, wr, label, all, nil)
				return next{line: &words[k+1]}
			}
		}
		i += wr.skip
	}
	if i >= len(words) {
		return next{}
	}
	rest := words[i:]
	if wr.skip == 1 && rest[0].text == "--" && len(rest) > 1 {
		rest = rest[1:]
	}
	c.Remote = c.Remote || wr.remote
	if module {
		rest = append([]word{{text: "python", known: true}, {text: "-m", known: true}}, rest...)
	}
	if wr.joins {
		line := join(rest)
		started(c, wr, label, all, nil)
		return next{line: &line}
	}
	return started(c, wr, label, all, rest)
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
func started(c *command, wr wrapper, label string, all, rest []word) next {
	c.through(c.Program, all)
	if len(rest) <= len(all) {
		c.chdir(all[:len(all)-len(rest)])
	}
	if wr.way {
		c.way = append(c.way[:len(c.way):len(c.way)], label)
	}
	if wr.stdin && len(rest) > 0 && len(rest) <= len(all) {
		rest = c.given(all, rest)
	}
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
	var args []word
	zero := false // the first of args is $0
	dry := false  // -n: nothing is run
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
	case i < len(words) && words[i].text != "-":
		c.reads(words[i])
	case dry:
	case c.stdin != "" && !has(" --version --help", words[len(words)-1].text):
		c.through(c.Program, words)
		w.sub(c.stdin, true, nil, c, in)
		return
	case in.piped && c.input != nil && c.input.globs == nil:
		c.through(c.Program, words)
		w.sub(c.input.text, true, nil, c, in)
		return
	case in.piped || len(c.Reads) > 0:
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
		if len(rest) > 1 && rest[0].known && len(rest[0].text) > 1 && rest[0].text[0] != '-' {
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

// find tells the find, and what it is told to run on the files.
func (w *walker) find(c *command, words []word, in place) {
	c.args(words)
	c.operands(words)
	if len(c.Via) >= maxWrappers {
		c.doubt(DoubtProgram)
		w.emit(c)
		return
	}
	w.emit(c)
	found := finds(c, words)
	for i := 1; i < len(words); i++ {
		switch words[i].text {
		case "-exec", "-execdir", "-ok", "-okdir", "-x", "-X", "--exec", "--exec-batch":
			end := i + 1
			for end < len(words) && words[end].text != ";" && words[end].text != "+" {
				end++
			}
			if end > i+1 {
				inner := &command{piped: c.piped, inner: c.inner, way: c.way, found: found, links: c.links}
				inner.Text, inner.Via, inner.Span, inner.Dirs, inner.MayDirs = c.Text, c.Via, c.Span, c.Dirs, c.MayDirs
				inner.Layers = c.Layers[:len(c.Layers)-1]
				inner.Doubt = c.Doubt & DoubtDir
				inner.through(c.Program, words)
				w.run(inner, words[i+1:end], place{inner: in.inner})
			}
			i = end
		}
	}
}

// finds returns patterns of the files that a find finds, nil if they are not
// known.
func finds(c *command, words []word) []string {
	var starts, names []string
	if c.Program != "find" {
		return nil
	}
	for i := 1; i < len(words); i++ {
		x := words[i]
		switch {
		case has("-name -iname", x.text) && i+1 < len(words):
			if !words[i+1].known {
				return nil
			}
			names = append(names, words[i+1].text)
			i++
		case strings.HasPrefix(x.text, "-") || x.text == "(" || x.text == "!" || x.text == "\\(":
			if has("-L -H -P", x.text) {
				continue
			}
			if has("-path -ipath -wholename -regex -iregex -newer -type -maxdepth -mindepth -size -mtime -perm -user", x.text) {
				i++
			}
			if has("-not ! -files0-from", x.text) {
				return nil
			}
		case len(names) == 0 && (i == 1 || !strings.HasPrefix(words[i-1].text, "-") || has("-L -H -P", words[i-1].text)):
			if !x.known {
				return nil
			}
			starts = append(starts, x.text)
		}
	}
	if len(starts) == 0 {
		starts = []string{"."}
	}
	if len(names) == 0 {
		return nil
	}
	var out []string
	for _, s := range starts {
		for _, n := range names {
			out = append(out, strings.TrimSuffix(s, "/")+"/**/"+n)
		}
	}
	return out
}

// given adds to the words of a program those that xargs reads, if they are
// known.
func (c *command) given(all, rest []word) []word {
	token := ""
	for _, x := range all[:len(all)-len(rest)] {
		if t, ok := strings.CutPrefix(x.text, "-I"); ok {
			token = t
			if t == "" {
				token = "{}"
			}
		}
	}
	for i, x := range all[:len(all)-len(rest)] {
		if x.text == "-I" && i+1 < len(all) {
			token = all[i+1].text
		}
	}
	switch {
	case c.input == nil || c.Program == "parallel":
		c.more = true
	case c.input.globs != nil:
		c.found = c.input.globs
		if token == "" {
			return append(slices.Clip(rest), word{text: "{}", known: true})
		}
		c.more = token != "{}"
	default:
		var words []word
		for _, f := range strings.Fields(c.input.text) {
			words = append(words, word{text: f, known: true})
		}
		if token == "" {
			return append(slices.Clip(rest), words...)
		}
		out := slices.Clone(rest)
		for i := range out {
			out[i].text = strings.ReplaceAll(out[i].text, token, strings.TrimSpace(c.input.text))
		}
		return out
	}
	return rest
}

// chdir notes the directory that a wrapper changes to: env -C.
func (c *command) chdir(words []word) {
	for i, x := range words {
		opt, val, joined := option(x.text)
		if i > 0 && (has("--chdir --cwd --directory", opt) || opt == "-C" && c.Program == "env" || opt == "-D" && c.Program == "sudo") {
			if !joined && i+1 < len(words) {
				val = words[i+1].text
			}
			c.place = below(c.place, val)
		}
	}
}

// prints returns what a statement prints, nil if it is not known. It looks
// through a few pipes at most.
func (w *walker) prints(s *syntax.Stmt, pipes int) *stdin {
	if s == nil || len(s.Redirs) > 0 || pipes > 4 {
		return nil
	}
	switch x := s.Cmd.(type) {
	case *syntax.BinaryCmd:
		if x.Op != syntax.Pipe {
			return nil
		}
		in := w.prints(x.X, pipes+1)
		if in == nil || in.globs != nil || x.Y == nil || len(x.Y.Redirs) > 0 {
			return nil
		}
		call, ok := x.Y.Cmd.(*syntax.CallExpr)
		if !ok {
			return nil
		}
		var words []string
		for _, a := range call.Args {
			words = append(words, a.Lit())
		}
		switch strings.Join(words, " ") {
		case "cat":
			return in
		case "rev":
			b := []rune(strings.TrimSuffix(in.text, "\n"))
			slices.Reverse(b)
			return &stdin{text: string(b)}
		case "base64 -d", "base64 --decode", "base64 -D":
			if b, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(in.text), "")); err == nil {
				return &stdin{text: string(b)}
			}
		}
	case *syntax.CallExpr:
		list := w.variants(x.Args)
		if len(list) != 1 || len(list[0]) == 0 {
			return nil
		}
		words := list[0]
		if words[0].text == "find" {
			c := &command{}
			c.Program = "find"
			for _, x := range words {
				if strings.HasPrefix(x.text, "-exec") || x.text == "-delete" || x.text == "-printf" {
					return nil
				}
			}
			if globs := finds(c, words); globs != nil {
				return &stdin{globs: globs}
			}
			return nil
		}
		if text, ok := echoed(words); ok {
			return &stdin{text: text}
		}
	}
	return nil
}

// startUp are variables whose value is a line that a program runs.
var startUp = words("BASH_ENV ENV PROMPT_COMMAND GIT_SSH_COMMAND GIT_SSH GIT_EXTERNAL_DIFF GIT_PAGER PAGER EDITOR VISUAL GIT_EDITOR GIT_SEQUENCE_EDITOR GIT_ASKPASS SSH_ASKPASS MANPAGER LESSOPEN")

// loaded are variables that make a program load code.
var loaded = words("LD_PRELOAD LD_AUDIT DYLD_INSERT_LIBRARIES PYTHONSTARTUP PERL5OPT PERL5DB RUBYOPT NODE_OPTIONS JAVA_TOOL_OPTIONS")

// settings reads the lines that variables give to programs.
func (w *walker) settings(c *command, list []*syntax.Assign) {
	for _, a := range list {
		if a.Name == nil || a.Naked || a.Value == nil {
			continue
		}
		name := a.Name.Value
		switch {
		case loaded[name]:
			x := w.word(a.Value)
			if name == "NODE_OPTIONS" && x.known && !strings.Contains(x.text, "require") && !strings.Contains(x.text, "import") && !strings.Contains(x.text, "loader") {
				continue
			}
			one := *c
			one.Program, one.word, one.Args, one.Layers = "", "", nil, nil
			one.Reads, one.Writes, one.Hosts = nil, nil, nil
			one.doubt(DoubtProgram)
			w.emit(&one)
		case startUp[name]:
			x := w.word(a.Value)
			if x.text == "" || has("cat less more true : echo vi vim nano", x.text) {
				continue
			}
			one := *c
			one.Via, one.Layers = append(slices.Clip(c.Via), name), slices.Clip(c.Layers)
			w.sub(x.text, x.known, nil, &one, place{})
		}
	}
}

// link follows ln, so that what is done to a link is seen as done to its
// target.
func (w *walker) link(c *command, words []word) {
	p := programs["ln"]
	a := p.split(words, "ln")
	if len(a.operands) == 0 || len(a.out) > 0 || len(w.st.links) >= maxVars {
		return
	}
	to := a.operands[0]
	name := base(to.text)
	if k := len(a.operands); k > 1 {
		name = a.operands[k-1].text
		if strings.HasSuffix(name, "/") || k > 2 {
			name = strings.TrimSuffix(name, "/") + "/" + base(to.text)
		}
	}
	n := *w.st
	n.links = maps.Clone(n.links)
	if n.links == nil {
		n.links = map[string]string{}
	}
	for _, d := range n.dirs {
		n.links[below(d, name)] = target(d, name, to.text)
	}
	w.st = &n
}

// target returns the target of a link from where the line starts: a relative
// one is taken from where the link is.
func target(dir, name, to string) string {
	if rooted(to) {
		return to
	}
	return below(below(dir, parent(name)), to)
}

func parent(p string) string {
	i := strings.LastIndexByte(p, '/')
	switch {
	case i < 0:
		return ""
	case i == 0:
		return "/"
	}
	return p[:i]
}
