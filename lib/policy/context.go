package policy

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A Context is what a call is judged in. The zero Context knows nothing.
type Context struct {
	Root string // the session's working directory, absolute; "" if not known
	Cwd  string // that of the call; "" is Root
	Home string // "" if not known
	Fold bool   // the platform does not tell letters by their case

	// Real returns what a path leads to when its symbolic links are followed,
	// the path itself if there is nothing. It is nil where the file system is
	// not at hand.
	Real func(string) string
	// Glob returns the files that a pattern of a shell matches, and false if
	// it cannot tell; nil as above.
	Glob func(string) ([]string, bool)
	// Protected are the absolute paths of files that may not be written.
	Protected []string

	rootReal string
	asked    bool
}

// For returns the context of a call in a session. The session may come from
// another machine, or have been another user's: the file system is only looked
// at if links says so of its directory; nil is no.
func (c *Context) For(root, cwd string, links func(root string) bool) *Context {
	n := *c
	n.Root, n.Cwd = root, cwd
	if h := homeOf(root); h != "" {
		n.Home = h
	}
	if links == nil || root == "" || !links(root) {
		n.Real, n.Glob = nil, nil
	}
	return &n
}

// root returns Root in the form of places.
func (c *Context) root() string { return c.form(c.Root) }

func (c *Context) home() string {
	h := c.Home
	if h == "" {
		h = homeOf(c.Root)
	}
	if h == "" {
		return "~"
	}
	return c.form(h)
}

// HomeOf returns the home directory that a path is in, "" if it is in none.
func homeOf(p string) string {
	for _, h := range []string{"/home/", "/Users/"} {
		if rest, ok := strings.CutPrefix(p, h); ok && rest != "" {
			name, _, _ := strings.Cut(rest, "/")
			return h + name
		}
	}
	if p == "/root" || strings.HasPrefix(p, "/root/") {
		return "/root"
	}
	return ""
}

// form returns an absolute path as places have it.
func (c *Context) form(p string) string {
	if p == "" {
		return ""
	}
	p = strings.TrimPrefix(path.Clean(slashes(p)), "/")
	if c.Fold {
		p = strings.ToLower(p)
	}
	if p == "." {
		return ""
	}
	return p
}

