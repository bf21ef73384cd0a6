package tool

import (
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A partial is a word while it is read, and the words that were before it.
type partial struct {
	done []word
	text []byte
	open bool // there is a word, even if it is empty
	word
}

func (p *partial) cut() {
	if p.open || len(p.text) > 0 {
		p.word.text = string(p.text)
		p.done = append(slices.Clip(p.done), p.word)
	}
	p.text, p.open, p.word = nil, false, word{known: true}
}

// options returns the words that a word becomes, for each of the values that
// the variables in it may have. whole is set where values are not split.
func (w *walker) options(x *syntax.Word, whole bool) [][]word {
	if x == nil {
		return [][]word{{{known: true}}}
	}
	if len(x.Parts) == 1 {
		switch q := x.Parts[0].(type) {
		case *syntax.SglQuoted:
			if !q.Dollar {
				return [][]word{{{text: q.Value, known: true}}}
			}
		case *syntax.Lit:
			if !strings.ContainsAny(q.Value, "\\*?[") {
				return [][]word{{{text: q.Value, known: true}}}
			}
		}
	}
	r := renderer{w: w, whole: whole, list: []partial{{word: word{known: true}}}}
	r.parts(x.Parts, false)
	out := make([][]word, 0, len(r.list))
	for i := range r.list {
		p := &r.list[i]
		p.cut()
		out = append(out, p.done)
	}
	return out
}

// A renderer reads the parts of a word.
type renderer struct {
	w     *walker
	whole bool
	list  []partial
	depth int
}

// add appends to every partial.
func (r *renderer) add(s string) {
	for i := range r.list {
		r.list[i].text = append(slices.Clip(r.list[i].text), s...)
	}
}

// source appends an expansion that is not known as it stands.
func (r *renderer) source(n syntax.Node) {
	for i := range r.list {
		r.list[i].known = false
	}
	r.add(r.w.source(n))
}

func (r *renderer) open() {
	for i := range r.list {
		r.list[i].open = true
	}
}

func (r *renderer) parts(parts []syntax.WordPart, quoted bool) {
	for _, p := range parts {
		switch p := p.(type) {
		case *syntax.Lit:
			var b strings.Builder
			glob := unescape(&b, p.Value, quoted)
			r.add(b.String())
			if glob {
				r.globs()
			}
		case *syntax.SglQuoted:
			r.open()
			if p.Dollar {
				r.add(ansiC(p.Value))
			} else {
				r.add(p.Value)
			}
		case *syntax.DblQuoted:
			if !onlyArgs(p) {
				r.open()
			}
			r.parts(p.Parts, true)
		case *syntax.BraceExp:
			for i := range r.list {
				r.list[i].known = false
			}
			sep := ","
			if p.Sequence {
				sep = ".."
			}
			r.add("{")
			for i, e := range p.Elems {
				if i > 0 {
					r.add(sep)
				}
				r.parts(e.Parts, quoted)
			}
			r.add("}")
		case *syntax.ExtGlob:
			r.globs()
			r.add(r.w.source(p))
		case *syntax.ParamExp:
			r.param(p, quoted)
		case *syntax.CmdSubst:
			if text, ok := r.w.constant(p); ok {
				r.values(value{list: []string{text}, known: true}, quoted)
			} else {
				r.source(p)
			}
		default:
			r.source(p)
		}
	}
}

// onlyArgs reports whether quotes hold "$@" alone, which may be no word at all.
func onlyArgs(q *syntax.DblQuoted) bool {
	if len(q.Parts) != 1 {
		return false
	}
	p, ok := q.Parts[0].(*syntax.ParamExp)
	return ok && p.Param != nil && (p.Param.Value == "@" || atAll(p))
}

// atAll reports whether an expansion is one of all elements: ${a[@]}.
func atAll(p *syntax.ParamExp) bool {
	x, ok := p.Index.(*syntax.Word)
	return ok && x.Lit() == "@"
}

func (r *renderer) globs() {
	for i := range r.list {
		r.list[i].glob = true
	}
}

func (r *renderer) param(p *syntax.ParamExp, quoted bool) {
	src := r.w.source(p)
	// Where a home is makes no difference to what is done there.
	if home[src] {
		if _, ok := r.w.st.vars[p.Param.Value]; !ok {
			r.add(src)
			return
		}
	}
	plain := p.Param != nil && p.NestedParam == nil && p.Flags == nil && !p.Excl && !p.Length && !p.Width && !p.IsSet &&
		p.Index == nil && p.Slice == nil && p.Repl == nil && p.Names == 0 && len(p.Modifiers) == 0
	if !plain {
		if p.Index == nil || p.Exp != nil || p.Slice != nil || p.Repl != nil || p.Excl || p.Length || !r.element(p, quoted) {
			r.source(p)
		}
		return
	}
	v, ok := r.w.st.vars[p.Param.Value]
	if p.Exp != nil {
		if r.depth++; r.depth < 8 && p.Exp.Word != nil {
			switch p.Exp.Op {
			case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull:
				if !ok || len(v.list) == 1 && v.list[0] == "" {
					// The default, unless the variable comes from outside.
					if !ok {
						for i := range r.list {
							r.list[i].known = false
						}
					}
					r.parts(p.Exp.Word.Parts, quoted)
					return
				}
				r.values(v, quoted)
				return
			}
		}
		r.source(p)
		return
	}
	if !ok || len(v.list) == 0 && v.fields == nil || r.w.st.ifs && !quoted && !r.whole && p.Param.Value != "IFS" {
		r.source(p)
		return
	}
	r.values(v, quoted)
}

// element appends elements of an array: ${a[@]}, ${a[1]}. It reports whether
// they are known.
func (r *renderer) element(p *syntax.ParamExp, quoted bool) bool {
	v, ok := r.w.st.vars[p.Param.Value]
	if !ok || v.elems == nil || r.w.st.ifs && !quoted {
		return false
	}
	switch at := strings.Trim(r.w.source(p.Index.(syntax.Node)), "[]"); at {
	case "@", "*":
		if !quoted || at == "*" {
			v.list = []string{strings.Join(v.elems, " ")}
			r.values(v, quoted)
			return true
		}
		r.each(v, v.elems)
		return true
	default:
		n, err := strconv.Atoi(at)
		if err != nil || n < 0 || n >= len(v.elems) {
			return false
		}
		v.list = []string{v.elems[n]}
		r.values(v, quoted)
		return true
	}
}

// values appends what a variable may hold.
func (r *renderer) values(v value, quoted bool) {
	if v.fields != nil {
		r.each(v, v.fields)
		return
	}
	if len(v.list) > 1 && len(r.list)*len(v.list) > maxVariants {
		for i := range r.list {
			r.list[i].known = false
		}
		v.list = v.list[:1]
	}
	before := r.list
	var after []partial
	for _, text := range v.list {
		r.list = slices.Clone(before)
		one := v
		if quoted || r.whole {
			r.add(text)
			r.mark(one)
		} else {
			one.glob = v.glob || strings.ContainsAny(text, "*?[")
			if text != "" && strings.ContainsAny(text[:1], " \t\n") {
				for i := range r.list {
					r.list[i].cut()
				}
			}
			for k, f := range strings.Fields(text) {
				if k > 0 {
					for i := range r.list {
						r.list[i].cut()
					}
				}
				r.add(f)
				r.mark(one)
			}
			if text != "" && strings.ContainsAny(text[len(text)-1:], " \t\n") {
				for i := range r.list {
					r.list[i].cut()
				}
			}
		}
		after = append(after, r.list...)
	}
	r.list = after
}

// each appends the words of $@.
func (r *renderer) each(v value, fields []string) {
	for k, f := range fields {
		if k > 0 {
			for i := range r.list {
				r.list[i].cut()
			}
		}
		r.add(f)
		r.open()
		r.mark(v)
	}
}

func (r *renderer) mark(v value) {
	for i := range r.list {
		r.list[i].known = r.list[i].known && v.known
		r.list[i].glob = r.list[i].glob || v.glob
	}
}

var home = map[string]bool{"$HOME": true, "${HOME}": true, "$PWD": true, "${PWD}": true}

// constant returns what a substitution prints, if it can be told: $(echo x),
// $(pwd), $(which x).
func (w *walker) constant(p *syntax.CmdSubst) (string, bool) {
	if len(p.Stmts) != 1 || len(p.Stmts[0].Redirs) > 0 {
		return "", false
	}
	if _, pipe := p.Stmts[0].Cmd.(*syntax.BinaryCmd); pipe {
		if out := w.prints(p.Stmts[0], 0); out != nil && out.globs == nil {
			return strings.TrimRight(out.text, "\n"), true
		}
		return "", false
	}
	x, ok := p.Stmts[0].Cmd.(*syntax.CallExpr)
	if !ok || len(x.Args) == 0 || len(x.Assigns) > 0 {
		return "", false
	}
	list := w.variants(x.Args)
	if len(list) != 1 || len(list[0]) == 0 {
		return "", false
	}
	words := list[0]
	switch words[0].text {
	case "which":
		if len(words) == 2 && words[1].known {
			return words[1].text, true
		}
	case "command", "type":
		if len(words) == 3 && words[2].known && has("-v -p -P", words[1].text) {
			return words[2].text, true
		}
	case "pwd":
		if len(words) == 1 && len(w.st.dirs) == 1 && !w.st.lost {
			if d := w.st.dirs[0]; d != "" && rooted(d) {
				return d, true
			} else if d == "" {
				return "$PWD", true
			}
		}
	}
	return echoed(words)
}

// echoed returns what echo or printf print, if it can be told.
func echoed(words []word) (string, bool) {
	if words[0].text != "echo" && words[0].text != "printf" {
		return "", false
	}
	rest := words[1:]
	switch {
	case words[0].text == "printf" && len(rest) > 1 && has("%s %s\\n", rest[0].text):
		rest = rest[1:]
	case words[0].text == "printf" && len(rest) == 1 && rest[0].known && !strings.Contains(rest[0].text, "%"):
		return ansiC(rest[0].text), true
	case words[0].text == "printf" && len(rest) == 2 && rest[0].known && rest[1].known && strings.Count(rest[0].text, "%") == 1:
		text := rest[1].text
		if strings.Contains(rest[0].text, "%b") {
			text = ansiC(text)
		} else if !strings.Contains(rest[0].text, "%s") {
			return "", false
		}
		before, after, _ := strings.Cut(rest[0].text, "%")
		return ansiC(before) + text + ansiC(after[1:]), true
	case words[0].text == "printf":
		return "", false
	case len(rest) > 1 && has("-e -ne -en", rest[0].text):
		return ansiC(join(rest[1:]).text), !slices.ContainsFunc(rest, func(x word) bool { return !x.known || x.glob })
	case len(rest) > 0 && rest[0].text == "-n":
		rest = rest[1:]
	case len(rest) > 0 && strings.HasPrefix(rest[0].text, "-"):
		return "", false
	}
	for _, x := range rest {
		if !x.known || x.glob {
			return "", false
		}
	}
	return join(rest).text, true
}

// source returns the text of a node.
func (w *walker) source(n syntax.Node) string {
	return w.between(n.Pos(), n.End())
}
