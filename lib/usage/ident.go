package usage

import "time"

// An ident tells whether a file is the one that was read, as it was read.
type ident struct {
	dev, ino       uint64
	size           int64
	changed, moved int64 // nanoseconds: of the content, and of anything else (ctime)
}

// How much later than a file's times it must have been read for every later
// change to have other times. Kernels take them from a clock that ticks every
// 1 to 10 ms; some file systems know seconds or two of them.
const (
	tick       = 50 * time.Millisecond
	coarseTick = 3 * time.Second
)

// sure reports whether a change after the time given would be seen.
func (id ident) sure(nano int64) bool {
	t := tick
	if id.changed%int64(time.Millisecond) == 0 {
		t = coarseTick
	}
	return max(id.changed, id.moved) < nano-int64(t)
}
