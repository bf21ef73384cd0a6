package mcp

import (
	"strings"
	"testing"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
)

// TestLog checks the forms of logs.
func TestLog(t *testing.T) {
	for _, c := range []struct{ name, log, want string }{
		{"nothing but messages: no times, the sides by what they say", `
			{"method":"initialize","params":{"protocolVersion":"2025-11-25","clientInfo":{"name":"c"}},"jsonrpc":"2.0","id":0}
			{"result":{"protocolVersion":"2025-11-25","serverInfo":{"name":"files","version":"1"}},"jsonrpc":"2.0","id":0}
			{"method":"tools/call","params":{"name":"read"},"jsonrpc":"2.0","id":0}
			{"method":"roots/list","jsonrpc":"2.0","id":1}
			{"result":{"content":[]},"jsonrpc":"2.0","id":0}
			{"result":{"roots":[]},"jsonrpc":"2.0","id":1}`, `
			session_start
			session_start
			tool_call tool_name="mcp__files__read"
			mcp_message method="roots/list" from="server"
			tool_result <3 tool_name="mcp__files__read"
			mcp_message <4 method="roots/list" from="client"`},
		{"a client only", `
			{"method":"initialize","params":{"protocolVersion":"2025-11-25","clientInfo":{"name":"c"}},"jsonrpc":"2.0","id":0}
			{"method":"tools/call","params":{"name":"read"},"jsonrpc":"2.0","id":1}`, `
			session_start
			tool_call tool_name="mcp__mcp__read"
			session_start`},
		{"one side only", `
			{"result":{"protocolVersion":"2025-11-25","serverInfo":{"name":"files"}},"jsonrpc":"2.0","id":0}
			{"result":{"content":[{"type":"text","text":"no"}],"isError":true},"jsonrpc":"2.0","id":7}
			{"result":{"content":[]},"jsonrpc":"2.0","id":8}`, `
			session_start
			session_start
			error
			tool_result`},
		{"with times and sides", `
			{"timestamp":"2026-11-22T07:00:00Z","direction":"client->server","message":{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a"}}}
			{"timestamp":"2026-11-22T07:00:02Z","direction":"server_to_client","message":"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{}}"}
			{"ts":1795332170,"dir":"c2s","data":[{"jsonrpc":"2.0","id":2,"method":"ping"}]}`, `
			session_start
			tool_call tool_name="mcp__mcp__a"
			tool_result <2 2s tool_name="mcp__mcp__a"`},
		{"calls of the Python SDK", `
			{"type":"request","timestamp":"2025-10-23T23:02:51","count":3,"method":"call_tool","args":["read_file",{"path":"README.md"}],"kwargs":{}}
			{"type":"response","timestamp":"2025-10-23T23:02:52","count":3,"method":"call_tool","result":{"content":[],"isError":false},"error":null}
			{"type":"request","timestamp":"2025-10-23T23:02:53","count":4,"method":"call_tool","args":[],"kwargs":{"name":"x"}}
			{"type":"response","timestamp":"2025-10-23T23:02:54","count":4,"method":"call_tool","result":null,"error":"it broke"}`, `
			session_start
			tool_call tool_name="mcp__mcp__read_file"
			tool_result <2 1s tool_name="mcp__mcp__read_file"
			tool_call tool_name="mcp__mcp__x"
			error <4 1s tool_name="mcp__mcp__x" method="tools/call"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := &book{t: t}
			r := New(&dialect.Sink{Emit: b.emit})
			r.Begin(dialect.File{Name: "x/mcp.log"})
			for line := range strings.Lines(c.log) {
				if line = strings.TrimSpace(line); line == "" {
					continue
				}
				var rec record.Record
				if err := rec.Parse([]byte(line)); err != nil {
					t.Fatal(err)
				}
				if !r.Is(&rec) {
					t.Errorf("not taken for MCP's: %s", line)
				}
				if err := r.Take(&rec, 1); err != nil {
					t.Error(err)
				}
			}
			if err := r.End(); err != nil {
				t.Error(err)
			}
			if got, want := b.short("tool_name", "method", "from"), dedent(c.want); got != want {
				t.Errorf("got\n%swant\n%s", got, want)
			}
		})
	}
}

// TestNotLog checks that records of others are left to them.
func TestNotLog(t *testing.T) {
	r := New(&dialect.Sink{})
	for _, line := range []string{
		`{"event_type":"tool_call","data":{"jsonrpc":"2.0","method":"x"}}`, `{"type":"user","message":{"role":"user","content":"jsonrpc"},"parentUuid":null}`,
		`{"hook_event_name":"PreToolUse","message":{"jsonrpc":"2.0","method":"x"}}`, `{"message":"jsonrpc 2.0"}`, `{"jsonrpc":"2.0"}`, `{"type":"request","count":1,"method":"GET"}`,
	} {
		var rec record.Record
		if err := rec.Parse([]byte(line)); err != nil {
			t.Fatal(err)
		}
		if r.Is(&rec) {
			t.Errorf("taken for MCP's: %s", line)
		}
	}
}
