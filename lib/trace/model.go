package trace

import (
	"context"
	"sync/atomic"
	"time"

	"agenttrace/lib/event"
)

// A Request is what is recorded of a request to a model. Fields that are not known
// are left empty.
type Request struct {
	Model    string
	Messages int    // how many
	Last     any    // the last of them
	ID       string // of the request
}

// A Response is what is recorded of an answer. Fields that are not known are left
// empty.
type Response struct {
	Model       string
	Text        string // what the model says
	Usage       *Usage // nil if it is not known
	StopReason  string
	MessageID   string // the API's id of the answer
	RequestID   string // the API's id of the request
	ServiceTier string
}

// Usage is what an answer took, in tokens. The classes exclude each other, but
// for Reasoning, which is a part of Output. [UsageOf] makes it of what an API
// tells.
type Usage struct {
	Input        int64 // not from a cache, not written to one
	Output       int64 // thinking included
	CacheRead    int64
	CacheWrite5m int64 // into a cache that lives 5 minutes, or as long as the vendor's one kind
	CacheWrite1h int64
	Reasoning    int64
}

func (u *Usage) addTo(o *event.Object) {
	if u == nil {
		return
	}
	var x event.Object
	x.Int("input_tokens", u.Input).Int("output_tokens", u.Output).Count("cache_read_tokens", u.CacheRead).
		Count("cache_write_5m_tokens", u.CacheWrite5m).Count("cache_write_1h_tokens", u.CacheWrite1h).
		Count("reasoning_tokens", u.Reasoning)
	o.Raw("usage", x.Bytes())
}

// LLM returns fn, which asks a model, wrapped so that each request is recorded.
// request and response say what to record of what goes in and comes out; nil means
// RequestOf and ResponseOf.
func LLM[In, Out any](fn func(context.Context, In) (Out, error), request func(In) Request, response func(Out) Response) func(context.Context, In) (Out, error) {
	if request == nil {
		request = func(in In) Request { return RequestOf(in) }
	}
	return func(ctx context.Context, in In) (Out, error) {
		if From(ctx) == nil {
			return fn(ctx, in)
		}
		q, _ := guarded(request, in)
		return Ask(ctx, q, func(ctx context.Context) (Out, error) { return fn(ctx, in) }, response)
	}
}

// Ask runs fn as a request to a model. response says what to record of what
// comes out; nil means ResponseOf.
func Ask[Out any](ctx context.Context, q Request, fn func(context.Context) (Out, error), response func(Out) Response) (Out, error) {
	ctx, x := BeginLLM(ctx, q)
	if x == nil {
		return fn(ctx)
	}
	returned := false
	defer unlessReturned(&returned, x.aborted)
	out, err := fn(ctx)
	returned = true
	if response == nil {
		response = func(out Out) Response { return ResponseOf(out) }
	}
	r, note := Response{}, ""
	if err == nil || !isZero(out) {
		r, note = guarded(response, out)
	}
	x.end(r, err, note)
	return out, err
}

// guarded calls a function that describes a value. If it panics there is no
// description, and note says why.
func guarded[In, Out any](fn func(In) Out, in In) (out Out, note string) {
	defer func() {
		if v := recover(); v != nil {
			note = "the value cannot be described: panic: " + plain(v)
		}
	}()
	return fn(in), ""
}

// An Exchange is a request to a model that is not answered yet.
type Exchange struct {
	session *Session
	id      string // event_id of the llm_request
	asked   Request
	begin   time.Time
	done    atomic.Bool
}

// BeginLLM records that a model is asked. Without a session there is no
// exchange, and nothing is recorded.
func BeginLLM(ctx context.Context, q Request) (context.Context, *Exchange) {
	up := spanOf(ctx)
	if up.session == nil {
		return ctx, nil
	}
	x := &Exchange{session: up.session, asked: q}
	var o event.Object
	o.Str("model", q.Model).Count("message_count", int64(q.Messages)).Str("request_id", q.ID)
	raw, note := encode(q.Last)
	if len(raw) > 0 && raw[0] != '{' {
		var last event.Object
		raw = last.Raw("content", raw).Bytes()
	}
	o.Raw("last_message", raw).Str("encoding_note", note)
	x.begin = time.Now()
	x.id = x.session.emit("llm_request", "", x.begin, nil, &o)
	return ctx, x
}

// End records the answer, or the error if err is not nil; then too what is
// known of the answer, if its usage is. Only the first End counts.
func (x *Exchange) End(r Response, err error) { x.end(r, err, "") }

func (x *Exchange) end(r Response, err error, note string) {
	now := time.Now()
	if x == nil || !x.done.CompareAndSwap(false, true) {
		return
	}
	took := now.Sub(x.begin)
	if r.Model == "" {
		r.Model = x.asked.Model
	}
	if r.RequestID == "" {
		r.RequestID = x.asked.ID
	}
	if r.Text != "" {
		var o event.Object
		o.Str("text", r.Text).Str("model", r.Model).Str("message_id", r.MessageID)
		x.session.emit("assistant_response", "", now, nil, &o)
	}
	if err == nil || r.Usage != nil {
		var o event.Object
		o.Str("model", r.Model).Str("message_id", r.MessageID).Str("request_id", r.RequestID).Str("stop_reason", r.StopReason)
		r.Usage.addTo(&o)
		o.Str("service_tier", r.ServiceTier).Str("encoding_note", note)
		x.session.emit("llm_response", x.id, now, &took, &o)
	}
	if err != nil {
		var o event.Object
		addError(o.Str("kind", "api"), err)
		o.Str("model", r.Model).Str("request_id", r.RequestID)
		x.session.emit("error", x.id, now, &took, &o)
	}
}

// fell is Call.fell for a request.
// aborted is Call.aborted for a request.
func (x *Exchange) aborted(v any) {
	now := time.Now()
	if !x.done.CompareAndSwap(false, true) {
		return
	}
	took := now.Sub(x.begin)
	var o event.Object
	addPanic(o.Str("kind", "api"), v)
	x.session.emit("error", x.id, now, &took, o.Str("model", x.asked.Model))
	if v != nil {
		x.session.Flush(panicPatience)
	}
}
