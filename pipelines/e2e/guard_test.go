//go:build unix

package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
)

// policy denies a command and a file, and allows all else.
const policy = `{"commands": {"deny": ["touch"]}, "files": {"read": {"deny": ["secret.txt"]}}}` + "\n"

// guarded checks a run with at-guard: of the calls, those which failed did not
// run and the model was told why; the others ran. Each was judged once, and the
// trace has each once.
func (r *rig) guarded(e ended, want []asked, ids bool) {
	r.Helper()
	if e.status != 0 {
		r.Errorf("the agent's exit status is %d\n%s\n%s", e.status, tail(e.stdout), tail(e.stderr))
	}
	if r.exists("denied.txt") {
		r.Error("the denied command ran")
	}
	if !r.exists("allowed.txt") {
		r.Errorf("the allowed command did not run\n%s\n%s", tail(e.stdout), tail(e.stderr))
	}
	if r.model.Heard("donotread") {
		r.Error("the model was told what is in the denied file")
	}
	for _, w := range want {
		told, ok := r.model.Result(w.ID)
		if !ok {
			r.Errorf("the model was told nothing of %s", w.ID)
			continue
		}
		if says := strings.Contains(told, "at-guard: ") && strings.Contains(told, "denied"); says != (w.fate == failed) {
			r.Errorf("of %s the model was told: %s", w.ID, told)
		}
	}
	tr := r.read("guarded", r.store)
	r.calls(tr, want, ids)
	r.usage(tr, r.model.Answers())
	verdicts := map[string]int{}
	for _, v := range tr.of("guard_verdict") {
		verdicts[v.Get("data.answer").Str]++
		if f := v.Get("data.failure"); f.Exists() {
			r.Errorf("at-guard could not judge: %s", v.Raw)
		}
	}
	denied := 0
	for _, w := range want {
		if w.fate == failed {
			denied++
		}
	}
	if verdicts["deny"] != denied || verdicts["allow"] != len(want)-denied {
		r.Errorf("verdicts are %v, want %d denials and %d others", verdicts, denied, len(want)-denied)
	}
	// A denial is one line on standard output, and nothing else is said.
	said, _ := filepath.Glob(filepath.Join(r.said, "at-guard.*.out"))
	if len(said) != len(want) {
		r.Errorf("at-guard ran %d times, for %d calls", len(said), len(want))
	}
	for _, name := range said {
		if b, _ := os.ReadFile(strings.TrimSuffix(name, ".out") + ".err"); len(b) > 0 {
			r.Errorf("at-guard said on standard error: %s", b)
		}
	}
	r.silent(2)
}
