package shadow

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Files reads the files of a commit into a Tree, for a repository without a
// working tree.
type Files struct {
	t     *Tree
	h     *History // of its blobs
	names map[int32][]string
}

// NewFiles returns a reader into t.
func (s *Scanner) NewFiles(t *Tree) *Files {
	return &Files{t, s.NewHistory(), map[int32][]string{}}
}

// ReadTree reads the output of git ls-tree -r -z.
func (f *Files) ReadTree(r io.Reader) error {
	t := tokens{r: bufio.NewReaderSize(r, 1<<16)}
	for {
		tok, err := t.next(1 << 16)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		what, name, ok := strings.Cut(string(tok), "\t")
		p := strings.Fields(what)
		if !ok || len(p) != 3 {
			return fmt.Errorf("git ls-tree says %q", tok[:min(len(tok), 40)])
		}
		if p[0] == "160000" { // a submodule
			continue
		}
		f.t.Name(name, false)
		if p[0] == "120000" { // a link, perhaps to a directory
			f.t.Name(name+"/", false)
			continue
		}
		f.h.hexLen = len(p[2])
		if n, ok := f.h.blob(p[2]); ok {
			f.h.isNew[n] = true
			f.names[n] = append(f.names[n], name)
		}
	}
}

// Request is History.Request.
func (f *Files) Request(w io.Writer) error { return f.h.Request(w) }

// Small is History.Small.
func (f *Files) Small(w io.Writer, r io.Reader) error { return f.h.Small(w, r) }

// Over is History.Over.
func (f *Files) Over() (large, missing int) { return f.h.Over() }

// ReadBlobs is History.ReadBlobs, with one goroutine.
func (f *Files) ReadBlobs(r io.Reader, _ int) error {
	return f.h.eachBlob(r, func(n int32, data []byte) {
		for _, name := range f.names[n] {
			f.t.File(name, data)
		}
	})
}

// Names reads names that end in a NUL, as git ls-files -z prints them.
func Names(r io.Reader, fn func(name string)) error {
	t := tokens{r: bufio.NewReaderSize(r, 1<<16)}
	for {
		tok, err := t.next(1 << 16)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if len(tok) > 0 {
			fn(string(tok))
		}
	}
}

// Vendored reports whether a directory, with its slash, holds the code of other
// people, whose files no agent reads that works here.
func Vendored(dir string) bool {
	dir = strings.TrimSuffix(dir, "/")
	return vendored[lower(dir[strings.LastIndexByte(dir, '/')+1:])+"/"]
}
