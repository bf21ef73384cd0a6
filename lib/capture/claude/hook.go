package claude

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// An Origin adds to session_start what only the machine knows that the agent
// runs on: host, user, git, process.
type Origin func(cwd string, o *event.Object)

// Hooks turns the payloads of hooks into events. The zero value needs Emit.
type Hooks struct {
	Emit   func(line []byte) error
	Origin Origin // may be nil
	// Log says that the payloads are read from a log, not on behalf of a running
	// agent: then a result whose call was not told tells it, with its arguments.
	Log bool

	told   map[string]bool   // calls, of a log
	fifo   map[string]*queue // calls without a tool_use_id
	counts map[string]int    // payloads without any id of their own, by hash
	last   map[string]string // the last call of a session, see inTurn
	turns  map[turnKey]int   // which telling that is
	again  map[string]int    // how often something was told anew
	o      event.Object
	buf    []byte
}

// queue counts equal calls and their results.
type queue struct{ calls, results int }

// IsHook reports whether a record is the payload of a hook.
func IsHook(r *record.Record) bool { return r.Str("hook_event_name") != "" }

// payload is a hook's payload while it becomes events.
type payload struct {
	*record.Record
	hook    string
	session string // of the event: the subagent's own, if it is one
	outer   string // the session_id that the payload carries
	agent   string
	nano    int64
	took    *int64 // duration_ms, in nanoseconds
}

// Take makes the events of a payload that was read at a time. A payload
// without a session_id is an error.
func (h *Hooks) Take(r *record.Record, nano int64) error {
	p := &payload{Record: r, hook: r.Str("hook_event_name"), outer: r.Str("session_id"), agent: r.Str("agent_id"), nano: nano}
	if p.outer == "" {
		return errNoSession
	}
	p.took = record.Millis(p.Get("duration_ms"))
	p.session = p.outer
	if p.agent != "" {
		p.session = ChildID(p.outer, p.agent)
	}
	switch p.hook {
	case "SessionStart", "SubagentStart":
		return h.sessionStart(p)
	case "SessionEnd":
		return h.event(p, "session_end", "session_end", h.nth(p))
	case "UserPromptSubmit":
		return h.prompt(p)
	case "PreToolUse":
		return h.call(p)
	case "PostToolUse":
		return h.result(p)
	case "PostToolUseFailure":
		return h.failure(p)
	case "PostToolBatch":
		return h.batch(p)
	case "Stop":
		return h.stop(p)
	case "StopFailure":
		return h.stopFailure(p)
	case "SubagentStop":
		return h.subagentStop(p)
	case "PostCompact":
		return h.event(p, "compaction", "compaction", h.nth(p))
	case "PermissionDenied":
		if id := p.Str("tool_use_id"); id != "" {
			return h.answer(p, "permission_denied", "permission_denied", id, callID(p.session, id))
		}
	}
	return h.event(p, record.Snake(p.hook), "hook_"+p.hook, h.nth(p))
}

// nth returns the native id of a payload that has none: its bytes, and how
// many equal ones came before. Two equal payloads that two processes read
// have one id; the reader of the store tells by the time whether they are one.
func (h *Hooks) nth(p *payload) string {
	if h.counts == nil {
		h.counts = map[string]int{}
	}
	key := string(p.Raw)
	if id := p.Str("prompt_id"); id != "" {
		// The same hook in the same turn, told twice, is one happening, unless
		// there was a call in between; see inTurn.
		return key
	}
	short := event.ID("", "", key) // payloads may be large
	h.counts[short]++
	if n := h.counts[short]; n > 1 {
		return key + "#" + strconv.Itoa(n)
	}
	return key
}

// renamed are the keys of payloads that have another name in events, and those
// that the envelope has ("").
var renamed = map[string]string{
	"session_id": "", "hook_event_name": "", "duration_ms": "",
	"tool_input": "arguments", "tool_response": "result", "tool_output": "result", "error_message": "error",
}

// rest adds all members of the payload that are not added yet.
func (h *Hooks) rest(p *payload, done ...string) {
	p.Each(func(k, v []byte) {
		name := string(k)
		to, ok := renamed[name]
		if ok {
			name = to
		}
		if name == "" || string(v) == "null" {
			return
		}
		for _, d := range done {
			if d == name {
				return
			}
		}
		if ok {
			k = []byte(name)
		}
		h.o.RawKey(k, v)
	})
}

