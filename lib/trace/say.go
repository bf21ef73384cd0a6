package trace

import (
	"context"
	"time"

	"agenttrace/lib/event"
)

// Prompt records what the user asks of the agent.
func Prompt(ctx context.Context, text string) {
	if s := From(ctx); s != nil {
		var o event.Object
		s.emit("user_prompt", "", time.Now(), nil, o.Text("prompt", text))
	}
}

// Say records what the agent tells the user, where that is not the text of an
// answer that LLM records.
func Say(ctx context.Context, text string) {
	if s := From(ctx); s != nil {
		var o event.Object
		s.emit("assistant_response", "", time.Now(), nil, o.Text("text", text))
	}
}

// Decide records what the agent has chosen, and from what.
func Decide(ctx context.Context, choice, reason string, alternatives ...string) {
	if s := From(ctx); s != nil {
		var o event.Object
		s.emit("decision", "", time.Now(), nil, o.Str("choice", choice).Str("reason", reason).Strs("alternatives", alternatives))
	}
}

// Fail records an error that is not the outcome of a call. Nil is none.
func Fail(ctx context.Context, err error) {
	if s := From(ctx); s != nil && err != nil {
		var o event.Object
		addError(&o, err)
		s.emit("error", "", time.Now(), nil, &o)
	}
}

// Emit records any event: one of those that lib/event documents, such as
// file_read, or one of your own. data is encoded as its data; what is not a
// JSON object becomes its member "value".
func Emit(ctx context.Context, typ string, data any) {
	if s := From(ctx); s != nil && typ != "" {
		var o event.Object
		addObject(&o, data, "value")
		s.emit(typ, "", time.Now(), nil, &o)
	}
}

// addObject adds the members of a value, or the value under a name if it has
// none.
func addObject(o *event.Object, v any, name string) {
	raw, note := encode(v)
	if len(raw) > 0 && raw[0] == '{' {
		event.Fields(raw, func(k, v []byte) bool {
			o.RawKey(k, v)
			return true
		})
	} else {
		o.Raw(name, raw)
	}
	o.Str("encoding_note", note)
}
