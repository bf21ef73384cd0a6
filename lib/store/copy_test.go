package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
)

// ev makes an event of session s at the second at, which may have a fraction;
// -1 means no time. parent and data may be empty.
func ev(typ string, at float64, id, parent, data string) string {
	h := event.Header{Type: typ, UnixNano: 1795332000e9 + int64(at*1e6)*1000, Untimed: at < 0, ID: id, Session: "s", Parent: parent}
	if data == "" {
		data = "{}"
	}
	return string(event.Append(nil, h, []byte(data)))
}

// with adds a top-level member before data.
func with(line, member string) string {
	return strings.Replace(line, `,"data":`, ","+member+`,"data":`, 1)
}

// read returns the lines that Copy gives of a session, and its problems.
func read(t *testing.T, s *Store, name string) (lines []string, problems []string) {
	t.Helper()
	list, err := s.Sessions()
	if err != nil {
		t.Fatal(err)
	}
	sess, err := Resolve(list, name)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := s.Copy(&out, sess, func(err error) { problems = append(problems, strings.TrimPrefix(err.Error(), s.Dir()+"/")) }); err != nil {
		t.Fatal(err)
	}
	if out.Len() == 0 {
		return nil, problems
	}
	text, ok := strings.CutSuffix(out.String(), "\n")
	if !ok {
		t.Errorf("the last line has no newline: %q", text)
	}
	return strings.Split(text, "\n"), problems
}

