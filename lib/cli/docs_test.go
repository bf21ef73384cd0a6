package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// commands returns the folders of the commands.
func commands(t *testing.T) []string {
	t.Helper()
	dirs, _ := filepath.Glob("../../cmd/at-*")
	if len(dirs) == 0 {
		t.Fatal("no commands")
	}
	return dirs
}

// TestDocs checks that every command's comment says what a user must know.
func TestDocs(t *testing.T) {
	says := regexp.MustCompile(`\b(hold|holds|streams)\b`)
	for _, dir := range commands(t) {
		name := filepath.Base(dir)
		t.Run(name, func(t *testing.T) {
			src, err := os.ReadFile(dir + "/doc.go")
			if err != nil {
				t.Fatal(err)
			}
			doc := string(src)
			first, _, _ := strings.Cut(commentOf(doc), ".")
			if begin := "At-" + strings.TrimPrefix(name, "at-") + " "; !strings.HasPrefix(first, begin) || strings.Contains(first, "\n") {
				t.Errorf("the first sentence does not begin with %q, or has more than one line: %q", begin, first)
			}
			if s := summaryOf(doc); s == "" || len(s) > 72 {
				t.Errorf("the summary has %d characters, want 1 to 72: %q", len(s), s)
			}
			man := roff(doc)
			for _, want := range []string{".SH \"EXIT STATUS\"\n.IP \\(bu 2\n0: ", "\n2: ", ".SH \"EXAMPLES\"\n", "\n$ "} {
				if !strings.Contains(man, want) {
					t.Errorf("the man page lacks %q", want)
				}
			}
			if !says.MatchString(doc) {
				t.Error("it is not said what the command holds in memory, or that it streams")
			}
			for line := range strings.Lines(doc) {
				if len([]rune(strings.TrimRight(line, "\n"))) > 100 && !strings.HasPrefix(line, "//\t") {
					t.Errorf("a line that is longer than 100 characters: %s", line)
				}
			}
		})
	}
}

// TestShape checks that every command has the files that it should.
func TestShape(t *testing.T) {
	for _, dir := range commands(t) {
		for _, f := range []string{"doc.go", "main.go", "main_test.go", "testdata/*.txtar"} {
			if found, _ := filepath.Glob(filepath.Join(dir, f)); len(found) == 0 {
				t.Errorf("%s has no %s", filepath.Base(dir), f)
			}
		}
	}
}
