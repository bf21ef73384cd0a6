package mask

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"agenttrace/lib/event"
)

// A maker makes the data of labelled cases from shapes, so that no number of a
// real person, account or card stands here.
type maker struct{ *rand.Rand }

func (m maker) digits(n int) string {
	var b strings.Builder
	for range n {
		b.WriteByte(byte('0' + m.IntN(10)))
	}
	return b.String()
}

// fill replaces # by a digit, and N by one from 2 to 9.
func (m maker) fill(shape string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '#':
			return rune('0' + m.IntN(10))
		case 'N':
			return rune('2' + m.IntN(8))
		}
		return r
	}, shape)
}

func (m maker) pick(list ...string) string { return list[m.IntN(len(list))] }

// card makes a number of n digits that begins with prefix and has its check
// digit right.
func (m maker) card(prefix string, n int) string {
	d := []byte(prefix + m.digits(n-len(prefix)-1) + "0")
	for c := byte('0'); c <= '9'; c++ {
		d[n-1] = c
		if luhn(d) {
			break
		}
	}
	return string(d)
}

// inGroups cuts s into groups of the sizes.
func inGroups(s, sep string, sizes ...int) string {
	var parts []string
	for _, n := range sizes {
		parts = append(parts, s[:n])
		s = s[n:]
	}
	if s != "" {
		parts = append(parts, s)
	}
	return strings.Join(parts, sep)
}

func fours(s, sep string) string {
	var parts []string
	for len(s) > 4 {
		parts, s = append(parts, s[:4]), s[4:]
	}
	return strings.Join(append(parts, s), sep)
}

// iban makes one of a country; a bank of letters if letters is set.
func (m maker) iban(country, bank string) string {
	n := ibanLength[country]
	body := bank + m.digits(n-4-len(bank))
	for check := 2; check < 99; check++ {
		s := fmt.Sprintf("%s%02d%s", country, check, body)
		if mod97([]byte(s)) == 1 {
			return s
		}
	}
	panic("no check digits")
}

func (m maker) ssn() string {
	return fmt.Sprintf("%03d%02d%04d", 1+m.IntN(665), 1+m.IntN(99), 1+m.IntN(9999))
}

// A case is a text with what must go from it: "" if nothing must.
type testCase struct{ kind, text, secret string }

