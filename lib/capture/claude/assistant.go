package claude

import (
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// assistant reads a line of type assistant: one content block, or several, of
// one API message.
func (p *Parser) assistant(r *record.Record) {
	if !r.Sub("message", &p.message) {
		p.other(r, "assistant_line")
		return
	}
	if r.True("isApiErrorMessage") {
		p.apiError(r, contentText(p.message.Get("content")))
		return
	}
	p.answered(r)
	content := p.message.Get("content")
	if len(content) > 0 && content[0] == '"' {
		p.text(record.Text(content), 0, 0)
		return
	}
	if len(content) == 0 || content[0] != '[' {
		if len(content) > 0 || p.line.Answer == nil {
			p.other(r, "assistant_line")
		}
		return
	}
	nth := 0
	record.Elements(content, func(b []byte) {
		if b[0] == '{' && p.block.Parse(b) == nil {
			p.piece(r, b, nth)
		}
		nth++
	})
}

// answered notes what the line says of its API message.
func (p *Parser) answered(r *record.Record) {
	model := p.message.Get("model")
	if record.Text(model) == "<synthetic>" {
		return
	}
	id := p.message.Str("id")
	a := &answer{message: id, request: r.Str("requestId"), model: model, stop: p.message.Get("stop_reason"), usd: r.Get("costUSD")}
	if u := p.message.Get("usage"); len(u) > 0 && u[0] == '{' {
		a.raw = u
		a.usage = readUsage(u)
	} else if id == "" {
		return
	}
	if id == "" && a.request == "" && p.line.UUID == "" {
		a.own = p.own(0)
	}
	p.line.Answer = a
}

// piece makes the draft of a content block, in p.block.
func (p *Parser) piece(r *record.Record, raw []byte, nth int) {
	switch typ := p.block.Str("type"); typ {
	case "text":
		if v := p.block.Get("text"); len(v) > 0 && v[0] != '"' {
			p.unknownPiece(r, raw, typ, nth)
			return
		}
		p.text(p.block.Str("text"), nth, p.blockIndex(r, nth))
	case "thinking", "redacted_thinking":
		p.o.True("thinking", true).Str("text", p.block.Str("thinking"))
		p.from(p.blockIndex(r, nth))
		p.o.Raw("signature", p.block.Get("signature"))
		p.o.Raw("redacted_data", p.block.Get("data"))
		p.add("assistant_response", "assistant_response", p.pieceKey(nth))
	case "tool_use", "server_tool_use", "mcp_tool_use":
		p.call(typ, nth)
	default:
		if strings.HasSuffix(typ, "tool_result") {
			p.o.Str("tool_use_id", p.block.Str("tool_use_id"))
			p.o.Raw("result", p.block.Get("content"))
			p.o.Str("uuid", p.line.UUID)
			id := p.block.Str("tool_use_id")
			d := p.add("tool_result", "tool_result", id)
			if d.call = id; id == "" {
				d.key = p.own(nth)
			}
			return
		}
		p.unknownPiece(r, raw, typ, nth)
	}
}

// unknownPiece makes the draft of a content block of which it is not known what
// it says.
func (p *Parser) unknownPiece(r *record.Record, raw []byte, typ string, nth int) {
	p.from(p.blockIndex(r, nth))
	p.o.Raw("block_content", raw)
	p.add("assistant_"+record.Snake(typ), "assistant_response", p.pieceKey(nth))
}

func (p *Parser) blockIndex(r *record.Record, nth int) int {
	if v := r.Get("apiBlockIndex"); len(v) > 0 && nth == 0 {
		return int(gjson.ParseBytes(v).Int())
	}
	return nth
}

// text makes the draft of a text, the nth block of its line.
func (p *Parser) text(text string, nth, block int) {
	p.o.Text("text", text)
	p.from(block)
	p.add("assistant_response", "assistant_response", p.pieceKey(nth))
}

// pieceKey is the native id of a piece of a message: a copy of a line in which
// only the message differs is another.
func (p *Parser) pieceKey(nth int) string { return p.own(nth) + "@" + p.message.Str("id") }

// from adds which message the piece is of.
func (p *Parser) from(block int) {
	p.o.Typed("model", event.String, p.message.Get("model")).Typed("message_id", event.String, p.message.Get("id"))
	p.o.Count("block", int64(block)).Str("uuid", p.line.UUID)
}

// call makes the draft of a call, the nth block of its line.
func (p *Parser) call(typ string, nth int) {
	id, name := p.block.Str("id"), p.block.Str("name")
	input := p.block.Get("input")
	p.o.Str("tool_name", name).Str("tool_use_id", id)
	p.o.True("server_side", typ == "server_tool_use")
	p.o.Typed("message_id", event.String, p.message.Get("id")).Str("uuid", p.line.UUID)
	if len(input) == 0 {
		input = []byte("{}")
	}
	p.o.Raw("arguments", input)
	key := id
	if key == "" {
		key = p.own(nth)
	}
	d := p.add("tool_call", "tool_call", key)
	d.call, d.tool = id, name
	if name == "Task" || name == "Agent" {
		d.spawned = hashText(gjson.GetBytes(input, "prompt").String())
	}
}

// apiError makes the draft of a request that failed for good.
func (p *Parser) apiError(r *record.Record, text string) {
	p.o.Str("kind", "api").Raw("error", r.Get("error")).Str("message", text)
	p.o.Typed("status", event.Number, r.Get("apiErrorStatus")).Str("uuid", p.line.UUID)
	p.add("error", "api_error", p.own(0))
}

// usage is the tokens of an answer, by class.
type usage struct{ input, output, read, write5m, write1h, reasoning int64 }

// readUsage reads the usage of an API message. The total of the cache writes
// and its parts by lifetime may each be missing or 0; what the parts do not
// explain was written for five minutes, the default.
func readUsage(raw []byte) (u usage) {
	total := int64(0)
	read := func(to *int64, v []byte) {
		if *to == 0 { // of keys that stand twice the first counts
			*to = count(v)
		}
	}
	event.Fields(raw, func(k, v []byte) bool {
		switch string(k) {
		case "input_tokens":
			read(&u.input, v)
		case "output_tokens":
			read(&u.output, v)
		case "cache_read_input_tokens":
			read(&u.read, v)
		case "cache_creation_input_tokens":
			read(&total, v)
		case "cache_creation":
			event.Fields(v, func(k, v []byte) bool {
				switch string(k) {
				case "ephemeral_5m_input_tokens":
					read(&u.write5m, v)
				case "ephemeral_1h_input_tokens":
					read(&u.write1h, v)
				}
				return true
			})
		case "output_tokens_details":
			event.Fields(v, func(k, v []byte) bool {
				if string(k) == "thinking_tokens" {
					read(&u.reasoning, v)
				}
				return true
			})
		}
		return true
	})
	if total > u.write5m+u.write1h {
		u.write5m = total - u.write1h
	}
	return u
}

// count reads a number of tokens, which may stand in a string; 0 if it is none
// that can be.
func count(v []byte) (n int64) {
	if len(v) > 15 {
		return record.Int(gjson.ParseBytes(v))
	}
	for _, c := range v {
		if c < '0' || c > '9' {
			return record.Int(gjson.ParseBytes(v))
		}
		n = n*10 + int64(c-'0')
	}
	return n
}
