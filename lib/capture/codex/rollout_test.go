package codex

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"agenttrace/lib/tool"
)

const (
	above = "01a20220-0000-7000-8000-000000000001"
	child = "01a20229-0000-7000-8000-000000000002"
	turn  = "01a20220-0100-7000-8000-00000000000a"
)

func TestRollout(t *testing.T) {
	c := newRun(t).testdata("rollout.jsonl")
	if len(c.problems)+len(c.alien) > 0 {
		t.Errorf("problems: %q, not taken: %q", c.problems, c.alien)
	}
	start := c.one("session_start")
	for path, value := range map[string]string{
		"agent": "codex", "agent_version": "0.169.0", "source": "startup", "entrypoint": "exec", "cwd": "/home/u/proj",
		"git.remote": "https://example.com/r.git", "git.branch": "main", "git.commit": "9f2c1d0", "originator": "codex_exec",
		"base_instructions": "", "^session_id": above, "^timestamp": "1795332034.1",
	} {
		want(t, start, path, value)
	}
	prompt := c.one("user_prompt")
	want(t, prompt, "prompt", "run the tests")
	want(t, prompt, "prompt_id", turn)
	context := c.one("turn_context")
	want(t, context, "model", "gpt-5.5")
	want(t, context, "effort", "medium")

	said := c.ofType("assistant_response")
	if len(said) != 2 {
		t.Fatalf("said %d times, want 2:\n%s", len(said), c)
	}
	want(t, said[0], "thinking", "true")
	want(t, said[0], "text", "I should run make.")
	want(t, said[1], "thinking", "")
	want(t, said[1], "text", "The tests fail.")
	want(t, said[1], "model", "gpt-5.5")

	// What is not known is kept, and is not taken for a record of ours.
	want(t, c.one("brand_new_thing"), "a", "1")
	want(t, c.one("codex_session_summary"), "words", "7")
}

// TestUsage is about counting each request once, in classes that exclude each
// other, though two kinds of lines tell of it.
func TestUsage(t *testing.T) {
	c := newRun(t).testdata("rollout.jsonl")
	list := c.ofType("llm_response")
	if len(list) != 2 {
		t.Fatalf("%d requests, want 2:\n%s", len(list), c)
	}
	want(t, list[0], "usage", `{"input_tokens":350,"output_tokens":50,"cache_read_tokens":600,"cache_write_5m_tokens":50,"reasoning_tokens":20}`)
	want(t, list[0], "model", "gpt-5.5")
	want(t, list[0], "message_id", "resp_1")
	want(t, list[1], "usage", `{"input_tokens":100,"output_tokens":10,"cache_read_tokens":1000}`)
}

// count is a token_count with a total and a last request of input, cached and
// output tokens.
func count(total, last [3]int) string {
	u := func(n [3]int) string {
		return fmt.Sprintf(`{"input_tokens":%d,"cached_input_tokens":%d,"output_tokens":%d,"total_tokens":%d}`, n[0], n[1], n[2], n[0]+n[2])
	}
	return `{"timestamp":"2025-11-22T07:20:40.000Z","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":` +
		u(total) + `,"last_token_usage":` + u(last) + `}}}` + "\n"
}

func lines(list ...string) string { return strings.Join(list, "\n") + "\n" }

const (
	metaLine = `{"timestamp":"2025-11-22T07:20:34.000Z","type":"session_meta","payload":{"id":"s1","cwd":"/p","cli_version":"0.60.0"}}`
	gpt      = `{"timestamp":"2025-11-22T07:20:34.000Z","type":"turn_context","payload":{"cwd":"/p","model":"gpt-5"}}`
)

// TestTokenCount is about the totals of files without token_usage_record.
func TestTokenCount(t *testing.T) {
	mini := strings.Replace(gpt, "gpt-5", "gpt-5-mini", 1)
	null := `{"timestamp":"2025-11-22T07:20:40.000Z","type":"event_msg","payload":{"type":"token_count","info":null,"rate_limits":{}}}` + "\n"
	a, b, c := [3]int{100, 40, 10}, [3]int{250, 140, 30}, [3]int{150, 100, 20}
	sum := func(total [3]int) string {
		line, _, _ := strings.Cut(count(total, total), `,"last_token_usage"`)
		return line + "}}}\n"
	}
	used := func(id string, n [3]int) string {
		return fmt.Sprintf(`{"timestamp":"2025-11-22T07:20:40.000Z","type":"token_usage_record","payload":{"thread_id":"s1","response_id":%q,"usage":`+
			`{"input_tokens":%d,"cached_input_tokens":%d,"output_tokens":%d}}}`+"\n", id, n[0], n[1], n[2])
	}
	for name, x := range map[string]struct{ text, want string }{
		"once":                       {count(a, a), "gpt-5 60+40+10"},
		"repeated":                   {count(a, a) + null + count(a, a) + count(a, a), "gpt-5 60+40+10"},
		"grows":                      {count(a, a) + count(b, [3]int{150, 100, 20}), "gpt-5 60+40+10, gpt-5 50+100+20"},
		"grows by more than last":    {count(a, a) + count(b, [3]int{1, 1, 1}), "gpt-5 60+40+10, gpt-5 50+100+20"},
		"by model":                   {count(a, a) + mini + "\n" + count(b, [3]int{150, 100, 20}), "gpt-5 60+40+10, gpt-5-mini 50+100+20"},
		"begins anew with more":      {count(a, a) + count(b, b) + count(b, b), "gpt-5 60+40+10, gpt-5 110+140+30"},
		"begins anew":                {count(b, b) + count(a, a), "gpt-5 110+140+30, gpt-5 60+40+10"},
		"goes on from elsewhere":     {count(b, a), "gpt-5 60+40+10"},
		"tells no last":              {sum(a) + sum(b) + sum(b), "gpt-5 60+40+10, gpt-5 50+100+20"},
		"tells no last, anew":        {sum(b) + sum(a), "gpt-5 110+140+30, gpt-5 60+40+10"},
		"before its record":          {count(a, a) + used("r1", a) + count(b, c) + used("r2", c) + used("r2", c), "gpt-5 60+40+10, gpt-5 50+100+20"},
		"behind its record":          {used("r1", a) + count(a, a) + used("r2", c) + count(b, c), "gpt-5 60+40+10, gpt-5 50+100+20"},
		"of an older version":        {count(a, a) + used("r2", c) + count(b, c), "gpt-5 60+40+10, gpt-5 50+100+20"},
		"nothing":                    {count([3]int{}, [3]int{}), ""},
		"more cached than there was": {count([3]int{10, 40, 1}, [3]int{10, 40, 1}), "gpt-5 0+40+1"},
	} {
		c := newRun(t).file("", lines(metaLine, gpt)+x.text)
		var got []string
		for _, e := range c.ofType("llm_response") {
			u := e.Get("usage")
			got = append(got, fmt.Sprintf("%s %d+%d+%d", e.Get("model"), u.Get("input_tokens").Int(), u.Get("cache_read_tokens").Int(), u.Get("output_tokens").Int()))
		}
		if g := strings.Join(got, ", "); g != x.want {
			t.Errorf("%s: %s, want %s", name, g, x.want)
		}
	}
}

