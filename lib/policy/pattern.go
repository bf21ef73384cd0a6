package policy

import (
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// A Pattern matches paths; see the package comment.
type Pattern struct {
	Text string

	globs []string // cleaned; any of them
	name  bool     // without a slash: the name at any depth
	whole bool     // the directory that base is, with all that is in it
	base  origin
}

// origin is where a pattern begins.
type origin uint8

const (
	inRoot   origin = iota // the working directory
	absolute               // /
	inHome                 // ~/
)

// ParsePattern reads a pattern. The second result says what is wrong with it.
func ParsePattern(text string) (Pattern, string) {
	p := Pattern{Text: text}
	glob := strings.TrimSpace(text)
	for _, h := range []string{"$HOME/", "${HOME}/"} {
		if rest, ok := strings.CutPrefix(glob, h); ok {
			glob = "~/" + rest
		}
	}
	switch {
	case glob == "":
		return p, "is empty"
	case strings.HasPrefix(glob, "!"):
		return p, "begins with !, which means nothing here: use the other list"
	case strings.ContainsRune(glob, 0):
		return p, "has a NUL"
	case glob == "~" || strings.HasPrefix(glob, "~/"):
		p.base, glob = inHome, strings.TrimPrefix(strings.TrimPrefix(glob, "~"), "/")
	case strings.HasPrefix(glob, "/"):
		p.base, glob = absolute, glob[1:]
	case !strings.Contains(strings.TrimSuffix(glob, "/"), "/"):
		p.name = true
	}
	glob = path.Clean(strings.TrimSuffix(glob, "/"))
	p.whole = glob == "."
	p.name = p.name && !p.whole && glob != ".."
	if !doublestar.ValidatePattern(glob) {
		glob = literal(glob)
		if !doublestar.ValidatePattern(glob) {
			return p, "is not a pattern"
		}
	}
	p.globs = []string{glob}
	if strings.Contains(glob, "[") {
		p.globs = append(p.globs, literal(glob))
	}
	return p, ""
}

// literal returns a pattern in which brackets mean themselves.
func literal(glob string) string {
	return strings.NewReplacer(`\[`, `\[`, `\]`, `\]`, `[`, `\[`, `]`, `\]`).Replace(glob)
}

// Plain reports whether a pattern is the name of one path.
func (p *Pattern) Plain() bool {
	return !strings.ContainsAny(strings.NewReplacer(`\[`, "", `\]`, "").Replace(p.globs[len(p.globs)-1]), "*?{[")
}

// A place is a path made absolute and cleaned. root is the working directory;
// in is the path from there if it is in it. A path whose working directory is
// not known is in it if it is relative.
type place struct {
	abs    string // without the leading slash
	in     string
	inside bool
}

// match matches with a pattern that was found to be one.
func match(glob, p string) bool { return doublestar.MatchUnvalidated(glob, p) }

// allows reports whether a place is one that a pattern of an allow list means.
func (p *Pattern) allows(at place, ctx *Context) bool {
	if p.whole && p.base != inRoot {
		return at.abs == p.top(ctx)
	}
	for _, g := range p.globs {
		if ctx.Fold {
			g = strings.ToLower(g)
		}
		switch p.base {
		case absolute:
			if match(g, at.abs) {
				return true
			}
		case inHome:
			if h := ctx.home(); h != "" && match(escape(h)+"/"+g, at.abs) {
				return true
			}
		default:
			if p.name {
				if at.inside && match(g, path.Base(at.in)) || at.inside && strings.HasPrefix(g, "**") && match(g, at.in) {
					return true
				}
				continue
			}
			if at.inside && match(g, at.in) {
				return true
			}
			if strings.HasPrefix(g, "..") && ctx.root() != "" && match(path.Join(escape(ctx.root()), g), at.abs) {
				return true
			}
		}
	}
	return false
}

// escape quotes what a pattern would take for its own.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`, `{`, `\{`, `}`, `\}`).Replace(s)
}

// denies reports whether a place, or a directory that it is in, is one that a
// pattern of a deny list means.
func (p *Pattern) denies(at place, ctx *Context) bool {
	if p.whole {
		return p.holds(at, ctx)
	}
	for ; ; at = at.up() {
		if p.deniesAt(at, ctx) {
			return true
		}
		if at.last() {
			return false
		}
	}
}

// top returns the directory that the pattern is taken from, if that is / or ~.
func (p *Pattern) top(ctx *Context) string {
	if p.base == inHome {
		return ctx.home()
	}
	return ""
}

// holds reports whether a place is in the directory that a pattern such as ".",
// "~" or "/" names as a whole. The working directory is not in those above it.
func (p *Pattern) holds(at place, ctx *Context) bool {
	if p.base == inRoot || at.inside {
		return p.base == inRoot && at.inside
	}
	if p.base == absolute || at.abs == p.top(ctx) || strings.HasPrefix(at.abs, p.top(ctx)+"/") {
		return true
	}
	_, ok := anyHome(at.abs + "/")
	return ok
}

