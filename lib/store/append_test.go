package store

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"agenttrace/lib/event"
)

// The tests start themselves to have other processes; childEnv says what such
// a process does: "append DIR WHO" or "full DIR LIMIT".
const childEnv = "STORE_TEST_CHILD"

func TestMain(m *testing.M) {
	if job := strings.Fields(os.Getenv(childEnv)); len(job) > 0 {
		child(job)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func startChild(job string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+job)
	cmd.Stderr = os.Stderr
	return cmd
}

func child(job []string) {
	s := At(job[1])
	switch job[0] {
	case "append": // until it is killed, or 400 times
		r := rand.New(rand.NewPCG(uint64(len(job[2])), 3))
		for n := range 400 {
			session := "s" + strconv.Itoa(n%2)
			text := bigLine(session, job[2], n, r.IntN(30_000)) + "\n" + line(session, n) + "\n"
			if err := s.Append(session, []byte(text)); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	case "full": // a file may not become longer than LIMIT
		limit, _ := strconv.ParseUint(job[2], 10, 64)
		signal.Ignore(syscall.SIGXFSZ)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: limit}); err != nil {
			fmt.Println("skip", err)
			return
		}
		for n := range 10 {
			if err := s.Append("s", []byte(strings.Repeat(line("s", n)+"\n", 10))); err != nil {
				fmt.Println(n, err)
				return
			}
		}
		fmt.Println("never full")
	}
}

// line is an event that tells the second n of a session.
func line(session string, n int) string {
	return string(event.Append(nil, event.Header{
		Type: "test", UnixNano: int64(1795332170+n) * 1e9, ID: fmt.Sprintf("%012x", n), Session: session,
	}, nil))
}

// bigLine is an event of about size bytes that can be told to be whole.
func bigLine(session, who string, n, size int) string {
	var o event.Object
	o.Str("who", who).Int("n", int64(n)).Str("x", strings.Repeat(who, size/len(who)+1)).Int("end", int64(n))
	return string(event.Append(nil, event.Header{Type: "big", UnixNano: int64(1795332170+n) * 1e9, ID: event.ID(session, who, strconv.Itoa(n)), Session: session}, o.Bytes()))
}

// checkLines checks that the lines of a session are whole or torn, that every
// whole one is one event, and returns how many there are of each writer.
func checkLines(t *testing.T, s *Store, session string) (by map[string]int, torn int) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.Dir(), session, eventsFile))
	if err != nil {
		t.Fatal(err)
	}
	by = map[string]int{}
	for l := range bytes.Lines(text) {
		l = bytes.TrimSuffix(l, []byte("\n"))
		if len(l) == 0 {
			continue
		}
		e, err := event.Parse(l)
		if err != nil {
			torn++
			continue
		}
		who := e.Get("who").Str
		if e.Is("big") && (e.Get("n").Int() != e.Get("end").Int() || strings.Trim(e.Get("x").Str, who) != "") {
			t.Errorf("a mixed line: %.200s", l)
		}
		by[who]++
	}
	return by, torn
}

