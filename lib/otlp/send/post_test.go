package send

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"agenttrace/lib/otlp"
)

// TestPost checks that what is not OTLP is sent by the rules of what is.
func TestPost(t *testing.T) {
	type answers = []func(http.ResponseWriter, *http.Request) bool
	for name, test := range map[string]struct {
		script answers
		why    string
		tries  int
	}{
		"accepted":    {nil, "", 1},
		"again":       {answers{answering(503, "", "", ""), answering(429, "Retry-After", "0", ""), cut}, "", 4},
		"refused":     {answers{answering(400, "Content-Type", "application/json", `{"message":"no trace"}`)}, "HTTP status 400: no trace", 1},
		"large":       {answers{answering(413, "", "", "")}, "HTTP status 413", 1},
		"for an hour": {answers{answering(503, "Retry-After", "3600", "")}, "HTTP status 503", 1},
	} {
		t.Run(name, func(t *testing.T) {
			n, body := 0, ""
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				n++
				b, _ := io.ReadAll(r.Body)
				body = string(b)
				if n <= len(test.script) && test.script[n-1](w, r) {
					return
				}
			}))
			defer srv.Close()
			var notes []string
			s := New(Config{RetryFor: time.Second, First: time.Millisecond, Note: func(m string) { notes = append(notes, m) }})
			target := &Target{URL: srv.URL + "/scores", Header: http.Header{}, Protocol: JSON, Timeout: time.Second, Client: NewClient(nil, false)}
			why, ok := s.Post(context.Background(), target, "a score", []byte(`{"id":"x"}`))
			if !ok || (why == "") != (test.why == "") || !strings.HasSuffix(why, test.why) || n != test.tries || body != `{"id":"x"}` {
				t.Errorf("%q, %v after %d attempts with %s", why, ok, n, body)
			}
			if test.why != "" && (s.Stats.Lost != 1 || !strings.HasPrefix(notes[len(notes)-1], "cannot send a score to "+srv.URL+"/scores: ")) {
				t.Errorf("%+v %q", s.Stats, notes)
			}
			if test.why == "" && (s.Stats.Accepted != 1 || s.Stats.Lost != 0) {
				t.Errorf("%+v", s.Stats)
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := New(Config{First: time.Millisecond})
	if why, ok := s.Post(ctx, &Target{URL: "http://127.0.0.1:1/", Header: http.Header{}, Protocol: JSON, Client: NewClient(nil, false)}, "a score", nil); ok || why != "" || s.Stats.Lost != 0 {
		t.Errorf("%q, %v, %+v", why, ok, s.Stats)
	}
}

func TestLetters(t *testing.T) {
	name := filepath.Join(t.TempDir(), "dead.jsonl")
	for range 2 { // what is there stays
		l := &Letters{Name: name}
		for _, err := range []error{l.Line([]byte(`{"id":1}`)), l.Batch(batch(t, 1)), l.Close()} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	text, err := os.ReadFile(name)
	lines := strings.SplitAfter(string(text), "\n")
	if err != nil || len(lines) != 5 || lines[0] != "{\"id\":1}\n" || !strings.HasPrefix(lines[1], `{"resourceSpans":`) || lines[2] != lines[0] {
		t.Errorf("%v: %q", err, lines)
	}
	if info, _ := os.Stat(name); info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	none := &Letters{}
	if err := none.Line([]byte("x")); err != nil || none.Close() != nil {
		t.Errorf("%v", err)
	}
	bad := &Letters{Name: filepath.Join(name, "x")}
	if err := bad.Line([]byte("x")); err == nil || !strings.Contains(err.Error(), "cannot write what is not accepted") {
		t.Errorf("%v", err)
	}
}

func TestResource(t *testing.T) {
	for _, test := range []struct{ name, attributes, want string }{
		{"", "", " []"},
		{"", "a=1,service.name=x,b=%20", "x [{a 1} {b  }]"},
		{"y", "a=1,service.name=x", "y [{a 1}]"},
		{"y", "a", "y [] OTEL_RESOURCE_ATTRIBUTES is not a list of key=value: the pair 1"},
	} {
		service, list, err := Resource(func(k string) string {
			return map[string]string{"OTEL_SERVICE_NAME": test.name, "OTEL_RESOURCE_ATTRIBUTES": test.attributes}[k]
		})
		if list == nil {
			list = []otlp.KeyValue{}
		}
		got := fmt.Sprint(service, " ", list)
		if err != nil {
			got += " " + err.Error()
		}
		if got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}
