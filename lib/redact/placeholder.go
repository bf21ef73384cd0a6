package redact

import (
	"bytes"
	"sync"
)

// common are words that stand where a password may stand and are none.
var common = set("password passwd secret string required optional postgres default username disabled enabled boolean undefined function security hidden private public " +
	"account service request response context content current-password new-password invalid missing incorrect changed unknown nothing value number object example testing")

// exact are values that are not secrets, whatever their name.
var exact = set("null none nil undefined true false yes no on off string str text number integer int bool boolean object array any password passwd pass pwd pw secret token key " +
	"apikey api_key bytes void default required optional empty unset auto env file stdin prompt ask value val test testing dummy fake foo bar baz foobar example sample placeholder todo tbd n/a na " +
	"xxx yyy zzz abc changeme change_me change-me redacted masked hidden user username name id type bearer basic digest negotiate ntlm aws4-hmac-sha256 const let var return and or not in is self this " +
	"super-secret mysecret my-secret my_secret mytoken my-token my_token mypassword mysecretpassword your-token secretkey " +
	"test-token test_token test-key test_key test-secret test_secret test-password testpassword test_password fake-token fake-key fake_token fake_key dummy-token dummy_token dummy-key secret-token secret_token access_token")

// placeholder reports whether v stands for a secret without being one. name is
// that of the value. literal asks for the plainest signs only.
func placeholder(v, name []byte, literal bool) bool {
	if k := colour(v, 0); k > 0 {
		if v = v[k:]; len(v) == 0 {
			return true
		}
	}
	if v[0] == '<' && v[len(v)-1] == '>' && len(v) > 18 {
		inner := v[1 : len(v)-1]
		if t := traitsOf(inner); t.random(16) && t.digits >= 3 && t.others == 0 {
			return placeholder(inner, name, literal) // brackets around a value
		}
	}
	switch v[0] {
	case '$', '<', '%', '`':
		if !(v[0] != '<' && len(v) > 3 && !bytes.ContainsAny(v[1:2], "{([<$ABCDEFGHIJKLMNOPQRSTUVWXYZ_") && bytes.ContainsAny(v, digits)) {
			return true
		}
	case '\\':
		return len(v) > 1 && (v[1] == '"' || v[1] == '\'')
	case '*', '(':
		if t := traitsOf(v); v[0] == v[len(v)-1] || v[0] == '(' && (t.n < 32 || t.digits < 3 || t.signs < 4 || t.spaces > 0) {
			return true
		}
	case '[':
		if bytes.HasPrefix(v, []byte("[REDACTED")) || bytes.HasPrefix(v, []byte("[MASKED")) || bytes.HasPrefix(v, []byte("[")) && v[len(v)-1] == ']' {
			return true
		}
	case '{':
		if len(v) > 1 && (v[1] == '{' || v[len(v)-1] == '}') {
			return true
		}
	case '#':
		if len(v) > 1 && v[1] == '{' {
			return true
		}
	}
	if uniform(v) || bytes.HasSuffix(v, []byte("...")) || bytes.Contains(v, []byte("…")) || bytes.Contains(v, []byte("•")) || bytes.Contains(v, []byte("****")) || bytes.HasPrefix(v, []byte("&lt;")) ||
		bytes.HasPrefix(v, []byte("arn:")) || v[len(v)-1] == '*' && bytes.IndexByte(v, '*') < len(v)-1 || alphabet(v) {
		return true
	}
	if len(v) > 64 {
		return false
	}
	var room [64]byte
	low := room[:0]
	for _, c := range v {
		if isUpper(c) {
			c += 'a' - 'A'
		}
		low = append(low, c)
	}
	if literal {
		switch string(low) {
		case "string", "null", "none", "true", "false", "undefined", "password":
			return true
		}
	} else if exact[string(low)] || len(name) == len(low) && bytes.EqualFold(name, low) {
		return true
	}
	if k := bytes.IndexByte(v, '<'); k >= 0 && (k == 0 || bytes.IndexByte(v[k:], '>') > 0 || bytes.IndexByte(v, '/') == k+1) || bytes.Contains(v, []byte("${")) || bytes.Contains(v, []byte("$(")) || bytes.Contains(v, []byte("{{")) {
		return true
	}
	if t := traitsOf(v); t.n >= 20 && t.digits > 0 && t.uppers > 1 && t.lowers > 1 && t.others == 0 && !bytes.Contains(low, []byte("example")) {
		return false // what reads as a hint in it stands there by chance
	}
	return !hinted().scan(low, func(*trigger, int) bool { return false })
}

// hinted returns a table of the hints.
var hinted = sync.OnceValue(func() *table {
	t := &table{}
	for _, h := range hints {
		t.add(trigger{lit: h})
	}
	return t
})

// hints are parts of placeholders.
var hints = []string{
	"your", "example", "changeme", "change-me", "change_me", "changeit", "placeholder", "redacted", "dummy", "xxxx", "insert", "replace", "-here", "_here", "todo", "not-a-real", "notreal",
	"process.env", "os.environ", "getenv", "env.", "secrets.", "vault:", "ref+", "env(", "fake-", "fake_", "-fake", "_fake", "sample-", "sample_", "mock-", "mock_", "test-token", "test-secret", "test-key",
	"test_token", "test_secret", "test_key", "test-api", "{{{", "urn:", "sk-test", "some-", "some_", "redact", "config.", "settings.", "ecdsa-sha2", "ssh-rsa", "ssh-ed25519",
}

// uniform reports whether v is one character over and over, but for hyphens.
func uniform(v []byte) bool {
	for _, c := range v {
		if c != v[0] && c != '-' {
			return false
		}
	}
	return true
}

// alphabet reports whether the letters stand in v in their order: it is what
// something is made of.
func alphabet(v []byte) bool {
	run := 1
	for i := 1; i < len(v) && run < 14; i++ {
		if run++; v[i] != v[i-1]+1 {
			run = 1
		}
	}
	return run >= 14
}
