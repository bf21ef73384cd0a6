package send

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"agenttrace/lib/otlp"
)

// from returns settings with an environment.
func from(env map[string]string, s Settings) *Settings {
	s.Getenv = func(k string) string { return env[k] }
	s.ReadFile = func(string) ([]byte, error) { return []byte("from a file\n"), nil }
	return &s
}

func TestAddress(t *testing.T) {
	const general, traces = "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	tests := []struct {
		env  map[string]string
		s    Settings
		sig  otlp.Signal
		want string
	}{
		{nil, Settings{}, otlp.Traces, "http://localhost:4318/v1/traces"},
		{nil, Settings{Protocol: GRPC}, otlp.Traces, "http://localhost:4317"},
		{nil, Settings{Endpoint: "http://c:4318"}, otlp.Logs, "http://c:4318/v1/logs"},
		{nil, Settings{Endpoint: "http://c:4318/"}, otlp.Traces, "http://c:4318/v1/traces"},
		{nil, Settings{Endpoint: "https://c/otlp"}, otlp.Metrics, "https://c/otlp/v1/metrics"},
		// The path of a signal is not added twice, and is that of the signal.
		{nil, Settings{Endpoint: "http://c:4318/v1/traces"}, otlp.Traces, "http://c:4318/v1/traces"},
		{nil, Settings{Endpoint: "http://c:4318/v1/traces/"}, otlp.Metrics, "http://c:4318/v1/metrics"},
		{nil, Settings{Endpoint: "localhost:4318"}, otlp.Traces, "http://localhost:4318/v1/traces"},
		{nil, Settings{Endpoint: "c.example:4318"}, otlp.Traces, "https://c.example:4318/v1/traces"},
		{nil, Settings{Endpoint: "c.example:4317", Protocol: GRPC}, otlp.Traces, "https://c.example:4317"},
		{map[string]string{general: "http://g:1/x"}, Settings{}, otlp.Traces, "http://g:1/x/v1/traces"},
		// That of a signal is taken as it is.
		{map[string]string{general: "http://g:1", traces: "https://i/v2/trace/otlp"}, Settings{}, otlp.Traces, "https://i/v2/trace/otlp"},
		{map[string]string{traces: "https://i"}, Settings{}, otlp.Traces, "https://i/"},
		{map[string]string{general: "http://g:1", traces: "https://i/x"}, Settings{}, otlp.Logs, "http://g:1/v1/logs"},
		{map[string]string{general: "http://g:1", traces: "https://i/x"}, Settings{Endpoint: "http://flag"}, otlp.Traces, "http://flag/v1/traces"},
		{nil, Settings{Endpoint: "http://flag", Exact: map[otlp.Signal]string{otlp.Traces: "http://exact/p"}}, otlp.Traces, "http://exact/p"},
		{map[string]string{general: "http://other", "DD_API_KEY": "k"}, Settings{To: "datadog"}, otlp.Traces, "https://otlp.datadoghq.com/v1/traces"},
		{map[string]string{"DD_SITE": "us5.datadoghq.com", "DD_API_KEY": "k"}, Settings{To: "datadog"}, otlp.Metrics, "https://otlp.us5.datadoghq.com/v1/metrics"},
		{map[string]string{"SPLUNK_REALM": "us1", "SPLUNK_ACCESS_TOKEN": "k"}, Settings{To: "splunk"}, otlp.Traces, "https://ingest.us1.observability.splunkcloud.com/v2/trace/otlp"},
		{map[string]string{"SPLUNK_REALM": "us1", "SPLUNK_ACCESS_TOKEN": "k"}, Settings{To: "splunk"}, otlp.Metrics, "https://ingest.us1.observability.splunkcloud.com/v2/datapoint/otlp"},
		{map[string]string{"LANGFUSE_BASE_URL": "https://lf.example/", "LANGFUSE_PUBLIC_KEY": "p", "LANGFUSE_SECRET_KEY": "s"}, Settings{To: "langfuse"}, otlp.Traces, "https://lf.example/api/public/otel/v1/traces"},
		{map[string]string{"GRAFANA_REGION": "prod-eu-west-2", "GRAFANA_INSTANCE_ID": "1", "GRAFANA_API_TOKEN": "t"}, Settings{To: "grafana"}, otlp.Logs, "https://otlp-gateway-prod-eu-west-2.grafana.net/otlp/v1/logs"},
	}
	for _, test := range tests {
		got, err := from(test.env, test.s).Target(test.sig)
		if err != nil || got.URL != test.want {
			t.Errorf("%v %+v: %v, %v; want %s", test.env, test.s, got, err, test.want)
		}
	}
}

// TestPresets checks that every preset is whole, once its variables are set.
func TestPresets(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(Presets)) {
		p := Presets[name]
		for _, sig := range otlp.Signals {
			s := from(nil, Settings{To: name})
			s.Getenv = func(k string) string {
				if k == "LANGFUSE_HOST" || strings.HasPrefix(k, "OTEL_") {
					return ""
				}
				return "value"
			}
			got, err := s.Target(sig)
			if takes := p.Only == nil || slices.Contains(p.Only, sig); takes != (err == nil) {
				t.Errorf("%s, %v: %v", name, sig, err)
				continue
			}
			if err == nil && (strings.ContainsAny(got.URL, "{}") || strings.Contains(got.URL, "http-intake")) {
				t.Errorf("%s: %s", name, got.URL)
			}
		}
		if len(p.Headers) > 0 || p.Basic[0] != "" {
			if _, err := from(nil, Settings{To: name}).Target(otlp.Traces); err == nil || !strings.Contains(err.Error(), "is not set") {
				t.Errorf("%s without credentials: %v", name, err)
			}
		}
	}
}

