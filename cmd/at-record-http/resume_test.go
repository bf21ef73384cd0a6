package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"agenttrace/lib/proxy/proxytest"
)

// TestResumed has the server close the stream of a call before it answers, and
// the client come back for the answer, which is on another stream.
func TestResumed(t *testing.T) {
	server := mcp.NewServer(&mcp.Implementation{Name: "resumed", Version: "1"}, nil)
	mcp.AddTool(server, &mcp.Tool{Name: "later"}, func(ctx context.Context, r *mcp.CallToolRequest, in struct{}) (*mcp.CallToolResult, any, error) {
		r.Extra.CloseSSEStream(mcp.CloseSSEStreamArgs{RetryAfter: 10 * time.Millisecond})
		time.Sleep(100 * time.Millisecond)
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: "here it is"}}}, nil, nil
	})
	h := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return server }, &mcp.StreamableHTTPOptions{EventStore: mcp.NewMemoryEventStore(nil)})
	up := httptest.NewServer(h)
	defer up.Close()
	r := record(t, up.URL+"/mcp")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	used, err := proxytest.Use(ctx, &mcp.StreamableClientTransport{Endpoint: r.url}, "later", 0, [][]proxytest.Call{{{Tool: "later", Args: map[string]any{}}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := used.Calls[0]; got.Result != `{"content":[{"text":"here it is","type":"text"}]}` {
		t.Errorf("%+v", got)
	}
	for _, wrong := range proxytest.Check(r.end(), "p", used.Calls) {
		t.Error(wrong)
	}
}

// TestReplayed has the server send the answer to a call again, to a client that
// may not have got it, and the answer to another for the first time.
func TestReplayed(t *testing.T) {
	const one = "id: 1\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[]}}\n\n"
	const two = "id: 2\ndata: {\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"content\":[]}}\n\n"
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", "text/event-stream")
		switch {
		case r.Method == "GET":
			io.WriteString(w, one+two)
		case bytes.Contains(body, []byte(`"id":1`)):
			io.WriteString(w, one)
		default:
			io.WriteString(w, "id: 0\ndata: \n\n")
		}
	}))
	defer up.Close()
	r := record(t, up.URL)
	head := map[string]string{"Mcp-Session-Id": "s", "Content-Type": "application/json"}
	for _, id := range []string{"1", "2"} {
		do(t, "POST", r.url, `{"jsonrpc":"2.0","id":`+id+`,"method":"tools/call","params":{"name":"x"}}`, head)
	}
	head["Last-Event-Id"] = "0"
	for range 2 {
		if _, body, _ := do(t, "GET", r.url, "", head); body != one+two {
			t.Errorf("%q", body)
		}
	}
	events := r.end()
	if n := count(events); n["tool_call"] != 2 || n["tool_result"] != 2 || n["error"] != 0 {
		t.Errorf("%v", n)
	}
	for _, e := range events {
		if e.Is("tool_result") && e.Parent() == "" {
			t.Errorf("an outcome without its call: %s", e.Raw)
		}
	}
}
