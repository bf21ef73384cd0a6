package session

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"agenttrace/lib/event"
)

func addTo(t *testing.T, s *Set, lines ...string) {
	t.Helper()
	for _, l := range lines {
		e, err := event.Parse([]byte(l))
		if err != nil {
			t.Fatal(err)
		}
		s.Add(e)
	}
}

func started(id, parent string) string {
	return `{"event_type":"session_start","session_id":"` + id + `","data":{"parent_session_id":"` + parent + `"}}`
}

func TestTrees(t *testing.T) {
	for _, tt := range []struct{ sessions, want string }{ // child<parent
		{"", ""},
		{"a b c", "a | b | c"},
		{"a b<a c<b d", "a b c | d"},
		{"c<b b<a a", "a c b"},
		{"a<gone b<a", "a b"},
		{"a<a", "a"},
		{"b<a a<b c", "b a | c"},
		{"x<b b<c c<a a<b", "b x c a"},
		{"a b<a c<a d<b e<c", "a b c d e"},
	} {
		var set Set
		for _, s := range strings.Fields(tt.sessions) {
			id, parent, _ := strings.Cut(s, "<")
			addTo(t, &set, started(id, parent))
		}
		var trees []string
		for _, tree := range set.Trees() {
			var ids []string
			for _, f := range tree {
				ids = append(ids, f.ID())
			}
			trees = append(trees, strings.Join(ids, " "))
		}
		if got := strings.Join(trees, " | "); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.sessions, got, tt.want)
		}
	}
}

// A chain of subagents may be long.
func TestDeepTree(t *testing.T) {
	var set Set
	const n = 20_000
	for i := n; i > 0; i-- {
		addTo(t, &set, started(fmt.Sprint(i), fmt.Sprint(i-1)))
	}
	if trees := set.Trees(); len(trees) != 1 || len(trees[0]) != n || trees[0][0].ID() != "1" {
		t.Errorf("%d trees, the first of %d sessions", len(trees), len(trees[0]))
	}
}

func TestSetTake(t *testing.T) {
	var set Set
	addTo(t, &set, started("a", ""), started("b", ""), `{"event_type":"x","session_id":"\u0061"}`, `{"event_type":"x"}`, `{"event_type":"x","session_id":""}`)
	if n := len(set.Folds()); n != 3 {
		t.Errorf("%d sessions", n)
	}
	if f := set.Take("a"); f == nil || f.Summary().Events != 2 {
		t.Errorf("took %+v", f)
	}
	if set.Take("a") != nil || set.Take("never") != nil {
		t.Error("took what is not there")
	}
	addTo(t, &set, `{"event_type":"x","session_id":"\u0061"}`)
	var ids []string
	for _, f := range set.Folds() {
		ids = append(ids, fmt.Sprint(f.ID(), f.Summary().Events))
	}
	if got, want := strings.Join(ids, " "), "b1 2 a1"; got != want {
		t.Errorf("left %q, want %q", got, want)
	}
}

func TestMerge(t *testing.T) {
	root, _ := fold(t, ev("session_start", "0", `"timestamp":10`, `{"cwd":"/p","agent":"x"}`),
		bash("a", "11", "cat one two"), ok("b", "13", "a"),
		ev("llm_response", "c", "", `{"model":"m","usage":{"input_tokens":1}}`))
	child, _ := fold(t, bash("a", "1", "cat three > four"), fail("b", "9", "a"),
		ev("tool_call", "c", "", `{"tool_name":"Read","arguments":{"file_path":"/p/one"}}`),
		ev("llm_response", "d", "", `{"model":"m","usage":{"input_tokens":2}}`), ev("llm_response", "e", "", `{"model":"n"}`))
	child.id = "kid"
	r, c := root.Summary(), child.Summary()
	before := string(r.Record(nil))
	s := Merge(r, c)
	if string(r.Record(nil)) != before {
		t.Error("the root was changed")
	}
	if s.Sessions != 2 || s.Agent != "x" || s.Events != 9 || s.Duration() != 12*time.Second || s.Errors != 1 || s.ToolCalls != 3 || s.Commands != 2 {
		t.Errorf("%+v", s)
	}
	b := s.Tools["Bash"]
	if b.Calls != 2 || b.Errors != 1 || b.Total != 10*time.Second || b.P50 != 2*time.Second || b.P95 != 8*time.Second || !b.Ranked {
		t.Errorf("%+v", b)
	}
	if s.Tokens.Input != 3 || s.UsageByModel["m"].Requests != 2 || s.LLMRequests != 3 || len(s.Models) != 2 {
		t.Errorf("%+v %+v", s.Tokens, s)
	}
	// What a tool of the child read is not told again of the root's shell.
	if !reflect.DeepEqual(s.FilesReadByShell, []string{"three", "two"}) || !reflect.DeepEqual(s.FilesRead, []string{"/p/one"}) {
		t.Errorf("read %q, by shell %q", s.FilesRead, s.FilesReadByShell)
	}
	if len(s.Slowest) != 2 || s.Slowest[0].Session != "kid" || s.Slowest[1].Session != "" || s.Failures[0].Session != "kid" {
		t.Errorf("%+v %+v", s.Slowest, s.Failures)
	}

	// Of summaries that were read back, the percentiles of a sum are not known.
	e, _ := event.Parse(c.Record(nil))
	s = Merge(r, ParseRecord(e), New("empty").Summary())
	if b := s.Tools["Bash"]; b.Ranked || !b.Timed || b.Total != 10*time.Second || s.Sessions != 3 {
		t.Errorf("%+v", b)
	}
	e, _ = event.Parse(s.Record(nil))
	if e.Get("tools.Bash.p50_ms").Exists() || e.Get("tools.Read.p50_ms").Exists() {
		t.Errorf("%s", e.Raw)
	}
}

