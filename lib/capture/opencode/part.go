package opencode

import (
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// part is what is known of a part that was sent and may be sent again.
type part struct {
	session, message, id string
	raw                  string // as last sent, while it waits for its end
	called, done         bool
}

// sent returns what is known of a part, a new one where nothing is.
func (r *reader) sent(m *message, id string) *part {
	if !r.live {
		return &part{session: m.session, message: m.id, id: id}
	}
	key := m.session + "\x00" + id
	p := r.parts[key]
	if p == nil {
		p = &part{session: m.session, message: m.id, id: strings.Clone(id)}
		r.parts[key] = p
	}
	return p
}

// wait keeps a part as it is now: it may be sent again.
func (r *reader) wait(k *part, p gjson.Result) {
	if k.raw == "" {
		r.queue = append(r.queue, k)
	}
	k.raw = strings.Clone(p.Raw)
}

// flush makes the events of waiting parts of a message, of a session, or all.
func (r *reader) flush(session, message string) {
	queue := r.queue
	r.queue = nil
	for _, k := range queue {
		if session != "" && k.session != session || message != "" && k.message != message {
			r.queue = append(r.queue, k)
			continue
		}
		raw := k.raw
		if k.raw = ""; raw == "" || k.done {
			continue
		}
		p, m := gjson.Parse(raw), r.of(k.session, k.message)
		switch p.Get("type").Str {
		case "tool":
			r.call(m, p, k)
		default:
			r.said(m, p, k)
		}
	}
}

// part makes the events of a part.
func (r *reader) part(m *message, p gjson.Result, id string) {
	r.start(m.session, p)
	k := r.sent(m, id)
	typ := p.Get("type").Str
	switch typ {
	case "text", "reasoning":
		if k.done {
			return
		}
		// Text is sent while it grows; that of the user is whole.
		if r.live && m.role != "user" && nanos(p.Get("time.end")) == 0 {
			r.wait(k, p)
			return
		}
		r.said(m, p, k)
	case "tool":
		r.tool(m, p, k)
	case "step-finish":
		r.step(m, p, id)
	case "compaction":
		if k.done {
			return
		}
		k.done = true
		trigger := "manual"
		if p.Get("auto").Bool() {
			trigger = "auto"
		}
		r.o.Str("trigger", trigger)
		r.source(id)
		r.emit("compaction", m.session, r.at(m.session, gjson.Result{}), event.ID(m.session, "compaction", id), "", nil)
	case "retry":
		if k.done {
			return
		}
		k.done = true
		e := p.Get("error")
		r.o.Str("kind", "api").Raw("error", []byte(e.Raw)).Str("message", first(e, "data.message", "message"))
		if s := e.Get("data.statusCode"); s.Type == gjson.Number {
			r.o.Raw("status", []byte(s.Raw))
		}
		if n := p.Get("attempt"); n.Type == gjson.Number {
			r.o.Raw("retry_attempt", []byte(n.Raw))
		}
		r.source(id)
		r.emit("error", m.session, r.at(m.session, p.Get("time.created")), event.ID(m.session, "api_error", id), "", nil)
	default:
		if k.done || bookkeepingParts[typ] && !r.sink.All {
			return
		}
		k.done = true
		r.rest(p, "type", "id", "sessionID")
		r.source(id)
		r.emit("part_"+record.Snake(typ), m.session, r.at(m.session, p.Get("time.start"), p.Get("time.created")), event.ID(m.session, "part", id), "", nil)
	}
}

// bookkeepingParts say nothing of what the agent did that is not told by
// others. A patch names the files that a step changed, which its calls have.
var bookkeepingParts = map[string]bool{"step-start": true, "snapshot": true, "patch": true, "agent": true}

// said makes the event of a text or of reasoning.
func (r *reader) said(m *message, p gjson.Result, k *part) {
	k.done = true
	text := p.Get("text").String()
	role := m.role
	if role == "" && p.Get("type").Str == "text" && !p.Get("time").Exists() {
		role = "user" // what the agent says has times
	}
	at := p.Get("time.end")
	if nanos(at) == 0 {
		at = p.Get("time.start")
	}
	o := &r.o
	if role == "user" {
		ns := m.created
		if ns == 0 {
			ns = r.at(m.session, at)
		}
		if p.Get("synthetic").Bool() || p.Get("ignored").Bool() {
			// What the agent puts there itself: files that were named, reminders.
			if r.sink.All {
				o.Text("text", text).Str("message_id", m.id)
				r.source(k.id)
				r.emit("user_injected", m.session, ns, event.ID(m.session, "part", k.id), "", nil)
			}
			return
		}
		native := k.id
		if m.prompt == "" || m.prompt == k.id {
			m.prompt, native = strings.Clone(k.id), m.id
		}
		o.Text("prompt", text).Str("prompt_id", m.id)
		r.source(k.id)
		r.emit("user_prompt", m.session, ns, event.ID(m.session, "user_prompt", native), "", nil)
		return
	}
	typ := "assistant_response"
	if m.summary && p.Get("type").Str == "text" {
		typ = "compaction_summary"
		o.Text("compact_summary", text)
	} else {
		o.True("thinking", p.Get("type").Str == "reasoning").Text("text", text)
	}
	o.Str("model", m.model).Str("message_id", m.id)
	if v := p.Get("metadata"); v.IsObject() {
		o.Raw("metadata", []byte(v.Raw))
	}
	r.source(k.id)
	ns := r.at(m.session, at)
	if nanos(at) == 0 && m.created > ns {
		ns = m.created
	}
	r.emit(typ, m.session, ns, event.ID(m.session, typ, k.id), "", nil)
}

// rest adds the members of a value but those named.
func (r *reader) rest(g gjson.Result, but ...string) {
	g.ForEach(func(k, v gjson.Result) bool {
		for _, b := range but {
			if k.Str == b {
				return true
			}
		}
		if v.Type != gjson.Null {
			r.o.Raw(k.Str, []byte(v.Raw))
		}
		return true
	})
}
