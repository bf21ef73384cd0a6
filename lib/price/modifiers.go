package price

import (
	"fmt"
	"strings"
)

// What neither collection has, kept by hand. Each fact has its source:
//
//	CC       the change log of Claude Code, with the version
//	LF       default-model-prices.json of Langfuse, August 2026
//	MD       models.dev, July 2026, experimental.modes.fast
//	GP#n     issue or pull request n of pydantic/genai-prices
//	CCU#n    issue n of ryoppippi/ccusage
//	OCX#n    issue n of lidge-jun/opencodex
//	CC#n     issue n of anthropics/claude-code

// AtThreshold reports whether a provider bills a request of exactly the
// threshold as a long one. xAI writes ">= 200K"; Anthropic, Google and OpenAI
// "> 200K", "> 272K" (OCX#952, and pi-ai's inputTokensAbove).
func AtThreshold(provider string) bool { return provider == "x-ai" }

// sameAs are models that are sold under two names at one price, of which the
// collections have one: codeburn's model list, after Anthropic's price page.
var sameAs = map[string]string{
	"claude-mythos-5":   "claude-fable-5",
	"claude-mythos-5-1": "claude-fable-5-1",
}

// Ways is how a request was served, as far as its price depends on it. The
// words are the vendors'; "" is their standard.
type Ways struct {
	Speed string // standard, fast
	Tier  string // standard, default, priority, flex, batch
	Geo   string // where the model ran: global, us
}

// A Factor multiplies the rates of all classes of tokens.
type Factor struct {
	Name     string // fast, priority, flex, batch, geo
	Permille int64  // thousandths: 2000 doubles the price
}

// special are the multiples of a model's price in thousandths, by way. A
// model that is not listed has no known price that way.
var special = map[string]map[string]int64{
	// $30/$150 for 4.6 and 4.7, of $5/$25; $10/$50 for 4.8 and 5: CC 2.1.154,
	// CC 2.1.219, LF, MD. For Opus 5.5 no price was found.
	"fast": {
		"claude-opus-4-6": 6000, "claude-opus-4-7": 6000, "claude-opus-4-8": 2000, "claude-opus-5": 2000,
	},
	// OpenAI's factor is one of each model: LF; CCU#1705 for gpt-6-astra. What
	// Codex calls fast is billed as priority by the API; of ChatGPT credits it
	// takes another multiple. For gpt-6 and 6.1 no price was found.
	"priority": {
		"gpt-5": 2000, "gpt-5.1": 2000, "gpt-5.2": 2000, "gpt-5.4": 2000, "gpt-5.4-mini": 2000,
		"gpt-5.6-sol": 2000, "gpt-5.6-terra": 2000, "gpt-5.6-luna": 2000, "gpt-6-astra": 2000,
		"gpt-5.5": 2500, "gpt-5-mini": 1800, "gpt-4.1": 1750, "o3": 1750, "gpt-4o": 1700,
	},
}

// Factors returns what multiplies the rates of a request that was served in
// certain ways. It is an error if there is no known price for one of them, or
// for the two together.
func (r *Row) Factors(w Ways) (list []Factor, err error) {
	tier := w.Tier
	switch strings.ToLower(tier) {
	case "", "standard", "default", "auto", "standard_only":
		tier = ""
	case "fast": // as Codex and OpenAI's clients call it
		tier = "priority"
	}
	fast := strings.ToLower(w.Speed)
	switch fast {
	case "", "standard", "normal":
		fast = ""
	}
	if fast != "" && tier != "" {
		return nil, fmt.Errorf("no price is known for speed %s with service tier %s", w.Speed, w.Tier) // never together: GP#429
	}
	if fast == "fast" && r.Provider == "openai" {
		fast, tier = "", "priority"
	}
	for _, way := range []string{fast, tier} {
		if way == "" {
			continue
		}
		n, ok := r.multiple(strings.ToLower(way))
		if !ok {
			return nil, fmt.Errorf("no price is known for %s of %s", way, r.Model)
		}
		list = append(list, Factor{way, n})
	}
	switch strings.ToLower(w.Geo) {
	case "", "global", "not_available":
	case "us":
		// Inference in the United States only: CC#60641, CC 2.1.239. It began
		// with version 4.6; to models before that it makes no difference.
		if r.Provider == "anthropic" && sinceVersion(r.Model, 4, 6) {
			list = append(list, Factor{"geo", 1100})
		}
	default:
		return nil, fmt.Errorf("no price is known for inference in %q", w.Geo)
	}
	return list, nil
}

// multiple returns the multiple of the price for a way of serving.
func (r *Row) multiple(way string) (permille int64, ok bool) {
	switch way {
	case "batch": // half of the tokens, not of the searches: GP#429, LF
		return 500, r.Provider == "anthropic" || r.Provider == "openai"
	case "flex": // LF
		return 500, r.Provider == "openai"
	}
	name, _ := Normalize(r.Model)
	permille, ok = special[way][name]
	return permille, ok && (r.Provider == "anthropic" || r.Provider == "openai")
}

// sinceVersion reports whether a Claude model is of a version or a later one.
func sinceVersion(model string, major, minor int) bool {
	parts := strings.Split(model, "-")
	if len(parts) < 3 || parts[0] != "claude" || isDigits(parts[1]) || !isDigits(parts[2]) {
		return false // before version 4 the number stands first
	}
	a, b := atoi(parts[2]), 0
	if len(parts) > 3 && isDigits(parts[3]) && len(parts[3]) < 3 {
		b = atoi(parts[3])
	}
	return a > major || a == major && b >= minor
}

func atoi(s string) (n int) {
	for _, c := range []byte(s) {
		if n = n*10 + int(c-'0'); n > 1000 {
			break
		}
	}
	return n
}

// writesAreInput are the providers that fill their cache by themselves and ask
// no price for it: where a row has no price for writes, what is written is
// billed as input.
var writesAreInput = map[string]bool{
	"openai": true, "google": true, "x-ai": true, "deepseek": true, "moonshotai": true, "mistral": true, "zai": true,
	"zhipuai": true, "meta": true, "xiaomi": true,
}

// WriteRate returns what a row, at the given rates of it, asks for a token that
// is written to the cache: that of the short lifetime where there are two.
func (r *Row) WriteRate(rates Rates) Rate {
	if !rates.CacheWrite5m.Known() && writesAreInput[r.Provider] {
		return rates.Input
	}
	return rates.CacheWrite5m
}

// short are names for a person to type: the newest model of the kind in the
// table, by hand.
var short = map[string]string{
	"sonnet": "claude-sonnet-5-5", "opus": "claude-opus-5-5", "haiku": "claude-haiku-5-5", "fable": "claude-fable-5-2",
	"gpt4": "gpt-4", "gpt4o": "gpt-4o",
}

// Short returns the model that a short name means, such as sonnet; any other
// name as it is.
func Short(name string) string {
	if full, ok := short[strings.ToLower(name)]; ok {
		return full
	}
	return name
}
