package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Names within the store.
const (
	EnvDir          = "AGENT_TRACE_DIR" // names the store, for every command
	DefaultDir      = ".agent-traces"
	eventsFile      = "events.ndjson"
	metaFile        = "meta.json"
	annotationsFile = "annotations.jsonl"
	rejectedFile    = "rejected.jsonl"
)

// A Store is a trace directory, which need not exist yet.
type Store struct{ dir string }

// At returns the store in dir.
func At(dir string) *Store { return &Store{dir} }

// Dir returns the trace directory.
func (s *Store) Dir() string { return s.dir }

// Find returns the trace directory for a process: env, the value of
// $AGENT_TRACE_DIR, if it is not empty; else the nearest .agent-traces in wd or
// above it; else .agent-traces in wd. One that stands in a directory for
// everybody, such as /tmp, is nobody's project: whoever made it would be given
// the traces of all who work below. It counts in wd alone.
func Find(env, wd string) string {
	if env != "" {
		return env
	}
	for dir := wd; ; dir = filepath.Dir(dir) {
		candidate := filepath.Join(dir, DefaultDir)
		if info, err := os.Stat(candidate); err == nil && info.IsDir() && (dir == wd || !everybodys(dir)) {
			return candidate
		}
		if dir == filepath.Dir(dir) {
			return filepath.Join(wd, DefaultDir)
		}
	}
}

// everybodys reports whether everybody may make files in a directory, and nobody
// may remove those of others, as in /tmp.
func everybodys(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.Mode()&os.ModeSticky != 0 && info.Mode().Perm()&0o002 != 0
}

// maxName is the longest session id that is used as a directory name, in
// bytes. File systems take 255; this leaves room for what users append.
const maxName = 128

// DirName returns the name of a session's directory: its id, if that consists
// of ASCII letters, digits, '.', '_' and '-', does not begin with a dot and is
// at most 128 bytes long. Any other id becomes "~", what is safe of its first
// bytes, "~" and 32 hex digits of its SHA-256. '~' is in no safe id, so the
// two cannot meet. The names of the store's own files are not safe either.
func DirName(session string) string {
	if safeName(session) {
		return session
	}
	sum := sha256.Sum256([]byte(session))
	return "~" + readable(session[:min(len(session), readableLen)]) + "~" + hex.EncodeToString(sum[:16])
}

// readableLen is how much of an id that is no safe name stands in its
// directory's name, in bytes.
const readableLen = 24

// readable returns text with what is not safe in a name replaced.
func readable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 && safeByte(byte(r)) && r != '.' {
			return r
		}
		return '_'
	}, s)
}

func safeName(id string) bool {
	if id == "" || len(id) > maxName || id[0] == '.' || id == rejectedFile {
		return false
	}
	for i := 0; i < len(id); i++ {
		if !safeByte(id[i]) {
			return false
		}
	}
	return true
}

func safeByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '_' || c == '-'
}

// root opens the trace directory.
func (s *Store) root(create bool) (*os.Root, error) {
	r, err := os.OpenRoot(s.dir)
	if errors.Is(err, fs.ErrNotExist) && create {
		if err = os.MkdirAll(s.dir, 0o700); err == nil {
			r, err = os.OpenRoot(s.dir)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("cannot open the trace store: %w", err)
	}
	return r, nil
}

// openAppend opens a file of the store for appending, and makes it and its
// directory if they are not there.
func openAppend(r *os.Root, name string) (*os.File, error) {
	const flags = os.O_RDWR | os.O_APPEND | os.O_CREATE
	f, err := r.OpenFile(name, flags, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		if err = r.Mkdir(filepath.Dir(name), 0o700); err == nil || errors.Is(err, fs.ErrExist) {
			f, err = r.OpenFile(name, flags, 0o600)
		}
	}
	return f, err
}
