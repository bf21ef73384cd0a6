package main

import (
	_ "embed"
	"regexp"

	"agenttrace/lib/cli"
	"agenttrace/lib/event"
	"agenttrace/lib/why"
)

//go:embed doc.go
var doc string

type options struct{ all, forward bool }

func main() {
	app := cli.New("at-why", doc)
	report := cli.ReportFlags(app, "dot")
	var o options
	app.Flag("all", "Print every cause, not only the strongest chain.").BoolVar(&o.all)
	app.Flag("forward", "Print what came of the event.").BoolVar(&o.forward)
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, report, o) })
}

// target is what names an event rather than a file.
var target = regexp.MustCompile(`^[^/]*#[^/]+$|^[0-9]+$|^[0-9a-f]{12}$`)

func run(c *cli.IO, report *cli.Report, o options) error {
	what := ""
	if names := c.In.Names; len(names) > 0 && target.MatchString(names[0]) {
		what, c.In.Names = names[0], names[1:]
	}
	var g why.Graph
	err := cli.EachAhead(c, report, why.Kind, why.Prepare, func(e event.Event, p why.Prepared) error {
		g.Add(e, p)
		return nil
	})
	if err != nil {
		return err
	}
	g.Close()
	t, err := g.Find(what)
	if err != nil || t == why.None {
		return err
	}
	return print(c, report, o, &g, t)
}

func print(c *cli.IO, report *cli.Report, o options, g *why.Graph, t why.Target) error {
	if report.Records() || report.Format == "dot" {
		edges := g.Edges(t, o.forward, o.all)
		if !report.Records() {
			_, err := c.Stdout.Write(g.Dot(t, edges))
			return err
		}
		var buf []byte
		for _, x := range edges {
			buf = g.Record(buf[:0], x, t)
			if err := c.Out.Write(buf); err != nil {
				return err
			}
		}
		return nil
	}
	return g.WriteText(c.Stdout, t, o.forward, o.all)
}
