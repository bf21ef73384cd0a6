package event

import (
	"bytes"
	"fmt"
	"io"
	"runtime"
	"sync"
)

// A Chunk is a piece of a file that holds whole lines. Only the last line of
// a file may lack its newline.
type Chunk struct {
	Data []byte
	Off  int64 // of Data in the file, in bytes
	Line int   // the number of its first line, from 1
}

// chunkSize is how much is read at once, in bytes: enough for handing it to
// another goroutine to cost nothing, and little enough to stay in the cache.
const chunkSize = 512 << 10

// buffers are the chunks that are not in use. A pointer is kept, so that giving
// one back allocates nothing.
var buffers = sync.Pool{New: func() any {
	b := make([]byte, 0, chunkSize)
	return &b
}}

func room() []byte { return (*buffers.Get().(*[]byte))[:0] }

// giveBack makes a buffer free for another chunk; not one that a long line has
// made large, which would be kept for nothing.
func giveBack(b []byte) {
	if cap(b) <= 4*chunkSize {
		buffers.Put(&b)
	}
}

// Chunks reads r in chunks and calls work for each, several at a time, and
// take with the results, one at a time and in order. A chunk is used again
// after take: its result must not keep any part of it. idle, if not nil, is
// called when there is nothing to do until more can be read; filters flush
// their output there. A panic of work is one of the caller.
func Chunks[T any](r io.Reader, idle func() error, work func(Chunk) T, take func(T) error) error {
	type result struct {
		value    T
		panicked any
	}
	type task struct {
		chunk Chunk
		done  chan result
	}
	do := func(c Chunk) (r result) {
		// A panic is passed on to the caller, who may want to survive it.
		defer func() { r.panicked = recover() }()
		r.value = work(c)
		return r
	}
	workers := runtime.GOMAXPROCS(0)
	todo := make(chan *task)
	queue := make(chan *task, 2*workers)
	stop := make(chan struct{})
	var readErr error

	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for t := range todo {
				t.done <- do(t.chunk)
			}
		})
	}
	wg.Go(func() {
		defer close(queue)
		defer close(todo)
		readErr = cut(r, func(c Chunk) bool {
			t := &task{c, make(chan result, 1)}
			select {
			case queue <- t:
			case <-stop:
				return false
			}
			select {
			case todo <- t:
			case <-stop:
				return false
			}
			return true
		})
	})

	var err error
	for err == nil {
		var t *task
		var more bool
		select {
		case t, more = <-queue:
		default:
			if idle != nil {
				if err = idle(); err != nil {
					break
				}
			}
			t, more = <-queue
		}
		if err != nil || !more {
			break
		}
		r := <-t.done
		if r.panicked != nil {
			close(stop)
			panic(r.panicked)
		}
		err = take(r.value)
		giveBack(t.chunk.Data)
	}
	close(stop)
	if err != nil {
		// The reader may wait for input that never comes; it is left to end
		// with the process.
		return err
	}
	wg.Wait()
	return readErr
}

// cut reads r and hands out chunks until give returns false.
func cut(r io.Reader, give func(Chunk) bool) error {
	buf := room()
	off, line := int64(0), 1
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)] // a line longer than the buffer
			if len(buf) > maxLine {
				return fmt.Errorf("line %d is longer than %d MiB", line, maxLine>>20)
			}
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		had := len(buf)
		buf = buf[:had+n]
		end := bytes.LastIndexByte(buf[had:], '\n') + 1 + had
		if err != nil {
			if len(buf) > 0 {
				give(Chunk{buf, off, line})
			}
			if err == io.EOF {
				err = nil
			}
			return err
		}
		// What is there is handed out: a pipe is not waited for while it holds
		// a line back, and a file fills the buffer at once.
		if end == had {
			continue
		}
		rest := buf[end:]
		next := append(room(), rest...)
		lines := bytes.Count(buf[:end], []byte{'\n'})
		if !give(Chunk{buf[:end], off, line}) {
			return nil
		}
		off += int64(end)
		line += lines
		buf = next
	}
}
