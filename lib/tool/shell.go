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
	way     []string
	unknown bool // the line is known in part only
	funcs   map[string]*syntax.Stmt
	active  map[string]bool // functions that are being read
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
	w := &walker{shared: s, src: line, funcs: map[string]*syntax.Stmt{}}
	w.line(place{})
	if s.full {
		s.out = append(s.out, unread(line))
	}
	return s.out
}

func unread(line string) command {
	return command{Command: Command{Text: line, Unknown: true}}
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
	c.Via = w.via
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

// sub reads a line that a command in this one runs.
func (w *walker) sub(line string, known bool, c *command, in place) {
	inner := &walker{
		shared: w.shared, src: line, depth: w.depth + 1,
		via: c.Via, way: c.way, unknown: w.unknown || !known,
		funcs: map[string]*syntax.Stmt{},
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
	c.Unknown = c.Unknown || w.unknown
	w.out = append(w.out, *c)
}

func (w *walker) stmts(list []*syntax.Stmt, in place) {
	for _, s := range list {
		w.stmt(s, in)
	}
}

func (w *walker) stmt(s *syntax.Stmt, in place) {
	if w.steps++; s == nil || w.full || w.steps > 8*maxCommands {
		w.full = w.full || s != nil
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
		w.stmt(x.X, in)
		right := in
		if x.Op == syntax.Pipe || x.Op == syntax.PipeAll {
			right.piped = true
		}
		w.stmt(x.Y, right)
	case *syntax.Block:
		w.stmts(x.Stmts, in)
	case *syntax.Subshell:
		w.stmts(x.Stmts, in)
	case *syntax.IfClause:
		for ; x != nil; x = x.Else {
			w.stmts(x.Cond, in)
			w.stmts(x.Then, in)
		}
	case *syntax.WhileClause:
		w.stmts(x.Cond, in)
		w.stmts(x.Do, in)
	case *syntax.ForClause:
		if x.Loop != nil {
			w.substs(x.Loop)
		}
		w.stmts(x.Do, in)
	case *syntax.CaseClause:
		w.substs(x.Word)
		for _, item := range x.Items {
			for _, p := range item.Patterns {
				w.substs(p)
			}
			w.stmts(item.Stmts, in)
		}
	case *syntax.FuncDecl:
		if x.Name != nil {
			w.funcs[x.Name.Value] = x.Body
		}
	case *syntax.TimeClause:
		w.stmt2(x.Stmt, in)
	case *syntax.CoprocClause:
		w.stmt2(x.Stmt, in)
	case *syntax.DeclClause:
		w.substs(x)
		c := w.start(s, in)
		c.Program, c.word = x.Variant.Value, x.Variant.Value
		for _, a := range x.Args {
			c.Args = append(c.Args, w.source(a))
		}
		w.redirects(c, s.Redirs)
		w.emit(c)
		return
	default:
		w.substs(x)
	}
	// What a compound command is redirected to belongs to none of its parts.
	c := w.start(s, in)
	if w.redirects(c, s.Redirs); len(c.Reads)+len(c.Writes)+len(c.Hosts) > 0 {
		first, last := s.Redirs[0], s.Redirs[len(s.Redirs)-1]
		c.Text = w.between(first.OpPos, last.Word.End())
		w.emit(c)
	}
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
			w.stmts(x.Stmts, place{inner: true})
			return false
		case *syntax.ProcSubst:
			w.stmts(x.Stmts, place{inner: true})
			return false
		}
		return true
	})
}

// start begins the command of a statement.
func (w *walker) start(s *syntax.Stmt, in place) *command {
	c := &command{piped: in.piped, inner: in.inner, way: w.way}
	c.Via = w.via
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
	words := w.words(x.Args)
	if len(words) == 0 {
		if len(c.Reads)+len(c.Writes)+len(c.Hosts) > 0 {
			w.emit(c)
		}
		return
	}
	if body := w.funcs[words[0].text]; body != nil && words[0].known {
		w.function(words[0].text, body, c, in)
		return
	}
	w.run(c, words, in)
}

func (w *walker) function(name string, body *syntax.Stmt, c *command, in place) {
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
	w.stmt(body, in)
	delete(w.active, name)
}

// run finds the program among the words of a simple command.
func (w *walker) run(c *command, words []word, in place) {
	for range maxWrappers {
		first := words[0]
		if !first.known || first.glob || first.text == "" {
			c.Program, c.word, c.Unknown = base(first.text), first.text, true
			c.args(words[1:])
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
		next := look(c, words)
		if next.line != nil {
			w.sub(next.line.text, next.line.known, c, place{inner: in.inner})
			return
		}
		if len(next.words) == 0 {
			c.args(words[1:])
			c.operands(words)
			w.emit(c)
			return
		}
		words = next.words
	}
	c.Unknown = true
	c.args(words[1:])
	w.emit(c)
}

func (c *command) args(words []word) {
	for _, x := range words {
		c.Args = append(c.Args, x.text)
	}
}

// through adds a program that is looked through.
func (c *command) through(name string) {
	c.Via = append(slices.Clip(c.Via), name)
}

// base returns the name of a program without its directory.
func base(name string) string {
	if strings.IndexByte(name, '/') >= 0 {
		return path.Base(name)
	}
	return name
}
