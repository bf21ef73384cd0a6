package replay

import (
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/text"
	"agenttrace/lib/tool"
)

// A description is what an entry says of its event.
type description struct {
	view     *view
	of       call
	name     string   // stands after the type
	notes    []string // stand in parentheses
	lines    []string // stand below
	thinking bool
}

func (d *description) note(s string) {
	if s != "" {
		d.notes = append(d.notes, s)
	}
}

// line adds one line.
func (d *description) line(s string) {
	if s = d.view.short(s); s != "" {
		d.lines = append(d.lines, s)
	}
}

// text adds the first lines of s.
func (d *description) text(s string) {
	lines, more := d.view.preview(s, d.view.Width)
	d.lines = append(d.lines, left(lines, more)...)
}

func (d *description) event(e event.Event, typ string) {
	data := d.view.data.index(e.DataRaw())
	str := func(key string) string { return data.Get(key).String() }
	switch typ {
	case "session_start":
		d.sessionStart(data)
	case "session_end":
		d.name = str("reason")
		d.numberNote(data, "exit_code", "exit ")
	case "user_prompt":
		d.when(data.Get("queued").Bool(), "queued")
		d.lines = d.view.quoted(said(data, "prompt", "text", "content"))
	case "assistant_response":
		d.assistant(data)
	case "llm_request":
		d.name = first(data, "model", "method")
		if n := data.Get("message_count"); n.Type == gjson.Number {
			d.note(text.Count(int(n.Int()), "message"))
		}
	case "llm_response":
		d.llmResponse(data)
	case "tool_call":
		d.toolCall(data)
	case "tool_result":
		d.outcome(e, data)
		d.result(data)
	case "error":
		d.failure(e, data)
	case "file_read", "file_write":
		d.line(first(data, "path", "uri"))
	case "decision":
		d.name = str("choice")
		d.text(str("reason"))
	case "compaction":
		d.compaction(data)
	case "compaction_summary":
		d.text(str("compact_summary"))
	case "interrupt", "task_notification":
		d.text(first(data, "text", "message"))
	case "user_prompt_expansion":
		d.expansion(data)
	case "user_command":
		if c := str("command"); c != "" {
			d.line("$ " + c)
		}
		d.text(str("output"))
	default:
		d.other(e, data)
	}
}

func (d *description) when(on bool, note string) {
	if on {
		d.note(note)
	}
}

// numberNote notes a number, if it is there, after a word.
func (d *description) numberNote(data *object, key, word string) {
	if v := data.Get(key); v.Type == gjson.Number {
		d.note(word + v.Raw)
	}
}

// first returns the first of the keys that holds a text.
func first(data *object, keys ...string) string {
	for _, key := range keys {
		if v := data.Get(key); v.Type == gjson.String && v.Str != "" {
			return v.Str
		}
	}
	return ""
}

// said is first for keys that may hold content blocks.
func said(data *object, keys ...string) string {
	for _, key := range keys {
		if s := plain(data.Get(key)); s != "" {
			return s
		}
	}
	return ""
}

func (d *description) sessionStart(data *object) {
	d.name = data.Get("source").String()
	agent := first(data, "agent", "agent_name")
	if v := data.Get("agent_version").String(); agent != "" && v != "" {
		agent += " " + v
	}
	if t := data.Get("agent_type").String(); t != "" {
		agent = strings.TrimSpace(agent + " " + t)
	}
	where := data.Get("cwd").String()
	if b := data.Get("git").Get("branch").String(); b != "" {
		where = strings.TrimSpace(where + " (" + b + ")")
	}
	d.line(join(agent, data.Get("model").String(), where))
	d.line(data.Get("description").String())
}

func join(parts ...string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, ", ")
}

func (d *description) assistant(data *object) {
	s := said(data, "text", "content", "content_preview")
	if d.thinking = data.Get("thinking").Bool(); d.thinking {
		d.name = "thinking"
		d.text(s)
		return
	}
	if d.view.Lines > 0 {
		s = unmarked(s)
	}
	d.lines = d.view.quoted(s)
}

// tokenNames are the classes of usage in the order in which they are shown.
var tokenNames = []struct{ key, name string }{
	{"input_tokens", "in"}, {"output_tokens", "out"}, {"reasoning_tokens", "reasoning"},
	{"cache_read_tokens", "cache read"},
	{"cache_write_5m_tokens", "cache write (5m)"}, {"cache_write_1h_tokens", "cache write (1h)"},
}

