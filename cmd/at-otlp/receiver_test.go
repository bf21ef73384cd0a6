package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
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
	in := lines(0, 700) + end
	rx := startReceiver(t)
	for _, signal := range []string{"traces", "metrics", "logs"} {
		stdout, msg, status := runIt(t, in, "--signals", signal, "--content", "full")
		want := items(t, stdout)
		if status != 0 || len(want) == 0 {
			t.Fatalf("%s: status %d, %s", signal, status, msg)
		}
		for _, protocol := range []string{send.Protobuf, send.JSON, send.GRPC} {
			for _, compression := range []string{"gzip", "none"} {
				_, msg, status := runIt(t, in, "--signals", signal, "--content", "full", "--endpoint", rx.endpoint(protocol), "--protocol", protocol, "--compression", compression)
				if status != 0 || msg != "" {
					t.Errorf("%s, %s, %s: status %d, %s", signal, protocol, compression, status, msg)
					continue
				}
				if have := items(t, rx.requests(t, strings.Count(stdout, "\n"))); !reflect.DeepEqual(have, want) {
					t.Errorf("%s, %s, %s: %d items have arrived that are not the %d sent", signal, protocol, compression, len(have), len(want))
				}
			}
		}
	}
}

// TestReceiverTrees sends recorded sessions to the same receiver, twice: each
// time the tree that is to arrive arrives.
func TestReceiverTrees(t *testing.T) {
	rx := startReceiver(t)
	for _, r := range recordings(t) {
		for _, protocol := range []string{send.Protobuf, send.JSON, send.GRPC} {
			for range 2 {
				_, msg, status := runIt(t, r.events, "--endpoint", rx.endpoint(protocol), "--protocol", protocol)
				if status != 0 || msg != "" {
					t.Fatalf("%s, %s: status %d, %s", r.name, protocol, status, msg)
				}
				if got := draw(t, items(t, rx.requests(t, 1))); got != r.tree {
					t.Errorf("%s, %s: what has arrived is not the tree in testdata/trees:\n%s", r.name, protocol, got)
				}
			}
		}
	}
}

// A receiver is the program in testdata/receiver, which runs.
type receiver struct {
	grpc, http string
	got        chan string // the requests, in OTLP/JSON
}

// startReceiver starts the program that AT_OTLP_RECEIVER names, and skips the
// test if it names none.
func startReceiver(t *testing.T) *receiver {
	t.Helper()
	path := os.Getenv("AT_OTLP_RECEIVER")
	if path == "" {
		t.Skip("AT_OTLP_RECEIVER is not set: make receiver-test builds the receiver")
	}
	rx := &receiver{grpc: free(t), http: free(t), got: make(chan string, 100)}
	cmd := exec.Command(path, rx.grpc, rx.http)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	up(t, rx.grpc)
	up(t, rx.http)
	go func() { // it must not wait for us
		defer close(rx.got)
		for r := bufio.NewReader(out); ; {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			rx.got <- line
		}
	}()
	return rx
}

func (rx *receiver) endpoint(protocol string) string {
	if protocol == send.GRPC {
		return "http://" + rx.grpc
	}
	return "http://" + rx.http
}

// requests returns the next n requests that have arrived.
func (rx *receiver) requests(t *testing.T, n int) string {
	t.Helper()
	var text strings.Builder
	for range n {
		select {
		case line := <-rx.got:
			text.WriteString(line)
		case <-time.After(time.Minute):
			t.Fatal("a request has not arrived")
		}
	}
	return text.String()
}

// free returns an address on which nothing listens, and on which nothing will by
// chance: Linux and Darwin give ports from 32768 up to who asks for any.
func free(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20000+rand.IntN(12000)))
		if err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("no address is free")
	return ""
}

// up waits until something listens.
func up(t *testing.T, addr string) {
	for range 800 {
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
