package codex

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// A payload is that of a hook while it becomes events.
type payload struct {
	*record.Record
	hook    string
	session string // of the event: the subagent's thread, if it is one's
	turn    string
	nano    int64
}

// hook makes the events of the payload of a hook.
func (r *reader) hook(rec *record.Record, nano int64) error {
	p := &payload{Record: rec, hook: rec.Str("hook_event_name"), session: rec.Str("session_id"), turn: rec.Str("turn_id"), nano: nano}
	if p.session == "" {
		return dialect.ErrNoSession
	}
	// A subagent's session is its thread, whose id is that of the agent.
	p.session = first(rec.Str("agent_id"), p.session)
	switch p.hook {
	case "SessionStart", "SubagentStart":
		r.hookStart(p)
	case "SessionEnd":
		r.hookEvent(p, "session_end", event.ID(p.session, "session_end", r.nthPayload(p)), "")
	case "UserPromptSubmit":
		r.o.Text("prompt", p.Str("prompt")).Str("prompt_id", p.turn)
		r.hookEvent(p, "user_prompt", textID(p.session, "user_prompt", p.turn, p.Str("prompt"), ""), "", "prompt", "turn_id")
	case "PreToolUse":
		r.hookCall(p)
	case "PostToolUse":
		r.hookResult(p)
	case "PreModelRequest":
		// A turn has several, and nothing tells them apart.
		r.hookEvent(p, "llm_request", event.ID(p.session, "llm_request", r.nthPayload(p)), "")
	case "PostModelRequest":
		r.hookAnswer(p)
	case "Stop":
		r.hookStop(p)
	case "SubagentStop":
		r.hookSaid(p)
		r.o.Str("reason", "subagent_stop")
		r.hookEvent(p, "session_end", event.ID(p.session, "session_end", string(p.Raw)), "", "last_assistant_message")
	case "StopFailure":
		r.o.Str("kind", "api")
		r.hookEvent(p, "error", event.ID(p.session, "api_error", string(p.Raw)), "")
	case "Interrupt":
		r.hookEvent(p, "interrupt", textID(p.session, "interrupt", p.turn, "", ""), "")
	case "PostCompact":
		r.hookEvent(p, "compaction", textID(p.session, "compaction", p.turn, "", ""), "")
	case "PermissionRequest":
		id := event.ID(p.session, "hook_"+p.hook, r.nthPayload(p))
		parent := ""
		if open := r.open[whatIsCalled(p)]; len(open) == 1 {
			parent = open[0] // it names no call, and can be about this one only
		}
		r.hookEvent(p, "permission_request", id, parent)
	default:
		r.hookEvent(p, eventName(p.hook), event.ID(p.session, "hook_"+p.hook, r.nthPayload(p)), "")
	}
	return nil
}

// nthPayload returns the native id of a payload that has none: its bytes, and
// how many equal ones came before.
func (r *reader) nthPayload(p *payload) string {
	k := hashOf(string(p.Raw))
	r.hooks[k]++
	if n := r.hooks[k]; n > 1 {
		return string(p.Raw) + "#" + strconv.Itoa(n)
	}
	return string(p.Raw)
}

// renamed are the members of payloads that have another name in events, and
// those that the envelope has ("").
var renamed = map[string]string{"session_id": "", "hook_event_name": "", "tool_input": "arguments", "tool_response": "result"}

// hookEvent emits an event with all members of the payload but those that are
// done.
func (r *reader) hookEvent(p *payload, typ, id, parent string, done ...string) {
	p.Each(func(k, v []byte) {
		name := string(k)
		to, ok := renamed[name]
		if ok && to == "" || string(v) == "null" || string(v) == `""` {
			return
		}
		for _, d := range done {
			if d == name {
				return
			}
		}
		if ok {
			k = []byte(to)
		}
		r.o.RawKey(k, v)
	})
	r.give(event.Header{Type: typ, UnixNano: p.nano, ID: id, Session: p.session, Parent: parent})
}

func (r *reader) hookStart(p *payload) {
	source := first(p.Str("source"), "startup")
	r.o.Str("agent", Name).Str("source", source)
	if outer := p.Str("session_id"); outer != p.session {
		r.o.Str("parent_session_id", outer)
	}
	if r.Origin != nil {
		r.Origin(p.Str("cwd"), &r.o)
	}
	id := startID(p.session)
	if source == "resume" || source == "compact" {
		id = event.ID(p.session, "session_start", source, r.nthPayload(p))
	}
	r.hookEvent(p, "session_start", id, "", "source")
}

// whatIsCalled is equal for calls of a session that do the same.
func whatIsCalled(p *payload) uint64 {
	return hashOf(p.session, p.Str("tool_name"), string(tool.Canonical(p.Get("tool_input"))))
}

func (r *reader) hookCall(p *payload) {
	key := r.callKey(p)
	what, id := whatIsCalled(p), callID(p.session, key)
	if !slices.Contains(r.open[what], id) {
		r.open[what] = append(r.open[what], id)
	}
	r.o.Raw("tool_name", p.Get("tool_name")).Raw("tool_use_id", p.Get("tool_use_id")).Raw("arguments", arguments(p.Get("tool_input")))
	if server := serverOf(p.Str("tool_name")); server != "" {
		var o event.Object
		o.Str("name", server)
		r.o.Raw("mcp_server", o.Bytes())
	}
	r.hookEvent(p, "tool_call", id, "", "tool_name", "tool_use_id", "tool_input")
}

