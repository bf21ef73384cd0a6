package main

import (
	_ "embed"
	"fmt"
	"os"
	"strings"
	"time"

	"agenttrace/lib/cli"
)

//go:embed doc.go
var doc string

// options are the flags of at-guard.
type options struct {
	policy, rules  string
	onError, agent string
	deadline       time.Duration
	explain, save  bool
	where          *cli.Store
	clock          *cli.Clock
	started        time.Time
}

func main() {
	o := &options{started: time.Now()} // the deadline counts from here
	app := cli.New("at-guard", doc)
	app.Flag("policy", "The policy; else .agent-scope.json or .yaml in the project. none: there is none.").PlaceHolder("FILE").StringVar(&o.policy)
	app.Flag("rules", "Rules on what the session has done so far.").PlaceHolder("FILE").StringVar(&o.rules)
	app.Flag("on-error", "The answer where no judgement is possible: deny, ask or allow.").Default("deny").EnumVar(&o.onError, "deny", "ask", "allow")
	app.Flag("deadline", "When to answer as --on-error says.").Default("2s").DurationVar(&o.deadline)
	app.Flag("agent", "The agent, if its payload does not tell: claude, codex, gemini, cursor, copilot, opencode.").EnumVar(&o.agent, "claude", "codex", "gemini", "cursor", "copilot", "opencode")
	app.Flag("explain", "Print what is found, for a person.").BoolVar(&o.explain)
	app.Flag("save", "Store the verdict.").Default("true").BoolVar(&o.save)
	o.where = cli.StoreFlags(app)
	o.clock = cli.ClockFlag(app)

	if _, err := app.Parse(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "at-guard: %s, try --help\n", strings.ReplaceAll(err.Error(), "\n", " "))
		os.Exit(cli.Trouble)
	}
	os.Exit(o.run())
}
