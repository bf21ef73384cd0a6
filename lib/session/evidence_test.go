package session

import (
	"slices"
	"testing"

	"agenttrace/lib/event"
)

// TestEvidence checks who is said to have told the calls.
func TestEvidence(t *testing.T) {
	start := `{"event_type":"session_start","timestamp":1,"event_id":"0","session_id":"s","data":{"agent":"codex"}}`
	hook := `{"event_type":"tool_call","timestamp":2,"event_id":"1","session_id":"s","data":{"tool_name":"Bash","tool_use_id":"a","transcript_path":"/t","cwd":"/w"}}`
	file := `{"event_type":"tool_call","timestamp":3,"event_id":"2","session_id":"s","data":{"tool_name":"Bash","tool_use_id":"b","uuid":"u"}}`
	both := `{"event_type":"tool_call","timestamp":3,"event_id":"3","session_id":"s","data":{"tool_name":"Bash","tool_use_id":"c","cwd":"/w","uuid":"u"}}`
	none := `{"event_type":"tool_call","timestamp":3,"event_id":"4","session_id":"s","data":{"tool_name":"Bash","tool_use_id":"d"}}`
	stray := `{"event_type":"tool_result","timestamp":4,"event_id":"5","session_id":"s","parent_id":"9","data":{"result":"x"}}`
	for _, c := range []struct {
		lines   []string
		want    Evidence
		sources string
		text    string
		blind   []string
	}{
		{[]string{start}, Evidence{}, "", "", nil},
		{[]string{start, hook, stray}, Evidence{ByHooks: 1, StrayResults: 1}, "hooks", "hooks, 1 results of unknown calls", blind["codex"]},
		{[]string{start, file}, Evidence{ByFile: 1}, "file", "the agent's file", nil},
		{[]string{start, hook, file, both, none}, Evidence{1, 1, 1, 1, 0}, "both", "1 calls told by hooks and file, 1 by hooks alone, 1 by the file alone", nil},
		{[]string{start, none}, Evidence{Unsaid: 1}, "", "", nil},
	} {
		f := New("s")
		for _, l := range c.lines {
			e, err := event.Parse([]byte(l))
			if err != nil {
				t.Fatal(err)
			}
			f.Add(e)
		}
		s := f.Summary()
		if s.Evidence != c.want || s.Evidence.Sources() != c.sources || s.evidence() != c.text || !slices.Equal(s.Blind(), c.blind) {
			t.Errorf("%q: %+v, %q, %q", c.lines, s.Evidence, s.evidence(), s.Blind())
		}
		e, err := event.Parse(s.Record(nil))
		if err != nil {
			t.Fatal(err)
		}
		if back := ParseRecord(e); back.Evidence != c.want {
			t.Errorf("read back: %+v, want %+v", back.Evidence, c.want)
		}
	}
}
