// Package clitest runs the txtar scripts of a command.
package clitest

import (
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output in the scripts")

// Update reports whether the tests are to rewrite what they compare with.
func Update() bool { return *update }

// Main is the TestMain of a command's tests: it puts the command on the PATH
// of the scripts, "till", and what else they need.
func Main(m *testing.M, name string, main func(), helpers ...map[string]func()) {
	commands := map[string]func(){name: main, "till": till}
	for _, h := range helpers {
		maps.Copy(commands, h)
	}
	testscript.Main(m, commands)
}

// till COMMAND... runs a command again and again until it succeeds, for a minute
// at most. A script waits with it for the effect of a process in the background,
// and not for a time, of which nobody knows how long it must be on a busy machine.
func till() {
	for range 1200 {
		if exec.Command(os.Args[1], os.Args[2:]...).Run() == nil {
			os.Exit(0)
		}
		time.Sleep(50 * time.Millisecond)
	}
	fmt.Fprintln(os.Stderr, "till: it did not succeed within a minute:", os.Args[1:])
	os.Exit(1)
}

// DependsOn makes the result of the test depend on the source in dirs. A test
// that runs the go command needs it: go test sees what the test itself opens,
// not what its children open, and would call an old result cached. Call it
// from the test itself: what TestMain opens before m.Run is not seen either.
func DependsOn(dirs ...string) {
	for _, dir := range dirs {
		filepath.WalkDir(dir, func(string, fs.DirEntry, error) error { return nil })
	}
}

// Shared returns the folder of recorded sessions of real agents that AT_SHARED
// names, and skips the test where there is none.
func Shared(t testing.TB) string {
	dir := os.Getenv("AT_SHARED")
	if dir == "" {
		t.Skip("AT_SHARED is not set: no recorded sessions to test with")
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

// Scripts runs the scripts of dir. Each gets an empty home, UTC, the C locale
// and no colours; testdata of the repository is $TESTDATA.
func Scripts(t *testing.T, dir string) {
	t.Helper()
	testdata, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(testdata); err != nil {
		testdata, _ = filepath.Abs("../testdata")
	}
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, "TZ=UTC", "LC_ALL=C.UTF-8", "COLUMNS=80", "NO_COLOR=1", "TERM=dumb",
				"HOME="+e.WorkDir, "CLAUDE_CONFIG_DIR=", "AGENT_TRACE_DIR=", "TESTDATA="+testdata)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"sh":    sh,
		},
	})
}

// exits STATUS COMMAND... runs a command and checks its exit status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := status(ts, ts.Exec(args[1], args[2:]...)); got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// sh 'PIPELINE' runs a pipeline with the shell, with pipefail.
func sh(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: [!] sh 'PIPELINE'")
	}
	got := status(ts, ts.Exec("bash", "-o", "pipefail", "-c", args[0]))
	if neg == (got == 0) {
		ts.Fatalf("exit status %d", got)
	}
}

func status(ts *testscript.TestScript, err error) int {
	if err == nil {
		return 0
	}
	if ee, ok := err.(*exec.ExitError); ok {
		return ee.ExitCode()
	}
	ts.Fatalf("%v", err)
	return -1
}
