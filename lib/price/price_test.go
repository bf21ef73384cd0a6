package price

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

var aug10 = time.Date(2026, 8, 10, 12, 0, 0, 0, time.UTC)

func TestLookup(t *testing.T) {
	for _, c := range []struct {
		name  string
		match Match
		row   string
	}{
		{"claude-opus-4-7", Exact, "claude-opus-4-7"},
		{"Claude-Opus-4-7 ", Exact, "claude-opus-4-7"},
		{"claude-opus-4-7[1m]", Alias, "claude-opus-4-7"},
		{"claude-opus-4-7@20260416", Alias, "claude-opus-4-7"},
		{"claude-opus-4-7@default", Alias, "claude-opus-4-7"},
		{"claude-opus-4.7", Alias, "claude-opus-4-7"},
		{"anthropic/claude-4.7-opus-20260416", Alias, "claude-opus-4-7"},
		{"openrouter/anthropic/claude-opus-4.7", Alias, "claude-opus-4-7"},
		{"github-copilot/claude-opus-4.8", Alias, "claude-opus-4-8"},
		{"us.anthropic.claude-opus-4-7-v1:0", Alias, "regional.anthropic.claude-opus-4-7"},
		{"anthropic.claude-sonnet-4-5-20250929-v1:0", Alias, "regional.anthropic.claude-sonnet-4-5"},
		{"global.anthropic.claude-opus-4-7-v1:0", Alias, "global.anthropic.claude-opus-4-7"},
		{"arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-opus-5-5", Alias, "regional.anthropic.claude-opus-5-5"},
		{"claude-sonnet-4-20250514", Alias, "claude-sonnet-4-0"},
		{"claude-sonnet-4", Alias, "claude-sonnet-4-0"},
		{"claude-3-5-sonnet-20241022", Alias, "claude-3-5-sonnet"},
		{"claude-haiku-4-5-20251001", Alias, "claude-haiku-4-5"},
		{"claude-mythos-5", Alias, "claude-fable-5"},
		{"claude-opus-4-6", Exact, "claude-opus-4-6@2026-03-13"},
		{"gpt-5.6", Alias, "gpt-5.6-sol"},
		{"gpt-5-6-sol", Alias, "gpt-5.6-sol"},
		{"gpt-5.5-2026-04-01", Alias, "gpt-5.5"},
		{"gpt-5-codex", Alias, "gpt-5"},
		{"gpt-5.5-high", Family, "gpt-5.5"},
		{"gemini-2.5-pro-preview-05-06", Family, "gemini-2.5-pro"},
		{"models/gemini-2.5-flash", Alias, "gemini-2.5-flash"},
		{"MiniMax-M2", Exact, "minimax-m2"},
		{"qwen/qwen3-coder", Exact, "qwen/qwen3-coder"},
		{"openrouter/qwen/qwen3-coder", Alias, "qwen/qwen3-coder"},

		// What has no price, however near another name is.
		{"claude-opus-5-6", None, ""}, {"claude-opus-6", None, ""}, {"claude-opus-4-71", None, ""},
		{"claude-sonnet-5-5-5", None, ""}, {"claude-opus-5-5-lite", None, ""}, {"claude-opus-4-7-fast", None, ""},
		{"gpt-7", None, ""}, {"gpt-5.55", None, ""}, {"gpt-5.5-nano", None, ""}, {"gemini-3-pro", None, ""},
		{"us.anthropic.claude-opus-5-6-v1:0", None, ""}, {"together/moonshotai/kimi-k2", None, ""},
		{"mistral-nemo:cheap", None, ""}, {"claude", None, ""}, {"opus", None, ""}, {"<synthetic>", None, ""}, {"", None, ""},
		{strings.Repeat("a", 1<<16), None, ""}, {"[1m]", None, ""}, {"@", None, ""}, {"/", None, ""}, {"claude-", None, ""},
	} {
		row, match := Lookup(c.name, aug10)
		name := ""
		if match != None {
			name = row.Name()
		}
		if match != c.match || name != c.row {
			t.Errorf("Lookup(%.60q) = %s %q, want %s %q", c.name, match, name, c.match, c.row)
		}
	}
}

