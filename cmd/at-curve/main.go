package main

import (
	_ "embed"
	"fmt"
	"os"
	"strings"

	"agenttrace/lib/cli"
	"agenttrace/lib/cost"
	"agenttrace/lib/curve"
	"agenttrace/lib/event"
	"agenttrace/lib/price"
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
	prices   string
}

func main() {
	var o options
	app := cli.New("at-curve", doc)
	o.report = cli.ReportFlags(app, "csv")
	app.Flag("min-sessions", "Warn if there are fewer sessions.").Default("20").PlaceHolder("N").IntVar(&o.few)
	app.Flag("baseline", "What a task should cost: by the table, or by your own sessions.").Default("table").EnumVar(&o.baseline, "table", "own")
	app.Flag("sweet-spot", "What a kind of task should cost, in USD; may be repeated.").PlaceHolder("TYPE=USD").StringsVar(&o.spots)
	app.Flag("prices", "A file of prices that count before the table.").PlaceHolder("FILE").StringVar(&o.prices)
	app.Flag("export", "The same as --format.").PlaceHolder("csv").EnumVar(&o.export, "csv", "json")
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, &o) })
}

func run(c *cli.IO, o *options) error {
	if err := o.set(); err != nil {
		return err
	}
	m := curve.New(o.Options)
	err := o.report.Each(c, curve.Kind, func(e event.Event) error {
		m.Add(e)
		return nil
	})
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
func (o *options) set() error {
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
	o.Options.Prices = price.Default
	if o.prices == "" {
		return nil
	}
	f, err := os.Open(o.prices)
	if err != nil {
		return err
	}
	defer f.Close()
	own, err := price.Parse(f, o.prices)
	if err == nil {
		o.Options.Prices = price.Default.With(own)
	}
	return err
}
