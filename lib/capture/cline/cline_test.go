package cline

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/dialect"
	"agenttrace/lib/capture/record"
	"agenttrace/lib/event"
)

const readAt = 1795332170e9

const (
	task        = "tasks/1769053680585"
	historyFile = task + "/api_conversation_history.json"
	uiFile      = task + "/ui_messages.json"
)

// reading is a reader, the events it gave and what it reported.
type reading struct {
	dialect.Reader
	t      *testing.T
	events []gjson.Result
	errs   []error
}

func newReading(t *testing.T, all bool) *reading {
	g := &reading{t: t}
	g.Reader = New(&dialect.Sink{All: all, Emit: func(line []byte) error {
		if _, err := event.Parse(bytes.Clone(line)); err != nil {
			t.Errorf("%v: %s", err, line)
		}
		g.events = append(g.events, gjson.ParseBytes(bytes.Clone(line)))
		return nil
	}})
	return g
}

// file reads the elements of a file. A first one is asked for before the file
// has begun, as lib/capture does.
func (g *reading) file(name string, records ...string) *reading {
	g.t.Helper()
	begun := false
	for _, text := range records {
		var rec record.Record
		if err := rec.Parse([]byte(text)); err != nil {
			g.t.Fatalf("%v: %s", err, text)
		}
		if !g.Is(&rec) {
			g.t.Errorf("not told: %.200s", text)
			continue
		}
		if !begun {
			begun = true
			g.Begin(dialect.File{Name: name})
		}
		if err := g.Take(&rec, readAt); err != nil {
			g.errs = append(g.errs, err)
		}
	}
	if err := g.End(); err != nil {
		g.t.Error(err)
	}
	return g
}

func (g *reading) types() string {
	var names []string
	for _, e := range g.events {
		names = append(names, e.Get("event_type").Str)
	}
	return strings.Join(names, " ")
}

func (g *reading) is(want string) {
	g.t.Helper()
	if got := g.types(); got != want {
		g.t.Errorf("events:\n%s\nwant\n%s", got, want)
	}
	for _, err := range g.errs {
		g.t.Error(err)
	}
}

func (g *reading) nth(typ string, n int) gjson.Result {
	g.t.Helper()
	for _, e := range g.events {
		if e.Get("event_type").Str == typ {
			if n == 0 {
				return e
			}
			n--
		}
	}
	g.t.Fatalf("no %s in %s", typ, g.types())
	return gjson.Result{}
}

func (g *reading) want(typ string, n int, path, want string) {
	g.t.Helper()
	if got := g.nth(typ, n).Get(path).Raw; got != want {
		g.t.Errorf("%s %d: %s is %s, want %s", typ, n, path, got, want)
	}
}

// answers pairs the nth outcome of a type with a call.
func (g *reading) answers(typ string, n, call int) {
	g.t.Helper()
	g.want(typ, n, "parent_id", g.nth("tool_call", call).Get("event_id").Raw)
}

// element returns an element of a history whose content is these texts.
func element(role string, texts ...string) string {
	var blocks []map[string]string
	for _, s := range texts {
		blocks = append(blocks, map[string]string{"type": "text", "text": s})
	}
	b, _ := json.Marshal(blocks)
	return `{"role":"` + role + `","content":` + string(b) + `}`
}

const environment = "<environment_details>\n# Current Time\n1/22/2026, 3:48:46\u202fAM (Europe/Vienna, UTC+1:00)\n\n# Current Working Directory (/home/u/proj) Files\na.go\n</environment_details>"

