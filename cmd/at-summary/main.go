package main

import (
	_ "embed"
	"iter"
	"time"

	"agenttrace/lib/cli"
	"agenttrace/lib/event"
	"agenttrace/lib/session"
)

//go:embed doc.go
var doc string

func main() {
	app := cli.New("at-summary", doc)
	report := cli.ReportFlags(app)
	tree := app.Flag("include-subagents", "Add the sessions of subagents to those that started them.").Bool()
	zone := cli.ZoneFlag(app)
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, report, *tree, zone.Location()) })
}

func run(c *cli.IO, report *cli.Report, tree bool, zone *time.Location) error {
	var set session.Set
	err := report.Each(c, session.Kind, func(e event.Event) error {
		set.Add(e)
		return nil
	})
	if err != nil {
		return err
	}
	var buf []byte
	for i, s := range summaries(&set, tree) {
		buf = buf[:0]
		if report.Records() {
			buf = s.Record(buf)
			err = c.Out.Write(buf)
		} else {
			if i > 0 {
				buf = append(buf, '\n')
			}
			buf = s.AppendText(buf, zone)
			err = c.Print(buf)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// summaries gives the sessions, or, with tree, those that no other session in
// the input has started.
func summaries(set *session.Set, tree bool) iter.Seq2[int, *session.Summary] {
	return func(yield func(int, *session.Summary) bool) {
		if !tree {
			for i, f := range set.Folds() {
				if !yield(i, f.Summary()) {
					return
				}
			}
			return
		}
		for i, folds := range set.Trees() {
			var children []*session.Summary
			for _, f := range folds[1:] {
				children = append(children, f.Summary())
			}
			if !yield(i, session.Merge(folds[0].Summary(), children...)) {
				return
			}
		}
	}
}
