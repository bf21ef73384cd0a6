package main

import (
	"context"
	_ "embed"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/url"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	"agenttrace/lib/cli"
	"agenttrace/lib/cli/tap"
	"agenttrace/lib/proxy"
)

//go:embed doc.go
var doc string

type options struct {
	*tap.Flags
	url, listen string
	port        int
	origins     []string
}

// The waits of the end, and for the headers of a request.
const (
	patience   = 5 * time.Second
	headerTime = 10 * time.Second
)

func main() {
	app := cli.New("at-record-http", doc)
	o := options{Flags: tap.New(app)}
	app.Arg("url", "The address of the server.").Required().StringVar(&o.url)
	app.Flag("port", "The port to listen on; 0 for any.").Short('p').Default("5100").IntVar(&o.port)
	app.Flag("listen", "The address to listen on.").Default("127.0.0.1").PlaceHolder("ADDRESS").StringVar(&o.listen)
	app.Flag("allow-origin", "Let pages of this origin in.").PlaceHolder("ORIGIN").StringsVar(&o.origins)

	cli.Run(app, cli.Streams(app), func(c *cli.IO) error { return run(c, &o) })
}

func run(c *cli.IO, o *options) error {
	up, err := url.Parse(o.url)
	if err != nil || up.Scheme != "http" && up.Scheme != "https" || up.Host == "" {
		return errors.New("the address must be an http or https URL")
	}
	rec, err := o.Open(c)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	l, err := net.Listen("tcp", net.JoinHostPort(o.listen, strconv.Itoa(o.port)))
	if err != nil {
		return err
	}
	shown := url.URL{Scheme: up.Scheme, Host: up.Host, Path: up.Path}
	guard := proxy.Guard{Origins: o.origins, AnyHost: !proxy.IsLoopback(l.Addr())}
	h := proxy.NewHTTP(up, rec, o.Tracer(rec, nil, shown.String()), guard, tap.NewSession)
	server := &http.Server{Handler: h, ReadHeaderTimeout: headerTime, ErrorLog: log.New(io.Discard, "", 0)}
	ended := context.AfterFunc(ctx, func() { server.Close() })
	c.Notef("listening on http://%s/", l.Addr())
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		ended()
		return err
	}
	h.Close("the proxy was ended")
	o.Stop(c, rec, patience)
	return nil
}
