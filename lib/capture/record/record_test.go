package record

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	var r, sub Record
	raw := ` {"a":"x\u0041\n","n":null,"a":"second","t":true,"f":"true","o":{"k":[1,{"z":2}]},"e":{},"i":12345678901234567890 } ` + "\n"
	if err := r.Parse([]byte(raw)); err != nil {
		t.Fatal(err)
	}
	if r.Str("a") != "xA\n" || r.Str("n") != "" || r.Str("i") != "" || r.Str("none") != "" {
		t.Errorf("%q", r.Str("a"))
	}
	if r.Get("n") != nil || !r.Has("n") || r.Has("none") || r.Get("none") != nil || string(r.Get("i")) != "12345678901234567890" {
		t.Error("null and absent")
	}
	if !r.True("t") || r.True("f") || !r.Is("f", "true") || r.Is("t", "true") || r.Is("f", "tru") {
		t.Error("True and Is")
	}
	if !r.Sub("o", &sub) || string(sub.Get("k")) != `[1,{"z":2}]` || r.Sub("a", &sub) || r.Sub("none", &sub) || !r.Sub("e", &sub) || sub.Has("k") {
		t.Error("Sub")
	}
	var keys []string
	r.Each(func(k, _ []byte) { keys = append(keys, string(k)) })
	if strings.Join(keys, "") != "anatfoei" {
		t.Error(keys)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":1}`, ` { "a" : [ ] } `, `{"a":1}}`, `{"a":1} x`, `{"a":1`, `[1]`, `"{}"`, `{"a":"}"}`, `{"a":{}}`, `{} {}`, "{\"a\":1}\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var r Record
		err := r.Parse([]byte(s))
		isObject := json.Valid([]byte(s)) && strings.HasPrefix(strings.TrimLeft(s, " \t\r\n"), "{")
		if isObject != (err == nil) {
			t.Fatalf("Parse(%q): %v", s, err)
		}
	})
}

func TestElements(t *testing.T) {
	for in, want := range map[string]string{
		`[]`: "", `[ ]`: "", `[1]`: "1", `[1, "a,]" ,{"b":[2]},[3],null]`: `1|"a,]"|{"b":[2]}|[3]|null`, "[\n1\r\n,\t2\n]": "1|2", `[1`: "1", `[`: "", ``: "",
	} {
		var got []string
		Elements([]byte(in), func(e []byte) { got = append(got, string(e)) })
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("Elements(%q) = %s, want %s", in, s, want)
		}
	}
}

func TestNanos(t *testing.T) {
	day := time.Date(2026, 11, 22, 7, 22, 51, 0, time.UTC).UnixNano()
	for in, want := range map[string]int64{
		`"2026-11-22T07:22:51.767Z"`:       day + 767e6,
		`"2026-11-22T07:22:51Z"`:           day,
		`"2026-11-22T07:22:51.123456789Z"`: day + 123456789,
		`"2026-11-22T09:22:51.5+02:00"`:    day + 5e8,
		`"2026-11-22T07:22:51.5"`:          day + 5e8,
		`"2026-11-22 07:22:51"`:            day,
		`1795332171`:                       day,
		`1795332171.767`:                   day + 767e6,
		`1795332171767`:                    day + 767e6,
		`1.795332171767e12`:                day + 767e6,
	} {
		if ns, ok := Nanos([]byte(in)); !ok || ns != want {
			t.Errorf("Nanos(%s) = %d, %v, want %d", in, ns, ok, want)
		}
	}
	for _, in := range []string{``, `null`, `""`, `"x"`, `"2026-13-22T07:22:51Z"`, `"2026-11-22T07:22:5xZ"`, `"2026-11-22T07:22:51.Z"`, `"2026-11-22T07:22:51.x7Z"`, `"[trimmed for fixture]"`, `{}`, `true`, `1e400`, `-5`, `0`, `"2026-11-22T25:22:51Z"`, `"\u0032026-11-22T07:22Z"`} {
		if ns, ok := Nanos([]byte(in)); ok {
			t.Errorf("Nanos(%s) = %d", in, ns)
		}
	}
}

func FuzzNanos(f *testing.F) {
	for _, s := range []string{`"2026-11-22T07:22:51.767Z"`, `1795332171767`, `"2026-02-30T07:22:51Z"`, `"9999-12-31T23:59:60.999999999Z"`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !json.Valid([]byte(s)) {
			return
		}
		ns, ok := Nanos([]byte(strings.TrimSpace(s)))
		if want, err := time.Parse(`"`+time.RFC3339Nano+`"`, strings.TrimSpace(s)); err == nil && want.Year() >= 1970 && want.Year() < 2262 {
			if !ok || ns != want.UnixNano() {
				t.Fatalf("Nanos(%s) = %d, %v, want %d", s, ns, ok, want.UnixNano())
			}
		}
	})
}
