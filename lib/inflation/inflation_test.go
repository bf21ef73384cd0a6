package inflation

import (
	"strings"
	"testing"

	"agenttrace/lib/event"
	"agenttrace/lib/price"
)

func TestClassOf(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want Class
	}{
		"prose":       {"Please find out why the test fails. It worked yesterday, and nobody has changed anything since.", Prose},
		"German":      {"Bitte finde heraus, warum die Prüfung scheitert. Gestern ging es noch, und niemand hat etwas geändert.", Prose},
		"Markdown":    {"# Title\n\n- one thing\n- another thing\n\n## More\n\n- a third\n", Document},
		"Go":          {"func f(a int) int {\n\tif a > 1 {\n\t\treturn a * f(a-1)\n\t}\n\treturn 1\n}\n", Code},
		"numbered Go": {"     1\tpackage x\n     2\t\n     3\tfunc f() {\n     4\t\tg(1, 2);\n     5\t\th := k(3);\n     6\t}\n", Code},
		"Python":      {"import os\n\ndef f(a):\n    x = os.path.join(a, 'b')\n    return g(x)\n", Code},
		"diff":        {"diff --git a/x b/x\n@@ -1,2 +1,2 @@\n-old\n+new\n", Diff},
		"JSON":        {`{"a":"b","c":["d","e"],"f":1}`, JSON},
		"JSON list":   {`["a","b","c","d","e","f","g","h","i","j","k"]`, JSON},
		"log":         {"2026-11-22T07:20:34.100Z 1234 5678\n2026-11-22T07:20:35.100Z 4321 8765\n", Terminal},
		"listing":     {"drwxr-xr-x 2 u u 4096 Nov 22 07:20 .\n-rw-r--r-- 1 u u 1234 Nov 22 07:20 a.go\n-rw-r--r-- 1 u u 77 Nov 22 07:20 b.go\n", Terminal},
		"Chinese":     {"请修复测试并解释原因 test", Script},
		"Russian":     {"Пожалуйста, почини тест", Script},
		"base64":      {strings.Repeat("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo", 20), Base64},
		"empty":       {"", Prose},
		"blank":       {" \n\n\t", Prose},
		"bracket":     {"[", JSON},
		"bad UTF-8":   {"\xff\xfe" + strings.Repeat("\xc3", 5000), Script},
		"warning":     {"[warning] the cache was not found, so all of it was built anew by the compiler", Prose},
	} {
		if got := ClassOf(test.text); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

// TestRatios checks that the ratios of the classes differ, which is the point,
// and that they are consistent both ways.
func TestRatios(t *testing.T) {
	for c := Unseen; c < classes; c++ {
		for _, a := range []price.Tokenizer{price.ClaudeLegacy, price.Claude47, price.O200k, price.Gemini} {
			for _, b := range []price.Tokenizer{price.ClaudeLegacy, price.Claude47, price.O200k, price.Gemini} {
				r := c.ratio(a, b)
				if r.Low > r.Mid || r.Mid > r.High || r.Low <= 0 {
					t.Errorf("%s, %s to %s: %v", c, a, b, r)
				}
				back := c.ratio(b, a)
				if p := r.Mid * back.Mid; p < 990_000 || p > 1_010_000 {
					t.Errorf("%s, %s to %s and back: %d × %d", c, a, b, r.Mid, back.Mid)
				}
			}
		}
	}
	if a, b := Prose.ratio(price.ClaudeLegacy, price.Claude47), Script.ratio(price.ClaudeLegacy, price.Claude47); a.Mid < 1400 || b.Mid > 1010 {
		t.Errorf("prose %d, other scripts %d", a.Mid, b.Mid)
	}
	if r := Prose.ratio(price.UnknownTokenizer, price.Claude47); r.Mid != 1000 {
		t.Errorf("of an unknown tokenizer %d", r.Mid)
	}
}

// run returns the only session of some lines.
func run(t *testing.T, base, to string, lines ...string) *Session {
	t.Helper()
	m := New(Options{Base: base, New: to})
	for _, l := range lines {
		e, err := event.Parse([]byte(l))
		if err != nil {
			t.Fatal(err)
		}
		m.Add(e)
	}
	list := m.Close()
	if len(list) != 1 {
		t.Fatalf("%d sessions, want 1", len(list))
	}
	return list[0]
}

const (
	prompt = `{"event_type":"user_prompt","event_id":"1","session_id":"s","data":{"prompt":"请修复测试并解释原因请修复测试并解释原因"}}`
	result = `{"event_type":"tool_result","event_id":"2","session_id":"s","data":{"tool_name":"Read","result":"It was a dark night and nobody knew where the road would lead them."}}`
)

func answer(id, model, usage string) string {
	return `{"event_type":"llm_response","timestamp":1795332180,"event_id":"r` + id + `","session_id":"s","data":{"model":"` + model + `","message_id":"msg_` + id + `","stop_reason":"end_turn","usage":{` + usage + `}}}`
}

// TestHonest has the defects of the old tool: one factor for all, results of
// tools left out, only the price of input taken.
func TestHonest(t *testing.T) {
	s := run(t, "claude-opus-4-6", "claude-opus-4-7", prompt, answer("1", "claude-opus-4-6", `"input_tokens":1000,"output_tokens":100`),
		result, answer("2", "claude-opus-4-6", `"input_tokens":1000,"output_tokens":100`))
	user, results := s.Parts[User], s.Parts[Results]
	if user.Base == 0 || results.Base == 0 {
		t.Fatalf("user %+v, results %+v", user, results)
	}
	if user.New*100 > user.Base*102 || results.New*100 < results.Base*130 {
		t.Errorf("Chinese grows from %d to %d, prose from %d to %d", user.Base, user.New, results.Base, results.New)
	}
	// What stands in the context is read by every request.
	once := run(t, "claude-opus-4-6", "claude-opus-4-7", prompt, answer("1", "claude-opus-4-6", `"input_tokens":1000,"output_tokens":100`))
	if d := user.Base - 2*once.Parts[User].Base; d < -1 || d > 1 {
		t.Errorf("read twice it is %d, once %d", user.Base, once.Parts[User].Base)
	}
	// $5 and $25: input and output, at true prices.
	if s.Nano.Base != 2000*5000+200*25000 {
		t.Errorf("cost %d", s.Nano.Base)
	}
	if s.Tokens.Base != 2200 {
		t.Errorf("tokens %d", s.Tokens.Base)
	}
	sum := int64(0)
	for _, p := range s.Parts {
		sum += p.Base
	}
	if sum != s.Tokens.Base {
		t.Errorf("parts add up to %d, want %d", sum, s.Tokens.Base)
	}
	sum = 0
	for _, p := range s.Classes {
		sum += p.Base
	}
	if sum != s.Tokens.Base {
		t.Errorf("classes add up to %d, want %d", sum, s.Tokens.Base)
	}
}

// TestExact checks that tokens which were recorded stay what they are.
func TestExact(t *testing.T) {
	lines := []string{prompt, result, answer("1", "claude-opus-4-7", `"input_tokens":999,"output_tokens":77,"cache_read_tokens":12345`)}
	s := run(t, "claude-opus-4-6", "claude-opus-4-7", lines...)
	if s.Tokens.New != 999+77+12345 {
		t.Errorf("the new model's own tokens: %d", s.Tokens.New)
	}
	if s.Nano.New != 999*5000+77*25000+12345*500 || s.Nano.New != s.Billed {
		t.Errorf("cost %d, billed %d", s.Nano.New, s.Billed)
	}
	if s.Tokens.Base >= s.Tokens.New || s.Tokens.Low > s.Tokens.New || s.Tokens.High < s.Tokens.New {
		t.Errorf("%+v", s.Tokens)
	}
}

// TestTier checks that a request which grows over the edge of a tier is priced
// as a long one.
func TestTier(t *testing.T) {
	s := run(t, "gpt-5.5", "claude-haiku-5-5", answer("1", "gpt-5.5", `"input_tokens":90000,"output_tokens":0`))
	if s.Nano.Base != 90000*5000 {
		t.Errorf("base %d", s.Nano.Base)
	}
	if in := s.Tokens.New; in <= 100_000 || s.Nano.New != in*500 {
		t.Errorf("%d tokens cost %d, want at the long rate", in, s.Nano.New)
	}
}

// TestUnpriced: no price of cache reads is made up.
func TestUnpriced(t *testing.T) {
	s := run(t, "claude-opus-4-6", "gpt-5.4-pro", answer("1", "claude-opus-4-6", `"input_tokens":10,"output_tokens":1,"cache_read_tokens":1000`))
	if !s.NoPrice[1] || s.NoPrice[0] {
		t.Errorf("%v", s.NoPrice)
	}
}

// TestRequests has what programs tell that trace their own requests.
func TestRequests(t *testing.T) {
	ask := `{"event_type":"llm_request","session_id":"s","data":{"tools":[{"name":"read"}],"messages":[{"role":"system","content":"You are a helper."},{"role":"user","content":"Please look at it."},{"role":"assistant","content":[{"type":"text","text":"I have looked."}]},{"role":"tool","content":"ok"}]}}`
	s := run(t, "claude-opus-4-6", "claude-opus-4-7", ask, ask, answer("1", "claude-opus-4-6", `"input_tokens":1000,"output_tokens":1`))
	for _, p := range []Part{System, Tools, User, Agent} {
		if n := s.Parts[p].Base; n == 0 || n > 30 {
			t.Errorf("%s: %d", p, n)
		}
	}
}

func TestNotes(t *testing.T) {
	s := run(t, "claude-opus-4-6", "claude-opus-4-7", answer("1", "somebody-else", `"input_tokens":10,"output_tokens":1`))
	if len(s.Notes) != 1 || s.Tokens.Base != 11 {
		t.Errorf("%q, %d", s.Notes, s.Tokens.Base)
	}
}

func TestHostile(t *testing.T) {
	s := run(t, "claude-opus-4-6", "claude-opus-4-7", prompt, `{"event_type":"compaction","session_id":"s"}`, `{"event_type":"tool_call","session_id":"s"}`,
		`{"event_type":"llm_request","session_id":"s","data":{"system":["a"],"tools":null}}`,
		answer("1", "claude-opus-4-6", `"input_tokens":9223372036854775807,"output_tokens":9223372036854775807`))
	if s.Tokens.New <= 0 || s.Nano.New < 0 { // nothing has a price of which so many cannot be
		t.Errorf("%+v %+v", s.Tokens, s.Nano)
	}
}
