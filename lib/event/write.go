package event

import (
	"bufio"
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
