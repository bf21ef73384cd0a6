package redact

import (
	"encoding/binary"
	"math/bits"
)

// A text is looked at three bytes at a time: a table of bits says which three
// bytes, with their case folded, begin something that a rule knows. That is
// the only thing done for most of a trace, so it decides the speed; see
// trigger for what follows.

// trigger says what to do where its literal stands.
type trigger struct {
	lit  string // in lower case if folded
	do   action
	rule int // of a shape
}

type action uint8

const (
	doShape    action = iota // a token with a prefix
	doName                   // a word of which names of secrets are made
	doURL                    // ://
	doPEM                    // BEGIN
	doEnd                    // END, of a private key whose beginning is missing
	doAuth                   // bearer, basic
	doEscape                 // a letter written as \u0041: only in JSON as it stands
	doPercent                // a letter written as %41: likewise
	doSlash                  // the beginning of a token before a slash that is escaped
	doMiddle                 // something in the middle of a token
	doProgram                // a program that takes passwords as arguments
	doDSN                    // user:password@tcp(
	doHash                   // $2y$ and the like
	doKube                   // kind: Secret
	doJWK                    // kty
	doArgument               // an option that takes a password, as an element of an array
	doForeign                // password in a script without blanks
	doXMLKey                 // RSAKeyValue
	doPattern                // a literal of a pattern of the user
)

// folded reports whether the literal stands for capitals too.
func (d action) folded() bool {
	switch d {
	case doName, doAuth, doProgram, doPattern:
		return true
	}
	return false
}

// A table finds triggers.
type table struct {
	bits  [1 << 11]uint64
	slots [slots]slot // by the hash of three bytes, folded; open addressing
	list  []trigger
	next  []uint16 // the trigger after it with the same three bytes, plus 1
}

const slots = 1 << 12

type slot struct {
	gram  uint32
	first uint16 // index in list, plus 1
}

func gramOf(s string) uint32 {
	return (uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16) | 0x202020
}

func hash3(g uint32) uint32 { return g * 0x9e3779b1 >> 15 }

func (t *table) add(x trigger) {
	if x.do.folded() {
		x.lit = lowerASCII(x.lit)
	}
	g := gramOf(x.lit)
	h := hash3(g)
	t.bits[h>>6] |= 1 << (h & 63)
	t.list = append(t.list, x)
	i := h % slots
	for t.slots[i].first != 0 && t.slots[i].gram != g {
		i = (i + 1) % slots
	}
	t.next = append(t.next, t.slots[i].first)
	t.slots[i] = slot{g, uint16(len(t.list))}
}

// lowerASCII returns s with its letters of ASCII in lower case, and no others.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if isUpper(c) {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// scan calls fn for each trigger in b: where its literal begins. It stops when
// fn returns false, and reports whether it went through.
func (t *table) scan(b []byte, fn func(x *trigger, at int) bool) bool {
	const fold = 0x2020202020202020
	table := &t.bits
	i := 0
	for ; i+8 <= len(b); i += 6 {
		v := binary.LittleEndian.Uint64(b[i:]) | fold
		h0 := uint32(v&0xffffff) * 0x9e3779b1 >> 15
		h1 := uint32(v>>8&0xffffff) * 0x9e3779b1 >> 15
		h2 := uint32(v>>16&0xffffff) * 0x9e3779b1 >> 15
		h3 := uint32(v>>24&0xffffff) * 0x9e3779b1 >> 15
		h4 := uint32(v>>32&0xffffff) * 0x9e3779b1 >> 15
		h5 := uint32(v>>40&0xffffff) * 0x9e3779b1 >> 15
		m := table[h0>>6]>>(h0&63)&1 | table[h1>>6]>>(h1&63)&1<<1 | table[h2>>6]>>(h2&63)&1<<2 |
			table[h3>>6]>>(h3&63)&1<<3 | table[h4>>6]>>(h4&63)&1<<4 | table[h5>>6]>>(h5&63)&1<<5
		for ; m != 0; m &= m - 1 {
			k := bits.TrailingZeros64(m)
			if !t.hit(b, i+k, uint32(v>>(8*k)&0xffffff), fn) {
				return false
			}
		}
	}
	for ; i+3 <= len(b); i++ {
		g := (uint32(b[i]) | uint32(b[i+1])<<8 | uint32(b[i+2])<<16) | 0x202020
		h := hash3(g)
		if table[h>>6]>>(h&63)&1 != 0 && !t.hit(b, i, g, fn) {
			return false
		}
	}
	return true
}

func (t *table) hit(b []byte, at int, gram uint32, fn func(x *trigger, at int) bool) bool {
	i := hash3(gram) % slots
	for t.slots[i].gram != gram {
		if t.slots[i].first == 0 {
			return true
		}
		i = (i + 1) % slots
	}
	for k := t.slots[i].first; k != 0; k = t.next[k-1] {
		x := &t.list[k-1]
		if at+len(x.lit) > len(b) {
			continue
		}
		if s := b[at : at+len(x.lit)]; string(s) == x.lit || x.do.folded() && equalFold(s, x.lit) {
			if !fn(x, at) {
				return false
			}
		}
	}
	return true
}

// equalFold reports whether b is the lower case text s, but for its case.
func equalFold(b []byte, s string) bool {
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != s[i] {
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isUpper(c byte) bool  { return 'A' <= c && c <= 'Z' }
func isLower(c byte) bool  { return 'a' <= c && c <= 'z' }
func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
