package otlp

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	collogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	colmetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	coltrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"agenttrace/lib/event"
)

// newRequest returns an empty request of a signal, of the generated package.
func newRequest(s Signal) proto.Message {
	switch s {
	case Metrics:
		return &colmetrics.ExportMetricsServiceRequest{}
	case Logs:
		return &collogs.ExportLogsServiceRequest{}
	}
	return &coltrace.ExportTraceServiceRequest{}
}

// mapAll maps lines of events and returns the batches.
func mapAll(t testing.TB, o Options, lines string) []*Batch {
	t.Helper()
	var list []*Batch
	m := New(o, func(b *Batch) error { list = append(list, b); return nil })
	for line := range strings.Lines(lines) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		e, err := event.Parse([]byte(line))
		if err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if err := m.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return list
}

// check checks a batch in both encodings and returns it decoded.
func check(t testing.TB, b *Batch) proto.Message {
	t.Helper()
	wire := b.AppendProtobuf(nil)
	if len(wire) != b.Size() {
		t.Errorf("Size says %d, the request has %d bytes", b.Size(), len(wire))
	}
	want := newRequest(b.Signal)
	if err := (proto.UnmarshalOptions{DiscardUnknown: false}).Unmarshal(wire, want); err != nil {
		t.Fatalf("the protobuf is not valid: %v", err)
	}
	text, err := AppendJSON(nil, b.Signal, wire)
	if err != nil {
		t.Fatal(err)
	}
	got := fromJSON(t, b.Signal, text)
	if !proto.Equal(want, got) {
		t.Errorf("protobuf and JSON differ:\n%v\n%v", want, got)
	}
	return got
}