func TestHeaderSettings(t *testing.T) {
	env := map[string]string{
		"OTEL_EXPORTER_OTLP_HEADERS": "a=1%202,b=x", "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "b=y", "KEY": "k3y",
	}
	got, err := from(env, Settings{Headers: []string{"c: v", "d=w", "e: Bearer ${KEY}", "f=@file"}}).Target(otlp.Traces)
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range map[string]string{"A": "1 2", "B": "y", "C": "v", "D": "w", "E": "Bearer k3y", "F": "from a file"} {
		if got.Header.Get(k) != want {
			t.Errorf("%s is %q, want %q", k, got.Header.Get(k), want)
		}
	}
	// Headers for another endpoint do not go to a service.
	env["HONEYCOMB_API_KEY"] = "hc"
	if got, err = from(env, Settings{To: "honeycomb"}).Target(otlp.Traces); err != nil || got.Header.Get("A") != "" || got.Header.Get("X-Honeycomb-Team") != "hc" || got.Header.Get("X-Honeycomb-Dataset") != "" {
		t.Errorf("%v %v", got.Header, err)
	}
	for _, bad := range []string{"no-value", ": v", "a b: c", "a: x\ny", "a: ${NO_SUCH}"} {
		if _, err := from(env, Settings{Headers: []string{bad}}).Target(otlp.Traces); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if _, err := from(map[string]string{"OTEL_EXPORTER_OTLP_HEADERS": "api-key hunter2"}, Settings{}).Target(otlp.Traces); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a header that is wrong: %v", err)
	}
}

func TestOtherSettings(t *testing.T) {
	env := map[string]string{
		"OTEL_EXPORTER_OTLP_PROTOCOL": "http/json", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc",
		"OTEL_EXPORTER_OTLP_TIMEOUT": "2500", "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
	}
	a, err := from(env, Settings{}).Target(otlp.Traces)
	b, err2 := from(env, Settings{Gzip: "gzip", Timeout: time.Second}).Target(otlp.Logs)
	if err != nil || err2 != nil || a.Protocol != GRPC || a.Timeout != 2500*time.Millisecond || a.Gzip || b.Protocol != JSON || b.Timeout != time.Second || !b.Gzip {
		t.Errorf("%+v %+v %v %v", a, b, err, err2)
	}
	env["DD_API_KEY"] = "k"
	if d, err := from(env, Settings{To: "datadog"}).Target(otlp.Traces); err != nil || d.Protocol != Protobuf {
		t.Errorf("the protocol of another endpoint: %+v %v", d, err)
	}
	for k, v := range map[string]string{"PROTOCOL": "http", "TIMEOUT": "10s", "COMPRESSION": "zstd", "ENDPOINT": "ftp://x"} {
		if _, err := from(map[string]string{"OTEL_EXPORTER_OTLP_" + k: v}, Settings{}).Target(otlp.Traces); err == nil {
			t.Errorf("%s=%s is taken", k, v)
		}
	}
	if from(nil, Settings{}).Wanted(otlp.Signals) || !from(map[string]string{"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://x"}, Settings{}).Wanted(otlp.Signals) ||
		from(map[string]string{"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": "http://x"}, Settings{}).Wanted([]otlp.Signal{otlp.Traces}) {
		t.Error("Wanted is wrong")
	}
}

func TestPairs(t *testing.T) {
	got, err := Pairs("a=1, b=x%2Cy ,c=")
	if want := []otlp.KeyValue{{Key: "a", Value: "1"}, {Key: "b", Value: "x,y"}, {Key: "c"}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%v %v", got, err)
	}
	for _, bad := range []string{"a", "a=1,b", "=1", "a=%zz"} {
		if _, err := Pairs(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestSpool(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "spool")
	s, err := OpenSpool(dir, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 3; n++ {
		if err := s.Put(batch(t, n)); err != nil {
			t.Fatal(err)
		}
	}
	os.WriteFile(filepath.Join(dir, ".new-000000000009-traces.pb"), []byte("torn"), 0o600)
	os.WriteFile(filepath.Join(dir, "README"), []byte("not ours"), 0o600)
	if s, err = OpenSpool(dir, 100_000); err != nil || s.Len() != 3 {
		t.Fatalf("%d requests after it was opened again, %v", s.Len(), err)
	}
	for n := 1; n <= 3; n++ {
		name, list, err := s.First()
		if err != nil || len(list) != 1 || list[0].Len() != n+1 || string(list[0].AppendProtobuf(nil)) != string(batch(t, n).AppendProtobuf(nil)) {
			t.Fatalf("%s: %d batches, %v", name, len(list), err)
		}
		s.Remove(name)
	}
	if name, _, _ := s.First(); name != "" || s.Len() != 0 || s.size != 0 {
		t.Errorf("%q is left, %d bytes", name, s.size)
	}
	s.Max = 10
	if err := s.Put(batch(t, 1)); !errors.Is(err, ErrFull) {
		t.Errorf("a full spool: %v", err)
	}
	if info, _ := os.Stat(dir); info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v", info.Mode())
	}
}
