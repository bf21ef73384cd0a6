package mask

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"agenttrace/lib/scrub"
)

// scrubbed returns the line after a filter with the options.
func scrubbed(t testing.TB, o Options, line string) string {
	t.Helper()
	out, _, _ := testFilter(t, o).Line(nil, []byte(line))
	return string(out)
}

const head = `{"event_type":"tool_result","session_id":"s","event_id":"e","data":`

func TestKeys(t *testing.T) {
	for _, c := range []struct{ data, want string }{
		// Every spelling; strings, numbers, arrays, objects.
		{`{"email":"Jane <j@x.de>"}`, `{"email":"[MASKED:email]"}`},
		{`{"phone":5551234567}`, `{"phone":"[MASKED:phone]"}`},
		{`{"phone":["555 1234","030-12345"]}`, `{"phone":["[MASKED:phone]","[MASKED:phone]"]}`},
		{`{"customerPhoneNumber":{"home":"555 1234"}}`, `{"customerPhoneNumber":{"home":"[MASKED:phone]"}}`},
		{`{"ssn":123456789}`, `{"ssn":"[MASKED:ssn]"}`},
		{`{"SSN":{"value":"078-05-1120"}}`, `{"SSN":{"value":"[MASKED:ssn]"}}`},
		{`{"firstName":"Jane","last-name":"Doe","FULL_NAME":"Jane Doe"}`, `{"firstName":"[MASKED:name]","last-name":"[MASKED:name]","FULL_NAME":"[MASKED:name]"}`},
		{`{"date_of_birth":"1984-03-12","dob":19840312}`, `{"date_of_birth":"[MASKED:birth-date]","dob":"[MASKED:birth-date]"}`},
		{`{"billing_address":{"street":"12 Main St","zip":"94110"},"address":"1 Rue X, Paris"}`, `{"billing_address":{"street":"[MASKED:address]","zip":"[MASKED:address]"},"address":"[MASKED:address]"}`},
		{`{"card_number":4539822360274491,"cvv":123}`, `{"card_number":"[MASKED:card]","cvv":"[MASKED:card]"}`},
		{`{"user_id":"u-829","accountId":77120,"Customer-Id":"c1"}`, `{"user_id":"[MASKED:user-id]","accountId":"[MASKED:user-id]","Customer-Id":"[MASKED:user-id]"}`},
		{`{"passport_number":"X1234567","tax_id":"12-3456789"}`, `{"passport_number":"[MASKED:document]","tax_id":"[MASKED:document]"}`},
		{`{"aws_account_id":117739678219}`, `{"aws_account_id":"[MASKED:aws-account]"}`},
		{`{"username":"jdoe"}`, `{"username":"[MASKED:user]"}`},
		{`[{"name":"email","value":"j@x.de"},{"key":"first_name","value":"Jane"}]`, `[{"name":"email","value":"[MASKED:email]"},{"key":"first_name","value":"[MASKED:name]"}]`},
		// JSON in a string, twice.
		{`{"body":"{\"first_name\":\"Jane\",\"phone\":5551234567}"}`, `{"body":"{\"first_name\":\"[MASKED:name]\",\"phone\":\"[MASKED:phone]\"}"}`},
		{`{"body":"{\"b\":\"{\\\"ssn\\\":\\\"078-05-1120\\\"}\"}"}`, `{"body":"{\"b\":\"{\\\"ssn\\\":\\\"[MASKED:ssn]\\\"}\"}"}`},
		// Keys themselves, and a key that is there twice.
		{`{"jane@acme.io":1}`, `{"[MASKED:email]":1}`},
		{`{"phone":"555 1234 5","phone":"030 123456"}`, `{"phone":"[MASKED:phone]","phone":"[MASKED:phone]"}`},
		// Escapes.
		{`{"a":"jane\u0040acme.io"}`, `{"a":"[MASKED:email]"}`},
		{`{"\u0065mail":"j at x dot de"}`, `{"\u0065mail":"[MASKED:email]"}`},
		{`{"a":"call \u002b44 20 7183 8750"}`, `{"a":"call [MASKED:phone]"}`},
		{`{"a":"+44\u00a020\u00a07183\u00a08750"}`, `{"a":"[MASKED:phone]"}`},
		// Running text.
		{`{"a":"DOB: 12/03/1984, ok"}`, `{"a":"DOB: [MASKED:birth-date], ok"}`},
		// Groups of an IBAN that are a country's prefix for themselves.
		{`{"a":"IE25 ABNA 0066 5021 6598 88"}`, `{"a":"[MASKED:iban]"}`},
		{`{"a":"cvv: 123"}`, `{"a":"cvv: [MASKED:card]"}`},
	} {
		if got := scrubbed(t, Options{}, head+c.data+"}"); got != head+c.want+"}" {
			t.Errorf("%s\n got %s\nwant %s", c.data, got, head+c.want+"}")
		}
	}
}

// TestKeysLeft checks what stands under such keys and is no person's data.
func TestKeysLeft(t *testing.T) {
	for _, data := range []string{
		`{"email":"","phone":null,"ssn":false}`, `{"email":"string","phone":"required","first_name":"{{name}}"}`,
		`{"email":{"type":"string","description":"The e-mail address."}}`, `{"properties":{"phone":{"type":"string","minLength":7}}}`,
		`{"address":"0x7fff5fbff8c0"}`, `{"address":"127.0.0.1:8080"}`, `{"address":"localhost"}`, `{"mobile":true,"cell":3}`, `{"name":"Jane"}`,
		`{"filename":"a b.txt","tool_name":"Read","hostname":"h1"}`, `{"user":"what is this"}`, `{"username":"root"}`, `{"email_verified":true,"phone_count":12345678}`,
		`{"first_name":"z.string()","last_name":"$lastName"}`, `{"birthday":"soon"}`,
	} {
		if got := scrubbed(t, Options{}, head+data+"}"); got != head+data+"}" {
			t.Errorf("%s: %s", data, got)
		}
	}
	line := `{"event_type":"tool_result","timestamp":1795332171.9,"event_id":"415555267100","session_id":"jane@acme.io","parent_id":"415-555-2671","data":{}}`
	if got := scrubbed(t, Options{}, line); got != line {
		t.Errorf("the envelope was changed: %s", got)
	}
}

