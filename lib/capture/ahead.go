package capture

import (
	"errors"
	"fmt"
	"io"

	"agenttrace/lib/event"
)

// filesAhead is how many files are read and taken apart before it is their
// turn. Most are small: one alone does not keep two processors busy.
const filesAhead = 3

// An Input is a file to be read.
type Input struct {
	File
	Open func() (io.ReadCloser, error)
}

// ahead is a file that is being taken apart. The memory of a batch is used
// again when it was taken.
type ahead struct {
	batches chan batch
	taken   chan struct{}
	stop    chan struct{}
	err     error // valid when batches is closed
}

var errStopped = errors.New("stopped")

// ReadAll reads inputs to their ends, in order; while one is taken, the next
// ones are read. What goes wrong with one is told to failed, and the others are
// read all the same.
func (c *Capture) ReadAll(inputs []Input, failed func(error)) {
	c.init()
	var queue []*ahead
	for i, in := range inputs {
		for n := i + len(queue); n < len(inputs) && len(queue) <= filesAhead; n++ {
			queue = append(queue, c.start(inputs[n]))
		}
		if err := c.finish(queue[0], in.File); err != nil {
			failed(err)
		}
		queue = queue[1:]
	}
}

// start begins to take a file apart.
func (c *Capture) start(in Input) *ahead {
	a := &ahead{batches: make(chan batch), taken: make(chan struct{}), stop: make(chan struct{})}
	go func() {
		defer close(a.batches)
		r, err := in.Open()
		if err != nil {
			a.err = err
			return
		}
		defer r.Close()
		a.err = event.Chunks(text(r), nil, c.parse, func(b batch) error {
			select {
			case a.batches <- b:
			case <-a.stop:
				return errStopped
			}
			select {
			case <-a.taken:
			case <-a.stop:
				return errStopped
			}
			return nil
		})
		if a.err != nil {
			a.err = fmt.Errorf("%s: %w", in.Name, a.err)
		}
	}()
	return a
}

// finish takes a file that was begun.
func (c *Capture) finish(a *ahead, f File) error {
	defer close(a.stop)
	c.begin(f)
	for b := range a.batches {
		if err := c.take(b); err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		a.taken <- struct{}{}
	}
	if a.err != nil {
		return a.err
	}
	if err := c.end(); err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	return nil
}

func (c *Capture) begin(f File) {
	c.file = f
	c.docs = documents{}
	c.current, c.textLog = nil, false
	c.claude.Begin(f.Session, f.Child)
}

func (c *Capture) end() error {
	if err := c.docs.end(c); err != nil {
		return err
	}
	return errors.Join(c.claude.End(), c.endForeign())
}
