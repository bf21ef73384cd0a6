package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"agenttrace/lib/cli"
	"agenttrace/lib/event"
	"agenttrace/lib/otlp"
	"agenttrace/lib/otlp/send"
)

func presets() []string { return slices.Sorted(maps.Keys(send.Presets)) }

func run(c *cli.IO, o *options) error {
	mapping, err := o.mapping(c)
	if err != nil {
		return err
	}
	out, err := o.output(c, mapping)
	if err != nil {
		return err
	}
	if o.follow {
		return o.live(c, mapping, out)
	}
	var m *otlp.Mapper
	m = otlp.New(*mapping, func(b *otlp.Batch) error { return out.take(m, b) })
	if err := m.Tick(time.Now().UnixNano()); err != nil {
		return err
	}
	// Reading takes half of the time: it is done ahead, on another processor.
	none := func(event.Event) struct{} { return struct{}{} }
	err = cli.EachAhead(c, &cli.Report{}, "", none, func(e event.Event, _ struct{}) error { return m.Add(e) })
	if err == nil {
		err = m.Close()
	}
	if end := out.end(); err == nil {
		err = end
	}
	return err
}

// An output is where batches go.
type output interface {
	take(m *otlp.Mapper, b *otlp.Batch) error
	end() error
}

// output chooses it: standard output, unless something says that it is sent.
func (o *options) output(c *cli.IO, mapping *otlp.Options) (output, error) {
	o.to.Getenv, o.to.ReadFile = os.Getenv, cli.ReadConfig
	o.to.Gzip, o.to.Timeout = o.delivery.Compression, o.delivery.Timeout
	o.to.Exact = map[otlp.Signal]string{}
	for _, s := range otlp.Signals {
		if o.exact[s] != "" {
			o.to.Exact[s] = o.exact[s]
		}
	}
	if !o.stdout && (o.delivery.DryRun || o.to.Wanted(mapping.Signals)) {
		return o.shipper(c, mapping)
	}
	if len(mapping.Signals) > 1 {
		return nil, cli.WithHint(fmt.Errorf("standard output takes one signal, not %s", o.signals), "at-otlp --signals metrics, or --endpoint URL")
	}
	p := &printer{c: c, json: o.format == "json"}
	if o.follow {
		return p, nil
	}
	ahead := printAhead(p)
	c.In.BeforeBlock = ahead.flush
	return ahead, nil
}

// mapping returns how events are mapped, by the command line and the
// environment.
func (o *options) mapping(c *cli.IO) (*otlp.Options, error) {
	m := &otlp.Options{
		Version: cli.Version, MaxItems: o.items, MaxBytes: o.bytes,
		Content:     map[string]otlp.Content{"none": otlp.None, "meta": otlp.Meta, "full": otlp.Full}[o.content],
		Latest:      o.semconv == "latest" || strings.Contains(os.Getenv("OTEL_SEMCONV_STABILITY_OPT_IN"), "gen_ai_latest_experimental"),
		Delta:       strings.EqualFold(os.Getenv("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"), "delta"),
		MeasuredNow: o.metricsTime == "now",
		Live:        o.follow, Idle: int64(o.idle), Grace: int64(o.grace),
	}
	if o.items < 1 || o.bytes < 0 || o.spoolMax < 1 || o.delivery.RetryFor < 0 || o.delivery.FirstRetry <= 0 {
		return nil, fmt.Errorf("--batch, --batch-bytes, --spool-max and --retry-for must be greater than 0")
	}
	for name := range strings.SplitSeq(o.signals, ",") {
		i := slices.IndexFunc(otlp.Signals, func(s otlp.Signal) bool { return s.String() == strings.TrimSpace(name) })
		if i < 0 {
			return nil, fmt.Errorf("%q is not a signal: want traces, metrics or logs", name)
		}
		if !slices.Contains(m.Signals, otlp.Signals[i]) {
			m.Signals = append(m.Signals, otlp.Signals[i])
		}
	}
	for name := range strings.SplitSeq(o.also, ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if !slices.Contains(otlp.Dialects(), name) {
			return nil, fmt.Errorf("%q is not a vocabulary: want %s", name, strings.Join(otlp.Dialects(), ", "))
		}
		m.Also = append(m.Also, name)
	}
	if p, ok := send.Presets[o.to.To]; ok {
		if m.MaxBytes == 0 {
			m.MaxBytes = p.MaxBytes
		}
		m.Delta = m.Delta || p.Delta
		m.Also = append(m.Also, p.Also...)
	}
	slices.Sort(m.Also)
	m.Also = slices.Compact(m.Also)
	limits(m)
	m.ByTurn = o.group == "turn"
	if o.rebase == "now" {
		if o.follow {
			return nil, fmt.Errorf("--rebase does not go with --follow")
		}
		m.Rebase = time.Now().UnixNano()
	}
	o.resource(c, m)
	if text := os.Getenv("TRACEPARENT"); text != "" && !o.noParent {
		p, ok := otlp.ParseTraceparent(text)
		if !ok {
			c.Notef("TRACEPARENT is not valid, and is not used")
		} else {
			m.Parent = &p
		}
	}
	return m, nil
}

// limits sets those that the environment names.
func limits(m *otlp.Options) {
	for _, l := range []struct {
		to    *int
		names string
	}{
		{&m.Limit, "SPAN_ATTRIBUTE_VALUE_LENGTH ATTRIBUTE_VALUE_LENGTH"},
		{&m.MaxAttrs, "SPAN_ATTRIBUTE_COUNT ATTRIBUTE_COUNT"},
		{&m.MaxEventAttrs, "EVENT_ATTRIBUTE_COUNT ATTRIBUTE_COUNT"},
		{&m.MaxLogAttrs, "LOGRECORD_ATTRIBUTE_COUNT ATTRIBUTE_COUNT"},
		{&m.MaxEvents, "SPAN_EVENT_COUNT"},
	} {
		for name := range strings.FieldsSeq(l.names) {
			if n, err := strconv.Atoi(os.Getenv("OTEL_" + name + "_LIMIT")); err == nil && n > 0 {
				*l.to = n
				break
			}
		}
	}
}

// resource sets the attributes of the resource.
func (o *options) resource(c *cli.IO, m *otlp.Options) {
	service, list, err := send.Resource(os.Getenv)
	if err != nil {
		c.Notef("%v; it is not used", err)
	}
	m.Service = cmp.Or(o.service, service, m.Service)
	m.Resource = append(m.Resource, list...)
}

// plan is a line of --dry-run. The values of headers are secrets.
func plan(t *send.Target, b *otlp.Batch, size int) []byte {
	var x event.Object
	x.Str("signal", b.Signal.String()).Str("url", t.Redacted()).Str("protocol", t.Protocol)
	x.Strs("headers", slices.Sorted(maps.Keys(t.Header)))
	x.Int("items", int64(b.Len())).Int("bytes", int64(b.Size())).Int("bytes_sent", int64(size))
	return x.Bytes()
}
