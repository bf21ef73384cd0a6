package otlp

import (
	"bytes"
	"encoding/binary"
)

// rebased are the spans and log records that wait for the end of their traces,
// when it is known by how much their times are moved.
type rebased struct {
	items []rebasedItem
	ends  map[[16]byte]int64 // the last time in each trace
}

type rebasedItem struct {
	signal Signal
	body   []byte
}

// wait keeps a span or a log record.
func (r *rebased) wait(sig Signal, body []byte) {
	var trace [16]byte
	copy(trace[:], body[traceInSpan:])
	if r.ends == nil {
		r.ends = map[[16]byte]int64{}
	}
	end := r.ends[trace]
	times(sig, body, func(b []byte) { end = max(end, int64(binary.LittleEndian.Uint64(b))) })
	r.ends[trace] = end
	r.items = append(r.items, rebasedItem{sig, bytes.Clone(body)})
}

// rebase moves what waits so that each trace ends at now, and hands it on. What
// has no time gets none.
func (m *Mapper) rebase(now int64) {
	for _, it := range m.rebased.items {
		var trace [16]byte
		copy(trace[:], it.body[traceInSpan:])
		if end := m.rebased.ends[trace]; end > 0 {
			times(it.signal, it.body, func(b []byte) {
				if at := int64(binary.LittleEndian.Uint64(b)); at > 0 {
					binary.LittleEndian.PutUint64(b, uint64(at+now-end))
				}
			})
		}
		m.batched(it.signal, it.body)
	}
	m.rebased = rebased{}
}

// times calls fn with each time in a span or a log record, where it stands.
func times(sig Signal, body []byte, fn func([]byte)) {
	for len(body) > 0 {
		num, wire, _, data, n := field(body)
		if n == 0 {
			return
		}
		switch {
		case wire == wireFixed64 && (sig == Traces && (num == 7 || num == 8) || sig == Logs && (num == 1 || num == 11)):
			fn(body[n-8 : n])
		case wire == wireBytes && sig == Traces && num == 11: // an event, whose time comes first
			if num, wire, _, _, n := field(data); n > 0 && num == 1 && wire == wireFixed64 {
				fn(data[n-8 : n])
			}
		}
		body = body[n:]
	}
}
