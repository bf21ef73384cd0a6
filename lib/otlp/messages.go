package otlp

import (
	"encoding/binary"
	"math"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// A part is a part of what was said to a model or by it, in the terms of the
// conventions: text, reasoning, tool_call, tool_call_response.
type part struct {
	role, kind string
	id, name   string
	text       string // or JSON
	json       bool
	message    string // the API message that it is a part of, if that is told
}

// maxParts is how many parts wait for the answer of a model at most, each way.
const maxParts = 200

// hear keeps a part for the next answer: what the model was told since the last,
// or what it has said. It is kept with Full only.
func (m *Mapper) hear(list *[]part, p part, raw []byte) {
	if m.opt.Content != Full || len(raw) == 0 || len(*list) >= maxParts {
		return
	}
	if p.json = raw[0] != '"' && len(raw) <= m.opt.Limit; p.json {
		p.text = string(raw)
	} else {
		p.text = keep(raw, m.opt.Limit)
	}
	*list = append(*list, p)
}

// messages adds what a model was told since its last answer, and its answer.
func (m *Mapper) messages(s *openSession, a *attrs, x *answer) {
	if m.opt.Content != Full {
		return
	}
	var said []part
	for _, p := range s.said {
		if p.of(x) {
			said = append(said, p)
		}
	}
	a.messages("gen_ai.input.messages", s.told, "")
	a.messages("gen_ai.output.messages", said, finish(x.stop))
}

// of reports whether a part is one of an answer, as far as is told.
func (p *part) of(x *answer) bool { return p.message == "" || x.id == "" || p.message == x.id }

// answeredBy forgets the parts of an answer, and what led to it.
func (s *openSession) answeredBy(x *answer) {
	s.told = s.told[:0]
	kept := s.said[:0]
	for _, p := range s.said {
		if !p.of(x) {
			kept = append(kept, p)
		}
	}
	s.said = kept
}

// finish is the finish_reason of a message for the reason that an API gave.
func finish(stop string) string {
	switch stop {
	case "end_turn", "stop_sequence", "pause_turn", "completed":
		return "stop"
	case "max_tokens":
		return "length"
	case "tool_use", "tool_calls":
		return "tool_call"
	case "refusal":
		return "content_filter"
	}
	return stop
}

// messages adds an attribute whose value is messages, in JSON that is whole and
// not longer than a string may be: parts for which there is no room are cut.
func (a *attrs) messages(key string, parts []part, finish string) {
	if len(parts) == 0 {
		return
	}
	const tail = 100 // for what closes the list
	b := []byte{'['}
	role, cut := "", false
	shut := func() {
		b = append(b, ']')
		if role == "assistant" && finish != "" {
			b = event.AppendString(append(b, `,"finish_reason":`...), finish)
		}
		b = append(b, '}')
	}
	for _, p := range parts {
		room := a.limit - len(b) - len(p.id) - len(p.name) - 2*tail
		if room < 40 {
			cut = true
			break
		}
		switch {
		case p.role == role:
			b = append(b, ',')
		default:
			if role != "" {
				shut()
				b = append(b, ',')
			}
			role = p.role
			b = append(event.AppendString(append(b, `{"role":`...), role), `,"parts":[`...)
		}
		b = event.AppendString(append(b, `{"type":`...), p.kind)
		if p.id != "" {
			b = event.AppendString(append(b, `,"id":`...), p.id)
		}
		if p.name != "" {
			b = event.AppendString(append(b, `,"name":`...), p.name)
		}
		switch p.kind {
		case "tool_call":
			b = append(b, `,"arguments":`...)
		case "tool_call_response":
			b = append(b, `,"response":`...)
		default:
			b = append(b, `,"content":`...)
		}
		if p.json && len(p.text) <= room {
			b = append(b, p.text...)
		} else {
			text := event.AppendString(nil, Cut(p.text, room))
			for n := room; len(text) > room; text = event.AppendString(nil, Cut(p.text, n)) {
				n /= 2 // what is escaped is longer
				cut = true
			}
			cut = cut || len(p.text) > room
			b = append(b, text...)
		}
		b = append(b, '}')
	}
	if role == "" {
		return
	}
	shut()
	b = append(b, ']')
	if cut {
		a.bool("agent_trace.truncated", true)
	}
	a.list = append(a.list, attr{key: key, typ: jsonAttr, s: string(b)})
}

// appendAny appends an AnyValue, of JSON.
func appendAny(dst []byte, v gjson.Result, depth int) []byte {
	switch {
	case v.IsBool():
		n := uint64(0)
		if v.Bool() {
			n = 1
		}
		return appendVarint(dst, 2, n)
	case v.Type == gjson.Number && isInt(v.Raw):
		return appendVarint(dst, 3, uint64(v.Int()))
	case v.Type == gjson.Number:
		return binary.LittleEndian.AppendUint64(appendTag(dst, 4, wireFixed64), math.Float64bits(v.Num))
	case depth > 20 || v.Type == gjson.String:
		return appendBytes(dst, 1, valid([]byte(v.String())))
	case v.IsArray():
		dst, at := open(dst, 5)
		v.ForEach(func(_, x gjson.Result) bool {
			var in int
			dst, in = open(dst, 1)
			dst = shut(appendAny(dst, x, depth+1), in)
			return true
		})
		return shut(dst, at)
	case v.IsObject():
		dst, at := open(dst, 6)
		v.ForEach(func(k, x gjson.Result) bool {
			var kv, in int
			dst, kv = open(dst, 1)
			dst = appendBytes(dst, 1, valid([]byte(k.Str)))
			dst, in = open(dst, 2)
			dst = shut(shut(appendAny(dst, x, depth+1), in), kv)
			return true
		})
		return shut(dst, at)
	}
	return dst // null has no value
}
