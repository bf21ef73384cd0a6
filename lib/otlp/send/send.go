package send

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"agenttrace/lib/otlp"
)

// Protocols.
const (
	Protobuf = "http/protobuf"
	JSON     = "http/json"
	GRPC     = "grpc"
)

// A Target is where the requests of one signal go, and how.
type Target struct {
	URL      string // of HTTP the whole address; of gRPC scheme and host
	Header   http.Header
	Protocol string
	Gzip     bool
	Timeout  time.Duration // of one attempt
	Client   *http.Client  // see NewClient
}

// Redacted returns the address without the password in it.
func (t *Target) Redacted() string {
	u, err := url.Parse(t.URL)
	if err != nil {
		return "(an address that cannot be read)"
	}
	if u.RawQuery != "" {
		u.RawQuery = "..."
	}
	return u.Redacted()
}

// Config says how batches are delivered.
type Config struct {
	Targets   map[otlp.Signal]*Target
	UserAgent string

	// RetryFor is how long a request is tried again; 0 means for ever. Once a request
	// has been given up because nothing answered, each one after it is tried only
	// once, until something answers.
	RetryFor time.Duration

	// First is the time before the first retry; 0 means one second. It doubles up
	// to 30 seconds.
	First time.Duration

	// Stop, when it is closed, ends the wait for the next attempt, as the end of the
	// context does. But an attempt that is under way goes on, since what it sends may
	// have arrived already.
	Stop <-chan struct{}

	// Dead is given what was not accepted, and why.
	Dead func(b *otlp.Batch, why string) error

	// Note is told what a person should know.
	Note func(message string)
}

// Stats are what became of the items so far.
type Stats struct {
	Requests, Accepted, Rejected, Lost, Retries int
}

// A Sender delivers batches, one after another.
type Sender struct {
	Config
	Stats Stats

	down bool // the last request was given up since nothing answered
	gz   *gzip.Writer
}

// New returns a Sender.
func New(c Config) *Sender {
	if c.First == 0 {
		c.First = time.Second
	}
	if c.Note == nil {
		c.Note = func(string) {}
	}
	return &Sender{Config: c}
}

// A verdict is what became of an attempt.
type verdict uint8

const (
	accepted verdict = iota
	again            // it may be tried again
	large            // it was too large
	refused          // for good
)

// An answer is what an attempt led to.
type answer struct {
	verdict verdict
	why     string
	after   time.Duration // when to try again; -1 if that was not said

	rejected int    // of a partial success
	warning  string // of a success
}

// Send delivers a batch. left is what was not tried to the end because ctx ended or
// Stop was closed; it is not handed to Dead. The error is that of Dead.
func (s *Sender) Send(ctx context.Context, b *otlp.Batch) (left []*otlp.Batch, err error) {
	t := s.Targets[b.Signal]
	if t == nil {
		return nil, s.dead(b, "there is no endpoint for "+b.Signal.String())
	}
	body, err := s.body(t, b)
	if err != nil {
		return nil, err
	}
	a, ok := s.deliver(ctx, t, func() answer { return s.try(ctx, t, b.Signal, body) })
	if !ok {
		return []*otlp.Batch{b}, nil
	}
	switch a.verdict {
	case accepted:
		return nil, s.accepted(t, b, a)
	case large:
		first, second, ok := b.Split()
		if !ok {
			return nil, s.dead(b, a.why)
		}
		left, err = s.Send(ctx, first)
		if err != nil {
			return left, err
		}
		if len(left) > 0 {
			return append(left, second), nil
		}
		return s.Send(ctx, second)
	}
	return nil, s.dead(b, a.why)
}

