package tool

import (
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// assign follows assignments.
func (w *walker) assign(list []*syntax.Assign, exported bool) {
	for _, a := range list {
		if a.Name == nil {
			continue
		}
		name := a.Name.Value
		if a.Naked {
			if v, ok := w.st.vars[name]; ok && exported {
				v.exported = true
				w.st = w.st.set(name, v)
			}
			continue
		}
		if v, ok := w.array(a); ok {
			v.exported = exported
			w.st = w.st.set(name, v)
			continue
		}
		if a.Index != nil || a.Array != nil {
			w.st = w.st.set(name, value{exported: exported})
			continue
		}
		v := value{known: true, exported: exported}
		for _, x := range w.expand(a.Value, true) {
			v.list = append(v.list, x.text)
			v.known = v.known && x.known
		}
		if len(v.list) == 0 {
			v.list = []string{""}
		}
		if a.Append {
			old, ok := w.st.vars[name]
			if !ok || len(old.list)*len(v.list) > maxValues {
				v = value{exported: exported}
			} else {
				var all []string
				for _, x := range old.list {
					for _, y := range v.list {
						all = append(all, x+y)
					}
				}
				v.list, v.known = all, v.known && old.known
			}
		}
		w.st = w.st.set(name, v)
	}
}

// array returns what an array holds after an assignment, if that is known.
func (w *walker) array(a *syntax.Assign) (value, bool) {
	if a.Index != nil || a.Array == nil {
		return value{}, false
	}
	v := value{known: true, elems: []string{}}
	if a.Append {
		old, ok := w.st.vars[a.Name.Value]
		if !ok || old.elems == nil {
			return value{}, false
		}
		v = old
		v.elems = slices.Clip(v.elems)
	}
	for _, e := range a.Array.Elems {
		if e.Index != nil || e.Value == nil {
			return value{}, false
		}
		for _, x := range w.words([]*syntax.Word{e.Value}) {
			if strings.ContainsAny(x.text, "$`") && !x.known || len(v.elems) > 64 {
				return value{}, false
			}
			v.elems = append(v.elems, x.text)
			v.known = v.known && x.known
			v.glob = v.glob || x.glob
		}
	}
	v.list = []string{""}
	if len(v.elems) > 0 {
		v.list[0] = v.elems[0]
	}
	return v, true
}

// places are the names of the arguments of a script or function.
var places = []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "@", "*"}

// positional returns the state with $1, $2 … set.
func (s *state) positional(args []word) *state {
	n := *s
	n.vars = maps.Clone(s.vars)
	all := value{known: true, fields: []string{}}
	for k := range 9 {
		v := value{list: []string{""}, known: true}
		if k < len(args) {
			v = value{list: []string{args[k].text}, known: args[k].known, glob: args[k].glob}
		}
		n.vars[places[k]] = v
	}
	for _, x := range args {
		all.fields = append(all.fields, x.text)
		all.known = all.known && x.known
		all.glob = all.glob || x.glob
	}
	n.vars["@"], n.vars["*"] = all, all
	return &n
}

// returned returns the state after a function: $1, $2 … are what they were.
func (s *state) returned(outer *state) *state {
	n := *s
	n.vars = maps.Clone(s.vars)
	for _, k := range places {
		if v, ok := outer.vars[k]; ok {
			n.vars[k] = v
		} else {
			delete(n.vars, k)
		}
	}
	return &n
}

// unset follows builtins that set variables, mostly to what is not known.
func (w *walker) unset(c *command, words []word) {
	var names []string
	switch c.Program {
	case "read", "mapfile", "readarray", "getopts":
		for _, x := range words[1:] {
			if syntax.ValidName(x.text) {
				names = append(names, x.text)
			}
		}
		if c.Program == "read" {
			names = append(names, "REPLY")
		}
	case "printf":
		for i, x := range words[:len(words)-1] {
			if x.text == "-v" {
				names = append(names, words[i+1].text)
			}
		}
	case "unset":
		for _, x := range words[1:] {
			if syntax.ValidName(x.text) {
				w.st = w.st.set(x.text, value{list: []string{""}, known: true})
			}
		}
	case "set":
		for i, x := range words[1:] {
			if x.text == "--" || x.text != "" && x.text[0] != '-' && x.text[0] != '+' {
				if x.text == "--" {
					i++
				}
				w.st = w.st.positional(words[1+i:])
				break
			}
		}
	case "shift":
		for _, k := range places {
			w.st = w.st.set(k, value{})
		}
	case "alias":
		for _, x := range words[1:] {
			if name, line, ok := strings.Cut(x.text, "="); ok && len(w.st.alias) < maxVars {
				w.st = w.st.named(name, line)
			}
		}
	}
	for _, name := range names {
		w.st = w.st.set(name, value{})
	}
}

// named returns the state with an alias.
func (s *state) named(name, line string) *state {
	n := *s
	n.alias = maps.Clone(s.alias)
	if n.alias == nil {
		n.alias = map[string]string{}
	}
	n.alias[name] = line
	return &n
}

// assigned returns the variables that statements set.
func assigned(list []*syntax.Stmt) []string {
	var names []string
	for _, s := range list {
		syntax.Walk(s, func(n syntax.Node) bool {
			if a, ok := n.(*syntax.Assign); ok && a.Name != nil {
				names = union(names, []string{a.Name.Value})
			}
			return len(names) < maxVars
		})
	}
	return names
}

// leaves reports whether a statement ends what it is in, so that nothing
// after it runs.
func leaves(s *syntax.Stmt) bool {
	switch x := s.Cmd.(type) {
	case *syntax.CallExpr:
		return len(x.Args) > 0 && has("exit return break continue", x.Args[0].Lit())
	case *syntax.Block:
		return len(x.Stmts) > 0 && leaves(x.Stmts[len(x.Stmts)-1])
	}
	return false
}
