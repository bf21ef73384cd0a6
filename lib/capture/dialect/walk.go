package dialect

import (
	"cmp"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// Walk lists files at and below root, the earliest first: of those that wants
// asks for by their path, those that look takes. It is given the file and up to
// headSize bytes of its start, and adds what they tell. What cannot be read is
// told to problem.
func Walk(fsys fs.FS, root string, problem func(error), headSize int64, wants func(name string) bool, look func(f *Found, head []byte) bool) []Found {
	var list []Found
	fs.WalkDir(fsys, root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			problem(err)
			return nil
		}
		if !d.Type().IsRegular() || !wants(name) {
			return nil
		}
		f := Found{Path: name}
		head, err := f.open(fsys, headSize)
		if err != nil {
			problem(err)
		} else if look(&f, head) {
			list = append(list, f)
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b Found) int {
		return cmp.Or(a.Began.Compare(b.Began), strings.Compare(a.Path, b.Path))
	})
	return list
}

// open returns the start of the file, and notes its size and time.
func (f *Found) open(fsys fs.FS, headSize int64) ([]byte, error) {
	file, err := fsys.Open(f.Path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	f.Size, f.Modified = info.Size(), info.ModTime()
	return io.ReadAll(io.LimitReader(file, headSize))
}
