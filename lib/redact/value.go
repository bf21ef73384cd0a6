package redact

import (
	"bytes"
	"sync"
)

// spot is the notation in which a value stands beside its name.
type spot uint8

const (
	inJSON    spot = iota // the value of a member, or of an element below one
	inQuotes              // in quotes, in some other text
	afterSign             // bare, after an equals sign without blanks: NAME=value
	afterWord             // bare, after a colon or an equals sign with blanks
	inFlag                // an argument: --token value
	inQuery               // in a URL
	inProse               // the password is …
	inList                // in quotes, after a comma or a blank
	inOption              // --password=value
	inHeader              // after the scheme of an Authorization header

	spotCount = iota
)

// traits are what a value is made of.
type traits struct {
	n, digits, uppers, lowers, signs, spaces, others int
	switches                                         int // between lower case, capitals and digits, but at the start of a word
	distinct, vowels                                 int
	longest                                          int // of its runs of letters and digits
}

func traitsOf(v []byte) (t traits) {
	v = head(v)
	var seen [4]uint64
	run := 0
	t.n = len(v)
	for i, c := range v {
		seen[c>>6] |= 1 << (c & 63)
		kind := kindOf(c)
		switch c | 0x20 {
		case 'a', 'e', 'i', 'o', 'u':
			t.vowels++
		}
		if i > 0 {
			if p := kindOf(v[i-1]); p != kind && p != 0 && kind != 0 && !(p == 2 && kind == 3) {
				t.switches++
			}
		}
		switch kind {
		case 1:
			t.digits++
		case 2:
			t.uppers++
		case 3:
			t.lowers++
		default:
			switch {
			case c == ' ' || c == '\t' || c == '\n':
				t.spaces++
			case c == '-' || c == '_' || c == '.' || c == '/' || c == ':':
				t.others++
			default:
				t.signs++
			}
			run = -1
		}
		run++
		t.longest = max(t.longest, run)
	}
	for _, s := range seen {
		for ; s != 0; s &= s - 1 {
			t.distinct++
		}
	}
	return t
}

// maxHead is how much of a value is looked at to tell what it is, in bytes.
const maxHead = 600

// head returns as much of a value as tells what it is.
func head(v []byte) []byte { return v[:min(len(v), maxHead)] }

func kindOf(c byte) int {
	switch {
	case isDigit(c):
		return 1
	case isUpper(c):
		return 2
	case isLower(c):
		return 3
	}
	return 0
}

// wordy reports whether a value reads as words or as an identifier: no digits
// and no signs, and capitals only where they begin a word.
func (t *traits) wordy() bool {
	return t.digits == 0 && t.signs == 0 && !t.shuffled()
}

// shuffled reports whether letters of both cases stand in no order that words
// have: capitals within them, or few vowels.
func (t *traits) shuffled() bool {
	return t.n >= 14 && t.uppers >= 3 && t.lowers >= 3 && (t.switches*4 >= t.n || t.vowels*4 < t.n && t.switches*6 >= t.n)
}

// identifier reports whether a value may be the name of a variable: a word
// with some digits at its end.
func identifier(v []byte, t *traits) bool {
	if t.signs > 0 || t.digits > 3 {
		return false
	}
	end := len(v)
	for end > 0 && isDigit(v[end-1]) {
		end--
	}
	head := traitsOf(v[:end])
	return head.wordy()
}

// random reports whether a value looks drawn from an alphabet: n or more
// characters, letters and digits mixed.
func (t *traits) random(n int) bool {
	if t.n < n || t.spaces > 0 || t.longest < min(n, 12) {
		return false
	}
	letters := t.uppers + t.lowers
	return t.digits >= 2 && letters >= 2 && t.distinct >= 6 || t.wordy() == false && t.digits >= 1 && letters >= 4 && t.distinct >= 6 ||
		t.shuffled() && t.distinct >= 8
}

// drawn reports whether a text of some length is drawn from an alphabet: with
// so many digits and letters, or with letters of both cases in no order that
// words have.
func (t *traits) drawn(n int) bool {
	return t.digits >= n && t.uppers+t.lowers >= n || t.shuffled() || t.digits > 0 && t.uppers > 2 && t.lowers > 2 && t.switches*5 >= t.n
}

