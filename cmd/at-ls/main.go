package main

import (
	_ "embed"

	"agenttrace/lib/cli"
)

//go:embed doc.go
var doc string

// options say what is listed and how.
type options struct {
	json  bool
	show  string
	since *cli.Moment
	clock *cli.Clock
	zone  *cli.Zone
	where *cli.Store
}

func main() {
	var o options
	app := cli.New("at-ls", doc)
	app.Flag("json", "Print session_summary records.").BoolVar(&o.json)
	app.Flag("show", "Print the summary of one session.").PlaceHolder("ID").StringVar(&o.show)
	o.since = cli.TimeFlag(app, "since", "Leave out sessions that ended before T.")
	o.zone = cli.ZoneFlag(app)
	o.where = cli.StoreFlags(app)
	o.clock = cli.ClockFlag(app)

	cli.Run(app, cli.Streams(app), func(c *cli.IO) error { return run(c, &o) })
}
