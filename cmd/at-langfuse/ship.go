package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"agenttrace/lib/cli"
	"agenttrace/lib/event"
	"agenttrace/lib/langfuse"
	"agenttrace/lib/otlp"
	"agenttrace/lib/otlp/send"
)

// A request is one that waits: a batch of spans, or the body of a score.
type request struct {
	batch *otlp.Batch
	score []byte
}

// A shipper sends requests while further ones are made.
type shipper struct {
	c      *cli.IO
	dry    bool
	sender *send.Sender
	scores *send.Target
	dead   *send.Letters

	queue chan request
	done  sync.WaitGroup
	err   error // of the dead letters
	notes cli.Notes
}

// Paths of Langfuse's API.
const (
	tracesPath = "/api/public/otel/v1/traces"
	scoresPath = "/api/public/scores"
)

func (o *options) shipper(c *cli.IO) (*shipper, error) {
	getenv, err := o.getenv()
	if err != nil {
		return nil, err
	}
	to := send.Settings{To: "langfuse", Protocol: o.protocol, Gzip: o.delivery.Compression, Timeout: o.delivery.Timeout, Getenv: getenv}
	traces, err := to.Target(otlp.Traces)
	if err != nil {
		return nil, cli.WithHint(fmt.Errorf("cannot send to Langfuse: %w", err), "the keys are in the settings of the project; --dry-run needs none")
	}
	traces.Client = send.NewClient(nil, false)
	scores := *traces
	scores.URL = strings.TrimSuffix(traces.URL, tracesPath) + scoresPath
	scores.Protocol, scores.Gzip = send.JSON, false
	scores.Header = http.Header{"Authorization": traces.Header["Authorization"]}

	s := &shipper{
		c: c, dry: o.delivery.DryRun, scores: &scores, dead: &send.Letters{Name: o.delivery.DeadLetter}, notes: cli.Notes{IO: c},
		queue: make(chan request, 16),
	}
	s.sender = send.New(send.Config{
		Targets:   map[otlp.Signal]*send.Target{otlp.Traces: traces},
		UserAgent: c.UserAgent(),
		RetryFor:  o.delivery.RetryFor, First: o.delivery.FirstRetry, Note: s.notes.Add,
		Dead: func(b *otlp.Batch, _ string) error { return s.dead.Batch(b) },
	})
	if !s.dry {
		s.done.Go(s.work)
	}
	return s, nil
}

// batch takes a request of spans.
func (s *shipper) batch(b *otlp.Batch) error {
	if s.dry {
		size, err := s.sender.Size(b)
		if err != nil {
			return err
		}
		t := s.sender.Targets[otlp.Traces]
		return s.c.Out.Write(plan(t, "traces", b.Len(), b.Size(), size).Str("protocol", t.Protocol).Bytes())
	}
	s.queue <- request{batch: b}
	return nil
}

// score takes a score.
func (s *shipper) score(sc *langfuse.Score, body []byte) error {
	if s.dry {
		return s.c.Out.Write(plan(s.scores, "scores", 1, len(body), len(body)).Str("score_id", sc.ID).Str("name", sc.Name).Str("data_type", sc.Type).Bytes())
	}
	s.queue <- request{score: slices.Clone(body)}
	return nil
}

// plan is a line of --dry-run. The values of headers are secrets.
func plan(t *send.Target, signal string, items, size, sent int) *event.Object {
	var x event.Object
	x.Str("signal", signal).Str("url", t.Redacted()).Strs("headers", slices.Sorted(maps.Keys(t.Header)))
	return x.Int("items", int64(items)).Int("bytes", int64(size)).Int("bytes_sent", int64(sent))
}

func (s *shipper) work() {
	for r := range s.queue {
		var err error
		if r.batch != nil {
			_, err = s.sender.Send(context.Background(), r.batch)
		} else if why, _ := s.sender.Post(context.Background(), s.scores, "a score", r.score); why != "" {
			err = s.dead.Line(r.score)
		}
		if err != nil && s.err == nil {
			s.err = err
		}
	}
}

// end waits until everything was sent, and says what was not accepted.
func (s *shipper) end() error {
	close(s.queue)
	s.done.Wait()
	err := errors.Join(s.err, s.dead.Close())
	st := s.sender.Stats
	s.notes.Close()
	lost := st.Lost + st.Rejected
	s.c.Lost(lost, lost+st.Accepted, "spans and scores", s.dead.Name)
	return err
}
