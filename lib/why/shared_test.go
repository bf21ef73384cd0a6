package why

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
)

// Every event of the traces that agent-strace wrote has an answer that ends,
// and that nothing in it drives a terminal.
func TestOldTraces(t *testing.T) {
	n := 0
	filepath.WalkDir(filepath.Join(clitest.Shared(t), "corpus", "agent-trace"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "events.ndjson") {
			return nil
		}
		var g Graph
		in := event.Files{Names: []string{path}}
		for in.Scan() {
			if e, err := in.Event(); err == nil {
				g.Add(e, Prepare(e))
			}
		}
		g.Close()
		for at := range Target(g.count) {
			n++
			var b bytes.Buffer
			if err := g.WriteText(&b, at, false, at%2 == 1); err != nil {
				t.Fatal(err)
			}
			for _, x := range g.Chain(at) {
				if x.cause == x.effect {
					t.Fatalf("%s: an event is its own cause", path)
				}
			}
			if i := bytes.IndexFunc(b.Bytes(), func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f }); i >= 0 {
				t.Fatalf("%s: a control character at %d", path, i)
			}
		}
		return nil
	})
	if n == 0 {
		t.Skip("no traces")
	}
}
