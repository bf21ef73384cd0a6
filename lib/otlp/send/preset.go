package send

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"

	"agenttrace/lib/otlp"
)

// A Preset is what a service needs. In its texts, {NAME} is the value of an
// environment variable, which must be set, and {NAME:text} has a default.
type Preset struct {
	Base    string                 // the address to which /v1/traces is added
	URLs    map[otlp.Signal]string // whole addresses, where the service has its own
	Only    []otlp.Signal          // what it takes; nil means everything
	Headers [][2]string
	Basic   [2]string // user and password of basic authentication

	Protocol string
	MaxBytes int // of a request
	Delta    bool
	Also     []string
}

// Presets are the services that --to knows. Addresses, headers and limits are
// those of the vendors' manuals.
var Presets = map[string]Preset{
	"collector": {Base: "http://localhost:4318"},
	"jaeger":    {Base: "http://localhost:4318", Only: []otlp.Signal{otlp.Traces}},
	"tempo":     {Base: "http://localhost:4318", Only: []otlp.Signal{otlp.Traces}},
	"phoenix":   {Base: "http://localhost:6006", Only: []otlp.Signal{otlp.Traces}, Also: []string{"openinference"}},
	// The agent of Datadog on this machine, and its intake. The intake of logs
	// (http-intake.logs) does not take traces.
	"datadog-agent": {Base: "http://localhost:4318"},
	"datadog": {
		Base:     "https://otlp.{DD_SITE:datadoghq.com}",
		Headers:  [][2]string{{"dd-api-key", "{DD_API_KEY}"}},
		MaxBytes: 3_000_000, Delta: true,
	},
	"datadog-llm": {
		Base:     "https://otlp.{DD_SITE:datadoghq.com}",
		Only:     []otlp.Signal{otlp.Traces},
		Headers:  [][2]string{{"dd-api-key", "{DD_API_KEY}"}, {"dd-otlp-source", "llmobs"}},
		MaxBytes: 3_000_000,
	},
	"honeycomb": {
		Base:    "https://{HONEYCOMB_HOST:api.honeycomb.io}",
		Headers: [][2]string{{"x-honeycomb-team", "{HONEYCOMB_API_KEY}"}, {"x-honeycomb-dataset", "{HONEYCOMB_DATASET:}"}},
	},
	"newrelic": {
		Base:     "https://{NEW_RELIC_OTLP_HOST:otlp.nr-data.net}",
		Headers:  [][2]string{{"api-key", "{NEW_RELIC_LICENSE_KEY}"}},
		MaxBytes: 900_000, Delta: true,
	},
	"splunk": {
		URLs: map[otlp.Signal]string{
			otlp.Traces:  "https://ingest.{SPLUNK_REALM}.observability.splunkcloud.com/v2/trace/otlp",
			otlp.Metrics: "https://ingest.{SPLUNK_REALM}.observability.splunkcloud.com/v2/datapoint/otlp",
		},
		Only:    []otlp.Signal{otlp.Traces, otlp.Metrics},
		Headers: [][2]string{{"X-SF-Token", "{SPLUNK_ACCESS_TOKEN}"}},
	},
	"grafana": {
		Base:  "https://otlp-gateway-{GRAFANA_REGION}.grafana.net/otlp",
		Basic: [2]string{"{GRAFANA_INSTANCE_ID}", "{GRAFANA_API_TOKEN}"},
	},
	"langfuse": {
		Base:    "{LANGFUSE_HOST:https://cloud.langfuse.com}/api/public/otel",
		Only:    []otlp.Signal{otlp.Traces},
		Headers: [][2]string{{"x-langfuse-ingestion-version", "4"}},
		Basic:   [2]string{"{LANGFUSE_PUBLIC_KEY}", "{LANGFUSE_SECRET_KEY}"},
		Also:    []string{"langfuse"},
	},
	"prometheus":      {URLs: map[otlp.Signal]string{otlp.Metrics: "http://localhost:9090/api/v1/otlp/v1/metrics"}, Only: []otlp.Signal{otlp.Metrics}},
	"victoriametrics": {URLs: map[otlp.Signal]string{otlp.Metrics: "http://localhost:8428/opentelemetry/v1/metrics"}, Only: []otlp.Signal{otlp.Metrics}},
}

var variable = regexp.MustCompile(`\{([A-Z][A-Z0-9_]*)(:[^{}]*)?\}`)

// fill replaces {NAME} in a text.
func fill(text string, getenv func(string) string) (string, error) {
	var err error
	out := variable.ReplaceAllStringFunc(text, func(v string) string {
		m := variable.FindStringSubmatch(v)
		value := strings.TrimSpace(getenv(m[1]))
		if m[1] == "LANGFUSE_HOST" && value == "" {
			value = strings.TrimSpace(getenv("LANGFUSE_BASE_URL"))
		}
		switch {
		case value != "":
			return strings.TrimRight(value, "/")
		case m[2] != "":
			return m[2][1:]
		case err == nil:
			err = fmt.Errorf("the environment variable %s is not set", m[1])
		}
		return ""
	})
	return out, err
}

// headers returns the headers of the preset.
func (p *Preset) headers(getenv func(string) string) ([][2]string, error) {
	var list [][2]string
	for _, h := range p.Headers {
		v, err := fill(h[1], getenv)
		if err != nil {
			return nil, err
		}
		if v != "" {
			list = append(list, [2]string{h[0], v})
		}
	}
	if p.Basic[0] == "" {
		return list, nil
	}
	pair, err := fill(p.Basic[0]+":"+p.Basic[1], getenv)
	if err != nil {
		return nil, err
	}
	return append(list, [2]string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))}), nil
}
