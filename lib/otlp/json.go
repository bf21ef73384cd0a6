package otlp

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math"
	"strconv"

	"agenttrace/lib/event"
)

// A kind is how a field of a message is written in OTLP/JSON.
type kind uint8

const (
	message kind = iota
	text
	hexID   // bytes of an id, in hex digits, where other bytes would be in base64
	number  // an integer of at most 32 bits, or an enum: a JSON number
	integer // one of 64 bits: a string of digits
	signed  // likewise, with a sign
	double
	truth
)

// A member is a field of a message.
type member struct {
	name string
	kind kind
	many bool
	of   *shape // of a message
}

// A shape is a message, by field numbers. The numbers are those of
// opentelemetry-proto 1.11.
type shape map[int]*member

var (
	anyValue   = shape{1: {name: "stringValue", kind: text}, 2: {name: "boolValue", kind: truth}, 3: {name: "intValue", kind: signed}, 4: {name: "doubleValue", kind: double}}
	keyValue   = shape{1: {name: "key", kind: text}, 2: {name: "value", of: &anyValue}}
	arrayValue = shape{1: {name: "values", many: true, of: &anyValue}}
	kvList     = shape{1: {name: "values", many: true, of: &keyValue}}

	resource = shape{1: {name: "attributes", many: true, of: &keyValue}, 2: {name: "droppedAttributesCount", kind: number}}
	scope    = shape{1: {name: "name", kind: text}, 2: {name: "version", kind: text}}

	span = shape{
		1: {name: "traceId", kind: hexID}, 2: {name: "spanId", kind: hexID}, 3: {name: "traceState", kind: text},
		4: {name: "parentSpanId", kind: hexID}, 5: {name: "name", kind: text}, 6: {name: "kind", kind: number},
		7: {name: "startTimeUnixNano", kind: integer}, 8: {name: "endTimeUnixNano", kind: integer},
		9: {name: "attributes", many: true, of: &keyValue}, 10: {name: "droppedAttributesCount", kind: number},
		11: {name: "events", many: true, of: &spanEvent}, 12: {name: "droppedEventsCount", kind: number},
		13: {name: "links", many: true, of: &spanLink},
		15: {name: "status", of: &status}, 16: {name: "flags", kind: number},
	}
	spanEvent = shape{
		1: {name: "timeUnixNano", kind: integer}, 2: {name: "name", kind: text},
		3: {name: "attributes", many: true, of: &keyValue}, 4: {name: "droppedAttributesCount", kind: number},
	}
	spanLink = shape{
		1: {name: "traceId", kind: hexID}, 2: {name: "spanId", kind: hexID}, 3: {name: "traceState", kind: text},
		4: {name: "attributes", many: true, of: &keyValue}, 5: {name: "droppedAttributesCount", kind: number}, 6: {name: "flags", kind: number},
	}
	status = shape{2: {name: "message", kind: text}, 3: {name: "code", kind: number}}

	logRecord = shape{
		1: {name: "timeUnixNano", kind: integer}, 11: {name: "observedTimeUnixNano", kind: integer},
		2: {name: "severityNumber", kind: number}, 3: {name: "severityText", kind: text}, 5: {name: "body", of: &anyValue},
		6: {name: "attributes", many: true, of: &keyValue}, 7: {name: "droppedAttributesCount", kind: number},
		8: {name: "flags", kind: number}, 9: {name: "traceId", kind: hexID}, 10: {name: "spanId", kind: hexID},
		12: {name: "eventName", kind: text},
	}

	metric = shape{
		1: {name: "name", kind: text}, 2: {name: "description", kind: text}, 3: {name: "unit", kind: text},
		5: {name: "gauge", of: &gauge}, 7: {name: "sum", of: &sum}, 9: {name: "histogram", of: &histogram},
	}
	gauge     = shape{1: {name: "dataPoints", many: true, of: &numberPoint}}
	sum       = shape{1: {name: "dataPoints", many: true, of: &numberPoint}, 2: {name: "aggregationTemporality", kind: number}, 3: {name: "isMonotonic", kind: truth}}
	histogram = shape{1: {name: "dataPoints", many: true, of: &histogramPoint}, 2: {name: "aggregationTemporality", kind: number}}

	numberPoint = shape{
		7: {name: "attributes", many: true, of: &keyValue}, 2: {name: "startTimeUnixNano", kind: integer},
		3: {name: "timeUnixNano", kind: integer}, 4: {name: "asDouble", kind: double}, 6: {name: "asInt", kind: signed},
	}
	histogramPoint = shape{
		9: {name: "attributes", many: true, of: &keyValue}, 2: {name: "startTimeUnixNano", kind: integer},
		3: {name: "timeUnixNano", kind: integer}, 4: {name: "count", kind: integer}, 5: {name: "sum", kind: double},
		6: {name: "bucketCounts", kind: integer, many: true}, 7: {name: "explicitBounds", kind: double, many: true},
		11: {name: "min", kind: double}, 12: {name: "max", kind: double},
	}

	requests = [...]shape{Traces: requestShape("Spans", "spans", &span), Metrics: requestShape("Metrics", "metrics", &metric), Logs: requestShape("Logs", "logRecords", &logRecord)}
)

