package redact_test

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"agenttrace/lib/capture"
	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
	"agenttrace/lib/redact"
)

// stream returns about n bytes of events.
func stream(b testing.TB, n int64) []byte {
	b.Helper()
	var raw, out bytes.Buffer
	if err := clitest.WriteTranscript(&raw, "s1", n, 1); err != nil {
		b.Fatal(err)
	}
	k := &capture.Capture{
		Emit: func(line []byte) error {
			out.Write(line)
			return out.WriteByte('\n')
		},
		Problem: func(err *event.SyntaxError, _ []byte) { b.Error(err) },
		Clock:   func() int64 { return 0 },
	}
	if err := k.Read(&raw, capture.File{Name: "x"}); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func BenchmarkCandidate(b *testing.B) {
	var data []byte
	if name := os.Getenv("AT_BENCH_FILE"); name != "" {
		data, _ = os.ReadFile(name)
	} else {
		data = stream(b, 32<<20)
	}
	lines := bytes.SplitAfter(data, []byte("\n"))
	r, err := redact.New(redact.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	hits := 0
	for b.Loop() {
		hits = 0
		for _, l := range lines {
			if r.Candidate(l) {
				hits++
			}
		}
	}
	b.ReportMetric(float64(hits)*100/float64(len(lines)), "%lines")
}

func BenchmarkCopy(b *testing.B) {
	data := stream(b, 32<<20)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if err := newFilter(b, redact.Options{}).Copy(io.Discard, bytes.NewReader(data), nil); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSecrets is Copy with a secret in one line of a hundred.
func BenchmarkSecrets(b *testing.B) {
	lines := strings.SplitAfter(string(stream(b, 32<<20)), "\n")
	cases := redact.Cases(5)
	for i := 0; i < len(lines); i += 100 {
		lines[i] = cases[i%len(cases)].Line + "\n"
	}
	data := []byte(strings.Join(lines, ""))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if err := newFilter(b, redact.Options{}).Copy(io.Discard, bytes.NewReader(data), nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		redact.New(redact.Options{})
	}
}

// BenchmarkAll is Copy where every line has a secret, or looks like it.
func BenchmarkAll(b *testing.B) {
	var buf bytes.Buffer
	for _, c := range redact.Cases(5) {
		buf.WriteString(c.Line + "\n")
	}
	data := buf.Bytes()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if err := newFilter(b, redact.Options{}).Copy(io.Discard, bytes.NewReader(data), nil); err != nil {
			b.Fatal(err)
		}
	}
}
