//go:build linux || darwin

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/proc"
)

// An agent is a shell that leads a process group, with a child in it and one in
// a group of its own, as the tools of agents are.
type agent struct {
	proc.Process
	pids []int // of all three
}

// loop ends by itself.
const loop = "while [ $SECONDS -lt 60 ]; do sleep 0.05; done"

func startAgent(t *testing.T, before string) *agent {
	t.Helper()
	cmd := exec.Command("bash", "-c", before+`
set -m; bash -c '`+loop+`' & echo $!; set +m
bash -c '`+before+loop+`' & echo $!
`+loop)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skip(err)
	}
	a := &agent{pids: []int{cmd.Process.Pid}}
	t.Cleanup(func() {
		for _, pid := range a.pids {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
	})
	for s := bufio.NewScanner(out); len(a.pids) < 3 && s.Scan(); {
		pid, err := strconv.Atoi(s.Text())
		if err != nil {
			t.Fatal(err)
		}
		a.pids = append(a.pids, pid)
	}
	if a.Process, err = proc.Look(cmd.Process.Pid); err != nil {
		t.Fatal(err)
	}
	return a
}

func state(pid int) string {
	p, err := proc.Look(pid)
	switch {
	case err != nil || p.Ended:
		return "gone"
	case p.Stopped:
		return "stopped"
	}
	return "runs"
}

// become waits until all of the agent is in a state.
func (a *agent) become(t *testing.T, want string) {
	t.Helper()
	for range 5000 {
		all := true
		for _, pid := range a.pids {
			all = all && state(pid) == want
		}
		if all {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	for _, pid := range a.pids {
		t.Errorf("%d %s, want %s", pid, state(pid), want)
	}
	t.FailNow()
}

// start is the event that tells the agent's process; off is what is added to
// its start.
func (a *agent) start(off time.Duration, more string) string {
	return fmt.Sprintf(`{"event_type":"session_start","timestamp":%d,"event_id":"s","session_id":"sess-1","data":{"agent":"claude-code","cwd":"/p","process":{"pid":%d,"start_time":%d.%06d}%s}}`,
		time.Now().Unix(), a.PID, (a.StartNano+int64(off))/1e9, (a.StartNano+int64(off))%1e9/1000, more)
}

func write(id, file string) string {
	return fmt.Sprintf(`{"event_type":"tool_call","timestamp":%d,"event_id":%q,"session_id":"sess-1","data":{"tool_name":"Write","arguments":{"file_path":%q}}}`, time.Now().Unix(), id, file)
}

// watching is at-watch at work.
type watching struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines chan string // of its output
	msg   bytes.Buffer
	dir   string
}

func startWatch(t *testing.T, rules string, args ...string) *watching {
	t.Helper()
	r := &watching{dir: t.TempDir(), lines: make(chan string, 100)}
	if rules != "" {
		if err := os.WriteFile(filepath.Join(r.dir, "rules.json"), []byte(rules), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--rules", "rules.json")
	}
	r.cmd = exec.Command("at-watch", append(args, "--trace-dir", ".agent-traces")...)
	r.cmd.Dir, r.cmd.Stderr = r.dir, &r.msg
	var err error
	if r.in, err = r.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.cmd.Process.Kill() })
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			r.lines <- s.Text()
		}
		close(r.lines)
	}()
	return r
}

func (r *watching) say(t *testing.T, lines ...string) {
	t.Helper()
	for _, l := range lines {
		if _, err := io.WriteString(r.in, l+"\n"); err != nil {
			t.Fatal(err)
		}
	}
}

// alert waits for a line of the output.
func (r *watching) alert(t *testing.T) gjson.Result {
	t.Helper()
	select {
	case line := <-r.lines:
		return gjson.Parse(line)
	case <-time.After(time.Minute):
		t.Fatal("no alert")
		return gjson.Result{}
	}
}

// end closes the input and checks the exit status.
func (r *watching) end(t *testing.T, status int) {
	t.Helper()
	r.in.Close()
	for line := range r.lines {
		t.Errorf("one more: %s", line)
	}
	err := r.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || r.cmd.ProcessState.ExitCode() != status {
		t.Errorf("%v, want status %d: %s", err, status, r.msg.String())
	}
}

const killRule = `[{"condition":"file_path","glob":"**/production.env","action":"kill"}]`

