package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"agenttrace/lib/cli"
	"agenttrace/lib/setup"
	"agenttrace/lib/text"
)

// clients are where MCP clients keep their servers: from this directory, and
// from the home directory.
var clients = struct{ here, home []string }{
	here: []string{".mcp.json", ".cursor/mcp.json", ".vscode/mcp.json", ".gemini/settings.json", ".codex/config.toml", "opencode.json", "opencode.jsonc"},
	home: []string{
		".claude.json", ".cursor/mcp.json", ".codeium/windsurf/mcp_config.json", ".gemini/settings.json", ".codex/config.toml",
		".config/opencode/opencode.json", ".copilot/mcp-config.json",
		".config/Claude/claude_desktop_config.json", "Library/Application Support/Claude/claude_desktop_config.json",
		".config/Code/User/mcp.json", "Library/Application Support/Code/User/mcp.json",
	},
}

// servers prints or rewrites configurations of MCP clients.
func servers(c *cli.IO, o options) error {
	if o.Guard || o.Pipe || o.Shell || o.plugin != "" || len(o.Patterns) > 0 || o.forVersion != "" || o.Policy+o.Rules != "" {
		return errors.New("for mcp there are --write, --remove, --global, --command, --trace-dir, --redact and --mask alone")
	}
	m := setup.MCP{Redact: o.Redact, Mask: o.mask}
	var err error
	if m.TraceDir, err = anchor(o.TraceDir); err != nil {
		return err
	}
	if m.Command, err = command(c, o.Command, "at-record"); err != nil {
		return err
	}
	if err := m.Check(); err != nil {
		return err
	}
	files := o.files
	if len(files) == 0 {
		if files, err = known(o.global); err != nil {
			return err
		}
		if len(files) == 0 {
			c.Notef("no configuration of an MCP client here")
			c.Hintf("name one: at-setup mcp FILE")
			return nil
		}
	}
	if !o.write && !o.remove && len(files) > 1 {
		return cli.WithHint(fmt.Errorf("one file can be printed at a time: %s", strings.Join(files, " ")), "name one, or use --write")
	}
	for _, name := range files {
		if err := rewrite(c, o, m, name); err != nil {
			c.Warnf("%v", err) // the others are done all the same
		}
	}
	return nil
}

// known returns the configurations that are there.
func known(global bool) ([]string, error) {
	list, dir := clients.here, ""
	if global {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, fmt.Errorf("cannot find the home directory: %w", err)
		}
		list, dir = clients.home, home
	}
	var found []string
	for _, name := range list {
		path := filepath.Join(dir, filepath.FromSlash(name))
		b, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if servers, err := setup.Servers(path, b); err == nil && len(servers) > 0 {
			found = append(found, path)
		}
	}
	return found, nil
}

// rewrite prints or rewrites one configuration.
func rewrite(c *cli.IO, o options, m setup.MCP, name string) error {
	change := func(old []byte) ([]byte, error) { return m.Record(name, old) }
	what := "record the servers of"
	if o.remove {
		what = "take at-record out of"
		change = func(old []byte) ([]byte, error) { return setup.Unrecord(name, old) }
	}
	e := edit{path: name, what: what, undo: o.remove, idle: func([]byte) bool { return false }}
	e.change = func(old []byte) ([]byte, error) {
		if old == nil {
			return nil, errors.New("no such file")
		}
		return change(old)
	}
	if !o.write && !o.remove {
		e.change = func(old []byte) ([]byte, error) {
			if old == nil {
				return nil, errors.New("no such file")
			}
			now, err := change(old)
			if err == nil {
				err = c.Print(now)
			}
			return old, err
		}
	}
	changed, err := e.run(c)
	if err != nil {
		return err
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("cannot read '%s': %w", name, errors.Unwrap(err))
	}
	list, err := setup.Servers(name, b)
	if err != nil {
		return err
	}
	started := 0
	port := 3100
	for _, s := range list {
		if s.Program != "" {
			started++
		} else if !o.remove {
			c.Notef("'%s': '%s' is reached at %s and cannot be started by at-record", text.Safe(name), text.Safe(s.Name), address(s.URL))
			c.Hintf("run at-record-http --name %s --port %d URL, and put http://127.0.0.1:%d/ in the place of the URL", text.Safe(s.Name), port, port)
			port++
		}
	}
	switch {
	case changed:
	case o.write || o.remove:
		c.Notef("nothing to do: '%s' is as it should be", name)
	default:
		c.Notef("%s; put this into %s, or run the command again with --write", text.Count(started, "server"), name)
	}
	return nil
}

// address returns a URL without what may be secret in it.
func address(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return "a URL"
	}
	return text.Safe(u.Scheme + "://" + u.Host)
}
