package codex

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// message reads the payload of an event_msg: what the agent tells its user
// interface.
func (r *reader) message(p *record.Record) {
	typ := p.Str("type")
	if typ == "user_message" {
		r.typed(p.Str("message"), p, fromEvent)
		return
	}
	if typ == "item_completed" {
		r.completed(p)
		return
	}
	if !bookkeeping[record.Snake(typ)] || typ == "task_complete" {
		r.flushPrompt()
	}
	switch typ {
	case "agent_message":
		r.said(p.Str("message"), false, "", p.Get("phase"), fromEvent)
	case "agent_reasoning", "agent_reasoning_raw_content":
		r.said(p.Str("text"), true, "", nil, fromEvent)
	case "token_count":
		r.tokenCount(p)
		r.book(typ, p)
	case "turn.completed":
		r.turnUsage(p.Get("usage"))
	case "turn_aborted":
		r.aborted(p)
	case "error", "stream_error":
		r.failed(p)
	case "task_started", "turn_started":
		r.book(typ, p)
	case "task_complete", "turn_complete":
		r.turnEnded(p)
	case "context_compacted":
		if r.s.first("compaction", "", fromEvent) {
			r.compaction()
		}
	case "session_configured":
		r.configured(p)
	case "thread_settings_applied":
		r.settings(p)
	default:
		r.operation(typ, p)
	}
}

// operation reads the messages that belong to a call.
func (r *reader) operation(typ string, p *record.Record) {
	id := first(p.Str("call_id"), p.Str("callId"))
	switch {
	case id == "":
		r.other(typ, p)
	case typ == "exec_command_end":
		r.command(id, p, p.Str("source") == "user_shell")
	case typ == "mcp_tool_call_end":
		g := gjson.ParseBytes(p.Get("invocation"))
		r.ran(id, "mcp__"+g.Get("server").String(), g.Get("tool").String(), rawOf(g.Get("arguments")), p.Raw)
	case typ == "patch_apply_end":
		r.ran(id, "", "apply_patch", members(p, "changes"), p.Raw)
	case typ == "dynamic_tool_call_request":
		r.asked(id, p.Str("namespace"), p.Str("tool"), p.Get("arguments"), nil)
	case typ == "dynamic_tool_call_response":
		r.ran(id, p.Str("namespace"), p.Str("tool"), p.Get("arguments"), p.Raw)
	case typ == "view_image_tool_call":
		r.asked(id, "", "view_image", members(p, "path"), nil)
	case typ == "web_search_end":
		results := p.Get("results")
		if results == nil {
			results = []byte(`{"status":"completed"}`)
		}
		action := p.Get("action")
		if action == nil {
			action = members(p, "query")
		}
		r.search(id, action, results, true)
	case typ == "image_generation_end":
		r.picture(id, p)
	case typ == "collab_agent_spawn_end":
		r.spawned(id, p.Str("new_thread_id"), p)
	default:
		r.other(typ, p)
	}
}

// other keeps a message of any other type. One that belongs to a call has it
// as its parent.
func (r *reader) other(typ string, p *record.Record) {
	if typ == "sub_agent_activity" {
		if c := r.s.calls[p.Str("event_id")]; c != nil && p.Str("agent_thread_id") != "" && p.Is("kind", "started") {
			r.child(c, p.Str("agent_thread_id"))
		}
	}
	r.keep(typ, p)
}

// spawned notes which subagent a call started.
func (r *reader) spawned(id, thread string, p *record.Record) {
	if c := r.s.calls[id]; c != nil && thread != "" {
		r.child(c, thread)
		r.book("collab_agent_spawn_end", p)
		return
	}
	r.keep("collab_agent_spawn_end", p)
}

func (r *reader) child(c *call, thread string) {
	c.child = thread
	r.spawns[thread] = c.id
}

// command takes how a command ran: one of the model's, or of the user's own.
func (r *reader) command(id string, p *record.Record, user bool) {
	if !user {
		r.ran(id, "", "exec_command", members(p, "command", "cwd"), p.Raw)
		return
	}
	g := gjson.ParseBytes(p.Get("command"))
	text := g.String()
	if list := g.Array(); g.IsArray() && len(list) > 0 {
		text = list[len(list)-1].String() // that of a shell's -lc
	}
	if !r.s.first("user_command", text, fromEvent) {
		return
	}
	v := judge(gjson.ParseBytes(p.Raw))
	r.o.Str("command", text)
	if isString(v.result) {
		r.o.Raw("output", v.result)
	}
	if v.hasExit {
		r.o.Int("exit_code", v.exit)
	}
	r.o.Str("turn_id", r.s.turn).Str("uuid", r.lineUUID())
	r.own("user_command")
}

