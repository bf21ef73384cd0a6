package claude

import (
	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

// costState reads a line of type cost-state: what the agent says that the
// session has cost so far. The amounts stay as they are written.
func (p *Parser) costState(r *record.Record) {
	total := r.Get("totalCostUSD")
	if !isNumber(total) {
		return
	}
	p.o.Raw("total_cost_usd", total)
	if models := r.Get("modelUsage"); len(models) > 2 && models[0] == '{' {
		var by event.Object
		gjson.ParseBytes(models).ForEach(func(name, u gjson.Result) bool {
			by.Raw(name.String(), vendorUsage(u))
			return true
		})
		p.o.Raw("usage_by_model", by.Bytes())
	}
	for _, m := range [][2]string{
		{"api_duration_ms", "totalAPIDuration"}, {"tool_duration_ms", "totalToolDuration"},
		{"lines_added", "totalLinesAdded"}, {"lines_removed", "totalLinesRemoved"},
	} {
		if v := r.Get(m[1]); isNumber(v) {
			p.o.Raw(m[0], v)
		}
	}
	p.add("vendor_cost", "vendor_cost", p.own(0))
}

// vendorUsage returns the usage of one model under the names of events.
func vendorUsage(u gjson.Result) []byte {
	var o event.Object
	write5m, write1h := record.Count(u.Get("cacheCreationEphemeral5mInputTokens")), record.Count(u.Get("cacheCreationEphemeral1hInputTokens"))
	if total := record.Count(u.Get("cacheCreationInputTokens")); total > write5m+write1h {
		write5m = total - write1h
	}
	o.Int("input_tokens", record.Count(u.Get("inputTokens"))).Int("output_tokens", record.Count(u.Get("outputTokens")))
	o.Count("cache_read_tokens", record.Count(u.Get("cacheReadInputTokens")))
	o.Count("cache_write_5m_tokens", max(write5m, 0)).Count("cache_write_1h_tokens", max(write1h, 0))
	o.Count("web_search_requests", record.Count(u.Get("webSearchRequests")))
	if v := u.Get("costUSD"); v.Type == gjson.Number {
		o.Raw("cost_usd", []byte(v.Raw))
	}
	return o.Bytes()
}

func isNumber(v []byte) bool { return len(v) > 0 && (v[0] == '-' || v[0] >= '0' && v[0] <= '9') }
