package trace

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

type panicky struct{ A int }

func (panicky) MarshalJSON() ([]byte, error) { panic("no") }

type stubborn struct{ A int }

func (stubborn) MarshalJSON() ([]byte, error) { return nil, errors.New("will not") }

type liar struct{ A int }

func (liar) MarshalJSON() ([]byte, error) { return []byte(`{"a":`), nil }

type list struct {
	Name string
	Next *list
}

type tagged struct {
	Path   string `json:"path"`
	Empty  string `json:"empty,omitempty"`
	Gone   string `json:"-"`
	hidden string
	Embedded
	Fn func() `json:"fn"`
}

// Embedded is a part of tagged.
type Embedded struct{ In int }

type textKey struct{ n int }

func (k textKey) MarshalText() ([]byte, error) { return []byte{'k', byte('0' + k.n)}, nil }

func TestEncode(t *testing.T) {
	ring := &list{Name: "a"}
	ring.Next = &list{"b", ring}
	loop := map[string]any{"n": 1}
	loop["loop"] = loop
	slice := []any{1, nil}
	slice[1] = slice
	var nilMap map[string]int
	var nilErr *json.SyntaxError
	for _, x := range []struct {
		v          any
		want, note string
	}{
		{nil, "", ""},
		{nilMap, "", ""},
		{nilErr, "", ""},
		{"a<b>&\n\xff\u2028", `"a<b>&\n` + "\uFFFD" + `\u2028"`, ""},
		{[]byte("text"), `"text"`, ""},
		{[]byte{0xff, 0xfe}, `"//4="`, ""},
		{json.RawMessage("{\n \"a\": 1e3 }"), `{"a":1e3}`, ""},
		{json.RawMessage("{"), `"{"`, "not JSON"},
		{errors.New("boom"), `"boom"`, ""},
		{int64(math.MaxInt64), "9223372036854775807", ""},
		{time.Unix(0, 0).UTC(), `"1970-01-01T00:00:00Z"`, ""},
		{map[string]any{"a": "<b>"}, `{"a":"<b>"}`, ""},

		{math.NaN(), `"NaN"`, "NaN"},
		{[]float64{1, math.Inf(-1)}, `[1,"-Inf"]`, "-Inf"},
		{complex(1, -2), `"(1-2i)"`, "complex128"},
		{func(int) error { return nil }, `"(func(int) error)"`, "func(int) error"},
		{make(chan int), `"(chan int)"`, "chan int"},
		{panicky{1}, `{"A":1}`, "panic: no"},
		{stubborn{1}, `{"A":1}`, "will not"},
		{liar{1}, `{"A":1}`, "unexpected end"},
		{map[string]any{"p": panicky{2}, "path": "/a", "t": time.Unix(0, 0).UTC()}, `{"p":{"A":2},"path":"/a","t":"1970-01-01T00:00:00Z"}`, "panic: no"},
		{ring, `{"Name":"a","Next":{"Name":"b","Next":"(a cycle: *trace.list)"}}`, "cycle"},
		{loop, `{"loop":"(a cycle: map[string]interface {})","n":1}`, "cycle"},
		{slice, `[1,"(a cycle: []interface {})"]`, "cycle"},
		{tagged{Path: "/a", Gone: "g", hidden: "h", Embedded: Embedded{4}}, `{"path":"/a","In":4,"fn":null}`, "func()"},
		{map[textKey]any{{2}: make(chan int), {1}: 1}, `{"k1":1,"k2":"(chan int)"}`, "chan int"},
		{map[any]int{1: 2, "a": 3, [2]int{1, 2}: 4}, `{"1":2,"[1,2]":4,"a":3}`, "map[interface {}]int"},
		{struct {
			F func()
			B []byte
			N *int
			E error
			D time.Duration
			U uint8
			G bool
			H float32
		}{B: []byte("b"), E: errors.New("e"), D: 5, U: 6, G: true, H: 0.1}, `{"F":null,"B":"b","N":null,"E":"e","D":5,"U":6,"G":true,"H":0.1}`, "func()"},
	} {
		raw, note := encode(x.v)
		if string(raw) != x.want || (note == "") != (x.note == "") || !strings.Contains(note, x.note) {
			t.Errorf("%T: got  %s (%s)\nwant %s (%s)", x.v, raw, note, x.want, x.note)
		}
		if raw != nil && !json.Valid(raw) {
			t.Errorf("%T: not JSON: %s", x.v, raw)
		}
	}
}

// What is nested without end, or too large, has an end.
func TestEncodeBounds(t *testing.T) {
	deep := any(math.NaN())
	for range 5000 {
		deep = []any{deep}
	}
	wide := make([]any, 3)
	for i := range wide {
		wide[i] = strings.Repeat("x", maxDump/2)
	}
	// A graph in which each node knows all others.
	type node struct {
		Name  string
		Peers []*node
	}
	graph := make([]*node, 20)
	for i := range graph {
		graph[i] = &node{Name: strings.Repeat("n", i)}
	}
	for _, n := range graph {
		n.Peers = graph
	}
	for name, x := range map[string]struct {
		v   any
		max int
	}{"deep": {deep, 10000}, "wide": {append(wide, math.NaN()), 2 * maxDump}, "graph": {graph, 2 * maxAgain}} {
		raw, note := encode(x.v)
		if note == "" || !json.Valid(raw) || len(raw) > x.max {
			t.Errorf("%s: %d bytes, note %q", name, len(raw), note)
		}
	}
}
