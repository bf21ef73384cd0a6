package codex

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// now is when records without a time are read.
const now = 1795332170e9

// A run reads files, one after the other, as at-capture does.
type run struct {
	t        *testing.T
	events   []event.Event
	problems []string
	alien    []string // lines that are not Codex's
	r        dialect.Reader
}

func sinkAll(c *run) *dialect.Sink { return &dialect.Sink{Emit: c.emit, All: true} }

func newRun(t *testing.T) *run {
	c := &run{t: t}
	c.r = New(&dialect.Sink{Emit: c.emit})
	return c
}

func (c *run) emit(line []byte) error {
	e, err := event.Parse(bytes.Clone(line))
	if err != nil {
		c.t.Errorf("an event that cannot be read: %v: %.300s", err, line)
		return nil
	}
	if !gjson.ValidBytes(line) {
		c.t.Errorf("not JSON: %.300s", line)
	}
	for _, key := range []string{"event_type", "event_id", "session_id"} {
		if gjson.GetBytes(line, key).String() == "" {
			c.t.Errorf("no %s: %.300s", key, line)
		}
	}
	c.events = append(c.events, e)
	return nil
}

// file reads a text of lines.
func (c *run) file(session, text string) *run {
	c.t.Helper()
	c.r.Begin(dialect.File{Name: "test", Session: session})
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		var rec record.Record
		if line == "" {
			continue
		}
		if err := rec.Parse([]byte(line)); err != nil {
			c.problems = append(c.problems, err.Error())
			continue
		}
		if !c.r.Is(&rec) {
			c.alien = append(c.alien, line)
			continue
		}
		err := c.r.Take(&rec, now)
		var p dialect.Problem
		switch {
		case err == dialect.ErrNoSession, errors.As(err, &p):
			c.problems = append(c.problems, err.Error())
		case err != nil:
			c.t.Fatal(err)
		}
	}
	if err := c.r.End(); err != nil {
		c.t.Fatal(err)
	}
	return c
}

// testdata reads a file of testdata, whose name is that of its session.
func (c *run) testdata(name string) *run {
	c.t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.file("", string(text))
}

// ofType returns the events of a type.
func (c *run) ofType(typ string) (list []event.Event) {
	for _, e := range c.events {
		if e.Is(typ) {
			list = append(list, e)
		}
	}
	return list
}

// one returns the only event of a type.
func (c *run) one(typ string) event.Event {
	c.t.Helper()
	list := c.ofType(typ)
	if len(list) != 1 {
		c.t.Fatalf("%d events of type %s, want 1:\n%s", len(list), typ, c)
	}
	return list[0]
}

// String lists the events.
func (c *run) String() string {
	var b strings.Builder
	for _, e := range c.events {
		b.Write(e.Raw)
		b.WriteByte('\n')
	}
	return b.String()
}

// want compares a member of an event's data, or of the event itself.
func want(t *testing.T, e event.Event, path, value string) {
	t.Helper()
	got := e.Get(path).String()
	if strings.HasPrefix(path, "^") {
		got = gjson.GetBytes(e.Raw, path[1:]).String()
	}
	if got != value {
		t.Errorf("%s is %q, want %q: %s", path, got, value, e.Raw)
	}
}
