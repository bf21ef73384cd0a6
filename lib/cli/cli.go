// Package cli holds what every at-* command shares: flags, the FILE arguments,
// the exit statuses, warnings, and the way a run ends.
package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"text/template"

	"github.com/alecthomas/kingpin/v2"
	"golang.org/x/term"

	"agenttrace/lib/event"
)

// Exit statuses, as in grep and diff.
const (
	OK      = 0 // it went well; the answer is yes
	No      = 1 // the answer is no: a rule is broken, the sessions differ
	Trouble = 2 // bad usage, unreadable input, lines that are not events
)

// ErrNo ends a run with status No and no message.
var ErrNo = errors.New("no")

// Version is set by the linker; otherwise the build information is used.
var Version string

// New returns the parser of a command. doc is the text of its doc.go, from
// which help and man page are made.
func New(name, doc string) *kingpin.Application {
	kingpin.EnableFileExpansion = false // an argument may begin with @
	kingpin.ManPageTemplate = manTemplate
	summary := summaryOf(doc)
	app := kingpin.New(name, summary)
	app.UsageWriter(os.Stdout).ErrorWriter(os.Stderr).UsageTemplate(usageTemplate)
	app.UsageFuncs(template.FuncMap{
		"Name": func() string { return roffEscape.Replace(name) + ` \- ` + roffEscape.Replace(summary) },
		"Man":  func() string { return roff(doc) },
		"Text": func() string { return plainText(doc) },
	})
	app.HelpFlag.Short('h').Help("Show this help.")
	app.Version(name + " " + version())
	app.VersionFlag.Help("Show the version.")
	return app
}

func version() string {
	if Version != "" {
		return Version
	}
	if bi, ok := debug.ReadBuildInfo(); ok && bi.Main.Version != "" {
		return bi.Main.Version
	}
	return "(devel)"
}

// files is the kingpin value of FILE….
type files []string

func (f *files) String() string     { return "" }
func (f *files) IsCumulative() bool { return true }
func (f *files) Set(s string) error {
	if s == "" { // kingpin passes a lone - as the empty string
		s = "-"
	}
	*f = append(*f, s)
	return nil
}

// IO is what a run reads and writes.
type IO struct {
	Name           string
	In             *event.Files  // the events of FILE…; nil without Std
	Out            *event.Writer // lines on standard output
	Stdin          *os.File
	Stdout, Stderr io.Writer
	// Elsewhere, if set, reports whether the input comes from somewhere else
	// when there are no FILE arguments; standard input is not read then.
	Elsewhere func() bool

	std   bool
	names files
	bad   int
	rest  *outlived // see Outlive
}

// Streams returns an IO for a command without FILE arguments.
func Streams(app *kingpin.Application) *IO {
	return &IO{Name: app.Name, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
}

// Std adds the FILE… arguments to app and returns an IO that reads events
// from them.
func Std(app *kingpin.Application) *IO {
	c := Names(app, "Event files; standard input if none, or for -.")
	c.std = true
	return c
}

// Names adds FILE… arguments that the command opens itself, see Files.
func Names(app *kingpin.Application, help string) *IO {
	c := Streams(app)
	app.Arg("file", help).SetValue(&c.names)
	return c
}

// Files returns the FILE arguments as given.
func (c *IO) Files() []string { return c.names }

// Dirs takes the directories out of the FILE arguments and returns them.
func (c *IO) Dirs() (dirs []string) {
	var rest files
	for _, name := range c.names {
		if name != "-" && IsDir(name) {
			dirs = append(dirs, name)
		} else {
			rest = append(rest, name)
		}
	}
	c.names = rest
	if c.In != nil {
		c.In.Names = rest
	}
	return dirs
}

// Warnf prints a warning; the run goes on, and ends with status Trouble.
func (c *IO) Warnf(format string, args ...any) {
	c.bad++
	c.Notef(format, args...)
}

// Notef prints a message that does not change the exit status.
func (c *IO) Notef(format string, args ...any) {
	fmt.Fprintln(c.Stderr, c.Name+": "+oneLine(fmt.Sprintf(format, args...)))
}

// Hintf prints what to do about the message before.
func (c *IO) Hintf(format string, args ...any) {
	fmt.Fprintln(c.Stderr, "hint: "+oneLine(fmt.Sprintf(format, args...)))
}

// oneLine keeps text from a trace from driving the terminal through a message.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return '?'
		}
		return r
	}, s)
}

