package tool

import (
	"mvdan.cc/sh/v3/syntax"
	"slices"
	"strings"
)

// redirects adds the files that a command is redirected to.
func (w *walker) redirects(c *command, list []*syntax.Redirect) {
	for _, r := range list {
		w.substs(r.Word)
		if r.Hdoc != nil {
			w.substs(r.Hdoc)
			c.stdin = w.hereDoc(r.Hdoc)
			continue
		}
		v := w.word(r.Word)
		switch r.Op {
		case syntax.WordHdoc:
			c.stdin = v.text
		case syntax.RdrIn:
			if strings.HasPrefix(v.text, "<(") {
				c.piped = true
			}
			c.reads(v)
		case syntax.RdrInOut:
			c.reads(v)
			c.writes(v)
		case syntax.DplIn:
		case syntax.DplOut:
			// >&2 and >&- name no file, >&log does.
			if r.N == nil && v.text != "-" && strings.Trim(v.text, "0123456789-") != "" {
				c.writes(v)
			}
		case syntax.Hdoc, syntax.DashHdoc:
		default:
			c.writes(v)
		}
	}
	c.direct = len(c.Writes)
}

// hereDoc returns a here-document as it stands.
func (w *walker) hereDoc(x *syntax.Word) string {
	var b strings.Builder
	for _, p := range x.Parts {
		if l, ok := p.(*syntax.Lit); ok {
			b.WriteString(l.Value)
		} else {
			b.WriteString(w.source(p))
		}
	}
	return b.String()
}

// reads adds a file that is read.
func (c *command) reads(x word) { c.file(&c.Reads, x, DoubtRead) }

// writes adds a file that is written.
func (c *command) writes(x word) { c.file(&c.Writes, x, DoubtWrite) }

// searches adds a directory that is listed.
func (c *command) searches(x word) { c.file(&c.Searches, x, DoubtRead) }

// tree adds a path that is meant with all that is in it, and was added before.
func (c *command) tree(x word) {
	if p := below(c.place, x.text); x.text != "" && x.text != "{}" && !slices.Contains(c.Trees, c.spell(x.text, p)) {
		c.Trees = append(c.Trees, c.spell(x.text, p))
	}
}

// spell returns a path as it was given, unless the command works elsewhere.
func (c *command) spell(given, p string) string {
	if c.place == "" {
		return given
	}
	return p
}

// nowhere are files that hold nothing.
var nowhere = words("- /dev/null /dev/stdin /dev/stdout /dev/stderr /dev/tty /dev/zero /dev/random /dev/urandom NUL")

func (c *command) file(list *[]string, x word, d Doubt) {
	if x.text == "" || nowhere[x.text] {
		if !x.known {
			c.doubt(d)
		}
		return
	}
	if x.text == "{}" {
		if c.found == nil {
			c.doubt(d) // what find or xargs found
		}
		for _, p := range c.found {
			c.file(list, word{text: p, known: true, glob: true}, d)
		}
		return
	}
	if strings.HasPrefix(x.text, "/dev/fd/") || strings.HasPrefix(x.text, "<(") || strings.HasPrefix(x.text, ">(") || strings.HasPrefix(x.text, "/proc/self/fd/") {
		return
	}
	for _, net := range []string{"/dev/tcp/", "/dev/udp/"} {
		if rest, ok := strings.CutPrefix(x.text, net); ok {
			host, _, _ := strings.Cut(rest, "/")
			c.host(host, x.known)
			return
		}
	}
	if !x.known {
		c.doubt(d)
	}
	p := c.spell(x.text, below(c.place, x.text))
	if p == "" {
		p = "."
	}
	if x.glob && !slices.Contains(c.Globs, p) {
		c.Globs = append(c.Globs, p)
	}
	if !slices.Contains(*list, p) {
		*list = append(*list, p)
	}
	if len(c.links) > 0 {
		c.follow(list, p)
	}
}

// follow adds what a path leads to by links that the line has made.
func (c *command) follow(list *[]string, p string) {
	dirs := c.Dirs
	if dirs == nil {
		dirs = []string{""}
	}
	for _, d := range dirs {
		at := below(d, p)
		for k := at; k != "" && k != "/"; k = parent(k) {
			to, ok := c.links[k]
			if !ok {
				continue
			}
			to += at[len(k):]
			if d != "" && !rooted(to) {
				to = back(d, to)
			}
			if !slices.Contains(*list, to) {
				*list = append(*list, to)
			}
		}
	}
}

// back returns a path from where the line starts as it is called in a
// directory below there.
func back(dir, p string) string {
	if rooted(dir) {
		return p
	}
	return strings.Repeat("../", strings.Count(dir, "/")+1) + p
}
