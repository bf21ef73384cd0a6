package main

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"agenttrace/lib/clitest"
)

// session is a session with a subagent, judged.
const session = `{"event_type":"session_start","timestamp":1700000000,"event_id":"e1","session_id":"s1","data":{"agent":"claude-code","model":"claude-sonnet-5","user":"ada"}}
{"event_type":"llm_response","timestamp":1700000001,"event_id":"e2","session_id":"s1","duration_ms":500,"data":{"model":"claude-sonnet-5","usage":{"input_tokens":100,"output_tokens":20,"cache_read_tokens":4000,"cache_write_5m_tokens":1000}}}
{"event_type":"tool_call","timestamp":1700000001,"event_id":"e3","session_id":"s1","data":{"tool_name":"Task","arguments":{"prompt":"look"},"tool_use_id":"toolu_1"}}
{"event_type":"session_start","timestamp":1700000002,"event_id":"f1","session_id":"sub","data":{"agent":"claude-code","agent_type":"Explore","parent_session_id":"s1","parent_event_id":"e3"}}
{"event_type":"tool_call","timestamp":1700000002,"event_id":"f2","session_id":"sub","data":{"tool_name":"Read","arguments":{"file_path":"a.go"}}}
{"event_type":"error","timestamp":1700000003,"event_id":"f3","session_id":"sub","parent_id":"f2","data":{"error":"no such file"}}
{"event_type":"tool_result","timestamp":1700000004,"event_id":"e4","session_id":"s1","parent_id":"e3","data":{"result":"seen"}}
{"event_type":"session_end","timestamp":1700000005,"event_id":"e5","session_id":"s1","data":{"reason":"exit"}}
{"event_type":"cost","timestamp":1700000005,"event_id":"k1","session_id":"sub","data":{"usd_nano":2147000,"requests":1,"provenance":{"exact":0,"lower_bound":0,"vendor":0,"estimate":1}}}
{"event_type":"cost","timestamp":1700000005,"event_id":"k2","session_id":"s1","data":{"usd_nano":9000000,"requests":1,"provenance":{"exact":1,"lower_bound":0,"vendor":0,"estimate":0}}}
{"event_type":"score","timestamp":1700000005,"event_id":"j1","session_id":"s1","data":{"scorer":"no_errors","score":0.75,"threshold":1.0,"passed":false,"reason":"1 error"}}
{"event_type":"score","timestamp":1700000005,"event_id":"j2","session_id":"sub","data":{"judge":"tone","label":"kind"}}
{"event_type":"score","timestamp":1700000005,"event_id":"j3","session_id":"s1","data":{"name":"tested","value":true}}
`

// What sha256sum says of the ids.
const (
	traceOfS1 = "e8bc163c82eee18733288c7d4ac636db"
	rootOfS1  = "cc53846852f427a4"
)

func TestSend(t *testing.T) {
	f := newFake(t)
	out, msg, status := f.run(t, session, "--environment", "ci", "--release", "v1", "--content", "meta")
	if out != "" || msg != "" || status != 0 {
		t.Fatalf("status %d, output %q, messages %s", status, out, msg)
	}
	if len(f.spans) != 5 || len(f.scores) != 4 || f.n["/api/public/otel/v1/traces"] != 1 {
		t.Fatalf("%d spans, %d scores, requests %v", len(f.spans), len(f.scores), f.n)
	}
	kinds := map[string]string{}
	for id, s := range f.spans {
		if s.trace != traceOfS1 || s.attrs["session.id"] == "" || s.attrs["langfuse.session.id"] != s.attrs["session.id"] ||
			s.resource["langfuse.environment"] != "ci" || s.resource["langfuse.release"] != "v1" {
			t.Errorf("%s: %+v", id, s)
		}
		if s.attrs["session.id"] == "s1" && s.attrs["langfuse.user.id"] != "ada" {
			t.Errorf("%s has no user", s.name)
		}
		kinds[s.name] = s.attrs["langfuse.observation.type"]
	}
	want := map[string]string{
		"invoke_agent claude-code": "agent", "chat claude-sonnet-5": "generation", "execute_tool Task": "tool",
		"invoke_agent Explore": "agent", "execute_tool Read": "tool",
	}
	if !maps.Equal(kinds, want) {
		t.Errorf("%v, want %v", kinds, want)
	}
	root := f.spans[rootOfS1]
	if root == nil || root.name != "invoke_agent claude-code" || root.attrs["langfuse.trace.tags"] != "agent-trace" {
		t.Fatalf("the root is %+v", root)
	}
	for _, s := range f.spans {
		if u := s.attrs["langfuse.observation.usage_details"]; s.name == "chat claude-sonnet-5" && u != `{"input":100,"input_cached_tokens":4000,"input_cache_creation":1000,"output":20}` {
			t.Errorf("usage %s", u)
		}
	}
}

