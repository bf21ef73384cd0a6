package shadow

import (
	"strings"
	"testing"
)

// BenchmarkContent looks into a file of a program.
func BenchmarkContent(b *testing.B) {
	s := scanner(b)
	text := []byte(strings.Repeat("func f(a int) { return self.value } // see https://www.example.com/path\nmail = cfg.get('mail')\ntotal: 1234.55 id=20261101\n", 1000))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		s.content(text)
	}
}
