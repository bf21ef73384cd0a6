package redact_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
	"agenttrace/lib/redact"
	"agenttrace/lib/scrub"
)

// newFilter returns a filter with a fixed replacement.
func newFilter(t testing.TB, o redact.Options) *scrub.Filter {
	t.Helper()
	r, err := redact.New(o)
	if err != nil {
		t.Fatal(err)
	}
	f := r.Filter()
	f.Replace = func(rule string, _ []byte) string { return "[REDACTED:" + rule + ":abcdef]" }
	return scrub.New(f)
}

type labelled struct {
	ID, Kind, Text, Secret, Source, Form, Tool string
	MustRedact                                 bool `json:"must_redact"`
}

func TestSharedCases(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(clitest.Shared(t), "cases", "redact-dev.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	total, caught := map[string]int{}, map[string]int{}
	all, got := 0, 0
	for line := range bytes.Lines(data) {
		var c labelled
		if err := json.Unmarshal(line, &c); err != nil {
			t.Fatal(err)
		}
		if c.Tool != "redact" || strings.Contains(c.Source, "ambiguous") || strings.Contains(c.Source, "either") || strings.Contains(c.Source, "optional") {
			continue
		}
		in := []byte(c.Text)
		if c.Form == "value" {
			in = append([]byte(`{"event_type":"tool_result","timestamp":1,"event_id":"e1","session_id":"s1","data":{"result":`), event.AppendString(nil, c.Text)...)
			in = append(in, "}}"...)
		}
		out, n, _ := newFilter(t, redact.Options{}).Line(nil, in)
		if !c.MustRedact {
			if n > 0 {
				t.Errorf("%s: changed: %s", c.ID, out)
			}
			continue
		}
		class, _, _ := strings.Cut(c.Kind, "/")
		total[class]++
		all++
		if redact.Survives(out, c.Secret) {
			t.Logf("%s: missed: %.300s", c.ID, out)
		} else {
			caught[class]++
			got++
		}
		if json.Valid(in) && !json.Valid(out) {
			t.Errorf("%s: no JSON any more: %s", c.ID, out)
		}
		if again, n, _ := newFilter(t, redact.Options{}).Line(nil, out); n > 0 {
			t.Errorf("%s: the second run changed %s\nto %s", c.ID, out, again)
		}
	}
	for class, n := range total {
		t.Logf("%-12s %d of %d", class, caught[class], n)
		if caught[class]*10 < n*9 {
			t.Errorf("%s: recall %d of %d", class, caught[class], n)
		}
	}
	if got*100 < all*98 {
		t.Errorf("recall %d of %d", got, all)
	}
}

// TestSharedCorpus goes over the recorded sessions: every line stays JSON and
// nothing changes in a second run.
func TestSharedCorpus(t *testing.T) {
	dir := filepath.Join(clitest.Shared(t), "corpus", "claude")
	counts := map[string]int{}
	err := filepath.WalkDir(dir, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(name, ".jsonl") {
			return err
		}
		f, err := os.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		flt, second := newFilter(t, redact.Options{}), newFilter(t, redact.Options{})
		sc := bufio.NewScanner(f)
		sc.Buffer(nil, 64<<20)
		for n := 1; sc.Scan(); n++ {
			in := sc.Bytes()
			out, k, _ := flt.Line(nil, in)
			if k == 0 {
				continue
			}
			if json.Valid(in) && !json.Valid(out) {
				t.Errorf("%s:%d: no JSON any more", name, n)
			}
			if again, k, _ := second.Line(nil, out); k > 0 {
				t.Errorf("%s:%d: the second run changed it\n%.2000s\n%.2000s", name, n, out, again)
			}
		}
		for r, n := range flt.Counts() {
			counts[r] += n
		}
		return sc.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Log(counts)
}
