package capture

import (
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// A log of payloads in which only outcomes were written tells the calls all the
// same. A hook does not: its agent calls another one for them.
func TestHookLog(t *testing.T) {
	const base = `{"session_id":"s","hook_event_name":"`
	log := strings.Join([]string{
		base + `PostToolUse","tool_name":"Bash","tool_input":{"command":"ls"},"tool_use_id":"t1","tool_response":"a","duration_ms":250}`,
		base + `PostToolUseFailure","tool_name":"Bash","tool_input":{"command":"false"},"tool_use_id":"t2","error":"Exit code 1"}`,
		base + `PreToolUse","tool_name":"Read","tool_input":{"file_path":"/a"},"tool_use_id":"t3"}`,
		base + `PostToolUse","tool_name":"Read","tool_input":{"file_path":"/a"},"tool_use_id":"t3","tool_response":"x"}`,
		base + `PostToolUse","tool_name":"Old","tool_input":{"n":1},"tool_output":"x"}`,
	}, "\n")
	for in, want := range map[bool]string{
		true: `tool_call t1 {"command":"ls"}, tool_result t1, tool_call t2 {"command":"false"}, error t2, ` +
			`tool_call t3 {"file_path":"/a"}, tool_result t3, tool_call  {"n":1}, tool_result `,
		false: `tool_result t1, error t2, tool_call t3 {"file_path":"/a"}, tool_result t3, tool_result `,
	} {
		r := capture(t, log, File{Name: "f", Log: in}, false)
		var got []string
		calls := map[string]float64{}
		for _, l := range r.lines {
			g := gjson.GetMany(l, "event_type", "data.tool_use_id", "data.arguments", "event_id", "parent_id", "timestamp")
			s := g[0].Str + " " + g[1].Str
			if g[2].Exists() {
				s += " " + g[2].Raw
			}
			got = append(got, s)
			if g[0].Str == "tool_call" {
				calls[g[3].Str] = g[5].Num
			} else if at, ok := calls[g[4].Str]; in && (!ok || g[1].Str == "t1" && g[5].Num-at < .2) {
				t.Errorf("without its call, or not after it: %s", l)
			}
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("log: %v\n got %s\nwant %s", in, s, want)
		}
	}
}

// Objects over several lines may follow each other without a newline.
func TestConcatenated(t *testing.T) {
	one := "{\n  \"event_type\": \"x\",\n  \"session_id\": \"s\"\n}"
	for in, want := range map[string][2]int{
		one + one + one:                     {3, 0},
		one + " " + one + "\n" + one + "\n": {3, 0},
		one + "\n" + one + "junk\n" + one:   {3, 1},
		one + "," + one:                     {1, 4}, // lines that are none
		strings.Repeat(one, 500):            {500, 0},
	} {
		r := capture(t, in, File{Name: "f"}, false)
		if len(r.lines) != want[0] || (len(r.problems) > 0) != (want[1] > 0) {
			t.Errorf("%.80q: %d events, %q", in, len(r.lines), r.problems)
		}
	}
}
