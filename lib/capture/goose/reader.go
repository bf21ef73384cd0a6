package goose

import (
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
	"agenttrace/lib/tool"
)

// New returns a reader that gives its events to the sink.
func New(sink *dialect.Sink) dialect.Reader {
	return &reader{sink: sink, started: map[string]bool{}, tally: payload.Tally{}, calls: map[string]called{}}
}

type reader struct {
	sink    *dialect.Sink
	started map[string]bool
	pairs   payload.Calls // of hooks without an id
	tally   payload.Tally // payloads without any id

	// Of this input.
	session string
	number  int // of the message
	calls   map[string]called

	o   event.Object
	buf []byte
	err error
}

type called struct {
	name string
	nano int64
}

func (r *reader) Begin(f dialect.File) {
	r.session, r.number = f.Session, 0
	clear(r.calls)
}

func (r *reader) End() error { return r.err }

func (r *reader) Is(rec *record.Record) bool { return shapeOf(rec) != none }

// Take makes the events of a record.
func (r *reader) Take(rec *record.Record, nano int64) error {
	switch shapeOf(rec) {
	case hook:
		return r.hook(rec, nano)
	case header:
		if id := rec.Str("id"); id != "" {
			r.session = id
		}
		if r.session == "" {
			return dialect.ErrNoSession
		}
		r.start(gjson.ParseBytes(rec.Raw))
	case export:
		doc := gjson.ParseBytes(rec.Raw)
		if id := doc.Get("id").String(); id != "" && id != r.session {
			r.session = strings.Clone(id) // else it would keep the document
		}
		if r.session == "" {
			return dialect.ErrNoSession
		}
		r.number = 0
		r.start(doc)
		doc.Get("conversation").ForEach(func(_, m gjson.Result) bool {
			r.message(m)
			return r.err == nil
		})
		doc.Get("usage_ledger").ForEach(func(_, e gjson.Result) bool {
			r.used(e)
			return r.err == nil
		})
	case message:
		if r.session == "" {
			return dialect.ErrNoSession
		}
		r.message(gjson.ParseBytes(rec.Raw))
	default:
		return dialect.Problem("a record that is not known to be Goose's")
	}
	return r.err
}

// start takes what stands at the beginning of a session.
func (r *reader) start(head gjson.Result) {
	if r.started[r.session] {
		return
	}
	r.started[r.session] = true
	o := &r.o
	o.Str("agent", Name).Str("model", head.Get("model_config.model_name").Str).Str("source", "startup")
	cwd := head.Get("working_dir").Str
	if r.sink.Origin != nil {
		r.sink.Origin(cwd, o)
	}
	o.Str("cwd", cwd)
	title := head.Get("name").Str
	if title == "" {
		title = head.Get("description").Str
	}
	o.Str("title", title)
	head.ForEach(func(k, v gjson.Result) bool {
		switch k.Str {
		case "working_dir", "name", "description", "conversation", "usage_ledger", "id":
		default:
			if v.Type != gjson.Null {
				o.Raw(k.Str, []byte(v.Raw))
			}
		}
		return true
	})
	ns, _ := record.Nanos([]byte(head.Get("created_at").Raw))
	r.emit("session_start", r.session, ns, event.ID(r.session, "session_start", "startup"), "", nil)
}

// used takes an entry of the ledger of a data base: what one answer of a model
// used. Its input holds what was cached.
func (r *reader) used(e gjson.Result) {
	if !r.started[r.session] {
		r.start(gjson.Result{})
	}
	count := func(key string) int64 { return max(e.Get(key).Int(), 0) }
	read, write := count("cache_read_tokens"), count("cache_write_tokens")
	input, native := count("input_tokens"), "ledger/"+e.Get("id").String()
	if input >= read+write {
		input -= read + write
	}
	o := &r.o
	o.Str("model", e.Get("model").Str).Str("provider", e.Get("provider_name").Str)
	if output := count("output_tokens"); input+output+read+write > 0 {
		var u event.Object
		u.Int("input_tokens", input).Int("output_tokens", output)
		o.Raw("usage", u.Count("cache_read_tokens", read).Count("cache_write_5m_tokens", write).Bytes())
	}
	if cost := e.Get("cost"); cost.Type == gjson.Number && cost.Num > 0 {
		o.Raw("cost_usd", []byte(cost.Raw)).Str("cost_source", e.Get("cost_source").Str)
	}
	o.True("compaction", e.Get("is_compaction").Bool()).Str("uuid", native)
	ns, _ := record.Nanos([]byte(e.Get("created_timestamp").Raw))
	r.emit("llm_response", r.session, ns, event.ID(r.session, "llm_response", native), "", nil)
}

// message takes a message of a session file.
func (r *reader) message(m gjson.Result) {
	n := r.number
	r.number++
	id := m.Get("id").Str
	if id == "" {
		id = strconv.Itoa(n)
	}
	if !r.started[r.session] {
		r.start(gjson.Result{})
	}
	ns, _ := record.Nanos([]byte(m.Get("created").Raw))
	i := 0
	m.Get("content").ForEach(func(_, b gjson.Result) bool {
		r.block(m, b, id, id+"/"+strconv.Itoa(i), ns)
		i++
		return r.err == nil
	})
}

