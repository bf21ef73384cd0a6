package tool

import (
	"maps"
	"strings"
	"sync"

	"mvdan.cc/sh/v3/syntax"
)

// What is read of a line, so that no line takes long: agents do not write
// longer ones, and whoever does has something to hide.
const (
	maxLine     = 64 << 10 // bytes
	maxNesting  = 400      // brackets open at once
	maxDepth    = 8        // lines within lines: bash -c, eval, functions
	maxCommands = 8192
	maxSource   = 1 << 20 // bytes of all lines in the line
	maxWrappers = 16
)

// Commands returns the simple commands that a shell line runs, in order: those
// of pipes and lists, subshells, substitutions, the bodies of if, for, while
// and case, of functions where they are called, of bash -c, eval, find -exec
// and xargs. Whether a condition holds is not asked: both sides are told. Text
// in quotes, comments and here-documents is no command, unless a shell reads
// it. A line that cannot be read gives one Command that is Unknown and has the
// line as its Text. What the Commands refer to is shared with other callers, and
// must not be changed.
func Commands(line string) []Command {
	list := commands(line)
	if len(list) == 0 {
		return nil
	}
	out := make([]Command, len(list))
	for i := range list {
		out[i] = list[i].Command
	}
	return out
}

// A command is a Command and where it stands.
type command struct {
	Command
	word   string   // the program as written
	way    []string // what chooses another program or place for it: uv run, sudo
	piped  bool     // a pipe is its standard input
	inner  bool     // it is in a substitution
	direct int      // how many of Writes are redirections
	stdin  string   // its here-document
	place  string   // directory that it is told to work in: git -C
	links  map[string]string
	input  *stdin   // what a pipe gives it, where that is known
	found  []string // what {} stands for: patterns of files
	more   bool     // it gets arguments that are not known
	binds  []mount  // what the container that it runs in has of this machine
}

// stdin is what comes through a pipe, where that is known.
type stdin struct {
	text  string
	globs []string // or the files that find finds
}

// shared is what all lines of a line have in common.
type shared struct {
	out   []command
	steps int
	bytes int
	full  bool

	exports bool // functions are given to the shells that it starts
	hidden  bool // patterns match hidden files
}

// A walker reads one line.
type walker struct {
	*shared
	src     string
	depth   int
	via     []string
	layers  [][]string
	way     []string
	unknown bool // the line is known in part only
	funcs   map[string]*syntax.Stmt
	active  map[string]bool // functions that are being read
	st      *state
	failed  *state   // what st is if the last command has failed; nil if that makes no difference
	span    [2]int   // in the outermost line, of what this line is a part of
	printed *stdin   // what the command before the pipe prints
	found   []string // what {} stands for
	remote  bool     // it runs on another machine, or in a container
	binds   []mount  // what that has of this machine
}

// place is where a statement stands.
type place struct{ piped, inner bool }

// parseLine takes a line apart.
func parseLine(line string) (list []command) {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	s := &shared{hidden: strings.Contains(line, "dotglob") || strings.Contains(line, "globdots") || strings.Contains(line, "GLOBIGNORE")}
	defer func() {
		// The parser is not ours, and the lines are anybody's.
		if recover() != nil {
			list = []command{unread(line)}
		}
	}()
	w := &walker{shared: s, src: line, funcs: map[string]*syntax.Stmt{}, st: start}
	w.line(place{})
	runsWritten(s.out)
	if s.full {
		s.out = append(s.out, unread(line))
	}
	return s.out
}

func unread(line string) command {
	return command{Command: Command{Text: line, Unknown: true, Doubt: DoubtProgram, Span: [2]int{0, len(line)}}}
}

var parsers = sync.Pool{New: func() any { return syntax.NewParser(syntax.Variant(syntax.LangBash)) }}

// line reads the source of the walker.
func (w *walker) line(in place) {
	w.bytes += len(w.src)
	if len(w.src) > maxLine || w.bytes > maxSource || w.depth > maxDepth || nesting(w.src) > maxNesting {
		w.giveUp()
		return
	}
	ok := true
	if w.src, ok = commentEnds(w.src); !ok {
		w.giveUp()
		return
	}
	p := parsers.Get().(*syntax.Parser)
	f, err := p.Parse(strings.NewReader(w.src), "")
	parsers.Put(p)
	if err != nil {
		w.giveUp()
		return
	}
	w.stmts(f.Stmts, in)
}

