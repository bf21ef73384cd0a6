package cli

import (
	"io"
	"strings"

	"agenttrace/lib/event"
)

// How much is read ahead at most: aheadBatches batches, each of so many events or
// bytes. A batch is large enough for the cost of handing it over not to matter.
const (
	aheadEvents  = 512
	aheadBytes   = 256 << 10
	aheadBatches = 3
)

// ahead is an event that was read before its turn, or what happened instead.
type ahead[T any] struct {
	event event.Event
	bad   error // of Event
	skip  error // a file that was left
	idle  bool  // more is waited for
	value T
}

type aheadBatch[T any] struct {
	items []ahead[T]
	lines []byte // of the events
}

// EachAhead is Report.Each for reports that have work to do with an event which
// does not depend on the others: prepare does it, on another goroutine and some
// events ahead, and fn gets what it returned.
func EachAhead[T any](c *IO, r *Report, kind string, prepare func(event.Event) T, fn func(event.Event, T) error) error {
	todo, free := make(chan *aheadBatch[T]), make(chan *aheadBatch[T], aheadBatches)
	stop := make(chan struct{})
	defer close(stop)
	for range aheadBatches {
		free <- &aheadBatch[T]{}
	}
	before, skip := c.In.BeforeBlock, c.In.Skip
	var readErr error
	go func() {
		defer close(todo)
		readErr = readAhead(c, prepare, todo, free, stop)
	}()
	kinds := strings.Fields(kind)
	take := func(x *ahead[T]) error {
		switch {
		case x.idle && before != nil:
			return before()
		case x.idle:
			return nil
		case x.skip != nil && skip != nil:
			skip(x.skip)
			return nil
		case x.skip != nil:
			return x.skip
		}
		return c.one(x.event, x.bad, func(e event.Event) error {
			return r.take(c, kinds, e, func(e event.Event) error { return fn(e, x.value) })
		}, r.bad(c))
	}
	for b := range todo {
		for i := range b.items {
			// An error ends the run: the reader, which may wait for input, is
			// not waited for.
			if err := take(&b.items[i]); err != nil {
				return err
			}
		}
		free <- b
	}
	c.In.BeforeBlock, c.In.Skip = before, skip
	return readErr
}

// readAhead reads events into the batches that are free, until stop is closed.
func readAhead[T any](c *IO, prepare func(event.Event) T, todo chan<- *aheadBatch[T], free <-chan *aheadBatch[T], stop <-chan struct{}) error {
	var b *aheadBatch[T]
	room := func() bool {
		if b == nil {
			select {
			case b = <-free:
				b.items, b.lines = b.items[:0], b.lines[:0]
			case <-stop:
				return false
			}
		}
		return true
	}
	send := func() error {
		if b != nil && len(b.items) > 0 {
			select {
			case todo <- b:
				b = nil
			case <-stop:
				return io.ErrClosedPipe
			}
		}
		return nil
	}
	c.In.BeforeBlock = func() error {
		if !room() {
			return io.ErrClosedPipe
		}
		b.items = append(b.items, ahead[T]{idle: true})
		return send()
	}
	c.In.Skip = func(err error) {
		if room() {
			b.items = append(b.items, ahead[T]{skip: err})
		}
	}
	for c.In.Scan() {
		if !room() {
			return nil
		}
		x := ahead[T]{}
		x.event, x.bad = c.In.Event()
		if cap(b.lines)-len(b.lines) < len(x.event.Raw) {
			// Events that are in the batch already keep the old memory.
			b.lines = make([]byte, 0, max(aheadBytes, len(x.event.Raw)))
		}
		from := len(b.lines)
		b.lines = append(b.lines, x.event.Raw...)
		x.event.Raw = b.lines[from:len(b.lines):len(b.lines)]
		if x.bad == nil || x.event.Type() != "" {
			x.value = prepare(x.event)
		}
		b.items = append(b.items, x)
		if len(b.items) >= aheadEvents || len(b.lines) >= aheadBytes {
			if send() != nil {
				return nil
			}
		}
	}
	if err := send(); err != nil {
		return nil
	}
	return c.In.Err()
}