// block takes a content block. native is the id of what has none of its own.
func (r *reader) block(m, b gjson.Result, message, native string, ns int64) {
	o, session := &r.o, r.session
	source := func() { o.Str("message_id", m.Get("id").Str).Str("uuid", native) }
	switch typ := b.Get("type").Str; typ {
	case "text":
		if m.Get("role").Str == "user" {
			typ := "user_prompt"
			if v := m.Get("metadata.userVisible"); v.Type == gjson.False {
				if typ = "user_injected"; !r.sink.All { // what the agent puts there itself
					return
				}
				o.Text("text", b.Get("text").String())
			} else {
				o.Text("prompt", b.Get("text").String())
			}
			source()
			r.emit(typ, session, ns, event.ID(session, typ, native), "", nil)
			return
		}
		o.Text("text", b.Get("text").String())
		source()
		r.emit("assistant_response", session, ns, event.ID(session, "assistant_response", native), "", nil)
	case "thinking", "redactedThinking":
		o.True("thinking", true).Str("text", b.Get("thinking").String())
		r.raw("signature", b.Get("signature"))
		r.raw("redacted_data", b.Get("data"))
		source()
		r.emit("assistant_response", session, ns, event.ID(session, "assistant_response", native), "", nil)
	case "toolRequest", "frontendToolRequest":
		id, call := b.Get("id").String(), b.Get("toolCall.value")
		if id == "" {
			id = native
		}
		r.calls[strings.Clone(id)] = called{strings.Clone(call.Get("name").Str), ns}
		o.Str("tool_name", call.Get("name").Str).Str("tool_use_id", id)
		source()
		if args := call.Get("arguments"); args.Exists() && args.Type != gjson.Null {
			o.Raw("arguments", []byte(args.Raw))
		} else {
			o.Raw("arguments", []byte("{}"))
		}
		r.raw("error", b.Get("toolCall.error")) // what the model wrote was no call
		r.emit("tool_call", session, ns, event.ID(session, "tool_call", id), "", nil)
	case "toolResponse":
		r.response(b, native, ns, source)
	default:
		b.ForEach(func(k, v gjson.Result) bool {
			if k.Str != "type" {
				r.raw(k.Str, v)
			}
			return true
		})
		source()
		r.emit(record.Snake(typ), session, ns, event.ID(session, "block", native), "", nil)
	}
}

// response takes the result of a call.
func (r *reader) response(b gjson.Result, native string, ns int64, source func()) {
	id, result := b.Get("id").String(), b.Get("toolResult")
	parent := ""
	if id != "" {
		parent = event.ID(r.session, "tool_call", id)
	} else {
		id = native
	}
	value := result.Get("value")
	failed := result.Get("status").Str == "error" || value.Get("isError").Bool()
	o, typ := &r.o, "tool_result"
	if failed {
		typ = "error"
		o.Str("kind", "tool")
	}
	c, known := r.calls[id]
	delete(r.calls, id)
	o.Str("tool_name", c.name).Str("tool_use_id", b.Get("id").String())
	if failed {
		cause := result.Get("error")
		if !cause.Exists() {
			cause = value
		}
		if code, ok := tool.ExitCode(textOf(cause)); ok {
			o.Int("exit_code", int64(code))
		}
		r.raw("error", cause)
	} else {
		r.raw("result", value)
	}
	source()
	var dur *int64
	if known && c.nano > 0 && ns > c.nano {
		d := ns - c.nano
		dur = &d
	}
	r.emit(typ, r.session, ns, event.ID(r.session, "tool_result", id), parent, dur)
}

// textOf returns the text of a result: a string, or its text blocks.
func textOf(v gjson.Result) string {
	if v.Type == gjson.String {
		return v.Str
	}
	if c := v.Get("content"); c.IsArray() {
		v = c
	}
	var parts []string
	v.ForEach(func(_, b gjson.Result) bool {
		if s := b.Get("text"); s.Type == gjson.String {
			parts = append(parts, s.Str)
		}
		return true
	})
	return strings.Join(parts, "\n")
}

func (r *reader) raw(key string, v gjson.Result) {
	if v.Exists() && v.Type != gjson.Null {
		r.o.Raw(key, []byte(v.Raw))
	}
}

// emit emits the event whose data has been built.
func (r *reader) emit(typ, session string, at int64, id, parent string, dur *int64) {
	r.buf = event.Append(r.buf[:0], event.Header{Type: typ, UnixNano: at, Untimed: at == 0, ID: id, Session: session, Parent: parent, Nanos: dur}, r.o.Fit(typ).Bytes())
	r.o.Reset()
	if r.err == nil {
		r.err = r.sink.Emit(r.buf)
	}
}
