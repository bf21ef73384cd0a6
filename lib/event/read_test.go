package event

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf8"
)

// readers are ways in which the same bytes may come.
var readers = map[string]func(io.Reader) io.Reader{
	"whole":   func(r io.Reader) io.Reader { return r },
	"one":     iotest.OneByteReader,
	"half":    iotest.HalfReader,
	"dataErr": iotest.DataErrReader,
}

// scan reads all of in, and returns the lines, or errors, it gave.
func scan(r io.Reader) []string {
	var got []string
	files := Files{Stdin: r}
	for files.Scan() {
		e, err := files.Event()
		switch {
		case err != nil && e.Type() == "":
			got = append(got, fmt.Sprintf("bad %s: %v", e.Raw, err))
		case err != nil:
			got = append(got, fmt.Sprintf("%d %s (%v)", e.Line, e.Raw, err))
		default:
			got = append(got, fmt.Sprintf("%d %s", e.Line, e.Raw))
		}
	}
	if err := files.Err(); err != nil {
		got = append(got, "error "+err.Error())
	}
	return got
}

func TestFiles(t *testing.T) {
	const a, b, c = `{"event_type":"a"}`, `{"event_type":"b","data":{"x":"{\"event_type\":\"q\"}"}}`, `{"event_type":"c"}`
	for name, tt := range map[string]struct {
		in   string
		want []string
	}{
		"empty":                 {"", nil},
		"blank":                 {"\n \n\r\n\t\n", nil},
		"lines":                 {a + "\n" + b + "\n", []string{"1 " + a, "2 " + b}},
		"no newline at the end": {a + "\n" + b, []string{"1 " + a, "2 " + b}},
		"blank between":         {"\n" + a + "\n\n" + b, []string{"2 " + a, "4 " + b}},
		"CRLF":                  {a + "\r\n" + b + "\r\n", []string{"1 " + a, "2 " + b}},
		"BOM":                   {"\uFEFF" + a + "\n" + b, []string{"1 " + a, "2 " + b}},
		"BOM later":             {a + "\n\uFEFF" + b, []string{"1 " + a, "bad \uFEFF: <stdin>:2: a torn line, with an event joined to it that was read", "2 " + b}},
		"junk":                  {"junk\n" + a, []string{"bad junk: <stdin>:1: not an event: unexpected 'j' at byte 1", "2 " + a}},
		"NUL":                   {"\x00\n" + a, []string{"bad \x00: <stdin>:1: not an event: unexpected '\\x00' at byte 1", "2 " + a}},
		"torn at the end":       {a + "\n" + b[:20], []string{"1 " + a, "bad " + b[:20] + ": <stdin>:2: not an event: the line ends too soon at byte 21"}},
		"an array":              {"[" + a + "]", []string{"bad [" + a + "]: <stdin>:1: not an event: a JSON array, not an object"}},
		"other JSON":            {`{"a":1}`, []string{`bad {"a":1}: <stdin>:1: not an event: no "event_type"`}},
		"duplicate keys":        {`{"event_type":"a","event_type":"b"}`, []string{`1 {"event_type":"a","event_type":"b"}`}},
		"large numbers":         {`{"event_type":"a","n":123456789012345678901234567890.10e+05}`, []string{`1 {"event_type":"a","n":123456789012345678901234567890.10e+05}`}},
		"not UTF-8": {"{\"event_type\":\"a\",\"x\":\"\xff\"}\n" + b, []string{
			"1 {\"event_type\":\"a\",\"x\":\"\uFFFD\"} (<stdin>:1: bytes that are not UTF-8, read as U+FFFD)", "2 " + b}},
		"joined": {a + b + " " + c + "\n" + a, []string{
			"1 " + a + " (<stdin>:1: 3 events joined without a newline, all of them read)", "1 " + b, "1 " + c, "2 " + a}},
		"torn, then joined": {b[:30] + a + c, []string{
			"bad " + b[:30] + ": <stdin>:1: a torn line, with an event joined to it that was read", "1 " + a, "1 " + c}},
		"joined, then torn": {a + b[:30] + "\n" + c, []string{
			"1 " + a + " (<stdin>:1: a torn line, with an event joined to it that was read)",
			"bad " + b[:30] + ": <stdin>:1: a torn line, with an event joined to it that was read", "2 " + c}},
		"joined to no event": {a + `{"x":1}`, []string{
			"1 " + a + " (<stdin>:1: a torn line, with an event joined to it that was read)",
			`bad {"x":1}: <stdin>:1: a torn line, with an event joined to it that was read`}},
	} {
		for how, reader := range readers {
			got := scan(reader(strings.NewReader(tt.in)))
			if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", tt.want) {
				t.Errorf("%s, %s:\n got %q\nwant %q", name, how, got, tt.want)
			}
		}
	}
}

