package mask

import (
	"bytes"
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// tldText has the top-level domains of ASCII letters, from the list of
// publicsuffix.org of February 2026.
//
//go:embed tld.txt
var tldText string

// topLevel is the set of them, and of the names that RFC 2606, RFC 6761 and
// RFC 9476 set aside and that private networks use.
var topLevel = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool, 1400)
	for _, s := range strings.Fields(tldText) {
		m[s] = true
	}
	for _, s := range []string{"test", "example", "invalid", "local", "localdomain", "internal", "corp", "lan", "intranet", "private", "alt", "onion"} {
		m[s] = true
	}
	// Files called a@b.zip are more frequent than mail to these.
	for _, s := range []string{"zip", "mov"} {
		delete(m, s)
	}
	return m
})

// isLocal has the bytes of the part before the @, as far as people use them:
// of what RFC 5322 allows, what is punctuation elsewhere is left out.
var isLocal = func() (t [256]bool) {
	for c := 0; c < 256; c++ {
		t[c] = class[c]&isWord != 0
	}
	for _, c := range ".+-%'!#$*~^" {
		t[c] = true
	}
	return t
}()

// emails finds e-mail addresses.
func (s *scan) emails() {
	t := s.text
	for i := 0; !s.done; i++ {
		k := bytes.IndexByte(t[i:], '@')
		if k < 0 {
			return
		}
		i += k
		if s.line && escaped(t, i-maxEscaped, i+maxEscaped) {
			s.done = true // letters beyond ASCII, perhaps
			return
		}
		if i == 0 || i+3 >= len(t) || !isLocal[t[i-1]] && t[i-1] != '"' {
			continue
		}
		if class[t[i+1]]&isWord == 0 && t[i+1] != '[' || s.line && t[i+1] == '\\' {
			continue
		}
		if from, to, ok := s.email(i); ok {
			s.add(from, to, email)
			i = max(i, to-1)
		}
	}
}

// maxEscaped is how near an escape stands to the @ of an address, in bytes:
// the letters between are not, and the longest domain has few of those.
const maxEscaped = 80

// escaped reports whether \u stands in t[from:to].
func escaped(t []byte, from, to int) bool {
	t = t[max(from, 0):min(to, len(t))]
	for {
		k := bytes.IndexByte(t, '\\')
		if k < 0 || k+1 >= len(t) {
			return false
		}
		if t[k+1] == 'u' {
			return true
		}
		t = t[k+1:]
	}
}

// email returns the address around the @ at t[i].
func (s *scan) email(i int) (from, to int, ok bool) {
	t := s.text
	to, ok = domainEnd(t, i+1)
	if !ok {
		return
	}
	if t[i-1] == '"' {
		if s.line {
			// Where a string begins is told by its escapes, which a line is
			// not read for: it is worth to look at.
			return i - 1, to, true
		}
		from, ok = quotedLocal(t, i)
		return from, to, ok
	}
	from = i
	for from > 0 && isLocal[t[from-1]] {
		// The letter of an escape, and the digits of one, are no part.
		if from >= 2 && t[from-2] == '\\' && (t[from-1] == 'n' || t[from-1] == 't' || t[from-1] == 'r') {
			break
		}
		if t[from-1] == 'm' && colourEnds(t[:from]) {
			break
		}
		if from < i && !s.runeInside(from) {
			break
		}
		from--
	}
	from = trimLocal(t, from, i)
	if from >= i {
		return 0, 0, false
	}
	local := t[from:i]
	if local[len(local)-1] == '.' || !hasAlnum(local) || noPerson(local) {
		return 0, 0, false
	}
	if userinfo(t, from) || !letters(t[from:to]) {
		return 0, 0, false
	}
	return from, to, true
}

// letters reports whether what is beyond ASCII in b is UTF-8, and letters.
func letters(b []byte) bool {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if !inAddress(r) {
			return false
		}
		i += n
	}
	return true
}

// runeInside reports whether the rune that ends at t[from] may stand in an
// address: quotes, dashes and spaces beyond ASCII end it.
func (s *scan) runeInside(from int) bool {
	t := s.text
	c := t[from-1]
	if c < 0x80 {
		return true
	}
	k := from
	for k > 0 && k > from-3 && t[k-1]&0xc0 == 0x80 {
		k--
	}
	if k == 0 {
		return true
	}
	return !outsideRune(t[k-1 : from])
}

// outsideRune reports whether the character at the start of b ends an address:
// punctuation beyond ASCII does, pictures, and what is no UTF-8. The beginning
// of a character says nothing.
func outsideRune(b []byte) bool {
	r, _ := utf8.DecodeRune(b)
	return utf8.FullRune(b) && !inAddress(r)
}

// inAddress reports whether a character beyond ASCII may stand in an address.
func inAddress(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r))
}

// trimLocal drops from the start of t[from:at] what is punctuation before an
// address, and what an escape in percent signs separates from it.
func trimLocal(t []byte, from, at int) int {
	for k := from; k+2 < at; k++ {
		if t[k] == '%' && isHex(t[k+1]) && isHex(t[k+2]) {
			switch string(t[k+1 : k+3]) {
			case "20", "3D", "3d", "3A", "3a", "2F", "2f", "3C", "3c", "26", "22", "2C", "2c", "0A", "0a", "5B", "5b":
				from = k + 3
			}
		}
	}
	for from < at {
		switch t[from] {
		case '.', '-', '\'', '!', '#', '$', '*', '~', '^', '%', '+':
			from++
			continue
		}
		return from
	}
	return from
}