func TestDurations(t *testing.T) {
	var d durations
	for i := range 10 {
		d.add(time.Duration(10-i) * time.Second)
	}
	p := d.percentiles(0, 50, 95, 100)
	if want := []time.Duration{1e9, 5e9, 10e9, 10e9}; !reflect.DeepEqual(p, want) {
		t.Errorf("percentiles %v, want %v", p, want)
	}
	one := durations{}
	one.add(7)
	if p := one.percentiles(50, 95); p[0] != 7 || p[1] != 7 {
		t.Errorf("of one: %v", p)
	}

	// More than are kept: any order gives the same, close to the truth.
	const n = 3 * exactDurations
	var up, down, merged durations
	for i := range n {
		up.add(time.Duration(i) * time.Microsecond)
		down.add(time.Duration(n-1-i) * time.Microsecond)
	}
	merged.add(0)
	merged.merge(&down)
	a, b, c := up.percentiles(50, 95), down.percentiles(50, 95), merged.percentiles(50, 95)
	if !reflect.DeepEqual(a, b) || !reflect.DeepEqual(a, c) {
		t.Errorf("%v, %v and %v", a, b, c)
	}
	for i, want := range []time.Duration{n / 2 * time.Microsecond, n * 95 / 100 * time.Microsecond} {
		if off := float64(a[i]-want) / float64(want); off < -0.01 || off > 0.01 {
			t.Errorf("percentile %v, want about %v", a[i], want)
		}
	}
	if up.n != n || up.exact != nil || merged.n != n+1 || merged.total != up.total {
		t.Errorf("%d, %d of %v", up.n, merged.n, merged.total)
	}
	for _, x := range []time.Duration{0, 1, 127, 128, 129, 255, 256, 1e9, 1<<63 - 1} {
		got := middle(rangeOf(x))
		if off := float64(got-x) / float64(max(x, 1)); off < -0.008 || off > 0.008 {
			t.Errorf("%d is in the range of %d", x, got)
		}
	}
}

// The text keeps to 80 columns whatever the session holds.
func TestTextWidth(t *testing.T) {
	long := strings.Repeat("wide 界 ", 60)
	name := strings.ReplaceAll(strings.TrimSpace(long), " ", "_")
	var lines []string
	lines = append(lines, ev("session_start", "0", `"timestamp":1`, fmt.Sprintf(`{"agent":%q,"model":%q,"cwd":%q,"title":%q,"git":{"branch":%q}}`, long, long, "/"+name, long, long)),
		ev("user_prompt", "1", "", fmt.Sprintf(`{"prompt":%q}`, long)),
		ev("llm_response", "2", "", fmt.Sprintf(`{"model":%q,"usage":{"input_tokens":999949999,"output_tokens":999949999,"cache_read_tokens":999949999,"cache_write_5m_tokens":999949999,"cache_write_1h_tokens":999949999,"reasoning_tokens":999949999}}`, name)),
		ev("llm_response", "3", "", `{"model":"m"}`))
	for i := range 30 {
		id := fmt.Sprint("c", i)
		lines = append(lines,
			ev("tool_call", id, `"timestamp":1`, fmt.Sprintf(`{"tool_name":%q,"arguments":{"file_path":%q,"q":%q}}`, name+id, name, long)),
			ev("tool_call", "r"+id, `"timestamp":1`, fmt.Sprintf(`{"tool_name":"Read","arguments":{"file_path":%q}}`, "/"+name+id)),
			fail("f"+id, "360000", id))
	}
	f, _ := fold(t, lines...)
	out := string(f.Summary().AppendText(nil, time.UTC))
	for line := range strings.Lines(out) {
		if w := textWidth(strings.TrimSuffix(line, "\n")); w > columns {
			t.Errorf("%d columns: %s", w, line)
		}
		if strings.HasSuffix(line, " \n") {
			t.Errorf("a blank at the end: %q", line)
		}
	}
	if !strings.Contains(out, "… and 20 more") {
		t.Errorf("%s", out)
	}
}
