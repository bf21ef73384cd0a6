package capture

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/claude"
	"agenttrace/lib/event"
)

// tl makes a line of a transcript: of session s, the nth line, n seconds after
// the minute, unless the members say otherwise.
func tl(n int, typ, members string) string {
	line := fmt.Sprintf(`{"type":%q,%s`, typ, members)
	for _, m := range [][2]string{
		{`"uuid"`, fmt.Sprintf(`"u%d"`, n)}, {`"sessionId"`, `"s"`}, {`"timestamp"`, fmt.Sprintf(`"2026-11-22T07:22:%02d.000Z"`, n)},
	} {
		if !strings.Contains(line, m[0]) {
			line += "," + m[0] + ":" + m[1]
		}
	}
	return line + "}"
}

func said(n int, text string) string {
	return tl(n, "user", `"message":{"role":"user","content":`+string(event.AppendString(nil, text))+`}`)
}

func message(n int, id, block, rest string) string {
	return tl(n, "assistant", `"requestId":"r`+id+`","message":{"id":"`+id+`","role":"assistant","model":"m1","content":[`+block+`]`+rest+`}`)
}

func usage(in, out int) string {
	return fmt.Sprintf(`,"usage":{"input_tokens":%d,"output_tokens":%d}`, in, out)
}

const (
	textBlock = `{"type":"text","text":"ok"}`
	callBlock = `{"type":"tool_use","id":"t1","name":"Bash","input":{"command":"ls"}}`
)

func resultLine(n int, id, content string) string {
	return tl(n, "user", `"message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"`+id+`","content":`+content+`}]}`)
}

// brief renders events without their ids: type, session if it is not s, and
// data without what is said elsewhere.
func brief(t *testing.T, lines []string) string {
	t.Helper()
	var out []string
	calls := map[string]string{}
	for _, e := range parse(t, lines) {
		if e.Is("session_start") && e.Session() == "s" {
			continue
		}
		s := e.Type()
		if e.Session() != "s" {
			s += " #" + e.Session()
		}
		if e.Is("tool_call") {
			calls[e.ID()] = e.Get("tool_use_id").Str
		}
		if p := e.Parent(); p != "" {
			s += " <" + calls[p]
			if _, ok := calls[p]; !ok {
				s += "?"
			}
		}
		if d, ok := e.Duration(); ok {
			s += " " + d.String()
		}
		if ns, ok := e.UnixNano(); !ok {
			s += " untimed"
		} else if ns == 0 {
			s += " AT 0"
		}
		e.Data().ForEach(func(k, v gjson.Result) bool {
			switch k.Str {
			case "uuid", "model", "message_id", "request_id", "agent", "source":
			case "parent_event_id":
				s += " by=" + calls[v.Str]
			default:
				s += " " + k.Str + "=" + v.Raw
			}
			return true
		})
		out = append(out, s)
	}
	return strings.Join(out, "\n")
}