// Every writer in the world is stopped somewhere.
func TestFilesTornAnywhere(t *testing.T) {
	const a, b = `{"event_type":"a","data":{"x":[1,{"y":"z\\\""}]}}`, `{"event_type":"b"}`
	for i := 1; i < len(a); i++ {
		got := scan(strings.NewReader(a[:i] + b + "\n" + b))
		if len(got) != 3 || got[1] != "1 "+b || got[2] != "2 "+b || !strings.HasPrefix(got[0], "bad "+a[:i]+": <stdin>:1: a torn") {
			t.Errorf("torn at %d: %q", i, got)
		}
	}
}

func TestFilesReadError(t *testing.T) {
	const a = `{"event_type":"a"}`
	broken := errors.New("the disk is on fire")
	got := scan(io.MultiReader(strings.NewReader(a+"\n"+a+"\n"+a[:5]), iotest.ErrReader(broken)))
	if want := []string{"1 " + a, "2 " + a, "error <stdin>:3: the disk is on fire"}; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %q", got)
	}
	got = scan(iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(a))))
	if len(got) != 1 || !strings.Contains(got[0], iotest.ErrTimeout.Error()) {
		t.Errorf("got %q", got)
	}
}

func TestFilesNames(t *testing.T) {
	dir := t.TempDir()
	one, none, two := filepath.Join(dir, "one"), filepath.Join(dir, "none"), filepath.Join(dir, "two")
	os.WriteFile(one, []byte("{\"event_type\":\"a\"}\njunk"), 0o600)
	os.WriteFile(two, []byte("\uFEFF{\"event_type\":\"b\"}\n"), 0o600)
	var skipped, got []string
	r := Files{
		Names: []string{one, none, dir, "-", two}, Stdin: strings.NewReader("{\"event_type\":\"in\"}"),
		Skip: func(err error) { skipped = append(skipped, err.Error()) },
	}
	for r.Scan() {
		e, err := r.Event()
		if err != nil {
			skipped = append(skipped, err.Error())
		}
		got = append(got, fmt.Sprintf("%s:%d %s", filepath.Base(e.File), e.Line, e.Type()))
	}
	if want := "[one:1 a one:2  <stdin>:1 in two:1 b]"; fmt.Sprint(got) != want || r.Err() != nil {
		t.Errorf("got %v, %v", got, r.Err())
	}
	if len(skipped) != 3 || !strings.Contains(skipped[0], "one:2: not an event") || !strings.Contains(skipped[1], "none") || !strings.Contains(skipped[2], "directory") {
		t.Errorf("skipped %q", skipped)
	}
	r = Files{Names: []string{none, one}}
	if r.Scan() || !errors.Is(r.Err(), os.ErrNotExist) {
		t.Errorf("without Skip: %v", r.Err())
	}
}

// What was read of a pipe is flushed before more of it is waited for.
func TestFilesBeforeBlock(t *testing.T) {
	in, out := io.Pipe()
	var held, flushed atomic.Int64
	done := make(chan int)
	go func() {
		r := Files{Stdin: in, BeforeBlock: func() error { flushed.Add(held.Swap(0)); return nil }}
		for r.Scan() {
			held.Add(1)
		}
		done <- int(held.Load() + flushed.Load())
	}()
	for i := range 3 {
		io.WriteString(out, "{\"event_type\":\"a\"}\n{\"event_type\":\"a\"}\n{\"event_ty")
		deadline := time.Now().Add(10 * time.Second)
		for flushed.Load() < int64(3*i+2) {
			if time.Now().After(deadline) {
				t.Fatalf("%d events are through after %d writes", flushed.Load(), i+1)
			}
			time.Sleep(time.Millisecond)
		}
		io.WriteString(out, "pe\":\"a\"}\n")
	}
	out.Close()
	if n := <-done; n != 9 {
		t.Errorf("%d events", n)
	}
	r := Files{Stdin: strings.NewReader("x"), BeforeBlock: func() error { return errors.New("no") }}
	r.Skip = func(err error) { t.Errorf("%v is told of the file", err) }
	if r.Scan() || r.Err() == nil || r.Err().Error() != "no" {
		t.Errorf("an error of BeforeBlock: %v", r.Err())
	}
}

