package event_test

import (
	"strings"
	"testing"

	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
)

// A hostile line costs no more than a few times its length.
func TestPiecesIsLinear(t *testing.T) {
	for name, make := range map[string]func(n int) string{
		"begins":       func(n int) string { return strings.Repeat(`{"event_type":`, n) },
		"joined":       func(n int) string { return "x" + strings.Repeat(`{"event_type":"a"}`, n) },
		"torn strings": func(n int) string { return strings.Repeat(`{"event_type":"`, n) },
		"nested": func(n int) string {
			return "x" + strings.Repeat(`{"event_type":"a","d":`, n) + "1" + strings.Repeat("}", n)
		},
		"braces":         func(n int) string { return strings.Repeat("{", 10*n) },
		"whole and torn": func(n int) string { return strings.Repeat(`{"event_type":"a"}x`, n) },
	} {
		clitest.Linear(t, name, 50_000, func(n int) {
			list, _ := event.Joined([]byte(make(n)))
			if name == "joined" && len(list) != n+1 {
				t.Errorf("%s: %d pieces", name, len(list))
			}
		})
	}
}
