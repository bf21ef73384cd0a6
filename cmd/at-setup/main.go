package main

import (
	_ "embed"
	"strings"

	"agenttrace/lib/cli"
	"agenttrace/lib/setup"
)

//go:embed doc.go
var doc string

// options are the flags of at-setup.
type options struct {
	agent                        string
	files                        []string
	global, write, remove, check bool
	mask                         bool
	plugin, forVersion           string
	zone                         *cli.Zone
	clock                        *cli.Clock
	setup.Options
}

func main() {
	app := cli.New("at-setup", doc)
	o := options{}
	app.Arg("agent", "The agent: "+strings.Join(setup.Names(), ", ")+"; or mcp for MCP clients.").StringVar(&o.agent)
	app.Arg("file", "With mcp: configurations of MCP clients.").StringsVar(&o.files)
	app.Flag("check", "Tell what is set up, and what arrives.").BoolVar(&o.check)
	app.Flag("global", "For all projects, not for the one in this directory.").BoolVar(&o.global)
	app.Flag("write", "Merge the hooks into the settings file.").BoolVar(&o.write)
	app.Flag("remove", "Take our hooks out of the settings file.").BoolVar(&o.remove)
	app.Flag("plugin", "Write the hooks as a plugin for Claude Code.").PlaceHolder("DIR").StringVar(&o.plugin)
	app.Flag("command", "The at-capture that the hooks run; with mcp, the at-record.").PlaceHolder("PATH").StringVar(&o.Command)
	app.Flag("trace-dir", "The trace store that the hooks write to; else they look for it as every command does.").
		PlaceHolder("DIR").StringVar(&o.TraceDir)
	app.Flag("shell-form", "Write a hook as a line for the shell, not as a program with arguments.").BoolVar(&o.Shell)
	app.Flag("pipe", "Let a hook run at-capture | at-save.").BoolVar(&o.Pipe)
	app.Flag("redact", "Take secrets out before anything is saved.").BoolVar(&o.Redact)
	app.Flag("redact-pattern", "Take out what this matches, too; implies --redact.").PlaceHolder("RE").StringsVar(&o.Patterns)
	app.Flag("mask", "With mcp: mask personal data before anything is saved.").BoolVar(&o.mask)
	app.Flag("guard", "Let at-guard judge each tool before it runs.").BoolVar(&o.Guard)
	app.Flag("policy", "The policy that at-guard judges by; else .agent-scope.json in the project.").PlaceHolder("FILE").StringVar(&o.Policy)
	app.Flag("rules", "The rules that at-guard judges by.").PlaceHolder("FILE").StringVar(&o.Rules)
	app.Flag("for-version", "Write what this version of the agent understands.").PlaceHolder("VERSION").StringVar(&o.forVersion)
	o.zone = cli.ZoneFlag(app)
	o.clock = cli.ClockFlag(app)

	cli.Run(app, cli.Streams(app), func(c *cli.IO) error { return run(c, o) })
}