func hasAlnum(b []byte) bool {
	for _, c := range b {
		if class[c]&isWord != 0 && c != '_' {
			return true
		}
	}
	return false
}

// noPerson reports whether a local part is that of a machine: git@host:path is
// how one logs in for a repository, and nobody reads noreply.
func noPerson(local []byte) bool {
	switch string(lower(make([]byte, 0, 24), local[:min(len(local), 24)])) {
	case "git", "hg", "svn", "noreply", "no-reply", "no_reply", "donotreply", "do-not-reply", "x-access-token", "oauth2", "x-token-auth", "gitlab-ci-token", "root", "ec2-user":
		return true
	}
	return false
}

// userinfo reports whether a password of a URL ends before t[from]: what
// stands between the colon and the @ is a secret, and the rest a host.
func userinfo(t []byte, from int) bool {
	if from == 0 || t[from-1] != ':' {
		return false
	}
	for k := from - 2; k > 0 && k > from-128; k-- {
		switch c := t[k]; {
		case c == '/':
			return t[k-1] == '/'
		case c == ']' && endsMarker(t[:k+1]):
			k = bytes.LastIndexByte(t[:k], '[') // the user was masked before
		case c <= ' ' || c == '"' || c == '\'' || c == ':' || c == '\\': // or the escape of one
			return false
		}
	}
	return false
}

// quotedLocal returns where "john doe"@… begins; t[i] is the @.
func quotedLocal(t []byte, i int) (from int, ok bool) {
	for k := i - 2; k >= 0 && k > i-64; k-- {
		switch c := t[k]; {
		case c == '"':
			in := t[k+1 : i-1]
			if k > 0 && (isLocal[t[k-1]] || t[k-1] == '\\') {
				return 0, false
			}
			return k, hasAlnum(in) && in[0] != ',' && in[0] != ' ' && in[0] != ':' && !noPerson(in)
		case c < ' ', c == '\\', c == '{', c == '}', c == ',', c == ':', c == ';', c == '(', c == '=', c == '@':
			return 0, false
		}
	}
	return 0, false
}

// domainEnd returns the end of the domain at t[i], which has at least two
// labels, the last one a top-level domain.
func domainEnd(t []byte, i int) (end int, ok bool) {
	if t[i] == '[' {
		return literalEnd(t, i)
	}
	from := i
	label := i
	dots := 0
	lastEnd, lastLabel := 0, 0
	for ; ; i++ {
		if i < len(t) && (class[t[i]]&isWord != 0 && t[i] != '_' || t[i] == '-') && !(t[i] >= 0xc0 && outsideRune(t[i:runeEnd(t, i)])) {
			if t[i] == '-' && i == label {
				break
			}
			continue
		}
		if i == label || t[i-1] == '-' {
			break
		}
		lastEnd, lastLabel = i, label
		if i >= len(t) || t[i] != '.' && !(hasPrefix(t[i:], "。")) {
			break
		}
		dots++
		if t[i] != '.' {
			i += 2
		}
		label = i + 1
		if i-from > 253 {
			break
		}
	}
	if lastLabel == from || lastEnd == 0 {
		return 0, false
	}
	tld := t[lastLabel:lastEnd]
	// 1.2.3-beta.dev is a version; a call or an index follows names in code.
	if class[t[from]]&isDigit != 0 && version2(t[from:lastEnd]) {
		return 0, false
	}
	if lastEnd < len(t) {
		switch t[lastEnd] {
		case '(', '[', '_':
			return 0, false
		case ':':
			if lastEnd+1 < len(t) && t[lastEnd+1] == ':' {
				return 0, false
			}
		}
	}
	return lastEnd, validTLD(tld)
}

func runeEnd(t []byte, i int) int {
	k := i + 1
	for k < len(t) && t[k]&0xc0 == 0x80 {
		k++
	}
	return k
}

// literalEnd returns the end of [192.0.2.1].
func literalEnd(t []byte, i int) (end int, ok bool) {
	dots := 0
	for k := i + 1; k < len(t) && k < i+48; k++ {
		switch c := t[k]; {
		case c == ']':
			return k + 1, dots == 3 || hasFold(t[i+1:], "ipv6:")
		case c == '.':
			dots++
		case !isHex(c) && c != ':' && c != 'I' && c != 'P' && c != 'v':
			return 0, false
		}
	}
	return 0, false
}

// version2 reports whether a domain begins as a version does: 20.1.
func version2(d []byte) bool {
	i := 0
	for i < len(d) && class[d[i]]&isDigit != 0 {
		i++
	}
	return i+1 < len(d) && d[i] == '.' && class[d[i+1]]&isDigit != 0
}

// validTLD reports whether b is a top-level domain. Any of letters beyond
// ASCII is one.
func validTLD(b []byte) bool {
	if len(b) < 2 || len(b) > 63 {
		return false
	}
	for _, c := range b {
		if c >= 0x80 {
			return true
		}
	}
	var room [64]byte
	l := lower(room[:0], b)
	return hasPrefix(l, "xn--") && len(l) > 5 || topLevel()[string(l)]
}