// child returns the place of something in a directory.
func (p place) child() place {
	q := place{abs: path.Join(p.abs, "any_name"), inside: p.inside}
	if p.inside {
		q.in = path.Join(p.in, "any_name")
	}
	return q
}

func (p place) up() place {
	q := place{abs: dir(p.abs), inside: p.inside}
	if p.inside {
		q.in = dir(p.in)
	}
	return q
}

// last reports whether there is no directory above to look at. Within the
// working directory that is the working directory: what lies above it is
// where it happens to be.
func (p place) last() bool {
	if p.inside {
		return dir(p.in) == "."
	}
	return p.abs == "" || dir(p.abs) == "."
}

func dir(p string) string { return path.Dir(p) }

func (p *Pattern) deniesAt(at place, ctx *Context) bool {
	for _, g := range p.globs {
		if ctx.Fold {
			g = strings.ToLower(g)
		}
		switch {
		case p.base == absolute:
			if match(g, at.abs) {
				return true
			}
		case p.base == inHome:
			if h := ctx.home(); h != "" && match(escape(h)+"/"+g, at.abs) {
				return true
			}
			if rest, ok := anyHome(at.abs); ok && match(g, rest) {
				return true
			}
		case p.name:
			n := path.Base(at.abs)
			if at.inside {
				n = path.Base(at.in)
			}
			if match(g, n) {
				return true
			}
		default:
			if at.inside && match(g, at.in) {
				return true
			}
			if strings.HasPrefix(g, "**/") && match(g, at.abs) {
				return true
			}
			if strings.HasPrefix(g, "..") && ctx.root() != "" && match(path.Join(escape(ctx.root()), g), at.abs) {
				return true
			}
			// Where the working directory is not known, an absolute path may
			// be in it.
			if ctx.root() == "" && !at.inside && match("**/"+g, at.abs) {
				return true
			}
		}
	}
	return false
}

// anyHome returns the path below a home directory, whoever's it is.
func anyHome(abs string) (string, bool) {
	for _, h := range []string{"home/", "Users/", "users/", "var/root/"} {
		if rest, ok := strings.CutPrefix(abs, h); ok {
			if h == "var/root/" {
				return rest, true
			}
			_, rest, ok = strings.Cut(rest, "/")
			return rest, ok
		}
	}
	for _, h := range []string{"root/", "~/"} {
		if rest, ok := strings.CutPrefix(abs, h); ok {
			return rest, true
		}
	}
	return "", false
}

// contains reports whether a directory has in it what a pattern of a deny list
// means by its place: taking config with all that is in it takes
// config/prod.yml. A name at any depth counts only where the directory is, or
// holds, the working directory.
func (p *Pattern) contains(at place, ctx *Context) bool {
	whole := at.inside && at.in == "." || !at.inside && ctx.root() != "" && (at.abs == "" || strings.HasPrefix(ctx.root()+"/", at.abs+"/"))
	if whole && p.base == inRoot {
		return true
	}
	for _, g := range p.globs {
		if ctx.Fold {
			g = strings.ToLower(g)
		}
		static := g
		if strings.ContainsAny(g, "*?[{\\") {
			static, _ = doublestar.SplitPattern(g)
		}
		if p.whole {
			static = ""
		}
		if (static == "." || static == "") && p.base != inHome {
			continue
		}
		switch {
		case p.base == absolute:
			if strings.HasPrefix(static, at.abs+"/") {
				return true
			}
		case p.base == inHome:
			if h := ctx.home(); h != "" && (strings.HasPrefix(h+"/"+static, at.abs+"/") || h == at.abs) {
				return true
			}
		case p.name:
		default:
			if at.inside && strings.HasPrefix(static, at.in+"/") {
				return true
			}
		}
	}
	return false
}

// absolutes returns the patterns that it means, from the root of the file
// system, without the leading slash.
func (p *Pattern) absolutes(ctx *Context) []string {
	var out []string
	for _, g := range p.globs {
		if ctx.Fold {
			g = strings.ToLower(g)
		}
		switch {
		case p.whole && p.base == absolute:
			out = append(out, "**")
		case p.base == absolute:
			out = append(out, g, g+"/**")
		case p.base == inHome:
			out = append(out, path.Join(ctx.home(), g), path.Join(ctx.home(), g)+"/**")
		case p.name:
			out = append(out, "**/"+g, "**/"+g+"/**")
		case strings.HasPrefix(g, "**/"):
			out = append(out, g, g+"/**")
		default:
			out = append(out, path.Join(ctx.root(), g), path.Join(ctx.root(), g)+"/**")
		}
	}
	return out
}
