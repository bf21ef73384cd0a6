package mask

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"agenttrace/lib/event"
	"agenttrace/lib/scrub"
)

// quote writes s as a JSON string, with characters escaped at random.
func (m maker) quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '/' && m.IntN(3) == 0:
			b.WriteString(`\/`)
		case r < ' ' || r < 0x10000 && m.IntN(12) == 0:
			fmt.Fprintf(&b, []string{`\u%04x`, `\u%04X`}[m.IntN(2)], r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// value writes a JSON value that holds text somewhere, at random.
func (m maker) value(text string, depth int) string {
	switch n := m.IntN(8); {
	case n == 0 && depth > 0:
		return "[1.50, " + m.value(text, depth-1) + ",null]"
	case n == 1 && depth > 0:
		return `{"a":1e3, "k" : ` + m.value(text, depth-1) + `,"a":"x"}`
	case n == 2 && depth > 0:
		return `{"k":"dup","k":` + m.value(text, depth-1) + `}`
	case n == 3 && depth > 0:
		return m.quote(`{"in":` + m.value(text, depth-1) + `}`)
	case n == 4 && depth > 0:
		return `{` + m.quote("x "+text+" y") + `:true}`
	}
	return m.quote("see " + text + " there")
}

// outside returns a line with its strings emptied: what masking must not touch.
func outside(line []byte) string {
	var b []byte
	for i := 0; i < len(line); {
		if line[i] == '"' {
			n, ok := event.Value(line[i:])
			if !ok {
				return string(line)
			}
			b = append(b, `""`...)
			i += n
			continue
		}
		b = append(b, line[i])
		i++
	}
	return string(b)
}

// TestPlanted plants data in random events, under random escapes and nesting,
// and reads them in random chunks: nothing planted survives, and no byte
// outside of strings changes.
func TestPlanted(t *testing.T) {
	m := maker{rand.New(rand.NewPCG(seed, 99))}
	f := testFilter(t, Options{})
	cases := m.cases()
	var in bytes.Buffer
	var secrets []string
	for n := range 3000 {
		c := cases[m.IntN(len(cases))]
		// Only what is found wherever it stands.
		if c.kind != "email" && c.kind != "iban" && (c.kind != "phone" || c.secret[0] != '+') || c.secret != strings.ToUpper(c.secret) && c.kind == "iban" || strings.Contains(c.secret, "%40") {
			c = testCase{"email", "", fmt.Sprintf("user.%d@acme-corp.io", n)}
		}
		secrets = append(secrets, c.secret)
		fmt.Fprintf(&in, `{"event_type":"x","timestamp":1.50,"event_id":"%d","session_id":"s", "data":%s}`+"\n", n, m.value(c.secret, 4))
	}
	var out bytes.Buffer
	if err := f.Copy(&out, iotest.HalfReader(bytes.NewReader(in.Bytes())), nil); err != nil {
		t.Fatal(err)
	}
	before, after := bytes.Split(in.Bytes(), []byte("\n")), bytes.Split(out.Bytes(), []byte("\n"))
	if len(before) != len(after) {
		t.Fatalf("%d lines became %d", len(before), len(after))
	}
	for i, secret := range secrets {
		if survives(deep(plain(after[i])), secret) {
			t.Errorf("%q was left:\n%s\n%s", secret, before[i], after[i])
		}
		if a, b := outside(before[i]), outside(after[i]); a != b {
			t.Errorf("more than strings changed:\n%s\n%s", before[i], after[i])
		}
	}
	var again bytes.Buffer
	if err := f.Copy(&again, iotest.OneByteReader(bytes.NewReader(out.Bytes())), nil); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again.Bytes(), out.Bytes()) {
		t.Error("twice is not once")
	}
}

// deep adds the texts of JSON within text, line by line.
func deep(text string) string {
	for range 5 {
		var more []string
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "{") && json.Valid([]byte(line)) {
				more = append(more, plain([]byte(line)))
			}
		}
		if len(more) == 0 {
			break
		}
		text = strings.Join(more, "\n") + strings.Join(slices.DeleteFunc(strings.Split(text, "\n"), func(s string) bool { return strings.HasPrefix(s, "{") }), "\n")
	}
	return text
}

// FuzzFind checks that matches lie within the text, that what Find finds in a
// text Candidate sees in its line, and that masking twice is masking once.
func FuzzFind(f *testing.F) {
	m := maker{rand.New(rand.NewPCG(seed, 7))}
	for _, c := range m.cases()[:200] {
		f.Add(c.text)
	}
	for _, s := range m.benign() {
		f.Add(s)
	}
	mask, err := New(Options{IP: true})
	if err != nil {
		f.Fatal(err)
	}
	filter := testFilter(f, Options{IP: true})
	f.Fuzz(func(t *testing.T, text string) {
		found := mask.Find([]byte(text), &scrub.Place{}, nil)
		for _, x := range found {
			if x.From < 0 || x.From >= x.To || x.To > len(text) {
				t.Fatalf("%q: %+v", text, x)
			}
		}
		line := lineWith(text)
		if len(mask.Find([]byte(string([]rune(text))), &scrub.Place{}, nil)) > 0 && !mask.Candidate(line) {
			t.Errorf("no candidate: %s", line)
		}
		out, n, _ := filter.Line(nil, line)
		if !json.Valid(out) {
			t.Fatalf("not JSON: %s", out)
		}
		if n > 0 {
			first := bytes.Clone(out)
			if again, k, _ := filter.Line(nil, first); k > 0 {
				t.Errorf("twice is not once:\n%s\n%s\n%s", line, first, again)
			}
		}
	})
}
