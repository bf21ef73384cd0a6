//go:build unix

package pipelines_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"agenttrace/lib/clitest"
)

// TestBench measures what users wait for, beside other programs that do the
// same or less, in one run, since only ratios carry over to other machines. It
// runs if AT_BENCH is set, on AT_BENCH_MB MiB of transcripts (1024), and fails
// only if a command does.
func TestBench(t *testing.T) {
	wanted(t)
	b := newBench(t, mebibytes("AT_BENCH_MB", 1024))
	b.hook()
	b.capture()
	b.cat()
	b.reports()
	b.list()
	b.follow()
}

// wanted skips a benchmark that was not asked for, and says where it runs.
func wanted(t *testing.T) {
	t.Helper()
	if os.Getenv("AT_BENCH") == "" {
		t.Skip("AT_BENCH is not set")
	}
	load, _ := os.ReadFile("/proc/loadavg")
	fmt.Printf("%s/%s, %d CPUs, load %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), cmp.Or(string(load), "unknown\n"))
}

// mebibytes returns the size in bytes that a variable tells in MiB, else that of
// so many MiB.
func mebibytes(variable string, otherwise int64) int64 {
	if n, err := strconv.ParseInt(os.Getenv(variable), 10, 64); err == nil && n > 0 {
		return n << 20
	}
	return otherwise << 20
}

// newBench returns a bench with its programs built. size is that of the
// transcripts that it makes, in bytes.
func newBench(t *testing.T, size int64) *bench {
	b := &bench{t: t, dir: t.TempDir(), size: size, w: tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)}
	b.build()
	return b
}

type bench struct {
	t        *testing.T
	dir      string
	size     int64 // of the transcripts, in bytes
	w        *tabwriter.Writer
	launcher string
}

// launcher is a program that runs a command and tells on file 3 how many
// nanoseconds and bytes of memory it took. The memory of a process counts from
// that of the one that started it, and the tests are larger than what they
// measure.
const launcher = `package main

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

func main() {
	from := time.Now()
	p, err := os.StartProcess(os.Args[1], os.Args[1:], &os.ProcAttr{Env: os.Environ(), Files: []*os.File{os.Stdin, os.Stdout, os.Stderr}})
	if err != nil {
		panic(err)
	}
	s, err := p.Wait()
	if err != nil {
		panic(err)
	}
	fmt.Fprintln(os.NewFile(3, "usage"), time.Since(from).Nanoseconds(), s.SysUsage().(*syscall.Rusage).Maxrss)
	os.Exit(s.ExitCode())
}
`

// build builds the launcher.
func (b *bench) build() {
	src := filepath.Join(b.dir, "launcher.go")
	b.check(os.WriteFile(src, []byte(launcher), 0o600))
	b.launcher = filepath.Join(b.dir, "launcher")
	if out, err := exec.Command("go", "build", "-o", b.launcher, src).CombinedOutput(); err != nil {
		b.t.Fatalf("%v: %s", err, out)
	}
}

// A sample is one run of a command.
type sample struct {
	took time.Duration
	rss  int64 // peak, bytes
	out  int64 // bytes on standard output
}

// table begins a table.
func (b *bench) table(title string, columns ...string) {
	fmt.Printf("\n%s\n", title)
	b.row(columns...)
}

func (b *bench) row(cells ...string) { fmt.Fprintln(b.w, strings.Join(cells, "\t")+"\t") }

func (b *bench) end() { b.w.Flush() }

// run runs a command with a file or nothing as its input; its output goes
// through a pipe, and is counted.
func (b *bench) run(stdin string, args ...string) sample {
	b.t.Helper()
	path, err := exec.LookPath(args[0])
	b.check(err)
	c := exec.Command(b.launcher, append([]string{path}, args[1:]...)...)
	c.Dir, c.Stderr = b.dir, os.Stderr
	if stdin != "" {
		f, err := os.Open(stdin)
		b.check(err)
		defer f.Close()
		c.Stdin = f
	}
	r, w, err := os.Pipe()
	b.check(err)
	usage, told, err := os.Pipe()
	b.check(err)
	c.Stdout, c.ExtraFiles = w, []*os.File{told}
	b.check(c.Start())
	w.Close()
	told.Close()
	buf := make([]byte, 1<<20)
	var s sample
	for {
		n, err := r.Read(buf)
		s.out += int64(n)
		if err != nil {
			break
		}
	}
	r.Close()
	_, err = fmt.Fscan(usage, &s.took, &s.rss)
	usage.Close()
	if werr := c.Wait(); err != nil || werr != nil {
		b.t.Fatalf("%s: %v, %v", strings.Join(args, " "), werr, err)
	}
	if runtime.GOOS != "darwin" {
		s.rss <<= 10 // there it is in bytes, elsewhere in KiB
	}
	return s
}

