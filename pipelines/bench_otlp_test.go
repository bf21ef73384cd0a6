//go:build unix

package pipelines_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// agentStrace is what at-otlp is measured against, as PyPI has it.
const agentStrace = "agent-strace==0.103.0"

// TestBenchOTLP measures how many spans a second at-otlp makes, beside the
// exporter of agent-strace on the same session in the same run. It runs if
// AT_BENCH is set; without pip, agent-strace is left out.
func TestBenchOTLP(t *testing.T) {
	wanted(t)
	b := newBench(t, 0)
	const many, few = 400_000, 50_000
	large, small := b.spans("large", many), b.spans("s", few)
	ratio := func(other float64, s sample) string {
		if other == 0 {
			return ""
		}
		return times(other / float64(s.took))
	}
	rate := func(n int, s sample) string { return fmt.Sprintf("%.0f /s", float64(n)/s.took.Seconds()) }

	b.table("Spans of tool calls, from a file", "", "spans", "speed", "beside agent-strace", "peak memory")
	formats := []string{"protobuf", "json"}
	for _, format := range formats {
		s := b.best("", "at-otlp", "--stdout", "--format", format, large)
		b.row("at-otlp --format "+format, fmt.Sprint(many), rate(many, s), "", mib(s.rss))
	}
	other := 0.0
	if wheel := b.wheel(); wheel != "" {
		s := b.best("", "env", "PYTHONPATH="+wheel, "python3", "-m", "agent_trace.cli", "export", "s", "--format", "otlp")
		if info, err := os.Stat(filepath.Join(b.dir, "trace-s-otlp.json")); err != nil || info.Size() < few*200 {
			t.Errorf("agent-strace has not exported the session: %v", err)
		}
		other = float64(s.took)
		b.row("agent-strace export", fmt.Sprint(few), rate(few, s), "", mib(s.rss))
	}
	for _, format := range formats {
		s := b.best("", "at-otlp", "--stdout", "--format", format, small)
		b.row("at-otlp --format "+format, fmt.Sprint(few), rate(few, s), ratio(other, s), mib(s.rss))
	}
	b.end()
}

// spans makes a session of n calls in the store of agent-strace in this folder.
func (b *bench) spans(id string, n int) string {
	dir := filepath.Join(b.dir, ".agent-traces", id)
	b.check(os.MkdirAll(dir, 0o700))
	b.check(os.WriteFile(filepath.Join(dir, "meta.json"), []byte(`{"session_id":"`+id+`","started_at":1795332170,"ended_at":1795932170,"agent_name":"claude-code"}`), 0o600))
	name := filepath.Join(dir, "events.ndjson")
	f, err := os.Create(name)
	b.check(err)
	w := bufio.NewWriterSize(f, 1<<20)
	for i := range n {
		at := 1795332170 + i
		fmt.Fprintf(w, `{"event_type":"tool_call","timestamp":%d.100000,"event_id":"%012x","session_id":"%s","data":{"tool_name":"Bash","arguments":{"command":"go test ./lib/pkg%d/...","description":"Run the tests"},"tool_use_id":"toolu_%020d"}}`+"\n", at, 2*i, id, i%50, i)
		fmt.Fprintf(w, `{"event_type":"tool_result","timestamp":%d.350000,"event_id":"%012x","session_id":"%s","parent_id":"%012x","duration_ms":250,"data":{"tool_name":"Bash","result":{"stdout":"ok agenttrace/lib/pkg 0.012s","stderr":""},"tool_use_id":"toolu_%020d"}}`+"\n", at, 2*i+1, id, 2*i, i)
	}
	b.check(w.Flush())
	b.check(f.Close())
	return name
}

// wheel takes agent-strace from PyPI; "" if that cannot be.
func (b *bench) wheel() string {
	dir := filepath.Join(b.dir, "wheel")
	if out, err := exec.Command("python3", "-m", "pip", "download", "--quiet", "--no-deps", "--dest", dir, agentStrace).CombinedOutput(); err != nil {
		fmt.Printf("%s is left out: %v: %s\n", agentStrace, err, out)
		return ""
	}
	list, err := filepath.Glob(filepath.Join(dir, "*.whl"))
	b.check(err)
	if len(list) != 1 {
		return ""
	}
	return list[0]
}
