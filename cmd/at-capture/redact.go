package main

import (
	"errors"

	"agenttrace/lib/capture"
	"agenttrace/lib/cli"
	"agenttrace/lib/event"
	"agenttrace/lib/redact"
	"agenttrace/lib/scrub"
)

// badPattern returns what is wrong with one of the patterns.
func (o *options) badPattern() error {
	for _, re := range o.patterns {
		if _, err := redact.Compile("custom", re); err != nil {
			return err
		}
	}
	return nil
}

var errNotRedacted = errors.New("an event that could not be redacted is not passed on")

// redacted has secrets taken out of each event before it goes anywhere, and of
// each record that is put aside because it is none.
func (o *options) redacted(c *cli.IO, k *capture.Capture) error {
	if !o.redact && len(o.patterns) == 0 {
		return nil
	}
	f, err := redact.NewFilter(o.patterns, cli.Markers(c, o.where, "REDACTED"))
	if err != nil {
		return err
	}
	emit, problem := k.Emit, k.Problem
	var buf []byte
	o.clean = func(line []byte) ([]byte, error) { return clean(f, &buf, line) }
	k.Emit = func(line []byte) error {
		out, err := o.clean(line)
		if err != nil {
			return err
		}
		return emit(out)
	}
	k.Problem = func(err *event.SyntaxError, raw []byte) {
		if raw != nil {
			out, cerr := clean(f, new([]byte), raw)
			if cerr != nil {
				out = nil
			}
			raw = out
		}
		problem(err, raw)
	}
	return nil
}

// clean returns a line without its secrets. The result is valid until buf is
// used again.
func clean(f *scrub.Filter, buf *[]byte, line []byte) ([]byte, error) {
	out, n, _ := f.Line((*buf)[:0], line)
	if out == nil {
		return nil, errNotRedacted
	}
	if n > 0 {
		*buf = out
	}
	return out, nil
}