// best runs a command three times and returns the fastest.
func (b *bench) best(stdin string, args ...string) sample {
	s := b.run(stdin, args...)
	for range 2 {
		if again := b.run(stdin, args...); again.took < s.took {
			s = again
		}
	}
	return s
}

func (b *bench) check(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// jq says whether there is jq to compare with.
func (b *bench) jq() bool {
	_, err := exec.LookPath("jq")
	return err == nil
}

func mib(n int64) string { return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20)) }
func ms(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}
func speed(n int64, d time.Duration) float64 { return float64(n) / (1 << 20) / d.Seconds() }
func perSecond(v float64) string             { return fmt.Sprintf("%.0f MiB/s", v) }
func times(v float64) string                 { return fmt.Sprintf("%.2fx", v) }

// hook measures what an agent waits for at each call, beside the least that a
// process takes.
func (b *bench) hook() {
	all, err := os.ReadFile("../testdata/demo/hooks.ndjson")
	b.check(err)
	payload := filepath.Join(b.dir, "payload.json")
	for line := range bytes.Lines(all) {
		if bytes.Contains(line, []byte(`"PostToolUse"`)) {
			b.check(os.WriteFile(payload, line, 0o600))
			break
		}
	}
	store := filepath.Join(b.dir, "hooks")
	const runs = 200
	var idle, hook []time.Duration
	var peak int64
	for range runs {
		idle = append(idle, b.run("", "true").took)
		s := b.run(payload, "at-capture", "--save", "--trace-dir", store)
		hook, peak = append(hook, s.took), max(peak, s.rss)
	}
	slices.Sort(idle)
	slices.Sort(hook)
	b.table(fmt.Sprintf("A hook, start to exit, %d runs in turn", runs), "", "median", "p95", "beside true", "peak memory")
	b.row("true", ms(idle[runs/2]), ms(idle[runs*95/100]), "", "")
	b.row("at-capture --save", ms(hook[runs/2]), ms(hook[runs*95/100]),
		times(float64(hook[runs/2])/float64(idle[runs/2]))+", +"+ms(hook[runs/2]-idle[runs/2]), mib(peak))
	b.end()
}

// sessionSize is the size of a transcript, in bytes. One is larger: half of
// all.
const sessionSize = 32 << 20

// capture measures how fast transcripts become events.
func (b *bench) capture() {
	dir := filepath.Join(b.dir, "projects", "-home-u-proj")
	b.check(os.MkdirAll(dir, 0o700))
	write := func(name string, size int64) string {
		path := filepath.Join(dir, name+".jsonl")
		f, err := os.Create(path)
		b.check(err)
		b.check(clitest.WriteTranscript(f, name, size, uint64(size)+uint64(len(name))))
		b.check(f.Close())
		return path
	}
	small := write("small", min(sessionSize, b.size))
	write("large", b.size/2)
	for i := range (b.size/2 - sessionSize) / sessionSize {
		write(fmt.Sprintf("session-%03d", i), sessionSize)
	}
	var total int64
	files, err := filepath.Glob(dir + "/*.jsonl")
	b.check(err)
	for _, f := range files {
		info, err := os.Stat(f)
		b.check(err)
		total += info.Size()
	}
	info, err := os.Stat(small)
	b.check(err)

	b.table(fmt.Sprintf("Transcripts to events, %s in %d files", mib(total), len(files)), "", "input", "speed", "beside jq", "peak memory")
	jq := math.NaN()
	if b.jq() {
		s := b.best(small, "jq", "-c", ".")
		jq = speed(info.Size(), s.took)
		b.row("jq -c .", mib(info.Size()), perSecond(jq), "", mib(s.rss))
	}
	for _, path := range []string{small, dir} {
		n := info.Size()
		if path == dir {
			n = total
		}
		s := b.best("", "at-capture", path)
		b.row("at-capture", mib(n), perSecond(speed(n, s.took)), times(speed(n, s.took)/jq), mib(s.rss))
	}
	s := b.run("", "bash", "-o", "pipefail", "-c", "at-capture "+dir+" | at-save --trace-dir store")
	b.row("at-capture | at-save", mib(total), perSecond(speed(total, s.took)), "", mib(s.rss))
	b.end()
}

