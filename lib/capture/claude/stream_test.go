package claude_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/claude"
	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
)

const readAt = 1795332170e9

// streamed reads the lines of a stream and returns the events.
func streamed(t *testing.T, all bool, text string) []gjson.Result {
	t.Helper()
	var list []gjson.Result
	r := claude.Stream.New(&dialect.Sink{All: all, Emit: func(line []byte) error {
		if !gjson.ValidBytes(line) {
			t.Errorf("not JSON: %s", line)
		}
		list = append(list, gjson.ParseBytes(bytes.Clone(line)))
		return nil
	}})
	r.Begin(dialect.File{Name: "run.ndjson"})
	var rec record.Record
	for line := range strings.Lines(strings.TrimSpace(text)) {
		if err := rec.Parse([]byte(strings.TrimSpace(line))); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if !r.Is(&rec) {
			t.Errorf("not told: %s", line)
		}
		if err := r.Take(&rec, readAt); err != nil {
			t.Errorf("%v: %s", err, line)
		}
	}
	if err := r.End(); err != nil {
		t.Error(err)
	}
	return list
}

func types(list []gjson.Result) string {
	var names []string
	for _, e := range list {
		names = append(names, e.Get("event_type").Str)
	}
	return strings.Join(names, " ")
}

func first(t *testing.T, list []gjson.Result, typ string) gjson.Result {
	t.Helper()
	for _, e := range list {
		if e.Get("event_type").Str == typ {
			return e
		}
	}
	t.Fatalf("no %s in %s", typ, types(list))
	return gjson.Result{}
}

const streamRun = `
{"type":"system","subtype":"init","cwd":"/home/u/proj","session_id":"S","tools":["Bash"],"mcp_servers":[],"model":"claude-sonnet-5","permissionMode":"default","claude_code_version":"2.1.330","uuid":"i1"}
{"type":"assistant","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-5","content":[{"type":"text","text":"I will run it."}],"stop_reason":null,"usage":{"input_tokens":101,"output_tokens":1,"cache_read_input_tokens":3000,"cache_creation_input_tokens":200}},"parent_tool_use_id":null,"session_id":"S","uuid":"a2"}
{"type":"assistant","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-5","content":[{"type":"tool_use","id":"toolu_1","name":"Bash","input":{"command":"go test ./..."}}],"stop_reason":null,"usage":{"input_tokens":101,"output_tokens":1,"cache_read_input_tokens":3000,"cache_creation_input_tokens":200}},"parent_tool_use_id":null,"session_id":"S","uuid":"a3"}
{"type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"Exit code 3\noops","is_error":true}]},"parent_tool_use_id":null,"session_id":"S","uuid":"r1","tool_use_result":"Error: Exit code 3\noops"}
{"type":"assistant","message":{"id":"msg_2","type":"message","role":"assistant","model":"claude-sonnet-5","content":[{"type":"text","text":"It failed."}],"stop_reason":null,"usage":{"input_tokens":5,"output_tokens":1}},"parent_tool_use_id":null,"session_id":"S","uuid":"a4"}
{"type":"result","subtype":"success","is_error":false,"duration_ms":2100,"duration_api_ms":900,"num_turns":2,"result":"It failed.","session_id":"S","total_cost_usd":0.0129120,"usage":{"input_tokens":106,"output_tokens":90},"modelUsage":{"claude-sonnet-5":{"inputTokens":106,"outputTokens":90,"cacheReadInputTokens":3000,"cacheCreationInputTokens":200,"webSearchRequests":0,"costUSD":0.012912}},"permission_denials":[],"uuid":"z1"}
`

const transcriptRun = `
{"type":"assistant","uuid":"a2","parentUuid":"u1","message":{"id":"msg_1","role":"assistant","model":"claude-sonnet-5","content":[{"type":"text","text":"I will run it."}],"stop_reason":"tool_use","usage":{"input_tokens":101,"output_tokens":77}},"timestamp":"2026-11-22T07:22:51.768Z","sessionId":"S","cwd":"/home/u/proj"}
{"type":"assistant","uuid":"a3","parentUuid":"a2","message":{"id":"msg_1","role":"assistant","model":"claude-sonnet-5","content":[{"type":"tool_use","id":"toolu_1","name":"Bash","input":{"command":"go test ./..."}}],"stop_reason":"tool_use","usage":{"input_tokens":101,"output_tokens":77}},"timestamp":"2026-11-22T07:22:51.769Z","sessionId":"S"}
{"type":"user","uuid":"r1","parentUuid":"a3","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_1","content":"Exit code 3\noops","is_error":true}]},"toolUseResult":"Error: Exit code 3\noops","timestamp":"2026-11-22T07:22:52.010Z","sessionId":"S"}
{"type":"assistant","uuid":"a4","parentUuid":"r1","message":{"id":"msg_2","role":"assistant","model":"claude-sonnet-5","content":[{"type":"text","text":"It failed."}],"stop_reason":"end_turn","usage":{"input_tokens":5,"output_tokens":13}},"timestamp":"2026-11-22T07:22:53.010Z","sessionId":"S"}
`

