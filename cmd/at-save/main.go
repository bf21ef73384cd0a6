package main

import (
	_ "embed"

	"agenttrace/lib/cli"
	"agenttrace/lib/event"
)

//go:embed doc.go
var doc string

func main() {
	app := cli.New("at-save", doc)
	where := cli.StoreFlags(app)
	tee := app.Flag("tee", "Pass the events on to standard output.").Bool()
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, where, *tee) })
}

func run(c *cli.IO, where *cli.Store, tee bool) error {
	st, err := where.Open()
	if err != nil {
		return err
	}
	saver := st.NewSaver()
	// What has come is saved before more is waited for.
	c.In.BeforeBlock = func() error {
		if err := saver.Flush(); err != nil {
			return err
		}
		return c.Out.Flush()
	}
	bad := cli.Drop
	if tee {
		bad = nil
	}
	err = c.Each(func(e event.Event) error {
		if session := e.Session(); session == "" {
			c.Warnf("%s:%d: not saved: no session_id", e.File, e.Line)
		} else if err := saver.Save(session, e.Raw); err != nil {
			return err
		}
		if tee {
			return c.Out.Write(e.Raw)
		}
		return nil
	}, bad)
	if ferr := saver.Flush(); err == nil {
		err = ferr
	}
	return err
}
