package redact_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"agenttrace/lib/clitest"
	"agenttrace/lib/event"
	"agenttrace/lib/redact"
)

// hostile are texts that make slow what is not linear.
var hostile = []struct{ name, unit string }{
	{"headers-of-tokens", "eyJ"}, {"dots", "a."}, {"jwt", "eyJhbGciOiJIUzI1NiJ9."}, {"names", "token="}, {"names-quoted", `token:"`}, {"names-apart", `token:"x'`},
	{"passwords", "password: "}, {"begin", "-----BEGIN RSA PRIVATE KEY-----"}, {"begin-lines", "-----BEGIN RSA PRIVATE KEY-----\n"}, {"end", "-----END RSA PRIVATE KEY-----\n"},
	{"addresses", "a://"}, {"users", "://a:"}, {"signs", "://a:b@"}, {"slashes", `\`}, {"slash-quote", `\"`}, {"unicode", `\u0041`}, {"percent", "%25"}, {"percent-percent", "%2525"},
	{"braces", "{"}, {"braces-quote", `{"`}, {"brackets", "["}, {"brackets-braces", `[{"a":`}, {"base64", "QUFB"}, {"base64-text", "cGFzc3dvcmQ9"}, {"hex", "41"}, {"hex-text", "70617373776f72643d"},
	{"programs", "mysql -p"}, {"curl", "curl -u "}, {"echo", "echo a | sudo -S "}, {"htpasswd", "htpasswd -b "}, {"markers", "[REDACTED]"}, {"markers-names", "token=[REDACTED:a:b] "}, {"half-markers", "[REDACTED:"},
	{"cookies", "Cookie: a="}, {"bearer", "Bearer "}, {"authorization", "Authorization: "}, {"seed", "mnemonic: "}, {"kube", "kind: Secret\ndata:\n"}, {"hash", "$2y$"}, {"discord", "MTA"}, {"telegram", "1:AA"},
	{"words", "a_b_"}, {"long-name", "key_"}, {"spaces", " "}, {"dsn", "@tcp("}, {"prefixes", "ghp_"}, {"q", "7Q~"}, {"atlas", ".atlasv1."}, {"xml", "<token>"}, {"table", "| token "}, {"dashes", "--token "},
	{"nested", `{\"a\":`}, {"newlines", "\n"}, {"escaped-newlines", `\n`}, {"known-word", "secret is "}, {"from-literal", "--from-literal=a "}, {"names-values", "secret=abcdefgh1234 "}, {"url-query", "&sig="},
	{"rsa-xml", "<RSAKeyValue><D>"}, {"kube-json", `"kind":"Secret","data":{"a":"b"}`}, {"insert", "(token,"}, {"records", "password |\n"}, {"acl", "user a on >b +@all "}, {"expect", "password: send \n"}, {"foreign", "密码："},
	{"signs-key", "jwt.sign("}, {"slash-users", "db://a:b1/"}, {"netrc", "machine a login b password "}, {"digest", "Authorization: Digest response="}, {"connect", "tConnection("}, {"announced", "password x:\n\n"}, {"html-key", "-----BEGIN PRIVATE KEY-----<br>"},
}

// TestLinear checks that no text takes much longer than another.
func TestLinear(t *testing.T) {
	if testing.Short() || clitest.Race {
		t.Skip("takes its time, which is to be that of the code alone")
	}
	const size = 1 << 20
	limit := time.Duration(0)
	run := func(f func(seed int) []byte) time.Duration {
		best := time.Hour
		for k := range 3 {
			if k > 0 && best < limit {
				break // fast enough
			}
			in := f(k)
			flt := newFilter(t, redact.Options{})
			start := clitest.ProcessorTime()
			if err := flt.Copy(io.Discard, bytes.NewReader(in), nil); err != nil {
				t.Fatal(err)
			}
			best = min(best, clitest.ProcessorTime()-start)
		}
		return best
	}
	// An average megabyte is one of lines that are looked at, each.
	cases := redact.Cases(3)
	average := run(func(k int) []byte {
		var b bytes.Buffer
		for i := k; b.Len() < size; i += 7 {
			b.WriteString(cases[i%len(cases)].Line + "\n")
		}
		return b.Bytes()
	})
	limit = 2 * average
	t.Logf("average: %v", average)
	for _, h := range hostile {
		for _, form := range []string{"text", "value", "lines"} {
			took := run(func(int) []byte {
				s := strings.Repeat(h.unit, size/len(h.unit))
				switch form {
				case "text":
					return []byte(s)
				case "value":
					return fmt.Appendf(nil, `{"event_type":"tool_result","session_id":"s","data":{"result":%s}}`+"\n", event.AppendString(nil, s))
				}
				line := fmt.Sprintf(`{"event_type":"tool_result","session_id":"s","data":{"result":%s}}`+"\n", event.AppendString(nil, s[:4000]))
				return bytes.Repeat([]byte(line), size/len(line))
			})
			if took > 20*average {
				t.Errorf("%s as %s: %v, an average text takes %v", h.name, form, took, average)
			} else if took > 2*average {
				t.Logf("%s as %s: %v", h.name, form, took)
			}
		}
	}
}
