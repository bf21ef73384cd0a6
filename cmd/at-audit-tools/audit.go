package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"agenttrace/lib/cli"
	"agenttrace/lib/shadow"
)

func run(c *cli.IO, o *options) error {
	var approved shadow.Approved
	for _, list := range o.approved {
		if err := approved.Approve(list); err != nil {
			return err
		}
	}
	for _, name := range o.files {
		data, err := cli.ReadConfig(name)
		if err != nil {
			return fmt.Errorf("cannot read what is approved: %w", err)
		}
		if err := approved.ApproveFile(name, data); err != nil {
			return fmt.Errorf("cannot use what is approved: %w", err)
		}
	}
	r, shallow, err := open(o.repo)
	if err != nil {
		return fmt.Errorf("cannot read repository '%s': %w", o.repo, err)
	}
	rev := o.ref
	if rev == "" {
		rev = "HEAD"
	}
	head, err := r.commit(rev)
	if err != nil {
		return fmt.Errorf("cannot find commit '%s': %w", rev, err)
	}
	var limit []string
	if o.since != "" {
		if limit, err = r.since(o.since, head, o.clock.Now()); err != nil {
			return err
		}
	}
	if shallow {
		c.Notef("the history of '%s' is cut off (a shallow clone): older commits are not audited", o.repo)
	}
	s, err := shadow.NewScanner()
	if err != nil {
		return err
	}
	a := audit{c: c, r: r, s: s, head: head}
	t, err := a.tree()
	if err != nil {
		return fmt.Errorf("cannot read the files of '%s': %w", o.repo, err)
	}
	h, err := a.history(limit)
	if err != nil {
		return fmt.Errorf("cannot read the history of '%s': %w", o.repo, err)
	}
	large, missing := h.Over()
	if a.large += large; a.large > 0 {
		c.Notef("%d files or versions of files are larger than %d MiB and were not looked into", a.large, shadow.MaxFile>>20)
	}
	if missing > 0 {
		c.Warnf("cannot read %d objects: they are not in the repository (a partial clone)", missing)
	}
	for _, name := range t.Unread() {
		c.Warnf("cannot read the MCP configuration '%s': it is malformed", name)
	}
	rep := s.Report(t, h, &approved)
	for _, name := range approved.Unused(rep.Findings) {
		c.Notef("approved '%s' is no agent that is known, and nothing of that name was found", name)
	}
	if err := o.print(c, rep, r, head, &approved); err != nil {
		return err
	}
	if rep.Unapproved() > 0 {
		return cli.ErrNo
	}
	return nil
}

// print prints the report.
func (o *options) print(c *cli.IO, rep *shadow.Report, r *repo, head string, approved *shadow.Approved) error {
	switch o.format {
	case "json":
		if head == "" {
			head = "unborn"
		}
		return rep.Records(head, c.Out.Write)
	case "sarif":
		return rep.WriteSARIF(c.Stdout)
	}
	b := rep.AppendText(nil, shadow.Head{Repo: o.repo, Since: o.since, Given: approved.Given()})
	return c.Print(b)
}

// since returns the arguments of git log that leave out what is older than a
// time or part of a commit's history.
func (r *repo) since(s, head string, now time.Time) ([]string, error) {
	t, err := cli.ParseTime(s, now)
	if err != nil {
		if d, ok := ago(s); ok {
			t, err = now.Add(-d), nil
		}
	}
	if err == nil {
		return []string{"--since-as-filter=" + t.UTC().Format(time.RFC3339)}, nil
	}
	id, err := r.commit(s)
	if err != nil || id == "" {
		return nil, fmt.Errorf("cannot use --since '%s': it is no time (90d, 2026-11-22, RFC 3339) and no commit", s)
	}
	return []string{"^" + id}, nil
}

