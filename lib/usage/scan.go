package usage

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"

	"agenttrace/lib/capture"
	"agenttrace/lib/capture/claude"
	"agenttrace/lib/event"
)

// blockSize is how much of a file is read at once, in bytes; a longer line
// makes it larger.
const blockSize = 512 << 10

// castagnoli is the polynomial that processors have an instruction for.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// sumFaster is how much faster bytes are summed up than taken apart.
const sumFaster = 8

// maxProblems is how many problems of a file are remembered; a file with more
// is read each time.
const maxProblems = 100

// A problem is what is wrong with a line.
type problem struct {
	line int
	msg  string
}

var errMixed = errors.New("more than a transcript")

// How files begin that must be decoded: compressed ones (RFC 8878, 3.1.1), and
// those in UTF-16.
var encodings = [][]byte{{0x28, 0xb5, 0x2f, 0xfd}, {0xff, 0xfe}, {0xfe, 0xff}}

// isEncoded reports whether a file that begins so must be decoded.
func isEncoded(head []byte) bool {
	return slices.ContainsFunc(encodings, func(mark []byte) bool { return bytes.HasPrefix(head, mark) })
}

// scan makes the steps of a transcript below a root, of those bytes that x does
// not cover yet. It fails with errMixed if the file holds anything else. buf is
// room for reading, which is returned.
func scan(x *entry, root string, buf []byte, clock func() int64) ([]byte, error) {
	path := filepath.Join(root, filepath.FromSlash(x.path))
	if err := x.look(root); err != nil {
		return buf, err
	}
	f, err := os.Open(path)
	if err != nil {
		return buf, err
	}
	defer f.Close()
	began := clock()
	info, err := f.Stat()
	if err != nil {
		return buf, err
	}
	s := scanner{f: f, buf: buf}
	if len(s.buf) < blockSize {
		s.buf = make([]byte, blockSize)
	}
	if x.resumable && s.covers(x) {
		s.from(x)
	} else {
		s.m = &maker{started: map[string]bool{}}
	}
	id, known := identify(info)
	sure := known && id.sure(began) && (x.child == ident{} || x.child.sure(began))
	if err := s.read(x, path, clock); err != nil {
		x.id, x.sure, x.keep = id, sure, known && err == errMixed
		return s.buf, err
	}
	x.sure = sure && id.size == x.id.size
	id.size = x.id.size // what was read, of a file that has grown since
	x.id = id
	x.fresh, x.keys, x.short = true, nil, nil
	x.keep = known && len(x.problems) <= maxProblems
	return s.buf, nil
}

// A scanner reads one file.
type scanner struct {
	f        *os.File
	buf      []byte
	m        *maker
	resume   claude.Resume
	resumed  bool
	sum      uint32 // of what stands before the place to go on from
	problems []problem
}

// covers reports whether the file begins with the bytes that the entry was
// made of.
func (s *scanner) covers(x *entry) bool {
	x.work += x.id.size / sumFaster
	s.sum = checksum(s.f, 0, 0, x.resume.Off, s.buf)
	return checksum(s.f, s.sum, x.resume.Off, x.id.size, s.buf) == x.sum
}

// checksum returns the checksum of the bytes of a file up to an offset, of
// which sum is that up to from. Where the file is shorter it is another one.
func checksum(r io.ReaderAt, sum uint32, from, to int64, buf []byte) uint32 {
	for from < to {
		n, err := r.ReadAt(buf[:min(int64(len(buf)), to-from)], from)
		sum = crc32.Update(sum, castagnoli, buf[:n])
		if from += int64(n); err != nil && from < to {
			return ^sum
		}
	}
	return sum
}

// from goes on where an entry says.
func (s *scanner) from(x *entry) {
	m, ok := resumed(x.steps[:x.resume.Given])
	if !ok {
		s.m = &maker{started: map[string]bool{}}
		return
	}
	s.m, s.resume, s.resumed = m, x.resume, true
	for _, p := range x.problems {
		if p.line < x.resume.Line {
			s.problems = append(s.problems, p)
		}
	}
}

// read reads the rest of the file.
func (s *scanner) read(x *entry, path string, clock func() int64) error {
	k := &capture.Capture{Usage: true, Emit: s.m.take, Clock: clock, Mark: func() int { return len(s.m.b) }}
	k.Problem = func(err *event.SyntaxError, _ []byte) {
		if len(s.problems) <= maxProblems {
			s.problems = append(s.problems, problem{err.Line, err.Msg})
		}
	}
	s.m.first = func() (int64, bool) {
		first := k.First()
		return first.UnixNano - first.UnixNano%1000, first.Timed // as events tell it
	}
	file := x.file.Capture()
	file.Name = path
	tail, sum := k.Tail(file), uint32(0)
	if s.resumed {
		tail, sum = k.TailFrom(file, s.resume), s.sum
	}
	off, held := s.resume.Off, 0
	for {
		if held == len(s.buf) {
			if held >= event.MaxLine {
				return fmt.Errorf("%s: a line is longer than %d MiB", path, event.MaxLine>>20)
			}
			s.buf = append(s.buf, make([]byte, len(s.buf))...)
		}
		n, err := s.f.ReadAt(s.buf[held:], off)
		if err != nil && err != io.EOF {
			return err
		}
		if off == 0 && isEncoded(s.buf[:n]) {
			return errMixed
		}
		off += int64(n)
		sum = crc32.Update(sum, castagnoli, s.buf[held:held+n])
		held += n
		whole := bytes.LastIndexByte(s.buf[held-n:held], '\n') + 1
		if whole > 0 {
			whole += held - n
			if lerr := tail.Lines(s.buf[:whole]); lerr != nil {
				return fmt.Errorf("%s: %w", path, lerr)
			}
			held = copy(s.buf, s.buf[whole:held])
		}
		if k.Mixed() {
			return errMixed
		}
		if err == io.EOF {
			break
		}
	}
	resume, ok := tail.Resume(len(s.m.b))
	if held > 0 {
		if err := tail.Lines(s.buf[:held]); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	if err := errors.Join(tail.End(), k.Quiet()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if k.Mixed() {
		return errMixed
	}
	x.work += off - s.resume.Off
	x.id.size, x.sum, x.steps, x.problems = off, sum, s.m.b, s.problems
	x.resume, x.resumable = resume, ok
	x.silent, x.answers = s.m.silent(), s.m.usage
	return nil
}
