package budget

import (
	"bytes"
	"cmp"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/cost"
	"agenttrace/lib/event"
	"agenttrace/lib/price"
)

// Options say against what contexts are held.
type Options struct {
	Prices         *price.Table
	Model          string // take the window and prices of this model; "" as recorded
	Limit          int64  // take this for the window; 0 if it is not given
	WarnAt         int64  // the percentage of the window from which a session is over
	CompactAt      int64  // tokens at which the context is compacted; 0 if it is not given
	CompactPercent int64  // or the percentage of the window
	NoGuess        bool   // no estimates where there is no usage
}

// A Meter takes the events of a stream, in which sessions may be interleaved.
type Meter struct {
	o      Options
	ledger *cost.Ledger
	told   map[string]*told // by session
}

// told is what the events of a session say of its context, beside its usage.
type told struct {
	window  int64 // of the client
	autoAt  int64 // where the last automatic compaction was
	after   int64 // what the last compaction left, 0 if that is not known
	atEpoch int32 // compactions so far

	// asked are the sizes of contexts that llm_requests tell: those of agents
	// that tell no usage with the answer. Only the latest are kept.
	asked  []step
	askedN int
	peak   int64
}

// A step is a request, as far as the size of its context goes.
type step struct {
	context, output int64
	ns              int64
	epoch           int
	model           string
	estimate        bool
}

// New returns an empty meter.
func New(o Options) *Meter {
	if o.Prices == nil {
		o.Prices = price.Default
	}
	return &Meter{o: o, told: map[string]*told{}, ledger: cost.New(cost.Options{Prices: o.Prices, NoGuess: o.NoGuess})}
}

var contextWindow = []byte("context_window")

// Add takes the next event.
func (m *Meter) Add(e event.Event) {
	m.ledger.Add(e)
	switch {
	case e.IsRecord():
	case e.Is("compaction"):
		t := m.of(e)
		t.atEpoch++
		t.after = max(e.Get("post_tokens").Int(), 0)
		if n := e.Get("pre_tokens").Int(); n > 0 && e.Get("trigger").Str == "auto" {
			t.autoAt = n
		}
	case e.Is("llm_request"):
		m.of(e).ask(e)
	case e.Is("session_start", "llm_response", "status_line", "statusline") && bytes.Contains(e.DataRaw(), contextWindow):
		if n := clientWindow(e.Data()); n > 0 {
			m.of(e).window = n
		}
	}
}

// ask takes an llm_request.
func (t *told) ask(e event.Event) {
	for _, key := range []string{"input_tokens", "prompt_tokens", "usage.input_tokens", "usage.prompt_tokens"} {
		v := e.Get(key)
		if v.Type != gjson.Number || v.Int() <= 0 {
			continue
		}
		s := step{context: v.Int(), epoch: int(t.atEpoch), model: e.Get("model").String()}
		s.ns, _ = e.UnixNano()
		t.askedN++
		t.peak = max(t.peak, s.context)
		t.asked = add(t.asked, s)
		return
	}
}

// add adds a step and keeps as many as growth is told by.
func add(list []step, s step) []step {
	if len(list) > 0 && list[0].epoch != s.epoch {
		list = list[:0]
	}
	if len(list) > recent {
		list = append(list[:0], list[1:]...)
	}
	return append(list, s)
}

// clientWindow returns the size of the window as clients tell it.
func clientWindow(data gjson.Result) int64 {
	for _, path := range []string{"context_window", "model_context_window", "context_window_size", "context_window.context_window_size"} {
		if v := data.Get(path); v.Type == gjson.Number && v.Int() > 0 {
			return v.Int()
		}
	}
	return 0
}

func (m *Meter) of(e event.Event) *told {
	id := e.Session()
	t := m.told[id]
	if t == nil {
		t = &told{}
		m.told[id] = t
	}
	return t
}

// A Session is how full the context of a session is.
type Session struct {
	ID, Agent, AgentType, Parent string
	Model                        string // of the last request
	Requests                     int
	Compactions                  int

	// Context is what the last request read, and Output what it wrote, which
	// the next will read. Known is false if no request is known, or a compaction
	// came after the last one.
	Known     bool
	Context   int64
	Output    int64
	Peak      int64 // the largest context of the session
	Low, High int64 // within what Context lies, if it is an Estimate
	Estimate  bool
	After     int64 // tokens that the compaction left which came last, 0 if not known
	Last      int64 // when the last request was answered; 0 if that is not known

	Window Window
	Over   bool // Context has reached the percentage of the window that is asked for

	// Growth is what each request added, on the average of the last 20 since
	// the last compaction. Grows is false if there are too few, or it shrank.
	Growth int64
	Grows  bool

	TierAt     int64 // input tokens from which a request is dearer; 0 if there is no such edge ahead
	TierFactor int64 // and by how much its input is, in thousandths

	CompactAt     int64 // 0 if it is not known
	CompactSource Source

	Cache Cache
}

// A Cache is what is known of the prompt cache.
type Cache struct {
	Seconds int64 // how long it lives after its last use; 0 if that is not known
	Expires int64 // when it ends, in nanoseconds since 1970; 0 if that is not known

	// Warm is what it costs to read the context from the cache, and Cold to
	// write it anew, in nano-dollars. Priced is false if one is not known.
	Warm, Cold int64
	Priced     bool
}

// recent is how many steps the growth is the average of.
const recent = 20

