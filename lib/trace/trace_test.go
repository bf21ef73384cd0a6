package trace_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"agenttrace/lib/event"
	"agenttrace/lib/session"
	"agenttrace/lib/trace"
)

// record runs fn in a session and returns its events.
func record(t *testing.T, c trace.Config, fn func(ctx context.Context, s *trace.Session)) []event.Event {
	t.Helper()
	var out bytes.Buffer
	c.Writer = &out
	ctx, s := trace.Start(t.Context(), c)
	fn(ctx, s)
	if err := s.End(); err != nil {
		t.Error(err)
	}
	return events(t, out.Bytes())
}

func events(t *testing.T, text []byte) (list []event.Event) {
	t.Helper()
	for line := range bytes.Lines(text) {
		e, err := event.Parse(bytes.TrimSuffix(line, []byte{'\n'}))
		if err != nil {
			t.Errorf("%v: %s", err, line)
		}
		list = append(list, e)
	}
	return list
}

// only returns the events of some types.
func only(list []event.Event, types ...string) (some []event.Event) {
	for _, e := range list {
		if slices.Contains(types, e.Type()) {
			some = append(some, e)
		}
	}
	return some
}

func one(t *testing.T, list []event.Event, typ string) event.Event {
	t.Helper()
	some := only(list, typ)
	if len(some) != 1 {
		t.Fatalf("%d events of type %s, want 1", len(some), typ)
	}
	return some[0]
}

func summary(t *testing.T, list []event.Event) *session.Summary {
	t.Helper()
	var set session.Set
	for _, e := range list {
		set.Add(e)
	}
	folds := set.Folds()
	if len(folds) == 0 {
		t.Fatal("no session")
	}
	return folds[0].Summary()
}

type in struct {
	Path string `json:"path"`
	N    int    `json:"n,omitempty"`
}

// Every event has the keys and types that lib/event documents.
func TestSchema(t *testing.T) {
	list := record(t, trace.Config{Agent: "a", Version: "1", Model: "m", Title: "t", Type: "Explore", Description: "d",
		ParentSession: "p", ParentEvent: "aa01bb02cc03", Command: []string{"a", "b"}}, func(ctx context.Context, s *trace.Session) {
		trace.Prompt(ctx, "do it")
		trace.Say(ctx, "yes")
		trace.Decide(ctx, "x", "y", "x", "z")
		trace.Tool("Read", func(context.Context, in) (string, error) { return "r", nil })(ctx, in{Path: "a"})
		trace.Tool("Read", func(context.Context, in) (string, error) { return "", errors.New("no") })(ctx, in{Path: "a"})
		trace.LLM(askModel, nil, nil)(ctx, Chat{Model: "m", Messages: []Message{{"user", "x"}}})
		trace.LLM(func(context.Context, string) (string, error) { return "", errors.New("429") }, nil, nil)(ctx, "x")
		trace.Fail(ctx, errors.New("boom"))
		trace.Emit(ctx, "file_read", map[string]string{"path": "a.go"})
	})
	if n := len(list); n != 16 {
		t.Errorf("%d events, want 16", n)
	}
	known := map[string]map[string]event.Kind{}
	for _, typ := range event.Schema {
		known[typ.Name] = map[string]event.Kind{}
		for _, f := range typ.Fields {
			known[typ.Name][f.Name] = f.Kind
		}
	}
	ids := map[string]bool{}
	for _, e := range list {
		if ids[e.ID()] || len(e.ID()) != 12 {
			t.Errorf("event_id is not good: %s", e.Raw)
		}
		ids[e.ID()] = true
		if ns, ok := e.UnixNano(); !ok || time.Since(time.Unix(0, ns)) > time.Minute {
			t.Errorf("time is not that of now: %s", e.Raw)
		}
		event.Fields(e.DataRaw(), func(k, v []byte) bool {
			kind, ok := known[e.Type()][string(k)]
			if e.Type() == "error" && string(k) == "model" {
				return true // of a request that failed
			}
			if !ok {
				t.Errorf("%s has no key %s: %s", e.Type(), k, e.Raw)
			}
			if first := map[event.Kind]string{event.String: `"`, event.Obj: "{", event.Array: "["}[kind]; first != "" && string(v[:1]) != first {
				t.Errorf("%s.%s is not of kind %s: %s", e.Type(), k, kind, v)
			}
			return true
		})
	}
	start := one(t, list, "session_start")
	for _, key := range []string{"agent", "cwd", "host", "process.pid", "process.start_time", "parent_session_id"} {
		if !start.Get(key).Exists() && !(runtime.GOOS != "linux" && strings.HasPrefix(key, "process")) {
			t.Errorf("session_start has no %s: %s", key, start.Raw)
		}
	}
	if pid := start.Get("process.pid").Int(); pid != int64(os.Getpid()) && runtime.GOOS == "linux" {
		t.Errorf("pid %d is not that of the agent", pid)
	}
}

