package otlp

import "strconv"

// ParseTraceparent reads a traceparent of W3C Trace Context, version 00 or a
// later one. ok is false if it is not valid.
func ParseTraceparent(s string) (p Parent, ok bool) {
	if len(s) < 55 || s[2] != '-' || s[35] != '-' || s[52] != '-' || s[:2] == "ff" || s[:2] == "00" && len(s) != 55 || len(s) > 55 && s[55] != '-' {
		return p, false
	}
	if _, err := strconv.ParseUint(s[:2], 16, 8); err != nil {
		return p, false
	}
	if !hexInto(p.Trace[:], s[3:35]) || !hexInto(p.Span[:], s[36:52]) || p.Trace == [16]byte{} || p.Span == [8]byte{} {
		return p, false
	}
	return p, true
}

// hexInto reads lower-case hex digits.
func hexInto(dst []byte, s string) bool {
	for i := range dst {
		v := 0
		for _, c := range []byte(s[2*i : 2*i+2]) {
			switch {
			case c >= '0' && c <= '9':
				v = v<<4 | int(c-'0')
			case c >= 'a' && c <= 'f':
				v = v<<4 | int(c-'a'+10)
			default:
				return false
			}
		}
		dst[i] = byte(v)
	}
	return true
}
