package shadow

import (
	"bytes"
	"strings"
)

// maxBack is how far back the name of a setting is looked for, in bytes.
const maxBack = 300

// setting returns the name that the value at i is given to, on the same line:
// OPENAI_BASE_URL=, "apiBase": , base_url=. It is "" if there is none.
func setting(text []byte, i int) string {
	// Back over the value's beginning: a quote, a scheme, a user and so on.
	text = text[max(0, i-maxBack):i]
	i = len(text)
	for i > 0 && strings.IndexByte("\n=:,({[ \t", text[i-1]) < 0 {
		i--
	}
	for i > 0 && strings.IndexByte(" \t\"'`", text[i-1]) >= 0 {
		i--
	}
	if i > 0 && text[i-1] == '-' && i > 1 && text[i-2] == ':' { // ${OPENAI_BASE_URL:-https://…}
		i--
	}
	if i == 0 || strings.IndexByte("=:,(", text[i-1]) < 0 {
		return flagName(text, i)
	}
	for i > 0 && strings.IndexByte("=:,( \t\"'`?", text[i-1]) >= 0 {
		i--
	}
	return name(text, i)
}

// flagName is the flag that a value follows at a space: --api-base https://….
func flagName(text []byte, i int) string {
	if key := name(text, i); strings.HasPrefix(key, "--") {
		return key
	}
	return ""
}

// name returns the name that ends at i.
func name(text []byte, i int) string {
	from := i
	for from > 0 && from > i-80 && (joins(text[from-1]) || text[from-1] == '-' || text[from-1] == '.') {
		from--
	}
	return string(text[from:i])
}

// squeeze writes a name without what joins its words.
func squeeze(key string) string {
	return strings.NewReplacer("_", "", "-", "", ".", "").Replace(lower(key))
}

// based reports whether a name is that of an address.
func based(key string) bool {
	k := squeeze(key)
	for _, w := range baseWords {
		if strings.HasSuffix(k, w) {
			return true
		}
	}
	return false
}

// about reports whether a name is about models.
func about(key string) bool {
	k := lower(key)
	for _, w := range modelWords {
		if strings.Contains(k, w) {
			return true
		}
	}
	for p := range strings.FieldsFuncSeq(k, func(r rune) bool { return r == '_' || r == '-' || r == '.' }) {
		if p == "ai" {
			return true
		}
	}
	return false
}

// aboutLine reports whether the line before i speaks of models, as in
// OpenAI(base_url="https://…").
func aboutLine(text []byte, i int) bool {
	from := max(0, i-200)
	if nl := bytes.LastIndexByte(text[from:i], '\n'); nl >= 0 {
		from += nl + 1
	}
	return about(string(text[from:i]))
}