// cat measures how fast a store is read, beside cat and jq on the same files.
func (b *bench) cat() {
	var total int64
	files, err := filepath.Glob(filepath.Join(b.dir, "store", "*", "events.ndjson"))
	b.check(err)
	for _, f := range files {
		info, err := os.Stat(f)
		b.check(err)
		total += info.Size()
	}
	small := filepath.Join(b.dir, "store", "small", "events.ndjson")
	info, err := os.Stat(small)
	b.check(err)

	b.table(fmt.Sprintf("A store of %s in %d sessions, to a pipe", mib(total), len(files)), "", "input", "speed", "beside cat", "beside jq", "peak memory")
	jq := math.NaN()
	if b.jq() {
		s := b.best(small, "jq", "-c", ".")
		jq = speed(info.Size(), s.took)
		b.row("jq -c .", mib(info.Size()), perSecond(jq), "", "", mib(s.rss))
	}
	plain := b.best("", append([]string{"cat"}, files...)...)
	cat := speed(total, plain.took)
	b.row("cat", mib(total), perSecond(cat), "", times(cat/jq), mib(plain.rss))
	for _, args := range [][]string{{"small"}, {"large"}, {"--all"}} {
		s := b.best("", append([]string{"at-cat", "--trace-dir", "store"}, args...)...)
		v := speed(s.out, s.took)
		b.row("at-cat "+args[0], mib(s.out), perSecond(v), times(v/cat), times(v/jq), mib(s.rss))
	}
	b.end()
}

// reports measures the commands that read events, on one session.
func (b *bench) reports() {
	small := filepath.Join(b.dir, "store", "small", "events.ndjson")
	info, err := os.Stat(small)
	b.check(err)
	b.table("A session of "+mib(info.Size())+", from a file", "", "speed", "beside jq", "peak memory")
	jq := math.NaN()
	if b.jq() {
		jq = speed(info.Size(), b.best(small, "jq", "-c", ".").took)
		b.row("jq -c .", perSecond(jq), "", "")
	}
	for _, name := range []string{"at-phase", "at-explain", "at-summary", "at-replay"} {
		s := b.best("", name, small)
		v := speed(info.Size(), s.took)
		b.row(name, perSecond(v), times(v/jq), mib(s.rss))
	}
	b.end()
}

// list measures how long many sessions take to list.
func (b *bench) list() {
	const sessions = 10000
	var in bytes.Buffer
	for i := range sessions {
		fmt.Fprintf(&in, `{"event_type":"user_prompt","timestamp":%d.000000,"event_id":"%012x","session_id":"%08x","data":{"prompt":"fix test %d"}}`+"\n", 1795332171+i*60, i, i*2654435761%(1<<32), i)
	}
	file := filepath.Join(b.dir, "many.ndjson")
	b.check(os.WriteFile(file, in.Bytes(), 0o600))
	save := b.run(file, "at-save", "--trace-dir", "many")
	first := b.run("", "at-ls", "--trace-dir", "many")
	again := b.best("", "at-ls", "--trace-dir", "many")
	one := b.best("", "at-cat", "--trace-dir", "many")
	b.table(fmt.Sprintf("A store of %d sessions", sessions), "", "time", "peak memory")
	b.row("at-save, to make it", ms(save.took), mib(save.rss))
	b.row("at-ls, the first time", ms(first.took), mib(first.rss))
	b.row("at-ls", ms(again.took), mib(again.rss))
	b.row("at-cat, the latest", ms(one.took), mib(one.rss))
	b.end()
}

// follow measures how long it takes until an event that is being saved comes
// out of at-cat --follow.
func (b *bench) follow() {
	c := exec.Command("at-cat", "--follow", "--trace-dir", "live")
	c.Dir = b.dir
	out, err := c.StdoutPipe()
	b.check(err)
	b.check(c.Start())
	defer c.Wait()
	defer c.Process.Signal(syscall.SIGTERM)
	const runs = 50
	var took []time.Duration
	buf := make([]byte, 1<<16)
	for i := range runs {
		time.Sleep(20 * time.Millisecond)
		save := exec.Command("at-save", "--trace-dir", "live")
		save.Dir = b.dir
		save.Stdin = strings.NewReader(fmt.Sprintf(`{"event_type":"user_prompt","timestamp":%d.000000,"event_id":"%012x","session_id":"s%d","data":{}}`+"\n", 1795332171+i, i, i%5))
		from := time.Now()
		b.check(save.Run())
		if _, err := out.Read(buf); err != nil && err != io.EOF {
			b.t.Fatal(err)
		}
		took = append(took, time.Since(from))
	}
	slices.Sort(took)
	b.table("at-cat --follow, from the start of at-save to the event", "", "median", "most")
	b.row("", ms(took[runs/2]), ms(took[runs-1]))
	b.end()
}
