package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"agenttrace/lib/event"
)

// Outlive is for commands that have more to do than to write to standard
// output: where that fails, they go on, and what they write is dropped. The run
// then ends as it would have: by SIGPIPE, silently, if the reader has gone, or
// with the error and status Trouble.
func (c *IO) Outlive() {
	// With somebody to be told of it the signal does not end the process.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	c.rest = &outlived{w: c.Stdout}
	c.Stdout = c.rest
	c.Out = event.NewWriter(c.Stdout)
}

// outlived is standard output, which may fail.
type outlived struct {
	w   io.Writer
	err error // of the first write that failed
}

func (o *outlived) Write(b []byte) (int, error) {
	if o.err == nil {
		_, o.err = o.w.Write(b)
	}
	return len(b), nil
}

// end returns what is wrong with standard output, if anything is. If its reader
// has gone, and there is nothing else to be said, it does not return.
func (o *outlived) end(trouble bool) error {
	if !errors.Is(o.err, syscall.EPIPE) {
		if o.err != nil {
			return fmt.Errorf("cannot pass on the events: %w", o.err)
		}
		return nil
	}
	if !trouble {
		// The runtime ends the process when it is not told of the signal.
		signal.Reset(syscall.SIGPIPE)
		o.w.Write([]byte{'\n'})
	}
	return nil
}
