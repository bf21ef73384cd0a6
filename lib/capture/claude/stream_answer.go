package claude

import (
	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// answered notes what a line says of its message.
func (s *stream) answered(session string, a *answer, l *Line) {
	o := s.opened(session, a.message)
	if o == nil {
		return
	}
	if a.raw != nil && !o.written {
		o.set(gjson.ParseBytes(a.raw))
	}
	if a.model != nil {
		o.answer.model = clone(a.model)
	}
	if a.stop != nil {
		o.answer.stop, o.written = clone(a.stop), true
	}
	if o.answer.request == "" {
		o.answer.request = a.request
	}
	o.uuid, o.nano = l.UUID, l.Nano
}

// opened returns the message being printed in a session, nil if it has been
// told already.
func (s *stream) opened(session, id string) *streamed {
	if o := s.open[session]; o != nil {
		if o.answer.message == id {
			return o
		}
		s.close(session)
	}
	if id == "" || s.closed[session+"\x00"+id] {
		return nil
	}
	o := &streamed{answer: answer{message: id}}
	s.open[session] = o
	return o
}

// partial takes a line of type stream_event, an event of the vendor's API:
// message_start names the message, message_delta has its final usage.
func (s *stream) partial(r *record.Record, session string, nano int64) {
	own, _ := s.owner(r, session)
	e := gjson.ParseBytes(r.Get("event"))
	switch e.Get("type").Str {
	case "message_start":
		o := s.opened(own, e.Get("message.id").Str)
		if o == nil {
			return
		}
		if m := e.Get("message.model"); m.Type == gjson.String {
			o.answer.model = []byte(m.Raw)
		}
		o.set(e.Get("message.usage"))
		o.uuid, o.nano = r.Str("uuid"), nano
	case "message_delta":
		o := s.open[own]
		if o == nil {
			return
		}
		if stop := e.Get("delta.stop_reason"); stop.Type == gjson.String {
			o.answer.stop = []byte(stop.Raw)
		}
		if u := e.Get("usage"); u.Get("output_tokens").Exists() {
			o.set(u)
			o.written = true
		}
		o.nano = nano
	case "message_stop":
		s.closeWritten(own)
	}
}

// set takes a usage: of each class the larger number counts, since the last
// one of a message need not repeat what the first told.
func (o *streamed) set(u gjson.Result) {
	if !u.IsObject() {
		return
	}
	was, raw := o.answer.usage, []byte(u.Raw)
	now := readUsage(raw)
	if !u.Get("cache_creation").Exists() && now.write5m <= was.write5m+was.write1h {
		now.write5m = 0 // a total, of which the parts were told before
	}
	if o.answer.raw == nil || u.Get("service_tier").Exists() {
		o.answer.raw = raw
	}
	o.answer.usage = usage{
		max(was.input, now.input), max(was.output, now.output), max(was.read, now.read),
		max(was.write5m, now.write5m), max(was.write1h, now.write1h), max(was.reasoning, now.reasoning),
	}
}

// closeWritten closes the message being printed if its usage is final.
func (s *stream) closeWritten(session string) {
	if o := s.open[session]; o != nil && o.written {
		s.close(session)
	}
}

func (s *stream) closeAll() {
	for _, session := range sortedKeys(s.open) {
		s.close(session)
	}
}

// close emits the llm_response of the message being printed in a session.
func (s *stream) close(session string) {
	o := s.open[session]
	if o == nil {
		return
	}
	delete(s.open, session)
	s.closed[session+"\x00"+o.answer.message] = true
	a, e := &o.answer, &s.state.o
	e.Raw("model", a.model).Str("message_id", a.message).Str("request_id", a.request).Raw("stop_reason", a.stop)
	if a.raw != nil {
		var u event.Object
		u.Int("input_tokens", max(a.usage.input, 0))
		if o.written {
			u.Int("output_tokens", max(a.usage.output, 0))
		}
		u.Count("cache_read_tokens", max(a.usage.read, 0))
		u.Count("cache_write_5m_tokens", max(a.usage.write5m, 0)).Count("cache_write_1h_tokens", max(a.usage.write1h, 0))
		if o.written {
			u.Count("reasoning_tokens", max(a.usage.reasoning, 0))
		}
		e.Raw("usage", u.Bytes())
		var raw record.Record
		if raw.Parse(a.raw) == nil {
			e.Raw("service_tier", nonEmpty(raw.Get("service_tier"))).Raw("speed", nonEmpty(raw.Get("speed")))
			e.Raw("inference_geo", nonEmpty(raw.Get("inference_geo")))
		}
	}
	e.Str("uuid", o.uuid)
	s.state.emit(event.Header{Type: "llm_response", UnixNano: o.nano, ID: answerID(session, a, o.uuid), Session: session})
}

// usageByModel adds what the agent says that each model was used.
func usageByModel(o *event.Object, models []byte) {
	if len(models) <= 2 || models[0] != '{' {
		return
	}
	var by event.Object
	gjson.ParseBytes(models).ForEach(func(name, u gjson.Result) bool {
		by.Raw(name.String(), vendorUsage(u))
		return true
	})
	o.Raw("usage_by_model", by.Bytes())
}
