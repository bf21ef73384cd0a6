package rule

import (
	"strings"
	"testing"

	"agenttrace/lib/event"
	"agenttrace/lib/policy"
	"agenttrace/lib/tool"
)

func mustLoad(t *testing.T, text string) []*Rule {
	t.Helper()
	rules, err := Load("rules.json", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func TestLoadRefuses(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{``, "rules.json"},
		{`{`, "rules.json:1"},
		{`[{"condition":"cost_usd","threshold":1,"acton":"kill"}]`, `"acton"`},
		{`[{"condition":"cost_eur","threshold":1}]`, "cost_eur"},
		{`[{"condition":"cost_usd","threshold":1,"action":"explode"}]`, "explode"},
		{`[{"condition":"cost_usd"}]`, "rules.json:1"},
		{"rules:\n  - condition: cost_usd > 5 or so\n", "rules.json:2"},
		{"rules:\n  - condition: cost_usd ~ 5\n", "rules.json:2"},
	} {
		if _, err := Load("rules.json", []byte(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("Load(%s) = %v; want an error with %s", tt.text, err, tt.want)
		}
	}
}

// fold adds events to a new state.
func fold(t *testing.T, lines ...string) *State {
	t.Helper()
	s := &State{}
	for _, l := range lines {
		e, err := event.Parse([]byte(l))
		if err != nil {
			t.Fatal(err)
		}
		s.Add(e)
	}
	return s
}

func bash(id, at, command string) string {
	return `{"event_type":"tool_call","timestamp":` + at + `,"event_id":"` + id + `","session_id":"s","data":{"tool_name":"Bash","arguments":{"command":"` + command + `"}}}`
}

func failed(id, at string) string {
	return `{"event_type":"error","timestamp":` + at + `,"event_id":"e` + id + `","session_id":"s","parent_id":"` + id + `","data":{"kind":"tool","tool_name":"Bash","error":"Exit code 1"}}`
}

func TestHolds(t *testing.T) {
	tests := fold(t,
		`{"event_type":"session_start","timestamp":100,"event_id":"0","session_id":"s","data":{"cwd":"/p"}}`,
		bash("1", "110", "pytest"), failed("1", "111"),
		bash("2", "120", "pytest"), failed("2", "121"),
		bash("3", "130", "pytest"), failed("3", "131"),
		`{"event_type":"llm_response","timestamp":140,"event_id":"4","session_id":"s","data":{"model":"claude-sonnet-5","usage":{"input_tokens":1000000,"output_tokens":100000}}}`,
	)
	const now = 400 * 1e9
	for _, tt := range []struct {
		rule string
		want bool
	}{
		{`[{"condition":"consecutive_test_failures","threshold":2}]`, true},
		{`[{"condition":"consecutive_test_failures","threshold":3}]`, false},
		{`[{"condition":"tool_calls","threshold":2}]`, true},
		{`[{"condition":"files_modified","threshold":0}]`, false},
		{`[{"condition":"cost_usd","threshold":2.5}]`, true}, // 1 M input at 2 $, 100 k output at 10 $ a million: 3 $
		{`[{"condition":"cost_usd","threshold":3.5}]`, false},
		{"rules:\n  - condition: duration_minutes >= 5\n", true},
		{"rules:\n  - condition: duration_minutes > 5\n", false},
		{"rules:\n  - condition: retries == 2\n", true},
	} {
		r := mustLoad(t, tt.rule)[0]
		if got, detail := r.Holds(tests, nil, &policy.Context{}, now); got != tt.want {
			t.Errorf("%s: %v (%s); want %v", tt.rule, got, detail, tt.want)
		}
	}
}

// A rule on a call holds for the call that is judged, whatever way it takes.
func TestHoldsForCall(t *testing.T) {
	r := mustLoad(t, `[{"condition":"file_path","glob":"**/production.env","action":"kill"}]`)[0]
	for _, tt := range []struct {
		command string
		want    bool
	}{
		{"cat conf/production.env", true}, {"sed -i s/a/b/ production.env", true}, {"cat other.env", false}, {"echo production.env", false},
	} {
		call := tool.Parse("Bash", append(event.AppendString([]byte(`{"command":`), tt.command), '}'))
		if got, _ := r.Holds(&State{}, &call, &policy.Context{Root: "/p"}, 0); got != tt.want {
			t.Errorf("%s: %v; want %v", tt.command, got, tt.want)
		}
	}
}

func TestStateSurvives(t *testing.T) {
	s := fold(t, bash("1", "110", "make"), failed("1", "111"), bash("2", "112", "make"))
	var again State
	if !again.Load(s.Marshal()) {
		t.Fatal("a state cannot be read back")
	}
	for _, metric := range []string{"tool_calls", "retries", "consecutive_errors"} {
		a, _ := s.Value(metric, 0)
		b, _ := again.Value(metric, 0)
		if a != b || a == 0 {
			t.Errorf("%s: %v, read back %v", metric, a, b)
		}
	}
}
