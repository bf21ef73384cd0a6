package opencode

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// message is what is known of a message.
type message struct {
	session, id string
	role        string // "" until it is told
	model       string
	provider    string
	summary     bool // it is the summary of a compaction
	created     int64
	completed   int64

	prompt  string          // the part that is its prompt
	steps   map[string]bool // step-finish parts
	told    int             // llm_responses
	counts  string          // what the message itself told of tokens
	own     bool            // its own tokens were told
	matched bool            // and the step that has them was seen
	failed  bool            // its error was told
}

// of returns the message with an id.
func (r *reader) of(session, id string) *message {
	key := session + "\x00" + id
	m := r.messages[key]
	if m == nil {
		m = &message{session: r.keep(session), id: strings.Clone(id)}
		r.messages[key] = m
	}
	return m
}

// message notes what is told of a message of a session.
func (r *reader) message(info gjson.Result, session string) *message {
	m := r.of(session, info.Get("id").Str)
	m.role = r.keep(info.Get("role").Str)
	if s := first(info, "modelID", "model.modelID"); s != "" {
		m.model = r.keep(s)
	}
	if s := first(info, "providerID", "model.providerID"); s != "" {
		m.provider = r.keep(s)
	}
	// Of a user message, summary is an object: the title of the turn.
	m.summary = info.Get("summary").Type == gjson.True
	if ns := nanos(info.Get("time.created")); ns > 0 {
		m.created = ns
	}
	if ns := nanos(info.Get("time.completed")); ns > 0 {
		m.completed = ns
	}
	if m.role == "assistant" {
		r.latest[m.session] = m
	}
	r.start(m.session, info)
	return m
}

// inner takes the parts that stand in a message. In the first versions they
// had no ids.
func (r *reader) inner(m *message, parts gjson.Result) {
	if !parts.IsArray() {
		return
	}
	n := 0
	parts.ForEach(func(_, p gjson.Result) bool {
		id := p.Get("id").Str
		if id == "" || p.Get("messageID").Str == "" { // of a call, it was that of the call
			id = m.id + "/" + strconv.Itoa(n)
		}
		n++
		r.part(m, p, id)
		return r.err == nil
	})
}

// finish tells what is left to tell of a message when its parts are known:
// the tokens, if no step told them, and how it failed.
func (r *reader) finish(m *message, info gjson.Result) {
	if m.role != "assistant" {
		return
	}
	failure := info.Get("error")
	over := info.Get("finish").Type == gjson.String || m.completed > 0 || failure.IsObject()
	if tok := info.Get("tokens"); m.told == 0 && (over || !r.live) && (tokensOf(tok).any() || info.Get("finish").Type == gjson.String) {
		m.own, m.counts = true, tokensOf(tok).key()
		if info.Get("agent").Str != "" {
			r.o.Str("mode", info.Get("agent").Str)
		} else {
			r.o.Str("mode", info.Get("mode").Str)
		}
		r.answer(m, info.Get("finish").Str, tok, info.Get("cost"), m.id, r.at(m.session, info.Get("time.completed"), info.Get("time.created")))
	}
	if failure.IsObject() && !m.failed {
		m.failed = true
		r.failure(m.session, m.id, failure, r.at(m.session, info.Get("time.completed"), info.Get("time.created")))
	}
}

// step takes a step-finish part.
func (r *reader) step(m *message, p gjson.Result, id string) {
	if m.steps[id] {
		return
	}
	if m.steps == nil {
		m.steps = map[string]bool{}
	}
	m.steps[strings.Clone(id)] = true
	tok := p.Get("tokens")
	if m.own && !m.matched && tokensOf(tok).key() == m.counts {
		m.matched = true // the message has told it
		return
	}
	at, cost := r.at(m.session), p.Get("cost")
	if m.told == 0 && m.completed > 0 {
		at = m.completed
	}
	if m.own {
		cost = gjson.Result{} // the message has told the cost of all its steps
	}
	r.answer(m, p.Get("reason").Str, tok, cost, id, at)
}

// answer emits an llm_response of a message.
func (r *reader) answer(m *message, stop string, tok, cost gjson.Result, uuid string, at int64) {
	native := m.id
	if m.told++; m.told > 1 {
		native += "#" + strconv.Itoa(m.told)
	}
	o := &r.o
	o.Str("model", m.model).Str("provider", m.provider).Str("message_id", m.id).Str("stop_reason", stop)
	if t := tokensOf(tok); t.any() {
		o.Raw("usage", t.usage())
	}
	if cost.Type == gjson.Number && cost.Num > 0 {
		o.Raw("cost_usd", []byte(cost.Raw))
	}
	r.source(uuid)
	r.emit("llm_response", m.session, at, event.ID(m.session, "llm_response", native), "", nil)
}

// source adds the id of what an event was made of.
func (r *reader) source(id string) {
	if r.live {
		r.o.Str("part_id", id)
	} else {
		r.o.Str("uuid", id)
	}
}

// failure emits the error of a message or session. native is its id.
func (r *reader) failure(session, native string, e gjson.Result, at int64) {
	o := &r.o
	text := first(e, "data.message", "message")
	if e.Get("name").Str == "MessageAbortedError" {
		if text == "" {
			text = "aborted"
		}
		o.Str("text", text)
		r.source(native)
		r.emit("interrupt", session, at, event.ID(session, "interrupt", native), "", nil)
		return
	}
	o.Str("kind", "api").Raw("error", []byte(e.Raw)).Str("message", text)
	if s := e.Get("data.statusCode"); s.Type == gjson.Number {
		o.Raw("status", []byte(s.Raw))
	}
	r.source(native)
	r.emit("error", session, at, event.ID(session, "api_error", native), "", nil)
}

// tokens are the classes as OpenCode counts them.
type tokens struct{ input, output, reasoning, read, write, total int64 }

func tokensOf(t gjson.Result) tokens {
	n := func(path string) int64 { return max(t.Get(path).Int(), 0) }
	return tokens{n("input"), n("output"), n("reasoning"), n("cache.read"), n("cache.write"), n("total")}
}

func (t tokens) any() bool { return t.input+t.output+t.reasoning+t.read+t.write > 0 }

func (t tokens) key() string { return fmt.Sprint(t.input, t.output, t.reasoning, t.read, t.write) }

// usage returns the tokens under the names of events. Whether output holds
// reasoning depends on the provider and the version; where total is told it
// tells.
func (t tokens) usage() []byte {
	output := t.output
	if t.total == 0 || t.total != t.input+t.output+t.read+t.write || t.reasoning > t.output {
		output += t.reasoning
	}
	var u event.Object
	u.Int("input_tokens", t.input).Int("output_tokens", output)
	u.Count("cache_read_tokens", t.read).Count("cache_write_5m_tokens", t.write).Count("reasoning_tokens", t.reasoning)
	return u.Bytes()
}