// Close works out the sessions, in the order of their first events. Nothing
// can be added after it. Sessions of which nothing is known are left out.
func (m *Meter) Close() []*Session {
	m.ledger.Close()
	var list []*Session
	for _, s := range m.ledger.Sessions() {
		t := m.told[s.ID]
		if t == nil {
			t = &told{}
		}
		if len(s.Requests) > 0 || len(t.asked) > 0 || t.atEpoch > 0 || s.Elsewhere > 0 {
			list = append(list, m.measure(s, t))
		}
	}
	return list
}

func (m *Meter) measure(s *cost.Session, t *told) *Session {
	b := &Session{
		ID: s.ID, Agent: s.Agent, AgentType: cmp.Or(s.AgentType, s.AgentID), Parent: s.Parent, Model: s.Model,
		Requests: len(s.Requests), Compactions: s.Compactions(), After: t.after,
	}
	steps := m.steps(b, s, t)
	if len(steps) == 0 {
		b.Window = m.o.window(b.Model, s.Model, t.window, b.Peak)
		return b
	}
	last := steps[len(steps)-1]
	b.Model = cmp.Or(last.model, s.Model)
	b.Last, b.Estimate = last.ns, last.estimate
	b.Known = last.epoch == s.Compactions()
	b.Window = m.o.window(b.Model, s.Model, t.window, b.Peak)
	if !b.Known {
		return b
	}
	b.CompactAt, b.CompactSource = m.o.compactAt(s.Agent, b.Window, t.autoAt)
	b.Context, b.Output = last.context, last.output
	if b.Estimate {
		b.Low, b.High, _ = s.ContextBand()
	}
	b.Over = b.Window.Tokens > 0 && b.Percent(10) >= m.o.WarnAt*10
	if n := int64(len(steps)); n > 1 && last.context > steps[0].context {
		b.Growth = (last.context - steps[0].context) / (n - 1)
		b.Grows = b.Growth > 0
	}
	m.prices(b, s, last.epoch)
	return b
}

// steps returns the latest requests since the last compaction that one of them
// came after, and notes the largest context of all.
func (m *Meter) steps(b *Session, s *cost.Session, t *told) (list []step) {
	exact := false
	for _, r := range s.Requests {
		if r.Provenance() == cost.Vendor || r.Context() == 0 {
			continue // an amount and no tokens, or a request that was not answered
		}
		exact = exact || r.Provenance() != cost.Estimate
		b.Peak = max(b.Peak, r.Context())
		list = add(list, step{r.Context(), r.Tokens().Output, r.UnixNano(), r.Epoch(), r.Model(), r.Provenance() == cost.Estimate})
	}
	if exact || len(t.asked) == 0 {
		return list
	}
	b.Peak, b.Requests = t.peak, t.askedN
	return t.asked
}

// prices finds the next tier, and what the cache is worth.
func (m *Meter) prices(b *Session, s *cost.Session, epoch int) {
	at := time.Time{}
	if b.Last != 0 {
		at = time.Unix(0, b.Last)
	}
	row, match := m.o.Prices.Lookup(cmp.Or(m.o.Model, b.Model), at)
	if match == price.None {
		return
	}
	now := row.For(b.Context)
	if from, ok := row.NextTier(b.Context); ok && (b.Window.Tokens == 0 || from <= b.Window.Tokens) {
		b.TierAt = from
		if now.Input > 0 {
			b.TierFactor = cost.MulDiv(int64(row.For(from).Input), 1000, int64(now.Input))
		}
	}
	hour, write := lifetime(s.Requests, epoch)
	rate := row.WriteRate(now)
	if write {
		b.Cache.Seconds = int64(row.CacheShort)
		if hour {
			b.Cache.Seconds, rate = int64(row.CacheLong), now.CacheWrite1h
		}
	}
	if b.Cache.Seconds > 0 && b.Last != 0 {
		b.Cache.Expires = b.Last + b.Cache.Seconds*int64(time.Second)
	}
	if rate.Known() && now.CacheRead.Known() {
		b.Cache.Priced = true
		b.Cache.Warm, b.Cache.Cold = price.Nano(now.CacheRead.Cost(b.Context)), price.Nano(rate.Cost(b.Context))
	}
}

// lifetime returns which cache the latest request wrote to that wrote to one,
// since the last compaction: that of an hour, or that of the vendor's shorter
// time. Of both at once, it is the one that most of it went to.
func lifetime(list []*cost.Request, epoch int) (hour, ok bool) {
	for i := len(list) - 1; i >= 0 && list[i].Epoch() == epoch; i-- {
		if t := list[i].Tokens(); t.CacheWrite1h > 0 || t.CacheWrite5m > 0 {
			return t.CacheWrite1h > t.CacheWrite5m, true
		}
	}
	return false, false
}

// Percent returns how much of the window the context takes, in percent times a
// factor, rounded down; 0 if the window is not known.
func (b *Session) Percent(times int64) int64 {
	return cost.MulDiv(b.Context, 100*times, b.Window.Tokens)
}

// TurnsTo returns after how many more requests the context will be of a size,
// if it goes on to grow as it did; rounded up. ok is false if that cannot be
// told, or it is that large already.
func (b *Session) TurnsTo(size int64) (n int64, ok bool) {
	if !b.Known || !b.Grows || size <= b.Context {
		return 0, false
	}
	return (size - b.Context + b.Growth - 1) / b.Growth, true
}
