package cost

import (
	"bytes"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/phase"
	"agenttrace/lib/tool"
)

// A call is what is kept of a tool call.
type call struct {
	message  uint64 // hash of the message_id that asked for it
	tool     string
	title    string
	number   int // of its event in the session
	files    []string
	searches int64
	failed   bool
	size     int64 // of its result, in bytes as the model sees it
	life     carried
	claimed  bool
}

// wantsCalls reports whether calls are looked at at all.
func (l *Ledger) wantsCalls() bool {
	return l.o.By == ByTool || l.o.By == ByFile || l.o.Carry || l.o.Waste
}

// webSearch is Claude Code's tool that searches the web by a request of its
// own, which the transcript does not have: its result says how often.
const webSearch = "WebSearch"

// call takes a tool_call.
func (l *Ledger) call(s *Session, e event.Event) {
	wants := l.wantsCalls()
	if !wants && !bytes.Contains(head(e.DataRaw()), []byte(webSearch)) {
		return
	}
	var name, args, message, use []byte
	event.Fields(e.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "tool_name":
			name = v
		case "arguments":
			args = v
		case "message_id":
			message = v
		case "tool_use_id":
			use = v
		}
		return true
	})
	c := &call{message: hash(message), tool: unquote(name), number: s.events}
	if !wants && c.tool != webSearch {
		return
	}
	ids := [2]uint64{hash(e.IDRaw()), hash(use)}
	if ids[0] != 0 && s.calls[ids[0]] != nil {
		return // told twice
	}
	if l.o.By == ByFile {
		c.files = filesOf(c.tool, args)
	}
	if l.o.Waste || l.o.Carry {
		c.title = tool.Title(c.tool, args)
	}
	if s.calls == nil {
		s.calls = map[uint64]*call{}
	}
	for _, id := range ids {
		if id != 0 {
			s.calls[id] = c
		}
	}
	s.pending = append(s.pending, c)
}

// head is the beginning of a text, enough for the first members of a call.
func head(b []byte) []byte { return b[:min(len(b), 256)] }

// filesOf returns the files that a call reads and writes, each once.
func filesOf(name string, args []byte) []string {
	c := tool.Parse(name, args)
	var files []string
	add := func(list []string) {
		for _, f := range list {
			if f != "" && !slices.Contains(files, f) {
				files = append(files, f)
			}
		}
	}
	add(c.Reads)
	add(c.Writes)
	if c.Line != "" {
		for _, cmd := range tool.Commands(c.Line) {
			add(cmd.Reads)
			add(cmd.Writes)
		}
	}
	return files
}

// outcome takes a tool_result or error.
func (l *Ledger) outcome(s *Session, e event.Event) {
	if len(s.calls) == 0 {
		s.carried.other(e)
		return
	}
	c := s.calls[hash(e.ParentRaw())]
	if c == nil {
		c = s.calls[hash([]byte(e.Get("tool_use_id").Raw))]
	}
	if c == nil {
		s.carried.other(e)
		return
	}
	if c.tool == webSearch {
		if n := gjson.GetBytes(e.DataRaw(), "result.searchCount"); n.Type == gjson.Number {
			c.searches = max(c.searches, integer([]byte(n.Raw)))
		}
	}
	if l.o.Waste {
		c.failed = phase.Failed(e)
	}
	if l.o.Carry || l.o.Waste {
		if c.size == 0 {
			c.size = shownSize(e)
			s.carried.result(c)
		}
	}
}

// shownSize is the size of what the model is shown of a result.
func shownSize(e event.Event) int64 {
	var content, result []byte
	event.Fields(e.DataRaw(), func(k, v []byte) bool {
		switch string(k) {
		case "content":
			content = v
		case "result", "error":
			result = v
		}
		return true
	})
	if content != nil {
		return sizeOf(gjson.ParseBytes(content))
	}
	return sizeOf(gjson.ParseBytes(result))
}

// imageSize is what an image counts as, in bytes of text: some 1,500 tokens,
// whatever the size of its file.
const imageSize = 6000

// sizeOf is the size of a text, of content blocks, or of anything else as it
// stands.
func sizeOf(v gjson.Result) (n int64) {
	switch {
	case v.Type == gjson.String:
		return int64(len(v.Str))
	case !v.IsArray():
		return int64(len(v.Raw))
	}
	v.ForEach(func(_, block gjson.Result) bool {
		switch text := block.Get("text"); {
		case text.Type == gjson.String:
			n += int64(len(text.Str))
		case block.Get("type").Str == "image":
			n += imageSize
		default:
			n += int64(len(block.Raw))
		}
		return true
	})
	return n
}

// claim gives each call to the request whose message asked for it, or, where
// no message is named, to the next answer after it.
func (l *Ledger) claim() {
	byMessage := map[uint64]*Request{}
	wanted := false
	for _, s := range l.order {
		wanted = wanted || len(s.calls) > 0
	}
	if !wanted {
		return
	}
	for _, r := range l.requests {
		if r.message != 0 {
			byMessage[r.message] = r
		}
		kept := r.calls[:0:0]
		for _, c := range r.calls {
			if c.message == 0 {
				c.claimed = true
				kept = append(kept, c)
			}
		}
		r.calls = kept
	}
	for _, s := range l.order {
		var list []*call
		for _, c := range s.calls {
			if !c.claimed && c.message != 0 {
				c.claimed = true
				list = append(list, c)
			}
		}
		slices.SortFunc(list, func(a, b *call) int { return a.number - b.number })
		for _, c := range list {
			if r := byMessage[c.message]; r != nil && r.session == s {
				r.calls = append(r.calls, c)
			}
		}
	}
	for _, r := range l.requests {
		n := int64(0)
		for _, c := range r.calls {
			n += c.searches
		}
		r.searches = max(r.searches, n)
	}
}

// firstLine returns the first line of a text that has any.
func firstLine(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		s = s[:i]
	}
	if len(s) > 400 {
		s = s[:400]
	}
	return s
}
