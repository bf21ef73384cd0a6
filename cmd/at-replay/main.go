package main

import (
	_ "embed"
	"errors"
	"strings"
	"time"

	"agenttrace/lib/cli"
	"agenttrace/lib/replay"
)

//go:embed doc.go
var doc string

type options struct {
	replay.Options
	filter       []string
	live         bool
	pace         replay.Pace
	expand, tree bool
	color        *cli.Color
	zone         *cli.Zone
}

func main() {
	var o options
	app := cli.New("at-replay", doc)
	app.Flag("filter", "Show only events of these types, or short names.").PlaceHolder("TYPE,…").StringsVar(&o.filter)
	app.Flag("live", "Let time pass between events as it did.").BoolVar(&o.live)
	app.Flag("speed", "How many times as fast, with --live.").Default("1").Float64Var(&o.pace.Speed)
	app.Flag("max-gap", "The longest wait, with --live; 0s is no limit.").Default("2s").DurationVar(&o.pace.MaxGap)
	app.Flag("expand-subagents", "Show subagents below the calls that started them.").BoolVar(&o.expand)
	app.Flag("tree", "Show only which session started which.").BoolVar(&o.tree)
	app.Flag("lines", "Lines of text shown below an entry; 0 is all.").Default("3").IntVar(&o.Lines)
	app.Flag("no-summary", "Leave out the summaries.").BoolVar(&o.NoSummary)
	o.color = cli.ColorFlag(app)
	o.zone = cli.ZoneFlag(app)
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, o) })
}

// textWidth is how wide lines of text are where there is no terminal.
const textWidth = 120

// textIndent is what stands left of them.
const textIndent = 20

func run(c *cli.IO, o options) error {
	switch {
	case !(o.pace.Speed > 0):
		return errors.New("--speed must be more than 0")
	case o.pace.MaxGap < 0 || o.Lines < 0:
		return errors.New("--max-gap and --lines must not be less than 0")
	case o.live && (o.tree || o.expand):
		return errors.New("--live shows events as they come, --tree and --expand-subagents need them all: choose one")
	case o.tree && o.expand:
		return errors.New("--tree and --expand-subagents: choose one")
	}
	o.Width = textWidth
	if n, ok := cli.Columns(c.Stdout); ok {
		o.Width = max(n-textIndent, 20)
	}
	for _, list := range o.filter {
		for _, typ := range strings.Split(list, ",") {
			if typ = strings.TrimSpace(typ); typ != "" {
				o.Filter = append(o.Filter, typ)
			}
		}
	}
	o.Color = o.color.On(c.Stdout)
	o.Zone = o.zone.Location()

	p := &player{io: c, stop: make(chan struct{})}
	out := textWriter{c}
	switch {
	case o.tree:
		p.show = replay.NewTree(out, o.Options)
	case o.expand:
		p.show = replay.NewFamily(out, o.Options)
	default:
		if !o.live {
			o.Hold = replay.DefaultHold
		} else {
			p.pace = &o.pace
		}
		p.stream = replay.NewPrinter(out, o.Options)
		p.show = p.stream
	}
	return p.play(time.Second)
}
