package main

import (
	_ "embed"
	_ "time/tzdata" // --tz works without the machine's own list of zones

	"agenttrace/lib/cli"
	"agenttrace/lib/cli/pricefile"
	"agenttrace/lib/cost"
)

//go:embed doc.go
var doc string

// options say how requests are priced and what is printed of it.
type options struct {
	cost.Options
	report *cli.Report
	zone   *cli.Zone
	tz     string
	by     string
	usd    given
	prices *pricefile.Prices
	asOf   *cli.Moment
	max    string
	strict bool
	folders
}

// given are the prices of the command line, in USD per million tokens.
type given struct{ input, output, read, write string }

func main() {
	var o options
	app := cli.New("at-cost", doc)
	o.report = cli.ReportFlags(app)
	app.Flag("by", "Group by session, phase, model, agent, tool, file, day or turn.").EnumVar(&o.by, cost.Groupings...)
	app.Flag("tz", "The time zone of days, such as Europe/Berlin.").PlaceHolder("ZONE").StringVar(&o.tz)
	o.zone = cli.ZoneFlag(app)
	app.Flag("carry", "Add what the results of tools cost over their life.").BoolVar(&o.Carry)
	app.Flag("waste", "Add what failed attempts cost.").BoolVar(&o.Waste)
	app.Flag("what-if", "Add what it would cost with another model.").PlaceHolder("MODEL").StringVar(&o.WhatIf)
	app.Flag("model", "Price everything as this model: a name, or sonnet, opus, haiku, fable, gpt4, gpt4o.").StringVar(&o.Model)
	app.Flag("input-price", "USD per million input tokens; with --output-price.").PlaceHolder("USD").StringVar(&o.usd.input)
	app.Flag("output-price", "USD per million output tokens.").PlaceHolder("USD").StringVar(&o.usd.output)
	app.Flag("cache-read-price", "USD per million tokens read from a cache; else as input.").PlaceHolder("USD").StringVar(&o.usd.read)
	app.Flag("cache-write-price", "USD per million tokens written to a cache; else as input.").PlaceHolder("USD").StringVar(&o.usd.write)
	o.prices = pricefile.Flag(app, "prices")
	o.asOf = cli.TimeFlag(app, "as-of", "Take the prices of T, whenever the requests were.")
	app.Flag("max", "Exit with 1 if it costs more.").PlaceHolder("USD").StringVar(&o.max)
	app.Flag("strict", "Exit with 1 if anything has no price.").BoolVar(&o.strict)
	app.Flag("no-estimate", "Do not count tokens where the agent recorded none.").BoolVar(&o.NoGuess)
	std := o.folders.flags(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, &o) })
}
