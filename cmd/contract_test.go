// Package cmd_test checks what every command keeps to, from one table.
package cmd_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"agenttrace/lib/clitest"
)

func TestTable(t *testing.T) {
	for _, name := range commands() {
		if _, ok := table[name]; !ok {
			t.Errorf("%s is not in the table of contracts", name)
		}
	}
}

func TestHelpAndVersion(t *testing.T) {
	clitest.DependsOn(".", "../lib")
	for _, name := range names() {
		t.Run(name, func(t *testing.T) {
			for _, flag := range []string{"--help", "-h", "--version", "--help-man", "--completion-script-bash", "--completion-script-zsh"} {
				r := execute(t, environ(), nil, name, flag)
				if r.status != 0 || r.out == "" || r.err != "" {
					t.Errorf("%s: status %d, %d bytes of output, message %q; want 0, some, none", flag, r.status, len(r.out), r.err)
				}
			}
			r := execute(t, environ(), nil, name, "--version")
			if !strings.HasPrefix(r.out, name+" ") || strings.Count(r.out, "\n") != 1 {
				t.Errorf("--version: %q, want one line that begins with the name", r.out)
			}
			for _, line := range strings.Split(execute(t, environ(), nil, name, "--help").out, "\n") {
				// Examples and the names of flags are not wrapped.
				if utf8.RuneCountInString(line) > 80 && !strings.HasPrefix(line, "  ") {
					t.Errorf("--help has a line that is wider than the terminal: %q", line)
				}
			}
		})
	}
}

func TestUnknownFlag(t *testing.T) {
	clitest.DependsOn(".", "../lib")
	for _, name := range names() {
		t.Run(name, func(t *testing.T) {
			args := append(slices.Clone(table[name].args), "--no-such-flag")
			r := execute(t, environ(), strings.NewReader(event("s", "x")+"\n"), name, args...)
			if r.status != 2 || r.out != "" || !strings.HasPrefix(r.err, name+": ") {
				t.Errorf("status %d, output %q, message %q; want 2, none, one from %s", r.status, r.out, r.err, name)
			}
		})
	}
}

// TestMan checks that man understands the pages.
func TestMan(t *testing.T) {
	clitest.DependsOn(".", "../lib")
	man, err := exec.LookPath("man")
	if err != nil {
		t.Skip("no man")
	}
	for _, name := range names() {
		t.Run(name, func(t *testing.T) {
			page := filepath.Join(t.TempDir(), name+".1")
			text := execute(t, environ(), nil, name, "--help-man").out
			if err := os.WriteFile(page, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(man, "--warnings", "-E", "UTF-8", "-l", "-Tutf8", page)
			cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "MANPAGER=cat", "PAGER=cat")
			var out, msg bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &msg
			if err := cmd.Run(); err != nil {
				t.Skipf("man cannot show a file here: %v: %s", err, msg.String())
			}
			if msg.Len() > 0 {
				t.Errorf("man warns: %s", msg.String())
			}
			if !strings.Contains(text, `.SH "NAME"`+"\n"+strings.ReplaceAll(name, "-", `\-`)+` \- `) {
				t.Error("whatis finds no name and summary in the page")
			}
		})
	}
}

func TestEmptyInput(t *testing.T) {
	clitest.DependsOn(".", "../lib")
	each(t, func(t *testing.T, name string, r run) {
		for _, input := range []string{"", "\n", "\r\n\n"} {
			if got := r.on(t, name, input); got.status != 0 || got.out != "" || got.err != "" {
				t.Errorf("%q: status %d, output %q, message %q; want 0 and nothing", input, got.status, got.out, got.err)
			}
		}
	})
}

func TestBadLine(t *testing.T) {
	clitest.DependsOn(".", "../lib")
	each(t, func(t *testing.T, name string, r run) {
		alone := r.on(t, name, "junk\n")
		if alone.status != 2 || !strings.Contains(alone.err, name+": <stdin>:1: ") {
			t.Errorf("junk alone: status %d, message %q; want 2, and <stdin>:1", alone.status, alone.err)
		}
		good := event("s", "one") + "\n" + strings.Replace(event("s", "two"), "5d1b", "5d1c", 1) + "\n"
		first, second, _ := strings.Cut(good, "\n")
		for _, junk := range []string{"junk", `{"event_type":"tool_call","da`, `[1]`, `"x"`, `{"no":"type"}`, "\x00\x01"} {
			got := r.on(t, name, first+"\n"+junk+"\n"+second)
			if got.status != 2 || !strings.Contains(got.err, "<stdin>:2") {
				t.Errorf("%q: status %d, message %q; want 2, and <stdin>:2", junk, got.status, got.err)
			}
			if strings.ContainsAny(got.err, "\x00\x01") {
				t.Errorf("%q: the message has control bytes: %q", junk, got.err)
			}
			want := r.lines(r.on(t, name, good).out)
			if r.scrubs || r.passes && !r.strict {
				want = slices.Insert(want, 1, junk)
			}
			if have := r.lines(got.out); !slices.Equal(have, want) {
				t.Errorf("%q: the rest came out as\n%q\nwant\n%q", junk, have, want)
			}
		}
	})
}

