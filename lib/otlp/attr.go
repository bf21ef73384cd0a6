package otlp

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// An attr is an attribute. typ says which of the fields holds its value.
type attr struct {
	key  string
	typ  attrType
	n    int64 // of an integer, a boolean, and the bits of a double
	s    string
	list []string
}

type attrType uint8

const (
	strAttr attrType = iota
	intAttr
	boolAttr
	floatAttr
	listAttr
	jsonAttr // a JSON text, or what it says
)

// attrs gathers the attributes of one thing. Those whose value is not known are
// not added.
type attrs struct {
	list  []attr
	limit int  // of a string, in bytes
	most  int  // attributes of an event, in those of one
	deep  bool // JSON becomes values, not a text
	cut   bool
	lost  int // attributes that there were too many of
}

func (a *attrs) reset() { a.list, a.cut, a.lost = a.list[:0], false, 0 }

func (a *attrs) str(key, s string) {
	if s != "" {
		a.list = append(a.list, attr{key: key, s: s})
	}
}

func (a *attrs) int(key string, n int64) { a.list = append(a.list, attr{key: key, typ: intAttr, n: n}) }

func (a *attrs) bool(key string, v bool) {
	x := attr{key: key, typ: boolAttr}
	if v {
		x.n = 1
	}
	a.list = append(a.list, x)
}

func (a *attrs) float(key string, f float64) {
	a.list = append(a.list, attr{key: key, typ: floatAttr, n: int64(math.Float64bits(f))})
}

func (a *attrs) strs(key string, list []string) {
	if len(list) > 0 {
		a.list = append(a.list, attr{key: key, typ: listAttr, list: list})
	}
}

// get returns the attribute with a key.
func (a *attrs) get(key string) (attr, bool) {
	for _, x := range a.list {
		if x.key == key {
			return x, true
		}
	}
	return attr{}, false
}

// drop removes the attributes with a key.
func (a *attrs) drop(key string) {
	kept := a.list[:0]
	for _, x := range a.list {
		if x.key != key {
			kept = append(kept, x)
		}
	}
	a.list = kept
}

// appendMost is append with a limit on how many attributes there are. Those that
// begin with agent_trace. are dropped first, from the end; how many were dropped is
// written as the field after num.
func (a *attrs) appendMost(dst []byte, num, most int) []byte {
	a.mark()
	if len(a.list)+a.lost > most {
		a.sort()
		a.list = slices.CompactFunc(a.list, func(x, y attr) bool { return x.key == y.key })
		for i := len(a.list) - 1; i >= 0 && len(a.list) > most; i-- {
			if strings.HasPrefix(a.list[i].key, "agent_trace.") {
				a.list = slices.Delete(a.list, i, i+1)
				a.lost++
			}
		}
		if n := len(a.list) - most; n > 0 {
			a.list = a.list[:most]
			a.lost += n
		}
	}
	dst = a.append(dst, num)
	if a.lost > 0 {
		dst = appendVarint(dst, num+1, uint64(a.lost))
	}
	return dst
}

// mark adds the attribute that a value is cut.
func (a *attrs) mark() {
	for i := 0; i < len(a.list) && !a.cut; i++ {
		if x := &a.list[i]; x.typ == strAttr && len(x.s) > a.limit {
			a.cut = true
			a.bool("agent_trace.truncated", true)
		}
	}
}

// append writes the attributes, sorted by key, as fields with a number. Of two
// with one key, the first counts.
func (a *attrs) append(dst []byte, num int) []byte {
	a.mark()
	a.sort()
	for i := range a.list {
		if i > 0 && a.list[i].key == a.list[i-1].key {
			continue
		}
		dst = a.one(dst, num, &a.list[i])
	}
	return dst
}

// sort puts the list in order. It is by insertion, since the list is short and
// nearly in order already, and keeps the order of equals.
func (a *attrs) sort() {
	l := a.list
	for i := 1; i < len(l); i++ {
		if l[i-1].key <= l[i].key {
			continue
		}
		x := l[i]
		j := i
		for ; j > 0 && l[j-1].key > x.key; j-- {
			l[j] = l[j-1]
		}
		l[j] = x
	}
}

func (a *attrs) one(dst []byte, num int, x *attr) []byte {
	dst, from := open(dst, num)
	dst = appendBytes(dst, 1, x.key)
	dst, in := open(dst, 2)
	switch x.typ {
	case strAttr:
		dst = appendText(dst, 1, x.s, a.limit)
	case boolAttr:
		dst = appendVarint(dst, 2, uint64(x.n))
	case intAttr:
		dst = appendVarint(dst, 3, uint64(x.n))
	case floatAttr:
		dst = appendFixed64(dst, 4, uint64(x.n))
	case listAttr:
		var list int
		dst, list = open(dst, 5)
		for _, s := range x.list {
			var v int
			dst, v = open(dst, 1)
			dst = appendText(dst, 1, s, a.limit)
			dst = shut(dst, v)
		}
		dst = shut(dst, list)
	case jsonAttr:
		if a.deep {
			dst = appendAny(dst, gjson.Parse(x.s), 0)
		} else {
			dst = appendBytes(dst, 1, x.s)
		}
	}
	return shut(shut(dst, in), from)
}

// appendText appends a string of at most limit bytes: a longer one ends in a
// marker that says how long it was. It is valid UTF-8, whatever s is.
func appendText(dst []byte, num int, s string, limit int) []byte {
	if len(s) <= limit && utf8.ValidString(s) {
		return appendBytes(dst, num, s)
	}
	return appendBytes(dst, num, Cut(s, limit))
}

// Cut returns s with at most limit bytes, and as valid UTF-8. What is longer is
// cut between two characters and ends in a marker: …[cut, 12345 bytes].
func Cut(s string, limit int) string {
	v := valid([]byte(s))
	if len(v) <= limit {
		return string(v)
	}
	marker := "…[cut, " + strconv.Itoa(len(s)) + " bytes]"
	n := max(limit-len(marker), 0)
	for n > 0 && !utf8.RuneStart(v[n]) {
		n--
	}
	return string(v[:n]) + marker
}
