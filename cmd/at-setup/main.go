package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"strings"

	"agenttrace/lib/cli"
	"agenttrace/lib/redact"
	"agenttrace/lib/setup"
	"agenttrace/lib/text"
)

//go:embed doc.go
var doc string

// options are the flags of at-setup.
type options struct {
	agent                 string
	global, write, remove bool
	forVersion            string
	setup.Options
}

func main() {
	app := cli.New("at-setup", doc)
	o := options{}
	app.Arg("agent", "The agent: "+strings.Join(setup.Names(), ", ")+".").Required().StringVar(&o.agent)
	app.Flag("global", "For all projects, not for the one in this directory.").BoolVar(&o.global)
	app.Flag("write", "Merge the hooks into the settings file.").BoolVar(&o.write)
	app.Flag("remove", "Take our hooks out of the settings file.").BoolVar(&o.remove)
	app.Flag("command", "The at-capture that the hooks run.").PlaceHolder("PATH").StringVar(&o.Command)
	app.Flag("trace-dir", "The trace store that the hooks write to; else they look for it as every command does.").
		PlaceHolder("DIR").StringVar(&o.TraceDir)
	app.Flag("shell-form", "Write a hook as a line for the shell, not as a program with arguments.").BoolVar(&o.Shell)
	app.Flag("pipe", "Let a hook run at-capture | at-save.").BoolVar(&o.Pipe)
	app.Flag("redact", "Take secrets out before anything is saved.").BoolVar(&o.Redact)
	app.Flag("redact-pattern", "Take out what this matches, too; implies --redact.").PlaceHolder("RE").StringsVar(&o.Patterns)
	app.Flag("guard", "Let at-guard judge each tool before it runs.").BoolVar(&o.Guard)
	app.Flag("policy", "The policy that at-guard judges by; else .agent-scope.json in the project.").PlaceHolder("FILE").StringVar(&o.Policy)
	app.Flag("rules", "The rules that at-guard judges by.").PlaceHolder("FILE").StringVar(&o.Rules)
	app.Flag("for-version", "Write what this version of the agent understands.").PlaceHolder("VERSION").StringVar(&o.forVersion)

	cli.Run(app, cli.Streams(app), func(c *cli.IO) error { return run(c, o) })
}

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
