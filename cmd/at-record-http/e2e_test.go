package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"agenttrace/lib/event"
	"agenttrace/lib/proxy/proxytest"
)

// everything starts server-everything.
func everything(t *testing.T, bin, transport string) (url string) {
	return proxytest.Start(t, func(port string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(bin, "mcp-server-everything"), transport)
		cmd.Env = append(os.Environ(), "PORT="+port)
		return cmd
	})
}

// TestE2E records the server of the protocol's authors that has everything, on
// both of its transports. It runs if AT_E2E is set and npm can be reached.
func TestE2E(t *testing.T) {
	bin := proxytest.Npm(t, proxytest.Everything)
	for _, c := range []struct {
		transport, path string
		client          func(url string) mcp.Transport
	}{
		{"streamableHttp", "/mcp", func(url string) mcp.Transport { return &mcp.StreamableClientTransport{Endpoint: url} }},
		{"sse", "/sse", func(url string) mcp.Transport { return &mcp.SSEClientTransport{Endpoint: url} }},
	} {
		t.Run(c.transport, func(t *testing.T) {
			up := everything(t, bin, c.transport)
			use := func(url string) *proxytest.Used {
				ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
				defer cancel()
				u, err := proxytest.Use(ctx, c.client(url+c.path), "trigger-sampling-request", proxytest.LongSteps, proxytest.EverythingCalls())
				if err != nil {
					t.Fatal(err)
				}
				return u
			}
			direct := use(up)
			r := record(t, up+c.path)
			with := use(r.url)
			if !reflect.DeepEqual(direct, with) {
				t.Errorf("without\n%+v\nwith at-record-http\n%+v", direct, with)
			}
			events := r.end()
			for _, wrong := range proxytest.Check(events, "p", with.Calls) {
				t.Error(wrong)
			}
			for _, e := range events {
				if e.Is("error") && e.Get("kind").Str != "tool" {
					t.Errorf("nothing else failed: %s", e.Raw)
				}
			}
			n := count(distinct(events))
			if n["session_start"] != 1 || n["session_end"] != 1 || n["trace_gap"] != 0 || n["llm_request"] != 1 || n["llm_response"] != 1 {
				t.Errorf("%v", n)
			}
			t.Logf("%d tools, %d calls, %d times progress, asked %d times; %v", len(with.Tools), len(with.Calls), with.Progress, len(with.Asked), n)
		})
	}
}

// TestE2EConformance runs the protocol's conformance suite against servers,
// without at-record-http and with it: what passes passes, and what fails fails.
// It runs if AT_E2E is set and npm can be reached.
func TestE2EConformance(t *testing.T) {
	packages := []string{proxytest.Everything, proxytest.Conformance}
	if version, _ := exec.Command("node", "-p", "process.versions.node").Output(); major(version) < 22 {
		packages = append(packages, proxytest.Node)
	}
	bin := proxytest.Npm(t, packages...)
	sdk := filepath.Join(t.TempDir(), "everything-server")
	if out, err := exec.Command("go", "build", "-o", sdk, "github.com/modelcontextprotocol/go-sdk/conformance/everything-server").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	of := func(args ...string) func(t *testing.T) string {
		return func(t *testing.T) string {
			return proxytest.Start(t, func(port string) *exec.Cmd {
				return exec.Command(sdk, append(args, "-http", "127.0.0.1:"+port)...)
			})
		}
	}
	for _, c := range []struct {
		name  string
		start func(t *testing.T) string
		// guarded says that the server keeps web pages of others out itself. Where
		// it does not, at-record-http does.
		guarded bool
	}{
		{"SDK with sessions", of("-stateless=false"), true},
		{"SDK without sessions", of("-stateless=true"), true},
		{"server-everything", func(t *testing.T) string { return everything(t, bin, "streamableHttp") }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			up := c.start(t)
			direct := conformance(t, bin, up+"/mcp")
			r := record(t, up+"/mcp")
			with := conformance(t, bin, r.url+"/mcp")
			const pages = "dns-rebinding-protection"
			for _, check := range with[pages] {
				if !strings.HasSuffix(check, " SUCCESS") {
					t.Errorf("%s: %s", pages, check)
				}
			}
			if !c.guarded {
				delete(direct, pages)
				delete(with, pages)
			}
			for _, name := range slices.Sorted(maps.Keys(direct)) {
				if !slices.Equal(direct[name], with[name]) {
					t.Errorf("%s\nwithout %q\nwith    %q", name, direct[name], with[name])
				}
			}
			if len(with) != len(direct) || len(with) < 30 {
				t.Errorf("%d scenarios without, %d with at-record-http", len(direct), len(with))
			}
			events := r.end()
			n := count(distinct(events))
			if n["tool_call"] < 10 || n["trace_gap"] != 0 || n["session_start"] == 0 || n["session_end"] != n["session_start"] {
				t.Errorf("%v", n)
			}
			for _, wrong := range proxytest.Check(events, "p", nil) {
				if !strings.HasPrefix(wrong, "nobody called") {
					t.Error(wrong)
				}
			}
			states := map[string]int{}
			for _, checks := range with {
				for _, check := range checks {
					states[check[strings.LastIndexByte(check, ' ')+1:]]++
				}
			}
			t.Logf("%d scenarios, checks %v; events %v", len(with), states, n)
		})
	}
}

// distinct returns the events that a reader of the store sees: a session that
// begins is told of again when client and server have said what they are.
func distinct(events []event.Event) (list []event.Event) {
	seen := map[string]bool{}
	for _, e := range events {
		if !seen[e.Session()+e.ID()] {
			seen[e.Session()+e.ID()] = true
			list = append(list, e)
		}
	}
	return list
}

func major(version []byte) int {
	text, _, _ := strings.Cut(string(version), ".")
	n, _ := strconv.Atoi(text)
	return n
}

// runStamp is the time of a run, with which the suite names a scenario's folder.
var runStamp = regexp.MustCompile(`-\d{4}-\d\d-\d\dT[-\d]+Z$`)

// conformance runs the suite against a server, and returns how each check of
// each scenario ended.
func conformance(t *testing.T, bin, url string) map[string][]string {
	t.Helper()
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "conformance"), "server", "--url", url, "--suite", "all", "--output-dir", dir)
	cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "NO_PROXY=*")
	out, _ := cmd.CombinedOutput() // its status says whether something failed
	files, err := filepath.Glob(filepath.Join(dir, "*", "checks.json"))
	if err != nil || len(files) == 0 || ctx.Err() != nil {
		t.Fatalf("the suite did not run: %v\n%s", err, out)
	}
	ended := map[string][]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var checks []struct{ ID, Status string }
		if err := json.Unmarshal(text, &checks); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(runStamp.ReplaceAllString(filepath.Base(filepath.Dir(file)), ""), "server-")
		for _, c := range checks {
			ended[name] = append(ended[name], fmt.Sprint(c.ID, " ", c.Status))
		}
	}
	return ended
}