func TestScores(t *testing.T) {
	f := newFake(t)
	f.run(t, session, "--environment", "ci", "--content", "meta")
	x := f.score(t, "no_errors")
	meta := x["metadata"].(map[string]any)
	if x["traceId"] != traceOfS1 || x["observationId"] != nil || x["value"] != 0.75 || x["dataType"] != "NUMERIC" || x["comment"] != "1 error" ||
		x["environment"] != "ci" || meta["session_id"] != "s1" || meta["event_id"] != "j1" || meta["passed"] != false || meta["threshold"] != 1.0 {
		t.Errorf("%v", x)
	}
	// That of a subagent is in the trace above, about the subagent's span.
	x = f.score(t, "tone")
	sub, _ := x["observationId"].(string)
	if s := f.spans[sub]; x["traceId"] != traceOfS1 || s == nil || s.name != "invoke_agent Explore" || x["value"] != "kind" || x["dataType"] != "CATEGORICAL" {
		t.Errorf("%v about %+v", x, s)
	}
	if x = f.score(t, "tested"); x["value"] != 1.0 || x["dataType"] != "BOOLEAN" {
		t.Errorf("%v", x)
	}
	if x = f.score(t, "estimated_cost_usd"); x["value"] != 0.002147 || x["observationId"] != sub {
		t.Errorf("%v", x)
	}
	// The reason is not told unless it is asked for.
	f.run(t, session)
	if x = f.score(t, "no_errors"); x["comment"] != nil || x["environment"] != nil {
		t.Errorf("%v", x)
	}
}

func TestTwice(t *testing.T) {
	f := newFake(t)
	f.run(t, session)
	f.run(t, session+session)
	again := strings.Replace(strings.ReplaceAll(session, `"event_id":"j1"`, `"event_id":"j9"`), "0.75", "0.5", 1)
	if _, msg, status := f.run(t, again); len(f.spans) != 5 || len(f.scores) != 4 || status != 0 || f.score(t, "no_errors")["value"] != 0.5 {
		t.Errorf("%d spans, %d scores, status %d, %s", len(f.spans), len(f.scores), status, msg)
	}
}

func TestOnly(t *testing.T) {
	f := newFake(t)
	if f.run(t, session, "--only", "scores"); len(f.spans) != 0 || len(f.scores) != 4 || f.score(t, "tone")["traceId"] != traceOfS1 {
		t.Errorf("%d spans, %v", len(f.spans), f.scores)
	}
	f = newFake(t)
	if f.run(t, session, "--only", "traces"); len(f.spans) != 5 || len(f.scores) != 0 {
		t.Errorf("%d spans, %d scores", len(f.spans), len(f.scores))
	}
	// Score records alone make no span in the place of a good one.
	var scores strings.Builder
	for line := range strings.Lines(session) {
		if strings.Contains(line, `"score","timestamp`) && strings.Contains(line, `"s1"`) {
			scores.WriteString(line)
		}
	}
	f = newFake(t)
	if f.run(t, scores.String()); len(f.spans) != 0 || len(f.scores) != 2 || f.score(t, "tested")["traceId"] != traceOfS1 {
		t.Errorf("%d spans, %v", len(f.spans), f.scores)
	}
}

