package trace_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"agenttrace/lib/store"
	"agenttrace/lib/trace"
)

// Two processes, or two runs, may go on with one session.
func TestStore(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		ctx, s := trace.Start(t.Context(), trace.Config{Dir: dir, Session: "../../again", Redact: true})
		trace.Do(ctx, "Bash", map[string]string{"command": "curl -H 'Authorization: Bearer sk-ant-api03-" + strings.Repeat("a1B2", 20) + "AA'"},
			func(context.Context) (string, error) { return "ok", nil })
		if err := s.End(); err != nil {
			t.Fatal(err)
		}
	}
	st := store.At(dir)
	list, err := st.Sessions()
	if err != nil || len(list) != 1 || list[0].ID != "../../again" {
		t.Fatalf("%v %v", list, err)
	}
	var out bytes.Buffer
	if _, err := st.Copy(&out, list[0], func(err error) { t.Error(err) }); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "a1B2a1B2") || !strings.Contains(out.String(), "[REDACTED:") {
		t.Errorf("not redacted: %s", out.String())
	}
	all := events(t, out.Bytes())
	if s := summary(t, all); len(all) != 8 || s.ToolCalls != 2 || s.UnfinishedCalls != 0 {
		t.Errorf("%d events, %d calls, %d unfinished", len(all), s.ToolCalls, s.UnfinishedCalls)
	}
}
