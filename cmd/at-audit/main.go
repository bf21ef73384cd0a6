package main

import (
	_ "embed"

	"agenttrace/lib/cli"
)

//go:embed doc.go
var doc string

// options are the flags of at-audit.
type options struct {
	report *cli.Report
	policy string
	rules  string
	since  string
	links  bool
}

func main() {
	app := cli.New("at-audit", doc)
	o := options{report: cli.ReportFlags(app, "sarif", "junit")}
	app.Flag("policy", "The policy; else .agent-scope.json or .yaml in this directory, if there is one.").PlaceHolder("FILE").StringVar(&o.policy)
	app.Flag("rules", "Rules of at-watch: what they would pause or kill is a violation.").PlaceHolder("FILE").StringVar(&o.rules)
	app.Flag("since-commit", "Judge only calls after this commit of the repository in this directory.").PlaceHolder("REV").StringVar(&o.since)
	app.Flag("links", "Follow symbolic links where the session's directory is on this machine.").Default("true").BoolVar(&o.links)
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, &o) })
}
