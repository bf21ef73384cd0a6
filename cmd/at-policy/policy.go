package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"

	"agenttrace/lib/cli"
	"agenttrace/lib/cli/policyfile"
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
	l := policy.NewLearner(policyfile.Context(), links)
	if err := o.report.Gather(c, policy.LearnedKind, l.Add); err != nil {
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
	if o.report.Records() {
		err = c.Out.Write(learned.Record(event.AppendCompact(nil, bytes.TrimSpace(text))))
	} else {
		b := learned.AppendText(nil)
		if o.output == "" {
			b = append(append(b, '\n'), text...)
		}
		err = c.Print(b)
	}
	if err != nil || o.output == "" || c.Bad() > 0 {
		return err
	}
	if err := cli.ReplaceFile(o.output, text, 0o644, nil); err != nil {
		return fmt.Errorf("cannot write the policy: %w", err)
	}
	return nil
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
