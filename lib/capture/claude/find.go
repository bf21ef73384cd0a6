package claude

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

	"agenttrace/lib/capture/record"
)

// A Transcript is a file of a session or a subagent.
type Transcript struct {
	Path     string // in the file system that was searched
	Session  string // that the path tells, "" if it does not
	Child    Child
	Size     int64
	Modified time.Time
	Began    time.Time // the first time in it, zero if there is none at its start; see head
	Dir      string    // the working directory of the session, "" if not known
}

// Roots returns the folders in which Claude Code keeps its transcripts.
// $CLAUDE_CONFIG_DIR may name several, with commas.
func Roots(env func(string) string, home string) []string {
	var roots []string
	if list := env("CLAUDE_CONFIG_DIR"); list != "" {
		for dir := range strings.SplitSeq(list, ",") {
			roots = append(roots, path.Join(strings.TrimSpace(dir), "projects"))
		}
	} else if home != "" {
		roots = append(roots, path.Join(home, ".claude", "projects"), path.Join(home, ".config", "claude", "projects"))
	}
	return roots
}

// Find returns the transcripts under root, the earliest first: where one is a
// copy of another, what they share is told with the original. A file that
// cannot be looked at is told to problem.
func Find(fsys fs.FS, root string, problem func(error)) []Transcript {
	var list []Transcript
	fs.WalkDir(fsys, root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			problem(err)
		case d.Type().IsRegular() && path.Ext(p) == ".jsonl":
			t, err := Look(fsys, p)
			if err != nil {
				problem(err)
				return nil
			}
			list = append(list, t)
		}
		return nil
	})
	Sort(list)
	return list
}

// Sort sorts transcripts by the time they begin, sessions before their
// subagents.
func Sort(list []Transcript) {
	slices.SortStableFunc(list, func(a, b Transcript) int {
		return cmp.Or(a.Began.Compare(b.Began), cmp.Compare(len(a.Child.Agent), len(b.Child.Agent)), strings.Compare(a.Path, b.Path))
	})
}

// headSize is how much of a file is looked at for its first time. Only a
// session that begins with very long lines has none there.
const headSize = 64 << 10

// firstSize is how much is enough for most.
const firstSize = 4 << 10

// Look returns what the name of a transcript, its first lines and the file
// beside it tell.
func Look(fsys fs.FS, name string) (Transcript, error) {
	t := Transcript{Path: name}
	f, err := fsys.Open(name)
	if err != nil {
		return t, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return t, err
	}
	t.Size, t.Modified = info.Size(), info.ModTime()
	var head []byte
	for size := int64(firstSize); ; size = headSize {
		had := len(head)
		head = append(head, make([]byte, min(size, t.Size)-int64(had))...)
		n, err := io.ReadFull(f, head[had:])
		if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
			return t, err
		}
		head = head[:had+n]
		whole := head
		if size == firstSize && err == nil && int64(len(head)) < t.Size {
			whole = head[:bytes.LastIndexByte(head, '\n')+1]
		}
		t.head(whole)
		if err != nil || size == headSize || int64(len(head)) >= t.Size || !t.Began.IsZero() && t.Dir != "" {
			break
		}
		t.Began, t.Dir = time.Time{}, ""
	}
	stem := strings.TrimSuffix(path.Base(name), ".jsonl")
	if agent, ok := strings.CutPrefix(stem, "agent-"); ok {
		t.Child = child(fsys, name, agent)
		if before, _, ok := strings.Cut(name, "/subagents/"); ok {
			t.Session = path.Base(before)
		}
	} else {
		t.Session = stem
	}
	return t, nil
}

// head finds the first time and the working directory. A fork begins with a copy
// of what it was forked from, with the same times. A nanosecond is added to its
// first, so that it comes second wherever files are sorted by time.
func (t *Transcript) head(text []byte) {
	forked := false
	for line := range bytes.Lines(text) {
		if !t.Began.IsZero() && t.Dir != "" {
			break
		}
		g := gjson.GetManyBytes(line, "timestamp", "cwd", "forkedFrom")
		if ns, ok := record.Nanos([]byte(g[0].Raw)); ok && t.Began.IsZero() {
			t.Began = time.Unix(0, ns).UTC()
		}
		if t.Dir == "" {
			t.Dir = g[1].Str
		}
		forked = forked || g[2].IsObject()
	}
	if forked && !t.Began.IsZero() {
		t.Began = t.Began.Add(time.Nanosecond)
	}
}

// child reads the file beside a subagent's transcript; older versions write
// none.
func child(fsys fs.FS, name, agent string) Child {
	c := Child{Agent: agent}
	if raw, err := fs.ReadFile(fsys, strings.TrimSuffix(name, ".jsonl")+".meta.json"); err == nil && gjson.ValidBytes(raw) {
		g := gjson.ParseBytes(raw)
		c.Type, c.Description, c.ToolUseID = g.Get("agentType").String(), g.Get("description").String(), g.Get("toolUseId").String()
		c.Parent = g.Get("parentAgentId").String()
	}
	return c
}