// judge reports whether a value that stands beside a name of some nature is a
// secret, going by what it looks like. depth is how many strings of JSON it is
// inside of.
func judge(n nature, name, v []byte, at spot, depth int) bool {
	v = head(v)
	if len(v) == 0 || at == inFlag && v[0] == '-' {
		return false
	}
	t := traitsOf(v)
	if at != inJSON && at != inQuery && n != aPassword && t.wordy() {
		return false
	}
	if placeholder(v, name, (n == aPassword || n == aSecret) && at == inJSON && depth == 0) {
		return false
	}
	if at == inList {
		if t.wordy() {
			return false
		}
		at = inQuotes
	}
	if at == inOption {
		at = inQuery
	} else if at == inFlag && t.wordy() {
		return false
	}
	if at == inFlag && (v[0] == '[' || v[0] == '(' || v[0] == '{') || at != inJSON && at != inQuotes && at != inFlag && code(v, &t) {
		return false
	}
	if (at == afterWord || at == afterSign && !capitals(name)) && speaks(v, &t) {
		return false
	}
	if address(v) || n != aPassword && filePath(v, &t) || n == aPassword && t.digits == 0 && filePath(v, &t) {
		return false
	}
	switch n {
	case aPassword:
		return judgePassword(name, v, &t, at, depth)
	case aSecret, aToken, aKey:
		return judgeToken(n, v, &t, at, depth)
	case someKey, anAuth:
		return looksLikeKey(name, v, &t)
	case aSigned:
		return at != inJSON && at != inProse && t.n >= 20 && t.spaces == 0 && (t.digits >= 3 && t.distinct >= 8)
	}
	return false
}

func judgePassword(name, v []byte, t *traits, at spot, depth int) bool {
	if (at == afterWord || at == inProse) && string(name) == "PASS" {
		return false // of a test
	}
	short := name[len(name)-1] == 's' || name[len(name)-1] == 'S' // pass counts passes
	if short && t.digits == t.n && t.n < 8 || t.n > 512 {
		return false
	}
	switch at {
	case inJSON:
		if t.spaces > 0 && prose(v, t) {
			return false
		}
		if depth > 0 && t.wordy() && (t.uppers == 1 && isUpper(v[0]) || t.n < 4) {
			return false // a label in a table of texts
		}
		return t.n >= 3 || depth == 0
	case inFlag, inQuery:
		return t.n >= 3 && t.spaces == 0 && v[0] != '-'
	case inQuotes:
		switch {
		case t.n < 4 || t.spaces > 1 || pattern(v) || v[t.n-1] == ':' || v[t.n-1] == '?':
			return false
		case t.spaces == 1:
			return t.digits > 0 && t.signs > 0
		case t.wordy():
			return t.others == 0 && t.uppers == 0 && t.n >= 7 && !common[string(v)]
		}
		return true
	case afterSign:
		switch {
		case t.n < 4 || t.spaces > 0:
			return false
		case capitals(name):
			return !t.wordy() || t.n >= 6 && t.others == 0 && !common[string(bytes.ToLower(v))]
		case t.wordy():
			return false
		}
		return !(identifier(v, t) && t.n < 7)
	case afterWord, inProse:
		return t.n >= 6 && t.spaces == 0 && !t.wordy() && !pattern(v) && (t.digits > 0 || t.signs > 1) && v[0] != '-' &&
			(t.digits != t.n || t.n >= 6) && !version(v, t)
	}
	return false
}

func judgeToken(n nature, v []byte, t *traits, at spot, depth int) bool {
	if t.spaces > 0 || t.n < 3 || version(v, t) {
		return false
	}
	if t.digits == t.n {
		return t.n >= 12 && n != aToken || t.n >= 20
	}
	switch at {
	case inJSON:
		if depth == 0 {
			return t.n >= 6 && !(n != aSecret && t.wordy() && t.n < 8) || t.n >= 4 && t.digits > 0
		}
		return t.n >= 8 && (t.digits > 0 || t.signs > 0 || !t.wordy()) && !identifier(v, t)
	case inFlag, inQuery:
		return t.n >= 6 && !t.wordy() && v[0] != '-' && !(identifier(v, t) && t.n < 12)
	case inQuotes, afterSign:
		return t.n >= 8 && !t.wordy() && (t.n >= 20 || !identifier(v, t)) && !pattern(v) && (t.digits > 0 || t.signs > 1 || t.uppers > 3)
	}
	return t.random(8) && !identifier(v, t) && !pattern(v)
}

// looksLikeKey reports whether a value is a key even though its name says
// little.
func looksLikeKey(name, v []byte, t *traits) bool {
	if t.n < 16 || t.spaces > 0 || t.longest < 16 || t.distinct < 8 || bytes.IndexByte(v, ':') >= 0 || !t.drawn(3) {
		return false
	}
	if hexadecimal(v) || uuid(v) {
		return capitals(name) && len(v) >= 32
	}
	return true
}

func hexadecimal(v []byte) bool {
	for _, c := range v {
		if !isHex(c) {
			return false
		}
	}
	return true
}

// uuid reports whether v is 8-4-4-4-12 hex digits.
func uuid(v []byte) bool {
	if len(v) != 36 {
		return false
	}
	for i, c := range v {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if !isHex(c) {
			return false
		}
	}
	return true
}

// capitals reports whether a name is written as those of environment variables
// are.
func capitals(name []byte) bool {
	n := 0
	for _, c := range name {
		if isLower(c) {
			return false
		}
		if isUpper(c) {
			n++
		}
	}
	return n >= 2
}

