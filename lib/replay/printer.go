package replay

import (
	"io"

	"agenttrace/lib/event"
)

// DefaultHold is how much text a Printer keeps back by default: about half a
// million entries.
const DefaultHold = 64 << 20

// A Printer prints the entries of a stream in its order. A summary of each session
// stands before its first entry. Since it is complete only at the end of the input,
// text is kept back until then, at most Options.Hold bytes of it. When there is
// more, or on Release, the text goes out with what is known of the sessions so far,
// and their full summaries follow at their ends.
//
// Where the session changes and there is no summary, a line names it. A Printer
// holds some numbers of each session, and its calls without an outcome.
type Printer struct {
	view
	sessions
	out     io.Writer
	hold    bool
	held    []piece  // text that waits for a summary
	size    int      // of it, in bytes
	shown   *session // whose entry or summary was printed last
	any     bool     // something was printed or held
	scratch []byte
}

// A piece is text that is kept back.
type piece struct {
	s    *session // whose summary comes before the text; nil if none does
	text []byte
}

// pieceSize is the size, in bytes, at which another piece is begun, so that a
// long text is not copied over and over as it grows.
const pieceSize = 1 << 20

// NewPrinter returns a Printer to out. It keeps text back if o.Hold is more
// than 0 and there are summaries to wait for.
func NewPrinter(out io.Writer, o Options) *Printer {
	return &Printer{view: newView(o), out: out, hold: o.Hold > 0 && !o.NoSummary}
}

// Shows reports whether the event will get an entry.
func (p *Printer) Shows(e event.Event) bool { return p.shows(e) }

// Event prints the entry of an event.
func (p *Printer) Event(e event.Event) error {
	known := len(p.list)
	s, number, of := p.take(e)
	b := p.scratch[:0]
	if len(p.list) > known && !p.NoSummary {
		var err error
		if b, err = p.begin(b, s); err != nil {
			return err
		}
	}
	if p.shows(e) {
		if s != p.shown {
			if p.shown != nil {
				b = append(b, '\n')
				b = p.heading(b, "", s)
			}
			p.shown = s
		}
		x := p.entry(e, s, number, of)
		b = p.append(b, "", &x)
	}
	if number > 0 && e.Is("session_end") && s.announced {
		b = p.end(b, s)
	}
	p.scratch = b
	return p.print(b)
}

// begin puts the summary of a new session, or its place.
func (p *Printer) begin(b []byte, s *session) ([]byte, error) {
	if p.any {
		if err := p.print([]byte{'\n'}); err != nil {
			return b, err
		}
	}
	p.shown = s
	if p.hold {
		p.held = append(p.held, piece{s: s})
	} else {
		b = p.block(b, s, false)
		s.announced = true
	}
	return append(b, '\n'), nil
}

// end puts the summary of a session that was announced without one.
func (p *Printer) end(b []byte, s *session) []byte {
	s.told = s.events
	p.shown = s
	b = append(b, '\n')
	return p.block(b, s, true)
}

// print writes b, or holds it if a summary that is not known yet comes before
// it.
func (p *Printer) print(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	p.any = true
	if len(p.held) == 0 {
		_, err := p.out.Write(b)
		return err
	}
	last := &p.held[len(p.held)-1]
	if len(last.text) >= pieceSize {
		p.held = append(p.held, piece{text: make([]byte, 0, pieceSize+len(b))})
		last = &p.held[len(p.held)-1]
	}
	last.text = append(last.text, b...)
	if p.size += len(b); p.size >= p.Hold {
		// The other sessions are probably complete; if not, they are summed
		// up again at the end.
		return p.release(func(s *session) bool { return s != p.current })
	}
	return nil
}

// Release prints what is kept back, and keeps nothing back from then on: the
// stream is one that goes on while it is watched.
func (p *Printer) Release() error {
	p.hold = false
	return p.release(func(*session) bool { return false })
}

// Holds reports whether text is kept back.
func (p *Printer) Holds() bool { return len(p.held) > 0 }

// release writes what is held, with the totals of the sessions that complete
// picks.
func (p *Printer) release(complete func(*session) bool) error {
	for i, h := range p.held {
		if h.s != nil {
			h.s.announced = true
			totals := complete(h.s)
			if totals {
				h.s.told = h.s.events
			}
			if _, err := p.out.Write(p.block(nil, h.s, totals)); err != nil {
				return err
			}
		}
		if _, err := p.out.Write(h.text); err != nil {
			return err
		}
		p.held[i].text = nil
	}
	p.held, p.size = nil, 0
	return nil
}

// Close prints what is kept back and the summaries that are still due.
func (p *Printer) Close() error {
	if err := p.release(func(*session) bool { return true }); err != nil || p.NoSummary {
		return err
	}
	for _, s := range p.list {
		if s.announced && s.told != s.events {
			if _, err := p.out.Write(p.end(nil, s)); err != nil {
				return err
			}
		}
	}
	return nil
}
