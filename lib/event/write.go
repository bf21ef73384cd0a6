package event

import (
	"bufio"
	"bytes"
	"io"
)

// A Writer writes lines. Each goes out whole: a line is never cut over two
// writes unless it is longer than the buffer.
type Writer struct{ w *bufio.Writer }

// NewWriter returns a Writer to w. Call Flush at the end.
func NewWriter(w io.Writer) *Writer { return &Writer{bufio.NewWriterSize(w, 64<<10)} }

// Write writes one line and adds its newline.
func (w *Writer) Write(line []byte) error {
	if w.w.Available() <= len(line) {
		if err := w.w.Flush(); err != nil {
			return err
		}
	}
	w.w.Write(line)
	return w.w.WriteByte('\n')
}

// Flush writes out what is buffered.
func (w *Writer) Flush() error { return w.w.Flush() }

// LineWriter returns a writer that calls fn for each line written to it,
// without its newline, and then flush, at the end of each Write. A last line
// without a newline is not seen.
func LineWriter(fn func(line []byte) error, flush func() error) io.Writer {
	return &lineWriter{fn: fn, flush: flush}
}

type lineWriter struct {
	fn    func([]byte) error
	flush func() error
	part  []byte
}

func (w *lineWriter) Write(b []byte) (int, error) {
	n := len(b)
	for {
		i := bytes.IndexByte(b, '\n')
		if i < 0 {
			w.part = append(w.part, b...)
			return n, w.flush()
		}
		line := b[:i:i]
		if len(w.part) > 0 {
			w.part = append(w.part, line...)
			line = w.part
		}
		if err := w.fn(line); err != nil {
			return 0, err
		}
		w.part = w.part[:0]
		b = b[i+1:]
	}
}
