package shadow

import (
	"strings"

	"agenttrace/lib/scrub"
)

// holds reports whether a text has a secret in a form that lib/redact knows.
func (s *Scanner) holds(text string) bool {
	return text != "" && len(s.redact.Find([]byte(text), &scrub.Place{Kind: scrub.String}, nil)) > 0
}

// secret reports whether the value of a setting is a secret that is written
// out: one in a known form, one under a name of secrets, or one that looks like
// nothing but a secret. What refers to a variable is none.
func (s *Scanner) secret(key, value string) bool {
	if value == "" || reference(value) {
		return false
	}
	if s.holds(value) {
		return true
	}
	if key != "" && s.holds(key+"="+value) {
		return true
	}
	if secretName(key) {
		low := lower(value)
		for _, w := range []string{"your", "example", "changeme", "placeholder", "xxx", "<", "todo", "dummy", "none", "null", "true", "false", "..."} {
			if strings.Contains(low, w) {
				return false
			}
		}
		return len(value) >= 4 && !strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "./") && !strings.HasPrefix(value, "~")
	}
	return false
}

// reference reports whether a value is a variable, and so no secret itself.
func reference(v string) bool {
	for _, scheme := range []string{"Bearer ", "bearer ", "Basic ", "token ", "Token "} {
		v = strings.TrimPrefix(v, scheme)
	}
	v = strings.TrimSpace(v)
	return strings.HasPrefix(v, "$") || strings.HasPrefix(v, "{env:") || strings.HasPrefix(v, "{file:") || strings.HasPrefix(v, "{{") || strings.HasPrefix(v, "%") && strings.HasSuffix(v, "%") ||
		strings.HasPrefix(v, "env:") || strings.HasPrefix(v, "op://") || strings.HasPrefix(v, "vault:") || strings.HasPrefix(v, "<") && strings.HasSuffix(v, ">")
}

// secretName reports whether the name of a setting, header or flag is one of
// secrets.
func secretName(key string) bool {
	k := squeeze(key)
	for _, w := range []string{"apikey", "token", "secret", "password", "passwd", "authorization", "credential", "accesskey", "privatekey", "pat", "auth", "bearer", "cookie", "dsn", "connectionstring", "key"} {
		if strings.HasSuffix(k, w) {
			return k != "path" // PATH ends in none of them
		}
	}
	return false
}

// random reports whether a word looks drawn: long, of letters and digits mixed.
func random(w string) bool {
	if len(w) < 20 || strings.ContainsAny(w, "/.@ ") {
		return false
	}
	var digits, letters, turns int
	last := byte(0)
	for i := 0; i < len(w); i++ {
		c, kind := w[i], byte(0)
		switch {
		case '0' <= c && c <= '9':
			digits++
			kind = 1
		case 'a' <= c && c <= 'z':
			letters++
			kind = 2
		case 'A' <= c && c <= 'Z':
			letters++
			kind = 3
		case c == '-' || c == '_':
		default:
			return false
		}
		if kind != last {
			turns++
		}
		last = kind
	}
	return digits >= 3 && letters >= 3 && turns*4 >= len(w)
}
