//go:build unix

package pipelines_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"agenttrace/lib/clitest"
	"agenttrace/lib/redact"
)

// gitleaks is what at-redact is measured against, as its users build it.
const gitleaks = "github.com/zricethezav/gitleaks/v8@v8.30.1"

// TestBenchRedact measures at-redact and at-mask on events with few secrets and
// on such with one in a hundred lines, beside gitleaks and rg on the same bytes
// in the same run. It runs if AT_BENCH is set, on the events of
// AT_BENCH_REDACT_MB MiB of transcripts (272). Gitleaks is built from its
// module; without the module proxy, or without rg, they are left out.
func TestBenchRedact(t *testing.T) {
	wanted(t)
	b := newBench(t, mebibytes("AT_BENCH_REDACT_MB", 272))
	few, many := b.secretEvents()

	info, err := os.Stat(few)
	b.check(err)
	all, err := os.ReadFile(few)
	b.check(err)
	part := filepath.Join(b.dir, "part.ndjson")
	n := int64(bytes.LastIndexByte(all[:min(len(all), 4<<20)], '\n') + 1)
	b.check(os.WriteFile(part, all[:n], 0o600))
	all = nil

	other := 0.0
	b.table("Events with few secrets, from pipe to pipe", "", "input", "speed", "beside gitleaks", "peak memory")
	if path := b.gitleaks(); path != "" {
		s := b.best("", "bash", "-c", "cat "+part+" | "+path+" stdin --no-banner --log-level error --exit-code 0")
		other = speed(n, s.took)
		b.row("gitleaks stdin", mib(n), fmt.Sprintf("%.1f MiB/s", other), "", mib(s.rss))
	}
	beside := func(v float64) string {
		if other == 0 {
			return ""
		}
		return fmt.Sprintf("%.0fx", v/other)
	}
	if _, err := exec.LookPath("rg"); err == nil {
		s := b.best("", "bash", "-c", "cat "+few+` | rg -c 'gh[pousr]_[A-Za-z0-9]{36}|sk-ant-[\w-]{20,}|AKIA[0-9A-Z]{16}|(?i)(password|secret|token)["=: ]+\S{8}' || true`)
		b.row("rg -c, four patterns", mib(info.Size()), perSecond(speed(info.Size(), s.took)), beside(speed(info.Size(), s.took)), mib(s.rss))
	}
	for _, in := range []struct{ name, file string }{{"", few}, {", a secret in 1 % of lines", many}} {
		info, err := os.Stat(in.file)
		b.check(err)
		for _, name := range []string{"at-redact", "at-mask"} {
			s := b.best("", "bash", "-c", "cat "+in.file+" | exec "+name+" --plain 2>/dev/null")
			v := speed(info.Size(), s.took)
			b.row(name+in.name, mib(info.Size()), perSecond(v), beside(v), mib(s.rss))
		}
	}
	b.end()

	b.table("Start to exit with nothing to read", "", "median")
	for _, args := range [][]string{{"at-phase"}, {"at-redact", "--plain"}, {"at-mask", "--plain"}} {
		var took []time.Duration
		for range 50 {
			took = append(took, b.run("/dev/null", args...).took)
		}
		slices.Sort(took)
		b.row(args[0], ms(took[len(took)/2]))
	}
	b.end()
}

// secretEvents writes events: with a secret in one line of ten thousand, and
// with one in a hundred.
func (b *bench) secretEvents() (few, many string) {
	raw := filepath.Join(b.dir, "session.jsonl")
	f, err := os.Create(raw)
	b.check(err)
	b.check(clitest.WriteTranscript(f, "s1", b.size, 1))
	b.check(f.Close())
	few, many = filepath.Join(b.dir, "few.ndjson"), filepath.Join(b.dir, "many.ndjson")
	out, err := exec.Command("at-capture", raw).Output()
	b.check(err)
	b.check(os.Remove(raw))
	cases := redact.Cases(1)
	for every, name := range map[int]string{10000: few, 100: many} {
		w, err := os.Create(name)
		b.check(err)
		k := 0
		for line := range bytes.Lines(out) {
			if k++; k%every == 0 {
				_, err = w.WriteString(cases[k/every%len(cases)].Line + "\n")
				b.check(err)
			}
			_, err = w.Write(line)
			b.check(err)
		}
		b.check(w.Close())
	}
	return few, many
}

// gitleaks returns the path of gitleaks, "" if it cannot be had.
func (b *bench) gitleaks() string {
	dir := filepath.Join(b.dir, "gitleaks")
	b.check(os.Mkdir(dir, 0o700))
	bin := filepath.Join(dir, "bin")
	c := exec.Command("go", "install", gitleaks)
	c.Dir, c.Env = dir, append(os.Environ(), "GOBIN="+bin, "GOFLAGS=-mod=mod")
	if out, err := c.CombinedOutput(); err != nil {
		fmt.Printf("no gitleaks: %s\n", bytes.TrimSpace(out[bytes.LastIndexByte(bytes.TrimSpace(out), '\n')+1:]))
		return ""
	}
	return filepath.Join(bin, "gitleaks")
}
