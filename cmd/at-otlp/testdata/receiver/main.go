// Receiver is the OTLP receiver of the OpenTelemetry Collector and nothing more:
// it prints what it gets as OTLP/JSON, a request a line. It is a module of its
// own, so that its dependencies are not those of the commands.
//
//	receiver GRPC-ADDRESS HTTP-ADDRESS
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/confmap"
	"go.opentelemetry.io/collector/consumer"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/receiver/otlpreceiver"
	"go.opentelemetry.io/collector/receiver/receivertest"
)

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: receiver GRPC-ADDRESS HTTP-ADDRESS"))
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "receiver:", err)
	os.Exit(2)
}

var mu sync.Mutex

// line prints a request.
func line(b []byte, err error) error {
	mu.Lock()
	defer mu.Unlock()
	if err == nil {
		_, err = os.Stdout.Write(append(b, '\n'))
	}
	return err
}

func run(grpc, http string) error {
	f := otlpreceiver.NewFactory()
	cfg := f.CreateDefaultConfig()
	err := confmap.NewFromStringMap(map[string]any{"protocols": map[string]any{
		"grpc": map[string]any{"endpoint": grpc},
		"http": map[string]any{"endpoint": http},
	}}).Unmarshal(cfg)
	if err != nil {
		return err
	}
	traces, _ := consumer.NewTraces(func(_ context.Context, d ptrace.Traces) error {
		return line((&ptrace.JSONMarshaler{}).MarshalTraces(d))
	})
	metrics, _ := consumer.NewMetrics(func(_ context.Context, d pmetric.Metrics) error {
		return line((&pmetric.JSONMarshaler{}).MarshalMetrics(d))
	})
	logs, _ := consumer.NewLogs(func(_ context.Context, d plog.Logs) error {
		return line((&plog.JSONMarshaler{}).MarshalLogs(d))
	})
	ctx, set := context.Background(), receivertest.NewNopSettings(f.Type())
	// The three are one receiver, which starts once.
	var list [3]component.Component
	if list[0], err = f.CreateTraces(ctx, set, cfg, traces); err != nil {
		return err
	}
	if list[1], err = f.CreateMetrics(ctx, set, cfg, metrics); err != nil {
		return err
	}
	if list[2], err = f.CreateLogs(ctx, set, cfg, logs); err != nil {
		return err
	}
	for _, r := range list {
		if err := r.Start(ctx, componenttest.NewNopHost()); err != nil {
			return err
		}
	}
	fmt.Fprintln(os.Stderr, "ready")
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, os.Interrupt)
	<-stop
	return list[0].Shutdown(ctx)
}
