package tool

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// A state is what is known of a shell between two commands. It is not changed
// once it is made, so that branches can share it.
type state struct {
	vars  map[string]value
	alias map[string]string
	links map[string]string // symbolic links that the line makes, to their targets

	dirs  []string // where it may stand, from where the line starts; "" is there
	may   []string // where it also stands if a cd has failed
	lost  bool     // where it stands is not known
	back  []string // $OLDPWD
	stack [][]string
	ifs   bool // IFS was changed: how values are split is not known
}

// A value is what a variable may hold.
type value struct {
	list     []string // each of these
	fields   []string // of $@: a word each
	elems    []string // of an array; list has the first
	known    bool     // and nothing else
	glob     bool     // file names that the shell finds
	exported bool
}

// Limits of what is kept of variables.
const (
	maxVars   = 96
	maxValues = 16
	maxDirs   = 8
	maxHeld   = 4 << 10 // bytes
)

// start is the state in which a line begins.
var start = &state{dirs: []string{""}, vars: map[string]value{"IFS": {list: []string{" \t\n"}, known: true}}}

// set returns the state with a variable set.
func (s *state) set(name string, v value) *state {
	n := *s
	n.vars = maps.Clone(s.vars)
	if n.vars == nil {
		n.vars = map[string]value{}
	}
	if old, ok := s.vars[name]; ok && old.exported {
		v.exported = true
	}
	lost := false
	v.list = slices.DeleteFunc(slices.Clone(v.list), func(x string) bool {
		if strings.Contains(x, "$(") || strings.Contains(x, "`") || strings.Contains(strings.ReplaceAll(strings.ReplaceAll(x, "$HOME", ""), "$PWD", ""), "$") {
			lost = true
			return true // what is expanded in it is not told by its source
		}
		return false
	})
	v.known = v.known && !lost
	if len(v.list) > maxValues {
		v = value{exported: v.exported}
	}
	for _, x := range v.list {
		if len(x) > maxHeld {
			v = value{exported: v.exported}
			break
		}
	}
	if _, ok := s.vars[name]; !ok && len(s.vars) >= maxVars {
		return &n // it stays unknown
	}
	n.vars[name] = v
	n.ifs = s.ifs || name == "IFS"
	return &n
}

// forget returns the state in which a variable may hold anything beside what
// it holds.
func (s *state) forget(name string) *state {
	v, ok := s.vars[name]
	if !ok {
		return s
	}
	v.known = false
	return s.set(name, v)
}

// exported returns the state of a shell that is started by this one.
func (s *state) child() *state {
	n := &state{vars: map[string]value{"IFS": start.vars["IFS"]}, dirs: s.dirs, may: s.may, lost: s.lost, links: s.links}
	for k, v := range s.vars {
		if v.exported {
			n.vars[k] = v
		}
	}
	return n
}

// merge returns the state after one of two ways was gone. A variable that only
// one of them has set is not known.
func merge(a, b *state) *state {
	if a == b || b == nil {
		return a
	}
	if a == nil {
		return b
	}
	n := *a
	n.dirs = union(a.dirs, b.dirs)
	n.may = union(a.may, b.may)
	n.lost = a.lost || b.lost || len(n.dirs) > maxDirs
	n.ifs = a.ifs || b.ifs
	if len(n.may) > maxDirs {
		n.may, n.lost = nil, true
	}
	if len(a.links)+len(b.links) > 0 {
		n.links = maps.Clone(a.links)
		if n.links == nil {
			n.links = map[string]string{}
		}
		maps.Copy(n.links, b.links)
	}
	if len(b.alias) > 0 {
		n.alias = maps.Clone(a.alias)
		if n.alias == nil {
			n.alias = map[string]string{}
		}
		maps.Copy(n.alias, b.alias)
	}
	n.vars = map[string]value{}
	for k, v := range a.vars {
		w, ok := b.vars[k]
		n.vars[k] = either(v, w, ok)
	}
	for k, w := range b.vars {
		if _, ok := a.vars[k]; !ok {
			n.vars[k] = either(w, value{}, false)
		}
	}
	return &n
}

