package main

import (
	"errors"
	"fmt"
	"io"

	"agenttrace/lib/cli"
	"agenttrace/lib/grep"
	"agenttrace/lib/text"
)

func run(c *cli.IO, o *options) error {
	g, err := o.grep()
	if err != nil {
		return err
	}
	g.Emit = c.Out.Write
	if g.Unit == grep.IDs {
		g.Emit = func(id []byte) error { return c.Out.Write([]byte(text.Line(string(id), 0))) }
	}
	g.Problem = func(err error) { c.Warnf("%v", err) }
	g.Idle = c.Out.Flush
	if err := c.Inputs(func(r io.Reader, name string) error { return g.Read(r, name) }); err != nil {
		return err
	}
	if err := g.Close(); err != nil {
		return err
	}
	if o.count {
		if err := c.Out.Write(fmt.Append(nil, g.Selected())); err != nil {
			return err
		}
	}
	if o.status && g.Selected() == 0 {
		return cli.ErrNo
	}
	return nil
}

// grep makes the selection that the options ask for.
func (o *options) grep() (*grep.Grep, error) {
	switch {
	case o.before < 0 || o.trail < 0 || o.context < 0:
		return nil, errors.New("-A, -B and -C take a number that is not less than 0")
	case len(o.after) > grep.MaxAfter:
		return nil, fmt.Errorf("--after may be given %d times", grep.MaxAfter)
	}
	o.spec.Since, o.spec.Until = o.since.Time(o.clock.Now()), o.until.Time(o.clock.Now())
	g := &grep.Grep{Not: o.not, Count: o.count, Before: max(o.before, o.context), Trail: max(o.trail, o.context)}
	switch {
	case o.list:
		g.Unit = grep.IDs
	case o.sessions:
		g.Unit = grep.Sessions
	}
	var err error
	if g.Query, err = o.spec.Compile(o.common); err != nil {
		return nil, fmt.Errorf("cannot use --%w", err)
	}
	for _, text := range o.after {
		spec, err := grep.ParseSpec(text)
		if err != nil {
			return nil, fmt.Errorf("cannot use --after '%s': %w", text, err)
		}
		q, err := spec.Compile(o.common)
		if err != nil {
			return nil, fmt.Errorf("cannot use --after '%s': %w", text, err)
		}
		g.After = append(g.After, q)
	}
	return g, nil
}
