package replay

import (
	"time"

	"agenttrace/lib/event"
)

// A Pace spreads events over time as they were recorded.
type Pace struct {
	Speed  float64       // how many times faster than it happened; more than 0
	MaxGap time.Duration // the longest wait; 0 is no limit

	begun bool
	last  int64     // when the event before happened, in nanoseconds since 1970
	due   time.Time // and when it was due to be shown
}

// Wait returns how long to wait, from now, before the event is shown. Time that has
// passed since the event before is taken off, so that a stream that is watched
// while it is made is not delayed. Events without a time, records, and events older
// than the one before are due at once.
func (p *Pace) Wait(e event.Event, now time.Time) time.Duration {
	at, ok := e.UnixNano()
	if !ok || e.IsRecord() {
		return 0
	}
	if !p.begun {
		p.begun, p.last, p.due = true, at, now
		return 0
	}
	gap := p.scaled(at - p.last)
	p.last = at
	p.due = p.due.Add(gap)
	if p.due.Before(now) {
		p.due = now
	}
	return p.due.Sub(now)
}

// scaled returns the time to wait for a time that went by.
func (p *Pace) scaled(ns int64) time.Duration {
	if ns <= 0 {
		return 0
	}
	f := float64(ns) / p.Speed
	limit := p.MaxGap
	if limit == 0 {
		limit = 1<<63 - 1
	}
	if f >= float64(limit) {
		return limit
	}
	return time.Duration(f)
}
