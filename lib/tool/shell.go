package tool

import (
	"path"
	"slices"
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
// line as its Text.
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
}

// place is where a statement stands.
type place struct{ piped, inner bool }

func commands(line string) (list []command) {
	if strings.TrimSpace(line) == "" {
		return nil
	}
	s := &shared{}
	defer func() {
		// The parser is not ours, and the lines are anybody's.
		if recover() != nil {
			list = []command{unread(line)}
		}
	}()
	w := &walker{shared: s, src: line, funcs: map[string]*syntax.Stmt{}, st: start}
	w.line(place{})
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
		funcs: map[string]*syntax.Stmt{}, st: w.st.child(), span: c.Span, found: c.found, remote: c.Remote,
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
	if c.Remote { // its files are not those of this machine, or not under their names
		c.MayRead = append(append(c.MayRead, c.Reads...), c.Searches...)
		c.MayWrite = append(c.MayWrite, c.Writes...)
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

func (w *walker) stmts(list []*syntax.Stmt, in place) {
	for _, s := range list {
		w.stmt(s, in)
		if s != nil {
			w.st, w.failed = otherwise(w.st, w.failed), nil
		}
	}
}

// apart reads statements that run in a shell of their own: what they set is
// gone with it.
func (w *walker) apart(read func()) {
	st := w.st
	read()
	w.st, w.failed = st, nil
}

func (w *walker) stmt(s *syntax.Stmt, in place) {
	if w.steps++; s == nil || w.full || w.steps > 8*maxCommands {
		w.full = w.full || s != nil
		return
	}
	w.failed = nil
	if s.Background || s.Coprocess {
		back := *s
		back.Background, back.Coprocess = false, false
		w.apart(func() { w.stmt(&back, in) })
		return
	}
	switch x := s.Cmd.(type) {
	case nil:
		w.simple(s, &syntax.CallExpr{}, in)
		return
	case *syntax.CallExpr:
		w.simple(s, x, in)
		return
	case *syntax.BinaryCmd:
		w.binary(x, in)
	case *syntax.Block:
		w.stmts(x.Stmts, in)
	case *syntax.Subshell:
		w.apart(func() { w.stmts(x.Stmts, in) })
	case *syntax.IfClause:
		w.ifClause(x, in)
	case *syntax.WhileClause:
		w.loop(x.Do, func() { w.stmts(x.Cond, in) }, in)
	case *syntax.ForClause:
		w.forClause(x, in)
	case *syntax.CaseClause:
		w.substs(x.Word)
		before := w.st
		after := before
		for _, item := range x.Items {
			w.st = before
			for _, p := range item.Patterns {
				w.substs(p)
			}
			w.stmts(item.Stmts, in)
			after = merge(after, w.st)
		}
		w.st = after
	case *syntax.FuncDecl:
		if x.Name != nil {
			w.funcs[x.Name.Value] = x.Body
		}
	case *syntax.TimeClause:
		w.stmt2(x.Stmt, in)
	case *syntax.CoprocClause:
		w.apart(func() { w.stmt2(x.Stmt, in) })
	case *syntax.DeclClause:
		w.substs(x)
		c := w.start(s, in)
		c.Program, c.word = x.Variant.Value, x.Variant.Value
		for _, a := range x.Args {
			c.Args = append(c.Args, w.source(a))
			if a.Naked && a.Name == nil && a.Value != nil && strings.HasPrefix(a.Value.Lit(), "-") && strings.Contains(a.Value.Lit(), "n") && c.Program != "export" {
				c.doubt(DoubtProgram) // a name for another variable
			}
		}
		c.Layers = append(slices.Clip(c.Layers), append([]string{c.Program}, c.Args...))
		w.assign(x.Args, c.Program == "export" || slices.Contains(c.Args, "-x"))
		w.redirects(c, s.Redirs)
		w.emit(c)
		w.settings(c, x.Args)
		return
	default:
		w.substs(x)
	}
	// What a compound command is redirected to belongs to none of its parts.
	c := w.start(s, in)
	if w.redirects(c, s.Redirs); len(c.Reads)+len(c.Writes)+len(c.Hosts) > 0 || c.Unknown {
		first, last := s.Redirs[0], s.Redirs[len(s.Redirs)-1]
		c.Text = w.between(first.OpPos, last.Word.End())
		w.emit(c)
	}
}

func (w *walker) binary(x *syntax.BinaryCmd, in place) {
	switch x.Op {
	case syntax.Pipe, syntax.PipeAll:
		outer := w.printed
		w.printed = nil
		w.apart(func() { w.stmt(x.X, in) })
		right := in
		right.piped = true
		w.printed = w.prints(x.X, 0)
		w.apart(func() { w.stmt(x.Y, right) })
		w.printed = outer
	case syntax.AndStmt:
		w.stmt(x.X, in)
		ok, failed := w.st, w.failed
		w.stmt(x.Y, in)
		if failed == nil {
			failed = ok
		}
		if w.failed == nil {
			w.failed = w.st
		}
		w.failed = merge(failed, w.failed)
	default:
		w.stmt(x.X, in)
		ok, failed := w.st, w.failed
		if failed != nil {
			w.st = failed
		}
		w.stmt(x.Y, in)
		if leaves(x.Y) {
			w.st, w.failed = ok, nil
		} else {
			w.st = merge(ok, w.st)
		}
	}
}

func (w *walker) ifClause(x *syntax.IfClause, in place) {
	var after *state
	for ; x != nil; x = x.Else {
		if len(x.Cond) == 0 { // else
			w.stmts(x.Then, in)
			w.st = merge(after, w.st)
			return
		}
		w.stmts(x.Cond, in)
		before := w.st
		w.stmts(x.Then, in)
		if n := len(x.Then); n == 0 || !leaves(x.Then[n-1]) {
			after = merge(after, w.st)
		}
		w.st = before
	}
	w.st = merge(w.st, after)
}

// loop reads the body of a loop. It is read once, so what it sets may be what
// it was set to in the round before.
func (w *walker) loop(body []*syntax.Stmt, head func(), in place) {
	for _, name := range assigned(body) {
		w.st = w.st.forget(name)
	}
	before := w.st
	head()
	w.stmts(body, in)
	after := merge(before, w.st)
	if after != before && !slices.Equal(after.dirs, before.dirs) {
		n := *after
		n.lost = true // each round may have gone further
		after = &n
	}
	w.st = after
}

func (w *walker) forClause(x *syntax.ForClause, in place) {
	if x.Loop != nil {
		w.substs(x.Loop)
	}
	head := func() {}
	if it, ok := x.Loop.(*syntax.WordIter); ok && it.Name != nil {
		v := value{known: it.InPos.IsValid() && !x.Select}
		for _, a := range w.words(it.Items) {
			v.list = append(v.list, a.text)
			v.known = v.known && a.known
			v.glob = v.glob || a.glob
		}
		if !it.InPos.IsValid() {
			v = w.st.vars["@"]
			v.list, v.fields = v.fields, nil
		}
		head = func() { w.st = w.st.set(it.Name.Value, v) }
	}
	w.loop(x.Do, head, in)
}

// stmt2 is stmt for one that may be missing.
func (w *walker) stmt2(s *syntax.Stmt, in place) {
	if s != nil {
		w.stmt(s, in)
	}
}

// substs reads the substitutions in a node: they run before it does.
func (w *walker) substs(n syntax.Node) {
	syntax.Walk(n, func(n syntax.Node) bool {
		switch x := n.(type) {
		case *syntax.CmdSubst:
			w.apart(func() { w.stmts(x.Stmts, place{inner: true}) })
			return false
		case *syntax.ProcSubst:
			w.apart(func() { w.stmts(x.Stmts, place{inner: true}) })
			return false
		}
		return true
	})
}

// start begins the command of a statement.
func (w *walker) start(s *syntax.Stmt, in place) *command {
	c := &command{piped: in.piped, inner: in.inner, way: w.way, links: w.st.links, found: w.found}
	c.Remote = w.remote
	c.Via, c.Layers = w.via, w.layers
	if in.piped {
		c.input = w.printed
	}
	if d := w.st.dirs; len(d) != 1 || d[0] != "" {
		c.Dirs = d
	}
	c.MayDirs = w.st.may
	if w.st.lost {
		c.Doubt |= DoubtDir // of no account but for its files
	}
	from, to := s.Position, s.Position
	if s.Cmd != nil {
		from, to = s.Cmd.Pos(), s.Cmd.End()
	}
	for _, r := range s.Redirs {
		start := r.OpPos
		if r.N != nil {
			start = r.N.Pos()
		}
		if from.After(start) {
			from = start
		}
		// Not the end of the redirection, which is that of its here-document.
		if end := r.Word.End(); end.After(to) {
			to = end
		}
	}
	c.Text = w.between(from, to)
	if c.Span = w.span; w.depth == 0 {
		c.Span = [2]int{int(from.Offset()), int(to.Offset())}
	}
	return c
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
		w.settings(c, x.Assigns)
		return
	}
	before := w.st
	if len(x.Assigns) > 0 {
		w.assign(x.Assigns, true)
		w.settings(c, x.Assigns)
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
		n.alias = nil // an alias is not looked up in itself
		w.st = &n
		w.inside(line+" "+quoted(words[1:]), c, in)
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
		if !first.known || first.glob || first.text == "" {
			c.Program, c.word = base(first.text), first.text
			c.doubt(DoubtProgram)
			c.args(words)
			w.emit(c)
			return
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
		case "find", "fd", "fdfind":
			w.find(c, words, in)
			return
		}
		before := *c
		next := look(c, words)
		if c.Remote && !before.Remote && (next.line != nil || len(next.words) > 0) {
			before.args(words)
			before.operands(words)
			w.emit(&before)
			c.Reads, c.Writes, c.Hosts, c.Doubt = nil, nil, nil, 0
			if c.stdin == "" && next.line == nil && shells[base(next.words[0].text)] {
				c.piped = in.piped
			}
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

// args notes the words of a command.
func (c *command) args(words []word) {
	layer := make([]string, len(words))
	for i, x := range words {
		layer[i] = x.text
	}
	c.Layers = append(slices.Clip(c.Layers), layer)
	if len(layer) > 1 {
		c.Args = layer[1:]
	}
}

// through adds a program that is looked through.
func (c *command) through(name string, words []word) {
	c.Via = append(slices.Clip(c.Via), name)
	layer := make([]string, len(words))
	for i, x := range words {
		layer[i] = x.text
	}
	c.Layers = append(slices.Clip(c.Layers), layer)
}

// base returns the name of a program without its directory.
func base(name string) string {
	if strings.IndexByte(name, '/') >= 0 {
		return path.Base(name)
	}
	return name
}
