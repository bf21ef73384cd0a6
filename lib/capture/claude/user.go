package claude

import (
	"hash/fnv"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/tool"
)

// user reads a line of type user: a prompt, the results of tools, or text that
// the agent put where a prompt stands.
func (p *Parser) user(r *record.Record) {
	switch {
	case len(r.Get("message")) > 0 && r.Get("message")[0] == '"':
		p.said(r, r.Str("message"), nil) // old versions
		return
	case !r.Sub("message", &p.message):
		p.other(r, "user_line")
		return
	case r.True("isCompactSummary"):
		p.o.Str("compact_summary", contentText(p.message.Get("content")))
		p.o.Str("uuid", p.line.UUID)
		p.add("compaction_summary", "compaction_summary", p.own(0))
		return
	}
	content := p.message.Get("content")
	if results := p.results(r, content); results > 0 {
		p.besideResults(r, besides(content))
		return
	}
	if whole := r.Get("toolUseResult"); len(whole) > 0 {
		// Old versions: the result of a call, of which it is not told which.
		p.o.Raw("result", whole).Raw("content", content).Str("uuid", p.line.UUID)
		p.add("tool_result", "tool_result", p.own(0))
		return
	}
	if r.True("isMeta") {
		if p.All {
			p.other(r, "user_meta")
		}
		return
	}
	if len(content) > 0 && (content[0] == '"' || content[0] == '[') {
		p.said(r, typedText(content), content)
	} else {
		p.other(r, "user_line")
	}
}

// results makes drafts of the tool results in a message, and says how many
// there are.
func (p *Parser) results(r *record.Record, content []byte) (n int) {
	if len(content) == 0 || content[0] != '[' {
		return 0
	}
	record.Elements(content, func(b []byte) {
		if isBlock(b, "tool_result") {
			n++
		}
	})
	if n == 0 {
		return 0
	}
	whole := r.Get("toolUseResult")
	if n > 1 {
		whole = nil // it is not told whose it is
	}
	nth := 0
	record.Elements(content, func(b []byte) {
		if p.block.Parse(b) == nil && p.block.Is("type", "tool_result") {
			p.outcome(r, whole, nth)
		}
		nth++
	})
	return n
}

// besideResults makes the draft of what stands with tool results in a line: no
// prompt, but it may tell that the user stopped the agent.
func (p *Parser) besideResults(r *record.Record, content []byte) {
	if content == nil {
		return
	}
	text := typedText(content)
	if start := strings.TrimSpace(text); strings.HasPrefix(start, "[Request interrupted") {
		p.said(r, text, content)
	} else if p.All || !injected(start) {
		p.o.Str("text", text)
		if hasOther(content) {
			p.o.Raw("content", content)
		}
		p.o.Str("uuid", p.line.UUID)
		p.add("user_context", "user_context", p.own(0))
	}
}

// besides returns the blocks of content that are no tool results, as an array;
// nil if there are none.
func besides(content []byte) (others []byte) {
	record.Elements(content, func(b []byte) {
		if isBlock(b, "tool_result") {
			return
		}
		if others == nil {
			others = append(others, '[')
		} else {
			others = append(others, ',')
		}
		others = append(others, b...)
	})
	if others == nil {
		return nil
	}
	return append(others, ']')
}

// outcome makes the draft of one tool result, in p.block, the nth of its line.
func (p *Parser) outcome(r *record.Record, whole []byte, nth int) {
	id, content := p.block.Str("tool_use_id"), p.block.Get("content")
	if id == "" {
		id = r.Str("sourceToolUseID")
	}
	failed := p.block.True("is_error")
	agent := ""
	if len(whole) > 0 && whole[0] == '{' {
		agent = gjson.GetBytes(whole, "agentId").String()
	}
	p.o.Str("tool_use_id", id)
	if failed {
		text := contentText(content)
		p.o.Str("kind", "tool")
		if code, ok := tool.ExitCode(text); ok {
			p.o.Int("exit_code", int64(code))
		}
		p.o.True("is_interrupt", strings.HasPrefix(text, "[Request interrupted"))
		p.o.True("rejected", rejected(text) || r.Is("toolDenialKind", "user-rejected"))
		if text != "" {
			p.o.Str("error", text)
		} else {
			p.o.Raw("error", content)
		}
	} else {
		result := whole
		if len(result) == 0 {
			result = content
		}
		p.o.Raw("result", result)
		if len(whole) > 0 && string(whole) != string(content) {
			p.o.Raw("content", content)
		}
	}
	p.o.Str("uuid", p.line.UUID)
	typ := "tool_result"
	if failed {
		typ = "error"
	}
	key := id
	if key == "" {
		key = p.own(nth)
	}
	d := p.add(typ, "tool_result", key)
	d.call, d.agent = id, agent
}

