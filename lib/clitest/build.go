package clitest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Build is for the TestMain of tests that need more than one command: it
// builds all of them into a folder that is gone afterwards, puts the folder and
// those given on the PATH, runs the tests and returns their exit status.
func Build(m *testing.M, dirs ...string) int {
	bin, err := os.MkdirTemp("", "at-bin")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(bin)
	// -s -w leaves out what only a debugger needs: linking is most of the time.
	build := exec.Command("go", "build", "-ldflags=-s -w", "-o", bin, "agenttrace/cmd/...")
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "cannot build the commands:", err)
		return 1
	}
	path := []string{bin}
	for _, d := range dirs {
		abs, err := filepath.Abs(d)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		path = append(path, abs)
	}
	os.Setenv("PATH", strings.Join(append(path, os.Getenv("PATH")), string(os.PathListSeparator)))
	return m.Run()
}
