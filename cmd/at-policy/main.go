package main

import (
	_ "embed"

	"agenttrace/lib/cli"
)

//go:embed doc.go
var doc string

// options are the flags of at-policy.
type options struct {
	report       *cli.Report
	output       string
	merge, force bool
	links        bool
}

func main() {
	app := cli.New("at-policy", doc)
	o := options{report: cli.ReportFlags(app)}
	app.Flag("output", "Write the policy to a file.").Short('o').PlaceHolder("FILE").StringVar(&o.output)
	app.Flag("merge", "Add to the policy that is in the file.").BoolVar(&o.merge)
	app.Flag("force", "Replace a file that is there.").BoolVar(&o.force)
	app.Flag("links", "Follow symbolic links where a session's directory is on this machine.").Default("true").BoolVar(&o.links)
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, &o) })
}
