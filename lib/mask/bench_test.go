package mask

import (
	"bytes"
	"fmt"
	"go/build"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"agenttrace/lib/event"
)

// corpus returns events of a plausible kind, about size bytes: source code
// that a tool read, in pieces, with little in it to mask.
func corpus(tb testing.TB, size, every int) []byte {
	var out []byte
	n := 0
	filepath.WalkDir(filepath.Join(build.Default.GOROOT, "src", "net"), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		b, _ := os.ReadFile(p)
		for len(b) > 0 && len(out) < size {
			k := min(len(b), 2000+n%5000)
			out = fmt.Appendf(out, `{"event_type":"tool_result","timestamp":%d.%06d,"event_id":"%012x","session_id":"5f1c0a52-7d1e-4c55-9a0b-2f6a7c1de0aa","parent_id":"%012x","duration_ms":%d,"data":{"tool_name":"Read","tool_use_id":"toolu_%024x","result":{"file":"/home/user/proj/%s","content":`,
				1795332170+n, n*7919%1000000, n*2654435761, n*40503, n%977, n*48271, filepath.Base(p))
			text := b[:k]
			if every > 0 && n%every == 0 {
				text = append(bytes.Clone(text), "write to jane.doe@acme-corp.io now"...)
			}
			out = event.AppendString(out, text)
			out = append(out, "}}}\n"...)
			b = b[k:]
			n++
		}
		return nil
	})
	if len(out) == 0 {
		tb.Skip("no sources")
	}
	for len(out) < size {
		out = append(out, out[:min(len(out), size-len(out))]...)
	}
	if i := bytes.LastIndexByte(out, '\n'); i >= 0 {
		out = out[:i+1]
	}
	return out
}

func benchmark(b *testing.B, every int, o Options) {
	data := corpus(b, 16<<20, every)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	before := cpuTime()
	n := 0
	for b.Loop() {
		f := testFilter(b, o)
		if err := f.Copy(io.Discard, bytes.NewReader(data), nil); err != nil {
			b.Fatal(err)
		}
		n += len(data)
	}
	b.ReportMetric(float64(n)/1e6/(cpuTime()-before).Seconds(), "MB/cpu-s")
}

// cpuTime returns how long the process has run on a processor: other processes
// do not spoil it.
func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkMask(b *testing.B)         { benchmark(b, 0, Options{}) }
func BenchmarkMask1Percent(b *testing.B) { benchmark(b, 100, Options{}) }
func BenchmarkMaskIP(b *testing.B)       { benchmark(b, 0, Options{IP: true}) }

func BenchmarkCandidate(b *testing.B) {
	data := corpus(b, 16<<20, 0)
	m, _ := New(Options{})
	b.SetBytes(int64(len(data)))
	hits, lines, n := 0, 0, 0
	before := cpuTime()
	for b.Loop() {
		n += len(data)
		hits, lines = 0, 0
		for line := range bytes.Lines(data) {
			lines++
			if m.Candidate(line) {
				hits++
			}
		}
	}
	b.ReportMetric(float64(n)/1e6/(cpuTime()-before).Seconds(), "MB/cpu-s")
	b.ReportMetric(float64(hits)/float64(lines)*100, "%hit")
}