// event emits the payload as one event.
func (h *Hooks) event(p *payload, typ, kind, key string) error {
	h.rest(p)
	return h.give(p, typ, event.ID(p.session, kind, key), "")
}

// answer is event for what belongs to a call.
func (h *Hooks) answer(p *payload, typ, kind, key, parent string) error {
	h.rest(p)
	return h.give(p, typ, event.ID(p.session, kind, key), parent)
}

func (h *Hooks) give(p *payload, typ, id, parent string) error {
	id = h.inTurn(p, typ, id)
	head := event.Header{Type: typ, UnixNano: p.nano, ID: id, Session: p.session, Parent: parent}
	head.Nanos = p.took
	h.buf = event.Append(h.buf[:0], head, h.o.Fit(typ).Bytes())
	h.o.Reset()
	return h.Emit(h.buf)
}

func (h *Hooks) sessionStart(p *payload) error {
	source := p.Str("source")
	if source == "" {
		source = "startup"
	}
	h.o.Str("agent", Agent).Str("source", source)
	if p.agent != "" {
		h.o.Str("parent_session_id", p.outer)
	}
	if h.Origin != nil {
		h.Origin(p.Str("cwd"), &h.o)
	}
	h.rest(p, "source")
	id := startID(p.session)
	if source != "startup" && p.agent == "" {
		id = event.ID(p.session, "session_start", source, h.nth(p))
	}
	return h.give(p, "session_start", id, "")
}

func (h *Hooks) prompt(p *payload) error {
	text, key := contentText(p.Get("prompt")), ""
	if turn := p.Str("prompt_id"); turn != "" {
		key = promptKey(turn, text)
	} else {
		key = h.nth(p)
	}
	h.o.Text("prompt", text)
	if hasOther(p.Get("prompt")) {
		h.o.Raw("content", p.Get("prompt"))
	}
	h.rest(p, "prompt")
	return h.give(p, "user_prompt", event.ID(p.session, "user_prompt", key), "")
}

// callKey returns the native id of a call: its tool_use_id, or what it does and
// how often it was done before.
func (h *Hooks) callKey(p *payload, isCall bool) string {
	if id := p.Str("tool_use_id"); id != "" {
		return id
	}
	if h.fifo == nil {
		h.fifo = map[string]*queue{}
	}
	what := p.Str("tool_name") + "\x00" + string(tool.Canonical(p.Get("tool_input")))
	q := h.fifo[p.session+"\x00"+what]
	if q == nil {
		q = &queue{}
		h.fifo[p.session+"\x00"+what] = q
	}
	n := &q.results
	if isCall {
		n = &q.calls
	}
	*n++
	if *n > 1 {
		what += "\x00" + strconv.Itoa(*n)
	}
	return what
}

func (h *Hooks) call(p *payload) error {
	h.o.Raw("tool_name", p.Get("tool_name")).Raw("tool_use_id", p.Get("tool_use_id"))
	h.rest(p, "tool_name", "tool_use_id")
	return h.giveCall(p, callID(p.session, h.callKey(p, true)), p.nano)
}

func (h *Hooks) giveCall(p *payload, id string, nano int64) error {
	if h.Log {
		if h.told == nil {
			h.told = map[string]bool{}
		}
		h.told[id] = true
	}
	at, duration := p.nano, p.took
	p.nano, p.took = nano, nil
	err := h.give(p, "tool_call", id, "")
	p.nano, p.took = at, duration
	return err
}

// untold tells the call of an outcome, if a log does not.
func (h *Hooks) untold(p *payload, id string) error {
	if !h.Log || h.told[id] || len(p.Get("tool_input")) == 0 {
		return nil
	}
	h.o.Raw("tool_name", p.Get("tool_name")).Raw("tool_use_id", p.Get("tool_use_id")).Raw("arguments", p.Get("tool_input"))
	h.o.Raw("mcp_server", p.Get("mcp_server")).Raw("cwd", p.Get("cwd"))
	nano := p.nano
	if p.took != nil {
		nano -= *p.took
	}
	return h.giveCall(p, id, nano)
}

func (h *Hooks) result(p *payload) error {
	key := h.callKey(p, false)
	if err := h.untold(p, callID(p.session, key)); err != nil {
		return err
	}
	h.o.Raw("tool_name", p.Get("tool_name")).Raw("tool_use_id", p.Get("tool_use_id"))
	if agent := gjson.GetBytes(p.Raw, "tool_response.agentId").String(); agent != "" {
		h.o.Str("child_session_id", ChildID(p.outer, agent))
	}
	// The call has told the arguments.
	h.rest(p, "tool_name", "tool_use_id", "arguments")
	return h.give(p, "tool_result", event.ID(p.session, "tool_result", key), callID(p.session, key))
}