func TestUnknownIsPassedOn(t *testing.T) {
	clitest.DependsOn(".", "../lib")
	input := []string{
		`{"event_type":"no_such_type","timestamp":1795332171.1,"event_id":"aa01bb02cc03","session_id":"s","extra":{"a":[1,2.50,1e3,null]},"data":{}}`,
		`{"x": 1, "session_id": "s", "event_type": "tool_call" , "timestamp": 1.795332171e9, "data": {"n": 12345678901234567890, "d": "\u00e9é<>&\/", "arguments": {}}}`,
		`{"event_type":"user_prompt","session_id":"s","timestamp":1795332172,"data":{"prompt":"a","prompt":"b"},"data2":"\ud83d\ude00"}`,
	}
	passing(t, func(t *testing.T, name string, r run) {
		got := r.on(t, name, strings.Join(input, "\n")+"\n")
		if have := r.lines(got.out); !slices.Equal(have, input) || got.status != 0 || got.err != "" {
			t.Errorf("status %d, message %q, output\n%s\nwant\n%s", got.status, got.err, strings.Join(have, "\n"), strings.Join(input, "\n"))
		}
	})
}

func TestLineEnds(t *testing.T) {
	clitest.DependsOn(".", "../lib")
	a, b := event("s", "one"), strings.Replace(event("s", "two"), "5d1b", "5d1c", 1)
	each(t, func(t *testing.T, name string, r run) {
		want := r.on(t, name, a+"\n"+b+"\n")
		if want.status != 0 {
			t.Fatalf("status %d: %s", want.status, want.err)
		}
		for how, input := range map[string]string{
			"no newline at the end": a + "\n" + b,
			"CRLF":                  a + "\r\n" + b + "\r\n",
			"a byte order mark":     "\uFEFF" + a + "\n" + b + "\n",
			"blank lines":           "\n" + a + "\n\n" + b + "\n\n",
		} {
			if got := r.on(t, name, input); got.out != want.out || got.status != 0 || got.err != "" {
				t.Errorf("%s: status %d, message %q, output\n%s\nwant\n%s", how, got.status, got.err, got.out, want.out)
			}
		}
	})
}

func TestLongLine(t *testing.T) {
	clitest.DependsOn(".", "../lib")
	each(t, func(t *testing.T, name string, r run) {
		line := event("s", strings.Repeat("x", 1<<20))
		got := r.on(t, name, line+"\n")
		if got.status != 0 || got.err != "" {
			t.Fatalf("status %d, message %q", got.status, got.err)
		}
		if r.passes {
			if have := r.lines(got.out); len(have) != 1 || have[0] != line {
				t.Errorf("%d lines of %d bytes came out, want the one that went in", len(have), len(got.out))
			}
		}
	})
}

// TestHugeLine sends a line of 64 MiB through a pipeline of all that pass
// lines on.
func TestHugeLine(t *testing.T) {
	clitest.DependsOn(".", "../lib")
	if testing.Short() {
		t.Skip("needs half a GB of memory")
	}
	var pipe []string
	for _, name := range names() {
		for _, r := range table[name].runs {
			if r.passes {
				pipe = append(pipe, strings.Join(append([]string{name}, r.argv(t)...), " "))
			}
		}
	}
	line := event("s", strings.Repeat("x", 64<<20)) + "\n"
	got := execute(t, environ(), strings.NewReader(line), "sh", "-c", strings.Join(pipe, " | "))
	first, _, _ := strings.Cut(got.out, "\n")
	for _, name := range names() {
		for _, r := range table[name].runs {
			first = string(r.without([]byte(first)))
		}
	}
	if got.status != 0 || got.err != "" || first+"\n" != line {
		t.Errorf("%s: status %d, message %q, a line of %d bytes; want %d", strings.Join(pipe, " | "), got.status, got.err, len(first)+1, len(line))
	}
}

// TestReaderGone checks that | head -1 is silent.
func TestReaderGone(t *testing.T) {
	clitest.DependsOn(".", "../lib")
	file := filepath.Join(t.TempDir(), "events.ndjson")
	var b strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&b, `{"event_type":"tool_call","timestamp":%d.000000,"event_id":"%012x","session_id":"s%d","data":{"tool_name":"Bash","arguments":{"command":"make test"}}}`+"\n", 1795332171+i, i, i%500)
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, name string, r run) {
		line := strings.Join(append([]string{name}, r.argv(t)...), " ")
		got := execute(t, environ(), nil, "bash", "-c", line+" "+file+" | head -1 >/dev/null; echo ${PIPESTATUS[0]}")
		if s := strings.TrimSpace(got.out); got.err != "" || s != "141" && s != "0" {
			t.Errorf("status %s, message %q; want 141 or 0, and none", s, got.err)
		}
	})
}

