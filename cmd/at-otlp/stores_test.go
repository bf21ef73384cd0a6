package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"agenttrace/lib/otlp/send"
)

// jaegerConfig is all that Jaeger needs: OTLP in, memory, the query API. Its
// verbs are four addresses.
const jaegerConfig = `
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: {receivers: [otlp], exporters: [jaeger_storage_exporter]}
  telemetry: {metrics: {level: none}, logs: {level: error}}
extensions:
  jaeger_storage: {backends: {some: {memory: {max_traces: 1000}}}}
  jaeger_query: {storage: {traces: some}, http: {endpoint: %q}, grpc: {endpoint: %q}}
receivers:
  otlp: {protocols: {grpc: {endpoint: %q}, http: {endpoint: %q}}}
exporters:
  jaeger_storage_exporter: {trace_storage: some}
`

// TestJaeger sends recorded sessions to Jaeger, each of them three times, and reads
// their traces back: the tree is that which was sent, once.
func TestJaeger(t *testing.T) {
	path := store(t, "jaeger-*")
	query, queryGRPC, grpc, web := free(t), free(t), free(t), free(t)
	config := filepath.Join(t.TempDir(), "jaeger.yaml")
	if err := os.WriteFile(config, fmt.Appendf(nil, jaegerConfig, query, queryGRPC, grpc, web), 0o600); err != nil {
		t.Fatal(err)
	}
	launch(t, exec.Command(path, "--config", config), query, grpc, web)
	for _, r := range recordings(t) {
		for _, protocol := range []string{send.Protobuf, send.JSON, send.GRPC} {
			endpoint := "http://" + web
			if protocol == send.GRPC {
				endpoint = "http://" + grpc
			}
			if _, msg, status := runIt(t, r.events, "--endpoint", endpoint, "--protocol", protocol); status != 0 || msg != "" {
				t.Fatalf("%s, %s: status %d, %s", r.name, protocol, status, msg)
			}
		}
		_, rest, _ := strings.Cut(r.tree, "trace ")
		id, _, _ := strings.Cut(rest, ",")
		var answer struct{ Result json.RawMessage }
		body := get(t, "http://"+query+"/api/v3/traces/"+id)
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		if got := draw(t, jaegerSpans(t, answer.Result)); got != r.tree {
			t.Errorf("%s: Jaeger tells another tree than that of testdata/trees:\n%s", r.name, got)
		}
	}
	if body := get(t, "http://"+query+"/api/v3/services"); !strings.Contains(string(body), `"agent-trace"`) {
		t.Errorf("the services: %s", body)
	}
}