// TestVersions checks that no name matches across a digit of its version:
// every Claude, GPT and Gemini of the table with one more digit is unknown,
// unless it stands in the table.
func TestVersions(t *testing.T) {
	for _, r := range rows {
		if !strings.HasPrefix(r.Model, "claude-") && !strings.HasPrefix(r.Model, "gpt-") && !strings.HasPrefix(r.Model, "gemini-") {
			continue
		}
		for _, more := range []string{"-9", ".9", "9", "-9-20270101", "-lite", "-9b"} {
			name := r.Model + more
			if got, m := Lookup(name, aug10); m != None && got.Model != name {
				t.Errorf("%s is priced as %s", name, got.Model)
			}
		}
	}
}

func TestDates(t *testing.T) {
	for _, c := range []struct {
		model, at string
		input     Rate
	}{
		{"gpt-5.6-sol", "2026-08-20T23:59:59Z", 5_000_000}, {"gpt-5.6-sol", "2026-08-21T00:00:00Z", 4_000_000},
		{"o3", "2025-06-09T12:00:00Z", 10_000_000}, {"o3", "2025-06-10T12:00:00Z", 2_000_000},
		{"gemini-3.8-flash", "2026-12-31T12:00:00Z", 750_000}, {"gemini-3.8-flash", "2027-01-01T12:00:00Z", 1_500_000},
		{"glm-5.3-flash", "2026-09-09T12:00:00Z", 75_000}, {"glm-5.3-flash", "2026-09-10T12:00:00Z", 150_000},
		{"deepseek-v4-pro", "2026-08-16T02:00:00Z", 435_000}, {"deepseek-v4-pro", "2026-08-18T02:00:00Z", 1_320_000}, {"deepseek-v4-pro", "2026-08-18T05:00:00Z", 660_000},
		{"deepseek-chat", "2025-06-10T12:00:00Z", 270_000}, {"deepseek-chat", "2025-06-10T20:00:00Z", 135_000},
	} {
		at, _ := time.Parse(time.RFC3339, c.at)
		if row, _ := Lookup(c.model, at); row.Input != c.input {
			t.Errorf("%s at %s: input %d, want %d", c.model, c.at, row.Input, c.input)
		}
		// Of a day, whenever the request was.
		if row, _ := Default.AsOf(at).Lookup(c.model, aug10); row.Input != c.input {
			t.Errorf("%s as of %s: input %d, want %d", c.model, c.at, row.Input, c.input)
		}
	}
	if row, _ := Lookup("gpt-5.6-sol", time.Time{}); row.From != 20260821 {
		t.Errorf("without a time: the row from %d", row.From)
	}
}

// TestTable checks what the lookup relies on, and that modifiers multiply
// every rate to a whole number of picodollars.
func TestTable(t *testing.T) {
	if !slices.IsSortedFunc(rows, func(a, b Row) int { return strings.Compare(a.Model, b.Model) }) {
		t.Error("the rows are not sorted")
	}
	if !slices.IsSortedFunc(aliases, func(a, b alias) int { return strings.Compare(a.name, b.name) }) {
		t.Error("the aliases are not sorted")
	}
	for i := range rows {
		r := &rows[i]
		if !r.Input.Known() || !r.Output.Known() || r.Model != strings.ToLower(r.Model) {
			t.Errorf("%s: input %d, output %d", r.Model, r.Input, r.Output)
		}
		for _, tier := range r.Tiers {
			if r.CacheRead.Known() && !tier.CacheRead.Known() {
				t.Errorf("%s: no read price from %d on", r.Model, tier.From)
			}
		}
		if r.Provider != "anthropic" && r.Provider != "openai" {
			continue
		}
		for _, permille := range []int64{500, 1100, 2000, 2200, 2500, 6000} {
			for _, p := range []Rate{r.Input, r.Output, r.CacheRead, r.CacheWrite5m, r.CacheWrite1h} {
				if p.Known() && p*Rate(permille)%1000 != 0 {
					t.Errorf("%s: %d × %d/1000 is no whole number", r.Model, p, permille)
				}
			}
		}
	}
	for way, models := range special {
		for m := range models {
			if _, match := Lookup(m, aug10); match != Exact {
				t.Errorf("%s of %s: no such model", way, m)
			}
		}
	}
	for name, model := range sameAs {
		if _, match := Lookup(model, aug10); match != Exact {
			t.Errorf("%s is %s: no such model", name, model)
		}
	}
	for name, model := range short {
		if _, match := Lookup(model, aug10); match != Exact {
			t.Errorf("%s is %s: no such model", name, model)
		}
	}
}

