package main

import (
	_ "embed"
	"fmt"
	"strings"

	"agenttrace/lib/cli"
	"agenttrace/lib/cli/pricefile"
	"agenttrace/lib/cost"
	"agenttrace/lib/curve"
)

//go:embed doc.go
var doc string

// options say what tasks are held against, and what is printed.
type options struct {
	curve.Options
	report   *cli.Report
	few      int
	export   string
	baseline string
	spots    []string
	prices   *pricefile.Prices
}

func main() {
	var o options
	app := cli.New("at-curve", doc)
	o.report = cli.ReportFlags(app, "csv")
	app.Flag("min-sessions", "Warn if there are fewer sessions.").Default("20").PlaceHolder("N").IntVar(&o.few)
	app.Flag("baseline", "What a task should cost: by the table, or by your own sessions.").Default("table").EnumVar(&o.baseline, "table", "own")
	app.Flag("sweet-spot", "What a kind of task should cost, in USD; may be repeated.").PlaceHolder("TYPE=USD").StringsVar(&o.spots)
	o.prices = pricefile.Flag(app, "prices")
	app.Flag("export", "The same as --format.").PlaceHolder("csv").EnumVar(&o.export, "csv", "json")
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, &o) })
}

func run(c *cli.IO, o *options) error {
	if err := o.set(); err != nil {
		return err
	}
	m := curve.New(o.Options)
	err := o.report.Gather(c, curve.Kind, m.Add)
	if err != nil {
		return err
	}
	r := m.Close()
	switch {
	case o.report.Records():
		for _, row := range r.Rows {
			for i := range row.Sessions {
				if err := c.Out.Write(r.Record(nil, row, i)); err != nil {
					return err
				}
			}
		}
		return nil
	case o.report.Format == "csv":
		_, err = c.Stdout.Write(r.AppendCSV(nil))
	default:
		_, err = c.Stdout.Write(r.AppendText(nil, o.few))
	}
	return err
}

// set turns the flags into options.
func (o *options) set() (err error) {
	if o.export != "" {
		o.report.Format = o.export
	}
	o.Own = o.baseline == "own"
	o.Given = map[curve.Task]int64{}
	for _, s := range o.spots {
		name, usd, _ := strings.Cut(s, "=")
		task, ok := curve.ParseTask(name)
		if !ok {
			return fmt.Errorf("--sweet-spot: there is no kind of task %q", name)
		}
		nano, ok := cost.ParseUSD(usd)
		if !ok || nano <= 0 {
			return fmt.Errorf("--sweet-spot: %q is no amount in USD", usd)
		}
		o.Given[task] = nano
	}
	o.Options.Prices, err = o.prices.Table()
	return err
}
