package main

import (
	_ "embed"
	"errors"

	"agenttrace/lib/cli"
	"agenttrace/lib/event"
	"agenttrace/lib/store"
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
	bad := cli.Drop
	if tee {
		bad = nil
		c.Outlive() // who saves does not stop because nobody watches
	}
	saver := st.NewSaver()
	// What has come is saved before more is waited for.
	c.In.BeforeBlock = func() error {
		if err := saver.Flush(); err != nil {
			return err
		}
		return c.Out.Flush()
	}
	homeless := 0
	err = c.Each(func(e event.Event) error {
		err := saver.Save(e.Session(), e.Raw)
		if errors.Is(err, store.ErrNoSession) {
			c.Warnf("%s:%d: not saved: %v", e.File, e.Line, err)
			if homeless++; homeless == 1 {
				c.Hintf("give it the session_id of the session that it belongs to, or leave it out")
			}
		} else if err != nil {
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
