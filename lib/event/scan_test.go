package event

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		in  string
		end int    // where it stops being JSON
		err string // "" if it is valid
	}{
		{`{}`, 2, ""},
		{" \t{\"a\":[1,-0,0.5,1e9,1E-2,true,false,null]}\r\n", 45, ""},
		{`"\u00e9\"\\\/\b\f\n\r\t"`, 24, ""},
		{`{"a":1`, 6, "ends too soon"},
		{`{"a"`, 4, "ends too soon"},
		{`{"a`, 3, "ends too soon"},
		{`{"a\`, 4, "ends too soon"},
		{`[1,`, 3, "ends too soon"},
		{`tru`, 3, "ends too soon"},
		{`-`, 1, "ends too soon"},
		{`1.`, 2, "ends too soon"},
		{``, 0, "ends too soon"},
		{`{"a":1}}`, 7, "more text"},
		{`{"a":1}{"b":2}`, 7, "more text"},
		{`{"a":01}`, 6, "unexpected '1'"},
		{`{"a":.5}`, 5, "unexpected '.'"},
		{`{"a":+1}`, 5, "unexpected '+'"},
		{`{'a':1}`, 1, "unexpected '\\''"},
		{`{"a":1,}`, 7, "unexpected '}'"},
		{`{"a":NaN}`, 5, "unexpected 'N'"},
		{"{\"a\":\"\x01\"}", 6, "control byte"},
		{"{\"a\":\"x\ny\"}", 7, "control byte"},
		{"{\"a\":\"\x00\"}", 6, "control byte"},
		{"\x00", 0, "unexpected"},
		{"\xff", 0, "unexpected byte 0xff"},
		{"\uFEFF{}", 0, "unexpected byte 0xef"},
		{`"\x"`, 2, "unexpected 'x'"},
		{`"\u12G4"`, 5, "unexpected 'G'"},
	} {
		end, err := Check([]byte(tt.in))
		switch {
		case tt.err == "" && (err != nil || end != tt.end):
			t.Errorf("Check(%q) = %d, %v, want %d", tt.in, end, err, tt.end)
		case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
			t.Errorf("Check(%q): %v, want %q", tt.in, err, tt.err)
		case tt.err != "" && err.(*scanError).At != tt.end:
			t.Errorf("Check(%q) stops at %d, want %d", tt.in, err.(*scanError).At, tt.end)
		}
	}
}

func TestDepth(t *testing.T) {
	deep := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	if _, err := Check(deep(MaxDepth)); err != nil {
		t.Errorf("%d levels: %v", MaxDepth, err)
	}
	if _, err := Check(deep(MaxDepth + 1)); err == nil {
		t.Errorf("%d levels are accepted", MaxDepth+1)
	}
	if !json.Valid(deep(MaxDepth)) || json.Valid(deep(MaxDepth+1)) {
		t.Errorf("encoding/json has another limit")
	}
	mixed := bytes.Repeat([]byte(`{"a":[`), 40_000_000/6)
	if _, err := Check(mixed); err == nil {
		t.Error("40 MB of brackets are accepted")
	}
}

// Check must agree with encoding/json. The one difference, bytes that are not
// UTF-8, is none: encoding/json.Valid lets them pass, too.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{
		`{"a":[1,-0.5e+9,"\u00e9\n",true,null]}`, `{"a":1`, "\uFEFF{}", `{"a":01}`, "\"\xff\"", `"a\ud800\u0041b"`, `1e`, "  [ ] ", `{"a":1}{`,
		"{\"abcdefgh\x1f\":1}", `"12345678\"90123456\\"`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		end, err := Check(in)
		if valid := json.Valid(in); valid != (err == nil) {
			t.Fatalf("Check(%q): %v, encoding/json: valid %v", in, err, valid)
		}
		if end < 0 || end > len(in) || err == nil && end != len(in) {
			t.Fatalf("Check(%q) = %d", in, end)
		}
		if n, ok := Value(in); ok && !json.Valid(in[:n]) {
			t.Fatalf("Value(%q) = %d", in, n)
		}
		if err != nil {
			return
		}
		compact := AppendCompact(nil, in)
		var want bytes.Buffer
		if json.Compact(&want, in); want.String() != string(compact) {
			t.Fatalf("AppendCompact(%q) = %q, want %q", in, compact, want.Bytes())
		}
		checkString(t, in)
		checkFields(t, in)
	})
}

// checkString compares Unquote with encoding/json.
func checkString(t *testing.T, in []byte) {
	in = bytes.TrimSpace(in)
	if in[0] != '"' || !utf8.Valid(in) {
		return
	}
	var want string
	if err := json.Unmarshal(in, &want); err != nil {
		t.Fatal(err)
	}
	if got := Unquote(in); got != want {
		t.Fatalf("Unquote(%q) = %q, want %q", in, got, want)
	}
}

// checkFields compares Fields with encoding/json.
func checkFields(t *testing.T, in []byte) {
	isObject := bytes.TrimSpace(in)[0] == '{'
	n := 0
	got := map[string]string{}
	ok := Fields(in, func(k, v []byte) bool {
		n++
		got[Unquote([]byte(`"`+string(k)+`"`))] = string(v)
		return true
	})
	if ok != isObject {
		t.Fatalf("Fields(%q) = %v", in, ok)
	}
	if !ok || !utf8.Valid(in) {
		return
	}
	var want map[string]json.RawMessage
	if err := json.Unmarshal(in, &want); err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) || n < len(want) {
		t.Fatalf("Fields(%q) gave %d keys, want %d", in, len(got), len(want))
	}
	for k, v := range want {
		if got[k] != string(v) {
			t.Fatalf("Fields(%q): %q is %q, want %q", in, k, got[k], v)
		}
	}
}

func TestFieldsStops(t *testing.T) {
	var keys []string
	ok := Fields([]byte(`{"a":1,"a":2,"b":{"c":3},"d": tru`), func(k, v []byte) bool {
		keys = append(keys, string(k)+"="+string(v))
		return len(keys) < 3
	})
	if got := strings.Join(keys, " "); !ok || got != `a=1 a=2 b={"c":3}` {
		t.Errorf("%v %s", ok, got)
	}
	if Fields([]byte(`[1]`), func(_, _ []byte) bool { return true }) {
		t.Error("an array is an object")
	}
}

func TestDecimal(t *testing.T) {
	const s = 1_000_000_000
	for _, tt := range []struct {
		in    string
		shift int
		want  int64
		ok    bool
	}{
		{"1795333565.5900137", 9, 1795333565590013700, true},
		{"1795333565", 9, 1795333565 * s, true},
		{"1795333565.1234567899", 9, 1795333565123456789, true},
		{"0.000000001", 9, 1, true},
		{"0.0000000019", 9, 1, true},
		{"-0", 9, 0, true},
		{"-0.0", 9, 0, true},
		{"-1.5", 9, -1500000000, true},
		{"-0.0000000019", 9, -1, true},
		{"1.1e0", 9, 1100000000, true},
		{"1.795333565e9", 9, 1795333565 * s, true},
		{"1.795333565E+9", 9, 1795333565 * s, true},
		{"1795333565590013700e-9", 9, 1795333565590013700, true},
		{"17953335655900137e-7", 9, 1795333565590013700, true},
		{"1e-400", 9, 0, true},
		{"1e400", 9, 0, false},
		{"0e400", 9, 0, true},
		{"0e999999999999999999999", 9, 0, true},
		{"1e999999999999999999999", 9, 0, false},
		{"1e-999999999999999999999", 9, 0, true},
		{"9223372036.854775807", 9, 1<<63 - 1, true},
		{"9223372036.854775808", 9, 0, false},
		{"-9223372036.854775808", 9, -1 << 63, true},
		{"9223372037", 9, 0, false},
		{"99999999999999999999999999", 9, 0, false},
		{"0." + strings.Repeat("0", 5000) + "1", 9, 0, true},
		{"1." + strings.Repeat("3", 5000), 9, 1333333333, true},
		{"1" + strings.Repeat("0", 5000) + "e-5000", 9, s, true},
		{"74", 6, 74000000, true},
		{"0.1", 6, 100000, true},
		{"12.3456789", 6, 12345678, true},
		{"", 9, 0, false},
		{"null", 9, 0, false},
		{`"1795333565"`, 9, 0, false},
		{"true", 9, 0, false},
		{"-", 9, 0, false},
		{"1x", 9, 0, false},
		{"1e", 9, 0, false},
		{"0x10", 9, 0, false},
		{"1_000", 9, 0, false},
	} {
		if n, ok := decimal([]byte(tt.in), tt.shift); n != tt.want || ok != tt.ok {
			t.Errorf("decimal(%.40q, %d) = %d, %v, want %d, %v", tt.in, tt.shift, n, ok, tt.want, tt.ok)
		}
	}
}

func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"1795333565.5900137", "-0", "1.1e0", "9223372036.854775807", "-9223372036.854775808", "1e-3", "123e15", "0.00000000000000000019e10"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, ok := Nanos(text)
		_, err := Check([]byte(text))
		isNumber := err == nil && strings.TrimSpace(text) == text && strings.Trim(text, "0123456789+-.eE") == ""
		if !isNumber {
			if ok && strings.Trim(text, "0123456789+-.eE") != "" {
				t.Fatalf("Nanos(%q) = %d", text, n)
			}
			return
		}
		if i := strings.IndexAny(text, "eE"); i >= 0 && len(text)-i > 5 || len(text) > 2000 {
			return // math/big would take its time
		}
		want, good := exact(text)
		if ok != good || ok && n != want {
			t.Fatalf("Nanos(%q) = %d, %v, want %d, %v", text, n, ok, want, good)
		}
	})
}

// exact is Nanos by way of math/big.
func exact(text string) (int64, bool) {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return 0, false
	}
	r.Mul(r, big.NewRat(1e9, 1))
	q := new(big.Int).Quo(r.Num(), r.Denom())
	return q.Int64(), q.IsInt64()
}
