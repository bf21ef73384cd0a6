package main

import (
	_ "embed"

	"agenttrace/lib/cli"
	"agenttrace/lib/otlp/send"
)

//go:embed doc.go
var doc string

// options are the command line.
type options struct {
	host, public, secret          string
	environment, release, service string
	content, only, protocol       string
	items, bytes                  int
	delivery                      *cli.Delivery
}

func main() {
	var o options
	app := cli.New("at-langfuse", doc)
	flag := app.Flag
	flag("langfuse-host", "The address; else $LANGFUSE_HOST.").PlaceHolder("URL").StringVar(&o.host)
	flag("langfuse-public-key", "The public key, or @FILE; else $LANGFUSE_PUBLIC_KEY.").PlaceHolder("KEY").StringVar(&o.public)
	flag("langfuse-secret-key", "A file with the secret key; else $LANGFUSE_SECRET_KEY.").PlaceHolder("@FILE").StringVar(&o.secret)
	flag("environment", "The environment of traces and scores; else $LANGFUSE_TRACING_ENVIRONMENT.").PlaceHolder("NAME").StringVar(&o.environment)
	flag("release", "The release of the traces; else $LANGFUSE_RELEASE.").PlaceHolder("NAME").StringVar(&o.release)
	flag("service-name", "The service.name; else $OTEL_SERVICE_NAME, else agent-trace.").PlaceHolder("NAME").StringVar(&o.service)
	flag("content", "How much of what was said and done: none, meta (titles) or full.").Default("none").EnumVar(&o.content, "none", "meta", "full")
	flag("only", "Send traces only, or scores only.").PlaceHolder("traces|scores").EnumVar(&o.only, "traces", "scores")
	flag("protocol", "http/protobuf or http/json.").Default(send.Protobuf).EnumVar(&o.protocol, send.Protobuf, send.JSON)
	o.delivery = cli.DeliveryFlags(app, "lines of JSON")
	flag("batch", "Spans in a request at most.").Default("512").IntVar(&o.items)
	flag("batch-bytes", "Bytes in a request at most, before compression.").Default("900000").IntVar(&o.bytes)
	std := cli.Std(app)

	cli.Run(app, std, func(c *cli.IO) error { return run(c, &o) })
}
