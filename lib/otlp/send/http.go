package send

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/otlp"
)

// maxAnswer is how much of an answer is read: what the specification advises.
const maxAnswer = 4 << 20

// NewClient returns a client for a Target: one that does not follow redirects,
// which would turn a POST into a GET, and that speaks HTTP/2 without TLS if grpc
// is set. config may be nil.
func NewClient(config *tls.Config, grpc bool) *http.Client {
	tr := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:       config,
		TLSHandshakeTimeout:   10 * time.Second,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConnsPerHost:   2,
		DisableCompression:    true,
		ForceAttemptHTTP2:     true,
		ExpectContinueTimeout: time.Second,
	}
	if grpc {
		tr.Protocols = new(http.Protocols)
		tr.Protocols.SetHTTP2(true)
		tr.Protocols.SetUnencryptedHTTP2(true)
	}
	return &http.Client{
		Transport:     tr,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func (s *Sender) tryHTTP(ctx context.Context, t *Target, body []byte) answer {
	req, err := s.request(ctx, t, t.URL, body)
	if err != nil {
		return answer{verdict: refused, why: cause(err)}
	}
	req.Header.Set("Content-Type", "application/x-protobuf")
	if t.Protocol == JSON {
		req.Header.Set("Content-Type", "application/json")
	}
	if t.Gzip {
		req.Header.Set("Content-Encoding", "gzip")
	}
	resp, err := t.Client.Do(req)
	if err != nil {
		return failed(err)
	}
	defer resp.Body.Close()
	// An answer that is cut is what its status says.
	got, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	return judge(resp, got, time.Now())
}

// failed judges an error of a connection.
func failed(err error) answer {
	a := answer{verdict: again, why: cause(err), after: -1}
	var cert *tls.CertificateVerificationError
	var host x509.HostnameError
	var record tls.RecordHeaderError
	if errors.As(err, &cert) || errors.As(err, &host) || errors.As(err, &record) || strings.Contains(a.why, "unsupported protocol scheme") {
		a.verdict = refused
	}
	return a
}

// cause returns the text of an error without the address, which may hold a
// password.
func cause(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		if u.Timeout() {
			return "no answer in time"
		}
		err = u.Err
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "the connection was cut"
	}
	return err.Error()
}

// judge tells what an answer over HTTP means.
func judge(resp *http.Response, body []byte, now time.Time) answer {
	typ, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if resp.StatusCode/100 == 2 {
		a := answer{verdict: accepted}
		if typ == "application/json" {
			a.rejected, a.warning = partialJSON(body)
		} else {
			a.rejected, a.warning = partial(body)
		}
		return a
	}
	said := message(typ, body)
	a := answer{verdict: refused, why: "HTTP status " + strconv.Itoa(resp.StatusCode), after: -1}
	if said != "" {
		a.why += ": " + said
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		a.verdict = again
		a.after = retryAfter(resp.Header.Get("Retry-After"), now)
	case http.StatusRequestEntityTooLarge:
		a.verdict = large
	case http.StatusBadRequest:
		if strings.Contains(strings.ToLower(said), "too large") {
			a.verdict = large
		}
	case http.StatusUnauthorized, http.StatusForbidden:
		a.why += " (are the credentials right?)"
	}
	return a
}

// retryAfter reads the header: seconds, or a date. It is -1 if there is none.
func retryAfter(s string, now time.Time) time.Duration {
	s = strings.TrimSpace(s)
	if n, err := strconv.Atoi(s); err == nil && n >= 0 {
		return min(time.Duration(n), 24*60*60) * time.Second
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(at.Sub(now), 0)
	}
	return -1
}

// partial reads the partial success in the protobuf of an answer: how many items
// were rejected, and why. An empty one means that all were accepted, and so does
// a body that is no protobuf.
func partial(body []byte) (rejected int, message string) {
	inner, ok := otlp.Field(body, 1)
	if !ok {
		return 0, ""
	}
	return partialSuccess(inner)
}

func partialSuccess(b []byte) (rejected int, message string) {
	n, _ := otlp.Number(b, 1)
	text, _ := otlp.Field(b, 2)
	return int(max(int64(n), 0)), short(string(text))
}

func partialJSON(body []byte) (rejected int, message string) {
	if !gjson.ValidBytes(body) {
		return 0, ""
	}
	p := gjson.GetBytes(body, "partialSuccess")
	for _, key := range []string{"rejectedSpans", "rejectedDataPoints", "rejectedLogRecords"} {
		rejected += int(max(p.Get(key).Int(), 0))
	}
	return rejected, short(p.Get("errorMessage").String())
}

// message returns what the body of a refusal says: a google.rpc.Status, in one
// of the encodings, or a text.
func message(typ string, body []byte) string {
	switch {
	case typ == "application/json" && gjson.ValidBytes(body):
		r := gjson.ParseBytes(body)
		for _, key := range []string{"message", "error.message", "error", "errors.0"} {
			if v := r.Get(key); v.Type == gjson.String {
				return short(v.Str)
			}
		}
		return short(r.Raw)
	case typ == "application/x-protobuf" || typ == "application/protobuf":
		text, _ := otlp.Field(body, 2)
		return short(string(text))
	case strings.HasPrefix(typ, "text/html"):
		return ""
	}
	return short(string(body))
}

// short returns a text on one line that is not too long.
func short(s string) string {
	return otlp.Cut(strings.Join(strings.Fields(s), " "), 300)
}
