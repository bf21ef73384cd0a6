package main

import (
	_ "embed"

	"agenttrace/lib/cli"
)

//go:embed doc.go
var doc string

// options are the flags of at-redact.
type options struct {
	rules, patterns, disable, known, knownEnv []string

	list, selfTest bool
	flags          *cli.Scrub
}

func main() {
	var o options
	app := cli.New("at-redact", doc)
	app.Flag("rules", "Add the rules of this file.").PlaceHolder("FILE").StringsVar(&o.rules)
	app.Flag("pattern", "Redact what this matches too.").PlaceHolder("RE").StringsVar(&o.patterns)
	app.Flag("redact-pattern", "The same.").Hidden().StringsVar(&o.patterns)
	app.Flag("disable", "Leave this rule out.").PlaceHolder("NAME").StringsVar(&o.disable)
	app.Flag("known", "Redact the values in this file: lines NAME=value, or values.").PlaceHolder("FILE").StringsVar(&o.known)
	app.Flag("known-env", "Redact the values of environment variables with such names.").PlaceHolder("GLOB").StringsVar(&o.knownEnv)
	app.Flag("list", "Print the rules and exit.").BoolVar(&o.list)
	app.Flag("self-test", "Print how the rules do on generated cases, and exit.").BoolVar(&o.selfTest)
	o.flags = cli.ScrubFlags(app, "REDACTED")
	c := cli.Names(app, "Event files; standard input if none, or for -.")

	cli.Run(app, c, func(c *cli.IO) error { return run(c, &o) })
}
