package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ncruces/go-sqlite3"

	"agenttrace/lib/capture/dialect"
)

// writer is a program that keeps a data base.
func writer(t *testing.T, path, journal string) *sqlite3.Conn {
	t.Helper()
	c, err := sqlite3.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	exec(t, c, "PRAGMA journal_mode = "+journal+"; PRAGMA wal_autocheckpoint = 0; CREATE TABLE t (n INTEGER, s TEXT); INSERT INTO t VALUES (0, 'a')")
	return c
}

func exec(t *testing.T, c *sqlite3.Conn, sql string) {
	t.Helper()
	if err := c.Exec(sql); err != nil {
		t.Fatal(err)
	}
}

// read returns what the table holds, and whether the snapshot was intact then.
func read(t *testing.T, s *Snapshot) (rows []string, intact bool) {
	t.Helper()
	c, err := s.Connect()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	err = c.Query("SELECT n, s, NULL AS u, 0.25 AS f, 3.0 AS g FROM t WHERE n < ? + 1000 ORDER BY n", []string{"0"}, func(r dialect.Row) error {
		row := ""
		for _, column := range []string{"n", "s", "u", "f", "g", "none"} {
			row += string(r.Get(column).JSON()) + " "
		}
		rows = append(rows, row)
		return nil
	})
	if err != nil && s.Intact() {
		t.Fatal(err)
	}
	return rows, s.Intact()
}

func open(t *testing.T, path string) *Snapshot {
	t.Helper()
	s, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// beside returns the files in a directory with their contents and times.
func beside(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, d := range list {
		data, err := os.ReadFile(filepath.Join(dir, d.Name()))
		info, ierr := d.Info()
		if err != nil || ierr != nil {
			t.Fatal(err, ierr)
		}
		files = append(files, fmt.Sprintf("%s %d %v %x", d.Name(), info.Size(), info.ModTime().UnixNano(), data))
	}
	return files
}

const first, second = `0 "a"  0.25 3.0  `, `1 "b"  0.25 3.0  `

// TestLog checks that rows are read that are only in the log, in that of a
// writer that is at work and in one that was left; and that nothing is changed.
func TestLog(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.db")
	w := writer(t, path, "wal")
	exec(t, w, "PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO t VALUES (1, 'b'); BEGIN; INSERT INTO t VALUES (2, 'not committed')")
	before := beside(t, dir)
	s := open(t, path)
	rows, intact := read(t, s)
	if !slices.Equal(rows, []string{first, second}) || !intact {
		t.Errorf("read %q, intact %v", rows, intact)
	}
	if !slices.Equal(before, beside(t, dir)) {
		t.Error("reading has changed something")
	}

	left := t.TempDir()
	for _, name := range []string{"a.db", "a.db-wal"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(left, name), data, 0o400)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	before = beside(t, left)
	if rows, _ := read(t, open(t, filepath.Join(left, "a.db"))); !slices.Equal(rows, []string{first, second}) {
		t.Errorf("read %q of a log that was left", rows)
	}
	if !slices.Equal(before, beside(t, left)) {
		t.Error("reading has changed something")
	}

	exec(t, w, "ROLLBACK")
	if os.Remove(filepath.Join(left, "a.db-wal")); len(beside(t, left)) != 1 {
		t.Fatal("not removed")
	}
	if rows, _ := read(t, open(t, filepath.Join(left, "a.db"))); !slices.Equal(rows, []string{first}) {
		t.Errorf("read %q without the log", rows)
	}
}

// TestMeanwhile checks that a snapshot stays what it was while the writer adds
// to the log, that a new one shows it, and that a checkpoint is found out.
func TestMeanwhile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	w := writer(t, path, "wal")
	s := open(t, path)
	exec(t, w, "INSERT INTO t VALUES (1, 'b')")
	if rows, intact := read(t, s); !slices.Equal(rows, []string{first}) || !intact {
		t.Errorf("read %q, intact %v after more was written", rows, intact)
	}
	if s.Current() {
		t.Error("the snapshot passes for the newest state")
	}
	if rows, _ := read(t, open(t, path)); !slices.Equal(rows, []string{first, second}) {
		t.Errorf("read %q, want both rows", rows)
	}
	s = open(t, path)
	exec(t, w, "UPDATE t SET s = 'c'; PRAGMA wal_checkpoint(RESTART)")
	if s.Intact() {
		t.Error("a checkpoint was not found out")
	}
	s = open(t, path) // the log is not begun anew until more is written
	exec(t, w, "UPDATE t SET s = 'd'")
	if rows, intact := read(t, s); intact && !strings.Contains(rows[0], `"c"`) {
		t.Errorf("read %q as if nothing had happened", rows)
	}
	if rows, _ := read(t, open(t, path)); !strings.Contains(rows[0], `"d"`) {
		t.Errorf("read %q", rows)
	}
}