// TestSlowProducer checks that a line comes out before the next goes in.
func TestSlowProducer(t *testing.T) {
	clitest.DependsOn(".", "../lib")
	passing(t, func(t *testing.T, name string, r run) {
		if r.waits {
			t.Skip("may hold events back")
		}
		cmd := exec.Command(name, r.argv(t)...)
		cmd.Dir = t.TempDir()
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer cmd.Wait()
		defer in.Close()
		lines := make(chan string)
		go func() {
			for s := bufio.NewScanner(out); s.Scan(); {
				if r.makes == "" || typeOf(s.Text()) != r.makes {
					lines <- s.Text()
				}
			}
			close(lines)
		}()
		for i := range 3 {
			want := event("s", fmt.Sprint("line ", i))
			if _, err := io.WriteString(in, want+"\n"); err != nil {
				t.Fatal(err)
			}
			select {
			case got := <-lines:
				if got != want {
					t.Fatalf("got %s, want %s", got, want)
				}
			case <-time.After(time.Minute):
				cmd.Process.Kill()
				t.Fatalf("line %d does not come out until more goes in", i)
			}
		}
	})
}

func TestTwiceIsOnce(t *testing.T) {
	clitest.DependsOn(".", "../lib", "../testdata")
	input := demo(t)
	passing(t, func(t *testing.T, name string, r run) {
		once := r.on(t, name, input)
		twice := r.on(t, name, once.out)
		if once.status != 0 || twice.status != 0 || once.out != twice.out {
			t.Errorf("run twice, the output differs from once: %d and %d bytes, %s%s", len(once.out), len(twice.out), once.err, twice.err)
		}
		if got, want := strings.Join(r.lines(once.out), "\n")+"\n", input; got != want {
			t.Errorf("the input did not come out as it went in: %d bytes, want %d", len(got), len(want))
		}
	})
}

// TestEngines checks what make, GNU parallel, Spark and the like rely on: every
// line is one valid JSON text, whatever the environment, the same each time,
// and however the sessions are interleaved.
func TestEngines(t *testing.T) {
	clitest.DependsOn(".", "../lib", "../testdata")
	input := demo(t)
	each(t, func(t *testing.T, name string, r run) {
		if r.text {
			t.Skip("text")
		}
		want := r.on(t, name, input)
		for line := range strings.Lines(want.out) {
			if !json.Valid([]byte(line)) || !utf8.ValidString(line) || line[len(line)-1] != '\n' {
				t.Fatalf("a line of the output is no JSON text: %q", line)
			}
		}
		bare := execute(t, []string{}, strings.NewReader(input), name, r.argv(t)...)
		if bare.out != want.out || bare.status != 0 || bare.err != "" {
			t.Errorf("without an environment: status %d, message %q, %d bytes; want 0, none, %d", bare.status, bare.err, len(bare.out), len(want.out))
		}
		if r.makes == "" {
			return
		}
		apart := r.on(t, name, interleave(input))
		if a, b := records(apart.out, r.makes), records(want.out, r.makes); !slices.Equal(a, b) {
			t.Errorf("the records depend on how the sessions are interleaved:\n%s\nand\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
		}
	})
}

// interleave mixes the sessions of a stream: a line of each in turn.
func interleave(input string) string {
	bySession := map[string][]string{}
	var order []string
	for line := range strings.Lines(input) {
		var e struct {
			Session string `json:"session_id"`
		}
		_ = json.Unmarshal([]byte(line), &e)
		if bySession[e.Session] == nil {
			order = append(order, e.Session)
		}
		bySession[e.Session] = append(bySession[e.Session], line)
	}
	var b strings.Builder
	for len(order) > 0 {
		rest := order[:0]
		for _, s := range order {
			b.WriteString(bySession[s][0])
			if bySession[s] = bySession[s][1:]; len(bySession[s]) > 0 {
				rest = append(rest, s)
			}
		}
		order = rest
	}
	return b.String()
}

// records returns the records of a type, sorted.
func records(out, typ string) []string {
	var list []string
	for line := range strings.Lines(out) {
		if typeOf(line) == typ {
			list = append(list, line)
		}
	}
	slices.Sort(list)
	return list
}

// TestFiles checks FILE…, - and a file that is not there.
func TestFiles(t *testing.T) {
	clitest.DependsOn(".", "../lib")
	dir := t.TempDir()
	a, b, c := event("a", "one"), event("b", "two"), event("c", "three")
	first, last := filepath.Join(dir, "first"), filepath.Join(dir, "last")
	for name, text := range map[string]string{first: a, last: c} {
		if err := os.WriteFile(name, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	each(t, func(t *testing.T, name string, r run) {
		want := r.on(t, name, a+"\n"+b+"\n"+c+"\n")
		got := execute(t, environ(), strings.NewReader(b+"\n"), name, append(r.argv(t), first, "-", last)...)
		if got != want {
			t.Errorf("FILE - FILE: %+v\nwant %+v", got, want)
		}
		gone := filepath.Join(dir, "no-such-file")
		got = execute(t, environ(), strings.NewReader(b+"\n"), name, append(r.argv(t), first, gone, "-", last)...)
		if got.status != 2 || !strings.Contains(got.err, gone) || got.out != want.out {
			t.Errorf("a file that is not there: %+v\nwant status 2, its name, and the rest", got)
		}
	})
}