func (m maker) cases() []testCase {
	var list []testCase
	add := func(kind, format string, secrets ...string) {
		for _, s := range secrets {
			list = append(list, testCase{kind, strings.ReplaceAll(format, "%", s), s})
		}
	}
	first := m.pick("jane", "li.wei", "j_smith", "o'neil", "anna-maria", "x.y.z", "bob99")
	domain := m.pick("acme-corp", "mail.initech", "a1.b2", "big-bank") + m.pick(".com", ".io", ".co.uk", ".travel", ".dev", ".org.br", ".museum")
	for _, f := range []string{"write to % today", "<%>", "a %, b", "\"%\"", "(%)", "mailto:%?subject=x", "x=%&y=1", "Author: A B <%>", "%", "see %.", "[%](x)",
		"\x1b[32m%\x1b[0m", "a\\n%\\nb", "{'mail': '%'}", "%;b@c.de", "owner:%:x", "a/%/b", "|%|", "`%`", "mail%3D%"} {
		if f == "mail%3D%" {
			s := first + "@" + domain
			list = append(list, testCase{"email", "https://h/x?mail%3D" + strings.Replace(s, "@", "%40", 1), strings.Replace(s, "@", "%40", 1)})
			continue
		}
		add("email", f, first+"@"+domain)
	}
	add("email", "to % now", first+"+tag.x@"+domain, strings.ToUpper(first+"@"+domain), "јован@пример.срб", "用户@例子.中国", "jürgen@müller.example", "a@xn--bcher-kva.example", first+"@localhost.localdomain", "9000@"+domain)
	for _, f := range []string{"call % now", "%", "Tel.: %", "reach me at %, or mail", "(%)", "\"%\"", "a\\n%\\nb", "phone=%&x=1", "\x1b[1m%\x1b[0m"} {
		add("phone", f, m.fill("+1 NNN NN# ####"), m.fill("+1-NNN-NN#-####"), m.fill("+1NNNN######"), m.fill("+44 20 7### ####"), m.fill("+49 (0)30 N######"), m.fill("+33 6 12 ## ## ##"),
			m.fill("+91 98### #####"), m.fill("+86 138 #### ####"), m.fill("+353 1 N## ####"), m.fill("+55 11 9####-####"), m.fill("+4179N######"), m.fill("+61 4N# ### ###"),
			m.fill("(NNN) NN#-####"), m.fill("(NNN)NN#-####"), m.fill("NNN-NN#-####"), m.fill("1-NNN-NN#-####"), m.fill("+39 06 N### ####"), m.fill("+7 9## ###-##-##"), m.fill("+358 40 N######"))
	}
	for _, f := range []string{"Phone: %", "mobile %", "tel %", "Fax: %", "my phone number is %", "WhatsApp: %", "Telefon: %", "Téléphone : %", "phone no. %", "电话：%", "Cell phone: %", "Work phone (direct): %", "mobilePhone: %", "teléfono: %", "Телефон: %"} {
		add("phone", f, m.fill("NNN NN# ####"), m.fill("NNN.NN#.####"), m.fill("NNNNN#####"), m.fill("0## #######"), m.fill("07### ######"), m.fill("020 7### ####"), m.fill("01 4# ## ## ##"),
			m.fill("6## ## ## ##"), m.fill("0##/#######"), m.fill("98### #####"), m.fill("03-####-####"), m.fill("138 #### ####"), m.fill("(11) 9####-####"), m.fill("04## ### ###"), m.fill("06-########"),
			m.fill("NNN-####"), m.fill("0176 ########"), m.fill("0044 20 7### ####"), m.fill("8 (9##) ###-##-##"), m.fill("55 NN## ####"))
	}
	cards := []string{m.card("4", 16), m.card("51", 16), m.card("55", 16), m.card("2221", 16), m.card("2720", 16), m.card("6011", 16), m.card("65", 16), m.card("3528", 16), m.card("3589", 16),
		m.card("62", 16), m.card("6759", 16), m.card("5018", 16), m.card("2201", 16), m.card("644", 16)}
	add("card", "bob,%,12/29", m.card("4", 16), fours(m.card("51", 16), " "))
	add("card", "INSERT INTO c VALUES ('%')", m.card("4", 16), m.card("55", 16))
	for _, f := range []string{"card % exp 12/29", "%", "paid with %.", "pan=%&cvv=1", "[%]", "\"%\"", "number: %", "a\\n%\\nb", "visa %"} {
		add("card", f, cards...)
		for _, c := range cards {
			add("card", f, fours(c, " "), fours(c, "-"))
		}
		amex, diners := m.card("37", 15), m.card("36", 14)
		add("card", f, amex, inGroups(amex, " ", 4, 6, 5), inGroups(amex, "-", 4, 6, 5), diners, inGroups(diners, " ", 4, 6))
	}
	add("card", "card number %", m.card("4", 13), m.card("62", 19), m.card("6759", 13), m.card("4", 19), fours(m.card("62", 19), " "))
	for range 6 {
		s := m.ssn()
		add("ssn", "SSN: %", s, inGroups(s, "-", 3, 2), inGroups(s, " ", 3, 2))
		add("ssn", "her social security number is %", s, inGroups(s, "-", 3, 2))
		add("ssn", "id %, ok", inGroups(s, "-", 3, 2))
		add("ssn", `ssn=%`, s)
		add("ssn", "SSN#%", s, inGroups(s, "-", 3, 2))
	}
	for _, c := range slices.Sorted(maps.Keys(ibanLength)) {
		bank := ""
		switch c {
		case "GB", "NL", "IE", "LV", "MT", "BG", "RO", "GI", "PK", "QA", "KW", "JO", "BH", "IQ":
			bank = "ABNA"
		}
		s := m.iban(c, bank)
		add("iban", m.pick("IBAN: %", "pay to % by Friday", "%", "\"%\"", "iban=%&x", "(%)"), s, fours(s, " "), fours(s, "-"))
		add("iban", "IBAN %", strings.ToLower(s))
	}
	for range 4 {
		a := m.digits(12)
		add("aws-account", "arn:aws:iam::%:role/admin", a)
		add("aws-account", "arn:aws-cn:sqs:cn-north-1:%:queue", a)
		add("aws-account", "%.dkr.ecr.eu-west-1.amazonaws.com/app:1", a)
		add("aws-account", "https://sqs.us-east-1.amazonaws.com/%/q", a)
		add("aws-account", "AWS account % is used", a)
		add("aws-account", "AWS_ACCOUNT_ID=%", a)
		add("aws-account", `{"Account": "%"}`, a)
		add("aws-account", "s3://cdk-hnb659fds-assets-%-us-east-1/x", a)
		add("aws-account", "https://%.signin.aws.amazon.com/console", a)
	}
	login := m.pick("jdoe", "mmustermann", "anna.k", "li_wei", "b-smith")
	for _, f := range []string{"/Users/%/work/x.py", "/home/%/.ssh/id", `C:\Users\%\x`, "cd /home/%", "file:///Users/%/a", "/mnt/c/Users/%/x", `"C:\\Users\\%\\AppData"`, "PATH=/usr/bin:/home/%/bin", "/var/home/%/x", "error at (/Users/%/a.js:1:2)"} {
		add("user", f, login)
	}
	add("user", "/root/.claude/projects/-Users-%-work-app", strings.Map(func(r rune) rune { return r + 0 }, "jdoe"))
	return list
}