func TestJSON(t *testing.T) {
	f := newFake(t)
	var body string
	f.fault = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if strings.HasSuffix(r.URL.Path, "/traces") {
			body = r.Header.Get("Content-Type") + r.Header.Get("Content-Encoding")
		}
		return true
	}
	if _, msg, status := f.run(t, session, "--protocol", "http/json", "--compression", "none"); body != "application/json" || status != 0 {
		t.Errorf("%s, status %d, %s", body, status, msg)
	}
}

// fail answers with a status.
func fail(status int, header ...string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprint(w, "<html>no</html>")
	}
}

func cut(http.ResponseWriter) { panic(http.ErrAbortHandler) }

// TestFaults has a fault for the first two requests of each path, after which all
// is well: everything arrives, once.
func TestFaults(t *testing.T) {
	for name, fault := range map[string]func(http.ResponseWriter){
		"429 in no time":   fail(429, "Retry-After", "0"),
		"429 until a date": fail(429, "Retry-After", time.Now().UTC().Format(http.TimeFormat)),
		"502":              fail(502), "503": fail(503), "504": fail(504),
		"cut": cut,
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.fault = func(w http.ResponseWriter, _ *http.Request, n int) bool {
				if n <= 2 {
					fault(w)
				}
				return n <= 2
			}
			_, msg, status := f.run(t, session)
			if len(f.spans) != 5 || len(f.scores) != 4 || status != 0 || !strings.Contains(msg, "trying again") {
				t.Errorf("%d spans, %d scores, status %d, %s", len(f.spans), len(f.scores), status, msg)
			}
		})
	}
}

// TestRefused has a fault that stays: everything is in the dead letters, can be
// sent from there, and the status is 2.
func TestRefused(t *testing.T) {
	for name, fault := range map[string]func(http.ResponseWriter){
		"400": fail(400), "401": fail(401), "403": fail(403), "404": fail(404), "413": fail(413), "500": fail(500), "301": fail(301, "Location", "/"),
		"503 for long": fail(503, "Retry-After", "3600"), "cut": cut,
		"slow": func(http.ResponseWriter) { time.Sleep(60 * time.Millisecond) },
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.fault = func(w http.ResponseWriter, _ *http.Request, _ int) bool { fault(w); return true }
			dead := filepath.Join(t.TempDir(), "dead.jsonl")
			_, msg, status := f.run(t, session, "--dead-letter", dead, "--retry-for", "20ms", "--timeout", "30ms")
			text, err := os.ReadFile(dead)
			if err != nil || status != 2 || !strings.Contains(msg, "9 of 9 spans and scores were not accepted; see "+dead) {
				t.Fatalf("status %d, %v, %s", status, err, msg)
			}
			if spans, scores := strings.Count(string(text), `"spanId"`), strings.Count(string(text), `"dataType"`); spans != 5 || scores != 4 {
				t.Errorf("%d spans, %d scores in\n%s", spans, scores, text)
			}
			f.heal()
			for line := range strings.Lines(string(text)) {
				if !strings.HasPrefix(line, `{"id":`) {
					continue
				}
				req, _ := http.NewRequest(http.MethodPost, f.URL+"/api/public/scores", strings.NewReader(strings.TrimSpace(line)))
				req.SetBasicAuth(publicKey, secretKey)
				req.Header.Set("Content-Type", "application/json")
				resp, err := http.DefaultClient.Do(req)
				if err != nil || resp.StatusCode != 200 {
					t.Fatalf("%v %v: %s", resp, err, line)
				}
				resp.Body.Close()
			}
			f.settle()
			if len(f.scores) != 4 {
				t.Errorf("%d scores", len(f.scores))
			}
		})
	}
}

