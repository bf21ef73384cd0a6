package main

import (
	_ "embed"
	"errors"

	"agenttrace/lib/cli"
	"agenttrace/lib/table"
)

//go:embed doc.go
var doc string

func main() {
	var o table.Options
	var format, columns string
	app := cli.New("at-csv", doc)
	app.Flag("format", "csv, or json: an array.").Default("csv").EnumVar(&format, "csv", "json")
	app.Flag("columns", "The columns; after a +, beside the usual ones.").PlaceHolder("NAME,…").StringVar(&columns)
	app.Flag("safe", "Put an apostrophe before a text that a spreadsheet takes for a formula.").BoolVar(&o.Safe)
	app.Flag("bom", "Begin with a byte order mark, for Excel.").BoolVar(&o.BOM)
	app.Flag("lf", "End rows in LF, not CRLF.").BoolVar(&o.LF)
	header := app.Flag("header", "Begin with the names of the columns.").Default("true").Bool()
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) (err error) {
		o.JSON, o.NoHeader = format == "json", !*header
		if o.JSON && (o.Safe || o.BOM || o.LF || o.NoHeader) {
			return errors.New("--safe, --bom, --lf and --no-header are for --format csv")
		}
		if columns != "" {
			if o.Columns, err = table.Columns(columns); err != nil {
				return err
			}
		}
		t := table.New(c.Stdout, o)
		c.In.BeforeBlock = t.Flush
		err = c.Each(t.Add, cli.Drop)
		return errors.Join(err, t.Close())
	})
}
