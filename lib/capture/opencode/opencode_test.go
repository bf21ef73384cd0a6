package opencode

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
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

// reading is a reader, the events it gave and what it reported.
type reading struct {
	dialect.Reader
	t        *testing.T
	events   []gjson.Result
	problems []error
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

// file reads records, each on lines of its own.
func (g *reading) file(name string, records ...string) *reading {
	g.t.Helper()
	g.Begin(dialect.File{Name: name})
	for _, text := range records {
		var rec record.Record
		if err := rec.Parse([]byte(text)); err != nil {
			g.t.Fatalf("%v: %s", err, text)
		}
		if !g.Is(&rec) {
			g.t.Errorf("not told: %.200s", text)
			continue
		}
		if err := g.Take(&rec, readAt); err != nil {
			g.problems = append(g.problems, err)
		}
	}
	if err := g.End(); err != nil {
		g.t.Error(err)
	}
	return g
}

func lines(text string) []string { return strings.Split(strings.TrimSpace(text), "\n") }

func types(list []gjson.Result) string {
	var names []string
	for _, e := range list {
		names = append(names, e.Get("event_type").Str)
	}
	return strings.Join(names, " ")
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
	g.t.Fatalf("no %s in %s", typ, types(g.events))
	return gjson.Result{}
}

func (g *reading) want(typ string, n int, path, want string) {
	g.t.Helper()
	if got := g.nth(typ, n).Get(path).Raw; got != want {
		g.t.Errorf("%s %d: %s is %s, want %s", typ, n, path, got, want)
	}
}

const (
	sesInfo  = `{"id":"ses_1","version":"1.2.3","projectID":"p","directory":"/home/u/proj","title":"Fix it","time":{"created":1795332030000,"updated":1795332040000}}`
	userInfo = `{"id":"msg_0","sessionID":"ses_1","role":"user","time":{"created":1795332031000},"agent":"build","model":{"providerID":"anthropic","modelID":"claude-sonnet-5"}}`
	userText = `{"id":"prt_0","messageID":"msg_0","sessionID":"ses_1","type":"text","text":"fix the test"}`
	userMade = `{"id":"prt_00","messageID":"msg_0","sessionID":"ses_1","type":"text","text":"Called the Read tool","synthetic":true}`
	botInfo  = `{"id":"msg_1","sessionID":"ses_1","role":"assistant","parentID":"msg_0","modelID":"claude-sonnet-5","providerID":"anthropic","mode":"build","path":{"cwd":"/home/u/proj","root":"/"},"cost":0.00420,"tokens":{"input":100,"output":50,"reasoning":7,"cache":{"read":3000,"write":200}},"time":{"created":1795332034000,"completed":1795332036000},"finish":"tool-calls"}`
	botStart = `{"id":"prt_1","messageID":"msg_1","sessionID":"ses_1","type":"step-start"}`
	botThink = `{"id":"prt_2","messageID":"msg_1","sessionID":"ses_1","type":"reasoning","text":"hm","time":{"start":1795332034100,"end":1795332034200}}`
	botText  = `{"id":"prt_3","messageID":"msg_1","sessionID":"ses_1","type":"text","text":"I run it.","time":{"start":1795332034200,"end":1795332034300}}`
	botTool  = `{"id":"prt_4","messageID":"msg_1","sessionID":"ses_1","type":"tool","callID":"toolu_1","tool":"bash","state":{"status":"completed","input":{"command":"make"},"output":"ok","title":"make","metadata":{"exit":0},"time":{"start":1795332034500,"end":1795332034900}}}`
	botFail  = `{"id":"prt_5","messageID":"msg_1","sessionID":"ses_1","type":"tool","callID":"toolu_2","tool":"bash","state":{"status":"completed","input":{"command":"false"},"output":"no","title":"false","metadata":{"exit":3},"time":{"start":1795332035000,"end":1795332035014}}}`
	botErr   = `{"id":"prt_6","messageID":"msg_1","sessionID":"ses_1","type":"tool","callID":"toolu_3","tool":"edit","state":{"status":"error","input":{"filePath":"/a"},"error":"The user rejected permission to use this specific tool call.","time":{"start":1795332035100,"end":1795332035200}}}`
	botStep  = `{"id":"prt_7","messageID":"msg_1","sessionID":"ses_1","type":"step-finish","reason":"tool-calls","cost":0.00420,"tokens":{"input":100,"output":50,"reasoning":7,"cache":{"read":3000,"write":200}}}`
)

func exported() string {
	return `{
  "info": ` + sesInfo + `,
  "messages": [
    {"info": ` + userInfo + `, "parts": [` + userMade + `,` + userText + `]},
    {"info": ` + botInfo + `, "parts": [` + strings.Join([]string{botStart, botThink, botText, botTool, botFail, botErr, botStep}, ",\n") + `]}
  ]
}`
}

func TestExport(t *testing.T) {
	g := newReading(t, false).file("x.json", exported())
	want := "session_start user_prompt assistant_response assistant_response tool_call tool_result tool_call error tool_call error llm_response"
	if got := types(g.events); got != want {
		t.Errorf("events:\n%s\nwant\n%s", got, want)
	}
	g.want("session_start", 0, "data.agent", `"opencode"`)
	g.want("session_start", 0, "data.agent_version", `"1.2.3"`)
	g.want("session_start", 0, "data.cwd", `"/home/u/proj"`)
	g.want("session_start", 0, "timestamp", "1795332030.000000")
	g.want("user_prompt", 0, "data.prompt", `"fix the test"`)
	g.want("user_prompt", 0, "timestamp", "1795332031.000000")
	g.want("assistant_response", 0, "data.thinking", "true")
	g.want("assistant_response", 1, "data.text", `"I run it."`)
	g.want("assistant_response", 1, "data.model", `"claude-sonnet-5"`)
	g.want("tool_call", 0, "data.arguments.command", `"make"`)
	g.want("tool_call", 0, "data.tool_use_id", `"toolu_1"`)
	g.want("tool_result", 0, "data.result", `"ok"`)
	g.want("tool_result", 0, "duration_ms", "400")
	g.want("tool_result", 0, "parent_id", g.nth("tool_call", 0).Get("event_id").Raw)
	g.want("error", 0, "data.exit_code", "3")
	g.want("error", 0, "data.error", `"no"`)
	g.want("error", 0, "parent_id", g.nth("tool_call", 1).Get("event_id").Raw)
	g.want("error", 1, "data.rejected", "true")
	g.want("llm_response", 0, "data.usage", `{"input_tokens":100,"output_tokens":57,"cache_read_tokens":3000,"cache_write_5m_tokens":200,"reasoning_tokens":7}`)
	g.want("llm_response", 0, "data.cost_usd", "0.00420")
	g.want("llm_response", 0, "data.stop_reason", `"tool-calls"`)
	g.want("llm_response", 0, "timestamp", "1795332036.000000")
}

// The same session, exported, stored, and sent as it happened, has the same
// events, and its tokens once.
func TestOneSessionManyForms(t *testing.T) {
	ids := func(g *reading) map[string]string {
		m := map[string]string{}
		for _, e := range g.events {
			id := e.Get("event_id").Str
			if m[id] != "" {
				t.Errorf("told twice: %s", e.Raw)
			}
			m[id] = e.Get("event_type").Str
		}
		return m
	}
	whole := ids(newReading(t, false).file("x.json", exported()))

	g := newReading(t, false)
	for _, f := range []string{sesInfo, userInfo, userMade, userText, botInfo, botStart, botThink, botText, botTool, botFail, botErr, botStep} {
		g.file("storage/x.json", f)
	}
	if got := ids(g); !maps.Equal(got, whole) {
		t.Errorf("stored: %v\nwant %v", got, whole)
	}

	part := func(p string) string { return `{"type":"message.part.updated","properties":{"part":` + p + `}}` }
	msg := func(i string) string { return `{"type":"message.updated","properties":{"info":` + i + `}}` }
	early := strings.NewReplacer(`,"completed":1795332036000`, "", `,"finish":"tool-calls"`, "", `"input":100`, `"input":0`, `"output":50`, `"output":0`,
		`"reasoning":7`, `"reasoning":0`, `"read":3000`, `"read":0`, `"write":200`, `"write":0`, `"cost":0.00420`, `"cost":0`).Replace(botInfo)
	running := `{"id":"prt_4","messageID":"msg_1","sessionID":"ses_1","type":"tool","callID":"toolu_1","tool":"bash","state":{"status":"running","input":{"command":"make"},"time":{"start":1795332034500}}}`
	growing := strings.Replace(botText, `,"end":1795332034300`, "", 1)
	g = newReading(t, false).file("events",
		`{"type":"server.connected","properties":{}}`,
		`{"type":"session.created","properties":{"info":`+sesInfo+`}}`,
		msg(userInfo), part(userText), part(userMade), part(userText), msg(userInfo),
		msg(early), part(botStart), part(botThink),
		part(strings.Replace(growing, "I run it.", "I", 1)), part(growing), part(botText), part(botText),
		part(`{"id":"prt_4","messageID":"msg_1","sessionID":"ses_1","type":"tool","callID":"toolu_1","tool":"bash","state":{"status":"pending","input":{},"raw":""}}`),
		part(running), part(running), part(botTool), part(botTool), part(botFail), part(botErr),
		part(botStep), msg(botInfo), part(botStep), msg(botInfo),
		`{"directory":"/home/u/proj","payload":`+msg(botInfo)+`}`,
		`{"type":"session.updated","properties":{"info":`+sesInfo+`}}`,
		`{"type":"message.part.delta","properties":{"sessionID":"ses_1","messageID":"msg_1","partID":"prt_3","field":"text","delta":"I"}}`,
	)
	if got := ids(g); !maps.Equal(got, whole) {
		t.Errorf("sent: %v\nwant %v", got, whole)
	}

	run := func(typ, p string) string {
		return `{"type":"` + typ + `","timestamp":1795332036001,"sessionID":"ses_1","part":` + p + `}`
	}
	g = newReading(t, false).file("run", run("step_start", botStart), run("reasoning", botThink), run("text", botText), run("tool_use", botTool), run("tool_use", botFail), run("tool_use", botErr), run("step_finish", botStep))
	for id, typ := range ids(g) {
		if whole[id] != typ {
			t.Errorf("run: %s %s is not in the export", typ, id)
		}
	}
	if got := len(g.events); got != len(whole)-1 {
		t.Errorf("run: %d events: %s", got, types(g.events))
	}
}

// In 2025 a message could have several steps, and its tokens were the last
// one's.
func TestSteps(t *testing.T) {
	step := func(id string, in int) string {
		return fmt.Sprintf(`{"id":%q,"messageID":"msg_1","sessionID":"ses_1","type":"step-finish","reason":"stop","cost":0.1,"tokens":{"input":%d,"output":1,"reasoning":0,"cache":{"read":0,"write":0}}}`, id, in)
	}
	info := `{"id":"msg_1","sessionID":"ses_1","role":"assistant","modelID":"m","cost":0.3,"tokens":{"input":30,"output":1,"reasoning":0,"cache":{"read":0,"write":0}},"time":{"created":1795332034000,"completed":1795332036000}}`
	for name, records := range map[string][]string{
		"export": {`{"info":` + sesInfo + `,"messages":[{"info":` + info + `,"parts":[` + step("a", 10) + `,` + step("b", 20) + `,` + step("c", 30) + `]}]}`},
		"stored": {info, step("a", 10), step("b", 20), step("c", 30)},
		"equal":  {info, step("a", 30), step("b", 30), step("b", 30)},
	} {
		g := newReading(t, false).file("x", records...)
		var total, n int64
		cost := 0.0
		for _, e := range g.events {
			if e.Get("event_type").Str == "llm_response" {
				n++
				total += e.Get("data.usage.input_tokens").Int()
				cost += e.Get("data.cost_usd").Num
			}
		}
		if name == "equal" && (n != 2 || total != 60) || name != "equal" && (n != 3 || total != 60) || cost > 0.301 {
			t.Errorf("%s: %d answers, %d tokens, %g USD", name, n, total, cost)
		}
	}
}

func TestTokens(t *testing.T) {
	for _, c := range []struct{ tokens, want string }{
		{`{"total":94377,"input":236,"output":61,"reasoning":26,"cache":{"read":94080,"write":0}}`, `{"input_tokens":236,"output_tokens":61,"cache_read_tokens":94080,"reasoning_tokens":26}`},
		{`{"total":94403,"input":236,"output":61,"reasoning":26,"cache":{"read":94080,"write":0}}`, `{"input_tokens":236,"output_tokens":87,"cache_read_tokens":94080,"reasoning_tokens":26}`},
		{`{"input":236,"output":61,"reasoning":26,"cache":{"read":0,"write":5}}`, `{"input_tokens":236,"output_tokens":87,"cache_write_5m_tokens":5,"reasoning_tokens":26}`},
		{`{"input":-1,"output":2}`, `{"input_tokens":0,"output_tokens":2}`},
	} {
		if got := string(tokensOf(gjson.Parse(c.tokens)).usage()); got != c.want {
			t.Errorf("%s: %s, want %s", c.tokens, got, c.want)
		}
	}
}

func TestOthers(t *testing.T) {
	g := newReading(t, false).file("x", lines(`
{"id":"msg_1","sessionID":"ses_1","role":"assistant","summary":true,"modelID":"m","time":{"created":1795332034000}}
{"id":"prt_1","messageID":"msg_1","sessionID":"ses_1","type":"text","text":"So far.","time":{"start":1795332034000,"end":1795332034001}}
{"id":"prt_2","messageID":"msg_1","sessionID":"ses_1","type":"compaction","auto":true}
{"id":"prt_3","messageID":"msg_1","sessionID":"ses_1","type":"retry","attempt":2,"error":{"name":"APIError","data":{"message":"overloaded","statusCode":529,"isRetryable":true}},"time":{"created":1795332034002}}
{"id":"prt_4","messageID":"msg_1","sessionID":"ses_1","type":"brand-new","what":1}
{"id":"prt_5","messageID":"msg_1","sessionID":"ses_1","type":"patch","hash":"h","files":["/a"]}
{"id":"prt_6","messageID":"msg_1","sessionID":"ses_1","type":"tool","callID":"c","tool":"bash","state":{"status":"pending","input":{},"raw":""}}
{"id":"prt_7","messageID":"msg_1","sessionID":"ses_1","type":"tool","callID":"c","tool":"bash","state":{"status":"error","input":{},"error":"Tool execution aborted","time":{"start":1795332034003,"end":1795332034004}}}
{"id":"msg_2","sessionID":"ses_1","role":"assistant","modelID":"m","error":{"name":"APIError","data":{"message":"bad key","statusCode":401}},"time":{"created":1795332035000,"completed":1795332035001},"tokens":{"input":0,"output":0,"reasoning":0,"cache":{"read":0,"write":0}}}
{"id":"msg_3","sessionID":"ses_1","role":"assistant","modelID":"m","error":{"name":"MessageAbortedError","data":{"message":"stopped"}},"time":{"created":1795332036000}}
`)...)
	want := "session_start compaction_summary compaction error part_brand_new tool_call tool_call error error interrupt"
	if got := types(g.events); got != want {
		t.Errorf("events:\n%s\nwant\n%s", got, want)
	}
	g.want("compaction", 0, "data.trigger", `"auto"`)
	g.want("error", 0, "data.status", "529")
	g.want("error", 1, "data.is_interrupt", "true")
	g.want("error", 1, "parent_id", g.nth("tool_call", 1).Get("event_id").Raw) // the second with the callID
	g.want("error", 2, "data.message", `"bad key"`)
	if g.nth("tool_call", 0).Get("event_id").Str == g.nth("tool_call", 1).Get("event_id").Str {
		t.Error("two calls with one callID have one event_id")
	}
}

func TestErrorsOfSessionsAreToldOnce(t *testing.T) {
	g := newReading(t, false).file("x", lines(`
{"type":"message.updated","properties":{"info":{"id":"msg_1","sessionID":"ses_1","role":"assistant","modelID":"m","time":{"created":1795332034000}}}}
{"type":"session.error","properties":{"sessionID":"ses_1","error":{"name":"APIError","data":{"message":"bad key","statusCode":401}}}}
{"type":"message.updated","properties":{"info":{"id":"msg_1","sessionID":"ses_1","role":"assistant","modelID":"m","error":{"name":"APIError","data":{"message":"bad key","statusCode":401}},"time":{"created":1795332034000,"completed":1795332035001}}}}
{"type":"session.idle","properties":{"sessionID":"ses_1"}}
{"type":"lsp.client.diagnostics","properties":{"path":"/a"}}
{"id":"evt_1","type":"catalog.updated","properties":{}}
{"type":"permission.asked","properties":{"id":"per_1","sessionID":"ses_1","permission":"bash","patterns":["make"]}}
{"type":"command.executed","properties":{"name":"review","sessionID":"ses_1","arguments":"main","messageID":"msg_1"}}
{"type":"brand.new","properties":{}}
`)...)
	if got, want := types(g.events), "session_start error session_idle permission_asked user_prompt_expansion"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	if len(g.problems) != 1 || !errors.Is(g.problems[0], dialect.ErrNoSession) {
		t.Errorf("problems %v", g.problems)
	}
}

// A stream that is cut leaves what was sent last.
func TestCutStream(t *testing.T) {
	g := newReading(t, false).file("x", lines(`
{"type":"message.updated","properties":{"info":{"id":"msg_1","sessionID":"ses_1","role":"assistant","modelID":"m","time":{"created":1795332034000}}}}
{"type":"message.part.updated","properties":{"part":{"id":"p1","messageID":"msg_1","sessionID":"ses_1","type":"text","text":"I","time":{"start":1795332034001}}}}
{"type":"message.part.updated","properties":{"part":{"id":"p1","messageID":"msg_1","sessionID":"ses_1","type":"text","text":"I will","time":{"start":1795332034001}}}}
{"type":"message.part.updated","properties":{"part":{"id":"p2","messageID":"msg_1","sessionID":"ses_1","type":"tool","callID":"c","tool":"bash","state":{"status":"pending","input":{},"raw":""}}}}
`)...)
	if got, want := types(g.events), "session_start assistant_response tool_call"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	g.want("assistant_response", 0, "data.text", `"I will"`)
}

func TestSubagents(t *testing.T) {
	g := newReading(t, false).file("x", lines(`
`+sesInfo+`
{"id":"prt_4","messageID":"msg_1","sessionID":"ses_1","type":"tool","callID":"toolu_1","tool":"task","state":{"status":"completed","input":{"prompt":"look"},"output":"found","metadata":{"sessionId":"ses_2"},"time":{"start":1795332034500,"end":1795332034900}}}
{"id":"ses_2","version":"1.2.3","projectID":"p","directory":"/home/u/proj","parentID":"ses_1","title":"look (@explore subagent)","time":{"created":1795332034510}}
`)...)
	g.want("tool_result", 0, "data.child_session_id", `"ses_2"`)
	g.want("session_start", 1, "data.parent_session_id", `"ses_1"`)
	g.want("session_start", 1, "data.parent_event_id", g.nth("tool_call", 0).Get("event_id").Raw)
}

func TestPluginHooks(t *testing.T) {
	g := newReading(t, false).file("x", lines(`
{"hook":"chat.message","timestamp":1795332031000,"input":{"sessionID":"ses_1"},"output":{"message":`+userInfo+`,"parts":[`+userText+`]}}
{"hook":"tool.execute.before","timestamp":1795332034500,"input":{"tool":"bash","sessionID":"ses_1","callID":"toolu_1"},"output":{"args":{"command":"make"}}}
{"hook":"tool.execute.after","timestamp":1795332034900,"input":{"tool":"bash","sessionID":"ses_1","callID":"toolu_1"},"output":{"title":"make","output":"ok","metadata":{"exit":0}}}
{"hook":"permission.ask","timestamp":1795332034901,"input":{"sessionID":"ses_1","type":"bash"},"output":{"status":"ask"}}
`)...)
	if got, want := types(g.events), "session_start user_prompt tool_call tool_result permission_ask"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	whole := newReading(t, false).file("x.json", exported())
	for _, typ := range []string{"user_prompt", "tool_call", "tool_result"} {
		if a, b := g.nth(typ, 0).Get("event_id").Str, whole.nth(typ, 0).Get("event_id").Str; a != b {
			t.Errorf("%s has the id %s, exported %s", typ, a, b)
		}
	}
}

// The first versions kept the parts in the message.
func TestOldMessages(t *testing.T) {
	g := newReading(t, false).file("x", lines(`
{"id":"msg_0","sessionID":"ses_1","role":"user","parts":[{"type":"text","text":"hi"}],"time":{"created":1750000000000}}
{"id":"msg_1","sessionID":"ses_1","role":"assistant","parts":[{"type":"step-start"},{"type":"text","text":"yo"},{"type":"tool","id":"toolu_1","tool":"bash","state":{"status":"completed","input":{"command":"ls"},"output":"a","title":"ls","metadata":{},"time":{"start":1750000001000,"end":1750000001010}}}],"time":{"created":1750000000500,"completed":1750000002000},"system":["long"],"modelID":"m","providerID":"p","path":{"cwd":"/w","root":"/w"},"cost":0,"tokens":{"input":1,"output":2,"reasoning":0,"cache":{"read":0,"write":0}}}
`)...)
	if got, want := types(g.events), "session_start user_prompt assistant_response tool_call tool_result llm_response"; got != want {
		t.Errorf("events %s, want %s", got, want)
	}
	g.want("tool_call", 0, "data.tool_use_id", `"toolu_1"`)
	g.want("llm_response", 0, "data.cost_usd", "")
}

func TestFind(t *testing.T) {
	at := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	fsys := fstest.MapFS{
		"opencode/storage/session/proj/ses_2.json":                at(`{"id":"ses_2","parentID":"ses_1","directory":"/w","time":{"created":1795332031000}}`),
		"opencode/storage/session/proj/ses_9.json":                at(`{"id":"ses_9","directory":"/v","time":{"created":1795332030000}}`),
		"opencode/storage/message/ses_9/msg_1.json":               at(`{}`),
		"opencode/storage/message/ses_9/msg_2.json":               at(`{}`),
		"opencode/storage/message/ses_2/msg_3.json":               at(`{}`),
		"opencode/storage/part/msg_1/prt_b.json":                  at(`{}`),
		"opencode/storage/part/msg_1/prt_a.json":                  at(`{}`),
		"opencode/storage/part/msg_2/prt_c.json":                  at(`{}`),
		"opencode/storage/part/msg_lost/prt_z.json":               at(`{}`),
		"opencode/storage/todo/ses_9.json":                        at(`[]`),
		"opencode/snapshot/x/session/proj/ses_7.json":             at(`{}`),
		"opencode/auth.json":                                      at(`{"anthropic":{"type":"api"}}`),
		"opencode/project/p/storage/session/info/ses_o.json":      at(`{"id":"ses_o","time":{"created":1750000000000}}`),
		"opencode/project/p/storage/session/message/ses_o/m.json": at(`{}`),
		"opencode/project/p/storage/session/part/ses_o/m/p.json":  at(`{}`),
		"opencode/mine.json":                                      at("{\n  \"info\": {\n    \"id\": \"ses_e\", \"directory\": \"/e\"}}"),
	}
	var got []string
	for _, f := range Find(fsys, "opencode", func(err error) { t.Error(err) }) {
		got = append(got, strings.TrimPrefix(f.Path, "opencode/")+" "+f.Session+" "+f.Dir)
	}
	want := []string{
		"project/p/storage/session/info/ses_o.json ses_o ",
		"project/p/storage/session/message/ses_o/m.json ses_o ",
		"project/p/storage/session/part/ses_o/m/p.json ses_o ",
		"storage/session/proj/ses_9.json ses_9 /v",
		"storage/message/ses_9/msg_1.json ses_9 ",
		"storage/part/msg_1/prt_a.json ses_9 ",
		"storage/part/msg_1/prt_b.json ses_9 ",
		"storage/message/ses_9/msg_2.json ses_9 ",
		"storage/part/msg_2/prt_c.json ses_9 ",
		"storage/session/proj/ses_2.json ses_2 /w",
		"storage/message/ses_2/msg_3.json ses_2 ",
		"storage/part/msg_lost/prt_z.json  ",
		"mine.json ses_e /e",
	}
	if !slices.Equal(got, want) {
		t.Errorf("found:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := Roots(func(string) string { return "" }, "/home/u"); !slices.Equal(got, []string{"/home/u/.local/share/opencode"}) {
		t.Error(got)
	}
	if got := Roots(func(string) string { return "" }, ""); got != nil {
		t.Error(got)
	}
}