func (w *walker) giveUp() {
	c := unread(w.src)
	c.Via, c.Layers = w.via, w.layers
	if w.depth > 0 {
		c.Span = w.span
	}
	w.out = append(w.out, c)
}

// nesting returns how many brackets are open at once at most. It does not
// know quotes, so it errs on the safe side.
func nesting(s string) int {
	depth, most, unary := 0, 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(', '{', '[':
			depth++
			most = max(most, depth)
		case ')', '}', ']':
			depth = max(depth-1, 0)
		}
		// Signs before a number nest too.
		switch s[i] {
		case '-', '+', '!', '~':
			unary++
			if unary > 2*maxNesting {
				return unary
			}
		case ' ', '\t':
		default:
			unary = 0
		}
	}
	return most
}

// sub reads a line that a command in this one runs. args are its $1, $2 …,
// nil if they are not known.
func (w *walker) sub(line string, known bool, args []word, c *command, in place) {
	inner := &walker{
		shared: w.shared, src: line, depth: w.depth + 1,
		via: c.Via, layers: c.Layers, way: c.way, unknown: w.unknown || !known,
		funcs: map[string]*syntax.Stmt{}, st: w.st.child(), span: c.Span, found: c.found, remote: c.Remote, binds: c.binds,
	}
	if w.exports {
		inner.funcs, inner.active = w.funcs, w.active
	}
	if c.more {
		inner.unknown = true
	}
	if args != nil {
		inner.st = inner.st.positional(args)
	}
	before := len(w.out)
	inner.line(in)
	if before == len(w.out) && !known {
		w.emit(c)
	}
}

func (w *walker) emit(c *command) {
	if w.full || len(w.out) >= maxCommands {
		w.full = true
		return
	}
	if w.unknown {
		c.doubt(DoubtProgram)
	}
	c.Hidden = w.hidden
	if c.Remote { // its files are not those of this machine, or not under their names
		c.MayRead = append(append(c.MayRead, c.Reads...), c.Searches...)
		c.MayWrite = append(c.MayWrite, c.Writes...)
		if len(c.binds) > 0 {
			c.MayRead, c.MayWrite = outside(c.MayRead, c.binds), outside(c.MayWrite, c.binds)
		}
		c.Reads, c.Writes, c.Searches, c.Trees = nil, nil, nil, nil
		c.Doubt &^= DoubtRead | DoubtWrite | DoubtDir
	}
	if c.Doubt&DoubtDir != 0 && len(c.Reads)+len(c.Writes)+len(c.Searches) == 0 {
		c.Doubt &^= DoubtDir
	}
	c.Unknown = c.Doubt&^DoubtDir != 0
	w.out = append(w.out, *c)
}

// doubt notes that something of a command is decided only when it runs.
func (c *command) doubt(d Doubt) {
	c.Doubt |= d
	c.Unknown = c.Unknown || d != 0
}

func (w *walker) simple(s *syntax.Stmt, x *syntax.CallExpr, in place) {
	for _, a := range x.Assigns {
		w.substs(a)
	}
	for _, a := range x.Args {
		w.substs(a)
	}
	c := w.start(s, in)
	w.redirects(c, s.Redirs)
	variants := w.variants(x.Args)
	if len(variants) == 0 {
		w.assign(x.Assigns, false)
		if len(c.Reads)+len(c.Writes)+len(c.Hosts) > 0 || c.Unknown {
			w.emit(c)
		}
		w.settings(c, x.Assigns, false)
		return
	}
	before := w.st
	if len(x.Assigns) > 0 {
		w.assign(x.Assigns, true)
		w.settings(c, x.Assigns, true)
	}
	given := w.st
	for i, words := range variants {
		each := *c
		w.st = given
		if len(words) > 0 {
			w.command(&each, words, s, in)
		}
		if len(x.Assigns) > 0 {
			w.st = before
		}
		if i > 0 {
			before = merge(before, w.st)
		}
	}
	if len(variants) > 1 {
		w.st = merge(before, w.st)
	}
}

// command reads a simple command whose words are known.
func (w *walker) command(c *command, words []word, s *syntax.Stmt, in place) {
	name := words[0].text
	if body := w.funcs[name]; body != nil && words[0].known {
		w.function(name, body, c, words[1:], in)
		return
	}
	if line, ok := w.st.alias[name]; ok && words[0].known {
		n := *w.st
		n.alias = maps.Clone(n.alias)
		delete(n.alias, name) // an alias is not looked up in itself
		w.st = &n
		w.inside(line+" "+quoted(words[1:]), c, in)
		if _, ok := w.st.alias[name]; !ok {
			w.st = w.st.named(name, line)
		}
		return
	}
	w.run(c, words, in)
}

// quoted writes words so that a shell reads them back. Those that are not
// known stay as in the source.
func quoted(words []word) string {
	var b strings.Builder
	for _, x := range words {
		if x.known && !x.glob {
			b.WriteString(quote(x.text))
		} else {
			b.WriteString(x.text)
		}
		b.WriteByte(' ')
	}
	return b.String()
}

func (w *walker) function(name string, body *syntax.Stmt, c *command, args []word, in place) {
	if len(c.Reads)+len(c.Writes)+len(c.Hosts) > 0 {
		w.emit(c) // for its redirections
	}
	if w.active[name] {
		return // its commands are told already
	}
	if w.active == nil {
		w.active = map[string]bool{}
	}
	if len(w.active) >= maxDepth {
		w.full = true
		return
	}
	w.active[name] = true
	outer := w.st
	w.st = w.st.positional(args)
	w.stmt(body, in)
	w.st = w.st.returned(outer)
	delete(w.active, name)
}

// run finds the program among the words of a simple command.
func (w *walker) run(c *command, words []word, in place) {
	for range maxWrappers {
		first := words[0]
		if !first.known || first.glob && first.text != "[" || first.text == "" {
			c.Program, c.word = base(first.text), first.text
			c.doubt(DoubtProgram)
			c.args(words)
			w.emit(c)
			return
		}
		if len(first.text) > 1 && first.text[0] == '=' { // of zsh: where the program is
			first.text = first.text[1:]
			words = append([]word{first}, words[1:]...)
		}
		c.Program, c.word = base(first.text), first.text
		if shells[c.Program] {
			w.shell(c, words, in)
			return
		}
		switch c.Program {
		case "eval", "trap":
			w.code(c, words, in)
			return
		case "source", ".":
			if len(words) > 1 && streamed(words[1].text) && c.stdin != "" {
				c.through(c.Program, words)
				w.inside(c.stdin, c, in)
				return
			}
		case "find", "fd", "fdfind":
			w.find(c, words, in)
			return
		case "parallel":
			if w.parallel(c, words, in) {
				return
			}
		}
		before := *c
		next := look(c, words)
		if c.Remote && !before.Remote && (next.line != nil || len(next.words) > 0) {
			before.args(words)
			before.operands(words)
			w.emit(&before)
			c.Reads, c.Writes, c.Hosts, c.Doubt = nil, nil, nil, 0
			c.binds = mounted(words[:len(words)-len(next.words)])
			if c.stdin == "" && next.line == nil && shells[base(next.words[0].text)] {
				c.piped = in.piped
			}
		}
		if _, beside := lineOptions()[before.Program]; (beside || before.Program == "script") && (next.line != nil || len(next.words) > 0) {
			also := command{Command: Command{Text: before.Text, Via: before.Via, Dirs: before.Dirs, Span: before.Span}}
			also.Program = before.Program
			also.mayRun(words)
			if also.Program == "script" {
				for _, x := range (program{values: "-c --command -T -I -O -B -E -o -m"}).split(words, "script").operands {
					also.writes(x)
				}
			}
			if also.Program = ""; len(also.MayRun)+len(also.Writes) > 0 {
				w.emit(&also)
			}
		}
		if next.line != nil && c.Remote && w.feeds(c, &before, next.line.text, in) {
			return
		}
		if next.line != nil {
			w.sub(next.line.text, next.line.known, nil, c, place{inner: in.inner})
			return
		}
		if len(next.words) == 0 {
			c.args(words)
			c.operands(words)
			w.emit(c)
			w.after(c, words)
			return
		}
		words = next.words
	}
	c.doubt(DoubtProgram)
	c.args(words)
	w.emit(c)
}

// after follows what a command does to the shell.
func (w *walker) after(c *command, words []word) {
	switch c.Program {
	case "cd", "chdir", "pushd", "popd":
		w.move(c, words)
	case "ln":
		w.link(c, words)
	case "read", "mapfile", "readarray", "getopts", "printf", "unset", "set", "shift", "alias":
		w.unset(c, words)
	}
}
