package cost

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
	"agenttrace/lib/price"
)

func ledger(t testing.TB, o Options, lines ...string) *Ledger {
	t.Helper()
	l := New(o)
	for _, line := range lines {
		e, err := event.Parse([]byte(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		l.Add(e)
	}
	l.Close()
	return l
}

func total(l *Ledger) (sum Sum) {
	for _, s := range l.Sessions() {
		sum.Add(s.Sum())
	}
	return sum
}

// random makes a stream of sessions in which everything happens.
func random(r *rand.Rand) (lines []string) {
	models := []string{"claude-opus-4-7", "claude-sonnet-5", "claude-haiku-4-5", "gpt-5.5", "model-of-tomorrow", "claude-opus-4-6"}
	tools := []string{"Bash", "Read", "Edit", "Grep", "WebSearch"}
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	at := 1.786356e9
	for s := range 4 {
		session := fmt.Sprintf("s%d", s)
		if s == 3 {
			add(`{"event_type":"session_start","timestamp":%f,"event_id":"a%d","session_id":%q,"data":{"agent":"claude-code","parent_session_id":"s0","agent_type":"Explore"}}`, at, s, session)
		} else {
			add(`{"event_type":"session_start","timestamp":%f,"event_id":"a%d","session_id":%q,"data":{"agent":"claude-code","agent_version":"2.1.%d"}}`, at, s, session, 30+s*30)
		}
		for i := range 2 + r.IntN(30) {
			at += r.Float64() * 4000
			id := fmt.Sprintf("msg_%d_%d", s, i)
			if r.IntN(5) == 0 {
				add(`{"event_type":"user_prompt","timestamp":%f,"session_id":%q,"data":{"prompt":"do %d"}}`, at, session, i)
			}
			if r.IntN(9) == 0 {
				id = "msg_0_1" // a copy
			}
			for c := range r.IntN(4) {
				tool := tools[r.IntN(len(tools))]
				call := fmt.Sprintf("%s-%d-%d", session, i, c)
				add(`{"event_type":"tool_call","timestamp":%f,"event_id":%q,"session_id":%q,"data":{"tool_name":%q,"tool_use_id":%q,"message_id":%q,"arguments":{"file_path":"/f%d","command":"cat a%d b c"}}}`,
					at, call, session, tool, call, id, r.IntN(4), r.IntN(3))
				switch r.IntN(4) {
				case 0:
					add(`{"event_type":"error","timestamp":%f,"session_id":%q,"parent_id":%q,"data":{"kind":"tool","tool_name":%q,"error":"Exit code 1","exit_code":1}}`, at, session, call, tool)
				default:
					add(`{"event_type":"tool_result","timestamp":%f,"session_id":%q,"parent_id":%q,"data":{"tool_name":%q,"result":{"stdout":%q,"searchCount":%d}}}`, at, session, call, tool, strings.Repeat("x", r.IntN(900)), r.IntN(3))
				}
			}
			if r.IntN(12) == 0 {
				add(`{"event_type":"compaction","timestamp":%f,"session_id":%q,"data":{}}`, at, session)
			}
			add(`{"event_type":"llm_response","timestamp":%f,"session_id":%q,"data":{"model":%q,"message_id":%q,"usage":{"input_tokens":%d,"output_tokens":%d,"cache_read_tokens":%d,"cache_write_5m_tokens":%d,"cache_write_1h_tokens":%d},"inference_geo":%q,"web_search_requests":%d}}`,
				at, session, models[r.IntN(len(models))], id, r.IntN(1000), r.IntN(5000), r.IntN(300000), r.IntN(9000), r.IntN(2)*r.IntN(9000), []string{"", "us", "global"}[r.IntN(3)], r.IntN(2))
		}
	}
	return lines
}

// TestSums checks that whatever costs are grouped by, the groups add up to the
// total, to the nano-dollar and the token; and that splitting the stream into
// sessions does, too.
func TestSums(t *testing.T) {
	for seed := range uint64(60) {
		lines := random(rand.New(rand.NewPCG(seed, 1)))
		var want Sum
		for i, by := range append([]string{""}, Groupings...) {
			l := ledger(t, Options{By: By(by), Phases: true, Carry: seed%2 == 0, Waste: seed%3 == 0}, lines...)
			if i == 0 {
				want = total(l)
			}
			var sum, perSession Sum
			for _, g := range l.Groups(By(by), l.Sessions()...) {
				sum.Add(g.Sum)
			}
			records := int64(0)
			for _, s := range l.Sessions() {
				for _, g := range l.Groups(By(by), s) {
					perSession.Add(g.Sum)
				}
				g := gjson.ParseBytes(l.Record(nil, s))
				records += g.Get("data.usd_nano").Int()
				inBy := int64(0)
				g.Get("data.by").ForEach(func(_, row gjson.Result) bool {
					inBy += row.Get("usd_nano").Int()
					return true
				})
				if by != "" && inBy != g.Get("data.usd_nano").Int() {
					t.Errorf("seed %d, by %s: the rows of a record come to %d of %s", seed, by, inBy, g.Get("data.usd_nano").Raw)
				}
			}
			if got := total(l); got != want {
				t.Errorf("seed %d, by %s: total %+v, want %+v", seed, by, got, want)
			}
			for _, s := range []Sum{sum, perSession} {
				if s.Nano != want.Nano || s.Tokens != want.Tokens || s.Searches != want.Searches || s.From != want.From {
					t.Errorf("seed %d, by %s: groups come to %+v, want %+v", seed, by, s, want)
				}
			}
			if records != want.Nano {
				t.Errorf("seed %d: records come to %d, want %d", seed, records, want.Nano)
			}
		}
		// The parts of --waste and --carry are no more than the whole.
		l := ledger(t, Options{Carry: true, Waste: true}, lines...)
		for _, s := range l.Sessions() {
			_, carried := s.results()
			_, made, _ := s.failures()
			if n := s.Sum().Nano; carried > n || made > n || carried < 0 {
				t.Errorf("seed %d %s: %d carried, %d wasted of %d", seed, s.ID, carried, made, n)
			}
		}
	}
}

func TestTomorrow(t *testing.T) {
	l := ledger(t, Options{}, answerEvent("s", "m", "claude-opus-9", aug10, `"input_tokens":5,"output_tokens":5`), answerEvent("s", "n", "claude-opus-4-7", aug10, `"output_tokens":40`))
	rec := gjson.ParseBytes(l.Record(nil, l.Sessions()[0]))
	if rec.Get("data.usd_nano").Int() != 1_000_000 || rec.Get("data.unpriced_models").Raw != `["claude-opus-9"]` {
		t.Error(rec.Raw)
	}
	l = ledger(t, Options{}, answerEvent("s", "m", "claude-opus-9", aug10, `"input_tokens":5,"output_tokens":5`))
	rec = gjson.ParseBytes(l.Record(nil, l.Sessions()[0]))
	if rec.Get("data.usd_nano").Exists() {
		t.Error("an amount without a price:", rec.Raw)
	}
}

func TestCarry(t *testing.T) {
	// 1000 tokens of prompt; a result of 400 tokens comes in with the second
	// request, is read by the third and the fourth, and ends at the compaction.
	usage := func(id string, in, read, write, out int) string {
		return fmt.Sprintf(`{"event_type":"llm_response","timestamp":%s,"session_id":"s","data":{"model":"claude-opus-4-7","message_id":%q,"usage":{"input_tokens":%d,"cache_read_tokens":%d,"cache_write_5m_tokens":%d,"output_tokens":%d}}}`, aug10, id, in, read, write, out)
	}
	l := ledger(t, Options{Carry: true},
		`{"event_type":"tool_call","session_id":"s","event_id":"c1","data":{"tool_name":"Bash","message_id":"m1","arguments":{"command":"ls"}}}`,
		usage("m1", 0, 0, 1000, 50),
		`{"event_type":"tool_result","session_id":"s","parent_id":"c1","data":{"tool_name":"Bash","content":"some text"}}`,
		usage("m2", 0, 1000, 450, 10),
		usage("m3", 0, 1450, 10, 10),
		usage("m4", 0, 0, 1470, 10), // the cache had expired
		`{"event_type":"compaction","session_id":"s","data":{}}`,
		usage("m5", 0, 0, 500, 10),
	)
	list, nano := l.Sessions()[0].results()
	// Of the 450 that were written with the second request 50 were the answer.
	want := int64(400*6250 + 400*500 + 400*6250)
	if len(list) != 1 || list[0].life.tokens != 400 || list[0].life.reads != 2 || nano != want {
		t.Errorf("%d results, %+v, %d nano-dollars; want %d", len(list), list[0].life, nano, want)
	}
}

// What the context grew by is divided among the results without loss.
func TestCarryShares(t *testing.T) {
	usage := func(id string, read, write int) string {
		return answerEvent("s", id, "claude-opus-4-7", aug10, fmt.Sprintf(`"cache_read_tokens":%d,"cache_write_5m_tokens":%d,"output_tokens":50`, read, write))
	}
	lines := []string{usage("m1", 0, 1000)}
	for i, content := range []string{`"aaa"`, `"bb\n"`, `[{"type":"text","text":"c"}]`, `"dddd"`} { // 3, 3, 1 and 4 bytes
		lines = slices.Insert(lines, i, fmt.Sprintf(`{"event_type":"tool_call","session_id":"s","event_id":"c%d","data":{"tool_name":"Bash","message_id":"m1"}}`, i))
		lines = append(lines, fmt.Sprintf(`{"event_type":"tool_result","session_id":"s","parent_id":"c%d","data":{"tool_name":"Bash","content":%s}}`, i, content))
	}
	l := ledger(t, Options{Carry: true}, append(lines, usage("m2", 1000, 150), usage("m3", 1150, 50))...)
	tokens := map[string]int64{}
	sum := int64(0)
	list, nano := l.Sessions()[0].results()
	for _, c := range list {
		tokens[strings.Trim(fmt.Sprint(c.size), " ")] += c.life.tokens
		sum += c.life.tokens
	}
	// 100 of 11 bytes: 27+27, 9 and 37; written once and read once.
	if want := int64(100*6250 + 100*500); sum != 100 || nano != want || tokens["3"] != 54 || tokens["1"] != 9 || tokens["4"] != 37 {
		t.Errorf("%v, %d tokens, %d nano-dollars; want 100 and %d", tokens, sum, nano, want)
	}
}

// An answer that Claude Code wrote itself is no request to be estimated.
func TestEstimateSynthetic(t *testing.T) {
	l := ledger(t, Options{},
		`{"event_type":"user_prompt","timestamp":2,"session_id":"h","data":{"prompt":"fix the test"}}`,
		`{"event_type":"assistant_response","timestamp":5,"session_id":"h","data":{"model":"<synthetic>","text":"Login expired"}}`)
	if sum := total(l); sum.Requests != 0 {
		t.Errorf("%+v", sum)
	}
}

func TestVendorAndForks(t *testing.T) {
	vendor := func(session, usd string) string {
		return fmt.Sprintf(`{"event_type":"vendor_cost","timestamp":%s,"session_id":%q,"data":{"total_cost_usd":%s,"usage_by_model":{"claude-opus-4-7":{"output_tokens":2040}}}}`, aug10, session, usd)
	}
	l := ledger(t, Options{},
		answerEvent("s1", "m1", "claude-opus-4-7", aug10, `"output_tokens":1000`),
		vendor("s1", "0.001"), vendor("s1", "2.6e-2"),
		`{"event_type":"llm_response","timestamp":`+aug10+`,"session_id":"s2","data":{"model":"claude-opus-4-7","message_id":"m1","usage_in_session":"s1"}}`,
		answerEvent("s2", "m2", "claude-opus-4-7", sep10, `"output_tokens":1000`),
		vendor("s2", "0.051"),
		`{"event_type":"session_start","session_id":"kid","data":{"parent_session_id":"s2"}}`,
	)
	c, _ := l.Compare(l.Sessions()[0])
	if c.Vendor != 26_000_000 || c.Ours != 25_000_000 {
		t.Errorf("%+v", c)
	}
	// The fork's amount begins with its parent's: 25 + 25 here, 1 not in any event.
	c, _ = l.Compare(l.Sessions()[1])
	if c.Vendor != 51_000_000 || c.Ours != 50_000_000 || c.Missing != 1_000_000 || c.Tokens.Output != 40 {
		t.Errorf("%+v", c)
	}
	if n := total(l).Nano; n != 50_000_000 {
		t.Errorf("total %d", n)
	}
}

func TestEstimate(t *testing.T) {
	hooks := []string{
		`{"event_type":"session_start","timestamp":1,"session_id":"h","data":{"agent":"claude-code","model":"claude-opus-4-7"}}`,
		`{"event_type":"user_prompt","timestamp":2,"session_id":"h","data":{"prompt":"fix the test"}}`,
		`{"event_type":"tool_call","timestamp":3,"event_id":"c","session_id":"h","data":{"tool_name":"Bash","arguments":{"command":"go test ./..."}}}`,
		`{"event_type":"tool_result","timestamp":4,"parent_id":"c","session_id":"h","data":{"tool_name":"Bash","result":{"stdout":"ok","originalFile":"` + strings.Repeat("long ", 4000) + `"}}}`,
		`{"event_type":"assistant_response","timestamp":5,"session_id":"h","data":{"text":"done"}}`,
	}
	l := ledger(t, Options{Phases: true}, hooks...)
	s := l.Sessions()[0]
	sum := s.Sum()
	// Two requests: the first writes the prefix and the prompt, the second
	// reads them.
	if sum.Requests != 2 || sum.From[Estimate] != 2 || sum.Tokens.CacheRead < 31_432 || sum.Tokens.CacheRead > 31_500 || sum.Tokens.CacheWrite5m > 31_600 {
		t.Errorf("%+v", sum)
	}
	if low, high := s.context.low, s.context.high; low <= 0 || low > sum.Nano || high < sum.Nano {
		t.Errorf("%d of %d to %d", sum.Nano, low, high)
	}
	if text := string(l.AppendText(nil)); !strings.Contains(text, "Estimated cost: $0.2") || !strings.Contains(text, "no usage was recorded") {
		t.Error(text)
	}
	// With usage there is nothing to estimate.
	l = ledger(t, Options{}, append(hooks, answerEvent("h", "m", "claude-opus-4-7", aug10, `"output_tokens":40`))...)
	if sum := total(l); sum.Requests != 1 || sum.From[Exact] != 1 || sum.Nano != 1_000_000 {
		t.Errorf("%+v", sum)
	}
	if sum := total(ledger(t, Options{NoGuess: true}, hooks...)); sum.Requests != 0 {
		t.Errorf("%+v", sum)
	}
}

func TestOptions(t *testing.T) {
	one := answerEvent("s", "m", "model-of-tomorrow", aug10, `"input_tokens":1000000,"output_tokens":100000,"cache_read_tokens":10`)
	own := &price.Row{Rates: price.Rates{Input: 3_000_000, Output: 15_000_000, CacheRead: 3_000_000, CacheWrite5m: 3_000_000, CacheWrite1h: 3_000_000}}
	if n := total(ledger(t, Options{Own: own}, one)).Nano; n != 4_500_030_000 {
		t.Errorf("own prices: %d", n)
	}
	if n := total(ledger(t, Options{Model: "claude-opus-4-7"}, one)).Nano; n != 7_500_005_000 {
		t.Errorf("as a model: %d", n)
	}
	old := answerEvent("s", "m", "gpt-5.6-sol", aug10, `"output_tokens":1000`)
	if n := total(ledger(t, Options{Prices: price.Default.AsOf(time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC))}, old)).Nano; n != 20_000_000 {
		t.Errorf("as of a day: %d", n)
	}
	l := ledger(t, Options{By: ByDay, Zone: time.FixedZone("", 15*3600)}, one)
	if g := l.Groups(ByDay, l.Sessions()...); len(g) != 1 || g[0].Key != "2026-08-11" {
		t.Errorf("day %q", g[0].Key)
	}
}

func TestPhaseKeys(t *testing.T) {
	l := ledger(t, Options{By: ByPhase},
		strings.TrimSuffix(answerEvent("s", "m", "claude-opus-4-7", aug10, `"output_tokens":40`), "}")+`,"phase":3}`,
		`{"event_type":"phase","timestamp":1,"session_id":"s","data":{"number":3,"title":"run tests","failed":true}}`,
	)
	g := l.Groups(ByPhase, l.Sessions()...)
	if len(g) != 1 || g[0].Number != 3 || g[0].Title != "run tests" || !g[0].Failed {
		t.Errorf("%+v", g[0])
	}
}

func TestUSD(t *testing.T) {
	for nano, want := range map[int64]string{0: "$0.0000", 1: "<$0.0001", 50_000: "$0.0001", 1_234_567_890: "$1.2346", -5_000_000: "-$0.0050", 1 << 62: "$4,611,686,018.4274"} {
		if got := USD(nano); got != want {
			t.Errorf("USD(%d) = %s, want %s", nano, got, want)
		}
	}
	for text, want := range map[string]int64{"0.015059": 15_059_000, "1e-9": 1, "0.0000000005": 1, "0.00000000049": 0, "-1": -1_000_000_000, "978.5450197499964": 978_545_019_750} {
		if got, ok := ParseUSD(text); !ok || got != want {
			t.Errorf("ParseUSD(%s) = %d %t", text, got, ok)
		}
	}
	for _, bad := range []string{"", "x", "1/2", "0x1", "1e999", "1e20", strings.Repeat("9", 70)} {
		if _, ok := ParseUSD(bad); ok {
			t.Errorf("ParseUSD(%q) is an amount", bad)
		}
	}
}

// FuzzLedger checks that no stream of events makes it panic, and that amounts
// are never negative.
func FuzzLedger(f *testing.F) {
	for _, line := range random(rand.New(rand.NewPCG(7, 7))) {
		f.Add(line)
	}
	f.Add(`{"event_type":"llm_response","session_id":"s","data":{"usage":{"prompt_tokens":-1,"completion_tokens":1e30},"iterations":[null,{"type":"advisor_message","input_tokens":9223372036854775807}]}}`)
	f.Add(`{"event_type":"vendor_cost","session_id":"s","data":{"total_cost_usd":"x","usage_by_model":[1]}}`)
	f.Fuzz(func(t *testing.T, line string) {
		e, err := event.Parse([]byte(line))
		if err != nil {
			return
		}
		for _, by := range Groupings {
			l := New(Options{By: By(by), Carry: true, Waste: true, WhatIf: "claude-opus-5", Phases: true})
			for range 3 {
				l.Add(e)
			}
			l.Close()
			l.AppendText(nil)
			for _, s := range l.Sessions() {
				if s.Sum().Nano < 0 || !gjson.ValidBytes(l.Record(nil, s)) {
					t.Errorf("%+v", s.Sum())
				}
			}
		}
	})
}
