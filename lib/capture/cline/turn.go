package cline

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/payload"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// call is a call that waits for its result.
type call struct {
	id   string // native
	name string
	use  string // tool_use_id, "" where there is none
	nano int64  // its own time, 0 if it has none
}

// turn takes an element of api_conversation_history.json.
func (r *reader) turn(rec *record.Record) error {
	n := rec.Str("id")
	if n == "" {
		n = strconv.Itoa(r.number)
	}
	r.number++
	own, timed := record.Nanos(rec.Get("ts"))
	content := rec.Get("content")
	cwd := ""
	if rec.Is("role", "user") {
		if ns := timeIn(content); ns > 0 {
			r.nano = ns
		}
		if !r.started[r.session] {
			cwd = workDir(content)
		}
	}
	if timed {
		r.nano = own
	} else {
		own = 0
	}
	if err := r.begin(cwd); err != nil {
		return err
	}
	if rec.Is("role", "assistant") {
		r.open = nil
		return r.assistant(rec, content, n, own)
	}
	return r.user(content, n, own)
}

// currentTime is how environment_details tell the time: in the locale of
// America, with the zone's distance from UTC.
var currentTime = regexp.MustCompile(`# Current Time(?:\\n|\n)(\d+/\d+/\d{4}, \d+:\d\d:\d\d)(?:\x{202f}|\\u202f| )([AP]M) \([^()"\\]*UTC([+-]\d+):(\d\d)\)`)

// timeIn returns the time that environment_details in a JSON text tell, 0 if
// they do not.
func timeIn(content []byte) int64 {
	if !bytes.Contains(content, []byte("# Current Time")) {
		return 0
	}
	m := currentTime.FindSubmatch(content)
	if m == nil {
		return 0
	}
	hours, _ := strconv.Atoi(string(m[3]))
	minutes, _ := strconv.Atoi(string(m[4]))
	if m[3][0] == '-' {
		minutes = -minutes
	}
	t, err := time.ParseInLocation("1/2/2006, 3:04:05 PM", string(m[1])+" "+string(m[2]), time.FixedZone("", hours*3600+minutes*60))
	if err != nil || t.Year() < 2000 || t.Year() > 2200 {
		return 0
	}
	return t.UnixNano()
}

// assistant takes what the model said. n is the number of the element.
func (r *reader) assistant(rec *record.Record, content []byte, n string, own int64) error {
	info := gjson.ParseBytes(rec.Get("modelInfo"))
	model := modelOf(info)
	said := func(text string, thinking bool, block int) error {
		if before, ok := strings.CutSuffix(strings.TrimSpace(text), "[Response interrupted by user]"); ok && !thinking {
			r.out.Str("text", "[Response interrupted by user]").Str("uuid", n)
			if err := r.give("interrupt", event.ID(r.session, "interrupt", n, strconv.Itoa(block)), "", nil); err != nil {
				return err
			}
			text = before
		}
		if strings.TrimSpace(text) == "" && !thinking {
			return nil
		}
		r.out.True("thinking", thinking).Str("text", text).Str("model", model)
		r.out.Count("block", int64(block)).Str("uuid", n)
		return r.give("assistant_response", event.ID(r.session, "assistant_response", n, strconv.Itoa(block)), "", nil)
	}
	native := bytes.Contains(content, []byte(`"tool_use"`)) && gjson.GetBytes(content, `#(type=="tool_use")`).Exists()
	text := func(text string, block int) error {
		if native {
			return said(text, false, block)
		}
		before, calls := xmlCalls(text)
		if err := said(before, false, block); err != nil {
			return err
		}
		for i, c := range calls {
			id := n + "/" + strconv.Itoa(block) + "/" + strconv.Itoa(i)
			if err := r.called(c.name, "", id, []byte(c.args), n, own); err != nil {
				return err
			}
		}
		return nil
	}
	var err error
	if content[0] == '"' {
		err = text(record.Text(content), 0)
	}
	block := 0
	gjson.ParseBytes(content).ForEach(func(_, b gjson.Result) bool {
		if !b.IsObject() {
			return true
		}
		switch typ := b.Get("type").Str; typ {
		case "text":
			err = text(b.Get("text").String(), block)
		case "thinking":
			err = said(b.Get("thinking").String(), true, block)
		case "redacted_thinking":
			err = said("", true, block)
		case "tool_use":
			use := b.Get("id").String()
			id := use
			if id == "" {
				id = n + "/" + strconv.Itoa(block)
			}
			args := []byte("{}")
			if in := b.Get("input"); in.Exists() && in.Type != gjson.Null {
				args = []byte(in.Raw)
			}
			err = r.called(b.Get("name").Str, use, id, args, n, own)
		default:
			r.out.Raw("block_content", []byte(b.Raw))
			r.out.Str("uuid", n)
			err = r.give("assistant_"+record.Snake(typ), event.ID(r.session, "assistant_response", n, strconv.Itoa(block)), "", nil)
		}
		block++
		return err == nil
	})
	if err != nil {
		return err
	}
	return r.metrics(rec, info, n)
}

func (r *reader) called(name, use, id string, args []byte, n string, own int64) error {
	r.open = append(r.open, &call{id: id, name: name, use: use, nano: own})
	r.out.Str("tool_name", name).Str("tool_use_id", use).Raw("arguments", args).Str("uuid", n)
	return r.give("tool_call", event.ID(r.session, "tool_call", id), "", nil)
}

// metrics emits what the answer cost, if nothing has told it better.
func (r *reader) metrics(rec *record.Record, info gjson.Result, n string) error {
	if by := r.usage[r.session]; by != nowhere && by != history {
		return nil
	}
	g := gjson.ParseBytes(rec.Get("metrics"))
	u := usageOf(g)
	if u == (payload.Usage{}) {
		return nil
	}
	r.usage[r.session] = history
	o := &r.out
	o.Str("model", modelOf(info))
	if p := info.Get("providerId").Str; p != "" {
		o.Str("provider", p)
	} else {
		o.Str("provider", info.Get("provider").Str)
	}
	o.Str("mode", info.Get("mode").Str).Str("message_id", rec.Str("id")).Raw("usage", u.Bytes())
	if c := g.Get("cost"); c.Type == gjson.Number && c.Num > 0 {
		o.Raw("cost_usd", []byte(c.Raw))
	}
	o.Raw("metrics", rec.Get("metrics")).Str("uuid", n)
	return r.give("llm_response", event.ID(r.session, "llm_response", n), "", nil)
}

// modelOf returns the model that an element names.
func modelOf(info gjson.Result) string {
	if id := info.Get("modelId").Str; id != "" {
		return id
	}
	return info.Get("id").Str
}

// usageOf returns the tokens in metrics: those of the editor's extension, in
// which cache reads and writes are one number, or those of the command line,
// whose inputTokens hold the cached ones where they are not fewer.
func usageOf(g gjson.Result) payload.Usage {
	if t := g.Get("tokens"); t.IsObject() {
		return payload.Usage{Input: payload.Count(t.Get("prompt")), Output: payload.Count(t.Get("completion")), CacheRead: payload.Count(t.Get("cached"))}
	}
	u := payload.Usage{
		Input: payload.Count(g.Get("inputTokens")), Output: payload.Count(g.Get("outputTokens")),
		CacheRead: payload.Count(g.Get("cacheReadTokens")), CacheWrite: payload.Count(g.Get("cacheWriteTokens")),
	}
	if cached := u.CacheRead + u.CacheWrite; u.Input >= cached {
		u.Input -= cached
	}
	return u
}
