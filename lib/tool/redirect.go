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
func (c *command) reads(x word) { c.file(&c.Reads, x) }

// writes adds a file that is written.
func (c *command) writes(x word) { c.file(&c.Writes, x) }

func (c *command) file(list *[]string, x word) {
	switch x.text {
	case "", "-", "/dev/null", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/tty", "/dev/zero":
		return
	case "{}":
		c.Unknown = true // what find or xargs found
		return
	}
	if strings.HasPrefix(x.text, "/dev/fd/") || strings.HasPrefix(x.text, "<(") || strings.HasPrefix(x.text, ">(") {
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
		c.Unknown = true
	}
	if !slices.Contains(*list, x.text) {
		*list = append(*list, x.text)
	}
}
