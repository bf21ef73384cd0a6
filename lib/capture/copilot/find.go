package copilot

import (
	"io/fs"
	"path"
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
	return dialect.Walk(fsys, root, problem, headSize, func(p string) bool { return path.Ext(p) == ".jsonl" }, look)
}

// headSize is how much of a file is looked at; the first event is short.
const headSize = 16 << 10

// look adds what the first event of a file tells, and reports whether it is one
// of Copilot's.
func look(f *dialect.Found, head []byte) bool {
	line, _, _ := strings.Cut(string(head), "\n")
	first := gjson.Parse(line)
	if !first.Get("data").Exists() || !strings.Contains(first.Get("type").String(), ".") {
		return false
	}
	if f.Session = first.Get("data.sessionId").String(); f.Session == "" {
		f.Session = sessionOf(f.Path)
	}
	f.Dir = first.Get("data.context.cwd").String()
	if ns, ok := record.Nanos([]byte(first.Get("timestamp").Raw)); ok {
		f.Began = time.Unix(0, ns).UTC()
	}
	return true
}

// sessionOf returns the session that a path tells.
func sessionOf(p string) string {
	if path.Base(p) == "events.jsonl" {
		return path.Base(path.Dir(p))
	}
	return strings.TrimSuffix(path.Base(p), ".jsonl")
}
