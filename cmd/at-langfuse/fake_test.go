package main

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	coltrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// The keys of the project of the fake.
const (
	publicKey = "pk-lf-test"
	secretKey = "sk-lf-hunter2"
)

// A span is what the fake keeps of one.
type span struct {
	trace, parent, name string
	attrs               map[string]string
	resource            map[string]string
}

// A fake is a Langfuse: it takes spans and scores as the API does, by id.
type fake struct {
	*httptest.Server
	mu     sync.Mutex
	spans  map[string]*span
	scores map[string]map[string]any
	agents map[string]bool // User-Agent headers
	n      map[string]int  // requests by path

	// fault answers a request in the place of the fake, if it wants to. n counts
	// the requests of the path, from 1.
	fault func(w http.ResponseWriter, r *http.Request, n int) bool
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{spans: map[string]*span{}, scores: map[string]map[string]any{}, agents: map[string]bool{}, n: map[string]int{}}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n[r.URL.Path]++
	f.agents[r.UserAgent()] = true
	body, err := read(r)
	if f.fault != nil && f.fault(w, r, f.n[r.URL.Path]) {
		return
	}
	w.Header().Set("Content-Type", "application/json")
	user, pass, ok := r.BasicAuth()
	switch {
	case !ok || user != publicKey || pass != secretKey:
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, `{"message":"Invalid credentials. Confirm that you've configured the correct host."}`)
		return
	case r.Method != http.MethodPost:
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	case err != nil:
	case r.URL.Path == "/api/public/otel/v1/traces":
		err = f.takeSpans(r, body)
	case r.URL.Path == "/api/public/scores":
		err = f.takeScore(r, body)
	default:
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		json.NewEncoder(w).Encode(map[string]string{"message": "Invalid request data", "error": err.Error()})
		return
	}
	io.WriteString(w, `{}`)
}

func read(r *http.Request) ([]byte, error) {
	var in io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, err
		}
		in = z
	}
	return io.ReadAll(in)
}

func (f *fake) takeSpans(r *http.Request, body []byte) error {
	if v := r.Header.Get("x-langfuse-ingestion-version"); v != "4" {
		return fmt.Errorf("ingestion version %q", v)
	}
	var req coltrace.ExportTraceServiceRequest
	switch r.Header.Get("Content-Type") {
	case "application/x-protobuf":
		if err := proto.Unmarshal(body, &req); err != nil {
			return err
		}
	case "application/json":
		// protojson wants bytes in base64 where OTLP has hexadecimal digits: only
		// the count is looked at.
		if !bytes.Contains(body, []byte(`"resourceSpans"`)) {
			return errors.New("no resourceSpans")
		}
		if err := protojson.Unmarshal(body, &req); err != nil {
			return err
		}
	default:
		return errors.New("content type")
	}
	for _, rs := range req.ResourceSpans {
		resource := map[string]string{}
		for _, kv := range rs.Resource.GetAttributes() {
			resource[kv.Key] = kv.Value.GetStringValue()
		}
		for _, ss := range rs.ScopeSpans {
			if strings.Contains(ss.Scope.GetName(), "langfuse") {
				return errors.New("the scope is that of an SDK")
			}
			for _, s := range ss.Spans {
				if len(s.TraceId) == 0 || len(s.SpanId) == 0 {
					return errors.New("a span without ids")
				}
				x := &span{hex.EncodeToString(s.TraceId), hex.EncodeToString(s.ParentSpanId), s.Name, map[string]string{}, resource}
				for _, kv := range s.Attributes {
					x.attrs[kv.Key] = strings.TrimSpace(kv.Value.GetStringValue())
					if list := kv.Value.GetArrayValue(); list != nil {
						x.attrs[kv.Key] = list.Values[0].GetStringValue()
					}
				}
				f.spans[hex.EncodeToString(s.SpanId)] = x
			}
		}
	}
	return nil
}

func (f *fake) takeScore(r *http.Request, body []byte) error {
	if r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Content-Encoding") != "" {
		return errors.New("not plain JSON")
	}
	var x map[string]any
	if err := json.Unmarshal(body, &x); err != nil {
		return err
	}
	for _, key := range []string{"id", "traceId", "name", "dataType"} {
		if s, _ := x[key].(string); s == "" {
			return fmt.Errorf("no %s", key)
		}
	}
	v := x["value"]
	n, number := v.(float64)
	s, text := v.(string)
	switch x["dataType"] {
	case "NUMERIC":
		if !number {
			return errors.New("the value is no number")
		}
	case "BOOLEAN":
		if !number || n != 0 && n != 1 {
			return errors.New("the value is neither 0 nor 1")
		}
	case "CATEGORICAL":
		if !text || s == "" || len([]rune(s)) > 500 {
			return errors.New("the value is no text of 1 to 500 characters")
		}
	default:
		return errors.New("the data type is not known")
	}
	f.scores[x["id"].(string)] = x
	return nil
}

// score returns the score with a name; there must be one.
func (f *fake) score(t *testing.T, name string) map[string]any {
	t.Helper()
	var found []map[string]any
	for _, x := range f.scores {
		if x["name"] == name {
			found = append(found, x)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d scores with the name %s: %v", len(found), name, f.scores)
	}
	return found[0]
}

// settle waits for the request that is being answered. The command is another
// process: what the fake has taken from it is the test's to read from then on.
func (f *fake) settle() {
	f.mu.Lock()
	defer f.mu.Unlock()
}

func (f *fake) spanCount() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.spans)
}

// heal ends the fault.
func (f *fake) heal() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = nil
}

// run runs the command, which is this test binary under its name, against the
// fake.
func (f *fake) run(t *testing.T, in string, args ...string) (out, msg string, status int) {
	t.Helper()
	f.settle()
	defer f.settle()
	return runWith(t, []string{"LANGFUSE_HOST=" + f.URL + "/", "LANGFUSE_PUBLIC_KEY=" + publicKey, "LANGFUSE_SECRET_KEY=" + secretKey}, in, args...)
}

func runWith(t *testing.T, env []string, in string, args ...string) (out, msg string, status int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "at-langfuse")
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, append([]string{"--first-retry", "5ms"}, args...)...)
	cmd.Env = env
	cmd.Stdin = strings.NewReader(in)
	var o, e bytes.Buffer
	cmd.Stdout, cmd.Stderr = &o, &e
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if all := o.String() + e.String(); strings.Contains(all, "hunter2") || strings.Contains(all, publicKey) {
		t.Errorf("a key is printed: %s", all)
	}
	return o.String(), e.String(), cmd.ProcessState.ExitCode()
}
