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

// maxLine is MaxLine but in tests.
var maxLine = MaxLine

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
				return nil, blockError{err}
			}
		}
		part, err := r.br.ReadSlice('\n')
		if err == nil && len(r.long) == 0 {
			return part, nil // the usual case: no copy
		}
		r.long = append(r.long, part...)
		if len(r.long) > maxLine {
			return nil, fmt.Errorf("a line longer than %d MiB", maxLine>>20)
		}
		if err != bufio.ErrBufferFull {
			return r.long, err
		}
	}
}

// blockError is an error of BeforeBlock, which is none of the input.
type blockError struct{ error }

func (e blockError) Unwrap() error { return e.error }

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

	// BeforeBlock, if set, is called before each read that may wait. Its error
	// ends Scan.
	BeforeBlock func() error

	started bool
	file    io.Closer
	lines   *LineReader
	name    string
	pending []scanned // further parts of a line that held more than one event
	event   Event
	bad     error
	err     error
}

// scanned is what Event returns.
type scanned struct {
	e   Event
	bad error
}

// Scan advances to the next line and reports whether there is one.
func (r *Files) Scan() bool {
	for r.err == nil {
		if len(r.pending) > 0 {
			r.event, r.bad, r.pending = r.pending[0].e, r.pending[0].bad, r.pending[1:]
			return true
		}
		if r.file == nil && !r.open() {
			return false
		}
		line, err := r.lines.Read()
		if err != nil {
			r.file.Close()
			r.file = nil
			if b, ok := err.(blockError); ok {
				r.err = b.error
			} else if err != io.EOF {
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
	e, note := r.parse(line)
	r.event, r.bad = e, r.syntaxError(note)
	if e.typ.ok() {
		return
	}
	pieces, note := Joined(line)
	if pieces == nil {
		return
	}
	r.pending = r.pending[:0]
	joined := r.syntaxError(note)
	for _, p := range pieces {
		x := scanned{Event{Raw: bytes.Clone(p.Raw), File: r.name, Line: r.lines.Line()}, joined}
		if p.Whole {
			x.e, note = r.parse(x.e.Raw)
			x.bad = r.syntaxError(note)
		}
		r.pending = append(r.pending, x)
	}
	if pieces[0].Whole {
		r.pending[0].bad = joined
	}
	r.event, r.bad, r.pending = r.pending[0].e, r.pending[0].bad, r.pending[1:]
}

// parse makes an event of a text. What is wrong with it is in note: the event
// then has no type, or bytes of it were replaced.
func (r *Files) parse(text []byte) (e Event, note string) {
	fixed, valid := repair(text)
	e, err := Parse(fixed)
	switch {
	case err != nil:
		e.Raw, note = text, err.Error()
	case !valid:
		note = "bytes that are not UTF-8, read as U+FFFD"
	}
	e.File, e.Line = r.name, r.lines.Line()
	return e, note
}

func (r *Files) syntaxError(note string) error {
	if note == "" {
		return nil
	}
	return &SyntaxError{r.name, r.lines.Line(), note}
}

// Event returns the event read by Scan. The error is a *SyntaxError if the
// line is not quite an event: if the event then has a type, it can be used all
// the same (two events stood on one line, or a byte was not UTF-8); if not, its
// Raw is the line as it came.
func (r *Files) Event() (Event, error) { return r.event, r.bad }

// Err returns the error that ended Scan, nil at the end of the input.
func (r *Files) Err() error { return r.err }
