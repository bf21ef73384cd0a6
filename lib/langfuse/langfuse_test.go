package langfuse

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"agenttrace/lib/event"
	"agenttrace/lib/otlp"
)

// gather returns the bodies of the scores of events, by name.
func gather(t *testing.T, o Options, lines ...string) (bodies []string, x *Scores) {
	t.Helper()
	x = New(o, func(s *Score, body []byte) error {
		if !json.Valid(body) {
			t.Errorf("not JSON: %s", body)
		}
		bodies = append(bodies, string(body))
		return nil
	})
	for _, line := range lines {
		e, err := event.Parse([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		x.Add(e)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return bodies, x
}

// score returns a score record of the session s.
func score(data string) string {
	return `{"event_type":"score","timestamp":1,"event_id":"e1","session_id":"s","data":` + data + `}`
}

func TestValues(t *testing.T) {
	long := strings.Repeat("ä", 600)
	for _, test := range []struct{ data, want string }{
		{`{"judge":"j","score":0.50}`, `"name":"j","value":0.50,"dataType":"NUMERIC"`},
		{`{"scorer":"j","score":-1e3}`, `"name":"j","value":-1e3,"dataType":"NUMERIC"`},
		{`{"name":"j","value":0}`, `"name":"j","value":0,"dataType":"NUMERIC"`},
		{`{"score":true}`, `"name":"score","value":1,"dataType":"BOOLEAN"`},
		{`{"score":false}`, `"value":0,"dataType":"BOOLEAN"`},
		{`{"score":"good"}`, `"value":"good","dataType":"CATEGORICAL"`},
		{`{"score":null,"label":"good"}`, `"value":"good","dataType":"CATEGORICAL"`},
		{`{"verdict":"b\u001bd\ud83d"}`, `"value":"b\u001bd` + "\uFFFD" + `","dataType":"CATEGORICAL"`},
		{`{"passed":true}`, `"value":1,"dataType":"BOOLEAN"`},
		{`{"score":1,"passed":true,"label":"x","threshold":0.9}`, `"metadata":{"session_id":"s","event_id":"e1","passed":true,"threshold":0.9,"label":"x"}`},
		{`{"score":"` + long + `"}`, `"value":"` + long[:2*499] + `…","dataType"`},
		{`{"score":1e999}`, ""}, {`{"score":""}`, ""}, {`{"score":[1]}`, ""}, {`{}`, ""}, {`[]`, ""}, {`null`, ""}, {`"x"`, ""},
	} {
		got, x := gather(t, Options{}, score(test.data))
		switch {
		case test.want == "":
			if len(got) != 0 || x.Unvalued != 1 {
				t.Errorf("%s: %v, %d without value", test.data, got, x.Unvalued)
			}
		case len(got) != 1 || !strings.Contains(got[0], test.want) || x.Unvalued != 0:
			t.Errorf("%s: %v, want %s", test.data, got, test.want)
		}
	}
}

func TestBody(t *testing.T) {
	got, _ := gather(t, Options{Environment: "ci", Comments: true}, score(`{"judge":"j","score":1,"reason":"r"}`))
	// printf 's\0j\0' | sha256sum; printf s | sha256sum: the first 16 bytes of each
	want := `{"id":"82605c83e57cb41d1dc4e5df6eae3600","traceId":"043a718774c572bd8a25adbeb1bfcd5c","name":"j","value":1,"dataType":"NUMERIC","comment":"r","environment":"ci","metadata":{"session_id":"s","event_id":"e1"}}`
	if len(got) != 1 || got[0] != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if ScoreID("s", "j", "") == ScoreID("s", "j", "e") || ScoreID("s", "j", "") == ScoreID("sj", "", "") {
		t.Error("different scores have one id")
	}
}

// Of two records with one judge the later counts, in the place of the first.
func TestLater(t *testing.T) {
	about := `{"event_type":"score","event_id":"e9","session_id":"s","parent_id":"c1","data":{"judge":"a","score":9}}`
	got, _ := gather(t, Options{}, score(`{"judge":"a","score":1}`), score(`{"judge":"b","score":2}`), score(`{"judge":"a","score":3}`), about)
	if len(got) != 3 || !strings.Contains(got[0], `"value":3`) || !strings.Contains(got[1], `"value":2`) || !strings.Contains(got[2], `"value":9`) || !strings.Contains(got[2], `"parent_id":"c1"`) {
		t.Errorf("%v", got)
	}
}

func TestEstimate(t *testing.T) {
	cost := func(data string) string {
		return `{"event_type":"cost","timestamp":1,"event_id":"e1","session_id":"s","data":` + data + `}`
	}
	got, _ := gather(t, Options{}, cost(`{"usd_nano":2147000,"provenance":{"exact":0,"estimate":3}}`))
	if len(got) != 1 || !strings.Contains(got[0], `"name":"estimated_cost_usd","value":0.002147,"dataType":"NUMERIC"`) || !strings.Contains(got[0], `"requests_estimate":3`) {
		t.Errorf("%v", got)
	}
	for _, data := range []string{`{"usd_nano":1,"provenance":{"exact":1,"estimate":0}}`, `{"usd_nano":1}`, `{"provenance":{"estimate":1}}`, `{"usd_nano":"x","provenance":{"estimate":1}}`, `null`} {
		if got, x := gather(t, Options{}, cost(data)); len(got) != 0 || x.Unvalued != 0 {
			t.Errorf("%s: %v", data, got)
		}
	}
}

// The score of a subagent is about its root span, in the trace of the session
// that started it, though that is known only later.
func TestSubagent(t *testing.T) {
	var got []string
	x := New(Options{}, func(_ *Score, body []byte) error { got = append(got, string(body)); return nil })
	m := otlp.New(otlp.Options{Ended: x.Ended}, func(*otlp.Batch) error { return nil })
	for _, line := range []string{
		`{"event_type":"session_start","event_id":"a","session_id":"sub","data":{"parent_session_id":"top"}}`,
		`{"event_type":"score","event_id":"b","session_id":"sub","data":{"score":1}}`,
		`{"event_type":"session_start","event_id":"c","session_id":"top","data":{}}`,
		`{"event_type":"score","event_id":"d","session_id":"top","data":{"score":2}}`,
	} {
		e, err := event.Parse([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		x.Add(e)
		if err := m.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	root := otlp.RootID("sub")
	want := []string{
		fmt.Sprintf(`"traceId":"%x","observationId":"%x"`, otlp.TraceID("top"), root),
		fmt.Sprintf(`"traceId":"%x","name"`, otlp.TraceID("top")),
	}
	if len(got) != 2 || !strings.Contains(got[0], want[0]) || !strings.Contains(got[1], want[1]) {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestEmitFails(t *testing.T) {
	broken := errors.New("broken")
	x := New(Options{}, func(*Score, []byte) error { return broken })
	e, _ := event.Parse([]byte(score(`{"score":1}`)))
	x.Add(e)
	if err := x.Close(); err != broken {
		t.Errorf("%v", err)
	}
}

func TestCheckEnvironment(t *testing.T) {
	for _, name := range []string{"ci", "a-b_c1", strings.Repeat("a", 40)} {
		if err := CheckEnvironment(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"", "CI", "langfuse", "langfuse-x", "a b", strings.Repeat("a", 41), "a\n"} {
		if CheckEnvironment(name) == nil {
			t.Errorf("%q is taken", name)
		}
	}
}
