package scrub

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// Values is a set of texts that are looked for wherever they stand. It is made
// for many values and much text: of each value it knows four pieces of four
// bytes, one of which must stand at a multiple of four, so that a text is
// looked at in steps of four.
type values struct {
	bits  [1 << 10]uint64 // pieces, by hash
	heads [1 << 16]uint16 // the chain of a hash: index+1 into refs
	refs  []ref
	list  []value
	plain []int // values without a piece, which are looked for one by one
}

type ref struct {
	value uint16
	off   uint16 // of the piece in the value
	next  uint16
}

// A value is a text that must go wherever it stands.
type value struct {
	text    string
	rule    string
	session string // where it counts, as it stands in the line; "" for everywhere
	after   int64  // it counts in lines with a greater number
	frag    int    // text[frag:frag+n] is without anything that may be escaped
	fragLen int
}

// maxValues bounds the set: memory of a stream must not grow with it.
const maxValues = 12000

const minFragment = 7

func hash4(v uint32) uint16 { return uint16(v * 0x9e3779b1 >> 16) }

// fragment finds the longest part of s that every notation writes alike.
func fragment(s string) (at, n int) {
	from := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] >= 'a' && s[i] <= 'z' || s[i] >= 'A' && s[i] <= 'Z' || s[i] == '-' || s[i] == '_' || s[i] == '.') {
			continue
		}
		if i-from > n {
			at, n = from, i-from
		}
		from = i + 1
	}
	return at, n
}

// add adds a value, unless it is there.
func (v *values) add(x value) bool {
	if len(v.list) >= maxValues || len(x.text) == 0 || len(x.text) > 1<<14 || v.has(x.text, x.session) {
		return false
	}
	x.frag, x.fragLen = fragment(x.text)
	id := len(v.list)
	if x.fragLen < minFragment {
		if len(v.plain) >= maxPlain {
			return false
		}
		v.list = append(v.list, x)
		v.plain = append(v.plain, id)
		return true
	}
	at, ok := v.rare(&x)
	if !ok {
		return false
	}
	v.list = append(v.list, x)
	for k := range 4 {
		off := at + k
		h := hash4(binary.LittleEndian.Uint32([]byte(x.text[off : off+4])))
		v.bits[h>>6] |= 1 << (h & 63)
		v.refs = append(v.refs, ref{uint16(id), uint16(off), v.heads[h]})
		v.heads[h] = uint16(len(v.refs))
	}
	return true
}

// maxPlain bounds the values without a piece, and maxChain those with one piece
// in common: each costs time wherever the piece stands.
const (
	maxPlain = 64
	maxChain = 16
)

// rare returns where four pieces of a value begin that few other values have.
func (v *values) rare(x *value) (at int, ok bool) {
	best := maxChain
	for from := x.frag; from+minFragment <= x.frag+x.fragLen && best > 0; from++ {
		most := 0
		for k := range 4 {
			n := 0
			for r := v.heads[hash4(binary.LittleEndian.Uint32([]byte(x.text[from+k:from+k+4])))]; r != 0; r = v.refs[r-1].next {
				n++
			}
			most = max(most, n)
		}
		if most < best {
			at, best, ok = from, most, true
		}
	}
	return at, ok
}

func (v *values) has(text, session string) bool {
	found := false
	v.scan([]byte(text), func(id, at int) bool {
		x := &v.list[id]
		found = at == 0 && x.text == text && (x.session == session || x.session == "")
		return !found
	})
	return found || slices.ContainsFunc(v.plain, func(id int) bool { return v.list[id].text == text && v.list[id].session == session })
}

// scan calls fn for each value of which a whole unescaped part may stand in b:
// at is where the value begins, if it stands there as it is.
func (v *values) scan(b []byte, fn func(id, at int) bool) {
	if len(v.refs) == 0 {
		return
	}
	for i := 0; i+4 <= len(b); i += 4 {
		h := hash4(binary.LittleEndian.Uint32(b[i:]))
		if v.bits[h>>6]&(1<<(h&63)) == 0 {
			continue
		}
		for r := v.heads[h]; r != 0; r = v.refs[r-1].next {
			x := &v.list[v.refs[r-1].value]
			from := i - int(v.refs[r-1].off) + x.frag
			if from < 0 || from+x.fragLen > len(b) || string(b[from:from+x.fragLen]) != x.text[x.frag:x.frag+x.fragLen] {
				continue
			}
			if !fn(int(v.refs[r-1].value), from-x.frag) {
				return
			}
		}
	}
}

// hit reports whether a raw line may hold one of the values.
func (v *values) hit(line []byte) bool {
	hit := false
	v.scan(line, func(int, int) bool {
		hit = true
		return false
	})
	for _, id := range v.plain {
		if hit {
			return true
		}
		x := &v.list[id]
		if x.fragLen == 0 { // nothing but signs: no quick answer
			return true
		}
		hit = bytes.Contains(line, []byte(x.text[x.frag:x.frag+x.fragLen]))
	}
	return hit
}

// find adds the places of values in a decoded text.
func (v *values) find(text, session []byte, seq int64, found []Match) []Match {
	counts := func(x *value) bool {
		return x.after < seq && (x.session == "" || x.session == string(session))
	}
	v.scan(text, func(id, at int) bool {
		x := &v.list[id]
		if at >= 0 && at+len(x.text) <= len(text) && counts(x) && string(text[at:at+len(x.text)]) == x.text {
			found = append(found, Match{at, at + len(x.text), x.rule})
		}
		return true
	})
	for _, id := range v.plain {
		x := &v.list[id]
		if !counts(x) {
			continue
		}
		for i := 0; ; {
			k := bytes.Index(text[i:], []byte(x.text))
			if k < 0 {
				break
			}
			i += k + len(x.text)
			found = append(found, Match{i - len(x.text), i, x.rule})
		}
	}
	return found
}

func (v *values) clone() *values {
	if v == nil {
		return &values{}
	}
	c := *v
	c.refs, c.list, c.plain = slices.Clone(v.refs), slices.Clone(v.list), slices.Clone(v.plain)
	return &c
}
