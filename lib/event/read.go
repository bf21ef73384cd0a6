package event

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
)

// MaxLine is the longest line that is read, in bytes. A longer one is an
// error that ends the reading of its file.
const MaxLine = 256 << 20

// A SyntaxError reports a line that is not an event, or not quite. It is not
// fatal: the reader goes on to the next line.
type SyntaxError struct {
	File string
	Line int // from 1
	Msg  string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg) }

// A LineReader reads the lines of a file: without a limit on their length
// below MaxLine, without the newline, the carriage return before it, and a
// byte order mark at the start of the file. A last line need not end in a
// newline.
type LineReader struct {
	// BeforeBlock, if set, is called before each read that may wait for
	// input. Filters set it to the Flush of their output.
	BeforeBlock func() error

	br   *bufio.Reader
	long []byte
	n    int
}

// NewLineReader returns a reader of the lines of r.
func NewLineReader(r io.Reader) *LineReader { return NewLineReaderSize(r, 256<<10) }

// NewLineReaderSize is NewLineReader with a buffer of size bytes, for files of
// which only a few lines are read.
func NewLineReaderSize(r io.Reader, size int) *LineReader {
	return &LineReader{br: bufio.NewReaderSize(r, size)}
}

// Reset makes the reader read from r, from line 1.
func (r *LineReader) Reset(in io.Reader) {
	r.br.Reset(in)
	r.n = 0
}

// Line returns the number of the line that Read gave last, from 1.
func (r *LineReader) Line() int { return r.n }

