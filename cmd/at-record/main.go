package main

import (
	_ "embed"
	"os"
	"os/exec"
	"os/signal"
	"time"

	"agenttrace/lib/cli"
	"agenttrace/lib/cli/tap"
	"agenttrace/lib/proxy"
)

//go:embed doc.go
var doc string

// patience is how long the end waits for a store that is slow. Clients that stop
// a server kill it some seconds later.
const patience = 2 * time.Second

func main() {
	app := cli.New("at-record", doc)
	app.Interspersed(false) // flags behind the command are the server's
	rec := tap.New(app)
	words := app.Arg("command", "The command line of the server.").Required().Strings()

	cli.Run(app, cli.Streams(app), func(c *cli.IO) error {
		// As it was given, and not as it was parsed.
		return run(c, rec, os.Args[len(os.Args)-len(*words):])
	})
}

// run ends the process as the server ends.
func run(c *cli.IO, flags *tap.Flags, command []string) error {
	rec, err := flags.Open(c)
	if err != nil {
		return err
	}
	tracer := flags.Tracer(rec, command, "")
	conn := tracer.Open(tap.NewSession())
	if agent := os.Getenv("CLAUDE_CODE_SESSION_ID"); agent != "" {
		conn = tracer.Join(agent, tap.NewLabel())
	}
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, proxy.Passed...)
	s := proxy.Stdio{Cmd: exec.Command(command[0], command[1:]...), In: os.Stdin, Out: os.Stdout, Signals: signals, Rec: rec, Conn: conn}
	s.Cmd.Stderr = os.Stderr
	exit, err := s.Run()
	if err != nil {
		c.Notef("cannot run the server: %v", err)
	}
	flags.Stop(c, rec, patience)
	exit.End()
	return nil
}
