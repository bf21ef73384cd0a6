package send

import (
	"context"
	"encoding/hex"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	collogs "go.opentelemetry.io/proto/otlp/collector/logs/v1"
	colmetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	coltrace "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	_ "google.golang.org/grpc/encoding/gzip" // what the requests are compressed with
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"agenttrace/lib/event"
	"agenttrace/lib/otlp"
)

// A grpcReceiver is a server of the gRPC library itself.
type grpcReceiver struct {
	coltrace.UnimplementedTraceServiceServer
	mu       sync.Mutex
	answers  []error // each for one request
	rejected int64
	spans    map[string]int
	requests int
	header   metadata.MD
	url      string

	metrics, logs int
}

func newGRPC(t *testing.T, opts ...grpc.ServerOption) *grpcReceiver {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	rc := &grpcReceiver{spans: map[string]int{}, url: "http://" + l.Addr().String()}
	s := grpc.NewServer(opts...)
	coltrace.RegisterTraceServiceServer(s, rc)
	colmetrics.RegisterMetricsServiceServer(s, metricsReceiver{rc: rc})
	collogs.RegisterLogsServiceServer(s, logsReceiver{rc: rc})
	go s.Serve(l)
	t.Cleanup(s.Stop)
	return rc
}

type metricsReceiver struct {
	colmetrics.UnimplementedMetricsServiceServer
	rc *grpcReceiver
}

func (m metricsReceiver) Export(_ context.Context, r *colmetrics.ExportMetricsServiceRequest) (*colmetrics.ExportMetricsServiceResponse, error) {
	m.rc.metrics += len(r.ResourceMetrics[0].ScopeMetrics[0].Metrics)
	return &colmetrics.ExportMetricsServiceResponse{}, nil
}

type logsReceiver struct {
	collogs.UnimplementedLogsServiceServer
	rc *grpcReceiver
}

func (l logsReceiver) Export(_ context.Context, r *collogs.ExportLogsServiceRequest) (*collogs.ExportLogsServiceResponse, error) {
	l.rc.logs += len(r.ResourceLogs[0].ScopeLogs[0].LogRecords)
	return &collogs.ExportLogsServiceResponse{}, nil
}

func (rc *grpcReceiver) Export(ctx context.Context, req *coltrace.ExportTraceServiceRequest) (*coltrace.ExportTraceServiceResponse, error) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	rc.header, _ = metadata.FromIncomingContext(ctx)
	rc.requests++
	if n := rc.requests - 1; n < len(rc.answers) && rc.answers[n] != nil {
		return nil, rc.answers[n]
	}
	for _, rs := range req.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			for _, s := range ss.Spans {
				rc.spans[hex.EncodeToString(s.SpanId)]++
			}
		}
	}
	r := &coltrace.ExportTraceServiceResponse{}
	if rc.rejected > 0 {
		r.PartialSuccess = &coltrace.ExportTracePartialSuccess{RejectedSpans: rc.rejected, ErrorMessage: "too old"}
	}
	return r, nil
}

func overGRPC(url string, gzip bool) func(*Target, *Config) {
	return func(x *Target, c *Config) {
		x.URL, x.Protocol, x.Gzip, x.Client = url, GRPC, gzip, NewClient(nil, true)
		x.Header.Set("api-key", "k")
		c.RetryFor = 5 * time.Second
	}
}

func TestGRPC(t *testing.T) {
	for _, gzip := range []bool{false, true} {
		rc := newGRPC(t)
		r := deliver(t, batch(t, 5), overGRPC(rc.url, gzip), "")
		if len(rc.spans) != 6 || r.stats.Accepted != 6 || len(rc.header["api-key"]) != 1 {
			t.Errorf("gzip %v: %d spans, %+v, %q, %v", gzip, len(rc.spans), r.stats, r.notes, rc.header)
		}
	}
}

// TestGRPCSignals sends all the signals.
func TestGRPCSignals(t *testing.T) {
	rc := newGRPC(t)
	s := New(Config{Targets: map[otlp.Signal]*Target{}, RetryFor: time.Second})
	for _, sig := range otlp.Signals {
		s.Targets[sig] = &Target{URL: rc.url, Protocol: GRPC, Header: http.Header{}, Client: NewClient(nil, true)}
	}
	m := otlp.New(otlp.Options{Signals: otlp.Signals}, func(b *otlp.Batch) error {
		_, err := s.Send(t.Context(), b)
		return err
	})
	e, err := event.Parse([]byte(`{"event_type":"user_prompt","timestamp":1,"event_id":"a","session_id":"s","data":{"prompt":"x"}}`))
	if err != nil {
		t.Fatal(err)
	}
	m.Add(e)
	m.Close()
	if len(rc.spans) != 1 || rc.metrics == 0 || rc.logs != 1 || s.Stats.Lost != 0 {
		t.Errorf("%d spans, %d metrics, %d logs, %+v", len(rc.spans), rc.metrics, rc.logs, s.Stats)
	}
}

// TestGRPCCodes checks which statuses are tried again.
func TestGRPCCodes(t *testing.T) {
	retried := map[codes.Code]bool{
		codes.Canceled: true, codes.DeadlineExceeded: true, codes.Aborted: true, codes.OutOfRange: true,
		codes.Unavailable: true, codes.DataLoss: true,
	}
	for c := codes.Canceled; c <= codes.Unauthenticated; c++ {
		rc := newGRPC(t)
		rc.answers = []error{status.Error(c, "no; 50% of it")}
		r := deliver(t, batch(t, 1), overGRPC(rc.url, true), "")
		if want := retried[c]; want != (rc.requests == 2) || want != (r.stats.Accepted == 2) || want != (r.items == 0) {
			t.Errorf("%v: %d requests, %+v, %d dead", c, rc.requests, r.stats, r.items)
		}
	}
	// RESOURCE_EXHAUSTED is tried again if it says when.
	rc := newGRPC(t)
	st, _ := status.New(codes.ResourceExhausted, "slowly").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(30 * time.Millisecond)})
	rc.answers = []error{st.Err()}
	start := time.Now()
	if r := deliver(t, batch(t, 1), overGRPC(rc.url, true), ""); rc.requests != 2 || r.stats.Accepted != 2 || time.Since(start) < 30*time.Millisecond {
		t.Errorf("%d requests, %+v", rc.requests, r.stats)
	}
}

func TestGRPCPartialSuccess(t *testing.T) {
	rc := newGRPC(t)
	rc.rejected = 3
	if r := deliver(t, batch(t, 9), overGRPC(rc.url, true), ""); r.stats.Rejected != 3 || r.items != 10 {
		t.Errorf("%+v, %d dead", r.stats, r.items)
	}
}

// TestGRPCTooLarge checks that a message over the limit of the server is split.
func TestGRPCTooLarge(t *testing.T) {
	rc := newGRPC(t, grpc.MaxRecvMsgSize(2000))
	if r := deliver(t, batch(t, 9), overGRPC(rc.url, false), ""); len(rc.spans) != 10 || r.items > 0 {
		t.Errorf("%d spans, %q", len(rc.spans), r.dead)
	}
}

// TestGRPCElsewhere checks that a server that does not speak gRPC is no success.
func TestGRPCElsewhere(t *testing.T) {
	rc := newReceiver(t)
	if r := deliver(t, batch(t, 1), overGRPC(rc.URL, true), ""); r.stats.Accepted != 0 || r.items != 2 {
		t.Errorf("%+v", r.stats)
	}
}
