package event

import "testing"

func TestNumbers(t *testing.T) {
	var n Numbers
	for i, tt := range []struct {
		line string
		want int
	}{
		{`{"event_type":"user_prompt","session_id":"a"}`, 1},
		{`{"event_type":"user_prompt","session_id":"b"}`, 1},
		{`{"event_type":"phase","session_id":"a"}`, 0},
		{`{"event_type":"whatever","session_id":"a"}`, 2},
		{`{"event_type":"error","session_id":"\u0061"}`, 3},
		{`{"event_type":"annotation","session_id":"a"}`, 0},
		{`{"event_type":"error","session_id":"b"}`, 2},
		{`{"event_type":"error"}`, 1},
		{`{"event_type":"error","session_id":""}`, 2},
		{`{"event_type":"error","session_id":"a"}`, 4},
	} {
		e, err := Parse([]byte(tt.line))
		if err != nil {
			t.Fatal(err)
		}
		if got := n.Next(e); got != tt.want {
			t.Errorf("%d: %s: number %d, want %d", i, tt.line, got, tt.want)
		}
	}
}
