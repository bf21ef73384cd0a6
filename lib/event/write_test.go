package event

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// writes records each write.
type writes []string

func (w *writes) Write(b []byte) (int, error) {
	*w = append(*w, string(b))
	return len(b), nil
}

// A line is never cut over two writes unless it is longer than the buffer.
func TestWriterKeepsLinesWhole(t *testing.T) {
	var got writes
	w := NewWriter(&got)
	var want bytes.Buffer
	for i := range 2000 {
		line := fmt.Sprint(i, strings.Repeat("x", i*37%900))
		if err := w.Write([]byte(line)); err != nil {
			t.Fatal(err)
		}
		want.WriteString(line + "\n")
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if strings.Join(got, "") != want.String() {
		t.Error("lines are lost")
	}
	for _, s := range got {
		if !strings.HasSuffix(s, "\n") {
			t.Errorf("a write ends in %q", s[max(0, len(s)-20):])
		}
	}
	if len(got) > 20 {
		t.Errorf("%d writes of %d bytes", len(got), want.Len())
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("broken") }

func TestWriterErrors(t *testing.T) {
	w := NewWriter(brokenWriter{})
	if err := w.Write([]byte("short")); err != nil {
		t.Error(err)
	}
	if w.Flush() == nil || w.Write(make([]byte, 1<<20)) == nil {
		t.Error("an error is lost")
	}
}

func TestLineWriter(t *testing.T) {
	var lines []string
	flushes := 0
	w := LineWriter(func(line []byte) error {
		lines = append(lines, string(line))
		return nil
	}, func() error { flushes++; return nil })
	for _, s := range []string{"a", "b\nc\n\nd", "", "\ne"} {
		if n, err := w.Write([]byte(s)); n != len(s) || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	}
	if fmt.Sprintf("%q", lines) != `["ab" "c" "" "d"]` || flushes != 4 {
		t.Errorf("%q, %d flushes", lines, flushes)
	}
	w = LineWriter(func([]byte) error { return errors.New("no") }, func() error { return nil })
	if n, err := w.Write([]byte("a\nb\n")); n != 0 || err == nil {
		t.Errorf("%d, %v", n, err)
	}
}