// differ are the models on which the two collections do not agree, and why the
// first is believed. Only input, output and cache prices count.
var differ = map[string]string{
	"deepseek-v4-pro": "costs twice as much at some hours; the second has that price, the first both",
}

// TestSources checks the table against the prices that pi-ai has, which are
// kept by other people.
func TestSources(t *testing.T) {
	f, err := os.Open("testdata/pi-ai.ndjson")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	at := time.Unix(tableUnix, 0)
	agree, only := 0, 0
	for in := bufio.NewScanner(f); in.Scan(); {
		g := gjson.ParseBytes(in.Bytes())
		model := g.Get("model").String()
		row, match := Lookup(model, at)
		if match == None || row.Provider != g.Get("provider").String() {
			t.Errorf("%s: %s of %s", model, match, row.Provider)
			continue
		}
		if row.Source == pi {
			only++
			continue
		}
		same := true
		for _, c := range []struct {
			key  string
			rate Rate
		}{{"input", row.Input}, {"output", row.Output}, {"cache_read", row.CacheRead}, {"cache_write", row.CacheWrite5m}} {
			if n := Rate(g.Get(c.key).Int()); n != 0 && max(c.rate, 0) != n {
				same = false
				if differ[model] == "" {
					t.Errorf("%s: %s %d here, %d there", model, c.key, c.rate, n)
				}
			}
		}
		if same {
			agree++
			if differ[model] != "" {
				t.Errorf("%s: the collections agree now; it need not be listed", model)
			}
		}
	}
	t.Logf("%d models agree, %d are only in the second, %d differ", agree, only, len(differ))
	if agree < 70 {
		t.Errorf("only %d models agree: is one of the collections broken?", agree)
	}
}

func TestFactors(t *testing.T) {
	for _, c := range []struct {
		model string
		ways  Ways
		want  int64 // thousandths; 0 is no known price
	}{
		{"claude-opus-4-8", Ways{}, 1000},
		{"claude-opus-4-8", Ways{Speed: "standard", Tier: "standard", Geo: "global"}, 1000},
		{"claude-opus-4-8", Ways{Speed: "fast"}, 2000},
		{"claude-opus-4-6", Ways{Speed: "fast"}, 6000},
		{"claude-opus-5", Ways{Speed: "fast", Geo: "us"}, 2200},
		{"claude-opus-5-5", Ways{Speed: "fast"}, 0},
		{"claude-sonnet-5", Ways{Speed: "fast"}, 0},
		{"claude-opus-5", Ways{Speed: "fast", Tier: "batch"}, 0},
		{"claude-opus-5", Ways{Tier: "batch"}, 500},
		{"claude-opus-5", Ways{Tier: "priority"}, 0},
		{"claude-haiku-4-5", Ways{Geo: "us"}, 1000},
		{"claude-sonnet-4-6", Ways{Geo: "us"}, 1100},
		{"claude-opus-4-7", Ways{Geo: "moon"}, 0},
		{"gpt-5.5", Ways{Tier: "priority"}, 2500},
		{"gpt-5.5", Ways{Tier: "fast"}, 2500},
		{"gpt-5.5", Ways{Speed: "fast"}, 2500},
		{"gpt-5.5", Ways{Tier: "flex"}, 500},
		{"gpt-5.5", Ways{Tier: "default"}, 1000},
		{"gpt-6-sol", Ways{Tier: "priority"}, 0},
		{"gpt-6-astra", Ways{Tier: "priority"}, 2000},
		{"gemini-2.5-pro", Ways{Tier: "batch"}, 0},
		{"gemini-2.5-pro", Ways{Tier: "nonsense"}, 0},
	} {
		row, _ := Lookup(c.model, aug10)
		list, err := row.Factors(c.ways)
		got := int64(1000)
		for _, f := range list {
			got = got * f.Permille / 1000
		}
		if err != nil {
			got = 0
		}
		if got != c.want {
			t.Errorf("%s %+v: %d, want %d (%v)", c.model, c.ways, got, c.want, err)
		}
	}
}

