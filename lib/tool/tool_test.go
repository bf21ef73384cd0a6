package tool

import (
	"encoding/json"
	"strings"
	"testing"
)

// show writes what a call means in one line.
func show(c Call) string {
	var b strings.Builder
	b.WriteString(c.Kind.String())
	for _, f := range []struct {
		name string
		list []string
	}{{"server", one(c.Server)}, {"tool", one(c.MCPTool)}, {"r", c.Reads}, {"w", c.Writes}, {"s", c.Searches}, {"h", c.Hosts}, {"$", one(c.Line)}} {
		if len(f.list) > 0 {
			b.WriteString(" " + f.name + "=" + strings.Join(f.list, ","))
		}
	}
	return b.String()
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func TestParse(t *testing.T) {
	tests := []struct{ name, args, want string }{
		// Claude Code
		{"Read", `{"file_path":"/a/b.go","offset":10}`, "read r=/a/b.go"},
		{"Write", `{"file_path":"/a","content":"{\"file_path\":\"no\"}"}`, "edit w=/a"},
		{"Edit", `{"replace_all":false,"file_path":"/a","old_string":"x","new_string":"y"}`, "edit w=/a"},
		{"MultiEdit", `{"file_path":".env","edits":[{"old_string":"a","new_string":"b"}]}`, "edit w=.env"},
		{"NotebookEdit", `{"notebook_path":"n.ipynb","new_source":"x"}`, "edit w=n.ipynb"},
		{"Glob", `{"pattern":"**/*.go","path":"src"}`, "search s=src"},
		{"Grep", `{"pattern":"*.key","path":"/etc"}`, "search s=/etc"},
		{"Grep", `{"pattern":"*.key"}`, "search"},
		{"LS", `{"path":"/x"}`, "search s=/x"},
		{"Bash", `{"command":"ls | wc","description":"d"}`, "shell $=ls | wc"},
		{"PowerShell", `{"command":"Get-Item x"}`, "shell $=Get-Item x"},
		{"BashOutput", `{"bash_id":"1"}`, "shell"},
		{"WebFetch", `{"url":"https://U:p@Example.COM:8443/x?y","prompt":"p"}`, "web h=example.com"},
		{"WebFetch", `{"url":"http://localhost:x@evil.com/"}`, "web h=evil.com"},
		{"WebFetch", `{"url":"http://evil.com\\@localhost/"}`, "web h=evil.com,localhost"}, /* clients differ */
		{"WebFetch", `{"url":"http://[::1]:80/"}`, "web h=::1"},
		{"WebFetch", `{"url":"evil.com?x"}`, "web h=evil.com"},
		{"WebFetch", `{"url":"file:///etc/passwd"}`, "web r=/etc/passwd"},
		{"WebSearch", `{"query":"go"}`, "web"},
		{"Task", `{"prompt":"p"}`, "agent"},
		{"Agent", `{"prompt":"p"}`, "agent"},
		{"TodoWrite", `{"todos":[]}`, "plan"},
		{"ExitPlanMode", `{"plan":"p"}`, "plan"},
		{"AskUserQuestion", `{}`, "other"},
		{"__proto__", `{}`, "other"},
		{"", ``, "other"},
		{"mcp__github__get_file_contents", `{"path":"a"}`, "mcp server=github tool=get_file_contents r=a"},
		{"mcp__plugin_x_server__tool_a__b", `{}`, "mcp server=plugin_x_server tool=tool_a__b"},
		{"mcp__fs__write_file", `{"path":".github/workflows/x.yml","content":""}`, "mcp server=fs tool=write_file w=.github/workflows/x.yml"},
		{"mcp__fs__move_file", `{"source":"a","destination":"b"}`, "mcp server=fs tool=move_file w=a,b"},
		{"mcp__db__execute", `{"command":"DROP TABLE x"}`, "mcp server=db tool=execute"},
		{"mcp__desk__start_process", `{"command":"curl x.io"}`, "mcp server=desk tool=start_process $=curl x.io"},
		{"ReadMcpResourceTool", `{"server":"s","uri":"u"}`, "mcp server=s"},
		// Codex
		{"exec_command", `"{\"cmd\":\"git fetch\",\"workdir\":\"/x\"}"`, "shell $=git fetch"},
		{"shell", `{"command":["bash","-lc","ls | wc"]}`, "shell $=ls | wc"},
		{"shell", `{"command":["/bin/sh","-c","x"]}`, "shell $=x"},
		{"shell", `{"command":["echo","a b","$x"]}`, `shell $=echo 'a b' '$x'`},
		{"shell", `{"command":["apply_patch","*** Begin Patch\n*** Add File: a b.txt\n+x\n*** End Patch"]}`, "shell w=a b.txt $=apply_patch $'*** Begin Patch\\n*** Add File: a b.txt\\n+x\\n*** End Patch'"},
		{"apply_patch", `"*** Begin Patch\n*** Update File: /a/b.go\n*** Move to: /a/c.go\n@@\n-*** Add File: no\n*** Delete File: d\n*** End Patch"`, "edit w=/a/b.go,/a/c.go,d"},
		{"apply_patch", "*** Begin Patch\n*** Add File: x\n+*** Add File: y\n", "edit w=x"},
		{"apply_patch", `{"input":"*** Begin Patch\n*** Add File: n\n"}`, "edit w=n"},
		{"apply_patch", `{"command":"*** Begin Patch\n*** Add File: n\n"}`, "edit w=n"},
		{"apply_patch", `{"changes":{"/a/b.go":{"type":"update","move_path":"/a/c.go"},"/d":{"type":"add","content":"x"}}}`, "edit w=/a/b.go,/a/c.go,/d"},
		{"file_change", `{"changes":[{"path":"/a","kind":"add"},{"path":"b","kind":"delete"}]}`, "edit w=/a,b"},
		{"file_change", `{"changes":["x",7]}`, "edit"},
		{"command_execution", `{"command":"/bin/bash -lc 'ls | wc'"}`, "shell $=/bin/bash -lc 'ls | wc'"},
		{"command_execution", `{"command":["/bin/bash","-lc","ls | wc"]}`, "shell $=ls | wc"},
		{"collaborationspawn_agent", `{"message":"m"}`, "agent"},
		{"view_image", `{"path":"a.png"}`, "read r=a.png"},
		{"update_plan", `{}`, "plan"},
		// Gemini
		{"read_file", `{"absolute_path":"/x"}`, "read r=/x"},
		{"read_many_files", `{"paths":["a","b","a"]}`, "read r=a,b"},
		{"replace", `{"file_path":"f","old_string":"a"}`, "edit w=f"},
		{"run_shell_command", `{"command":"make"}`, "shell $=make"},
		{"search_file_content", `{"pattern":"p","dir_path":"d"}`, "search s=d"},
		{"web_fetch", `{"prompt":"get (https://A.example/x), and http://b.example."}`, "web h=a.example,b.example"},
		{"mcp_mock_add", `{"a":1}`, "mcp server=mock tool=add"},
		{"run_commands", `{"commands":["git fetch","ls | wc"]}`, "shell $=git fetch\nls | wc"},
		{"run_commands", `{"commands":"[\"git fetch\"]"}`, "shell $=git fetch"},
		{"run_commands", `{"commands":[{"command":"echo","args":["a b"]}]}`, "shell $=echo 'a b'"},
		{"run_commands", `{"commands":"ls"}`, "shell $=ls"},
		{"read_files", `{"files":[{"path":"a"},{"path":"b","start_line":1}]}`, "read r=a,b"},
		// Cursor, Copilot, OpenCode, Cline, Droid, Kiro, Goose, Windsurf, OpenHands
		{"MCP:add", `{}`, "mcp tool=add"},
		{"Delete", `{"path":"a"}`, "edit w=a"},
		{"edit_file", `{"target_file":"a"}`, "edit w=a"},
		{"view", `{"path":"a"}`, "read r=a"},
		{"multi_replace_string_in_file", `{"replacements":[{"filePath":"a"},{"filePath":"b"}]}`, "edit w=a,b"},
		{"rg", `{"pattern":"x","paths":"/p"}`, "search s=/p"},
		{"read", `{"filePath":"a"}`, "read r=a"},
		{"patch", `{"patchText":"--- a/x\n+++ b/x\n@@\n"}`, "edit w=x"},
		{"webfetch", `{"url":"https://raw.example/x"}`, "web h=raw.example"},
		{"write_to_file", `{"absolutePath":"/s"}`, "edit w=/s"},
		{"use_mcp_tool", `{"server_name":"fs","tool_name":"read_file","arguments":"{\"path\":\"/k\"}"}`, "mcp server=fs tool=read_file r=/k"},
		{"Execute", `{"command":"ls"}`, "shell $=ls"},
		{"fs_read", `{"operations":[{"mode":"Line","path":"/k"}]}`, "read r=/k"},
		{"developer__text_editor", `{"command":"view","path":"a"}`, "read r=a"},
		{"developer__text_editor", `{"path":"a","command":"write"}`, "edit w=a"},
		{"memory__remember", `{}`, "mcp server=memory tool=remember"},
		{"run_command", `{"CommandLine":"ls","Cwd":"/"}`, "shell $=ls"},
		{"str_replace_editor", `"{\"command\": \"view\", \"path\": \"/w\"}"`, "read r=/w"},
		{"str_replace_based_edit_tool", `{"command":"str_replace","path":"/w"}`, "edit w=/w"},
		// hostile and broken
		{"Read", `{"file_path":"ok","file\u005fpath":".env"}`, "read r=ok,.env"},
		{"Read", `{"file_path":7}`, "read"},
		{"Read", `{"file_path":"a`, "read"},
		{"Read", `{"file_path":"a","b":`, "read r=a"},
		{"Bash", `{"command":"a","command":"b"}`, "shell $=b"},
		{"Bash", `null`, "shell $=null"},
		{"Bash", `{"command":null}`, "shell"},
	}
	for _, tt := range tests {
		if got := show(Parse(tt.name, []byte(tt.args))); got != tt.want {
			t.Errorf("%s %s\n got %s\nwant %s", tt.name, tt.args, got, tt.want)
		}
	}
}

func TestManyPaths(t *testing.T) {
	var list []string
	for i := range 200 {
		list = append(list, strings.Repeat("x", i%100+1))
	}
	args, _ := json.Marshal(map[string]any{"paths": list})
	if n := len(Parse("read_many_files", args).Reads); n != 100 {
		t.Errorf("%d paths", n)
	}
}

func TestCanonical(t *testing.T) {
	for _, tt := range [][2]string{
		{`{"b": 1.0, "a": [ {"d":1e5,"c":null} , "x" ] }`, `{"a":[{"c":null,"d":1e5},"x"],"b":1.0}`},
		{` "\u0041\/\n" `, "\"A/\\u000a\""},
		{`{"\u0062":1,"a":2}`, `{"a":2,"b":1}`},
		{`{}`, `{}`}, {`[]`, `[]`}, {` 12345678901234567890 `, `12345678901234567890`},
		{`{"a":`, `{"a":`}, {``, ``}, {`nope`, `nope`},
	} {
		got := string(Canonical([]byte(tt[0])))
		if got != tt[1] {
			t.Errorf("Canonical(%s) = %s, want %s", tt[0], got, tt[1])
		}
		if again := string(Canonical([]byte(got))); again != got {
			t.Errorf("Canonical(%s) = %s", got, again)
		}
	}
}

func TestTitle(t *testing.T) {
	long := strings.Repeat("é", 200)
	tests := []struct{ name, args, want string }{
		{"Bash", `{"command":"a\n\tb"}`, "$ a  b"},
		{"Bash", `{"command":"` + long + `"}`, "$ " + long[:240] + "..."},
		{"Read", `{"file_path":"/a"}`, "/a"},
		{"Edit", `{"file_path":"/a","old_string":"x\ny","new_string":""}`, "/a (replacing: x y)"},
		{"MultiEdit", `{"file_path":"/a","edits":[{},{}]}`, "/a (2 edits)"},
		{"Glob", `{"pattern":"*.go"}`, "*.go"},
		{"Glob", `{"pattern":"*.go","path":"src"}`, "*.go in src"},
		{"Grep", `{"pattern":"x+","path":"src"}`, "/x+/ src"},
		{"Grep", `{"pattern":"x+"}`, "/x+/"},
		{"LS", `{"path":"/x"}`, "/x"},
		{"WebFetch", `{"prompt":"p","url":"https://x.io/"}`, "https://x.io/"},
		{"WebSearch", `{"query":"go"}`, "go"},
		{"Agent", `{"description":"d","prompt":"do it"}`, "do it"},
		{"mcp__m__add", `{"a":2,"b":"x"}`, "b: x"},
		{"mcp__m__add", `{"a":2,"b":3}`, "a, b"},
		{"apply_patch", `"*** Begin Patch\n*** Add File: x\n*** Delete File: y\n"`, "x, y"},
		{"Unknown", `{}`, ""},
		{"Unknown", `"text"`, "text"},
	}
	for _, tt := range tests {
		if got := Title(tt.name, []byte(tt.args)); got != tt.want {
			t.Errorf("Title(%s %s)\n got %q\nwant %q", tt.name, tt.args, got, tt.want)
		}
	}
}

func TestExitCode(t *testing.T) {
	for _, tt := range []struct {
		text string
		code int
		ok   bool
	}{
		{"Exit code 3\noops", 3, true},
		{"Error: Exit code 127\noops", 127, true},
		{"Exit code 1: boom", 1, true},
		{"oops\nExit code 3", 0, false},
		{"Chunk ID: 0\nWall time: 0.04 seconds\nProcess exited with code 3\nOutput:\nProcess exited with code 9\n", 3, true},
		{"Exit code: 2\nWall time: 1 seconds\nOutput:\nx", 2, true},
		{"Output:\nProcess exited with code 9\n", 0, false},
		{`{"output":"\"exit_code\":7","metadata":{"exit_code":1,"duration_seconds":0.1}}`, 1, true},
		{"Output: FAIL\nExit Code: 3\n", 3, true},
		{"<untrusted_context>\nOutput: Exit Code: 9\nExit Code: 9\nExit Code: 3\n</untrusted_context>", 3, true},
		{"x\n\nCommand exited with code 2", 2, true},
		{"x\n<exited with exit code 1>", 1, true},
		{"Exit code -1\n", -1, true},
		{"", 0, false}, {"Exit code x", 0, false}, {"all fine", 0, false},
	} {
		if code, ok := ExitCode(tt.text); code != tt.code || ok != tt.ok {
			t.Errorf("ExitCode(%q) = %d %v", tt.text, code, ok)
		}
	}
}
