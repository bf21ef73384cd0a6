package trace_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"agenttrace/lib/trace"
)

func TestPanicIsRecordedAndRaisedAgain(t *testing.T) {
	boom := errors.New("boom")
	tool := trace.Tool("Bang", func(context.Context, in) (string, error) { panic(boom) })
	fn := func(s string) { panic("kaputt " + s) }
	var got []any
	catch := func(fn func()) {
		defer func() { got = append(got, recover()) }()
		fn()
	}
	list := record(t, trace.Config{}, func(ctx context.Context, _ *trace.Session) {
		catch(func() { tool(ctx, in{}) })
		catch(func() { trace.Func(ctx, "Fn", fn, "s")("x") })
		catch(func() {
			trace.LLM(func(context.Context, string) (string, error) { panic(3) }, nil, nil)(ctx, "hi")
		})
		done := make(chan bool)
		go func() {
			defer close(done)
			trace.Func(ctx, "Exit", func() { runtime.Goexit() })()
		}()
		<-done
	})
	if want := []any{boom, "kaputt x", 3}; !slices.Equal(got, want) {
		t.Errorf("raised again: %v, want %v", got, want)
	}
	var texts []string
	for _, e := range only(list, "error") {
		texts = append(texts, e.Get("error").Str)
		if e.Get("panic").Bool() && !strings.Contains(e.Get("stack").Str, "trace_test.go") {
			t.Errorf("the stack does not say where: %s", e.Raw)
		}
	}
	if want := []string{"panic: boom", "panic: kaputt x", "panic: 3", "the goroutine ended in the call"}; !slices.Equal(texts, want) {
		t.Errorf("recorded: %q, want %q", texts, want)
	}
	if s := summary(t, list); s.UnfinishedCalls != 0 || s.Errors != 3 || s.APIErrors != 1 {
		t.Errorf("unfinished %d, errors %d, API errors %d", s.UnfinishedCalls, s.Errors, s.APIErrors)
	}
}

// A panic that nobody catches ends the program; what led to it is in the trace.
func TestPanicThatEndsTheProgram(t *testing.T) {
	if dir := os.Getenv("TRACE_TEST_DIR"); dir != "" {
		ctx, _ := trace.Start(context.Background(), trace.Config{Dir: dir, Session: "dead"})
		trace.Do(ctx, "Bang", in{Path: "x"}, func(context.Context) (int, error) { panic("the end") })
	}
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "TRACE_TEST_DIR="+dir)
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "panic: the end") {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(dir, "dead", "events.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	if e := one(t, events(t, text), "error"); e.Get("error").Str != "panic: the end" {
		t.Errorf("got %s", e.Raw)
	}
}

type statusError struct{ StatusCode int }

func (statusError) Error() string { return "overloaded" }

type badError struct{}

func (badError) Error() string { panic("no text") }

type exitError struct{}

func (exitError) Error() string { return "exit status 3" }
func (exitError) ExitCode() int { return 3 }

func TestErrors(t *testing.T) {
	for _, x := range []struct {
		err  error
		want string
	}{
		{errors.New("plain"), `"error":"plain"`},
		{fmt.Errorf("run: %w", exitError{}), `"error":"run: exit status 3","exit_code":3`},
		{fmt.Errorf("ask: %w", &statusError{529}), `"error":"ask: overloaded","status":529`},
		{badError{}, `"error":"(trace_test.badError, whose Error method panics)"`},
		{(*statusError)(nil), `whose Error method panics`},
	} {
		list := record(t, trace.Config{}, func(ctx context.Context, _ *trace.Session) {
			_, err := trace.Do(ctx, "T", nil, func(context.Context) (string, error) { return "half", x.err })
			if err != x.err {
				t.Errorf("the caller gets %v, want %v", err, x.err)
			}
		})
		e := one(t, list, "error")
		if !strings.Contains(string(e.DataRaw()), x.want) || e.Get("result").Str != "half" || e.Get("kind").Str != "tool" {
			t.Errorf("got %s, want %s", e.Raw, x.want)
		}
	}
}
