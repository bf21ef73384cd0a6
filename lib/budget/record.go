package budget

import (
	"fmt"

	"agenttrace/lib/event"
)

// Kind is the event_type of the record of a session's context.
const Kind = "budget"

// Record appends the budget record of a session to dst, without a newline. Its
// time is that of the last request.
func (m *Meter) Record(dst []byte, b *Session) []byte {
	var o event.Object
	o.Str("agent", b.Agent).Str("agent_type", b.AgentType).Str("parent_session_id", b.Parent).Str("model", b.Model)
	if b.Known {
		o.Int("context_tokens", b.Context).Int("output_tokens", b.Output)
	}
	if b.Estimate && b.Known {
		var band event.Object
		band.Int("low_tokens", b.Low).Int("high_tokens", b.High)
		o.Raw("estimate", band.Bytes())
	}
	o.Count("window_tokens", b.Window.Tokens).Str("window_source", string(b.Window.Source)).Str("window_unknown", b.Window.Why)
	if b.Known && b.Window.Tokens > 0 {
		o.Raw("used_percent", tenths(b.Percent(10)))
	}
	o.Int("warn_at_percent", m.o.WarnAt).True("over", b.Over)
	o.Count("peak_tokens", b.Peak).Int("requests", int64(b.Requests)).Int("compactions", int64(b.Compactions))
	if !b.Known {
		o.Count("compacted_to_tokens", b.After)
	}
	if b.Grows {
		o.Int("growth_tokens", b.Growth)
	}
	turns(&o, "turns_left", b, b.Window.Tokens)
	if b.TierAt > 0 {
		o.Int("tier_at_tokens", b.TierAt)
		turns(&o, "tier_turns", b, b.TierAt)
	}
	if b.CompactAt > 0 {
		o.Int("compact_at_tokens", b.CompactAt).Str("compact_source", string(b.CompactSource))
		turns(&o, "compact_turns", b, b.CompactAt)
	}
	if b.Cache != (Cache{}) {
		o.Raw("cache", b.Cache.json())
	}
	return event.Append(dst, event.Header{
		Type: Kind, UnixNano: b.Last, Untimed: b.Last == 0, ID: event.ID(b.ID, Kind), Session: b.ID,
	}, o.Bytes())
}

func turns(o *event.Object, key string, b *Session, size int64) {
	if n, ok := b.TurnsTo(size); ok {
		o.Int(key, n)
	}
}

func (c *Cache) json() []byte {
	var o event.Object
	o.Count("lifetime_s", c.Seconds)
	if c.Expires != 0 {
		o.Seconds("expires_at", c.Expires)
	}
	if c.Priced {
		o.Int("warm_usd_nano", c.Warm).Int("cold_usd_nano", c.Cold)
	}
	return o.Bytes()
}

// tenths writes a number of tenths with one decimal.
func tenths(n int64) []byte { return fmt.Appendf(nil, "%d.%d", n/10, n%10) }