// requestShape is the shape of an export request of a signal: resourceX, scopeX, x.
func requestShape(name, items string, of *shape) shape {
	inScope := shape{1: {name: "scope", of: &scope}, 2: {name: items, many: true, of: of}, 3: {name: "schemaUrl", kind: text}}
	inResource := shape{1: {name: "resource", of: &resource}, 2: {name: "scope" + name, many: true, of: &inScope}, 3: {name: "schemaUrl", kind: text}}
	return shape{1: {name: "resource" + name, many: true, of: &inResource}}
}

// member returns the field with a number, nil if it is not known. The lists in
// an AnyValue are looked up here and not in its shape: they refer to each other,
// and Go does not initialize variables in a circle.
func (s shape) member(num int) *member {
	if m := s[num]; m != nil {
		return m
	}
	if s[1] == anyValue[1] {
		switch num {
		case 5:
			return arrayMember
		case 6:
			return listMember
		}
	}
	return nil
}

var (
	arrayMember = &member{name: "arrayValue", of: &arrayValue}
	listMember  = &member{name: "kvlistValue", of: &kvList}
)

var errProtobuf = errors.New("not the protobuf of an OTLP request")

// AppendJSON appends an export request in protobuf as OTLP/JSON, on one line.
// The fields of a list must stand together, as those that this package writes do.
func AppendJSON(dst []byte, s Signal, protobuf []byte) ([]byte, error) {
	return appendMessage(dst, requests[s], protobuf)
}

func appendMessage(dst []byte, s shape, b []byte) ([]byte, error) {
	dst = append(dst, '{')
	list := 0 // the number of the list that is open
	first := true
	for len(b) > 0 {
		num, wire, v, data, n := field(b)
		if n == 0 {
			return dst, errProtobuf
		}
		b = b[n:]
		m := s.member(num)
		if m == nil {
			continue
		}
		switch {
		case list == num:
			dst = append(dst, ',')
		default:
			if list != 0 {
				dst = append(dst, ']')
				list = 0
			}
			if !first {
				dst = append(dst, ',')
			}
			first = false
			dst = append(dst, '"')
			dst = append(dst, m.name...)
			dst = append(dst, '"', ':')
			if m.many {
				dst, list = append(dst, '['), num
			}
		}
		var err error
		if m.many && m.kind != message { // packed
			dst, err = appendPacked(dst, m.kind, data)
		} else {
			dst, err = appendValue(dst, m, wire, v, data)
		}
		if err != nil {
			return dst, err
		}
	}
	if list != 0 {
		dst = append(dst, ']')
	}
	return append(dst, '}'), nil
}

func appendValue(dst []byte, m *member, wire int, v uint64, data []byte) ([]byte, error) {
	if bytes := m.kind <= hexID; bytes != (wire == wireBytes) {
		return dst, errProtobuf
	}
	switch m.kind {
	case message:
		return appendMessage(dst, *m.of, data)
	case text:
		return event.AppendString(dst, data), nil
	case hexID:
		dst = append(dst, '"')
		dst = hex.AppendEncode(dst, data)
		return append(dst, '"'), nil
	case number:
		return strconv.AppendUint(dst, v, 10), nil
	case truth:
		return strconv.AppendBool(dst, v != 0), nil
	case integer:
		dst = append(dst, '"')
		dst = strconv.AppendUint(dst, v, 10)
		return append(dst, '"'), nil
	case signed:
		dst = append(dst, '"')
		dst = strconv.AppendInt(dst, int64(v), 10)
		return append(dst, '"'), nil
	}
	return appendFloat(dst, math.Float64frombits(v)), nil
}

func appendPacked(dst []byte, k kind, data []byte) ([]byte, error) {
	if len(data)%8 != 0 {
		return dst, errProtobuf
	}
	for i := 0; i < len(data); i += 8 {
		if i > 0 {
			dst = append(dst, ',')
		}
		v := binary.LittleEndian.Uint64(data[i:])
		if k == double {
			dst = appendFloat(dst, math.Float64frombits(v))
			continue
		}
		dst = append(dst, '"')
		dst = strconv.AppendUint(dst, v, 10)
		dst = append(dst, '"')
	}
	return dst, nil
}

// appendFloat appends a double. JSON has no NaN and no infinity: they are
// strings in the JSON of protobuf.
func appendFloat(dst []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(dst, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(dst, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(dst, `"-Infinity"`...)
	}
	return strconv.AppendFloat(dst, f, 'g', -1, 64)
}
