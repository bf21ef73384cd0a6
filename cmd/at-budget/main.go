package main

import (
	_ "embed"

	"agenttrace/lib/budget"
	"agenttrace/lib/cli"
	"agenttrace/lib/cli/pricefile"
)

//go:embed doc.go
var doc string

// options say against what contexts are held, and what is printed.
type options struct {
	budget.Options
	report    *cli.Report
	zone      *cli.Zone
	clock     *cli.Clock
	limit     string
	warnAt    string
	compactAt string
	prices    *pricefile.Prices
}

func main() {
	var o options
	app := cli.New("at-budget", doc)
	o.report = cli.ReportFlags(app)
	app.Flag("model", "Take the window and the prices of this model.").PlaceHolder("MODEL").StringVar(&o.Model)
	app.Flag("limit", "Take this for the window: tokens, such as 200000 or 200k.").PlaceHolder("N").StringVar(&o.limit)
	app.Flag("warn-at", "Exit with 1 if a context has reached this percentage of its window.").Default("90").PlaceHolder("PERCENT").StringVar(&o.warnAt)
	app.Flag("compact-at", "Where the agent compacts: tokens, or a percentage such as 80%.").PlaceHolder("N").StringVar(&o.compactAt)
	o.prices = pricefile.Flag(app, "prices and windows")
	app.Flag("no-estimate", "Do not count tokens where the agent recorded none.").BoolVar(&o.NoGuess)
	o.zone = cli.ZoneFlag(app)
	o.clock = cli.ClockFlag(app)
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, &o) })
}

func run(c *cli.IO, o *options) error {
	if err := o.set(); err != nil {
		return err
	}
	m := budget.New(o.Options)
	err := o.report.Gather(c, budget.Kind, m.Add)
	if err != nil {
		return err
	}
	list := m.Close()
	if !o.report.Records() {
		_, err = c.Stdout.Write(m.AppendText(nil, list, o.clock.Now(), o.zone.Location()))
	}
	var no error
	for _, b := range list {
		if b.Over {
			no = cli.ErrNo
		}
		if o.report.Records() && err == nil {
			err = c.Out.Write(m.Record(nil, b))
		}
	}
	if err != nil {
		return err
	}
	return no
}