// deliver makes attempts until one tells what becomes of the request, or it is
// time to give up. ok is false if ctx has ended before.
func (s *Sender) deliver(ctx context.Context, t *Target, try func() answer) (a answer, ok bool) {
	var waited time.Duration
	pause := s.First
	for {
		s.Stats.Requests++
		a := try()
		if a.verdict != again {
			s.down = false
			return a, true
		}
		if ctx.Err() != nil {
			return a, false
		}
		// Between half of the pause and all of it, so that many senders do not
		// come back together.
		wait := pause/2 + time.Duration(rand.Int64N(int64(pause/2)+1))
		if a.after >= 0 {
			wait = a.after
		}
		if s.RetryFor > 0 && (s.down || waited+wait > s.RetryFor) {
			s.down = true
			return a, true
		}
		if s.Stats.Retries == 0 {
			s.Note(fmt.Sprintf("%s: %s; trying again", t.Redacted(), a.why))
		}
		s.Stats.Retries++
		if !s.sleep(ctx, wait) {
			return a, false
		}
		waited += wait
		pause = min(2*pause, 30*time.Second)
	}
}

// sleep waits, and reports whether it waited to the end.
func (s *Sender) sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	case <-s.Stop:
		return false
	}
}

func (s *Sender) accepted(t *Target, b *otlp.Batch, a answer) error {
	if a.rejected == 0 {
		s.Stats.Accepted += b.Len()
		if a.warning != "" {
			s.Note(fmt.Sprintf("%s accepts all, and says: %s", t.Redacted(), a.warning))
		}
		return nil
	}
	// The answer does not say which items were rejected.
	s.Stats.Accepted += max(b.Len()-a.rejected, 0)
	s.Stats.Rejected += a.rejected
	why := fmt.Sprintf("%d of %d %s rejected", a.rejected, b.Len(), nouns[b.Signal])
	if a.warning != "" {
		why += ": " + a.warning
	}
	s.Note(t.Redacted() + ": " + why)
	if s.Dead == nil {
		return nil
	}
	return s.Dead(b, why)
}

// nouns are what the items of a signal are.
var nouns = [...]string{otlp.Traces: "spans", otlp.Metrics: "metrics", otlp.Logs: "log records"}

// dead gives a batch up.
func (s *Sender) dead(b *otlp.Batch, why string) error {
	s.Stats.Lost += b.Len()
	if t := s.Targets[b.Signal]; t != nil {
		why = t.Redacted() + ": " + why
	}
	s.Note(fmt.Sprintf("cannot send %d %s to %s", b.Len(), nouns[b.Signal], why))
	if s.Dead == nil {
		return nil
	}
	return s.Dead(b, why)
}

// Size returns the size of the body of the request for a batch, in bytes.
func (s *Sender) Size(b *otlp.Batch) (int, error) {
	body, err := s.body(s.Targets[b.Signal], b)
	return len(body), err
}

// body returns the body of the request for a batch.
func (s *Sender) body(t *Target, b *otlp.Batch) ([]byte, error) {
	wire := b.AppendProtobuf(make([]byte, 0, b.Size()))
	if t.Protocol == JSON {
		var err error
		if wire, err = otlp.AppendJSON(nil, b.Signal, wire); err != nil {
			return nil, err
		}
	}
	if t.Gzip {
		var buf bytes.Buffer
		if s.gz == nil {
			s.gz = gzip.NewWriter(&buf)
		}
		s.gz.Reset(&buf)
		s.gz.Write(wire)
		if err := s.gz.Close(); err != nil {
			return nil, err
		}
		wire = buf.Bytes()
	}
	if t.Protocol == GRPC {
		wire = frame(wire, t.Gzip)
	}
	return wire, nil
}

// try makes one attempt. The request is made anew each time.
func (s *Sender) try(ctx context.Context, t *Target, sig otlp.Signal, body []byte) answer {
	if t.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, t.Timeout)
		defer cancel()
	}
	if t.Protocol == GRPC {
		return s.tryGRPC(ctx, t, sig, body)
	}
	return s.tryHTTP(ctx, t, body)
}

// request makes the request of an attempt.
func (s *Sender) request(ctx context.Context, t *Target, address string, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	for k, v := range t.Header {
		req.Header[k] = v
	}
	if host := t.Header.Get("Host"); host != "" {
		req.Host = host
	}
	if s.UserAgent != "" {
		req.Header.Set("User-Agent", s.UserAgent)
	}
	return req, nil
}