func TestHistory(t *testing.T) {
	g := newReading(t, false).file(historyFile,
		element("user", "<task>\nfix it\n</task>", "\n# task_progress RECOMMENDED\n", environment),
		`{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"text","text":"I look."},
		 {"type":"tool_use","id":"toolu_1","name":"read_file","input":{"path":"a.go"}},
		 {"type":"tool_use","id":"toolu_2","name":"read_file","input":{"path":"b.go"}},
		 {"type":"tool_use","id":"toolu_3","name":"execute_command","input":{"command":"make"}},
		 {"type":"tool_use","id":"toolu_4","name":"write_to_file","input":{"path":"c.go"}}],
		 "modelInfo":{"modelId":"claude-sonnet-4-5","providerId":"anthropic","mode":"act"},"metrics":{"tokens":{"prompt":10,"completion":20,"cached":300},"cost":0.0120}}`,
		element("user", "[read_file for 'a.go'] Result:\npackage a\n<feedback>not the user's</feedback>",
			"Tool [read_file] was not executed because a tool has already been used in this message.",
			"[execute_command for 'make'] Result:\nCommand failed with exit code 2.\nOutput:\nno rule",
			"[write_to_file for 'c.go'] Result:\nThe user denied this operation.\nThe user provided the following feedback:\n<feedback>\nnot that\n</feedback>",
			environment),
		`{"role":"assistant","content":[{"type":"tool_use","id":"toolu_5","name":"list_files","input":{"path":"."}}]}`,
		`{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_5","content":[{"type":"text","text":"a.go"}]}]}`,
		element("user", "[TASK RESUMPTION] This task was interrupted.\n\nNew instructions for task continuation:\n<user_message>\ngo on\n</user_message>", "[ERROR] You did not use a tool"),
	)
	g.is("session_start user_prompt assistant_response assistant_response tool_call tool_call tool_call tool_call llm_response tool_result error error error user_prompt tool_call tool_result user_prompt")
	g.want("session_start", 0, "data.cwd", `"/home/u/proj"`)
	g.want("session_start", 0, "data.agent", `"cline"`)
	g.want("session_start", 0, "session_id", `"1769053680585"`)
	g.want("session_start", 0, "timestamp", "1769053680.585000")
	g.want("user_prompt", 0, "data.prompt", `"fix it"`)
	g.want("user_prompt", 0, "timestamp", "1769050126.000000")
	g.want("user_prompt", 1, "data.prompt", `"not that"`)
	g.want("user_prompt", 2, "data.prompt", `"go on"`)
	g.want("tool_call", 0, "data.arguments.path", `"a.go"`)
	g.want("tool_result", 0, "data.tool_use_id", `"toolu_1"`)
	g.want("tool_result", 0, "duration_ms", "")
	g.answers("tool_result", 0, 0)
	g.answers("error", 0, 1)
	g.answers("error", 1, 2)
	g.want("error", 1, "data.exit_code", "2")
	g.answers("error", 2, 3)
	g.want("error", 2, "data.rejected", "true")
	g.answers("tool_result", 1, 4)
	g.want("tool_result", 1, "data.result", `"a.go"`)
	g.want("llm_response", 0, "data.usage", `{"input_tokens":10,"output_tokens":20,"cache_read_tokens":300}`)
	g.want("llm_response", 0, "data.cost_usd", "0.0120")
	g.want("llm_response", 0, "data.model", `"claude-sonnet-4-5"`)
	g.want("llm_response", 0, "data.stop_reason", "")
}

func TestTimesOfItsOwn(t *testing.T) {
	g := newReading(t, false).file(historyFile,
		`{"role":"user","ts":1769053680600,"content":[{"type":"text","text":"<task>x</task>"}]}`,
		`{"role":"assistant","ts":1769053681000,"content":[{"type":"tool_use","id":"t","name":"read_file","input":{}}]}`,
		`{"role":"user","ts":1769053681250,"content":[{"type":"text","text":"[read_file] Result:"},{"type":"text","text":"(empty)"}]}`,
	)
	g.is("session_start user_prompt tool_call tool_result")
	g.want("tool_call", 0, "timestamp", "1769053681.000000")
	g.want("tool_result", 0, "duration_ms", "250")
	g.want("tool_result", 0, "data.result", `"(empty)"`)
}

// Until 2025 the model wrote its calls as XML.
func TestXMLCalls(t *testing.T) {
	g := newReading(t, false).file(historyFile,
		element("user", "<task>fix</task>"),
		element("assistant", "I write it.\n\n<write_to_file>\n<path>a.md</path>\n<content>\n# <read_file> is a tag\n<path>no</path>\n</content>\n</content>\n</write_to_file>"),
		element("user", "[write_to_file for 'a.md'] Result:", "The content was successfully saved to a.md."),
		element("assistant", "<use_mcp_tool>\n<server_name>s</server_name>\n<tool_name>t</tool_name>\n<arguments>\n{\"a\": 1}\n</arguments>\n</use_mcp_tool>"),
		element("user", "[use_mcp_tool for 's'] Result:", "The tool execution failed with the following error:\n<error>\nno\n</error>"),
		element("assistant", "<execute_command>\n<command>make"),
		element("user", "[execute_command for 'make'] Result:", environment),
		element("assistant", "I compare <a> and <b>."),
		element("assistant", "\n\n[Response interrupted by user]"),
	)
	g.is("session_start user_prompt assistant_response tool_call tool_result tool_call error tool_call tool_result assistant_response interrupt")
	g.want("assistant_response", 0, "data.text", `"I write it."`)
	g.want("tool_call", 0, "data.tool_name", `"write_to_file"`)
	g.want("tool_call", 0, "data.arguments.path", `"a.md"`)
	g.want("tool_call", 0, "data.arguments.content", `"# <read_file> is a tag\n<path>no</path>\n</content>"`)
	g.want("tool_call", 0, "data.tool_use_id", "")
	g.want("tool_call", 1, "data.arguments.arguments", `"{\"a\": 1}"`)
	g.want("tool_call", 2, "data.arguments.command", `"make"`)
	g.want("tool_result", 0, "data.result", `"The content was successfully saved to a.md."`)
	for n := range 2 {
		g.answers("tool_result", n, 2*n)
	}
	g.answers("error", 0, 1)
}