// TestAgentStrace has what agent-strace misses and what it masks in error.
func TestAgentStrace(t *testing.T) {
	for _, text := range []string{"555 867 5309", "(555)867-5309", "+44 20 7946 0958", "+919876543210", "3782 822463 10005", "378282246310005", "SSN 123456789", "555-867-5309", "4111 1111 1111 1111", "123-45-6789"} {
		if got := scrubbed(t, Options{}, head+`{"a":"`+text+`"}}`); strings.Contains(got, "867") || !strings.Contains(got, "MASKED") {
			t.Errorf("%q was left: %s", text, got)
		}
	}
	for _, text := range []string{"123.4567890", "1234-5678-9012-3456", "git@github.com", "8.8.8.8"} {
		if got := scrubbed(t, Options{}, head+`{"a":"`+text+`"}}`); strings.Contains(got, "MASKED") {
			t.Errorf("%q was masked: %s", text, got)
		}
	}
}

// TestLinear checks that no text takes much longer than another of its length.
func TestLinear(t *testing.T) {
	const size = 1 << 20
	m, err := New(Options{IP: true})
	if err != nil {
		t.Fatal(err)
	}
	run := func(text []byte) time.Duration {
		best := time.Hour
		for range 3 {
			from := cpuTime()
			m.Candidate(text)
			m.Find(text, &scrub.Place{}, nil)
			best = min(best, cpuTime()-from)
		}
		return best
	}
	fill := func(s string) []byte { return bytes.Repeat([]byte(s), size/len(s)+1)[:size] }
	usual := max(run(fill("if err != nil { return fmt.Errorf(\"x: %w\", err) }\n")), 2*time.Millisecond)
	for _, s := range []string{"a.", "a@", "a.a@", "@", "1", "1 ", "1-", "12 34 ", "4111 ", "+1 ", "+", "(", "+1 415 ", "0x", "a:", "email:", "phone: ", "phone 1 ", "=", "\"a\":", "/home/", "Users/", `\`, `\\`, `C:\Users\`, "-home-",
		"DE89 3704 ", "GB29NWBK", "GB29", "arn:aws:", "123456789012", ":", "::", "1.", "1:", "a1:b2", "日本", "é", "\"", "\"a\"@", "%", "%40", `\u0040`, "[", "[MASKED:", "card ", "ssn ", " ", "\n", "A1", "x@y.", "dob: ", "555-867-5309 ", "phone number is "} {
		if d := run(fill(s)); d > 20*usual {
			t.Errorf("%q repeated takes %v, code %v", s, d, usual)
		}
	}
}

func TestOptions(t *testing.T) {
	line := head + `{"a":"j@acme.io +44 20 7183 8750 8.8.8.8 2606:4700:4700::1111 10.0.0.1 203.0.113.7 TKT-12"}}`
	pattern, err := ParsePattern(`ticket=TKT-\d+`)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{}, "[MASKED:email] [MASKED:phone] 8.8.8.8 2606:4700:4700::1111 10.0.0.1 203.0.113.7 TKT-12"},
		{Options{IP: true}, "[MASKED:email] [MASKED:phone] [MASKED:ip] [MASKED:ip] 10.0.0.1 203.0.113.7 TKT-12"},
		{Options{Only: []string{"phone"}}, "j@acme.io [MASKED:phone] 8.8.8.8 2606:4700:4700::1111 10.0.0.1 203.0.113.7 TKT-12"},
		{Options{Except: []string{"phone,card", "ssn"}}, "[MASKED:email] +44 20 7183 8750 8.8.8.8 2606:4700:4700::1111 10.0.0.1 203.0.113.7 TKT-12"},
		{Options{Only: []string{"card"}, Patterns: []Pattern{pattern}}, "j@acme.io +44 20 7183 8750 8.8.8.8 2606:4700:4700::1111 10.0.0.1 203.0.113.7 [MASKED:ticket]"},
	} {
		if got, want := scrubbed(t, c.o, line), head+`{"a":"`+c.want+`"}}`; got != want {
			t.Errorf("%+v\n got %s\nwant %s", c.o, got, want)
		}
	}
	for _, o := range []Options{{Only: []string{"faces"}}, {Except: []string{"email,"}}} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
	for _, s := range []string{"", "x", "x=", "=x", "a b=x", "x=(", "x=y*"} {
		if _, err := ParsePattern(s); err == nil {
			t.Errorf("pattern %q: no error", s)
		}
	}
}

func TestKeep(t *testing.T) {
	for found, want := range map[string]string{"jane@acme.io": "@acme.io", "Jane <j@x.de>": "", "jane at acme": "", "@x.de": "", "j@x": ""} {
		if got := Domain([]byte(found)); got != want {
			t.Errorf("Domain(%q) = %q, want %q", found, got, want)
		}
	}
	for _, c := range [][3]string{{"card", "4111 1111 1111 1111", "1111"}, {"iban", "MT84MALT011000012345MTLCAST001S", "001s"}, {"phone", "555-2671", ""}, {"email", "a1234567890@x.de", ""}} {
		if got := Last4(c[0], []byte(c[1])); got != c[2] {
			t.Errorf("Last4(%s, %s) = %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
