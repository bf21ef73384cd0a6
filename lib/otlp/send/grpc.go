package send

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/binary"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"agenttrace/lib/otlp"
)

// methods are the gRPC methods of the signals.
var methods = [...]string{
	otlp.Traces:  "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
	otlp.Metrics: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
	otlp.Logs:    "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
}

// frame returns a gRPC message: a flag, the length, the bytes.
func frame(b []byte, compressed bool) []byte {
	out := make([]byte, 5, 5+len(b))
	if compressed {
		out[0] = 1
	}
	binary.BigEndian.PutUint32(out[1:], uint32(len(b)))
	return append(out, b...)
}

// unframe returns the bytes of a message. A server answers compressed if it was
// asked so.
func unframe(b []byte) []byte {
	if len(b) < 5 {
		return nil
	}
	if b[0] == 0 {
		return b[5:]
	}
	r, err := gzip.NewReader(bytes.NewReader(b[5:]))
	if err != nil {
		return nil
	}
	out, _ := io.ReadAll(io.LimitReader(r, maxAnswer))
	return out
}

// tryGRPC is an attempt over gRPC: a call with one message each way, which is
// one HTTP/2 request whose outcome stands in the trailer.
func (s *Sender) tryGRPC(ctx context.Context, t *Target, sig otlp.Signal, body []byte) answer {
	u, err := url.Parse(t.URL)
	if err != nil {
		return answer{verdict: refused, why: "the address cannot be read"}
	}
	u.Path, u.RawQuery, u.Fragment = methods[sig], "", ""
	req, err := s.request(ctx, t, u.String(), body)
	if err != nil {
		return answer{verdict: refused, why: cause(err)}
	}
	req.Header.Set("Content-Type", "application/grpc+proto")
	req.Header.Set("TE", "trailers")
	if t.Gzip {
		req.Header.Set("Grpc-Encoding", "gzip")
	}
	if t.Timeout > 0 {
		req.Header.Set("Grpc-Timeout", strconv.FormatInt(t.Timeout.Milliseconds(), 10)+"m")
	}
	resp, err := t.Client.Do(req)
	if err != nil {
		return failed(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	code := resp.Trailer.Get("Grpc-Status")
	header := resp.Trailer
	if code == "" {
		code, header = resp.Header.Get("Grpc-Status"), resp.Header
	}
	if code == "" {
		switch {
		case resp.StatusCode/100 == 5 || resp.StatusCode == 429:
			return answer{verdict: again, why: "HTTP status " + strconv.Itoa(resp.StatusCode), after: -1}
		case resp.StatusCode != 200:
			return answer{verdict: refused, why: "HTTP status " + strconv.Itoa(resp.StatusCode) + " (is it a gRPC endpoint?)"}
		case err != nil:
			return failed(err)
		}
		return answer{verdict: refused, why: "the answer has no gRPC status (is it a gRPC endpoint?)"}
	}
	n, err := strconv.Atoi(code)
	if err != nil {
		return answer{verdict: refused, why: "a gRPC status that is no number"}
	}
	if n == 0 {
		a := answer{verdict: accepted}
		a.rejected, a.warning = partial(unframe(got))
		return a
	}
	return judgeGRPC(n, header.Get("Grpc-Message"), header.Get("Grpc-Status-Details-Bin"))
}

// statuses are the names of the statuses of gRPC.
var statuses = [...]string{
	"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
	"PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE",
	"UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
}

func judgeGRPC(code int, text, details string) answer {
	name := strconv.Itoa(code)
	if code > 0 && code < len(statuses) {
		name = statuses[code]
	}
	if t, err := url.PathUnescape(text); err == nil {
		text = t
	}
	a := answer{verdict: refused, why: "gRPC status " + name, after: retryDelay(details)}
	if text != "" {
		a.why += ": " + short(text)
	}
	switch name {
	case "CANCELLED", "DEADLINE_EXCEEDED", "ABORTED", "OUT_OF_RANGE", "UNAVAILABLE", "DATA_LOSS":
		a.verdict = again
	case "RESOURCE_EXHAUSTED":
		switch {
		case a.after >= 0:
			a.verdict = again
		case strings.Contains(text, "larger than max"):
			a.verdict = large
		}
	}
	return a
}

// retryDelay returns the delay of the RetryInfo among the details of a status,
// -1 if there is none.
func retryDelay(details string) time.Duration {
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(details, "="))
	if err != nil {
		return -1
	}
	for _, detail := range otlp.Fields(b, 3) {
		typ, _ := otlp.Field(detail, 1)
		if !strings.HasSuffix(string(typ), "/google.rpc.RetryInfo") {
			continue
		}
		info, _ := otlp.Field(detail, 2)
		delay, _ := otlp.Field(info, 1)
		sec, _ := otlp.Number(delay, 1)
		nano, _ := otlp.Number(delay, 2)
		return max(time.Duration(min(sec, 24*60*60))*time.Second+time.Duration(nano), 0)
	}
	return -1
}
