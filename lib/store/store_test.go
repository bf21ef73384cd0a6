package store

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// hostile are session ids that want to lead somewhere else.
var hostile = []string{
	"../../x", "..", ".", "/tmp/x", "", "a/b", `a\b`, "a\x00b", "a\nb", "~x", "~", "~_x~0123", ".hidden", ".active-session", "rejected.jsonl",
	strings.Repeat("x", 10<<10), strings.Repeat("x", maxName+1), strings.Repeat("é", 40), "日本", "a b", "a:b", "*", "%2e%2e", "\x1b[31m", "\xff", "é", "a|b",
}

func TestDirName(t *testing.T) {
	for _, id := range []string{"5f1c0a52-1111-4222-8333-444455556666", "CON", "a.b", "-rf", "_", "agent-a1.5f1c", "47a3ca0bc6c84588", strings.Repeat("x", maxName), "a..b", "x."} {
		if got := DirName(id); got != id {
			t.Errorf("DirName(%q) = %q", id, got)
		}
	}
	seen := map[string]string{}
	for _, id := range hostile {
		name := DirName(id)
		checkName(t, id, name)
		if name == id || name[0] != '~' {
			t.Errorf("%q is taken for a safe name", id)
		}
		if other, ok := seen[name]; ok {
			t.Errorf("%q and %q share %q", id, other, name)
		}
		seen[name] = id
	}
	if a, b := DirName("../x"), DirName("../y"); a == b {
		t.Error("two ids share a name")
	}
	if got := DirName("a/b"); !strings.HasPrefix(got, "~a_b~") {
		t.Errorf("the name says nothing: %q", got)
	}
}

// checkName checks that a name is one component, and no special one.
func checkName(t *testing.T, id, name string) {
	t.Helper()
	if name == "" || name[0] == '.' || len(name) > 255 || name != filepath.Base(name) || !filepath.IsLocal(name) ||
		name == rejectedFile || strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-~") != "" {
		t.Fatalf("DirName(%q) = %q", id, name)
	}
}

func FuzzDirName(f *testing.F) {
	for _, id := range hostile {
		f.Add(id, id+"x")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		checkName(t, a, DirName(a))
		if a != b && DirName(a) == DirName(b) {
			t.Fatalf("%q and %q share %q", a, b, DirName(a))
		}
		if n := DirName(a); n != a && DirName(n) == n {
			t.Fatalf("another session can be called %q, as the directory of %q is", n, a)
		}
	})
}

func TestFind(t *testing.T) {
	top := t.TempDir()
	deep := filepath.Join(top, "a", "b", "c")
	os.MkdirAll(deep, 0o700)
	if got, want := Find("/elsewhere", deep), "/elsewhere"; got != want {
		t.Errorf("with $%s: %q", EnvDir, got)
	}
	if got, want := Find("", deep), filepath.Join(deep, DefaultDir); got != want {
		t.Errorf("without any: %q, want %q", got, want)
	}
	upper := filepath.Join(top, DefaultDir)
	os.Mkdir(upper, 0o700)
	if got := Find("", deep); got != upper {
		t.Errorf("above: %q, want %q", got, upper)
	}
	os.WriteFile(filepath.Join(top, "a", "b", DefaultDir), nil, 0o600) // a file is no store
	if got := Find("", deep); got != upper {
		t.Errorf("past a file: %q, want %q", got, upper)
	}
	nearer := filepath.Join(top, "a", DefaultDir)
	os.Mkdir(nearer, 0o700)
	if got := Find("", deep); got != nearer {
		t.Errorf("nearest: %q, want %q", got, nearer)
	}
	if err := os.Chmod(filepath.Join(top, "a"), 0o777|os.ModeSticky); err != nil {
		t.Fatal(err)
	}
	if got := Find("", deep); got != upper {
		t.Errorf("past a directory for everybody: %q, want %q", got, upper)
	}
	if got := Find("", filepath.Join(top, "a")); got != nearer {
		t.Errorf("in a directory for everybody: %q, want %q", got, nearer)
	}
}

// Whatever a session is called, all of it is inside the store.
func TestNothingOutside(t *testing.T) {
	top := t.TempDir()
	s := At(filepath.Join(top, "deep", "store"))
	named := slices.DeleteFunc(slices.Clone(hostile), func(id string) bool { return id == "" })
	for _, id := range named {
		if err := s.Append(id, []byte(line(id, 1)+"\n")); err != nil {
			t.Errorf("%q: %v", id, err)
		}
	}
	filepath.WalkDir(top, func(path string, d os.DirEntry, err error) error {
		rel, _ := filepath.Rel(s.Dir(), path)
		if err != nil || !d.IsDir() && (strings.HasPrefix(rel, "..") || filepath.Base(path) != eventsFile || strings.Count(rel, "/") != 1) {
			t.Errorf("%s: %v", path, err)
		}
		return nil
	})
	list, err := s.Sessions()
	if err != nil || len(list) != len(named) {
		t.Fatalf("%d sessions, %v", len(list), err)
	}
	for _, id := range named {
		if id == "\xff" {
			continue // in the file it is U+FFFD
		}
		if sess, err := Resolve(list, id); err != nil || sess.ID != id {
			t.Errorf("Resolve(%q) = %q, %v", id, sess.ID, err)
		}
		if sess, err := s.Resolve(id); err != nil || sess.ID != id {
			t.Errorf("of the store, Resolve(%q) = %q, %v", id, sess.ID, err)
		}
	}
}

