package sqlite

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// Magic is how a SQLite data base begins.
const Magic = "SQLite format 3\x00"

// journalMagic is how a rollback journal begins that is not over: after a
// commit it is deleted, emptied, or overwritten with zeros.
var journalMagic = []byte{0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7}

// Where the header of a data base says how it is written and read: 1 by a
// rollback journal, 2 by a write-ahead log.
const (
	headerSize   = 100
	writeVersion = 18
	readVersion  = 19
)

// settle is how long ago the last change of the file must be for a further one
// to show in its time: kernels take it from a clock that ticks every 1 to 10
// milliseconds.
const settle = 25 * time.Millisecond

// patience is how long a snapshot is tried for, while others write.
const patience = time.Second

// ErrNotSQLite is returned for a file that is no SQLite data base.
var ErrNotSQLite = errors.New("not a SQLite data base, or one that is encrypted")

var errUnfinished = errors.New("a transaction is unfinished (there is a -journal beside it): the program that keeps it will mend it when it is started next")
var errBusy = errors.New("it is being written all the time")

// A Snapshot is a data base as it was at one moment. It may be used by several
// goroutines. Its files are closed when it is closed, or is out of reach.
type Snapshot struct {
	path  string
	db    *os.File
	was   fs.FileInfo
	log   *wal  // nil if there is none
	page  int64 // size of a page
	pages int64 // how many there are
}

// Open takes a snapshot. Errors name the file.
func Open(path string) (*Snapshot, error) {
	var err error
	for end := time.Now().Add(patience); ; {
		var s *Snapshot
		if s, err = take(path); err == nil {
			return s, nil
		}
		if err != errUnfinished && err != errBusy || time.Now().After(end) {
			break
		}
		time.Sleep(settle)
	}
	var perr *fs.PathError
	if errors.As(err, &perr) {
		return nil, err
	}
	return nil, &fs.PathError{Op: "read", Path: path, Err: err}
}

func take(path string) (_ *Snapshot, err error) {
	s := &Snapshot{path: path}
	if s.db, err = os.Open(path); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.Close()
		}
	}()
	if s.was, err = s.db.Stat(); err != nil {
		return nil, err
	}
	if !s.was.Mode().IsRegular() {
		return nil, ErrNotSQLite
	}
	if age := time.Since(s.was.ModTime()); age >= 0 && age < settle {
		time.Sleep(settle - age)
		return nil, errBusy
	}
	head := make([]byte, headerSize)
	n, err := s.db.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if n > 0 && !bytes.HasPrefix(head[:n], []byte(Magic)) {
		return nil, ErrNotSQLite
	}
	if n == headerSize {
		s.page = int64(binary.BigEndian.Uint16(head[16:]))
		if s.page == 1 {
			s.page = 1 << 16
		}
		if s.page < 512 || s.page&(s.page-1) != 0 {
			return nil, errors.New("a SQLite data base with a broken header")
		}
		s.pages = s.was.Size() / s.page
	}
	if n < headerSize || head[readVersion] != 1 {
		if s.log, err = openWAL(path+"-wal", s.page); err != nil {
			return nil, err
		}
	}
	if s.log != nil && s.log.pages > 0 {
		s.page, s.pages = s.log.page, s.log.pages
	} else if unfinished(path + "-journal") {
		return nil, errUnfinished
	}
	if !s.Intact() {
		return nil, errBusy
	}
	return s, nil
}

// unfinished reports whether a rollback journal tells of a transaction that is
// not over.
func unfinished(journal string) bool {
	f, err := os.Open(journal)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(journalMagic))
	_, err = io.ReadFull(f, head)
	return err == nil && bytes.Equal(head, journalMagic)
}

// Intact reports whether what was read so far is what the data base was when
// the snapshot was taken.
func (s *Snapshot) Intact() bool {
	info, err := s.db.Stat()
	return err == nil && info.Size() == s.was.Size() && info.ModTime().Equal(s.was.ModTime()) && s.log.intact()
}

// Current reports whether a new snapshot would be the same.
func (s *Snapshot) Current() bool {
	info, err := os.Stat(s.path)
	return err == nil && os.SameFile(info, s.was) && s.Intact() && s.log.current(s.path+"-wal")
}

// Close closes the files.
func (s *Snapshot) Close() error {
	err := s.db.Close()
	if s.log != nil {
		err = errors.Join(err, s.log.file.Close())
	}
	return err
}

// Size returns the size of the data base in bytes.
func (s *Snapshot) Size() (int64, error) { return s.pages * s.page, nil }

// ReadAt reads a part of the data base. Pages that are nowhere are zero.
func (s *Snapshot) ReadAt(b []byte, off int64) (int, error) {
	done := 0
	for done < len(b) {
		at := off + int64(done)
		if at >= s.pages*s.page {
			return done, io.EOF
		}
		within := at % s.page
		part := b[done:min(len(b), done+int(s.page-within))]
		from, place := s.db, at
		if frame, ok := s.log.find(uint32(at/s.page) + 1); ok {
			from, place = s.log.file, frame+within
		}
		n, err := from.ReadAt(part, place)
		if err != nil && err != io.EOF {
			return done, fmt.Errorf("%s: %w", from.Name(), err)
		}
		clear(part[n:])
		for i := range part { // this is no data base with a log any more
			p := at + int64(i)
			if p > readVersion {
				break
			}
			if p >= writeVersion && part[i] == 2 {
				part[i] = 1
			}
		}
		done += len(part)
	}
	return done, nil
}
