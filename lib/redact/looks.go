package redact

import (
	"bytes"
)

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
	if !bytes.ContainsAny(v, "[\\({<%]$.") {
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
