package cli

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"agenttrace/lib/event"
	"agenttrace/lib/store"
)

// Report is the flag group of reports and gates.
type Report struct {
	Format string // text or json
	Tee    bool   // pass the input through and add the records
}

// ReportFlags adds --format and --tee. more are formats beside text and json.
func ReportFlags(app *kingpin.Application, more ...string) *Report {
	r := &Report{}
	help := "Print a report for people (text) or the records it is made of (json)."
	if len(more) > 0 {
		help = "Print a report for people (text), the records it is made of (json), or " + strings.Join(more, " or ") + "."
	}
	app.Flag("format", help).Default("text").EnumVar(&r.Format, append([]string{"text", "json"}, more...)...)
	app.Flag("tee", "Pass the input through and add the records to it.").BoolVar(&r.Tee)
	return r
}

// Records reports whether records are wanted instead of text.
func (r *Report) Records() bool { return r.Tee || r.Format == "json" }

// Each calls fn for each event of the input. Records of the given kind, or
// kinds with spaces between them, which this command makes anew, are dropped;
// with --tee the rest is passed on before fn is called.
func (r *Report) Each(c *IO, kind string, fn func(event.Event) error) error {
	kinds := strings.Fields(kind)
	return c.Each(func(e event.Event) error { return r.take(c, kinds, e, fn) }, r.bad(c))
}

// Gather is Each for reports that only add up what they see: add takes the
// event, and cannot fail.
func (r *Report) Gather(c *IO, kind string, add func(event.Event)) error {
	return r.Each(c, kind, func(e event.Event) error {
		add(e)
		return nil
	})
}

// take takes an event of Each.
func (r *Report) take(c *IO, kinds []string, e event.Event, fn func(event.Event) error) error {
	if e.Is(kinds...) {
		return nil
	}
	if r.Tee {
		if err := c.Out.Write(e.Raw); err != nil {
			return err
		}
	}
	return fn(e)
}

// bad takes a line that is not an event.
func (r *Report) bad(c *IO) func(line []byte) error {
	if r.Tee {
		return c.Out.Write
	}
	return Drop
}

// Store is the flag group of commands that use the trace store.
type Store struct{ dir string }

// StoreFlags adds --trace-dir.
func StoreFlags(app *kingpin.Application) *Store {
	s := &Store{}
	app.Flag("trace-dir", "The trace store; else $AGENT_TRACE_DIR, else the nearest .agent-traces here or above.").
		PlaceHolder("DIR").StringVar(&s.dir)
	return s
}

// Open returns the store. It need not exist yet.
func (s *Store) Open() (*store.Store, error) {
	if s.dir != "" {
		return store.At(s.dir), nil
	}
	wd, err := os.Getwd()
	if err != nil && os.Getenv(store.EnvDir) == "" {
		return nil, fmt.Errorf("cannot find the trace store: %w", err)
	}
	return store.At(store.Find(os.Getenv(store.EnvDir), wd)), nil
}

// Clock is the flag --now: the time that "today" and "2h ago" are counted from.
type Clock struct{ now Moment }

// ClockFlag adds --now.
func ClockFlag(app *kingpin.Application) *Clock {
	c := &Clock{}
	app.Flag("now", "Take this for the present time.").Hidden().PlaceHolder("TIME").SetValue(&c.now)
	return c
}

// IsSet reports whether the time was given.
func (c *Clock) IsSet() bool { return c.now.IsSet() }

// Now returns the time given, or the present.
func (c *Clock) Now() time.Time {
	if c.now.text == "" {
		return time.Now()
	}
	t, _ := ParseTime(c.now.text, time.Now())
	return t
}

// A Moment is the value of a flag such as --since: a time, or a distance back
// from now, as ParseTime reads it.
type Moment struct{ text string }

func (m *Moment) String() string { return m.text }
func (m *Moment) Set(s string) error {
	if _, err := ParseTime(s, time.Now()); err != nil {
		return err
	}
	m.text = s
	return nil
}

// IsSet reports whether the flag was given.
func (m *Moment) IsSet() bool { return m.text != "" }

// Time returns the time meant, counted back from now; the zero time if the
// flag was not given.
func (m *Moment) Time(now time.Time) time.Time {
	if m.text == "" {
		return time.Time{}
	}
	t, _ := ParseTime(m.text, now)
	return t
}

// TimeFlag adds a flag that takes a time.
func TimeFlag(app *kingpin.Application, name, help string) *Moment {
	m := &Moment{}
	app.Flag(name, help+" T: 2h, 7d, 2026-11-22, RFC 3339.").PlaceHolder("T").SetValue(m)
	return m
}

// ParseTime reads a time: a distance back from now (90s, 30m, 2h, 7d, 2w), a
// date or a date and time in the local zone, an RFC 3339 time, or seconds
// since 1970.
func ParseTime(s string, now time.Time) (time.Time, error) {
	if d, ok := ParseSpan(s); ok {
		return now.Add(-d), nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, time.Local); err == nil {
			return t, nil
		}
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && f > 1e8 && f < 1e11 {
		return time.UnixMicro(int64(f * 1e6)), nil
	}
	return time.Time{}, fmt.Errorf("%q is not a time: want 2h, 7d, 2026-11-22 or RFC 3339", s)
}

// ParseSpan reads a length of time such as 90s, 1h30m, 7d or 2w.
func ParseSpan(s string) (time.Duration, bool) {
	if n, ok := strings.CutSuffix(s, "d"); ok {
		return days(n, 1)
	}
	if n, ok := strings.CutSuffix(s, "w"); ok {
		return days(n, 7)
	}
	d, err := time.ParseDuration(s)
	return d, err == nil && d >= 0
}

func days(s string, each float64) (time.Duration, bool) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n < 0 || n*each > 36500 {
		return 0, false
	}
	return time.Duration(n * each * 24 * float64(time.Hour)), true
}

// Color is the flag --color.
type Color struct{ when string }

// ColorFlag adds --color.
func ColorFlag(app *kingpin.Application) *Color {
	c := &Color{}
	app.Flag("color", "Colour the text: auto, always or never.").Default("auto").EnumVar(&c.when, "auto", "always", "never")
	return c
}

// On reports whether f gets colours. NO_COLOR and TERM=dumb are honoured.
func (c *Color) On(f any) bool {
	switch c.when {
	case "always":
		return true
	case "never":
		return false
	}
	file, ok := f.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && IsTerminal(file)
}

// Zone is the flag --utc.
type Zone struct{ utc bool }

// ZoneFlag adds --utc.
func ZoneFlag(app *kingpin.Application) *Zone {
	z := &Zone{}
	app.Flag("utc", "Show times in UTC, not in the local zone.").BoolVar(&z.utc)
	return z
}

// Location returns the time zone of a report.
func (z *Zone) Location() *time.Location {
	if z.utc {
		return time.UTC
	}
	return time.Local
}
