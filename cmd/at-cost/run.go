package main

import (
	"fmt"
	"time"

	"agenttrace/lib/cli"
	"agenttrace/lib/cli/pricefile"
	"agenttrace/lib/cost"
	"agenttrace/lib/price"
)

func run(c *cli.IO, o *options) error {
	limit, err := o.set()
	if err != nil {
		return err
	}
	roots := o.roots(c)
	o.Phases = o.by == "" && !o.report.Records() && (len(roots) == 0 || o.whole())
	l := cost.New(o.Options)
	if len(roots) > 0 {
		if err := o.folder(c, l, roots); err != nil {
			return err
		}
	}
	if len(c.Files()) > 0 || !o.given() {
		err := o.report.Gather(c, cost.Kind, l.Add)
		if err != nil {
			return err
		}
	}
	l.Close()
	if err := write(c, o, l); err != nil {
		return err
	}
	return judge(c, o, l, limit)
}

// write prints the records or the report.
func write(c *cli.IO, o *options, l *cost.Ledger) error {
	if !o.report.Records() {
		_, err := c.Stdout.Write(l.AppendText(nil))
		return err
	}
	var buf []byte
	for _, s := range l.Sessions() {
		buf = l.Record(buf[:0], s)
		if err := c.Out.Write(buf); err != nil {
			return err
		}
	}
	return nil
}

// judge says no if it cost more than allowed, or cannot be told.
func judge(c *cli.IO, o *options, l *cost.Ledger, limit int64) error {
	var total cost.Sum
	for _, s := range l.Sessions() {
		total.Add(s.Sum())
	}
	var no error
	if o.max != "" && total.Nano > limit {
		is, most := cost.USD(total.Nano), cost.USD(limit)
		if is == most {
			is, most = exactly(total.Nano), exactly(limit)
		}
		c.Notef("%s is more than %s", is, most)
		no = cli.ErrNo
	}
	if o.strict && total.Unpriced > 0 {
		c.Notef("no price for a part of it")
		no = cli.ErrNo
	}
	return no
}

// exactly writes all that is known of an amount.
func exactly(nano int64) string { return fmt.Sprintf("$%d.%09d", nano/1e9, nano%1e9) }

// set turns the flags into options.
func (o *options) set() (limit int64, err error) {
	o.By = cost.By(o.by)
	o.Zone = o.zone.Location()
	if o.tz != "" {
		if o.Zone, err = time.LoadLocation(o.tz); err != nil {
			return 0, fmt.Errorf("--tz: %q is no time zone", o.tz)
		}
	}
	if o.max != "" {
		var ok bool
		if limit, ok = cost.ParseUSD(o.max); !ok || limit < 0 {
			return 0, fmt.Errorf("--max: %q is no amount in USD", o.max)
		}
	}
	if o.Prices, err = o.prices.Table(); err != nil {
		return 0, err
	}
	if o.asOf.IsSet() {
		o.Prices = o.Prices.AsOf(pricefile.Day(o.asOf))
	}
	for _, m := range []*string{&o.Model, &o.WhatIf} {
		if *m, err = o.known(*m); err != nil {
			return 0, err
		}
	}
	return limit, o.own()
}

// known returns the name of a model that the user named; a short name means
// the newest of its kind.
func (o *options) known(name string) (string, error) {
	if name == "" {
		return "", nil
	}
	name = price.Short(name)
	if _, m := o.Prices.Lookup(name, time.Time{}); m == price.None {
		return "", cli.WithHint(fmt.Errorf("no price is known for the model %q", name), "--prices FILE gives prices")
	}
	return name, nil
}

// own takes the prices of the command line.
func (o *options) own() error {
	g := &o.usd
	if *g == (given{}) {
		return nil
	}
	if g.input == "" || g.output == "" {
		return fmt.Errorf("--input-price and --output-price go together")
	}
	row := price.Row{Model: "custom", Source: fmt.Sprintf("as given: input %s, output %s USD per million tokens", g.input, g.output)}
	for _, p := range []struct {
		flag, text, instead string
		to                  []*price.Rate
	}{
		{"input-price", g.input, "", []*price.Rate{&row.Input}},
		{"output-price", g.output, "", []*price.Rate{&row.Output}},
		{"cache-read-price", g.read, g.input, []*price.Rate{&row.CacheRead}},
		{"cache-write-price", g.write, g.input, []*price.Rate{&row.CacheWrite5m, &row.CacheWrite1h}},
	} {
		text := p.text
		if text == "" {
			text = p.instead
		}
		rate, err := price.ParseRate(text)
		if err != nil {
			return fmt.Errorf("--%s: %w", p.flag, err)
		}
		for _, to := range p.to {
			*to = rate
		}
	}
	o.Own = &row
	return nil
}
