package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"agenttrace/lib/cli"
	"agenttrace/lib/price"
)

// set turns the flags into options.
func (o *options) set() (err error) {
	percent := func(s string) (int64, bool) {
		n, err := strconv.ParseInt(strings.TrimSuffix(s, "%"), 10, 64)
		return n, err == nil && n >= 1 && n <= 100
	}
	var ok bool
	if o.WarnAt, ok = percent(o.warnAt); !ok {
		return fmt.Errorf("--warn-at: %q is no percentage from 1 to 100", o.warnAt)
	}
	if o.limit != "" {
		if o.Limit, ok = tokens(o.limit); !ok {
			return fmt.Errorf("--limit: %q is no number of tokens", o.limit)
		}
	}
	if strings.HasSuffix(o.compactAt, "%") {
		if o.CompactPercent, ok = percent(o.compactAt); !ok {
			return fmt.Errorf("--compact-at: %q is no percentage from 1 to 100", o.compactAt)
		}
	} else if o.compactAt != "" {
		if o.CompactAt, ok = tokens(o.compactAt); !ok {
			return fmt.Errorf("--compact-at: %q is no number of tokens", o.compactAt)
		}
	}
	if o.Prices, err = o.prices.Table(); err != nil || o.Model == "" {
		return err
	}
	o.Model = price.Short(o.Model)
	row, match := o.Prices.Lookup(o.Model, time.Time{})
	if _, large := price.Normalize(o.Model); o.Limit == 0 && !large && (match == price.None || row.ContextWindow == 0) {
		return cli.WithHint(fmt.Errorf("no window is known for the model %q", o.Model), "--limit N gives one")
	}
	return nil
}

// tokens reads a number of tokens: 200000, 200k, 1m.
func tokens(s string) (int64, bool) {
	times := int64(1)
	switch low := strings.ToLower(s); {
	case strings.HasSuffix(low, "k"):
		s, times = s[:len(s)-1], 1000
	case strings.HasSuffix(low, "m"):
		s, times = s[:len(s)-1], 1_000_000
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n * times, err == nil && n > 0 && n < 1e9
}
