package otlp

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"
)

// Temporality of sums and histograms.
const (
	deltaTemporality      = 1
	cumulativeTemporality = 2
)

// maxSeries is how many sets of attributes a histogram or counter has at most;
// what is beyond goes to the series with the attribute otel.metric.overflow.
const maxSeries = 2000

// An instrument is a metric: what it is called, and what was measured.
type instrument struct {
	name, unit, about string
	bounds            []float64 // of a histogram
	counter           bool      // a sum; else a gauge, if there are no bounds

	series map[string]*series // by the attributes in protobuf
	points []byte             // of a gauge, in protobuf
	n      int
}

// A series are the measurements with the same attributes.
type series struct {
	attrs      []byte
	sum        float64
	count      uint64
	min, max   float64
	buckets    []uint64
	begin, end int64
}

// powers returns n bounds, each factor times the one before.
func powers(first, factor float64, n int) []float64 {
	list := make([]float64, n)
	for i := range list {
		list[i] = first
		first *= factor
	}
	return list
}

// Boundaries that the semantic conventions give.
var (
	seconds     = powers(0.01, 2, 14) // 0.01 to 81.92
	longSeconds = powers(0.1, 2, 13)  // 0.1 to 409.6
	tokens      = powers(1, 4, 14)    // 1 to 67,108,864
	counts      = powers(1, 2, 8)     // 1 to 128
)

// meter makes metrics.
type meter struct {
	m    *Mapper
	list []*instrument
	new  bool // something was measured since the last time

	costUSD, errorRate, retryRate, blast, duration, calls, eval *instrument
	tokenUsage, operation, agent, agentChats, agentTools, tool  *instrument
	claudeMeter
}

func (x *meter) init(m *Mapper) {
	x.m = m
	add := func(name, unit, about string, bounds []float64) *instrument {
		i := &instrument{name: name, unit: unit, about: about, bounds: bounds}
		x.list = append(x.list, i)
		return i
	}
	x.costUSD = add("agent_strace.session.cost_usd", "{USD}", "What the session has cost.", nil)
	x.errorRate = add("agent_strace.session.error_rate", "1", "Errors of tools by tool calls.", nil)
	x.retryRate = add("agent_strace.session.retry_rate", "1", "Tool calls that try again what failed, by tool calls.", nil)
	x.blast = add("agent_strace.session.blast_radius", "{file}", "Files that the session wrote.", nil)
	x.duration = add("agent_strace.session.duration_s", "s", "From the first event to the last.", nil)
	x.calls = add("agent_strace.session.tool_calls", "{tool_call}", "Tool calls.", nil)
	x.eval = add("agent_strace.eval.score", "1", "The score that a judge gave.", nil)
	x.operation = add("gen_ai.client.operation.duration", "s", "How long requests to models took.", seconds)
	x.tokenUsage = add("gen_ai.client.token.usage", "{token}", "Tokens of requests to models.", tokens)
	x.agent = add("gen_ai.invoke_agent.duration", "s", "How long sessions took.", longSeconds)
	x.agentChats = add("gen_ai.invoke_agent.inference_calls", "{inference_call}", "Requests to models by session.", counts)
	x.agentTools = add("gen_ai.invoke_agent.tool_calls", "{tool_call}", "Tool calls by session.", counts)
	x.tool = add("gen_ai.execute_tool.duration", "s", "How long tool calls took.", seconds)
	if m.opt.Latest {
		x.operation.name = "gen_ai.client.inference.duration"
	}
	if m.claude {
		x.initClaude(add)
	}
}

// record adds a measurement at a time, with the attributes in m.a.
func (x *meter) record(i *instrument, v float64, at int64) {
	if i == nil {
		return
	}
	x.new = true
	num := 9
	if i.counter {
		num = 7
	}
	key := x.m.a.append(x.m.body[:0], num)
	x.m.body = key
	s := i.series[string(key)]
	if s == nil {
		if len(i.series) >= maxSeries {
			x.m.a.reset()
			x.m.a.bool("otel.metric.overflow", true)
			key = x.m.a.append(key[:0], num)
			s = i.series[string(key)]
		}
		if s == nil {
			s = &series{attrs: slices.Clone(key), min: v, max: v, begin: at, buckets: make([]uint64, len(i.bounds)+1)}
			set(&i.series, string(key), s)
		}
	}
	s.sum += v
	s.count++
	s.min, s.max = min(s.min, v), max(s.max, v)
	if at > 0 && (s.begin == 0 || at < s.begin) {
		s.begin = at
	}
	s.end = max(s.end, at)
	b, _ := slices.BinarySearch(i.bounds, v) // a bound belongs to the bucket below it
	s.buckets[b]++
}

// gauge adds a point of a session, with the attributes in m.a.
func (x *meter) gauge(i *instrument, v float64, at int64) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return
	}
	x.new = true
	if x.m.opt.MeasuredNow {
		at = x.m.now
	}
	b, from := open(i.points, 1)
	if at > 0 {
		b = appendFixed64(b, 3, uint64(at))
	}
	b = appendDouble(b, 4, v)
	b = x.m.a.append(b, 7)
	i.points = shut(b, from)
	if i.n++; i.n >= 500 {
		x.flushGauge(i)
	}
}

func (x *meter) flushGauge(i *instrument) {
	if i.n == 0 {
		return
	}
	b := x.begin(i)
	b, from := open(b, 5)
	b = append(b, i.points...)
	x.m.body = shut(b, from)
	x.m.put(Metrics, nil, 0)
	i.points, i.n = i.points[:0], 0
}

