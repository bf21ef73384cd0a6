package cmd_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"agenttrace/lib/clitest"
	"agenttrace/lib/tool"
)

const readme = "../README.md"

// TestReadmeTable checks the table of commands in the README, which is made of
// the first sentences of their manuals. -update writes it.
func TestReadmeTable(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- commands -->\n", "<!-- /commands -->"
	before, rest, ok := strings.Cut(string(text), begin)
	old, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no %q and %q", readme, begin, end)
	}
	table := commandTable(t)
	switch {
	case old == table:
	case clitest.Update():
		if err := os.WriteFile(readme, []byte(before+begin+table+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("the table of commands is not that of the manuals (go test ./cmd -update writes it):\n%s", table)
	}
}

var shapes = []struct {
	shape
	does string
}{
	{source, "Sources: the world → events"},
	{filter, "Filters: events → events"},
	{report, "Reports: events → text or records"},
	{gate, "Gates: events → a verdict, exit 1 if it is no"},
	{sink, "Sinks: events → the world"},
	{setup, "Set-up"},
}

func commandTable(t *testing.T) string {
	var b strings.Builder
	b.WriteString("| command | |\n| --- | --- |\n")
	for _, s := range shapes {
		head := false
		for _, name := range names() {
			if table[name].shape != s.shape {
				continue
			}
			if !head {
				head = true
				fmt.Fprintf(&b, "| **%s** | |\n", s.does)
			}
			src, err := os.ReadFile(filepath.Join(name, "doc.go"))
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := bytes.Cut(src, []byte("\n"))
			_, does, _ := strings.Cut(strings.TrimPrefix(string(first), "// "), " ")
			fmt.Fprintf(&b, "| [%s](cmd/%s/doc.go) | %s |\n", name, name, strings.TrimSuffix(does, "."))
		}
	}
	return b.String()
}

// TestReadmeCommands checks that the commands and flags that the README names
// exist, also in what it does not run, and the files that it links to.
func TestReadmeCommands(t *testing.T) {
	clitest.DependsOn(".", "../lib")
	raw, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(raw), `\|`, "|")
	var lines []string
	for _, m := range regexp.MustCompile("`(at-[^`]+)`").FindAllStringSubmatch(text, -1) {
		lines = append(lines, strings.ReplaceAll(m[1], "\n", " "))
	}
	for _, m := range regexp.MustCompile(`(?m)^(?:\$ )?(at-.*)$`).FindAllStringSubmatch(text, -1) {
		lines = append(lines, m[1])
	}
	help := map[string]string{}
	for _, name := range names() {
		help[name] = execute(t, environ(), nil, name, "--help").out
	}
	for _, line := range lines {
		for _, c := range tool.Commands(strings.TrimSuffix(line, "|")) {
			ours, isOurs := help[c.Program]
			if !isOurs && !slices.Contains(standard, c.Program) {
				t.Errorf("%s: there is no %q", line, c.Program)
			}
			for _, arg := range c.Args {
				name, _, _ := strings.Cut(arg, "=")
				if isOurs && len(arg) > 1 && arg[0] == '-' && !hasFlag(ours, name) {
					t.Errorf("%s: %s has no %s", line, c.Program, name)
				}
			}
		}
	}
	for _, m := range regexp.MustCompile(`\]\(([^)#]+)\)`).FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join("..", m[1])); err != nil {
			t.Errorf("a link leads nowhere: %v", err)
		}
	}
	if n := strings.Count(string(raw), "\n") - strings.Count(string(raw), "\n| ["); n > 160 {
		t.Errorf("the README has %d lines beside the commands: it is to be read in one go", n)
	}
}
