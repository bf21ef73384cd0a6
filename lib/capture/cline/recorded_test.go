package cline

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"agenttrace/lib/clitest"
)

// counts are what an independent look at the records finds.
type counts struct {
	calls, outcomes, notRun, answers int
	input, output, read, write       int64
}

func (c *counts) add(e gjson.Result) {
	switch e.Get("event_type").Str {
	case "tool_call":
		c.calls++
	case "tool_result":
		c.outcomes++
	case "error":
		if e.Get("data.kind").Str == "tool" {
			c.outcomes++
		}
		if strings.HasPrefix(e.Get("data.error").Str, "Tool [") {
			c.notRun++
		}
	case "llm_response":
		u := e.Get("data.usage")
		c.answers++
		c.input += u.Get("input_tokens").Int()
		c.output += u.Get("output_tokens").Int()
		c.read += u.Get("cache_read_tokens").Int()
		c.write += u.Get("cache_write_5m_tokens").Int()
	}
}

var (
	anyResult = regexp.MustCompile(`^\[[a-z_]+[^\n]*\] Result:`)
	anyNotRun = regexp.MustCompile(`^Tool \[[a-z_]+\] was not executed`)
)

// look counts what an element says, alone.
func (c *counts) look(el gjson.Result) {
	el.Get("content").ForEach(func(_, b gjson.Result) bool {
		text := b.Get("text").Str
		switch {
		case b.Get("type").Str == "tool_use":
			c.calls++
		case el.Get("role").Str == "user" && anyNotRun.MatchString(text):
			c.notRun++
			c.outcomes++
		case el.Get("role").Str == "user" && anyResult.MatchString(text):
			c.outcomes++
		}
		return true
	})
	if m := el.Get("metrics.tokens"); m.Exists() {
		c.answers++
		c.input += m.Get("prompt").Int()
		c.output += m.Get("completion").Int()
		c.read += m.Get("cached").Int()
	}
	if el.Get("say").Str == "api_req_started" {
		m := gjson.Parse(el.Get("text").Str)
		c.answers++
		c.input += m.Get("tokensIn").Int()
		c.output += m.Get("tokensOut").Int()
		c.read += m.Get("cacheReads").Int()
		c.write += m.Get("cacheWrites").Int()
	}
}

// TestRecorded reads the tasks of real users and compares with a count that
// looks at each element alone.
func TestRecorded(t *testing.T) {
	shared := os.DirFS(filepath.Join(clitest.Shared(t), "corpus"))
	check := func(name string, g *reading, want counts) {
		var got counts
		for _, e := range g.events {
			got.add(e)
		}
		if got != want {
			t.Errorf("%s: counted %+v, an independent count %+v", name, got, want)
		}
		for _, err := range g.errs {
			t.Errorf("%s: %v", name, err)
		}
		t.Logf("%s: %d events, %+v", name, len(g.events), got)
	}
	for _, f := range Find(shared, "cline", func(err error) { t.Error(err) }) {
		text, err := fs.ReadFile(shared, f.Path)
		if err != nil {
			t.Fatal(err)
		}
		var records []string
		var want counts
		gjson.ParseBytes(text).ForEach(func(_, el gjson.Result) bool {
			records = append(records, el.Raw)
			want.look(el)
			return true
		})
		g := newReading(t, false).file(f.Path, records...)
		check(f.Path, g, want)
		parents := map[string]bool{}
		for _, e := range g.events {
			switch typ := e.Get("event_type").Str; typ {
			case "tool_call":
				parents[e.Get("event_id").Str] = true
			case "tool_result", "error":
				if p := e.Get("parent_id").Str; !parents[p] {
					t.Errorf("%s: an outcome without a call: %.200s", f.Path, e.Raw)
				} else {
					delete(parents, p)
				}
			}
		}
		t.Logf("%s: %d calls without an outcome", f.Path, len(parents))
	}
	raw, err := fs.ReadFile(shared, "zoo/cline-items.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	// Of each kind alone, as elements of files of one task each.
	items := map[string][]string{}
	wants := map[string]*counts{}
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		el := gjson.Parse(line)
		name := historyFile
		if el.Get("ts").Exists() {
			name = uiFile
		}
		items[name] = append(items[name], line)
		if wants[name] == nil {
			wants[name] = &counts{}
		}
		wants[name].look(el)
	}
	for name, list := range items {
		check("zoo "+name, newReading(t, true).file(name, list...), *wants[name])
	}
}
