package inflation

import (
	"bytes"

	"github.com/tidwall/gjson"

	"agenttrace/lib/cost"
	"agenttrace/lib/event"
	"agenttrace/lib/price"
)

// A Part is who said what stands in a context.
type Part int

// The parts.
const (
	System  Part = iota // the system prompt, where it is recorded
	Tools               // the definitions of tools, likewise
	User                // what the user said
	Agent               // what the model said
	Calls               // of tools
	Results             // of tools
	Rest                // what is not recorded
	Written             // what the model wrote, thinking too; not a part of what it reads
	parts
)

// String returns the name of the part.
func (p Part) String() string {
	return [...]string{"system prompt", "tool definitions", "user messages", "assistant messages", "tool calls", "tool results", "not recorded", "written"}[p]
}

// sizes are bytes by part and class.
type sizes [parts][classes]int64

func (s *sizes) add(o *sizes) {
	for p := range s {
		for c := range s[p] {
			s[p][c] = cost.Add(s[p][c], o[p][c])
		}
	}
}

// A mix is what the contexts of a session were made of.
type mix struct {
	context sizes // as it stands now
	said    sizes // by the answer that is being told
	read    sizes // over all requests
	last    []byte
	answers int
}

// add takes an event of the session.
func (m *mix) add(e event.Event) {
	switch string(e.TypeRaw()) {
	case `"user_prompt"`:
		m.put(&m.context, User, e.Get("prompt").String())
	case `"user_command"`:
		m.put(&m.context, User, e.Get("output").String())
	case `"compaction_summary"`:
		m.put(&m.context, Agent, e.Get("compact_summary").String())
	case `"assistant_response"`:
		m.put(&m.said, Agent, e.Get("text").String())
	case `"tool_call"`:
		m.call(e.Get("arguments"))
	case `"tool_result"`:
		m.put(&m.context, Results, cost.Shown(e, "content", "result"))
	case `"error"`:
		if e.Get("kind").Str != "api" {
			m.put(&m.context, Results, cost.Shown(e, "error", "message"))
		}
	case `"llm_request"`:
		m.request(e.Data())
	case `"llm_response"`:
		m.answer(e)
	case `"compaction"`:
		system, tools := m.context[System], m.context[Tools]
		m.context, m.said = sizes{}, sizes{}
		m.context[System], m.context[Tools] = system, tools
	}
}

func (m *mix) put(to *sizes, p Part, text string) {
	if text != "" {
		to[p][ClassOf(text)] += int64(len(text))
	}
}

// call takes the arguments of a tool: long texts in them by their own kind.
func (m *mix) call(args gjson.Result) {
	rest := len(args.Raw)
	args.ForEach(func(_, v gjson.Result) bool {
		if v.Type == gjson.String && len(v.Str) > 80 {
			m.put(&m.said, Calls, v.Str)
			rest -= len(v.Raw)
		}
		return true
	})
	m.said[Calls][JSON] += int64(max(rest, 0))
}

// request takes what programs that trace their own requests tell of them: each
// is told whole, so it replaces what was known.
func (m *mix) request(data gjson.Result) {
	for _, k := range []struct {
		part Part
		key  string
	}{{System, "system"}, {System, "system_prompt"}, {Tools, "tools"}, {Tools, "tool_definitions"}, {User, "prompt"}} {
		if v := data.Get(k.key); v.Exists() && v.Type != gjson.Null {
			m.context[k.part] = [classes]int64{}
			m.put(&m.context, k.part, v.String())
		}
	}
	list := data.Get("messages")
	if !list.IsArray() {
		return
	}
	m.context[User], m.context[Agent], m.context[Results] = [classes]int64{}, [classes]int64{}, [classes]int64{}
	list.ForEach(func(_, v gjson.Result) bool {
		p := User
		switch v.Get("role").Str {
		case "system", "developer":
			p = System
		case "assistant", "model":
			p = Agent
		case "tool", "function":
			p = Results
		}
		content := v.Get("content")
		if content.IsArray() {
			content.ForEach(func(_, block gjson.Result) bool {
				text := block.Get("text")
				if !text.Exists() {
					text = block
				}
				m.put(&m.context, p, text.String())
				return true
			})
			return true
		}
		m.put(&m.context, p, content.String())
		return true
	})
}

// answer takes a request that has been answered: all of the context was read.
func (m *mix) answer(e event.Event) {
	id := []byte(e.Get("message_id").Raw)
	if len(id) == 0 {
		id = e.IDRaw()
	}
	if len(id) > 0 && bytes.Equal(id, m.last) {
		return // told again
	}
	m.last = append(m.last[:0], id...)
	m.answers++
	m.put(&m.said, Agent, cost.Shown(e, "content", "text", "response"))
	m.read.add(&m.context)
	m.end()
}

// end takes what was said into the context.
func (m *mix) end() {
	for p := range m.said {
		for c, n := range m.said[p] {
			m.read[Written][c] = cost.Add(m.read[Written][c], n)
		}
	}
	m.context.add(&m.said)
	m.said = sizes{}
}

// weights returns the tokens that the requests of a session read and wrote, by
// part and class, as its own tokenizer counts them. What is recorded is what they
// add up to; what no text accounts for is Rest.
func (m *mix) weights(t price.Tokenizer, read, written int64) (w sizes) {
	if m.answers == 0 { // nothing but hooks told of it
		m.end()
		m.read.add(&m.context)
	}
	var seen, wrote int64
	for p := range m.read {
		for c := range m.read[p] {
			class := Class(c)
			n := cost.MulDiv(class.tokens(m.read[p][c]), class.ratio(price.O200k, t).Mid, 1000)
			w[p][c] = n
			if Part(p) == Written {
				wrote = cost.Add(wrote, n)
			} else {
				seen = cost.Add(seen, n)
			}
		}
	}
	for p := range w {
		sum, whole := seen, read
		if Part(p) == Written {
			sum, whole = wrote, written
		}
		for c := range w[p] {
			if sum > whole {
				w[p][c] = cost.MulDiv(w[p][c], whole, sum)
			}
		}
	}
	w[Rest][Unseen] = read - total(w[:Rest])
	w[Written][Unseen] = written - total(w[Written:])
	return w
}

// total adds up parts.
func total(list [][classes]int64) (n int64) {
	for _, p := range list {
		for _, v := range p {
			n = cost.Add(n, v)
		}
	}
	return n
}