// Read returns the next line, which is valid until the next call. At the end
// it returns io.EOF.
func (r *LineReader) Read() ([]byte, error) {
	line, err := r.raw()
	if err != nil && (err != io.EOF || len(line) == 0) {
		return nil, err
	}
	r.n++
	line = bytes.TrimSuffix(line, []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	if r.n == 1 {
		line = bytes.TrimPrefix(line, []byte("\uFEFF"))
	}
	return line, nil
}

// raw returns the bytes up to and including the next newline.
func (r *LineReader) raw() ([]byte, error) {
	r.long = r.long[:0]
	for {
		if r.BeforeBlock != nil && !r.holdsLine() {
			if err := r.BeforeBlock(); err != nil {
				return nil, err
			}
		}
		part, err := r.br.ReadSlice('\n')
		if err == nil && len(r.long) == 0 {
			return part, nil // the usual case: no copy
		}
		r.long = append(r.long, part...)
		if len(r.long) > MaxLine {
			return nil, fmt.Errorf("a line longer than %d MiB", MaxLine>>20)
		}
		if err != bufio.ErrBufferFull {
			return r.long, err
		}
	}
}

// holdsLine reports whether a line can be had without a read.
func (r *LineReader) holdsLine() bool {
	buf, _ := r.br.Peek(r.br.Buffered())
	return bytes.IndexByte(buf, '\n') >= 0
}

// Files reads the events of a list of files, one after another. No names, or
// the name "-", mean standard input. Blank lines are passed over.
type Files struct {
	Names []string
	Stdin io.Reader // os.Stdin if nil

	// Skip, if set, is told of a file that cannot be opened or read to its
	// end, which is then left. If nil, such a file ends Scan.
	Skip func(error)

	// BeforeBlock, if set, is called before each read that may wait.
	BeforeBlock func() error

	started bool
	file    io.Closer
	lines   *LineReader
	name    string
	pending []Event // further events of a line that held more than one
	event   Event
	bad     error
	err     error
}

// Scan advances to the next line and reports whether there is one.
func (r *Files) Scan() bool {
	for r.err == nil {
		if len(r.pending) > 0 {
			r.event, r.bad, r.pending = r.pending[0], nil, r.pending[1:]
			return true
		}
		if r.file == nil && !r.open() {
			return false
		}
		line, err := r.lines.Read()
		if err != nil {
			r.file.Close()
			r.file = nil
			if err != io.EOF {
				r.fail(fmt.Errorf("%s:%d: %w", r.name, r.lines.Line()+1, err))
			}
			continue
		}
		if len(bytes.TrimSpace(line)) > 0 {
			r.take(line)
			return true
		}
	}
	return false
}

func (r *Files) fail(err error) {
	if r.Skip != nil {
		r.Skip(err)
	} else {
		r.err = err
	}
}

func (r *Files) open() bool {
	if !r.started {
		r.started = true
		if len(r.Names) == 0 {
			r.Names = []string{"-"}
		}
	}
	for r.err == nil && len(r.Names) > 0 {
		r.name, r.Names = r.Names[0], r.Names[1:]
		in, err := r.openOne()
		if err != nil {
			r.fail(err)
			continue
		}
		r.file = in
		if r.lines == nil {
			r.lines = NewLineReader(in)
			r.lines.BeforeBlock = r.BeforeBlock
		} else {
			r.lines.Reset(in)
		}
		return true
	}
	return false
}

func (r *Files) openOne() (io.ReadCloser, error) {
	if r.name != "-" {
		return os.Open(r.name)
	}
	r.name = "<stdin>"
	if r.Stdin != nil {
		return io.NopCloser(r.Stdin), nil
	}
	return io.NopCloser(os.Stdin), nil
}

// take makes the events of a line.
func (r *Files) take(line []byte) {
	r.bad = nil
	note := ""
	text, valid := repair(line)
	if !valid {
		note = "bytes that are not UTF-8, read as U+FFFD"
	}
	e, err := Parse(text)
	e.File, e.Line = r.name, r.lines.Line()
	r.event = e
	switch {
	case err != nil:
		r.event.Raw = line
		note = err.Error()
		if parts := Split(text); parts != nil {
			note = fmt.Sprintf("%d events joined without a newline, all of them read", len(parts))
			r.events(parts)
		} else if rest := Rescue(text); rest != nil {
			// The torn beginning is the bad line; the event after it follows.
			note = "a torn line, with an event joined to it that was read"
			r.event.Raw = line[:tornEnd(line, rest)]
			r.pending = r.appendEvent(r.pending[:0], rest)
		}
	}
	if note != "" {
		r.bad = &SyntaxError{r.name, r.lines.Line(), note}
	}
}

// events makes events of the parts of one line: the first is the current one.
func (r *Files) events(parts [][]byte) {
	r.pending = r.pending[:0]
	for _, p := range parts {
		r.pending = r.appendEvent(r.pending, bytes.Clone(p))
	}
	r.event, r.pending = r.pending[0], r.pending[1:]
}

func (r *Files) appendEvent(list []Event, raw []byte) []Event {
	e, err := Parse(bytes.Clone(raw))
	if err != nil {
		return list
	}
	e.File, e.Line = r.name, r.lines.Line()
	return append(list, e)
}

// Event returns the event read by Scan. The error is a *SyntaxError if the
// line is not quite an event: if the event then has a type, it can be used all
// the same (two events stood on one line, or a byte was not UTF-8); if not, its
// Raw is the line as it came.
func (r *Files) Event() (Event, error) { return r.event, r.bad }

// Err returns the error that ended Scan, nil at the end of the input.
func (r *Files) Err() error { return r.err }

// Split returns the JSON objects of a line that holds two or more of them, one
// after another, each with an event_type; nil if it is anything else. A writer
// that was stopped before its newline leaves such lines.
func Split(line []byte) [][]byte { return split(line, "event_type") }

// SplitObjects is Split for objects of any kind.
func SplitObjects(line []byte) [][]byte { return split(line, "") }

func split(line []byte, key string) (parts [][]byte) {
	for i := skipSpace(line, 0); i < len(line); i = skipSpace(line, i) {
		n, ok := Value(line[i:])
		if !ok || line[i] != '{' {
			return nil
		}
		part := line[i : i+n]
		if _, err := Parse(part); key != "" && err != nil {
			return nil
		}
		parts = append(parts, part)
		i += n
	}
	if len(parts) < 2 {
		return nil
	}
	return parts
}

// Rescue returns the event at the end of a line that begins with something
// torn, nil if there is none: a writer was stopped in the middle of an event,
// and the next one went on in the same line.
func Rescue(line []byte) []byte { return RescueObject(line, eventBegin) }

var eventBegin = []byte(`{"event_type":`)

// tornEnd returns where rest, which Rescue found in the repaired line, begins
// in the line as it came. A repaired line is longer, but events begin in both
// as often.
func tornEnd(line, rest []byte) int {
	end := len(line)
	for range bytes.Count(rest, eventBegin) {
		end = bytes.LastIndex(line[:end], eventBegin)
	}
	return end
}

// RescueObject is Rescue for objects that begin with the bytes given.
func RescueObject(line, begin []byte) []byte {
	// The last places are tried first. Their number is bounded, so that a
	// hostile line costs no more than a few times its length.
	for end, tries := len(line), 0; tries < 8; tries++ {
		i := bytes.LastIndex(line[:end], begin)
		if i <= 0 {
			return nil
		}
		if _, err := Check(line[i:]); err == nil {
			return line[i:]
		}
		end = i
	}
	return nil
}
