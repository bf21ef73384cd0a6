package budget

import (
	"strings"
	"testing"

	"agenttrace/lib/event"
	"agenttrace/lib/price"
)

// measure returns the only session of some lines.
func measure(t *testing.T, o Options, lines ...string) *Session {
	t.Helper()
	if o.WarnAt == 0 {
		o.WarnAt = 90
	}
	m := New(o)
	for _, l := range lines {
		e, err := event.Parse([]byte(l))
		if err != nil {
			t.Fatal(err)
		}
		m.Add(e)
	}
	list := m.Close()
	if len(list) != 1 {
		t.Fatalf("%d sessions, want 1", len(list))
	}
	return list[0]
}

// answer is an llm_response.
func answer(id, more, usage string) string {
	return `{"event_type":"llm_response","timestamp":1795332180,"event_id":"` + id + `","session_id":"s","data":{` + more +
		`"message_id":"msg_` + id + `","stop_reason":"end_turn","usage":{` + usage + `}}}`
}

// TestWindow has the windows that the old tool got wrong: names found by their
// beginning, in both directions, and models that it did not know.
func TestWindow(t *testing.T) {
	for _, test := range []struct {
		model string
		want  int64
		from  Source
	}{
		{"gpt-4.1", 1_000_000, Listed}, // 8,192, by gpt-4
		{"gpt-4o-mini", 128_000, Listed},
		{"claude-3-5-sonnet", 200_000, Listed}, // unknown
		{"claude-3-5-sonnet-20241022", 200_000, Listed},
		{"gemini-2.5-pro", 1_048_576, Listed}, // unknown
		{"claude-haiku-4-5-20251001", 200_000, Listed},
		{"claude-sonnet-4-5[1m]", 1_000_000, Suffix},
		{"anthropic/claude-haiku-4-5", 200_000, Listed},
		{"claude", 0, Unknown},
		{"claude-opus-9", 0, Unknown},
		{"gpt", 0, Unknown},
		{"", 0, Unknown},
	} {
		o := Options{Prices: price.Default}
		w := o.window(test.model, "", 0, 0)
		if w.Tokens != test.want || w.Source != test.from || (w.Why == "") != (w.Tokens > 0) {
			t.Errorf("window of %q = %d by %q (%s); want %d by %q", test.model, w.Tokens, w.Source, w.Why, test.want, test.from)
		}
	}
}

func TestContext(t *testing.T) {
	const haiku = `"model":"claude-haiku-4-5",`
	for _, test := range []struct {
		name  string
		lines []string
		want  int64
	}{
		{"requests are not summed up", []string{
			answer("1", haiku, `"input_tokens":100000`), answer("2", haiku, `"input_tokens":101000`),
		}, 101000},
		{"all classes of input", []string{
			answer("1", haiku, `"input_tokens":1,"cache_read_tokens":20,"cache_write_5m_tokens":300,"cache_write_1h_tokens":4000,"output_tokens":50000`),
		}, 4321},
		{"told again", []string{
			answer("1", haiku, `"input_tokens":10,"output_tokens":1`), answer("2", haiku, `"input_tokens":20,"output_tokens":1`),
			answer("1", haiku, `"input_tokens":10,"output_tokens":9`),
		}, 20},
		{"an advisor's tokens are none of it", []string{
			answer("1", haiku+`"iterations":[{"type":"message","input_tokens":1000,"output_tokens":5},{"type":"advisor_message","model":"claude-opus-4-8","input_tokens":70000,"output_tokens":5},{"type":"message","input_tokens":1100,"output_tokens":5}],`,
				`"input_tokens":2100,"output_tokens":10`),
		}, 1100},
		{"a request that was not answered", []string{
			answer("1", haiku, `"input_tokens":10,"output_tokens":1`), answer("2", haiku, `"input_tokens":0,"output_tokens":0`),
		}, 10},
		{"answers that Claude Code writes itself", []string{
			answer("1", haiku, `"input_tokens":10,"output_tokens":1`), answer("2", `"model":"<synthetic>",`, `"input_tokens":0,"output_tokens":0`),
		}, 10},
	} {
		b := measure(t, Options{}, test.lines...)
		if !b.Known || b.Context != test.want {
			t.Errorf("%s: context %d, known %t; want %d", test.name, b.Context, b.Known, test.want)
		}
	}
}

