package model

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/tidwall/gjson"
)

// ask posts a request and returns the body of the answer.
func ask(t *testing.T, url, body string) string {
	t.Helper()
	resp, err := http.Post(url, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var script = Script{
	Main: []Turn{
		{Thinking: "hm", Text: "One.", Calls: []Call{{ID: "a", Tool: "run", Args: `{"x":1}`}, {ID: "b", Tool: "run", Args: `{"x":2}`}}},
		{Calls: []Call{{ID: "c", Tool: "wait", Args: `{"on":"<<a id>>"}`}}},
		{Text: "Done."},
	},
	Subs: map[string][]Turn{"SUB": {{Text: "Sub."}}},
}

// Each protocol gives the turn that the request asks for, however often, and
// remembers what it was told and what it reported.
func TestTurns(t *testing.T) {
	for _, x := range []struct {
		name  string
		p     protocol
		path  string
		turns [4]string // requests: none answered, one of two, both, all
		sub   string
	}{
		{"anthropic", Anthropic, "/v1/messages", [4]string{
			`{"stream":true,"tools":[{}],"messages":[{"role":"user","content":"go"}]}`,
			`{"stream":true,"tools":[{}],"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"{\"id\":\"i7\"}"}]}]}`,
			`{"stream":true,"tools":[{}],"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a","content":"{\"id\":\"i7\"}"},{"type":"tool_result","tool_use_id":"b","content":"B"}]}]}`,
			`{"tools":[{}],"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"a"},{"type":"tool_result","tool_use_id":"b"},{"type":"tool_result","tool_use_id":"c"}]}]}`,
		}, `{"tools":[{}],"messages":[{"role":"user","content":"SUB please"}]}`},
		{"openai", OpenAI, "/v1/responses", [4]string{
			`{"tools":[{}],"input":[{"type":"message","role":"user","content":[{"text":"go"}]}]}`,
			`{"tools":[{}],"input":[{"type":"function_call_output","call_id":"a","output":"{\"id\":\"i7\"}"}]}`,
			`{"tools":[{}],"input":[{"type":"function_call_output","call_id":"a","output":"{\"id\":\"i7\"}"},{"type":"custom_tool_call_output","call_id":"b","output":"B"}]}`,
			`{"tools":[{}],"input":[{"type":"function_call_output","call_id":"a"},{"type":"function_call_output","call_id":"b"},{"type":"function_call_output","call_id":"c"}]}`,
		}, `{"tools":[{}],"input":[{"type":"message","role":"user","content":[{"text":"SUB please"}]}]}`},
		{"gemini", Gemini, "/v1beta/models/m:streamGenerateContent", [4]string{
			`{"tools":[{"functionDeclarations":[{"name":"run"}]}],"contents":[{"role":"user","parts":[{"text":"go"}]}]}`,
			`{"tools":[{"functionDeclarations":[{"name":"run"}]}],"contents":[{"parts":[{"functionResponse":{"response":{"id":"i7"}}}]}]}`,
			`{"tools":[{"functionDeclarations":[{"name":"run"}]}],"contents":[{"parts":[{"functionResponse":{"response":{"id":"i7"}}},{"functionResponse":{"response":"B"}}]}]}`,
			`{"tools":[{"functionDeclarations":[{"name":"run"}]}],"contents":[{"parts":[{"functionResponse":{"response":1}},{"functionResponse":{"response":2}},{"functionResponse":{"response":3}}]}]}`,
		}, `{"tools":[{"functionDeclarations":[{"name":"run"}]}],"contents":[{"parts":[{"text":"SUB please"}]}]}`},
	} {
		s := New(t, x.p, script)
		for i, want := range []string{"One.", "One.", "i7", "Done."} {
			if got := ask(t, s.URL+x.path, x.turns[i]); !strings.Contains(got, want) {
				t.Errorf("%s: request %d is answered with %s", x.name, i, got)
			}
		}
		if got := ask(t, s.URL+x.path, x.sub); !strings.Contains(got, "Sub.") {
			t.Errorf("%s: the subagent is answered with %s", x.name, got)
		}
		answers := s.Answers()
		if len(answers) != 5 || answers[2].Turn != 1 || answers[3].Turn != 2 || answers[4].Sub != "SUB" || len(s.Aux()) > 0 {
			t.Errorf("%s: answers %+v", x.name, answers)
		}
		if answers[0].Usage == answers[1].Usage || answers[0].Usage != x.p.usage(1) {
			t.Errorf("%s: usage %+v", x.name, answers)
		}
		if b, ok := s.Result("b"); !ok || b == "" {
			t.Errorf("%s: nothing was told of b", x.name)
		}
		if !s.Heard("SUB please") || s.Heard("nobody said this") {
			t.Errorf("%s: it does not know what it heard", x.name)
		}
		// A request without tools is none of a conversation's.
		ask(t, s.URL+x.path, `{"messages":[],"input":[],"contents":[]}`)
		if len(s.Aux()) != 1 || len(s.Answers()) != 5 {
			t.Errorf("%s: aux %+v", x.name, s.Aux())
		}
	}
}

// What has no end is ended.
func TestTooMany(t *testing.T) {
	s := New(t, Anthropic, script)
	last := ""
	for range maxRequests + 1 {
		last = ask(t, s.URL+"/v1/messages", `{"tools":[{}]}`)
	}
	if gjson.Get(last, "error.type").Str == "" {
		t.Errorf("the last answer is %s", last)
	}
}

// It lets nothing out.
func TestProxy(t *testing.T) {
	s := New(t, Anthropic, script)
	req, err := http.NewRequest(http.MethodConnect, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "example.com:443"
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if hosts := s.Refused(); resp.StatusCode != http.StatusForbidden || len(hosts) != 1 || hosts[0] != "example.com:443" {
		t.Errorf("status %d, refused %v", resp.StatusCode, hosts)
	}
}
