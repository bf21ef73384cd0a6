package codex

import (
	"bytes"
	"math"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// A call is a tool call of the thread being read.
type call struct {
	key   string // in thread.calls: use, or what stands for it
	use   string // the call_id, "" if there is none
	tool  string
	id    string // event_id
	how   []byte // a copy of the line that tells how it ran, until its outcome
	done  bool   // its outcome was emitted
	told  bool   // and said whether it failed
	ended bool   // it ended; if no line tells more, that is its outcome
	child string // the session of the subagent that it started
}

// A verdict is what is known of how a call ended.
type verdict struct {
	failed, rejected, interrupted bool
	known                         bool // whether it failed is told
	exit                          int64
	hasExit                       bool
	took                          int64 // nanoseconds
	timed                         bool
	result                        []byte // what the tool gave, in its own shape
	cause                         string // why it failed
}

// output takes what the model is shown of a call's outcome.
func (r *reader) output(id string, output []byte, p *record.Record) {
	c := r.s.calls[id]
	if id == "" || c == nil {
		// The call is not in what is read.
		key := first(id, r.lineUUID())
		c = &call{key: key, use: id, id: callID(r.s.id, key)}
		r.s.calls[key] = c
	}
	if c.done {
		return // told again
	}
	r.finish(c, output, c.how, p)
}

// ran takes a line that tells how a call ran; name and args are those of the
// call where no line asked for it. The outcome waits for what the model is shown
// of it.
func (r *reader) ran(id, namespace, name string, args []byte, how []byte) {
	s := r.s
	c := s.calls[id]
	switch {
	case c == nil || id == "":
		c = r.asked(id, namespace, name, args, nil)
		r.finish(c, nil, how, nil)
	case c.done:
		r.late(c, how)
	default:
		c.how = bytes.Clone(how)
		s.order = append(s.order, c.key)
	}
}

// late emits how a command ended of which the model was shown before that it
// runs.
func (r *reader) late(c *call, how []byte) {
	if c.told {
		return
	}
	c.told = true
	g := gjson.ParseBytes(how)
	v := judge(g)
	r.o.Str("tool_name", c.tool).Str("tool_use_id", c.use)
	if v.hasExit {
		r.o.Int("exit_code", v.exit)
	}
	r.o.Str("status", g.Get("status").String()).Raw("output", v.result).Str("turn_id", r.s.turn).Str("uuid", r.lineUUID())
	var took *int64
	if v.timed {
		took = &v.took
	}
	r.emit("command_execution", event.ID(r.s.id, "command_execution", c.key), c.id, took)
}

// finish emits the outcome of a call: of what the model is shown, and of the
// line that tells how it ran; either may be missing. p is the line of the
// output.
func (r *reader) finish(c *call, output, how []byte, p *record.Record) {
	var v verdict
	if how != nil {
		v = judge(gjson.ParseBytes(how))
	}
	output = unwrapped(output)
	v.text(c, output)
	if p != nil && string(p.Get("success")) == "false" {
		v.failed, v.known = true, true
	}
	if c.tool == "spawn_agent" && c.child == "" {
		if id := gjson.GetBytes(output, "agent_id").String(); isObject(output) && isUUID(id) {
			c.child = id
			r.spawns[id] = c.id
		}
	}
	c.done, c.told, c.how = true, v.known, nil
	typ := "tool_result"
	if v.failed {
		typ = "error"
		r.o.Str("kind", "tool")
	}
	r.o.Str("tool_name", c.tool).Str("tool_use_id", c.use)
	if v.hasExit {
		r.o.Int("exit_code", v.exit)
	}
	r.o.True("is_interrupt", v.interrupted).True("rejected", v.rejected)
	r.told(&v, output)
	if how != nil {
		if changes := gjson.GetBytes(how, "changes"); changes.IsObject() {
			r.o.Raw("changes", []byte(changes.Raw))
		}
	}
	r.o.Str("child_session_id", c.child).Str("turn_id", r.s.turn).Str("uuid", r.lineUUID())
	var took *int64
	if v.timed {
		took = &v.took
	}
	r.emit(typ, outcomeID(r.s.id, c.key), c.id, took)
}

// told adds what the tool gave and what the model was shown of it.
func (r *reader) told(v *verdict, output []byte) {
	result := v.result
	if len(result) == 0 || string(result) == `""` && len(output) > 0 {
		result = output
	}
	switch {
	case v.failed && v.cause != "" && (len(v.result) == 0 || string(v.result) == `""`):
		r.o.Str("error", v.cause)
	case v.failed:
		r.o.Raw("error", result)
	default:
		r.o.Raw("result", result)
	}
	if len(output) > 0 && !bytes.Equal(output, result) && contentText(output) != v.cause {
		r.o.Raw("content", output)
	}
}

// judge reads a line that tells how a call ran.
func judge(g gjson.Result) (v verdict) {
	status := strings.ToLower(g.Get("status").String())
	switch status {
	case "failed", "errored", "error":
		v.failed, v.known = true, true
	case "declined":
		v.failed, v.known, v.rejected = true, true, true
	case "completed":
		v.known = true
	}
	if code := g.Get("exit_code"); code.Type == gjson.Number {
		v.known = true
		v.failed = v.failed || code.Int() != 0
		if !v.rejected {
			v.exit, v.hasExit = code.Int(), true
		}
	}
	if ok := g.Get("success"); ok.IsBool() {
		v.known = true
		v.failed = v.failed || !ok.Bool()
	}
	v.results(g)
	v.duration(g)
	return v
}

// results reads what the tool gave.
func (v *verdict) results(g gjson.Result) {
	result := g.Get("result")
	if e := result.Get("Err"); e.Exists() {
		v.failed, v.known, v.cause = true, true, e.String()
		return
	}
	if ok := result.Get("Ok"); ok.Exists() {
		v.known, result = true, ok
	}
	if result.Get("isError").Bool() || result.Get("is_error").Bool() {
		v.failed, v.known = true, true
	}
	if e := g.Get("error"); e.Exists() && e.Type != gjson.Null {
		v.failed, v.known = true, true
		v.cause = e.String()
		if m := e.Get("message"); m.Type == gjson.String {
			v.cause = m.Str
		}
	}
	for _, r := range []gjson.Result{result, g.Get("aggregated_output"), g.Get("content_items"), g.Get("results")} {
		if r.Exists() && r.Type != gjson.Null {
			v.result = []byte(r.Raw)
			return
		}
	}
	out, errs := g.Get("stdout"), g.Get("stderr")
	switch {
	case errs.Str != "" && out.Str != "":
		v.result = []byte(`{"stdout":` + out.Raw + `,"stderr":` + errs.Raw + `}`)
	case errs.Str != "":
		v.result = []byte(errs.Raw)
	case out.Type == gjson.String:
		v.result = []byte(out.Raw)
	}
}

// duration reads {"secs":0,"nanos":41000000}, or a number of milliseconds.
func (v *verdict) duration(g gjson.Result) {
	d := g.Get("duration")
	if secs := d.Get("secs"); secs.Type == gjson.Number && secs.Num >= 0 && secs.Num < 1e9 {
		v.took, v.timed = secs.Int()*1e9+min(record.Count(d.Get("nanos")), 1e9), true
	} else if ms := g.Get("duration_ms"); ms.Type == gjson.Number && ms.Num >= 0 && ms.Num < 1e12 {
		v.took, v.timed = int64(math.Round(ms.Num*1e6)), true
	}
}

// text reads what the text for the model says of the outcome, as far as no
// other line said it.
func (v *verdict) text(c *call, output []byte) {
	text := behindCommand(contentText(output))
	if isObject(output) {
		// {"output":"…","metadata":{"exit_code":1,"duration_seconds":0.2}}
		text = string(output)
		if d := gjson.GetBytes(output, "metadata.duration_seconds"); d.Type == gjson.Number && d.Num >= 0 && d.Num < 1e9 && !v.timed {
			v.took, v.timed = int64(math.Round(d.Num*1e9)), true
		}
	}
	if !v.timed {
		v.took, v.timed = wallTime(text)
	}
	if !v.hasExit && !v.rejected && givesExitCode(c.tool) {
		if code, ok := tool.ExitCode(text); ok {
			v.exit, v.hasExit = int64(code), true
			v.failed, v.known = v.failed || code != 0, true
		}
	}
	if v.known {
		return
	}
	switch {
	case strings.HasPrefix(text, "aborted by user"), text == "aborted":
		v.failed, v.known, v.interrupted = true, true, true
	case hasPrefix(text, refusals):
		v.failed, v.known, v.rejected = true, true, true
	case c.tool == "view_image" && hasPrefix(text, noImage):
		v.failed, v.known = true, true
	case hasPrefix(text, failures) && (serverOf(c.tool) == "" || hasPrefix(text, failures[:mcpFailures])):
		v.failed, v.known = true, true
	}
	if v.failed && v.cause == "" {
		v.cause = text
	}
}

// behindCommand returns the text without the command with which it began in
// some versions (0.118), which can have any lines.
func behindCommand(text string) string {
	if !strings.HasPrefix(text, "Command: ") {
		return text
	}
	for _, head := range []string{"\nChunk ID: ", "\nWall time: "} {
		if i := strings.Index(text, head); i >= 0 {
			return text[i+1:]
		}
	}
	return text
}

// refusals are how the text of a call begins that was not let run (0.169).
var refusals = []string{"rejected by user", "exec command rejected by user", "patch rejected by user", "user rejected MCP tool call",
	"Command blocked by PreToolUse hook: ", "Tool call blocked by PreToolUse hook: "}

// failures are how the text of a call begins that could not run or failed
// without an exit code (0.169). Servers can say anything: of theirs only the
// first ones count.
var failures = []string{"tool call error: ", "MCP tool call error: ", "unsupported call: ", "failed to parse function arguments: ",
	"unsupported custom tool call: ", "apply_patch verification failed: ", "exec_command failed: ", "exec_command failed for ",
	"execution error: ", "write_stdin failed: ", "failed in sandbox", "Script failed", "Script error:"}

const mcpFailures = 4

// noImage are how the text of view_image begins if it shows no image (0.169).
var noImage = []string{"unable to ", "image path `", "view_image is not allowed "}

func hasPrefix(text string, list []string) bool {
	for _, p := range list {
		if strings.HasPrefix(text, p) {
			return true
		}
	}
	return false
}

// givesExitCode reports whether the text of a tool's result begins with an
// exit code.
func givesExitCode(name string) bool {
	return name == "" || name == "apply_patch" || tool.Parse(name, nil).Kind == tool.Shell
}

// wallTime reads "Wall time: 0.2959 seconds" in the first lines of a text. A
// whole number has been rounded, and says too little.
func wallTime(text string) (ns int64, ok bool) {
	n := 0
	for l := range strings.Lines(text) {
		rest, found := strings.CutPrefix(l, "Wall time")
		if n++; n > 4 || strings.HasPrefix(l, "Output:") {
			return 0, false
		}
		if !found {
			continue
		}
		num, _, _ := strings.Cut(strings.TrimLeft(rest, ": "), " ")
		s, err := strconv.ParseFloat(num, 64)
		if err != nil || !strings.Contains(num, ".") || s < 0 || s > 1e9 {
			return 0, false
		}
		return int64(math.Round(s * 1e9)), true
	}
	return 0, false
}
