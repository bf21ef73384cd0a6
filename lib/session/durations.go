package session

import (
	"math/bits"
	"slices"
	"time"
)

// exactDurations is how many durations are kept as they are. Of more, only how
// many fall into each of some thousand ranges is kept: a percentile is then
// the middle of its range, less than 1 % off.
const exactDurations = 100_000

// durations counts lengths of time. The zero value is empty. The result does
// not depend on the order in which they are added.
type durations struct {
	n      int64
	total  time.Duration
	exact  []time.Duration // all of them, or nil once they are ranged
	ranges []int64         // how many in each range, see rangeOf
}

func (d *durations) add(x time.Duration) {
	d.n++
	d.total = time.Duration(plus(int64(d.total), int64(x)))
	if d.ranges != nil {
		d.ranges[rangeOf(x)]++
		return
	}
	d.exact = append(d.exact, x)
	if len(d.exact) > exactDurations {
		d.spread()
	}
}

func (d *durations) spread() {
	d.ranges = make([]int64, 64<<rangeBits)
	for _, x := range d.exact {
		d.ranges[rangeOf(x)]++
	}
	d.exact = nil
}

// merge adds all of other.
func (d *durations) merge(other *durations) {
	if other.ranges == nil {
		for _, x := range other.exact {
			d.add(x)
		}
		return
	}
	if d.ranges == nil {
		d.spread()
	}
	for i, n := range other.ranges {
		d.ranges[i] += n
	}
	d.n += other.n
	d.total = time.Duration(plus(int64(d.total), int64(other.total)))
}

func (d *durations) clone() *durations {
	c := *d
	c.exact = slices.Clone(d.exact)
	c.ranges = slices.Clone(d.ranges)
	return &c
}

// percentiles returns the durations at the percentages given, by nearest rank:
// the smallest one that so many percent do not exceed. It sorts d.exact.
func (d *durations) percentiles(percent ...int64) []time.Duration {
	slices.Sort(d.exact)
	var list []time.Duration
	for _, p := range percent {
		rank := (d.n*p + 99) / 100 // from 1
		list = append(list, d.ranked(max(rank, 1)))
	}
	return list
}

func (d *durations) ranked(rank int64) time.Duration {
	if d.ranges == nil {
		if int(rank) > len(d.exact) {
			return 0
		}
		return d.exact[rank-1]
	}
	for i, n := range d.ranges {
		if rank -= n; rank <= 0 {
			return middle(i)
		}
	}
	return 0
}

// rangeBits is the logarithm of the number of ranges between a duration and
// its double.
const rangeBits = 6

// rangeOf returns the range of a duration: its order of magnitude in powers of
// two, and the next rangeBits binary digits.
func rangeOf(x time.Duration) int {
	v := uint64(max(x, 0))
	shift := max(bits.Len64(v)-rangeBits-1, 0)
	return shift<<rangeBits + int(v>>shift)
}

// middle is the middle of a range.
func middle(i int) time.Duration {
	if i < 2<<rangeBits {
		return time.Duration(i)
	}
	shift := i>>rangeBits - 1
	low := uint64(i-shift<<rangeBits) << shift
	return time.Duration(low + 1<<shift>>1)
}

// plus adds without going over the greatest number.
func plus(a, b int64) int64 {
	if s := a + b; a < 0 || b < 0 || s >= 0 {
		return s
	}
	return 1<<63 - 1
}