// A run is told twice: what it printed, and its transcript. Each happening has
// one id.
func TestStreamHasTheIDsOfTheTranscript(t *testing.T) {
	ids := map[string]string{}
	s := claude.NewState(func(line []byte) error {
		g := gjson.ParseBytes(bytes.Clone(line))
		ids[g.Get("event_id").Str] = g.Get("event_type").Str
		return nil
	})
	s.Begin("S", claude.Child{})
	var rec record.Record
	var p claude.Parser
	for line := range strings.Lines(strings.TrimSpace(transcriptRun)) {
		if err := rec.Parse([]byte(strings.TrimSpace(line))); err != nil {
			t.Fatal(err)
		}
		l := p.Parse(&rec)
		if err := s.Take(&l); err != nil {
			t.Fatal(err)
		}
	}
	s.End()
	list := streamed(t, false, streamRun)
	want := "session_start assistant_response tool_call error llm_response assistant_response llm_response vendor_cost result"
	if got := types(list); got != want {
		t.Errorf("events:\n%s\nwant\n%s", got, want)
	}
	found := 0
	for _, e := range list {
		typ := e.Get("event_type").Str
		if typ == "vendor_cost" || typ == "result" {
			continue
		}
		if found++; ids[e.Get("event_id").Str] != typ {
			t.Errorf("the transcript has no %s with the id of %s", typ, e.Raw)
		}
	}
	if found != len(ids) {
		t.Errorf("%d events are in both, of %d", found, len(ids))
	}
}

func TestStreamCost(t *testing.T) {
	list := streamed(t, false, streamRun)
	for _, c := range []struct{ typ, path, want string }{
		{"session_start", "data.agent", `"claude-code"`},
		{"session_start", "data.agent_version", `"2.1.330"`},
		{"session_start", "data.model", `"claude-sonnet-5"`},
		{"session_start", "data.cwd", `"/home/u/proj"`},
		{"session_start", "timestamp", "1795332170.000000"},
		{"tool_call", "data.arguments.command", `"go test ./..."`},
		{"error", "data.exit_code", "3"},
		{"error", "data.tool_name", `"Bash"`},
		{"error", "parent_id", first(t, list, "tool_call").Get("event_id").Raw},
		{"llm_response", "data.usage", `{"input_tokens":101,"cache_read_tokens":3000,"cache_write_5m_tokens":200}`},
		{"llm_response", "data.stop_reason", ""},
		{"vendor_cost", "data.total_cost_usd", "0.0129120"},
		{"vendor_cost", "data.api_duration_ms", "900"},
		{"vendor_cost", "data.usage_by_model.claude-sonnet-5.output_tokens", "90"},
		{"vendor_cost", "data.usage_by_model.claude-sonnet-5.cost_usd", "0.012912"},
		{"result", "data.subtype", `"success"`},
		{"result", "data.num_turns", "2"},
	} {
		if got := first(t, list, c.typ).Get(c.path).Raw; got != c.want {
			t.Errorf("%s %s is %s, want %s", c.typ, c.path, got, c.want)
		}
	}
}