// address reports whether a value is a URL: its password is looked for by
// another rule.
func address(v []byte) bool {
	i := bytes.Index(v[:min(len(v), 24)], []byte("://"))
	return i > 0
}

// filePath reports whether a value is the path of a file.
func filePath(v []byte, t *traits) bool {
	if v[0] == '/' || v[0] == '~' && len(v) > 1 && v[1] == '/' || bytes.HasPrefix(v, []byte("./")) || bytes.HasPrefix(v, []byte("../")) ||
		len(v) > 2 && v[1] == ':' && v[2] == '\\' {
		// Base64 may begin with a slash, and has long runs of mixed case.
		return !(t.longest >= 16 && t.uppers > 3 && t.digits > 1)
	}
	if i := bytes.LastIndexByte(v, '.'); i > 0 && len(v)-i <= 6 && len(v)-i > 2 && t.longest < 24 {
		return fileEnds[string(v[i+1:])]
	}
	return false
}

var fileEnds = set("txt json yaml yml pem key crt cer p12 pfx env ini toml cfg conf js ts go py rb java md html css png jpg svg sh sql xml lock log tsx jsx rs kt cs php")

// version reports whether v is a number with dots, a date or a time.
func version(v []byte, t *traits) bool {
	return t.uppers+t.lowers <= 1 && t.digits > 0 && t.signs == 0
}

// pattern reports whether v is a regular expression or a format.
func pattern(v []byte) bool {
	if bytes.IndexAny(v, "[\\({<%]$.") < 0 {
		return false
	}
	for _, p := range [...]string{".*", ".+", "[A-Z", "[a-z", "[0-9", `\d`, `\w`, `\s`, "(?", "{8,", "]{", "]+", "]*", "%s", "%v", "%d", "{{", "}}", "${", "<%", "{0}"} {
		if bytes.Contains(v, []byte(p)) {
			return true
		}
	}
	return false
}

// prose reports whether v is a sentence, as in a table of messages.
func prose(v []byte, t *traits) bool {
	if t.digits > 0 && t.signs > 1 {
		return false
	}
	low := bytes.ToLower(v[:min(len(v), 200)])
	for _, w := range [...]string{"password", "passwort", "enter ", "must ", "please", "required", "invalid", "forgot", "reset", "your ", "token", "secret", "the ", "should", "contraseña", "passe"} {
		if bytes.Contains(low, []byte(w)) {
			return true
		}
	}
	return t.spaces > 7
}

// code reports whether a bare value is an expression of a program.
func code(v []byte, t *traits) bool {
	for i, c := range v {
		switch c {
		case '(', ')', '{', '}', '[', ']':
			return true
		case '*', '&':
			if i == 0 {
				return true
			}
		case '@', '!', '^':
			if i == 0 && t.digits == 0 {
				return true
			}
		case '?':
			if i == len(v)-1 {
				return true
			}
		}
	}
	if bytes.Contains(v, []byte("->")) || bytes.Contains(v, []byte("::")) || bytes.Contains(v, []byte("+=")) {
		return true
	}
	// a.b.c
	dots := bytes.Count(v, []byte{'.'})
	if dots > 0 && t.signs == 0 && (t.wordy() || (isLetter(v[0]) || v[0] == '_') && t.digits*4 < t.n && t.longest < 14) {
		return true
	}
	return bytes.HasPrefix(v, []byte("0x")) && len(v) < 20 || bytes.HasPrefix(v, []byte("-0x"))
}

// speaks reports whether a bare value is the name of something in a program,
// going by the words in it.
func speaks(v []byte, t *traits) bool {
	if t.signs > 0 || t.n > 48 {
		return false
	}
	low := bytes.ToLower(v)
	for _, w := range [...]string{"key", "token", "secret", "password", "test", "private", "cert", "attr", "flag", "value", "param"} {
		if bytes.Contains(low, []byte(w)) {
			return true
		}
	}
	return false
}

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
	switch v[0] {
	case '$', '<', '%', '`':
		if !(v[0] != '<' && len(v) > 3 && !bytes.ContainsAny(v[1:2], "{([<$ABCDEFGHIJKLMNOPQRSTUVWXYZ_") && bytes.ContainsAny(v, digits)) {
			return true
		}
	case '*', '(':
		if v[0] == v[len(v)-1] || v[0] == '(' {
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
	if uniform(v) || bytes.HasSuffix(v, []byte("...")) || bytes.Contains(v, []byte("…")) || bytes.Contains(v, []byte("•")) || bytes.Contains(v, []byte("****")) {
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
	if bytes.IndexByte(v, '<') >= 0 || bytes.Contains(v, []byte("${")) || bytes.Contains(v, []byte("$(")) || bytes.Contains(v, []byte("{{")) {
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
	"test_token", "test_secret", "test_key", "test-api", "{{{", "urn:", "sk-test", "some-", "some_", "redact", "config.", "settings.",
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
