package payloadtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// odd are values in the place of others.
var odd = []any{nil, "", "x", "\x1b]0;t\a\u202e", true, json.Number("-1"), json.Number("1e400"), json.Number("1795332034000"), []any{}, []any{"x", nil}, map[string]any{}, map[string]any{"type": "x"}}

// Hostile gives a reader records in which one value, at any depth, is
// something else or missing. Whatever is made of them must be events, with an
// id and a session; nothing may panic.
func Hostile(t *testing.T, agent dialect.Agent, records ...string) {
	t.Helper()
	n := 0
	var now []byte
	defer func() {
		if p := recover(); p != nil {
			panic(fmt.Sprintf("%v, of %s", p, now))
		}
	}()
	reader := agent.New(&dialect.Sink{All: true, Emit: func(line []byte) error {
		e, err := event.Parse(bytes.Clone(line))
		if err != nil || e.ID() == "" || e.Session() == "" || e.Type() == "" {
			t.Errorf("no event: %v: %s\nof %s", err, line, now)
		}
		return nil
	}})
	reader.Begin(dialect.File{})
	for _, text := range records {
		d := json.NewDecoder(bytes.NewReader([]byte(text)))
		d.UseNumber()
		var whole any
		if err := d.Decode(&whole); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		variants(whole, func(v any) {
			n++
			raw, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			now = raw
			var rec record.Record
			if rec.Parse(raw) == nil && reader.Is(&rec) {
				reader.Take(&rec, Now)
			}
			if n%100 == 0 {
				reader.End()
				reader.Begin(dialect.File{Name: "tasks/1769053680585/x.json", Session: "S"})
			}
		}, func(v any) any { return v })
	}
	if err := reader.End(); err != nil {
		t.Error(err)
	}
}

// variants calls fn with each variant of a value, put back by build into what
// is around it.
func variants(v any, fn func(any), build func(any) any) {
	for _, o := range odd {
		fn(build(o))
	}
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			without := maps.Clone(v)
			delete(without, k)
			fn(build(without))
			variants(v[k], fn, func(x any) any {
				m := maps.Clone(v)
				m[k] = x
				return build(m)
			})
		}
	case []any:
		for i := range v {
			variants(v[i], fn, func(x any) any {
				l := slices.Clone(v)
				l[i] = x
				return build(l)
			})
		}
	}
}
