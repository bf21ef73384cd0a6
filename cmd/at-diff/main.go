package main

import (
	_ "embed"

	"agenttrace/lib/cli"
)

//go:embed doc.go
var doc string

type options struct {
	semantic, compare, stat, exitCode bool
	against                           string
}

func main() {
	app := cli.New("at-diff", doc)
	report := cli.ReportFlags(app)
	var o options
	app.Flag("semantic", "Compare what came of it.").BoolVar(&o.semantic)
	app.Flag("compare", "Print a table of both sessions, and a verdict.").BoolVar(&o.compare)
	app.Flag("stat", "Print one line.").BoolVar(&o.stat)
	app.Flag("against", "Compare every session with this one; the beginning of its id is enough.").PlaceHolder("ID").StringVar(&o.against)
	app.Flag("exit-code", "Exit with 1 if the sessions are structurally different.").BoolVar(&o.exitCode)
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, report, &o) })
}
