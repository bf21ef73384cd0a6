package event

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestParse(t *testing.T) {
	line := []byte(` {"event_type":"tool_result","timestamp":1795333565.5900137,"event_id":"4a6f1be02c3d","session_id":"s\u0031",` +
		`"parent_id":"bf1207728ee6","duration_ms":74.25,"data":{"n":12345678901234567890,"x":[{"y":"z"}]},"unknown":1.0e3}  `)
	e, err := Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	if e.Type() != "tool_result" || e.ID() != "4a6f1be02c3d" || e.Session() != "s1" || e.Parent() != "bf1207728ee6" {
		t.Errorf("%q %q %q %q", e.Type(), e.ID(), e.Session(), e.Parent())
	}
	if ns, ok := e.UnixNano(); !ok || ns != 1795333565590013700 || e.Time().Nanosecond() != 590013700 {
		t.Errorf("time %d %v %v", ns, ok, e.Time())
	}
	if d, ok := e.Duration(); !ok || d != 74250*time.Microsecond {
		t.Errorf("duration %v %v", d, ok)
	}
	if got := e.Get("n").Raw; got != "12345678901234567890" {
		t.Errorf("a large number became %s", got)
	}
	if e.Get("x.0.y").Str != "z" || e.Data().Get("x.#").Int() != 1 {
		t.Errorf("data %s", e.Data().Raw)
	}
	if string(e.SessionRaw()) != `"s\u0031"` || string(e.IDRaw()) != `"4a6f1be02c3d"` || string(e.TypeRaw()) != `"tool_result"` || string(e.ParentRaw()) != `"bf1207728ee6"` {
		t.Error("raw accessors")
	}
	c := e.Clone()
	clear(line)
	if c.Type() != "tool_result" || c.Session() != "s1" {
		t.Error("a clone changes with the line")
	}
}

func TestParseSparse(t *testing.T) {
	e, err := Parse([]byte(`{"event_type":"x"}`))
	if err != nil {
		t.Fatal(err)
	}
	_, timed := e.UnixNano()
	_, long := e.Duration()
	if e.ID() != "" || e.Session() != "" || e.Parent() != "" || timed || long || e.DataRaw() != nil || e.Data().Exists() || e.Get("a").Exists() || !e.Time().IsZero() {
		t.Error("something is there that is not")
	}
	e, err = Parse([]byte(`{"event_type":"x","session_id":7,"event_id":null,"parent_id":{},"timestamp":"1","duration_ms":null,"data":[1]}`))
	if err != nil || e.Session() != "" || e.ID() != "" || e.Parent() != "" {
		t.Errorf("%v %q %q %q", err, e.Session(), e.ID(), e.Parent())
	}
	if _, ok := e.UnixNano(); ok {
		t.Error("a string is a time")
	}
	if e.Get("0").Int() != 1 {
		t.Error("data that is an array cannot be read")
	}
}

// Of a key that is there twice, the first counts, as everywhere in this project.
func TestParseTwice(t *testing.T) {
	e, err := Parse([]byte(`{"event_type":"a","event_type":"b","session_id":"1","session_id":"2","data":{"k":1,"k":2},"data":{}}`))
	if err != nil || e.Type() != "a" || e.Session() != "1" || e.Get("k").Int() != 1 {
		t.Errorf("%v %s %s %s", err, e.Type(), e.Session(), e.Data().Raw)
	}
}

