package gemini

import (
	"bytes"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// renamed are the keys of payloads that have another name in events, and those
// that the envelope has ("").
var renamed = map[string]string{
	"session_id": "", "hook_event_name": "", "timestamp": "", "tool_input": "arguments", "tool_response": "result",
}

// hook makes the events of a payload that was read at a time.
func (g *reader) hook(r *record.Record, nano int64) error {
	session, name := r.Str("session_id"), r.Str("hook_event_name")
	if session == "" {
		return dialect.ErrNoSession
	}
	// Two equal payloads of one time are one happening, told twice: the hook
	// is configured twice.
	native := string(r.Raw)
	if ns, ok := record.Nanos(r.Get("timestamp")); ok {
		nano = ns
		short := event.ID(session, "", native)
		if g.heard[short] {
			return nil
		}
		g.heard[short] = true
	} else {
		native = g.tally.Native(session, r.Raw)
	}
	h := event.Header{UnixNano: nano, Session: session}
	switch name {
	case "SessionStart":
		return g.sessionStart(r, h, native)
	case "SessionEnd":
		h.Type = "session_end"
	case "BeforeAgent":
		h.Type = "user_prompt"
	case "AfterAgent":
		if said := r.Str("prompt_response"); said != "" {
			g.Str("text", said).True("stop_hook_active", r.True("stop_hook_active"))
			g.Rest(r, renamed, "prompt_response", "stop_hook_active")
			h.Type, h.ID = "assistant_response", event.ID(session, "after_agent", native)
			return g.Give(h)
		}
	case "BeforeTool":
		return g.beforeTool(r, h)
	case "AfterTool":
		return g.afterTool(r, h)
	case "BeforeModel":
		g.request(r)
		g.Rest(r, renamed, "llm_request")
		h.Type, h.ID = "llm_request", requestID(session, r)
		return g.Give(h)
	case "AfterModel":
		return g.afterModel(r, h, native)
	case "BeforeToolSelection":
		if !g.All {
			return nil
		}
	}
	if h.Type == "" {
		h.Type = record.Snake(name)
	}
	h.ID = event.ID(session, h.Type, native)
	g.Rest(r, renamed)
	return g.Give(h)
}

func (g *reader) sessionStart(r *record.Record, h event.Header, native string) error {
	from := r.Str("source")
	if from == "" {
		from = "startup"
	}
	h.Type, h.ID = "session_start", payload.StartID(h.Session)
	if from != "startup" {
		h.ID = event.ID(h.Session, "session_start", from, native)
	}
	g.Str("agent", agentName).Str("source", from)
	g.Start(r.Str("cwd"))
	g.Rest(r, renamed, "source")
	return g.Give(h)
}

func (g *reader) beforeTool(r *record.Record, h event.Header) error {
	call, _ := g.calls[hook].Begin(h.Session, "", r.Str("tool_name"), r.Get("tool_input"))
	call.At(h.UnixNano)
	g.Raw("tool_name", r.Get("tool_name"))
	var mcp record.Record
	if r.Sub("mcp_context", &mcp) {
		var server event.Object
		server.Raw("name", mcp.Get("server_name")).Raw("tool_name", mcp.Get("tool_name"))
		g.Raw("mcp_server", server.Bytes())
	}
	g.Rest(r, renamed, "tool_name")
	h.Type, h.ID = "tool_call", call.ID
	return g.Give(h)
}

func (g *reader) afterTool(r *record.Record, h event.Header) error {
	call := g.calls[hook].End(h.Session, "", r.Str("tool_name"), r.Get("tool_input"))
	h.ID, h.Parent, h.Nanos = call.Outcome, call.ID, call.Took(h.UnixNano, true)
	response := gjson.ParseBytes(r.Get("tool_response"))
	text := payload.Text([]byte(response.Get("llmContent").Raw))
	code, coded := exitCode(r.Str("tool_name"), text)
	done := []string{"tool_name", "arguments"} // the call has told the arguments
	switch told := response.Get("error"); {
	case told.Exists() && told.Type != gjson.Null:
		g.failed(&h, r.Get("tool_name"), []byte(told.Raw), nil)
	case coded && code != 0:
		g.failed(&h, r.Get("tool_name"), event.AppendString(nil, text), &code)
	default:
		h.Type = "tool_result"
		g.Raw("tool_name", r.Get("tool_name")).Raw("result", r.Get("tool_response"))
		done = append(done, "result")
	}
	g.Rest(r, renamed, done...)
	return g.Give(h)
}

// failed begins the error of a call that failed: what was told of it, and the
// exit code, if it was a command that had one.
func (g *reader) failed(h *event.Header, name, told []byte, code *int) {
	h.Type = "error"
	g.Str("kind", "tool").Raw("tool_name", name).Raw("error", told)
	if code != nil {
		g.Int("exit_code", int64(*code))
	}
	text := payload.Text(told)
	g.True("is_interrupt", cancelled(text)).True("rejected", refused(text))
}

// request adds what an llm_request says of a request: not the history, which
// the events before it have told.
func (g *reader) request(r *record.Record) {
	req := gjson.ParseBytes(r.Get("llm_request"))
	g.Str("model", req.Get("model").String())
	if list := req.Get("messages"); list.IsArray() {
		n := list.Get("#").Int()
		g.Int("message_count", n)
		if n > 0 {
			g.Raw("last_message", []byte(list.Get(itoa(int(n-1))).Raw))
		}
	}
	g.Raw("config", []byte(req.Get("config").Raw))
}

// requestID is the id of a request, which the answer repeats.
func requestID(session string, r *record.Record) string {
	return event.ID(session, "llm_request", string(tool.Canonical(r.Get("llm_request"))))
}

// afterModel takes a piece of an answer. The last one has a finishReason, and
// the usage of the whole.
func (g *reader) afterModel(r *record.Record, h event.Header, native string) error {
	said := gjson.ParseBytes(r.Get("llm_response"))
	stop, used := said.Get("candidates.0.finishReason").String(), said.Get("usageMetadata")
	if stop == "" {
		if !g.All {
			return nil
		}
		g.Raw("llm_response", r.Get("llm_response"))
		g.Rest(r, renamed, "llm_request", "llm_response")
		h.Type, h.ID = "after_model", event.ID(h.Session, "after_model", native)
		return g.Give(h)
	}
	h.Parent = requestID(h.Session, r)
	g.Str("model", gjson.GetBytes(r.Get("llm_request"), "model").String()).Str("stop_reason", stop)
	g.Rest(r, renamed, "llm_request", "llm_response")
	if !used.Exists() {
		h.Type, h.ID = "llm_response", event.ID(h.Session, "llm_response", native)
		return g.Give(h)
	}
	prompt, candidates, total := count(used, "promptTokenCount"), count(used, "candidatesTokenCount"), count(used, "totalTokenCount")
	thoughts, cached := count(used, "thoughtsTokenCount"), count(used, "cachedContentTokenCount")
	if thoughts == 0 {
		thoughts = rest(prompt, candidates, total)
	}
	return g.answer(h, hook, prompt, candidates, total, usage(prompt, candidates, cached, thoughts, 0))
}

// exitCode returns the exit code that ends the result of a command:
//
//	Output: …
//	Exit Code: 3
//	Signal: (none)
//	Background PIDs: (none)
//	Process Group PGID: 20704
//
// Newer versions leave out lines that say nothing, and 0. What stands above
// may be the output of the command.
func exitCode(name, text string) (code int, ok bool) {
	if name != "run_shell_command" {
		return 0, false
	}
	tail := []byte(text)
	for len(tail) > 0 {
		var line []byte
		if i := bytes.LastIndexByte(tail, '\n'); i >= 0 {
			line, tail = tail[i+1:], tail[:i]
		} else {
			line, tail = tail, nil
		}
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0, bytes.Equal(line, []byte("</untrusted_context>")):
		case bytes.HasPrefix(line, []byte("Process Group PGID: ")):
		case bytes.HasPrefix(line, []byte("Background PIDs: ")):
		case bytes.HasPrefix(line, []byte("Signal: ")):
		case bytes.HasPrefix(line, []byte("Exit Code: ")):
			return tool.ExitCode(string(line))
		default:
			return 0, false
		}
	}
	return 0, false
}
