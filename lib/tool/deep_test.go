package tool

import (
	"strings"
	"testing"
)

// Values as deep as an event may be take time by their length, not its square.
func TestCanonicalDeep(t *testing.T) {
	const n = 9_000
	for _, c := range [][3]string{{"[ ", "[", "]"}, {`{"b" : `, `{"b":`, "}"}} {
		in := `{"z":1,"a":` + strings.Repeat(c[0], n) + "1" + strings.Repeat(c[2], n) + "}"
		want := `{"a":` + strings.Repeat(c[1], n) + "1" + strings.Repeat(c[2], n) + `,"z":1}`
		for range 20 {
			if got := string(Canonical([]byte(in))); got != want {
				t.Fatalf("%d bytes, want %d", len(got), len(want))
			}
		}
	}
}