// With --include-partial-messages the final usage is told, and counted once.
func TestStreamPartialMessages(t *testing.T) {
	text := `
{"type":"stream_event","event":{"type":"message_start","message":{"id":"msg_1","role":"assistant","model":"claude-sonnet-5","content":[],"usage":{"input_tokens":101,"cache_read_input_tokens":30,"cache_creation_input_tokens":200,"cache_creation":{"ephemeral_5m_input_tokens":150,"ephemeral_1h_input_tokens":50},"output_tokens":1,"service_tier":"standard"}}},"parent_tool_use_id":null,"session_id":"S","uuid":"e1"}
{"type":"stream_event","event":{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}},"parent_tool_use_id":null,"session_id":"S","uuid":"e2"}
{"type":"assistant","message":{"id":"msg_1","role":"assistant","model":"claude-sonnet-5","content":[{"type":"text","text":"Hi"}],"stop_reason":null,"usage":{"input_tokens":101,"cache_read_input_tokens":30,"output_tokens":1}},"parent_tool_use_id":null,"session_id":"S","uuid":"a1"}
{"type":"stream_event","event":{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":42,"cache_creation_input_tokens":200}},"parent_tool_use_id":null,"session_id":"S","uuid":"e3"}
{"type":"stream_event","event":{"type":"message_stop"},"parent_tool_use_id":null,"session_id":"S","uuid":"e4"}
{"type":"assistant","message":{"id":"msg_1","role":"assistant","model":"claude-sonnet-5","content":[],"stop_reason":null,"usage":{"input_tokens":101,"output_tokens":1}},"parent_tool_use_id":null,"session_id":"S","uuid":"a9"}
`
	list := streamed(t, false, text)
	if got, want := types(list), "session_start assistant_response llm_response"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	e := first(t, list, "llm_response")
	if got, want := e.Get("data.usage").Raw, `{"input_tokens":101,"output_tokens":42,"cache_read_tokens":30,"cache_write_5m_tokens":150,"cache_write_1h_tokens":50}`; got != want {
		t.Errorf("usage %s, want %s", got, want)
	}
	if e.Get("data.stop_reason").Str != "end_turn" || e.Get("data.service_tier").Str != "standard" {
		t.Error(e.Raw)
	}
	if all := streamed(t, true, text); len(all) != len(list)+4 {
		t.Errorf("with bookkeeping: %s", types(all))
	}
}

// named adds the subagent's id to its lines, as newer versions do.
func named(name, text string) string {
	if name != "named in its lines" {
		return text
	}
	return strings.ReplaceAll(text, `"parent_tool_use_id":"toolu_b1"`, `"parent_tool_use_id":"toolu_b1","agent_id":"a8b9"`)
}

// A subagent has a session of its own, whether its id is told or not.
func TestStreamSubagents(t *testing.T) {
	for _, c := range []struct{ name, before, child string }{
		{"named", `{"type":"system","subtype":"task_started","task_id":"a8b9","tool_use_id":"toolu_b1","task_type":"local_agent","session_id":"S","uuid":"t1"}` + "\n", "agent-a8b9.S"},
		{"not named", "", "agent-toolu_b1.S"},
		{"named in its lines", "", "agent-a8b9.S"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list := streamed(t, false, `
{"type":"assistant","message":{"id":"m1","role":"assistant","model":"claude-sonnet-5","content":[{"type":"tool_use","id":"toolu_b1","name":"Agent","input":{"prompt":"do sub"}}],"stop_reason":null,"usage":{"input_tokens":1,"output_tokens":1}},"parent_tool_use_id":null,"session_id":"S","uuid":"a1"}
`+c.before+named(c.name, `{"type":"user","message":{"role":"user","content":[{"type":"text","text":"do sub"}]},"parent_tool_use_id":"toolu_b1","session_id":"S","uuid":"u1"}
{"type":"assistant","message":{"id":"m2","role":"assistant","model":"claude-haiku-4-5","content":[{"type":"tool_use","id":"toolu_c1","name":"Read","input":{"file_path":"/a"}}],"stop_reason":null,"usage":{"input_tokens":2,"output_tokens":1}},"parent_tool_use_id":"toolu_b1","session_id":"S","uuid":"a2"}
{"type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_c1","content":"text"}]},"parent_tool_use_id":"toolu_b1","session_id":"S","uuid":"r2"}
`)+`{"type":"user","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_b1","content":"done"}]},"parent_tool_use_id":null,"session_id":"S","uuid":"r1","tool_use_result":{"agentId":"a8b9","content":"done"}}
`)
			var sessions []string
			for _, e := range list {
				if e.Get("event_type").Str == "session_start" {
					sessions = append(sessions, e.Get("session_id").Str)
				}
			}
			if !slices.Equal(sessions, []string{"S", c.child}) {
				t.Fatalf("sessions %q", sessions)
			}
			call := first(t, list, "tool_call").Get("event_id").Str
			for _, e := range list {
				typ := e.Get("event_type").Str
				switch {
				case typ == "session_start" && e.Get("session_id").Str == c.child:
					if e.Get("data.parent_session_id").Str != "S" || e.Get("data.parent_event_id").Str != call {
						t.Error(e.Raw)
					}
				case typ == "tool_result" && e.Get("session_id").Str == "S":
					if e.Get("parent_id").Str != call || e.Get("data.child_session_id").Str != c.child {
						t.Error(e.Raw)
					}
				case e.Get("data.tool_use_id").Str == "toolu_c1":
					if e.Get("session_id").Str != c.child {
						t.Error(e.Raw)
					}
				}
			}
		})
	}
}

