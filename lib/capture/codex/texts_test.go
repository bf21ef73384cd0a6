package codex

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestPrompts is about what is a prompt, and that it is one.
func TestPrompts(t *testing.T) {
	item := func(text string) string {
		b, _ := json.Marshal(text)
		return `{"timestamp":"2026-11-22T07:21:00.000Z","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":` + string(b) + `}]}}`
	}
	typed := func(text string) string {
		b, _ := json.Marshal(text)
		return `{"timestamp":"2026-11-22T07:21:00.000Z","type":"event_msg","payload":{"type":"user_message","message":` + string(b) + `,"images":[]}}`
	}
	answer := `{"timestamp":"2026-11-22T07:21:01.000Z","type":"response_item","payload":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"ok"}]}}`
	for name, x := range map[string]struct{ text, want string }{
		"item, then typed":      {lines(item("a"), typed("a"), answer), "a"},
		"typed, then item":      {lines(typed("a"), gpt, item("a"), answer), "a"},
		"item only":             {lines(item("a"), answer), "a"},
		"typed only":            {lines(typed("a"), answer), "a"},
		"last":                  {lines(item("a")), "a"},
		"twice":                 {lines(item("a"), typed("a"), answer, item("a"), typed("a")), "a|a"},
		"twice, typed first":    {lines(typed("a"), item("a"), answer, typed("a"), item("a")), "a|a"},
		"with what is attached": {lines(item("# Files\nx\n\n## My request\na"), typed("a"), answer), "a"},
		"injected": {lines(item("<environment_context>\n</environment_context>"), item("# AGENTS.md instructions for /p\nx"),
			item("<user_instructions>\nx\n</user_instructions>"), item("a"), typed("a")), "a"},
		"two at once":   {lines(item("a"), item("b"), answer), "a|b"},
		"looks like it": {lines(item("<b> is a tag"), answer), "<b> is a tag"},
		"typed tag":     {lines(item("<a>x</a>"), typed("<a>x</a>"), answer), "<a>x</a>"},
	} {
		c := newRun(t).file("s", x.text)
		var got []string
		ids := map[string]bool{}
		for _, e := range c.ofType("user_prompt") {
			got = append(got, e.Get("prompt").String())
			ids[e.ID()] = true
		}
		if g := strings.Join(got, "|"); g != x.want || len(ids) != len(got) {
			t.Errorf("%s: %q with %d ids, want %q", name, g, len(ids), x.want)
		}
	}
	c := newRun(t).file("s", lines(item("<user_shell_command>\n<command>\nls\n</command>\n<result>\na\n</result>\n</user_shell_command>"),
		item("<subagent_notification>\n{}\n</subagent_notification>"), item("<turn_aborted>\nx\n</turn_aborted>"),
		`{"timestamp":"2026-11-22T07:21:02.000Z","type":"event_msg","payload":{"type":"turn_aborted","reason":"interrupted"}}`))
	want(t, c.one("user_command"), "command", "ls")
	want(t, c.one("task_notification"), "text", "<subagent_notification>\n{}\n</subagent_notification>")
	c.one("interrupt")
}

// TestOnce is about texts that several kinds of lines tell.
func TestOnce(t *testing.T) {
	item := `{"timestamp":"2026-11-22T07:21:01.000Z","type":"response_item","payload":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"ok<oai-mem-citation>x</oai-mem-citation>"}]}}`
	said := `{"timestamp":"2026-11-22T07:21:01.000Z","type":"event_msg","payload":{"type":"agent_message","message":"ok"}}`
	done := `{"timestamp":"2026-11-22T07:21:01.000Z","type":"event_msg","payload":{"type":"item_completed","item":{"type":"AgentMessage","id":"msg_1","content":[{"type":"Text","text":"ok"}]}}}`
	end := `{"timestamp":"2026-11-22T07:21:01.000Z","type":"event_msg","payload":{"type":"task_complete","last_agent_message":"ok"}}`
	for text, n := range map[string]int{
		lines(said, item): 1, lines(item, said, end): 1, lines(done, item): 1, lines(done, said, item): 1, item: 1, said: 1, end: 1,
		lines(said, item, said, item): 2, lines(item, item): 2, lines(done, item, end, done, item): 2,
	} {
		c := newRun(t).file("s", text)
		if got := len(c.ofType("assistant_response")); got != n {
			t.Errorf("said %d times, want %d:\n%s", got, n, text)
		}
	}
	compacted := `{"timestamp":"2026-11-22T07:21:01.000Z","type":"compacted","payload":{"message":"what was done","replacement_history":[{}]}}`
	marker := `{"timestamp":"2026-11-22T07:21:01.000Z","type":"event_msg","payload":{"type":"context_compacted"}}`
	c := newRun(t).file("s", lines(compacted, marker, compacted, marker))
	if a := c.ofType("compaction"); len(a) != 2 || a[0].ID() == a[1].ID() {
		t.Errorf("compactions:\n%s", c)
	}
	want(t, c.ofType("compaction_summary")[0], "compact_summary", "what was done")
}

func TestErrors(t *testing.T) {
	msg := func(p string) string {
		return `{"timestamp":"2026-11-22T07:21:01.000Z","type":"event_msg","payload":` + p + `}`
	}
	c := newRun(t).file("s", lines(
		msg(`{"type":"stream_error","message":"Reconnecting... 2/5","codex_error_info":{"response_stream_disconnected":{"http_status_code":503}}}`),
		msg(`{"type":"error","message":"usage limit","codex_error_info":"usage_limit_exceeded"}`),
		msg(`{"type":"task_complete","last_agent_message":null,"error":{"message":"usage limit"}}`),
	))
	list := c.ofType("error")
	if len(list) != 2 {
		t.Fatalf("%d errors, want 2:\n%s", len(list), c)
	}
	want(t, list[0], "retry_attempt", "2")
	want(t, list[0], "status", "503")
	want(t, list[1], "error", "usage_limit_exceeded")
	want(t, list[1], "kind", "api")
}
