package main

import (
	_ "embed"

	"agenttrace/lib/cli"
	"agenttrace/lib/grep"
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
