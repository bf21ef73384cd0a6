package otlp

import (
	"maps"
	"slices"
	"strconv"
)

// A dialect is another vocabulary for the same attributes. Its attributes are
// added to those of the conventions; none is taken away.
type dialect struct {
	kinds  [3][2]string        // by thing: the key and the value of what says what a span is
	names  map[string][]string // by a key of the conventions: the same under other keys
	more   func(*attrs, thing) // what is no mere name
	claude bool                // it has log records and counters of its own, see claude.go
}

// Dialects returns the names that Options.Also may hold, sorted.
func Dialects() []string { return slices.Sorted(maps.Keys(dialects)) }

var dialects = map[string]*dialect{
	// What the conventions had before 1.37, and the attributes of agent-strace.
	"legacy": {
		names: map[string][]string{
			"gen_ai.provider.name":       {"gen_ai.system"},
			"gen_ai.usage.input_tokens":  {"gen_ai.usage.prompt_tokens"},
			"gen_ai.usage.output_tokens": {"gen_ai.usage.completion_tokens"},
			"gen_ai.agent.name":          {"agent.name"},
			"gen_ai.conversation.id":     {"agent.session_id"},
			"agent_trace.tool_calls":     {"agent.tool_calls"},
			"agent_trace.llm_requests":   {"agent.llm_requests"},
			"agent_trace.errors":         {"agent.errors"},
			"agent_trace.depth":          {"agent.depth"},
		},
		more: func(a *attrs, t thing) {
			if t == toolThing {
				alias(a, "gen_ai.tool.name", "tool.name")
			}
		},
	},
	// OpenInference, which Phoenix reads.
	"openinference": {
		kinds: [3][2]string{{"openinference.span.kind", "AGENT"}, {"openinference.span.kind", "LLM"}, {"openinference.span.kind", "TOOL"}},
		names: map[string][]string{
			"gen_ai.provider.name":                     {"llm.provider"},
			"gen_ai.request.model":                     {"llm.model_name"},
			"gen_ai.usage.input_tokens":                {"llm.token_count.prompt"},
			"gen_ai.usage.output_tokens":               {"llm.token_count.completion"},
			"gen_ai.usage.cache_read.input_tokens":     {"llm.token_count.prompt_details.cache_read"},
			"gen_ai.usage.cache_creation.input_tokens": {"llm.token_count.prompt_details.cache_write"},
			"gen_ai.usage.reasoning.output_tokens":     {"llm.token_count.completion_details.reasoning"},
			"agent_trace.cost.usd":                     {"llm.cost.total"},
			"gen_ai.agent.name":                        {"agent.name"},
			"gen_ai.tool.name":                         {"tool.name"},
			"gen_ai.tool.call.id":                      {"tool.id"},
			"gen_ai.input.messages":                    {"input.value"},
			"gen_ai.output.messages":                   {"output.value"},
			"gen_ai.tool.call.arguments":               {"input.value", "tool.parameters"},
			"gen_ai.tool.call.result":                  {"output.value"},
		},
		more: func(a *attrs, t thing) {
			in, ok := a.get("gen_ai.usage.input_tokens")
			if out, ok2 := a.get("gen_ai.usage.output_tokens"); ok && ok2 && t == chatThing {
				a.int("llm.token_count.total", in.n+out.n)
			}
		},
	},
	"langfuse": {
		kinds: [3][2]string{{"langfuse.observation.type", "agent"}, {"langfuse.observation.type", "generation"}, {"langfuse.observation.type", "tool"}},
		names: map[string][]string{
			"session.id":                 {"langfuse.session.id"},
			"user.id":                    {"langfuse.user.id"},
			"gen_ai.tool.call.arguments": {"langfuse.observation.input"},
			"gen_ai.tool.call.result":    {"langfuse.observation.output"},
		},
		more: langfuseMore,
	},
	// OpenLLMetry.
	"openllmetry": {
		kinds: [3][2]string{{"traceloop.span.kind", "agent"}, {}, {"traceloop.span.kind", "tool"}},
		names: map[string][]string{
			"gen_ai.agent.name":          {"traceloop.entity.name"},
			"gen_ai.tool.name":           {"traceloop.entity.name"},
			"gen_ai.tool.call.arguments": {"traceloop.entity.input"},
			"gen_ai.tool.call.result":    {"traceloop.entity.output"},
		},
	},
	// What Claude Code's own telemetry calls things.
	"claude-code": {
		names:  claudeNames,
		more:   uncached,
		claude: true,
	},
}

