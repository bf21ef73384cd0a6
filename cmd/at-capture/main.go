package main

import (
	_ "embed"
	"os"
	"slices"
	"strings"
	"time"

	"agenttrace/lib/capture"
	"agenttrace/lib/cli"
	"agenttrace/lib/find"
)

//go:embed doc.go
var doc string

// options say what is captured and where it goes.
type options struct {
	save     bool
	all      bool
	usage    bool
	redact   bool
	patterns []string
	clean    func(line []byte) ([]byte, error) // set by redacted
	from     string
	folders  map[string]*bool // by agent: whether to read its own
	discover bool
	follow   bool
	since    *cli.Moment
	where    *cli.Store
	clock    *cli.Clock
	started  time.Time
}

func main() {
	o := options{started: time.Now()} // before anything else: it is the time of the event
	app := cli.New("at-capture", doc)
	std := cli.Names(app, "Files of records, or directories of transcripts; standard input if none, or for -.")
	app.Flag("save", "Store the events instead of printing them.").BoolVar(&o.save)
	app.Flag("all", "Keep bookkeeping records, too.").BoolVar(&o.all)
	app.Flag("usage-only", "Keep only what at-cost needs: session_start, llm_response, vendor_cost.").BoolVar(&o.usage)
	app.Flag("redact", "Take secrets out of the events, as at-redact does.").BoolVar(&o.redact)
	app.Flag("redact-pattern", "Take out what this matches, too; implies --redact.").PlaceHolder("RE").StringsVar(&o.patterns)
	app.Flag("from", "Whose records they are, instead of telling it by their keys: "+strings.Join(find.Agents(), ", ")+".").PlaceHolder("AGENT").EnumVar(&o.from, find.Agents()...)
	o.folders = map[string]*bool{capture.Claude: app.Flag(capture.Claude, "Read the transcripts in Claude Code's own folder.").Bool()}
	for _, a := range capture.Agents {
		if a.Roots == nil {
			continue
		}
		o.folders[a.Name] = app.Flag(a.Name, "Read the files in the folders of "+a.Title+".").Bool()
	}
	app.Flag("discover", "List the files instead of reading them; of all agents, if none is named.").BoolVar(&o.discover)
	app.Flag("follow", "Go on with what agents write, in their own folders or those that are named, and leave out what is there already, unless --since asks for it.").Short('f').BoolVar(&o.follow)
	o.since = cli.TimeFlag(app, "since", "Leave out files unchanged since T.")
	o.where = cli.StoreFlags(app)
	o.clock = cli.ClockFlag(app)

	if slices.Contains(os.Args[1:], "--save") {
		runHook(app, std, &o)
	}
	cli.Run(app, std, func(c *cli.IO) error { return run(c, &o) })
}
