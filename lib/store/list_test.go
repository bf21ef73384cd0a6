package store

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// put writes the events of a session as they are given.
func put(t *testing.T, s *Store, name string, lines ...string) {
	t.Helper()
	dir := filepath.Join(s.Dir(), name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, eventsFile), []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func ids(list []Session) string {
	var names []string
	for _, s := range list {
		names = append(names, s.ID)
	}
	return strings.Join(names, " ")
}

func TestSessions(t *testing.T) {
	s := At(filepath.Join(t.TempDir(), "store"))
	if list, err := s.Sessions(); list != nil || err != nil {
		t.Errorf("of no store: %v, %v", list, err)
	}
	os.Mkdir(s.Dir(), 0o700)
	if list, err := s.Sessions(); list != nil || err != nil {
		t.Errorf("of an empty store: %v, %v", list, err)
	}
	put(t, s, "zz", line("zz", 10), line("zz", 50))
	put(t, s, "aa", line("aa", 30), line("aa", 40))
	put(t, s, "mm", line("mm", 20), strings.Repeat("x", 3*tailSize)) // ends in a long line that is no event
	put(t, s, "bom", "\uFEFF"+line("bom", 25), "", "junk", line("bom", 45), "")
	put(t, s, "long", bigLine("long", "x", 5, 5*tailSize), bigLine("long", "x", 60, 20*tailSize))
	put(t, s, DirName("../x"), "junk", line("other", 1), line("../x", 35))
	put(t, s, "none")
	put(t, s, "untimed", `{"event_type":"x","session_id":"untimed"}`)
	put(t, s, ".hidden", line(".hidden", 1))
	os.Mkdir(filepath.Join(s.Dir(), "empty"), 0o700)
	os.MkdirAll(filepath.Join(s.Dir(), "odd", eventsFile), 0o700)
	os.WriteFile(filepath.Join(s.Dir(), "alerts.log"), []byte("x"), 0o600)
	// The time of the file says nothing.
	os.Chtimes(filepath.Join(s.Dir(), "aa", eventsFile), time.Now().Add(time.Hour), time.Now().Add(time.Hour))

	list, err := s.Sessions()
	if err != nil || ids(list) != "none untimed ../x long zz mm bom aa" {
		t.Errorf("%q, %v", ids(list), err)
	}
	if latest, ok := Latest(list); !ok || latest.ID != "long" {
		t.Errorf("latest: %v", latest.ID)
	}
	if latest, ok := Latest(list[4:]); !ok || latest.ID != "zz" {
		t.Errorf("latest: %v", latest.ID)
	}
	if _, ok := Latest(nil); ok {
		t.Error("the latest of none")
	}
	zz := list[4]
	if zz.Start().Unix() != 1795332180 || zz.End().Unix() != 1795332220 || zz.Parent() != "" || zz.Path() != filepath.Join(s.Dir(), "zz", eventsFile) {
		t.Errorf("%v %v %q %s", zz.Start(), zz.End(), zz.Parent(), zz.Path())
	}
}

func TestParent(t *testing.T) {
	s := At(t.TempDir())
	put(t, s, "child", `{"event_type":"session_start","timestamp":1795332170,"session_id":"child","data":{"parent_session_id":"top"}}`, line("child", 2))
	put(t, s, "late", line("late", 1), `{"event_type":"session_start","timestamp":1795332171,"session_id":"late","data":{"parent_session_id":"top"}}`)
	list, _ := s.Sessions()
	for _, sess := range list {
		if sess.Parent() != "top" {
			t.Errorf("%s: %q", sess.ID, sess.Parent())
		}
	}
}

// Wherever a session_start stands, LookUpParents finds it.
func TestLookUpParents(t *testing.T) {
	const start = `{"event_type":"session_start","timestamp":1795332179,"session_id":"%s","data":{%s}}`
	s := At(t.TempDir())
	long := bigLine("deep", "x", 1, 5*tailSize)
	put(t, s, "deep", long, bigLine("deep", `{"parent_session_id":"no"}`, 2, tailSize), fmt.Sprintf(start, "deep", `"parent_session_id":"top"`), long)
	put(t, s, "resumed", long, fmt.Sprintf(start, "resumed", ""), fmt.Sprintf(start, "resumed", `"parent_session_id":"top"`))
	put(t, s, "last", long, "junk", fmt.Sprintf(start, "last", `"parent_session_id":"top"`))
	put(t, s, "none", long, long)
	put(t, s, "told", fmt.Sprintf(start, "told", ""), long)
	list, _ := s.Sessions()
	s.LookUpParents(list)
	got := map[string]string{}
	for _, sess := range list {
		got[sess.ID] = sess.Parent()
	}
	if want := map[string]string{"deep": "top", "resumed": "top", "last": "top", "none": "", "told": ""}; !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func TestResolve(t *testing.T) {
	s := At(t.TempDir())
	for i, id := range []string{"abc", "abcd", "abcde", "xyz-1", "xyz-2", "../up"} {
		put(t, s, DirName(id), line(id, i))
	}
	for i := range 12 {
		put(t, s, fmt.Sprintf("many%02d", i), line(fmt.Sprintf("many%02d", i), 100+i))
	}
	list, _ := s.Sessions()
	for _, resolve := range []func(arg string) (Session, error){
		func(arg string) (Session, error) { return Resolve(list, arg) },
		s.Resolve,
	} {
		testResolve(t, resolve)
	}
	for _, arg := range []string{"abc", "xyz-2", "../"} {
		got, _ := s.Resolve(arg)
		want, _ := Resolve(list, arg)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("Resolve(%q) of the store: %v, of the list %v", arg, got, want)
		}
	}
}

func testResolve(t *testing.T, resolve func(arg string) (Session, error)) {
	for arg, want := range map[string]string{"abc": "abc", "abcd": "abcd", "abcde": "abcde", "xyz-1": "xyz-1", "many03": "many03", "../": "../up", "../up": "../up", DirName("../up"): "../up"} {
		if got, err := resolve(arg); err != nil || got.ID != want {
			t.Errorf("Resolve(%q) = %q, %v", arg, got.ID, err)
		}
	}
	for arg, want := range map[string]string{
		"ab":   "'ab' is the beginning of 3 sessions: abc, abcd, abcde",
		"xyz":  "'xyz' is the beginning of 2 sessions: xyz-1, xyz-2",
		"many": "'many' is the beginning of 12 sessions: many00, many01, many02, many03, many04, many05, many06, many07 and 4 more",
		"":     "no session '' in the store",
		"nope": "no session 'nope' in the store",
		"bc":   "no session 'bc' in the store",
	} {
		if _, err := resolve(arg); err == nil || err.Error() != want {
			t.Errorf("Resolve(%q): %v", arg, err)
		}
	}
}

// One session is found without a look at the others: not even a store whose
// other sessions cannot be read is in the way.
func TestResolveLooksAtOne(t *testing.T) {
	if s := At(filepath.Join(t.TempDir(), "none")); true {
		if _, err := s.Resolve("a"); err == nil || err.Error() != "no session 'a' in the store" {
			t.Errorf("of no store: %v", err)
		}
	}
	s := At(t.TempDir())
	for _, id := range []string{"abc-1", "abd-2", "../one", "../two", "é/1", "é/2", strings.Repeat("l", 200) + "1", "no events"} {
		put(t, s, DirName(id), line(id, 1))
	}
	os.Remove(filepath.Join(s.Dir(), DirName("no events"), eventsFile))
	outside := t.TempDir()
	put(t, At(outside), "away", line("away", 1))
	os.Symlink(filepath.Join(outside, "away"), filepath.Join(s.Dir(), "away"))
	os.Symlink("abc-1", filepath.Join(s.Dir(), "link"))
	for arg, want := range map[string]string{
		"abc-1": "abc-1", "abc": "abc-1", "../o": "../one", "../two": "../two", "é/1": "é/1", "~___t": "../two",
		strings.Repeat("l", 30): strings.Repeat("l", 200) + "1",
	} {
		if got, err := s.Resolve(arg); err != nil || got.ID != want {
			t.Errorf("Resolve(%q) = %q, %v", arg, got.ID, err)
		}
	}
	for _, arg := range []string{"", "..", ".", "/", "../../", "away", "link", "no events", "~", "~x/../abc-1", "é", "../"} {
		if got, err := s.Resolve(arg); err == nil {
			t.Errorf("Resolve(%q) = %q", arg, got.ID)
		}
	}
	for name, want := range map[string]bool{
		"abc": true, "abcd": true, "ab": false, DirName("abc/1"): true, DirName("abd/1"): false, DirName("ab/c"): false,
	} {
		if got := mayBegin(name, "abc"); got != want {
			t.Errorf("mayBegin(%q) = %v", name, got)
		}
	}
}

const someSummary = `{"agent":"claude-code","started_at":1795332170.000000,"ended_at":1795332175.000000,"duration_ms":5000,"tool_calls":3,"llm_requests":2,"errors":1,"tokens":{"input":10,"output":5,"cache_read":100,"cache_write_5m":1,"cache_write_1h":2},"parent_session_id":"top"}`

func TestSummary(t *testing.T) {
	s := At(t.TempDir())
	put(t, s, "a", line("a", 0), line("a", 1))
	put(t, s, DirName("../b"), line("../b", 0))
	meta := filepath.Join(s.Dir(), "a", metaFile)
	os.WriteFile(meta, []byte(`{"session_id": "a", "command": "claude", "x": {"y": 1e3}, "attribution": {"team": "t"}, "tool_calls": 99}`), 0o600)
	list, _ := s.Sessions()
	for _, sess := range list {
		if _, fresh := sess.Summary(); fresh {
			t.Errorf("%s has a summary", sess.ID)
		}
		if err := s.SaveSummary(sess, sess.Size, []byte(someSummary)); err != nil {
			t.Fatal(err)
		}
	}
	got, _ := os.ReadFile(meta)
	for _, want := range []string{`"command": "claude"`, `"y": 1e3`, `"team": "t"`, `"tool_calls": 3`, `"total_tokens":118`, `"agent_name":"claude-code"`, `"llm_requests":2`, `"errors":1`, `"total_duration_ms":5000`} {
		if !strings.Contains(string(got), want) {
			t.Errorf("meta.json lacks %s: %s", want, got)
		}
	}
	list, _ = s.Sessions()
	if ids(list) != "../b a" {
		t.Errorf("%q", ids(list))
	}
	for _, sess := range list {
		if sum, fresh := sess.Summary(); !fresh || string(sum) != someSummary || sess.End().Unix() != 1795332175 || sess.Parent() != "top" {
			t.Errorf("%s: %v %s", sess.ID, fresh, sum)
		}
	}
	// Who indents the file does no harm.
	got, _ = os.ReadFile(meta)
	os.WriteFile(meta, []byte(strings.ReplaceAll(string(got), `,"`, ",\n  \"")), 0o600)
	list, _ = s.Sessions()
	if sum, fresh := list[1].Summary(); !fresh || strings.ContainsAny(string(sum), "\n") {
		t.Errorf("indented: %v %s", fresh, sum)
	}
	// New events make it stale.
	s.Append("a", []byte(line("a", 9)+"\n"))
	list, _ = s.Sessions()
	if _, fresh := list[1].Summary(); fresh || list[1].End().Unix() != 1795332179 {
		t.Errorf("stale: %v, %v", fresh, list[1].End())
	}
	for _, junk := range []string{"", "{", "[1]", "null", `{"attribution":null}`, `{"attribution":"x"}`, `{"attribution":{"covers_bytes":"x"}}`} {
		os.WriteFile(meta, []byte(junk), 0o600)
		list, err := s.Sessions()
		if err != nil || len(list) != 2 {
			t.Fatalf("with meta.json %q: %v, %v", junk, ids(list), err)
		}
		if err := s.SaveSummary(list[1], list[1].Size, []byte(someSummary)); err != nil {
			t.Errorf("over meta.json %q: %v", junk, err)
		}
		if list, _ = s.Sessions(); list[1].summary == nil {
			t.Errorf("over meta.json %q: no summary afterwards", junk)
		}
	}
	if entries, _ := os.ReadDir(filepath.Join(s.Dir(), "a")); len(entries) != 2 {
		t.Errorf("left behind: %v", entries)
	}
}

// Whoever reads meta.json while others write it sees one of the versions.
func TestSummaryIsAtomic(t *testing.T) {
	s := At(t.TempDir())
	put(t, s, "a", line("a", 0))
	list, _ := s.Sessions()
	sess := list[0]
	if err := s.SaveSummary(sess, sess.Size, []byte(someSummary)); err != nil {
		t.Fatal(err)
	}
	done := make(chan bool)
	for range 4 {
		go func() {
			for range 100 {
				if err := s.SaveSummary(sess, sess.Size, []byte(someSummary)); err != nil {
					t.Error(err)
				}
			}
			done <- true
		}()
	}
	for left := 4; left > 0; {
		select {
		case <-done:
			left--
		default:
		}
		list, err := s.Sessions()
		if err != nil || len(list) != 1 || list[0].summary == nil {
			t.Fatalf("%v, %v", ids(list), err)
		}
	}
	if entries, _ := os.ReadDir(filepath.Join(s.Dir(), "a")); len(entries) != 2 {
		t.Errorf("left behind: %v", entries)
	}
}
