package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"agenttrace/lib/cli"
	"agenttrace/lib/event"
	"agenttrace/lib/policy"
)

func run(c *cli.IO, o *options) error {
	old, err := o.check()
	if err != nil {
		return err
	}
	links := cli.IsDir
	if !o.links {
		links = nil
	}
	l := policy.NewLearner(cli.PolicyContext(), links)
	bad := 0
	each := func(e event.Event) error {
		l.Add(e)
		return nil
	}
	if err := o.report.Each(c, policy.LearnedKind, each); err != nil {
		return err
	}
	learned := l.Learned()
	if learned.Sessions == 0 {
		return nil
	}
	for _, w := range learned.Warnings {
		c.Notef("warning: %s", w)
	}
	text := learned.JSON()
	if old != nil {
		var warnings []string
		if text, warnings, err = policy.Merge(o.output, old, learned); err != nil {
			return err
		}
		for _, w := range warnings {
			c.Notef("warning: %s", w)
		}
	}
	bad = c.Bad()
	if o.report.Records() {
		err = c.Out.Write(learned.Record(event.AppendCompact(nil, bytes.TrimSpace(text))))
	} else {
		b := learned.AppendText(nil)
		if o.output == "" {
			b = append(append(b, '\n'), text...)
		}
		err = c.Out.Write(b[:len(b)-1]) // Write adds the newline
	}
	if err != nil || o.output == "" || bad > 0 {
		return err
	}
	return write(o.output, text)
}

// check looks at the file that is to be written, and returns what is in it if
// that is to be kept.
func (o *options) check() (old []byte, err error) {
	if o.output == "" {
		if o.merge || o.force {
			return nil, errors.New("--merge and --force need --output")
		}
		return nil, nil
	}
	old, err = cli.ReadConfig(o.output)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("cannot read the policy: %w", err)
	case o.merge:
		if _, err := policy.Load(o.output, old); err != nil {
			return nil, fmt.Errorf("cannot use the policy: %w", err)
		}
		return old, nil
	case o.force:
		return nil, nil
	}
	return nil, cli.WithHint(fmt.Errorf("'%s' is there already", o.output), "--merge adds to it, --force replaces it")
}

// write puts a policy in its place at one stroke.
func write(name string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".at-policy-*")
	if err != nil {
		return fmt.Errorf("cannot write the policy: %w", err)
	}
	defer os.Remove(f.Name()) // fails once it has been renamed
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return fmt.Errorf("cannot write the policy: %w", err)
	}
	return nil
}
