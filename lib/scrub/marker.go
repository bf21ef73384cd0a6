package scrub

import (
	"bytes"
	"sort"
)

// The words that begin a marker, those of at-redact and at-mask.
var markerWords = [...]string{"[REDACTED", "[MASKED"}

// maxMarker is the longest marker, in bytes.
const maxMarker = 80

// MarkerAt returns the length of the marker at the start of b, 0 if there is
// none: [REDACTED], [REDACTED:rule], [REDACTED:rule:3f2a9c], or the same with
// MASKED. A rule is made of lower case letters, digits and hyphens.
func MarkerAt(b []byte) int {
	if len(b) == 0 || b[0] != '[' {
		return 0
	}
	for _, word := range markerWords {
		if !bytes.HasPrefix(b, []byte(word)) {
			continue
		}
		for i := len(word); i < len(b) && i < maxMarker; i++ {
			switch c := b[i]; {
			case c == ']':
				return i + 1
			case i == len(word) && c != ':':
				return 0
			case c != ':' && c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'z'):
				return 0
			}
		}
	}
	return 0
}

// InMarker reports whether b[at] lies in a marker. What a marker says was found
// is no name of what follows it.
func InMarker(b []byte, at int) bool {
	from := max(0, at-maxMarker)
	i := bytes.LastIndexByte(b[from:at+1], '[')
	return i >= 0 && from+i+MarkerAt(b[from+i:]) > at
}

// markers appends the places of the markers in b as from, to pairs.
func markers(dst [][2]int, b []byte) [][2]int {
	for i := 0; ; {
		k := bytes.IndexByte(b[i:], '[')
		if k < 0 {
			return dst
		}
		i += k
		if n := MarkerAt(b[i:]); n > 0 {
			dst = append(dst, [2]int{i, i + n})
			i += n
		} else {
			i++
		}
	}
}

// minRest is how much of a match must lie outside the markers that it spans
// for that part to be replaced, in bytes: less is punctuation.
const minRest = 6

// outside calls fn with the parts of [from, to) that are in no marker. A match
// that meets no marker is handed over as it is. marks are in order.
func outside(marks [][2]int, from, to int, fn func(from, to int)) {
	k := sort.Search(len(marks), func(k int) bool { return marks[k][1] > from })
	if k == len(marks) || marks[k][0] >= to {
		fn(from, to)
		return
	}
	for ; k < len(marks) && marks[k][0] < to; k++ {
		if marks[k][0]-from >= minRest {
			fn(from, marks[k][0])
		}
		from = marks[k][1]
	}
	if to-from >= minRest {
		fn(from, to)
	}
}
