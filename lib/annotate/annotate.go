// Package annotate finds the event that an annotation is about, and lists
// annotations for people.
package annotate

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"agenttrace/lib/event"
	"agenttrace/lib/store"
	"agenttrace/lib/text"
)

// Bookmark is the label of a bookmark.
const Bookmark = "bookmark"

// A Target says which event of a session is meant. The zero value means the
// session.
type Target struct {
	Number int    // of the event, from 1, as in at-replay; 0 if not given
	Event  string // its event_id, "" if not given
	At     time.Duration
	Timed  bool // At is given: the event nearest to it is meant
}

// number is #12 or 12.
var number = regexp.MustCompile(`^#?([0-9]{1,9})$`)

// ParseNumber reads the number of an event: #12 or 12.
func ParseNumber(s string) (int, error) {
	m := number.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("'%s' is not the number of an event: want 12 or #12", s)
	}
	n, _ := strconv.Atoi(m[1])
	if n == 0 {
		return 0, errors.New("events are numbered from 1")
	}
	return n, nil
}

var (
	units = regexp.MustCompile(`^(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6}(?:\.\d{1,9})?)s)?$`)
	clock = regexp.MustCompile(`^(?:(\d{1,6}):)?(\d{1,6}):(\d{1,2}(?:\.\d{1,9})?)$`)
	plain = regexp.MustCompile(`^()()(\d{1,9}(?:\.\d{1,9})?)$`)
)

// ParseOffset reads a time from the start of a session: 2m14s, 1h02m, 30s,
// 1:30, 1:02:03, or seconds, 45.
func ParseOffset(s string) (time.Duration, error) {
	for _, form := range []*regexp.Regexp{units, clock, plain} {
		m := form.FindStringSubmatch(s)
		if m == nil || s == "" {
			continue
		}
		seconds, _ := event.Nanos(cmp.Or(m[3], "0"))
		if form == clock && seconds >= int64(time.Minute) {
			break
		}
		hours, _ := strconv.Atoi(m[1])
		minutes, _ := strconv.Atoi(m[2])
		return time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute + time.Duration(seconds), nil
	}
	return 0, fmt.Errorf("'%s' is not a time in a session: want 2m14s, 1:30 or 45", s)
}

// A Found event.
type Found struct {
	Number int
	ID     string
	Offset time.Duration // from the session's first event; 0 if it has no time
}

// A Finder looks for the event that is meant, in one pass over a session.
type Finder struct {
	Target Target

	numbers     event.Numbers
	first, last int64
	timed       bool
	best        Found
	gap         time.Duration
	found       bool
}

// Add takes an event of the session.
func (f *Finder) Add(e event.Event) {
	n := f.numbers.Next(e)
	if n == 0 {
		return
	}
	at, ok := e.UnixNano()
	if ok && !f.timed {
		f.first, f.last, f.timed = at, at, true
	}
	offset := time.Duration(0)
	if ok {
		f.last = max(f.last, at)
		offset = time.Duration(at - f.first)
	}
	t := &f.Target
	switch {
	case t.Number > 0:
		if n != t.Number {
			return
		}
	case t.Event != "":
		if e.ID() != t.Event {
			return
		}
		if f.found {
			return // it is told twice
		}
	case t.Timed:
		gap := (offset - t.At).Abs()
		if !ok || f.found && gap >= f.gap {
			return
		}
		f.gap = gap
	default:
		return
	}
	f.best, f.found = Found{n, e.ID(), offset}, true
}

// Result returns the event that was found, once the whole session has been added.
// It is an error if there is no such event, or if it has no event_id that an
// annotation could refer to.
func (f *Finder) Result() (Found, error) {
	t := &f.Target
	switch {
	case *t == Target{}:
		return Found{}, nil
	case t.Timed && f.timed && t.At > time.Duration(f.last-f.first)+time.Second:
		return Found{}, fmt.Errorf("no event at %s: the session ends at %s", text.Clock(t.At), text.Clock(time.Duration(f.last-f.first)))
	case f.found && f.best.ID == "":
		return Found{}, fmt.Errorf("event #%d has no event_id to refer to", f.best.Number)
	case f.found:
		return f.best, nil
	case t.Number > 0:
		return Found{}, fmt.Errorf("no event #%d", t.Number)
	case t.Event != "":
		return Found{}, fmt.Errorf("no event '%s'", t.Event)
	}
	return Found{}, errors.New("no event has a time")
}

// A Lister finds out the numbers of annotated events.
type Lister struct {
	numbers event.Numbers
	at      map[string]int
}

// NewLister returns a Lister for annotations.
func NewLister(list []store.Annotation) *Lister {
	l := &Lister{at: map[string]int{}}
	for _, a := range list {
		if a.Event != "" {
			l.at[a.Event] = 0
		}
	}
	return l
}

// Add takes an event of the session.
func (l *Lister) Add(e event.Event) {
	n := l.numbers.Next(e)
	if n == 0 || len(l.at) == 0 {
		return
	}
	if at, ok := l.at[e.ID()]; ok && at == 0 {
		l.at[e.ID()] = n
	}
}

// AppendText appends the annotations as a table, in the order of the session.
// Times are in the zone given.
func (l *Lister) AppendText(dst []byte, list []store.Annotation, zone *time.Location) []byte {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b store.Annotation) int {
		return cmp.Or(cmp.Compare(l.place(&a), l.place(&b)), cmp.Compare(a.Created, b.Created))
	})
	var rows [][]string
	width := make([]int, 5)
	for _, a := range list {
		row := []string{text.Line(a.ID, 40), l.where(&a), text.Line(a.Label, 30), text.Line(a.Author, 20), when(a.Created, zone), text.Line(a.Note, 0)}
		for i := range width {
			width[i] = max(width[i], text.Width(row[i]))
		}
		rows = append(rows, row)
	}
	for _, row := range rows {
		line := ""
		for i, w := range width {
			if w > 0 {
				line += text.Pad(row[i], w) + "  "
			}
		}
		dst = append(dst, strings.TrimRight(line+row[5], " ")...)
		dst = append(dst, '\n')
	}
	return dst
}

// place is where an annotation stands in the list: those about the session
// first, those about an event that is not there last.
func (l *Lister) place(a *store.Annotation) int {
	n := l.at[a.Event]
	if n == 0 && a.Event != "" {
		return 1 << 31
	}
	return n
}

// where tells what an annotation is about.
func (l *Lister) where(a *store.Annotation) string {
	switch n := l.at[a.Event]; {
	case a.Event == "":
		return "session"
	case n > 0:
		return fmt.Sprintf("#%d %s", n, text.Clock(a.Offset))
	}
	return text.Line(a.Event, 20) + " (no such event)"
}

func when(ns int64, zone *time.Location) string {
	if ns == 0 {
		return "-"
	}
	return time.Unix(0, ns).In(zone).Format("2006-01-02 15:04")
}