// TestTorn checks that a log is read up to its last whole commit.
func TestTorn(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.db")
	w := writer(t, path, "wal")
	exec(t, w, "PRAGMA wal_checkpoint(TRUNCATE); INSERT INTO t VALUES (1, 'b')")
	whole, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, w, "INSERT INTO t VALUES (2, 'c')")
	log, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "b.db")
	for n := len(whole) - 1; n < len(log); n += 997 {
		for _, damaged := range []bool{false, true} {
			torn := slices.Clone(log[:n])
			if damaged {
				torn = slices.Clone(log)
				torn[n] ^= 1
			}
			write(t, copied, data)
			write(t, copied+"-wal", torn)
			want := []string{first, second}
			if n < len(whole) {
				want = want[:1]
			}
			if rows, _ := read(t, open(t, copied)); !slices.Equal(rows, want) {
				t.Errorf("of %d bytes (damaged: %v) read %q, want %q", n, damaged, rows, want)
			}
		}
	}
}

// TestJournal checks that data bases without a log are read between their
// transactions.
func TestJournal(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.db")
	w := writer(t, path, "delete")
	s := open(t, path)
	if rows, intact := read(t, s); !slices.Equal(rows, []string{first}) || !intact || !s.Current() {
		t.Errorf("read %q, intact %v", rows, intact)
	}
	exec(t, w, "UPDATE t SET s = 'x'")
	if s.Intact() {
		t.Error("a change was not found out")
	}
	exec(t, w, "PRAGMA cache_size = 1; PRAGMA cache_spill = 1; BEGIN IMMEDIATE")
	exec(t, w, "WITH c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x < 900) INSERT INTO t SELECT x, hex(randomblob(400)) FROM c")
	_, err := Open(path)
	var perr *fs.PathError
	if !errors.As(err, &perr) || perr.Path != path || !strings.Contains(err.Error(), "unfinished") {
		t.Errorf("an open transaction: %v", err)
	}
	exec(t, w, "ROLLBACK")
	if rows, _ := read(t, open(t, path)); len(rows) != 1 {
		t.Errorf("read %d rows after a rollback", len(rows))
	}
}

// TestHostile checks that what is no data base, or a broken one, is an error
// that names the file.
func TestHostile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.db")
	w := writer(t, path, "wal")
	exec(t, w, "WITH c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x < 300) INSERT INTO t SELECT x, hex(randomblob(400)) FROM c")
	exec(t, w, "PRAGMA wal_checkpoint(TRUNCATE)")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(dir, "bad.db")
	for name, data := range map[string][]byte{
		"text": []byte("hello\n"), "noise": []byte(strings.Repeat("\x9c\x00\xff", 3000)), "page size": append([]byte(Magic+"\x00\x03"), make([]byte, 200)...),
	} {
		write(t, bad, data)
		_, err := Open(bad)
		var perr *fs.PathError
		if !errors.As(err, &perr) || perr.Path != bad {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := Open(dir); err == nil {
		t.Error("a directory was opened")
	}
	// Whatever the damage, it ends, and without a panic.
	for n := 0; n < len(good); n += len(good) / 40 {
		for _, data := range [][]byte{good[:n], damaged(good, n)} {
			write(t, bad, data)
			s, err := Open(bad)
			if err != nil {
				continue
			}
			c, err := s.Connect()
			if err == nil {
				c.Query("SELECT n, s FROM t ORDER BY s", nil, func(r dialect.Row) error {
					r.Get("s")
					return nil
				})
				c.Close()
			}
			s.Close()
		}
	}
}

// write writes a file that has not changed for long, so that it is not waited
// for.
func write(t *testing.T, name string, data []byte) {
	t.Helper()
	long := time.Unix(1795332000, 0)
	if err := errors.Join(os.WriteFile(name, data, 0o600), os.Chtimes(name, long, long)); err != nil {
		t.Fatal(err)
	}
}

func damaged(good []byte, at int) []byte {
	b := slices.Clone(good)
	for i := at; i < min(at+64, len(b)); i++ {
		b[i] = byte(i * 37)
	}
	return b
}

// TestReadOnly checks that nothing can be written.
func TestReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	writer(t, path, "wal")
	c, err := open(t, path).Connect()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, sql := range []string{"DELETE FROM t", "CREATE TABLE u (a)", "PRAGMA journal_mode = delete; DELETE FROM t"} {
		if err := c.Query(sql, nil, func(dialect.Row) error { return nil }); err == nil && !strings.HasPrefix(sql, "PRAGMA") {
			t.Errorf("%s: no error", sql)
		}
	}
	want := errors.New("enough")
	if err := c.Query("SELECT 1", nil, func(dialect.Row) error { return want }); err != want {
		t.Errorf("an error of row is returned as %v", err)
	}
}