func TestTranscript(t *testing.T) {
	for name, tt := range map[string]struct{ in, want []string }{
		"prompts, and what is none": {
			[]string{
				said(1, "fix it"),
				tl(2, "user", `"isMeta":true,"message":{"content":"meta"}`),
				said(3, "[Request interrupted by user]"), said(4, "[Request interrupted by user for tool use]"),
				said(5, "<command-name>/review</command-name>\n<command-message>review</command-message>\n<command-args>main</command-args>"),
				said(6, "<command-message>init is…</command-message>\n<command-name>/init</command-name>"),
				said(7, "<local-command-stdout>out</local-command-stdout>"), said(8, "<local-command-caveat>x"), said(9, "<system-reminder>x"),
				said(10, "<task-notification>done</task-notification>"), said(11, "<bash-input>git status</bash-input>"), said(12, "<bash-stdout>clean</bash-stdout><bash-stderr></bash-stderr>"),
				said(13, "<ide_opened_file>x"), said(14, "<ide_selection>x"), said(15, "Stop hook feedback:\nx"),
				tl(16, "user", `"isCompactSummary":true,"message":{"content":"so far"}`),
				tl(17, "user", `"message":{"content":[{"type":"text","text":"see"},{"type":"image","source":{}}]}`),
				tl(18, "attachment", `"attachment":{"type":"queued_command","prompt":"also lint"}`),
				tl(19, "attachment", `"attachment":{"type":"queued_command","prompt":[{"type":"text","text":"and this"}]}`),
				tl(20, "attachment", `"attachment":{"type":"prompt_snapshot","rendered":"secret"}`),
				said(21, "{\"json\":1}"), said(22, "<custom>x</custom>"),
			},
			[]string{
				`user_prompt prompt="fix it"`, `interrupt text="[Request interrupted by user]"`, `interrupt text="[Request interrupted by user for tool use]"`,
				`user_prompt_expansion command_name="/review" command_args="main"`, `user_prompt_expansion command_name="/init"`,
				`user_command output="<local-command-stdout>out</local-command-stdout>"`, `task_notification text="<task-notification>done</task-notification>"`,
				`user_command command="git status"`, `user_command output="<bash-stdout>clean</bash-stdout><bash-stderr></bash-stderr>"`,
				`compaction_summary compact_summary="so far"`, `user_prompt prompt="see" content=[{"type":"text","text":"see"},{"type":"image","source":{}}]`,
				`user_prompt prompt="also lint" queued=true`, `user_prompt prompt="and this" queued=true`, `user_prompt prompt="{\"json\":1}"`, `user_prompt prompt="<custom>x</custom>"`,
			},
		},
		"one message in lines of its blocks": {
			[]string{
				said(1, "x"), message(2, "m", `{"type":"thinking","thinking":"hm","signature":"sig"}`, `,"stop_reason":"tool_use"`+usage(5, 70)),
				message(3, "m", textBlock, `,"stop_reason":"tool_use"`+usage(5, 70)), message(4, "m", callBlock, `,"stop_reason":"tool_use"`+usage(5, 70)),
				tl(6, "user", `"message":{"content":[{"type":"tool_result","tool_use_id":"t1","content":"out","is_error":false}]},"toolUseResult":{"stdout":"out"}`),
				message(7, "n", textBlock, `,"stop_reason":"end_turn"`+usage(6, 1)),
			},
			[]string{
				`user_prompt prompt="x"`, `assistant_response thinking=true text="hm" signature="sig"`, `assistant_response text="ok"`, `tool_call tool_name="Bash" tool_use_id="t1" arguments={"command":"ls"}`,
				`llm_response stop_reason="tool_use" usage={"input_tokens":5,"output_tokens":70}`, `tool_result <t1 2s tool_name="Bash" tool_use_id="t1" result={"stdout":"out"} content="out"`,
				`assistant_response text="ok"`, `llm_response stop_reason="end_turn" usage={"input_tokens":6,"output_tokens":1}`,
			},
		},
		"usage that grows": { // till 2.1.50; the results come between the lines
			[]string{
				message(1, "m", textBlock, `,"stop_reason":null`+usage(5, 1)), message(2, "m", callBlock, `,"stop_reason":null`+usage(5, 3)),
				resultLine(3, "t1", `"rejected"`), message(4, "m", strings.Replace(callBlock, "t1", "t2", 1), `,"stop_reason":null`+usage(5, 77)), resultLine(5, "t2", `"out"`),
				message(6, "n", textBlock, `,"stop_reason":null`+usage(9, 9)), message(7, "n", textBlock, `,"stop_reason":null`+usage(9, 2)),
			},
			[]string{
				`assistant_response text="ok"`, `tool_call tool_name="Bash" tool_use_id="t1" arguments={"command":"ls"}`, `tool_result <t1 1s tool_name="Bash" tool_use_id="t1" result="rejected"`,
				`tool_call tool_name="Bash" tool_use_id="t2" arguments={"command":"ls"}`, `tool_result <t2 1s tool_name="Bash" tool_use_id="t2" result="out"`,
				`llm_response usage={"input_tokens":5,"output_tokens":77}`, `assistant_response text="ok"`, `assistant_response text="ok"`, `llm_response usage={"input_tokens":9,"output_tokens":9}`,
			},
		},
		"a result between the lines of a finished message": {
			[]string{
				message(1, "m", callBlock, `,"stop_reason":"tool_use"`+usage(5, 7)), resultLine(2, "t1", `"x"`),
				message(3, "m", strings.Replace(callBlock, "t1", "t2", 1), `,"stop_reason":"tool_use"`+usage(5, 7)),
			},
			[]string{
				`tool_call tool_name="Bash" tool_use_id="t1" arguments={"command":"ls"}`, `llm_response stop_reason="tool_use" usage={"input_tokens":5,"output_tokens":7}`,
				`tool_result <t1 1s tool_name="Bash" tool_use_id="t1" result="x"`, `tool_call tool_name="Bash" tool_use_id="t2" arguments={"command":"ls"}`,
			},
		},
		"cache writes": {
			[]string{
				message(1, "a", textBlock, `,"usage":{"input_tokens":1,"output_tokens":2,"cache_creation_input_tokens":200,"cache_read_input_tokens":3000,"cache_creation":{"ephemeral_5m_input_tokens":150,"ephemeral_1h_input_tokens":50},"output_tokens_details":{"thinking_tokens":1},"server_tool_use":{"web_search_requests":2,"web_fetch_requests":0},"service_tier":"standard","speed":"fast","inference_geo":"","iterations":[{"type":"compaction"}]}`),
				message(2, "b", textBlock, `,"usage":{"input_tokens":1,"output_tokens":2,"cache_creation_input_tokens":200}`),                                                // no split: 5 minutes
				message(3, "c", textBlock, `,"usage":{"input_tokens":1,"output_tokens":2,"cache_creation_input_tokens":0,"cache_creation":{"ephemeral_1h_input_tokens":9}}`), // no total
			},
			[]string{
				`assistant_response text="ok"`, `llm_response usage={"input_tokens":1,"output_tokens":2,"cache_read_tokens":3000,"cache_write_5m_tokens":150,"cache_write_1h_tokens":50,"reasoning_tokens":1} service_tier="standard" speed="fast" web_search_requests=2 iterations=[{"type":"compaction"}]`,
				`assistant_response text="ok"`, `llm_response usage={"input_tokens":1,"output_tokens":2,"cache_write_5m_tokens":200}`,
				`assistant_response text="ok"`, `llm_response usage={"input_tokens":1,"output_tokens":2,"cache_write_1h_tokens":9}`,
			},
		},
		"errors": {
			[]string{
				message(1, "m", callBlock+`,`+strings.Replace(callBlock, "t1", "t2", 1)+`,`+strings.Replace(callBlock, "t1", "t3", 1), ``),
				tl(2, "user", `"message":{"content":[{"type":"tool_result","tool_use_id":"t1","is_error":true,"content":"Exit code 3\noops"}]},"toolUseResult":"Error: Exit code 3\noops"`),
				tl(3, "user", `"message":{"content":[{"type":"tool_result","tool_use_id":"t2","is_error":true,"content":[{"type":"text","text":"no"}]}]}`),
				tl(4, "user", `"message":{"content":[{"type":"tool_result","tool_use_id":"t3","content":"{\"sum\":5}"}]},"toolUseResult":"{\"sum\":5}"`), // MCP: a string, and no failure
				tl(5, "user", `"message":{"content":[{"type":"tool_result","tool_use_id":"gone","is_error":true}]}`),
				tl(6, "assistant", `"isApiErrorMessage":true,"apiErrorStatus":529,"error":"overloaded","message":{"id":"x","model":"<synthetic>","content":[{"type":"text","text":"API Error: 529"}],"usage":{"input_tokens":0,"output_tokens":0}}`),
				tl(7, "system", `"subtype":"api_error","error":{"message":"overloaded","status":529},"retryInMs":600,"retryAttempt":1`),
				tl(8, "assistant", `"message":{"id":"y","model":"<synthetic>","content":[{"type":"text","text":"No response requested."}],"usage":{"input_tokens":0,"output_tokens":0}}`),
			},
			[]string{
				`tool_call tool_name="Bash" tool_use_id="t1" arguments={"command":"ls"}`, `tool_call tool_name="Bash" tool_use_id="t2" arguments={"command":"ls"}`, `tool_call tool_name="Bash" tool_use_id="t3" arguments={"command":"ls"}`,
				`error <t1 1s tool_name="Bash" tool_use_id="t1" kind="tool" exit_code=3 error="Exit code 3\noops"`, `error <t2 2s tool_name="Bash" tool_use_id="t2" kind="tool" error="no"`,
				`tool_result <t3 3s tool_name="Bash" tool_use_id="t3" result="{\"sum\":5}"`, `error <? tool_use_id="gone" kind="tool"`,
				`error kind="api" error="overloaded" message="API Error: 529" status=529`, `error kind="api" error={"message":"overloaded","status":529} message="overloaded" status=529 retry_attempt=1 retry_in_ms=600`,
				`assistant_response text="No response requested."`, `llm_response`,
			},
		},
		"several blocks in a line": {
			[]string{
				message(1, "m", textBlock+","+callBlock+`,{"type":"tool_use","name":"NoID"},{"type":"tool_use","name":"NoID"},{"type":"server_tool_use","id":"w","name":"web_search","input":{"query":"q"}},{"type":"web_search_tool_result","tool_use_id":"w","content":[1]},{"type":"redacted_thinking","data":"xx"},{"type":"fallback","from":"a"},7,"x"`, ``),
				tl(2, "user", `"message":{"content":[{"type":"tool_result","tool_use_id":"t1","content":"a"},{"type":"tool_result","content":"b"},{"type":"tool_result","content":"c"},{"type":"text","text":"beside"}]}`),
			},
			[]string{
				`assistant_response text="ok"`, `tool_call tool_name="Bash" tool_use_id="t1" arguments={"command":"ls"}`, `tool_call tool_name="NoID" arguments={}`, `tool_call tool_name="NoID" arguments={}`,
				`tool_call tool_name="web_search" tool_use_id="w" server_side=true arguments={"query":"q"}`, `tool_result <w 0s tool_name="web_search" tool_use_id="w" result=[1]`,
				`assistant_response thinking=true block=6 redacted_data="xx"`, `assistant_fallback block=7 block_content={"type":"fallback","from":"a"}`,
				`tool_result <t1 1s tool_name="Bash" tool_use_id="t1" result="a"`, `tool_result result="b"`, `tool_result result="c"`, `user_context text="beside"`, `llm_response`,
			},
		},
		"old lines": {
			[]string{
				`{"type":"summary","summary":"Fix it","leafUuid":"x"}`,
				`{"type":"user","sessionId":"s","message":{"content":"no uuid, no time"}}`,
				`{"type":"user","sessionId":"s","message":{"content":"no uuid, no time, again"}}`,
				tl(3, "user", `"message":{"content":"hi"}`), `{"type":"user","uuid":"z","message":{"content":"no session, no time"}}`,
				tl(4, "assistant", `"costUSD":0.1,"durationMs":9,"message":{"id":"m","content":"a string","usage":{"input_tokens":1,"output_tokens":2}}`),
				tl(5, "assistant", `"timestamp":"2026-11-22 07:22:50","message":{"content":[{"type":"text","text":"no id"}]}`),
				tl(6, "user", `"timestamp":"junk","message":{"content":"bad time"}`), tl(7, "user", `"message":"a message that is a string"`), tl(8, "user", `"message":7`), tl(9, "user", `"x":1`),
			},
			[]string{
				`user_prompt untimed prompt="no uuid, no time"`, `user_prompt untimed prompt="no uuid, no time, again"`, `user_prompt prompt="hi"`, `user_prompt prompt="no session, no time"`,
				`assistant_response text="a string"`, `assistant_response text="no id"`, `llm_response usage={"input_tokens":1,"output_tokens":2} cost_usd=0.1`, `user_prompt prompt="bad time"`, `user_prompt prompt="a message that is a string"`, `user_line message=7`, `user_line x=1`,
			},
		},
		"compaction": {
			[]string{
				tl(1, "system", `"subtype":"compact_boundary","content":"Conversation compacted","compactMetadata":{"trigger":"manual","preTokens":3383,"postTokens":2727,"durationMs":96}`),
				tl(2, "system", `"subtype":"microcompact_boundary","microcompactMetadata":{"trigger":"auto","preTokens":1}`), tl(3, "system", `"subtype":"turn_duration","durationMs":5`),
			},
			[]string{`compaction trigger="manual" pre_tokens=3383 post_tokens=2727 compact_duration_ms=96`, `compaction trigger="auto" pre_tokens=1`},
		},
		"bookkeeping, and what is not known": {
			[]string{
				tl(1, "file-history-snapshot", `"snapshot":{}`), tl(2, "queue-operation", `"operation":"enqueue","content":"x"`), tl(3, "api-request-blob", `"message":"secret"`), tl(4, "progress", `"data":{"type":"bash_progress"}`),
				tl(5, "mode", `"mode":"plan"`), tl(6, "future-thing", `"k":1,"n":null`),
			},
			[]string{`future_thing k=1`},
		},
		"a sidechain in the main file, of old versions": {
			[]string{
				said(1, "x"), message(2, "m", `{"type":"tool_use","id":"t9","name":"Task","input":{"description":"d","prompt":"look around"}},{"type":"tool_use","id":"t8","name":"Task","input":{"prompt":"and there"}}`, ``),
				tl(3, "user", `"isSidechain":true,"parentUuid":null,"message":{"content":"look around"}`), tl(4, "user", `"isSidechain":true,"parentUuid":null,"message":{"content":"and there"}`),
				tl(5, "assistant", `"isSidechain":true,"parentUuid":"u3","message":{"id":"n","content":[`+callBlock+`],"usage":{"input_tokens":1,"output_tokens":1}}`),
				tl(6, "progress", `"isSidechain":true,"parentUuid":"u4","data":{"type":"bash_progress"}`),
				tl(7, "assistant", `"isSidechain":true,"parentUuid":"u6","message":{"content":[`+textBlock+`]}`),
				tl(8, "user", `"isSidechain":true,"parentUuid":"u5","message":{"content":[{"type":"tool_result","tool_use_id":"t1","content":"out"}]}`),
				tl(9, "user", `"message":{"content":[{"type":"tool_result","tool_use_id":"t9","content":"found"}]},"toolUseResult":{"content":[]}`),
			},
			[]string{
				`user_prompt prompt="x"`, `tool_call tool_name="Task" tool_use_id="t9" arguments={"description":"d","prompt":"look around"}`, `tool_call tool_name="Task" tool_use_id="t8" arguments={"prompt":"and there"}`,
				`session_start #agent-u3.s agent_id="u3" parent_session_id="s" by=t9`, `user_prompt #agent-u3.s prompt="look around"`,
				`session_start #agent-u4.s agent_id="u4" parent_session_id="s" by=t8`, `user_prompt #agent-u4.s prompt="and there"`,
				`tool_call #agent-u3.s tool_name="Bash" tool_use_id="t1" arguments={"command":"ls"}`, `assistant_response #agent-u4.s text="ok"`,
				`tool_result #agent-u3.s <t1 3s tool_name="Bash" tool_use_id="t1" result="out"`, `tool_result <t9 7s tool_name="Task" tool_use_id="t9" result={"content":[]} content="found"`,
				`llm_response #agent-u3.s usage={"input_tokens":1,"output_tokens":1}`, `llm_response`,
			},
		},
		"a subagent in progress lines only": {
			[]string{
				message(1, "m", `{"type":"tool_use","id":"t9","name":"Task","input":{"prompt":"look"}}`, ``),
				tl(2, "progress", `"parentToolUseID":"t9","toolUseID":"x","data":{"type":"agent_progress","agentId":"a1","message":{"type":"user","uuid":"i1","timestamp":"2026-11-22T07:22:01.500Z","message":{"content":"look"}}}`),
				tl(3, "progress", `"parentToolUseID":"t9","data":{"type":"agent_progress","agentId":"a1","message":{"type":"assistant","uuid":"i2","timestamp":"2026-11-22T07:22:02.000Z","message":{"id":"n","content":[`+callBlock+`],"usage":{"input_tokens":9,"output_tokens":9}}}}`),
				tl(4, "progress", `"parentToolUseID":"t9","data":{"type":"agent_progress","agentId":"a1","message":{"type":"user","uuid":"i3","timestamp":"2026-11-22T07:22:04.000Z","message":{"content":[{"type":"tool_result","tool_use_id":"t1","content":"out"}]},"toolUseResult":{"stdout":"out"}}}`),
				`{"type":"progress","sessionId":"s","uuid":"u5","parentToolUseID":"t9","data":{"type":"agent_progress","agentId":"a1","message":{"type":"user","message":{"content":"no times at all"}}}}`,
				tl(6, "progress", `"data":{"type":"agent_progress","message":{"type":"user","message":{"content":"no agent"}}}`),
				tl(7, "user", `"message":{"content":[{"type":"tool_result","tool_use_id":"t9","content":"found"}]},"toolUseResult":{"agentId":"a1","usage":{"output_tokens":99}}`),
			},
			[]string{
				`tool_call tool_name="Task" tool_use_id="t9" arguments={"prompt":"look"}`, `session_start #agent-a1.s agent_id="a1" parent_session_id="s" by=t9`, `user_prompt #agent-a1.s prompt="look"`,
				`tool_call #agent-a1.s tool_name="Bash" tool_use_id="t1" arguments={"command":"ls"}`, `tool_result #agent-a1.s <t1 2s tool_name="Bash" tool_use_id="t1" result={"stdout":"out"} content="out"`,
				`user_prompt #agent-a1.s prompt="no times at all"`, `tool_result <t9 6s tool_name="Task" child_session_id="agent-a1.s" tool_use_id="t9" result={"agentId":"a1","usage":{"output_tokens":99}} content="found"`, `llm_response`,
			},
		},
		"the same prompt in another session": {
			[]string{
				tl(1, "assistant", `"sessionId":"other","message":{"content":[{"type":"tool_use","id":"t9","name":"Task","input":{"prompt":"look"}}]}`),
				tl(2, "user", `"isSidechain":true,"message":{"content":"look"}`),
			},
			[]string{`session_start #other`, `tool_call #other tool_name="Task" tool_use_id="t9" arguments={"prompt":"look"}`, `session_start #agent-u2.s agent_id="u2" parent_session_id="s"`, `user_prompt #agent-u2.s prompt="look"`},
		},
	} {
		in := strings.Join(tt.in, "\n")
		r := capture(t, in, File{Name: "in"}, false)
		if got, want := brief(t, r.lines), strings.Join(tt.want, "\n"); got != want || len(r.problems) > 0 {
			t.Errorf("%s: %q\ngot\n%s\nwant\n%s", name, r.problems, got, want)
		}
		again := capture(t, in, File{Name: "in"}, false)
		if strings.Join(again.lines, "\n") != strings.Join(r.lines, "\n") {
			t.Errorf("%s: captured again, it gives other events", name)
		}
		seen := map[string]string{}
		for _, e := range parse(t, r.lines) {
			if other, ok := seen[e.Session()+e.ID()]; ok {
				t.Errorf("%s: one id for\n%s\n%s", name, other, e.Raw)
			}
			seen[e.Session()+e.ID()] = string(e.Raw)
		}
	}
}

