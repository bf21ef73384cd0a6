package cmd_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"agenttrace/lib/clitest"
)

func TestMain(m *testing.M) { os.Exit(clitest.Build(m)) }

// result is what a run of a command gave.
type result struct {
	out, err string
	status   int
}

// environ is what the commands run with: not what the person who runs the
// tests has set.
func environ() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "TZ=UTC", "LC_ALL=C.UTF-8", "COLUMNS=80", "TERM=dumb", "HOME=/nonexistent"}
}

// execute runs a command with an input in an empty folder.
func execute(t *testing.T, env []string, stdin io.Reader, name string, args ...string) result {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	var out, msg bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Env, cmd.Dir = stdin, &out, &msg, env, t.TempDir()
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{out.String(), msg.String(), cmd.ProcessState.ExitCode()}
}

// on runs a command in one of its ways.
func (r run) on(t *testing.T, name, input string) result {
	t.Helper()
	return execute(t, environ(), strings.NewReader(input), name, r.argv(t)...)
}

func (r run) argv(t *testing.T) []string {
	var args []string
	for _, a := range r.args {
		if a == "$DIR" {
			a = t.TempDir()
		}
		args = append(args, a)
	}
	return args
}

// lines returns the lines of the output but the records that the run made.
func (r run) lines(out string) []string {
	var list []string
	for line := range strings.Lines(out) {
		line = string(r.without([]byte(strings.TrimSuffix(line, "\n"))))
		if r.makes == "" || typeOf(line) != r.makes {
			list = append(list, line)
		}
	}
	return list
}

func typeOf(line string) string {
	var e struct {
		Type string `json:"event_type"`
	}
	_ = json.Unmarshal([]byte(line), &e)
	return e.Type
}

// each runs a test for every way to run a command that reads events.
func each(t *testing.T, test func(t *testing.T, name string, r run)) {
	for _, name := range names() {
		for _, r := range table[name].runs {
			t.Run(strings.Join(append([]string{name}, r.args...), " "), func(t *testing.T) { test(t, name, r) })
		}
	}
}

// passing is each for the ways that pass their input on.
func passing(t *testing.T, test func(t *testing.T, name string, r run)) {
	each(t, func(t *testing.T, name string, r run) {
		if !r.passes {
			t.Skip("does not pass its input on")
		}
		test(t, name, r)
	})
}

// names returns the commands that are in the table, sorted.
func names() []string {
	var list []string
	for _, name := range commands() {
		if _, ok := table[name]; ok {
			list = append(list, name)
		}
	}
	return list
}

// commands returns the commands there are, sorted.
func commands() []string {
	files, _ := filepath.Glob("at-*/main.go")
	for i, f := range files {
		files[i] = filepath.Dir(f)
	}
	return files
}

// demo is a session with a subagent, as events.
func demo(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../testdata/demo/claude")
	if err != nil {
		t.Fatal(err)
	}
	r := execute(t, environ(), nil, "at-capture", dir)
	if r.status != 0 || r.out == "" {
		t.Fatalf("cannot capture the demo: %s", r.err)
	}
	return r.out
}

// event returns an event of a session with some text in it.
func event(session, text string) string {
	return fmt.Sprintf(`{"event_type":"user_prompt","timestamp":1795332171.000000,"event_id":"5d1b9c3e8a70","session_id":%q,"data":{"prompt":%q}}`, session, text)
}