func TestOver(t *testing.T) {
	b := measure(t, Options{Limit: 1000, WarnAt: 90}, answer("1", "", `"input_tokens":899`))
	if b.Over {
		t.Error("89.9 % is over 90 %")
	}
	b = measure(t, Options{Limit: 1000, WarnAt: 90}, answer("1", "", `"input_tokens":900`))
	if !b.Over {
		t.Error("90 % has not reached 90 %")
	}
	// What a subagent or an earlier request took is no matter; nor is an
	// enormous number an overflow.
	b = measure(t, Options{Limit: 1000}, answer("1", "", `"input_tokens":9223372036854775807`))
	if !b.Over || b.Percent(10) <= 0 {
		t.Errorf("over %t, %d", b.Over, b.Percent(10))
	}
}

func TestGrowth(t *testing.T) {
	var lines []string
	for i := range 60 {
		n := i * 10 // slowly, and then fast
		if i > 30 {
			n = 300 + (i-30)*1000
		}
		lines = append(lines, answer(strings.Repeat("x", i+1), "", `"input_tokens":`+itoa(n)))
	}
	b := measure(t, Options{Limit: 100_000}, lines...)
	if !b.Grows || b.Growth != 1000 {
		t.Errorf("growth %d, want 1000: that of late", b.Growth)
	}
	if n, ok := b.TurnsTo(b.Context + 1001); !ok || n != 2 {
		t.Errorf("TurnsTo = %d, %t; want 2", n, ok)
	}
	b = measure(t, Options{}, answer("1", "", `"input_tokens":500`), answer("2", "", `"input_tokens":100`))
	if b.Grows {
		t.Error("a context that shrank grows")
	}
	if _, ok := b.TurnsTo(1000); ok {
		t.Error("turns of a context that does not grow")
	}
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

func TestCache(t *testing.T) {
	const sonnet = `"model":"claude-sonnet-5",`
	for _, test := range []struct {
		name, usage string
		seconds     int64
		warm, cold  int64
	}{
		// $0.20 to read, $2.50 and $4 to write a million.
		{"5 minutes", `"cache_read_tokens":900000,"cache_write_5m_tokens":100000`, 300, 200_000_000, 2_500_000_000},
		{"an hour", `"cache_read_tokens":900000,"cache_write_1h_tokens":100000`, 3600, 200_000_000, 4_000_000_000},
		{"nothing written", `"cache_read_tokens":1000000`, 0, 200_000_000, 2_500_000_000},
	} {
		b := measure(t, Options{}, answer("1", sonnet, test.usage))
		c := b.Cache
		if c.Seconds != test.seconds || c.Warm != test.warm || c.Cold != test.cold || !c.Priced {
			t.Errorf("%s: %+v; want %d s, %d, %d", test.name, c, test.seconds, test.warm, test.cold)
		}
	}
	if b := measure(t, Options{}, answer("1", `"model":"claude-opus-9",`, `"cache_write_5m_tokens":5`)); b.Cache != (Cache{}) {
		t.Errorf("cache of an unknown model: %+v", b.Cache)
	}
}

// TestAsked has traces of agent-strace: the size of the context stands with the
// request, and is not to be summed up.
func TestAsked(t *testing.T) {
	ask := func(n string) string {
		return `{"event_type":"llm_request","timestamp":1795332180,"event_id":"q` + n + `","session_id":"s","data":{"model":"claude-sonnet-4-5","input_tokens":` + n + `}}`
	}
	b := measure(t, Options{}, ask("100000"), ask("101000"))
	if !b.Known || b.Context != 101000 || b.Percent(10) != 505 || b.Over || b.Requests != 2 || b.Growth != 1000 {
		t.Errorf("%+v", b)
	}
	// What the vendor counted is better.
	b = measure(t, Options{}, ask("100000"), answer("1", `"model":"claude-sonnet-4-5",`, `"input_tokens":90000`))
	if b.Context != 90000 || b.Estimate {
		t.Errorf("%+v", b)
	}
}

// TestTier checks that the edge ahead is that of the row of the request's time.
func TestTier(t *testing.T) {
	b := measure(t, Options{}, answer("1", `"model":"claude-haiku-5-5",`, `"input_tokens":50000`))
	if b.TierAt != 100_001 || b.TierFactor != 5000 {
		t.Errorf("tier at %d, %d; want 100001, 5000", b.TierAt, b.TierFactor)
	}
	b = measure(t, Options{}, answer("1", `"model":"claude-haiku-5-5",`, `"input_tokens":150000`))
	if b.TierAt != 0 {
		t.Errorf("tier at %d behind the edge", b.TierAt)
	}
}
