package otlp

import "encoding/binary"

// A Signal is one of the three kinds of telemetry.
type Signal uint8

// The signals.
const (
	Traces Signal = iota
	Metrics
	Logs
)

// Signals are all the signals.
var Signals = []Signal{Traces, Metrics, Logs}

// String returns the name of the signal, as it stands in /v1/traces.
func (s Signal) String() string { return [...]string{"traces", "metrics", "logs"}[s] }

// A Batch is what one export request holds: spans, metrics or log records of
// one resource and scope. Its memory is its own.
type Batch struct {
	Signal Signal

	about *about
	items []byte // each with its tag and length
	ends  []int  // where each ends
}

// about is what all items of a stream have in common.
type about struct {
	resource []byte // field 1 of ResourceSpans
	scope    []byte // field 1 of ScopeSpans
	schema   []byte // field 3 of both
}

// Len returns the number of items.
func (b *Batch) Len() int { return len(b.ends) }

// lengths returns the lengths of the messages that hold the items, in bytes:
// that of the scope, and around it that of the resource.
func (b *Batch) lengths() (scope, resource int) {
	scope = len(b.about.scope) + len(b.items) + len(b.about.schema)
	return scope, len(b.about.resource) + 1 + uvarintLen(uint64(scope)) + scope + len(b.about.schema)
}

// Size returns the size of the request in protobuf, in bytes.
func (b *Batch) Size() int {
	_, resource := b.lengths()
	return 1 + uvarintLen(uint64(resource)) + resource
}

// AppendProtobuf appends the request: an ExportTraceServiceRequest or its like.
// The texts of several requests of a signal, one behind the other, are one
// request with all that is in them, as protobuf joins lists.
func (b *Batch) AppendProtobuf(dst []byte) []byte {
	scope, resource := b.lengths()
	dst = binary.AppendUvarint(appendTag(dst, 1, wireBytes), uint64(resource))
	dst = append(dst, b.about.resource...)
	dst = binary.AppendUvarint(appendTag(dst, 2, wireBytes), uint64(scope))
	dst = append(dst, b.about.scope...)
	dst = append(dst, b.items...)
	dst = append(dst, b.about.schema...)
	return append(dst, b.about.schema...)
}

// Split returns the two halves of a batch, which share its memory. ok is false
// if it has one item only.
func (b *Batch) Split() (first, second *Batch, ok bool) {
	n := len(b.ends) / 2
	if n == 0 {
		return nil, nil, false
	}
	at := b.ends[n-1]
	first = &Batch{Signal: b.Signal, about: b.about, items: b.items[:at:at], ends: b.ends[:n:n]}
	second = &Batch{Signal: b.Signal, about: b.about, items: b.items[at:]}
	for _, e := range b.ends[n:] {
		second.ends = append(second.ends, e-at)
	}
	return first, second, true
}

// Reset empties the batch and keeps its memory.
func (b *Batch) Reset() { b.items, b.ends = b.items[:0], b.ends[:0] }

// add adds an item: the message in body.
func (b *Batch) add(body []byte) {
	b.items = appendBytes(b.items, 2, body)
	b.ends = append(b.ends, len(b.items))
}

// Requests reads export requests of a signal in protobuf, as AppendProtobuf
// writes them, back into batches, so that what was kept can be split.
func Requests(s Signal, protobuf []byte) ([]*Batch, error) {
	var list []*Batch
	for len(protobuf) > 0 {
		num, wire, _, outer, n := field(protobuf)
		if n == 0 || num != 1 || wire != wireBytes {
			return list, errProtobuf
		}
		protobuf = protobuf[n:]
		b, err := readBatch(s, outer)
		if err != nil {
			return list, err
		}
		list = append(list, b)
	}
	return list, nil
}

func readBatch(s Signal, outer []byte) (*Batch, error) {
	b := &Batch{Signal: s, about: &about{}}
	for len(outer) > 0 {
		num, wire, _, data, n := field(outer)
		if n == 0 || wire != wireBytes {
			return nil, errProtobuf
		}
		switch num {
		case 1:
			b.about.resource = outer[:n]
		case 2:
			if err := b.readItems(data); err != nil {
				return nil, err
			}
		case 3:
			b.about.schema = outer[:n]
		}
		outer = outer[n:]
	}
	return b, nil
}

func (b *Batch) readItems(inner []byte) error {
	for len(inner) > 0 {
		num, wire, _, data, n := field(inner)
		if n == 0 || wire != wireBytes {
			return errProtobuf
		}
		switch num {
		case 1:
			b.about.scope = inner[:n]
		case 2:
			b.add(data)
		}
		inner = inner[n:]
	}
	return nil
}