// rejected reports whether a tool did not run because the user said no: the
// text that the agent then gives the model (seen in versions 1.0 to 2.1).
func rejected(text string) bool {
	return strings.HasPrefix(text, "The user doesn't want to ") || strings.HasPrefix(text, "User rejected tool use")
}

// said makes the draft of what a user line says that is no tool result.
func (p *Parser) said(r *record.Record, text string, content []byte) {
	start := strings.TrimSpace(text)
	uuid := func() { p.o.Str("uuid", p.line.UUID) }
	switch {
	case strings.HasPrefix(start, "[Request interrupted"):
		p.o.Str("text", start)
		uuid()
		p.add("interrupt", "interrupt", p.own(0))
	case strings.HasPrefix(start, "<command-name>"), strings.HasPrefix(start, "<command-message>"):
		p.o.Str("command_name", inTag(text, "command-name"))
		p.o.Str("command_args", inTag(text, "command-args"))
		uuid()
		p.add("user_prompt_expansion", "user_prompt_expansion", p.own(0))
	case strings.HasPrefix(start, "<bash-input>"):
		p.o.Str("command", inTag(text, "bash-input"))
		uuid()
		p.add("user_command", "user_command", p.own(0))
	case strings.HasPrefix(start, "<bash-stdout>"), strings.HasPrefix(start, "<bash-stderr>"), strings.HasPrefix(start, "<local-command-stdout>"):
		p.o.Str("output", text)
		uuid()
		p.add("user_command", "user_command", p.own(0))
	case strings.HasPrefix(start, "<task-notification>"):
		p.o.Str("text", text)
		uuid()
		p.add("task_notification", "task_notification", p.own(0))
	case injected(start):
		if p.All {
			p.other(r, "user_injected")
		}
	default:
		p.prompt(r, text, content)
	}
}

// injected reports whether text is one of those that the agent puts where a
// prompt stands.
func injected(start string) bool {
	for _, prefix := range []string{"<local-command-caveat>", "<system-reminder>", "<ide_opened_file>", "<ide_selection>", "Stop hook feedback:", "Caveat: The messages below were generated by the user while running local commands"} {
		if strings.HasPrefix(start, prefix) {
			return true
		}
	}
	return false
}

func (p *Parser) prompt(r *record.Record, text string, content []byte) {
	turn := r.Str("promptId")
	p.o.Text("prompt", text).Str("prompt_id", turn)
	if hasOther(content) {
		p.o.Raw("content", content)
	}
	p.o.Str("uuid", p.line.UUID)
	d := p.add("user_prompt", "user_prompt", p.own(0))
	if turn != "" {
		d.key = promptKey(turn, text)
	}
	d.told = hashText(text)
}

// promptKey is the native id of a prompt: a turn can take more than one.
func promptKey(turn, text string) string { return turn + "\x00" + text }

func hashText(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(strings.TrimSpace(s)))
	return h.Sum64() | 1
}

// isBlock reports whether a content block is of a type, without taking all of
// it apart where the type stands first, as it does.
func isBlock(b []byte, typ string) bool {
	return len(b) > 0 && b[0] == '{' && gjson.GetBytes(b, "type").Str == typ
}

// contentText returns the text of a message's content: a string, or the text
// blocks of an array, joined by newlines.
func contentText(content []byte) string {
	if len(content) == 0 || content[0] == '"' {
		return record.Text(content)
	}
	if content[0] != '[' {
		return ""
	}
	var parts []string
	record.Elements(content, func(b []byte) {
		switch {
		case b[0] == '"':
			parts = append(parts, record.Text(b))
		case isBlock(b, "text"):
			parts = append(parts, gjson.GetBytes(b, "text").String())
		}
	})
	return strings.Join(parts, "\n")
}

// typedText is contentText without the blocks that an editor puts before what
// the user typed, unless there is nothing else.
func typedText(content []byte) string {
	if content[0] != '[' {
		return contentText(content)
	}
	var typed []string
	record.Elements(content, func(b []byte) {
		if isBlock(b, "text") {
			if s := gjson.GetBytes(b, "text").String(); !injected(strings.TrimSpace(s)) {
				typed = append(typed, s)
			}
		}
	})
	if len(typed) == 0 {
		return contentText(content)
	}
	return strings.Join(typed, "\n")
}

// hasOther reports whether content has blocks that are not text.
func hasOther(content []byte) (other bool) {
	if len(content) == 0 || content[0] != '[' {
		return false
	}
	record.Elements(content, func(b []byte) {
		other = other || !isBlock(b, "text")
	})
	return other
}

// inTag returns what stands in the first <tag> of text.
func inTag(text, tag string) string {
	_, rest, ok := strings.Cut(text, "<"+tag+">")
	if !ok {
		return ""
	}
	inner, _, _ := strings.Cut(rest, "</"+tag+">")
	return strings.TrimSpace(inner)
}
