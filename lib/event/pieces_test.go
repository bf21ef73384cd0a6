package event

import (
	"fmt"
	"strings"
	"testing"
)

func TestPieces(t *testing.T) {
	begin := []byte(`{"k":`)
	for _, tt := range []struct{ in, want string }{
		{``, ``},
		{`junk`, ``},
		{`[{"k":1}]`, ``},
		{`{"k":1}`, `{"k":1}`},
		{`{"k":1} x`, ``},
		{`{"k":1},`, ``},
		{`{"k":1}{"z":2}`, `{"k":1}|{"z":2}`},
		{` {"k":1}  {"z":2} `, `{"k":1}|{"z":2}`},
		{`{"k":1}{"z":2`, `{"k":1}|!{"z":2`},
		{`{"k":"x{"k":1}`, `!{"k":"x|{"k":1}`},
		{`{"k":"x{"k":1}{"k":2}{"k":3}`, `!{"k":"x|{"k":1}|{"k":2}|{"k":3}`},
		{`{"k":0}{"k":"x{"k":1}`, `{"k":0}|!{"k":"x|{"k":1}`},
		{`{"k":{"k":{"k":1}}}`, `{"k":{"k":{"k":1}}}`},
		{`torn{"k":{"k":{"k":1}}}`, `!torn|{"k":{"k":{"k":1}}}`},
		{`torn{"k":{"k":{"k":1}}} {"k":1}`, `!torn|{"k":{"k":{"k":1}}}|{"k":1}`},
		{`torn{"z":1}`, ``},
		{`torn{"k":1}torn`, ``},
	} {
		var got []string
		for _, p := range Pieces([]byte(tt.in), begin) {
			s := string(p.Raw)
			if !p.Whole {
				s = "!" + s
			}
			got = append(got, s)
		}
		if s := strings.Join(got, "|"); s != tt.want {
			t.Errorf("Pieces(%s)\n got %s\nwant %s", tt.in, s, tt.want)
		}
	}
}

func TestJoined(t *testing.T) {
	for in, want := range map[string]string{
		`{"event_type":"a"}{"event_type":"b"}`: "2 2 events joined without a newline, all of them read",
		`{"event_type":"a"}{"x":"b"}`:          "2 a torn line, with an event joined to it that was read",
		`{"a":1}{"x":"b"}`:                     "0 ",
		`{"a":1}`:                              "0 ",
	} {
		list, note := Joined([]byte(in))
		if got := fmt.Sprint(len(list), " ", note); got != want {
			t.Errorf("Joined(%s) = %s, want %s", in, got, want)
		}
	}
}
