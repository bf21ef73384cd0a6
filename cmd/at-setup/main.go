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
