package cline

import (
	"bytes"
	"cmp"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
)

// Name is the name of the agent in session_start events.
const Name = "cline"

// Agent is Cline.
var Agent = dialect.Agent{Name: Name, Title: "Cline", New: New, Roots: Roots, Find: Find}

// The files of a task, in the order in which they are read.
var files = []string{"ui_messages.json", "api_conversation_history.json"}

// editors are where editors keep the data of extensions, below the home
// directory: VS Code and those made of it, on Linux, macOS and for remote work.
var editors = func() (list []string) {
	for _, e := range []string{"Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf"} {
		list = append(list, ".config/"+e+"/User", "Library/Application Support/"+e+"/User")
	}
	return append(list, ".vscode-server/data/User", ".cursor-server/data/User")
}()

// Roots returns the folders with tasks and sessions: the command line's and
// those of editors.
func Roots(env func(string) string, home string) []string {
	var list []string
	dir := env("CLINE_DIR")
	if dir == "" && home != "" {
		dir = path.Join(home, ".cline")
	}
	if dir != "" {
		list = append(list, path.Join(dir, "data/tasks"), path.Join(dir, "data/sessions"))
	}
	if home == "" {
		return list
	}
	for _, e := range editors {
		list = append(list, path.Join(home, e, "globalStorage/saoudrizwan.claude-dev/tasks"))
	}
	return list
}

// Find lists the files of tasks, the earliest task first.
func Find(fsys fs.FS, root string, problem func(error)) []dialect.Found {
	type file struct {
		dialect.Found
		dir string
		nth int
	}
	var list []file
	fs.WalkDir(fsys, root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			problem(err)
			return nil
		}
		nth, session := place(p)
		if nth < 0 || !d.Type().IsRegular() {
			return nil
		}
		f := file{Found: dialect.Found{Path: p, Session: session}, dir: path.Dir(p), nth: nth}
		stamp, _, _ := strings.Cut(f.Session, "_")
		if ns := began(stamp); ns > 0 {
			f.Began = time.Unix(0, ns).UTC()
		}
		if info, err := d.Info(); err == nil {
			f.Size, f.Modified = info.Size(), info.ModTime()
		}
		head, err := readHead(fsys, p)
		if err != nil {
			problem(err)
			return nil
		}
		if f.Dir = workDir(head); f.Dir == "" {
			f.Dir = gjson.GetBytes(head, "cwd").Str
		}
		list = append(list, f)
		return nil
	})
	slices.SortStableFunc(list, func(a, b file) int {
		return cmp.Or(a.Began.Compare(b.Began), strings.Compare(a.dir, b.dir), cmp.Compare(a.nth, b.nth))
	})
	found := make([]dialect.Found, len(list))
	for i, f := range list {
		found[i] = f.Found
	}
	return found
}

// place returns which file of a task or session a path is, in the order in
// which they are read, and of which; -1 if it is none.
func place(p string) (nth int, session string) {
	if nth := slices.Index(files, path.Base(p)); nth >= 0 {
		return nth, taskOf(p)
	}
	// A session of the command line: <id>/<id>.json, <id>/<id>.messages.json.
	dir := path.Base(path.Dir(p))
	switch path.Base(p) {
	case dir + ".json":
		return 0, dir
	case dir + ".messages.json":
		return 1, dir
	}
	return -1, ""
}

// headSize is how much of a file is looked at for the working directory.
const headSize = 64 << 10

func readHead(fsys fs.FS, p string) ([]byte, error) {
	f, err := fsys.Open(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, headSize))
}

// taskOf returns the id of the task that a file belongs to: the name of its
// folder, without what an export puts before it.
func taskOf(name string) string {
	if !slices.Contains(files, path.Base(name)) && path.Base(name) != "task_metadata.json" {
		return ""
	}
	dir := path.Base(path.Dir(name))
	if dir == "." || dir == "/" {
		return ""
	}
	if i := strings.LastIndexByte(dir, '_'); i >= 0 && began(dir[i+1:]) > 0 {
		return dir[i+1:]
	}
	return dir
}

// began returns the time that a task's id is, in nanoseconds, 0 if it is none.
func began(id string) int64 {
	ms, err := strconv.ParseInt(id, 10, 64)
	if err != nil || ms < 1e12 || ms > 9e12 {
		return 0
	}
	return ms * 1e6
}

var cwdText = regexp.MustCompile(`# Current Working Directory \(([^)"\\]+)\) Files`)

// workDir returns the working directory that environment_details name.
func workDir(text []byte) string {
	if !bytes.Contains(text, []byte("# Current Working Directory (")) {
		return ""
	}
	if m := cwdText.FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return ""
}