func TestParseErrors(t *testing.T) {
	for in, want := range map[string]string{
		`junk`:                         "not an event: unexpected 'j' at byte 1",
		`{"event_type":"x"`:            "not an event: the line ends too soon",
		`{"event_type":"x"} y`:         "not an event: more text after the JSON object",
		`{"a":1}`:                      `not an event: no "event_type"`,
		`{"event_type":7}`:             `not an event: no "event_type"`,
		`{"event_type":null}`:          `not an event: no "event_type"`,
		`[{"event_type":"x"}]`:         "not an event: a JSON array, not an object",
		`"event_type"`:                 "not an event: unexpected '\"'",
		`7`:                            "not an event: unexpected '7'",
		"{\"event_type\":\"x\x00\"}":   "not an event: control byte '\\x00' in a string",
		strings.Repeat(`{"a":`, 20000): "not an event: nested too deep",
	} {
		e, err := Parse([]byte(in))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("Parse(%.40q): %v, want %q", in, err, want)
		}
		if string(e.Raw) != in || e.Type() != "" || e.Session() != "" || e.DataRaw() != nil {
			t.Errorf("Parse(%.40q) gave %q with its error", in, e.Raw)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"event_type":"tool_call","timestamp":1795333565.5900137,"event_id":"bf1207728ee6","session_id":"5f","data":{"tool_name":"Bash"}}`,
		`{"event_type":"x","session_id":"\ud83d\ude00\ud800\u0041","parent_id":"\\","duration_ms":1e3}`,
		`{"event_type":"x","event_type":1,"data":null}`, `{"event_type":"x"} {`, `[]`, "{\"event_type\":\"\xff\"}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := Parse(line)
		if !bytes.Equal(e.Raw, line) {
			t.Fatalf("Raw %q", e.Raw)
		}
		want, isObject := decode(line)
		typ, hasType := want["event_type"].(string)
		if ok := isObject && hasType; ok != (err == nil) {
			t.Fatalf("Parse(%q): %v, encoding/json: event %v", line, err, ok)
		}
		if err != nil || !utf8.Valid(line) {
			return
		}
		str := func(key string) string {
			s, _ := want[key].(string)
			return s
		}
		for _, x := range []struct{ got, want string }{
			{e.Type(), typ}, {e.ID(), str("event_id")}, {e.Session(), str("session_id")}, {e.Parent(), str("parent_id")},
		} {
			if x.got != x.want {
				t.Fatalf("Parse(%q) read %q, want %q", line, x.got, x.want)
			}
		}
		if !e.Is(typ) && !bytes.Contains(e.TypeRaw(), []byte(`\`)) {
			t.Fatalf("%q is not %q", line, typ)
		}
		if num, ok := want["timestamp"].(json.Number); ok && len(num) < 40 && !strings.ContainsAny(string(num), "eE") {
			wantNS, wantOK := exact(string(num))
			if ns, ok := e.UnixNano(); ok != wantOK || ok && ns != wantNS {
				t.Fatalf("Parse(%q) is at %d, %v, want %d, %v", line, ns, ok, wantNS, wantOK)
			}
		}
		e.Duration()
		e.Time()
		e.Get("a.b")
	})
}

// decode decodes an object as encoding/json does, but of a key that is there
// twice it keeps the first, and a key with escapes is another key.
func decode(line []byte) (map[string]any, bool) {
	if !json.Valid(line) || bytes.TrimSpace(line)[0] != '{' {
		return nil, false
	}
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	d.Token()
	m := map[string]any{}
	for d.More() {
		from := d.InputOffset()
		k, err := d.Token()
		if err != nil {
			return nil, false
		}
		escaped := bytes.IndexByte(line[from:d.InputOffset()], '\\') >= 0
		var v any
		if err := d.Decode(&v); err != nil {
			return nil, false
		}
		if _, twice := m[k.(string)]; !twice && !escaped {
			m[k.(string)] = v
		}
	}
	return m, true
}

func TestID(t *testing.T) {
	if got, want := ID("s", "tool_call", "toolu_1"), ID("s", "tool_call", "toolu_1"); got != want || len(got) != 12 || strings.Trim(got, "0123456789abcdef") != "" {
		t.Errorf("%q %q", got, want)
	}
	seen := map[string]string{}
	for _, parts := range [][]string{{"a", "b"}, {"ab", ""}, {"", "ab"}, {"a", "", "b"}, {"a", "b", ""}, {"a", "b", "", ""}, {"a\x01", "b"}, {"a", "\x01b"}} {
		id := ID(parts[0], parts[1], parts[2:]...)
		if other, ok := seen[id]; ok {
			t.Errorf("%q and %q have one id", parts, other)
		}
		seen[id] = strings.Join(parts, "|")
	}
}

func TestIsRecord(t *testing.T) {
	for _, r := range Records {
		if !IsRecord(r) {
			t.Error(r)
		}
	}
	if IsRecord("tool_call") || IsRecord("") || IsRecord("Phase") {
		t.Error("an event is a record")
	}
}
