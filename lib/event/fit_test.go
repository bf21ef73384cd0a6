package event

import "testing"

func TestFit(t *testing.T) {
	for _, c := range []struct{ typ, in, want string }{
		{"tool_call", `{"tool_name":"Bash","arguments":{"a":1},"other":7}`, `{"tool_name":"Bash","arguments":{"a":1},"other":7}`},
		{"tool_call", `{"tool_name":7,"arguments":null,"uuid":"","tool_use_id":null,"other":null}`, `{"tool_name_raw":7,"other":null}`},
		{"llm_response", `{"model":{"id":"m"},"usage":[],"web_search_requests":"3"}`, `{"model_raw":{"id":"m"},"usage_raw":[],"web_search_requests_raw":"3"}`},
		{"user_prompt", `{"prompt":"","queued":1,"content":"x"}`, `{"prompt":"","queued_raw":1,"content_raw":"x"}`},
		{"error", `{"error":"x","code":-32601,"is_interrupt":"yes"}`, `{"error":"x","code":-32601,"is_interrupt_raw":"yes"}`},
		{"not_documented", `{"model":7}`, `{"model":7}`},
		{"session_start", `{}`, `{}`},
	} {
		var o Object
		Fields([]byte(c.in), func(k, v []byte) bool {
			o.RawKey(k, v)
			return true
		})
		if got := string(o.Fit(c.typ).Bytes()); got != c.want {
			t.Errorf("%s %s\n got %s\nwant %s", c.typ, c.in, got, c.want)
		}
	}
}

func TestTyped(t *testing.T) {
	var o Object
	o.Typed("a", String, []byte(`"x"`)).Typed("b", String, []byte(`1`)).Typed("c", Number, nil).Typed("d", Number, []byte(`null`))
	o.Typed("e", String, []byte(`""`)).Typed("text", String, []byte(`""`)).Typed("f", Any, []byte(`[]`)).Typed("g", Obj, []byte(`{}`)).Typed("h", Boolean, []byte(`{}`))
	if got, want := string(o.Bytes()), `{"a":"x","b_raw":1,"text":"","f":[],"g":{},"h_raw":{}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
