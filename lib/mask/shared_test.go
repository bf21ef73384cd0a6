package mask

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"agenttrace/lib/clitest"
	"agenttrace/lib/scrub"
)

// testFilter returns a filter that replaces by kind only.
func testFilter(t testing.TB, o Options) *scrub.Filter {
	m, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return scrub.New(scrub.Options{Find: m.Find, Candidate: m.Candidate, Decode: true,
		Replace: func(rule string, _ []byte) string { return "[MASKED:" + rule + "]" }})
}

// A labelled case of the shared files.
type labelled struct {
	ID, Kind, Text, Secret, Source, Form, Tool string
	Must                                       bool `json:"must_redact"`
}

// lineOf returns the case as a line of a trace.
func (c labelled) lineOf() []byte {
	if c.Form == "line" {
		return []byte(c.Text)
	}
	text, _ := json.Marshal(c.Text)
	return []byte(`{"event_type":"tool_result","session_id":"s","event_id":"e","data":{"result":` + string(text) + `}}`)
}

// survives reports whether a piece of the secret that matters is left in text.
func survives(text, secret string) bool {
	n := len(secret)
	k := min(n, max(6, min(16, n*4/10)))
	for i := 0; i+k <= n; i++ {
		if strings.Contains(text, secret[i:i+k]) {
			return true
		}
	}
	return false
}

// plain returns all the text of a line, decoded.
func plain(line []byte) string {
	var v any
	if json.Unmarshal(line, &v) != nil {
		return string(line)
	}
	var b strings.Builder
	var walk func(v any)
	walk = func(v any) {
		switch x := v.(type) {
		case map[string]any:
			for k, v := range x {
				b.WriteString(k + "\n")
				walk(v)
			}
		case []any:
			for _, v := range x {
				walk(v)
			}
		case string:
			b.WriteString(x + "\n")
		default:
			j, _ := json.Marshal(x)
			b.Write(j)
			b.WriteByte('\n')
		}
	}
	walk(v)
	return b.String()
}

// TestSharedCases checks the labelled cases that were made elsewhere.
func TestSharedCases(t *testing.T) {
	file, err := os.ReadFile(filepath.Join(clitest.Shared(t), "cases", "redact-dev.ndjson"))
	if err != nil {
		t.Skip(err)
	}
	f := testFilter(t, Options{})
	got, all := map[string]int{}, map[string]int{}
	for sc := bufio.NewScanner(bytes.NewReader(file)); sc.Scan(); {
		var c labelled
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Tool != "mask" || strings.Contains(c.Source, "ambiguous") || strings.Contains(c.Source, "optional") || strings.Contains(c.Source, "either") {
			continue
		}
		line := c.lineOf()
		out, _, _ := f.Line(nil, line)
		if !c.Must {
			if !bytes.Equal(out, line) {
				t.Errorf("%s: changed: %s", c.ID, out)
			}
			continue
		}
		class, _, _ := strings.Cut(c.Kind, "/")
		all[class]++
		if survives(plain(out), c.Secret) {
			t.Errorf("%s: left: %s", c.ID, out)
		} else {
			got[class]++
		}
	}
	t.Log(got, all)
}
