package capture

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"agenttrace/lib/capture/record"
	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
)

// mutants are what each value of a record is replaced by: every JSON type, and
// a number that no type of Go holds.
var mutants = []string{`null`, `1e400`, `"mutant"`, `["mutant",{"type":"text","text":7}]`, `{"mutant":"m","type":{},"id":[]}`}

// A value is one value in a text, and the path to it without the indices of
// arrays.
type value struct {
	path       string
	start, end int
}

// values lists the values in a text of JSON.
func values(raw []byte, off int, path string, list []value) []value {
	list = append(list, value{path, off, off + len(raw)})
	switch {
	case len(raw) > 0 && raw[0] == '{':
		event.Fields(raw, func(k, v []byte) bool {
			list = values(v, off+cap(raw)-cap(v), path+"."+string(k), list)
			return true
		})
	case len(raw) > 0 && raw[0] == '[':
		record.Elements(raw, func(el []byte) {
			list = values(el, off+cap(raw)-cap(el), path+"[]", list)
		})
	}
	return list
}

// shape says what kind of record one is, so that each kind is changed once.
func shape(raw []byte) string {
	g := gjson.GetManyBytes(raw, "type", "subtype", "hook_event_name", "hookName", "event", "payload.type", "payload.item.type", "method", "data.type", "message.content.0.type", "tool_name", "name", "part.type")
	var s []string
	for _, x := range g {
		if x.Type == gjson.String {
			s = append(s, x.Str)
		} else {
			s = append(s, "")
		}
	}
	return strings.Join(s, "/")
}

// kinds has the documented JSON type of every field, by event_type and name.
var kinds = func() map[string]event.Kind {
	m := map[string]event.Kind{}
	for _, t := range event.Schema {
		for _, f := range t.Fields {
			m[t.Name+"."+f.Name] = f.Kind
		}
	}
	return m
}()

// faults says what is wrong with an event.
func faults(line string) (list []string) {
	bad := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if n, err := event.Check([]byte(line)); err != nil || n != len(line) {
		bad("no JSON: %v", err)
		return list
	}
	if strings.Contains(line, "\n") || !utf8.ValidString(line) {
		bad("not one line of UTF-8")
	}
	e := gjson.Parse(line)
	typ := e.Get("event_type")
	if typ.Type != gjson.String || typ.Str == "" {
		bad("event_type %s", typ.Raw)
	}
	for _, k := range []string{"session_id", "event_id", "parent_id"} {
		v := e.Get(k)
		if !v.Exists() {
			if k != "parent_id" {
				bad("no %s", k)
			}
			continue
		}
		if v.Type != gjson.String || v.Str == "" || k != "session_id" && len(v.Str) != 12 {
			bad("%s %s", k, v.Raw)
		}
	}
	for _, k := range []string{"timestamp", "duration_ms"} {
		if v := e.Get(k); v.Exists() && (v.Type != gjson.Number || v.Num < 0 || v.Num > 1e12) {
			bad("%s %s", k, v.Raw)
		}
	}
	seen := map[string]bool{}
	e.ForEach(func(k, v gjson.Result) bool {
		if seen[k.Str] {
			bad("%s stands twice", k.Str)
		}
		seen[k.Str] = true
		return true
	})
	seen = map[string]bool{}
	e.Get("data").ForEach(func(k, v gjson.Result) bool {
		if seen[k.Str] {
			bad("data.%s stands twice", k.Str)
		}
		seen[k.Str] = true
		kind, ok := kinds[typ.Str+"."+k.Str]
		if !ok {
			return true
		}
		fits := map[event.Kind]bool{
			event.String: v.Type == gjson.String && (v.Str != "" || k.Str == "text" || k.Str == "prompt"), event.Number: v.Type == gjson.Number,
			event.Boolean: v.IsBool(), event.Obj: v.IsObject(), event.Array: v.IsArray(), event.Any: v.Type != gjson.Null,
		}[kind]
		if !fits {
			bad("data.%s is %.80s, not %s", k.Str, v.Raw, kind)
		}
		if k.Str == "usage" {
			v.ForEach(func(k, v gjson.Result) bool {
				if v.Type != gjson.Number || v.Num < 0 || v.Num > 1<<53 {
					bad("usage.%s is %s", k.Str, v.Raw)
				}
				return true
			})
		}
		return true
	})
	return list
}

// mutated changes each value of each kind of record in a text of lines, with
// the lines around it, and checks what comes out. seen is what was changed
// before.
func mutated(t *testing.T, name string, text []byte, seen map[string]bool, failed func(what string)) {
	lines := bytes.SplitAfter(text, []byte("\n"))
	agent := strings.Split(name, string(filepath.Separator))[0]
	for i, line := range lines {
		trimmed := bytes.TrimSpace(line)
		if _, err := event.Check(trimmed); err != nil || len(trimmed) > 6000 {
			continue
		}
		before := bytes.Join(lines[:min(i, 2)], nil)
		if i > 2 {
			before = append(before, lines[i-1]...)
		}
		after := bytes.Join(lines[min(i+1, len(lines)):min(i+3, len(lines))], nil)
		kind := agent + " " + shape(trimmed)
		for _, v := range values(trimmed, 0, "", nil) {
			if seen[kind+v.path] {
				continue
			}
			seen[kind+v.path] = true
			for _, m := range mutants {
				changed := append(append(append([]byte(nil), trimmed[:v.start]...), m...), trimmed[v.end:]...)
				in := string(before) + string(changed) + "\n" + string(after)
				where := fmt.Sprintf("%s:%d %s%s = %s", name, i+1, kind, v.path, m)
				mutant(in, func(what string) { failed(where + ": " + what) })
			}
		}
	}
}

// mutant captures a text and tells what is wrong with what comes out.
func mutant(in string, failed func(string)) {
	defer func() {
		if p := recover(); p != nil {
			failed(fmt.Sprint("panic: ", p))
		}
	}()
	now := int64(1795332170e9)
	c := &Capture{
		Emit: func(line []byte) error {
			for _, f := range faults(string(line)) {
				failed(f)
			}
			return nil
		},
		Problem: func(*event.SyntaxError, []byte) {},
		Clock:   func() int64 { now += 1e9; return now },
		All:     true,
	}
	if err := c.Read(strings.NewReader(in), File{Name: "f", Session: "s"}); err != nil {
		failed("stopped: " + err.Error())
	}
}

// Whatever a value is, what comes out are events.
func TestMutants(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	dir := filepath.Join(clitest.Shared(t), "corpus")
	seen, told := map[string]bool{}, 0
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.HasSuffix(path, ".tsv") || strings.HasSuffix(path, ".md") ||
			strings.Contains(path, "agent-trace") { // events pass as they are

			return err
		}
		name, _ := filepath.Rel(dir, path)
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.HasPrefix(raw, []byte("{\n")) || bytes.HasPrefix(raw, []byte("[")) {
			raw = event.AppendCompact(nil, raw)
		}
		mutated(t, name, raw, seen, func(what string) {
			if told++; told < 100 {
				t.Errorf("%s", what)
			}
		})
		return nil
	})
	t.Log(len(seen), "values, faults:", told)
}
