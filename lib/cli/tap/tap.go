// Package tap is what the commands share that record what passes through
// them. It is apart from lib/cli, since few commands need what it needs: what a
// program has in it, it makes ready at each start.
package tap

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"agenttrace/lib/capture/mcp"
	"agenttrace/lib/cli"
	"agenttrace/lib/event"
	"agenttrace/lib/mask"
	"agenttrace/lib/origin"
	"agenttrace/lib/proxy"
	"agenttrace/lib/redact"
	"agenttrace/lib/scrub"
)

// Flags is the flag group of these commands.
type Flags struct {
	Name         string // of the server, as its agent calls it
	redact, mask bool
	store        *cli.Store
}

// New adds --name, --redact, --mask and --trace-dir.
func New(app *kingpin.Application) *Flags {
	r := &Flags{}
	app.Flag("name", "What the agent calls the server.").Short('n').PlaceHolder("NAME").StringVar(&r.Name)
	app.Flag("redact", "Take secrets out of what is recorded, as at-redact does.").BoolVar(&r.redact)
	app.Flag("mask", "Mask personal data in what is recorded, as at-mask does.").BoolVar(&r.mask)
	r.store = cli.StoreFlags(app)
	return r
}

// Open returns a recorder that stores what it makes in the trace store.
func (r *Flags) Open(c *cli.IO) (*proxy.Recorder, error) {
	st, err := r.store.Open()
	if err != nil {
		return nil, err
	}
	var filters []*scrub.Filter
	if r.redact {
		f, err := redact.NewFilter(nil, cli.Markers(c, r.store, "REDACTED"))
		if err != nil {
			return nil, err
		}
		filters = append(filters, f)
	}
	if r.mask {
		m, err := mask.New(mask.Options{})
		if err != nil {
			return nil, err
		}
		o := scrub.Options{Find: m.Find, Candidate: m.Candidate, Decode: true, Replace: cli.Markers(c, r.store, "MASKED")}
		filters = append(filters, scrub.New(o))
	}
	var clean func([]byte) ([]byte, error)
	if len(filters) > 0 {
		clean = func(line []byte) ([]byte, error) { return cleanLine(filters, line) }
	}
	return proxy.NewRecorder(st.NewSaver(), clean), nil
}

var errNotClean = errors.New("an event could not be scrubbed")

func cleanLine(filters []*scrub.Filter, line []byte) ([]byte, error) {
	for _, f := range filters {
		if line, _, _ = f.Line(nil, line); line == nil {
			return nil, errNotClean
		}
	}
	return line, nil
}

// Tracer returns the tracer of a recorder. command is what was started, url
// where the server is reached; either may be empty.
func (r *Flags) Tracer(rec *proxy.Recorder, command []string, url string) *mcp.Tracer {
	t := &mcp.Tracer{Emit: rec.Emit, Name: r.Name, URL: url}
	var known []byte // it stays the same
	t.Start = func(o *event.Object) {
		if known == nil {
			var x event.Object
			cwd, _ := os.Getwd()
			x.Str("cwd", cwd).Strs("command", command).Str("remote_url", url)
			origin.Add(&x, cwd, "") // of the process that started this one
			known = append(known, x.Bytes()...)
		}
		event.Fields(known, func(k, v []byte) bool {
			o.RawKey(k, v)
			return true
		})
	}
	return t
}

// Stop ends a recorder, and says what was lost.
func (r *Flags) Stop(c *cli.IO, rec *proxy.Recorder, limit time.Duration) {
	if n, err := rec.Stop(limit); n > 0 {
		c.Notef("cannot record %d events: %v", n, err)
	}
}

// NewSession returns the id of a new session.
func NewSession() string { return "mcp-" + NewLabel() }

// NewLabel returns a text that no other process has.
func NewLabel() string {
	var b [8]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
