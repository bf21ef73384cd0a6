package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"agenttrace/lib/price"
)

// The parts of genai-prices' data that are read.
type (
	gpProvider struct {
		ID     string
		Models []gpModel
	}
	gpModel struct {
		ID      string
		Match   gpMatch
		Context json.Number `json:"context_window"`
		Prices  gpPrices
	}
	gpMatch struct {
		Equals     string
		StartsWith string `json:"starts_with"`
		Or, And    []gpMatch
	}
	gpPrices []struct {
		Constraint struct {
			StartDate string `json:"start_date"`
			StartTime string `json:"start_time"`
			EndTime   string `json:"end_time"`
		}
		Prices gpRow
	}
	gpRow struct {
		Input   gpRate      `json:"input_mtok"`
		Output  gpRate      `json:"output_mtok"`
		Read    gpRate      `json:"cache_read_mtok"`
		Write   gpRate      `json:"cache_write_mtok"`
		Write1h gpRate      `json:"cache_write_1h_mtok"`
		Search  json.Number `json:"web_searches_kcount"`
	}
	gpRate struct {
		Base  json.Number
		Tiers []struct{ Start, Price json.Number }
	}
)

// UnmarshalJSON reads prices that stand alone, without dates, too.
func (p *gpPrices) UnmarshalJSON(b []byte) error {
	type list gpPrices
	if b[0] == '[' {
		return json.Unmarshal(b, (*list)(p))
	}
	*p = make(gpPrices, 1)
	return json.Unmarshal(b, &(*p)[0].Prices)
}

// UnmarshalJSON reads a price without tiers, too.
func (r *gpRate) UnmarshalJSON(b []byte) error {
	type rate gpRate
	if b[0] == '{' {
		return json.Unmarshal(b, (*rate)(r))
	}
	return json.Unmarshal(b, &r.Base)
}

// at returns the price from a number of tokens on.
func (r gpRate) at(start int64) price.Rate {
	v := r.Base
	for _, t := range r.Tiers {
		if int64Of(t.Start) <= start {
			v = t.Price
		}
	}
	return rate(v)
}

func (t *table) readGenai(p *pack) error {
	raw, err := literal(p.files["dist/index.js"])
	if err != nil {
		return err
	}
	var list []gpProvider
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(&list); err != nil {
		return err
	}
	for _, p := range list {
		if rank(p.ID) < 0 {
			continue
		}
		for _, m := range p.Models {
			t.genaiModel(p.ID, m)
		}
	}
	if len(t.rows) < 100 {
		return fmt.Errorf("only %d rows: has the format changed?", len(t.rows))
	}
	return nil
}

func (t *table) genaiModel(provider string, m gpModel) {
	name := strings.ToLower(m.ID)
	if provider == "google" && strings.HasPrefix(name, "claude") || strings.HasPrefix(name, "ft:") {
		return // Google passes Anthropic's prices on; fine-tuned models have names of their own
	}
	if provider == "aws" && strings.Contains(name, ".anthropic.") {
		name = awsName(name)
	}
	from := price.Date(0)
	for _, dated := range m.Prices {
		in := dated.Prices
		r := price.Row{
			Provider: provider, Model: name, WebSearch: -1, ContextWindow: int64Of(m.Context), Source: "gp",
			Rates: in.rates(-1),
		}
		if !r.Input.Known() || !r.Output.Known() {
			continue // an embedding, speech, or a search: not what an agent is billed for
		}
		if in.Search != "" {
			r.WebSearch = int64(rate(in.Search))
		}
		if c := dated.Constraint; c.StartDate != "" {
			r.From = date(c.StartDate)
			from = r.From
		} else if c.StartTime != "" {
			r.From, r.FromMinute, r.ToMinute = from, minute(c.StartTime), minute(c.EndTime)
		}
		for _, start := range in.starts() {
			r.Tiers = append(r.Tiers, price.Tier{From: threshold(provider, start+1), Rates: in.rates(start)})
		}
		t.rows = append(t.rows, r)
	}
	if provider == "aws" || provider == "openrouter" {
		return
	}
	for _, alias := range m.Match.names() {
		if alias = strings.ToLower(strings.TrimRight(alias, "-@")); t.aliases[alias] == "" && alias != name {
			t.aliases[alias] = name
		}
	}
	if n, ok := strings.CutSuffix(name, "-latest"); ok && t.aliases[n] == "" {
		t.aliases[n] = name
	}
}

// names returns the names that a rule matches whole, or as a beginning: what
// follows is for the lookup to judge.
func (m gpMatch) names() (list []string) {
	if m.Equals != "" {
		list = append(list, m.Equals)
	}
	if m.StartsWith != "" {
		list = append(list, m.StartsWith)
	}
	for _, or := range m.Or {
		list = append(list, or.names()...)
	}
	for _, and := range m.And {
		list = append(list, and.names()...)
	}
	return list
}

func (r gpRow) rates(start int64) price.Rates {
	return price.Rates{
		Input: r.Input.at(start), Output: r.Output.at(start), CacheRead: r.Read.at(start),
		CacheWrite5m: r.Write.at(start), CacheWrite1h: r.Write1h.at(start),
	}
}

// starts returns where the tiers begin.
func (r gpRow) starts() (list []int64) {
	for _, rate := range []gpRate{r.Input, r.Output, r.Read, r.Write, r.Write1h} {
		for _, t := range rate.Tiers {
			if s := int64Of(t.Start); !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
	}
	slices.Sort(list)
	return list
}

// threshold returns from how many tokens a tier holds. The collections do not
// agree on which side a request of exactly the threshold is; the vendors'
// operators are told in package price.
func threshold(provider string, from int64) int64 {
	if k := (from + 500) / 1000 * 1000; from-k == 0 || from-k == 1 {
		if price.AtThreshold(provider) {
			return k
		}
		return k + 1
	}
	return from
}

// awsName is the name of a Claude model on AWS in the table.
func awsName(id string) string {
	where, rest, _ := strings.Cut(id, ".anthropic.")
	if where != "global" {
		where = "regional"
	}
	n, _ := price.Normalize(where + ".anthropic." + rest)
	return n
}

func date(s string) price.Date {
	n, err := strconv.Atoi(strings.ReplaceAll(s, "-", ""))
	if err != nil {
		warn("date %q", s)
	}
	return price.Date(n)
}

func minute(s string) int16 {
	var h, m int16
	fmt.Sscanf(s, "%d:%d", &h, &m)
	return h*60 + m
}
