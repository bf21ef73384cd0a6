package cost

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"agenttrace/lib/capture"
	"agenttrace/lib/capture/claude"
	"agenttrace/lib/event"
)

// A trap is a folder of transcripts, or of events where they are of an agent
// whose files are another package's matter, and what it costs.
type trap struct {
	name  string
	files map[string][]string
	// want is the answer as a person writes it: tokens times USD per million
	// tokens, whole terms added. $ stands before what is not by the million.
	want string
	// unpriced is the model that must be told to have no price, lower that
	// the amount must be told to be a lower bound.
	unpriced string
	lower    bool
	why      string
}

// say is one line of a transcript of type assistant. What is not set is as in
// the plain case.
type say struct {
	id, request, model, time, session string
	version                           string
	usage                             string // its members
	content                           string
	side                              bool
	noStop                            bool
	spaced                            bool
}

const (
	day10  = "2026-08-10T10:00:00.000Z"
	plain  = `"input_tokens":1000,"cache_read_input_tokens":250000,"output_tokens":10000`
	absent = "-"
)

func (s say) line() string {
	or := func(v, otherwise string) string {
		if v == "" {
			return otherwise
		}
		return v
	}
	id, request := or(s.id, "msg_1"), or(s.request, "req_1")
	rid := fmt.Sprintf(`"requestId":%q,`, request)
	switch request {
	case absent:
		rid = ""
	case "null":
		rid = `"requestId":null,`
	}
	stop := `"stop_reason":"end_turn",`
	if s.noStop {
		stop = `"stop_reason":null,`
	}
	l := fmt.Sprintf(`{"parentUuid":null,"isSidechain":%t,"userType":"external","cwd":"/x","sessionId":%q,"version":%q,"type":"assistant",%s`+
		`"message":{"model":%q,"id":%q,"type":"message","role":"assistant","content":[%s],%s"usage":{%s}},"uuid":"u-%s-%s","timestamp":%q}`,
		s.side, or(s.session, "s1"), or(s.version, "2.1.219"), rid, or(s.model, "claude-opus-4-7"), id,
		or(s.content, `{"type":"text","text":"x"}`), stop, or(s.usage, plain), id, or(s.session, "s1"), or(s.time, day10))
	if s.spaced {
		l = strings.ReplaceAll(l, `":`, `": `)
		l = strings.ReplaceAll(l, `,"`, `, "`)
	}
	return l
}

func one(s ...say) map[string][]string {
	var lines []string
	for _, l := range s {
		lines = append(lines, l.line())
	}
	return map[string][]string{"p/s1.jsonl": lines}
}

// noIDs is a line without an id of the message, the request or the line.
func noIDs(time string) string {
	l := say{request: absent, time: time}.line()
	return strings.NewReplacer(`"id":"msg_1",`, "", `"uuid":"u-msg_1-s1",`, "").Replace(l)
}

func two(first, second []say, name string) map[string][]string {
	m := one(first...)
	m[name] = one(second...)["p/s1.jsonl"]
	return m
}

// answerEvent is an llm_response as the capture of another agent makes it.
func answerEvent(session, id, model, time, usage string) string {
	return fmt.Sprintf(`{"event_type":"llm_response","timestamp":%s,"event_id":"%s","session_id":%q,"data":{"model":%q,"message_id":%q,"usage":{%s}}}`,
		time, event.ID(session, "llm_response", id), session, model, id, usage)
}

func events(lines ...string) map[string][]string { return map[string][]string{"events.ndjson": lines} }

// A few times, in seconds since 1970.
const (
	aug10 = "1786356000.000000" // 2026-08-10 10:00
	sep10 = "1789034400.000000"
	sep20 = "1789898400.000000"
)

