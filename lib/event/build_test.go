package event

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestAppend(t *testing.T) {
	ns := int64(74 * time.Millisecond)
	for _, tt := range []struct {
		h    Header
		data string
		want string
	}{
		{Header{Type: "x", UnixNano: 1795332170_123456789, ID: "0c4b1a9d6f02", Session: "s"}, `{"a":1}`,
			`{"event_type":"x","timestamp":1795332170.123456,"event_id":"0c4b1a9d6f02","session_id":"s","data":{"a":1}}`},
		{Header{Type: "x", Untimed: true, ID: "1", Session: "../\"\n", Parent: "p", Nanos: &ns}, "",
			`{"event_type":"x","event_id":"1","session_id":"../\"\n","parent_id":"p","duration_ms":74,"data":{}}`},
		{Header{Type: "a\"b", ID: `","x":"`, Session: "s", Parent: "\"}\n{"}, "",
			`{"event_type":"a\"b","timestamp":0.000000,"event_id":"\",\"x\":\"","session_id":"s","parent_id":"\"}\n{","data":{}}`},
	} {
		var data []byte
		if tt.data != "" {
			data = []byte(tt.data)
		}
		got := string(Append([]byte("> "), tt.h, data))
		if got != "> "+tt.want {
			t.Errorf("got  %s\nwant > %s", got, tt.want)
		}
		if _, err := Parse([]byte(got[2:])); err != nil || strings.Contains(got, "\n") {
			t.Errorf("%s: %v", got, err)
		}
	}
}

func TestAppendSeconds(t *testing.T) {
	for ns, want := range map[int64]string{
		0: "0.000000", 999: "0.000000", 1000: "0.000001", 1795333565_590013700: "1795333565.590013", -1: "0.000000",
		-1500000000: "-1.500000", -500000000: "-0.500000", math.MaxInt64: "9223372036.854775", math.MinInt64: "-9223372036.854775",
	} {
		if got := string(AppendSeconds(nil, ns)); got != want {
			t.Errorf("AppendSeconds(%d) = %s, want %s", ns, got, want)
		}
		back, ok := Nanos(string(AppendSeconds(nil, ns)))
		if !ok || back != ns/1000*1000 {
			t.Errorf("%d came back as %d, %v", ns, back, ok)
		}
	}
}

func TestAppendMillis(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0", 74 * time.Millisecond: "74", 1500 * time.Microsecond: "1.5", time.Microsecond: "0.001", 999: "0", time.Hour: "3600000",
		10 * time.Microsecond: "0.01", -1500 * time.Microsecond: "-1.5", 100*time.Millisecond + 100*time.Microsecond: "100.1",
	} {
		if got := string(AppendMillis(nil, d)); got != want {
			t.Errorf("AppendMillis(%v) = %s, want %s", d, got, want)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "a\"b\\c/", "\x00\x1f\x7f\n\r\t", "é\u2028\u2029\U0001F600", "\xff\xc3", "\xe2\x80", "\uFFFD", "\xed\xa0\x80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		raw := AppendString(nil, s)
		if string(raw) != string(AppendString(nil, []byte(s))) {
			t.Fatal("bytes and strings differ")
		}
		if strings.ContainsAny(string(raw), "\n\r\u2028\u2029") || !utf8.Valid(raw) {
			t.Fatalf("%q is not one line of UTF-8", raw)
		}
		var back string
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatalf("%q: %v", raw, err)
		}
		if want := string([]rune(s)); back != want || Unquote(raw) != want {
			t.Fatalf("%q came back as %q", s, back)
		}
	})
}

func TestObject(t *testing.T) {
	var o Object
	if string(o.Bytes()) != "{}" || o.Len() != 0 {
		t.Errorf("empty: %s", o.Bytes())
	}
	o.Str("none", "").Str("s", "x").Text("t", "").Strs("none", nil).Strs("l", []string{"a", "b\n"}).Int("i", -1).Count("none", 0).Count("c", 2)
	o.Millis("ms", 1500*time.Microsecond).Seconds("at", 1795332170e9).True("none", false).True("yes", true)
	o.Raw("none", nil).Raw("raw", []byte("{\n  \"a\" : \"b \\n c\",\r\n \"n\": 1.0e3 }")).RawKey([]byte(`k\"`), []byte("[1, 2]"))
	want := `{"s":"x","t":"","l":["a","b\n"],"i":-1,"c":2,"ms":1.5,"at":1795332170.000000,"yes":true,"raw":{"a":"b \n c","n":1.0e3},"k\"":[1, 2]}`
	if got := string(o.Bytes()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if !json.Valid(o.Bytes()) {
		t.Error("not JSON")
	}
	o.Reset()
	if string(o.Bytes()) != "{}" {
		t.Errorf("after Reset: %s", o.Bytes())
	}
}

func TestObjectWith(t *testing.T) {
	for _, tt := range []struct{ built, other, want string }{
		{"", `{"b":2}`, `{"b":2}`},
		{"", `{}`, `{}`},
		{"a", `{}`, `{"a":"1"}`},
		{"a", `{ }`, `{"a":"1" }`},
		{"a", `{"b":2}`, `{"a":"1","b":2}`},
		{"a", " \n{ \"b\" : 2 } ", `{"a":"1", "b" : 2 } `},
	} {
		var o Object
		if tt.built != "" {
			o.Str(tt.built, "1")
		}
		if got := string(o.With([]byte(tt.other))); got != tt.want || !json.Valid([]byte(got)) {
			t.Errorf("%q with %q = %q, want %q", tt.built, tt.other, got, tt.want)
		}
		if o.Len() != 0 {
			t.Error("With leaves members behind")
		}
	}
}
