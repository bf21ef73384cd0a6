package main

import (
	_ "embed"

	"agenttrace/lib/cli"
	"agenttrace/lib/postmortem"
)

//go:embed doc.go
var doc string

// options are the flags of at-postmortem.
type options struct {
	report       *cli.Report
	instructions []string
	exitCode     bool
}

func main() {
	app := cli.New("at-postmortem", doc)
	o := &options{report: cli.ReportFlags(app, "markdown")}
	app.Flag("instructions", "Instructions that the sessions had to follow, instead of those in their directories; may be repeated.").PlaceHolder("FILE").StringsVar(&o.instructions)
	app.Flag("agents-md", "The same.").Hidden().StringsVar(&o.instructions)
	app.Flag("exit-code", "Exit with 1 if a session failed.").BoolVar(&o.exitCode)
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, o) })
}

func run(c *cli.IO, o *options) error {
	set := postmortem.New()
	given, err := o.given()
	if err != nil {
		return err
	}
	set.Instructions = func(f *postmortem.Fold) []*postmortem.Instruction {
		if o.instructions != nil {
			return given
		}
		return found(f.Cwd, f.Commit)
	}
	err = o.report.Gather(c, postmortem.Kind, set.Add)
	if err != nil {
		return err
	}
	failed := false
	for i, f := range set.Sessions() {
		r := f.Report()
		failed = failed || r.Status != postmortem.OK
		if err := o.print(c, r, i > 0); err != nil {
			return err
		}
	}
	if failed && o.exitCode {
		return cli.ErrNo
	}
	return nil
}

func (o *options) print(c *cli.IO, r *postmortem.Report, more bool) error {
	var b []byte
	switch {
	case o.report.Records():
		return c.Out.Write(r.Record(nil))
	case more:
		b = append(b, '\n')
	}
	if o.report.Format == "markdown" {
		b = r.AppendMarkdown(b)
	} else {
		b = r.AppendText(b)
	}
	return c.Print(b)
}
