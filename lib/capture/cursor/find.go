package cursor

import (
	"cmp"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"agenttrace/lib/capture/dialect"
)

func itoa(n int) string { return strconv.Itoa(n) }

// roots returns where transcripts lie.
func roots(_ func(string) string, home string) []string {
	if home == "" {
		return nil
	}
	return []string{path.Join(strings.ReplaceAll(home, `\`, "/"), ".cursor", "projects")}
}

// find lists the transcripts at and below root, the least recently written
// first: when a session began is not told.
func find(fsys fs.FS, root string, problem func(error)) []dialect.Found {
	var list []dialect.Found
	fs.WalkDir(fsys, root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			problem(err)
			return nil
		case !d.Type().IsRegular() || path.Ext(p) != ".jsonl":
			return nil
		case !strings.Contains("/"+p, "/agent-transcripts/"):
			if is, err := looksLike(fsys, p); err != nil || !is {
				if err != nil {
					problem(err)
				}
				return nil
			}
		}
		info, err := d.Info()
		if err != nil {
			problem(err)
			return nil
		}
		list = append(list, dialect.Found{
			Path: p, Session: sessionOf(p), Size: info.Size(), Modified: info.ModTime(),
		})
		return nil
	})
	slices.SortStableFunc(list, func(a, b dialect.Found) int {
		return cmp.Or(a.Modified.Compare(b.Modified), cmp.Compare(a.Path, b.Path))
	})
	return list
}

// looksLike reports whether a file that lies elsewhere begins as transcripts
// do.
func looksLike(fsys fs.FS, p string) (bool, error) {
	f, err := fsys.Open(p)
	if err != nil {
		return false, err
	}
	defer f.Close()
	const begin = `{"role":"`
	head := make([]byte, len(begin))
	n, err := io.ReadFull(f, head)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return string(head[:n]) == begin, err
}
