package otlp

import (
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// Wire types of protobuf.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

func appendTag(b []byte, field, wire int) []byte {
	return binary.AppendUvarint(b, uint64(field<<3|wire))
}

func appendVarint(b []byte, field int, v uint64) []byte {
	return binary.AppendUvarint(appendTag(b, field, wireVarint), v)
}

func appendFixed64(b []byte, field int, v uint64) []byte {
	return binary.LittleEndian.AppendUint64(appendTag(b, field, wireFixed64), v)
}

func appendFixed32(b []byte, field int, v uint32) []byte {
	return binary.LittleEndian.AppendUint32(appendTag(b, field, wireFixed32), v)
}

func appendDouble(b []byte, field int, v float64) []byte {
	return appendFixed64(b, field, math.Float64bits(v))
}

func appendBytes[T string | []byte](b []byte, field int, v T) []byte {
	b = appendTag(b, field, wireBytes)
	b = binary.AppendUvarint(b, uint64(len(v)))
	return append(b, v...)
}

// open begins a nested message: it leaves room for its length. shut is given
// the place that open returned.
func open(b []byte, field int) ([]byte, int) {
	b = append(appendTag(b, field, wireBytes), 0)
	return b, len(b)
}

// shut ends the message that begins at from: it writes the length before it,
// and moves the message if the length takes more than the one byte that open
// left for it.
func shut(b []byte, from int) []byte {
	size := len(b) - from
	n := uvarintLen(uint64(size))
	if n > 1 {
		var pad [binary.MaxVarintLen64]byte
		b = append(b, pad[:n-1]...)
		copy(b[from+n-1:], b[from:from+size])
	}
	binary.PutUvarint(b[from-1:from-1+n], uint64(size))
	return b
}

func uvarintLen(v uint64) int {
	n := 1
	for v >= 0x80 {
		v >>= 7
		n++
	}
	return n
}

// valid returns s with each byte that is not UTF-8 replaced by U+FFFD: a
// receiver that checks refuses a whole request for one such byte.
func valid(s []byte) []byte {
	if utf8.Valid(s) {
		return s
	}
	out := make([]byte, 0, len(s)+8)
	for len(s) > 0 {
		r, n := utf8.DecodeRune(s)
		out = utf8.AppendRune(out, r)
		s = s[n:]
	}
	return out
}

// field reads the field that b begins with: its number, its wire type, and its
// value, which is the number for the numeric types and the bytes for the others.
// n is the length of the whole; 0 if b is not protobuf.
func field(b []byte) (num, wire int, v uint64, data []byte, n int) {
	key, k := binary.Uvarint(b)
	if k <= 0 {
		return 0, 0, 0, nil, 0
	}
	num, wire, rest := int(key>>3), int(key&7), b[k:]
	switch wire {
	case wireVarint:
		u, l := binary.Uvarint(rest)
		if l <= 0 {
			return 0, 0, 0, nil, 0
		}
		return num, wire, u, nil, k + l
	case wireFixed64:
		if len(rest) < 8 {
			return 0, 0, 0, nil, 0
		}
		return num, wire, binary.LittleEndian.Uint64(rest), nil, k + 8
	case wireFixed32:
		if len(rest) < 4 {
			return 0, 0, 0, nil, 0
		}
		return num, wire, uint64(binary.LittleEndian.Uint32(rest)), nil, k + 4
	case wireBytes:
		u, l := binary.Uvarint(rest)
		if l <= 0 || u > uint64(len(rest)-l) {
			return 0, 0, 0, nil, 0
		}
		return num, wire, 0, rest[l : l+int(u)], k + l + int(u)
	}
	return 0, 0, 0, nil, 0
}

// Fields returns the values of the fields of a message that are bytes, texts or
// messages and have a number. It ends where the message is not protobuf.
func Fields(b []byte, num int) (list [][]byte) {
	for len(b) > 0 {
		got, wire, _, data, n := field(b)
		if n == 0 {
			break
		}
		if got == num && wire == wireBytes {
			list = append(list, data)
		}
		b = b[n:]
	}
	return list
}

// Field returns the last of them.
func Field(b []byte, num int) (value []byte, ok bool) {
	list := Fields(b, num)
	if len(list) == 0 {
		return nil, false
	}
	return list[len(list)-1], true
}

// Number returns the value of the last field with a number that is an integer.
func Number(b []byte, num int) (value uint64, ok bool) {
	for len(b) > 0 {
		got, wire, v, _, n := field(b)
		if n == 0 {
			break
		}
		if got == num && wire == wireVarint {
			value, ok = v, true
		}
		b = b[n:]
	}
	return value, ok
}