// fromJSON reads OTLP/JSON as strictly as it can be read: ids in hex of their
// length, enums as numbers, integers of 64 bits as strings, keys in lower camel
// case, none that is not known, no key twice.
func fromJSON(t testing.TB, s Signal, text []byte) proto.Message {
	t.Helper()
	if !utf8.Valid(text) || bytes.IndexByte(text, '\n') >= 0 {
		t.Fatalf("the JSON is not valid UTF-8 on one line: %q", text)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := strict(d, "")
	if err != nil {
		t.Fatalf("not OTLP/JSON: %v\n%s", err, text)
	}
	fixed, _ := json.Marshal(v)
	m := newRequest(s)
	if err := (protojson.UnmarshalOptions{}).Unmarshal(fixed, m); err != nil {
		t.Fatalf("not OTLP/JSON: %v\n%s", err, text)
	}
	return m
}

var (
	camel   = regexp.MustCompile(`^[a-z][a-zA-Z]*$`)
	digits  = regexp.MustCompile(`^-?[0-9]+$`)
	idBytes = map[string]int{"traceId": 16, "spanId": 8, "parentSpanId": 8}
)

// strict reads a value that stands under a key. Ids are turned into base64, which
// the generated package reads.
func strict(d *json.Decoder, key string) (any, error) {
	tok, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch tok := tok.(type) {
	case json.Delim:
		if tok == '[' {
			list := []any{}
			for d.More() {
				v, err := strict(d, key)
				if err != nil {
					return nil, err
				}
				list = append(list, v)
			}
			_, err := d.Token()
			return list, err
		}
		obj := map[string]any{}
		for d.More() {
			k, err := d.Token()
			if err != nil {
				return nil, err
			}
			name := k.(string)
			if _, twice := obj[name]; twice || !camel.MatchString(name) {
				return nil, fmt.Errorf("the key %q stands twice or is not in lower camel case", name)
			}
			if obj[name], err = strict(d, name); err != nil {
				return nil, err
			}
		}
		_, err := d.Token()
		return obj, err
	case json.Number:
		if strings.HasSuffix(key, "Nano") || key == "intValue" || key == "count" || key == "bucketCounts" || key == "asInt" {
			return nil, fmt.Errorf("%s is a number, not a string", key)
		}
	case string:
		switch {
		case idBytes[key] > 0:
			raw, err := hex.DecodeString(tok)
			if err != nil || len(raw) != idBytes[key] || tok != strings.ToLower(tok) {
				return nil, fmt.Errorf("%s is %q", key, tok)
			}
			return base64.StdEncoding.EncodeToString(raw), nil
		case key == "kind" || key == "code" || key == "severityNumber" || key == "aggregationTemporality":
			return nil, fmt.Errorf("%s is not a number", key)
		case strings.HasSuffix(key, "Nano") && !digits.MatchString(tok):
			return nil, fmt.Errorf("%s is %q", key, tok)
		}
	}
	return tok, nil
}

// spansOf checks the batches of spans and returns the spans.
func spansOf(t testing.TB, list []*Batch) []*trace.Span {
	t.Helper()
	var spans []*trace.Span
	for _, b := range list {
		m := check(t, b)
		r, ok := m.(*coltrace.ExportTraceServiceRequest)
		if !ok {
			continue
		}
		for _, rs := range r.ResourceSpans {
			for _, ss := range rs.ScopeSpans {
				if ss.SchemaUrl != Schema || ss.Scope.Name != "agent-trace" || attrsOf(rs.Resource.Attributes)["service.name"] == "" {
					t.Errorf("about: %v %v %v", ss.SchemaUrl, ss.Scope, rs.Resource)
				}
				spans = append(spans, ss.Spans...)
			}
		}
	}
	for _, s := range spans {
		checkSpan(t, s)
	}
	return spans
}

func checkSpan(t testing.TB, s *trace.Span) {
	t.Helper()
	if len(s.TraceId) != 16 || len(s.SpanId) != 8 || s.Name == "" || s.EndTimeUnixNano < s.StartTimeUnixNano {
		t.Errorf("span: %v", s)
	}
	if !inOrder(s.Attributes) {
		t.Errorf("attributes of %s are not sorted, or one is there twice: %v", s.Name, s.Attributes)
	}
	a := attrsOf(s.Attributes)
	if a["session.id"] == "" || a["gen_ai.operation.name"] == "" {
		t.Errorf("%s has no session or operation: %v", s.Name, a)
	}
	if c := s.GetStatus().GetCode(); c == trace.Status_STATUS_CODE_OK {
		t.Errorf("%s has the status OK, which is for people to set", s.Name)
	}
	for _, e := range s.Events {
		if e.Name == "" || !inOrder(e.Attributes) {
			t.Errorf("event of %s: %v", s.Name, e)
		}
	}
}

func inOrder(list []*common.KeyValue) bool {
	for i := range list {
		if i > 0 && list[i-1].Key >= list[i].Key {
			return false
		}
	}
	return true
}

// attrsOf returns attributes as text.
func attrsOf(list []*common.KeyValue) map[string]string {
	m := map[string]string{}
	for _, kv := range list {
		m[kv.Key] = valueOf(kv.Value)
	}
	return m
}

func valueOf(v *common.AnyValue) string {
	switch x := v.Value.(type) {
	case *common.AnyValue_StringValue:
		return x.StringValue
	case *common.AnyValue_IntValue:
		return fmt.Sprint(x.IntValue)
	case *common.AnyValue_BoolValue:
		return fmt.Sprint(x.BoolValue)
	case *common.AnyValue_DoubleValue:
		return fmt.Sprint(x.DoubleValue)
	case *common.AnyValue_ArrayValue:
		var list []string
		for _, e := range x.ArrayValue.Values {
			list = append(list, valueOf(e))
		}
		return fmt.Sprint(list)
	}
	return fmt.Sprint(v)
}

// spanNamed returns the span with a name.
func spanNamed(t testing.TB, spans []*trace.Span, name string) *trace.Span {
	t.Helper()
	for _, s := range spans {
		if s.Name == name {
			return s
		}
	}
	var names []string
	for _, s := range spans {
		names = append(names, s.Name)
	}
	t.Fatalf("no span %q among %q", name, names)
	return nil
}

// parse reads an event.
func parse(t testing.TB, line string) event.Event {
	t.Helper()
	e, err := event.Parse([]byte(strings.TrimSpace(line)))
	if err != nil {
		t.Fatal(err)
	}
	return e
}
