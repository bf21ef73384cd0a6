package main

import (
	_ "embed"

	"agenttrace/lib/cli"
	"agenttrace/lib/tree"
)

//go:embed doc.go
var doc string

func main() {
	app := cli.New("at-tree", doc)
	report := cli.ReportFlags(app)
	depth := app.Flag("depth", "Show N levels below the top; all if not given.").PlaceHolder("N").Default("-1").Int()
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, report, *depth) })
}

func run(c *cli.IO, report *cli.Report, depth int) error {
	var b tree.Builder
	err := report.Gather(c, tree.Kind, b.Add)
	if err != nil {
		return err
	}
	for i, root := range b.Trees() {
		if report.Records() {
			if err := tree.Records(root, depth, c.Out.Write); err != nil {
				return err
			}
			continue
		}
		var text []byte
		if i > 0 {
			text = append(text, '\n')
		}
		text = tree.AppendText(text, root, depth)
		if err := c.Print(text); err != nil {
			return err
		}
	}
	return nil
}
