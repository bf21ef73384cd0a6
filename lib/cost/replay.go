package cost

import (
	"cmp"
	"fmt"
	"strings"
	"sync"

	"github.com/tidwall/gjson"
	"github.com/tiktoken-go/tokenizer/codec"

	"agenttrace/lib/event"
	"agenttrace/lib/price"
	"agenttrace/lib/session"
)

// A replay follows the context of a session whose usage is not recorded: what
// each request must have read and written. Texts are counted by o200k, and
// then taken by the ratio of the model's own tokenizer; see [price.RatioOf].
type replay struct {
	steps   []*guess
	waiting []waiting
	size    int  // bytes that wait
	said    bool // the last event was the model's: what it says next is of the same request
	in      int64
	reset   bool
	low     int64 // nano-dollars
	high    int64
	least   int64 // tokens that the last request read
	most    int64
}

// A guess is a request that must have been.
type guess struct {
	in    int64 // o200k tokens that came into the context before it
	out   int64 // and that the model wrote
	reset bool  // the context was summarised before it
	told  *Request
}

// waiting is a text that is not counted yet. In most sessions usage follows,
// and then it need not be.
type waiting struct {
	to   *int64
	text string
}

// How much is held before it is counted, and how much of a text is: agents cut
// what tools print themselves.
const (
	maxWaiting = 64 << 10
	maxShown   = 100_000
)

// replay takes the next event of a session without usage. It returns a request
// if one must have been made for it.
func (s *Session) replay(e event.Event, turn int32) *Request {
	into, text := int8(0), "" // 1: the model reads it; 2: it writes it
	switch string(e.TypeRaw()) {
	case `"user_prompt"`:
		into, text = 1, e.Get("prompt").String()
	case `"tool_result"`:
		into, text = 1, shown(e, "content", "result")
	case `"error"`:
		if e.Get("kind").Str == "api" {
			return nil
		}
		into, text = 1, shown(e, "error", "message")
	case `"user_command"`:
		into, text = 1, e.Get("output").String()
	case `"compaction_summary"`:
		into, text = 1, e.Get("compact_summary").String()
	case `"task_notification"`:
		into, text = 1, e.Get("text").String()
	case `"assistant_response"`:
		m := e.Get("model").Str
		if m == synthetic {
			return nil // no model was asked
		}
		s.Model = cmp.Or(s.Model, m)
		into, text = 2, e.Get("text").String()
	case `"tool_call"`:
		into, text = 2, e.Get("tool_name").String()+" "+e.Get("arguments").Raw
	case `"llm_response"`:
		if e.Get("model").Str == synthetic {
			return nil
		}
		into, text = 2, shown(e, "content", "text", "response", "message")
	case `"compaction"`:
		if s.context != nil {
			s.context.reset, s.context.in = true, 0
		}
		return nil
	}
	if into == 0 {
		return nil
	}
	c := s.context
	if c == nil {
		c = &replay{}
		s.context = c
	}
	if into == 1 {
		c.said = false
		c.wait(&c.in, text)
		return nil
	}
	var r *Request
	if !c.said {
		c.count()
		ns, _ := e.UnixNano()
		r = &Request{session: s, ns: ns, turn: turn, epoch: s.compacted, provenance: Estimate, side: s.Parent != ""}
		r.place = r
		c.steps = append(c.steps, &guess{in: c.in, reset: c.reset, told: r})
		c.in, c.reset, c.said = 0, false, true
	}
	c.wait(&c.steps[len(c.steps)-1].out, text)
	return r
}

func (c *replay) wait(to *int64, text string) {
	if len(text) > maxShown {
		text = text[:maxShown]
	}
	c.waiting = append(c.waiting, waiting{to, strings.Clone(text)})
	if c.size += len(text); c.size > maxWaiting {
		c.count()
	}
}

// count counts what waits, once it is likely that there will be no usage.
func (c *replay) count() {
	if len(c.steps) < 4 && c.size <= maxWaiting {
		return
	}
	c.countAll()
}

func (c *replay) countAll() {
	for _, w := range c.waiting {
		*w.to = plus(*w.to, tokens(w.text))
	}
	c.waiting, c.size = c.waiting[:0], 0
}

// o200k is loaded when it is first needed.
var o200k = sync.OnceValue(codec.NewO200kBase)

// tokens counts the tokens of a text.
func tokens(text string) int64 {
	if text == "" {
		return 0
	}
	n, err := o200k().Count(text)
	if err != nil {
		return int64(len(text)) // more than any text has
	}
	return int64(n)
}

