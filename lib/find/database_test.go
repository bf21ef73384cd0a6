package find

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ncruces/go-sqlite3"
	"github.com/tidwall/gjson"
	"github.com/tidwall/sjson"

	"agenttrace/lib/capture"
	"agenttrace/lib/event"
)

// A store is a data base that an agent keeps.
type store struct {
	*sqlite3.Conn
	t    *testing.T
	path string
}

func newStore(t *testing.T, path, schema string) store {
	t.Helper()
	c, err := sqlite3.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	s := store{c, t, path}
	s.do("PRAGMA journal_mode = wal")
	s.do("PRAGMA wal_autocheckpoint = 0")
	s.do(schema)
	return s
}

// do executes SQL. Arguments that are JSON values stand for ?: strings as what
// they are, null and what is not there as null, all else as its text.
func (s store) do(sql string, args ...gjson.Result) {
	s.t.Helper()
	if len(args) == 0 {
		if err := s.Exec(sql); err != nil {
			s.t.Fatal(err)
		}
		return
	}
	stmt, _, err := s.Prepare(sql)
	if err != nil {
		s.t.Fatal(err)
	}
	defer stmt.Close()
	for i, a := range args {
		switch {
		case !a.Exists() || a.Type == gjson.Null:
			err = stmt.BindNull(i + 1)
		case a.Type == gjson.Number:
			err = stmt.BindFloat(i+1, a.Num)
		case a.Type == gjson.True || a.Type == gjson.False:
			err = stmt.BindBool(i+1, a.Bool())
		default:
			err = stmt.BindText(i+1, a.String())
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	if err := stmt.Exec(); err != nil {
		s.t.Fatal(err)
	}
}

func text(s string) gjson.Result { return gjson.Result{Type: gjson.String, Str: s} }

// without returns an object without some members, as text.
func without(g gjson.Result, keys ...string) gjson.Result {
	raw := g.Raw
	for _, k := range keys {
		raw, _ = sjson.Delete(raw, k)
	}
	return text(raw)
}

// The schema of OpenCode 1.18 as far as it matters.
const openCode = `
CREATE TABLE session (id text PRIMARY KEY, project_id text NOT NULL, workspace_id text, parent_id text, slug text NOT NULL, directory text NOT NULL,
  path text, title text NOT NULL, version text NOT NULL, share_url text, summary_additions integer, summary_diffs text, revert text, permission text,
  agent text, model text, time_created integer NOT NULL, time_updated integer NOT NULL, time_compacting integer, time_archived integer);
CREATE TABLE message (id text PRIMARY KEY, session_id text NOT NULL, time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
CREATE TABLE part (id text PRIMARY KEY, message_id text NOT NULL, session_id text NOT NULL, time_created integer NOT NULL, time_updated integer NOT NULL, data text NOT NULL);
CREATE INDEX message_session_time_created_id_idx ON message (session_id, time_created, id);
CREATE INDEX part_message_id_id_idx ON part (message_id, id)`

// openCodeExport writes an exported session into the data base, as OpenCode
// does: what stands in columns is not in the data.
func (s store) openCodeExport(doc string) {
	s.t.Helper()
	i := gjson.Get(doc, "info")
	s.do("INSERT INTO session (id, project_id, parent_id, slug, directory, title, version, permission, agent, model, time_created, time_updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		i.Get("id"), i.Get("projectID"), i.Get("parentID"), i.Get("slug"), i.Get("directory"), i.Get("title"), i.Get("version"),
		i.Get("permission"), i.Get("agent"), i.Get("model"), i.Get("time.created"), i.Get("time.updated"))
	for _, m := range gjson.Get(doc, "messages").Array() {
		info := m.Get("info")
		s.do("INSERT INTO message VALUES (?, ?, ?, ?, ?)", info.Get("id"), info.Get("sessionID"), info.Get("time.created"), info.Get("time.created"), without(info, "id", "sessionID"))
		for _, p := range m.Get("parts").Array() {
			s.do("INSERT INTO part VALUES (?, ?, ?, ?, ?, ?)", p.Get("id"), info.Get("id"), info.Get("sessionID"), info.Get("time.created"), info.Get("time.created"), without(p, "id", "sessionID", "messageID"))
		}
	}
}

const parent = `{"info":{"id":"ses_1","slug":"quick-fox","projectID":"p1","directory":"/w","title":"Fix it","version":"1.18.0","model":{"id":"claude-sonnet-5","providerID":"anthropic"},"permission":[{"permission":"edit","action":"ask"}],"time":{"created":1795332034000,"updated":1795332040000}},"messages":[
{"info":{"id":"msg_1","sessionID":"ses_1","role":"user","time":{"created":1795332034000},"agent":"build","model":{"providerID":"anthropic","modelID":"claude-sonnet-5"}},"parts":[{"id":"prt_1","sessionID":"ses_1","messageID":"msg_1","type":"text","text":"make it \u00fc"},{"id":"prt_2","sessionID":"ses_1","messageID":"msg_1","type":"text","synthetic":true,"text":"a file"}]},
{"info":{"id":"msg_2","sessionID":"ses_1","role":"assistant","parentID":"msg_1","modelID":"claude-sonnet-5","providerID":"anthropic","mode":"build","path":{"cwd":"/w","root":"/"},"cost":0.0042,"tokens":{"input":100,"output":50,"reasoning":0,"cache":{"read":3000,"write":200}},"time":{"created":1795332034100,"completed":1795332036000},"finish":"tool-calls"},"parts":[
 {"id":"prt_3","sessionID":"ses_1","messageID":"msg_2","type":"step-start"},
 {"id":"prt_4","sessionID":"ses_1","messageID":"msg_2","type":"reasoning","text":"hm","time":{"start":1795332034200,"end":1795332034300}},
 {"id":"prt_5","sessionID":"ses_1","messageID":"msg_2","type":"tool","callID":"toolu_1","tool":"bash","state":{"status":"completed","input":{"command":"make"},"output":"ok","title":"make","metadata":{"exit":0},"time":{"start":1795332034500,"end":1795332034900}}},
 {"id":"prt_6","sessionID":"ses_1","messageID":"msg_2","type":"tool","callID":"toolu_2","tool":"task","state":{"status":"completed","input":{"prompt":"look"},"output":"seen","title":"look","metadata":{"sessionId":"ses_2"},"time":{"start":1795332035000,"end":1795332035900}}},
 {"id":"prt_7","sessionID":"ses_1","messageID":"msg_2","type":"step-finish","reason":"tool-calls","cost":0.0042,"tokens":{"input":100,"output":50,"reasoning":0,"cache":{"read":3000,"write":200}}}]},
{"info":{"id":"msg_3","sessionID":"ses_1","role":"assistant","parentID":"msg_1","modelID":"claude-sonnet-5","providerID":"anthropic","cost":0,"tokens":{"input":0,"output":0,"reasoning":0,"cache":{"read":0,"write":0}},"time":{"created":1795332037000},"error":{"name":"APIError","data":{"message":"overloaded","statusCode":529}}},"parts":[]}]}`

const child = `{"info":{"id":"ses_2","slug":"slow-owl","projectID":"p1","directory":"/w","parentID":"ses_1","title":"look","agent":"explore","version":"1.18.0","time":{"created":1795332035000,"updated":1795332035800}},"messages":[
{"info":{"id":"msg_4","sessionID":"ses_2","role":"user","time":{"created":1795332035000}},"parts":[{"id":"prt_8","sessionID":"ses_2","messageID":"msg_4","type":"text","text":"look"}]},
{"info":{"id":"msg_5","sessionID":"ses_2","role":"assistant","modelID":"claude-haiku-5","providerID":"anthropic","tokens":{"input":7,"output":5,"reasoning":0,"cache":{"read":0,"write":0}},"time":{"created":1795332035100,"completed":1795332035800},"finish":"stop"},"parts":[{"id":"prt_9","sessionID":"ses_2","messageID":"msg_5","type":"text","text":"seen","time":{"start":1795332035200,"end":1795332035700}}]}]}`

// The schema of Goose's version 17, and what 5 had.
const (
	goose17 = `
CREATE TABLE sessions (id TEXT PRIMARY KEY, name TEXT NOT NULL DEFAULT '', description TEXT NOT NULL DEFAULT '', user_set_name BOOLEAN DEFAULT FALSE,
  session_type TEXT NOT NULL DEFAULT 'user', working_dir TEXT NOT NULL, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  extension_data TEXT DEFAULT '{}', total_tokens INTEGER, input_tokens INTEGER, output_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER,
  accumulated_total_tokens INTEGER, accumulated_input_tokens INTEGER, accumulated_output_tokens INTEGER, accumulated_cache_read_tokens INTEGER,
  accumulated_cache_write_tokens INTEGER, accumulated_cost REAL, schedule_id TEXT, recipe_json TEXT, user_recipe_values_json TEXT, provider_name TEXT,
  model_config_json TEXT, goose_mode TEXT NOT NULL DEFAULT 'auto', archived_at TIMESTAMP, project_id TEXT, parent_session_id TEXT);
CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT, session_id TEXT NOT NULL, role TEXT NOT NULL, content_json TEXT NOT NULL,
  created_timestamp INTEGER NOT NULL, timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP, tokens INTEGER, metadata_json TEXT);
CREATE TABLE usage_ledger (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, created_timestamp INTEGER NOT NULL, model TEXT, input_tokens INTEGER,
  output_tokens INTEGER, total_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER, cost REAL, cost_source TEXT, is_compaction INTEGER DEFAULT 0)`
	goose5 = `
CREATE TABLE sessions (id TEXT PRIMARY KEY, name TEXT NOT NULL DEFAULT '', description TEXT NOT NULL DEFAULT '', working_dir TEXT NOT NULL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP, extension_data TEXT DEFAULT '{}', total_tokens INTEGER,
  accumulated_total_tokens INTEGER);
CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, role TEXT NOT NULL, content_json TEXT NOT NULL,
  created_timestamp INTEGER NOT NULL, timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP, tokens INTEGER, metadata_json TEXT)`
)

const gooseSession = `{"id":"20261122_1","working_dir":"/w","name":"Fix it","user_set_name":false,"session_type":"user","created_at":"2026-11-22T07:20:34Z","updated_at":"2026-11-22T07:20:40Z","extension_data":{"x":1},"usage":{"input_tokens":140,"total_tokens":160},"accumulated_usage":{"input_tokens":240,"cache_read_input_tokens":30},"accumulated_cost":9.99,"conversation":[
{"id":"m1","role":"user","created":1795332034,"content":[{"type":"text","text":"fix it"}],"metadata":{"userVisible":true,"agentVisible":true}},
{"id":"m2","role":"assistant","created":1795332036,"content":[{"type":"text","text":"I run it."},{"type":"toolRequest","id":"c1","toolCall":{"status":"success","value":{"name":"developer__shell","arguments":{"command":"make"}}}}],"metadata":{}},
{"id":"m3","role":"user","created":1795332038,"content":[{"type":"toolResponse","id":"c1","toolResult":{"status":"success","value":[{"type":"text","text":"ok"}]}}],"metadata":{}},
{"id":"m4","role":"user","created":1795332039,"content":[{"type":"text","text":"summary"}],"metadata":{"userVisible":false}}],
"message_count":4,"provider_name":"anthropic","model_config":{"model_name":"claude-sonnet-5"},"goose_mode":"auto"}`

func (s store) gooseExport(doc string) {
	s.t.Helper()
	i := gjson.Parse(doc)
	sql := func(key string) gjson.Result { // CURRENT_TIMESTAMP
		return text(strings.TrimSuffix(strings.Replace(i.Get(key).Str, "T", " ", 1), "Z"))
	}
	s.do("INSERT INTO sessions (id, working_dir, name, session_type, created_at, updated_at, extension_data, input_tokens, total_tokens, accumulated_input_tokens, accumulated_cache_read_tokens, accumulated_cost, provider_name, model_config_json, goose_mode) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		i.Get("id"), i.Get("working_dir"), i.Get("name"), i.Get("session_type"), sql("created_at"), sql("updated_at"), i.Get("extension_data"),
		i.Get("usage.input_tokens"), i.Get("usage.total_tokens"), i.Get("accumulated_usage.input_tokens"), i.Get("accumulated_usage.cache_read_input_tokens"),
		i.Get("accumulated_cost"), i.Get("provider_name"), i.Get("model_config"), i.Get("goose_mode"))
	for _, m := range i.Get("conversation").Array() {
		s.do("INSERT INTO messages (message_id, session_id, role, content_json, created_timestamp, metadata_json) VALUES (?, ?, ?, ?, ?, ?)",
			m.Get("id"), i.Get("id"), m.Get("role"), m.Get("content"), m.Get("created"), m.Get("metadata"))
	}
}

// events returns what is captured of files and of text, and what was reported.
func events(t *testing.T, files []File, texts ...string) (list, problems []string) {
	t.Helper()
	k := &capture.Capture{
		Clock: func() int64 { return 1795332000e9 },
		Emit: func(line []byte) error {
			list = append(list, string(line))
			return nil
		},
		Problem: func(err *event.SyntaxError, _ []byte) { problems = append(problems, err.Error()) },
	}
	var inputs []capture.Input
	for _, f := range files {
		inputs = append(inputs, capture.Input{File: f.Capture(), Open: func() (io.ReadCloser, error) { return f.Open(nil) }})
	}
	k.ReadAll(inputs, func(err error) { problems = append(problems, err.Error()) })
	for _, text := range texts {
		if err := k.Read(strings.NewReader(text), capture.File{Name: "export"}); err != nil {
			problems = append(problems, err.Error())
		}
	}
	return list, problems
}

func same(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func under(t *testing.T, dir string) []File {
	t.Helper()
	return Sort(Under(dir, Agents(), func(err error) { t.Error(err) }))
}

// TestExported checks that a data base tells the same events as an export,
// also where its rows stand only in its log, and that it is left as it is.
func TestExported(t *testing.T) {
	for _, c := range []struct {
		name, schema string
		put          func(store, string)
		docs         []string
	}{
		{"opencode.db", openCode, store.openCodeExport, []string{parent, child}},
		{"sessions.db", goose17, store.gooseExport, []string{gooseSession}},
	} {
		dir := t.TempDir()
		s := newStore(t, filepath.Join(dir, c.name), c.schema)
		s.do("PRAGMA wal_checkpoint(TRUNCATE)")
		for _, doc := range c.docs {
			c.put(s, doc)
		}
		before, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		want, problems := events(t, nil, c.docs...)
		if len(want) < 5 || len(problems) > 0 {
			t.Fatalf("of the export %d events, %v", len(want), problems)
		}
		files := under(t, dir)
		got, problems := events(t, files)
		same(t, got, want)
		same(t, problems, nil)
		if len(files) != len(c.docs) || files[0].Dir != "/w" || files[0].Began.Unix() != 1795332034 || files[0].Modified.Unix() != 1795332040 {
			t.Errorf("found %+v", files)
		}
		after, _ := os.ReadDir(dir)
		if fmt.Sprint(before) != fmt.Sprint(after) {
			t.Errorf("%v are there, were %v", after, before)
		}
		one, is, err := In(files[0].Path)
		if !is || err != nil || len(one) != 1 || one[0].Session != files[0].Session {
			t.Errorf("In(%s) = %v %v %v", files[0].Path, one, is, err)
		}
		if _, is, err := In(filepath.Join(dir, c.name) + "#none"); !is || err == nil {
			t.Errorf("a session that is not there: %v %v", is, err)
		}
	}
}

// TestGooseLedger checks what the ledger tells, and the oldest schema.
func TestGooseLedger(t *testing.T) {
	dir := t.TempDir()
	s := newStore(t, filepath.Join(dir, "sessions.db"), goose17)
	s.gooseExport(gooseSession)
	s.do("INSERT INTO usage_ledger (session_id, created_timestamp, model, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, cost, cost_source) VALUES ('20261122_1', 1795332036, 'claude-sonnet-5', 100, 20, 30, 10, 0.25, 'provider_reported')")
	s.do("INSERT INTO usage_ledger (session_id, created_timestamp, model, input_tokens, output_tokens, is_compaction) VALUES ('20261122_1', 1795332100, 'claude-sonnet-5', 40, 5, 1)")
	got, problems := events(t, under(t, dir))
	same(t, problems, nil)
	var used []string
	for i, e := range got {
		if strings.Contains(e, `"llm_response"`) {
			used = append(used, fmt.Sprint(i)+" "+gjson.Get(e, "data").Raw)
		}
	}
	same(t, used, []string{
		`4 {"model":"claude-sonnet-5","provider":"anthropic","usage":{"input_tokens":60,"output_tokens":20,"cache_read_tokens":30,"cache_write_5m_tokens":10},"cost_usd":0.25,"cost_source":"provider_reported","uuid":"ledger/1"}`,
		`6 {"model":"claude-sonnet-5","provider":"anthropic","usage":{"input_tokens":40,"output_tokens":5},"compaction":true,"uuid":"ledger/2"}`,
	})

	dir = t.TempDir()
	s = newStore(t, filepath.Join(dir, "sessions.db"), goose5)
	s.do("INSERT INTO sessions (id, description, working_dir, created_at, total_tokens) VALUES ('a_1', 'Old', '/w', '2025-11-22 07:20:34', 5)")
	s.do(`INSERT INTO messages (session_id, role, content_json, created_timestamp) VALUES ('a_1', 'user', '[{"type":"text","text":"hi"}]', 1763796034), ('a_1', 'tool', '[]', 1763796034)`)
	got, problems = events(t, under(t, dir))
	same(t, problems, nil)
	want, _ := events(t, nil, `{"id":"a_1","working_dir":"/w","name":"Old","created_at":"2025-11-22T07:20:34Z","total_tokens":5,"message_count":1,"conversation":[{"id":"msg_a_1_0","role":"user","created":1763796034,"content":[{"type":"text","text":"hi"}]}]}`)
	for i := range want {
		if i >= len(got) || gjson.Get(got[i], "event_id").Str != gjson.Get(want[i], "event_id").Str {
			t.Fatalf("got %q, want %q", got, want)
		}
	}
}

// TestOldFiles checks that a session is not told twice that is in the files of
// an earlier version, too.
func TestOldFiles(t *testing.T) {
	dir := t.TempDir()
	newStore(t, filepath.Join(dir, "opencode.db"), openCode).openCodeExport(parent)
	info := filepath.Join(dir, "storage", "session", "p1")
	if err := os.MkdirAll(info, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"ses_1", "ses_0"} {
		old := strings.ReplaceAll(gjson.Get(parent, "info").Raw, "ses_1", id)
		if err := os.WriteFile(filepath.Join(info, id+".json"), []byte(old), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, f := range under(t, dir) {
		got = append(got, filepath.Base(f.Path))
	}
	slices.Sort(got)
	same(t, got, []string{"opencode.db#ses_1", "ses_0.json"})
}

// TestGrowing checks that of a session that goes on nothing is told before it
// is whole, and what was told is not told again.
func TestGrowing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "opencode.db")
	s := newStore(t, path, openCode)
	s.openCodeExport(parent)
	s.do(`INSERT INTO message VALUES ('msg_9', 'ses_1', 1795332050000, 1795332050000, '{"role":"assistant","modelID":"m","time":{"created":1795332050000}}')`)
	s.do(`INSERT INTO part VALUES ('prt_90', 'msg_9', 'ses_1', 1, 1, '{"type":"text","text":"half","time":{"start":1795332051000}}'), ('prt_91', 'msg_9', 'ses_1', 1, 1, '{"type":"tool","callID":"c","tool":"bash","state":{"status":"running","input":{"command":"ls"},"time":{"start":1795332052000}}}')`)
	d, err := OpenDatabase(path, []string{"opencode"})
	if err != nil {
		t.Fatal(err)
	}
	lines := func(growing bool) string {
		var all bytes.Buffer
		err := d.Records("ses_1", growing, func(lines []byte) error {
			_, err := all.Write(lines)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return all.String()
	}
	if text := lines(true); strings.Contains(text, "half") || !strings.Contains(text, `"running"`) {
		t.Errorf("of one that grows: %s", text)
	}
	if text := lines(false); !strings.Contains(text, "half") {
		t.Errorf("of one that does not: %s", text)
	}
	was, err := d.Stamp("ses_1")
	if err != nil {
		t.Fatal(err)
	}
	s.do(`UPDATE part SET time_updated = 2, data = json_set(data, '$.text', 'whole', '$.time.end', 1795332053000) WHERE id = 'prt_90'`)
	s.do(`UPDATE part SET time_updated = 1795332060000 WHERE id = 'prt_91'`)
	if now, err := d.Stamp("ses_1"); err != nil || now == was {
		t.Errorf("the stamp stays %s, %v", was, err)
	}
	if text := lines(true); !strings.Contains(text, "whole") {
		t.Errorf("when it is whole: %s", text)
	}
	var old, news int
	err = d.RecordsSince("ses_1", 1795332040e9, func(b []byte) error { old += bytes.Count(b, []byte("\n")); return nil },
		func(b []byte) error { news += bytes.Count(b, []byte("\n")); return nil })
	if err != nil || old != 4 || news != 1 {
		t.Errorf("%d records of before, %d after, %v", old, news, err)
	}
}

// TestMeanwhile checks that a session is whole and told once though the data
// base changes under the reader between all of its blocks.
func TestMeanwhile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "opencode.db")
	s := newStore(t, path, openCode)
	s.openCodeExport(parent)
	long := strings.Repeat("x", 1<<20)
	for i := range 12 {
		s.do("INSERT INTO message VALUES (?, 'ses_1', ?, 1, ?)", text(fmt.Sprintf("msg_b%02d", i)), gjson.Result{Type: gjson.Number, Num: 1795332050000 + float64(i)}, text(`{"role":"user","time":{"created":1795332050000}}`))
		s.do("INSERT INTO part VALUES (?, ?, 'ses_1', 1, 1, ?)", text(fmt.Sprintf("prt_b%02d", i)), text(fmt.Sprintf("msg_b%02d", i)), text(fmt.Sprintf(`{"type":"text","text":"%d %s"}`, i, long)))
	}
	d, err := OpenDatabase(path, []string{"opencode"})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	blocks := 0
	err = d.Records("ses_1", false, func(lines []byte) error {
		blocks++
		if blocks < 3 { // what the agent does between two blocks
			s.do("UPDATE session SET title = 'Fixed', time_updated = time_updated + 1")
			s.do("PRAGMA wal_checkpoint(TRUNCATE)")
		}
		for line := range strings.Lines(string(lines)) {
			ids = append(ids, gjson.Get(line, "messages.0.info.id").Str)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"", "msg_1", "msg_2", "msg_3"}
	for i := range 12 {
		want = append(want, fmt.Sprintf("msg_b%02d", i))
	}
	if same(t, ids, want); blocks < 3 {
		t.Errorf("%d blocks", blocks)
	}
	enough := errors.New("enough")
	if err := d.Records("ses_1", false, func([]byte) error { return enough }); err != enough {
		t.Errorf("an error of who takes them is returned as %v", err)
	}
}

// TestFlaws checks that rows which cannot be used are told and the others read,
// and that what is no agent's data base is told only where one should be.
func TestFlaws(t *testing.T) {
	dir := t.TempDir()
	s := newStore(t, filepath.Join(dir, "opencode.db"), openCode)
	s.openCodeExport(parent)
	s.do(`UPDATE part SET data = 'no JSON' WHERE id = 'prt_4'`)
	s.do(`UPDATE part SET data = '[1]' WHERE id = 'prt_5'`)
	s.do(`UPDATE part SET data = zeroblob(100663297) WHERE id = 'prt_3'`) // one byte too long
	s.do(`UPDATE message SET data = NULL WHERE id = 'none'`)
	got, problems := events(t, under(t, dir))
	if len(problems) != 1 || !strings.Contains(problems[0], "opencode.db#ses_1: part prt_3: its data is no JSON object, or too long (and 2 more of the kind)") {
		t.Errorf("reported %q", problems)
	}
	if all := strings.Join(got, "\n"); !strings.Contains(all, `"toolu_2"`) || !strings.Contains(all, "overloaded") || strings.Contains(all, "toolu_1") {
		t.Errorf("got %s", all)
	}

	for name, c := range map[string]struct {
		schema string
		want   string
	}{
		"opencode.db": {"CREATE TABLE other (a); CREATE VIEW session AS SELECT 1; CREATE VIEW message AS SELECT 1; CREATE VIEW part AS SELECT 1", "of no agent"},
		"sessions.db": {"CREATE TABLE sessions (x); CREATE TABLE messages (y)", "none of the columns"},
		"any.db":      {"CREATE TABLE other (a)", ""},
		"new.db":      {"PRAGMA user_version = 1", ""},
	} {
		dir := t.TempDir()
		newStore(t, filepath.Join(dir, name), c.schema)
		var problems []string
		list := Under(dir, Agents(), func(err error) {
			var perr *fs.PathError
			if !errors.As(err, &perr) || perr.Path != filepath.Join(dir, name) {
				t.Errorf("%v does not name the file", err)
			}
			problems = append(problems, err.Error())
		})
		if all := strings.Join(problems, "; "); len(list) > 0 || !strings.Contains(all, c.want) || all != "" && c.want == "" {
			t.Errorf("%s: found %v, reported %q", name, list, problems)
		}
	}

	for name, data := range map[string]string{"secret.db": strings.Repeat("\x9c\x00\xff", 999), "notes.db": `{"type":"x"}`, "empty.db": ""} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		list, is, err := In(path)
		if len(list) > 0 || is != (name != "notes.db") || (err != nil) != (name == "secret.db") {
			t.Errorf("%s: %v %v %v", name, list, is, err)
		}
	}
}