// completed reads an item_completed: what was told by other messages before
// version 0.16x.
func (r *reader) completed(p *record.Record) {
	var item record.Record
	if !p.Sub("item", &item) {
		r.keep("item_completed", p)
		return
	}
	id, typ := item.Str("id"), item.Str("type")
	if typ == "UserMessage" {
		if text := contentText(item.Get("content")); text != "" {
			r.typed(text, &item, fromDone)
		}
		return
	}
	r.flushPrompt()
	switch typ {
	case "AgentMessage":
		r.said(contentText(item.Get("content")), false, id, item.Get("phase"), fromDone)
	case "Reasoning":
		r.reasoning(id, fromDone, item.Get("summary_text"), item.Get("raw_content"))
		r.book("reasoning", &item)
	case "CommandExecution":
		r.command(id, &item, strings.HasPrefix(record.Snake(item.Str("source")), "user"))
	case "McpToolCall":
		r.ran(id, "mcp__"+item.Str("server"), item.Str("tool"), item.Get("arguments"), spanned(&item, p))
	case "FileChange":
		r.ran(id, "", "apply_patch", members(&item, "changes"), spanned(&item, p))
	case "WebSearch":
		action := item.Get("action")
		if action == nil {
			action = members(&item, "query")
		}
		r.search(id, action, item.Get("results"), true)
	case "ImageGeneration":
		r.picture(id, &item)
	default:
		c := r.s.calls[id]
		if c == nil {
			r.keep(typ, &item)
			return
		}
		if thread := item.Str("agent_thread_id"); thread != "" && item.Is("kind", "started") {
			r.child(c, thread)
		}
		r.ran(id, "", "", nil, spanned(&item, p))
	}
}

// spanned returns an item that does not say how long it took with what the
// message around it says: when it began and when it was completed.
func spanned(item, around *record.Record) []byte {
	from, to := gjson.ParseBytes(around.Get("started_at_ms")), gjson.ParseBytes(around.Get("completed_at_ms"))
	if isObject(item.Get("duration")) || item.Has("duration_ms") || from.Int() <= 0 || to.Int() < from.Int() {
		return item.Raw
	}
	var o event.Object
	o.Int("duration_ms", to.Int()-from.Int())
	return append([]byte(nil), o.With(item.Raw)...)
}

// aborted reads a turn_aborted.
func (r *reader) aborted(p *record.Record) {
	if reason := p.Str("reason"); reason == "interrupted" || reason == "" {
		r.interrupted(reason, "", fromEvent)
	} else {
		r.keep("turn_aborted", p)
	}
	r.s.turn = ""
}

// turnEnded reads a task_complete: what it tells is told, unless the turn
// failed without another word.
func (r *reader) turnEnded(p *record.Record) {
	var e record.Record
	if p.Sub("error", &e) {
		r.failed(&e)
	}
	if text := p.Str("last_agent_message"); text != "" && !r.wasSaid(text) {
		r.said(text, false, "", nil, fromEvent)
	}
	r.book("task_complete", p)
	r.settle()
	r.s.turn = ""
}

// wasSaid reports whether a text of the model's was told.
func (r *reader) wasSaid(text string) bool {
	_, ok := r.s.told[hashOf("assistant_response", strings.TrimSpace(text))]
	return ok
}

// failed reads the error of a turn or of a request, told once in a turn.
func (r *reader) failed(p *record.Record) {
	cause := p.Get("error")
	text := p.Str("message")
	if text == "" {
		text = gjson.GetBytes(cause, "message").String()
	}
	k := hashOf(r.s.turn, text)
	if text != "" && r.s.errors[k] {
		return
	}
	r.s.errors[k] = true
	if cause == nil {
		cause = p.Get("codex_error_info")
	}
	r.o.Str("kind", "api").Raw("error", cause).Str("message", text)
	status := gjson.ParseBytes(cause)
	if status.IsObject() {
		status.ForEach(func(_, v gjson.Result) bool {
			if code := v.Get("http_status_code"); code.Type == gjson.Number {
				r.o.Int("status", code.Int())
				return false
			}
			return true
		})
	}
	// "Reconnecting... 2/5"
	if _, n, ok := strings.Cut(text, "... "); ok {
		n, _, _ = strings.Cut(n, "/")
		if attempt, err := strconv.Atoi(n); err == nil {
			r.o.Int("retry_attempt", int64(attempt))
		}
	}
	r.o.Str("turn_id", r.s.turn).Str("uuid", r.lineUUID())
	r.emit("error", event.ID(r.s.id, "api_error", r.s.turn, text, r.lineUUID()), "", nil)
}

// configured reads the session_configured of the old stream: it names the
// session.
func (r *reader) configured(p *record.Record) {
	s := r.s
	if id := p.Str("session_id"); id != "" && s.id != id {
		r.close()
		s = newThread(id)
		r.s = s
	}
	s.model = first(p.Str("model"), s.model)
	r.book("session_configured", p)
}

// settings reads a thread_settings_applied.
func (r *reader) settings(p *record.Record) {
	g := gjson.ParseBytes(p.Get("thread_settings"))
	r.s.model = first(g.Get("model").String(), r.s.model)
	if tier := g.Get("service_tier"); tier.Exists() {
		r.s.tier = tier.String()
		if r.s.tier == "default" || r.s.tier == "auto" {
			r.s.tier = "" // the usual one
		}
	}
	r.book("thread_settings_applied", p)
}

// members returns an object with some members of a record.
func members(p *record.Record, names ...string) []byte {
	var o event.Object
	for _, name := range names {
		o.Raw(name, p.Get(name))
	}
	return append([]byte(nil), o.Bytes()...)
}

func rawOf(g gjson.Result) []byte { return []byte(g.Raw) }
