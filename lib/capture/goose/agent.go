package goose

import (
	"bytes"
	"cmp"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
)

// Name is the name of the agent in session_start events.
const Name = "goose"

// Agent is Goose.
var Agent = dialect.Agent{Name: Name, Title: "Goose", New: New, Roots: Roots, Find: Find, Database: database}

// Roots returns the folder of the sessions: $GOOSE_PATH_ROOT/data/sessions,
// else $XDG_DATA_HOME/goose/sessions and where macOS keeps it.
func Roots(env func(string) string, home string) []string {
	if root := env("GOOSE_PATH_ROOT"); root != "" {
		return []string{path.Join(root, "data", "sessions")}
	}
	data := env("XDG_DATA_HOME")
	if data == "" && home != "" {
		data = path.Join(home, ".local/share")
	}
	if data == "" {
		return nil
	}
	list := []string{path.Join(data, "goose", "sessions")}
	if home != "" {
		support := path.Join(home, "Library/Application Support")
		list = append(list, path.Join(support, "goose", "sessions"), path.Join(support, "Block", "goose", "sessions"))
	}
	return list
}

// Find lists the session files, the earliest first, and what may be data bases.
func Find(fsys fs.FS, root string, problem func(error)) []dialect.Found {
	var list []dialect.Found
	fs.WalkDir(fsys, root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			problem(err)
			return nil
		}
		if d.Type().IsRegular() && path.Ext(p) == ".db" {
			list = append(list, dialect.Found{Path: p, Database: true})
		}
		if !d.Type().IsRegular() || path.Ext(p) != ".jsonl" {
			return nil
		}
		f, ok, err := look(fsys, p, d)
		if err != nil {
			problem(err)
		} else if ok {
			list = append(list, f)
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b dialect.Found) int {
		return cmp.Or(a.Began.Compare(b.Began), strings.Compare(a.Path, b.Path))
	})
	return list
}

// headSize is how much of a file is looked at for what it is.
const headSize = 32 << 10

func look(fsys fs.FS, p string, d fs.DirEntry) (f dialect.Found, ok bool, err error) {
	file, err := fsys.Open(p)
	if err != nil {
		return f, false, err
	}
	defer file.Close()
	head, err := io.ReadAll(io.LimitReader(file, headSize))
	if err != nil {
		return f, false, err
	}
	f = dialect.Found{Path: p, Session: strings.TrimSuffix(path.Base(p), ".jsonl")}
	if info, err := d.Info(); err == nil {
		f.Size, f.Modified = info.Size(), info.ModTime()
	}
	var r record.Record
	for line := range bytes.Lines(head) {
		if r.Parse(bytes.TrimSpace(line)) != nil {
			break
		}
		switch shapeOf(&r) {
		case header:
			ok, f.Dir = true, r.Str("working_dir")
		case message:
			ok = true
			if ns, timed := record.Nanos(r.Get("created")); timed {
				f.Began = time.Unix(0, ns).UTC()
				return f, ok, nil
			}
		}
	}
	return f, ok, nil
}

// shape says what a record is.
type shape uint8

const (
	none shape = iota
	hook
	header
	message
	export
)

// events are those of hooks (crates/goose/src/hooks/mod.rs of Goose, 2026).
var events = map[string]bool{
	"PreToolUse": true, "PreToolUseResult": true, "PostToolUse": true, "PostToolUseFailure": true, "SessionStart": true,
	"SessionEnd": true, "UserPromptSubmit": true, "BeforeReadFile": true, "AfterFileEdit": true,
	"BeforeShellExecution": true, "AfterShellExecution": true, "Stop": true,
}

func shapeOf(r *record.Record) shape {
	starts := func(key string, c byte) bool { v := r.Get(key); return len(v) > 0 && v[0] == c }
	switch {
	case r.Has("hook_event_name") || r.Has("event_type"):
		return none
	case starts("event", '"'):
		if starts("session_id", '"') && (events[r.Str("event")] || r.Has("matcher_context")) {
			return hook
		}
		return none
	case starts("working_dir", '"') && starts("conversation", '['):
		return export
	case starts("working_dir", '"') && (r.Has("message_count") || r.Has("description")):
		return header
	case starts("role", '"') && starts("content", '[') && r.Has("created") && !starts("created", '"') && !r.Has("type"):
		return message
	}
	return none
}
