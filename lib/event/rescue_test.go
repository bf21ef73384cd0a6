package event

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// A torn line is given as it came, also where its bytes or those of the event
// after it are not UTF-8.
func TestTornLine(t *testing.T) {
	for _, tt := range []struct{ torn, rest string }{
		{`{"event_type":"a","data":"x`, `{"event_type":"b"}`},
		{"0", "{\"event_type\":\"b\",\"\xff\":\"\"}"},
		{"\xff\xfe", "{\"event_type\":\"b\",\"data\":{\"x\":{\"event_type\":\"\xff\"}}}"},
		{"{\"event_type\":\"\xff", `{"event_type":"b"}`},
	} {
		in := Files{Stdin: strings.NewReader(tt.torn + tt.rest)}
		if !in.Scan() {
			t.Fatal("nothing read")
		}
		if e, err := in.Event(); err == nil || string(e.Raw) != tt.torn {
			t.Errorf("torn line %q, %v, want %q", e.Raw, err, tt.torn)
		}
		if !in.Scan() {
			t.Fatalf("%q: the event is lost", tt.rest)
		}
		if e, _ := in.Event(); e.Type() != "b" || !utf8.Valid(e.Raw) {
			t.Errorf("event %q", e.Raw)
		}
	}
}
