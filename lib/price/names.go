package price

import (
	"iter"
	"strings"
)

// family separates the names that mean the same model from those that are only
// likely to.
const family = "\x00"

// Normalize returns the name of a model without what says nothing of its
// price: the vendor and the platform in front, the region, a date, a version of
// the platform, the mark of a large window. large reports that mark, [1m].
func Normalize(model string) (name string, large bool) {
	name = strings.ToLower(strings.TrimSpace(model))
	if i := strings.IndexByte(name, '['); i > 0 && strings.HasSuffix(name, "]") {
		large = name[i:] == "[1m]"
		name = name[:i]
	}
	last := name
	for n := range names(model) {
		if n == family {
			break
		}
		last = n
	}
	return last, large
}

// names gives the names under which a model may stand in the table, the surest
// first; after family, those that are less sure.
func names(model string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if model == "" || len(model) > 200 {
			return
		}
		var seen []string
		give := func(n string) bool {
			for _, s := range seen {
				if s == n {
					return true
				}
			}
			seen = append(seen, n)
			return yield(n)
		}
		name := strings.ToLower(strings.TrimSpace(model))
		if !strings.Contains(name, "/") && !give(name) {
			return
		}
		if i := strings.IndexByte(name, '['); i > 0 && strings.HasSuffix(name, "]") {
			name = name[:i]
		}
		bare, known := cutPath(name)
		if b, ok := bedrock(bare); ok {
			give(b) // nothing else: the maker's own price is another
			return
		}
		if !known {
			// Somebody else's machines: only what is listed under that name.
			give(strings.TrimPrefix(name, "openrouter/"))
			return
		}
		for n := range plainer(bare) {
			if !give(n) {
				return
			}
		}
		if !yield(family) {
			return
		}
		for {
			n, ok := cutNeutral(seen[len(seen)-1])
			if !ok {
				return
			}
			for n := range plainer(n) {
				if !give(n) {
					return
				}
			}
		}
	}
}

// makers are what may stand in front of a model's name, with a slash, where its
// price is the maker's own: the maker, or a platform that passes its prices on.
var makers = map[string]bool{
	"anthropic": true, "openai": true, "google": true, "x-ai": true, "xai": true, "deepseek": true, "mistral": true,
	"mistralai": true, "moonshotai": true, "zai": true, "z-ai": true, "minimax": true, "cursor": true,
	"models": true, "gemini": true, "vertex_ai": true, "azure": true, "github-copilot": true, "github_copilot": true,
	"bedrock": true, "openrouter": true, "openai-codex": true, "publishers": true, "amazon-bedrock": true,
	"google-vertex": true, "litellm_proxy": true, "azure_ai": true, "copilot": true,
}

// cutPath returns a name without what stands before its last slash. ok is false
// if that is not known to leave the price alone.
func cutPath(name string) (bare string, ok bool) {
	ok = true
	for {
		head, rest, found := strings.Cut(name, "/")
		if !found {
			return name, ok
		}
		ok = ok && (makers[head] || strings.HasPrefix(head, "arn:aws:bedrock:"))
		name = rest
	}
}

// plainer gives the name and then the name without its date and the like.
func plainer(name string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !yield(name) {
			return
		}
		if i := strings.IndexByte(name, '@'); i > 0 { // Vertex: @20260416, @default
			name = name[:i]
		}
		name = strings.TrimSuffix(name, "-latest")
		if strings.HasPrefix(name, "claude") {
			name = claude(name)
		}
		if !yield(name) {
			return
		}
		if n, ok := cutDate(name); ok {
			yield(n)
		}
	}
}

// claude returns the name of a Claude model as its maker writes it:
// claude-opus-4-7 for claude-4.7-opus and claude-opus-4.7.
func claude(name string) string {
	parts := strings.Split(strings.ReplaceAll(name, ".", "-"), "-")
	word := -1
	for i, p := range parts {
		if p == "opus" || p == "sonnet" || p == "haiku" || p == "fable" || p == "mythos" {
			word = i
			break
		}
	}
	// Up to version 3 the number stands first, as it does here.
	if word > 1 && isDigits(parts[1]) && parts[1] >= "4" && len(parts[1]) < 3 {
		w := parts[word]
		copy(parts[2:word+1], parts[1:word])
		parts[1] = w
	}
	return strings.Join(parts, "-")
}

// bedrock returns the name that the table has for a model on AWS, in one
// region or wherever there is room ("global"). These cost more in one region.
func bedrock(name string) (string, bool) {
	i := strings.Index(name, "anthropic.claude")
	if i < 0 {
		return "", false
	}
	where := "regional."
	if name[:i] == "global." {
		where = "global."
	}
	name = name[i:]
	if j := strings.LastIndexByte(name, ':'); j > 0 { // -v1:0
		name = name[:j]
	}
	if j := strings.LastIndex(name, "-v"); j > 0 && isDigits(name[j+2:]) {
		name = name[:j]
	}
	name, _ = cutDate(name)
	return where + name, true
}

// cutDate removes a date at the end: -20260416, -2026-04-16.
func cutDate(name string) (string, bool) {
	if n := len(name) - 9; n > 0 && name[n] == '-' && isDate(name[n+1:]) {
		return name[:n], true
	}
	if n := len(name) - 11; n > 0 && name[n] == '-' && name[n+5] == '-' && name[n+8] == '-' &&
		isDate(name[n+1:n+5]+name[n+6:n+8]+name[n+9:]) {
		return name[:n], true
	}
	return name, false
}

func isDate(s string) bool {
	return len(s) == 8 && isDigits(s) && s[:2] == "20" && s[4:6] >= "01" && s[4:6] <= "12" && s[6:] >= "01" && s[6:] <= "31"
}

func isDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}

// neutral are suffixes that do not mean another price: how a release is
// called, and how hard the model is to think, which it does in tokens.
var neutral = []string{
	"-preview", "-exp", "-experimental", "-thinking", ":thinking",
	"-minimal", "-low", "-medium", "-high", "-xhigh",
}

// cutNeutral removes a neutral suffix, and a date after one: -preview-05-06,
// -preview-09-2025.
func cutNeutral(name string) (string, bool) {
	for _, s := range neutral {
		if n, ok := strings.CutSuffix(name, s); ok && n != "" {
			return n, true
		}
	}
	i := strings.LastIndex(name, "-preview-")
	if i < 0 {
		return name, false
	}
	day := name[i+len("-preview-"):]
	a, b, ok := strings.Cut(day, "-")
	if ok && len(a) == 2 && (len(b) == 2 || len(b) == 4) && isDigits(a) && isDigits(b) {
		return name[:i], true
	}
	return name, false
}
