package cli

import (
	"io"
	"os"
)

// Inputs opens FILE… in order, for commands that read by the chunk and not by
// the event, and calls read for each. name is for messages. A file that cannot
// be opened is reported and passed over; an error of read ends the run.
func (c *IO) Inputs(read func(r io.Reader, name string) error) error {
	names := c.Files()
	if len(names) == 0 {
		names = []string{"-"}
	}
	for _, name := range names {
		if err := c.input(name, read); err != nil {
			return err
		}
	}
	return nil
}

func (c *IO) input(name string, read func(r io.Reader, name string) error) error {
	if name == "-" {
		return read(c.Stdin, "<stdin>")
	}
	f, err := os.Open(name)
	if err != nil {
		c.Warnf("%v", err)
		return nil
	}
	defer f.Close()
	return read(f, name)
}
