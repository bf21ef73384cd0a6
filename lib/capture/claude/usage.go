package claude

import (
	"bytes"

	"agenttrace/lib/capture/record"
)

// What a line has one of that tells what something cost: it is not needed to
// take other lines apart. Each begins with a byte that is rare in text.
var (
	tokensMark   = []byte(`_tokens"`)
	searchesMark = []byte(`Count"`)
	searchCount  = []byte(`"searchCount"`)
	costState    = []byte(`"cost-state"`)
)

// TellsUsage reports whether a line of a transcript may tell what something
// cost.
func TellsUsage(line []byte) bool {
	return bytes.Contains(line, tokensMark) || tellsState(line) || tellsSearches(line)
}

// tellsState reports whether a line is a cost-state, by its beginning, or is
// likely to end in one: it can be joined to a line that was torn.
func tellsState(line []byte) bool {
	if len(line) <= 1200 {
		return bytes.Contains(line, costState)
	}
	return bytes.Contains(line[:200], costState) || bytes.Contains(line[len(line)-1000:], costState)
}

// tellsSearches reports whether a line says how often the web was searched.
func tellsSearches(line []byte) bool {
	return bytes.Contains(line, searchesMark) && bytes.Contains(line, searchCount)
}

// usageOnly reads of a line what tells the cost of the session: usage, the
// agent's own amounts, and how often its tool searched the web, by requests
// that are in no line.
func (p *Parser) usageOnly(r *record.Record, typ string) {
	switch typ {
	case "assistant":
		if !r.Sub("message", &p.message) || r.True("isApiErrorMessage") {
			return
		}
		p.answered(r)
		content := p.message.Get("content")
		if len(content) == 0 || content[0] != '[' || !bytes.Contains(content, []byte(`"WebSearch"`)) {
			return
		}
		nth := 0
		record.Elements(content, func(b []byte) {
			if b[0] == '{' && p.block.Parse(b) == nil && p.block.Str("name") == "WebSearch" {
				p.call(p.block.Str("type"), nth)
			}
			nth++
		})
	case "user":
		switch {
		case tellsSearches(r.Raw):
			p.user(r)
		case p.isResult(r):
			p.line.Begins = true
		default:
			p.user(r)
			p.line.Begins = len(p.line.Drafts) > 0
			p.line.Drafts = nil
		}
	case "cost-state":
		p.costState(r)
	}
}

// isResult reports whether a line of type user holds the result of a tool: most
// do, and nothing else is wanted of them here.
func (p *Parser) isResult(r *record.Record) bool {
	if v := r.Get("message"); len(v) == 0 || v[0] != '{' {
		return false
	}
	return len(r.Get("toolUseResult")) > 0 && !r.True("isCompactSummary")
}
