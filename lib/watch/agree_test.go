package watch

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"agenttrace/lib/capture"
	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
	"agenttrace/lib/guard"
	"agenttrace/lib/policy"
	"agenttrace/lib/rule"
)

const agreed = `
- {name: budget, condition: cost_usd > 0.5, action: kill}
- {name: tokens, condition: tokens > 50000, action: pause}
- {name: window, condition: context_pct > 10, action: pause}
- {name: files, condition: files_modified > 2, action: pause}
- {name: tests, condition: consecutive_test_failures >= 2, action: kill}
- {name: errors, condition: consecutive_errors > 1, action: pause}
- {name: retries, condition: retries > 1, action: kill}
- {name: loops, condition: loops > 2, action: pause}
- {name: long, condition: duration_minutes > 2, action: kill}
- {name: calls, condition: tool_calls > 5, action: pause}
- {name: path, condition: 'file_path matches "**/*.env"', action: kill}
- {name: markdown, condition: 'file_path matches "*.md"', action: pause}
- {name: command, condition: 'command matches "git push"', action: kill}
- {name: host, condition: 'host matches "*.example"', action: kill}
- {name: tool, condition: 'tool matches "Write"', action: pause}
- {name: noted, condition: 'tool matches "*"', action: alert}
`

// agree checks that a rules file says the same of a stream before a call runs,
// while it runs and afterwards: that guard denies a call exactly where the audit
// finds a rule on calls, and from where the watcher says that a number is
// reached.
func agree(t *testing.T, lines [][]byte) (held int) {
	rules := rules(t, agreed)
	live := &Watcher{Rules: rules}
	audit := &policy.Audit{More: (&Watcher{Rules: rules}).Findings()}
	states := map[string]*rule.State{}
	type at struct {
		session, rule string
		event         int
	}
	guarded := map[at]string{}
	watched := map[at]int{}
	numbers := map[string]int{}
	for _, line := range lines {
		e, err := event.Parse(line)
		if err != nil || e.IsRecord() || e.Session() == "" {
			continue
		}
		id := e.Session()
		numbers[id]++
		s := states[id]
		if s == nil {
			s = &rule.State{}
			states[id] = s
		}
		if e.Is("tool_call") && e.Get("arguments").Exists() {
			now, _ := e.UnixNano()
			var o event.Object
			o.Text("hook_event_name", "PreToolUse").Text("session_id", id).Text("tool_name", e.Get("tool_name").String()).Raw("tool_input", []byte(e.Get("arguments").Raw))
			p, err := guard.Read(o.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			root, cwd := s.Root, e.Get("cwd").Str
			if root == "" {
				root = cwd
			}
			var judged rule.State
			judged.Load(s.Marshal())
			c := guard.Case{Payload: p, Context: (&policy.Context{}).For(root, cwd, nil), Rules: rules, States: []*rule.State{&judged}, Now: max(now, judged.Last)}
			for _, f := range c.Judge().Fired {
				if f.Rule.Action == rule.Alert {
					continue
				}
				guarded[at{id, f.Rule.Name, numbers[id]}] = f.Detail
			}
		}
		for _, a := range live.Add(e) {
			if a.Action() != rule.Alert {
				watched[at{id, a.Name(), 0}] = a.Event
			}
		}
		audit.Add(e)
		s.Add(e)
	}
	byName := map[string]*rule.Rule{}
	for _, r := range rules {
		byName[r.Name] = r
	}
	audited := map[at]bool{}
	for _, s := range audit.Sessions() {
		for _, x := range s.Entries { // those that were not let run, too
			if x.Kind != "rule" {
				continue
			}
			held++
			key := at{s.ID, x.Rule, x.Event}
			audited[key] = true
			r := byName[x.Rule]
			if want := map[rule.Action]policy.Verdict{rule.Kill: policy.Deny, rule.Pause: policy.Ask}[r.Action]; x.Verdict != want {
				t.Errorf("%+v: %v, want %v", key, x.Verdict, want)
			}
			switch on := watched[at{s.ID, x.Rule, 0}]; {
			case on == 0 || on > x.Event || !r.OnCall() && on != x.Event:
				t.Errorf("%+v: watched at %d", key, on)
			case r.OnCall() && guarded[key] == "":
				t.Errorf("%+v: not guarded", key)
			}
		}
	}
	for key := range guarded {
		r := byName[key.rule]
		on := watched[at{key.session, key.rule, 0}]
		if r.OnCall() && !audited[key] || on == 0 || on > key.event {
			t.Errorf("%+v: audited %v, watched at %d", key, audited[key], on)
		}
	}
	return held
}

func TestAgree(t *testing.T) {
	var lines [][]byte
	add := func(l ...string) {
		for _, x := range l {
			lines = append(lines, []byte(x))
		}
	}
	add(start("s", 1000, ""))
	for i := range 8 {
		at := 1000 + 20*i
		add(bash("s", fmt.Sprint("t", i), at, "pytest"), failed("s", fmt.Sprint("t", i), at+5))
		add(call("s", fmt.Sprint("w", i), at+6, "Write", fmt.Sprintf(`{"file_path":"/p/%d.md"}`, i)))
		add(fmt.Sprintf(`{"event_type":"llm_response","timestamp":%d,"event_id":"l%d","session_id":"s","data":{"model":"claude-sonnet-5","message_id":"l%d","usage":{"input_tokens":30000,"output_tokens":9000}}}`, at+7, i, i))
	}
	for i, line := range []string{"cat .env", "cd x && cat ../prod.env", "echo .env", "git push", "sudo git push -f", "git pull", "curl https://a.example/x", "make", "make", "make"} {
		add(bash("u", fmt.Sprint("u", i), 2000+i, line))
	}
	if n := agree(t, lines); n < 20 {
		t.Errorf("%d violations", n)
	}
}

// TestAgreeOnRealSessions does so with sessions that were recorded.
func TestAgreeOnRealSessions(t *testing.T) {
	dir := filepath.Join(clitest.Shared(t), "corpus", "claude")
	out, err := exec.Command("find", dir, "-name", "*.jsonl", "-size", "-2000k").Output()
	if err != nil {
		t.Skip(err)
	}
	held := 0
	for i, name := range strings.Fields(string(out)) {
		if i%3 > 0 {
			continue
		}
		var lines [][]byte
		k := &capture.Capture{
			Clock: func() int64 { return 0 }, Idle: func() error { return nil }, Problem: func(*event.SyntaxError, []byte) {},
			Emit: func(line []byte) error { lines = append(lines, bytes.Clone(line)); return nil },
		}
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		err = k.Read(f, capture.File{Name: name})
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		held += agree(t, lines)
	}
	t.Logf("%d violations", held)
}
