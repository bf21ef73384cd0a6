package main

import (
	"bufio"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"time"

	"agenttrace/lib/otlp/send"
)

// TestReceiver sends to the receiver of the OpenTelemetry Collector, over every
// transport, and compares what has arrived. AT_OTLP_RECEIVER names the program,
// which is built in testdata/receiver.
func TestReceiver(t *testing.T) {
	path := os.Getenv("AT_OTLP_RECEIVER")
	if path == "" {
		t.Skip("AT_OTLP_RECEIVER is not set: no receiver to test with")
	}
	in := lines(0, 700) + end
	grpc, http := free(t), free(t)
	rx := exec.Command(path, grpc, http)
	out, err := rx.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := rx.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { rx.Process.Kill(); rx.Wait() })
	up(t, grpc)
	up(t, http)
	got := make(chan string, 100) // its lines: it must not wait for us
	go func() {
		defer close(got)
		for r := bufio.NewReader(out); ; {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			got <- line
		}
	}()
	for _, signal := range []string{"traces", "metrics", "logs"} {
		stdout, msg, status := runIt(t, in, "--signals", signal, "--content", "full")
		want := items(t, stdout)
		if status != 0 || len(want) == 0 {
			t.Fatalf("%s: status %d, %s", signal, status, msg)
		}
		for _, protocol := range []string{send.Protobuf, send.JSON, send.GRPC} {
			for _, compression := range []string{"gzip", "none"} {
				endpoint := "http://" + http
				if protocol == send.GRPC {
					endpoint = "http://" + grpc
				}
				_, msg, status := runIt(t, in, "--signals", signal, "--content", "full", "--endpoint", endpoint, "--protocol", protocol, "--compression", compression)
				if status != 0 || msg != "" {
					t.Errorf("%s, %s, %s: status %d, %s", signal, protocol, compression, status, msg)
					continue
				}
				var text strings.Builder
				for range strings.Count(stdout, "\n") {
					text.WriteString(<-got)
				}
				if have := items(t, text.String()); !reflect.DeepEqual(have, want) {
					t.Errorf("%s, %s, %s: %d items have arrived that are not the %d sent", signal, protocol, compression, len(have), len(want))
				}
			}
		}
	}
}

// free returns an address on which nothing listens.
func free(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// up waits until something listens.
func up(t *testing.T, addr string) {
	for range 200 {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return
		}
		time.Sleep(25 * time.Millisecond)
	}
	t.Fatalf("nothing listens on %s", addr)
}

// items returns the spans, metrics or log records of requests in OTLP/JSON. The
// empty objects that the receiver writes are left out.
func items(t *testing.T, text string) []any {
	var list []any
	for line := range strings.Lines(text) {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		for _, r := range v {
			for _, s := range r.([]any)[0].(map[string]any) {
				scopes, ok := s.([]any)
				if !ok {
					continue
				}
				for _, x := range scopes[0].(map[string]any) {
					if found, ok := x.([]any); ok {
						list = append(list, found...)
					}
				}
			}
		}
	}
	for _, x := range list {
		m := x.(map[string]any)
		for _, k := range []string{"status", "body"} {
			if o, ok := m[k].(map[string]any); ok && len(o) == 0 {
				delete(m, k)
			}
		}
	}
	return list
}
