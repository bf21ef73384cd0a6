package why

import (
	"hash/maphash"
	"path"
	"strings"
)

// Hashes are only compared within a process.
var seed = maphash.MakeSeed()

// hash is 0 for nothing.
func hash[T string | []byte](s T) uint64 {
	if len(s) == 0 {
		return 0
	}
	return maphash.String(seed, string(s)) | 1
}

func hashBytes(b []byte) uint64 {
	if len(b) == 0 {
		return 0
	}
	return maphash.Bytes(seed, b) | 1
}

// inToken has the bytes that tokens are made of.
var inToken = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80 ||
			c == '_' || c == '-' || c == '.' || c == '/' || c == '@' || c == '~' || c == '+'
	}
	return t
}()

// tokens calls fn for each word of JSON text that is a path or an identifier.
// The text is read as it stands in the line: an escape ends a token.
func tokens(raw []byte, fn func(tok []byte)) {
	for i := 0; i < len(raw); {
		c := raw[i]
		if c == '\\' {
			i += 2
			if i <= len(raw) && raw[i-1] == 'u' {
				i += 4
			}
			continue
		}
		if !inToken[c] {
			i++
			continue
		}
		from := i
		for i < len(raw) && inToken[raw[i]] {
			i++
		}
		if tok := trim(raw[from:i]); telling(tok) {
			fn(tok)
		}
	}
}

// trim takes off what belongs to the sentence, not to the name.
func trim(tok []byte) []byte {
	for len(tok) > 0 && (tok[len(tok)-1] == '.' || tok[len(tok)-1] == '/' || tok[len(tok)-1] == '-' || tok[len(tok)-1] == '+') {
		tok = tok[:len(tok)-1]
	}
	for len(tok) > 1 && (tok[0] == '.' && tok[1] == '/' || tok[0] == '/' && tok[1] == '/' || tok[0] == '+' || tok[0] == '-') {
		if tok[0] == '.' || tok[0] == '/' {
			tok = tok[1:] // two of them
		}
		tok = tok[1:]
	}
	return tok
}

// maxToken is how long a name may be, in bytes.
const maxToken = 256

// files are names of files that can be told as such though they have no dot.
var files = map[string]bool{"Makefile": true, "Dockerfile": true, "Gemfile": true, "Rakefile": true, "Justfile": true, "Jenkinsfile": true, "Procfile": true}

// telling reports whether a word names one thing: a path, a file name, or a name
// that no text has by chance. Words of a language, numbers and versions do not.
func telling(tok []byte) bool {
	if len(tok) < 4 || len(tok) > maxToken {
		return false
	}
	var letters, digits, slashes, dots, scores, hyphens, humps int
	for i, c := range tok {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '/':
			slashes++
		case c == '.':
			dots++
		case c == '_':
			scores++
		case c == '-':
			hyphens++
		case c == '@', c == '~', c == '+':
		default:
			letters++
			if i > 0 && c >= 'A' && c <= 'Z' && tok[i-1] >= 'a' && tok[i-1] <= 'z' {
				humps++
			}
		}
	}
	switch {
	case letters == 0:
		return digits >= 6 && digits == len(tok) // a number of something
	case slashes > 0:
		if slashes == 1 && tok[0] == '/' && dots == 0 {
			return false // a slash command
		}
		return letters >= 2 && !everywhere(tok)
	case dots > 0:
		return named(tok)
	case scores > 0 && scores < len(tok)-2, humps > 0:
		return true
	case hyphens > 0:
		return hyphens > 1 || digits > 0 && len(tok) >= 6
	}
	return digits > 0 && len(tok) >= 6 || files[string(tok)]
}

// named reports whether a word with dots is a name, a.py or os.path, not a
// version or a number.
func named(tok []byte) bool {
	for part := range strings.SplitSeq(string(tok), ".") {
		if part == "" {
			continue
		}
		if c := part[0] | 0x20; (c < 'a' || c > 'z') && c != '_' && c < 0x80 && c != '-' {
			return false
		}
	}
	return true
}

// everywhere reports whether a path says nothing of what a call is about: it is on
// every machine.
func everywhere(tok []byte) bool {
	s := string(tok)
	return strings.HasPrefix(s, "/dev/") || strings.HasPrefix(s, "/bin/") || strings.HasPrefix(s, "/usr/") ||
		strings.HasPrefix(s, "/proc/") || s == "/tmp" || s == "and/or"
}

// A place is the directory of a session, relative to which paths are compared.
type place struct{ cwd string }

// norm returns a name as it is compared: relative to the session's directory
// if it is below that.
func (p place) norm(name string) string {
	if p.cwd != "" {
		if name == p.cwd {
			return ""
		}
		if rest, ok := strings.CutPrefix(name, p.cwd+"/"); ok {
			name = rest
		}
	}
	if strings.HasPrefix(name, "./") || strings.Contains(name, "//") || strings.Contains(name, "/../") {
		name = path.Clean(name)
	}
	return strings.TrimSuffix(name, "/")
}

// within returns a text with the paths below the session's directory relative to
// it.
func (p place) within(s string) string {
	if len(p.cwd) < 2 || !strings.Contains(s, p.cwd) {
		return s
	}
	return strings.ReplaceAll(s, p.cwd+"/", "")
}

// hashToken is the hash of norm(tok) without a copy.
func (p place) hashToken(tok []byte) uint64 {
	if n := len(p.cwd); n > 0 && len(tok) > n && tok[n] == '/' && string(tok[:n]) == p.cwd {
		tok = tok[n+1:]
	}
	return hashBytes(tok)
}
