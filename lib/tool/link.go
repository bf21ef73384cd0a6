package tool

import (
	"maps"
	"strings"
)

// link follows ln, so that what is done to a link is seen as done to its
// target.
func (w *walker) link(c *command, words []word) {
	p := programs()["ln"]
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
	if strings.HasPrefix(to, "$PWD") || strings.HasPrefix(to, "${PWD}") {
		return below(dir, to)
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
