//go:build unix

// Package e2e_test drives the real agents from npm against a model on loopback,
// with our hooks installed, and compares the trace with what the model asked
// for and reported.
package e2e_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"agenttrace/lib/clitest"
	"agenttrace/lib/clitest/model"
)

func TestMain(m *testing.M) {
	if os.Getenv(mcpServer) != "" {
		serveMCP(os.Stdin, os.Stdout)
		os.Exit(0)
	}
	if os.Getenv("AT_E2E") == "" {
		os.Exit(m.Run()) // everything is skipped
	}
	os.Exit(withCache(func() int { return clitest.Build(m) }))
}

// maxRun is how long an agent may take for a script. They take some seconds.
const maxRun = 90 * time.Second

// A rig is an agent in a home and a project of its own, and its model.
type rig struct {
	*testing.T
	model      *model.Server
	program    string // the agent's
	home, proj string
	store      string   // the trace store of the hooks
	recorded   string   // and that of at-record
	shims      string   // programs that stand for ours in hooks, and note what these say
	said       string   // where they note it
	env        []string // beside the common ones
}

// newRig makes an agent's surroundings.
func newRig(t *testing.T, program string, m *model.Server) *rig {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, model: m, program: program, home: filepath.Join(dir, "home"), proj: filepath.Join(dir, "proj"),
		store: filepath.Join(dir, "traces"), shims: filepath.Join(dir, "shims"), said: filepath.Join(dir, "said"),
		recorded: filepath.Join(dir, "recorded")}
	for _, d := range []string{r.home, r.proj, r.shims, r.said, filepath.Join(dir, "tmp")} {
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	r.env = []string{"TMPDIR=" + filepath.Join(dir, "tmp")}
	r.write(filepath.Join(r.proj, "notes.txt"), "remember the milk\n")
	r.write(filepath.Join(r.proj, "secret.txt"), "TOKEN=donotread\n")
	for _, name := range []string{"at-capture", "at-guard"} {
		real, err := exec.LookPath(name)
		if err != nil {
			t.Fatal(err)
		}
		r.write(filepath.Join(r.shims, name), fmt.Sprintf(shim, r.said, name, real))
		if err := os.Chmod(filepath.Join(r.shims, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// shim runs the program with what it was given, keeps what it says in a file of
// its own, and says and ends with the same.
const shim = `#!/bin/sh
f=$(mktemp '%[1]s/%[2]s.XXXXXXXX') || exit 1
'%[3]s' "$@" >"$f.out" 2>"$f.err"
status=$?
echo $status >"$f.status"
cat "$f.out"
cat "$f.err" >&2
exit $status
`

func (r *rig) write(path, text string) {
	r.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		r.Fatal(err)
	}
}

// An ended is a program that has ended.
type ended struct {
	status         int
	stdout, stderr string
	took           time.Duration
}

// environ is the environment of all programs: nothing of the tester's own, and
// a network that has nothing but the model.
func (r *rig) environ() []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + r.home, "LANG=C.UTF-8", "TZ=UTC", "TERM=dumb", "NO_COLOR=1", "CI=1", "SHELL=/bin/bash",
		"HTTP_PROXY=" + r.model.URL, "HTTPS_PROXY=" + r.model.URL, "http_proxy=" + r.model.URL, "https_proxy=" + r.model.URL,
		"NO_PROXY=127.0.0.1,localhost", "no_proxy=127.0.0.1,localhost",
	}, r.env...)
}

// run runs the agent in its project.
func (r *rig) run(args ...string) ended {
	r.Helper()
	e := r.exec(r.program, args...)
	r.idle()
	if hosts := r.model.Refused(); len(hosts) > 0 {
		r.Logf("kept from reaching %s", strings.Join(hosts, ", "))
	}
	return e
}

// idle waits for the hooks that the agent did not wait for: Gemini CLI does not
// for those of the session's end.
func (r *rig) idle() {
	for range 100 {
		begun, ended := r.hooks()
		if begun == ended {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// hooks returns how many hooks were begun, and how many have ended.
func (r *rig) hooks() (begun, ended int) {
	all, _ := filepath.Glob(filepath.Join(r.said, "at-*"))
	for _, name := range all {
		switch filepath.Ext(name) {
		case ".status":
			ended++
		case ".out":
			begun++
		}
	}
	return begun, ended
}

// ours runs one of our own programs; it must succeed.
func (r *rig) ours(name string, args ...string) string {
	r.Helper()
	e := r.exec(name, args...)
	if e.status != 0 {
		r.Fatalf("%s %s: status %d\n%s", name, strings.Join(args, " "), e.status, e.stderr)
	}
	return e.stdout
}

func (r *rig) exec(name string, args ...string) ended {
	r.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), maxRun)
	defer cancel()
	c := exec.CommandContext(ctx, name, args...)
	c.Dir, c.Env = r.proj, r.environ()
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Cancel = func() error { return syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
	c.WaitDelay = 5 * time.Second
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	from := time.Now()
	err := c.Run()
	e := ended{c.ProcessState.ExitCode(), stdout.String(), stderr.String(), time.Since(from)}
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		r.Fatalf("%s: %v\n%s", name, err, e.stderr)
	}
	if ctx.Err() != nil {
		r.Fatalf("%s did not end within %v\n%s\n%s", name, maxRun, tail(e.stdout), tail(e.stderr))
	}
	return e
}

func tail(s string) string { return s[max(0, len(s)-3000):] }

// silent checks that the hooks ran, and that at-capture said nothing to the
// agent and ended well.
func (r *rig) silent(least int) {
	r.Helper()
	ran, _ := filepath.Glob(filepath.Join(r.said, "at-capture.*.status"))
	if len(ran) < least {
		r.Errorf("%d hooks ran, want %d at least", len(ran), least)
	}
	for _, name := range ran {
		base := strings.TrimSuffix(name, ".status")
		for _, want := range [][2]string{{".out", ""}, {".err", ""}, {".status", "0\n"}} {
			if got, err := os.ReadFile(base + want[0]); err != nil || string(got) != want[1] {
				r.Errorf("a hook's %s is %q, want %q", want[0], got, want[1])
			}
		}
	}
	if b, err := os.ReadFile(filepath.Join(r.store, "rejected.jsonl")); err == nil {
		r.Errorf("payloads were rejected:\n%s", b)
	}
	if begun, ended := r.hooks(); begun != ended {
		r.Errorf("%d hooks were begun, and %d ended", begun, ended)
	}
}

// exists reports whether a file is in the project.
func (r *rig) exists(name string) bool {
	_, err := os.Stat(filepath.Join(r.proj, name))
	return err == nil
}