func (x *meter) begin(i *instrument) []byte {
	b := appendBytes(x.m.body[:0], 1, i.name)
	b = appendBytes(b, 2, i.about)
	if i.unit != "" {
		b = appendBytes(b, 3, i.unit)
	}
	return b
}

// close makes the items of everything that was measured.
func (x *meter) close() {
	if !x.m.metrics || !x.new {
		return
	}
	x.new = false
	for _, i := range x.list {
		x.flushGauge(i)
		if len(i.series) > 0 {
			x.flushSeries(i)
		}
	}
}

// flushSeries makes the item of a histogram or a counter. Deltas begin anew.
func (x *meter) flushSeries(i *instrument) {
	keys := make([]string, 0, len(i.series))
	for k := range i.series {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, strings.Compare)
	num, temporality := 9, uint64(cumulativeTemporality)
	if i.counter {
		num = 7
	}
	if x.m.opt.Delta {
		temporality = deltaTemporality
	}
	b, from := open(x.begin(i), num)
	for _, k := range keys {
		s := i.series[k]
		if x.m.opt.MeasuredNow {
			s.end = max(s.end, x.m.now)
		}
		b = s.append(b, i)
	}
	b = appendVarint(b, 2, temporality)
	if i.counter {
		b = appendVarint(b, 3, 1)
	}
	x.m.body = shut(b, from)
	x.m.put(Metrics, nil, 0)
	if x.m.opt.Delta {
		i.series = nil
	}
}

func (s *series) append(b []byte, i *instrument) []byte {
	b, from := open(b, 1)
	if s.begin > 0 {
		b = appendFixed64(b, 2, uint64(s.begin))
		b = appendFixed64(b, 3, uint64(s.end))
	}
	if i.counter {
		b = appendDouble(b, 4, s.sum)
		b = append(b, s.attrs...)
		return shut(b, from)
	}
	b = appendFixed64(b, 4, s.count)
	b = appendDouble(b, 5, s.sum)
	b, at := open(b, 6)
	for _, n := range s.buckets {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	b = shut(b, at)
	b, at = open(b, 7)
	for _, f := range i.bounds {
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
	}
	b = shut(b, at)
	b = append(b, s.attrs...)
	b = appendDouble(b, 11, s.min)
	b = appendDouble(b, 12, s.max)
	return shut(b, from)
}

// toolDuration measures a call that had an outcome.
func (x *meter) toolDuration(_ *openSession, c *call, o *outcome, took int64) {
	a := &x.m.a
	a.reset()
	a.str("gen_ai.operation.name", "execute_tool")
	a.str("gen_ai.tool.name", c.name)
	a.str("gen_ai.tool.type", c.kind())
	if o.failed {
		a.str("error.type", o.kind)
	}
	x.record(x.tool, float64(max(took, 0))/1e9, c.at)
}

// chat measures an answer of a model.
func (x *meter) chat(s *openSession, model string, c *chatEnd, took int64, measured bool) {
	a := &x.m.a
	base := func() {
		a.reset()
		a.str("gen_ai.operation.name", "chat")
		a.str("gen_ai.provider.name", Provider(model, s.facts.agent))
		a.str("gen_ai.request.model", model)
		a.str("gen_ai.response.model", c.model)
	}
	if measured {
		s.active += max(took, 0)
		base()
		x.record(x.operation, float64(took)/1e9, c.at)
	}
	if !c.use.known {
		return
	}
	for _, t := range []struct {
		typ string
		n   int64
	}{{"input", c.use.total()}, {"output", c.use.output}} {
		base()
		a.str("gen_ai.token.type", t.typ)
		x.record(x.tokenUsage, float64(t.n), c.at)
	}
	if x.m.claude {
		x.claudeChat(s, model, c)
	}
}

// score measures what a judge gave.
func (x *meter) score(s *openSession, judge string, v float64, at int64) {
	x.about(s)
	x.m.a.str("judge", judge)
	x.gauge(x.eval, v, at)
}

// about sets the attributes of a session's gauges.
func (x *meter) about(s *openSession) {
	a := &x.m.a
	a.reset()
	a.str("gen_ai.agent.name", s.agentName())
	a.str("session.id", s.id)
	for _, d := range x.m.also {
		if d == dialects["legacy"] {
			a.str("agent_name", s.agentName())
			a.str("session_id", s.id)
		}
	}
}

// session measures a session that has ended.
func (x *meter) session(s *openSession) {
	if s.fold == nil {
		return
	}
	sum := s.fold.Summary()
	at := s.latest
	point := func(i *instrument, v float64) {
		x.about(s)
		x.gauge(i, v, at)
	}
	if usd, _, ok := s.price(); ok {
		point(x.costUSD, usd)
	}
	if n := float64(sum.ToolCalls); n > 0 {
		point(x.errorRate, float64(sum.Errors)/n)
		point(x.retryRate, float64(sum.Retries)/n)
	}
	point(x.blast, float64(len(sum.FilesWritten)))
	if sum.Timed {
		point(x.duration, float64(sum.EndedAt-sum.StartedAt)/1e9)
	}
	point(x.calls, float64(sum.ToolCalls))
	for _, h := range []struct {
		i *instrument
		v float64
	}{{x.agent, float64(s.latest-s.first) / 1e9}, {x.agentChats, float64(s.answers)}, {x.agentTools, float64(s.toolCalls)}} {
		if h.i == x.agent && s.first == 0 {
			continue
		}
		x.m.a.reset()
		x.m.a.str("gen_ai.agent.name", s.agentName())
		x.record(h.i, h.v, at)
	}
	if x.m.claude {
		x.claudeSession(s, at)
	}
}