func either(v, w value, both bool) value {
	x := value{known: v.known && w.known && both, glob: v.glob || w.glob, exported: v.exported || w.exported}
	x.list = union(v.list, w.list)
	if slices.Equal(v.fields, w.fields) {
		x.fields = v.fields
	} else {
		x.known = false
	}
	if slices.Equal(v.elems, w.elems) {
		x.elems = v.elems
	} else {
		x.known = false
	}
	return x
}

// otherwise returns the state after a command that has worked, where it stands
// in ok, or not, where it stands in failed. That it has worked is taken for
// granted but for the directory, of which both are remembered.
func otherwise(ok, failed *state) *state {
	if failed == nil || ok == failed {
		return ok
	}
	n := *ok
	for _, d := range union(failed.dirs, failed.may) {
		if !slices.Contains(n.dirs, d) && !slices.Contains(n.may, d) {
			n.may = append(slices.Clip(n.may), d)
		}
	}
	if len(n.may) > maxDirs {
		n.may, n.lost = nil, true
	}
	for k, v := range failed.vars {
		if w, ok := n.vars[k]; ok && !(slices.Equal(v.list, w.list) && v.known == w.known) {
			return n.set(k, either(w, v, true))
		}
	}
	return &n
}

func union(a, b []string) []string {
	if slices.Equal(a, b) {
		return a
	}
	out := slices.Clip(a)
	for _, x := range b {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// cd returns the state after a change of directory to one of the places.
func (s *state) cd(to []word) *state {
	n := *s
	n.back = s.dirs
	n.dirs, n.may = nil, nil
	for _, d := range s.dirs {
		for _, t := range to {
			n.dirs = union(n.dirs, []string{below(d, t.text)})
			n.lost = n.lost || !t.known || t.glob
		}
	}
	for _, d := range s.may {
		for _, t := range to {
			n.may = union(n.may, []string{below(d, t.text)})
		}
	}
	if len(to) > 0 && rooted(to[0].text) {
		n.lost = !to[0].known || to[0].glob
	}
	if len(n.dirs) > maxDirs || len(n.may) > maxDirs {
		n.dirs, n.may, n.lost = []string{""}, nil, true
	}
	return &n
}

// rooted reports whether a path does not depend on where it is used.
func rooted(p string) bool {
	return strings.HasPrefix(p, "/") || strings.HasPrefix(p, "~") || strings.HasPrefix(p, "$HOME") || strings.HasPrefix(p, "${HOME}")
}

// below returns a path that is given in a directory.
func below(dir, p string) string {
	for _, wd := range []string{"$PWD", "${PWD}"} {
		if rest, ok := strings.CutPrefix(p, wd); ok && (rest == "" || rest[0] == '/') {
			p = "." + rest
		}
	}
	if dir == "" || rooted(p) {
		if !rooted(p) {
			if p = path.Clean(p); p == "." {
				p = ""
			}
		}
		return p
	}
	if p = path.Join(dir, p); p == "." {
		p = ""
	}
	return p
}

// move follows cd, pushd and popd.
func (w *walker) move(c *command, words []word) {
	s := w.st
	var to []word
	for _, x := range words[1:] {
		if len(x.text) < 2 || x.text[0] != '-' {
			to = append(to, x)
		}
	}
	switch {
	case c.Program == "popd":
		n := *s
		if k := len(s.stack); k > 0 {
			n.dirs, n.may, n.stack = s.stack[k-1], nil, s.stack[:k-1]
		} else {
			n.lost = true
		}
		w.st, w.failed = &n, s
		return
	case c.Program == "pushd" && len(to) == 0:
		n := *s
		n.lost = true
		w.st = &n
		return
	case len(to) == 0:
		to = []word{{text: "~", known: true}}
	case to[0].text == "-":
		n := *s
		n.dirs, n.back, n.may = s.back, s.dirs, nil
		if s.back == nil {
			n.dirs, n.lost = s.dirs, true
		}
		w.st, w.failed = &n, s
		return
	}
	n := s.cd(to[len(to)-1:])
	if c.Program == "pushd" {
		n.stack = append(slices.Clip(s.stack), s.dirs)
	}
	w.st, w.failed = n, s
}