func TestSessionStart(t *testing.T) {
	r := capture(t, tl(1, "user", `"cwd":"/p","gitBranch":"main","version":"2.1.330","entrypoint":"cli","message":{"content":"x"}`), File{}, false)
	want := `{"agent":"claude-code","agent_version":"2.1.330","source":"startup","cwd":"/p","git":{"branch":"main"},"entrypoint":"cli"}`
	if e := parse(t, r.lines); string(e[0].DataRaw()) != want {
		t.Errorf("%s", e[0].Raw)
	}
	r = capture(t, tl(1, "user", `"cwd":"","gitBranch":"","version":7,"entrypoint":null,"message":{"content":"x"}`), File{}, false)
	if e := parse(t, r.lines); string(e[0].DataRaw()) != `{"agent":"claude-code","source":"startup"}` {
		t.Errorf("%s", e[0].Raw)
	}
}

func TestAll(t *testing.T) {
	in := strings.Join([]string{
		tl(1, "file-history-snapshot", `"snapshot":{},"messageId":"x"`), tl(2, "user", `"isMeta":true,"message":{"content":"meta"}`), said(3, "<system-reminder>x"),
		tl(4, "system", `"subtype":"turn_duration","durationMs":5`), tl(5, "attachment", `"attachment":{"type":"model"}`), tl(6, "progress", `"data":{"type":"bash_progress"}`), tl(7, "future-thing", `"k":1`),
	}, "\n")
	r := capture(t, in, File{}, true)
	if got := types(r.lines); got != "session_start file_history_snapshot user_meta user_injected system_turn_duration attachment progress future_thing" {
		t.Error(got)
	}
}