// callKey returns the native id of a call.
func (r *reader) callKey(p *payload) string {
	if id := p.Str("tool_use_id"); id != "" {
		return id
	}
	return p.turn + "\x00" + p.Str("tool_name") + "\x00" + string(tool.Canonical(p.Get("tool_input")))
}

// hookResult emits what a PostToolUse tells. It comes for calls that failed,
// too; only some responses say so themselves.
func (r *reader) hookResult(p *payload) {
	key, name := r.callKey(p), p.Str("tool_name")
	what, call := whatIsCalled(p), callID(p.session, key)
	if open := slices.DeleteFunc(r.open[what], func(id string) bool { return id == call }); len(open) > 0 {
		r.open[what] = open
	} else {
		delete(r.open, what)
	}
	response := p.Get("tool_response")
	typ, failed := "tool_result", false
	code, hasCode := 0, false
	switch {
	case isObject(response):
		failed = gjson.GetBytes(response, "isError").Bool()
	case name == "apply_patch": // its text begins with the exit code
		code, hasCode = tool.ExitCode(record.Text(response))
		failed = hasCode && code != 0
	}
	done := []string{"tool_name", "tool_use_id", "tool_input"}
	if failed {
		typ = "error"
		r.o.Str("kind", "tool")
		done = append(done, "tool_response")
	}
	r.o.Str("tool_name", name).Raw("tool_use_id", p.Get("tool_use_id"))
	if hasCode {
		r.o.Int("exit_code", int64(code))
	}
	if failed {
		r.o.Raw("error", response)
	}
	r.hookEvent(p, typ, outcomeID(p.session, key), call, done...)
}

// hookAnswer emits what a PostModelRequest tells: tokens, or why there was no
// answer.
func (r *reader) hookAnswer(p *payload) {
	cause := p.Get("error")
	usage := p.Get("token_usage")
	if isObject(usage) {
		t := readTokens(gjson.ParseBytes(usage))
		r.o.Raw("model", p.Get("model"))
		t.appendTo(&r.o)
		r.hookEvent(p, "llm_response", requestID(p.session, p.turn, t, ""), "", "model", "token_usage")
		return
	}
	if cause == nil {
		r.hookEvent(p, "llm_response", event.ID(p.session, "llm_response", r.nthPayload(p)), "")
		return
	}
	text := record.Text(cause)
	if isObject(cause) {
		text = gjson.GetBytes(cause, "message").String()
	}
	r.o.Str("kind", "api").Raw("error", cause).Str("message", text)
	r.hookEvent(p, "error", event.ID(p.session, "api_error", r.nthPayload(p)), "", "error")
}

func (r *reader) hookStop(p *payload) {
	if !r.hookSaid(p) {
		r.hookEvent(p, "stop", event.ID(p.session, "stop", p.turn, string(p.Raw)), "")
	}
}

// hookSaid emits the last message of a turn, if there is one.
func (r *reader) hookSaid(p *payload) bool {
	text := p.Str("last_assistant_message")
	if strings.TrimSpace(text) == "" {
		return false
	}
	r.o.Text("text", text).True("stop_hook_active", p.True("stop_hook_active"))
	r.hookEvent(p, "assistant_response", textID(p.session, "assistant_response", p.turn, strings.TrimSpace(text), ""), "",
		"last_assistant_message", "stop_hook_active")
	return true
}

// notify makes the events of what a notify program is given: the prompts of a
// turn and its answer, told at its end.
func (r *reader) notify(rec *record.Record, nano int64) error {
	p := &payload{Record: rec, session: rec.Str("thread-id"), turn: rec.Str("turn-id"), nano: nano}
	if p.session == "" {
		return dialect.ErrNoSession
	}
	if list := rec.Get("input-messages"); isArray(list) {
		nth := map[string]int{}
		record.Elements(list, func(el []byte) {
			text := record.Text(el)
			if text == "" || injected(text) {
				return
			}
			n := ""
			if nth[text]++; nth[text] > 1 {
				n = strconv.Itoa(nth[text])
			}
			r.o.Text("prompt", text).Str("prompt_id", p.turn).Raw("cwd", rec.Get("cwd")).Raw("client", rec.Get("client"))
			r.give(event.Header{Type: "user_prompt", UnixNano: nano, ID: textID(p.session, "user_prompt", p.turn, text, n), Session: p.session})
		})
	}
	text := rec.Str("last-assistant-message")
	if strings.TrimSpace(text) == "" {
		return nil
	}
	r.o.Text("text", text).Str("turn_id", p.turn).Raw("cwd", rec.Get("cwd")).Raw("client", rec.Get("client"))
	r.give(event.Header{Type: "assistant_response", UnixNano: nano, ID: textID(p.session, "assistant_response", p.turn, strings.TrimSpace(text), ""), Session: p.session})
	return nil
}
