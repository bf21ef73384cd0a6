package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"strings"

	"agenttrace/lib/cli"
	"agenttrace/lib/event"
	"agenttrace/lib/langfuse"
	"agenttrace/lib/otlp"
	"agenttrace/lib/otlp/send"
	"agenttrace/lib/text"
)

func run(c *cli.IO, o *options) error {
	if o.items < 1 || o.bytes < 1 || o.delivery.RetryFor <= 0 || o.delivery.FirstRetry <= 0 {
		return fmt.Errorf("--batch, --batch-bytes and --retry-for must be greater than 0")
	}
	environment := cmp.Or(o.environment, os.Getenv("LANGFUSE_TRACING_ENVIRONMENT"))
	if environment != "" {
		if err := langfuse.CheckEnvironment(environment); err != nil {
			return err
		}
	}
	out, err := o.shipper(c)
	if err != nil {
		return err
	}
	mapping := o.mapping(c, environment)
	scores := langfuse.New(langfuse.Options{Environment: environment, Comments: mapping.Content >= otlp.Meta}, out.score)
	mapping.Ended = scores.Ended
	m := otlp.New(*mapping, out.batch)
	err = c.Each(func(e event.Event) error {
		if o.only != "traces" {
			scores.Add(e)
		}
		return m.Add(e)
	}, cli.Drop)
	if err == nil {
		err = m.Close()
	}
	if err == nil {
		err = scores.Close()
	}
	if end := out.end(); err == nil {
		err = end
	}
	if n := scores.Unvalued; n > 0 {
		c.Warnf("cannot send %s: no value", text.Count(n, "score record"))
	}
	return err
}

// mapping returns how events are mapped.
func (o *options) mapping(c *cli.IO, environment string) *otlp.Options {
	m := &otlp.Options{
		Version: cli.Version, MaxItems: o.items, MaxBytes: o.bytes,
		Content: map[string]otlp.Content{"none": otlp.None, "meta": otlp.Meta, "full": otlp.Full}[o.content],
		Also:    send.Presets["langfuse"].Also,
	}
	if o.only == "scores" {
		m.Signals = []otlp.Signal{} // none
	}
	service, list, err := send.Resource(os.Getenv)
	if err != nil {
		c.Notef("%v; it is not used", err)
	}
	m.Service, m.Resource = cmp.Or(o.service, service), list
	for _, kv := range []otlp.KeyValue{
		{Key: "langfuse.environment", Value: environment},
		{Key: "langfuse.release", Value: cmp.Or(o.release, os.Getenv("LANGFUSE_RELEASE"))},
	} {
		if kv.Value != "" {
			m.Resource = append(m.Resource, kv)
		}
	}
	return m
}

// getenv returns the environment, in which the options go before what is there.
// Nothing is sent in a dry run, for which any keys do.
func (o *options) getenv() (func(string) string, error) {
	if o.secret != "" && !strings.HasPrefix(o.secret, "@") {
		return nil, cli.WithHint(errors.New("a secret key on the command line can be read by others"), "LANGFUSE_SECRET_KEY, or --langfuse-secret-key @FILE")
	}
	set := map[string]string{"LANGFUSE_HOST": o.host, "LANGFUSE_PUBLIC_KEY": o.public, "LANGFUSE_SECRET_KEY": o.secret}
	for name, value := range set {
		file, ok := strings.CutPrefix(value, "@")
		if !ok || name == "LANGFUSE_HOST" {
			continue
		}
		b, err := cli.ReadConfig(file)
		if err != nil {
			return nil, fmt.Errorf("cannot read the key: %w", err)
		}
		set[name] = strings.TrimSpace(string(b))
	}
	return func(name string) string {
		if v := cmp.Or(set[name], os.Getenv(name)); v != "" || !o.delivery.DryRun {
			return v
		}
		if name == "LANGFUSE_PUBLIC_KEY" || name == "LANGFUSE_SECRET_KEY" {
			return "not-sent"
		}
		return ""
	}, nil
}
