package diff

import "math/bits"

// A pair says that a[x] and b[y] belong together.
type pair struct{ x, y int }

// align returns a longest common subsequence of a and b, as pairs in order.
// The answer for (b, a) is the same with its sides swapped.
//
// Time is len(a)·len(b)/64 machine words at worst and memory is linear: rows of
// the table of lengths are kept as bit vectors (Crochemore et al., "A fast and
// practical bit-vector algorithm for the longest common subsequence problem",
// 2001), and the path through it is found by halving (Hirschberg, 1975). What
// both have at their beginning and end, and what only one has, is taken off
// first.
func align(a, b []uint64) []pair {
	if less(b, a) {
		list := align(b, a)
		for i, p := range list {
			list[i] = pair{p.y, p.x}
		}
		return list
	}
	var list []pair
	for len(list) < min(len(a), len(b)) && a[len(list)] == b[len(list)] {
		list = append(list, pair{len(list), len(list)})
	}
	n, end := len(list), 0
	for end < min(len(a), len(b))-n && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	var al aligner
	al.start(a[n:len(a)-end], b[n:len(b)-end])
	al.find(0, len(al.a), 0, len(al.b))
	for _, p := range al.found {
		list = append(list, pair{n + al.xs[p.x], n + al.ys[p.y]})
	}
	for ; end > 0; end-- {
		list = append(list, pair{len(a) - end, len(b) - end})
	}
	return list
}

// less orders sequences, so that an answer does not depend on which side is
// called the first.
func less(a, b []uint64) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	for i := range a {
		if a[i] != b[i] {
			return a[i] < b[i]
		}
	}
	return false
}

// An aligner aligns two sequences of small numbers.
type aligner struct {
	a, b   []int32 // what both have, numbered from 0
	xs, ys []int   // and where it was
	found  []pair

	heads []int32 // of the lists of places of each number in a part of b
	next  []int32
	many  []int32 // how many places
	dense [][]uint64
}

// start numbers what both have and drops the rest.
func (al *aligner) start(a, b []uint64) {
	ids := make(map[uint64]int32, len(a))
	for _, v := range a {
		ids[v] = -1
	}
	n := int32(0)
	for y, v := range b {
		id, ok := ids[v]
		if !ok {
			continue
		}
		if id < 0 {
			id = n
			ids[v] = n
			n++
		}
		al.b, al.ys = append(al.b, id), append(al.ys, y)
	}
	for x, v := range a {
		if id := ids[v]; id >= 0 {
			al.a, al.xs = append(al.a, id), append(al.xs, x)
		}
	}
	al.heads, al.many, al.dense = make([]int32, n), make([]int32, n), make([][]uint64, n)
	for i := range al.heads {
		al.heads[i] = -1
	}
	al.next = make([]int32, len(al.b))
}

// small is the size of a table that is simply filled in.
const small = 1 << 14

// find adds the pairs of a[x0:x1] and b[y0:y1].
func (al *aligner) find(x0, x1, y0, y1 int) {
	for x0 < x1 && y0 < y1 && al.a[x0] == al.b[y0] {
		al.found = append(al.found, pair{x0, y0})
		x0++
		y0++
	}
	if x0 == x1 || y0 == y1 {
		return
	}
	if (x1-x0)*(y1-y0) <= small || x1-x0 == 1 {
		al.table(x0, x1, y0, y1)
		return
	}
	mid := (x0 + x1) / 2
	front := al.row(x0, mid, y0, y1, false)
	back := al.row(mid, x1, y0, y1, true)
	// The best place to cut b: common(first half, b[:k]) + common(second, b[k:]).
	n := y1 - y0
	total := 0
	for i := range n {
		total += int(^back[i/64] >> (i % 64) & 1)
	}
	best, cut := total, 0
	sum := total
	for k := 1; k <= n; k++ {
		i := k - 1
		sum += int(^front[i/64] >> (i % 64) & 1)
		r := n - k // the bit of b[k-1] in the reversed row
		sum -= int(^back[r/64] >> (r % 64) & 1)
		if sum > best {
			best, cut = sum, k
		}
	}
	al.find(x0, mid, y0, y0+cut)
	al.find(mid, x1, y0+cut, y1)
}

// row returns the last row of the table of a[x0:x1] and b[y0:y1]: bit i is 0
// where the common length grows from b[:i] to b[:i+1]. With reverse both are
// read backwards.
func (al *aligner) row(x0, x1, y0, y1 int, reverse bool) []uint64 {
	n := y1 - y0
	words := (n + 63) / 64
	v := make([]uint64, words)
	for i := range v {
		v[i] = ^uint64(0)
	}
	bit := func(y int) int {
		if reverse {
			return y1 - 1 - y
		}
		return y - y0
	}
	for y := y0; y < y1; y++ {
		id := al.b[y]
		al.next[y], al.heads[id] = al.heads[id], int32(y)
		al.many[id]++
	}
	mask := make([]uint64, words)
	for i := range x1 - x0 {
		id := al.a[x0+i]
		if reverse {
			id = al.a[x1-1-i]
		}
		if al.many[id] == 0 {
			continue
		}
		m := al.dense[id]
		if m == nil {
			m = mask
			if int(al.many[id]) > words {
				m = make([]uint64, words) // it pays to keep it; there are at most 64 of them
				al.dense[id] = m
			}
			for y := al.heads[id]; y >= 0; y = al.next[y] {
				k := bit(int(y))
				m[k/64] |= 1 << (k % 64)
			}
		}
		var carry uint64
		for w := range v {
			u := v[w] & m[w]
			var s uint64
			s, carry = bits.Add64(v[w], u, carry)
			v[w] = s | v[w]&^u
		}
		if al.dense[id] == nil {
			for y := al.heads[id]; y >= 0; y = al.next[y] {
				m[bit(int(y))/64] = 0
			}
		}
	}
	for y := y0; y < y1; y++ {
		id := al.b[y]
		al.heads[id], al.many[id], al.dense[id] = -1, 0, nil
	}
	return v
}

// table is find for small parts, by the table itself.
func (al *aligner) table(x0, x1, y0, y1 int) {
	n, m := x1-x0, y1-y0
	t := make([]int32, (n+1)*(m+1))
	at := func(i, j int) *int32 { return &t[i*(m+1)+j] }
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if al.a[x0+i] == al.b[y0+j] {
				*at(i, j) = *at(i+1, j+1) + 1
			} else {
				*at(i, j) = max(*at(i+1, j), *at(i, j+1))
			}
		}
	}
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case al.a[x0+i] == al.b[y0+j]:
			al.found = append(al.found, pair{x0 + i, y0 + j})
			i++
			j++
		case *at(i+1, j) >= *at(i, j+1):
			i++
		default:
			j++
		}
	}
}
