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
		if t.n >= 40 && t.n%4 == 0 && v[len(v)-1] == '=' && t.digits > 1 && t.uppers > 3 && bytes.IndexByte(v, '.') < 0 && bytes.IndexByte(v, '-') < 0 {
			return false
		}
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
	if i := bytes.IndexAny(v, ":."); i > 0 && i < 4 && i+1 < len(v) && number(v[:i]) && isDigit(v[i+1]) && bytes.ContainsAny(v, "+-~") && bytes.IndexByte(v, '.') > 0 && t.uppers == 0 && t.distinct < 16 && t.longest < 12 {
		return true // of a package: 1:4.13+dfsg1-1+deb12u1
	}
	return t.uppers+t.lowers <= 1 && t.digits > 0 && t.signs == 0
}

// pattern reports whether v is a regular expression or a format.
func pattern(v []byte) bool {
	if !bytes.ContainsAny(v, "[\\({<%]$.") {
		return false
	}
	if len(v) >= 32 {
		if t := traitsOf(v); t.digits >= 4 && t.signs >= 4 && t.distinct >= 20 && t.spaces == 0 && bytes.IndexByte(v, '\\') < 0 && !bytes.Contains(v, []byte("-z")) && !bytes.Contains(v, []byte("-Z")) {
			return false // drawn from an alphabet that has such signs
		}
	}
	for _, p := range [...]string{".*", ".+", "[A-Z", "[a-z", "[0-9", `\d`, `\w`, `\s`, "(?", "{8,", "]{", "]+", "]*", "%s", "%v", "%d", "{{", "}}", "${", "<%", "{0}", `\00`, `\x0`} {
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
	if bytes.Contains(v, []byte("->")) || bytes.Contains(v, []byte("::")) || bytes.Contains(v[:len(v)-1], []byte("+=")) && v[len(v)-1] != '=' {
		return true
	}
	// a.b.c
	dots := bytes.Count(v, []byte{'.'})
	if dots > 0 && t.signs == 0 && (t.wordy() || (isLetter(v[0]) || v[0] == '_') && t.digits*4 < t.n && t.longest < 14 && members(v)) {
		return true
	}
	return bytes.HasPrefix(v, []byte("0x")) && len(v) < 20 && hexadecimal(v[2:]) || bytes.HasPrefix(v, []byte("-0x")) && hexadecimal(v[3:])
}

// speaks reports whether a bare value is the name of something in a program,
// going by the words in it.
func speaks(v []byte, t *traits) bool {
	if t.signs > 0 || t.n > 48 || t.n >= 16 && t.digits >= 2 && t.uppers > 2 && t.others == 0 && t.switches*5 >= t.n*2 ||
		t.n >= 24 && t.digits >= 3 && t.uppers > 3 && t.lowers > 3 && t.others == 0 && t.switches*4 >= t.n {
		return false
	}
	low := bytes.ToLower(v)
	for _, w := range [...]string{"key", "token", "secret", "password", "test", "private", "cert", "attr", "flag", "value", "param"} {
		if i := bytes.Index(low, []byte(w)); i >= 0 && oneCase(v[i:i+len(w)]) && !(i >= 3 && string(low[i-3:i+3]) == "monkey") {
			return true
		}
	}
	return false
}

// oneCase reports whether letters are in one case, but for the first: as words
// are written, and parts of what is drawn seldom are.
func oneCase(v []byte) bool {
	for _, c := range v[2:] {
		if isUpper(c) != isUpper(v[1]) {
			return false
		}
	}
	return !isUpper(v[1]) || isUpper(v[0])
}

// members reports whether each part of a.b.c may be the name of a variable.
func members(v []byte) bool {
	for part := range bytes.SplitSeq(v, []byte{'.'}) {
		if t := traitsOf(part); len(part) > 0 && !identifier(part, &t) && !bytes.ContainsAny(part, "_-") && scattered(part) {
			return false
		}
	}
	return true
}

// scattered reports whether digits stand within a word, and capitals as well: no
// name such as utf8Encode does.
func scattered(v []byte) bool {
	runs, ups := 0, 0
	for i, c := range v {
		if isDigit(c) && (i == 0 || !isDigit(v[i-1])) && i+1 < len(v) && !isDigit(v[i+1]) {
			runs++
		}
		if isUpper(c) {
			ups++
		}
	}
	return runs > 1 || runs == 1 && ups > 1 || number(v[:1]) && ups > 0
}

// unpaired reports whether v has a bracket that is not closed, or not opened:
// it is no expression.
func unpaired(v []byte) bool {
	for _, p := range [...]string{"()", "[]", "{}"} {
		if bytes.Count(v, []byte(p[:1])) != bytes.Count(v, []byte(p[1:])) {
			return true
		}
	}
	return false
}
