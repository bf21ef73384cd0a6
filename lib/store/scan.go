package store

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
)

// Scan calls fn for each whole line of a session's file from an offset on, and
// returns the offset behind the last. Where the file is shorter than that, it
// is read from its start, and again is set. A session that is not stored has no
// lines. Lines come as they are stored: nothing is put together. An error of fn
// ends it; to is then behind the line that it was given.
func (s *Store) Scan(session string, from int64, fn func(line []byte) error) (to int64, again bool, err error) {
	root, err := s.root(false)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, from > 0, nil
	} else if err != nil {
		return 0, false, err
	}
	defer root.Close()
	f, err := root.Open(filepath.Join(DirName(session), eventsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, from > 0, nil
	} else if err != nil {
		return 0, false, fmt.Errorf("cannot read session %s: %w", session, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0, false, err
	}
	if from > info.Size() {
		from, again = 0, true
	}
	to, err = ScanLines(io.NewSectionReader(f, from, info.Size()-from), fn)
	return from + to, again, err
}

// ScanLines calls fn for each line of r that ends, without its newline, and
// returns how many bytes they have. It is for files that are still written. An
// error of fn ends it.
func ScanLines(r io.Reader, fn func([]byte) error) (n int64, err error) {
	br := bufio.NewReaderSize(r, 256<<10)
	var long []byte
	for {
		part, err := br.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			long = append(long, part...)
			continue
		case errors.Is(err, io.EOF):
			return n, nil
		case err != nil:
			return n, err
		}
		line := part
		if len(long) > 0 {
			long = append(long, part...)
			line = long
		}
		n += int64(len(line))
		if err := fn(line[:len(line)-1]); err != nil {
			return n, err
		}
		long = long[:0]
	}
}

// Cached returns what Cache kept under a name beside the events of a session,
// nil if there is nothing.
func (s *Store) Cached(session, name string) []byte {
	root, err := s.root(false)
	if err != nil {
		return nil
	}
	defer root.Close()
	b, err := root.ReadFile(filepath.Join(DirName(session), name))
	if err != nil {
		return nil
	}
	return b
}

// Cache keeps what can be computed again from the events of a session, which
// must be stored. It is renamed into its place, so that a reader never sees
// half of it; of two that are written at once, one stays.
func (s *Store) Cache(session, name string, data []byte) error {
	root, err := s.root(false)
	if err != nil {
		return err
	}
	defer root.Close()
	name = filepath.Join(DirName(session), name)
	var suffix [6]byte
	rand.Read(suffix[:])
	temp := name + "." + hex.EncodeToString(suffix[:])
	if err = root.WriteFile(temp, data, 0o600); err == nil {
		err = root.Rename(temp, name)
	}
	if err != nil {
		root.Remove(temp)
	}
	return err
}

// Head calls fn for the whole lines in the first n bytes of a session, until it
// returns false.
func (s *Store) Head(session string, n int64, fn func(line []byte) bool) error {
	root, err := s.root(false)
	if err != nil {
		return err
	}
	defer root.Close()
	f, err := root.Open(filepath.Join(DirName(session), eventsFile))
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = ScanLines(io.LimitReader(f, n), func(line []byte) error {
		if !fn(line) {
			return io.EOF
		}
		return nil
	})
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return err
}