func TestCopy(t *testing.T) {
	call := func(at float64, id, toolID string) string {
		return ev("tool_call", at, id, "", `{"tool_name":"Bash","tool_use_id":"`+toolID+`"}`)
	}
	oldCall := func(at float64, id string) string {
		return ev("tool_call", at, id, "", `{"tool_name":"Bash","arguments":{"command":"ls"}}`)
	}
	oldResult := func(at float64, id, parent string) string {
		return ev("tool_result", at, id, parent, `{"tool_name":"Bash","result":"x"}`)
	}
	result := func(at float64, id, parent, toolID string) string {
		return ev("tool_result", at, id, parent, `{"tool_name":"Bash","tool_use_id":"`+toolID+`"}`)
	}
	told := func(line, toolID string) string {
		return strings.TrimSuffix(line, "}}") + `,"tool_use_id":"` + toolID + `"}}`
	}
	untold := func(line, toolID string) string { // told by what has an id first
		return strings.Replace(line, `"Bash",`, `"Bash","tool_use_id":"`+toolID+`",`, 1)
	}
	parent := func(line, id string, nth int) string {
		return strings.Replace(line, `"parent_id":"`+id+`"`, `"parent_id":"`+event.ID("s", "repeat", id, fmt.Sprint(nth))+`"`, 1)
	}
	repeat := func(line, id string, nth int) string {
		return strings.Replace(line, `"event_id":"`+id+`"`, `"event_id":"`+event.ID("s", "repeat", id, fmt.Sprint(nth))+`"`, 1)
	}
	hook := func(typ string, at float64, id, toolID string) string {
		return ev(typ, at, id, "", `{"tool_use_id":"`+toolID+`","tool_name":"Bash","prompt_id":"p"}`)
	}
	hookResult := func(at float64, id, parent, toolID string, ms int) string {
		return with(ev("tool_result", at, id, parent, `{"tool_use_id":"`+toolID+`","tool_name":"Bash","prompt_id":"p"}`), fmt.Sprintf(`"duration_ms":%d`, ms))
	}
	turn := func(at float64) string {
		return ev("notification", at, "n", "", `{"message":"m","prompt_id":"p"}`)
	}
	start := ev("session_start", 0, "st", "", `{"agent":"claude-code","source":"startup"}`)
	for name, tt := range map[string]struct{ in, want []string }{
		"told by hook and transcript": {
			[]string{
				start, ev("tool_result", 2, "r", "c", `{"tool_name":"Bash","result":{"stdout":"ok"},"tool_use_id":"t1"}`),
				ev("session_start", 90, "st", "", `{"agent":"claude-code","source":"startup","entrypoint":"cli"}`),
				ev("tool_result", 2.5, "r", "c", `{"tool_name":"Bash","tool_use_id":"t1","result":{"stdout":"OK"},"content":"ok","uuid":"u1"}`),
			},
			[]string{
				ev("session_start", 0, "st", "", `{"agent":"claude-code","source":"startup","entrypoint":"cli"}`),
				ev("tool_result", 2, "r", "c", `{"tool_name":"Bash","result":{"stdout":"ok"},"tool_use_id":"t1","content":"ok","uuid":"u1"}`),
			},
		},
		"captured twice": {
			[]string{start, call(1, "c", "t1"), start, call(1, "c", "t1")},
			[]string{start, call(1, "c", "t1")},
		},
		"envelope gained": {
			[]string{ev("tool_result", 1, "r", "", `{"tool_use_id":"t1"}`), with(ev("tool_result", 1, "r", "c", `{"tool_use_id":"t1"}`), `"duration_ms":74.5`)},
			[]string{with(ev("tool_result", 1, "r", "c", `{"tool_use_id":"t1"}`), `"duration_ms":74.5`)},
		},
		"usage completed": {
			[]string{
				ev("llm_response", 1, "l", "", `{"model":"m","message_id":"1","usage":{"input_tokens":3,"output_tokens":1}}`),
				ev("llm_response", 1, "l", "", `{"model":"m","message_id":"1","stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":77}}`),
				ev("llm_response", 1, "l", "", `{"model":"m","message_id":"1","stop_reason":"tool_use","usage":{"input_tokens":9,"output_tokens":7}}`),
			},
			[]string{ev("llm_response", 1, "l", "", `{"model":"m","message_id":"1","usage":{"input_tokens":3,"output_tokens":77},"stop_reason":"end_turn"}`)},
		},
		"parent and duration by tool_use_id": {
			[]string{call(1, "c1", "t1"), call(2, "c2", "t2"), ev("tool_result", 3, "r2", "", `{"tool_name":"Bash","tool_use_id":"t2"}`), ev("error", 4.5, "r1", "", `{"tool_name":"Bash","tool_use_id":"t1"}`)},
			[]string{
				call(1, "c1", "t1"), call(2, "c2", "t2"),
				with(ev("tool_result", 3, "r2", "c2", `{"tool_name":"Bash","tool_use_id":"t2"}`), `"duration_ms":1000`),
				with(ev("error", 4.5, "r1", "c1", `{"tool_name":"Bash","tool_use_id":"t1"}`), `"duration_ms":3500`),
			},
		},
		"by request_id": {
			[]string{ev("tool_call", 1, "c1", "", `{"tool_name":"add","request_id":5}`), ev("tool_result", 2, "r1", "", `{"request_id":5,"content_preview":"x"}`)},
			[]string{ev("tool_call", 1, "c1", "", `{"tool_name":"add","request_id":5}`), with(ev("tool_result", 2, "r1", "c1", `{"request_id":5,"content_preview":"x"}`), `"duration_ms":1000`)},
		},
		"an import of agent-strace": {
			[]string{ev("tool_call", 1, "c1", "", `{"tool_name":"Bash","request_id":"toolu_1"}`), ev("tool_result", 2, "r1", "", `{"tool_use_id":"toolu_1","content_preview":"x"}`)},
			[]string{ev("tool_call", 1, "c1", "", `{"tool_name":"Bash","request_id":"toolu_1"}`), with(ev("tool_result", 2, "r1", "c1", `{"tool_use_id":"toolu_1","content_preview":"x"}`), `"duration_ms":1000`)},
		},
		"by name, first in, first out": {
			[]string{oldCall(1, "c1"), ev("tool_call", 1, "w", "", `{"tool_name":"Write"}`), oldCall(2, "c2"), oldResult(3, "r1", ""), oldResult(4, "r2", ""), oldResult(5, "r3", "")},
			[]string{
				oldCall(1, "c1"), ev("tool_call", 1, "w", "", `{"tool_name":"Write"}`), oldCall(2, "c2"),
				with(oldResult(3, "r1", "c1"), `"duration_ms":2000`), with(oldResult(4, "r2", "c2"), `"duration_ms":2000`), oldResult(5, "r3", ""),
			},
		},
		"hooks of agent-strace, mispaired": { // the first result has the call of the second
			[]string{oldCall(1, "c1"), oldCall(1.1, "c2"), with(oldResult(2, "r1", "c2"), `"duration_ms":900.5`), oldResult(3, "r2", "")},
			[]string{oldCall(1, "c1"), oldCall(1.1, "c2"), with(oldResult(2, "r1", "c2"), `"duration_ms":900.5`), with(oldResult(3, "r2", "c1"), `"duration_ms":2000`)},
		},
		"a parent that is not there": {
			[]string{oldCall(1, "c1"), ev("tool_result", 2, "r", "gone", `{"tool_name":"Bash"}`), ev("error", 2, "e", "", `{"tool_name":"Bash","tool_use_id":"gone"}`)},
			[]string{oldCall(1, "c1"), ev("tool_result", 2, "r", "gone", `{"tool_name":"Bash"}`), ev("error", 2, "e", "", `{"tool_name":"Bash","tool_use_id":"gone"}`)},
		},
		"a result before its call": {
			[]string{ev("tool_result", 1, "r", "", `{"tool_use_id":"t1"}`), call(2, "c", "t1")},
			[]string{ev("tool_result", 1, "r", "", `{"tool_use_id":"t1"}`), call(2, "c", "t1")},
		},
		"calls without id": {
			[]string{`{"event_type":"tool_call","data":{"tool_name":"A"}}`, `{"event_type":"tool_result","data":{"tool_name":"B"}}`, `{"event_type":"tool_result"}`},
			[]string{`{"event_type":"tool_call","data":{"tool_name":"A"}}`, `{"event_type":"tool_result","data":{"tool_name":"B"}}`, `{"event_type":"tool_result"}`},
		},
		"API errors are no outcomes": {
			[]string{oldCall(1, "c1"), ev("error", 2, "e", "", `{"kind":"api","message":"overloaded"}`), oldResult(3, "r", "")},
			[]string{oldCall(1, "c1"), ev("error", 2, "e", "", `{"kind":"api","message":"overloaded"}`), with(oldResult(3, "r", "c1"), `"duration_ms":2000`)},
		},
		"time goes backwards in a call": {
			[]string{call(1.05, "c", "t1"), ev("tool_result", 1, "r", "", `{"tool_use_id":"t1"}`)},
			[]string{call(1.05, "c", "t1"), ev("tool_result", 1, "r", "c", `{"tool_use_id":"t1"}`)},
		},
		"the same call again, without an id of the agent": {
			[]string{oldCall(1, "c"), oldResult(2, "r", "c"), oldCall(10, "c"), oldResult(12, "r", "c"), oldCall(20, "c"), oldResult(21, "r", "c")},
			[]string{
				oldCall(1, "c"), with(oldResult(2, "r", "c"), `"duration_ms":1000`),
				repeat(oldCall(10, "c"), "c", 2), with(strings.Replace(repeat(oldResult(12, "r", "c"), "r", 2), `"parent_id":"c"`, `"parent_id":"`+event.ID("s", "repeat", "c", "2")+`"`, 1), `"duration_ms":2000`),
				repeat(oldCall(20, "c"), "c", 3), with(strings.Replace(repeat(oldResult(21, "r", "c"), "r", 3), `"parent_id":"c"`, `"parent_id":"`+event.ID("s", "repeat", "c", "3")+`"`, 1), `"duration_ms":1000`),
			},
		},
		"the same call again, at once": {
			[]string{oldCall(1, "c"), oldResult(1.1, "r", "c"), oldCall(1.2, "c"), oldCall(1.25, "c"), oldResult(1.3, "r", "c"), oldResult(1.35, "r", "c")}, // the second is told twice
			[]string{
				oldCall(1, "c"), with(oldResult(1.1, "r", "c"), `"duration_ms":100`),
				repeat(oldCall(1.2, "c"), "c", 2), with(parent(repeat(oldResult(1.3, "r", "c"), "r", 2), "c", 2), `"duration_ms":100`),
			},
		},
		"the same call without an outcome": {
			[]string{oldCall(1, "c"), oldCall(10, "c"), oldResult(12, "r", "c")},
			[]string{oldCall(1, "c"), repeat(oldCall(10, "c"), "c", 2), with(parent(repeat(oldResult(12, "r", "c"), "r", 2), "c", 2), `"duration_ms":2000`)},
		},
		"captured twice from a source without ids": {
			[]string{oldCall(1, "c"), oldResult(1, "r", "c"), oldCall(1, "c"), oldResult(1, "r", "c")},
			[]string{oldCall(1, "c"), with(oldResult(1, "r", "c"), `"duration_ms":0`)},
		},
		"equal calls, told by hooks without ids and by a session file": {
			[]string{
				oldCall(1, "c"), oldResult(2, "r", "c"), oldCall(10, "c"), oldResult(12, "r", "c"),
				call(1, "c", "t1"), result(2, "r", "c", "t1"), repeat(call(9.9, "c", "t2"), "c", 2), parent(repeat(result(12, "r", "c", "t2"), "r", 2), "c", 2),
			},
			[]string{
				told(oldCall(1, "c"), "t1"), told(with(oldResult(2, "r", "c"), `"duration_ms":1000`), "t1"),
				told(repeat(oldCall(10, "c"), "c", 2), "t2"), told(with(parent(repeat(oldResult(12, "r", "c"), "r", 2), "c", 2), `"duration_ms":2000`), "t2"),
			},
		},
		"the session file first": {
			[]string{
				call(1, "c", "t1"), result(2, "r", "c", "t1"), repeat(call(9.9, "c", "t2"), "c", 2), parent(repeat(result(12, "r", "c", "t2"), "r", 2), "c", 2),
				oldCall(1, "c"), oldResult(2, "r", "c"), oldCall(10, "c"), oldResult(12, "r", "c"), oldCall(20, "c"),
			},
			[]string{
				untold(oldCall(1, "c"), "t1"), with(untold(oldResult(2, "r", "c"), "t1"), `"duration_ms":1000`),
				untold(repeat(oldCall(9.9, "c"), "c", 2), "t2"), with(untold(parent(repeat(oldResult(12, "r", "c"), "r", 2), "c", 2), "t2"), `"duration_ms":2100`),
				repeat(oldCall(20, "c"), "c", 3),
			},
		},
		"a hook that is configured twice": {
			[]string{oldCall(1, "c"), oldCall(1.2, "c"), ev("notification", 3, "n", "", `{"message":"m"}`), ev("notification", 3.1, "n", "", `{"message":"m"}`), ev("notification", 30, "n", "", `{"message":"m"}`)},
			[]string{oldCall(1, "c"), ev("notification", 3, "n", "", `{"message":"m"}`), repeat(ev("notification", 30, "n", "", `{"message":"m"}`), "n", 2)},
		},
		"a hook that is configured twice, again": {
			[]string{ev("x", 1, "n", "", ""), ev("x", 30, "n", "", ""), ev("x", 30.1, "n", "", ""), ev("x", 60, "n", "", ""), ev("x", 60.1, "n", "", "")},
			[]string{ev("x", 1, "n", "", ""), repeat(ev("x", 30, "n", "", ""), "n", 2), repeat(ev("x", 60, "n", "", ""), "n", 3)},
		},
		"equal hooks of one turn": {
			[]string{
				hook("tool_call", 1, "c1", "t1"), turn(2), turn(2.1), hook("tool_result", 5, "r1", "t1"), hook("tool_call", 6, "c2", "t2"), turn(8), turn(8.1),
				ev("tool_call", 1, "c1", "", `{"tool_use_id":"t1","tool_name":"Bash","uuid":"u1"}`), // the transcript, late
				turn(20), // captured again, from the middle on
				hook("tool_call", 90, "c1", "t1"), turn(90), hook("tool_result", 90, "r1", "t1"), hook("tool_call", 90, "c2", "t2"), turn(90),
				// Captured from a file with all of them.
				hook("tool_call", 95, "c1", "t1"), turn(95), hook("tool_call", 95, "c2", "t2"), repeat(turn(95), "n", 2), repeat(turn(95), "n", 2),
			},
			[]string{
				strings.Replace(hook("tool_call", 1, "c1", "t1"), `"p"}`, `"p","uuid":"u1"}`, 1), turn(2), hookResult(5, "r1", "c1", "t1", 4000),
				hook("tool_call", 6, "c2", "t2"), repeat(turn(8), "n", 2),
			},
		},
		"the file with equal hooks first": {
			[]string{
				hook("tool_call", 1, "c1", "t1"), turn(1), hook("tool_call", 1, "c2", "t2"), repeat(turn(1), "n", 2),
				hook("tool_call", 10, "c1", "t1"), turn(11), hook("tool_call", 20, "c2", "t2"), turn(21),
			},
			[]string{hook("tool_call", 1, "c1", "t1"), turn(1), hook("tool_call", 1, "c2", "t2"), repeat(turn(1), "n", 2)},
		},
		"told again within the window, under another id": {
			[]string{
				ev("user_prompt", 1, "p1", "", `{"prompt":"fix it"}`), ev("assistant_response", 20, "a1", "", `{"text":"Done."}`),
				ev("user_prompt", 1.5, "p2", "", `{"prompt":" fix it\n","uuid":"u1"}`), ev("assistant_response", 11, "a2", "", `{"text":"Done.","model":"m","uuid":"u2"}`),
				ev("assistant_response", 12, "a3", "", `{"text":"Done.","model":"m","uuid":"u3"}`), // there was only one hook
				ev("user_prompt", 40, "p3", "", `{"prompt":"fix it","uuid":"u4"}`),                 // too late
			},
			[]string{
				ev("user_prompt", 1, "p1", "", `{"prompt":"fix it","uuid":"u1"}`),
				ev("assistant_response", 12, "a3", "", `{"text":"Done.","model":"m","uuid":"u3"}`),
				ev("assistant_response", 20, "a1", "", `{"text":"Done.","model":"m","uuid":"u2"}`),
				ev("user_prompt", 40, "p3", "", `{"prompt":"fix it","uuid":"u4"}`),
			},
		},
		"two hooks, two tellings": {
			[]string{
				ev("user_prompt", 1, "p1", "", `{"prompt":"go on"}`), ev("user_prompt", 5, "p2", "", `{"prompt":"go on"}`),
				ev("user_prompt", 1, "q1", "", `{"prompt":"go on","uuid":"u1"}`), ev("user_prompt", 5, "q2", "", `{"prompt":"go on","uuid":"u2"}`),
			},
			[]string{ev("user_prompt", 1, "p1", "", `{"prompt":"go on","uuid":"u1"}`), ev("user_prompt", 5, "p2", "", `{"prompt":"go on","uuid":"u2"}`)},
		},
		"the transcript first": {
			[]string{
				ev("user_prompt", 1, "q1", "", `{"prompt":"fix it","uuid":"u1"}`), ev("tool_call", 2, "c", "", `{"tool_use_id":"t"}`), ev("user_prompt", 30, "q2", "", `{"prompt":"more","uuid":"u2"}`),
				ev("user_prompt", 1.1, "p1", "", `{"prompt":"fix it"}`), ev("notification", 10, "n", "", ""), ev("user_prompt", 30, "p2", "", `{"prompt":"more"}`),
			},
			[]string{
				ev("user_prompt", 1, "q1", "", `{"prompt":"fix it","uuid":"u1"}`), ev("tool_call", 2, "c", "", `{"tool_use_id":"t"}`),
				ev("notification", 10, "n", "", ""), ev("user_prompt", 30, "q2", "", `{"prompt":"more","uuid":"u2"}`),
			},
		},
		"by the turn": {
			[]string{ev("user_prompt", 1, "p1", "", `{"prompt":"/review","prompt_id":"t1"}`), ev("user_prompt", 2, "q1", "", `{"prompt":"Review it","prompt_id":"t1","uuid":"u"}`)},
			[]string{ev("user_prompt", 1, "p1", "", `{"prompt":"/review","prompt_id":"t1","uuid":"u"}`)},
		},
		"runs are merged by time": {
			[]string{ev("a", 1, "1", "", ""), ev("a", 20, "2", "", ""), ev("a", -1, "x", "", ""), ev("b", 5, "3", "", ""), ev("b", 4.95, "4", "", ""), ev("b", 30, "5", "", ""), ev("c", 0, "6", "", "")},
			[]string{ev("c", 0, "6", "", ""), ev("a", 1, "1", "", ""), ev("b", 5, "3", "", ""), ev("b", 4.95, "4", "", ""), ev("a", 20, "2", "", ""), ev("a", -1, "x", "", ""), ev("b", 30, "5", "", "")},
		},
		"data of another kind": {
			[]string{ev("a", 1, "1", "", `"x}y"`), ev("a", 1, "1", "", `{"k":1}`), ev("a", 1, "2", "", `[{"z":1}]`), ev("a", 1, "2", "", `{"k":1}`), `{"event_type":"a","event_id":"3"}`, ev("a", 1, "4", "", `{"k":1}`), ev("a", 1, "4", "", `7`)},
			[]string{ev("a", 1, "1", "", `"x}y"`), ev("a", 1, "2", "", `[{"z":1}]`), `{"event_type":"a","event_id":"3"}`, ev("a", 1, "4", "", `{"k":1}`)},
		},
		"no data at first": {
			[]string{`{"event_type":"a","session_id":"s","event_id":"3"}`, ev("a", 1, "3", "", `{"k":1}`)},
			[]string{`{"event_type":"a","session_id":"s","event_id":"3","data":{"k":1}}`},
		},
		"other sessions' ids are others": {
			[]string{ev("a", 1, "1", "", ""), strings.Replace(ev("a", 1, "1", "", `{"k":1}`), `"session_id":"s"`, `"session_id":"t"`, 1)},
			[]string{ev("a", 1, "1", "", ""), strings.Replace(ev("a", 1, "1", "", `{"k":1}`), `"session_id":"s"`, `"session_id":"t"`, 1)},
		},
	} {
		s := At(t.TempDir())
		put(t, s, "s", tt.in...)
		got, problems := read(t, s, "s")
		if strings.Join(got, "\n") != strings.Join(tt.want, "\n") || len(problems) > 0 {
			t.Errorf("%s: %v\ngot\n\t%s\nwant\n\t%s", name, problems, strings.Join(got, "\n\t"), strings.Join(tt.want, "\n\t"))
		}
	}
}

