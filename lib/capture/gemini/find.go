package gemini

import (
	"bytes"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
)

// roots returns where session files lie. GEMINI_CLI_HOME stands for the home
// directory (gemini-cli-core 0.61, utils/paths).
func roots(env func(string) string, home string) []string {
	if h := env("GEMINI_CLI_HOME"); h != "" {
		home = h
	}
	if home == "" {
		return nil
	}
	return []string{path.Join(strings.ReplaceAll(home, `\`, "/"), ".gemini", "tmp")}
}

// find lists the session files at and below root. A .json file of which there
// is a .jsonl too was carried over to that.
func find(fsys fs.FS, root string, problem func(error)) []dialect.Found {
	wants := func(p string) bool {
		if !isSession(p) || path.Ext(p) != ".json" {
			return isSession(p)
		}
		_, err := fs.Stat(fsys, p+"l")
		return err != nil
	}
	return dialect.Walk(fsys, root, problem, headSize, wants, func(f *dialect.Found, head []byte) bool { return look(fsys, f, head) })
}

// isSession reports whether a path is that of a session file: in a folder
// chats, or in one below it that is called as the session of a subagent; or,
// copied elsewhere, called as one.
func isSession(p string) bool {
	ext := path.Ext(p)
	if ext != ".json" && ext != ".jsonl" {
		return false
	}
	dir := path.Dir(p)
	return path.Base(dir) == "chats" || path.Base(path.Dir(dir)) == "chats" && ext == ".jsonl" || strings.HasPrefix(path.Base(p), "session-")
}

// parentOf returns the session that a subagent's file belongs to by its path:
// chats/<session>/<id>.jsonl.
func parentOf(name string) string {
	dir := path.Dir(strings.ReplaceAll(name, `\`, "/"))
	if path.Base(path.Dir(dir)) != "chats" {
		return ""
	}
	return path.Base(dir)
}

// headSize is how much of a file is looked at: its metadata stand first.
const headSize = 4 << 10

// look adds what the first lines of a session file tell, and reports whether it
// is one.
func look(fsys fs.FS, f *dialect.Found, head []byte) bool {
	if i := bytes.IndexByte(head, '\n'); i >= 0 && path.Ext(f.Path) == ".jsonl" {
		head = head[:i]
	}
	// The metadata of a document may stand behind its messages.
	if path.Ext(f.Path) == ".jsonl" && !gjson.GetBytes(head, "projectHash").Exists() {
		return false
	}
	if path.Ext(f.Path) == ".json" && !bytes.Contains(head, []byte(`"sessionId"`)) && !bytes.Contains(head, []byte(`"messages"`)) {
		return false
	}
	f.Session = gjson.GetBytes(head, "sessionId").String()
	if ns, ok := record.Nanos([]byte(gjson.GetBytes(head, "startTime").Raw)); ok {
		f.Began = time.Unix(0, ns).UTC()
	}
	f.Dir = projectRoot(fsys, f.Path)
	return true
}

// projectRoot returns the directory that a session's project folder belongs
// to: newer versions note it there.
func projectRoot(fsys fs.FS, p string) string {
	dir := path.Dir(p)
	for range 3 {
		if text, err := fs.ReadFile(fsys, path.Join(dir, ".project_root")); err == nil {
			return strings.TrimSpace(string(text))
		}
		dir = path.Dir(dir)
	}
	return ""
}
