// Package trace is for agents written in Go that trace themselves: it writes
// the events of lib/event, which all commands read.
//
//	ctx, s := trace.Start(ctx, trace.Config{Agent: "my-agent", Redact: true})
//	defer s.End()
//
//	search := trace.Tool("search_code", searchCode) // wrapped, of the same type
//	hits, err := search(ctx, Query{Text: "authenticate"})
//
// The context carries the session, and the call that is being made. So calls
// that run side by side, in whatever goroutines, pair with their own results;
// several sessions live in one process; what a tool calls in turn has its call
// as parent_id; and a subagent that it starts names it in its parent_event_id.
// Where a context carries no session, wrapped functions run as if they were
// not wrapped, and everything else does nothing. All methods may be called on
// nil.
//
// # Tools
//
//   - [Tool] wraps a func(context.Context, In) (Out, error).
//   - [Func] wraps a function of any signature.
//   - [Do] is a call in place, around a function literal.
//   - [Begin] and [Call.End] are the two ends of a call, for what fits none of
//     these.
//
// A call becomes a tool_call before the function runs, and a tool_result or an
// error after it. A panic becomes an error whose keys panic and stack say what
// it was, and is raised again; the end of a goroutine ([runtime.Goexit]) is an
// error too.
//
// # Models
//
//   - [LLM] wraps a function that asks a model, [Ask] is the same in place, and
//     [BeginLLM] and [Exchange.End] are its two ends, for answers that stream.
//
// A request becomes an llm_request, and an assistant_response with the text and
// an llm_response with the usage, or an error of kind api. [ResponseOf] reads
// what the APIs of Anthropic, OpenAI and Google answer; usage is written with
// classes that exclude each other, see [Usage].
//
// # Values
//
// Arguments and results are written as encoding/json has them. What it cannot
// encode (functions, channels, cycles, NaN, methods that fail) becomes text in
// its place, and the key encoding_note of the event says why; the rest of the
// value stays as it is. Values are read before the function runs, and when it
// has returned: nobody else may change them at that moment.
//
// # What it costs, and what may go wrong
//
// Some microseconds a call. Events are made in the goroutine of the caller, and
// redacted and written in another one, as soon as possible: nobody waits for a
// disk. Nothing that goes wrong with a trace reaches the agent: a full disk, a
// closed writer, one that hangs or panics. [Session.Err] and [Session.End] say
// how many events were lost and why, and so does a trace_gap in the trace, once
// it can be written again. What waits to be written is bounded by [MaxQueue].
//
// End waits for what is not written yet, as does a panic in a wrapped function
// before it goes on. A program that ends with os.Exit and without End may lose
// the events of its last milliseconds.
//
// Nothing is synced to the disk. Secrets are taken out before anything is
// written, if [Config] says so.
package trace
