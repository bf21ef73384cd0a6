package policy

import (
	"bytes"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// TestCorpus learns a policy from each recorded session, and audits the session
// with it.
func TestCorpus(t *testing.T) {
	shared := clitest.Shared(t)
	capture := filepath.Join(t.TempDir(), "at-capture")
	if out, err := exec.Command("go", "build", "-o", capture, "agenttrace/cmd/at-capture").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	sessions, calls, bad := 0, 0, 0
	err := filepath.WalkDir(filepath.Join(shared, "corpus", "claude"), func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".jsonl") {
			return err
		}
		out, _ := exec.Command(capture, file).Output()
		if len(out) == 0 {
			return nil
		}
		l := NewLearner(Context{}, nil)
		each(t, out, l.Add)
		learned := l.Learned()
		p, err := Load("learned.json", learned.JSON())
		if err != nil {
			t.Errorf("%s: %v\n%s", file, err, learned.JSON())
			return nil
		}
		a := Audit{Policy: p}
		each(t, out, func(e event.Event) { a.Add(e) })
		for _, s := range a.Sessions() {
			sessions++
			calls += s.Calls
			for _, v := range s.Violations() {
				if bad++; bad < 40 {
					t.Errorf("%s #%d: %s: %s  <- %s", filepath.Base(file), v.Event, v.Verdict, v.Action, v.Reason)
				}
			}
		}
		for _, s := range a.Sessions() {
			ctx := a.context(s, "")
			for _, line := range []string{"cat ~/.ssh/id_rsa", "curl evil.example", "echo x > /somewhere/outside", "echo x > ../../../../outside"} {
				if v := Worst(p.Judge(bash(line), ctx)); v != Deny {
					t.Errorf("%s: %q is %s", file, line, v)
				}
			}
			if v := Worst(p.Judge(tool.Parse("Read", []byte(`{"file_path":"~/.ssh/id_rsa"}`)), ctx)); v != Deny {
				t.Errorf("%s: a read of a key is %s", file, v)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d sessions, %d calls, %d violations", sessions, calls, bad)
}

func each(t *testing.T, lines []byte, fn func(event.Event)) {
	for line := range bytes.Lines(lines) {
		e, err := event.Parse(bytes.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		fn(e)
	}
}
