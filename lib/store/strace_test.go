package store

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
)

// Traces that agent-strace has written read as they are.
func TestTracesOfAgentStrace(t *testing.T) {
	shared := filepath.Join(clitest.Shared(t), "corpus", "agent-trace")
	sessions := 0
	filepath.WalkDir(shared, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.Name() != eventsFile {
			return err
		}
		sessions++
		store := At(filepath.Dir(filepath.Dir(path)))
		list, err := store.Sessions()
		if err != nil {
			t.Errorf("%s: %v", path, err)
		}
		sess, err := Resolve(list, filepath.Base(filepath.Dir(path)))
		if err != nil {
			t.Error(err)
			return nil
		}
		var out bytes.Buffer
		if _, err := store.Copy(&out, sess, func(err error) { t.Error(err) }); err != nil {
			t.Error(err)
		}
		text, _ := os.ReadFile(path)
		want := 0
		for l := range bytes.Lines(text) {
			if len(bytes.TrimSpace(l)) > 0 {
				want++
			}
		}
		got, results, linked := 0, 0, 0
		calls := map[string]bool{}
		for l := range bytes.Lines(out.Bytes()) {
			e, err := event.Parse(bytes.TrimSpace(l))
			if err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			got++
			if e.Is("tool_call") {
				calls[e.ID()] = true
			}
			if e.Is("tool_result") {
				results++
				if calls[e.Parent()] {
					linked++
				}
			}
			if e.Session() != sess.ID {
				t.Errorf("%s: an event of session %q", path, e.Session())
			}
		}
		t.Logf("%s: %d events of %d, %d of %d results linked, %v – %v", sess.ID, got, want, linked, results, sess.Start(), sess.End())
		if got != want || sess.End().Before(sess.Start()) {
			t.Errorf("%s: %d events, want %d; from %v to %v", path, got, want, sess.Start(), sess.End())
		}
		return nil
	})
	if sessions == 0 {
		t.Error("no traces")
	}
}

// What hooks of agent-strace leave behind, and a meta.json with its keys.
func TestLayoutOfAgentStrace(t *testing.T) {
	s := At(t.TempDir())
	put(t, s, "5f1c0a5211114222",
		`{"event_type":"session_start","timestamp":1795333565.5900137,"event_id":"11e3a78a2418","session_id":"5f1c0a5211114222","data":{"mode":"claude-code-hooks","source":"startup","model":"m"}}`,
		`{"event_type":"tool_call","timestamp":1795333566.1,"event_id":"aaaaaaaaaaaa","session_id":"5f1c0a5211114222","data":{"tool_name":"Read","arguments":{"file_path":"a"}}}`,
		`{"event_type":"tool_call","timestamp":1795333566.2,"event_id":"bbbbbbbbbbbb","session_id":"5f1c0a5211114222","data":{"tool_name":"Read","arguments":{"file_path":"b"}}}`,
		`{"event_type":"tool_result","timestamp":1795333566.3,"event_id":"cccccccccccc","session_id":"5f1c0a5211114222","parent_id":"bbbbbbbbbbbb","duration_ms":100.00001,"data":{"tool_name":"Read","result":""}}`,
		`{"event_type":"tool_result","timestamp":1795333566.4,"event_id":"dddddddddddd","session_id":"5f1c0a5211114222","data":{"tool_name":"Read","result":""}}`,
	)
	os.WriteFile(filepath.Join(s.Dir(), "5f1c0a5211114222", metaFile), []byte("{\n  \"session_id\": \"5f1c0a5211114222\",\n  \"started_at\": 1795333565.5,\n  \"tool_calls\": 2,\n  \"attribution\": {}\n}"), 0o600)
	os.WriteFile(filepath.Join(s.Dir(), ".active-session"), []byte("5f1c0a5211114222"), 0o600)
	os.WriteFile(filepath.Join(s.Dir(), ".pending-calls.json"), []byte("{}"), 0o600)
	os.Mkdir(filepath.Join(s.Dir(), "datasets"), 0o700)
	list, err := s.Sessions()
	if err != nil || ids(list) != "5f1c0a5211114222" {
		t.Fatalf("%q, %v", ids(list), err)
	}
	got, problems := read(t, s, "5f1c")
	if len(got) != 5 || len(problems) > 0 {
		t.Fatalf("%d events, %q", len(got), problems)
	}
	e, _ := event.Parse([]byte(got[4]))
	if d, ok := e.Duration(); e.Parent() != "aaaaaaaaaaaa" || !ok || d.Milliseconds() != 300 {
		t.Errorf("the result without a parent is not given to the call that has none: %s", got[4])
	}
	if err := s.SaveSummary(list[0], list[0].Size, []byte(someSummary)); err != nil {
		t.Fatal(err)
	}
	meta, _ := os.ReadFile(filepath.Join(s.Dir(), "5f1c0a5211114222", metaFile))
	known := map[string]bool{}
	for _, k := range []string{"session_id", "started_at", "ended_at", "agent_name", "command", "tool_calls", "llm_requests", "errors", "total_tokens", "total_duration_ms", "parent_session_id", "parent_event_id", "depth", "attribution"} {
		known[k] = true
	}
	event.Fields(meta, func(k, _ []byte) bool {
		if !known[string(k)] {
			t.Errorf("agent-strace drops a session whose meta.json has %q", k)
		}
		return true
	})
}
