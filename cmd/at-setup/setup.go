package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"agenttrace/lib/cli"
	"agenttrace/lib/redact"
	"agenttrace/lib/setup"
	"agenttrace/lib/text"
)

func run(c *cli.IO, o options) error {
	agent, ok := setup.Find(o.agent)
	if !ok {
		return cli.WithHint(fmt.Errorf("unknown agent '%s'", o.agent), "the agents known: "+strings.Join(setup.Names(), ", "))
	}
	if err := o.complete(c); err != nil {
		return err
	}
	path, err := settingsFile(agent, o.global)
	if err != nil {
		return err
	}
	if o.remove {
		return edit(c, path, "remove hooks from", agent.Remove)
	}
	if !o.write {
		return show(c, agent, path, o)
	}
	return edit(c, path, "merge into", func(old []byte) ([]byte, error) {
		if agent.Off(old) {
			c.Notef("'%s' turns all hooks off: %s", path, agent.OffKey)
		}
		return agent.Merge(old, o.Options)
	})
}

// show prints the settings, and says what to do with them.
func show(c *cli.IO, agent setup.Agent, path string, o options) error {
	settings, err := agent.Settings(o.Options)
	if err != nil {
		return err
	}
	for line := range bytes.Lines(settings) {
		if err := c.Out.Write(bytes.TrimSuffix(line, []byte("\n"))); err != nil {
			return err
		}
	}
	c.Notef("%s; add them to %s, or run the command again with --write", text.Count(len(agent.Hooks(o.Options)), "hook"), path)
	return nil
}

// complete checks the flags and fills in what they leave open.
func (o *options) complete(c *cli.IO) (err error) {
	if o.write && o.remove {
		return errors.New("--write and --remove exclude each other")
	}
	for _, re := range o.Patterns {
		if _, err := redact.Compile("custom", re); err != nil {
			return err
		}
	}
	if o.forVersion != "" {
		if o.For, err = setup.ParseVersion(o.forVersion); err != nil {
			return err
		}
	}
	if o.Command, err = command(c, o.Command); err != nil {
		return err
	}
	if !o.Guard && o.Policy+o.Rules != "" {
		return errors.New("--policy and --rules are for --guard")
	}
	for _, p := range []*string{&o.TraceDir, &o.Policy, &o.Rules} {
		if *p == "none" && p == &o.Policy {
			continue
		}
		if *p, err = anchor(*p); err != nil {
			return err
		}
	}
	return o.Check()
}
