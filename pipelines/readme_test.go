package pipelines_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"agenttrace/lib/clitest"
)

// TestReadme runs the console blocks of the README one after another in one
// folder, with the recorded session as the user's own, and compares what they
// print. "…" on a line of its own stands for any lines. -update writes what the
// commands print into the README.
func TestReadme(t *testing.T) {
	clitest.DependsOn("../cmd", "../lib", "../testdata", ".")
	const file = "../README.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	dir := home(t)
	_, noJQ := exec.LookPath("jq")
	var b strings.Builder
	for i, part := range strings.Split(string(text), "```") {
		if i > 0 {
			b.WriteString("```")
		}
		block, ok := strings.CutPrefix(part, "console\n")
		if i%2 == 0 || !ok {
			b.WriteString(part)
			continue
		}
		b.WriteString("console\n")
		for _, s := range session(block) {
			got := s.want
			if noJQ != nil && strings.Contains(s.command, "jq ") {
				t.Logf("not run, there is no jq: %s", s.command)
			} else {
				got = run(t, dir, s.command)
			}
			if !matches(got, s.want) {
				if !clitest.Update() {
					t.Errorf("$ %s\nprints\n%s\nand not\n%s", s.command, got, s.want)
				}
				s.want = got
			}
			b.WriteString("$ " + s.command + "\n" + s.want)
		}
	}
	if clitest.Update() && b.String() != string(text) {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A step is a command and what it prints.
type step struct{ command, want string }

// session takes a console block apart.
func session(block string) []step {
	var list []step
	more := false
	for line := range strings.Lines(block) {
		cmd, begins := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "$ ")
		switch {
		case more:
			list[len(list)-1].command += "\n" + cmd
		case begins:
			list = append(list, step{command: cmd})
		case len(list) > 0:
			list[len(list)-1].want += line
			continue
		}
		more = strings.HasSuffix(cmd, "|") || strings.HasSuffix(cmd, `\`)
	}
	return list
}

// matches compares output with what is expected.
func matches(got, want string) bool {
	parts := strings.Split(want, "…\n")
	if len(parts) == 1 {
		return got == want
	}
	if !strings.HasPrefix(got, parts[0]) || !strings.HasSuffix(got, parts[len(parts)-1]) {
		return false
	}
	for _, p := range parts {
		i := strings.Index(got, p)
		if i < 0 {
			return false
		}
		got = got[i+len(p):]
	}
	return true
}

// home makes a folder as of a user who has had one session with the agent.
func home(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"testdata", "pipelines"} {
		abs, err := filepath.Abs(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(abs, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.CopyFS(filepath.Join(dir, ".claude"), os.DirFS("../testdata/demo/claude")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func run(t *testing.T, dir, line string) string {
	t.Helper()
	cmd := exec.Command("bash", "-o", "pipefail", "-c", line)
	var out, msg bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &msg
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TZ=UTC", "LC_ALL=C.UTF-8", "COLUMNS=80", "TERM=dumb"}
	if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != 141 || msg.Len() > 0 {
		t.Errorf("$ %s: %v: %s", line, err, msg.String())
	}
	return out.String()
}
