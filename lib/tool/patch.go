package tool

import "strings"

// patchPaths adds the files that a patch changes. It knows the format of
// apply_patch, and that of diff -u.
func patchPaths(patch string, into *set) {
	if !strings.Contains(patch, "*** ") {
		diffPaths(patch, into)
		return
	}
	indent, _, ok := strings.Cut(patch, "*** Begin Patch")
	if k := strings.LastIndexByte(indent, '\n'); ok && k >= 0 {
		indent = indent[k+1:]
	}
	if strings.Trim(indent, " \t") != "" || !ok {
		indent = ""
	}
	for line := range strings.Lines(patch) {
		rest, ok := strings.CutPrefix(strings.TrimPrefix(line, indent), "*** ")
		if !ok {
			continue
		}
		for _, verb := range []string{"Add File:", "Update File:", "Delete File:", "Move to:"} {
			if p, ok := strings.CutPrefix(rest, verb); ok {
				into.add(strings.TrimSpace(p))
			}
		}
	}
}

func diffPaths(patch string, into *set) {
	for line := range strings.Lines(patch) {
		p, ok := strings.CutPrefix(line, "+++ ")
		if !ok {
			if p, ok = strings.CutPrefix(line, "--- "); !ok {
				for _, k := range []string{"rename from ", "rename to ", "copy to "} {
					if p, ok := strings.CutPrefix(line, k); ok {
						into.add(strings.TrimSpace(p))
					}
				}
				if p, ok := strings.CutPrefix(line, "diff --git a/"); ok { // of a file without lines, too
					from, to, _ := strings.Cut(strings.TrimSpace(p), " b/")
					into.add(from)
					into.add(to)
				}
				continue
			}
		}
		p, _, _ = strings.Cut(strings.TrimSpace(p), "\t")
		if p == "/dev/null" {
			continue
		}
		if q, ok := strings.CutPrefix(p, "b/"); ok {
			p = q
		} else if q, ok := strings.CutPrefix(p, "a/"); ok {
			p = q
		}
		into.add(p)
	}
}
