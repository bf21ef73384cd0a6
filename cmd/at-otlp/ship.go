package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"agenttrace/lib/cli"
	"agenttrace/lib/otlp"
	"agenttrace/lib/otlp/send"
)

// A shipper sends requests while further ones are made.
type shipper struct {
	c      *cli.IO
	dry    bool
	sender *send.Sender
	dead   *send.Letters

	queue chan *otlp.Batch
	done  sync.WaitGroup
	err   error // of the dead letters
	once  sync.Once
	notes cli.Notes
}

func (o *options) shipper(c *cli.IO, mapping *otlp.Options) (*shipper, error) {
	s := &shipper{
		c: c, dry: o.delivery.DryRun, dead: &send.Letters{Name: o.delivery.DeadLetter}, notes: cli.Notes{IO: c},
		queue: make(chan *otlp.Batch, 4),
	}
	config := send.Config{
		Targets: map[otlp.Signal]*send.Target{}, UserAgent: c.UserAgent(),
		RetryFor: o.delivery.RetryFor, First: o.delivery.FirstRetry, Note: s.notes.Add,
		Dead: func(b *otlp.Batch, _ string) error { return s.dead.Batch(b) },
	}
	if o.follow {
		config.RetryFor = 0
	}
	for _, sig := range mapping.Signals {
		t, err := o.to.Target(sig)
		if err != nil {
			return nil, fmt.Errorf("cannot send %s: %w", sig, err)
		}
		tlsConfig, err := certificates(sig)
		if err != nil {
			return nil, fmt.Errorf("cannot send %s: %w", sig, err)
		}
		t.Client = send.NewClient(tlsConfig, t.Protocol == send.GRPC)
		config.Targets[sig] = t
	}
	s.sender = send.New(config)
	return s, nil
}

// take queues a request; the sender starts with the first.
func (s *shipper) take(_ *otlp.Mapper, b *otlp.Batch) error {
	if s.dry {
		size, err := s.sender.Size(b)
		if err != nil {
			return err
		}
		return s.c.Out.Write(plan(s.sender.Targets[b.Signal], b, size))
	}
	s.once.Do(func() { s.done.Go(s.work) })
	s.queue <- b
	return nil
}

func (s *shipper) work() {
	for b := range s.queue {
		if _, err := s.sender.Send(context.Background(), b); err != nil && s.err == nil {
			s.err = err
		}
	}
}

// end waits until everything was sent, and says what was not accepted.
func (s *shipper) end() error {
	close(s.queue)
	s.done.Wait()
	return s.report()
}

func (s *shipper) report() error {
	err := errors.Join(s.err, s.dead.Close())
	st := s.sender.Stats
	s.notes.Close()
	lost := st.Lost + st.Rejected
	s.c.Lost(lost, lost+st.Accepted, "items", s.dead.Name)
	return err
}

// certificates reads what the environment says of TLS; nil if it says nothing.
func certificates(sig otlp.Signal) (*tls.Config, error) {
	get := func(name string) string {
		if v := os.Getenv("OTEL_EXPORTER_OTLP_" + strings.ToUpper(sig.String()) + "_" + name); v != "" {
			return v
		}
		return os.Getenv("OTEL_EXPORTER_OTLP_" + name)
	}
	ca, cert, key := get("CERTIFICATE"), get("CLIENT_CERTIFICATE"), get("CLIENT_KEY")
	if ca == "" && cert == "" {
		return nil, nil
	}
	config := &tls.Config{}
	if ca != "" {
		pem, err := cli.ReadConfig(ca)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate", ca)
		}
	}
	if cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return nil, fmt.Errorf("cannot read the client certificate: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}
