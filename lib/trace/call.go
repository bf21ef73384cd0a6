package trace

import (
	"context"
	"errors"
	"reflect"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"agenttrace/lib/event"
)

// Tool returns fn wrapped so that each call of it is recorded: the tool's name, the
// arguments, the result or error, and how long it took. In is best a struct: its
// fields, under their names in JSON, are the arguments. Any other value becomes
// the argument "input". Reports can tell what a call reads, writes and runs if its
// arguments have the usual names, such as path, command and url.
func Tool[In, Out any](name string, fn func(context.Context, In) (Out, error)) func(context.Context, In) (Out, error) {
	return func(ctx context.Context, in In) (Out, error) {
		return Do(ctx, name, in, func(ctx context.Context) (Out, error) { return fn(ctx, in) })
	}
}

// Do runs fn as a call of a tool. See Tool for args.
func Do[Out any](ctx context.Context, name string, args any, fn func(context.Context) (Out, error)) (Out, error) {
	ctx, call := Begin(ctx, name, args)
	if call == nil {
		return fn(ctx)
	}
	returned := false
	defer unlessReturned(&returned, call.aborted)
	out, err := fn(ctx)
	returned = true
	call.End(out, err)
	return out, err
}

// unlessReturned is deferred around a function of the user's. If that has not
// returned, it calls aborted with what the function panics with, nil if its
// goroutine ends, and lets the panic go on.
func unlessReturned(returned *bool, aborted func(v any)) {
	if *returned {
		return
	}
	v := recover()
	aborted(v)
	if v != nil {
		panic(v)
	}
}

// A Call is a call of a tool that is being made.
type Call struct {
	session *Session
	id      string // event_id
	outcome string // and that of its outcome
	name    string
	use     string // tool_use_id
	begin   time.Time
	done    atomic.Bool

	mu       sync.Mutex
	children []string // sessions of subagents that it has started, two at most
}

// Begin records that a tool is called; see Tool for args. The context that it
// returns carries the call. Without a session there is no call, and nothing is
// recorded.
func Begin(ctx context.Context, name string, args any) (context.Context, *Call) {
	up := spanOf(ctx)
	s := up.session
	if s == nil {
		return ctx, nil
	}
	c := &Call{session: s, name: name, use: up.use}
	var o event.Object
	o.Str("tool_name", name)
	addArguments(&o, args)
	native := c.use
	if native == "" {
		c.use = "call_" + s.nonce[:12] + "_" + strconv.FormatUint(s.count.Add(1), 10)
		native = c.use
	} else {
		native = s.uniq(c.use)
	}
	c.id, c.outcome = event.ID(s.id, "tool_call", native), event.ID(s.id, "tool_result", native)
	o.Str("tool_use_id", c.use)
	c.begin = time.Now()
	s.record("tool_call", c.id, up.call.ID(), c.begin, nil, &o)
	return span{session: s, call: c}.on(ctx), c
}

// addArguments adds the arguments of a call, which are an object.
func addArguments(o *event.Object, args any) {
	raw, note := encode(args)
	if len(raw) > 0 && raw[0] != '{' {
		var in event.Object
		raw = in.Raw("input", raw).Bytes()
	}
	o.Raw("arguments", raw).Str("encoding_note", note)
}

// uniq returns an id, changed if it was given before: a call that is made again
// is another event.
func (s *Session) uniq(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.uses == nil {
		s.uses = map[string]int{}
	}
	s.uses[id]++
	if n := s.uses[id]; n > 1 {
		return id + "#" + s.nonce + strconv.Itoa(n)
	}
	return id
}

// WithToolUseID returns a context in which the next call has the id that the
// model has given it.
func WithToolUseID(ctx context.Context, id string) context.Context {
	sp := spanOf(ctx)
	if sp.session == nil {
		return ctx
	}
	sp.use = id
	return sp.on(ctx)
}

// ID returns the event_id of the call.
func (c *Call) ID() string {
	if c == nil {
		return ""
	}
	return c.id
}

// child notes that the call has started a subagent.
func (c *Call) child(session string) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.children) < 2 {
		c.children = append(c.children, session)
	}
}

// End records how the call ended: with an error if err is not nil, else with
// the result, which may be nil. Only the first End of a call counts.
func (c *Call) End(result any, err error) {
	if c == nil {
		return
	}
	if err == nil {
		c.end("tool_result", func(o *event.Object) {
			raw, note := encode(result)
			o.Raw("result", raw).Str("encoding_note", note)
		})
		return
	}
	c.end("error", func(o *event.Object) {
		addError(o, err)
		if !isZero(result) {
			raw, note := encode(result) // what there was of it
			o.Raw("result", raw).Str("encoding_note", note)
		}
	})
}

// isZero reports whether there is nothing in a value.
func isZero(v any) bool {
	if r, ok := v.(results); ok {
		return !slices.ContainsFunc(r, func(v reflect.Value) bool { return v.Type() != errorType && !v.IsZero() })
	}
	return isNil(v) || reflect.ValueOf(v).IsZero()
}

// aborted records that the call did not return: v is what it panics with, nil if
// its goroutine ends. After a panic the process may end, so it waits until that
// is written.
func (c *Call) aborted(v any) {
	c.end("error", func(o *event.Object) { addPanic(o, v) })
	if v != nil {
		c.session.Flush(panicPatience)
	}
}

func (c *Call) end(typ string, fill func(*event.Object)) {
	now := time.Now()
	if !c.done.CompareAndSwap(false, true) {
		return
	}
	took := now.Sub(c.begin)
	var o event.Object
	if typ == "error" {
		o.Str("kind", "tool")
	}
	o.Str("tool_name", c.name)
	fill(&o)
	o.Str("tool_use_id", c.use)
	c.mu.Lock()
	if len(c.children) == 1 {
		o.Str("child_session_id", c.children[0])
	}
	c.mu.Unlock()
	c.session.record(typ, c.outcome, c.id, now, &took, &o)
}

// addError adds what an error says: its text, the exit status of a command, the
// HTTP status of an answer.
func addError(o *event.Object, err error) {
	o.Text("error", messageOf(err))
	defer func() { recover() }() // of a method of the error
	var exit interface{ ExitCode() int }
	if errors.As(err, &exit) && exit.ExitCode() >= 0 {
		o.Int("exit_code", int64(exit.ExitCode()))
	}
	if status := statusOf(err); status > 0 {
		o.Int("status", status)
	}
}

// statusOf returns the HTTP status of an error of a client of an API, which has
// it in a method or a field; 0 if there is none.
func statusOf(err error) int64 {
	for ; err != nil; err = errors.Unwrap(err) {
		if s, ok := err.(interface{ StatusCode() int }); ok {
			return int64(s.StatusCode())
		}
		v := reflect.ValueOf(err)
		if v.Kind() == reflect.Pointer && !v.IsNil() {
			v = v.Elem()
		}
		if v.Kind() != reflect.Struct {
			continue
		}
		if f := v.FieldByName("StatusCode"); f.IsValid() && f.CanInt() {
			return f.Int()
		}
	}
	return 0
}

func addPanic(o *event.Object, v any) {
	if v == nil {
		o.Text("error", "the goroutine ended in the call")
		return
	}
	o.Text("error", "panic: "+plain(v)).True("panic", true).Str("stack", string(debug.Stack()))
}
