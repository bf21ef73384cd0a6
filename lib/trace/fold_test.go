package trace_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"agenttrace/lib/session"
	"agenttrace/lib/trace"
)

// What at-summary reads: calls pair with their results, by tool, with their
// durations, errors and tokens.
func TestFold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		list := record(t, trace.Config{Agent: "a"}, func(ctx context.Context, s *trace.Session) {
			trace.Prompt(ctx, "go")
			slow := trace.Tool("Read", func(_ context.Context, x in) (string, error) {
				time.Sleep(time.Duration(x.N) * time.Millisecond)
				if x.N == 30 {
					return "", errors.New("gone")
				}
				return "ok", nil
			})
			var g sync.WaitGroup
			for _, n := range []int{40, 10, 30, 20} {
				g.Go(func() { slow(ctx, in{Path: fmt.Sprint("f", n), N: n}) })
			}
			g.Wait()
			ask := trace.LLM(askModel, nil, nil)
			ask(ctx, Chat{Model: "claude-sonnet-5"})
			trace.Ask(ctx, trace.Request{Model: "gpt-5"}, func(context.Context) (int, error) {
				time.Sleep(time.Second)
				return 1, nil
			}, func(int) trace.Response {
				return trace.Response{Usage: &trace.Usage{Input: 1, Output: 20, CacheRead: 3, CacheWrite5m: 4, CacheWrite1h: 5, Reasoning: 6}}
			})
		})
		s := summary(t, list)
		r := s.Tools["Read"]
		if s.ToolCalls != 4 || s.UnfinishedCalls != 0 || s.Errors != 1 || s.APIErrors != 0 || s.Prompts != 1 || s.LLMRequests != 2 {
			t.Errorf("got %+v", s)
		}
		if r == nil || r.Calls != 4 || r.Errors != 1 || r.Total != 100*time.Millisecond || r.P95 != 40*time.Millisecond {
			t.Errorf("got %+v", r)
		}
		if want := []string{"f10", "f20", "f30", "f40"}; !slices.Equal(s.FilesRead, want) {
			t.Errorf("files read: %q, want %q", s.FilesRead, want)
		}
		if want := (session.Tokens{Input: 1, Output: 20, CacheRead: 3, CacheWrite5m: 4, CacheWrite1h: 5, Reasoning: 6}); *s.UsageByModel["gpt-5"].Tokens != want {
			t.Errorf("got %+v, want %+v", *s.UsageByModel["gpt-5"].Tokens, want)
		}
		if want := (session.Tokens{Input: 101, Output: 7, CacheRead: 3000}); *s.UsageByModel["claude-sonnet-5"].Tokens != want {
			t.Errorf("got %+v, want %+v", *s.UsageByModel["claude-sonnet-5"].Tokens, want)
		}
		if d, ok := only(list, "llm_response")[1].Duration(); !ok || d != time.Second {
			t.Errorf("the answer took %v, want 1s", d)
		}
	})
}

// Calls of many goroutines and sessions at once pair with their own results.
func TestParallel(t *testing.T) {
	var a, b bytes.Buffer
	ctxA, sa := trace.Start(t.Context(), trace.Config{Writer: &a, Redact: true})
	ctxB, sb := trace.Start(t.Context(), trace.Config{Writer: &b})
	echo := trace.Tool("Echo", func(ctx context.Context, n int) (int, error) {
		if n%7 == 0 {
			return 0, fmt.Errorf("no %d", n)
		}
		return n, nil
	})
	var g sync.WaitGroup
	for n := range 400 {
		g.Go(func() { echo(ctxA, n) })
		g.Go(func() { echo(ctxB, -n) })
	}
	g.Wait()
	if err := errors.Join(sa.End(), sb.End()); err != nil {
		t.Fatal(err)
	}
	for sign, text := range map[int][]byte{1: a.Bytes(), -1: b.Bytes()} {
		list := events(t, text)
		asked := map[string]int64{}
		for _, e := range only(list, "tool_call") {
			n := e.Get("arguments.input").Int()
			if n*int64(sign) < 0 {
				t.Fatalf("a call of the other session: %s", e.Raw)
			}
			asked[e.ID()] = n
		}
		if len(asked) != 400 {
			t.Errorf("%d calls, want 400", len(asked))
		}
		for _, e := range only(list, "tool_result", "error") {
			n, ok := asked[e.Parent()]
			delete(asked, e.Parent())
			want := fmt.Sprint("no ", n)
			if got := e.Get("result"); got.Exists() {
				want = fmt.Sprint(n)
			}
			if got := e.Get("result").Raw + e.Get("error").Str; !ok || got != want {
				t.Errorf("call %d has the result %s", n, got)
			}
		}
		if len(asked) != 0 {
			t.Errorf("%d calls without a result", len(asked))
		}
	}
}
