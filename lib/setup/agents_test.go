package setup

import (
	"bytes"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// commented are files with comments and with commas before a closing bracket.
var commented = map[string]string{
	"line":           "{\n  // mine\n  \"a\": 1 // one\n}\n",
	"all over":       "// head\n{ /* x */\n\t\"a\": [1, /* y */ 2,], // a\n\t// b\n}\n// tail",
	"trailing comma": "{\n  \"a\": 1,\n}\n",
	"comma, comment": "{\n  \"a\": 1, // one\n  // \"b\": 2,\n}\n",
	"nothing":        "{\n  // nothing yet\n}\n",
	"nothing, block": "{ /* nothing */ }",
	"in a string":    `{"url": "http://x/*y*/", "c": ",}"}`,
}

// with returns settings that an agent of this format may have.
func with(f File, old string) string {
	if j, ok := f.format.(jsonHooks); !ok || !j.version {
		return old
	}
	i := strings.IndexByte(old, '{') + 1
	rest := strings.TrimLeft(old[i:], " \r\n\t")
	if strings.HasPrefix(rest, "}") {
		return old[:i] + `"version": 1` + rest
	}
	return old[:i] + `"version": 1, ` + old[i:]
}

func TestEveryAgent(t *testing.T) {
	for _, a := range agents {
		for _, f := range a.Files {
			j, ok := f.format.(jsonHooks)
			if !ok {
				continue
			}
			all := map[string]string{}
			for name, text := range settings {
				if !j.flat || name != "foreign hooks" && name != "odd groups" {
					all[name] = text
				}
			}
			if j.loose {
				for name, text := range commented {
					all["comments: "+name] = text
				}
			}
			for name, old := range all {
				t.Run(f.Project+" "+name, func(t *testing.T) { mergeAndRemove(t, f, with(f, old)) })
			}
		}
	}
}

func mergeAndRemove(t *testing.T, f File, old string) {
	text := []byte(old)
	for _, o := range append(variants, Options{Command: "at-capture", Guard: true, Policy: "/p.json"}) {
		var err error
		if text, err = f.Merge(text, o); err != nil {
			t.Fatal(err)
		}
		again, err := f.Merge(text, o)
		if err != nil || !bytes.Equal(again, text) {
			t.Errorf("merging twice with %+v is not merging once (%v):\n%s\n%s", o, err, text, again)
		}
		list, err := f.Find(text)
		if err != nil {
			t.Fatal(err)
		}
		want := len(f.format.(jsonHooks).hooks(o))
		if o.Guard {
			want += len(f.format.(jsonHooks).guards(o))
		}
		if len(list) != want {
			t.Errorf("%+v: %d hooks of ours, want %d", o, len(list), want)
		}
	}
	text, err := f.Remove(text)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != old {
		t.Errorf("removing does not undo merging; before:\n%s\nafter:\n%s", old, text)
	}
}

// What stands beside our hooks, comments included, stays when they go.
func TestCommentsStay(t *testing.T) {
	text, err := gemini.Files[0].Merge([]byte("{\n}\n"), plain)
	if err != nil {
		t.Fatal(err)
	}
	mixed := strings.Replace(string(text), `"SessionEnd": [`, "// before\n    \"SessionEnd\": [ // behind", 1)
	mixed = strings.Replace(mixed, "\n  }\n}", ",\n    // mine\n    \"Own\": [] // too\n  }, /* end */\n  \"x\": 1\n}", 1)
	got, err := gemini.Files[0].Remove([]byte(mixed))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []string{"// before", "// mine", "\"Own\": [] // too", "/* end */", "\"x\": 1"} {
		if !strings.Contains(string(got), c) {
			t.Errorf("%s is gone:\n%s", c, got)
		}
	}
	if d, err := parse(got, true); err != nil || !gjson.Get(d.plain, "hooks.Own").IsArray() {
		t.Errorf("not what it should be (%v):\n%s", err, got)
	}
}

// Every line that is made for a shell is known again, and no hook stands for
// an event that must not have one.
func TestEvents(t *testing.T) {
	never := map[string]string{
		"codex":   "PreModelRequest PostToolUseFailure",
		"gemini":  "BeforeModel AfterModel BeforeToolSelection PreCompress",
		"cursor":  "beforeShellExecution afterShellExecution beforeMCPExecution afterMCPExecution beforeReadFile beforeTabFileRead afterTabFileEdit workspaceOpen",
		"copilot": "permissionRequest PermissionRequest userPromptTransformed preToolUse",
	}
	for _, a := range agents {
		if a.hooks == nil {
			continue
		}
		for _, o := range variants {
			for _, h := range a.hooks(o) {
				if !ours(gjson.ParseBytes(h.handler)) {
					t.Errorf("%s: not ours: %s", a.Name, h.handler)
				}
				if strings.Contains(" "+never[a.Name]+" ", " "+h.event+" ") {
					t.Errorf("%s: %s gets a hook", a.Name, h.event)
				}
			}
			for _, h := range a.guards(o) {
				if !guards(gjson.ParseBytes(h.handler)) || ours(gjson.ParseBytes(h.handler)) {
					t.Errorf("%s: not at-guard: %s", a.Name, h.handler)
				}
			}
		}
	}
}

// Times are in the unit of each agent: more than a few seconds would hold up
// the tools of a session, less than a few milliseconds would lose events.
func TestTimeouts(t *testing.T) {
	for name, want := range map[string]string{
		"codex":   `{"type":"command","command":"at-capture --save --from codex","timeout":5}`,
		"gemini":  `{"type":"command","name":"at-capture","command":"at-capture --save --from gemini || true","timeout":5000}`,
		"cursor":  `{"command":"at-capture --save --from cursor","type":"command","timeout":5}`,
		"copilot": `{"type":"command","bash":"at-capture --save --from copilot || true","timeoutSec":5}`,
	} {
		a, _ := Find(name)
		if got := string(a.hooks(plain)[0].handler); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	for _, h := range codexHooks(plain) {
		short := h.event == "SessionEnd" || h.event == "Interrupt"
		if got := gjson.GetBytes(h.handler, "timeout").Int(); short && got != 3 || !short && got != 5 {
			t.Errorf("%s: %d s", h.event, got)
		}
	}
}

func TestPlugin(t *testing.T) {
	f := opencode.Files[0]
	text, err := f.Merge(nil, Options{Command: "/a b/at-capture", Redact: true, TraceDir: "/t", Guard: true, Policy: "$1"})
	if err != nil {
		t.Fatal(err)
	}
	list, err := f.Find(text)
	for i := range list {
		list[i].Line = ""
	}
	want := []Hook{{Event: "event", Program: "/a b/at-capture", TraceDir: "/t"}, {Event: "tool.execute.before", Program: "/a b/at-guard", Guard: true, TraceDir: "/t"}}
	if err != nil || len(list) != 2 || list[0] != want[0] || list[1] != want[1] {
		t.Errorf("%+v (%v), want %+v", list, err, want)
	}
	if !strings.Contains(string(text), `"--policy","$1"`) {
		t.Errorf("the policy is not there:\n%.400s", text)
	}
	kept, err := f.Merge(text, plain)
	if list, _ := f.Find(kept); err != nil || len(list) != 2 {
		t.Errorf("at-guard is gone: %+v (%v)", list, err)
	}
	if _, err := f.Merge([]byte("export const x = 1"), plain); err == nil {
		t.Error("a plugin of another's was replaced")
	}
	if _, err := f.Remove([]byte("export const x = 1")); err == nil {
		t.Error("a plugin of another's was removed")
	}
}