// files captures files one after another, the earliest first, as a directory of
// them is.
func files(t *testing.T, tree map[string]string) []string {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range tree {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	var lines []string
	c := &Capture{
		Emit:    func(l []byte) error { lines = append(lines, string(l)); return nil },
		Problem: func(err *event.SyntaxError, _ []byte) { t.Error(err) }, Clock: func() int64 { return 0 },
	}
	for _, f := range claude.Find(fsys, ".", func(err error) { t.Error(err) }) {
		if err := c.Read(strings.NewReader(tree[f.Path]), File{Name: f.Path, Session: f.Session, Child: f.Child}); err != nil {
			t.Error(err)
		}
	}
	return lines
}

func TestSubagentFiles(t *testing.T) {
	side := func(n int, agent, typ, members string) string {
		return tl(n, typ, `"isSidechain":true,"agentId":"`+agent+`",`+members)
	}
	lines := files(t, map[string]string{
		"p/s.jsonl": strings.Join([]string{
			said(1, "x"), message(2, "m", `{"type":"tool_use","id":"t9","name":"Agent","input":{"prompt":"look"}},{"type":"tool_use","id":"t8","name":"Task","input":{"prompt":"old"}}`, usage(1, 1)),
			tl(9, "user", `"message":{"content":[{"type":"tool_result","tool_use_id":"t8","content":"y"}]},"toolUseResult":{"agentId":"a2"}`),
		}, "\n"),
		"p/s/subagents/agent-a1.jsonl": strings.Join([]string{
			side(3, "a1", "user", `"message":{"content":"look"}`), side(4, "a1", "assistant", `"message":{"id":"n","model":"m","content":[{"type":"tool_use","id":"t7","name":"Agent","input":{"prompt":"deeper"}}]`+usage(2, 2)+`}`),
		}, "\n"),
		"p/s/subagents/agent-a1.meta.json":             `{"agentType":"general-purpose","description":"do sub","toolUseId":"t9","spawnDepth":1}`,
		"p/s/subagents/workflows/w/agent-a3.jsonl":     side(5, "a3", "user", `"message":{"content":"deeper"}`),
		"p/s/subagents/workflows/w/agent-a3.meta.json": `{"agentType":"x","toolUseId":"t7","parentAgentId":"a1","spawnDepth":2}`,
		"p/agent-a2.jsonl":                             side(6, "a2", "user", `"message":{"content":"old"}`),
		"p/s/tool-results/x.txt":                       "not a transcript",
	})
	want := strings.Join([]string{
		`user_prompt prompt="x"`, `tool_call tool_name="Agent" tool_use_id="t9" arguments={"prompt":"look"}`, `tool_call tool_name="Task" tool_use_id="t8" arguments={"prompt":"old"}`,
		`tool_result <t8 7s tool_name="Task" child_session_id="agent-a2.s" tool_use_id="t8" result={"agentId":"a2"} content="y"`,
		`llm_response usage={"input_tokens":1,"output_tokens":1}`,
		`session_start #agent-a1.s agent_id="a1" agent_type="general-purpose" description="do sub" parent_session_id="s" by=t9`, `user_prompt #agent-a1.s prompt="look"`,
		`tool_call #agent-a1.s tool_name="Agent" tool_use_id="t7" arguments={"prompt":"deeper"}`, `llm_response #agent-a1.s usage={"input_tokens":2,"output_tokens":2}`,
		`session_start #agent-a3.s agent_id="a3" agent_type="x" parent_session_id="agent-a1.s" by=t7`, `user_prompt #agent-a3.s prompt="deeper"`,
		`session_start #agent-a2.s agent_id="a2" parent_session_id="s" by=t8`, `user_prompt #agent-a2.s prompt="old"`,
	}, "\n")
	if got := brief(t, lines); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A copy can have more of an answer than the session that it is of, where that
// was cut off while the answer came in.
func TestCopyWithMore(t *testing.T) {
	original := message(2, "m", textBlock, usage(5, 3))
	fork := strings.ReplaceAll(message(2, "m", textBlock, usage(5, 3))+"\n"+message(3, "m", callBlock, usage(5, 50)), `"sessionId":"s"`, `"sessionId":"f"`)
	var got []string
	for _, e := range parse(t, files(t, map[string]string{"p/s.jsonl": original, "q/f.jsonl": fork})) {
		if e.Is("llm_response") {
			got = append(got, e.Session()+" "+e.Get("usage.output_tokens").Raw+" "+e.Get("usage_in_session").Str)
		}
	}
	if want := []string{"s 3 ", "f  s", "f 50 s"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Answers without any id are told apart by their lines.
func TestNoIDs(t *testing.T) {
	line := func(n int) string {
		return fmt.Sprintf(`{"type":"assistant","sessionId":"s","timestamp":"2026-11-22T07:22:%02d.000Z","message":{"model":"m1","content":[]%s}}`, n, usage(n, 9))
	}
	ids := map[string]bool{}
	total := 0
	for _, e := range parse(t, files(t, map[string]string{"p/s.jsonl": line(1) + "\n" + line(2) + "\n" + line(2)})) {
		if e.Is("llm_response") {
			ids[e.ID()] = true
			total += int(e.Get("usage.input_tokens").Int())
		}
	}
	if len(ids) != 2 || total != 3 {
		t.Errorf("%d answers, %d tokens", len(ids), total)
	}
}

// A fork copies lines under another session: their usage was told already.
func TestCopiedLines(t *testing.T) {
	original := []string{said(1, "x"), message(2, "m", textBlock, usage(5, 50)), message(3, "m", callBlock, usage(5, 50))}
	fork := strings.ReplaceAll(strings.Join(original, "\n"), `"sessionId":"s"`, `"sessionId":"f"`) + "\n" +
		strings.ReplaceAll(message(4, "n", textBlock, usage(6, 60)), `"sessionId":"s"`, `"sessionId":"f"`)
	lines := files(t, map[string]string{"p/s.jsonl": strings.Join(original, "\n"), "q/f.jsonl": fork})
	total, elsewhere := 0, 0
	for _, e := range parse(t, lines) {
		if !e.Is("llm_response") {
			continue
		}
		total += int(e.Get("usage.output_tokens").Int())
		if s := e.Get("usage_in_session").Str; s != "" {
			elsewhere++
			if e.Session() != "f" || s != "s" || e.Get("message_id").Str != "m" || e.Get("usage").Exists() {
				t.Errorf("%s", e.Raw)
			}
		}
	}
	if total != 110 || elsewhere != 1 {
		t.Errorf("%d tokens, %d told elsewhere", total, elsewhere)
	}
	// The same session in a second file is the same events.
	lines = files(t, map[string]string{"p/s.jsonl": strings.Join(original, "\n"), "q/s.jsonl": strings.Join(original, "\n")})
	ids := map[string]bool{}
	total = 0
	for _, e := range parse(t, lines) {
		ids[e.ID()] = true
		if e.Is("llm_response") {
			total += int(e.Get("usage.output_tokens").Int())
		}
	}
	if len(ids) != 5 || total != 50 {
		t.Errorf("%d events, %d tokens", len(ids), total)
	}
}

// Progress lines and the file of a subagent tell the same events.
func TestProgressAndFile(t *testing.T) {
	block := `"message":{"id":"n","model":"m","content":[{"type":"text","text":"hm"}],"usage":{"input_tokens":1,"output_tokens":8}}`
	lines := files(t, map[string]string{
		"p/s.jsonl":                    said(1, "x") + "\n" + tl(2, "progress", `"parentToolUseID":"t9","data":{"type":"agent_progress","agentId":"a1","message":{"type":"assistant","uuid":"i2","timestamp":"2026-11-22T07:22:02.000Z",`+block+`}}`),
		"p/s/subagents/agent-a1.jsonl": `{"type":"assistant","isSidechain":true,"agentId":"a1","sessionId":"s","apiBlockIndex":3,"uuid":"i2","timestamp":"2026-11-22T07:22:02.000Z",` + block + `}`,
	})
	var texts []event.Event
	tokens := 0
	for _, e := range parse(t, lines) {
		if e.Is("assistant_response") {
			texts = append(texts, e)
		}
		tokens += int(e.Get("usage.output_tokens").Int())
	}
	if len(texts) != 2 || texts[0].ID() != texts[1].ID() || tokens != 8 {
		t.Errorf("%d texts, %d tokens\n%s", len(texts), tokens, strings.Join(lines, "\n"))
	}
}

// A file system that tells nothing.
// A fork begins with a copy of what it was forked from. What they share is told
// with the original, whatever the files are called.
func TestFindForks(t *testing.T) {
	line := func(session, more string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(`{"type":"user","sessionId":"` + session + `","uuid":"u1","timestamp":"2026-11-22T07:22:51.000Z","cwd":"/w"` + more + `,"message":{"role":"user","content":"x"}}` + "\n")}
	}
	const from = `,"forkedFrom":{"sessionId":"m","messageUuid":"u1"}`
	list := claude.Find(fstest.MapFS{
		"p/a.jsonl": line("a", from), "p/m.jsonl": line("m", ""), "p/z.jsonl": line("z", from),
		"p/q.jsonl": {Data: append([]byte(`{"type":"queue-operation","timestamp":"2026-11-22T07:22:51.000Z"}`+"\n"), line("q", from).Data...)},
		"p/n.jsonl": line("n", `,"forkedFrom":null`),
	}, ".", func(err error) { t.Error(err) })
	var got []string
	for _, f := range list {
		got = append(got, f.Session)
		if f.Began.Truncate(time.Millisecond).Format(time.TimeOnly) != "07:22:51" {
			t.Errorf("%s began %v", f.Session, f.Began)
		}
	}
	if s := strings.Join(got, " "); s != "m n a q z" {
		t.Error(s)
	}
}

func TestFindProblems(t *testing.T) {
	var problems []error
	list := claude.Find(fstest.MapFS{"a/b.txt": {Data: []byte("x")}, "a/empty.jsonl": {}, "a/junk.jsonl": {Data: []byte("junk\n")}}, ".", func(err error) { problems = append(problems, err) })
	if len(list) != 2 || len(problems) != 0 || !list[0].Began.IsZero() || list[0].Session != "empty" {
		t.Errorf("%v, %v", list, problems)
	}
	list = claude.Find(fstest.MapFS{}, "none", func(err error) { problems = append(problems, err) })
	if len(list) != 0 || len(problems) != 1 {
		t.Errorf("%v, %v", list, problems)
	}
}
