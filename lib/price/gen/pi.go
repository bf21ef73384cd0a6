package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"agenttrace/lib/price"
)

// piModel is the part of pi-ai's data that is read.
type piModel struct {
	ID   string
	Type string
	Cost struct {
		Input, Output, CacheRead, CacheWrite json.Number
		Tiers                                []struct {
			InputTokensAbove                     int64
			Input, Output, CacheRead, CacheWrite json.Number
		}
	}
	ContextWindow, MaxTokens json.Number
	PromptCache              struct{ Short, Long int32 }
}

// since are prices of genai-prices that have ended, by its own remarks, and
// when: from that day on those of pi-ai hold.
var since = map[string]price.Date{
	"glm-5.3-flash": 20260910, // half the price until 2026-09-09
}

// piFiles are pi-ai's files, by our names of the providers.
var piFiles = map[string]string{
	"anthropic": "anthropic", "openai": "openai", "google": "google", "x-ai": "xai", "deepseek": "deepseek",
	"moonshotai": "moonshotai", "zai": "zai", "minimax": "minimax", "meta": "meta", "xiaomi": "xiaomi", "aws": "amazon-bedrock",
}

func (t *table) readPi(p *pack) error {
	var manifest struct{ GeneratedAt string }
	if err := json.Unmarshal(p.files["dist/providers/data/.manifest.json"], &manifest); err != nil {
		return fmt.Errorf("manifest: %w", err)
	}
	t.date, _, _ = strings.Cut(manifest.GeneratedAt, "T")
	for _, provider := range providers {
		file, ok := piFiles[provider]
		if !ok {
			continue
		}
		var byAPI map[string]map[string]piModel
		if err := json.Unmarshal(p.files["dist/providers/data/"+file+".json"], &byAPI); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		for _, api := range slices.Sorted(maps.Keys(byAPI)) {
			for _, key := range slices.Sorted(maps.Keys(byAPI[api])) {
				if m := byAPI[api][key]; m.Type == "chat" {
					t.piModel(provider, m)
				}
			}
		}
	}
	return nil
}

func (t *table) piModel(provider string, m piModel) {
	name := strings.ToLower(m.ID)
	claude := strings.HasPrefix(name, "claude") || strings.Contains(name, "anthropic.claude")
	if provider == "aws" {
		if !claude {
			return // other makers' models have no region in their price
		}
		where, _, _ := strings.Cut(name, "anthropic.")
		if where == "" {
			return // does not say where it runs
		}
		name = awsName(name)
	}
	r := price.Row{
		Provider: provider, Model: name, WebSearch: -1, Source: "pi", ContextWindow: int64Of(m.ContextWindow), MaxOutput: int64Of(m.MaxTokens),
		CacheShort: m.PromptCache.Short, CacheLong: m.PromptCache.Long,
		Rates: piRates(m.Cost.Input, m.Cost.Output, m.Cost.CacheRead, m.Cost.CacheWrite),
	}
	for _, tier := range m.Cost.Tiers {
		r.Tiers = append(r.Tiers, price.Tier{
			From: threshold(provider, tier.InputTokensAbove+1), Rates: piRates(tier.Input, tier.Output, tier.CacheRead, tier.CacheWrite),
		})
	}
	if r.Input <= 0 {
		return // not billed by the token
	}
	if provider != "aws" {
		t.check = append(t.check, checkLine(r)...)
	}
	if n, _ := price.Normalize(name); claude && provider == "anthropic" && n != name {
		name, r.Model = n, n // with its date: the same model
	}
	rows := t.find(provider, name)
	if rows == nil {
		warn("only in pi-ai: %s %s", provider, name)
		t.rows = append(t.rows, r)
		return
	}
	if day := since[name]; day != 0 {
		r.From, r.Source = day, "pi"
		t.rows = append(t.rows, r)
		rows = t.find(provider, name)
	}
	for _, old := range rows {
		old.MaxOutput, old.CacheShort, old.CacheLong = max(old.MaxOutput, r.MaxOutput), r.CacheShort, r.CacheLong
		if old.ContextWindow == 0 {
			old.ContextWindow = r.ContextWindow
		}
		if since[name] == 0 {
			old.Source = "both"
		}
	}
}

// piRates makes rates of pi-ai's prices, where 0 for a cache means that none
// is known.
func piRates(in, out, read, write json.Number) price.Rates {
	r := unknown
	r.Input, r.Output = rate(in), rate(out)
	if v := rate(read); v > 0 {
		r.CacheRead = v
	}
	if v := rate(write); v > 0 {
		r.CacheWrite5m = v
	}
	return r
}

// checkLine is what pi-ai says of a model, in picodollars a token; 0 is not
// known.
func checkLine(r price.Row) []byte {
	known := func(p price.Rate) int64 { return max(int64(p), 0) }
	return fmt.Appendf(nil, `{"provider":%q,"model":%q,"input":%d,"output":%d,"cache_read":%d,"cache_write":%d,"tiers":%d,"context":%d}`+"\n",
		r.Provider, r.Model, known(r.Input), known(r.Output), known(r.CacheRead), known(r.CacheWrite5m), len(r.Tiers), r.ContextWindow)
}

func unix(day string) int64 {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		warn("date %q", day)
	}
	return t.Unix()
}
