package send

import (
	"fmt"
	"os"
	"sync"

	"agenttrace/lib/otlp"
)

// Letters is a file to which requests that were not accepted are added, each as a
// line of JSON. It is made when it is needed. Without a Name, nothing is kept. Its
// methods may be called from several goroutines.
type Letters struct {
	Name string

	mu   sync.Mutex
	file *os.File
	buf  []byte
}

// Batch adds a request, as OTLP/JSON.
func (l *Letters) Batch(b *otlp.Batch) error {
	if l.Name == "" {
		return nil
	}
	text, err := otlp.AppendJSON(nil, b.Signal, b.AppendProtobuf(nil))
	if err != nil {
		return err
	}
	return l.Line(text)
}

// Line adds a line, without its newline.
func (l *Letters) Line(text []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.Name == "" {
		return nil
	}
	if l.file == nil {
		f, err := os.OpenFile(l.Name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("cannot write what is not accepted: %w", err)
		}
		l.file = f
	}
	l.buf = append(append(l.buf[:0], text...), '\n')
	if _, err := l.file.Write(l.buf); err != nil {
		return fmt.Errorf("cannot write what is not accepted: %w", err)
	}
	return nil
}

// Close closes the file.
func (l *Letters) Close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}
