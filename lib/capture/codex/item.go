package codex

import (
	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// item reads an item of the conversation with the model: the payload of a
// response_item, or a line of an old rollout.
func (r *reader) item(p *record.Record) {
	typ := p.Str("type")
	if id := p.Str("id"); id != "" && r.uuid == "" {
		r.uuid = id
	}
	if typ == "message" || typ == "" && p.Str("role") != "" {
		r.role(p)
		return
	}
	r.flushPrompt()
	switch typ {
	case "reasoning":
		r.reasoning(p.Str("id"), fromItem, p.Get("summary"), p.Get("content"))
		r.book("reasoning", p)
	case "function_call", "custom_tool_call", "local_shell_call", "tool_search_call", "tool_call":
		r.callItem(typ, p)
	case "function_call_output", "custom_tool_call_output", "local_shell_call_output":
		r.output(p.Str("call_id"), p.Get("output"), p)
	case "tool_search_output":
		r.output(p.Str("call_id"), p.Get("tools"), p)
	case "tool_result":
		r.output(r.waiting(p.Str("name")), p.Get("result"), p)
	case "web_search_call":
		r.search(p.Str("id"), p.Get("action"), nil, p.Is("status", "completed"))
	case "image_generation_call":
		r.picture(p.Str("id"), p)
	default:
		r.keep(typ, p)
	}
}

// role reads a message.
func (r *reader) role(p *record.Record) {
	switch p.Str("role") {
	case "user":
		r.userItem(p)
	case "assistant":
		r.flushPrompt()
		r.said(contentText(p.Get("content")), false, p.Str("id"), p.Get("phase"), fromItem)
	default: // developer, system
		r.book("instructions", p)
	}
}

// callItem reads the line that asks for a call.
func (r *reader) callItem(typ string, p *record.Record) {
	id, name := p.Str("call_id"), p.Str("name")
	args := p.Get("arguments")
	switch typ {
	case "custom_tool_call":
		args = p.Get("input")
	case "local_shell_call":
		name, args = "local_shell", p.Get("action")
		id = first(id, p.Str("id"))
	case "tool_search_call":
		name = "tool_search"
	case "tool_call":
		name = first(name, gjson.GetBytes(p.Get("function"), "name").String())
	}
	c := r.asked(id, p.Str("namespace"), name, args, nil)
	if id == "" {
		r.s.order = append(r.s.order, c.key)
	}
}

// asked emits a tool_call of the thread. more are further members of its data.
func (r *reader) asked(id, namespace, name string, args []byte, more func(o *event.Object)) *call {
	s := r.s
	key := id
	if key == "" {
		key = r.lineUUID() + r.again("call", r.lineUUID())
	}
	if c := s.calls[key]; c != nil {
		return c // told again
	}
	tool := toolName(namespace, name)
	c := &call{key: key, use: id, tool: tool, id: callID(s.id, key)}
	s.calls[key] = c
	r.o.Str("tool_name", tool).Str("tool_use_id", id).Raw("arguments", arguments(args))
	if server := serverOf(tool); server != "" {
		var o event.Object
		o.Str("name", server)
		r.o.Raw("mcp_server", o.Bytes())
	} else {
		r.o.Str("namespace", namespace)
	}
	if more != nil {
		more(&r.o)
	}
	r.o.Str("turn_id", s.turn).Str("uuid", r.lineUUID())
	r.emit("tool_call", c.id, "", nil)
	return c
}

// arguments returns the arguments of a call: the object in a string that holds
// one, a patch or program as the string that it is.
func arguments(raw []byte) []byte {
	if len(raw) == 0 {
		return []byte("{}")
	}
	return unwrapped(raw)
}

// unwrapped returns the JSON object or array that a JSON string holds, or the
// value itself.
func unwrapped(raw []byte) []byte {
	if len(raw) < 4 || raw[0] != '"' || raw[1] != '{' && raw[1] != '[' {
		return raw
	}
	if text := []byte(record.Text(raw)); gjson.ValidBytes(text) {
		return text
	}
	return raw
}

// search takes a search of the web, which the vendor makes: the line that asks
// for it, or with results the one that tells that it ended. Older versions do
// not name it in the first.
func (r *reader) search(id string, action, results []byte, ended bool) {
	s := r.s
	c, what := s.calls[id], string(action)
	if id == "" || c == nil {
		// Asked for, or ended, without the id that the other line has.
		if other := s.calls[s.actions[what]]; other != nil && (id == "" || other.use == "") {
			c = other
			delete(s.actions, what)
		} else {
			c = r.asked(id, "", "web_search", action, func(o *event.Object) { o.True("server_side", true) })
			s.actions[what] = c.key
		}
	}
	switch {
	case results != nil && !c.done:
		r.finish(c, results, nil, nil)
	case ended && !c.done:
		c.ended = true
		s.order = append(s.order, c.key)
	}
}

// picture takes the making of a picture, which the vendor does.
func (r *reader) picture(id string, p *record.Record) {
	c := r.s.calls[id]
	if id == "" || c == nil {
		var o event.Object
		o.Raw("revised_prompt", p.Get("revised_prompt"))
		c = r.asked(id, "", "image_generation", o.Bytes(), func(o *event.Object) { o.True("server_side", true) })
	}
	if result := p.Get("result"); !c.done && (len(result) > 0 || len(p.Get("saved_path")) > 0) {
		var o event.Object
		o.Raw("status", p.Get("status")).Raw("saved_path", p.Get("saved_path")).Raw("result", result)
		r.finish(c, o.Bytes(), nil, nil)
	}
}

// settle gives an outcome to the calls of which no other line will: those the
// vendor ran, and those whose outcome for the model is missing.
func (r *reader) settle() {
	s := r.s
	for _, key := range s.order {
		c := s.calls[key]
		switch {
		case c == nil || c.done:
		case c.how != nil:
			r.finish(c, nil, c.how, nil)
		case c.ended:
			r.finish(c, []byte(`{"status":"completed"}`), nil, nil)
		}
	}
	s.order = s.order[:0]
}

// waiting returns the key of the oldest call of a tool that has no id and no
// outcome.
func (r *reader) waiting(name string) string {
	for _, key := range r.s.order {
		if c := r.s.calls[key]; c != nil && !c.done && c.use == "" && (name == "" || c.tool == name) {
			return key
		}
	}
	return ""
}
