package setup

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

var plain = Options{Command: "at-capture"}

// variants are options that make different hooks.
var variants = []Options{
	plain,
	{Command: "/opt/my tools/at-capture", TraceDir: "/t"},
	{Command: "at-capture", Shell: true},
	{Command: "at-capture", Pipe: true},
	{Command: "at-capture", Global: true},
	{Command: "${CLAUDE_PROJECT_DIR}/bin/at-capture", Redact: true, TraceDir: "it's"},
	{Command: "at-capture", For: Version{1, 0, 38}},
}

// settings are files in which hooks may be merged, without any of ours.
var settings = map[string]string{
	"empty object": "{}",
	"small":        `{"model":"opus"}`,
	"spaced":       `{ "model": "opus", "n": 1 }` + "\n",
	"lines":        "{\n  \"model\": \"opus\"\n}\n",
	"no newline":   "{\n  \"model\": \"opus\"\n}",
	"tabs":         "{\n\t\"a\": {\n\t\t\"b\": 1\n\t}\n}\n",
	"crlf":         "{\r\n    \"a\": 1\r\n}\r\n",
	"bom":          "\ufeff{\n  \"a\": 1\n}\n",
	"before":       "\n\n {\"a\":1}\n\n",
	"foreign hooks": `{
  "hooks": {
    "Stop": [{"hooks": [{"type": "command", "command": "say done"}]}],
    "PreToolUse": [
      {
        "matcher": "Bash|Edit",
        "hooks": [
          {"type": "http", "url": "http://localhost"}
        ]
      }
    ],
    "New.Event*?": [7, {"hooks": 8}]
  },
  "z": "\u0041 \/ é 1.0e3", "big": 12345678901234567890, "z": 2
}
`,
	"odd groups": `{"hooks":{"Stop":[null,1,[],{},{"hooks":{}},{"hooks":[1,"at-capture --save",{"command":["at-capture --save"]}]}]}}`,
	"invalid":    "{\"a\": \"\xff\"}",
}

func TestMergeAndRemove(t *testing.T) {
	for name, old := range settings {
		t.Run(name, func(t *testing.T) {
			text := []byte(old)
			for _, o := range variants { // each replaces the one before
				var err error
				if text, err = claudeFormat.Merge(text, o); err != nil {
					t.Fatal(err)
				}
				if again, err := claudeFormat.Merge(text, o); err != nil || !bytes.Equal(again, text) {
					t.Errorf("merging twice with %+v is not merging once (%v)", o, err)
				}
				if n, want := count(text), len(claude.Hooks(o)); n != want {
					t.Errorf("%+v: %d hooks of ours, want %d", o, n, want)
				}
				if !gjson.ValidBytes(bytes.TrimPrefix(text, []byte("\ufeff"))) {
					t.Fatalf("not JSON:\n%s", text)
				}
				if strings.Contains(old, "\r\n") && strings.Count(string(text), "\n") != strings.Count(string(text), "\r\n") {
					t.Error("line ends are mixed")
				}
			}
			text, err := claudeFormat.Remove(text)
			if err != nil {
				t.Fatal(err)
			}
			if string(text) != old {
				t.Errorf("removing does not undo merging; before:\n%s\nafter:\n%s", old, text)
			}
		})
	}
}

// count returns how many hooks of ours the settings hold, but for at-guard.
func count(text []byte) int {
	n := 0
	gjson.GetBytes(bytes.TrimPrefix(text, []byte("\ufeff")), "hooks").ForEach(func(_, groups gjson.Result) bool {
		for _, g := range groups.Array() {
			_, _, mine := (&doc{mine: ours}).handlers(g)
			n += len(mine)
		}
		return true
	})
	return n
}

// A settings file that the agent has written anew, in another layout, is
// still as it should be.
func TestMergeAfterRewrite(t *testing.T) {
	text, err := claudeFormat.Merge([]byte(settings["foreign hooks"]), plain)
	if err != nil {
		t.Fatal(err)
	}
	var small bytes.Buffer
	if err := json.Compact(&small, text); err != nil {
		t.Fatal(err)
	}
	rewritten := bytes.ReplaceAll(small.Bytes(), []byte(`"matcher":"*"`), []byte(`"matcher":""`))
	again, err := claudeFormat.Merge(rewritten, plain)
	if err != nil || !bytes.Equal(again, rewritten) {
		t.Errorf("changed (%v):\n%s", err, again)
	}
}

func TestMergeInOneLine(t *testing.T) {
	o := Options{Command: "at-capture", For: Version{1, 0, 38}}
	const group = `{"matcher":"*","hooks":[{"type":"command","command":"at-capture --save","timeout":5}]}`
	stop := strings.Replace(group, `"matcher":"*",`, "", 1)
	got, err := claudeFormat.Merge([]byte(`{"hooks":{"PreToolUse":[{"hooks":[]}]}}`), o)
	want := `{"hooks":{"PreToolUse":[{"hooks":[]},` + group + `],"PostToolUse":[` + group + `],"Notification":[` + stop + `],"Stop":[` + stop + `]}}`
	if err != nil || string(got) != want {
		t.Errorf("got  %s (%v)\nwant %s", got, err, want)
	}
}

