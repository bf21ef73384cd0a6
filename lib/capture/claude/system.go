package claude

import (
	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// system reads a line of type system.
func (p *Parser) system(r *record.Record) {
	switch r.Str("subtype") {
	case "compact_boundary", "microcompact_boundary":
		var meta record.Record
		if !r.Sub("compactMetadata", &meta) {
			r.Sub("microcompactMetadata", &meta)
		}
		p.o.Typed("trigger", event.String, meta.Get("trigger"))
		p.o.Typed("pre_tokens", event.Number, meta.Get("preTokens")).Typed("post_tokens", event.Number, meta.Get("postTokens"))
		p.o.Typed("compact_duration_ms", event.Number, meta.Get("durationMs")).Str("uuid", p.line.UUID)
		p.add("compaction", "compaction", p.own(0))
	case "api_error":
		e := gjson.ParseBytes(r.Get("error"))
		p.o.Str("kind", "api").Raw("error", r.Get("error")).Str("message", e.Get("message").String())
		if s := e.Get("status"); s.Type == gjson.Number {
			p.o.Raw("status", []byte(s.Raw))
		}
		p.o.Typed("retry_attempt", event.Number, r.Get("retryAttempt")).Typed("retry_in_ms", event.Number, r.Get("retryInMs"))
		p.o.Str("uuid", p.line.UUID)
		p.add("error", "api_error", p.own(0))
	default:
		if p.All {
			p.other(r, "system")
		}
	}
}

// attachment reads a line of type attachment: context that was injected. A
// prompt that was typed while the agent worked is one, too.
func (p *Parser) attachment(r *record.Record) {
	if r.Sub("attachment", &p.data) && p.data.Is("type", "queued_command") {
		text := p.data.Str("prompt")
		if text == "" {
			text = contentText(p.data.Get("prompt"))
		}
		p.o.Text("prompt", text).Str("prompt_id", r.Str("promptId")).True("queued", true)
		if content := p.data.Get("prompt"); hasOther(content) {
			p.o.Raw("content", content)
		}
		p.o.Str("uuid", p.line.UUID)
		p.add("user_prompt", "user_prompt", p.own(0)).told = hashText(text)
		return
	}
	if p.All {
		p.other(r, "attachment")
	}
}

// progress reads a line of type progress. Those of subagents hold whole
// messages: in versions that wrote no file for a subagent, its calls are
// nowhere else. Where there is a file too, the events are the same ones. Their
// usage is left out, since a message is told in many states here.
func (p *Parser) progress(r *record.Record) {
	if !r.Sub("data", &p.data) || !p.data.Is("type", "agent_progress") || !p.data.Sub("message", &p.inner) {
		if p.All {
			p.other(r, "progress")
		}
		return
	}
	agent, parent := p.data.Str("agentId"), r.Str("parentToolUseID")
	if agent == "" {
		return
	}
	uuid, nano, hasTime := p.line.UUID, p.line.Nano, p.line.HasTime
	if u := p.inner.Str("uuid"); u != "" {
		p.line.UUID = u
	}
	if ns, ok := record.Nanos(p.inner.Get("timestamp")); ok {
		p.line.Nano, p.line.HasTime = ns, true
	}
	inner := p.inner // user and assistant use the parser's other records
	switch p.inner.Str("type") {
	case "user":
		p.user(&inner)
	case "assistant":
		p.assistant(&inner)
	}
	p.line.Answer = nil
	for i := range p.line.Drafts {
		d := &p.line.Drafts[i]
		d.inner, d.parent, d.nano = agent, parent, p.line.Nano
	}
	p.line.UUID, p.line.Nano, p.line.HasTime = uuid, nano, hasTime
}