func TestParse(t *testing.T) {
	own, err := Parse(strings.NewReader(`# mine
{"model":"claude-opus-4-7","input":1,"output":2}
{"model":"my-model","input":3,"output":15.000001,"cache_read":0.3,"web_search":0.01,"tiers":[{"over":200000,"input":6,"output":30}]}
{"model":"my-model","from":"2026-08-01","input":4,"output":15,"tiers":[{"at_least":100,"input":6,"output":30}]}
`), "mine")
	if err != nil {
		t.Fatal(err)
	}
	tab := Default.With(own)
	row, m := tab.Lookup("claude-opus-4-7@20260416", aug10)
	if m != Alias || row.Input != 1_000_000 || row.Provider != "anthropic" || row.CacheRead != Unknown || row.Source != "mine" {
		t.Errorf("%v %+v", m, row)
	}
	row, _ = tab.Lookup("my-model", aug10.AddDate(0, -1, 0))
	if row.Output != 15_000_001 || row.WebSearch != 10_000_000 || row.For(200000).Input != 3_000_000 || row.For(200001).Input != 6_000_000 {
		t.Errorf("%+v", row)
	}
	row, _ = tab.Lookup("my-model", aug10)
	if row.Input != 4_000_000 || row.For(99).Input != 4_000_000 || row.For(100).Input != 6_000_000 {
		t.Errorf("%+v", row)
	}
	if _, m := tab.Lookup("claude-sonnet-5", aug10); m != Exact {
		t.Errorf("the table behind it: %v", m)
	}
	for _, bad := range []string{
		`{"model":"x","input":1}`, `{"input":1,"output":1}`, `{"model":"x","input":-1,"output":1}`, `{"model":"x","input":1,"output":1,"cash_read":1}`,
		`{"model":"x","input":0.0000001,"output":1}`, `{"model":"x","input":1e300,"output":1}`, `[]`, `nonsense`, `{"model":"x","input":"1/2","output":1}`,
		`{"model":"x","input":1,"output":1,"from":"tomorrow"}`, `{"model":"x","input":1,"output":1,"tiers":[{"input":1,"output":1}]}`,
	} {
		if _, err := Parse(strings.NewReader("\n"+bad), "f"); err == nil || !strings.HasPrefix(err.Error(), "f:2: ") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestRates(t *testing.T) {
	if got := Rate(3_000_000).Cost(1 << 62); got != 1<<63-1 {
		t.Errorf("overflow: %d", got)
	}
	if Unknown.Cost(5) != 0 || Rate(5).Cost(-5) != 0 {
		t.Error("what is not known costs")
	}
	for pico, nano := range map[int64]int64{0: 0, 499: 0, 500: 1, 1499: 1, 1500: 2} {
		if Nano(pico) != nano {
			t.Errorf("Nano(%d) = %d", pico, Nano(pico))
		}
	}
}

func TestTokenizers(t *testing.T) {
	for model, want := range map[string]Tokenizer{
		"claude-opus-4-6": ClaudeLegacy, "claude-opus-4-7": Claude47, "claude-sonnet-4-6": ClaudeLegacy, "claude-sonnet-5": Claude47,
		"claude-haiku-4-5-20251001": ClaudeLegacy, "claude-fable-5": Claude47, "us.anthropic.claude-opus-5-v1:0": Claude47,
		"claude-3-5-sonnet-20241022": ClaudeLegacy, "gpt-5.5": O200k, "gpt-4": UnknownTokenizer, "gpt-4o": O200k,
		"gemini-2.5-pro": Gemini, "glm-5": UnknownTokenizer, "": UnknownTokenizer,
	} {
		if got, _ := TokenizerOf(model); got != want {
			t.Errorf("%s: %v, want %v", model, got, want)
		}
	}
	for a := range from {
		for b := range from {
			r, ok := RatioOf(a, b)
			if !ok || r.Low > r.Mid || r.Mid > r.High {
				t.Errorf("%v to %v: %+v", a, b, r)
			}
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	for b.Loop() {
		Lookup("claude-haiku-4-5-20251001", aug10)
	}
}

func FuzzLookup(f *testing.F) {
	for _, s := range []string{"claude-4.7-opus-20260416", "a/b[1m]", "x@", "-preview-", "us.anthropic.claude--v1:0", "claude-.-opus"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		Lookup(name, aug10)
		TokenizerOf(name)
		if n, _ := Normalize(name); utf8.ValidString(name) && len(n) > len(name)+len("regional.")+8 {
			t.Errorf("%q became %q", name, n)
		}
	})
}
