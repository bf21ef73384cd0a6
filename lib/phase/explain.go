package phase

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"path"
	"strings"
	"time"

	"agenttrace/lib/event"
	"agenttrace/lib/text"
)

// How much of a phase a report shows.
const (
	maxFiles    = 5
	maxCommands = 8
	lineWidth   = 100 // of a command, in columns
)

// An Explainer makes a report of the sessions of a stream: their phases, files,
// commands, retries and wasted time.
type Explainer struct {
	seg     Segmenter
	reports map[*Session]*report
}

// report is what is known of a session: the text of its phases, and sums.
type report struct {
	phases        bytes.Buffer
	read, written files
	retries       int
	wasted        time.Duration
}

// NewExplainer returns an Explainer.
func NewExplainer() *Explainer {
	x := &Explainer{reports: map[*Session]*report{}}
	x.seg.Ended = func(p *Phase, _ uint64) { x.of(p.Session).add(p) }
	return x
}

func (x *Explainer) of(s *Session) *report {
	r := x.reports[s]
	if r == nil {
		r = &report{}
		x.reports[s] = r
	}
	return r
}

// Add takes the next event. Records are not looked at.
func (x *Explainer) Add(e event.Event) {
	if !e.IsRecord() {
		x.seg.Add(e, 0)
	}
}

// WriteTo writes the reports, one after another. It ends the phases that are
// open: no more can be added.
func (x *Explainer) WriteTo(w io.Writer) (int64, error) {
	x.seg.Close()
	var b bytes.Buffer
	var n int64
	for i, s := range x.seg.Sessions() {
		b.Reset()
		if i > 0 {
			b.WriteByte('\n')
		}
		x.of(s).write(&b, s)
		k, err := w.Write(b.Bytes())
		if n += int64(k); err != nil {
			return n, err
		}
	}
	return n, nil
}

// add adds the text of a phase.
func (r *report) add(p *Phase) {
	failed := ""
	if p.Failed {
		failed = " — FAILED"
	}
	when := ""
	if p.Timed {
		when = text.Clock(p.offset(p.Start)) + "–" + text.Clock(p.offset(p.End)) + ", "
	}
	fmt.Fprintf(&r.phases, "\nPhase %d: %s%s (%s%s)\n", p.Number, text.Line(p.Title, 0), failed, when, text.Count(p.Events, "event"))
	r.files("Read", p, p.FilesRead, &r.read)
	r.files("Wrote", p, p.FilesWritten, &r.written)
	for i, c := range p.Commands {
		if i == maxCommands {
			fmt.Fprintf(&r.phases, "  ... and %s\n", more(len(p.Commands)-i, "more command"))
			break
		}
		retry := ""
		if c.Retry {
			retry = "  ← retry"
		}
		fmt.Fprintf(&r.phases, "  Ran: %s%s\n", text.Line(c.Line, lineWidth), retry)
	}
	r.retries += p.Retries
	r.wasted += p.Wasted
}

func more(n int, noun string) string { return text.Count(n, noun) }

// files adds the line of the files that a phase read or wrote.
func (r *report) files(verb string, p *Phase, names []string, all *files) {
	var own files
	for _, n := range names {
		n = shown(n, p.Session.Cwd)
		own.add(n)
		all.add(n)
	}
	if len(own.list) == 0 {
		return
	}
	fmt.Fprintf(&r.phases, "  %s: ", verb)
	for i, n := range own.list {
		if i == maxFiles {
			fmt.Fprintf(&r.phases, " +%d more", len(own.list)-i)
			break
		}
		if i > 0 {
			r.phases.WriteString(", ")
		}
		r.phases.WriteString(text.Line(n, lineWidth))
	}
	r.phases.WriteByte('\n')
}

// shown returns a path as a report shows it: below the directory of the
// session without that.
func shown(p, cwd string) string {
	if cwd == "" || strings.Contains(p, "://") {
		return p
	}
	cwd = strings.TrimRight(cwd, `/\`)
	if rest, ok := strings.CutPrefix(p, cwd); ok && len(rest) > 1 && (rest[0] == '/' || rest[0] == '\\') {
		p = rest[1:]
	}
	if strings.HasPrefix(p, "./") {
		p = path.Clean(p)
	}
	return p
}

// write writes the report of a session.
func (r *report) write(b *bytes.Buffer, s *Session) {
	took := ""
	if s.Timed {
		took = text.Duration(s.Duration()) + ", "
	}
	fmt.Fprintf(b, "Session: %s (%s%s)\n", text.Line(s.ID, 0), took, text.Count(s.Events, "event"))
	b.Write(r.phases.Bytes())
	fmt.Fprintf(b, "\nFiles touched: %d read, %d written\n", len(r.read.list), len(r.written.list))
	share := ""
	if d := s.Duration(); d > 0 {
		share = fmt.Sprintf("%.0f%% of session", math.Min(100, 100*float64(r.wasted)/float64(d)))
	}
	switch wasted := text.Duration(r.wasted); {
	case r.retries > 0 && r.wasted > 0 && share != "":
		fmt.Fprintf(b, "Retries: %d (wasted %s, %s)\n", r.retries, wasted, share)
	case r.retries > 0 && r.wasted > 0:
		fmt.Fprintf(b, "Retries: %d (wasted %s)\n", r.retries, wasted)
	case r.retries > 0:
		fmt.Fprintf(b, "Retries: %d\n", r.retries)
	case r.wasted > 0 && share != "":
		fmt.Fprintf(b, "Wasted: %s (%s)\n", wasted, share)
	case r.wasted > 0:
		fmt.Fprintf(b, "Wasted: %s\n", wasted)
	}
}
