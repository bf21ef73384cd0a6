package main

import (
	_ "embed"
	"fmt"
	"io"

	"agenttrace/lib/cli"
	"agenttrace/lib/mask"
	"agenttrace/lib/scrub"
)

//go:embed doc.go
var doc string

type options struct {
	mask.Options
	patterns              []string
	keepDomain, keepLast4 bool
	list                  bool
	flags                 *cli.Scrub
}

func main() {
	app := cli.New("at-mask", doc)
	var o options
	app.Flag("only", "Mask these kinds, and no others.").PlaceHolder("KIND,…").StringsVar(&o.Only)
	app.Flag("except", "Do not mask these kinds.").PlaceHolder("KIND,…").StringsVar(&o.Except)
	app.Flag("ip", "Mask public IP addresses, too.").BoolVar(&o.IP)
	app.Flag("pattern", "Mask what matches RE, as kind NAME.").PlaceHolder("NAME=RE").StringsVar(&o.patterns)
	app.Flag("keep-domain", "Leave the domain of e-mail addresses.").BoolVar(&o.keepDomain)
	app.Flag("keep-last4", "Leave the last four digits of numbers.").BoolVar(&o.keepLast4)
	app.Flag("list", "Print the kinds and exit.").BoolVar(&o.list)
	o.flags = cli.ScrubFlags(app, "MASKED")
	std := cli.Names(app, "Event files; standard input if none, or for -.")

	cli.Run(app, std, func(c *cli.IO) error { return run(c, &o) })
}

func run(c *cli.IO, o *options) error {
	for _, p := range o.patterns {
		pattern, err := mask.ParsePattern(p)
		if err != nil {
			return err
		}
		o.Patterns = append(o.Patterns, pattern)
	}
	m, err := mask.New(o.Options)
	if err != nil {
		return err
	}
	if o.list {
		return list(c.Stdout, m)
	}
	return o.flags.Run(c, scrub.Options{Find: m.Find, Candidate: m.Candidate, Decode: true, Replace: o.replace})
}

// replace returns what stands for a text, with the part that may stay.
func (o *options) replace(rule string, found []byte) string {
	more := ""
	if o.keepLast4 && !o.flags.Plain {
		more = mask.Last4(rule, found)
	}
	marker := o.flags.Marker(rule, found, more)
	if o.keepDomain && rule == "email" {
		marker += mask.Domain(found)
	}
	return marker
}

func list(w io.Writer, m *mask.Masker) error {
	for _, k := range m.Kinds() {
		if _, err := fmt.Fprintf(w, "%-12s %s\n", k.Name, k.Description); err != nil {
			return err
		}
	}
	return nil
}
