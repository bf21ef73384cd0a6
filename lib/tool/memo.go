package tool

import (
	"hash/maphash"
	"strings"
	"sync/atomic"
)

// Reports ask several times about one call, and agents run the same line again
// and again: the lines read last are remembered. A line that is longer than
// maxMemo is not worth its memory.
const (
	memoSlots = 64
	maxMemo   = 4096 // bytes
)

var (
	memo     [memoSlots]atomic.Pointer[remembered]
	memoSeed = maphash.MakeSeed()
)

// remembered is a line and its commands, which nobody changes.
type remembered struct {
	line string
	list []command
}

// commands is the work of Commands. The list is not the caller's to change.
func commands(line string) []command {
	if len(line) > maxMemo {
		return parseLine(line)
	}
	slot := &memo[maphash.String(memoSeed, line)%memoSlots]
	if m := slot.Load(); m != nil && m.line == line {
		return m.list
	}
	line = strings.Clone(line) // it may be a part of something large
	m := &remembered{line, parseLine(line)}
	slot.Store(m)
	return m.list
}