// shown returns the text of the first of the members that is there, as a model
// is likely to see it.
func shown(e event.Event, keys ...string) string {
	for _, k := range keys {
		if v := e.Get(k); v.Exists() {
			return shownText(v)
		}
	}
	return ""
}

// told are the members of a tool's result that the model is shown, in the
// names of several agents. A result also holds what it is not, such as the
// whole file before an edit.
var toldKeys = []string{"stdout", "stderr", "output", "content", "text", "file.content", "result", "error", "message", "newString", "aggregated_output"}

func shownText(v gjson.Result) string {
	switch {
	case v.Type == gjson.String:
		return v.Str
	case v.IsArray():
		var b strings.Builder
		v.ForEach(func(_, block gjson.Result) bool {
			b.WriteString(shownText(block))
			b.WriteByte('\n')
			return b.Len() < maxShown
		})
		return b.String()
	case v.IsObject():
		var b strings.Builder
		for _, k := range toldKeys {
			if m := v.Get(k); m.Exists() && m.Type != gjson.Null {
				b.WriteString(shownText(m))
				b.WriteByte('\n')
			}
		}
		if b.Len() > 0 {
			return b.String()
		}
	}
	return v.Raw
}

// A prefix is what every request begins with: the system prompt and the
// definitions of the tools, in tokens of the model.
type prefix struct{ mid, low, high int64 }

// prefixOf returns the prefix of an agent. 31,432 tokens were measured for a
// bare session of Claude Code on Opus 4.8 (context-audit.tj-zhang.com); with
// the tools of MCP servers it is more, with fewer tools less. Of other agents
// nothing is known but that it is of that order.
func prefixOf(agent string, t price.Tokenizer) prefix {
	switch {
	case agent == "claude-code" && t == price.ClaudeLegacy:
		return prefix{23_700, 12_000, 36_000}
	case agent == "claude-code":
		return prefix{31_432, 16_000, 47_000}
	}
	return prefix{12_000, 3_000, 31_000}
}

// finish gives the requests their tokens and returns them: those that are most
// likely; and works out what the session costs at the least and at the most.
func (c *replay) finish(s *Session, p *pricer) (list []*Request) {
	c.countAll()
	model := s.Model
	if p.model != "" {
		model = p.model
	}
	kind, _ := price.TokenizerOf(model)
	ratio, _ := price.RatioOf(price.O200k, kind)
	if kind == price.UnknownTokenizer {
		ratio = price.Ratio{Mid: 1150, Low: 1000, High: 1530}
	}
	pre := prefixOf(s.Agent, kind)
	claude := kind == price.ClaudeLegacy || kind == price.Claude47
	for _, t := range c.walk(pre.mid, ratio.Mid, 1000, claude, false) {
		r := c.steps[len(list)].told
		r.model, r.tokens = s.Model, t
		list = append(list, r)
	}
	// At the least: a prefix that other sessions have left in the cache. At
	// the most: caches that live an hour, and as much thinking as talking.
	for i, t := range c.walk(pre.low, ratio.Low, 1000, claude, false) {
		if i == 0 {
			t.CacheRead = plus(t.CacheRead, pre.low)
			t.Input, t.CacheWrite5m = max(t.Input-pre.low, 0), max(t.CacheWrite5m-pre.low, 0)
		}
		c.least = inputOf(t)
		c.low = plus(c.low, p.line(part{s.Model, t}, 0, price.Ways{}, list[i].ns).nano)
	}
	for i, t := range c.walk(pre.high, ratio.High, 2000, claude, true) {
		c.most = inputOf(t)
		c.high = plus(c.high, p.line(part{s.Model, t}, 0, price.Ways{}, list[i].ns).nano)
	}
	return list
}

// walk returns the tokens of each request: it reads what the one before it
// read, and writes what came since.
func (c *replay) walk(prefix, ratio, out int64, claude, hour bool) []session.Tokens {
	list := make([]session.Tokens, len(c.steps))
	before, fresh := int64(0), prefix
	for i, g := range c.steps {
		if g.reset {
			before, fresh = prefix, 0
		}
		fresh = plus(fresh, mulDiv(g.in, ratio, 1000))
		t := &list[i]
		t.CacheRead = before
		switch {
		case !claude:
			t.Input = fresh
		case hour:
			t.CacheWrite1h = fresh
		default:
			t.CacheWrite5m = fresh
		}
		said := mulDiv(g.out, ratio, 1000)
		t.Output = mulDiv(said, out, 1000)
		before, fresh = plus(before, fresh), said
	}
	return list
}

// band says within what the estimate of a session lies.
func (s *Session) band() string {
	if s.context == nil || s.context.high == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s to %s)", USD(s.context.low), USD(s.context.high))
}