// claudeNames are the names of Claude Code for attributes.
var claudeNames = map[string][]string{
	"gen_ai.tool.name":                         {"tool_name"},
	"gen_ai.tool.call.id":                      {"tool_use_id"},
	"gen_ai.request.model":                     {"model"},
	"agent_trace.request_id":                   {"request_id"},
	"gen_ai.usage.output_tokens":               {"output_tokens"},
	"gen_ai.usage.cache_read.input_tokens":     {"cache_read_tokens"},
	"gen_ai.usage.cache_creation.input_tokens": {"cache_creation_tokens"},
	"agent_trace.result.bytes":                 {"tool_result_size_bytes"},
	"agent_trace.args.bytes":                   {"tool_input_size_bytes"},
	"error.type":                               {"error_type"},
}

// dress adds the attributes of the dialects to a span, and puts the names of the
// newest conventions in the place of those of 1.41, if they are wanted.
func (m *Mapper) dress(s *openSession, sp *spanHead, t thing) {
	a := &m.a
	if m.opt.Latest {
		latest(a, t)
	}
	for _, d := range m.also {
		n := len(a.list)
		if k := d.kinds[t]; k[0] != "" {
			a.str(k[0], k[1])
		}
		for i := range n {
			for _, key := range d.names[a.list[i].key] {
				x := a.list[i]
				x.key = key
				a.list = append(a.list, x)
			}
		}
		if d.more != nil {
			d.more(a, t)
		}
	}
}

// latest turns the names of 1.41 into those after it: writing to a cache has
// another name, and the span of an agent that runs here says less.
func latest(a *attrs, t thing) {
	for i := range a.list {
		if a.list[i].key == "gen_ai.usage.cache_creation.input_tokens" {
			a.list[i].key = "gen_ai.usage.cache_write.input_tokens"
		}
	}
	if t == agentThing {
		for _, key := range []string{"gen_ai.agent.id", "gen_ai.agent.version", "gen_ai.provider.name", "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_write.input_tokens"} {
			a.drop(key)
		}
	}
}

// alias adds an attribute under another key.
func alias(a *attrs, from, to string) {
	if x, ok := a.get(from); ok {
		x.key = to
		a.list = append(a.list, x)
	}
}

// count returns an integer attribute, 0 if it is not there.
func (a *attrs) count(key string) int64 {
	x, _ := a.get(key)
	return x.n
}

// langfuseMore adds a tag to the trace, and the usage as Langfuse bills it: by
// classes that exclude each other.
func langfuseMore(a *attrs, t thing) {
	if t == agentThing {
		a.strs("langfuse.trace.tags", []string{"agent-trace"})
	}
	if _, ok := a.get("gen_ai.usage.input_tokens"); !ok || t != chatThing {
		return
	}
	read := a.count("gen_ai.usage.cache_read.input_tokens")
	write := a.count("gen_ai.usage.cache_creation.input_tokens") + a.count("gen_ai.usage.cache_write.input_tokens")
	reasoning := a.count("gen_ai.usage.reasoning.output_tokens")
	b := []byte(`{"input":`)
	b = strconv.AppendInt(b, max(a.count("gen_ai.usage.input_tokens")-read-write, 0), 10)
	for _, x := range []struct {
		key string
		n   int64
	}{{"input_cached_tokens", read}, {"input_cache_creation", write}, {"output", max(a.count("gen_ai.usage.output_tokens")-reasoning, 0)}, {"output_reasoning_tokens", reasoning}} {
		if x.n > 0 || x.key == "output" {
			b = append(b, `,"`+x.key+`":`...)
			b = strconv.AppendInt(b, x.n, 10)
		}
	}
	a.str("langfuse.observation.usage_details", string(append(b, '}')))
}

// uncached adds the tokens that were neither read from a cache nor written to
// one, which is what Claude Code calls input_tokens.
func uncached(a *attrs, _ thing) {
	if x, ok := a.get("gen_ai.usage.input_tokens"); ok {
		a.int("input_tokens", x.n-a.count("gen_ai.usage.cache_read.input_tokens")-a.count("gen_ai.usage.cache_creation.input_tokens")-a.count("gen_ai.usage.cache_write.input_tokens"))
	}
}
