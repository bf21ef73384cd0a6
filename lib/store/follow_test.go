package store

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"agenttrace/lib/event"
)

// follower runs a Follower and gives its output line by line.
type follower struct {
	t     *testing.T
	lines chan string
	stop  func()
	mu    sync.Mutex
	seen  []string // problems
}

func follow(t *testing.T, f *Follower) *follower {
	fo := &follower{t: t, lines: make(chan string, 1000)}
	f.Out = event.LineWriter(func(line []byte) error {
		fo.lines <- string(line)
		return nil
	}, func() error { return nil })
	f.Problem = func(err error) {
		fo.mu.Lock()
		defer fo.mu.Unlock()
		fo.seen = append(fo.seen, err.Error())
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx) }()
	fo.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(time.Minute):
			t.Error("it does not end")
		}
	})
	t.Cleanup(fo.stop)
	return fo
}

// problem waits for a problem that says this.
func (fo *follower) problem(says string) {
	fo.t.Helper()
	for range 6000 {
		fo.mu.Lock()
		told := strings.Contains(strings.Join(fo.seen, "\n"), says)
		fo.mu.Unlock()
		if told {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	fo.t.Fatalf("no problem that says %q", says)
}

// want waits for a line.
func (fo *follower) want(line string) {
	fo.t.Helper()
	select {
	case got := <-fo.lines:
		if got != line {
			fo.t.Errorf("got  %.300s\nwant %.300s", got, line)
		}
	case <-time.After(time.Minute):
		fo.t.Fatalf("nothing came, want %.300s", line)
	}
}

// quiet checks that nothing comes for a while.
func (fo *follower) quiet() {
	fo.t.Helper()
	select {
	case got := <-fo.lines:
		fo.t.Errorf("got %.300s", got)
	case <-time.After(150 * time.Millisecond):
	}
}

func (fo *follower) problems() []string {
	fo.mu.Lock()
	defer fo.mu.Unlock()
	return slices.Clone(fo.seen)
}

// An event is shown within 100 ms of its being saved, also of a session that
// did not exist before. Other work on the machine can make it longer: what is
// asserted is generous.
func TestFollowIsPrompt(t *testing.T) {
	s := At(filepath.Join(t.TempDir(), "not", "yet"))
	fo := follow(t, &Follower{Store: s})
	time.Sleep(100 * time.Millisecond) // it waits for the store by now
	var took []time.Duration
	for n := range 30 {
		id := fmt.Sprint("s", n/3)
		time.Sleep(time.Duration(n%5) * 10 * time.Millisecond)
		start := time.Now()
		if err := s.Append(id, []byte(line(id, n)+"\n")); err != nil {
			t.Fatal(err)
		}
		fo.want(line(id, n))
		d := time.Since(start)
		if took = append(took, d); d > 20*time.Second {
			t.Errorf("event %d came after %v", n, d)
		}
	}
	t.Logf("the first, in a new store: %v", took[0])
	slices.Sort(took)
	t.Logf("median %v, slowest %v", took[len(took)/2], took[len(took)-1])
	fo.stop()
	if p := fo.problems(); len(p) > 0 {
		t.Error(p)
	}
}

func TestFollowShowsWholeLines(t *testing.T) {
	s := At(t.TempDir())
	fo := follow(t, &Follower{Store: s})
	s.Append("s", []byte(line("s", 1)+"\n"))
	fo.want(line("s", 1))
	f, err := os.OpenFile(filepath.Join(s.Dir(), "s", eventsFile), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	two := line("s", 2)
	f.WriteString(two[:20])
	fo.quiet()
	f.WriteString(two[20:])
	fo.quiet()
	f.WriteString("\n" + line("s", 3) + "\n\n" + line("s", 4)[:9])
	fo.want(two)
	fo.want(line("s", 3))
	fo.quiet()
	// The writer was killed; the next one closes its line.
	s.Append("s", []byte(line("s", 5)+"\n"))
	fo.want(line("s", 5))
	long := bigLine("s", "x", 6, 3<<20)
	s.Append("s", []byte(long+"\n"))
	fo.want(long)
	fo.stop()
	if p := fo.problems(); len(p) != 1 || !strings.Contains(p[0], "s/events.ndjson:5: ") {
		t.Errorf("problems %q", p)
	}
}

func TestFollowJoins(t *testing.T) {
	s := At(t.TempDir())
	put(t, s, "s", ev("tool_call", 1, "c", "", `{"tool_name":"A","tool_use_id":"t"}`))
	list, _ := s.Sessions()
	var out bytes.Buffer
	size, err := s.Copy(&out, list[0], func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	fo := follow(t, &Follower{Store: s, From: map[string]int64{"s": size}})
	// Its call was printed before; the call itself is told again.
	s.Append("s", []byte(ev("tool_call", 1.5, "c", "", `{"tool_name":"A","tool_use_id":"t","uuid":"u"}`)+"\n"+ev("tool_result", 2, "r", "", `{"tool_use_id":"t"}`)+"\n"))
	fo.want(with(ev("tool_result", 2, "r", "c", `{"tool_use_id":"t"}`), `"duration_ms":1000`))
	s.Append("s", []byte(ev("tool_result", 2, "r", "c", `{"tool_use_id":"t"}`)+"\n"))
	fo.quiet()
}

func TestFollowSome(t *testing.T) {
	s := At(t.TempDir())
	put(t, s, "old", line("old", 1))
	put(t, s, "new", line("new", 1))
	fo := follow(t, &Follower{Store: s, Wants: func(id string) bool { return id != "new" }, From: map[string]int64{}})
	fo.want(line("old", 1))
	s.Append("new", []byte(line("new", 2)+"\n"))
	s.Append("../x", []byte(line("../x", 2)+"\n"))
	fo.want(line("../x", 2))
	fo.quiet()
	// A file in the store is no session, and a link that leads out is none.
	s.Reject(0, "x", []byte("y"))
	outside := t.TempDir()
	os.WriteFile(filepath.Join(outside, eventsFile), []byte(line("out", 1)+"\n"), 0o600)
	os.Symlink(outside, filepath.Join(s.Dir(), "out"))
	fo.quiet()
	// Shorter: somebody wrote the session anew. That it was empty must be seen:
	// a file of the old size is the old one to a follower.
	put(t, s, "old", "")
	fo.problem("became shorter")
	s.Append("old", []byte(line("old", 7)+"\n"))
	for got := ""; got != line("old", 7); {
		select {
		case got = <-fo.lines:
		case <-time.After(time.Minute):
			t.Fatal("a session that was written anew is not followed")
		}
	}
}

func TestFollowManyWriters(t *testing.T) {
	s := At(filepath.Join(t.TempDir(), "store"))
	fo := follow(t, &Follower{Store: s})
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for n := range 25 {
				id := fmt.Sprint("s", g%4)
				s.Append(id, []byte(bigLine(id, fmt.Sprint("w", g), n, 100*n)+"\n"))
			}
		})
	}
	seen := map[string]bool{}
	for range 200 {
		select {
		case l := <-fo.lines:
			e, err := event.Parse([]byte(l))
			if err != nil || seen[e.Session()+e.ID()] {
				t.Fatalf("%v: %.100s", err, l)
			}
			seen[e.Session()+e.ID()] = true
		case <-time.After(time.Minute):
			t.Fatalf("%d of 200 events came", len(seen))
		}
	}
	wg.Wait()
	fo.quiet()
}