// What needs no change is passed on byte for byte, however it is written.
func TestCopyIsPlain(t *testing.T) {
	s := At(t.TempDir())
	odd := []string{
		`{ "session_id" : "s", "x":1.0e3,"event_type" :"tool_call", "event_id":"1","n":12345678901234567890, "data" : { "tool_name" : "A" } }`,
		`{"event_type":"a","event_type":"b","session_id":"s","data":{"k":1,"k":2}}`,
		`{"event_type":"phase","session_id":"s","phase":3}`,
		bigLine("s", "x", 1, 600_000), bigLine("s", "y", 2, 600_000), line("s", 3),
	}
	put(t, s, "s", odd...)
	want, _ := os.ReadFile(filepath.Join(s.Dir(), "s", eventsFile))
	list, _ := s.Sessions()
	var out bytes.Buffer
	if n, err := s.Copy(&out, list[0], func(err error) { t.Error(err) }); err != nil || n != int64(len(want)) || !bytes.Equal(out.Bytes(), want) {
		t.Errorf("%v, %d bytes", err, n)
	}
	// The same with a duplicate in the middle: everything else stays.
	put(t, s, "s", append(append(odd[:5:5], odd[4]), odd[5])...)
	out.Reset()
	list, _ = s.Sessions()
	if _, err := s.Copy(&out, list[0], func(err error) { t.Error(err) }); err != nil || !bytes.Equal(out.Bytes(), want) {
		t.Errorf("with a duplicate: %v", err)
	}
	// And to a file and a pipe, where it may take other ways.
	file, _ := os.Create(filepath.Join(t.TempDir(), "out"))
	s.Copy(file, list[0], func(err error) { t.Error(err) })
	if got, _ := os.ReadFile(file.Name()); !bytes.Equal(got, want) {
		t.Error("a file")
	}
	put(t, s, "s", odd...)
	r, w, _ := os.Pipe()
	go func() {
		list, _ := s.Sessions()
		s.Copy(w, list[0], func(err error) { t.Error(err) })
		w.Close()
	}()
	var got bytes.Buffer
	if _, err := got.ReadFrom(r); err != nil || !bytes.Equal(got.Bytes(), want) {
		t.Errorf("a pipe: %v, %d bytes", err, got.Len())
	}
}