// benign is what must stay as it is.
func (m maker) benign() []string {
	hex := func(n int) string {
		const h = "0123456789abcdef"
		b := make([]byte, n)
		for i := range b {
			b[i] = h[m.IntN(16)]
		}
		return string(b)
	}
	uuid := hex(8) + "-" + hex(4) + "-4" + hex(3) + "-a" + hex(3) + "-" + hex(12)
	bad := []byte(m.card("4", 16))
	bad[15] = '0' + (bad[15]-'0'+1)%10
	return []string{
		"commit " + hex(40), "index " + hex(7) + ".." + hex(7) + " 100644", "sha256:" + hex(64), uuid, "urn:uuid:" + uuid,
		"v1.2.3 10.4.15063 124.0.6367.207 3.45.1-rc.2", "node-v20.11.1-linux-x64", "go1.26.8", "2026-01-05T10:11:12.345678Z", "2026-01-05 10:11:12,345", "20260105101112", "20260105-101112",
		"epoch 1795332170 1795332170000 1795332170000000 1795332170000000000", "1795332170.123456", "main.go:415:555", "at foo.js:1024:2048", "0x7fff5fbff8c0 0x4539123412341234",
		"3.141592653589793", "0." + m.card("4", 16), "-122.419416, 37.774929", "#ff8800 #12345678", "rgb(255, 128, 100)", "127.0.0.1:8080 [::1]:443", "ports 8080 8443 9090 5432",
		"toolu_01" + hex(22), "msg_" + m.digits(16), "req_" + m.digits(24), "card " + string(bad), fours(string(bad), " "), "id " + m.digits(20),
		"rows 100-200-3000", "sizes 640-480-1024", "12345678 bytes", "Content-Length: 1234567890", "order 1000234567", "+0000 2010", "Mon Jan 5 10:11:12 2026 +0200",
		"+1234567890123456789", "@@ -415,555 +267,1 @@", "integrity sha512-" + strings.Repeat("Ab1/", 21) + "==", "data:image/png;base64,iVBORw0KGgo" + m.digits(12),
		"git@github.com:acme/repo.git", "ssh://git@gitlab.com:22/a/b", "npm i @types/node@20.1.0 react@18.2.0", "icon@2x.png", "user@host:~$", "getty@tty1.service", "a@b", "x @ y.com", "@app.route(\"/x\")",
		"q@k.transpose(-2,-1)", "foo@bar(1)", "noreply@github.com", "postgres://app:pw@db.internal:5432/x", "lodash@npm:4.17.21", "actions/checkout@v4.1.7", "go install x.org/y@v1.2.3",
		"/home/user/x /Users/runner/work /home/ubuntu", "https://api.example.com/Users/42", "/home/$USER/x", "/home/<name>/x", "/usr/home", "/api/home/page", "class Home",
		"1 2 3 4 5 6 7 8 9 10 11 12", "00000000 00 01 42 68 53 00 10 20", "0000020 7183 8750 1111", "4111 1111 1111 1112", "1234-5678-9012-3456", "123-45-67890", "000-12-3456 666-12-3456 900-12-3456",
		"GB00NWBK60161331926819", "DE12345678901234567890", "ISBN 978-3-16-148410-0", "10.1000/182 doi:10.1145/1234567.1234568", "RFC 3339", "[415.555267] usb 1-1", "123.4567890", "415-555=-140",
		"max_tokens=200000 budget 1000000", "$1,234,567.89", "1_000_000_000", "1e9 2.5e-10", "16777216 33554432 67108864 134217728", "-rw-r--r-- 1 root root 1234567 Jan  5 10:11 x",
		"pid 1234567 tid 7654321", "lat=52.520008 lng=13.404954", "2001:db8::1 fe80::1", "8.8.8.8", "1.1.1.1 and 9.9.9.9", "chunk-2FDC56A3.js", "AKIA" + m.digits(16), "x-amz-id 123456789012345", "build 415.555.26712",
		"ETag: \"5eb63bbbe01eeed093cb22bb8f5acdc3\"", "nextToken=1234567890123456789012", "1970-01-01 00:00:00", "12:34:56.789012", "phone", "tel:", "call 8080", "the phone has 8 GB and 128 GB", "cell 3 of 12345",
		`{"type":"object","properties":{"email":{"type":"string"},"phone":{"type":"string"}}}`, `first_name: string`, `"address": "0x1234abcd"`, `address = "localhost:8080"`, `user_id = req.params.id`, "emailAddress.value",
	}
}

