package trace_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"agenttrace/lib/event"
	"agenttrace/lib/session"
	"agenttrace/lib/trace"
)

// A Query is what the tool of the examples takes.
type Query struct {
	Text string `json:"query"`
	Path string `json:"path"`
}

func searchCode(ctx context.Context, q Query) ([]string, error) {
	return []string{"login.go:12: " + q.Text}, nil
}

// An agent that traces itself. Its events are in the trace store:
// at-cat | at-replay shows them.
func Example() {
	dir, _ := os.MkdirTemp("", "trace")
	defer os.RemoveAll(dir)

	// Without Dir, the store is the one that at-cat reads.
	ctx, s := trace.Start(context.Background(), trace.Config{Agent: "my-agent", Model: "claude-sonnet-5", Redact: true, Dir: dir})

	search := trace.Tool("search_code", searchCode)
	ask := trace.LLM(askModel, nil, nil)

	trace.Prompt(ctx, "fix the login")
	trace.Decide(ctx, "search_code", "the code is not known", "search_code", "write_fix")
	search(ctx, Query{Text: "authenticate", Path: "."})
	ask(ctx, Chat{Model: "claude-sonnet-5", Messages: []Message{{"user", "fix the login"}}})

	if err := s.End(); err != nil {
		fmt.Println("the trace is not whole:", err)
	}

	text, _ := os.ReadFile(filepath.Join(dir, s.ID(), "events.ndjson"))
	show(text)
	// Output:
	// session_start
	// user_prompt {"prompt":"fix the login"}
	// decision {"choice":"search_code","reason":"the code is not known","alternatives":["search_code","write_fix"]}
	// tool_call search_code {"query":"authenticate","path":"."}
	// tool_result search_code ["login.go:12: authenticate"]
	// llm_request {"model":"claude-sonnet-5","message_count":1,"last_message":{"role":"user","content":"fix the login"}}
	// assistant_response {"text":"Done.","model":"claude-sonnet-5","message_id":"msg_1"}
	// llm_response {"model":"claude-sonnet-5","message_id":"msg_1","stop_reason":"end_turn","usage":{"input_tokens":101,"output_tokens":7,"cache_read_tokens":3000}}
	// session_end
}

// A Chat is what goes to the API of a model.
type Chat struct {
	Model    string    `json:"model"`
	Messages []Message `json:"messages"`
}

// A Message is one of a Chat.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// askModel stands for a client of an API, which gives its answer as JSON or a
// struct.
func askModel(context.Context, Chat) ([]byte, error) {
	return []byte(`{"id":"msg_1","model":"claude-sonnet-5","stop_reason":"end_turn",
		"content":[{"type":"text","text":"Done."}],
		"usage":{"input_tokens":101,"output_tokens":7,"cache_read_input_tokens":3000}}`), nil
}

// Functions need not be made for it: any signature will do. Go does not know
// the names of parameters at run time, so they are told.
func ExampleFunc() {
	var out bytes.Buffer
	ctx, s := trace.Start(context.Background(), trace.Config{Writer: &out})

	replace := trace.Func(ctx, "Replace", strings.ReplaceAll, "text", "old", "new")
	fmt.Println(replace("one two", "two", "three"))
	read := trace.Func(ctx, "Read", os.ReadFile, "path")
	read("/no/such/file")

	s.End()
	show(out.Bytes())
	// Output:
	// one three
	// session_start
	// tool_call Replace {"text":"one two","old":"two","new":"three"}
	// tool_result Replace "one three"
	// tool_call Read {"path":"/no/such/file"}
	// error Read "open /no/such/file: no such file or directory"
	// session_end
}

// A call in place.
func ExampleDo() {
	var out bytes.Buffer
	ctx, s := trace.Start(context.Background(), trace.Config{Writer: &out})

	// Named and shaped as an agent's own tools are, so that reports know the
	// command and the audit judges it.
	args := map[string]string{"command": "go vet ./..."}
	_, err := trace.Do(ctx, "Bash", args, func(ctx context.Context) (string, error) {
		return "", errors.New("exit status 1")
	})
	fmt.Println(err)

	s.End()
	show(out.Bytes())
	// Output:
	// exit status 1
	// session_start
	// tool_call Bash {"command":"go vet ./..."}
	// error Bash "exit status 1"
	// session_end
}

// An answer that streams has its end where the stream ends.
func ExampleBeginLLM() {
	var out bytes.Buffer
	ctx, s := trace.Start(context.Background(), trace.Config{Writer: &out})

	_, x := trace.BeginLLM(ctx, trace.Request{Model: "gpt-5", Messages: 12})
	var text strings.Builder
	for _, piece := range []string{"All ", "done."} {
		text.WriteString(piece)
	}
	last := `{"usage":{"prompt_tokens":1200,"prompt_tokens_details":{"cached_tokens":1000},"completion_tokens":5}}`
	x.End(trace.Response{Text: text.String(), Usage: trace.UsageOf(last)}, nil)

	s.End()
	show(out.Bytes())
	// Output:
	// session_start
	// llm_request {"model":"gpt-5","message_count":12}
	// assistant_response {"text":"All done.","model":"gpt-5"}
	// llm_response {"model":"gpt-5","usage":{"input_tokens":200,"output_tokens":5,"cache_read_tokens":1000}}
	// session_end
}

// A tool that starts another agent. at-cat --tree | at-tree shows who started
// whom.
func ExampleSubagent() {
	var out bytes.Buffer
	ctx, s := trace.Start(context.Background(), trace.Config{Agent: "lead", Writer: &out})

	explore := trace.Tool("Task", func(ctx context.Context, in struct{ Prompt string }) (string, error) {
		ctx, sub := trace.Subagent(ctx, trace.Config{Type: "Explore", Description: in.Prompt})
		defer sub.End()
		trace.Prompt(ctx, in.Prompt)
		return "found", nil
	})
	explore(ctx, struct{ Prompt string }{"find the callers"})
	s.End()

	var set session.Set
	for e := range lines(out.Bytes()) {
		set.Add(e)
	}
	for _, f := range set.Folds() {
		sum := f.Summary()
		fmt.Println(sum.Agent, sum.AgentType, sum.ToolCalls, sum.Prompts, sum.ParentSession == s.ID())
	}
	// Output:
	// lead  1 0 false
	// lead Explore 0 1 true
}

// show prints what of the events stays the same.
func show(text []byte) {
	for e := range lines(text) {
		d := e.Data()
		switch e.Type() {
		case "session_start", "session_end":
			fmt.Println(e.Type())
		case "tool_call":
			fmt.Println(e.Type(), d.Get("tool_name"), d.Get("arguments").Raw)
		case "tool_result", "error":
			fmt.Println(e.Type(), d.Get("tool_name"), d.Get("result").Raw+d.Get("error").Raw)
		default:
			fmt.Println(e.Type(), d.Raw)
		}
	}
}

// lines calls yield for each event of a text.
func lines(text []byte) func(yield func(event.Event) bool) {
	return func(yield func(event.Event) bool) {
		for line := range bytes.Lines(text) {
			e, err := event.Parse(bytes.TrimSuffix(line, []byte{'\n'}))
			if err != nil {
				fmt.Printf("%v: %s\n", err, line)
			} else if !yield(e) {
				return
			}
		}
	}
}
