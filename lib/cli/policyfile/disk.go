package policyfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// realPath returns what a path leads to when the symbolic links in it are
// followed. Of a path that does not exist, the part that does is followed.
func realPath(p string) string {
	rest := ""
	for range 200 {
		real, err := filepath.EvalSymlinks(p)
		if err == nil {
			return filepath.Join(real, rest)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return filepath.Join(p, rest)
		}
		// A link that leads nowhere is followed, too.
		if to, err := os.Readlink(p); err == nil {
			if !filepath.IsAbs(to) {
				to = filepath.Dir(p) + "/" + to
			}
			p = to
			continue
		}
		// Not filepath.Dir, which takes .. for the directory in which a link is.
		p = strings.TrimRight(p, "/")
		i := strings.LastIndexByte(p, '/')
		if i < 0 || p == "" {
			break
		}
		rest = filepath.Join(p[i+1:], rest)
		if p = p[:i]; p == "" {
			p = "/"
		}
	}
	return filepath.Join(p, rest)
}

// Limits of what glob looks at: it must not take long, whatever the tree.
const (
	maxGlobbed = 2000
	maxLooked  = 20000
)

// glob returns the files that an absolute pattern of a shell matches. ** as a
// component is any number of directories, as in what find finds. ok is false
// if the tree is too large to tell.
func glob(pattern string) (found []string, ok bool) {
	before, after, deep := strings.Cut(pattern, "/**/")
	if !deep {
		list, err := filepath.Glob(pattern)
		list = slices.DeleteFunc(list, func(p string) bool { return hiddenBy(pattern, p) })
		return list, err == nil && len(list) <= maxGlobbed
	}
	if strings.ContainsAny(before, "*?[") || strings.Contains(after, "/") {
		return nil, false
	}
	looked := 0
	err := filepath.WalkDir(before, func(p string, d fs.DirEntry, err error) error {
		if looked++; looked > maxLooked || len(found) > maxGlobbed {
			return fs.SkipAll
		}
		if err != nil {
			return nil
		}
		if hit, _ := filepath.Match(after, d.Name()); hit {
			found = append(found, p)
		}
		return nil
	})
	return found, err == nil && looked <= maxLooked && len(found) <= maxGlobbed
}

// hiddenBy reports whether a shell would not find a path by a pattern: a component
// that begins with a wildcard does not stand for a name that begins with a dot.
func hiddenBy(pattern, p string) bool {
	want, have := strings.Split(pattern, "/"), strings.Split(p, "/")
	for i := range min(len(want), len(have)) {
		if strings.HasPrefix(have[i], ".") && want[i] != "" && strings.ContainsRune("*?[", rune(want[i][0])) {
			return true
		}
	}
	return false
}
