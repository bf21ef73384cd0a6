package mcp

import (
	"bytes"
	"regexp"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// A partial is a message that has begun in a line and does not end in it.
type partial struct {
	buf      []byte
	brackets record.Brackets
}

// maxPartial is how long a message over several lines may be. MCP does not
// allow them at all.
const maxPartial = 1 << 20

var bom = []byte("\uFEFF")

// Line makes the events of a line that from has sent: a message, a batch, a part
// of one, or anything else.
func (c *Conn) Line(from Side, nano int64, timed bool, line []byte) error {
	line = bytes.TrimSpace(bytes.TrimPrefix(line, bom))
	if len(line) == 0 {
		return nil
	}
	if err := c.Begin(nano, timed); err != nil {
		return err
	}
	p := &c.parts[from]
	if len(p.buf) == 0 {
		end, err := event.Check(line)
		switch {
		case err == nil:
			return c.value(from, nano, timed, line)
		case end == len(line) && len(line) < maxPartial && (line[0] == '{' || line[0] == '['):
			*p = partial{}
			p.add(line)
			return nil
		}
		return c.text(from, nano, timed, line)
	}
	// A whole message cannot be the rest of another: what was begun is no message.
	if line[0] == '{' && bytes.Contains(line, []byte(`"jsonrpc"`)) {
		if _, err := event.Check(line); err == nil {
			if err := c.drop(from, nano, timed); err != nil {
				return err
			}
			return c.value(from, nano, timed, line)
		}
	}
	p.add(line)
	if p.brackets.Depth > 0 && len(p.buf) < maxPartial {
		return nil
	}
	if _, err := event.Check(p.buf); err == nil {
		raw := p.buf
		p.buf = nil
		return c.value(from, nano, timed, raw)
	}
	return c.drop(from, nano, timed)
}

// drop tells of a message that was begun as the text that it is.
func (c *Conn) drop(from Side, nano int64, timed bool) error {
	p := &c.parts[from]
	if len(p.buf) == 0 {
		return nil
	}
	raw := bytes.TrimSpace(p.buf)
	p.buf = nil
	return c.text(from, nano, timed, raw)
}

// EndOf tells that from sends no more.
func (c *Conn) EndOf(from Side, nano int64, timed bool) error { return c.drop(from, nano, timed) }

func (p *partial) add(line []byte) {
	p.buf = append(append(p.buf, line...), '\n')
	p.brackets.Add(line)
}

// tailID is an id at the end of a message, behind its result.
var tailID = regexp.MustCompile(`[}\]"]\s*,\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(-?[0-9.eE+]+|"[^"\\]*")\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$`)

// about returns the id and the method of a message of which only the beginning
// and the end are there.
func (b *Big) about() (id []byte, method string) {
	event.Fields(b.Head, func(k, v []byte) bool {
		switch string(k) {
		case "id":
			id = append([]byte(nil), v...)
		case "method":
			if len(v) > 2 && v[0] == '"' {
				method = event.Unquote(v)
			}
		}
		return true
	})
	if id == nil {
		if m := tailID.FindSubmatch(b.Tail); m != nil {
			id = append([]byte(nil), m[1]...)
		}
	}
	if _, err := event.Check(id); err != nil {
		id = nil
	}
	return id, method
}
