package claude

import (
	"strconv"

	"agenttrace/lib/event"
)

// A turnKey is a happening that has no id but that of its turn, and the call
// after which it was told.
type turnKey struct{ id, after string }

// inTurn gives an event its id, and notes the calls. What has no id but that of
// its turn, such as the notification that a permission is asked for, is told
// again if there was no call in between: two hooks tell it. After another call
// it is another happening, with the id that the reader of the store gives it
// where each payload was captured by itself.
func (h *Hooks) inTurn(p *payload, typ, id string) string {
	if !p.Has("prompt_id") {
		return id
	}
	if h.last == nil {
		h.last, h.turns, h.again = map[string]string{}, map[turnKey]int{}, map[string]int{}
	}
	switch typ {
	case "tool_call":
		if p.Has("tool_use_id") {
			h.last[p.session] = id
		}
		return id
	case "tool_result", "error", "user_prompt", "assistant_response", "compaction", "session_start":
		return id // a transcript tells them, too
	}
	if p.Has("tool_use_id") || p.Has("message_id") {
		return id
	}
	key := turnKey{id, h.last[p.session]}
	n := h.turns[key]
	if n == 0 {
		h.again[id]++
		n = h.again[id]
		h.turns[key] = n
	}
	if n > 1 {
		id = event.ID(p.session, "repeat", id, strconv.Itoa(n))
	}
	return id
}