func TestCopyBadLines(t *testing.T) {
	a, b := line("s", 1), line("s", 2)
	for name, tt := range map[string]struct{ in, want, problems string }{
		"no newline at the end": {a, a, ""},
		"CRLF and blank lines":  {a + "\r\n\r\n\n" + b + "\r\n", a + "\n" + b, ""},
		"BOM":                   {"\uFEFF" + a + "\n" + b + "\n", a + "\n" + b, ""},
		"indented":              {"  " + a + "\t\n" + b + "\n", a + "\n" + b, ""},
		"junk":                  {"junk\n" + a + "\n[1]\n{}\n\x00\n" + b + "\n", a + "\n" + b, "1 3 4 5"},
		"torn at the end":       {a + "\n" + b[:30], a, "2"},
		"joined":                {a + b + "\n" + a[:20] + "\n", a + "\n" + b, "1 2"},
		"torn, then joined":     {a[:30] + a + b + "\n", a + "\n" + b, "1"},
		"joined, then torn":     {a + b[:30] + "\n" + b + "\n", a + "\n" + b, "1"},
		"not UTF-8":             {strings.Replace(a, `{}`, "{\"x\":\"\xff\"}", 1) + "\n" + b + "\n", strings.Replace(a, `{}`, "{\"x\":\"\uFFFD\"}", 1) + "\n" + b, "1"},
		"joined, not UTF-8":     {strings.Replace(a, `{}`, "{\"x\":\"\xff\"}", 1) + b + "\n", strings.Replace(a, `{}`, "{\"x\":\"\uFFFD\"}", 1) + "\n" + b, "1 1"},
		"nothing":               {"", "", ""},
	} {
		s := At(t.TempDir())
		os.Mkdir(filepath.Join(s.Dir(), "s"), 0o700)
		os.WriteFile(filepath.Join(s.Dir(), "s", eventsFile), []byte(tt.in), 0o600)
		got, problems := read(t, s, "s")
		var lines []string
		for _, p := range problems {
			file, rest, _ := strings.Cut(p, ":")
			n, _, _ := strings.Cut(rest, ":")
			if lines = append(lines, n); file != "s/events.ndjson" {
				t.Errorf("%s: %s", name, p)
			}
		}
		if strings.Join(got, "\n") != tt.want || strings.Join(lines, " ") != tt.problems {
			t.Errorf("%s: problems %q\n got %q\nwant %q", name, problems, got, tt.want)
		}
	}
}

