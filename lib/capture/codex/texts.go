package codex

import (
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/record"
)

// The lines that tell one text. A rollout has two of them, or three.
const (
	fromItem  = iota // response_item
	fromEvent        // event_msg
	fromDone         // item_completed
	sources
)

// tellings counts how often each kind of line told a text.
type tellings [sources]uint32

// first reports whether a text is told for the first time, and not again by
// another kind of line.
func (s *thread) first(kind, text string, from int) bool {
	k := hashOf(kind, text)
	t := s.told[k]
	t[from]++
	s.told[k] = t
	for i, n := range t {
		if i != from && n >= t[from] {
			return false
		}
	}
	return true
}

// A prompt is a user message that the next line may tell again, in the form in
// which the user typed it.
type prompt struct {
	text, turn, uuid string
	content          []byte
	nano             int64
	timed            bool
}

// userItem takes the user message of a response_item.
func (r *reader) userItem(p *record.Record) {
	s := r.s
	r.flushPrompt()
	content := p.Get("content")
	text := contentText(content)
	switch start := strings.TrimSpace(text); {
	case strings.HasPrefix(start, "<user_shell_command>"):
		if r.s.first("user_command", inTag(text, "command"), fromItem) {
			r.o.Str("command", inTag(text, "command")).Str("output", inTag(text, "result")).Str("uuid", r.lineUUID())
			r.own("user_command")
		}
	case strings.HasPrefix(start, "<subagent_notification>"):
		r.o.Str("text", text).Str("uuid", r.lineUUID())
		r.own("task_notification")
	case strings.HasPrefix(start, "<turn_aborted>"):
		r.interrupted("", text, fromItem)
	case injected(text):
		r.book("user_injected", p)
	case text == "" && !hasOther(content):
		r.book("user_empty", p)
	default:
		if s.typed != "" && strings.Contains(text, s.typed) {
			s.typed = "" // the line before has told it
			return
		}
		s.prompt = &prompt{text: text, turn: s.turn, uuid: r.lineUUID(), nano: r.nano, timed: r.timed}
		if hasOther(content) {
			s.prompt.content = append([]byte(nil), content...)
		}
	}
}

// typed takes a prompt as the user typed it.
func (r *reader) typed(text string, p *record.Record, from int) {
	s := r.s
	if from == fromEvent && !s.first("typed", text, fromEvent) || from == fromDone && !s.first("typed", text, fromDone) {
		return
	}
	uuid, content := r.lineUUID(), []byte(nil)
	repeats := false
	if before := s.prompt; before != nil && strings.Contains(before.text, text) {
		uuid, content, s.prompt = before.uuid, before.content, nil
		repeats = true
	} else {
		r.flushPrompt()
	}
	if s.typed = text; repeats {
		s.typed = ""
	}
	for _, key := range []string{"images", "local_images"} {
		if v := p.Get(key); len(v) > 2 && isArray(v) {
			r.o.Raw(key, v)
		}
	}
	r.userPrompt(text, s.turn, uuid, content)
}

// userPrompt emits a prompt; r.o may hold what else is known of it.
func (r *reader) userPrompt(text, turn, uuid string, content []byte) {
	more := objectOf(r.o.Bytes())
	r.o.Reset()
	r.o.Text("prompt", text).Str("prompt_id", turn)
	if content != nil {
		r.o.Raw("content", content)
	}
	r.o.Str("uuid", uuid)
	if more.Len() > 0 {
		r.o = objectOf(append([]byte(nil), r.o.With(more.Bytes())...))
	}
	r.emit("user_prompt", textID(r.s.id, "user_prompt", turn, text, r.again("user_prompt", turn, text)), "", nil)
}

// flushPrompt emits the user message that no other line has told again.
func (r *reader) flushPrompt() {
	s := r.s
	if s == nil {
		return
	}
	p := s.prompt
	if p == nil {
		return
	}
	s.prompt = nil
	nano, timed := r.nano, r.timed
	r.nano, r.timed = p.nano, p.timed
	r.userPrompt(p.text, p.turn, p.uuid, p.content)
	r.nano, r.timed = nano, timed
}

// said takes a text of the model's.
func (r *reader) said(text string, thinking bool, id string, phase []byte, from int) {
	kind := "assistant_response"
	key := text
	if thinking {
		kind = "thinking"
	} else {
		// What is meant for the program stands only in some of the lines.
		key = strings.TrimSpace(withoutTag(withoutTag(text, "oai-mem-citation"), "proposed_plan"))
	}
	s := r.s
	if strings.TrimSpace(text) == "" || !s.first(kind, strings.TrimSpace(key), from) {
		return
	}
	if id != "" {
		r.uuid = id
	}
	r.o.True("thinking", thinking).Text("text", text).Str("model", s.model).Raw("phase", phase)
	r.o.Str("turn_id", s.turn).Str("uuid", r.lineUUID())
	r.emit("assistant_response", textID(s.id, kind, s.turn, key, r.again(kind, s.turn, key)), "", nil)
}

// reasoning takes the parts of the model's thinking.
func (r *reader) reasoning(id string, from int, parts ...[]byte) {
	for _, list := range parts {
		if !isArray(list) {
			continue
		}
		record.Elements(list, func(el []byte) {
			text := record.Text(el)
			if isObject(el) {
				text = gjson.GetBytes(el, "text").String()
			}
			r.said(text, true, id, nil, from)
		})
	}
}

// interrupted emits that the user stopped the agent.
func (r *reader) interrupted(reason, text string, from int) {
	s := r.s
	if !s.first("interrupt", "", from) {
		return
	}
	r.o.Str("text", first(text, reason)).Str("turn_id", s.turn).Str("uuid", r.lineUUID())
	r.emit("interrupt", textID(s.id, "interrupt", s.turn, "", r.again("interrupt", s.turn)), "", nil)
}

// contentText returns the text of a message's content: a string, or the texts
// of its blocks, joined by newlines.
func contentText(content []byte) string {
	switch {
	case isString(content):
		return record.Text(content)
	case isObject(content):
		return gjson.GetBytes(content, "text").String()
	case !isArray(content):
		return ""
	}
	var parts []string
	record.Elements(content, func(el []byte) {
		if isString(el) {
			parts = append(parts, record.Text(el))
		} else if t := gjson.GetBytes(el, "text"); isObject(el) && t.Type == gjson.String {
			parts = append(parts, t.Str)
		}
	})
	return strings.Join(parts, "\n")
}

// hasOther reports whether content has blocks that are no text, such as
// pictures.
func hasOther(content []byte) (other bool) {
	if !isArray(content) {
		return false
	}
	record.Elements(content, func(el []byte) {
		typ := gjson.GetBytes(el, "type").Str
		if isObject(el) && !strings.HasSuffix(strings.ToLower(typ), "text") {
			g := gjson.GetManyBytes(el, "image_url", "file_id", "path", "url", "input_audio")
			for _, v := range g {
				other = other || v.Exists() && v.Type != gjson.Null
			}
		}
	})
	return other
}
