package policy

import (
	"path"
	"strings"
)

// maxFound is how many files of a pattern are judged one by one.
const maxFound = 2000

// places returns where an access goes. globbed is set if it is a pattern whose
// files are not known: then the place is that of a file that it could match.
func (j *judge) places(a access) (list []place, globbed bool) {
	if !a.glob {
		return j.ctx.places(a.dir, a.path), false
	}
	full := j.ctx.join(a.dir, a.path)
	if j.ctx.Glob != nil && strings.HasPrefix(full, "/") {
		if found, ok := j.ctx.Glob(full); ok && len(found) > 0 && len(found) <= maxFound {
			for _, f := range found {
				list = append(list, j.ctx.places("", f)...)
			}
			return list, false
		}
	}
	if !strings.ContainsAny(a.path, "*?") {
		return j.ctx.places(a.dir, a.path), true // where nothing matches, it is a name: app/[id]/page.tsx
	}
	return []place{j.ctx.place(sample2(full))}, true
}

// named returns a pattern with names that nobody uses for the components that
// match any name. What still overlaps does so by what the pattern says.
func named(glob string) []string {
	segs := strings.Split(glob, "/")
	var with, without []string
	for _, s := range segs {
		switch {
		case s == "**":
			with = append(with, "any_name")
		case strings.Trim(s, "*.") == "" && strings.Contains(s, "*"):
			with, without = append(with, "any_name"), append(without, "any_name")
		default:
			with, without = append(with, s), append(without, s)
		}
	}
	return []string{strings.Join(with, "/"), strings.Join(without, "/")}
}

// sample2 is sample for a path that may be absolute.
func sample2(p string) string {
	if strings.HasPrefix(p, "/") {
		return "/" + sample(path.Clean(p))
	}
	return sample(path.Clean(p))
}

// sampleName returns a name that the last component of a pattern matches.
func sampleName(p string) string { return sample(path.Base(p)) }

func (j *judge) globSensitive(a access) bool {
	last := path.Base(a.path)
	if strings.Trim(last, "*.") == "" {
		return false
	}
	for _, s := range sensitive {
		if !strings.Contains(s, "/") && overlaps(strings.ToLower(last), s, strings.Contains(a.path, "**/")) && specific(last, s) {
			return true
		}
	}
	return false
}

// specific reports whether a pattern that overlaps with a name says enough to
// be taken for meaning it: its letters are some of those of the name.
func specific(glob, name string) bool {
	for _, t := range tokens(glob) {
		if t > 0 && !strings.ContainsRune(name, t) {
			return false
		}
	}
	return len(strings.Trim(glob, "*?")) > 1
}

// denied returns Deny if an access is one that a deny list means, Unknown if
// it may be.
func (j *judge) denied(a access, deny []Pattern, places []place, globbed bool) (Verdict, string) {
	may := ""
	for i := range deny {
		p := &deny[i]
		for _, at := range places {
			if p.denies(at, j.ctx) || (a.tree || a.far && !at.inside) && p.contains(at, j.ctx) {
				return Deny, p.Text
			}
		}
		if !a.glob {
			continue
		}
		full := j.ctx.join(a.dir, a.path)
		if at := j.ctx.place(full); p.denies(at, j.ctx) {
			return Deny, p.Text // where nothing matches, the pattern is a name
		}
		if !globbed {
			continue
		}
		glob := path.Clean(full)
		if !strings.HasPrefix(full, "/") && j.ctx.root() == "" {
			glob = path.Clean("/" + full)
		}
		if j.ctx.Fold {
			glob = strings.ToLower(glob)
		}
		hidden := a.hidden || strings.Contains(a.path, "**/")
		floating := (p.name || strings.HasPrefix(p.globs[0], "**/")) && !strings.HasSuffix(p.Text, "/**")
		for _, abs := range p.absolutes(j.ctx) {
			if a.tree && !floating && overlaps(glob+"/**", abs, hidden) {
				if strings.Trim(path.Base(glob), "*") == "" {
					return Deny, p.Text // rm -rf ./*
				}
				may = p.Text
			}
			if !overlaps(glob, abs, hidden) {
				continue
			}
			for _, g := range named(glob) {
				if overlaps(g, abs, hidden) {
					return Deny, p.Text
				}
			}
			// Any directory may have a denied name: that says nothing.
			// rm -r build/* is rm -r build, which names of no place do not deny.
			if floating && a.tree && strings.Trim(path.Base(glob), "*") == "" && j.ctx.form(path.Dir(glob)) != j.ctx.root() {
				continue
			}
			if !floating || !strings.HasSuffix(abs, "/**") {
				may = p.Text
			}
		}
	}
	if may != "" && !a.list {
		return Unknown, may
	}
	return None, ""
}
