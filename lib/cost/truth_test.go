package cost

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"agenttrace/lib/clitest"
)

// TestTruth compares the tokens of recorded sessions with what an independent
// count says of each file: by model and class.
func TestTruth(t *testing.T) {
	shared := clitest.Shared(t)
	f, err := os.Open(filepath.Join(shared, "corpus", "truth.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	type counts struct {
		Messages      int
		Input, Output int64
		Write5m       int64 `json:"cache_write_5m"`
		Write1h       int64 `json:"cache_write_1h"`
		Read          int64 `json:"cache_read"`
		Search        int64 `json:"web_search"`
	}
	files, models, searches := 0, 0, int64(0)
	in := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			break
		}
		var truth struct {
			File  string
			Usage map[string]counts `json:"usage_by_model"`
		}
		if err := json.Unmarshal(line, &truth); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(truth.File, "zoo/") {
			continue // single lines of many sessions, put together: their ids clash
		}
		files++
		l := New(Options{NoGuess: true})
		addFile(t, l, filepath.Join(shared, "corpus", truth.File))
		l.Close()
		got := map[string]counts{}
		for _, r := range l.requests {
			c := got[r.model]
			c.Messages++
			c.Input += r.tokens.Input
			c.Output += r.tokens.Output
			c.Write5m += r.tokens.CacheWrite5m
			c.Write1h += r.tokens.CacheWrite1h
			c.Read += r.tokens.CacheRead
			searches += r.searches
			got[r.model] = c
		}
		for model, want := range truth.Usage {
			models++
			g := got[model]
			want.Search = 0
			if want == (counts{Messages: want.Messages}) {
				continue // synthetic, or a fixture with its numbers taken out
			}
			if g != want {
				t.Errorf("%s %s: %+v, want %+v", truth.File, model, g, want)
			}
			delete(got, model)
		}
		for model, g := range got {
			if g != (counts{Messages: g.Messages}) {
				t.Errorf("%s %s: %+v, want none", truth.File, model, g)
			}
		}
	}
	t.Logf("%d files, %d counts of models, %d searches", files, models, searches)
}