func (h *Hooks) failure(p *payload) error {
	key := h.callKey(p, false)
	if err := h.untold(p, callID(p.session, key)); err != nil {
		return err
	}
	h.o.Str("kind", "tool").Raw("tool_name", p.Get("tool_name")).Raw("tool_use_id", p.Get("tool_use_id"))
	cause := p.Get("error")
	for _, name := range []string{"error_message", "tool_response", "tool_output"} {
		if len(cause) == 0 {
			cause = p.Get(name)
		}
	}
	if code, ok := tool.ExitCode(record.Text(cause)); ok {
		h.o.Int("exit_code", int64(code))
	}
	h.o.Raw("error", cause)
	done := []string{"tool_name", "tool_use_id", "arguments", "error"}
	if len(p.Get("error")) == 0 && len(p.Get("error_message")) == 0 {
		done = append(done, "result") // it stands under error now
	}
	h.rest(p, done...)
	return h.give(p, "error", event.ID(p.session, "tool_result", key), callID(p.session, key))
}

// batch emits the calls of a batch that no other hook tells: those that the
// agent refused before they ran, for a bad input or an unknown tool.
func (h *Hooks) batch(p *payload) error {
	var err error
	record.Elements(p.Get("tool_calls"), func(b []byte) {
		var c record.Record
		if err != nil || b[0] != '{' || c.Parse(b) != nil {
			return
		}
		id, text := c.Str("tool_use_id"), contentText(c.Get("tool_response"))
		if id == "" || !strings.HasPrefix(text, "<tool_use_error>") {
			return
		}
		h.o.Raw("tool_name", c.Get("tool_name")).Str("tool_use_id", id).Raw("arguments", c.Get("tool_input"))
		if err = h.giveCall(p, callID(p.session, id), p.nano); err != nil {
			return
		}
		h.o.Str("kind", "tool").Raw("tool_name", c.Get("tool_name")).Str("tool_use_id", id).Str("error", text)
		err = h.give(p, "error", event.ID(p.session, "tool_result", id), callID(p.session, id))
	})
	if err != nil {
		return err
	}
	return h.event(p, "post_tool_batch", "post_tool_batch", h.nth(p))
}

func (h *Hooks) stop(p *payload) error {
	text := p.Str("last_assistant_message")
	if text == "" {
		return h.event(p, "stop", "stop", h.nth(p))
	}
	h.o.Str("text", text).True("stop_hook_active", p.True("stop_hook_active"))
	h.rest(p, "last_assistant_message", "stop_hook_active")
	return h.give(p, "assistant_response", event.ID(p.session, "stop", h.nth(p)), "")
}

func (h *Hooks) stopFailure(p *payload) error {
	h.o.Str("kind", "api").Str("message", p.Str("last_assistant_message"))
	h.rest(p, "last_assistant_message")
	return h.give(p, "error", event.ID(p.session, "stop_failure", h.nth(p)), "")
}

// subagentStop ends the subagent's session. A compaction ends with one too,
// of a subagent that has no type and never started: that stays with the
// session, as what it is.
func (h *Hooks) subagentStop(p *payload) error {
	if p.agent == "" || p.Has("agent_type") && p.Str("agent_type") == "" {
		p.session = p.outer
		return h.event(p, "subagent_stop", "subagent_stop", h.nth(p))
	}
	if text := p.Str("last_assistant_message"); text != "" {
		h.o.Str("text", text)
		if err := h.give(p, "assistant_response", event.ID(p.session, "stop", h.nth(p)), ""); err != nil {
			return err
		}
	}
	h.o.Str("reason", "subagent_stop")
	h.rest(p, "last_assistant_message")
	return h.give(p, "session_end", event.ID(p.session, "session_end", string(p.Raw)), "")
}

type hookError string

func (e hookError) Error() string { return string(e) }

const (
	errNoSession     = hookError("a hook payload without a session_id")
	errNoFileSession = hookError("a line of a transcript without a sessionId")
)

// IsNoSession reports whether a Take failed for want of a session id.
func IsNoSession(err error) bool { return err == errNoSession || err == errNoFileSession }
