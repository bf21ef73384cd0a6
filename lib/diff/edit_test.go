package diff

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// rich makes a session of all kinds of events.
func rich(r *rand.Rand) *script {
	s := begin("a", "/p")
	for range 4 + r.IntN(12) {
		switch r.IntN(12) {
		case 0:
			s.ask(fmt.Sprintf("do %d", r.IntN(3)))
		case 1:
			s.add("llm_request", "", fmt.Sprintf(`{"model":"m%d","messages":[{"role":"user","content":"c%d"}]}`, r.IntN(2), r.IntN(3)))
		case 2:
			s.add("llm_response", "", fmt.Sprintf(`{"model":"m","stop_reason":"s%d","usage":{"input_tokens":5}}`, r.IntN(2)))
		case 3:
			s.add("assistant_response", "", fmt.Sprintf(`{"text":"t%d","thinking":true}`, r.IntN(4)))
		case 4:
			s.add("decision", "", `{"choice":"a","reason":"b","options":["a","c"]}`)
		case 5:
			s.add("file_write", "", `{"path":"/p/x.go"}`)
		case 6:
			s.add("unheard_of", "", `{"deep":{"er":[1,{"x":true}]}}`)
		case 7:
			s.call("mcp__db__query", fmt.Sprintf(`{"sql":"select %d","limit":%d}`, r.IntN(3), r.IntN(3)), "rows")
		case 8:
			s.call("Read", fmt.Sprintf(`{"file_path":"/p/%d.go","offset":%d}`, r.IntN(3), 1+r.IntN(3)), "text")
		case 9:
			s.call("Edit", fmt.Sprintf(`{"file_path":"/p/%d.go","old_string":"x","new_string":"y"}`, r.IntN(3)), "done")
		case 10:
			s.call("Task", `{"subagent_type":"Explore","prompt":"look"}`, "seen")
		case 11:
			s.sh(fmt.Sprintf("make %d", r.IntN(3)), []string{"ok", "!Exit code 2"}[r.IntN(2)])
		}
	}
	return s
}

// leaves are the places of strings, numbers and booleans in what an event
// tells, but for what differs from run to run.
func leaves(v any, set func(any), start bool, list *[]func()) {
	switch v := v.(type) {
	case map[string]any:
		for _, k := range slices.Sorted(keysOf(v)) {
			if !passing[k] && !(start && machine[k]) {
				leaves(v[k], func(x any) { v[k] = x }, false, list)
			}
		}
	case []any:
		for i := range v {
			leaves(v[i], func(x any) { v[i] = x }, false, list)
		}
	case string:
		*list = append(*list, func() { set(v + " otherwise") })
	case float64:
		*list = append(*list, func() { set(v + 1) })
	case bool:
		*list = append(*list, func() { set(!v) })
	}
}

func keysOf(m map[string]any) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// tells is what an event tells, as the test sees it.
func tells(line string) string {
	var e struct {
		Type string         `json:"event_type"`
		Data map[string]any `json:"data"`
	}
	if err := json.Unmarshal([]byte(line), &e); err != nil {
		panic(err)
	}
	delete(e.Data, "usage")
	b, _ := json.Marshal(e)
	return string(b)
}

// Whatever is changed in one event, or if it is taken out, or another put in
// before it, that is where the sessions diverge.
func TestAnyEdit(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	for range 600 {
		a := rich(rnd)
		b := &script{id: "a", lines: slices.Clone(a.lines)}
		k := rnd.IntN(len(b.lines))
		what := ""
		switch rnd.IntN(4) {
		case 0:
			what = "taken out"
			b.lines = slices.Delete(b.lines, k, k+1)
		case 1:
			what = "put in"
			other := rich(rnd).lines
			line := other[1+rnd.IntN(len(other)-1)]
			b.lines = slices.Insert(b.lines, k, strings.Replace(line, `"event_id":"aa01`, `"event_id":"bb01`, 1))
		default:
			var e map[string]any
			if err := json.Unmarshal([]byte(b.lines[k]), &e); err != nil {
				t.Fatal(err)
			}
			var list []func()
			leaves(e["data"], nil, e["event_type"] == "session_start", &list)
			if len(list) == 0 {
				continue
			}
			list[rnd.IntN(len(list))]()
			line, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			what = "made " + string(line)
			b.lines[k] = string(line)
		}
		i := 0
		for i < min(len(a.lines), len(b.lines)) && tells(a.lines[i]) == tells(b.lines[i]) {
			i++
		}
		want := func(s *script) int {
			if i < len(s.lines) {
				return i + 1
			}
			return 0
		}
		r := compare(t, a, b)
		if i == max(len(a.lines), len(b.lines)) {
			t.Fatalf("#%d %s: nothing is changed", k+1, what)
		}
		first := r.Diverged
		if r.Told != nil && before(r.Told, first) {
			first = r.Told
		}
		if first == nil || first.A.Event != want(a) || first.B.Event != want(b) {
			t.Fatalf("#%d %s: found at %+v, want #%d and #%d, in\n%s", k+1, what, first, want(a), want(b), strings.Join(a.lines, "\n"))
		}
		swaps(t, r, compare(t, b, a))
	}
}

// An edit of one event is found at that event.
func TestOneEdit(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 400 {
		a := random(rnd, "a", 8+rnd.IntN(60))
		b := &script{id: "a", lines: slices.Clone(a.lines)}
		k := 1 + rnd.IntN(len(b.lines)-1) // not the session_start
		line := b.lines[k]
		what := "changed"
		switch {
		case rnd.IntN(5) == 0:
			b.lines = slices.Insert(b.lines, k, strings.Replace(`{"event_type":"assistant_response","event_id":"bb","data":{"text":"new"},"session_id":"a"}`, "bb", fmt.Sprint("bb", k), 1))
			what = "added"
		case strings.Contains(line, `"error","timestamp"`):
			b.lines[k] = strings.Replace(line, `"event_type":"error"`, `"event_type":"tool_result"`, 1)
			what = "made good"
		default:
			for _, r := range [][2]string{{`"prompt":"do `, `"prompt":"do not `}, {`"text":"I say`, `"text":"I shout`}, {`"file_path":"/p/`, `"file_path":"/p/other`},
				{`"command":"`, `"command":"sudo `}, {`"result":"ok"`, `"result":"not ok"`}, {`"todos":[]`, `"todos":[1]`}} {
				b.lines[k] = strings.Replace(b.lines[k], r[0], r[1], 1)
			}
			if b.lines[k] == line {
				t.Fatal("not edited: ", line)
			}
		}
		r := compare(t, a, b)
		if r.Identical() {
			t.Fatalf("%s #%d: not found: %s", what, k+1, line)
		}
		d := r.Diverged
		if d.A.Event != k+1 || d.B.Event != k+1 {
			t.Fatalf("%s #%d: found at #%d and #%d (%s): %s", what, k+1, d.A.Event, d.B.Event, d.Kind, line)
		}
		if r.Told != nil && before(r.Told, d) {
			t.Fatalf("%s #%d: told otherwise before: %+v", what, k+1, r.Told)
		}
	}
}
