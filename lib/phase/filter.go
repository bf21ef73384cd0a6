package phase

import (
	"bytes"
	"strconv"

	"agenttrace/lib/event"
)

// A Filter adds to each event of a stream the number of its phase, and to the
// stream the records of the phases. The order of the lines is kept.
type Filter struct {
	write func(line []byte) error
	seg   Segmenter
	queue []*entry // lines that are not written, in order
	first uint64   // the tag of queue[0]
	free  []*entry
	room  []byte
}

// An entry is a line that waits.
type entry struct {
	line   []byte
	number int  // of its phase
	known  bool // number is
	plain  bool // it is passed on as it is
	owned  bool // line is a copy
	before [][]byte
}

// NewFilter returns a filter that gives its lines to write. They are valid
// until write returns.
func NewFilter(write func(line []byte) error) *Filter {
	f := &Filter{write: write}
	f.seg.Assigned = func(tag uint64, number int) {
		e := f.queue[tag-f.first]
		e.number, e.known = number, true
	}
	f.seg.Ended = func(p *Phase, before uint64) {
		rec := p.Append(nil)
		if before == AtEnd {
			e := f.push(rec, true)
			e.owned = true
			return
		}
		e := f.queue[before-f.first]
		e.before = append(e.before, rec)
	}
	return f
}

// Add takes the next event. Records of phases are dropped, other records are
// passed on as they are.
func (f *Filter) Add(e event.Event) error {
	switch {
	case e.Is("phase"):
		return nil
	case e.IsRecord():
		return f.Pass(e.Raw)
	}
	tag := f.first + uint64(len(f.queue))
	f.push(e.Raw, false)
	f.seg.Add(e, tag)
	return f.flush()
}

// Pass takes a line that is no event, and passes it on as it is.
func (f *Filter) Pass(line []byte) error {
	if len(f.queue) == 0 {
		return f.write(line)
	}
	f.push(line, true)
	return f.flush()
}

// Close writes what waits, and the records of the phases that are open.
func (f *Filter) Close() error {
	f.seg.Close()
	return f.flush()
}

func (f *Filter) push(line []byte, plain bool) *entry {
	var e *entry
	if n := len(f.free); n > 0 {
		e, f.free = f.free[n-1], f.free[:n-1]
	} else {
		e = &entry{}
	}
	*e = entry{line: line, plain: plain, known: plain}
	f.queue = append(f.queue, e)
	return e
}

// flush writes the lines at the head of the queue whose phase is known. The
// last one, which belongs to the reader, is copied if it must wait.
func (f *Filter) flush() error {
	n := 0
	for _, e := range f.queue {
		if !e.known {
			break
		}
		if err := f.out(e); err != nil {
			return err
		}
		e.line, e.before = nil, nil
		f.free = append(f.free, e)
		n++
	}
	f.first += uint64(n)
	f.queue = f.queue[n:]
	if n := len(f.queue); n > 0 && !f.queue[n-1].owned {
		e := f.queue[n-1]
		e.line, e.owned = bytes.Clone(e.line), true
	}
	return nil
}

func (f *Filter) out(e *entry) error {
	for _, rec := range e.before {
		if err := f.write(rec); err != nil {
			return err
		}
	}
	if e.plain {
		return f.write(e.line)
	}
	f.room = setPhase(f.room[:0], e.line, e.number)
	return f.write(f.room)
}

// setPhase appends the event with its key phase set. Where it stands already
// its value is replaced; nothing else changes.
func setPhase(dst, line []byte, number int) []byte {
	from, found := 0, false
	event.Fields(line, func(key, value []byte) bool {
		if string(key) == "phase" {
			// value is a part of line: its offset is what is left of line's
			// capacity less its own.
			at := cap(line) - cap(value)
			dst = append(dst, line[from:at]...)
			dst = strconv.AppendInt(dst, int64(number), 10)
			from, found = at+len(value), true
		}
		return true
	})
	if found {
		return append(dst, line[from:]...)
	}
	end := bytes.LastIndexByte(line, '}')
	dst = append(dst, line[:end]...)
	dst = append(dst, `,"phase":`...)
	dst = strconv.AppendInt(dst, int64(number), 10)
	return append(dst, line[end:]...)
}
