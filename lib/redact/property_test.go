package redact_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"agenttrace/lib/event"
	"agenttrace/lib/redact"
)

// maker makes random events with secrets in them.
type maker struct {
	r       *rand.Rand
	cases   []redact.Case
	secrets []string // of the line
}

// quote writes a string of JSON with its characters escaped at random.
func (m *maker) quote(s string) string {
	how := m.r.IntN(4)
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case how == 0 && m.r.IntN(6) == 0, how == 1 && m.r.IntN(60) == 0, how == 2:
			if c > 0xffff {
				c -= 0x10000
				fmt.Fprintf(&b, `\u%04x\u%04X`, 0xd800+c>>10, 0xdc00+c&0x3ff)
			} else {
				fmt.Fprintf(&b, `\u%04x`, c)
			}
		case c == '/' && m.r.IntN(2) == 0:
			b.WriteString(`\/`)
		default:
			t := event.AppendString(nil, string(c))
			b.Write(t[1 : len(t)-1])
		}
	}
	b.WriteByte('"')
	return b.String()
}

var plainWords = strings.Fields("the a file path run test ok line 🔑 schlüssel one \"two\" c:\\dir x=1 {a} [b] don't 50% a/b/c \t \n")

func (m *maker) prose(n int) string {
	var w []string
	for range m.r.IntN(n) {
		w = append(w, plainWords[m.r.IntN(len(plainWords))])
	}
	return strings.Join(w, " ")
}

// value writes a random value.
func (m *maker) value(depth int) string {
	switch k := m.r.IntN(10); {
	case k < 3 && depth < 4:
		return m.object(depth + 1)
	case k < 5 && depth < 4:
		var b strings.Builder
		b.WriteByte('[')
		for i := range m.r.IntN(4) {
			if i > 0 {
				b.WriteString(m.space() + "," + m.space())
			}
			b.WriteString(m.value(depth + 1))
		}
		return b.String() + "]"
	case k == 5:
		return m.pick("1", "-2.50", "1e400", "12345678901234567890", "true", "null", "0.1E-3")
	case k == 6 && depth < 4:
		// JSON in a string, and in that again.
		return m.quote(m.object(depth + 1))
	case k == 7:
		return m.quote(m.prose(6) + " " + m.object(depth+1) + " " + m.prose(4))
	}
	return m.text()
}

func (m *maker) pick(s ...string) string { return s[m.r.IntN(len(s))] }
func (m *maker) space() string           { return m.pick("", "", "", " ", "  ") }

// text writes a string, with a secret in one of three.
func (m *maker) text() string {
	if m.r.IntN(3) > 0 {
		return m.quote(m.prose(12))
	}
	for {
		c := m.cases[m.r.IntN(len(m.cases))]
		if c.Secret == "" {
			continue
		}
		var e struct{ Data struct{ Result string } }
		if json.Unmarshal([]byte(c.Line), &e) != nil || e.Data.Result == "" || !strings.Contains(e.Data.Result, c.Secret) {
			continue
		}
		m.secrets = append(m.secrets, c.Secret)
		return m.quote(m.prose(8) + "\n" + e.Data.Result + "\n" + m.prose(8))
	}
}

func (m *maker) object(depth int) string {
	var b strings.Builder
	b.WriteByte('{')
	for i := range m.r.IntN(4) {
		if i > 0 {
			b.WriteByte(',')
		}
		// Few names, so that some stand twice.
		b.WriteString(m.space() + m.quote(m.pick("out", "a", "b", "note", "x y")) + m.space() + ":" + m.space() + m.value(depth))
	}
	return b.String() + "}"
}

func (m *maker) line(n int) string {
	m.secrets = nil
	if m.r.IntN(20) == 0 {
		return m.pick("not json at all", `{"torn": "`, `[1,2]`)
	}
	return fmt.Sprintf(`{"event_type":%s,"timestamp":%d.5,"event_id":"%012x","session_id":"s%d","data":%s}`,
		m.quote(m.pick("tool_call", "tool_result", "unheard_of")), n, n, m.r.IntN(3), m.object(0))
}

// skeleton returns a JSON text with its strings emptied.
func skeleton(line []byte) string {
	var b strings.Builder
	for i := 0; i < len(line); {
		if line[i] == '"' {
			n, _ := event.Value(line[i:])
			b.WriteString(`""`)
			i += n
			continue
		}
		b.WriteByte(line[i])
		i++
	}
	return b.String()
}

// pieces gives its text in pieces of random lengths.
type pieces struct {
	r    *rand.Rand
	text []byte
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.text) == 0 {
		return 0, io.EOF
	}
	n := min(len(b), len(p.text), 1+p.r.IntN(4000))
	copy(b, p.text[:n])
	p.text = p.text[n:]
	return n, nil
}

// TestNothingSurvives plants secrets in random events, with random escapes,
// nesting, keys that stand twice, and chunks.
func TestNothingSurvives(t *testing.T) {
	seeds := uint64(40)
	if testing.Short() {
		seeds = 5
	}
	cases := redact.Cases(11)
	for seed := range seeds {
		m := &maker{r: rand.New(rand.NewPCG(seed, 3)), cases: cases}
		var in bytes.Buffer
		var secrets [][]string
		for n := range 120 {
			in.WriteString(m.line(n) + "\n")
			secrets = append(secrets, m.secrets)
		}
		var out bytes.Buffer
		if err := newFilter(t, redact.Options{}).Copy(&out, &pieces{m.r, in.Bytes()}, nil); err != nil {
			t.Fatal(err)
		}
		before, after := bytes.Split(in.Bytes(), []byte("\n")), bytes.Split(out.Bytes(), []byte("\n"))
		if len(before) != len(after) {
			t.Fatalf("seed %d: %d lines became %d", seed, len(before), len(after))
		}
		for n, line := range after[:len(after)-1] {
			for _, s := range secrets[n] {
				if redact.Survives(line, s) {
					t.Errorf("seed %d, line %d: %q survives\n%s\n%s", seed, n, s, before[n], line)
				}
			}
			if json.Valid(before[n]) && skeleton(before[n]) != skeleton(line) {
				t.Errorf("seed %d, line %d: changed outside of strings\n%s\n%s", seed, n, before[n], line)
			}
			if bytes.HasPrefix(before[n], []byte(`{"event_type"`)) && !json.Valid(line) {
				t.Errorf("seed %d, line %d: no JSON: %s", seed, n, line)
			}
		}
		for k := range 3 {
			var other bytes.Buffer
			if err := newFilter(t, redact.Options{}).Copy(&other, &pieces{rand.New(rand.NewPCG(seed, uint64(k))), in.Bytes()}, nil); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(out.Bytes(), other.Bytes()) {
				t.Errorf("seed %d: other chunks give another output", seed)
			}
		}
		var again bytes.Buffer
		newFilter(t, redact.Options{}).Copy(&again, bytes.NewReader(out.Bytes()), nil)
		if !bytes.Equal(out.Bytes(), again.Bytes()) {
			for n, line := range bytes.Split(again.Bytes(), []byte("\n")) {
				if !bytes.Equal(line, after[n]) {
					t.Errorf("seed %d, line %d: the second run changed\n%s\nto\n%s", seed, n, after[n], line)
				}
			}
		}
	}
}
