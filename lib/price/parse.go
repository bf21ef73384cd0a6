package price

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"time"
)

// fileRow is a line of a file of prices.
type fileRow struct {
	Provider      string      `json:"provider"`
	Model         string      `json:"model"`
	From          string      `json:"from"`
	WebSearch     json.Number `json:"web_search"`
	ContextWindow int64       `json:"context_window"`
	MaxOutput     int64       `json:"max_output"`
	Source        string      `json:"source"`
	Tiers         []fileTier  `json:"tiers"`
	fileRates
}

type fileTier struct {
	Over    int64 `json:"over"`
	AtLeast int64 `json:"at_least"`
	fileRates
}

type fileRates struct {
	Input   json.Number `json:"input"`
	Output  json.Number `json:"output"`
	Read    json.Number `json:"cache_read"`
	Write5m json.Number `json:"cache_write_5m"`
	Write1h json.Number `json:"cache_write_1h"`
}

// Parse reads a file of prices; see the package comment. name is that of the
// file, for errors and as the source of rows that tell none.
func Parse(r io.Reader, name string) (*Table, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	t := &Table{}
	n := 0
	for line := range bytes.Lines(text) {
		n++
		line = bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\ufeff")))
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		row, err := parseRow(line, name)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, n, err)
		}
		t.rows = append(t.rows, row)
	}
	slices.SortStableFunc(t.rows, func(a, b Row) int {
		if c := strings.Compare(a.Model, b.Model); c != 0 {
			return c
		}
		return int(a.From) - int(b.From)
	})
	// The rows of a model are one list, whoever bills.
	for i := range t.rows[:max(len(t.rows)-1, 0)] {
		if a, b := &t.rows[i], &t.rows[i+1]; a.Model == b.Model {
			b.Provider = a.Provider
		}
	}
	return t, nil
}

func parseRow(line []byte, name string) (r Row, err error) {
	var f fileRow
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	d.UseNumber()
	if err := d.Decode(&f); err != nil {
		return r, fmt.Errorf("not a row of prices: %w", err)
	}
	if f.Model == "" || f.Input == "" || f.Output == "" {
		return r, fmt.Errorf("a row of prices needs model, input and output")
	}
	r = Row{
		Provider: f.Provider, Model: strings.ToLower(f.Model), WebSearch: -1,
		ContextWindow: f.ContextWindow, MaxOutput: f.MaxOutput, Source: f.Source,
	}
	// What multiplies a price depends on who bills. What a row does not say
	// beside the prices of tokens is as it is known.
	if known, match := Lookup(r.Model, time.Time{}); match != None {
		r.Provider = cmp.Or(r.Provider, known.Provider)
		r.WebSearch, r.CacheShort, r.CacheLong = known.WebSearch, known.CacheShort, known.CacheLong
		r.ContextWindow, r.MaxOutput = cmp.Or(r.ContextWindow, known.ContextWindow), cmp.Or(r.MaxOutput, known.MaxOutput)
	}
	if r.Source == "" {
		r.Source = name
	}
	if f.From != "" {
		day, err := time.Parse(time.DateOnly, f.From)
		if err != nil {
			return r, fmt.Errorf("from %q: want a date such as 2026-09-01", f.From)
		}
		r.From = DateOf(day)
	}
	if f.WebSearch != "" {
		usd, err := ParseRate(string(f.WebSearch))
		if err != nil {
			return r, fmt.Errorf("web_search: %w", err)
		}
		r.WebSearch = int64(usd) * 1000
	}
	if r.Rates, err = f.rates(); err != nil {
		return r, err
	}
	for _, ft := range f.Tiers {
		t := Tier{From: ft.AtLeast}
		if ft.Over > 0 {
			t.From = ft.Over + 1
		}
		if t.From <= 0 || ft.Input == "" || ft.Output == "" {
			return r, fmt.Errorf("a tier needs over or at_least, input and output")
		}
		if t.Rates, err = ft.rates(); err != nil {
			return r, err
		}
		r.Tiers = append(r.Tiers, t)
	}
	slices.SortFunc(r.Tiers, func(a, b Tier) int { return int(a.From - b.From) })
	return r, nil
}

func (f *fileRates) rates() (r Rates, err error) {
	for _, p := range []struct {
		to   *Rate
		name string
		text json.Number
	}{
		{&r.Input, "input", f.Input}, {&r.Output, "output", f.Output}, {&r.CacheRead, "cache_read", f.Read},
		{&r.CacheWrite5m, "cache_write_5m", f.Write5m}, {&r.CacheWrite1h, "cache_write_1h", f.Write1h},
	} {
		*p.to = Unknown
		if p.text == "" {
			continue
		}
		if *p.to, err = ParseRate(string(p.text)); err != nil {
			return r, fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return r, nil
}

// ParseRate reads a price in USD per million tokens, exactly: a decimal number
// of at most six decimals.
func ParseRate(usd string) (Rate, error) {
	if len(usd) > 40 || strings.ContainsAny(usd, "/xXpP_") {
		return 0, fmt.Errorf("%.40q is not a price in USD", usd)
	}
	v, ok := new(big.Rat).SetString(usd)
	if !ok || v.Sign() < 0 {
		return 0, fmt.Errorf("%q is not a price in USD", usd)
	}
	v.Mul(v, big.NewRat(1_000_000, 1))
	switch {
	case !v.IsInt():
		return 0, fmt.Errorf("%s USD has more than six decimals", usd)
	case v.Num().BitLen() > 50:
		return 0, fmt.Errorf("%s USD is too much", usd)
	}
	return Rate(v.Num().Int64()), nil
}
