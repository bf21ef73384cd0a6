package trace_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"

	"agenttrace/lib/trace"
)

type holder struct{ secret string }

func (h holder) Find(_ context.Context, words ...string) (int, bool, error) {
	return len(words), true, nil
}

func TestFunc(t *testing.T) {
	type named func(a int) string
	list := record(t, trace.Config{}, func(ctx context.Context, s *trace.Session) {
		bare := context.Background()
		if n, ok, err := trace.Func(ctx, "Find", holder{"hush"}.Find, "words")(bare, "a", "b"); n != 2 || !ok || err != nil {
			t.Errorf("got %d %v %v", n, ok, err)
		}
		if got := trace.Func(ctx, "Named", named(func(a int) string { return fmt.Sprint(a) }))(7); got != "7" {
			t.Errorf("got %s", got)
		}
		trace.Func(ctx, "One", func(*in) {})(&in{Path: "p"})
		trace.Func(ctx, "Nil", func(*in, error) error { return nil })(nil, nil)
		if f := trace.Func(ctx, "none", (func())(nil)); f != nil {
			t.Error("a nil function is not nil any more")
		}
		if n := trace.Func(ctx, "none", 3); n != 3 {
			t.Errorf("3 became %d", n)
		}
		// The function gets the context of its caller, with the session in it.
		type key struct{}
		own := context.WithValue(bare, key{}, "mine")
		trace.Func(ctx, "Ctx", func(c context.Context) {
			if c.Value(key{}) != "mine" || trace.From(c) != s {
				t.Error("the context of the caller is lost")
			}
		})(own)
		trace.Func(ctx, "NilCtx", func(c context.Context) {})(nil)
	})
	var got []string
	for _, e := range only(list, "tool_call", "tool_result") {
		got = append(got, e.Get("arguments").Raw+e.Get("result").Raw)
	}
	want := []string{
		`{"words":["a","b"]}`, `[2,true]`, `{"arg1":7}`, `"7"`, `{"path":"p"}`, ``,
		`{"arg1":null,"arg2":null}`, ``, `{}`, ``, `{}`, ``,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for _, e := range list {
		if bytes.Contains(e.Raw, []byte("hush")) {
			t.Errorf("the receiver is told: %s", e.Raw)
		}
	}
}
