package proxytest

//lint:file-ignore SA1019 sampling is on its way out of the protocol, and clients still have it

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"agenttrace/lib/event"
)

// A Call is a call of a tool.
type Call struct {
	Tool string
	Args map[string]any
}

// Called is a call and what the client got for it, as JSON with sorted keys.
// Result is empty if Error says why there is none.
type Called struct{ Tool, Args, Result, Error string }

// Used is what came of using a server. It does not depend on time, and is the
// same with a proxy as without.
type Used struct {
	Tools    []string
	Calls    []Called
	Asked    []string // what the server asked the client, in order
	Progress int      // how often it was told of progress
}

// EverythingCalls uses the tools of server-everything: those that answer, one
// that takes its time, those that ask the client for something, one that there
// is not, and many at once. The calls of each list are made at once.
func EverythingCalls() [][]Call {
	var together []Call
	for i := range 8 {
		together = append(together, Call{"echo", map[string]any{"message": fmt.Sprintf("call %d", i)}})
	}
	one := func(tool string, args map[string]any) []Call { return []Call{{tool, args}} }
	return [][]Call{
		one("echo", map[string]any{"message": "hi \u00e9 \u2028 \x1b[1m"}),
		one("get-sum", map[string]any{"a": 2, "b": 3}),
		one("get-tiny-image", map[string]any{}),
		one("get-structured-content", map[string]any{"location": "Chicago"}),
		one("get-annotated-message", map[string]any{"messageType": "error", "includeImage": true}),
		one("get-resource-links", map[string]any{"count": 3}),
		one("get-sum", map[string]any{"a": "no number"}),
		one("no-such-tool", map[string]any{}),
		one("trigger-long-running-operation", map[string]any{"duration": 0.5, "steps": LongSteps}),
		one("trigger-sampling-request", map[string]any{"prompt": "who are you?", "maxTokens": 10}),
		one("trigger-elicitation-request", map[string]any{}),
		together,
	}
}

// LongSteps is how often server-everything tells of progress in EverythingCalls.
const LongSteps = 5

// Use connects to a server and makes calls. need is a tool that the server may
// offer some time after the connection is made.
func Use(ctx context.Context, t mcp.Transport, need string, progress int, calls [][]Call) (*Used, error) {
	var u Used
	var mu sync.Mutex
	asked := func(what string) {
		mu.Lock()
		defer mu.Unlock()
		u.Asked = append(u.Asked, what)
	}
	var told atomic.Int64
	client := mcp.NewClient(&mcp.Implementation{Name: "driver", Version: "1"}, &mcp.ClientOptions{
		CreateMessageHandler: func(_ context.Context, r *mcp.CreateMessageRequest) (*mcp.CreateMessageResult, error) {
			asked("sampling " + canonical(r.Params))
			return &mcp.CreateMessageResult{Model: "model-1", Role: "assistant", StopReason: "endTurn", Content: &mcp.TextContent{Text: "I am a test"}}, nil
		},
		ElicitationHandler: func(_ context.Context, r *mcp.ElicitRequest) (*mcp.ElicitResult, error) {
			asked("elicitation " + r.Params.Message)
			return &mcp.ElicitResult{Action: "accept", Content: map[string]any{"name": "Ada", "check": true, "integer": 7}}, nil
		},
		ProgressNotificationHandler: func(context.Context, *mcp.ProgressNotificationClientRequest) { told.Add(1) },
	})
	s, err := client.Connect(ctx, t, nil)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	for range 100 {
		list, err := s.ListTools(ctx, nil)
		if err != nil {
			return nil, err
		}
		u.Tools = nil
		for _, tool := range list.Tools {
			u.Tools = append(u.Tools, tool.Name)
		}
		if slices.Contains(u.Tools, need) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	slices.Sort(u.Tools)
	for n, list := range calls {
		got := make([]Called, len(list))
		var all sync.WaitGroup
		for i, c := range list {
			all.Go(func() {
				p := &mcp.CallToolParams{Name: c.Tool, Arguments: c.Args}
				p.SetProgressToken(fmt.Sprintf("token-%d-%d", n, i))
				got[i] = Called{Tool: c.Tool, Args: canonical(c.Args)}
				if r, err := s.CallTool(ctx, p); err != nil {
					got[i].Error = err.Error()
				} else {
					got[i].Result = canonical(r)
				}
			})
		}
		all.Wait()
		u.Calls = append(u.Calls, got...)
	}
	// A notification may be handled after the answer that followed it.
	for range 100 {
		if u.Progress = int(told.Load()); u.Progress >= progress {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	return &u, ctx.Err()
}

// canonical returns a value as JSON with sorted keys.
func canonical(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return sorted(raw)
}

func sorted(raw []byte) string {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return string(raw)
	}
	raw, _ = json.Marshal(v)
	return string(raw)
}

// Check compares a trace with what a client got: each call has to be in it
// once, under the name that the agent has for it, with one outcome, which is the
// client's. It returns what is wrong.
func Check(events []event.Event, server string, calls []Called) (wrong []string) {
	type seen struct {
		event.Event
		outcomes []event.Event
	}
	var traced []*seen
	byID := map[string]*seen{}
	for _, e := range events {
		if e.Is("tool_call") {
			s := &seen{Event: e}
			traced, byID[e.ID()] = append(traced, s), s
		}
	}
	for _, e := range events {
		if !e.Is("tool_result") && !(e.Is("error") && e.Get("kind").Str == "tool") {
			continue
		}
		if s := byID[e.Parent()]; s != nil {
			s.outcomes = append(s.outcomes, e)
		} else {
			wrong = append(wrong, "an outcome without its call: "+string(e.Raw))
		}
	}
	for _, s := range traced {
		if len(s.outcomes) != 1 {
			wrong = append(wrong, fmt.Sprintf("%d outcomes of %s", len(s.outcomes), s.Raw))
		}
	}
	for _, c := range calls {
		i := slices.IndexFunc(traced, func(s *seen) bool {
			return s != nil && s.Get("tool_name").Str == "mcp__"+server+"__"+c.Tool && sorted([]byte(s.Get("arguments").Raw)) == c.Args
		})
		if i < 0 {
			wrong = append(wrong, fmt.Sprintf("not in the trace: %s %s", c.Tool, c.Args))
			continue
		}
		s := traced[i]
		traced[i] = nil
		if len(s.outcomes) != 1 {
			continue
		}
		out := s.outcomes[0]
		if result := out.Get("result"); c.Error == "" && sorted([]byte(result.Raw)) != c.Result {
			wrong = append(wrong, fmt.Sprintf("%s %s: the client got\n%s\nthe trace has\n%s", c.Tool, c.Args, c.Result, out.Raw))
		} else if (c.Error != "" || result.Get("isError").Bool()) != out.Is("error") {
			wrong = append(wrong, fmt.Sprintf("%s %s: not what happened: %s", c.Tool, c.Args, out.Raw))
		}
	}
	for _, s := range traced {
		if s != nil {
			wrong = append(wrong, "nobody called: "+string(s.Raw))
		}
	}
	return wrong
}