// An event that names no session is not stored, and does not keep others from
// it.
func TestNoSession(t *testing.T) {
	s := At(filepath.Join(t.TempDir(), "store"))
	if err := s.Append("", []byte(line("", 1)+"\n")); !errors.Is(err, ErrNoSession) {
		t.Errorf("Append: %v", err)
	}
	v := s.NewSaver()
	if err := errors.Join(v.Save("a", []byte(line("a", 1))), v.Save("b", []byte(line("b", 1)))); err != nil {
		t.Fatal(err)
	}
	if err := v.Save("", []byte(line("", 1))); !errors.Is(err, ErrNoSession) {
		t.Errorf("Save: %v", err)
	}
	if err := v.Flush(); err != nil {
		t.Errorf("Flush: %v", err)
	}
	if list, _ := s.Sessions(); ids(list) != "a b" {
		t.Errorf("sessions %q", ids(list))
	}
}

func TestModes(t *testing.T) {
	s := At(filepath.Join(t.TempDir(), "store"))
	if err := s.Append("a", []byte(line("a", 1)+"\n")); err != nil {
		t.Fatal(err)
	}
	if err := s.Reject(1795332170e9, "why", []byte("junk\xff\n")); err != nil {
		t.Fatal(err)
	}
	sess, _ := s.Sessions()
	if err := s.SaveSummary(sess[0], sess[0].Size, []byte(`{}`)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]os.FileMode{"": 0o700, "a": 0o700, "a/events.ndjson": 0o600, "a/meta.json": 0o600, "rejected.jsonl": 0o600} {
		info, err := os.Stat(filepath.Join(s.Dir(), name))
		if err != nil || info.Mode().Perm() != want {
			t.Errorf("%q has mode %v, %v", name, info.Mode(), err)
		}
	}
	got, _ := os.ReadFile(filepath.Join(s.Dir(), "rejected.jsonl"))
	if want := `{"timestamp":1795332170.000000,"cause":"why","raw":"junk` + "\uFFFD" + `\n"}` + "\n"; string(got) != want {
		t.Errorf("rejected: %q", got)
	}
}

// A session that is called like the store's own file takes nothing from it.
func TestRejectedIsNoSession(t *testing.T) {
	s := At(t.TempDir())
	if err := s.Append("rejected.jsonl", []byte(line("rejected.jsonl", 1)+"\n")); err != nil {
		t.Error(err)
	}
	if err := s.Reject(0, "x", []byte("y")); err != nil {
		t.Error(err)
	}
	if list, err := s.Sessions(); len(list) != 1 || err != nil {
		t.Errorf("%v, %v", list, err)
	}
}

// Neither a session's directory nor its file may be a link that leads out.
func TestSymlinks(t *testing.T) {
	top := t.TempDir()
	outside := filepath.Join(top, "outside")
	os.Mkdir(outside, 0o700)
	s := At(filepath.Join(top, "store"))
	os.Mkdir(s.Dir(), 0o700)
	os.Symlink(outside, filepath.Join(s.Dir(), "dir"))
	os.Symlink("../outside", filepath.Join(s.Dir(), "rel"))
	os.Mkdir(filepath.Join(s.Dir(), "file"), 0o700)
	os.WriteFile(filepath.Join(outside, "x"), []byte(line("file", 1)+"\n"), 0o600)
	os.Symlink(filepath.Join(outside, "x"), filepath.Join(s.Dir(), "file", eventsFile))
	before, _ := os.ReadFile(filepath.Join(outside, "x"))
	for _, id := range []string{"dir", "rel", "file"} {
		if err := s.Append(id, []byte(line(id, 1)+"\n")); err == nil {
			t.Errorf("%s: written through a link", id)
		}
	}
	after, _ := os.ReadFile(filepath.Join(outside, "x"))
	if entries, _ := os.ReadDir(outside); len(entries) != 1 || string(after) != string(before) {
		t.Error("something was written outside")
	}
	if list, err := s.Sessions(); len(list) != 0 || err != nil {
		t.Errorf("sessions that lie outside: %v, %v", list, err)
	}
	sess := Session{ID: "file", Name: "file", store: s}
	if err := s.SaveSummary(Session{ID: "dir", Name: "dir", store: s}, 1, []byte("{}")); err == nil {
		t.Error("a summary was written through a link")
	}
	var out strings.Builder
	if _, err := s.Copy(&out, sess, func(error) {}); err == nil || out.Len() > 0 {
		t.Errorf("read through a link: %q", out.String())
	}
	// The store itself may be a link.
	os.Symlink(outside, filepath.Join(top, "link"))
	if err := At(filepath.Join(top, "link")).Append("a", []byte("x\n")); err != nil {
		t.Error(err)
	}
}

func TestReadOnly(t *testing.T) {
	top := t.TempDir()
	os.WriteFile(filepath.Join(top, "file"), nil, 0o600)
	s := At(filepath.Join(top, "file", "store"))
	if err := s.Append("a", []byte("x\n")); err == nil || !strings.Contains(err.Error(), "cannot open the trace store") {
		t.Errorf("below a file: %v", err)
	}
	if list, err := s.Sessions(); err == nil && len(list) > 0 {
		t.Errorf("below a file: %v", list)
	}
	s = At(filepath.Join(top, "file"))
	if err := s.Append("a", []byte("x\n")); err == nil {
		t.Error("a file is a store")
	}
	if _, err := s.Sessions(); err == nil {
		t.Error("a file is a store")
	}
	if _, err := os.Stat("/proc/self"); err == nil {
		if err := At("/proc/self").Append("a", []byte("x\n")); err == nil || !strings.Contains(err.Error(), "/proc/self") {
			t.Errorf("in /proc: %v", err)
		}
	}
}
