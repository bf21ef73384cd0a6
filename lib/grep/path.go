package grep

import (
	"fmt"
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// A glob is a pattern for paths; see the package comment.
type glob struct {
	pattern string
	loose   string // what the path must match whatever the working directory is, less the leading slash
	kind    globKind
	fold    bool
}

type globKind uint8

const (
	byName globKind = iota // of the last element
	relative
	absolute
)

func newGlob(s string, fold bool) (glob, error) {
	if s == "" || !doublestar.ValidatePattern(s) {
		return glob{}, fmt.Errorf("'%s' is not a glob", s)
	}
	g := glob{pattern: s, fold: fold}
	if fold {
		g.pattern = strings.ToLower(s)
	}
	g.pattern = strings.TrimPrefix(g.pattern, "./")
	if strings.HasSuffix(g.pattern, "/") {
		g.pattern += "**"
	}
	switch {
	case strings.HasPrefix(g.pattern, "/"):
		g.kind, g.loose = absolute, g.pattern[1:]
	case strings.Contains(g.pattern, "/"):
		g.kind, g.loose = relative, "**/"+g.pattern
	default:
		g.loose = "**/" + g.pattern
	}
	return g, nil
}

// answer is what is known of a condition.
type answer uint8

const (
	no answer = iota
	yes
	open // it depends on the working directory
)

func answerOf(b bool) answer {
	if b {
		return yes
	}
	return no
}

// match says whether a path matches. cwd is "" if it is not known, and known
// is false as long as nobody has looked.
func (g *glob) match(p, cwd string, known bool) answer {
	p = strings.TrimPrefix(p, "file://")
	if g.fold {
		p, cwd = strings.ToLower(p), strings.ToLower(cwd)
	}
	p = path.Clean(p)
	isAbs := strings.HasPrefix(p, "/")
	switch {
	case g.kind == byName:
		return answerOf(doublestar.MatchUnvalidated(g.pattern, path.Base(p)))
	case g.kind == relative && !isAbs:
		return answerOf(doublestar.MatchUnvalidated(g.pattern, p))
	case g.kind == absolute && isAbs:
		return answerOf(doublestar.MatchUnvalidated(g.pattern, p))
	case g.kind == absolute:
		if !known {
			return open
		}
		return answerOf(cwd != "" && doublestar.MatchUnvalidated(g.pattern, path.Join(cwd, p)))
	}
	// An absolute path, and a glob that is relative.
	if !doublestar.MatchUnvalidated(g.loose, p[1:]) {
		return no
	}
	if !known {
		return open
	}
	if cwd == "" {
		return yes // the end of the path is all that can be compared
	}
	below, ok := strings.CutPrefix(p, strings.TrimSuffix(path.Clean(cwd), "/")+"/")
	return answerOf(ok && doublestar.MatchUnvalidated(g.pattern, below))
}

// matchAny says whether any of the paths matches any of the globs.
func matchAny(globs []glob, paths []string, cwd string, known bool) answer {
	a := no
	for _, p := range paths {
		for i := range globs {
			switch globs[i].match(p, cwd, known) {
			case yes:
				return yes
			case open:
				a = open
			}
		}
	}
	return a
}