func TestStreamOthers(t *testing.T) {
	list := streamed(t, false, `
{"type":"system","subtype":"compact_boundary","compact_metadata":{"trigger":"auto","pre_tokens":3383},"session_id":"S","uuid":"c1"}
{"type":"system","subtype":"api_retry","attempt":1,"max_retries":10,"retry_delay_ms":600,"error_status":529,"error":"overloaded","session_id":"S","uuid":"x1"}
{"type":"system","subtype":"hook_started","hook_name":"PreToolUse","session_id":"S","uuid":"h1"}
{"type":"system","subtype":"thinking_tokens","estimated_tokens":3,"session_id":"S","uuid":"k1"}
{"type":"system","subtype":"permission_denied","tool_name":"Write","tool_use_id":"toolu_9","message":"not granted","session_id":"S","uuid":"p1"}
{"type":"system","subtype":"brand_new","what":1,"session_id":"S","uuid":"n1"}
{"type":"newType","what":2,"session_id":"S","uuid":"n2"}
{"type":"rate_limit_event","session_id":"S","uuid":"n3"}
{"type":"assistant","error":"rate_limit","message":{"id":"7c1e","model":"<synthetic>","role":"assistant","content":[{"type":"text","text":"API Error: 429"}],"usage":{"input_tokens":0,"output_tokens":0}},"parent_tool_use_id":null,"session_id":"S","uuid":"e1"}
{"type":"user","isSynthetic":true,"message":{"role":"user","content":[{"type":"text","text":"meta"}]},"parent_tool_use_id":null,"session_id":"S","uuid":"u9"}
{"type":"assistant","message":{"id":"m1","role":"assistant","model":"claude-sonnet-5","content":[{"type":"text","text":"cut"}],"usage":{"input_tokens":1,"output_tokens":1}},"parent_tool_use_id":null,"session_id":"S","uuid":"a1"}
`)
	want := "session_start compaction error permission_denied system_brand_new new_type error assistant_response llm_response"
	if got := types(list); got != want {
		t.Errorf("events:\n%s\nwant\n%s", got, want)
	}
	if e := first(t, list, "compaction"); e.Get("data.pre_tokens").Raw != "3383" || e.Get("data.trigger").Str != "auto" {
		t.Error(e.Raw)
	}
	if e := first(t, list, "error"); e.Get("data.status").Raw != "529" || e.Get("data.retry_in_ms").Raw != "600" {
		t.Error(e.Raw)
	}
}

func TestStreamIs(t *testing.T) {
	r := claude.Stream.New(&dialect.Sink{Emit: func([]byte) error { return nil }})
	for line, want := range map[string]bool{
		`{"type":"user","uuid":"u1","parentUuid":null,"sessionId":"S","message":{"role":"user","content":"hi"}}`: false, // transcript
		`{"hook_event_name":"Stop","session_id":"S","type":"x","uuid":"u"}`:                                      false,
		`{"type":"init","timestamp":"2026-11-22T07:22:51.000Z","session_id":"G","model":"gemini-2.5-pro"}`:       false,
		`{"type":"system","subtype":"init","cwd":"/p","session_id":"C","model":"x","permissionMode":"default"}`:  false, // Cursor
		`{"type":"thread.started","thread_id":"T"}`:                                                              false,
		`{"type":"result","subtype":"success","num_turns":1,"session_id":"S","total_cost_usd":0}`:                true,
	} {
		var rec record.Record
		if err := rec.Parse([]byte(line)); err != nil {
			t.Fatal(err)
		}
		if got := r.Is(&rec); got != want {
			t.Errorf("Is(%s) = %v", line, got)
		}
	}
}
