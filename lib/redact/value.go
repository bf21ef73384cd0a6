package redact

import (
	"bytes"
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
	inCall                // in quotes, what a function is given that makes it
	inHeader              // after the scheme of an Authorization header

	spotCount = iota
)

// judge reports whether a value that stands beside a name of some nature is a
// secret, going by what it looks like. depth is how many strings of JSON it is
// inside of.
func judge(n nature, name, v []byte, at spot, depth int) bool {
	v = head(v)
	if len(v) == 0 || at == inFlag && v[0] == '-' {
		return false
	}
	t := traitsOf(v)
	if at == inCall && n != someKey && t.digits > 0 && setter(name) {
		at = inList // setPassword("…")
	}
	if at == inList && n == aPassword && (capitals(name) || t.n >= 10 && len(name) > 8) && t.digits > 0 && t.spaces == 0 && !t.wordy() && !speaks(v, &t) && !version(v, &t) {
		at = inQuotes
	}
	if at != inJSON && at != inQuery && n != aPassword && t.wordy() {
		return false
	}
	if placeholder(v, name, (n == aPassword || n == aSecret) && at == inJSON && depth == 0) {
		return false
	}
	if at == inCall && (t.digits < 2 || !t.random(12) || version(v, &t)) && !(n == aPassword && t.random(8) && t.signs > 0 && !pattern(v)) {
		return false
	}
	if at == inList || at == inCall {
		if t.wordy() || t.longest < 8 && t.signs == 0 || t.digits == 0 && code(v, &t) {
			return false
		}
		at = inQuotes
	}
	if k := bytes.IndexByte(v, '='); (at == inOption || at == inFlag) && k > 1 && k < len(v)-2 && capitals(v[:k]) && t.digits < 4 {
		return false // NAME=value: judged by itself
	}
	if at == inOption {
		at = inQuery
	} else if at == inFlag && t.wordy() && (t.uppers < 2 || t.uppers == t.n || t.others > 0) {
		return false
	}
	if at == inFlag && (v[0] == '[' || v[0] == '(' || v[0] == '{') || at != inJSON && at != inQuotes && at != inFlag && code(v, &t) && !(at == afterSign && n == aPassword && capitals(name) && t.digits > 0 && unpaired(v)) {
		return false
	}
	if at == inProse && n != aPassword && (t.longest < 16 && t.signs == 0 || t.digits < 2) {
		return false
	}
	if (at == afterWord && !(n == aPassword && capitals(name)) || at == inProse || at == afterSign && !capitals(name)) && speaks(v, &t) {
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
		return looksLikeKey(name, v, &t, at == inQuery)
	case aSigned:
		if at == afterWord && len(v) < 64 && hexadecimal(v) {
			return false // the tag of a cache, the head of a file
		}
		return at != inJSON && at != inProse && t.n >= 20 && t.spaces == 0 && t.distinct >= 8 && (t.digits >= 3 || t.shuffled() || at == inQuery && bytes.IndexByte(v, '%') > 0)
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
			return t.digits > 0 && (t.signs > 0 || capitals(name) && t.digits > 1 && bytes.IndexByte(v, ' ') > 2)
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
		return t.n >= 6 && t.spaces == 0 && !t.wordy() && !pattern(v) && (t.digits > 0 || t.signs > 1 || t.shuffled()) && v[0] != '-' &&
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
func looksLikeKey(name, v []byte, t *traits, query bool) bool {
	if t.n < 16 || t.spaces > 0 || t.longest < 16 || t.distinct < 8 || bytes.IndexByte(v, ':') >= 0 || !t.drawn(3) {
		return false
	}
	if i := bytes.LastIndexByte(v, '-'); i > 0 && len(v)-i > 16 && hexadecimal(v[i+1:]) {
		if head := traitsOf(v[:i]); head.wordy() {
			return false // the key of a cache: a name and a digest
		}
	}
	if hexadecimal(v) || uuid(v) {
		return (capitals(name) || query) && len(v) >= 32
	}
	return true
}

// setter reports whether a name is that of a function that sets something.
func setter(name []byte) bool {
	name = name[bytes.LastIndexByte(name, '.')+1:]
	return len(name) > 6 && (equalFold(name[:3], "set") || equalFold(name[:4], "with"))
}