func shownItem(ts, kind, name, text, more string) string {
	b, _ := json.Marshal(text)
	return `{"ts":` + ts + `,"type":"` + kind + `","` + kind + `":"` + name + `","text":` + string(b) + more + `}`
}

var uiElements = []string{
	shownItem("1769053680600", "say", "task", "fix it", ""),
	shownItem("1769053681000", "say", "api_req_started", `{"request":"x","tokensIn":10,"tokensOut":86,"cacheWrites":484,"cacheReads":14740,"cost":0.0075569999999999995}`, `,"modelInfo":{"providerId":"anthropic","modelId":"claude-sonnet-4-5","mode":"act"}`),
	shownItem("1769053682000", "say", "tool", `{"tool":"readFile"}`, ""),
	shownItem("1769053683000", "say", "api_req_started", `{"request":"x"}`, ""),
	shownItem("1769053684000", "say", "api_req_started", `{"request":"x","tokensIn":0,"tokensOut":0,"cancelReason":"streaming_failed","streamingFailedMessage":"529"}`, ""),
	shownItem("1769053684500", "say", "api_req_started", `{"request":"x","tokensIn":1,"tokensOut":2,"cancelReason":"user_cancelled"}`, ""),
	shownItem("1769053685000", "ask", "api_req_failed", "401", ""),
	shownItem("1769053686000", "say", "user_feedback", "not that", ""),
	shownItem("1769053687000", "say", "deleted_api_reqs", `{"tokensIn":5,"tokensOut":6,"cacheWrites":0,"cacheReads":7,"cost":0.1}`, ""),
	shownItem("1769053688000", "say", "brand_new", "x", ""),
	shownItem("1769053689000", "ask", "resume_task", "", ""),
}

func TestScreen(t *testing.T) {
	g := newReading(t, false).file(uiFile, uiElements...)
	g.is("session_start user_prompt llm_response error llm_response interrupt error user_prompt llm_response ui_brand_new")
	g.want("llm_response", 0, "data.usage", `{"input_tokens":10,"output_tokens":86,"cache_read_tokens":14740,"cache_write_5m_tokens":484}`)
	g.want("llm_response", 0, "data.cost_usd", "0.0075569999999999995")
	g.want("llm_response", 0, "data.model", `"claude-sonnet-4-5"`)
	g.want("llm_response", 0, "timestamp", "1769053681.000000")
	g.want("llm_response", 2, "data.deleted", "true")
	g.want("error", 0, "data.message", `"529"`)
	all := newReading(t, true).file(uiFile, uiElements...)
	if got, want := len(all.events), len(g.events)+2; got != want {
		t.Errorf("%d events with bookkeeping, want %d: %s", got, want, all.types())
	}
}

// Both files tell of one task: its prompts and tokens are told once, whichever
// is read first.
func TestFilesTogether(t *testing.T) {
	told := []string{
		element("user", "<task>\nfix it\n</task>"),
		`{"role":"assistant","content":[{"type":"text","text":"ok"}],"modelInfo":{"modelId":"m"},"metrics":{"tokens":{"prompt":10,"completion":86,"cached":15224}}}`,
		element("user", "<feedback>not that</feedback>"),
		element("user", "<feedback>not that</feedback>"),
	}
	count := func(g *reading) (prompts int, input int64) {
		for _, e := range g.events {
			switch e.Get("event_type").Str {
			case "user_prompt":
				prompts++
			case "llm_response":
				input += e.Get("data.usage.input_tokens").Int()
			}
		}
		return prompts, input
	}
	for name, c := range map[string]struct {
		g     *reading
		input int64
	}{
		"screen first":  {newReading(t, false).file(uiFile, uiElements...).file(historyFile, told...), 16},
		"history first": {newReading(t, false).file(historyFile, told...).file(uiFile, uiElements...), 10},
	} {
		if prompts, input := count(c.g); prompts != 3 || input != c.input {
			t.Errorf("%s: %d prompts, %d tokens in: %s", name, prompts, input, c.g.types())
		}
	}
}

