package capture

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// The log that Claude Desktop writes of a server is text with messages in it.
func TestTextLog(t *testing.T) {
	const log = `2026-11-22T07:00:00.000Z [files] [info] Initializing server... { metadata: undefined }
2026-11-22T07:00:00.100Z [files] [info] Message from client: {"method":"initialize","params":{"protocolVersion":"2025-06-18","clientInfo":{"name":"claude-ai","version":"0.1.0"}},"jsonrpc":"2.0","id":0} { metadata: undefined }
Secure server running
{
  "level": "debug"
}
{"level":"info","msg":"a line of the server's own log"}
2026-11-22T07:00:00.200Z [files] [info] Message from server: {"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-06-18","serverInfo":{"name":"fs","version":"1"}}}
2026-11-22T07:00:01.000Z [files] [info] Message from client: {"method":"tools/call","params":{"name":"read","arguments":{"path":"a"}},"jsonrpc":"2.0","id":1}
2026-11-22T07:00:01.500Z [git] [info] Message from client: {"method":"tools/call","params":{"name":"log"},"jsonrpc":"2.0","id":1}
2026-11-22T07:00:02.000Z [files] [info] Message from server: {"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"x"}]}}
2026-11-22T07:00:03.000Z [git] [info] Message from server: {"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}}
2026-11-22T07:00:04.000Z [files] [info] Message from server: {"jsonrpc":"2.0","id":9,"result":{"content":[{"type":"te... [92 chars truncated]
2026-11-22T07:00:05.000Z [files] [info] Server transport closed
2026-11-22T07:00:05.001Z [files] [error] Server disconnected. {"context":"connection"}
2026-11-22T07:00:06.000Z [files] [info] Initializing server...
2026-11-22T07:00:06.100Z [files] [info] Message from client: {"method":"initialize","params":{},"jsonrpc":"2.0","id":0}
`
	want := []string{
		"1 session_start ",
		"1 mcp_message Secure server running", "1 mcp_message {", `1 mcp_message "level": "debug"`, "1 mcp_message }",
		`1 mcp_message {"level":"info","msg":"a line of the server's own log"}`,
		"1 session_start ", "1 tool_call mcp__files__read", "2 session_start ", "2 tool_call mcp__git__log",
		"1 tool_result mcp__files__read 1000", "2 error mcp__git__log 1500",
		`1 mcp_message {"jsonrpc":"2.0","id":9,"result":{"content":[{"type":"te... [92 chars truncated]`,
		"1 session_end ", `1 mcp_message Server disconnected. {"context":"connection"}`,
		"3 session_start ",
	}
	for _, agent := range []string{"claude", "codex", "gemini"} { // whose it is not
		r := capture(t, log, File{Name: "f", Agent: agent}, false)
		if len(r.lines) > 0 || len(r.problems) == 0 {
			t.Errorf("as %s's: %q", agent, r.lines)
		}
	}
	for _, text := range []string{log, strings.ReplaceAll(log, "\n", "\r\n"), "\uFEFF" + log} {
		r := capture(t, text, File{Name: "mcp-server-files.log"}, false)
		var got []string
		sessions := map[string]string{}
		for _, l := range r.lines {
			g := gjson.GetMany(l, "session_id", "event_type", "data.tool_name", "data.text", "duration_ms")
			if sessions[g[0].Str] == "" {
				sessions[g[0].Str] = string(rune('1' + len(sessions)))
			}
			took := ""
			if g[4].Exists() {
				took = " " + g[4].Raw
			}
			got = append(got, sessions[g[0].Str]+" "+g[1].Str+" "+g[2].Str+g[3].Str+took)
		}
		if a, b := strings.Join(got, "\n"), strings.Join(want, "\n"); a != b {
			t.Errorf("got\n%s\nwant\n%s", a, b)
		}
		if len(r.problems) > 0 {
			t.Error(r.problems)
		}
	}
}
