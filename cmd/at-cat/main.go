package main

import (
	_ "embed"

	"agenttrace/lib/cli"
)

//go:embed doc.go
var doc string

// options say which sessions are printed, and what of them.
type options struct {
	ids    []string
	all    bool
	last   int
	lastN  bool // it is given
	since  *cli.Moment
	until  *cli.Moment
	follow bool
	tree   bool
	join   bool
	clock  *cli.Clock
	where  *cli.Store
}

func main() {
	var o options
	app := cli.New("at-cat", doc)
	app.Arg("id", "Sessions: ids or prefixes; the latest if none.").StringsVar(&o.ids)
	app.Flag("all", "All sessions.").Short('a').BoolVar(&o.all)
	app.Flag("last", "The N sessions that ended last.").Short('n').PlaceHolder("N").IsSetByUser(&o.lastN).IntVar(&o.last)
	o.since = cli.TimeFlag(app, "since", "Only events at or after T.")
	o.until = cli.TimeFlag(app, "until", "Only events before T.")
	app.Flag("follow", "Go on with events as they are stored.").Short('f').BoolVar(&o.follow)
	app.Flag("tree", "With the subagents of each session, at any depth.").BoolVar(&o.tree)
	app.Flag("join", "First store what the transcripts of the sessions say of their cost.").BoolVar(&o.join)
	o.where = cli.StoreFlags(app)
	o.clock = cli.ClockFlag(app)

	cli.Run(app, cli.Streams(app), func(c *cli.IO) error { return run(c, &o) })
}
