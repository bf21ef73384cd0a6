package guard

import (
	"bytes"

	"github.com/tidwall/gjson"

	"agenttrace/lib/event"
)

// Usage returns the llm_response of a line of a transcript of Claude Code, as
// far as rules need it; nil if the line is none. Hooks are not told of tokens:
// they stand in the transcript alone.
func Usage(line []byte, session string) []byte {
	if !bytes.Contains(line, []byte(`"usage"`)) || !bytes.Contains(line, []byte(`"assistant"`)) || !gjson.ValidBytes(line) {
		return nil
	}
	g := gjson.GetManyBytes(line, "type", "message.model", "message.id", "requestId", "message.usage", "isSidechain")
	u := g[4]
	if g[0].Str != "assistant" || !u.IsObject() {
		return nil
	}
	w5, w1 := u.Get("cache_creation.ephemeral_5m_input_tokens").Int(), u.Get("cache_creation.ephemeral_1h_input_tokens").Int()
	if !u.Get("cache_creation").Exists() {
		w5 = u.Get("cache_creation_input_tokens").Int()
	}
	var use, o event.Object
	use.Int("input_tokens", u.Get("input_tokens").Int()).Int("output_tokens", u.Get("output_tokens").Int()).
		Int("cache_read_tokens", u.Get("cache_read_input_tokens").Int()).Int("cache_write_5m_tokens", w5).Int("cache_write_1h_tokens", w1)
	o.Str("model", g[1].Str).Str("message_id", g[2].Str).Str("request_id", g[3].Str).Raw("usage", use.Bytes())
	return event.Append(nil, event.Header{Type: "llm_response", Untimed: true, Session: session, ID: event.ID(session, "usage", g[2].Str, g[3].Str)}, o.Bytes())
}
