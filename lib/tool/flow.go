package tool

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

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
		w.exports = w.exports || slices.ContainsFunc(c.Args, func(a string) bool { return len(a) > 1 && a[0] == '-' && strings.Contains(a, "f") })
		c.Layers = append(slices.Clip(c.Layers), append([]string{c.Program}, c.Args...))
		w.assign(x.Args, c.Program == "export" || slices.Contains(c.Args, "-x"))
		w.redirects(c, s.Redirs)
		w.emit(c)
		w.settings(c, x.Args, x.Variant.Value == "export")
		return
	case *syntax.LetClause:
		w.substs(x)
		if src := w.source(x); strings.Contains(src, "[$(") || strings.Contains(src, "[`") {
			c := w.start(s, in)
			c.doubt(DoubtProgram) // an index is evaluated
			w.emit(c)
		}
	default:
		w.substs(x)
	}
	// What a compound command is redirected to belongs to none of its parts.
	if len(s.Redirs) == 0 {
		return // to ask each of many within each other for its end takes long
	}
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
		case *syntax.ParamExp:
			if x.Exp != nil && x.Exp.Op == syntax.OtherParamOps && x.Exp.Word != nil && x.Exp.Word.Lit() == "P" {
				c := unread(w.source(x)) // ${x@P} runs the substitutions in x
				c.Via, c.Layers, c.Span = w.via, w.layers, w.span
				w.emit(&c)
			}
		case *syntax.ProcSubst:
			outer := w.printed
			if x.Op == syntax.CmdOut {
				w.printed = nil
			}
			w.apart(func() { w.stmts(x.Stmts, place{inner: true, piped: x.Op == syntax.CmdOut}) })
			w.printed = outer
			return false
		}
		return true
	})
}

// start begins the command of a statement.
func (w *walker) start(s *syntax.Stmt, in place) *command {
	c := &command{piped: in.piped, inner: in.inner, way: w.way, links: w.st.links, found: w.found}
	c.Remote, c.binds = w.remote, w.binds
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
