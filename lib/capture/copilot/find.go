package copilot

import (
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
)

// roots returns where sessions lie. COPILOT_HOME stands for ~/.copilot.
func roots(env func(string) string, home string) []string {
	dir := env("COPILOT_HOME")
	if dir == "" {
		if home == "" {
			return nil
		}
		dir = path.Join(strings.ReplaceAll(home, `\`, "/"), ".copilot")
	}
	return []string{path.Join(strings.ReplaceAll(dir, `\`, "/"), "session-state")}
}

// find lists the sessions at and below root: <session>/events.jsonl, and
// <session>.jsonl in old versions.
func find(fsys fs.FS, root string, problem func(error)) []dialect.Found {
	var list []dialect.Found
	fs.WalkDir(fsys, root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			problem(err)
			return nil
		}
		if !d.Type().IsRegular() || path.Ext(p) != ".jsonl" {
			return nil
		}
		f, ok, err := look(fsys, p)
		if err != nil {
			problem(err)
		} else if ok {
			list = append(list, f)
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b dialect.Found) int { return a.Began.Compare(b.Began) })
	return list
}

// headSize is how much of a file is looked at; the first event is short.
const headSize = 16 << 10

// look returns what the first event of a file tells. ok is false if it is none
// of Copilot's.
func look(fsys fs.FS, p string) (f dialect.Found, ok bool, err error) {
	file, err := fsys.Open(p)
	if err != nil {
		return f, false, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return f, false, err
	}
	head, err := io.ReadAll(io.LimitReader(file, headSize))
	if err != nil {
		return f, false, err
	}
	line, _, _ := strings.Cut(string(head), "\n")
	first := gjson.Parse(line)
	if !first.Get("data").Exists() || !strings.Contains(first.Get("type").String(), ".") {
		return f, false, nil
	}
	f = dialect.Found{Path: p, Size: info.Size(), Modified: info.ModTime()}
	if f.Session = first.Get("data.sessionId").String(); f.Session == "" {
		f.Session = sessionOf(p)
	}
	f.Dir = first.Get("data.context.cwd").String()
	if ns, ok := record.Nanos([]byte(first.Get("timestamp").Raw)); ok {
		f.Began = time.Unix(0, ns).UTC()
	}
	return f, true, nil
}

// sessionOf returns the session that a path tells.
func sessionOf(p string) string {
	if path.Base(p) == "events.jsonl" {
		return path.Base(path.Dir(p))
	}
	return strings.TrimSuffix(path.Base(p), ".jsonl")
}
