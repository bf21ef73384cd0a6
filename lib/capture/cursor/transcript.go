package cursor

import (
	"path"
	"strings"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// transcript makes the events of a line.
func (c *reader) transcript(r *record.Record) error {
	c.line++
	if c.session == "" {
		if c.session = sessionOf(c.file.Name); c.session == "" {
			return dialect.ErrNoSession
		}
	}
	h := event.Header{Untimed: true, Session: c.session}
	if !c.begun {
		c.begun = true
		c.Str("agent", Agent.Name).Str("source", "startup").Str("parent_session_id", parentOf(c.file.Name))
		s := h
		s.Type, s.ID = "session_start", payload.StartID(c.session)
		if err := c.Give(s); err != nil {
			return err
		}
	}
	if typ := r.Str("type"); typ != "" {
		h.Type, h.ID = record.Snake(typ), c.own(0)
		c.Rest(r, map[string]string{"type": ""})
		return c.Give(h)
	}
	role := r.Str("role")
	var m record.Record
	if !r.Sub("message", &m) {
		return dialect.Problem("a message of Cursor that is no object")
	}
	content := m.Get("content")
	if role == "user" {
		return c.user(h, content)
	}
	if len(content) > 0 && content[0] == '"' {
		return c.say(h, content, false, 0)
	}
	return c.blocks(h, content, role)
}

// own returns the id of a block of the line.
func (c *reader) own(nth int) string {
	return event.ID(c.session, "line", itoa(c.line), itoa(nth))
}

// user takes a message of the user: what was typed, or results.
func (c *reader) user(h event.Header, content []byte) error {
	results, other := false, false
	if len(content) > 0 && content[0] == '[' {
		record.Elements(content, func(raw []byte) {
			var b record.Record
			if raw[0] != '{' || b.Parse(raw) != nil {
				return
			}
			if isResult(b.Str("type")) {
				results = true
			} else if !b.Is("type", "text") {
				other = true
			}
		})
	}
	if results {
		return c.blocks(h, content, "user")
	}
	text := payload.Text(content)
	prompt, context := typed(text)
	h.Type, h.ID = "user_prompt", c.own(0)
	if prompt == "" && !other {
		if !c.All {
			return nil
		}
		h.Type = "user_context"
	}
	c.Text("prompt", prompt)
	if context || other {
		c.Raw("content", content)
	}
	return c.Give(h)
}

// typed returns what the user typed: the text within the tags that Cursor sets
// around it, or all of it where there are none. context reports whether
// something else stands beside it.
func typed(text string) (prompt string, context bool) {
	before, rest, ok := strings.Cut(text, "<user_query>")
	if !ok {
		if t := strings.TrimSpace(text); strings.HasPrefix(t, "<system_reminder>") || strings.HasPrefix(t, "<system-reminder>") {
			return "", true
		}
		return text, false
	}
	inner, after, _ := strings.Cut(rest, "</user_query>")
	return strings.TrimSpace(inner), strings.TrimSpace(before+after) != ""
}

func isResult(typ string) bool { return typ == "tool_result" || typ == "tool-result" }

// blocks takes the blocks of a message.
func (c *reader) blocks(h event.Header, content []byte, role string) error {
	if len(content) == 0 || content[0] != '[' {
		return nil
	}
	nth := 0
	var err error
	record.Elements(content, func(raw []byte) {
		var b record.Record
		if err == nil && raw[0] == '{' && b.Parse(raw) == nil {
			err = c.block(h, &b, role, nth)
		}
		nth++
	})
	return err
}

func (c *reader) block(h event.Header, b *record.Record, role string, nth int) error {
	typ := b.Str("type")
	switch typ {
	case "text":
		return c.say(h, b.Get("text"), false, nth)
	case "thinking", "reasoning":
		text := b.Get("thinking")
		if len(text) == 0 {
			text = b.Get("text")
		}
		return c.say(h, text, true, nth)
	case "tool_use", "tool_call", "tool-call":
		return c.call(h, b, nth)
	case "tool_result", "tool-result":
		return c.result(h, b, nth)
	}
	h.Type, h.ID = record.Snake(typ), c.own(nth)
	c.Str("role", role)
	c.Rest(b, map[string]string{"type": ""})
	return c.Give(h)
}

func (c *reader) say(h event.Header, text []byte, thinking bool, nth int) error {
	if len(text) <= 2 {
		return nil
	}
	h.Type, h.ID = "assistant_response", c.own(nth)
	c.Raw("text", text).True("thinking", thinking)
	return c.Give(h)
}

// first returns the first value that is there.
func first(b *record.Record, keys ...string) []byte {
	for _, k := range keys {
		if v := b.Get(k); len(v) > 0 {
			return v
		}
	}
	return nil
}

func (c *reader) call(h event.Header, b *record.Record, nth int) error {
	id := record.Text(first(b, "id", "tool_use_id", "toolCallId"))
	native := id
	if native == "" {
		native = "line " + itoa(c.line) + " " + itoa(nth)
	}
	k := &call{id: callID(c.session, native), outcome: resultID(c.session, native), native: id, name: record.Text(first(b, "name", "toolName"))}
	c.open = append(c.open, k)
	h.Type, h.ID = "tool_call", k.id
	c.Str("tool_name", k.name).Raw("arguments", payload.Unwrap(first(b, "input", "args", "arguments"))).Str("tool_use_id", id)
	c.Rest(b, map[string]string{"type": "", "id": "", "tool_use_id": "", "toolCallId": "", "name": "", "toolName": "", "input": "", "args": "", "arguments": ""})
	return c.Give(h)
}

// result takes the result of a call: of the one that it names, else of the
// oldest that has none.
func (c *reader) result(h event.Header, b *record.Record, nth int) error {
	id := record.Text(first(b, "tool_use_id", "id", "toolCallId"))
	at := -1
	for i, k := range c.open {
		if id != "" && k.native == id {
			at = i
			break
		}
		if at < 0 && (k.native == "" || id == "") && (!b.Has("name") || b.Is("name", k.name)) {
			at = i
		}
	}
	h.Type, h.ID = "tool_result", c.own(nth)
	if at >= 0 {
		k := c.open[at]
		c.open = append(c.open[:at], c.open[at+1:]...)
		h.ID, h.Parent = k.outcome, k.id
		c.Str("tool_name", k.name)
	}
	told := first(b, "content", "result", "output")
	if b.True("is_error") || b.True("isError") {
		h.Type = "error"
		c.Str("kind", "tool").Raw("error", told)
	} else {
		c.Raw("result", told)
	}
	c.Str("tool_use_id", id)
	c.Rest(b, map[string]string{"type": "", "tool_use_id": "", "id": "", "toolCallId": "", "name": "", "content": "", "result": "", "output": "", "is_error": "", "isError": ""})
	return c.Give(h)
}

// sessionOf returns the session that the name of a transcript tells.
func sessionOf(name string) string {
	stem, ok := strings.CutSuffix(path.Base(strings.ReplaceAll(name, `\`, "/")), ".jsonl")
	if !ok {
		return ""
	}
	return stem
}

// parentOf returns the session that a subagent's transcript belongs to by its
// path: <session>/subagents/<id>.jsonl.
func parentOf(name string) string {
	dir := path.Dir(strings.ReplaceAll(name, `\`, "/"))
	if path.Base(dir) != "subagents" {
		return ""
	}
	return path.Base(path.Dir(dir))
}
