package policy

import (
	"fmt"
	"testing"

	"agenttrace/lib/event"
)

func BenchmarkAudit(b *testing.B) {
	p := load(b, allowPolicy)
	var lines []string
	for i := range 200 {
		lines = append(lines, fmt.Sprintf("cd /home/u/proj && go test ./pkg%d/... 2>&1 | tail -20", i))
	}
	var events []event.Event
	out := sessionOf(lines...)
	for line := range splitLines(out) {
		e, err := event.Parse(line)
		if err != nil {
			b.Fatal(err)
		}
		events = append(events, e)
	}
	b.SetBytes(int64(len(out)))
	for b.Loop() {
		a := Audit{Policy: p}
		for _, e := range events {
			a.Add(e)
		}
	}
}

func splitLines(b []byte) func(func([]byte) bool) {
	return func(yield func([]byte) bool) {
		start := 0
		for i, c := range b {
			if c == '\n' {
				if i > start && !yield(b[start:i]) {
					return
				}
				start = i + 1
			}
		}
	}
}
