package main

import (
	_ "embed"
	"strings"
	"time"

	"agenttrace/lib/cli"
	"agenttrace/lib/otlp"
	"agenttrace/lib/otlp/send"
)

//go:embed doc.go
var doc string

// options are the command line.
type options struct {
	signals, format, content, semconv, also, service string
	items, bytes                                     int
	group, rebase, metricsTime                       string
	noParent                                         bool

	to       send.Settings
	exact    [3]string // endpoints by signal
	stdout   bool
	delivery *cli.Delivery

	follow   bool
	spool    string
	spoolMax int
	idle     time.Duration
	grace    time.Duration
}

func main() {
	var o options
	app := cli.New("at-otlp", doc)
	flag := app.Flag
	flag("signals", "What to make: traces, metrics, logs, with commas.").Default("traces").StringVar(&o.signals)
	flag("format", "What to write to standard output: json (a request a line) or protobuf.").Default("json").EnumVar(&o.format, "json", "protobuf")
	flag("content", "How much of what was said and done: none, meta (titles) or full.").Default("none").EnumVar(&o.content, "none", "meta", "full")
	flag("semconv", "Names of the semantic conventions: 1.41 or latest.").Default("1.41").EnumVar(&o.semconv, "1.41", "latest")
	flag("also", "Add the attributes of other vocabularies: "+strings.Join(otlp.Dialects(), ", ")+".").PlaceHolder("NAME,…").StringVar(&o.also)
	flag("group", "What a trace is: a session, or each turn, that is, what follows from a prompt.").Default("session").EnumVar(&o.group, "session", "turn")
	flag("rebase", "Move each trace in time so that it ends now, for stores that refuse what is old.").PlaceHolder("now").EnumVar(&o.rebase, "now")
	flag("metrics-time", "The time of metrics: that of the session, or now.").Default("session").EnumVar(&o.metricsTime, "session", "now")
	flag("service-name", "The service.name; else $OTEL_SERVICE_NAME, else agent-trace.").PlaceHolder("NAME").StringVar(&o.service)
	flag("endpoint", "Send to this address, to which /v1/traces is added.").PlaceHolder("URL").StringVar(&o.to.Endpoint)
	for _, s := range otlp.Signals {
		flag(s.String()+"-endpoint", "Send "+s.String()+" to this address, as it stands.").PlaceHolder("URL").StringVar(&o.exact[s])
	}
	flag("to", "Send to a service: "+strings.Join(presets(), ", ")+".").PlaceHolder("NAME").EnumVar(&o.to.To, presets()...)
	flag("protocol", "http/protobuf, http/json or grpc.").PlaceHolder("NAME").EnumVar(&o.to.Protocol, send.Protobuf, send.JSON, send.GRPC)
	flag("header", "A header, 'Name: value'. The value may be @FILE or have ${VARIABLES}.").PlaceHolder("HEADER").StringsVar(&o.to.Headers)
	o.delivery = cli.DeliveryFlags(app, "OTLP/JSON lines")
	flag("stdout", "Write to standard output, whatever the environment says.").BoolVar(&o.stdout)
	flag("batch", "Spans in a request at most.").Default("512").IntVar(&o.items)
	flag("batch-bytes", "Bytes in a request at most, before compression.").PlaceHolder("900000").IntVar(&o.bytes)
	flag("ignore-traceparent", "Make traces of their own, even if $TRACEPARENT is set.").BoolVar(&o.noParent)
	flag("follow", "The input goes on: send each span as soon as it is final.").BoolVar(&o.follow)
	flag("spool", "With --follow, keep what is to be sent in a folder of its own; else in a temporary one.").PlaceHolder("DIR").StringVar(&o.spool)
	flag("spool-max", "The size of the spool, in MiB.").Default("256").IntVar(&o.spoolMax)
	flag("idle", "With --follow, a session ends when nothing was heard of it for this long.").Default("30m").DurationVar(&o.idle)
	flag("grace", "Likewise, after its session_end.").Hidden().Default("2s").DurationVar(&o.grace)
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, &o) })
}
