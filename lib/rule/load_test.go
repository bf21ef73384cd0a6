package rule

import (
	"strings"
	"testing"
)

// TestForms loads the rules of agent-strace in both of its forms, and in YAML.
func TestForms(t *testing.T) {
	for _, text := range []string{
		`[
  { "condition": "cost_usd", "threshold": 0.50, "action": "kill" },
  { "condition": "file_path", "glob": "**/production.env", "action": "kill" },
  { "condition": "files_modified", "threshold": 30, "action": "pause" }
]`,
		`{"rules":[{"condition":"cost_usd > 0.5","action":"kill"},{"condition":"file_path matches \"**/production.env\"","action":"kill"},{"condition":"files_modified > 30","action":"pause"}]}`,
		"rules:\n  - condition: cost_usd > 5e-1\n    action: kill\n  - condition: file_path matches '**/production.env'\n    action: kill\n  - {condition: files_modified>30, action: pause}\n",
	} {
		var got []string
		for _, r := range mustLoad(t, text) {
			got = append(got, r.String()+" "+string(r.Action))
		}
		if s := strings.Join(got, "; "); s != `cost_usd > 0.5 kill; file_path matches "**/production.env" kill; files_modified > 30 pause` {
			t.Errorf("%s\n%s", text, s)
		}
	}
	r := mustLoad(t, `[{"condition":"cost_usd > 1e3"}]`)[0]
	if r.Threshold != 1000 || r.Action != Alert {
		t.Errorf("%+v", r)
	}
}

func TestConditionsRefused(t *testing.T) {
	for _, cond := range []string{
		"cost > 5", "cost_usd > $5", "cost_usd => 5", "cost_usd > 5 and files_modified > 3", "cost_usd >", "cost_usd", "> 5", "", "cost_usd > 0x5", "cost_usd > NaN",
		"cost_usd > 1_000", "cost_usd != 5", "file_path", "file_path matches", "file_path matches x", `file_path matches "a" or "b"`, `file_path matches "!a"`, `host matches "http://x"`, `file_path > 5`,
	} {
		text := "rules:\n  - action: kill\n    condition: '" + cond + "'\n"
		if _, err := Load("r.yaml", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), "r.yaml:3: ") {
			t.Errorf("%q: %v", cond, err)
		}
	}
	for _, text := range []string{`[{"action":"kill"}]`, `[{"condition":"cost_usd","threshold":"5"}]`, `[{"condition":"cost_usd","threshold":5,"glob":"x"}]`, `[{"condition":"file_path","glob":"x","threshold":1}]`,
		`[{"condition":"cost_usd > 5","threshold":5}]`, `{"rule":[]}`, `{}`, `"x"`, `[1]`, `[{"condition":"file_path","glob":"a","pattern":"b"}]`, `[{"condition":5}]`} {
		if _, err := Load("r.json", []byte(text)); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

func TestLoops(t *testing.T) {
	for _, x := range []struct {
		keys []uint64
		want int
	}{
		{nil, 0}, {[]uint64{1}, 1}, {[]uint64{1, 1, 1}, 3}, {[]uint64{1, 2, 1, 2}, 2}, {[]uint64{9, 1, 2, 3, 1, 2, 3, 1, 2, 3}, 3},
		{[]uint64{1, 2, 3, 4, 5}, 1}, {[]uint64{1, 1, 2}, 1},
	} {
		if got := Loops(x.keys); got != x.want {
			t.Errorf("%v: %d, want %d", x.keys, got, x.want)
		}
	}
}

func TestTestFailed(t *testing.T) {
	for _, out := range []string{"3 failed, 2 passed in 1.2s", "FAIL\tpkg\t0.1s", "--- FAIL: TestX (0.00s)", "FAILED (failures=1)", "test result: FAILED. 1 passed", "Tests: 2 failed, 3 total", "Exit code: 1\nx"} {
		if !testFailed(out) {
			t.Errorf("%q has not failed", out)
		}
	}
	for _, out := range []string{"75 passed, 0 failed", "0 failed", "ok  \tpkg\t0.1s", "no errors", "PASS", "test_failed_login PASSED", "Exit code: 0\n1 failed earlier", ""} {
		if testFailed(out) {
			t.Errorf("%q has failed", out)
		}
	}
}

// TestTwice checks that what is told twice counts once, also after the state
// was kept.
func TestTwice(t *testing.T) {
	lines := []string{
		bash("1", "110", "pytest"), failed("1", "111"), bash("1", "110", "pytest"), failed("1", "111"),
		`{"event_type":"llm_response","timestamp":140,"event_id":"4","session_id":"s","data":{"model":"claude-sonnet-5","message_id":"m","request_id":"r","usage":{"input_tokens":10,"output_tokens":5}}}`,
		`{"event_type":"llm_response","timestamp":140,"event_id":"5","session_id":"s","data":{"model":"claude-sonnet-5","message_id":"m","request_id":"r","usage":{"input_tokens":10,"output_tokens":9}}}`,
		`{"event_type":"violation","timestamp":140,"event_id":"6","session_id":"s","data":{}}`,
	}
	s := fold(t, lines...)
	var again State
	if !again.Load(s.Marshal()) {
		t.Fatal("cannot be read back")
	}
	more := fold(t, lines...)
	for _, st := range []*State{s, &again, more} {
		for metric, want := range map[string]float64{"tool_calls": 1, "consecutive_test_failures": 1, "retries": 0, "tokens": 19} {
			if got, _ := st.Value(metric, 0); got != want {
				t.Errorf("%s is %v, want %v", metric, got, want)
			}
		}
	}
	for _, junk := range []string{"", "x", `{"packed":"////////"}`, `{"packed":"AAAA"}`} {
		var st State
		st.Load([]byte(junk))
		st.Value("loops", 0)
	}
}
