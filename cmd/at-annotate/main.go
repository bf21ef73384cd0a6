package main

import (
	"cmp"
	_ "embed"
	"os"

	"agenttrace/lib/cli"
)

//go:embed doc.go
var doc string

type options struct {
	id, number, event, at       string
	note, label, author, delete string
	bookmark, list              bool
	format                      string

	zone  *cli.Zone
	clock *cli.Clock
	where *cli.Store
}

func main() {
	var o options
	app := cli.New("at-annotate", doc)
	app.Arg("id", "The session: its id or the beginning of it; the latest if none.").StringVar(&o.id)
	app.Arg("event", "The number of the event: 12 or #12.").StringVar(&o.number)
	app.Flag("event", "The event with this event_id.").PlaceHolder("EID").StringVar(&o.event)
	app.Flag("at", "The event nearest to this time in the session: 2m14s, 1:30, 45.").PlaceHolder("OFFSET").StringVar(&o.at)
	app.Flag("note", "What there is to say.").PlaceHolder("TEXT").StringVar(&o.note)
	app.Flag("label", "A word to find it by.").PlaceHolder("WORD").StringVar(&o.label)
	app.Flag("bookmark", "Label it bookmark.").BoolVar(&o.bookmark)
	app.Flag("author", "Who says so; else $USER.").PlaceHolder("NAME").Default(cmp.Or(os.Getenv("USER"), os.Getenv("LOGNAME"))).StringVar(&o.author)
	app.Flag("list", "Print the annotations.").BoolVar(&o.list)
	app.Flag("format", "Of the list: text or json.").Default("text").EnumVar(&o.format, "text", "json")
	app.Flag("delete", "Delete an annotation.").PlaceHolder("ANNOTATION_ID").StringVar(&o.delete)
	o.zone = cli.ZoneFlag(app)
	o.where = cli.StoreFlags(app)
	o.clock = cli.ClockFlag(app)

	cli.Run(app, cli.Streams(app), func(c *cli.IO) error { return run(c, &o) })
}
