package main

import (
	_ "embed"
	"errors"
	"fmt"
	"io"

	"agenttrace/lib/cli"
	"agenttrace/lib/grep"
	"agenttrace/lib/text"
)

//go:embed doc.go
var doc string

type options struct {
	spec         grep.Spec
	after        []string
	common       grep.Options
	since, until *cli.Moment
	clock        *cli.Clock

	not, count, list, sessions, status bool
	before, trail, context             int
}

func main() {
	var o options
	app := cli.New("at-grep", doc)
	s := &o.spec
	app.Flag("type", "Events of these types.").PlaceHolder("T,…").StringsVar(&s.Types)
	app.Flag("tool", "Calls of this tool, and their outcomes.").PlaceHolder("NAME").StringsVar(&s.Tools)
	app.Flag("path", "Calls that read, write or search such a path.").PlaceHolder("GLOB").StringsVar(&s.Paths)
	app.Flag("reads", "Calls that read it.").PlaceHolder("GLOB").StringsVar(&s.Reads)
	app.Flag("writes", "Calls that write it.").PlaceHolder("GLOB").StringsVar(&s.Writes)
	app.Flag("command", "Calls of such a shell command.").PlaceHolder("RE").StringsVar(&s.Commands)
	app.Flag("error", "Error events.").BoolVar(&s.Error)
	app.Flag("exit-code", "Outcomes with this exit code; N or N-M.").PlaceHolder("N").StringsVar(&s.ExitCodes)
	app.Flag("text", "Events that hold such a text.").PlaceHolder("RE").StringsVar(&s.Texts)
	app.Flag("label", "Annotations with such a label.").PlaceHolder("GLOB").StringsVar(&s.Labels)
	app.Flag("session", "Events of this session; an id or its beginning.").PlaceHolder("ID").StringsVar(&s.Sessions)
	o.since = cli.TimeFlag(app, "since", "Events at or after T.")
	o.until = cli.TimeFlag(app, "until", "Events before T.")
	app.Flag("after", "Only after an event of the same session that meets QUERY.").PlaceHolder("QUERY").StringsVar(&o.after)
	app.Flag("not", "Select what is not selected otherwise.").Short('v').BoolVar(&o.not)
	app.Flag("ignore-case", "Upper or lower case makes no difference.").Short('i').BoolVar(&o.common.IgnoreCase)
	app.Flag("fixed-strings", "RE is plain text.").Short('F').BoolVar(&o.common.Fixed)
	app.Flag("count", "Print only how many there are.").Short('c').BoolVar(&o.count)
	app.Flag("list", "Print the ids of the sessions.").Short('l').BoolVar(&o.list)
	app.Flag("sessions", "Print the whole of the sessions.").BoolVar(&o.sessions)
	app.Flag("after-context", "Also the N events that follow in the session.").Short('A').PlaceHolder("N").IntVar(&o.trail)
	app.Flag("before-context", "Also the N events before it in the session.").Short('B').PlaceHolder("N").IntVar(&o.before)
	app.Flag("context", "Both.").Short('C').PlaceHolder("N").IntVar(&o.context)
	app.Flag("exit-status", "Exit with 1 if nothing is selected.").Short('e').BoolVar(&o.status)
	o.clock = cli.ClockFlag(app)
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, &o) })
}

func run(c *cli.IO, o *options) error {
	g, err := o.grep()
	if err != nil {
		return err
	}
	g.Emit = c.Out.Write
	if g.Unit == grep.IDs {
		g.Emit = func(id []byte) error { return c.Out.Write([]byte(text.Line(string(id), 0))) }
	}
	g.Problem = func(err error) { c.Warnf("%v", err) }
	g.Idle = c.Out.Flush
	if err := c.Inputs(func(r io.Reader, name string) error { return g.Read(r, name) }); err != nil {
		return err
	}
	if err := g.Close(); err != nil {
		return err
	}
	if o.count {
		if err := c.Out.Write(fmt.Append(nil, g.Selected())); err != nil {
			return err
		}
	}
	if o.status && g.Selected() == 0 {
		return cli.ErrNo
	}
	return nil
}

// grep makes the selection that the options ask for.
func (o *options) grep() (*grep.Grep, error) {
	switch {
	case o.before < 0 || o.trail < 0 || o.context < 0:
		return nil, errors.New("-A, -B and -C take a number that is not less than 0")
	case len(o.after) > grep.MaxAfter:
		return nil, fmt.Errorf("--after may be given %d times", grep.MaxAfter)
	}
	o.spec.Since, o.spec.Until = o.since.Time(o.clock.Now()), o.until.Time(o.clock.Now())
	g := &grep.Grep{Not: o.not, Count: o.count, Before: max(o.before, o.context), Trail: max(o.trail, o.context)}
	switch {
	case o.list:
		g.Unit = grep.IDs
	case o.sessions:
		g.Unit = grep.Sessions
	}
	var err error
	if g.Query, err = o.spec.Compile(o.common); err != nil {
		return nil, fmt.Errorf("cannot use --%w", err)
	}
	for _, text := range o.after {
		spec, err := grep.ParseSpec(text)
		if err != nil {
			return nil, fmt.Errorf("cannot use --after '%s': %w", text, err)
		}
		q, err := spec.Compile(o.common)
		if err != nil {
			return nil, fmt.Errorf("cannot use --after '%s': %w", text, err)
		}
		g.After = append(g.After, q)
	}
	return g, nil
}