func TestOldFormats(t *testing.T) {
	c := newRun(t).testdata("old.jsonl")
	if len(c.problems)+len(c.alien) > 0 {
		t.Errorf("problems: %q, not taken: %q", c.problems, c.alien)
	}
	if n := len(c.ofType("user_prompt")); n != 2 { // equal, and two
		t.Errorf("%d prompts, want 2:\n%s", n, c)
	}
	if a := c.ofType("user_prompt"); a[0].ID() == a[1].ID() {
		t.Error("two prompts have one id")
	}
	want(t, c.one("session_start"), "git.branch", "main")
	want(t, c.one("tool_result"), "exit_code", "0")
	want(t, c.one("tool_result"), "^duration_ms", "500")
	want(t, c.one("tool_result"), "result.output", "a\n")
	want(t, c.one("error"), "exit_code", "1")
	want(t, c.one("error"), "^duration_ms", "0")
	if line := tool.Parse("shell", []byte(c.ofType("tool_call")[0].Get("arguments").Raw)).Line; line != "ls -la" {
		t.Errorf("the line is %q", line)
	}
	for _, e := range c.events {
		want(t, e, "^session_id", "981d779b-0000-4000-8000-00000000000d")
	}

	c = newRun(t).testdata("document.json")
	want(t, c.one("user_prompt"), "prompt", "hi")
	want(t, c.one("tool_result"), "^duration_ms", "100")
	want(t, c.one("assistant_response"), "text", "Hello.")
	want(t, c.one("session_start"), "^session_id", "981d779b-0000-4000-8000-00000000000e")

	// {id, msg}, the stream before codex exec had its own.
	c = newRun(t).file("", lines(
		`{"id":"0","msg":{"type":"session_configured","session_id":"s9","model":"gpt-5"}}`,
		`{"id":"0","msg":{"type":"task_started"}}`,
		`{"id":"0","msg":{"type":"exec_command_begin","call_id":"c1","command":["bash","-lc","ls"],"cwd":"/p"}}`,
		`{"id":"0","msg":{"type":"exec_command_end","call_id":"c1","command":["bash","-lc","ls"],"stdout":"a","stderr":"","exit_code":0,"duration":{"secs":1,"nanos":0}}}`,
		`{"id":"0","msg":{"type":"agent_message","message":"done"}}`,
	))
	want(t, c.one("tool_call"), "arguments.command.2", "ls")
	want(t, c.one("tool_result"), "^duration_ms", "1000")
	want(t, c.one("tool_result"), "^session_id", "s9")
	want(t, c.one("assistant_response"), "model", "gpt-5")
}

// TestAll is about what is left out unless it is asked for.
func TestAll(t *testing.T) {
	text, err := os.ReadFile("testdata/rollout.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	c := newRun(t)
	c.r = New(sinkAll(c))
	c.file("", string(text))
	for _, typ := range []string{"world_state", "task_started", "task_complete", "token_count", "instructions", "user_injected", "reasoning"} {
		if len(c.ofType(typ)) == 0 {
			t.Errorf("no event of type %s", typ)
		}
	}
	want(t, c.one("session_start"), "base_instructions.text", "be good")
}

// TestNoSession is about lines of which nothing tells whose they are.
func TestNoSession(t *testing.T) {
	text := lines(gpt, `{"timestamp":"2025-11-22T07:20:34.000Z","type":"event_msg","payload":{"type":"task_started"}}`)
	c := newRun(t).file("", text)
	if len(c.events) != 0 || len(c.problems) != 1 {
		t.Errorf("%d events, problems: %q", len(c.events), c.problems)
	}
	c = newRun(t).file("named", text)
	want(t, c.one("turn_context"), "^session_id", "named")
	want(t, c.one("session_start"), "agent", "codex")
}
