package codex

import (
	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/record"
)

// burst is how long after its first line a file can still be told what it has
// from another thread: that is written at once.
const burst = 1e9 // nanoseconds

// turnOf returns the turn that a payload names.
func turnOf(p *record.Record, sub *record.Record) string {
	if t := p.Str("turn_id"); t != "" {
		return t
	}
	for _, key := range []string{"internal_chat_message_metadata_passthrough", "metadata"} {
		if p.Sub(key, sub) {
			if t := sub.Str("turn_id"); t != "" {
				return t
			}
		}
	}
	return ""
}

// isCopy reports whether the line being read, which may name a turn and have a
// number, is one of those that its file has from another thread.
func (r *reader) isCopy(turn string, ordinal []byte) bool {
	c := &r.s.copied
	if n := gjson.ParseBytes(ordinal); c.start > 0 && n.Type == gjson.Number {
		c.on = n.Int() < c.start
		return c.on
	}
	if t, ok := uuidTime(turn); ok && c.born > 0 {
		if t >= c.born-c.born%1e6 { // the time in a UUID is one of milliseconds
			c.on = false
			return false
		}
		c.byTurn = true
		return true
	}
	switch {
	case c.byTurn:
		return true
	case !r.timed:
		return true
	case c.born > 0 && r.nano < c.born-burst:
		c.old = true
		return true
	case c.old || r.nano > c.first+burst:
		c.on = false
		return false
	}
	return true
}
