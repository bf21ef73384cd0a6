//go:build unix

package e2e_test

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"github.com/tidwall/gjson"
)

// mcpServer is set for a process of this program that is to be an MCP server.
const mcpServer = "AT_E2E_MCP_SERVER"

// mcpCommand returns the program that is an MCP server, and its environment.
func (r *rig) mcpCommand() (program, variable string) {
	exe, err := os.Executable()
	if err != nil {
		r.Fatal(err)
	}
	return exe, mcpServer
}

// serveMCP is an MCP server with a tool that adds, and one that fails.
func serveMCP(in io.Reader, out io.Writer) {
	const schema = `{"type":"object","properties":{"a":{"type":"number"},"b":{"type":"number"}},"required":["a"]}`
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		m := gjson.ParseBytes(lines.Bytes())
		id := m.Get("id")
		if !id.Exists() {
			continue // a notification
		}
		p, result := m.Get("params"), ""
		switch m.Get("method").Str {
		case "initialize":
			result = fmt.Sprintf(`{"protocolVersion":%s,"capabilities":{"tools":{}},"serverInfo":{"name":"calculator","version":"1.0"}}`, p.Get("protocolVersion").Raw)
		case "tools/list":
			result = `{"tools":[{"name":"add","description":"Adds.","inputSchema":` + schema + `},{"name":"boom","description":"Fails.","inputSchema":` + schema + `}]}`
		case "tools/call":
			if p.Get("name").Str == "add" {
				sum := p.Get("arguments.a").Int() + p.Get("arguments.b").Int()
				result = fmt.Sprintf(`{"content":[{"type":"text","text":"the sum is %d"}]}`, sum)
			} else {
				result = `{"content":[{"type":"text","text":"it does not work"}],"isError":true}`
			}
		case "ping":
			result = `{}`
		default:
			fmt.Fprintf(out, `{"jsonrpc":"2.0","id":%s,"error":{"code":-32601,"message":"there is no such method"}}`+"\n", id.Raw)
			continue
		}
		fmt.Fprintf(out, `{"jsonrpc":"2.0","id":%s,"result":%s}`+"\n", id.Raw, result)
	}
}