func TestAppendFromGoroutines(t *testing.T) {
	s := At(filepath.Join(t.TempDir(), "new", "store"))
	var wg sync.WaitGroup
	for g := range 64 {
		wg.Go(func() {
			for n := range 20 {
				if err := s.Append("s", []byte(bigLine("s", fmt.Sprint("g", g), n, g*n)+"\n")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	by, torn := checkLines(t, s, "s")
	if len(by) != 64 || torn > 0 {
		t.Errorf("%d writers, %d torn lines", len(by), torn)
	}
	for who, n := range by {
		if n != 20 {
			t.Errorf("%s: %d events", who, n)
		}
	}
}

// kill -9 at any moment leaves a store that reads well.
func TestAppendFromKilledProcesses(t *testing.T) {
	s := At(filepath.Join(t.TempDir(), "store"))
	r := rand.New(rand.NewPCG(7, 7))
	var wg sync.WaitGroup
	for p := range 16 {
		kill := p%4 != 0
		cmd := startChild(fmt.Sprintf("append %s %s", s.Dir(), strings.Repeat(string(rune('a'+p)), p+1)))
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		after := time.Duration(r.IntN(400)) * time.Millisecond
		wg.Go(func() {
			if kill {
				time.Sleep(after)
				cmd.Process.Kill()
			}
			if err := cmd.Wait(); err != nil && !kill {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, session := range []string{"s0", "s1"} {
		by, torn := checkLines(t, s, session)
		t.Logf("%s: %d torn lines", session, torn)
		for p := 0; p < 16; p += 4 { // those that were not killed
			if who := strings.Repeat(string(rune('a'+p)), p+1); by[who] != 200 {
				t.Errorf("%s: %d events of %s", session, by[who], who)
			}
		}
		problems := 0
		list, _ := s.Sessions()
		sess, err := Resolve(list, session)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if _, err := s.Copy(&out, sess, func(error) { problems++ }); err != nil || problems != torn {
			t.Errorf("%s: %v, %d problems, %d torn lines", session, err, problems, torn)
		}
		for l := range bytes.Lines(out.Bytes()) {
			if _, err := event.Parse(bytes.TrimSpace(l)); err != nil {
				t.Errorf("%v: %.100s", err, l)
			}
		}
	}
}

func TestTornLineIsClosed(t *testing.T) {
	s := At(t.TempDir())
	for i, torn := range []string{"{\"event_type\":\"te", "x", "{\"event_type\":\"test\",\"session_id\":\"s\"}"} {
		id := fmt.Sprint("s", i)
		os.Mkdir(filepath.Join(s.Dir(), id), 0o700)
		file := filepath.Join(s.Dir(), id, eventsFile)
		os.WriteFile(file, []byte(torn), 0o600)
		for n := range 2 {
			if err := s.Append(id, []byte(line(id, n)+"\n")); err != nil {
				t.Fatal(err)
			}
		}
		got, _ := os.ReadFile(file)
		if want := torn + "\n" + line(id, 0) + "\n" + line(id, 1) + "\n"; string(got) != want {
			t.Errorf("got %q", got)
		}
	}
}

// Where the disk is full, nothing of what was to be written is there.
func TestFullDisk(t *testing.T) {
	size := len(line("s", 0)) + 1
	for _, limit := range []int{size*10 + 1, size*15 - 1, size*20 - 1, size*13 + 5, 3} {
		s := At(filepath.Join(t.TempDir(), "store"))
		cmd := startChild(fmt.Sprintf("full %s %d", s.Dir(), limit))
		out, err := cmd.Output()
		if strings.HasPrefix(string(out), "skip") {
			t.Skip(string(out))
		}
		if err != nil || !strings.Contains(string(out), "cannot write to "+s.Dir()) {
			t.Errorf("limit %d: %v, %q", limit, err, out)
		}
		text, _ := os.ReadFile(filepath.Join(s.Dir(), "s", eventsFile))
		if want := min(limit/size/10, 1) * size * 10; len(text) != want {
			t.Errorf("limit %d: %d bytes are left, want %d", limit, len(text), want)
		}
	}
	if _, err := os.Stat("/dev/full"); err == nil {
		f, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
		if err == nil {
			if err := appendLocked(f, []byte("x\n")); err == nil {
				t.Error("a full device takes something")
			}
			f.Close()
		}
	}
}

func TestSaver(t *testing.T) {
	s := At(t.TempDir())
	v := s.NewSaver()
	for n := range 10 {
		for _, id := range []string{"a", "b"} {
			if err := v.Save(id, []byte(line(id, n))); err != nil {
				t.Fatal(err)
			}
		}
	}
	if list, _ := s.Sessions(); len(list) != 0 {
		t.Error("it holds nothing back")
	}
	if err := v.Flush(); err != nil {
		t.Fatal(err)
	}
	if by, torn := checkLines(t, s, "b"); by[""] != 10 || torn != 0 {
		t.Errorf("%v, %d torn", by, torn)
	}
	if err := v.Flush(); err != nil {
		t.Error(err)
	}
	long := bigLine("c", "x", 0, 2<<20)
	if err := v.Save("c", []byte(long)); err != nil {
		t.Fatal(err)
	}
	if by, _ := checkLines(t, s, "c"); by["x"] != 1 {
		t.Error("it holds more than it should")
	}
	// A session that cannot be written does not keep the others from it.
	os.WriteFile(filepath.Join(s.Dir(), "d"), nil, 0o600)
	v.Save("d", []byte(line("d", 1)))
	v.Save("e", []byte(line("e", 1)))
	if err := v.Flush(); err == nil || !strings.Contains(err.Error(), "/d/") {
		t.Errorf("Flush: %v", err)
	}
	if by, _ := checkLines(t, s, "e"); by[""] != 1 {
		t.Error("a session behind one that fails is lost")
	}
}
