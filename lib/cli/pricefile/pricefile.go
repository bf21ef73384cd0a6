// Package pricefile is what the commands share that price tokens: the flag
// --prices, and which day one means. It is a package of its own so that the other
// commands need no table of prices.
package pricefile

import (
	"os"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"agenttrace/lib/cli"
	"agenttrace/lib/price"
)

// Prices is the flag --prices.
type Prices struct{ file string }

// Flag adds --prices. what is what the command takes from the file: prices, or
// more.
func Flag(app *kingpin.Application, what string) *Prices {
	p := &Prices{}
	app.Flag("prices", "A file of "+what+" that count before the table.").PlaceHolder("FILE").StringVar(&p.file)
	return p
}

// Table returns the table that is compiled in, behind the rows of the file if
// one was named.
func (p *Prices) Table() (*price.Table, error) {
	if p.file == "" {
		return price.Default, nil
	}
	f, err := os.Open(p.file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	own, err := price.Parse(f, p.file)
	if err != nil {
		return nil, err
	}
	return price.Default.With(own), nil
}

// Day returns the time that a flag means which asks for the prices of then. A date
// alone is one of the table, in which a day begins at midnight UTC, wherever the
// user is.
func Day(m *cli.Moment) time.Time {
	if t, err := time.Parse(time.DateOnly, m.String()); err == nil {
		return t
	}
	return m.Time(time.Now())
}