// Print writes a text, such as a report, in turn with the lines that are written
// to Out. It ends in a newline, which need not be there; if it is empty, nothing
// is written.
func (c *IO) Print(text []byte) error {
	if len(text) == 0 {
		return nil
	}
	return c.Out.Write(bytes.TrimSuffix(text, []byte("\n"))) // Write adds it again
}

// Each calls fn for each event. A line that is not an event is reported and
// handed to bad, or passed on as it is if bad is nil.
func (c *IO) Each(fn func(event.Event) error, bad func(line []byte) error) error {
	if bad == nil {
		bad = c.Out.Write
	}
	for c.In.Scan() {
		e, err := c.In.Event()
		if err := c.one(e, err, fn, bad); err != nil {
			return err
		}
	}
	return c.In.Err()
}

// one hands on an event as it was read; wrong is the error that came with it.
func (c *IO) one(e event.Event, wrong error, fn func(event.Event) error, bad func(line []byte) error) error {
	if wrong != nil {
		c.Warnf("%v", wrong)
		if e.Type() == "" {
			return bad(e.Raw)
		}
	}
	return fn(e)
}

// Drop is the bad of Each for reports, which have no place for a line that is
// not an event. By then the line has been reported.
func Drop([]byte) error { return nil }

// A hinted error knows what to do about it.
type hinted struct {
	error
	hint string
}

// WithHint adds a line to an error that says what to do.
func WithHint(err error, hint string) error { return hinted{err, hint} }

// Run parses the command line, calls run, and exits.
func Run(app *kingpin.Application, c *IO, run func(*IO) error) {
	if _, err := app.Parse(os.Args[1:]); err != nil {
		fmt.Fprintf(c.Stderr, "%s: %s, try --help\n", c.Name, oneLine(err.Error()))
		os.Exit(Trouble)
	}
	os.Exit(c.Exec(run))
}

// Exec calls run with the streams set up and returns the exit status.
func (c *IO) Exec(run func(*IO) error) int {
	c.Out = event.NewWriter(c.Stdout)
	if c.std {
		c.In = &event.Files{
			Names:       c.names,
			Skip:        func(err error) { c.Warnf("%v", err) },
			BeforeBlock: c.Out.Flush,
		}
		c.hintTerminal()
	}
	return c.status(run(c))
}

// hintTerminal tells a person at a terminal that the command waits for input.
func (c *IO) hintTerminal() {
	if len(c.names) == 0 && IsTerminal(c.Stdin) && (c.Elsewhere == nil || !c.Elsewhere()) {
		fmt.Fprintf(c.Stderr, "%s: reading events from the terminal\n", c.Name)
		c.Hintf("at-cat | %s", c.Name)
	}
}

// IsTerminal reports whether f is a terminal.
func IsTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && term.IsTerminal(int(f.Fd()))
}

// status flushes the output and turns the result of a run into an exit status.
// A reader of standard output that went away needs no case here: the Go
// runtime ends the process by SIGPIPE.
func (c *IO) status(err error) int {
	if ferr := c.Out.Flush(); err == nil {
		err = ferr
	}
	if c.rest != nil {
		if rerr := c.rest.end(err != nil || c.bad > 0); err == nil {
			err = rerr
		}
	}
	switch {
	case err != nil && !errors.Is(err, ErrNo):
		c.Notef("%v", err)
		var h hinted
		if errors.As(err, &h) {
			c.Hintf("%s", h.hint)
		}
		return Trouble
	case c.bad > 0:
		return Trouble
	case err != nil:
		return No
	}
	return OK
}

// Bad returns how many warnings there were, such as for lines that are not
// events.
func (c *IO) Bad() int { return c.bad }
