package policy

import (
	"path"
	"strings"
)

// filter judges a pattern of the files that a search looks into: a search is
// ruled by where it looks, but it may not be told to look into what is denied.
// That is what names made of the pattern tell, with little and with something
// for each *: .env* and *.env are .env, *.go is nothing that is denied as .env.*
// is.
func (j *judge) filter(glob, dir string) {
	for _, g := range braces(glob, 0) {
		for _, fill := range []string{"", "any_name"} {
			p := filled(g, fill)
			if name := path.Base(p); name != "" && name != "." && !strings.HasSuffix(p, "/") {
				j.file(access{op: "read", verb: "Grep", path: p, dir: dir, only: true, shown: glob})
			}
		}
	}
}

// braces expands {a,b} in a pattern.
func braces(glob string, depth int) []string {
	i := strings.IndexByte(glob, '{')
	if i < 0 || depth > 3 {
		return []string{glob}
	}
	k := strings.IndexByte(glob[i:], '}')
	if k < 0 {
		return []string{glob}
	}
	var out []string
	for _, alt := range strings.Split(glob[i+1:i+k], ",") {
		out = append(out, braces(glob[:i]+alt+glob[i+k+1:], depth+1)...)
	}
	return out
}

// filled returns a path that a pattern matches, with fill for each *.
func filled(glob, fill string) string {
	var segs []string
	for _, s := range strings.Split(glob, "/") {
		if s == "**" {
			continue
		}
		var b strings.Builder
		for _, t := range tokens(s) {
			switch {
			case t == any1:
				b.WriteByte('x')
			case t == star:
				b.WriteString(fill)
			default:
				b.WriteRune(t)
			}
		}
		segs = append(segs, b.String())
	}
	return strings.Join(segs, "/")
}