// TestPartly refuses one score: the rest arrives.
func TestPartly(t *testing.T) {
	f := newFake(t)
	f.fault = func(w http.ResponseWriter, r *http.Request, n int) bool {
		if r.URL.Path == "/api/public/scores" && n == 2 {
			w.WriteHeader(http.StatusBadRequest)
			return true
		}
		return false
	}
	_, msg, status := f.run(t, session)
	if len(f.spans) != 5 || len(f.scores) != 3 || status != 2 || !strings.Contains(msg, "1 of 9 spans and scores were not accepted\nhint: --dead-letter FILE keeps them") {
		t.Errorf("%d spans, %d scores, status %d, %s", len(f.spans), len(f.scores), status, msg)
	}
}

// TestTooLarge splits a request until it fits.
func TestTooLarge(t *testing.T) {
	f := newFake(t)
	f.fault = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.ContentLength > 9000 && strings.HasSuffix(r.URL.Path, "/traces") {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return true
		}
		return false
	}
	var in strings.Builder
	for i := range 200 {
		fmt.Fprintf(&in, `{"event_type":"tool_call","timestamp":%d,"event_id":"c%d","session_id":"s1","data":{"tool_name":"T"}}`+"\n", 1700000000+i, i)
	}
	if _, msg, status := f.run(t, in.String(), "--compression", "none"); len(f.spans) != 201 || status != 0 || f.n["/api/public/otel/v1/traces"] < 5 {
		t.Errorf("%d spans, requests %v, status %d, %s", len(f.spans), f.n, status, msg)
	}
}

// TestKeys checks the ways to give the keys, and that wrong ones are told of.
func TestKeys(t *testing.T) {
	f := newFake(t)
	file := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(file, []byte(secretKey+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	wrong := []string{"LANGFUSE_PUBLIC_KEY=" + publicKey, "LANGFUSE_SECRET_KEY=wrong", "LANGFUSE_BASE_URL=" + f.URL}
	_, msg, status := runWith(t, wrong, session)
	if status != 2 || f.spanCount() != 0 || !strings.Contains(msg, "HTTP status 401") || !strings.Contains(msg, "are the credentials right?") {
		t.Errorf("status %d, %s", status, msg)
	}
	args := []string{"--langfuse-host", f.URL, "--langfuse-public-key", publicKey, "--langfuse-secret-key", "@" + file}
	if _, msg, status := runWith(t, wrong[1:2], session, args...); status != 0 || f.spanCount() != 5 {
		t.Errorf("status %d, %s", status, msg)
	}
	if _, msg, status := runWith(t, wrong, session, "--langfuse-secret-key", "@"+file+"x"); status != 2 || !strings.Contains(msg, "cannot read the key") {
		t.Errorf("status %d, %s", status, msg)
	}
	// The secret is not taken from the command line, nor printed.
	if _, msg, status := runWith(t, wrong[:1], session, "--langfuse-host", f.URL, "--langfuse-secret-key", secretKey); status != 2 || !strings.Contains(msg, "hint: LANGFUSE_SECRET_KEY, or") {
		t.Errorf("status %d, %s", status, msg)
	}
}

// TestReal sends recorded sessions twice: every span and score is taken, and the
// second time changes nothing.
func TestReal(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(clitest.Shared(t), "corpus/agent-trace/*/*/*.ndjson"))
	if err != nil || len(files) == 0 {
		t.Skip("no recorded sessions there")
	}
	f := newFake(t)
	files = files[:min(len(files), 20)]
	run := func() int {
		_, msg, status := f.run(t, "", append([]string{"--content", "full"}, files...)...)
		if strings.Contains(msg, "accepted") || strings.Contains(msg, "cannot send") || status != 0 && !strings.Contains(msg, "not an event") {
			t.Errorf("status %d, %s", status, msg)
		}
		return len(f.spans) + len(f.scores)
	}
	if once, twice := run(), run(); once == 0 || once != twice {
		t.Errorf("%d spans and scores, then %d", once, twice)
	}
}
