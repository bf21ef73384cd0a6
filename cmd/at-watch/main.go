package main

import (
	_ "embed"
	"time"

	"agenttrace/lib/cli"
	"agenttrace/lib/watch"
)

//go:embed doc.go
var doc string

// options are the flags of at-watch.
type options struct {
	rules, config, policy string
	limits                watch.Limits
	duration              string
	action                string
	report                cli.Report
	webhook, command      string
	dryRun                bool
	grace                 time.Duration
	where                 *cli.Store
	clock                 *cli.Clock
}

func main() {
	app := cli.New("at-watch", doc)
	o := &options{limits: watch.NoLimits()}
	app.Flag("rules", "The rules, JSON or YAML; else .watch-rules.json in this directory, if there is one.").PlaceHolder("FILE").StringVar(&o.rules)
	app.Flag("config", "A configuration as agent-strace has it; its rules are added.").PlaceHolder("FILE").StringVar(&o.config)
	app.Flag("policy", "Alert also at what this policy denies.").PlaceHolder("FILE").StringVar(&o.policy)
	app.Flag("max-cost", "A limit in USD.").PlaceHolder("USD").FloatVar(&o.limits.Cost)
	app.Flag("max-retries", "How often one shell command may be run.").PlaceHolder("N").IntVar(&o.limits.Runs)
	app.Flag("max-loops", "How often one series of calls may come in a row.").PlaceHolder("N").IntVar(&o.limits.Loops)
	app.Flag("max-duration", "How long a session may be: 30m, or a number of seconds.").PlaceHolder("TIME").StringVar(&o.duration)
	app.Flag("max-context-pct", "How much of the model's window may be filled.").PlaceHolder("PCT").FloatVar(&o.limits.ContextPct)
	app.Flag("on-violation", "What the limits above do: alert, pause or kill.").Default("alert").EnumVar(&o.action, "alert", "pause", "kill")
	app.Flag("format", "Print alert records (json) or lines for people (text).").Default("json").EnumVar(&o.report.Format, "json", "text")
	app.Flag("tee", "Pass the input through and add the records to it.").BoolVar(&o.report.Tee)
	app.Flag("webhook", "Post each alert to this address, as JSON.").PlaceHolder("URL").StringVar(&o.webhook)
	app.Flag("on-alert", "Run this shell command at each alert, with the record on its standard input.").PlaceHolder("CMD").StringVar(&o.command)
	app.Flag("dry-run", "Say what would be done, and signal no process.").BoolVar(&o.dryRun)
	app.Flag("grace", "How long a process has between SIGTERM and SIGKILL.").Default("5s").DurationVar(&o.grace)
	o.where = cli.StoreFlags(app)
	o.clock = cli.ClockFlag(app)
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, o) })
}
