// Package payloadtest helps to test readers of agents' records.
package payloadtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// Now is when records are read that have no time of their own.
const Now = int64(1795332170e9)

// A Run is what a reader made of its inputs.
type Run struct {
	Events   []event.Event
	Problems []string

	t      testing.TB
	reader dialect.Reader
}

// New returns a Run of an agent's reader.
func New(t testing.TB, agent dialect.Agent, all bool) *Run {
	r := &Run{t: t}
	r.reader = agent.New(&dialect.Sink{All: all, Emit: func(line []byte) error {
		e, err := event.Parse(bytes.Clone(line))
		if err != nil {
			t.Errorf("%v: %s", err, line)
		}
		if e.ID() == "" || e.Session() == "" {
			t.Errorf("an event without an id or a session: %s", line)
		}
		r.Events = append(r.Events, e)
		return nil
	}})
	return r
}

// Read gives an input to the reader: JSON values one after another, over lines
// or not, and in arrays. Records that the reader does not know are problems.
func (r *Run) Read(text []byte, f dialect.File) *Run {
	r.t.Helper()
	r.reader.Begin(f)
	d := json.NewDecoder(bytes.NewReader(text))
	for n := 1; ; n++ {
		var raw json.RawMessage
		if err := d.Decode(&raw); err == io.EOF {
			break
		} else if err != nil {
			r.t.Fatalf("%s: value %d: %v", f.Name, n, err)
		}
		list := []json.RawMessage{raw}
		if raw[0] == '[' {
			list = nil
			json.Unmarshal(raw, &list)
		}
		for _, one := range list {
			r.take(one, n)
		}
	}
	if err := r.reader.End(); err != nil {
		r.t.Error(err)
	}
	return r
}

func (r *Run) take(raw []byte, n int) {
	r.t.Helper()
	var rec record.Record
	if err := rec.Parse(raw); err != nil {
		r.t.Errorf("value %d: %v", n, err)
		return
	}
	if !r.reader.Is(&rec) {
		r.Problems = append(r.Problems, fmt.Sprintf("%d: not known: %.100s", n, raw))
		return
	}
	var p dialect.Problem
	switch err := r.reader.Take(&rec, Now); {
	case err == nil:
	case err == dialect.ErrNoSession || errors.As(err, &p):
		r.Problems = append(r.Problems, fmt.Sprintf("%d: %v", n, err))
	default:
		r.t.Errorf("value %d: %v", n, err)
	}
}

// Of returns the events of a type.
func (r *Run) Of(typ string) (list []event.Event) {
	for _, e := range r.Events {
		if e.Is(typ) {
			list = append(list, e)
		}
	}
	return list
}

// Text returns the events as lines.
func (r *Run) Text() string {
	var b strings.Builder
	for _, e := range r.Events {
		b.Write(e.Raw)
		b.WriteByte('\n')
	}
	return b.String()
}

// Brief returns a line for each event: its type, and of each of the paths the
// value, if it is there. A path that begins with ^ is one of the envelope;
// parent_id is given as the number of the line of that event.
func (r *Run) Brief(paths ...string) string {
	at := map[string]int{}
	var b strings.Builder
	for i, e := range r.Events {
		if _, ok := at[e.ID()]; !ok {
			at[e.ID()] = i + 1
		}
		b.WriteString(e.Type())
		for _, p := range paths {
			var v gjson.Result
			switch {
			case p == "^parent_id":
				if e.Parent() != "" {
					fmt.Fprintf(&b, " parent=%d", at[e.Parent()])
				}
				continue
			case strings.HasPrefix(p, "^"):
				v = gjson.GetBytes(e.Raw, p[1:])
			default:
				v = gjson.GetBytes(e.Raw, "data."+p)
			}
			if v.Exists() {
				name := strings.TrimPrefix(p, "^")
				fmt.Fprintf(&b, " %s=%s", name, v.Raw)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// Compare compares text with what is wanted, line by line.
func Compare(t testing.TB, name, text, want string) {
	t.Helper()
	if text == want {
		return
	}
	got, old := strings.Split(text, "\n"), strings.Split(want, "\n")
	for i := range max(len(got), len(old)) {
		var a, b string
		if i < len(got) {
			a = got[i]
		}
		if i < len(old) {
			b = old[i]
		}
		if a != b {
			t.Errorf("%s:%d:\n got %s\nwant %s", name, i+1, a, b)
		}
	}
}

// Fuzz checks that a reader survives records of any kind, makes events of
// them, and makes the same ones when it reads them again. seeds hold lines.
func Fuzz(f *testing.F, agent dialect.Agent, seeds ...[]byte) {
	for _, text := range seeds {
		for line := range bytes.Lines(text) {
			f.Add(bytes.TrimSpace(line), []byte(`{}`))
		}
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		read := func() string {
			r := New(t, agent, true)
			r.reader.Begin(dialect.File{Name: "a/b.jsonl", Session: "s"})
			var rec record.Record
			for _, raw := range [][]byte{a, b, a} {
				if _, err := event.Check(raw); err == nil && utf8.Valid(raw) && rec.Parse(raw) == nil {
					r.take(raw, 0)
				}
			}
			if err := r.reader.End(); err != nil {
				t.Error(err)
			}
			return r.Text()
		}
		if once := read(); once != read() {
			t.Error("read again, it makes other events")
		}
	})
}
