package clitest

import (
	"testing"
	"time"
)

// Linear checks that the work of run grows no faster than its size: four times
// the size may take ten times as long, where the square of it would take
// sixteen. What takes less than a fifth of a second is not looked at. Since the
// garbage of other tests can get in between, it tries up to three times.
func Linear(t testing.TB, name string, size int, run func(size int)) {
	t.Helper()
	var small, large time.Duration
	for range 3 {
		small, large = took(run, size), took(run, 4*size)
		if large < 200*time.Millisecond || large < 10*small {
			return
		}
	}
	t.Errorf("%s: size %d takes %v, size %d takes %v", name, size, small, 4*size, large)
}

// took returns how much processor time run takes: what others do meanwhile on
// the machine is not its own.
func took(run func(int), size int) time.Duration {
	start := ProcessorTime()
	run(size)
	return ProcessorTime() - start
}
