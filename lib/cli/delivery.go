package cli

import (
	"cmp"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
)

// Delivery is the flag group of commands that send requests somewhere.
type Delivery struct {
	Compression string        // gzip, none, or "" if it was not given
	Timeout     time.Duration // of one attempt; 0 if it was not given
	RetryFor    time.Duration // how long a request is tried again
	FirstRetry  time.Duration // the time before the first retry
	DeadLetter  string        // the file for what is not accepted, "" for none
	DryRun      bool
}

// DeliveryFlags adds --compression, --timeout, --retry-for, --dead-letter and
// --dry-run, and, hidden, --first-retry. letters is what the lines of a dead
// letter file are.
func DeliveryFlags(app *kingpin.Application, letters string) *Delivery {
	d := &Delivery{}
	app.Flag("compression", "gzip or none.").PlaceHolder("NAME").EnumVar(&d.Compression, "gzip", "none")
	app.Flag("timeout", "Of one attempt to send.").PlaceHolder("10s").DurationVar(&d.Timeout)
	app.Flag("retry-for", "How long to try again.").Default("1m").DurationVar(&d.RetryFor)
	app.Flag("first-retry", "The time before the first.").Hidden().Default("1s").DurationVar(&d.FirstRetry)
	app.Flag("dead-letter", "Add what is not accepted to a file, as "+letters+".").PlaceHolder("FILE").StringVar(&d.DeadLetter)
	app.Flag("dry-run", "Send nothing; print a line about each request.").BoolVar(&d.DryRun)
	return d
}

// UserAgent is what the command calls itself to a server.
func (c *IO) UserAgent() string {
	return c.Name + "/" + cmp.Or(strings.ReplaceAll(Version, " ", ""), "devel")
}

// maxNotes is how many messages about single requests are printed.
const maxNotes = 10

// Notes prints messages of which there may be one for every request: the first
// ten, and then how many more there were.
type Notes struct {
	IO *IO
	n  int
}

// Add takes a message.
func (n *Notes) Add(message string) {
	if n.n++; n.n <= maxNotes {
		n.IO.Notef("%s", message)
	}
}

// Close tells how many messages were not printed.
func (n *Notes) Close() {
	if n.n > maxNotes {
		n.IO.Notef("and %d more such messages", n.n-maxNotes)
	}
}

// Lost reports that so many of all items could not be delivered, and where they
// are kept; "" if nowhere, which has a hint. It says nothing if none is lost.
func (c *IO) Lost(lost, all int, what, kept string) {
	if lost == 0 {
		return
	}
	where := ""
	if kept != "" {
		where = "; see " + kept
	}
	c.Warnf("%d of %d %s were not accepted%s", lost, all, what, where)
	if kept == "" {
		c.Hintf("--dead-letter FILE keeps them")
	}
}
