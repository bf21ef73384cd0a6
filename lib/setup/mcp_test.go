package setup

import (
	"slices"
	"testing"
)

var recordPlain = MCP{Command: "at-record"}

func TestRecord(t *testing.T) {
	for _, tt := range []struct{ name, file, old, want string }{
		{"Cursor", "mcp.json",
			"{\n  // servers\n  \"mcpServers\": {\n    \"files\": {\n      \"command\": \"npx\", // node\n      \"args\": [\"-y\", \"server\", \"/tmp\"],\n      \"env\": {\"K\": \"v\"}\n    }\n  }\n}\n",
			"{\n  // servers\n  \"mcpServers\": {\n    \"files\": {\n      \"command\": \"at-record\", // node\n      \"args\": [\"--name\", \"files\", \"--\", \"npx\", \"-y\", \"server\", \"/tmp\"],\n      \"env\": {\"K\": \"v\"}\n    }\n  }\n}\n"},
		{"args over lines", "mcp_config.json",
			"{\"mcpServers\":{\"a\":{\"command\":\"x\",\"args\":[\n  \"1\",\n  \"2\"\n]}}}",
			"{\"mcpServers\":{\"a\":{\"command\":\"at-record\",\"args\":[\n  \"--name\",\n  \"a\",\n  \"--\",\n  \"x\",\n  \"1\",\n  \"2\"\n]}}}"},
		{"no args", "mcp.json", `{"servers":{"a b":{"type":"stdio","command":"x"}}}`,
			`{"servers":{"a b":{"type":"stdio","command":"at-record","args":["--name","a b","--","x"]}}}`},
		{"without spaces", "mcp.json", `{"mcpServers":{"a":{"args":["1","2"],"command":"x"}}}`,
			`{"mcpServers":{"a":{"args":["--name","a","--","x","1","2"],"command":"at-record"}}}`},
		{"remote beside it", "mcp.json", `{"mcpServers":{"r":{"url":"https://x"},"l":{"command":"x"}}}`,
			`{"mcpServers":{"r":{"url":"https://x"},"l":{"command":"at-record","args":["--name","l","--","x"]}}}`},
		{"Claude Code", ".claude.json", `{"projects":{"/p":{"mcpServers":{"a":{"command":"x","args":["1"]}}}},"mcpServers":{"b":{"command":"y","args":["2"]}}}`,
			`{"projects":{"/p":{"mcpServers":{"a":{"command":"at-record","args":["--name", "a", "--", "x", "1"]}}}},"mcpServers":{"b":{"command":"at-record","args":["--name", "b", "--", "y", "2"]}}}`},
		{"OpenCode", "opencode.jsonc", `{"mcp": {"a": {"type": "local", "command": ["npx", "-y", "s"],},},}`,
			`{"mcp": {"a": {"type": "local", "command": ["at-record", "--name", "a", "--", "npx", "-y", "s"],},},}`},
		{"VS Code's settings", "settings.json", `{"mcp": {"servers": {"a": {"command": "x", "args": ["1"]}}}}`,
			`{"mcp": {"servers": {"a": {"command": "at-record", "args": ["--name", "a", "--", "x", "1"]}}}}`},
		{"Codex", "config.toml", "[mcp_servers.a] # a\ncommand = 'npx' # node\nargs = [\"-y\", 's']\n[mcp_servers.a.env]\nK = \"v\"\n\n[mcp_servers.\"b.c\"]\ncommand = \"y\"",
			"[mcp_servers.a] # a\ncommand = \"at-record\" # node\nargs = [\"--name\", \"a\", \"--\", \"npx\", \"-y\", 's']\n[mcp_servers.a.env]\nK = \"v\"\n\n[mcp_servers.\"b.c\"]\ncommand = \"at-record\"\nargs = [\"--name\", \"b.c\", \"--\", \"y\"]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := recordPlain.Record(tt.file, []byte(tt.old))
			if err != nil || string(got) != tt.want {
				t.Fatalf("got  %s (%v)\nwant %s", got, err, tt.want)
			}
			if again, err := recordPlain.Record(tt.file, got); err != nil || string(again) != tt.want {
				t.Errorf("twice: %s (%v)", again, err)
			}
			list, err := Servers(tt.file, got)
			if err != nil || slices.ContainsFunc(list, func(s Server) bool { return s.Recorded != (s.URL == "") || s.Line < 1 }) {
				t.Errorf("servers: %+v (%v)", list, err)
			}
			more, err := MCP{Command: "/o p/at-record", Redact: true, Mask: true, TraceDir: "/t"}.Record(tt.file, got)
			if err != nil {
				t.Fatal(err)
			}
			back, err := Unrecord(tt.file, more)
			want := tt.old
			if tt.name == "Codex" { // how a string was quoted is not known
				want = "[mcp_servers.a] # a\ncommand = \"npx\" # node\nargs = [\"-y\", 's']\n[mcp_servers.a.env]\nK = \"v\"\n\n[mcp_servers.\"b.c\"]\ncommand = \"y\"\n"
			}
			if err != nil || string(back) != want {
				t.Errorf("back: %s (%v)\nwant: %s", back, err, want)
			}
		})
	}
}

// What agent-strace was put into is put right.
func TestRecordOfAgentStrace(t *testing.T) {
	const old = `{"mcpServers":{"a":{"command":"agent-strace","args":["record","--name","files","--","npx","-y","s"]},"t":{"command":"agent-strace","args":["mcp"]}}}`
	got, err := Unrecord("mcp.json", []byte(old))
	if want := `{"mcpServers":{"a":{"command":"npx","args":["-y","s"]},"t":{"command":"agent-strace","args":["mcp"]}}}`; err != nil || string(got) != want {
		t.Errorf("%s (%v), want %s", got, err, want)
	}
}

func TestRecordErrors(t *testing.T) {
	for _, text := range []string{"", "[]", "{", `{"mcpServers":`} {
		if got, err := recordPlain.Record("mcp.json", []byte(text)); err == nil {
			t.Errorf("%q became %q", text, got)
		}
	}
	// Nothing that is a server, or not one that can be understood: it stays.
	for _, text := range []string{"{}", `{"mcpServers":[]}`, `{"mcpServers":{"a":1}}`, `{"mcpServers":{"a":{"command":7}}}`, `{"mcpServers":{"a":{"command":"x","args":[1]}}}`} {
		if got, err := recordPlain.Record("mcp.json", []byte(text)); err != nil || string(got) != text {
			t.Errorf("%q became %q (%v)", text, got, err)
		}
	}
	if err := (MCP{Command: "tracer"}).Check(); err == nil {
		t.Error("a command that could not be found again was taken")
	}
}

func TestSame(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{`{"a":1}`, "{\n \"a\": 1\n}\n", true},
		{`{"hooks":{"Stop":[]},"a":1}`, `{"a":1}`, true},
		{`{"a":1}`, `{"a":2}`, false},
		{`{"a":1} // x`, `{"a":1}`, false},
		{"{ // x\n\"a\": 1, \"hooks\": {} }", "{ // x\n\"a\": 1 }", true},
		{"{ // x\n\"a\": 1, \"hooks\": {} }", "{ // y\n\"a\": 1 }", false},
		{`{"a":1} /* x */`, `{"a":2} /* x */`, false},
		{`{}`, "\n", true},
		{`{"a":1}`, ``, false},
	} {
		if got := Same("x.json", []byte(tt.a), []byte(tt.b)); got != tt.want {
			t.Errorf("%s, %s: %v", tt.a, tt.b, got)
		}
	}
}