var traps = []trap{
	{name: "plain", files: one(say{}), want: "1000*5 + 250000*0.5 + 10000*25"},

	// Which price.
	{name: "tier-sonnet-4.5", files: one(say{model: "claude-sonnet-4-5-20250929"}), want: "1000*6 + 250000*0.6 + 10000*22.5",
		why: "more than 200K of input: the whole request at the long rates"},
	{name: "tier-exactly-200k", files: one(say{model: "claude-sonnet-4-5", usage: `"input_tokens":0,"cache_read_input_tokens":200000,"output_tokens":1000`}),
		want: "200000*0.3 + 1000*15", why: "the vendor's operator is >"},
	{name: "tier-counts-writes", files: one(say{model: "claude-sonnet-4-5", usage: `"input_tokens":1,"cache_creation_input_tokens":200000,"output_tokens":1000`}),
		want: "1*6 + 200000*7.5 + 1000*22.5", why: "cache writes are input, too"},
	{name: "dated-opus-4.6-before", files: one(say{model: "claude-opus-4-6", time: "2026-02-20T10:00:00.000Z"}), want: "1000*10 + 250000*1 + 10000*37.5",
		why: "long requests cost more until 2026-03-13"},
	{name: "dated-opus-4.6-after", files: one(say{model: "claude-opus-4-6", time: "2026-04-20T10:00:00.000Z"}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "dated-opus-4.6-the-day", files: one(say{model: "claude-opus-4-6", time: "2026-03-13T00:00:00.000Z"}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "dated-opus-4.6-the-day-before", files: one(say{model: "claude-opus-4-6", time: "2026-03-12T23:59:59.999Z"}), want: "1000*10 + 250000*1 + 10000*37.5"},
	{name: "haiku-5.5-tier-100k", files: one(say{model: "claude-haiku-5-5"}), want: "1000*0.5 + 250000*0.05 + 10000*2.5"},
	{name: "opus-5.5", files: one(say{model: "claude-opus-5-5"}), want: "1000*4 + 250000*0.2 + 10000*20", why: "reads at 0.05 of the input"},
	{name: "fable-5.1", files: one(say{model: "claude-fable-5-1"}), want: "1000*10 + 250000*0.25 + 10000*50", why: "reads at 0.025 of the input"},
	{name: "sonnet-5", files: one(say{model: "claude-sonnet-5"}), want: "1000*2 + 250000*0.2 + 10000*10"},
	{name: "sonnet-5.5", files: one(say{model: "claude-sonnet-5-5"}), want: "1000*2 + 250000*0.1 + 10000*10", why: "not the sonnet-5 that its name begins with"},
	{name: "name-1m", files: one(say{model: "claude-opus-4-7[1m]"}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "name-bedrock-region", files: one(say{model: "us.anthropic.claude-opus-4-7-v1:0"}), want: "1000*5.5 + 250000*0.55 + 10000*27.5", why: "AWS asks 10% more for a region"},
	{name: "name-bedrock-global", files: one(say{model: "global.anthropic.claude-opus-4-7-v1:0"}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "name-vertex", files: one(say{model: "claude-opus-4-7@20260416"}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "name-openrouter", files: one(say{model: "anthropic/claude-4.7-opus-20260416"}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "name-azure-ai", files: one(say{model: "azure_ai/claude-opus-4-7"}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "name-copilot", files: one(say{model: "copilot/claude-opus-4.7"}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "name-bedrock-arn", files: one(say{model: "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-7-v1:0"}), want: "1000*5.5 + 250000*0.55 + 10000*27.5"},
	{name: "name-bedrock-own-profile", files: one(say{model: "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcd1234"}), want: "",
		unpriced: "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcd1234", why: "the name does not say which model it is"},
	{name: "name-tomorrow", files: one(say{model: "claude-opus-5-6"}), want: "", unpriced: "claude-opus-5-6", why: "never $0, never another model's price"},
	{name: "name-tomorrow-lite", files: one(say{model: "claude-opus-5-5-lite"}), want: "", unpriced: "claude-opus-5-5-lite"},
	{name: "name-null", files: map[string][]string{"p/s1.jsonl": {strings.Replace(say{}.line(), `"model":"claude-opus-4-7"`, `"model":null`, 1)}}, want: "", unpriced: noName},

	// What multiplies it.
	{name: "fast-opus-4.6", files: one(say{model: "claude-opus-4-6", time: "2026-04-20T10:00:00.000Z", usage: plain + `,"speed":"fast"`}), want: "1000*30 + 250000*3 + 10000*150"},
	{name: "fast-opus-4.8", files: one(say{model: "claude-opus-4-8", usage: plain + `,"speed":"fast"`}), want: "1000*10 + 250000*1 + 10000*50"},
	{name: "fast-opus-5", files: one(say{model: "claude-opus-5", usage: plain + `,"speed":"fast"`}), want: "1000*10 + 250000*1 + 10000*50"},
	{name: "fast-unknown", files: one(say{model: "claude-opus-5-5", usage: plain + `,"speed":"fast"`}), want: "", unpriced: "claude-opus-5-5", why: "its fast price is not known"},
	{name: "geo-us", files: one(say{usage: plain + `,"inference_geo":"us"`}), want: "1000*5.5 + 250000*0.55 + 10000*27.5"},
	{name: "geo-us-old-model", files: one(say{model: "claude-haiku-4-5", usage: plain + `,"inference_geo":"us"`}), want: "1000*1 + 250000*0.1 + 10000*5"},
	{name: "geo-us-and-fast", files: one(say{model: "claude-opus-5", usage: plain + `,"inference_geo":"us","speed":"fast"`}), want: "1000*11 + 250000*1.1 + 10000*55"},
	{name: "geo-global", files: one(say{usage: plain + `,"inference_geo":"global"`}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "geo-not-available", files: one(say{usage: plain + `,"inference_geo":"not_available"`}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "batch", files: one(say{usage: plain + `,"service_tier":"batch"`}), want: "1000*2.5 + 250000*0.25 + 10000*12.5"},
	{name: "batch-with-searches", files: one(say{usage: plain + `,"service_tier":"batch","server_tool_use":{"web_search_requests":3}`}),
		want: "1000*2.5 + 250000*0.25 + 10000*12.5 + $3*0.01", why: "half of the tokens, not of the searches"},
	{name: "web-search", files: one(say{usage: plain + `,"server_tool_use":{"web_search_requests":5,"web_fetch_requests":2}`}), want: "1000*5 + 250000*0.5 + 10000*25 + $5*0.01"},
	{name: "web-search-in-result", files: map[string][]string{"p/s1.jsonl": {
		say{content: `{"type":"tool_use","id":"toolu_1","name":"WebSearch","input":{"query":"q"}}`}.line(),
		`{"type":"user","uuid":"r1","sessionId":"s1","version":"2.1.219","timestamp":"2026-08-10T10:00:05.000Z","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"found"}]},"toolUseResult":{"query":"q","results":[],"searchCount":2}}`,
	}}, want: "1000*5 + 250000*0.5 + 10000*25 + $2*0.01", why: "the tool's own request is in no line, its result counts the searches"},

	// Which tokens.
	{name: "write-1h", files: one(say{usage: `"cache_creation_input_tokens":100000,"cache_creation":{"ephemeral_5m_input_tokens":40000,"ephemeral_1h_input_tokens":60000}`}), want: "40000*6.25 + 60000*10"},
	{name: "write-split-zeros", files: one(say{usage: `"cache_creation_input_tokens":100000,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0}`}), want: "100000*6.25"},
	{name: "write-split-only", files: one(say{usage: `"cache_creation_input_tokens":0,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":60000}`}), want: "60000*10"},
	{name: "advisor", files: one(say{model: "claude-sonnet-4-6", usage: `"input_tokens":10,"output_tokens":500,"cache_read_input_tokens":50000,"iterations":[{"type":"message","input_tokens":10,"output_tokens":500,"cache_read_input_tokens":50000},{"type":"advisor_message","model":"claude-opus-4-7","input_tokens":100000,"output_tokens":3000,"cache_read_input_tokens":0}]`}),
		want: "10*3 + 500*15 + 50000*0.3 + 100000*5 + 3000*25", why: "the advisor is in no total"},
	{name: "iteration-model-null", files: one(say{model: "claude-fable-5-1", usage: plain + `,"iterations":[{"type":"message","model":null,"input_tokens":1000,"cache_read_input_tokens":250000,"output_tokens":10000}]`}), want: "1000*10 + 250000*0.25 + 10000*50"},
	{name: "compaction-iteration", files: one(say{usage: `"input_tokens":10,"output_tokens":20,"iterations":[{"type":"compaction","input_tokens":100000,"output_tokens":2000},{"type":"message","input_tokens":10,"output_tokens":20}]`}),
		want: "10*5 + 20*25 + 100000*5 + 2000*25", why: "nor is a compaction"},
	{name: "iterations-below-the-tier", files: one(say{model: "claude-sonnet-4-5", usage: `"input_tokens":20,"cache_read_input_tokens":300000,"output_tokens":200,"iterations":[{"type":"message","input_tokens":10,"cache_read_input_tokens":150000,"output_tokens":100},{"type":"message","input_tokens":10,"cache_read_input_tokens":150000,"output_tokens":100}]`}),
		want: "20*3 + 300000*0.3 + 200*15", why: "two requests of 150K, none of 300K"},
	{name: "write-1h-long", files: one(say{model: "claude-sonnet-4-5", usage: `"input_tokens":1,"cache_creation_input_tokens":200000,"cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":200000},"output_tokens":10`}),
		want: "1*6 + 200000*12 + 10*22.5", why: "twice the input, in the long tier, too"},
	{name: "vendor-amount", files: map[string][]string{"p/s1.jsonl": {strings.Replace(say{model: "claude-later-1", version: "1.0.1"}.line(), `"uuid"`, `"costUSD":0.4567,"uuid"`, 1)}},
		want: "$1*0.4567", why: "there is no price, but old versions tell the amount"},
	{name: "vendor-amount-beside", files: map[string][]string{"p/s1.jsonl": {strings.Replace(say{}.line(), `"uuid"`, `"costUSD":0.4567,"uuid"`, 1)}}, want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "counts-in-strings", files: one(say{usage: `"input_tokens":"1000","cache_read_input_tokens":"250000","output_tokens":"10000"`}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "counts-with-exponents", files: one(say{usage: `"input_tokens":1e3,"cache_read_input_tokens":250000.0,"output_tokens":1E+4`}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "counts-null", files: one(say{usage: plain + `,"cache_creation_input_tokens":null,"cache_creation":null,"server_tool_use":null,"iterations":null`}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "too-many", files: events(answerEvent("s1", "m1", "claude-opus-4-7", aug10, `"input_tokens":1,"output_tokens":9000000000000000000`)), want: "", unpriced: "claude-opus-4-7",
		why: "nobody was billed for that"},
	{name: "negative", files: one(say{usage: `"input_tokens":-1000000,"cache_read_input_tokens":250000,"output_tokens":10000`}), want: "250000*0.5 + 10000*25"},
	{name: "synthetic", files: one(say{id: "m0", model: "<synthetic>", usage: `"input_tokens":0,"output_tokens":0`}, say{id: "msg_2"}), want: "1000*5 + 250000*0.5 + 10000*25"},

	// Which lines.
	{name: "null-in-tool-input", files: one(say{content: `{"type":"tool_use","id":"t","name":"mcp__x","input":{"id":null}}`}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "request-id-null", files: one(say{request: "null"}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "request-id-absent-twice", files: one(say{request: absent, usage: `"input_tokens":1000,"cache_read_input_tokens":250000,"output_tokens":5`}, say{request: absent}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "spaces", files: one(say{spaced: true}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "placeholder-then-final", files: one(say{usage: `"input_tokens":1000,"cache_read_input_tokens":250000,"output_tokens":3`}, say{}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "final-then-placeholder", files: one(say{}, say{usage: `"input_tokens":1000,"cache_read_input_tokens":250000,"output_tokens":3`}), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "blocks", files: one(say{}, say{}, say{}, say{}, say{}), want: "1000*5 + 250000*0.5 + 10000*25", why: "five blocks of one message"},
	{name: "fork", files: two([]say{{}}, []say{{session: "s2"}}, "p/s2.jsonl"), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "fork-other-request-id", files: two([]say{{}}, []say{{session: "s2", request: "req_2"}}, "p/s2.jsonl"), want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "fork-goes-on", files: two([]say{{}}, []say{{session: "s2"}, {session: "s2", id: "msg_2", request: "req_2", time: "2026-08-10T11:00:00.000Z"}}, "p/s2.jsonl"),
		want: "2000*5 + 500000*0.5 + 20000*25"},
	{name: "fork-has-more", files: two([]say{{usage: `"input_tokens":1000,"cache_read_input_tokens":250000,"output_tokens":3`, noStop: true}}, []say{{session: "s2"}}, "p/s2.jsonl"),
		want: "1000*5 + 250000*0.5 + 10000*25", why: "the session was cut off, its copy has the whole answer"},
	{name: "fork-has-less", files: two([]say{{}}, []say{{session: "s2", usage: `"input_tokens":1000,"cache_read_input_tokens":250000,"output_tokens":3`, noStop: true}}, "p/s2.jsonl"),
		want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "no-ids-at-all", files: map[string][]string{"p/s1.jsonl": {noIDs(day10), noIDs("2026-08-10T10:01:00.000Z"), noIDs("2026-08-10T10:01:00.000Z")}},
		want: "2000*5 + 500000*0.5 + 20000*25", why: "the last line is a copy of the one before it"},
	{name: "subagent", files: two([]say{{}}, []say{{id: "msg_2", request: "req_2", side: true}}, "p/s1/subagents/agent-a.jsonl"), want: "2000*5 + 500000*0.5 + 20000*25"},
	{name: "subagent-nested", files: two([]say{{}}, []say{{id: "msg_2", request: "req_2", side: true}}, "p/s1/subagents/x/subagents/agent-a.jsonl"), want: "2000*5 + 500000*0.5 + 20000*25"},
	{name: "side-question", files: two([]say{{}}, []say{{request: "req_9", side: true}}, "p/s1/subagents/agent-a.jsonl"), want: "1000*5 + 250000*0.5 + 10000*25",
		why: "a sidechain that replays a message of the session"},
	{name: "garbage-lines", files: map[string][]string{"p/s1.jsonl": {`{"type":"assistant","message":{"usage":{"input_tokens":1e3`, "not json", say{}.line()}}, want: "1000*5 + 250000*0.5 + 10000*25"},
	{name: "two-on-a-line", files: map[string][]string{"p/s1.jsonl": {say{}.line() + say{id: "msg_2", request: "req_2"}.line()}}, want: "2000*5 + 500000*0.5 + 20000*25"},
	{name: "early-2.1.50", files: one(say{version: "2.1.50", noStop: true}), want: "1000*5 + 250000*0.5 + 10000*25", lower: true},
	{name: "early-2.0.14", files: one(say{version: "2.0.14", noStop: true}), want: "1000*5 + 250000*0.5 + 10000*25", lower: true},
	{name: "not-early-2.1.98", files: one(say{version: "2.1.98", noStop: true}), want: "1000*5 + 250000*0.5 + 10000*25"},

	// Other agents, as their capture tells them.
	{name: "codex-tier-272k", files: events(answerEvent("c1", "r1", "gpt-5.5", aug10, `"input_tokens":50000,"cache_read_tokens":250000,"output_tokens":10000`)), want: "50000*10 + 250000*1 + 10000*45"},
	{name: "codex-exactly-272k", files: events(answerEvent("c1", "r1", "gpt-5.5", aug10, `"input_tokens":22000,"cache_read_tokens":250000,"output_tokens":10000`)), want: "22000*5 + 250000*0.5 + 10000*30"},
	{name: "codex-reasoning", files: events(answerEvent("c1", "r1", "gpt-5.5", aug10, `"input_tokens":2000,"cache_read_tokens":8000,"output_tokens":1000,"reasoning_tokens":800`)), want: "2000*5 + 8000*0.5 + 1000*30"},
	{name: "codex-writes", files: events(answerEvent("c1", "r1", "gpt-5.6-sol", sep10, `"input_tokens":500,"cache_read_tokens":8000,"cache_write_5m_tokens":1500,"output_tokens":1000`)), want: "500*4 + 1500*5 + 8000*0.4 + 1000*20"},
	{name: "codex-writes-free", files: events(answerEvent("c1", "r1", "gpt-5.5", sep10, `"input_tokens":350,"cache_read_tokens":600,"cache_write_5m_tokens":50,"output_tokens":50`)), want: "400*5 + 600*0.5 + 50*30", why: "no price of writes: they are input"},
	{name: "codex-before-the-cut", files: events(answerEvent("c1", "r1", "gpt-5.6-sol", aug10, `"input_tokens":2000,"cache_read_tokens":8000,"output_tokens":1000`)), want: "2000*5 + 8000*0.5 + 1000*30"},
	{name: "codex-after-the-cut", files: events(answerEvent("c1", "r1", "gpt-5.6-sol", sep10, `"input_tokens":2000,"cache_read_tokens":8000,"output_tokens":1000`)), want: "2000*4 + 8000*0.4 + 1000*20"},
	{name: "codex-gpt-6-sol", files: events(answerEvent("c1", "r1", "gpt-6-sol", sep20, `"input_tokens":2000,"cache_read_tokens":8000,"output_tokens":1000`)), want: "2000*2 + 8000*0.2 + 1000*10"},
	{name: "codex-no-read-price", files: events(answerEvent("c1", "r1", "gpt-5-pro", aug10, `"input_tokens":2000,"cache_read_tokens":8000,"output_tokens":1000`)), want: "", unpriced: "gpt-5-pro", why: "no read price is made up"},
	{name: "codex-flex", files: events(strings.Replace(answerEvent("c1", "r1", "gpt-5.5", aug10, `"input_tokens":2000,"output_tokens":1000`), `"usage"`, `"service_tier":"flex","usage"`, 1)), want: "2000*2.5 + 1000*15"},
	{name: "codex-priority", files: events(strings.Replace(answerEvent("c1", "r1", "gpt-5.5", aug10, `"input_tokens":2000,"output_tokens":1000`), `"usage"`, `"service_tier":"priority","usage"`, 1)), want: "2000*12.5 + 1000*75"},
	{name: "gemini-tier-200k", files: events(answerEvent("g1", "m1", "gemini-3.1-pro-preview", aug10, `"input_tokens":50000,"cache_read_tokens":200000,"output_tokens":10000,"reasoning_tokens":1000`)), want: "50000*4 + 200000*0.4 + 10000*18"},
	{name: "gemini-small", files: events(answerEvent("g1", "m1", "gemini-3.1-pro-preview", aug10, `"input_tokens":30000,"cache_read_tokens":20000,"output_tokens":10000`)), want: "30000*2 + 20000*0.2 + 10000*12"},
	{name: "gemini-3.8-flash", files: events(answerEvent("g1", "m1", "gemini-3.8-flash", aug10, `"input_tokens":30000,"cache_read_tokens":20000,"output_tokens":10000`)), want: "30000*0.75 + 20000*0.075 + 10000*3.75"},
	{name: "grok-exactly-200k", files: events(answerEvent("x1", "r1", "grok-4.5", aug10, `"input_tokens":200000,"output_tokens":1000`)), want: "200000*4 + 1000*12", why: "this vendor's operator is ≥"},
	{name: "openai-api-names", files: events(`{"event_type":"llm_response","timestamp":` + aug10 + `,"session_id":"o1","data":{"model":"gpt-5.5","usage":{"prompt_tokens":10000,"completion_tokens":1000,"prompt_tokens_details":{"cached_tokens":8000}}}}`),
		want: "2000*5 + 8000*0.5 + 1000*30", why: "cached tokens are a part of prompt_tokens"},
}

// nano computes a trap's answer, exactly.
func (tr *trap) nano(t *testing.T) int64 {
	t.Helper()
	sum := new(big.Rat)
	for _, term := range strings.Split(tr.want, " + ") {
		n, usd, ok := strings.Cut(strings.TrimPrefix(term, "$"), "*")
		a, okA := new(big.Rat).SetString(n)
		b, okB := new(big.Rat).SetString(usd)
		if !ok || !okA || !okB {
			t.Fatalf("term %q", term)
		}
		a.Mul(a, b)
		if !strings.HasPrefix(term, "$") {
			a.Quo(a, big.NewRat(1_000_000, 1))
		}
		sum.Add(sum, a)
	}
	sum.Mul(sum, big.NewRat(1_000_000_000, 1))
	if !sum.IsInt() {
		t.Fatalf("%s is no whole number of nano-dollars", tr.want)
	}
	return sum.Num().Int64()
}

// TestTraps prices the corpus of what goes wrong when usage is counted. The
// files in testdata/traps are made from the table above with -update.
func TestTraps(t *testing.T) {
	if flag.Lookup("update").Value.String() == "true" { // of clitest
		writeTraps(t)
	}
	for _, tr := range traps {
		t.Run(tr.name, func(t *testing.T) {
			dir := filepath.Join("testdata", "traps", tr.name)
			for name, lines := range tr.files {
				got, err := os.ReadFile(filepath.Join(dir, name))
				if err != nil || string(got) != strings.Join(lines, "\n")+"\n" {
					t.Errorf("%s/%s is not as in the table: go test -run TestTraps -update", dir, name)
				}
			}
			l := New(Options{})
			addDir(t, l, dir)
			l.Close()
			tr.check(t, l)
		})
	}
}

func (tr *trap) check(t *testing.T, l *Ledger) {
	var sum Sum
	var models []string
	for _, s := range l.Sessions() {
		sum.Add(s.Sum())
		models = append(models, unpriced(s.models())...)
	}
	if tr.want == "" {
		if sum.Priced > 0 || !slices.Equal(models, []string{tr.unpriced}) {
			t.Errorf("%d nano-dollars, unpriced %q; want no price for %q", sum.Nano, models, tr.unpriced)
		}
		return
	}
	if want := tr.nano(t); sum.Nano != want || len(models) > 0 {
		t.Errorf("%d nano-dollars, unpriced %q; want %d = %s", sum.Nano, models, want, tr.want)
	}
	if (sum.From[LowerBound] > 0) != tr.lower {
		t.Errorf("%d lower bounds; want any: %t", sum.From[LowerBound], tr.lower)
	}
}

func writeTraps(t *testing.T) {
	root := filepath.Join("testdata", "traps")
	if err := os.RemoveAll(root); err != nil {
		t.Fatal(err)
	}
	table := "trap\tUSD\tcomputed as (tokens * USD per million tokens; $ not per million)\twhy\n"
	for _, tr := range traps {
		for _, name := range slices.Sorted(maps.Keys(tr.files)) {
			path := filepath.Join(root, tr.name, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(strings.Join(tr.files[name], "\n")+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		usd := "unpriced"
		if tr.want != "" {
			usd = strings.TrimRight(fmt.Sprintf("%d.%09d", tr.nano(t)/1e9, tr.nano(t)%1e9), "0")
		}
		table += fmt.Sprintf("%s\t%s\t%s\t%s\n", tr.name, usd, tr.want, tr.why)
	}
	if err := os.WriteFile(filepath.Join(root, "answers.tsv"), []byte(table), 0o644); err != nil {
		t.Fatal(err)
	}
}

// addDir captures the transcripts of a folder, and adds its events.
func addDir(t testing.TB, l *Ledger, dir string) {
	t.Helper()
	add := func(line []byte) error {
		e, err := event.Parse(line)
		if err == nil {
			l.Add(e)
		}
		return err
	}
	k := &capture.Capture{Emit: add, Problem: func(*event.SyntaxError, []byte) {}, Clock: func() int64 { return 0 }, Idle: func() error { return nil }}
	fsys := os.DirFS(dir)
	read := func(f capture.File, name string) {
		text, err := fs.ReadFile(fsys, name)
		if err == nil {
			err = k.Read(bytes.NewReader(text), f)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, tr := range claude.Find(fsys, ".", func(err error) { t.Error(err) }) {
		read(capture.File{Name: tr.Path, Session: tr.Session, Child: tr.Child}, tr.Path)
	}
	if _, err := fs.Stat(fsys, "events.ndjson"); err == nil {
		read(capture.File{Name: "events.ndjson"}, "events.ndjson")
	}
}

// addFile captures one transcript, and adds its events.
func addFile(t testing.TB, l *Ledger, path string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	k := &capture.Capture{
		Problem: func(*event.SyntaxError, []byte) {}, Clock: func() int64 { return 0 }, Idle: func() error { return nil },
		Emit: func(line []byte) error {
			e, err := event.Parse(line)
			if err == nil {
				l.Add(e)
			}
			return err
		},
	}
	tr, err := claude.Look(os.DirFS(filepath.Dir(path)), filepath.Base(path))
	if err == nil {
		err = k.Read(f, capture.File{Name: path, Session: tr.Session, Child: tr.Child})
	}
	if err != nil {
		t.Fatal(err)
	}
}
