package table

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"agenttrace/lib/event"
)

// render returns the table of events.
func render(t *testing.T, o Options, columns string, lines ...string) string {
	t.Helper()
	if columns != "" {
		var err error
		if o.Columns, err = Columns(columns); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	x := New(&b, o)
	for _, line := range lines {
		e, err := event.Parse([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		if err := x.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const call = `{"event_type":"tool_call","timestamp":1795332171.769000,"event_id":"bf1207728ee6","session_id":"5f1c0a52","parent_id":"p","duration_ms":1.50,"phase":2,"data":{"tool_name":"Bash","arguments":{"command":"a, \"b\"","list":[ 1,"two",{"x":[null,true]} ],"a.b":"dot","a\u0062":"escaped","":"empty"}}}`

func TestColumns(t *testing.T) {
	for _, test := range []struct{ column, want string }{
		{"event_type", "tool_call"}, {"timestamp", "1795332171.769000"}, {"duration_ms", "1.50"}, {"phase", "2"},
		{"time", "2026-11-22T07:22:51.769000Z"},
		{"data.tool_name", "Bash"}, {"tool=data.tool_name", "Bash"}, {" data.tool_name ", "Bash"},
		{"data.arguments.list", `"[ 1,""two"",{""x"":[null,true]} ]"`},
		{"data.arguments.list.0", "1"}, {"data.arguments.list.1", "two"}, {"data.arguments.list.2.x.1", "true"},
		{"data.arguments.list.2.x.0", ""}, {"data.arguments.list.3", ""}, {"data.arguments.list.-1", ""}, {"data.arguments.list.x", ""},
		{`data.arguments.a\.b`, "dot"}, {"data.arguments.ab", "escaped"}, {"data.arguments.a", ""},
		{"data.tool_name.x", ""}, {"data.nope", ""}, {"nope", ""}, {"data.arguments.command", `"a, ""b"""`},
		// No modifiers, queries or wild cards.
		{"data.@this", ""}, {"data.*", ""}, {"data.arguments.list.#", ""}, {"data.tool_name|@ugly", ""},
	} {
		want := test.want
		if want == "" {
			want = `""`
		}
		if got := render(t, Options{NoHeader: true}, test.column, call); got != want+"\r\n" {
			t.Errorf("%s: %q, want %q", test.column, got, want)
		}
	}
	for _, list := range []string{",", "a,", "+", "a..b", ".a", "a.", "=x", "x=", "a,a", "+data", "x=a,x=b"} {
		if got, err := Columns(list); err == nil {
			t.Errorf("%q is taken: %v", list, got)
		}
	}
}

func TestCSV(t *testing.T) {
	want := "timestamp,event_type,event_id,parent_id,duration_ms,data\r\n" +
		`1795332171.769000,tool_call,bf1207728ee6,p,1.50,"{""tool_name"":""Bash""}"` + "\r\n,x,,,,\r\n"
	line := call[:strings.Index(call, `,"arguments"`)] + "}}"
	if got := render(t, Options{}, "", line, `{"event_type":"x","parent_id":null}`); got != want {
		t.Errorf("%q\nwant\n%q", got, want)
	}
	if got := render(t, Options{LF: true, BOM: true}, "t=event_type,+x", call); got != "\uFEFFt,+x\ntool_call,\n" {
		t.Errorf("%q", got)
	}
	if got := render(t, Options{}, "+session_id", `{"event_type":"x","session_id":"s"}`); got != "timestamp,event_type,event_id,parent_id,duration_ms,data,session_id\r\n,x,,,,,s\r\n" {
		t.Errorf("%q", got)
	}
	for _, o := range []Options{{}, {JSON: true}, {BOM: true}} {
		if got := render(t, o, ""); got != "" {
			t.Errorf("no rows: %q", got)
		}
	}
}

// texts are hard to bring through a CSV.
var texts = []string{
	"", " ", "a", " a ", "a,b", `"`, `""`, `a"b"`, "a\nb", "\n", "a\n\nb\n", ",", ";", "\t", "'", "=1+1", "-1", "+1", "@x", "é", "日本", "😀", "\u202e", "\uFEFF",
	"\x00", "\x1b[31m", "\u2028", `\n`, `\`, `\"`, "'=1", strings.Repeat("x\"", 10000),
}

// TestRoundTrip reads what was written with the reader of the standard library.
func TestRoundTrip(t *testing.T) {
	var lines []string
	for i, a := range texts {
		lines = append(lines, fmt.Sprintf(`{"event_type":"x","data":{"a":%s,"b":%s}}`, event.AppendString(nil, a), event.AppendString(nil, texts[len(texts)-1-i])))
	}
	for _, o := range []Options{{}, {LF: true}, {Safe: true}} {
		got, err := csv.NewReader(strings.NewReader(render(t, o, "data.a,data.b,data", lines...))).ReadAll()
		if err != nil || len(got) != len(texts)+1 {
			t.Fatalf("%d rows, %v", len(got), err)
		}
		for i, row := range got[1:] {
			want := []string{texts[i], texts[len(texts)-1-i], lines[i][len(`{"event_type":"x","data":`) : len(lines[i])-1]}
			if o.Safe {
				for j := range 2 {
					if row[j] == "'"+want[j] && dangerous([]byte(want[j])) {
						row[j] = want[j]
					}
				}
			}
			if !slices.Equal(row, want) {
				t.Errorf("%+v: %q, want %q", o, row, want)
			}
		}
	}
}

// The reader of the standard library turns CRLF in a cell into LF: these are
// compared byte for byte.
func TestLineEnds(t *testing.T) {
	for text, want := range map[string]string{"a\r\nb": "\"a\r\nb\"", "a\rb": "\"a\rb\"", "\r": "\"\r\"", "a\nb": "\"a\nb\""} {
		line := fmt.Sprintf(`{"event_type":"x","data":{"a":%s}}`, event.AppendString(nil, text))
		if got := render(t, Options{NoHeader: true}, "data.a", line); got != want+"\r\n" {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestSafe(t *testing.T) {
	cell := func(value string) string {
		return render(t, Options{NoHeader: true, Safe: true}, "data.a,event_type", `{"event_type":"x","data":{"a":`+value+`}}`)
	}
	for _, bad := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", " =1", "\u00a0=1", "\t=1", "\tx", "\r=1", "\nx", "\uFEFF=1", "\u200b=1", "\x00=1", "＝1", "＋1", "－1", "＠x"} {
		if got := cell(string(event.AppendString(nil, bad))); !strings.HasPrefix(got, `"'`+bad[:1]) {
			t.Errorf("%q: %q", bad, got)
		}
	}
	for value, want := range map[string]string{
		`"a=1"`: `"a=1"`, `"a;=1"`: `"a;=1"`, `"'=1"`: `"'=1"`, `""`: "", `-1.5`: "-1.5", `{"=":1}`: `"{""="":1}"`, `["=1"]`: `"[""=1""]"`, `true`: "true",
	} {
		if got := cell(value); got != want+",\"x\"\r\n" {
			t.Errorf("%s: %q, want %q", value, got, want)
		}
	}
	// Without it, texts are as they are.
	if got := render(t, Options{NoHeader: true}, "data.a", `{"event_type":"x","data":{"a":"=1"}}`); got != "=1\r\n" {
		t.Errorf("%q", got)
	}
}

func TestJSON(t *testing.T) {
	got := render(t, Options{JSON: true}, "", call, `{"event_type":"x"}`)
	if got != "[\n"+call+",\n"+`{"event_type":"x"}`+"\n]\n" || !json.Valid([]byte(got)) {
		t.Errorf("%s", got)
	}
	got = render(t, Options{JSON: true}, `"q"=data.tool_name,time,n=duration_ms,data.nope,l=data.arguments.list`, call, `{"event_type":"x"}`)
	want := "[\n" + `{"\"q\"":"Bash","time":"2026-11-22T07:22:51.769000Z","n":1.50,"l":[ 1,"two",{"x":[null,true]} ]}` + ",\n{}\n]\n"
	if got != want || !json.Valid([]byte(got)) {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// What is not UTF-8, or has odd values, comes out as text that is.
func TestOdd(t *testing.T) {
	for _, line := range []string{
		"{\"event_type\":\"x\",\"data\":{\"a\":\"\xff\xfe\"}}", `{"event_type":"x","data":{"a":"\ud83d"}}`, `{"event_type":"x","data":[]}`,
		`{"event_type":"x","data":"text","timestamp":"soon"}`, `{"event_type":"x","timestamp":1e300}`, `{"event_type":"x","timestamp":-1,"timestamp":2}`,
	} {
		for _, o := range []Options{{}, {Safe: true}, {JSON: true}} {
			got := render(t, o, "+time,data.a", line)
			if !utf8.ValidString(got) || o.JSON && !json.Valid([]byte(got)) {
				t.Errorf("%+v: %q", o, got)
			}
			if !o.JSON {
				if _, err := csv.NewReader(strings.NewReader(got)).ReadAll(); err != nil {
					t.Errorf("%+v: %v in %q", o, err, got)
				}
			}
		}
	}
	if got := render(t, Options{NoHeader: true}, "timestamp", `{"event_type":"x","timestamp":-1,"timestamp":2}`); got != "-1\r\n" {
		t.Errorf("of two keys the first counts: %q", got)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("broken") }

func TestWriteFails(t *testing.T) {
	x := New(broken{}, Options{})
	e, _ := event.Parse([]byte(call))
	if err := errors.Join(x.Add(e), x.Close()); err == nil {
		t.Error("an error is lost")
	}
}

// FuzzCSV checks that whatever an event holds, its rows are read back.
func FuzzCSV(f *testing.F) {
	f.Add(call, "data.arguments.list.1")
	f.Add(`{"event_type":"x","data":{"a":"\r\n\""}}`, "+time,data.a")
	f.Fuzz(func(t *testing.T, line, columns string) {
		e, err := event.Parse([]byte(line))
		if err != nil {
			return
		}
		list, err := Columns(columns)
		if err != nil {
			return
		}
		for _, o := range []Options{{Columns: list}, {Columns: list, Safe: true}, {Columns: list, JSON: true}} {
			var b bytes.Buffer
			x := New(&b, o)
			if err := errors.Join(x.Add(e), x.Add(e), x.Close()); err != nil {
				t.Fatal(err)
			}
			if o.JSON {
				if !json.Valid(b.Bytes()) {
					t.Errorf("%q", b.String())
				}
				continue
			}
			rows, err := csv.NewReader(&b).ReadAll()
			if err != nil || len(rows) != 3 || len(rows[1]) != len(list) || !slices.Equal(rows[1], rows[2]) {
				t.Errorf("%d rows, %v", len(rows), err)
			}
		}
	})
}