func TestNoSession(t *testing.T) {
	g := newReading(t, false).file("x.json",
		`{"hookName":"tool_result","clineVersion":"1.0.0","tool_result":{"id":"c","name":"x","output":"y"}}`,
		element("user", "<task>x</task>"),
		shownItem("1769053680600", "say", "task", "x", ""),
	)
	if len(g.events) > 0 || len(g.errs) != 3 {
		t.Errorf("%s %v", g.types(), g.errs)
	}
	for _, err := range g.errs {
		if !errors.Is(err, dialect.ErrNoSession) {
			t.Error(err)
		}
	}
}

func TestIs(t *testing.T) {
	r := New(&dialect.Sink{})
	for _, line := range []string{
		`{"role":"user","content":"hello"}`,
		`{"role":"user","content":[]}`,
		`{"role":"user","content":[{"type":"text","text":"hello"}]}`,
		`{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"<task>"}]}`,
		`{"hookName":"x"}`,
		`{"ts":1,"type":"say"}`,
		`{}`,
	} {
		var rec record.Record
		if err := rec.Parse([]byte(line)); err != nil {
			t.Fatal(err)
		}
		if r.Is(&rec) {
			t.Errorf("Is(%s)", line)
		}
	}
}

func TestTimeIn(t *testing.T) {
	for text, want := range map[string]int64{
		`# Current Time\n1/22/2026, 3:48:46 AM (UTC, UTC+0:00)\n`:                  1769053726,
		`# Current Time\n12/31/2025, 11:59:59 PM (America/New_York, UTC-5:00)\n`:   1767243599,
		`# Current Time\n1/22/2026, 12:00:00 AM (Asia/Kolkata, UTC+5:30)\n`:        1769020200,
		`# Current Time\n1/22/2026, 12:00:00 AM (Canada/Newfoundland, UTC-3:30)\n`: 1769052600,
		`# Current Time\n22.1.2026, 3:48:46 (UTC, UTC+0:00)\n`:                     0,
		`# Current Time\n13/22/2026, 3:48:46 AM (UTC, UTC+0:00)\n`:                 0,
		`nothing`: 0,
	} {
		if got := timeIn([]byte(text)); got != want*1e9 {
			t.Errorf("%s: %d, want %d", text, got/1e9, want)
		}
	}
}

func TestFind(t *testing.T) {
	fsys := fstest.MapFS{
		"tasks/1769064454592/api_conversation_history.json":   {Data: []byte(`[` + element("user", "<task>x</task>", environment) + `]`)},
		"tasks/1769064454592/ui_messages.json":                {Data: []byte(`[]`)},
		"tasks/1769064454592/task_metadata.json":              {Data: []byte(`{}`)},
		"tasks/1769053680585/api_conversation_history.json":   {Data: []byte(`[]`)},
		"tasks/exported_task_1769053680000/ui_messages.json":  {Data: []byte(`[]`)},
		"tasks/1795597519397_x/1795597519397_x.json":          {Data: []byte(`{"cwd":"/w"}`)},
		"tasks/1795597519397_x/1795597519397_x.messages.json": {Data: []byte(`{}`)},
		"tasks/other.json": {Data: []byte(`[]`)},
	}
	var got []string
	for _, f := range Find(fsys, "tasks", func(err error) { t.Error(err) }) {
		got = append(got, strings.TrimPrefix(f.Path, "tasks/")+" "+f.Session+" "+f.Dir)
	}
	want := []string{
		"exported_task_1769053680000/ui_messages.json 1769053680000 ",
		"1769053680585/api_conversation_history.json 1769053680585 ",
		"1769064454592/ui_messages.json 1769064454592 ",
		"1769064454592/api_conversation_history.json 1769064454592 /home/u/proj",
		"1795597519397_x/1795597519397_x.json 1795597519397_x /w",
		"1795597519397_x/1795597519397_x.messages.json 1795597519397_x ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("found:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := Roots(func(string) string { return "" }, "/home/u"); len(got) < 3 || got[0] != "/home/u/.cline/data/tasks" {
		t.Error(got)
	}
}
