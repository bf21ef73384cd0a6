package payload_test

import (
	"testing"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
)

func TestSnake(t *testing.T) {
	for name, want := range map[string]string{
		"PreToolUse": "pre_tool_use", "preToolUse": "pre_tool_use", "pre-tool-use": "pre_tool_use", "session.usage_checkpoint": "session_usage_checkpoint",
		"beforeMCPExecution": "before_mcp_execution", "MCP": "mcp", "": "unknown", "…": "unknown", "_a__B": "a_b", "x2Y": "x2_y", "Ünicode": "nicode",
	} {
		if got := record.Snake(name); got != want {
			t.Errorf("%q is %q, not %q", name, got, want)
		}
	}
}

// TestCalls pairs calls with and without ids of their own.
func TestCalls(t *testing.T) {
	var hooks, file payload.Calls
	args, same := []byte(`{"a":1,"b":2}`), []byte(`{ "b": 2, "a": 1 }`)
	one, _ := hooks.Begin("s", "", "x", args)
	two, _ := hooks.Begin("s", "", "x", same)
	other, _ := hooks.Begin("t", "", "x", args)
	if one.ID == two.ID || one.ID == other.ID || one.Outcome == two.Outcome {
		t.Error("equal calls have one id")
	}
	if hooks.End("s", "", "x", same) != one || hooks.End("s", "", "x", args) != two {
		t.Error("outcomes do not go to calls first in, first out")
	}
	if late := hooks.End("s", "", "x", args); late.ID == one.ID || late.ID == two.ID {
		t.Error("an outcome too many goes to a call that has one")
	}
	a, isNew := file.Begin("s", "id-1", "x", same)
	if again, isNewToo := file.Begin("s", "id-1", "x", args); a != again || !isNew || isNewToo {
		t.Error("a call with an id of its own is told twice")
	}
	b, _ := file.Begin("s", "id-2", "x", args)
	if a.ID != one.ID || b.ID != two.ID || a.Outcome != one.Outcome {
		t.Error("two sources give one call two ids")
	}
	if file.End("s", "id-2", "", nil) != b || file.Known("s", "id-3") != nil || file.Known("s", "") != nil {
		t.Error("an id of a call finds another")
	}
	var none payload.Calls
	if none.Known("s", "x") != nil || none.End("s", "", "x", args).ID != one.ID {
		t.Error("an outcome of a call that was not told has not the id of the first")
	}
	a.At(5)
	if d := a.Took(7, true); d == nil || *d != 2 || a.Took(4, true) != nil || a.Took(7, false) != nil || b.Took(7, true) != nil {
		t.Error("durations are made up, or missing")
	}
}

func TestUnwrap(t *testing.T) {
	for raw, want := range map[string]string{
		`{"a":1}`: `{"a":1}`, `"{\"a\":1}"`: `{"a":1}`, `" [1] "`: `[1]`, `"{a"`: `"{a"`, `"text"`: `"text"`, ``: ``, `null`: `null`, `"{\"a\":1} x"`: `"{\"a\":1} x"`,
	} {
		if got := string(payload.Unwrap([]byte(raw))); got != want {
			t.Errorf("%s is %s, not %s", raw, got, want)
		}
	}
}

func TestText(t *testing.T) {
	for raw, want := range map[string]string{
		`"a"`: "a", `[{"text":"a"},"b",{"image":1},7]`: "ab", `{"text":"a"}`: "a", `7`: "", ``: "", `null`: "", `[]`: "",
	} {
		if got := payload.Text([]byte(raw)); got != want {
			t.Errorf("%s says %q, not %q", raw, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	for raw, want := range map[string]int64{`7`: 7, `-7`: 0, `"7"`: 7, `"x"`: 0, `null`: 0, `1e300`: 0, `{}`: 0, `2.9`: 2} {
		if got := payload.Count(gjson.Parse(raw)); got != want {
			t.Errorf("%s is %d, not %d", raw, got, want)
		}
	}
}
