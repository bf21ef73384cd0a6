package tool

import (
	"encoding/json"
	"testing"
	"unicode/utf8"
)

func FuzzCommands(f *testing.F) {
	for _, lines := range same {
		for _, l := range lines {
			f.Add(l)
		}
	}
	for _, l := range []string{"cat <<EOF | bash -c 'a $(b)'\nx\nEOF", "f() { f; }; f", "find . -exec sh -c '{}' \\;", "$'\\x", "{a,{b,c}}", "sed -i", "xargs", "sudo", "tar f", "env -S", "uv run -m", "bash -c", "trap x", "perl -i", "a >$(", "dd of", "nix develop -c"} {
		f.Add(l)
	}
	f.Fuzz(func(t *testing.T, line string) {
		for _, c := range Commands(line) {
			c.Activity()
		}
		if a, b := Intent(line), Intent(line); a != b {
			t.Errorf("%q is not %q", a, b)
		}
		Call{Line: line}.Activity()
	})
}

func FuzzParse(f *testing.F) {
	f.Add("Read", []byte(`{"file_path":"a"}`))
	f.Add("shell", []byte(`"{\"command\":[\"bash\",\"-lc\",\"ls\"]}"`))
	f.Add("apply_patch", []byte(`"*** Begin Patch\n*** Add File: x\n"`))
	f.Add("use_mcp_tool", []byte(`{"server_name":"a","tool_name":"read","arguments":{"path":"x"}}`))
	f.Add("web_fetch", []byte(`{"prompt":"https://[::1"}`))
	f.Add("mcp__a__b", []byte(`{"a":[1,{"b":"\ud800"}]}`))
	f.Add("fs_read", []byte(`{"operations":[{"path":["a"]},"b",{}]}`))
	f.Fuzz(func(t *testing.T, name string, args []byte) {
		c := Parse(name, args)
		c.Activity()
		c.Intent(args)
		title := Title(name, args)
		if utf8.Valid(args) && utf8.ValidString(name) && !utf8.ValidString(title) {
			t.Errorf("title %q", title)
		}
		ExitCode(string(args))
		got := Canonical(args)
		if json.Valid(args) != json.Valid(got) {
			t.Errorf("%q becomes %q", args, got)
		}
		if again := Canonical(got); string(again) != string(got) {
			t.Errorf("%q becomes %q", got, again)
		}
	})
}