func TestMergeErrors(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Error
	}{
		{"{\n/* x */}", Error{2, "a comment: JSON has none"}},
		{"{}\n// x", Error{2, "a comment: JSON has none"}},
		{"null", Error{1, "not a JSON object"}},
		{"\n\"x\"", Error{2, "not a JSON object"}},
		{"{\n\"hooks\":null}", Error{2, `"hooks" is not an object`}},
		{"{\"hooks\":{\n\"Stop\":{}}}", Error{2, `"Stop" is not an array`}},
		{"{\"hooks\":{\"Stop\":[],\n\"St\\u006fp\":[]}}", Error{2, `"Stop" stands twice`}},
		{"{\"hooks\":{},\n\"hooks\":{}}", Error{2, `"hooks" stands twice`}},
		{"{}\n{}", Error{2, "invalid character '{' after top-level value"}},
		{"{\n", Error{1, "unexpected end of JSON input"}},
	} {
		got, err := claudeFormat.Merge([]byte(tt.text), plain)
		var e *Error
		if got != nil || !errors.As(err, &e) || *e != tt.want {
			t.Errorf("%q: %v, want %v", tt.text, err, &tt.want)
		}
	}
	if _, err := claudeFormat.Merge(nil, Options{Command: "tracer"}); err == nil {
		t.Error("a command that could not be found again was merged")
	}
	if _, err := claudeFormat.Merge(nil, Options{Command: "at-capture", TraceDir: "a\nb"}); err == nil {
		t.Error("a path of two lines was merged")
	}
}

func TestOurs(t *testing.T) {
	for text, want := range map[string]bool{
		`{"command":"at-capture","args":["--save"]}`:                             true,
		`{"command":"/a b/at-capture","args":["--redact","--save"]}`:             true,
		`{"command":"C:\\at\\at-capture.exe","args":["--save"]}`:                 true,
		`{"command":"at-capture --save"}`:                                        true,
		`{"command":"'/a b/at-capture' --trace-dir x --save"}`:                   true,
		`{"command":"\"${CLAUDE_PROJECT_DIR}\"/bin/at-capture --save"}`:          true,
		`{"command":"at-capture | at-redact | at-save || true"}`:                 true,
		`{"command":"cd /x && AGENT_TRACE_DIR=/y at-capture --save >/dev/null"}`: true,
		`{"command":"at-capture"}`:                                               false,
		`{"command":"at-capture","args":["--all"]}`:                              false,
		`{"command":"at-capture --save","args":[]}`:                              false,
		`{"command":"echo at-capture --save"}`:                                   false,
		`{"command":"my-at-capture --save"}`:                                     false,
		`{"command":"at-capture | tee raw"}`:                                     false,
		`{"command":"at-cat | at-save"}`:                                         false,
		`{"command":"at-capture --save '"}`:                                      false,
		`{"command":7}`:                                                          false,
		`{}`:                                                                     false,
	} {
		if got := ours(gjson.Parse(text)); got != want {
			t.Errorf("ours(%s) = %v", text, got)
		}
	}
}

// Every line that is made is known again.
func TestLinesAreOurs(t *testing.T) {
	for _, o := range variants {
		for _, h := range claude.hooks(o) {
			if !ours(gjson.ParseBytes(h.handler)) {
				t.Errorf("not ours: %s", h.handler)
			}
		}
	}
}

func TestVersion(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Version
	}{
		{"2.1.139", Version{2, 1, 139}},
		{"v2.1", Version{2, 1}},
		{"2", Version{2}},
		{"2.1.330 (Claude Code)\n", Version{2, 1, 330}},
		{"", Version{}},
		{"0", Version{}},
		{"-1", Version{}},
		{"2.1.3.4", Version{}},
		{"2.x", Version{}},
		{"2.", Version{}},
		{"99999999999", Version{}},
	} {
		got, err := ParseVersion(tt.text)
		if got != tt.want || (err == nil) != (tt.want != Version{}) {
			t.Errorf("ParseVersion(%q) = %v, %v", tt.text, got, err)
		}
	}
	if !(Version{2, 0, 99}).before(Version{2, 1, 0}) || (Version{2, 1, 0}).before(Version{2, 1, 0}) || (Version{}).before(Version{1}) {
		t.Error("before is wrong")
	}
}

// TestClaudeEvents checks the table against the events that Claude Code
// 2.1.330 has, and that those which change the agent's work get no hook.
func TestClaudeEvents(t *testing.T) {
	all := strings.Fields(`PreToolUse PostToolUse PostToolUseFailure PostToolBatch Notification UserPromptSubmit
		UserPromptExpansion SessionStart SessionEnd Stop StopFailure SubagentStart SubagentStop PreCompact PostCompact
		PreModelSwitch PostModelSwitch PermissionRequest PermissionDenied Setup TeammateIdle TaskCreated TaskCompleted
		Elicitation ElicitationResult ConfigChange WorktreeCreate WorktreeRemove InstructionsLoaded CwdChanged
		FileChanged DirectoryAdded MessageDisplay`)
	row := map[string]claudeEvent{}
	for _, e := range claudeEvents {
		if e.since == (Version{}) {
			t.Errorf("%s: since when?", e.name)
		}
		row[e.name] = e
	}
	for _, name := range all {
		if _, ok := row[name]; !ok {
			t.Errorf("%s is not in the table", name)
		}
	}
	if len(row) != len(all) || len(claudeEvents) != len(all) {
		t.Errorf("the table has %d rows, want %d", len(claudeEvents), len(all))
	}
	hooks := strings.Join(claude.Hooks(plain), " ")
	for _, never := range []string{"WorktreeCreate", "WorktreeRemove", "MessageDisplay", "FileChanged", "PreModelSwitch"} {
		if strings.Contains(hooks, never) {
			t.Errorf("%s gets a hook", never)
		}
	}
}
