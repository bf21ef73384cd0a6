package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/rogpeppe/go-internal/testscript"

	"agenttrace/lib/clitest"
	"agenttrace/lib/proxy/proxytest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"at-record": main, "mcp-server": server, "fake": fake})
}

func TestScripts(t *testing.T) { clitest.Scripts(t, "testdata") }

// server is an MCP server on stdio. It keeps what it reads and writes in the
// files that SAW and SAID name.
func server() {
	in, out := io.Reader(os.Stdin), io.Writer(os.Stdout)
	if name := os.Getenv("SAW"); name != "" {
		saw, err := os.Create(name)
		if err != nil {
			panic(err)
		}
		said, err := os.Create(os.Getenv("SAID"))
		if err != nil {
			panic(err)
		}
		in, out = io.TeeReader(in, saw), io.MultiWriter(said, out)
	}
	t := &mcp.IOTransport{Reader: io.NopCloser(in), Writer: nopCloser{out}}
	if err := proxytest.Server().Run(context.Background(), t); err != nil && err != io.EOF {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
