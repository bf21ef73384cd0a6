// Package proxytest has an MCP server, and a client that uses all of it, made
// with the official SDK, for tests of what stands between them.
package proxytest

//lint:file-ignore SA1019 sampling is on its way out of the protocol, and clients still have it

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

type sum struct {
	A float64 `json:"a"`
	B float64 `json:"b"`
}

type total struct {
	Sum float64 `json:"sum"`
}

type size struct {
	Bytes int `json:"bytes"`
}

// Server returns a server with tools that answer, fail, tell of progress, wait
// to be cancelled, ask the client's model, and answer at length; with a resource
// and a prompt.
func Server() *mcp.Server {
	s := mcp.NewServer(&mcp.Implementation{Name: "proxytest", Version: "1"}, &mcp.ServerOptions{Instructions: "add things"})
	mcp.AddTool(s, &mcp.Tool{Name: "add", Description: "adds"}, func(ctx context.Context, r *mcp.CallToolRequest, in sum) (*mcp.CallToolResult, total, error) {
		return nil, total{in.A + in.B}, nil
	})
	mcp.AddTool(s, &mcp.Tool{Name: "boom", Description: "fails"}, func(ctx context.Context, r *mcp.CallToolRequest, in struct{}) (*mcp.CallToolResult, any, error) {
		return nil, nil, errors.New("it failed")
	})
	mcp.AddTool(s, &mcp.Tool{Name: "steps", Description: "tells of progress"}, func(ctx context.Context, r *mcp.CallToolRequest, in struct{}) (*mcp.CallToolResult, any, error) {
		for i := range 3 {
			err := r.Session.NotifyProgress(ctx, &mcp.ProgressNotificationParams{ProgressToken: r.Params.GetProgressToken(), Progress: float64(i), Total: 3})
			if err != nil {
				return nil, nil, err
			}
		}
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: "done"}}}, nil, nil
	})
	mcp.AddTool(s, &mcp.Tool{Name: "hang", Description: "waits to be cancelled"}, func(ctx context.Context, r *mcp.CallToolRequest, in struct{}) (*mcp.CallToolResult, any, error) {
		// That it has arrived.
		err := r.Session.NotifyProgress(ctx, &mcp.ProgressNotificationParams{ProgressToken: r.Params.GetProgressToken(), Progress: 1})
		if err != nil {
			return nil, nil, err
		}
		select {
		case <-ctx.Done():
		case <-time.After(2 * time.Second): // the SDK without sessions does not cancel
		}
		return nil, nil, context.Canceled
	})
	mcp.AddTool(s, &mcp.Tool{Name: "ask", Description: "asks the client's model"}, func(ctx context.Context, r *mcp.CallToolRequest, in struct{}) (*mcp.CallToolResult, any, error) {
		res, err := r.Session.CreateMessage(ctx, &mcp.CreateMessageParams{
			MaxTokens: 10, Messages: []*mcp.SamplingMessage{{Role: "user", Content: &mcp.TextContent{Text: "who are you?"}}},
		})
		if err != nil {
			return nil, nil, err
		}
		return &mcp.CallToolResult{Content: []mcp.Content{res.Content}}, nil, nil
	})
	mcp.AddTool(s, &mcp.Tool{Name: "much", Description: "answers at length"}, func(ctx context.Context, r *mcp.CallToolRequest, in size) (*mcp.CallToolResult, any, error) {
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: strings.Repeat("x", in.Bytes)}}}, nil, nil
	})
	s.AddResource(&mcp.Resource{Name: "note", URI: "mem://note"}, func(ctx context.Context, r *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
		return &mcp.ReadResourceResult{Contents: []*mcp.ResourceContents{{URI: "mem://note", Text: "hello"}}}, nil
	})
	s.AddPrompt(&mcp.Prompt{Name: "greet"}, func(ctx context.Context, r *mcp.GetPromptRequest) (*mcp.GetPromptResult, error) {
		return &mcp.GetPromptResult{Messages: []*mcp.PromptMessage{{Role: "user", Content: &mcp.TextContent{Text: "hi"}}}}, nil
	})
	return s
}

// Drive uses a server: initialize, list, call, progress, cancel, sampling,
// error, resource, prompt. It returns what came of it, a line each.
func Drive(ctx context.Context, t mcp.Transport, version string) ([]string, error) {
	var mu sync.Mutex
	progress := 0
	told := make(chan struct{}, 16)
	client := mcp.NewClient(&mcp.Implementation{Name: "driver", Version: "1"}, &mcp.ClientOptions{
		CreateMessageHandler: func(ctx context.Context, r *mcp.CreateMessageRequest) (*mcp.CreateMessageResult, error) {
			return &mcp.CreateMessageResult{Model: "model-1", Role: "assistant", Content: &mcp.TextContent{Text: "I am a test"}}, nil
		},
		ProgressNotificationHandler: func(context.Context, *mcp.ProgressNotificationClientRequest) {
			mu.Lock()
			progress++
			mu.Unlock()
			told <- struct{}{}
		},
	})
	s, err := client.Connect(ctx, t, &mcp.ClientSessionOptions{ProtocolVersion: version})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	var lines []string
	say := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	list, err := s.ListTools(ctx, nil)
	if err != nil {
		return lines, err
	}
	say("%d tools", len(list.Tools))
	call := func(ctx context.Context, name string, args any) {
		p := &mcp.CallToolParams{Name: name, Arguments: args}
		p.SetProgressToken("token-" + name)
		r, err := s.CallTool(ctx, p)
		switch {
		case errors.Is(err, context.Canceled):
			say("%s: cancelled", name)
		case err != nil:
			say("%s: error %v", name, err)
		case len(r.Content) == 1:
			text := r.Content[0].(*mcp.TextContent).Text
			say("%s: failed=%v %.20s (%d)", name, r.IsError, text, len(text))
		}
	}
	call(ctx, "add", sum{2, 3})
	call(ctx, "boom", struct{}{})
	call(ctx, "steps", struct{}{})
	arrived := func() {
		select {
		case <-told:
		case <-ctx.Done():
		case <-time.After(5 * time.Second):
			say("no progress was told")
		}
	}
	for range 3 {
		arrived()
	}
	call(ctx, "no_such_tool", struct{}{})
	call(ctx, "much", size{300_000})
	if version != "" && version < "2026" {
		call(ctx, "ask", struct{}{})
	}
	some, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		call(some, "hang", struct{}{})
	}()
	arrived()
	if _, err := s.ReadResource(ctx, &mcp.ReadResourceParams{URI: "mem://note"}); err != nil {
		say("resource: %v", err)
	}
	cancel()
	<-done
	if p, err := s.GetPrompt(ctx, &mcp.GetPromptParams{Name: "greet"}); err != nil {
		say("prompt: %v", err)
	} else {
		say("prompt: %d messages", len(p.Messages))
	}
	mu.Lock()
	defer mu.Unlock()
	say("%d times progress", progress)
	return lines, nil
}

// Want is what Drive returns with a revision of the protocol.
func Want(version string) string {
	ask := "ask: failed=false I am a test (11)\n"
	if version == "" || version >= "2026" {
		ask = ""
	}
	return `6 tools
add: failed=false {"sum":5} (9)
boom: failed=true it failed (9)
steps: failed=false done (4)
no_such_tool: error calling "tools/call": unknown tool "no_such_tool"
much: failed=false xxxxxxxxxxxxxxxxxxxx (300000)
` + ask + `hang: cancelled
prompt: 1 messages
4 times progress
`
}