func TestKill(t *testing.T) {
	a := startAgent(t, "")
	r := startWatch(t, killRule)
	if err := os.WriteFile(filepath.Join(r.dir, "AGENTS.md"), []byte("- Do not edit `secrets/`\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	first := strings.Replace(a.start(0, ""), `"cwd":"/p"`, `"cwd":`+strconv.Quote(r.dir), 1)
	r.say(t, first, write("1", filepath.Join(r.dir, "secrets/a")), write("2", "/p/production.env"), write("3", "/p/production.env"))
	x := r.alert(t)
	if x.Get("data.action").Str != "kill" || x.Get("data.pid").Int() != int64(a.PID) || x.Get("parent_id").Str != "2" || x.Get("data.refused").Exists() {
		t.Error(x.Raw)
	}
	a.become(t, "gone")
	r.end(t, 1)
	text, err := os.ReadFile(filepath.Join(r.dir, ".agent-traces/postmortem-sess-1.md"))
	if err != nil || !strings.Contains(string(text), "Killed by a rule") || !strings.Contains(string(text), "AGENTS.md:1: Do not edit") {
		t.Errorf("%v %s", err, text)
	}
}

// One that does not listen to SIGTERM is killed after the grace, also if the
// input ends meanwhile.
func TestKillDeaf(t *testing.T) {
	a := startAgent(t, `trap "" TERM; `)
	r := startWatch(t, killRule, "--grace", "300ms")
	r.say(t, a.start(0, ""), write("2", "production.env"))
	r.alert(t)
	r.end(t, 1)
	a.become(t, "gone")
	if !strings.Contains(r.msg.String(), "by force") {
		t.Error(r.msg.String())
	}
}

func TestPauseAndResume(t *testing.T) {
	a := startAgent(t, "")
	r := startWatch(t, `[{"condition":"files_modified","threshold":1,"action":"pause"},{"condition":"files_modified","threshold":2,"action":"resume"}]`)
	r.say(t, a.start(0, ""), write("1", "a"), write("2", "b"))
	if x := r.alert(t); x.Get("data.action").Str != "pause" {
		t.Error(x.Raw)
	}
	a.become(t, "stopped")
	r.say(t, write("3", "c"))
	if x := r.alert(t); x.Get("data.action").Str != "resume" {
		t.Error(x.Raw)
	}
	a.become(t, "runs")
	r.end(t, 1)
}

func TestEditorsPause(t *testing.T) {
	a := startAgent(t, "")
	r := startWatch(t, killRule)
	r.say(t, a.start(0, ""), write("1", "a"))
	dir := filepath.Join(r.dir, ".agent-traces")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	request := filepath.Join(dir, ".pause-request")
	for range 2 {
		if err := os.WriteFile(request, []byte("sess-1"), 0o600); err != nil {
			t.Fatal(err)
		}
		a.become(t, "stopped")
		os.Remove(request)
		a.become(t, "runs")
	}
	if err := os.WriteFile(request, []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	time.Sleep(3 * beat)
	a.become(t, "runs")
	r.end(t, 0)
}

// What is not surely the agent is left alone, and the alert says why.
func TestLeftAlone(t *testing.T) {
	a := startAgent(t, "")
	for name, tt := range map[string]struct {
		start string
		args  []string
		want  string
	}{
		"a pid that is another process now": {a.start(-time.Hour, ""), nil, "another process"},
		"one that started later":            {a.start(5*time.Second, ""), nil, "another process"},
		"another machine":                   {a.start(0, `,"host":"elsewhere"`), nil, "another machine"},
		"no process":                        {write("0", "x"), nil, "not recorded"},
		"a dry run":                         {a.start(0, ""), []string{"--dry-run"}, ""},
	} {
		r := startWatch(t, killRule, tt.args...)
		r.say(t, tt.start, write("1", "production.env"))
		x := r.alert(t)
		if got := x.Get("data.refused").Str; !strings.Contains(got, tt.want) || (tt.want == "") != (got == "") || x.Get("data.pid").Exists() || x.Get("data.dry_run").Bool() != (tt.args != nil) {
			t.Errorf("%s: %s", name, x.Raw)
		}
		r.end(t, 1)
	}
	a.become(t, "runs")
}

// What happened before at-watch was started counts.
func TestHistory(t *testing.T) {
	a := startAgent(t, "")
	r := startWatch(t, `[{"condition":"files_modified","threshold":2,"action":"kill"}]`)
	old := func(id string) string {
		return fmt.Sprintf(`{"event_type":"tool_call","timestamp":1000,"event_id":%q,"session_id":"sess-1","data":{"tool_name":"Write","arguments":{"file_path":%q}}}`, id, id)
	}
	r.say(t, a.start(0, ""), old("1"), old("2"), old("3"), old("4"))
	r.alert(t)
	a.become(t, "gone")
	r.end(t, 1)
}

// Hooks tell no tokens: the transcript that they name does.
func TestTranscript(t *testing.T) {
	a := startAgent(t, "")
	r := startWatch(t, `[{"condition":"cost_usd","threshold":2,"action":"kill"}]`)
	name := filepath.Join(r.dir, "t.jsonl")
	answer := func(id string) string {
		return `{"type":"assistant","requestId":"` + id + `","message":{"id":"` + id + `","model":"claude-sonnet-5","usage":{"input_tokens":600000,"output_tokens":5}}}` + "\n"
	}
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r.say(t, a.start(0, `,"transcript_path":`+strconv.Quote(name)), write("1", "a"))
	for _, text := range []string{answer("m1"), answer("m1"), answer("m2")[:40]} {
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * beat)
		a.become(t, "runs")
	}
	if _, err := f.WriteString(answer("m2")[40:]); err != nil {
		t.Fatal(err)
	}
	if x := r.alert(t); !strings.HasPrefix(x.Get("data.reason").Str, "cost_usd is 2.4") {
		t.Error(x.Raw)
	}
	a.become(t, "gone")
	r.end(t, 1)
}

// The clock goes on where nothing happens any more, of sessions that are alive.
func TestIdle(t *testing.T) {
	a := startAgent(t, "")
	r := startWatch(t, `[{"condition":"idle_minutes","threshold":0.03}]`)
	r.say(t, strings.ReplaceAll(write("0", "a"), "sess-1", "long over"), a.start(0, ""), write("1", "a"))
	r.say(t, `{"event_type":"tool_call","timestamp":1000,"event_id":"9","session_id":"years ago","data":{"tool_name":"X"}}`,
		`{"event_type":"session_end","timestamp":1000,"event_id":"8","session_id":"long over","data":{}}`)
	if x := r.alert(t); x.Get("session_id").Str != "sess-1" {
		t.Error(x.Raw)
	}
	r.end(t, 0)
}

func TestHandedOn(t *testing.T) {
	got := make(chan string, 10)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		b, _ := io.ReadAll(q.Body)
		got <- string(b)
	}))
	defer server.Close()
	r := startWatch(t, `[{"condition":"files_modified","threshold":0},{"condition":"tool_calls","threshold":1}]`, "--webhook", server.URL, "--on-alert", "cat >>alerts; echo noise")
	r.say(t, write("1", "a"), write("2", "b"))
	first, second := r.alert(t), r.alert(t)
	for _, x := range []gjson.Result{first, second} {
		var m map[string]any
		body := <-got
		if json.Unmarshal([]byte(body), &m) != nil || m["source"] != "agent-trace" || gjson.Get(body, "alert.event_id").Str != x.Get("event_id").Str || m["text"] == "" {
			t.Error(body)
		}
	}
	r.end(t, 0)
	if text, err := os.ReadFile(filepath.Join(r.dir, "alerts")); err != nil || string(text) != first.Raw+"\n"+second.Raw+"\n" {
		t.Errorf("%v %s", err, text)
	}
	if !strings.Contains(r.msg.String(), "noise") {
		t.Error(r.msg.String())
	}
}

// A webhook that fails is told of, and holds up nothing.
func TestWebhookFails(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { w.WriteHeader(500) }))
	defer server.Close()
	a := startAgent(t, "")
	r := startWatch(t, killRule, "--webhook", server.URL, "--on-alert", "exit 3")
	r.say(t, a.start(0, ""), write("1", "production.env"))
	r.alert(t)
	a.become(t, "gone")
	r.end(t, 2)
	for _, want := range []string{"cannot post the alert: the answer is 500", "cannot run 'exit 3'"} {
		if !strings.Contains(r.msg.String(), want) {
			t.Errorf("no %q in %s", want, r.msg.String())
		}
	}
}

// SIGTERM ends it, though its input goes on.
func TestTerm(t *testing.T) {
	r := startWatch(t, killRule, "--tee")
	line := write("1", "a")
	r.say(t, line)
	if x := r.alert(t); x.Raw != line {
		t.Error(x.Raw)
	}
	_ = r.cmd.Process.Signal(syscall.SIGTERM)
	if err := r.cmd.Wait(); err != nil {
		t.Errorf("%v: %s", err, r.msg.String())
	}
}