// jaegerSpans returns the spans of an answer, in which each may have resource
// and scope of its own.
func jaegerSpans(t *testing.T, text []byte) (list []any) {
	t.Helper()
	var all struct {
		ResourceSpans []struct {
			ScopeSpans []struct{ Spans []any }
		}
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	for _, r := range all.ResourceSpans {
		for _, s := range r.ScopeSpans {
			list = append(list, s.Spans...)
		}
	}
	for _, x := range list {
		unwarn(x.(map[string]any))
	}
	return list
}

// unwarn takes the warnings of Jaeger's query API back: it tells a span without a
// length as one of a nanosecond, and the children of such a span as skewed.
func unwarn(s map[string]any) {
	attrs, _ := s["attributes"].([]any)
	for i, x := range attrs {
		kv := x.(map[string]any)
		if kv["key"] != "@jaeger@warnings" {
			continue
		}
		if strings.Contains(fmt.Sprint(kv["value"]), "Negative duration detected") {
			s["endTimeUnixNano"] = s["startTimeUnixNano"]
		}
		s["attributes"] = slices.Delete(attrs, i, i+1)
		return
	}
}

// TestVictoria sends the metrics of recorded sessions to VictoriaMetrics and
// reads them back.
func TestVictoria(t *testing.T) {
	path := store(t, "victoria-metrics-*")
	addr := free(t)
	launch(t, exec.Command(path, "-storageDataPath", t.TempDir(), "-httpListenAddr", addr, "-loggerLevel", "FATAL", "-retentionPeriod", "100y"), addr)
	for _, r := range recordings(t) {
		args := []string{"--signals", "metrics", "--also", "claude-code", "--metrics-time", "now"}
		out, _, _ := runIt(t, r.events, append(args, "--stdout")...)
		want := points(t, out)
		if len(want) < 10 {
			t.Fatalf("%s: %d points", r.name, len(want))
		}
		for range 2 { // again, it is the same
			_, msg, status := runIt(t, r.events, append(args, "--metrics-endpoint", "http://"+addr+"/opentelemetry/v1/metrics")...)
			if status != 0 || msg != "" {
				t.Fatalf("%s: status %d, %s", r.name, status, msg)
			}
			var got map[string]float64
			for range 100 { // it shows new series after a while
				if got = exported(t, addr); has(got, want) {
					break
				}
				time.Sleep(100 * time.Millisecond)
			}
			for k, v := range want {
				if have, ok := got[k]; !ok || math.Abs(have-v) > 1e-9*math.Abs(v) {
					t.Errorf("%s: %s is %v, want %v", r.name, k, have, v)
				}
			}
		}
	}
}

// has reports whether the one holds all that is in the other, as near as a store
// of decimal numbers keeps them.
func has(got, want map[string]float64) bool {
	for k, v := range want {
		if have, ok := got[k]; !ok || math.Abs(have-v) > 1e-9*math.Abs(v) {
			return false
		}
	}
	return true
}

// exported returns the last values of all series in VictoriaMetrics, but for the
// buckets of histograms.
func exported(t *testing.T, addr string) map[string]float64 {
	t.Helper()
	get(t, "http://"+addr+"/internal/force_flush")
	all := map[string]float64{}
	for line := range strings.Lines(string(get(t, "http://"+addr+"/api/v1/export?match[]="+url.QueryEscape(`{__name__!=""}`)))) {
		var x struct {
			Metric map[string]string
			Values []float64
		}
		if err := json.Unmarshal([]byte(line), &x); err != nil {
			t.Fatal(err)
		}
		if _, ok := x.Metric["le"]; !ok {
			all[series(x.Metric)] = x.Values[len(x.Values)-1]
		}
	}
	return all
}

// points returns the values of metrics in OTLP/JSON, as a store names them: a
// histogram is its count and its sum.
func points(t *testing.T, text string) map[string]float64 {
	t.Helper()
	all := map[string]float64{}
	for _, x := range items(t, text) {
		m := x.(map[string]any)
		for _, kind := range []string{"gauge", "sum", "histogram"} {
			data, ok := m[kind].(map[string]any)
			if !ok {
				continue
			}
			for _, x := range data["dataPoints"].([]any) {
				p := x.(map[string]any)
				labels := map[string]string{"job": "agent-trace"}
				for _, x := range p["attributes"].([]any) {
					kv := x.(map[string]any)
					for _, v := range kv["value"].(map[string]any) {
						labels[kv["key"].(string)] = fmt.Sprint(v)
					}
				}
				set := func(suffix string, v any) {
					labels["__name__"] = m["name"].(string) + suffix
					var n float64
					fmt.Sscan(fmt.Sprint(v), &n)
					all[series(labels)] = n
				}
				if kind == "histogram" {
					set("_count", p["count"])
					set("_sum", p["sum"])
				} else {
					set("", p["asDouble"])
				}
			}
		}
	}
	return all
}

// series names a series by its labels. Those of the resource are not told apart.
func series(labels map[string]string) string {
	var b strings.Builder
	b.WriteString(labels["__name__"])
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		if k != "__name__" && k != "job" && k != "service.name" {
			fmt.Fprintf(&b, " %s=%s", k, labels[k])
		}
	}
	return b.String()
}

// store returns the program of a store in the folder that AT_OTLP_RECEIVERS
// names, and skips the test if it is not there.
func store(t *testing.T, pattern string) string {
	t.Helper()
	dir := os.Getenv("AT_OTLP_RECEIVERS")
	list, _ := filepath.Glob(filepath.Join(dir, pattern))
	if dir == "" || len(list) == 0 {
		t.Skipf("there is no %s in AT_OTLP_RECEIVERS: make receivers builds it", pattern)
	}
	return list[len(list)-1]
}

// launch starts a program and waits until it listens.
func launch(t *testing.T, cmd *exec.Cmd, addrs ...string) {
	t.Helper()
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for _, a := range addrs {
		up(t, a)
	}
}

func get(t *testing.T, address string) []byte {
	t.Helper()
	client := http.Client{Timeout: 20 * time.Second}
	resp, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v: %s", address, resp.StatusCode, err, body)
	}
	return body
}
