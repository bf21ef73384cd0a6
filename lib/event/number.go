package event

import "bytes"

// Numbers counts the events of each session of a stream: the #4 that reports
// print and commands take is the fourth event of its session in the order of
// the stream. Records have no number and do not count, so that an analysis
// does not move what it speaks of. It holds one number for each session.
type Numbers struct {
	counts map[string]*int
	last   []byte // the session_id of the event before, as it stands there
	count  *int   // and its counter
}

// Next returns the number of the event, from 1, and 0 for a record. It is to
// be called once for each event of the stream, in order.
func (n *Numbers) Next(e Event) int {
	if e.IsRecord() {
		return 0
	}
	if raw := e.SessionRaw(); n.count == nil || !bytes.Equal(raw, n.last) {
		n.last = append(n.last[:0], raw...)
		n.count = n.counter(raw, e)
	}
	*n.count++
	return *n.count
}

// counter returns the counter of a session, under its id as it stands in the
// line. An id that is written in two ways, with escapes and without, has one.
func (n *Numbers) counter(raw []byte, e Event) *int {
	if c := n.counts[string(raw)]; c != nil {
		return c
	}
	if n.counts == nil {
		n.counts = make(map[string]*int)
	}
	key := string(AppendString(nil, e.Session()))
	c := n.counts[key]
	if c == nil {
		c = new(int)
		n.counts[key] = c
	}
	n.counts[string(raw)] = c
	return c
}
