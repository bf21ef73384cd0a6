package setup

import (
	"errors"
	"strings"
	"testing"
)

var tomlFile = codex.Files[1]

// configs are files of Codex in which hooks may be merged.
var configs = map[string]string{
	"empty":     "",
	"key":       "model = \"x\"\n",
	"comments":  "# head\nmodel = \"x\" # one\n\n[features] # f\nhooks = true\n# tail\n",
	"crlf":      "a = 1\r\n[b]\r\nc = '''\r\nx\r\n'''\r\n",
	"blank end": "a = 1\n\n\n",
	"all kinds": "s = \"a\\\"b\"\nl = '\\'\nm = \"\"\"\n[[hooks.Stop]]\n\\\"\"\"\"\"\nd = 1979-05-27 07:32:00\nf = -1.0e3\n" +
		"arr = [ 1, # c ]\n  \"]\", [2,],\n]\nt = { a.b = 1, \"c\" = { d = [] } }\n\"q.k\" . x = true\n[a.\"b c\".d]\n[[x]]\n[[ x . y ]]\n",
	"state": "[hooks.state.\"/u/.codex/hooks.json:stop:0:0\"]\ntrusted_hash = \"sha256:1\"\n",
	"others": "[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ntype = \"command\"\ncommand = \"say done\"\n\n" +
		"[[hooks.PreToolUse]]\nmatcher = \"Bash\" # mine\n[[hooks.PreToolUse.hooks]]\ntype = \"command\"\ncommand = 'check.sh'\n",
}

func TestTOMLMergeAndRemove(t *testing.T) {
	for name, old := range configs {
		t.Run(name, func(t *testing.T) {
			text := []byte(old)
			for _, o := range append(variants, Options{Command: "at-capture", Guard: true, Rules: "/r \"x\"\\"}) {
				var err error
				if text, err = tomlFile.Merge(text, o); err != nil {
					t.Fatal(err)
				}
				again, err := tomlFile.Merge(text, o)
				if err != nil || string(again) != string(text) {
					t.Errorf("merging twice with %+v is not merging once (%v):\n%s\n%s", o, err, text, again)
				}
				list, err := tomlFile.Find(text)
				want := len(codexHooks(o))
				if o.Guard {
					want++
				}
				if err != nil || len(list) != want {
					t.Errorf("%+v: %d hooks of ours, want %d (%v)\n%s", o, len(list), want, err, text)
				}
			}
			got, err := tomlFile.Remove(text)
			if err != nil || string(got) != old {
				t.Errorf("removing does not undo merging (%v); before:\n%s\nafter:\n%s", err, old, got)
			}
		})
	}
}

// A handler of ours in a group with others goes alone.
func TestTOMLShared(t *testing.T) {
	const text = "[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ncommand = \"at-capture --save\"\n[[hooks.Stop.hooks]]\ncommand = \"other\"\n[z]\n"
	const want = "[[hooks.Stop]]\n[[hooks.Stop.hooks]]\ncommand = \"other\"\n[z]\n"
	got, err := tomlFile.Remove([]byte(text))
	if err != nil || string(got) != want {
		t.Errorf("%s (%v), want\n%s", got, err, want)
	}
}

func TestTOMLErrors(t *testing.T) {
	for text, want := range map[string]Error{
		"a = 1\nb\n":                   {2, "a key without a value"},
		"a = \n":                       {1, "no value where one must be"},
		"a = [1, 2\nb = 1\n":           {2, "a list has no end"},
		"a = \"x\n":                    {1, "a string has no end"},
		"a = \"\"\"x\n\n":              {3, "a string has no end"},
		"\n[a\n":                       {2, "a table's header has no end"},
		"[[a]\n":                       {1, "a table's header has no end"},
		"a = 1 b = 2\n":                {1, "something follows on the same line"},
		"= 1":                          {1, "no key where one must be"},
		"a = {b}":                      {1, "a key without a value"},
		"\xff":                         {1, "not UTF-8"},
		"[hooks]\nStop = []\n":         {2, "hooks.Stop is not an array of tables, [[hooks.EVENT]]"},
		"hooks = {}\n":                 {1, "hooks is not an array of tables, [[hooks.EVENT]]"},
		"hooks.Stop = [{hooks = []}]":  {1, "hooks.Stop is not an array of tables, [[hooks.EVENT]]"},
		"\n\n[hooks.Stop]\nhooks = []": {3, "hooks.Stop is not an array of tables, [[hooks.EVENT]]"},
	} {
		got, err := tomlFile.Merge([]byte(text), plain)
		var e *Error
		if got != nil || !errors.As(err, &e) || *e != want {
			t.Errorf("%q: %v, want %v", text, err, &want)
		}
	}
	deep := "a = " + strings.Repeat("[", 10000)
	if _, err := parseTOML([]byte(deep)); err == nil {
		t.Error("lists without end were taken")
	}
}

func TestTOMLString(t *testing.T) {
	for raw, want := range map[string]string{
		`"a\tb\"c"`: "a\tb\"c", `'a\t'`: `a\t`, `"\u00e9\U0001F600\x41\e"`: "é😀A\x1b", "'''\na'b'''": "a'b", "\"\"\"\na\nb\"\"\"": "a\nb", `""`: "", `"\\\\n"`: `\\n`,
	} {
		if got, ok := tomlString(raw); !ok || got != want {
			t.Errorf("%s: %q %v, want %q", raw, got, ok, want)
		}
	}
	for _, s := range []string{"", "a b", `c:\x "y"`, "\x01\x7f", "é"} {
		if got, ok := tomlString(tomlQuote(s)); !ok || got != s {
			t.Errorf("%q was written as %s", s, tomlQuote(s))
		}
	}
}

func FuzzTOML(f *testing.F) {
	for _, s := range configs {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, old []byte) {
		text, err := tomlFile.Merge(old, plain)
		if err != nil {
			return
		}
		if again, err := tomlFile.Merge(text, plain); err != nil || string(again) != string(text) {
			t.Errorf("merging twice is not merging once (%v):\n%s\n%s", err, text, again)
		}
		rest, err := tomlFile.Remove(text)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := tomlFile.Remove(rest); err != nil || string(again) != string(rest) {
			t.Errorf("removing left something (%v):\n%s", err, rest)
		}
	})
}