func (d *description) llmResponse(data *object) {
	d.name = data.Get("model").String()
	d.note(data.Get("stop_reason").String())
	if s := data.Get("usage_in_session").String(); s != "" {
		d.note("usage in session " + s)
	}
	var parts []string
	usage := data.Get("usage")
	for _, t := range tokenNames {
		if n := usage.Get(t.key); n.Type == gjson.Number && n.Int() > 0 {
			parts = append(parts, text.Tokens(n.Int())+" "+t.name)
		}
	}
	if len(parts) == 0 {
		if n := data.Get("total_tokens"); n.Type == gjson.Number {
			parts = append(parts, text.Tokens(n.Int()))
		}
	}
	if len(parts) > 0 {
		d.line("tokens: " + strings.Join(parts, ", "))
	}
	d.text(data.Get("content_preview").String())
}

func (d *description) toolCall(data *object) {
	d.name = data.Get("tool_name").String()
	d.when(data.Get("server_side").Bool(), "server side")
	if d.name == "" && data.Get("event_subtype").String() == "a2a_call" {
		d.name = "a2a " + first(data, "agent_id", "agent_url")
		d.text(said(data, "task"))
		return
	}
	args := data.bytes("arguments")
	if c := tool.Parse(d.name, args); c.Line != "" {
		d.line("$ " + c.Line)
		return
	}
	d.line(tool.Title(d.name, args))
}

// outcome notes what results and errors of a tool have in common.
func (d *description) outcome(e event.Event, data *object) {
	if d.name = data.Get("tool_name").String(); d.name == "" {
		d.name = d.of.name
	}
	at, ok := e.UnixNano()
	switch took, told := e.Duration(); {
	case told && took >= 0:
		d.note(text.Latency(took))
	case !told && ok && d.of.ok && at >= d.of.at:
		d.note(text.Latency(time.Duration(at - d.of.at)))
	}
	if s := data.Get("child_session_id").String(); s != "" {
		d.note("session " + s)
	}
}

func (d *description) failure(e event.Event, data *object) {
	d.outcome(e, data)
	if d.name == "" {
		d.name = first(data, "kind", "exception_type", "method")
	}
	d.numberNote(data, "exit_code", "exit ")
	d.numberNote(data, "code", "code ")
	d.numberNote(data, "status", "status ")
	d.numberNote(data, "retry_attempt", "retry ")
	d.when(data.Get("is_interrupt").Bool(), "interrupted")
	d.text(said(data, "error", "message", "result", "content_preview"))
}

func (d *description) compaction(data *object) {
	d.name = data.Get("trigger").String()
	before, after := data.Get("pre_tokens"), data.Get("post_tokens")
	switch {
	case before.Type == gjson.Number && after.Type == gjson.Number:
		d.line(text.Tokens(before.Int()) + " → " + text.Tokens(after.Int()) + " tokens")
	case before.Type == gjson.Number:
		d.line(text.Tokens(before.Int()) + " tokens before")
	}
	d.text(data.Get("compact_summary").String())
}

func (d *description) expansion(data *object) {
	d.name = data.Get("command_name").String()
	if d.name != "" && d.name[0] != '/' && data.Get("expansion_type").String() != "mcp_prompt" {
		d.name = "/" + d.name
	}
	if args := data.Get("command_args").String(); args != "" {
		d.line(args)
		return
	}
	d.text(data.Get("prompt").String())
}

// other describes an event of a type that is not known here.
func (d *description) other(e event.Event, data *object) {
	d.name = first(data, "tool_name", "agent_type", "agent_id", "name")
	if took, ok := e.Duration(); ok && took >= 0 {
		d.note(text.Latency(took))
	}
	if args := data.Get("tool_input"); d.name != "" && args.IsObject() {
		d.line(tool.Title(d.name, []byte(args.Raw)))
	}
	if s := first(data, "message", "text", "prompt", "reason", "error", "title", "last_assistant_message"); s != "" {
		d.text(s)
		return
	}
	if len(d.lines) == 0 {
		d.line(members(data.all(), "tool_name", "agent_type", "agent_id", "name", "uuid", "cwd", "transcript_path",
			"hook_event_name", "session_id", "permission_mode", "prompt_id", "tool_use_id"))
	}
}
