package main

import (
	_ "embed"
	"fmt"
	"strings"
	"time"

	"agenttrace/lib/cli"
	"agenttrace/lib/cli/pricefile"
	"agenttrace/lib/inflation"
	"agenttrace/lib/price"
)

//go:embed doc.go
var doc string

// options say what is compared.
type options struct {
	inflation.Options
	report  *cli.Report
	compare string
	daily   int
	prices  *pricefile.Prices
	asOf    *cli.Moment
}

func main() {
	var o options
	app := cli.New("at-inflation", doc)
	o.report = cli.ReportFlags(app)
	app.Flag("compare", "The models to compare: the one that is known, and the new one.").Default("claude-opus-4-6,claude-opus-4-7").
		PlaceHolder("BASE,NEW").StringVar(&o.compare)
	app.Flag("sessions", "Take only the latest N sessions.").PlaceHolder("N").IntVar(&o.Sessions)
	app.Flag("daily-sessions", "Take this for the number of sessions a day; else what the input tells.").PlaceHolder("N").IntVar(&o.daily)
	o.prices = pricefile.Flag(app, "prices")
	o.asOf = cli.TimeFlag(app, "as-of", "Take the prices of T.")
	app.Flag("no-estimate", "Do not count tokens where the agent recorded none.").BoolVar(&o.NoGuess)
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, &o) })
}

func run(c *cli.IO, o *options) error {
	if err := o.set(); err != nil {
		return err
	}
	m := inflation.New(o.Options)
	err := o.report.Gather(c, inflation.Kind, m.Add)
	if err != nil {
		return err
	}
	list := m.Close()
	if !o.report.Records() {
		_, err := c.Stdout.Write(m.AppendText(nil, list, inflation.Rate{Given: o.daily}))
		return err
	}
	for _, s := range list {
		if err := c.Out.Write(m.Record(nil, s)); err != nil {
			return err
		}
	}
	return nil
}

// set turns the flags into options.
func (o *options) set() (err error) {
	if o.Options.Prices, err = o.prices.Table(); err != nil {
		return err
	}
	if o.asOf.IsSet() {
		o.Options.Prices = o.Options.Prices.AsOf(pricefile.Day(o.asOf))
	}
	if o.Sessions < 0 || o.daily < 0 {
		return fmt.Errorf("--sessions and --daily-sessions are not negative")
	}
	base, to, ok := strings.Cut(o.compare, ",")
	if !ok || base == "" || to == "" || strings.Contains(to, ",") {
		return fmt.Errorf("--compare: %q is not two models with a comma between them", o.compare)
	}
	o.Base, o.New = price.Short(strings.TrimSpace(base)), price.Short(strings.TrimSpace(to))
	for _, name := range []string{o.Base, o.New} {
		if _, match := o.Options.Prices.Lookup(name, time.Time{}); match == price.None {
			return cli.WithHint(fmt.Errorf("no price is known for the model %q", name), "--prices FILE gives prices")
		}
	}
	return nil
}
