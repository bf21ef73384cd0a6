package opencode

import (
	"bytes"
	"cmp"
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

// Name is the name of the agent in session_start events.
const Name = "opencode"

// Agent is OpenCode.
var Agent = dialect.Agent{Name: Name, Title: "OpenCode", New: New, Roots: Roots, Find: Find, Database: database}

// Roots returns the folder of OpenCode's data: $XDG_DATA_HOME/opencode.
func Roots(env func(string) string, home string) []string {
	data := env("XDG_DATA_HOME")
	if data == "" && home != "" {
		data = path.Join(home, ".local/share")
	}
	if data == "" {
		return nil
	}
	return []string{path.Join(data, "opencode")}
}

// skipped are folders of OpenCode's data that hold no sessions, and many files.
var skipped = map[string]bool{"snapshot": true, "bin": true, "log": true, "node_modules": true, ".git": true, "worktree": true, "tool-output": true, "repos": true}

// stored is a file of the storage folder.
type stored struct {
	dialect.Found
	kind    int // 0 session, 1 message, 2 part
	session string
	message string
}

// Find lists the files of the storage folder so that each session stands
// before its subagents', each message before its parts, and all of them in the
// order of time; exported sessions; and what may be data bases.
func Find(fsys fs.FS, root string, problem func(error)) []dialect.Found {
	var files []*stored
	var bases []dialect.Found
	fs.WalkDir(fsys, root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			problem(err)
		case d.IsDir() && skipped[d.Name()] && p != root:
			return fs.SkipDir
		case d.Type().IsRegular() && path.Ext(p) == ".json":
			if f := look(fsys, p, d, problem); f != nil {
				files = append(files, f)
			}
		case d.Type().IsRegular() && path.Ext(p) == ".db":
			bases = append(bases, dialect.Found{Path: p, Database: true})
		}
		return nil
	})
	return append(order(files), bases...)
}

// look returns what a path tells of a file, nil if it is not the agent's.
func look(fsys fs.FS, p string, d fs.DirEntry, problem func(error)) *stored {
	f := place(p)
	if f == nil {
		head, err := readHead(fsys, p)
		if err != nil {
			problem(err)
			return nil
		}
		if !isExport(head) {
			return nil
		}
		f = &stored{session: gjson.GetBytes(head, "info.id").Str}
		f.began(head, "info.")
	} else if f.kind == 0 {
		head, err := readHead(fsys, p)
		if err != nil {
			problem(err)
			return nil
		}
		f.began(head, "")
	}
	if info, err := d.Info(); err == nil {
		f.Size, f.Modified = info.Size(), info.ModTime()
	}
	f.Path, f.Session = p, f.session
	return f
}

func (f *stored) began(head []byte, at string) {
	if ns, ok := record.Nanos([]byte(gjson.GetBytes(head, at+"time.created").Raw)); ok {
		f.Began = time.Unix(0, ns).UTC()
	}
	f.Dir = gjson.GetBytes(head, at+"directory").Str
}

// place returns what the place of a file in the storage folder says of it.
//
//	session/PROJECT/SESSION.json   message/SESSION/MESSAGE.json   part/MESSAGE/PART.json
//	session/info/SESSION.json      session/message/SESSION/…      session/part/SESSION/MESSAGE/…
//
// The second line is how it was until the middle of 2025.
func place(p string) *stored {
	dirs := strings.Split(p, "/")
	name := strings.TrimSuffix(dirs[len(dirs)-1], ".json")
	up := func(n int) string {
		if n < len(dirs) {
			return dirs[len(dirs)-1-n]
		}
		return ""
	}
	switch {
	case up(2) == "message":
		return &stored{kind: 1, session: up(1), message: name}
	case up(3) == "part" && up(4) == "session":
		return &stored{kind: 2, session: up(2), message: up(1)}
	case up(2) == "part":
		return &stored{kind: 2, message: up(1)}
	case up(2) == "session" && up(1) != "message" && up(1) != "part":
		return &stored{kind: 0, session: name}
	}
	return nil
}

// headSize is how much of a file is looked at for what it is.
const headSize = 8 << 10

func readHead(fsys fs.FS, p string) ([]byte, error) {
	f, err := fsys.Open(p)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, headSize))
	return head, err
}

// isExport reports whether a file begins as an exported session does.
func isExport(head []byte) bool {
	head = bytes.TrimLeft(head, " \t\r\n\uFEFF")
	head, found := bytes.CutPrefix(head, []byte("{"))
	return found && bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte(`"info"`)) && bytes.Contains(head, []byte(`"ses_`))
}

// order sorts files by session, message and part. Ids of messages and parts
// ascend with time.
func order(files []*stored) []dialect.Found {
	owner := map[string]string{} // message → session
	began := map[string]time.Time{}
	for _, f := range files {
		if f.kind == 1 {
			owner[f.message] = f.session
		}
		if f.kind == 0 {
			began[f.session] = f.Began
		}
	}
	for _, f := range files {
		if f.kind == 2 && f.session == "" {
			f.session = owner[f.message]
			f.Session = f.session
		}
	}
	slices.SortStableFunc(files, func(a, b *stored) int {
		x, y := began[a.session], began[b.session]
		if x.IsZero() != y.IsZero() { // sessions of which only parts are left, last
			return cmp.Compare(b2i(x.IsZero()), b2i(y.IsZero()))
		}
		return cmp.Or(x.Compare(y), strings.Compare(a.session, b.session), cmp.Compare(b2i(a.kind != 0), b2i(b.kind != 0)),
			strings.Compare(a.message, b.message), cmp.Compare(a.kind, b.kind), strings.Compare(a.Path, b.Path))
	})
	list := make([]dialect.Found, len(files))
	for i, f := range files {
		list[i] = f.Found
	}
	return list
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