func TestAnnotations(t *testing.T) {
	s := At(t.TempDir())
	put(t, s, "s", line("s", 1))
	notes := strings.Join([]string{
		`{"annotation_id":"0123456789ab","session_id":"s","event_id":"000000000001","offset_seconds":1,"label":"root-cause","note":"here","author":"me","created_at":1795332175.25}`,
		`{"event_id":"\",\"x\":\"","note":"no id, hostile","created_at":"2026-11-22T07:22:55.5Z"}`,
		"junk", "", "[1]",
		"{\"note\":\"\xff\"}",
	}, "\n")
	os.WriteFile(filepath.Join(s.Dir(), "s", annotationsFile), []byte(notes), 0o600)
	got, problems := read(t, s, "s")
	if len(got) != 4 || len(problems) != 2 || !strings.HasPrefix(problems[0], "s/annotations.jsonl:3: ") || !strings.HasPrefix(problems[1], "s/annotations.jsonl:5: ") {
		t.Fatalf("%q\n%q", got, problems)
	}
	want := `{"event_type":"annotation","timestamp":1795332175.250000,"event_id":"` + event.ID("s", "annotation", "0123456789ab") + `","session_id":"s","parent_id":"000000000001","data":` + notes[:strings.Index(notes, "\n")] + `}`
	if got[1] != want {
		t.Errorf("got  %s\nwant %s", got[1], want)
	}
	seen := map[string]bool{}
	for _, l := range got {
		e, err := event.Parse([]byte(l))
		if err != nil || seen[e.ID()] {
			t.Errorf("%v: %s", err, l)
		}
		seen[e.ID()] = true
	}
	if e, _ := event.Parse([]byte(got[2])); e.Parent() != `","x":"` || e.Time().UnixMilli() != 1795332175500 {
		t.Errorf("%s", got[2])
	}
	if e, _ := event.Parse([]byte(got[3])); !e.Time().IsZero() {
		t.Errorf("a time was made up: %s", got[3])
	}
}

