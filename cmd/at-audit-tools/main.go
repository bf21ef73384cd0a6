package main

import (
	_ "embed"

	"agenttrace/lib/cli"
)

//go:embed doc.go
var doc string

// options are the flags of at-audit-tools.
type options struct {
	repo, ref, since, format string
	approved                 []string
	files                    []string
	clock                    *cli.Clock
}

func main() {
	app := cli.New("at-audit-tools", doc)
	var o options
	app.Flag("repo", "The repository, or a directory in its working tree.").Default(".").PlaceHolder("DIR").StringVar(&o.repo)
	app.Flag("ref", "The commit, branch or tag whose history is read; else HEAD.").PlaceHolder("REV").StringVar(&o.ref)
	app.Flag("since", "Read only commits since a time (90d, \"90 days ago\", 2026-11-22, RFC 3339), or after a commit.").PlaceHolder("T|REV").StringVar(&o.since)
	app.Flag("approved", "What may be used; may be repeated, and commas separate several.").PlaceHolder("NAME,…").StringsVar(&o.approved)
	app.Flag("approved-file", "A file with a name in each line; # begins a comment.").PlaceHolder("FILE").StringsVar(&o.files)
	app.Flag("format", "Print a report for people (text), a record for each thing found (json), or sarif.").Default("text").EnumVar(&o.format, "text", "json", "sarif")
	o.clock = cli.ClockFlag(app)

	cli.Run(app, cli.Streams(app), func(c *cli.IO) error { return run(c, &o) })
}
