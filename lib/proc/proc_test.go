//go:build linux || darwin

package proc

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// start runs a shell script in a process group of its own, as an interactive
// shell runs an agent, and returns it and the pids that it prints.
func start(t *testing.T, script string, pids int) (Target, []int) {
	t.Helper()
	cmd := exec.Command("bash", "-c", script)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skip(err)
	}
	var list []int
	t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		for _, pid := range list {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		_ = cmd.Wait()
	})
	s := bufio.NewScanner(out)
	for len(list) < pids && s.Scan() {
		pid, err := strconv.Atoi(strings.TrimSpace(s.Text()))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, pid)
	}
	if len(list) < pids {
		t.Fatal("the script says too little")
	}
	p, err := Look(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	return Target{p.PID, p.StartNano}, list
}

// agent is a shell that has started a child in its group, one in a group of its
// own, and a grandchild in that. All of them end by themselves.
const agent = `set -m; sleep 60 & echo $!; set +m
bash -c 'sleep 60 & echo $!; wait' &
echo $!
while [ $SECONDS -lt 60 ]; do sleep 0.05; done`

func state(pid int) string {
	p, err := Look(pid)
	switch {
	case err != nil || p.Ended:
		return "gone"
	case p.Stopped:
		return "stopped"
	}
	return "runs"
}

// become waits until all the processes are in a state, for half a minute at most.
func become(t *testing.T, want string, pids ...int) {
	t.Helper()
	var last string
	for range 3000 {
		ok := true
		for _, pid := range pids {
			if s := state(pid); s != want {
				ok, last = false, strconv.Itoa(pid)+" "+s
			}
		}
		if ok {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("not all of %v are %s: %s", pids, want, last)
}

func TestPauseResumeKill(t *testing.T) {
	target, pids := start(t, agent, 3)
	pids = append(pids, target.PID)
	if n, err := target.Pause(); err != nil || n < 4 {
		t.Fatalf("paused %d: %v", n, err)
	}
	become(t, "stopped", pids...)
	if n, err := target.Pause(); err != nil || n != 0 {
		t.Errorf("paused again %d: %v", n, err)
	}
	if n, err := target.Resume(); err != nil || n < 4 {
		t.Fatalf("resumed %d: %v", n, err)
	}
	become(t, "runs", pids...)
	if _, err := target.Pause(); err != nil { // a kill reaches one that is stopped
		t.Fatal(err)
	}
	began := time.Now()
	n, forced, err := target.Kill(time.Minute)
	if err != nil || n < 4 || forced {
		t.Errorf("killed %d, by force: %v, %v", n, forced, err)
	}
	if d := time.Since(began); d > 30*time.Second {
		t.Errorf("it took %v: the grace is waited for, though all have ended", d)
	}
	become(t, "gone", pids...)
	if _, err := target.Resume(); !errors.Is(err, ErrGone) {
		t.Errorf("resumed one that is gone: %v", err)
	}
}

// A child that does not listen is killed after the grace, though the agent
// itself has ended at once.
func TestKillDeaf(t *testing.T) {
	target, pids := start(t, `bash -c 'trap "" TERM; echo $$; while [ $SECONDS -lt 60 ]; do sleep 0.05; done' &
while [ $SECONDS -lt 60 ]; do sleep 0.05; done`, 1)
	_, forced, err := target.Kill(300 * time.Millisecond)
	if err != nil || !forced {
		t.Errorf("by force: %v, %v", forced, err)
	}
	become(t, "gone", append(pids, target.PID)...)
}

// Another process that has the pid now is left alone.
func TestRecycled(t *testing.T) {
	target, _ := start(t, "echo $$; while [ $SECONDS -lt 60 ]; do sleep 0.05; done", 1)
	for _, other := range []Target{
		{target.PID, target.StartNano - int64(10*time.Second)},
		{target.PID, target.StartNano + int64(10*time.Second)},
	} {
		_, pause := other.Pause()
		_, resume := other.Resume()
		_, _, kill := other.Kill(0)
		for _, err := range []error{pause, resume, kill} {
			if !errors.Is(err, ErrRecycled) {
				t.Errorf("%v, want %v", err, ErrRecycled)
			}
		}
	}
	for _, other := range []Target{{target.PID, 0}, {0, target.StartNano}, {1, target.StartNano}, {-1, 5}} {
		if _, _, err := other.Kill(0); !errors.Is(err, ErrUnknown) {
			t.Errorf("%+v: %v", other, err)
		}
	}
	become(t, "runs", target.PID)
}

// One that leads no group is signalled with its descendants; the others in the
// group, this test among them, are not.
func TestNoGroupOfItsOwn(t *testing.T) {
	cmd := exec.Command("bash", "-c", "sleep 60 & wait")
	if err := cmd.Start(); err != nil {
		t.Skip(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	p, err := Look(cmd.Process.Pid)
	if err != nil || p.Group == p.PID {
		t.Fatalf("%+v %v", p, err)
	}
	if n, _, err := (Target{p.PID, p.StartNano}).Kill(time.Minute); err != nil || n < 1 {
		t.Errorf("%d %v", n, err)
	}
	<-ended
}

func TestSelf(t *testing.T) {
	p, err := Look(os.Getpid())
	if err != nil || p.PID != os.Getpid() || p.Parent != os.Getppid() || time.Since(time.Unix(0, p.StartNano)) > time.Hour || p.StartNano > time.Now().UnixNano()+int64(slack) {
		t.Errorf("%+v %v", p, err)
	}
	if _, err := Look(-1); err == nil {
		t.Error("a process with the id -1")
	}
	all, err := All()
	if err != nil || len(all) == 0 {
		t.Errorf("%d processes, %v", len(all), err)
	}
}

// TestOddName looks at a process whose name holds what ends the name in
// /proc/PID/stat.
func TestOddName(t *testing.T) {
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Skip(err)
	}
	name := filepath.Join(t.TempDir(), "a) S 1 (b")
	data, err := os.ReadFile(sleep)
	if err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(name, data, 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, "60")
	if err := cmd.Start(); err != nil {
		t.Skip(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	p, err := Look(cmd.Process.Pid)
	if err != nil || p.Name != filepath.Base(name) || p.Parent != os.Getpid() || p.StartNano == 0 {
		t.Errorf("%+v, %v", p, err)
	}
}
