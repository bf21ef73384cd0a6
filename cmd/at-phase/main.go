package main

import (
	_ "embed"

	"agenttrace/lib/cli"
	"agenttrace/lib/phase"
)

//go:embed doc.go
var doc string

func main() {
	app := cli.New("at-phase", doc)
	std := cli.Std(app)

	cli.Run(app, std, run)
}

func run(c *cli.IO) error {
	f := phase.NewFilter(c.Out.Write)
	if err := c.Each(f.Add, f.Pass); err != nil {
		return err
	}
	return f.Close()
}
