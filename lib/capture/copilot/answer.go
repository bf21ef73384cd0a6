package copilot

import (
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// An answer is a message of the model whose usage may still come.
type answer struct {
	h              event.Header
	call           string // the provider's id of the answer
	message, uuid  string
	request, model []byte
	stop           []byte
	usage          payload.Usage
	known          bool // that there is usage
	whole          bool // of all classes
}

// totals is what was told of the usage of a session and its subagents.
type totals map[string]*payload.Usage

// assistant takes a message of the model.
func (c *reader) assistant(d *record.Record, h event.Header, id string) error {
	call, message := d.Str("apiCallId"), d.Str("messageId")
	if o := c.open[h.Session]; o != nil && (o.call == "" || o.call != call) {
		if err := c.close(h.Session); err != nil {
			return err
		}
	}
	if thought := d.Str("reasoningText"); thought != "" && thought != c.reason[h.Session] {
		if err := c.say(d, h, id, "reasoningText", true); err != nil {
			return err
		}
	}
	delete(c.reason, h.Session)
	if strings.TrimSpace(d.Str("content")) != "" {
		if err := c.say(d, h, id, "content", false); err != nil {
			return err
		}
	}
	c.request(d, h, message)
	output := gjson.ParseBytes(d.Get("outputTokens"))
	if c.closed[h.Session+"\x00"+call] && call != "" {
		return nil
	}
	if n, ok := c.early[h.Session]; ok {
		delete(c.early, h.Session)
		if n == payload.Count(output) {
			return nil // its usage came first
		}
	}
	o := c.open[h.Session]
	if o == nil {
		o = &answer{h: h, call: call, message: message, uuid: id, request: clone(either(d, "requestId", "serviceRequestId")), model: c.modelOf(h.Session, d)}
		c.open[h.Session] = o
	}
	if output.Type == gjson.Number {
		o.known = true
		o.usage.Output = max(o.usage.Output, payload.Count(output))
	}
	return nil
}

func clone(b []byte) []byte { return append([]byte(nil), b...) }

// modelOf returns the model of a record, else the one that the session uses.
func (c *reader) modelOf(session string, d *record.Record) []byte {
	if m := d.Get("model"); len(m) > 2 {
		return clone(m)
	}
	if m := c.models[session]; m != "" && m != "auto" {
		return event.AppendString(nil, m)
	}
	return nil
}

// say tells a text of a message.
func (c *reader) say(d *record.Record, h event.Header, id, key string, thinking bool) error {
	kind := "text"
	if thinking {
		kind = "thought"
	}
	h.Type, h.ID = "assistant_response", event.ID(h.Session, "assistant_response", id, kind)
	c.Raw("text", d.Get(key)).True("thinking", thinking).Raw("model", c.modelOf(h.Session, d))
	c.Raw("message_id", either(d, "messageId", "reasoningId")).Str("uuid", id)
	if !thinking {
		c.Rest(d, map[string]string{
			"content": "", "reasoningText": "", "encryptedContent": "", "reasoningOpaque": "", "toolRequests": "",
			"messageId": "", "model": "", "outputTokens": "", "parentToolCallId": "", "reasoningBlocks": "",
		})
	}
	return c.Give(h)
}

// used takes the usage of an API call.
func (c *reader) used(d *record.Record, h event.Header, id string) error {
	call := d.Str("apiCallId")
	o := c.open[h.Session]
	if o != nil && call != "" && o.call != "" && o.call != call {
		if err := c.close(h.Session); err != nil {
			return err
		}
		o = nil
	}
	if call != "" && c.closed[h.Session+"\x00"+call] {
		return nil
	}
	u := usageOf(gjson.ParseBytes(d.Raw))
	if o == nil {
		o = &answer{h: h, call: call, uuid: id}
		c.open[h.Session] = o
		if call == "" {
			c.early[h.Session] = u.Output
		}
	}
	o.usage, o.known, o.whole, o.model = u, true, true, c.modelOf(h.Session, d)
	o.stop = clone(d.Get("finishReason"))
	if o.call == "" {
		o.call = call
	}
	if ns := payload.Nanos(d.Get("duration")); ns != nil {
		o.h.Nanos = ns
	}
	return c.close(h.Session)
}

// usageOf returns tokens as events tell them: the input includes what was read
// from a cache and written to one.
func usageOf(v gjson.Result) payload.Usage {
	n := func(name string) int64 { return payload.Count(v.Get(name)) }
	read, write := n("cacheReadTokens"), n("cacheWriteTokens")
	return payload.Usage{
		Input: max(0, n("inputTokens")-read-write), Output: n("outputTokens"),
		CacheRead: read, CacheWrite: write, Reasoning: n("reasoningTokens"),
	}
}

// close tells the message of a session whose usage may have come.
func (c *reader) close(session string) error {
	o := c.open[session]
	if o == nil {
		return nil
	}
	delete(c.open, session)
	native := o.call
	if native == "" {
		native = o.message
	}
	if native == "" {
		native = o.uuid
	}
	if o.call != "" {
		c.closed[session+"\x00"+o.call] = true
	}
	c.Raw("model", o.model).Str("message_id", o.message).Raw("request_id", o.request).Raw("stop_reason", o.stop)
	if o.known {
		u := o.usage
		c.note(record.Text(o.model), u)
		if o.whole {
			c.Raw("usage", u.Bytes())
		} else {
			var out event.Object
			c.Raw("usage", out.Int("output_tokens", u.Output).Bytes())
		}
	}
	c.Str("uuid", o.uuid)
	o.h.Type, o.h.ID = "llm_response", event.ID(session, "llm_response", native)
	return c.Give(o.h)
}

// closeAll closes all messages, in an order that does not change.
func (c *reader) closeAll() error {
	for _, session := range slices.Sorted(maps.Keys(c.open)) {
		if err := c.close(session); err != nil {
			return err
		}
	}
	return nil
}

// note adds to what was told of the usage of the session and its subagents.
func (c *reader) note(model string, u payload.Usage) {
	t := c.told[c.session]
	if t == nil {
		t = &totals{}
		c.told[c.session] = t
	}
	if (*t)[model] == nil {
		(*t)[model] = &payload.Usage{}
	}
	(*t)[model].Add(u)
}

// shutdown ends a session, or a part of it.
func (c *reader) shutdown(d *record.Record, h event.Header, id string) error {
	if err := c.closeAll(); err != nil {
		return err
	}
	if err := c.unanswered(); err != nil {
		return err
	}
	metrics := gjson.ParseBytes(d.Get("modelMetrics")).Map()
	// What was told of models that the totals do not name is in the totals of
	// those that they do.
	var surplus int64
	if t := c.told[c.session]; t != nil {
		for model, u := range *t {
			if _, ok := metrics[model]; !ok {
				surplus += u.Output
			}
		}
	}
	for _, model := range slices.Sorted(maps.Keys(metrics)) {
		if !metrics[model].Get("usage").IsObject() {
			continue
		}
		u := usageOf(metrics[model].Get("usage"))
		if t := c.told[c.session]; t != nil && (*t)[model] != nil {
			u = less(u, *(*t)[model])
		}
		taken := min(surplus, u.Output)
		surplus -= taken
		u.Output -= taken
		if u == (payload.Usage{}) {
			continue
		}
		c.note(model, u)
		l := h
		l.Type, l.ID = "llm_response", event.ID(h.Session, "llm_response", id, model)
		c.Str("model", model).Raw("usage", u.Bytes()).True("total", true).Str("uuid", id)
		if n := metrics[model].Get("requests.count"); n.Type == gjson.Number {
			c.Raw("requests", []byte(n.Raw))
		}
		if err := c.Give(l); err != nil {
			return err
		}
	}
	h.Type, h.ID = "session_end", event.ID(h.Session, "session_end", id)
	c.Raw("reason", d.Get("shutdownType")).Str("uuid", id)
	c.Rest(d, nil, "shutdownType")
	return c.Give(h)
}

// less returns what a has more than b.
func less(a, b payload.Usage) payload.Usage {
	return payload.Usage{
		Input: max(0, a.Input-b.Input), Output: max(0, a.Output-b.Output), CacheRead: max(0, a.CacheRead-b.CacheRead),
		CacheWrite: max(0, a.CacheWrite-b.CacheWrite), Reasoning: max(0, a.Reasoning-b.Reasoning),
	}
}

// compacted takes a compaction and the request that it made.
func (c *reader) compacted(d *record.Record, h event.Header, id string) error {
	used := gjson.ParseBytes(d.Get("compactionTokensUsed"))
	if u := usageOf(used); u != (payload.Usage{}) {
		l := h
		l.Type, l.ID = "llm_response", event.ID(h.Session, "llm_response", id)
		l.Nanos = payload.Nanos([]byte(used.Get("duration").Raw))
		model := used.Get("model").String()
		if model == "" {
			model = c.models[h.Session]
		}
		c.note(model, u)
		c.Str("model", model).Raw("request_id", either(d, "requestId", "serviceRequestId")).Raw("usage", u.Bytes()).Str("uuid", id)
		if err := c.Give(l); err != nil {
			return err
		}
	}
	h.Type, h.ID = "compaction", event.ID(h.Session, "compaction", id)
	c.Raw("trigger", d.Get("trigger")).Raw("pre_tokens", d.Get("preCompactionTokens")).Raw("post_tokens", d.Get("postCompactionTokens"))
	if v := used.Get("duration"); v.Type == gjson.Number {
		c.Raw("compact_duration_ms", []byte(v.Raw))
	}
	c.Raw("compact_summary", d.Get("summaryContent")).Str("uuid", id)
	c.Rest(d, map[string]string{"preCompactionTokens": "", "postCompactionTokens": "", "summaryContent": ""}, "trigger")
	return c.Give(h)
}