const seed = 20261125

func lineWith(text string) []byte {
	b := []byte(`{"event_type":"tool_result","timestamp":1795332171.968000,"event_id":"4a6f1be02c3d","session_id":"5f1c0a52","data":{"result":`)
	return append(event.AppendString(b, text), "}}"...)
}

// TestCases asserts how much is found, by kind, and that nothing else is.
func TestCases(t *testing.T) {
	f := testFilter(t, Options{})
	found, all := map[string]int{}, map[string]int{}
	total := 0
	for s := range uint64(3) {
		m := maker{rand.New(rand.NewPCG(seed, s))}
		for _, c := range m.cases() {
			total++
			all[c.kind]++
			out, _, _ := f.Line(nil, lineWith(c.text))
			if survives(plain(out), c.secret) {
				t.Logf("%s: left in %q: %s", c.kind, c.text, out)
				continue
			}
			if !strings.Contains(string(out), "[MASKED:"+c.kind+"]") {
				t.Logf("%s: masked as something else: %q: %s", c.kind, c.text, out)
			}
			found[c.kind]++
			if again, n, _ := f.Line(nil, out); n != 0 {
				t.Errorf("twice is not once: %s → %s", out, again)
			}
		}
		for _, text := range m.benign() {
			line := lineWith(text)
			if out, n, _ := f.Line(nil, line); n != 0 {
				t.Errorf("nothing to mask in %q: %s", text, out)
			}
		}
	}
	if total < 200 {
		t.Errorf("%d cases", total)
	}
	for kind, n := range all {
		if r := float64(found[kind]) / float64(n); r < 0.98 {
			t.Errorf("%s: %d of %d found", kind, found[kind], n)
		}
	}
	t.Log(found, all)
}