// Without a session everything runs, and nothing is recorded.
func TestNoSession(t *testing.T) {
	ctx := t.Context()
	echo := trace.Tool("Echo", func(_ context.Context, s string) (string, error) { return s, nil })
	if got, err := echo(ctx, "x"); got != "x" || err != nil {
		t.Errorf("got %q %v", got, err)
	}
	if got := trace.Func(ctx, "Up", strings.ToUpper)("x"); got != "X" {
		t.Errorf("got %q", got)
	}
	if got, err := trace.LLM(askModel, nil, nil)(ctx, Chat{}); len(got) == 0 || err != nil {
		t.Errorf("got %q %v", got, err)
	}
	trace.Prompt(ctx, "x")
	trace.Say(ctx, "x")
	trace.Decide(ctx, "x", "y")
	trace.Fail(ctx, errors.New("x"))
	trace.Emit(ctx, "x", nil)
	sub, s := trace.Subagent(trace.WithToolUseID(ctx, "id"), trace.Config{})
	_, call := trace.Begin(sub, "x", nil)
	call.End(nil, nil)
	_, x := trace.BeginLLM(sub, trace.Request{})
	x.End(trace.Response{}, nil)
	if err := errors.Join(s.End(), s.Err(), s.Flush(time.Second)); err != nil || s.ID() != "" || s.Context(ctx) != ctx {
		t.Errorf("no session is one: %v", err)
	}
}

// What a tool calls has its call as parent, and a subagent names it.
func TestParents(t *testing.T) {
	var child string
	inner := trace.Tool("Inner", func(context.Context, in) (int, error) { return 1, nil })
	list := record(t, trace.Config{Agent: "lead"}, func(ctx context.Context, s *trace.Session) {
		trace.Do(ctx, "Outer", in{}, func(ctx context.Context) (int, error) {
			inner(ctx, in{})
			sub, c := trace.Subagent(ctx, trace.Config{Type: "Explore"})
			child = c.ID()
			if session, call := trace.Current(sub); session != child || call != "" {
				t.Errorf("in the subagent the session is %q and the call %q", session, call)
			}
			inner(sub, in{})
			return 0, c.EndWith("done")
		})
		inner(ctx, in{})
	})
	calls := only(list, "tool_call")
	if len(calls) != 4 || calls[1].Parent() != calls[0].ID() || calls[2].Parent() != "" || calls[3].Parent() != "" {
		t.Errorf("calls have other parents: %v", calls)
	}
	if calls[2].Session() != child || calls[3].Session() != calls[0].Session() {
		t.Error("calls are in other sessions")
	}
	start := only(list, "session_start")[1]
	if start.Session() != child || start.Get("parent_session_id").Str != calls[0].Session() || start.Get("parent_event_id").Str != calls[0].ID() {
		t.Errorf("got %s", start.Raw)
	}
	for _, e := range only(list, "tool_result") {
		if e.Parent() == calls[0].ID() && e.Get("child_session_id").Str != child {
			t.Errorf("got %s", e.Raw)
		}
	}
	if end := only(list, "session_end")[0]; end.Session() != child || end.Get("reason").Str != "done" {
		t.Errorf("got %s", end.Raw)
	}
}

// The model's own ids are kept; a call that is made again is another event.
func TestToolUseID(t *testing.T) {
	list := record(t, trace.Config{Session: "s"}, func(ctx context.Context, _ *trace.Session) {
		one := trace.WithToolUseID(ctx, "toolu_1")
		for range 2 {
			trace.Do(one, "T", nil, func(ctx context.Context) (int, error) {
				trace.Do(ctx, "Inner", nil, func(context.Context) (int, error) { return 0, nil })
				return 0, nil
			})
		}
	})
	calls := only(list, "tool_call")
	if calls[0].ID() != event.ID("s", "tool_call", "toolu_1") {
		t.Error("the event_id is not that of whoever else sees the call")
	}
	if calls[0].ID() == calls[2].ID() || calls[2].Get("tool_use_id").Str != "toolu_1" {
		t.Errorf("got %s", calls[2].Raw)
	}
	if calls[1].Get("tool_use_id").Str == "toolu_1" {
		t.Error("the id has gone to another call")
	}
	if s := summary(t, list); s.UnfinishedCalls != 0 || s.ToolCalls != 4 {
		t.Errorf("%d calls, %d unfinished", s.ToolCalls, s.UnfinishedCalls)
	}
}

func TestEnd(t *testing.T) {
	var out bytes.Buffer
	ctx, s := trace.Start(t.Context(), trace.Config{Writer: &out, Session: "s"})
	_, call := trace.Begin(ctx, "T", nil)
	if err := s.EndWith("done"); err != nil {
		t.Fatal(err)
	}
	n := out.Len()
	call.End(nil, nil)
	call.End(nil, errors.New("twice"))
	err := s.End()
	if out.Len() != n {
		t.Error("something is written after the end")
	}
	if err == nil || !strings.Contains(err.Error(), "cannot record 1 events: the session has ended") {
		t.Errorf("got %v", err)
	}
	if e := one(t, events(t, out.Bytes()), "session_end"); e.Get("reason").Str != "done" || !e.Get("duration_ms").Exists() {
		t.Errorf("got %s", e.Raw)
	}
}
