// Package find finds the files that agents keep on a machine, and opens them.
package find

import (
	"cmp"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"agenttrace/lib/capture"
	"agenttrace/lib/capture/claude"
	"agenttrace/lib/capture/dialect"
)

// A File is a file of an agent.
type File struct {
	dialect.Found
	Agent string // that claims the file; "" if its records have to tell whose it is
	Child claude.Child
	base  *Database // in which it is a session, nil if it is a file of its own
}

// Open opens a file, or a session in a data base, see [Open].
func (f *File) Open(count func(io.ReadCloser) io.ReadCloser) (io.ReadCloser, error) {
	if f.base == nil {
		return Open(f.Path, count)
	}
	return f.base.reader(f.Session), nil
}

// Database returns the data base in which it is a session, nil if it is none.
func (f *File) Database() *Database { return f.base }

// Capture returns what is known of the file beside its bytes.
func (f *File) Capture() capture.File {
	return capture.File{Name: f.Path, Session: f.Session, Child: f.Child, Agent: f.Agent, Log: true}
}

// Agents returns the names of all agents that are known.
func Agents() []string {
	list := []string{capture.Claude}
	for _, a := range capture.Agents {
		list = append(list, a.Name)
	}
	return list
}

// Roots returns the folders in which an agent keeps its files, as far as they
// exist.
func Roots(agent string) []string {
	home, _ := os.UserHomeDir()
	var dirs []string
	if agent == capture.Claude {
		dirs = claude.Roots(os.Getenv, home)
	}
	for _, a := range capture.Agents {
		if a.Name == agent && a.Roots != nil {
			dirs = a.Roots(os.Getenv, home)
		}
	}
	return slices.DeleteFunc(dirs, func(dir string) bool {
		info, err := os.Stat(dir)
		return err != nil || !info.IsDir()
	})
}

// Look returns what is known of a file that was named. Pipes and devices are
// not looked at: what is read of them is gone.
func Look(name string, info fs.FileInfo) (File, error) {
	f := File{Found: dialect.Found{Path: name}}
	if !info.Mode().IsRegular() {
		return f, nil
	}
	t, err := claude.Look(os.DirFS(filepath.Dir(name)), filepath.Base(name))
	if err == nil {
		f = Transcript(t)
		f.Path = name
	}
	return f, err
}

// Transcript returns the file of a transcript of Claude Code.
func Transcript(t claude.Transcript) File {
	return File{Child: t.Child, Found: dialect.Found{
		Path: t.Path, Session: t.Session, Dir: t.Dir, Size: t.Size, Began: t.Began, Modified: t.Modified,
	}}
}

// Under returns the files of agents below a directory. If Claude is one of the
// agents, a file that another of them claims is not Claude's. problem is told what
// cannot be read.
func Under(dir string, agents []string, problem func(error)) []File {
	return in(os.DirFS(dir), dir, agents, problem)
}

// Only is Under for some files alone: every directory seems to hold nothing but
// what leads to one of the paths, which are relative to dir and have slashes.
func Only(dir string, paths []string, agents []string, problem func(error)) []File {
	return in(only(dir, paths), dir, agents, problem)
}

// in is Under for a file system that stands for the directory.
func in(fsys fs.FS, dir string, agents []string, problem func(error)) []File {
	var list []File
	var bases []string
	known := map[string]bool{}
	for _, a := range capture.Agents {
		if a.Find == nil || !slices.Contains(agents, a.Name) {
			continue
		}
		for _, f := range a.Find(fsys, ".", problem) {
			switch {
			case known[f.Path]:
			case f.Database:
				known[f.Path] = true
				bases = append(bases, filepath.Join(dir, filepath.FromSlash(f.Path)))
			default:
				known[f.Path] = true
				list = append(list, File{Found: f, Agent: a.Name})
			}
		}
	}
	if slices.Contains(agents, capture.Claude) {
		for _, t := range claude.Find(fsys, ".", problem) {
			if !known[t.Path] {
				list = append(list, Transcript(t))
			}
		}
	}
	for i := range list {
		list[i].Path = filepath.Join(dir, filepath.FromSlash(list[i].Path))
	}
	return inDatabases(list, bases, agents, problem)
}

// Sort sorts files, the earliest first and sessions before their subagents,
// and leaves out what stands twice.
func Sort(list []File) []File {
	slices.SortStableFunc(list, func(a, b File) int {
		return cmp.Or(a.Began.Compare(b.Began), cmp.Compare(len(a.Child.Agent), len(b.Child.Agent)), strings.Compare(a.Path, b.Path))
	})
	return slices.CompactFunc(list, func(a, b File) bool { return a.Path == b.Path })
}

// narrow is a file system in which every directory seems to hold nothing but
// what leads to some files.
type narrow struct {
	fs.FS
	leads map[string]bool // the files, and the directories that they are in
}

func only(dir string, paths []string) narrow {
	n := narrow{os.DirFS(dir), map[string]bool{}}
	for _, p := range paths {
		for ; p != "." && p != "/" && !n.leads[p]; p = path.Dir(p) {
			n.leads[p] = true
		}
	}
	return n
}

// ReadDir lists what leads to the files.
func (n narrow) ReadDir(dir string) ([]fs.DirEntry, error) {
	list, err := fs.ReadDir(n.FS, dir)
	return slices.DeleteFunc(list, func(d fs.DirEntry) bool { return !n.leads[path.Join(dir, d.Name())] }), err
}