// ago reads "90 days ago" and the like, as git does.
func ago(s string) (time.Duration, bool) {
	f := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == '.' || r == '_' })
	if n := len(f); n == 3 && f[2] == "ago" {
		f = f[:2]
	}
	if len(f) != 2 {
		return 0, false
	}
	n, err := strconv.Atoi(f[0])
	day := 24 * time.Hour
	unit, ok := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": day, "week": 7 * day, "month": 30 * day, "year": 365 * day}[strings.TrimSuffix(f[1], "s")]
	if err != nil || !ok || n < 0 || n > 100000 || time.Duration(n) > (1<<62)/unit {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

// An audit reads a repository.
type audit struct {
	c     *cli.IO
	r     *repo
	s     *shadow.Scanner
	head  string // "" if there is no commit
	large int
	mu    sync.Mutex
}

// history reads the commits and what they wrote.
func (a *audit) history(limit []string) (*shadow.History, error) {
	h := a.s.NewHistory()
	if a.head == "" {
		return h, nil
	}
	args := append([]string{"log", "-z", "--raw", "-c", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--no-notes",
		"--no-decorate", "--no-show-signature", "--no-mailmap", "--ignore-submodules=none", "--submodule=short", "--format=" + shadow.LogFormat}, limit...)
	if err := a.r.pipe(nil, h.ReadLog, append(args, a.head, "--")...); err != nil {
		return nil, err
	}
	if err := a.blobs(h, h.Request); err != nil {
		return nil, err
	}
	if older := h.Older(); len(older) > 0 {
		err := a.blobs(h, func(w io.Writer) error {
			_, err := io.WriteString(w, strings.Join(older, "\n")+"\n")
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return h, nil
}

// contents are read from what git cat-file prints.
type contents interface {
	Small(w io.Writer, r io.Reader) error
	ReadBlobs(r io.Reader, goroutines int) error
}

// blobs reads the contents that want asks for. The first git tells their sizes
// to the second, so that no large one is read.
func (a *audit) blobs(h contents, want func(io.Writer) error) error {
	return a.r.pipe(func(w io.Writer) error {
		return a.r.pipe(want, func(rd io.Reader) error { return h.Small(w, rd) }, "cat-file", "--batch-check", "--buffer")
	}, func(rd io.Reader) error { return h.ReadBlobs(rd, runtime.GOMAXPROCS(0)) }, "cat-file", "--batch", "--buffer")
}

// tree reads the files there are.
func (a *audit) tree() (*shadow.Tree, error) {
	t := a.s.NewTree()
	if a.r.root == "" {
		return t, a.bare(t)
	}
	root, err := os.OpenRoot(a.r.root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	names := make(chan string, 64)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for name := range names {
				a.file(t, root, name)
			}
		})
	}
	err = a.names(t, root, names)
	close(names)
	wg.Wait()
	return t, err
}

// names sends the files that are to be opened.
func (a *audit) names(t *shadow.Tree, root *os.Root, names chan<- string) error {
	seen := map[string]bool{} // of a conflict, git lists several
	list := func(ignored bool, args ...string) error {
		return a.r.pipe(nil, func(rd io.Reader) error {
			return shadow.Names(rd, func(name string) {
				if seen[name] {
					return
				}
				seen[name] = true
				info, err := root.Lstat(filepath.FromSlash(strings.TrimSuffix(name, "/")))
				if err != nil && !errors.Is(err, fs.ErrPermission) {
					return // it was deleted, or is behind a link that leads elsewhere
				}
				if err == nil && info.Mode().Type() == fs.ModeSymlink {
					t.Name(name+"/", ignored) // perhaps to a directory
				}
				if t.Name(name, ignored) && !strings.HasSuffix(name, "/") {
					names <- name
				} else if ignored && strings.HasSuffix(name, "/") && !shadow.Vendored(name) {
					a.below(t, root, name, names)
				}
			})
		}, append([]string{"ls-files", "-z"}, args...)...)
	}
	if err := list(false, "--cached"); err != nil {
		return err
	}
	if err := list(false, "--others", "--exclude-standard"); err != nil {
		return err
	}
	if err := list(true, "--others", "--ignored", "--exclude-standard", "--directory"); err != nil {
		return err
	}
	// Git knows no empty directories.
	dir, err := fs.ReadDir(root.FS(), ".")
	for _, d := range dir {
		if d.IsDir() {
			t.Name(d.Name()+"/", true)
		}
	}
	return err
}

// below looks for the files of agents in a directory that git ignores as a
// whole, as far as some thousand files.
func (a *audit) below(t *shadow.Tree, root *os.Root, dir string, names chan<- string) {
	left := 5000
	_ = fs.WalkDir(root.FS(), strings.TrimSuffix(dir, "/"), func(name string, d fs.DirEntry, err error) error {
		if left--; err != nil || left < 0 {
			return fs.SkipDir
		}
		if d.IsDir() {
			if d.Name() == ".git" || shadow.Vendored(name+"/") {
				return fs.SkipDir
			}
			t.Name(name+"/", true)
			return nil
		}
		if t.Name(name, true) {
			names <- name
		}
		return nil
	})
}

// file looks into a file. What is no file, such as a link that leads elsewhere,
// is left alone.
func (a *audit) file(t *shadow.Tree, root *os.Root, name string) {
	data, err := read(root, filepath.FromSlash(name))
	a.mu.Lock()
	switch {
	case errors.Is(err, errLarge):
		a.large++
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		a.c.Warnf("cannot read '%s': %v", name, cause(err))
	}
	a.mu.Unlock()
	if data != nil {
		t.File(name, data)
	}
}

// cause is an error without the path that it is about.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

var errLarge = errors.New("too large")

func read(root *os.Root, name string) ([]byte, error) {
	info, err := root.Lstat(name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, nil
	case info.Size() > shadow.MaxFile:
		return nil, errLarge
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, shadow.MaxFile))
}

// bare reads the files of the commit.
func (a *audit) bare(t *shadow.Tree) error {
	if a.head == "" {
		return nil
	}
	files := a.s.NewFiles(t)
	if err := a.r.pipe(nil, files.ReadTree, "ls-tree", "-r", "-z", "--full-tree", a.head); err != nil {
		return err
	}
	if err := a.blobs(files, files.Request); err != nil {
		return err
	}
	large, missing := files.Over()
	a.large += large
	if missing > 0 {
		a.c.Warnf("cannot read %d files: they are not in the repository", missing)
	}
	return nil
}
