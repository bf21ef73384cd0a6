package diff

import (
	"math/rand/v2"
	"testing"
)

// common is the textbook's answer.
func common(a, b []uint64) int {
	row := make([]int, len(b)+1)
	for i := range a {
		diag := 0
		for j := range b {
			up := row[j+1]
			if a[i] == b[j] {
				row[j+1] = diag + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			diag = up
		}
	}
	return row[len(b)]
}

func check(t *testing.T, a, b []uint64) {
	t.Helper()
	got := align(a, b)
	last := pair{-1, -1}
	for _, p := range got {
		if p.x <= last.x || p.y <= last.y || a[p.x] != b[p.y] {
			t.Fatalf("%v: no common subsequence of %v and %v", got, a, b)
		}
		last = p
	}
	if want := common(a, b); len(got) != want {
		t.Fatalf("found %d of %d common elements of %v and %v", len(got), want, a, b)
	}
	back := align(b, a)
	for i, p := range back {
		if got[i] != (pair{p.y, p.x}) {
			t.Fatalf("swapped sides are aligned otherwise: %v and %v", got, back)
		}
	}
}

func TestAlign(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	list := func(n, kinds int) []uint64 {
		l := make([]uint64, n)
		for i := range l {
			l[i] = r.Uint64N(uint64(kinds))
		}
		return l
	}
	for range 300 {
		check(t, list(r.IntN(12), 1+r.IntN(5)), list(r.IntN(12), 1+r.IntN(5)))
	}
	for range 12 { // large enough to be halved
		check(t, list(r.IntN(900), 1+r.IntN(300)), list(r.IntN(900), 1+r.IntN(300)))
		check(t, list(500+r.IntN(300), 2), list(500+r.IntN(300), 2))
	}
	same := list(1000, 3)
	check(t, same, same)
}

// BenchmarkAlign aligns two lists of 100,000 that have little in common in
// order: the worst case.
func BenchmarkAlign(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	x, y := make([]uint64, 100_000), make([]uint64, 100_000)
	for i := range x {
		x[i], y[i] = r.Uint64N(5000), r.Uint64N(5000)
	}
	for b.Loop() {
		align(x, y)
	}
}
