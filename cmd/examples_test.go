package cmd_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"agenttrace/lib/clitest"
	"agenttrace/lib/tool"
)

// standard are the programs that examples use beside ours.
var standard = []string{"awk", "claude", "cut", "grep", "head", "jq", "less", "npx", "sed", "sort", "tail", "uniq", "wc", "xargs"}

// examples returns the commands in the examples of a doc.go: what follows "$ ".
func examples(t *testing.T, name string) []string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(name, "doc.go"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, _ := strings.Cut(string(src), "\n// # Examples\n")
	var list []string
	more := false
	for line := range strings.Lines(text) {
		code, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "//\t")
		cmd, begins := strings.CutPrefix(code, "$ ")
		switch {
		case ok && more:
			list[len(list)-1] += "\n" + code
		case ok && begins:
			list = append(list, cmd)
		default:
			more = false
			continue
		}
		more = strings.HasSuffix(code, "|") || strings.HasSuffix(code, `\`) || strings.HasSuffix(code, "&&")
	}
	return list
}

// TestExamplesParse checks that the programs and flags in the examples exist.
func TestExamplesParse(t *testing.T) {
	clitest.DependsOn(".", "../lib")
	help := map[string]string{}
	for _, name := range names() {
		help[name] = execute(t, environ(), nil, name, "--help").out
	}
	flag := regexp.MustCompile(`^(--[a-z][-a-z0-9]*|-[a-zA-Z])(=.*)?$`)
	for _, name := range names() {
		t.Run(name, func(t *testing.T) {
			list := examples(t, name)
			if len(list) == 0 {
				t.Fatal("no examples")
			}
			if !strings.Contains(strings.Join(list, "\n"), name) {
				t.Errorf("no example shows %s", name)
			}
			for _, line := range list {
				for _, c := range tool.Commands(line) {
					ours, isOurs := help[c.Program]
					if c.Unknown && !isOurs || !isOurs && !slices.Contains(standard, c.Program) {
						t.Errorf("%s: there is no %q", line, c.Text)
						continue
					}
					for _, arg := range c.Args {
						if arg == "--" {
							break
						}
						if m := flag.FindStringSubmatch(arg); isOurs && m != nil && !hasFlag(ours, m[1]) {
							t.Errorf("%s: %s has no %s", line, c.Program, m[1])
						}
					}
				}
			}
		})
	}
}

// hasFlag reports whether the options in a text of --help have a flag.
func hasFlag(help, flag string) bool {
	_, options, _ := strings.Cut(help, "\nOptions:\n")
	options = strings.ReplaceAll(options, "--[no-]", "--")
	flag = strings.Replace(flag, "--no-", "--(no-)?", 1)
	return regexp.MustCompile(`(?m)(^|[ ,])` + flag + `([=, ]|$)`).MatchString(options)
}

// TestExamplesRun runs the examples in a folder with a store, and a home with
// transcripts. Those that wait for something are left out.
func TestExamplesRun(t *testing.T) {
	clitest.DependsOn(".", "../lib", "../testdata")
	waits := regexp.MustCompile(`(^| )(-f|--follow|--live)( |$)|^at-record-http | npx `)
	_, noJQ := exec.LookPath("jq")
	for _, name := range names() {
		for _, line := range examples(t, name) {
			t.Run(name+"/"+line, func(t *testing.T) {
				if waits.MatchString(line) {
					t.Skip("does not end")
				}
				if noJQ != nil && strings.Contains(line, "jq ") {
					t.Skip("no jq")
				}
				dir := workplace(t)
				payload, err := os.ReadFile("../testdata/demo/hooks.ndjson")
				if err != nil {
					t.Fatal(err)
				}
				payload, _, _ = bytes.Cut(payload, []byte("\n"))
				cmd := exec.Command("bash", "-o", "pipefail", "-c", line)
				var out, msg bytes.Buffer
				cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Dir = bytes.NewReader(payload), &out, &msg, dir
				cmd.Env = append(environ(), "HOME="+dir, "PATH="+filepath.Join(dir, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
				if err := cmd.Run(); err != nil && cmd.ProcessState.ExitCode() != 141 {
					t.Errorf("%v: %s", err, msg.String())
				}
				if strings.Contains(msg.String(), "cannot") {
					t.Errorf("message: %s", msg.String())
				}
			})
		}
	}
}

// workplace makes a folder as the examples suppose it: the session 5f1c0a52 in
// the store and among the transcripts, and an agent that tells its version.
func workplace(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	const session = "3f9c2b1e-7a44-4d0b-9c55-6e1d2f8a7b30"
	script := `set -e
mkdir -p .claude/projects/-home-u-proj bin
sed s/` + session + `/5f1c0a52/g "$1/` + session + `.jsonl" >.claude/projects/-home-u-proj/5f1c0a52.jsonl
cp -r "$1/` + session + `" .claude/projects/-home-u-proj/5f1c0a52
sed s/` + session + `/5f1c0a52/g "$1/` + session + `"/subagents/*.jsonl >.claude/projects/-home-u-proj/5f1c0a52/subagents/agent-a4c81f09d27be6530.jsonl
printf '#!/bin/sh\necho "2.1.330 (Claude Code)"\n' >bin/claude
chmod +x bin/claude
at-capture .claude | at-save
at-cat --all | at-policy --output .agent-scope.json 2>&1
at-cat | at-mask --plain >share.ndjson
head -1 "$2" >hook.json
git init -q .
git -c user.name=u -c user.email=u@localhost commit -q --allow-empty --date 2026-11-01T00:00:00Z -m begin
git tag v1.2.0
`
	demo, err := filepath.Abs("../testdata/demo/claude/projects/-home-u-shop")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", "-o", "pipefail", "-c", script, "bash", demo, filepath.Join(demo, "../../../hooks.ndjson"))
	cmd.Dir, cmd.Env = dir, environ()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}
