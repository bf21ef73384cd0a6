package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"agenttrace/lib/cli"
	"agenttrace/lib/redact"
	"agenttrace/lib/setup"
	"agenttrace/lib/text"
)

// mcp is typed in the place of an agent for the configurations of MCP clients.
const mcp = "mcp"

func run(c *cli.IO, o options) error {
	switch {
	case o.write && o.remove:
		return errors.New("--write and --remove exclude each other")
	case o.check:
		return check(c, o)
	case o.agent == "":
		return errors.New("required argument 'agent' not provided, try --help")
	case o.agent == mcp:
		return servers(c, o)
	}
	agent, ok := setup.Find(o.agent)
	if !ok {
		return cli.WithHint(fmt.Errorf("unknown agent '%s'", o.agent), "the agents known: "+strings.Join(setup.Names(), ", "))
	}
	if len(o.files) > 0 {
		return fmt.Errorf("unexpected '%s', try --help", o.files[0])
	}
	if err := o.complete(c); err != nil {
		return err
	}
	if o.plugin != "" {
		return plugin(c, o)
	}
	return hooks(c, agent, o)
}

// hooks prints, merges or removes the hooks of an agent.
func hooks(c *cli.IO, agent setup.Agent, o options) error {
	var paths []string
	for _, f := range agent.Files {
		path, err := pathOf(agent, f, o.global)
		if err != nil {
			return err
		}
		paths = append(paths, path)
	}
	chosen := agent.Choose(func(f setup.File) []byte {
		path, _ := pathOf(agent, f, o.global)
		if path == "" {
			return nil
		}
		b, _ := os.ReadFile(path)
		return b
	})
	changed, touched := false, ""
	for i, f := range agent.Files {
		e := edit{path: paths[i], what: "remove hooks from", change: f.Remove, undo: true, idle: f.Idle}
		switch {
		case paths[i] == "":
			continue
		case f.Project == chosen.Project && !o.remove:
			touched = paths[i]
			if !o.write {
				return show(c, agent, f, paths[i], o)
			}
			e.what, e.undo = "merge into", false
			e.change = func(old []byte) ([]byte, error) {
				if agent.Off != nil {
					if key := agent.Off(old); key != "" {
						c.Notef("'%s' turns all hooks off: %s", e.path, key)
					}
				}
				return f.Merge(old, o.Options)
			}
		case touched == "":
			touched = paths[i]
		}
		did, err := e.run(c)
		if err != nil {
			return err
		}
		changed = changed || did
	}
	if !changed {
		c.Notef("nothing to do: '%s' is as it should be", touched)
	} else if o.write {
		hints(c, agent.Steps(o.Options, o.global))
	}
	return nil
}

func hints(c *cli.IO, steps []string) {
	for _, s := range steps {
		c.Hintf("%s", s)
	}
}

// show prints the settings, and says what to do with them.
func show(c *cli.IO, agent setup.Agent, f setup.File, path string, o options) error {
	settings, err := f.Settings(o.Options)
	if err != nil {
		return err
	}
	if err := c.Print(settings); err != nil {
		return err
	}
	if n := len(agent.Hooks(o.Options)); n > 0 {
		c.Notef("%s; add them to %s, or run the command again with --write", text.Count(n, "hook"), path)
	} else {
		c.Notef("a plugin; put it into %s, or run the command again with --write", path)
	}
	hints(c, agent.Steps(o.Options, o.global))
	return nil
}

// plugin makes or removes the folder of a plugin for Claude Code.
func plugin(c *cli.IO, o options) error {
	if o.agent != "claude" || o.global {
		return errors.New("--plugin is for claude, and without --global")
	}
	changed := false
	for _, f := range setup.Plugin() {
		e := edit{path: filepath.Join(o.plugin, filepath.FromSlash(f.Path)), what: "merge into", undo: o.remove}
		switch {
		case f.Text == "" && o.remove:
			e.what, e.change, e.idle = "remove hooks from", f.Remove, f.Idle
		case f.Text == "":
			e.change = func(old []byte) ([]byte, error) { return f.Merge(old, o.Options) }
		default: // one that is there already is its owner's
			e.change = func(old []byte) ([]byte, error) {
				switch {
				case o.remove && string(old) == f.Text:
					return nil, nil
				case old != nil:
					return old, nil
				}
				return []byte(f.Text), nil
			}
		}
		did, err := e.run(c)
		if err != nil {
			return err
		}
		changed = changed || did
	}
	if !changed {
		c.Notef("nothing to do: '%s' is as it should be", o.plugin)
	} else if !o.remove {
		hints(c, setup.PluginSteps(o.plugin))
	}
	return nil
}

// complete checks the flags and fills in what they leave open.
func (o *options) complete(c *cli.IO) (err error) {
	for _, re := range o.Patterns {
		if _, err := redact.Compile("custom", re); err != nil {
			return err
		}
	}
	if o.forVersion != "" {
		if o.For, err = setup.ParseVersion(o.forVersion); err != nil {
			return err
		}
		if o.agent != "claude" {
			return errors.New("--for-version is for claude")
		}
	}
	if o.mask {
		return errors.New("--mask is for mcp; in hooks, use at-mask in a pipe of your own")
	}
	if o.Command, err = command(c, o.Command, "at-capture"); err != nil {
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
	o.Global = o.global
	return o.Check()
}
