package opencode

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"agenttrace/lib/clitest"
)

// counts are what an independent look at the records finds.
type counts struct{ calls, ok, failed, prompts, tokens int64 }

// TestRecorded reads the files of real sessions and compares with a count that
// looks at each record alone.
func TestRecorded(t *testing.T) {
	shared := clitest.Shared(t)
	var want counts
	g := newReading(t, true)
	n := 0
	one := func(name, text string) {
		n++
		r := gjson.Parse(text)
		st := r.Get("state")
		switch {
		case r.Get("type").Str == "tool":
			want.calls++
			if st.Get("status").Str == "completed" && st.Get("metadata.exit").Num == 0 {
				want.ok++
			} else if s := st.Get("status").Str; s == "error" || s == "completed" {
				want.failed++
			}
		case r.Get("type").Str == "step-finish", r.Get("role").Str == "assistant":
			tok := r.Get("tokens")
			want.tokens += tok.Get("input").Int() + tok.Get("output").Int() + tok.Get("cache.read").Int() + tok.Get("cache.write").Int()
		case r.Get("type").Str == "text" && !r.Get("time").Exists():
			want.prompts++
		}
		g.file(name, text)
	}
	raw, err := os.ReadFile(filepath.Join(shared, "corpus/zoo/opencode-items.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range lines(string(raw)) {
		// Ids are removed there; each line is of another message.
		line = strings.NewReplacer(`"id": "REDACTED"`, fmt.Sprintf(`"id": "x%d"`, i), `"messageID": "REDACTED"`, fmt.Sprintf(`"messageID": "y%d"`, i), `"callID": "REDACTED"`, fmt.Sprintf(`"callID": "z%d"`, i)).Replace(line)
		one("zoo", line)
	}
	root := os.DirFS(filepath.Join(shared, "corpus"))
	for _, f := range Find(root, "opencode", func(err error) { t.Error(err) }) {
		text, err := fs.ReadFile(root, f.Path)
		if err != nil {
			t.Fatal(err)
		}
		one(f.Path, string(bytes.TrimSpace(text)))
	}
	var got counts
	for _, e := range g.events {
		switch e.Get("event_type").Str {
		case "tool_call":
			got.calls++
		case "tool_result":
			got.ok++
		case "error":
			if e.Get("data.kind").Str == "tool" {
				got.failed++
			}
		case "user_prompt":
			got.prompts++
		case "llm_response":
			u := e.Get("data.usage")
			got.tokens += u.Get("input_tokens").Int() + u.Get("output_tokens").Int() + u.Get("cache_read_tokens").Int() + u.Get("cache_write_5m_tokens").Int()
		}
	}
	if got != want {
		t.Errorf("counted %+v, an independent count %+v: %s", got, want, types(g.events))
	}
	for _, err := range g.problems {
		t.Error(err)
	}
	t.Logf("%d records, %+v", n, got)
}