func TestCopyErrors(t *testing.T) {
	s := At(t.TempDir())
	put(t, s, "s", line("s", 1), line("s", 1), line("s", 2))
	list, _ := s.Sessions()
	if _, err := s.Copy(failing{}, list[0], func(error) {}); err == nil {
		t.Error("an error of the writer is lost")
	}
	os.Remove(list[0].Path())
	if _, err := s.Copy(&bytes.Buffer{}, list[0], func(error) {}); err == nil || !strings.Contains(err.Error(), "cannot read session s") {
		t.Errorf("of a session that is gone: %v", err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("no") }

// Joining costs time and memory in proportion to the number of events, also of
// events that are all the same.
func TestCopyScales(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 100 MB")
	}
	for name, make := range map[string]func(i, n int) string{
		"different": func(i, _ int) string {
			if i%2 == 1 {
				return ev("tool_result", float64(i), fmt.Sprintf("%012x", i), "", fmt.Sprintf(`{"tool_name":"Bash","tool_use_id":"t%d","result":"some text of a result"}`, i/2))
			}
			return ev("tool_call", float64(i), fmt.Sprintf("%012x", i), "", fmt.Sprintf(`{"tool_name":"Bash","tool_use_id":"t%d","arguments":{"command":"ls"}}`, i/2))
		},
		"one text, of hooks": func(i, _ int) string {
			return ev("assistant_response", float64(i)/100, fmt.Sprint(i), "", `{"text":"ok"}`)
		},
		"one text, of a transcript": func(i, _ int) string {
			return ev("assistant_response", float64(i)/100, fmt.Sprint(i), "", `{"text":"ok","uuid":"u"}`)
		},
		"one text, of both": func(i, n int) string {
			return ev("assistant_response", float64(i%(n/2)), fmt.Sprint(i), "", `{"text":"ok"`+[]string{"", `,"uuid":"u"`}[i/(n/2)]+"}")
		},
		"one event, again and again": func(i, _ int) string { return ev("notification", float64(3*i), "n", "", `{}`) },
		"one event, at once":         func(i, _ int) string { return ev("notification", 1, "n", "", `{}`) },
		"one tool, without ids": func(i, n int) string {
			return ev([]string{"tool_call", "tool_result"}[i/(n/2)], float64(i), "", "", `{"tool_name":"Bash"}`)
		},
	} {
		clitest.Linear(t, name, 16_000, func(n int) {
			s := At(t.TempDir())
			lines := []string{}
			for i := range n {
				lines = append(lines, make(i, n))
			}
			put(t, s, "s", lines...)
			got, problems := read(t, s, "s")
			want := n
			switch name {
			case "one text, of both":
				want = n / 2
			case "one event, at once":
				want = 1
			}
			if len(got) != want || len(problems) > 0 {
				t.Errorf("%s: %d events, want %d; %d problems", name, len(got), want, len(problems))
			}
		})
	}
}

func FuzzCopy(f *testing.F) {
	a, b := ev("tool_call", 1, "c", "", `{"tool_name":"A","tool_use_id":"t"}`), ev("tool_result", 2, "r", "", `{"tool_name":"A","tool_use_id":"t"}`)
	for _, s := range []string{
		a + "\n" + b, a + "\n" + a + "\n" + b + "\n" + b, a + b + "\n" + a[:20], "\uFEFF" + a + "\r\n\x00\n" + b[:40] + a,
		ev("user_prompt", 1, "p", "", `{"prompt":"x"}`) + "\n" + ev("user_prompt", 1, "q", "", `{"prompt":"x","uuid":"u"}`),
		"{\"event_type\":\"a\",\"x\":\"\xff\"}\n", ev("x", 100, "1", "", "") + "\n" + ev("x", 1, "2", "", ""),
		`{"event_type":"llm_response","data":{"usage":1}}` + "\n" + `{"event_type":"tool_result","data":[],"data":{}}`,
		`{"event_type":"x","event_id":"1","data":7}` + "\n" + `{"event_type":"x","event_id":"1","data":{"a":1}}`,
	} {
		f.Add([]byte(s))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		s := At(filepath.Join(dir, fmt.Sprint(os.Getpid())))
		put(t, s, "s", string(text))
		sess := Session{ID: "s", Name: "s", store: s}
		var out bytes.Buffer
		if _, err := s.Copy(&out, sess, func(error) {}); err != nil {
			t.Fatal(err)
		}
		found := map[string]int{}
		for l := range bytes.Lines(out.Bytes()) {
			e, err := event.Parse(bytes.TrimSuffix(l, []byte("\n")))
			if err != nil {
				t.Fatalf("%v in %q", err, l)
			}
			found[e.Session()+"|"+e.ID()]++
		}
		wanted := map[string]bool{}
		files := event.Files{Stdin: bytes.NewReader(text)}
		for files.Scan() {
			if e, _ := files.Event(); e.Type() != "" && e.ID() != "" {
				wanted[e.Session()+"|"+e.ID()] = true
			}
		}
		for id := range wanted {
			// A telling of what another event tells is joined to that.
			if found[id] == 0 && !bytes.Contains(text, []byte("user_prompt")) && !bytes.Contains(text, []byte("assistant_response")) && !bytes.Contains(text, []byte("compaction")) && !bytes.Contains(text, []byte("session_start")) {
				t.Fatalf("event %q is lost\nin  %q\nout %q", id, text, out.Bytes())
			}
		}
	})
}
