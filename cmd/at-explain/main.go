package main

import (
	_ "embed"

	"agenttrace/lib/cli"
	"agenttrace/lib/event"
	"agenttrace/lib/phase"
)

//go:embed doc.go
var doc string

func main() {
	app := cli.New("at-explain", doc)
	rep := cli.ReportFlags(app)
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, rep) })
}

func run(c *cli.IO, rep *cli.Report) error {
	if rep.Records() {
		return records(c, rep)
	}
	x := phase.NewExplainer()
	err := rep.Gather(c, "phase", x.Add)
	if err != nil {
		return err
	}
	_, err = x.WriteTo(c.Stdout)
	return err
}

// records prints the records of the phases: each as soon as its phase is over,
// or with --tee after the input, which is not to be kept waiting or broken up.
func records(c *cli.IO, rep *cli.Report) error {
	var late [][]byte
	var err error
	seg := phase.Segmenter{Ended: func(p *phase.Phase, _ uint64) {
		line := p.Append(nil)
		if rep.Tee {
			late = append(late, line)
		} else if err == nil {
			err = c.Out.Write(line)
		}
	}}
	each := rep.Each(c, "phase", func(e event.Event) error {
		if !e.IsRecord() {
			seg.Add(e, 0)
		}
		return err
	})
	if each != nil {
		return each
	}
	seg.Close()
	for _, line := range late {
		if err == nil {
			err = c.Out.Write(line)
		}
	}
	return err
}
