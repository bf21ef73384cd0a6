package table

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
)

// TestReal reads back the tables of recorded sessions.
func TestReal(t *testing.T) {
	dir := filepath.Join(clitest.Shared(t), "corpus/agent-trace")
	n := 0
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(name) != ".ndjson" {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		var list []event.Event
		for line := range strings.Lines(string(text)) {
			if e, err := event.Parse([]byte(strings.TrimSpace(line))); err == nil {
				list = append(list, e)
			}
		}
		n += len(list)
		compare(t, name, list)
		return nil
	})
	if err != nil || n == 0 {
		t.Errorf("%d events, %v", n, err)
	}
}

// compare checks that the tables of events have what the events have.
func compare(t *testing.T, name string, list []event.Event) {
	var sheet, array bytes.Buffer
	a, b := New(&sheet, Options{}), New(&array, Options{JSON: true})
	for _, e := range list {
		if err := errors.Join(a.Add(e), b.Add(e)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(a.Close(), b.Close()); err != nil || len(list) == 0 {
		return
	}
	rows, err := csv.NewReader(&sheet).ReadAll()
	if err != nil || len(rows) != len(list)+1 {
		t.Fatalf("%s: %d rows of %d events, %v", name, len(rows), len(list), err)
	}
	for i, e := range list {
		row := rows[i+1]
		if row[1] != e.Type() || row[2] != e.ID() || row[3] != e.Parent() || row[5] != string(e.DataRaw()) {
			t.Errorf("%s: %q of %s", name, row, e.Raw)
		}
	}
	var events []json.RawMessage
	if err := json.Unmarshal(array.Bytes(), &events); err != nil || len(events) != len(list) {
		t.Errorf("%s: an array of %d for %d events, %v", name, len(events), len(list), err)
	}
}