// slashes turns C:\x into /C:/x.
func slashes(p string) string {
	if len(p) > 2 && p[1] == ':' && (p[2] == '\\' || p[2] == '/') {
		p = "/" + strings.ReplaceAll(p, `\`, "/")
	}
	return p
}

// join returns the path that is meant by p in dir, which is meant in Cwd,
// uncleaned. It is relative if the working directory is not known.
func (c *Context) join(dir, p string) string {
	p = c.expand(p)
	if strings.HasPrefix(p, "/") || strings.HasPrefix(p, "~") {
		return p
	}
	if dir = c.expand(dir); dir != "" {
		p = dir + "/" + p
		if strings.HasPrefix(p, "/") || strings.HasPrefix(p, "~") {
			return p
		}
	}
	cwd := c.Cwd
	if cwd == "" {
		cwd = c.Root
	}
	if cwd = slashes(cwd); cwd != "" {
		return strings.TrimSuffix(cwd, "/") + "/" + p
	}
	return p
}

// expand replaces what stands for the home or working directory.
func (c *Context) expand(p string) string {
	if f, ok := cutFold(p, "file://"); ok {
		p = strings.TrimPrefix(f, "localhost")
		if u, err := url.PathUnescape(p); err == nil {
			p = u
		}
	}
	if r := c.Root; len(r) > 2 && r[1] == ':' && (r[2] == '\\' || r[2] == '/') {
		p = strings.ReplaceAll(p, `\`, "/") // a machine on which both are the same
	}
	p = slashes(p)
	for strings.HasPrefix(p, "/proc/") {
		// What a process calls its own root and directory are those of all.
		rest := ownProc.ReplaceAllString(path.Clean(p), "$1")
		switch {
		case rest == path.Clean(p):
			return p
		case strings.HasPrefix(rest, "root"):
			p = path.Clean("/" + rest[len("root"):])
		default:
			return "." + rest[len("cwd"):]
		}
	}
	for _, pwd := range []string{"$PWD", "${PWD}"} {
		if rest, ok := strings.CutPrefix(p, pwd); ok && (rest == "" || rest[0] == '/') {
			return "." + rest
		}
	}
	for _, h := range []string{"~", "$HOME", "${HOME}"} {
		if rest, ok := strings.CutPrefix(p, h); ok && (rest == "" || rest[0] == '/') {
			home := c.Home
			if home == "" {
				home = homeOf(c.Root)
			}
			if home == "" {
				home = "/~"
			}
			return home + rest
		}
	}
	if strings.HasPrefix(p, "~") { // the home of somebody
		return "/home/" + p[1:]
	}
	return p
}

var ownProc = regexp.MustCompile(`^/proc/(?:self|thread-self|\d+)/((?:root|cwd)(?:/.*)?)$`)

func cutFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

// place makes a place of a path that join returned.
func (c *Context) place(p string) place {
	if !strings.HasPrefix(p, "/") {
		// The working directory is not known.
		in := path.Clean(p)
		if c.Fold {
			in = strings.ToLower(in)
		}
		return place{abs: in, in: in, inside: in != ".." && !strings.HasPrefix(in, "../")}
	}
	at := place{abs: c.form(p)}
	root := c.root()
	switch {
	case c.Root == "":
	case at.abs == root:
		at.in, at.inside = ".", true
	case root == "":
		at.in, at.inside = at.abs, true
	case strings.HasPrefix(at.abs, root+"/"):
		at.in, at.inside = at.abs[len(root)+1:], true
	}
	return at
}

// places returns where a path leads: as it is written, and with its links
// followed if that is somewhere else.
func (c *Context) places(dir, p string) []place {
	full := c.join(dir, p)
	at := c.place(full)
	if c.Real == nil || !strings.HasPrefix(full, "/") {
		return []place{at}
	}
	real := c.place(c.Real(full))
	if !real.inside && c.Root != "" {
		// The working directory may itself be behind a link.
		if !c.asked {
			c.rootReal, c.asked = c.form(c.Real(c.Root)), true
		}
		switch {
		case real.abs == c.rootReal:
			real = place{abs: c.root(), in: ".", inside: true}
		case c.rootReal != "" && strings.HasPrefix(real.abs, c.rootReal+"/"):
			in := real.abs[len(c.rootReal)+1:]
			real = place{abs: path.Join(c.root(), in), in: in, inside: true}
		}
	}
	if real.abs == at.abs {
		return []place{at}
	}
	return []place{at, real}
}

// show returns a path as a report has it: from the working directory if it is
// in it.
func (c *Context) show(dir, p string) string {
	full := c.join(dir, p)
	if strings.HasPrefix(p, "$") && !strings.HasPrefix(full, "/") || strings.Contains(p, "$(") || strings.Contains(p, "`") {
		return p
	}
	if !strings.HasPrefix(full, "/") {
		return path.Clean(full)
	}
	full = path.Clean(full)
	root := path.Clean(slashes(c.Root))
	switch {
	case c.Root == "":
	case full == root:
		return "."
	case strings.HasPrefix(full, strings.TrimSuffix(root, "/")+"/"):
		return full[len(strings.TrimSuffix(root, "/"))+1:]
	}
	if h := c.Home; h != "" || homeOf(c.Root) != "" {
		if h == "" {
			h = homeOf(c.Root)
		}
		if rest, ok := strings.CutPrefix(full, h+"/"); ok {
			return "~/" + rest
		}
	}
	if rest, ok := strings.CutPrefix(full, "/~/"); ok {
		return "~/" + rest
	}
	return full
}

func (c *Context) protects(at place) bool {
	return slices.ContainsFunc(c.Protected, func(p string) bool {
		f := c.form(p)
		return at.abs == f
	})
}