func TestLongLine(t *testing.T) {
	long := `{"event_type":"a","x":"` + strings.Repeat("0123456789abcdef", 4<<20) + `"}`
	lines := NewLineReader(strings.NewReader("1\n" + long + "\n3\n"))
	for i, want := range []string{"1", long, "3"} {
		line, err := lines.Read()
		if err != nil || string(line) != want || lines.Line() != i+1 {
			t.Fatalf("line %d: %d bytes, %v", lines.Line(), len(line), err)
		}
	}
	if _, err := lines.Read(); err != io.EOF {
		t.Error(err)
	}
	if _, err := Parse([]byte(long)); err != nil {
		t.Error(err)
	}
}

func TestTooLongLine(t *testing.T) {
	defer func(n int) { maxLine = n }(maxLine)
	maxLine = 1 << 20
	in := "{\"event_type\":\"a\"}\n" + strings.Repeat("x", 3*maxLine) + "\n{\"event_type\":\"b\"}\n"
	got := scan(strings.NewReader(in))
	if len(got) != 2 || got[1] != "error <stdin>:2: a line longer than 1 MiB" {
		t.Errorf("got %.200q", got)
	}
	lines := 0
	err := Chunks(strings.NewReader(in), nil, func(c Chunk) int { return bytes.Count(c.Data, []byte("\n")) }, func(n int) error { lines += n; return nil })
	if err == nil || err.Error() != "line 2 is longer than 1 MiB" || lines != 1 {
		t.Errorf("Chunks: %v after %d lines", err, lines)
	}
}

// A filter that changes nothing writes the lines that it reads.
func FuzzFiles(f *testing.F) {
	for _, s := range []string{
		"{\"event_type\":\"a\"}\n\njunk\r\n[1]\n{\"event_type\":\"b\",\"n\":1.0e3}", "\uFEFF{\"event_type\":\"a\"}", "{\"event_type\":\"a\"}{\"event_type\":\"b\"}\n",
		"{\"event_type\":\"a{\"event_type\":\"b\"}{\"event_type\":\"c\"}x", "{\"event_type\":\"\xff\"}", "\r\r\n\x00\n",
	} {
		f.Add([]byte(s), uint8(0))
		f.Add([]byte(s), uint8(1))
	}
	f.Fuzz(func(t *testing.T, in []byte, how uint8) {
		reader := []func(io.Reader) io.Reader{readers["whole"], readers["one"], readers["half"], readers["dataErr"]}[how%4]
		files := Files{Stdin: reader(bytes.NewReader(in))}
		lines := bytes.Split(bytes.TrimPrefix(in, []byte("\uFEFF")), []byte("\n"))
		out := map[int][]byte{} // by line: what was given of it
		last := 0
		for files.Scan() {
			e, err := files.Event()
			if e.Line < last || e.Line > len(lines) {
				t.Fatalf("line %d of %d after %d", e.Line, len(lines), last)
			}
			last = e.Line
			if err == nil && (e.Type() == "" && !bytes.Contains(e.TypeRaw(), []byte(`""`)) || !utf8.Valid(e.Raw)) {
				t.Fatalf("%q is taken for an event", e.Raw)
			}
			out[e.Line] = append(out[e.Line], e.Raw...)
		}
		if files.Err() != nil {
			t.Fatal(files.Err())
		}
		for i, line := range lines {
			line = bytes.TrimSuffix(line, []byte("\r"))
			got, want := out[i+1], line
			if len(bytes.TrimSpace(line)) == 0 {
				want = nil
			}
			if !bytes.Equal(squeeze(got), squeeze(want)) {
				t.Fatalf("line %d: %q became %q", i+1, want, got)
			}
			if _, err := Parse(line); err == nil && utf8.Valid(line) && !bytes.Equal(got, line) {
				t.Fatalf("an event was changed: %q, %q", line, got)
			}
		}
	})
}

// squeeze leaves out what may change when a line is taken apart: white space,
// and bytes that are not UTF-8.
func squeeze(b []byte) []byte {
	b = bytes.ReplaceAll(bytes.ToValidUTF8(b, nil), []byte("\uFFFD"), nil)
	return bytes.Join(bytes.Fields(b), nil)
}
