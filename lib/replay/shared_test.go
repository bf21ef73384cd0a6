package replay

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
)

var entryLine = regexp.MustCompile(`(?m)^(│  )* *#\d+ [-+ ]`)

// Traces that agent-strace wrote are shown to the last event.
func TestOldTraces(t *testing.T) {
	var names []string
	filepath.WalkDir(filepath.Join(clitest.Shared(t), "corpus", "agent-trace"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, "events.ndjson") {
			names = append(names, path)
		}
		return nil
	})
	if len(names) == 0 {
		t.Skip("no traces")
	}
	var family, flow bytes.Buffer
	o := Options{Lines: 3, Width: 120, Hold: DefaultHold}
	f, p := NewFamily(&family, o), NewPrinter(&flow, o)
	n := 0
	in := event.Files{Names: names}
	for in.Scan() {
		e, err := in.Event()
		if err != nil {
			continue
		}
		n++
		f.Event(e)
		p.Event(e)
	}
	f.Close()
	p.Close()
	for _, out := range []*bytes.Buffer{&family, &flow} {
		if got := len(entryLine.FindAll(out.Bytes(), -1)); got != n {
			t.Errorf("%d entries of %d events", got, n)
		}
		if i := bytes.IndexFunc(out.Bytes(), drives); i >= 0 {
			t.Errorf("a control character at %d", i)
		}
	}
}
