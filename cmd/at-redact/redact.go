package main

import (
	"fmt"
	"os"

	"agenttrace/lib/cli"
	"agenttrace/lib/redact"
	"agenttrace/lib/redact/rulefile"
	"agenttrace/lib/scrub"
)

func run(c *cli.IO, o *options) error {
	if o.selfTest {
		return selfTest(c)
	}
	rules, err := o.read()
	if err != nil {
		return err
	}
	r, err := redact.New(rules)
	if err != nil {
		return cli.WithHint(err, "at-redact --list")
	}
	if o.list {
		return r.List(c.Stdout)
	}
	opts := r.Filter()
	if opts.Known, err = o.values(c); err != nil {
		return err
	}
	return o.flags.Run(c, opts)
}

// read returns the rules that the flags name.
func (o *options) read() (all redact.Options, err error) {
	all.Disable = o.disable
	for _, file := range o.rules {
		data, err := os.ReadFile(file)
		if err != nil {
			return all, err
		}
		more, err := rulefile.Read(file, data)
		if err != nil {
			return all, err
		}
		all.Extra = append(all.Extra, more.Extra...)
		all.Disable = append(all.Disable, more.Disable...)
	}
	for _, re := range o.patterns {
		p, err := redact.Compile("custom", re)
		if err != nil {
			return all, err
		}
		all.Extra = append(all.Extra, p)
	}
	return all, nil
}

// values returns the secrets that the flags name.
func (o *options) values(c *cli.IO) ([]scrub.Known, error) {
	list, err := redact.KnownEnv(os.Environ(), o.knownEnv)
	if err != nil {
		return nil, fmt.Errorf("bad glob in --known-env: %w", err)
	}
	for _, file := range o.known {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		more, short := redact.KnownValues(data)
		if short > 0 {
			c.Notef("%s: %d values of less than 4 bytes are not looked for", file, short)
		}
		list = append(list, more...)
	}
	return list, nil
}

func selfTest(c *cli.IO) error {
	ok, err := redact.SelfTest(c.Stdout)
	if err == nil && !ok {
		return cli.ErrNo
	}
	return err
}
